/// The laws' own means: that a law which doesn't hold is found out, made small, and can be run again.
module Functional.Properties.LawTest

open System
open System.Diagnostics
open System.IO
open System.Threading
open MathNet.Numerics.LinearAlgebra
open FsCheck.FSharp
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law
open Functional.Properties.Cases
open Functional.Properties.Descents
open Functional.Properties.PairLaws

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

        testCase "of two things each is made as small as can be" <| fun () ->
            let two = both (grids 40 40, Arb.fromGen (Gen.constant 7))
            let wrong = complaint (law "two" two (fun (grid, _) -> Assert.True(grid.Rows < 5)))
            Assert.Contains("({ Grid.Rows = 5; Columns = 1;", wrong)

        testCase "a counterexample can be pasted into F# Interactive" <| fun () ->
            let case =
                { composed Tables.layers 9 -5L with Loss = Loss.Huber 0.3; Penalty = Penalty.L1 1e-7; Targets = Soft }
            let pair: Pair =
                { Row = 3
                  Features = [ Done(Transform.Schedule(Schedule.OneCycle(5).AfterWarmUp 2)); Grouped(1, 0.5, Some 0.1) ]
                  Descent = { Leaves = [ 7, Role.Scale ]; Steps = 2; Rate = 0.1; Seed = 1L } }
            let expressions =
                [ Expression.text case
                  Expression.text pair
                  Expression.text (Optimizer.AdamW 0.1, Key.ofSeed -1L, Initializer.He)
                  Expression.text [ Some -1.5f, -2, nan, infinity, "a \"b\"\\"; None, 0, 1e300, -infinity, "" ]
                  Expression.text (Matrix<float>.Build.Dense(1, 2, [| 1.0; -0.25 |]), [| true |], 7uy) ]
            let script = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.fsx")
            let print expression = $"printfn \"%%s\" (Functional.Properties.Expression.text ({expression}))"
            File.WriteAllLines(script, Expression.preamble @ List.map print expressions)
            try
                let start = ProcessStartInfo("dotnet", [ "fsi"; "--quiet"; "--exec"; script ])
                start.RedirectStandardOutput <- true
                start.RedirectStandardError <- true
                use fsi = Unchecked.nonNull (Process.Start start)
                let limit = TimeSpan.FromMinutes 5.0
                use _ = new Timer((fun _ -> fsi.Kill true), null, limit, Timeout.InfiniteTimeSpan)
                let errors = fsi.StandardError.ReadToEndAsync()
                let output = fsi.StandardOutput.ReadToEnd()
                Assert.Equal("", errors.Result)
                Assert.Equal<string list>(expressions, List.ofArray (output.TrimEnd().Split '\n'))
            finally
                File.Delete script

        testCase "kinds shrink to the first of their table, wherever they are" <| fun () ->
            let isPlain activation = activation = Activation.Relu || activation = Activation.LeakyRelu 0.01
            let wrong = complaint (law "plain" (rows Tables.activations) (fun kind -> Assert.True(isPlain kind)))
            Assert.Contains(Expression.text Activation.Sigmoid, wrong)
            let isMean (case: Case) = case.Loss = Tables.losses.Head || case.Loss = Tables.losses[1]
            let wrong = complaint (law "mean" compositions (fun case -> Assert.True(isMean case)))
            Assert.Contains(Expression.text Tables.losses[2], wrong)

        testCase "networks of every kind shrink to one unit" <| fun () ->
            let wrong = complaint (law "single" (cases 20 10) (fun (case: Case) -> Assert.True(case.Samples < 2)))
            Assert.Contains("Layers = [ Plan.Units(1) ]", wrong)
            Assert.Contains("Samples = 2", wrong)
    ]
