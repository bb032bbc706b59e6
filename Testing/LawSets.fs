namespace Functional.Testing

open System
open System.Runtime.InteropServices
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

/// A set of laws as one property.
module internal Property =
    /// Holds where nothing is said; what is said is the property's label.
    let ofFailures (arbitrary: Arbitrary<'Case>) (failures: 'Case -> string list) : Property =
        Prop.forAll arbitrary (fun case ->
            match failures case with
            | [] -> Prop.ofTestable true
            | failures -> Prop.ofTestable false |> Prop.label ("\n" + String.concat "\n" failures))

    let require (cases: int) (property: Property) : unit =
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithQuietOnSuccess true, property)

    /// What an exception says is a failure like others.
    let law (name: string) (holds: unit -> string list) : string list =
        try holds () |> List.map (fun failure -> $"{name}: {failure}")
        with failure -> [ $"{name}: {failure.GetType().Name}: {failure.Message}" ]

/// What a layer is tried on.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type LayerCase =
    { /// inputs x samples
      X: Matrix<float>
      /// For what is random in training, and for parameters near the layer's own.
      Key: Key }

    member private case.Display = string case
    override case.ToString() = $"x ({case.X.RowCount} x {case.X.ColumnCount}) =\n{case.X.ToMatrixString()}{case.Key}"

/// Laws of layers: shapes, gradients that are derivatives (kinks are left out), pullbacks that are linear and may be
/// asked twice, the same bits for the same arguments, no argument written to, samples by themselves in evaluation,
/// parameters that can be replaced. Inputs are between -10 and 10, and parameters are moved at random from those that
/// the layer has.
[<AbstractClass; Sealed>]
type LayerLaws =
    static member private At (case: LayerCase) (layer: ILayer<float>) : string list =
        let moved i (leaf: Parameter<float>) =
            let shares = Key.uniforms (2 * leaf.Values.Count) (case.Key |> Key.child 1 |> Key.child i)
            let values =
                leaf.Values.MapIndexed(fun k x -> x * (0.5 + shares[2 * k]) + 0.5 * (shares[2 * k + 1] - 0.5))
            // What is observed, not trained, may be no number as others: a variance, say.
            if leaf.Role = Role.Statistic then leaf else { leaf with Values = values }
        let moved = layer.WithParameters [| for i, leaf in Seq.indexed layer.Parameters -> moved i leaf |]
        Laws.ofLayerAt (Key.child 0 case.Key) case.X moved

    static member private Cases(inputs: int) : Arbitrary<LayerCase> =
        let rows = if inputs > 0 then Gen.constant inputs else Generate.size 8
        let x = gen.Bind(rows, fun rows -> gen.Bind(Generate.size 6, Generate.matrix rows))
        Arb.fromGenShrink (
            Gen.map2 (fun x key -> { X = x; Key = key }) x Generate.key,
            fun case ->
                seq {
                    for x in Generate.simplerMatrices (inputs = 0) case.X do { case with X = x }
                    for key in Generate.simplerKeys case.Key do { case with Key = key }
                })

    /// The laws of one layer. A counterexample has as many rows as the layer has inputs, if that number is fixed.
    static member Of(layer: ILayer<float>) : Property =
        Property.ofFailures (LayerLaws.Cases layer.Inputs) (fun case -> LayerLaws.At case layer)

    /// The laws of layers of a kind, made for a number of inputs (1 to 8): counterexamples have as few as possible.
    static member Of(layerFor: Func<int, ILayer<float>>) : Property =
        Property.ofFailures (LayerLaws.Cases 0) (fun case -> LayerLaws.At case (layerFor.Invoke case.X.RowCount))

    /// Raises an exception with the smallest counterexample unless the laws hold for this many cases.
    static member Require(layer: ILayer<float>, [<Optional; DefaultParameterValue(200)>] cases: int) : unit =
        Property.require cases (LayerLaws.Of layer)

    /// The same for layers of a kind, made for a number of inputs.
    static member Require
        (layerFor: Func<int, ILayer<float>>, [<Optional; DefaultParameterValue(200)>] cases: int) : unit =
        Property.require cases (LayerLaws.Of layerFor)

/// The laws of layers for an activation that is given as a function of a number and its derivative. (One that is an
/// `ILayer` goes to `LayerLaws`.)
[<AbstractClass; Sealed>]
type ActivationLaws =
    /// The laws of a function of one number and its derivative. The derivative at a kink is not compared.
    static member Of(f: Func<float, float>, derivative: Func<float, float>) : Property =
        LayerLaws.Of(Layer.activation (Activation.Custom(CustomActivation("custom", f, derivative))))

    /// Raises an exception with the smallest counterexample unless the laws hold for this many cases.
    static member Require
        (f: Func<float, float>, derivative: Func<float, float>,
         [<Optional; DefaultParameterValue(200)>] cases: int) : unit =
        Property.require cases (ActivationLaws.Of(f, derivative))

/// What a loss takes for targets.
type LossTargets =
    /// Any numbers.
    | Values = 0
    /// 0 or 1 for each output.
    | ZeroOrOne = 1
    /// Of each sample, numbers from 0 on whose sum is 1.
    | Distribution = 2
    /// Of each sample, a 1 in the place of its class, the rest 0.
    | OneHot = 3

/// What a loss is tried on.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type LossCase =
    { /// outputs x samples
      Outputs: Matrix<float>
      /// outputs x samples
      Targets: Matrix<float> }

    member private case.Display = string case
    override case.ToString() =
        let outputs, targets = case.Outputs, case.Targets
        $"outputs ({outputs.RowCount} x {outputs.ColumnCount}) =\n{outputs.ToMatrixString()}"
        + $"targets =\n{targets.ToMatrixString()}"

/// Laws of losses: the gradient has the outputs' shape and is the derivative (kinks are left out), the same arguments
/// give the same bits, no argument is written to, and the order of the samples makes no difference.
[<AbstractClass; Sealed>]
type LossLaws =
    static member private Targets (kind: LossTargets) (rows: int) (columns: int) : Gen<Matrix<float>> =
        match kind with
        | LossTargets.ZeroOrOne ->
            Gen.arrayOfLength (rows * columns) (Gen.elements [ 0.0; 1.0 ])
            |> Gen.map (fun e -> Matrix<float>.Build.Dense(rows, columns, e))
        | LossTargets.Distribution ->
            Gen.arrayOfLength (rows * columns) (Gen.choose (1, 9))
            |> Gen.map (fun parts ->
                Matrix<float>.Build.Dense(rows, columns, Array.map float parts).NormalizeColumns 1.0)
        | LossTargets.OneHot ->
            Gen.arrayOfLength columns (Gen.choose (0, rows - 1)) |> Gen.map (fun labels -> Batch.oneHot rows labels)
        | _ -> Generate.matrix rows columns

    static member private Cases(kind: LossTargets) : Arbitrary<LossCase> =
        let generator =
            gen {
                let! rows = Generate.size 6
                let! columns = Generate.size 6
                let! outputs = Generate.matrix rows columns
                let! targets = LossLaws.Targets kind rows columns
                return { Outputs = outputs; Targets = targets }
            }
        // Fewer outputs of a distribution would be none.
        let part (rows: int) (columns: int) (case: LossCase) =
            let cut (x: Matrix<float>) = x.SubMatrix(0, rows, 0, columns)
            let targets = cut case.Targets
            { Outputs = cut case.Outputs
              Targets = if kind = LossTargets.Distribution then targets.NormalizeColumns 1.0 else targets }
        let simpler (case: LossCase) =
            let rows, columns = case.Outputs.RowCount, case.Outputs.ColumnCount
            seq {
                for fewer in Generate.smallerSizes columns do part rows fewer case
                for fewer in Generate.smallerSizes rows do part fewer columns case
                for e in Generate.simplerArrays (case.Outputs.ToColumnMajorArray()) do
                    { case with Outputs = Matrix<float>.Build.Dense(rows, columns, e) }
                if kind = LossTargets.Values then
                    for e in Generate.simplerArrays (case.Targets.ToColumnMajorArray()) do
                        { case with Targets = Matrix<float>.Build.Dense(rows, columns, e) }
            }
            // Without the output of its class a sample would have none.
            |> Seq.filter (fun case -> kind <> LossTargets.OneHot || Seq.forall ((=) 1.0) (case.Targets.ColumnSums()))
        Arb.fromGenShrink (generator, simpler)

    /// The laws of a loss: outputs and targets (both outputs x samples) to the loss and its gradient.
    static member Of
        (loss: Func<Matrix<float>, Matrix<float>, struct (float * Matrix<float>)>,
         [<Optional; DefaultParameterValue(LossTargets.Values)>] targets: LossTargets) : Property =
        Property.ofFailures (LossLaws.Cases targets) (fun case ->
            Laws.ofLossAt case.Outputs case.Targets (fun outputs targets -> loss.Invoke(outputs, targets)))

    /// Raises an exception with the smallest counterexample unless the laws hold for this many cases.
    static member Require
        (loss: Func<Matrix<float>, Matrix<float>, struct (float * Matrix<float>)>,
         [<Optional; DefaultParameterValue(LossTargets.Values)>] targets: LossTargets,
         [<Optional; DefaultParameterValue(200)>] cases: int) : unit =
        Property.require cases (LossLaws.Of(loss, targets))

/// What an optimizer is tried on.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type OptimizerCase =
    { /// Where it begins.
      Parameters: Parameters<float>
      /// Of the first step.
      Gradient: Parameters<float>
      /// From 0.001 to 0.1.
      LearningRate: float }

    member private case.Display = string case
    override case.ToString() =
        let text (p: Parameters<float>) =
            String.concat "; " [ for leaf in p -> $"""{leaf} = [{String.Join(", ", leaf.Values)}]""" ]
        $"learning rate {case.LearningRate}\nparameters: {text case.Parameters}\ngradient: {text case.Gradient}"

/// Laws of optimizers: leaves stay as they are, the same arguments give the same bits, no argument is written to, the
/// first step goes downhill, a gradient of 0 ends nothing, and a learning rate of 0 changes nothing.
[<AbstractClass; Sealed>]
type OptimizerLaws =
    static member private Cases: Arbitrary<OptimizerCase> =
        let parameters = Arbitraries.Parameters()
        let like (parameters: Parameters<float>) =
            Generate.vector parameters.Length |> Gen.map (fun x -> Parameters.withVector x parameters)
        let generator =
            gen {
                let! parameters = parameters.Generator
                let! gradient = like parameters
                let! rate = Gen.elements [ 0.001; 0.01; 0.1 ]
                return { Parameters = parameters; Gradient = gradient; LearningRate = rate }
            }
        let simpler (case: OptimizerCase) =
            seq {
                for p in parameters.Shrinker case.Parameters do
                    // The same elements of the same leaves, the first ones where there are fewer.
                    let first (leaf: Parameter<float>) = case.Gradient[leaf.Name].Values.SubVector(0, leaf.Values.Count)
                    let gradient = [ for leaf in p -> Parameter.ofVector leaf.Name leaf.Role (first leaf) ]
                    { case with Parameters = p; Gradient = Parameters.ofSeq gradient }
                for g in Generate.simplerArrays ((Parameters.toVector case.Gradient).ToArray()) do
                    { case with Gradient = Parameters.withVector (Vector<float>.Build.Dense g) case.Gradient }
            }
        Arb.fromGenShrink (generator, simpler)

    /// The laws of an optimizer: `init` gives the state before the first step for parameters; `update` gives parameters
    /// and state after a step, from the learning rate, the state, the parameters and their gradient.
    static member Of
        (init: Func<Parameters<float>, 'State>,
         update: Func<float, 'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>)
         : Property =
        Property.ofFailures OptimizerLaws.Cases (fun case ->
            let step rate state parameters gradient = update.Invoke(rate, state, parameters, gradient)
            [ yield! Laws.ofOptimizerAt case.Parameters case.Gradient init.Invoke (step case.LearningRate)
              yield! Property.law "a learning rate of 0 changes nothing" (fun () ->
                  let struct (after, _) = step 0.0 (init.Invoke case.Parameters) case.Parameters case.Gradient
                  let isSame = (Parameters.toVector after).Equals(Parameters.toVector case.Parameters)
                  [ if not isSame then "parameters have changed" ]) ])

    /// Raises an exception with the smallest counterexample unless the laws hold for this many cases.
    static member Require
        (init: Func<Parameters<float>, 'State>,
         update: Func<float, 'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>,
         [<Optional; DefaultParameterValue(200)>] cases: int) : unit =
        Property.require cases (OptimizerLaws.Of(init, update))
