namespace Functional.Properties

open Xunit
open Xunit.Abstractions
open Functional.Properties.Cases

/// The laws' own means: that a law which doesn't hold is found out, made small, and can be run again.
type LawTest(output: ITestOutputHelper) =
    [<Fact>]
    member _.``a law that doesn't hold names the seed and the smallest case``() =
        output.WriteLine $"FUNCTIONAL_SEED={Law.seed}"
        let small (grid: Grid) = Assert.True(grid.Rows < 5 || grid.Columns < 3)
        let failure = Assert.ThrowsAny<exn>(fun () -> Law.holds (grids 40 40) small)
        Assert.Contains($"FUNCTIONAL_SEED={Law.seed}", failure.Message)
        let shrunk = failure.Message.Substring(failure.Message.IndexOf "Shrunk")
        Assert.Contains("Rows = 5", shrunk)
        Assert.Contains("Columns = 3", shrunk)

    [<Fact>]
    member _.``a law is tried on at least 200 cases``() =
        let mutable tried = 0
        Law.holds (grids 40 40) (fun _ -> tried <- tried + 1)
        Assert.True(tried >= 200)

    [<Fact>]
    member _.``networks of every kind shrink to one unit``() =
        let single (case: Case) = Assert.True(case.Samples < 2)
        let failure = Assert.ThrowsAny<exn>(fun () -> Law.holds (cases 20 10) single)
        let shrunk = failure.Message.Substring(failure.Message.IndexOf "Shrunk")
        Assert.Contains("Layers = [Units 1]", shrunk)
        Assert.Contains("Samples = 2", shrunk)
