/// Laws of every layer, and of affine layers and activations in particular.
module Functional.Properties.LayerLaws

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Gradients

/// A kind of layer, and a matrix that it takes: norms get enough elements for a variance.
let private layerAndGrid (mostRows: int) (mostColumns: int) : Arbitrary<Plan * Grid> =
    let fit (plan, grid: Grid) =
        if isNormalizing plan then plan, { grid with Rows = max 3 grid.Rows; Columns = max 4 grid.Columns }
        else plan, grid
    both (rows Tables.layers, grids mostRows mostColumns) |> Arb.convert fit id

/// The layer of a plan, matrices that fit it, and what it makes of them: y, dx and the gradient of all parameters, for
/// dy.
type private Sample<'T when Real<'T>>(plan: Plan, grid: Grid) =
    let struct (layer, width) = layerOf<'T> plan grid.Rows (Key.child 1 grid.Key)
    member _.Layer = layer
    member _.Width = width
    member _.X = matrix<'T> grid.Rows grid.Columns (Key.child 0 grid.Key)
    member _.Dy = matrix<'T> width grid.Columns (Key.child 2 grid.Key)
    member _.Forward(layer: ILayer<'T>, x) = Layer.forward (Key.child 3 grid.Key) layer x
    member sample.Run(x: Matrix<'T>, dy: Matrix<'T>) =
        let struct (y, pullback) = sample.Forward(layer, x)
        let struct (gradient, dx) = pullback dy
        let trained = gradient |> Seq.filter (Parameter.isStatistic >> not)
        struct (y, dx.Value, [| for leaf in trained do leaf.Values.ToArray() |] |> Array.concat)

let private trained (layer: ILayer<float>) : Parameters<float> =
    layer.Parameters |> Seq.filter (Parameter.isStatistic >> not) |> Parameters.ofSeq

let private withParameters (layer: ILayer<float>) (elements: float[]) : ILayer<float> =
    let next = Parameters.withVector (Dense.vector elements) (trained layer)
    layer.WithParameters
        [| for leaf in layer.Parameters -> if Parameter.isStatistic leaf then leaf else next[leaf.Name] |]

let private elementwise<'T when Real<'T>> (grid: Grid) =
    let x: Matrix<'T> = matrix grid.Rows grid.Columns grid.Key
    let alone x = Dense.matrix 1 1 [| x |]
    for activation in activations do
        let struct (y, pullback) = Activation.forward activation x
        let predictedAlone x = elements (Activation.predict activation (alone x))
        let pulledAlone x =
            let struct (_, pullback) = Activation.forward activation (alone x)
            elements (pullback (alone x))
        sameBits (elements x |> Array.collect predictedAlone) (elements y)
        sameBits (elements x |> Array.collect pulledAlone) (elements (pullback x))

let private isSameInEvaluation plan =
    parts plan |> List.forall (function
        | BatchNormalized _ -> false
        | Dropped dropout -> dropout.Ratio = 0.0
        | Kept row -> row <> channelBatchNorm && row <> channelDropout
        | _ -> true)

/// On the other side of a kink float32 has another derivative.
let private hasKink (activation: Activation) = activation = Activation.LeakyRelu 0.1 || activation = Activation.Elu 0.7

[<Tests>]
let laws =
    testList "layer" [
        gradientLawOn 600 "every pullback is the derivative" (layerAndGrid 40 9) <| fun comparison (plan, grid) ->
            let sample = Sample<float>(plan, grid)
            let x, dy = elements sample.X, elements sample.Dy
            let struct (_, dx, gradient) = sample.Run(sample.X, sample.Dy)
            let loss layer (x: float[]) =
                let struct (y, _) = sample.Forward(layer, Dense.matrix grid.Rows grid.Columns x)
                dot (elements y) dy
            comparison.Require("dx", loss sample.Layer, x, elements dx)
            // Of wide layers dx alone, which is what the vector's width matters for.
            if grid.Rows <= 12 then
                let parameters = doublesOf (trained sample.Layer)
                comparison.Require("gradient", (fun p -> loss (withParameters sample.Layer p) x), parameters, gradient)

        law "every pullback is linear" (layerAndGrid 40 20) <| fun (plan, grid) ->
            let sample = Sample<float>(plan, grid)
            let struct (a, b) = let x = Key.normals 2 (Key.child 4 grid.Key) in struct (x[0], x[1])
            let u, v = sample.Dy, matrix sample.Width grid.Columns (Key.child 5 grid.Key)
            let pulled dy =
                let struct (_, dx, gradient) = sample.Run(sample.X, dy)
                Array.append (elements dx) gradient
            let apart = Array.map2 (fun u v -> a * u + b * v) (pulled u) (pulled v)
            near 1e-12 1e-13 apart (pulled (a * u + b * v))

        law "pullbacks may be used twice, and leave alone what they are given" (layerAndGrid 20 9)
        <| fun (plan, grid) ->
            let sample = Sample<float32>(plan, grid)
            let x, dy = sample.X, sample.Dy
            let struct (_, pullback) = sample.Forward(sample.Layer, x)
            let gradients () =
                let struct (leaves, dx) = pullback dy
                [ for leaf in leaves -> leaf.Values.ToArray() ], elements dx.Value
            Assert.Equal(gradients (), gradients ())
            sameMatrix sample.X x
            sameMatrix sample.Dy dy

        law "training and evaluation see the same outputs, but for batch norm and dropout" (layerAndGrid 40 20)
        <| fun (plan, grid) ->
            if isSameInEvaluation plan then
                let sample = Sample<float>(plan, grid)
                let struct (y, _, _) = sample.Run(sample.X, sample.Dy)
                sameMatrix (Layer.predict sample.Layer sample.X) y

        law "a pullback refuses what has not the shape of its output" (layerAndGrid 20 20) <| fun (plan, grid) ->
            let sample = Sample<float>(plan, grid)
            for rows, columns in [ sample.Width + 1, grid.Columns; sample.Width, grid.Columns + 1 ] do
                let message = refused (fun () -> sample.Run(sample.X, matrix rows columns grid.Key))
                Assert.Contains($"{rows} x {columns}", message)

        law "float32 stays near double" (grids 60 20) <| fun grid ->
            let smooth = activations |> List.filter (hasKink >> not)
            for plan in Units 9 :: List.map Elementwise smooth do
                let single, double = Sample<float32>(plan, grid), Sample<float>(plan, grid)
                let struct (y, dx, gradient) = single.Run(single.X, single.Dy)
                let struct (y', dx', gradient') = double.Run(double.X, double.Dy)
                near 1e-5 1e-6 (doubles y') (doubles y)
                near 1e-5 1e-6 (doubles dx') (doubles dx)
                near 1e-5 1e-6 gradient' (floats gradient)

        law "an affine layer is W x + b" (grids 40 20) <| fun grid ->
            let layer: Affine<float> = affine grid.Rows (grid.Columns + 3) grid.Key
            let x = matrix grid.Rows grid.Columns (Key.child 2 grid.Key)
            let y i j = layer.Weight.Row i * x.Column j + layer.Bias[i]
            let expected = Matrix.Build.Dense(layer.Outputs, grid.Columns, y)
            near 1e-13 0.0 (elements expected) (elements (Affine.predict layer x))

        law "activations are their formulas" (grids 40 20) <| fun grid ->
            let x = 5.0 * matrix grid.Rows grid.Columns grid.Key
            let by f = elements x |> Array.map f
            sameBits (by (max 0.0)) (elements (Activation.predict Activation.Relu x))
            near 0.0 1e-15 (by (fun x -> 1.0 / (1.0 + exp -x))) (elements (Activation.predict Activation.Sigmoid x))

        testCase "activations have the values of their definitions" <| fun () ->
            // x, then gelu, silu, softplus: computed in 40 digits.
            let known =
                [ -8.0, -4.976768459417427e-15, -0.002682801043731825, 0.00033540637289576885
                  -3.0, -0.0040496940948902835, -0.14227761953270035, 0.04858735157374206
                  -0.5, -0.15426876936299344, -0.18877033439907273, 0.4740769841801067
                  0.0, 0.0, 0.0, 0.6931471805599453
                  0.7, 0.5306254434438489, 0.46773144051771626, 1.103186048885458
                  4.0, 3.9998733150326675, 3.928055160151634, 4.0181499279178094
                  -40.0, 0.0, -1.6993417021166355e-16, 4.248354255291589e-18 ]
            let value activation (x: float) = (Activation.predict activation (Dense.matrix 1 1 [| x |]))[0, 0]
            for x, gelu, silu, softplus in known do
                for activation, expected in
                    [ Activation.Gelu, gelu; Activation.Silu, silu; Activation.Softplus, softplus
                      Activation.Relu, max x 0.0; Activation.LeakyRelu 0.1, (if x > 0.0 then x else 0.1 * x)
                      Activation.Elu 2.0, (if x > 0.0 then x else 2.0 * (exp x - 1.0)); Activation.Tanh, tanh x
                      Activation.Sigmoid, 1.0 / (1.0 + exp -x) ] do
                    Assert.Equal(expected, value activation x, 1e-14 * abs expected + 1e-300)

        law "an element is the same bits alone and at any place in any matrix" (grids 40 20) <| fun grid ->
            elementwise<float32> grid
            elementwise<float> grid

        // Around the size from which a pass is shared out, and seldom a multiple of a vector.
        law "the number of threads changes no bit of a pass over much memory" (gridsFrom 400 500) <| fun grid ->
            let x = matrix<float32> grid.Rows 1 grid.Key
            let x = Dense.matrix grid.Rows grid.Columns (Array.concat (Array.replicate grid.Columns (elements x)))
            let run threads =
                Team.withThreads threads (fun () ->
                    let struct (y, pullback) = Activation.forward Activation.Relu x
                    struct (y, pullback x))
            let struct (y, dx), struct (y', dx') = run 1, run (2 + int (grid.Seed % 3L))
            sameMatrix y y'
            sameMatrix dx dx'

        law "at 0 the derivative of ReLU is 0" (grids 40 20) <| fun grid ->
            let struct (_, pullback) =
                Activation.forward Activation.Relu (Matrix<float>.Build.Dense(grid.Rows, grid.Columns))
            Assert.Equal(0.0, (pullback (matrix grid.Rows grid.Columns grid.Key)).Enumerate() |> Seq.sumBy abs)

        law "what doesn't fit a layer is refused, with both shapes" (grids 20 20) <| fun grid ->
            let layer: Affine<float> = affine (grid.Rows + 1) 3 grid.Key
            let message = refused (fun () -> Affine.predict layer (matrix grid.Rows grid.Columns grid.Key))
            Assert.Contains($"{grid.Rows + 1} rows", message)
            Assert.Contains($"{grid.Rows} x {grid.Columns}", message)
            let torn = { layer with Bias = vector 4 grid.Key }
            Assert.Contains("4 elements", refused (fun () -> Affine.predict torn (matrix (grid.Rows + 1) 1 grid.Key)))

        // What a new layer touches: CONTRIBUTING.md.
        testCase "every built-in layer is in Layer.BuiltIn, and has a row in the laws" <| fun () ->
            let kind (layer: Type) = layer.Name
            let builtIn = [ for layer in Layer.BuiltIn<float> 3 -> kind (layer.GetType()) ]
            let own =
                [ for one in typeof<Dropout>.Assembly.GetTypes() do
                      let isLayer = one.GetInterfaces() |> Array.contains typeof<IBuiltIn>
                      if isLayer && one.Name <> typedefof<MaskedDropout<float>>.Name then kind one ]
            let rows =
                set [ for plan in Tables.layers do
                          for part in parts plan ->
                              let struct (layer, _) = layerOf<float> part 3 (Key.ofSeed 1L)
                              kind (layer.GetType()) ]
            Assert.True(own.Length >= 6)
            Assert.Empty(List.except builtIn own)
            Assert.Empty(List.filter (fun layer -> not (rows.Contains layer)) builtIn)
            for layer in Layer.BuiltIn<float> 3 do
                if layer.Inputs > 0 then Assert.Equal((3, 3), (layer.Inputs, layer.Outputs))

        testCase "every built-in activation is in Activation.BuiltIn" <| fun () ->
            let cases = FSharp.Reflection.FSharpType.GetUnionCases typeof<ActivationFunction> |> Array.map _.Name
            let caseOf (f: ActivationFunction) =
                (fst (FSharp.Reflection.FSharpValue.GetUnionFields(f, typeof<ActivationFunction>))).Name
            let listed = [ for activation in Activation.BuiltIn -> caseOf activation.Function ]
            Assert.Equal<string>(Array.filter ((<>) "Custom") cases, listed)

        testCase "what can't be is refused where it is built" <| fun () ->
            let isRefused (layer: ILayer<float>) (part: string) =
                Assert.Contains(part, refused (fun () -> Network.ofLayers [ Layer.batchNorm<float> 3; layer ]))
            isRefused (Layer.dropout 1.0) "layer 2 (dropout 1): the ratio"
            isRefused (Layer.dropout nan) "the ratio"
            isRefused (Layer.activation (Activation.Elu infinity)) "finite"
            isRefused (Layer.batchNorm 4) "expects 4 inputs, but layer 1 gives 3"
            isRefused (BatchNorm.create { Momentum = 1.1; Epsilon = 1e-6 } 3) "momentum"
            isRefused (LayerNorm.create 0.0 3) "epsilon"
    ]
