module Functional.Properties.LayerLaws

open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases
open Functional.Properties.CentralDifferences

/// A layer, and matrices that fit it.
type private Sample =
    { Layer: Layer<float>
      Width: int
      X: Matrix<float>
      Dy: Matrix<float> }

/// One of each kind of layer: every law below goes over this table.
let private samples (grid: Grid) : Sample list =
    let key i = Key.child i grid.Key
    let outputs = 1 + grid.Rows * 2 / 3
    let x = matrix grid.Rows grid.Columns (key 0)
    let sample layer width = { Layer = layer; Width = width; X = x; Dy = matrix width grid.Columns (key 2) }
    [ sample (Affine(affine grid.Rows outputs (key 1))) outputs
      for activation in activations do sample (Activation activation) grid.Rows ]

/// y, dx and the gradient of all parameters, for dy.
let private run (layer: Layer<'T>) (x: Matrix<'T>) (dy: Matrix<'T>) =
    let passed = Layer.forward "layer" (Drawn(Key.ofSeed 0L)) layer x
    let y, pullback = passed.Output, passed.Pullback
    let struct (gradient, dx) = pullback dy
    struct (y, dx.Value, gradient |> List.map (fun leaf -> leaf.Values.ToArray()) |> Array.concat)

let private withParameters (layer: Layer<float>) (elements: float[]) : Layer<float> =
    let parameters = Parameters.ofSeq (Layer.leaves "layer" layer)
    let leaves = (Parameters.withVector parameters (Dense.vector elements)).Leaves |> List.ofArray |> ref
    layer |> Layer.withLeaves (fun () ->
        let next = leaves.Value.Head
        leaves.Value <- leaves.Value.Tail
        next)

/// Which elements a ReLU lets through; other layers have no kinks.
let private sides layer (x: float[]) =
    match layer with
    | Activation activation when activation = Activation.Relu -> Array.map (fun x -> x > 0.0) x
    | _ -> [||]

let private elementwise<'T when Real<'T>> (grid: Grid) =
    let x: Matrix<'T> = matrix grid.Rows grid.Columns grid.Key
    let alone x = Dense.matrix 1 1 [| x |]
    for activation in activations do
        let struct (y, pullback) = Activation.forward activation x
        let predictedAlone x = Law.elements (Activation.predict activation (alone x))
        let pulledAlone x =
            let struct (_, pullback) = Activation.forward activation (alone x)
            Law.elements (pullback (alone x))
        Law.sameBits (Law.elements x |> Array.collect predictedAlone) (Law.elements y)
        Law.sameBits (Law.elements x |> Array.collect pulledAlone) (Law.elements (pullback x))

[<Tests>]
let laws =
    testList "layer" [
        gradientLaw "every pullback agrees with central differences" (grids 12 5) <| fun comparison grid ->
            for sample in samples grid do
                let x, dy = Law.elements sample.X, Law.elements sample.Dy
                let struct (_, dx, gradient) = run sample.Layer sample.X sample.Dy
                let loss layer (x: float[]) =
                    { Value = dot (Law.elements (Layer.predict layer (Dense.matrix grid.Rows grid.Columns x))) dy
                      Sides = sides layer x }
                comparison.Add(derivatives (loss sample.Layer) x, Law.elements dx)
                let parameters = Law.doublesOf (Parameters.ofSeq (Layer.leaves "layer" sample.Layer))
                comparison.Add(derivatives (fun p -> loss (withParameters sample.Layer p) x) parameters, gradient)

        law "every pullback is linear" (grids 40 20) <| fun grid ->
            for sample in samples grid do
                let struct (a, b) = let x = Key.normals 2 (Key.child 4 grid.Key) in struct (x[0], x[1])
                let u, v = sample.Dy, matrix sample.Width grid.Columns (Key.child 5 grid.Key)
                let pulled dy =
                    let struct (_, dx, gradient) = run sample.Layer sample.X dy
                    Array.append (Law.elements dx) gradient
                let apart = Array.map2 (fun u v -> a * u + b * v) (pulled u) (pulled v)
                Law.near 1e-13 1e-14 apart (pulled (a * u + b * v))

        law "training and evaluation see the same outputs" (grids 40 20) <| fun grid ->
            for sample in samples grid do
                let struct (y, _, _) = run sample.Layer sample.X sample.Dy
                Law.sameMatrix (Layer.predict sample.Layer sample.X) y

        law "an affine layer is W x + b" (grids 40 20) <| fun grid ->
            let layer: Affine<float> = affine grid.Rows (grid.Columns + 3) grid.Key
            let x = matrix grid.Rows grid.Columns (Key.child 2 grid.Key)
            let y i j = layer.Weight.Row i * x.Column j + layer.Bias[i]
            let expected = Matrix.Build.Dense(layer.Outputs, grid.Columns, y)
            Law.near 1e-13 0.0 (Law.elements expected) (Law.elements (Affine.predict layer x))

        law "activations are their formulas" (grids 40 20) <| fun grid ->
            let x = 5.0 * matrix grid.Rows grid.Columns grid.Key
            let by f = Law.elements x |> Array.map f
            Law.sameBits (by (max 0.0)) (Law.elements (Activation.predict Activation.Relu x))
            Law.near 0.0 1e-15 (by (fun x -> 1.0 / (1.0 + exp -x))) (Law.elements (Activation.predict Activation.Sigmoid x))

        law "an element is the same bits alone and at any place in any matrix" (grids 40 20) <| fun grid ->
            elementwise<float32> grid
            elementwise<float> grid

        // Around the size from which a pass is shared out, and seldom a multiple of a vector.
        law "the number of threads changes no bit of a pass over much memory" (gridsFrom 400 500) <| fun grid ->
            let x = matrix<float32> grid.Rows 1 grid.Key
            let x = Dense.matrix grid.Rows grid.Columns (Array.concat (Array.replicate grid.Columns (Law.elements x)))
            let run threads =
                Team.withThreads threads (fun () ->
                    let struct (y, pullback) = Activation.forward Activation.Relu x
                    struct (y, pullback x))
            let struct (y, dx) = run 1
            for threads in [ 2; 3; 4 ] do
                let struct (y', dx') = run threads
                Law.sameMatrix y y'
                Law.sameMatrix dx dx'

        law "at 0 the derivative of ReLU is 0" (grids 40 20) <| fun grid ->
            let struct (_, pullback) = Activation.forward Activation.Relu (Matrix<float>.Build.Dense(grid.Rows, grid.Columns))
            Assert.Equal(0.0, (pullback (matrix grid.Rows grid.Columns grid.Key)).Enumerate() |> Seq.sumBy abs)

        law "float32 stays near double" (grids 60 20) <| fun grid ->
            let check (single: Layer<float32>) (double: Layer<float>) width =
                let key = Key.child 2 grid.Key
                let x, dy = matrix grid.Rows grid.Columns grid.Key, matrix width grid.Columns key
                let struct (y, dx, g) = run single x dy
                let x, dy = matrix grid.Rows grid.Columns grid.Key, matrix width grid.Columns key
                let struct (y', dx', g') = run double x dy
                Law.near 1e-5 1e-6 (Law.doubles y') (Law.doubles y)
                Law.near 1e-5 1e-6 (Law.doubles dx') (Law.doubles dx)
                Law.near 1e-5 1e-6 g' (Law.floats g)
            check (Affine(affine grid.Rows 9 grid.Key)) (Affine(affine grid.Rows 9 grid.Key)) 9
            for activation in activations do check (Activation activation) (Activation activation) grid.Rows

        law "what doesn't fit a layer is refused, with both shapes" (grids 20 20) <| fun grid ->
            let layer: Affine<float> = affine (grid.Rows + 1) 3 grid.Key
            let message = Law.refused (fun () -> Affine.predict layer (matrix grid.Rows grid.Columns grid.Key))
            Assert.Contains($"{grid.Rows + 1} rows", message)
            Assert.Contains($"{grid.Rows} x {grid.Columns}", message)
            let torn = { layer with Bias = vector 4 grid.Key }
            Assert.Contains("4 elements", Law.refused (fun () -> Affine.predict torn (matrix (grid.Rows + 1) 1 grid.Key)))

        law "a pullback refuses what has not the shape of its output" (grids 20 20) <| fun grid ->
            for sample in samples grid do
                for rows, columns in [ sample.Width + 1, grid.Columns; sample.Width, grid.Columns + 1 ] do
                    let wrong = matrix rows columns grid.Key
                    let message = Law.refused (fun () -> run sample.Layer sample.X wrong)
                    Assert.Contains($"{rows} x {columns}", message)
    ]
