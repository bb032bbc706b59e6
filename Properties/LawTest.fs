/// The laws' own means: that a law which doesn't hold is found out, made small, and can be run again.
module Functional.Properties.LawTest

open Xunit
open Expecto
open Functional.Properties.Law
open Functional.Properties.Cases

/// What is said of a law that doesn't hold; empty for one that does.
let private complaint (law: Test) : string =
    match Impl.evalTestsSilent law |> Async.RunSynchronously with
    | [ _, summary ] -> match summary.result with Impl.Failed wrong -> wrong | _ -> ""
    | _ -> failwith "one law was expected"

[<Tests>]
let laws =
    testList "law" [
        testCase "a law that doesn't hold names the seed and the smallest case" <| fun () ->
            let small (grid: Grid) = Assert.True(grid.Rows < 5 || grid.Columns < 3)
            let wrong = complaint (law "small" (grids 40 40) small)
            Assert.Contains($"FUNCTIONAL_SEED={seed}", wrong)
            Assert.Contains("Rows = 5", wrong)
            Assert.Contains("Columns = 3", wrong)
            Assert.Contains("--filter-test-case \"small\"", wrong)

        testCase "a law is tried on at least 200 cases, and the same command tries the same ones" <| fun () ->
            let tried = ResizeArray()
            let remember = law "remember" (cases 20 10) (fun case -> tried.Add case)
            let run () =
                tried.Clear()
                Assert.Equal("", complaint remember)
                List.ofSeq tried
            let first = run ()
            Assert.True(first.Length >= Law.cases)
            Assert.Equal<Case list>(first, run ())

        testCase "networks of every kind shrink to one unit" <| fun () ->
            let wrong = complaint (law "single" (cases 20 10) (fun (case: Case) -> Assert.True(case.Samples < 2)))
            Assert.Contains("Layers = [Units 1]", wrong)
            Assert.Contains("Samples = 2", wrong)
    ]
