module Functional.Properties.Search.SamplerLaws

open System
open System.Collections.Generic
open System.Collections.Immutable
open Xunit
open Expecto
open Functional
open Functional.Host.Search
open Functional.Properties
open Functional.Properties.Law
open Functional.Properties.Cases
open Functional.Properties.Search.TestFunctions

/// A density of a range and of a choice of three, around some points.
let private estimator (seed: int64) (count: int) =
    let points = [ for i in 0 .. count - 1 -> (Key.OfSeed(seed).Child i).Uniforms 2 ]
    let centers = [| for point in points -> [| point[0]; (floor (point[1] * 3.0) + 0.5) / 3.0 |] |]
    ParzenEstimator(centers, [| Nullable(); Nullable 3 |])

/// How far the best of some trials is above the least value.
let private regret (sampler: Sampler) (trials: int) (test: TestFunction) (seed: int) : float =
    let space =
        SearchSpace [ for i, (low, high) in List.indexed test.Ranges -> Hyperparameter.Uniform($"x{i}", low, high) ]
    let settings = StudySettings(space, Direction = Direction.Minimize, Sampler = sampler, Seed = int64 seed)
    let value (configuration: Configuration) =
        test.Value [| for i in 0 .. space.Count - 1 -> configuration.Number $"x{i}" |]
    // Without a study's workers, of which each asks the sampler in a thread of its own.
    let tried = ResizeArray<Trial>()
    for number in 0 .. trials - 1 do
        let configuration = settings.Suggest tried
        let result = TrialResult(TrialState.Complete, [||], [||], 0.0, value configuration)
        tried.Add(Trial(number, configuration, State = TrialState.Complete, Result = result))
    Seq.min [ for trial in tried -> trial.Value.Value ] - test.Least

let private median (values: float list) : float =
    let sorted = List.sort values
    (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2.0

/// The trials of a study with these intermediate values, larger ones the better, or with their opposites.
let private trialsOf (direction: Direction) (curves: float list list) : Trial ResizeArray =
    let configuration = SearchSpace([ Hyperparameter.Uniform("x", 0.0, 1.0) ]).At [| 0.5 |]
    let value x = if direction = Direction.Maximize then x else -x
    ResizeArray
        [ for number, curve in List.indexed curves ->
            let reported = [ for i, x in List.indexed curve -> KeyValuePair(i + 1, value x) ]
            Trial(number, configuration, Reported = ImmutableSortedDictionary.CreateRange reported) ]

/// What Golovin et al. (2017) say of the curves up to a report: the median of averages against the trial's best.
let private medianSays (least: int) (curves: float list list) (number: int) (reports: int) : bool =
    let others = [ for i, curve in List.indexed curves do if i <> number && curve.Length >= reports then curve ]
    others.Length >= least
    && List.max curves[number] < median [ for curve in others -> List.average (List.truncate reports curve) ]

/// What Li et al. (2020) say at a rung: the best n/factor of the n that came so far go on, and at least one.
let private ashaSays (first: int) (factor: int) (curves: float list list) (number: int) (reports: int) : bool =
    let isRung = Seq.exists (fun i -> first * pown factor i = reports) [ 0..9 ]
    let there = [ for curve in curves do if curve.Length >= reports then curve[reports - 1] ]
    isRung && curves[number][reports - 1] < (List.sortDescending there)[max 1 (there.Length / factor) - 1]

[<Tests>]
let laws =
    testList "sampler" [
        law "a pruner ends those that its source says, whichever values are better" seeds <| fun seed ->
            let key = Key.OfSeed seed
            let count = 2 + (key.Child 0).Integers(1, 9)[0]
            let curves =
                [ for trial in 1..count ->
                    let length = 1 + (key.Child trial).Integers(1, 9)[0]
                    [ for x in ((key.Child trial).Child 1).Integers(length, 12) -> float x / 4.0 ] ]
            for pruner, says in
                [ Pruner.Median(2), medianSays 2; Pruner.Asha(1, 3), ashaSays 1 3; Pruner.Asha(2, 2), ashaSays 2 2 ] do
                for direction in [ Direction.Maximize; Direction.Minimize ] do
                    let trials = trialsOf direction curves
                    for number, curve in List.indexed curves do
                        let found = pruner.ShouldPrune(trials, number, curve.Length, direction)
                        Assert.True((found = says curves number curve.Length), $"{pruner}, {direction}, trial {number}")

        // As printed with the direction numbers (web.maths.unsw.edu.au/~fkuo/sobol), there in the order of a Gray code.
        testCase "the first Sobol points before scrambling are those of Joe and Kuo" <| fun () ->
            let printed =
                [ 0.0, 0.0, 0.0; 0.5, 0.5, 0.5; 0.75, 0.25, 0.25; 0.25, 0.75, 0.75; 0.375, 0.375, 0.625
                  0.875, 0.875, 0.125; 0.625, 0.125, 0.875; 0.125, 0.625, 0.375 ]
            for i, (x, y, z) in List.indexed printed do
                let number = uint32 (i ^^^ (i >>> 1))
                let coordinate dimension = float (SobolSequence.Coordinate(dimension, number)) / 4294967296.0
                Assert.Equal((x, y, z), (coordinate 0, coordinate 1, coordinate 2))

        law "the first 2^m Sobol points have one coordinate in each of 2^m intervals, in every dimension" seeds
        <| fun seed ->
            let points = [| for i in 0..63 -> SobolSequence.Point(SobolSequence.MostDimensions, Key.OfSeed seed, i) |]
            for dimension in 0 .. SobolSequence.MostDimensions - 1 do
                for m in 0..6 do
                    let count = 1 <<< m
                    let isTaken = Array.zeroCreate<bool> count
                    for point in points[.. count - 1] do isTaken[int (point[dimension] * float count)] <- true
                    Assert.True(Array.forall id isTaken, $"dimension {dimension}, {count} points")

        law "the first two dimensions of 2^m Sobol points have one point in each box of that size" seeds <| fun seed ->
            let points = [ for i in 0..63 -> SobolSequence.Point(2, Key.OfSeed seed, i) ]
            for m in 0..6 do
                let boxes =
                    [ for point in points -> int (point[0] * float (1 <<< m)), int (point[1] * float (1 <<< (6 - m))) ]
                Assert.Equal(64, (List.distinct boxes).Length)

        testCase "the share below a quantile is the quantile's" <| fun () ->
            for p in [ 1e-12; 0.001; 0.1; 0.3; 0.5; 0.77; 0.999; 1.0 - 1e-9 ] do
                Assert.Equal(p, NormalDistribution.Below(Elementary.NormalQuantile p), 1e-14)

        testCase "A1: the share below any number is a share, and below what is not a number is none" <| fun () ->
            let ends = [ nan, nan; infinity, 1.0; -infinity, 0.0; 0.0, 0.5; 1e-320, 0.5; 1e300, 1.0; -1e300, 0.0 ]
            for x, expected in ends do
                Assert.Equal(expected, NormalDistribution.Below x)

        law "a Parzen estimator is a density, and draws what it says" seeds <| fun seed ->
            let density = estimator seed 7
            let at x y = Elementary.Exp(density.LogDensity [| x; y |])
            let places = 60
            let grid =
                [ for i in 0 .. places - 1 do for j in 0..2 -> (float i + 0.5) / float places, (float j + 0.5) / 3.0 ]
            Assert.Equal(1.0, List.averageBy (fun (x, y) -> at x y) grid, 0.01)
            // The share of its draws in a part of the square is the density's integral there.
            let isInside (x: float, y: float) = x < 0.4 && y < 1.0 / 3.0
            let expected = List.averageBy (fun place -> if isInside place then (at <|| place) else 0.0) grid
            let draws = 500
            let draw i =
                let u = ((Key.OfSeed seed).Child(1000 + i)).Uniforms 3
                density.Sample(u[0], u[1..])
            let drawn = List.init draws draw
            let share = List.averageBy (fun (x: float[]) -> if isInside (x[0], x[1]) then 1.0 else 0.0) drawn
            Assert.Equal(expected, share, 5.0 * sqrt (expected / float draws) + 0.005)

        testCase "a tree-structured Parzen estimator comes nearer to the least value than random points" <| fun () ->
            let rows =
                [ for test in all ->
                    let regretOf sampler = median [ for seed in 1..5 -> regret sampler 60 test seed ]
                    test.Name, regretOf Sampler.Tpe, regretOf Sampler.Random ]
            for name, tpe, random in rows do
                Assert.True(tpe >= -1e-9 && random >= -1e-9, $"{name} has lower values than its least: {tpe}, {random}")
            let nearer = rows |> List.filter (fun (_, tpe, random) -> tpe < random)
            Assert.True(nearer.Length >= 8, $"nearer on {nearer.Length} of 10 only: %A{rows}")

        testCase "importance finds what matters" <| fun () ->
            let space =
                SearchSpace
                    [ Hyperparameter.LogUniform("rate", 1e-6, 1.0)
                      Hyperparameter.Choice("kind", [ "a"; "b"; "c" ])
                      Hyperparameter.Uniform("idle", 0.0, 1.0) ]
            let importanceOf (value: Configuration -> float) =
                use study = Study.InMemory(StudySettings space)
                Importance.Of(space, study.Run((fun configuration _ -> value configuration), 100), Direction.Maximize)
            let byRate = importanceOf (fun c -> -abs (Elementary.Log(c.Number "rate") + 5.0))
            let byKind = importanceOf (fun c -> (if c.Choice "kind" = "b" then 5.0 else 0.0) + c.Number "idle")
            Assert.InRange(byRate[0], 0.8, 1.0)
            Assert.InRange(byKind[1], 0.5, 1.0)
            Assert.Equal(1.0, Seq.sum byRate, 1e-12)
    ]
