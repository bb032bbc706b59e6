/// Laws of layers of layers; those of all layers hold for them, too, by their rows in Tables.
module Functional.Properties.ComposedLaws

open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

let private inner = [ Units 4; Dropped { Ratio = 0.4; Form = DropoutForm.Inverted }; BatchNormalized 1e-3 ]

/// y in training, dx and the gradient of all leaves.
let private run (key: Key) (layer: ILayer<float>) (x: Matrix<float>) (dy: Matrix<float>) =
    let struct (y, pullback) = Layer.forward key layer x
    let struct (leaves, dx) = pullback dy
    elements y, elements dx.Value, [ for leaf in leaves -> leaf.Values.ToArray() ]

[<Tests>]
let laws =
    testList "composed layers" [
        law "a chain is its layers, drawn from its own key" (grids 9 9) <| fun grid ->
            let grid = { grid with Rows = max 3 grid.Rows; Columns = max 4 grid.Columns }
            let flat = layersOf<float> inner grid.Rows grid.Key
            let one, several = Network.ofLayers [ Layer.chain flat ], Network.ofLayers flat
            let batch = Batch.ofLabels (matrix grid.Rows grid.Columns grid.Key) (Key.integers grid.Columns 4 grid.Key)
            let expected = Network.gradient (grid.Key |> Key.child 1 |> Key.child 0) several batch
            let found = Network.gradient grid.Key one batch
            Assert.Equal(expected.Loss, found.Loss)
            sameBits (doublesOf expected.Parameters) (doublesOf found.Parameters)
            sameBits (doublesOf expected.Statistics) (doublesOf found.Statistics)
            sameMatrix (Network.predict several batch.Inputs) (Network.predict one batch.Inputs)
            Assert.Equal<string>(
                [ for leaf in Network.parameters several -> $"chain1.{leaf.Name}" ],
                [ for leaf in Network.parameters one -> leaf.Name ])

        law "a residual layer adds x to what its layers make of it" (grids 9 9) <| fun grid ->
            let layers = layersOf<float> [ Units 4; Elementwise Activation.Tanh; Units grid.Rows ] grid.Rows grid.Key
            let x, dy = matrix grid.Rows grid.Columns grid.Key, matrix grid.Rows grid.Columns (Key.child 1 grid.Key)
            let y, dx, leaves = run grid.Key (Layer.chain layers) x dy
            let y', dx', leaves' = run grid.Key (Layer.residual layers) x dy
            sameBits (Array.map2 (+) (elements x) y) y'
            sameBits (Array.map2 (+) (elements dy) dx) dx'
            Assert.Equal<float[] list>(leaves, leaves')
            Assert.Equal<string>(
                [ "affine1.weight"; "affine1.bias"; "affine2.weight"; "affine2.bias" ],
                [ for leaf in (Layer.residual layers).Parameters -> leaf.Name ])

        law "parallel layers are each by itself" (grids 9 9) <| fun grid ->
            let branches = [ for i in 0 .. 2 -> Layer.affine (affine<float> grid.Rows 3 (Key.child i grid.Key)) ]
            let x = matrix grid.Rows grid.Columns grid.Key
            let parts = [ for branch in branches -> branch.Predict x ]
            let stacked = parts |> List.reduce (fun (a: Matrix<float>) b -> a.Stack b)
            sameMatrix stacked ((Layer.parallel' Join.Concatenate branches).Predict x)
            sameMatrix (List.reduce (+) parts) ((Layer.parallel' Join.Sum branches).Predict x)
            let dy = matrix 9 grid.Columns (Key.child 3 grid.Key)
            let _, _, leaves = run grid.Key (Layer.parallel' Join.Concatenate branches) x dy
            let expected =
                [ for i, branch in List.indexed branches do
                      let _, _, own = run grid.Key branch x (dy.SubMatrix(3 * i, 3, 0, grid.Columns))
                      yield! own ]
            Assert.Equal<float[] list>(expected, leaves)

        law "the gradient of a tied leaf is the sum over its places" (grids 9 9) <| fun grid ->
            let tie = Tie.Of("affine1.weight", "affine2.weight", transposed = true)
            let ends = layersOf<float> [ Units 3; Elementwise Activation.Tanh; Units grid.Rows ] grid.Rows grid.Key
            let tied = Layer.tied [ tie ] ends
            let first, last = ends[0] :?> Affine<float>, ends[2] :?> Affine<float>
            let apart =
                Layer.chain [ ends[0]; ends[1]; Layer.affine { last with Weight = first.Weight.Transpose() } ]
            let x, dy = matrix grid.Rows grid.Columns grid.Key, matrix grid.Rows grid.Columns (Key.child 1 grid.Key)
            let y, dx, leaves = run grid.Key apart x dy
            let y', dx', leaves' = run grid.Key tied x dy
            sameBits y y'
            sameBits dx dx'
            let turned = (Dense.matrix grid.Rows 3 leaves[2]).Transpose()
            Assert.Equal<float[] list>(
                [ Array.map2 (+) leaves[0] (turned.ToColumnMajorArray()); leaves[1]; leaves[3] ], leaves')
            // Both places change with the leaf.
            let doubled (layer: ILayer<float>) =
                layer.WithParameters [| for leaf in layer.Parameters -> { leaf with Values = 2.0 * leaf.Values } |]
            sameMatrix ((doubled apart).Predict x) ((doubled tied).Predict x)

        law "the digest tells how layers are composed" seeds <| fun seed ->
            let plans = [ Units 3; Elementwise Activation.Tanh; Units 3 ]
            let layers = layersOf<float> plans 3 (Key.ofSeed seed)
            let branches = [ for layer in layers -> Layer.chain [ layer ] ]
            let all =
                [ layers; [ Layer.chain layers ]; [ Layer.residual layers ]; [ Layer.parallel' Join.Sum branches ]
                  [ Layer.chain [ Layer.chain layers ] ]
                  [ Layer.tied [ Tie.Of("affine1.weight", "affine2.weight") ] layers ] ]
            let digests = [ for layers in all -> Network.digest (Network.ofLayers layers) ]
            Assert.Equal(all.Length, (List.distinct digests).Length)

        testCase "what can't be composed is refused, with its place inside" <| fun () ->
            let units inputs outputs = Layer.affine (affine<float> inputs outputs (Key.ofSeed 1L))
            let isRefused part (layer: ILayer<float>) =
                Assert.Contains(part, refused (fun () -> Network.ofLayers [ units 5 4; layer ]))
            isRefused "its layers make 3 outputs of 4 inputs" (Layer.residual [ units 4 3 ])
            isRefused
                "): layer 2 (affine 2 -> 4) expects 2 inputs, but layer 1 gives 3"
                (Layer.residual [ Layer.chain [ units 4 3; units 2 4 ] ])
            isRefused "branch 2 gives 2 outputs, but branch 1 3" (Layer.parallel' Join.Sum [ units 4 3; units 4 2 ])
            isRefused
                "branch 2 (affine 3 -> 2) expects 3 inputs"
                (Layer.parallel' Join.Concatenate [ units 4 3; units 3 2 ])
            isRefused "at least one layer" (Layer.parallel' Join.Sum [])
            let tied source target transposed () =
                Layer.tied [ Tie.Of(source, target, transposed) ] [ units 4 3; units 3 4; Layer.batchNorm 4 ]
            let isRefusedAlone (part: string) make = Assert.Contains(part, refused (make >> ignore))
            isRefusedAlone
                "no leaf 'affine3.weight'; there are affine1.weight" (tied "affine3.weight" "affine1.weight" true)
            isRefusedAlone
                "affine2.weight (4 x 3) can't be affine1.weight (3 x 4)" (tied "affine1.weight" "affine2.weight" false)
            isRefusedAlone "tied 2 times" (fun () ->
                Layer.tied
                    [ for source in [ "affine1.bias"; "affine2.bias" ] -> Tie.Of(source, "affine3.bias") ]
                    [ units 4 4; units 4 4; units 4 4 ])
            // Statistics have a value after the batch in place of a gradient, and no sum.
            isRefusedAlone "statistics aren't trained" (tied "batchnorm1.mean" "batchnorm1.variance" false)
            isRefusedAlone "statistics aren't trained" (tied "affine2.bias" "batchnorm1.mean" false)

        // A pass reads several arrays side by side, without bounds.
        testCase "what doesn't fit is refused outside a network, too, and not read" <| fun () ->
            let units inputs outputs = Layer.affine (affine<float> inputs outputs (Key.ofSeed 1L))
            let x = matrix<float> 4 9 (Key.ofSeed 2L)
            let isRefused (part: string) (layer: ILayer<float>) =
                Assert.Contains(part, refused (fun () -> layer.Predict x))
                Assert.Contains(part, refused (fun () -> layer.Forward(x, Key.ofSeed 3L)))
            isRefused "4 x 9 and 3 x 9 can't be added" (Layer.residual [ units 4 3 ])
            isRefused "3 x 9 and 2 x 9 can't be added" (Layer.parallel' Join.Sum [ units 4 3; units 4 2 ])
            isRefused "there is no layer whose outputs" (Layer.parallel' Join.Concatenate [])
            let firstRow (x: Matrix<float>) = x.SubMatrix(0, 1, 0, x.ColumnCount)
            let cutting = passing "cutting" firstRow (fun _ -> firstRow)
            isRefused "y of cutting1 is 1 x 9, not 4 x 9" (Layer.residual [ cutting ])
            isRefused "y of cutting1 is 1 x 9, not 4 x 9" (Layer.parallel' Join.Sum [ cutting; units 4 4 ])
            let norm: BatchNorm<float> = BatchNorm.create BatchNormConfiguration.Default 4
            let short = { Mean = vector 2 Law.key; Variance = vector 2 Law.key }: BatchNormStatistics<float>
            Assert.Contains("saw 2", refused (fun () -> norm.After short))
            Assert.Contains("means for 2", refused (fun () -> { norm with Statistics = short }.Predict x))
            Assert.Contains("2 running", refused (fun () -> { norm with Statistics = short }.After norm.Statistics))

        law "given masks reach dropout inside layers, in the order of layers" (grids 9 9) <| fun grid ->
            let dropout = { Ratio = 0.4; Form = DropoutForm.Inverted }
            let plans = [ Units 5; Skipping [ Dropped dropout ]; Dropped dropout; Chained [ Dropped dropout ] ]
            let network = Network.ofLayers (layersOf<float> plans grid.Rows grid.Key)
            let batch = Batch.ofLabels (matrix grid.Rows grid.Columns grid.Key) (Key.integers grid.Columns 5 grid.Key)
            let mask key =
                let ones: Matrix<float> = Matrix.Build.Dense(5, grid.Columns, 1.0)
                let struct (kept, _) = Dropout.forward key { dropout with Form = DropoutForm.Book } ones
                kept
            let child kind i key = key |> Key.child kind |> Key.child i
            let masks =
                [ grid.Key |> child 1 0 |> child 0 0; grid.Key |> child 0 0; grid.Key |> child 1 1 |> child 0 0 ]
                |> List.map mask
            let drawn = Network.gradient grid.Key network batch
            let given = Network.gradientWithMasks masks network batch
            Assert.Equal(drawn.Loss, given.Loss)
            sameBits (doublesOf drawn.Parameters) (doublesOf given.Parameters)
            Assert.Contains(
                "2 masks for 3 dropout layers",
                refused (fun () -> Network.gradientWithMasks masks.Tail network batch))

        testCase "layers nest as deep as files do" <| fun () ->
            let nested depth =
                Seq.fold (fun layer _ -> Layer.residual [ layer ]) (Layer.batchNorm<float> 3) (seq { 1 .. depth })
            Assert.Equal(3, (nested 64).Inputs)
            Assert.Contains("layers can be nested 64 deep, not deeper", refused (fun () -> nested 66))
    ]
