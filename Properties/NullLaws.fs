/// Null where a function of a public module takes a value of .NET's own types, or of Math.NET's. (Values of F#'s types
/// can't be null in F#.)
module Functional.Properties.NullLaws

open System
open System.Reflection
open FSharp.Reflection
open MathNet.Numerics.LinearAlgebra
open Expecto
open Functional
open Functional.FSharp

let private core = typeof<Key>.Assembly

let private modules: Type list =
    [ for found in core.GetExportedTypes() do
          if found.Namespace = "Functional.FSharp" && FSharpType.IsModule found then found ]

let rec private isNullable (found: Type) =
    not (found.IsValueType || FSharpType.IsFunction found)
    && found.Assembly <> core
    && found.Assembly <> typeof<int list>.Assembly

/// A value of each type that functions take.
let private values: objnull list =
    let key, x = Key.ofSeed 1L, matrix [ [ 1.0; 2.0 ]; [ 3.0; 4.0 ] ]
    let network = Network.create<float> [ 2; 3; 2 ] Activation.Relu Initializer.He key
    let batch = Batch.ofLabels x [ 0; 1 ]
    let parameters = Network.parameters network
    let image = { Channels = 1; Height = 1; Width = 2; Lowest = 0.0; Highest = 1.0; Background = 0.0; Classes = 2 }
    let shape: ImageShape = { Channels = 1; Height = 1; Width = 2 }
    [ box key; x; Vector.ofSeq [ 1.0; 2.0 ]; network; batch; parameters; batch.Targets; Loss.SoftmaxCrossEntropy()
      Optimizer.Sgd 0.1; Optimizer.init (Optimizer.Sgd 0.1) parameters; Training.start network (Optimizer.Sgd 0.1) key
      Activation.Relu; Initializer.He; Penalty.None; Schedule.Constant; Join.Sum; image; shape
      GradientCheckSettings.Default; Bytes.standardScale 2 [| 1uy; 2uy |] [| 0 |]; Role.Weight; parameters[0]
      [| 0; 1 |]; [| 1.0; 2.0 |]; [| 1uy; 2uy; 3uy; 4uy |]; [| network.Layers[0] |]; [| x |]; [| parameters[0] |]
      Array.empty<Augmentation>; Array.empty<Tie>; [| [| 1.0; 2.0 |] |]; Array.empty<string>; "x"; 2; 0.5; true; 1L
      ({ Ratio = 0.5; Form = DropoutForm.Inverted }: Dropout); Pooling.Max(shape, 1)
      Convolution.create<float> key Initializer.He (ConvolutionShape.Of(shape, 1, 1))
      for layer in Layer.BuiltIn<float> 2 do box layer ]

let rec private valueOf (wanted: Type) : objnull =
    if FSharpType.IsFunction wanted then
        let _, result = FSharpType.GetFunctionElements wanted
        FSharpValue.MakeFunction(wanted, fun _ -> valueOf result)
    elif wanted = typeof<unit> then null
    elif FSharpType.IsTuple wanted then
        FSharpValue.MakeTuple(FSharpType.GetTupleElements wanted |> Array.map valueOf, wanted)
    else values |> List.tryFind wanted.IsInstanceOfType |> Option.defaultValue null

/// Open types closed: elements are floats, and a sequence of rows is an array of arrays.
let private closed (found: MethodInfo) =
    let isRows (argument: Type) =
        argument.GetGenericParameterConstraints()
        |> Array.exists (fun bound -> bound.IsGenericType && bound.GetGenericTypeDefinition() = typedefof<seq<_>>)
    if not found.IsGenericMethodDefinition then found
    else
        found.MakeGenericMethod(
            found.GetGenericArguments()
            |> Array.map (fun argument -> if isRows argument then typeof<float[]> else typeof<float>))

let private cases: (string * MethodInfo * ParameterInfo) list =
    [ for place in modules do
          for found in place.GetMethods(BindingFlags.Public ||| BindingFlags.Static) do
              let found = closed found
              for parameter in found.GetParameters() do
                  if isNullable parameter.ParameterType then
                      $"{place.Name}.{found.Name} {parameter.Name}", found, parameter ]

/// What is wrong with a function's answer to null for this parameter.
let private fault (name: string, found: MethodInfo, parameter: ParameterInfo) : string option =
    let arguments =
        found.GetParameters() |> Array.map (fun other ->
            if other.Position = parameter.Position then null else valueOf other.ParameterType)
    let answer =
        try
            found.Invoke(null, arguments) |> ignore
            "a value"
        with :? TargetInvocationException as thrown ->
            match thrown.InnerException with
            | :? ArgumentNullException as refused when refused.ParamName = parameter.Name -> ""
            | :? ArgumentException as refused -> $"{refused.GetType().Name} for {refused.ParamName}"
            | other -> $"{other}"
    if answer = "" then None else Some $"{name}: {answer}"

[<Tests>]
let laws =
    testList "nulls" [
        test "every function of a public module refuses null by the name of its parameter" {
            Expect.isGreaterThan cases.Length 90 "parameters that null fits"
            let faults = cases |> List.choose fault
            Expect.isEmpty faults (String.concat "\n" faults)
        }
    ]
