module Functional.Properties.DiagnosticsLaws

open System
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases

let private same (expected: float) (found: float) = Assert.Equal(expected, found, 1e-9 * (1.0 + abs expected))

let private start<'T when Real<'T>> (case: Case) = Training.start (network<'T> case) (Optimizer.Sgd 0.1) case.Key

[<Tests>]
let laws =
    testList "diagnostics" [
        law "a distribution is that of a textbook" (grids 40 40) <| fun grid ->
            let x = Law.doubles (matrix<float> grid.Rows grid.Columns grid.Key)
            let found = Diagnostics.distribution x
            let mean = Array.average x
            same mean found.Mean
            same (sqrt (x |> Array.averageBy (fun x -> (x - mean) * (x - mean)))) found.Deviation
            Assert.Equal((Array.min x, Array.max x, 0), (found.Least, found.Most, found.NotFinite))
            Assert.Equal(x.Length, Seq.sum found.Bins)
            let width = (found.Most - found.Least) / float found.Bins.Count
            let edges = x |> Seq.filter (fun x -> width > 0.0 && x < found.Least + 10.0 * width - 1e-9) |> Seq.length
            if width > 0.0 then Assert.Equal(edges, Seq.sum (Seq.take 10 found.Bins))

        law "what is not finite is counted and left out" (size 1 40) <| fun n ->
            let x: float32[] = numbers n (Key.child n Law.key)
            let bad = [| nanf; infinityf; -infinityf |]
            let clean, found = Diagnostics.distribution x, Diagnostics.distribution (Array.append bad x)
            Assert.Equal(3, found.NotFinite)
            Assert.Equal((clean.Mean, clean.Deviation, clean.Most), (found.Mean, found.Deviation, found.Most))
            Assert.Equal(3, (Diagnostics.distribution bad).NotFinite)

        law "the effective rank is the participation ratio of the covariance's eigenvalues" (gridsFrom 2 12)
        <| fun grid ->
            let x = matrix<float> grid.Rows grid.Columns grid.Key
            let means = x.RowSums() / float grid.Columns
            let centered = Matrix<float>.Build.Dense(grid.Rows, grid.Columns, fun i j -> x[i, j] - means[i])
            let decomposition = (centered * centered.Transpose()).Evd Symmetricity.Symmetric
            let values = decomposition.EigenValues |> Seq.map _.Real |> Array.ofSeq
            let expected = Seq.sum values ** 2.0 / (values |> Seq.sumBy (fun l -> l * l))
            Assert.Equal(expected, Diagnostics.effectiveRank x, 1e-8 * expected)
            Assert.InRange(Diagnostics.effectiveRank x, 1.0 - 1e-9, float (min grid.Rows (grid.Columns - 1)) + 1e-9)
            // Whatever the scale and the place.
            Assert.Equal(expected, Diagnostics.effectiveRank (x.Map(fun x -> 1e-80 * (x + 7.0))), 1e-6 * expected)

        law "outputs that don't vary have rank 0" (grids 20 20) <| fun grid ->
            let x = Matrix<float32>.Build.Dense(grid.Rows, grid.Columns, fun i _ -> float32 i)
            Assert.Equal(0.0, Diagnostics.effectiveRank x)

        testCase "what is frozen, and what has nothing trained before it, is said to be" <| fun () ->
            let key = Key.ofSeed 1L
            let network = Network.create<float> [ 3; 4; 4; 2 ] Activation.Relu Initializer.He key
            let batch = Batch.ofLabels (matrix<float> 3 5 key) [ 0; 1; 0; 1; 1 ]
            let frozen (optimizer: Optimizer) =
                let found = Diagnostics.ofState (Training.start network optimizer key) batch
                [ for leaf in found.Parameters do if leaf.IsFrozen then leaf.Parameter ],
                [ for layer in found.Layers do if layer.IsFrozen then layer.Layer ]
            let sgd = Optimizer.Sgd()
            Assert.Equal(([], []), frozen sgd)
            Assert.Equal((["affine1.weight"; "affine1.bias"], ["affine1"; "relu1"]), frozen (sgd.Freeze "affine1"))
            Assert.Equal((["affine1.weight"], []), frozen (sgd.Freeze "affine1.weight"))
            let _, layers = frozen (sgd.Freeze "*")
            Assert.Equal<string list>(List.ofSeq network.Names, layers)

        law "a diagnosis is of the step that training takes" (cases 20 10) <| fun case ->
            let state, batch = start<float> case, batch case
            let found = Diagnostics.ofState state batch
            let struct (after, report) = Training.step state batch
            Assert.Equal(report.Loss, found.Loss)
            Assert.Equal<string seq>(state.Network.Names, found.Layers |> Seq.map _.Layer)
            let gradient = (Network.gradient (Key.child 0 state.Key) state.Network batch).Parameters
            let leaves = Seq.zip (Network.parameters state.Network) (Network.parameters after.Network)
            for diagnosis, slope, (leaf, next) in Seq.zip3 found.Parameters gradient leaves do
                same (leaf.Values.L2Norm()) diagnosis.Norm
                same (slope.Values.L2Norm()) diagnosis.GradientNorm
                if slope.Values.L2Norm() > 0.0 then
                    same ((next.Values - leaf.Values).L2Norm() / leaf.Values.L2Norm()) diagnosis.UpdateRatio

        law "units that no gradient passes are dead, outputs at the ends are saturated" (grids 20 20) <| fun grid ->
            let x = matrix<float> grid.Rows grid.Columns grid.Key
            let diagnose activation =
                let identity =
                    { Weight = Matrix<float>.Build.DenseIdentity grid.Rows; Bias = Vector<float>.Build.Dense grid.Rows }
                let layers = [ Layer.affine identity; Layer.activation activation ]
                let network = Network.ofLayersWith Loss.MeanSquaredError layers
                let state = Training.start network (Optimizer.Sgd 0.1) grid.Key
                (Diagnostics.ofState state (Batch.ofTargets x x)).Layers[1]
            let dead = x.EnumerateRows() |> Seq.filter (fun row -> row.Maximum() <= 0.0) |> Seq.length
            same (float dead / float grid.Rows) (diagnose Activation.Relu).DeadUnits
            same 0.0 (diagnose (Activation.LeakyRelu 0.1)).DeadUnits
            let flat = x.Enumerate() |> Seq.filter (fun x -> 1.0 - tanh x * tanh x < 0.05) |> Seq.length
            same (float flat / float (grid.Rows * grid.Columns)) (diagnose Activation.Tanh).Saturated

        law "of images a unit is a channel, dead if it is off at all places" (grids 20 2) <| fun grid ->
            let image = ImageShape.Of(grid.Rows, 1, 2)
            let x = matrix<float> image.Size grid.Columns grid.Key
            let layers = [ Layer.pooling (Pooling.Max(image, 1)); Layer.activation Activation.Relu ]
            let state = Training.start (Network.ofLayersWith Loss.MeanSquaredError layers) (Optimizer.Sgd 0.1) grid.Key
            let isDead channel = x.SubMatrix(2 * channel, 2, 0, grid.Columns).Enumerate() |> Seq.max <= 0.0
            let dead = Seq.filter isDead (seq { 0 .. grid.Rows - 1 }) |> Seq.length
            same (float dead / float grid.Rows)
                (Diagnostics.ofState state (Batch.ofTargets x x)).Layers[1].DeadUnits

        law "a fault is found where it was planted" (cases 12 6) <| fun case ->
            let state, batch = start<float> case, batch case
            Assert.Empty(NumericFaults.ofStep state batch)
            let leaves = Network.parameters state.Network
            let place = int (uint32 case.Seed % uint32 leaves.Count)
            let broken =
                leaves |> Seq.mapi (fun i leaf ->
                    if i <> place then leaf
                    else { leaf with Values = leaf.Values.MapIndexed(fun j x -> if j = 0 then nan else x) })
            let state = { state with Network = Network.withParameters (Parameters.ofSeq broken) state.Network }
            Assert.Equal($"{leaves[place].Name}", (NumericFaults.ofState state).Head.Place)
            let first = (NumericFaults.ofStep state batch).Head
            Assert.Equal($"the output of {leaves[place].Name.Split('.')[0]}", first.Place)
    ]
