module Functional.Properties.MetricsLaws

open MathNet.Numerics.LinearAlgebra
open Xunit
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Cases

/// Scores with many ties.
let private scores (grid: Grid) : Matrix<float32> =
    Dense.matrix grid.Rows grid.Columns (Key.integers (grid.Rows * grid.Columns) 4 grid.Key |> Array.map float32)

[<Fact>]
let ``a sample's class is the first of its largest scores`` () =
    Law.holds (grids 12 20) (fun grid ->
        let first (column: Vector<float32>) = column |> Seq.findIndex ((=) (Seq.max column))
        Assert.Equal<int>((scores grid).EnumerateColumns() |> Seq.map first, Metrics.classes (scores grid)))

[<Fact>]
let ``a sample with a NaN has no class, whatever its label`` () =
    Law.holds (grids 12 20) (fun grid ->
        let row = (Key.integers 1 grid.Rows grid.Key)[0]
        let broken = (scores grid).MapIndexed(fun i _ x -> if i = row then nanf else x)
        Assert.All(Metrics.classes broken, fun label -> Assert.Equal(-1, label))
        Assert.Equal(0, Metrics.correct broken (targets Labels grid.Rows grid.Columns grid.Key)))

[<Fact>]
let ``accuracy is the share of right answers, for labels and for one-hot targets`` () =
    Law.holds (cases 12 20) (fun case ->
        let network, x = network<float> case, inputs<float> case
        let answers = Metrics.classes (Network.predict network x)
        let labels = Key.integers case.Samples case.Outputs (Key.child 4 case.Key)
        let right = Seq.zip answers labels |> Seq.filter (fun (answer, label) -> answer = label) |> Seq.length
        let share = float right / float case.Samples
        Assert.Equal(share, Metrics.accuracy network (Batch.ofLabels x labels))
        Assert.Equal(share, Metrics.accuracy network (Batch.ofTargets x (Batch.oneHot case.Outputs labels)))
        Assert.Equal(1.0, Metrics.accuracy network (Batch.ofLabels x answers)))
