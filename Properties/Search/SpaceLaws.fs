module Functional.Properties.Search.SpaceLaws

open System
open System.Collections.Generic
open Xunit
open Expecto
open FsCheck
open FsCheck.FSharp
open Functional
open Functional.Host.Search
open Functional.Properties
open Functional.Properties.Law

let private number: Gen<float> =
    gen {
        let! mantissa = Gen.choose (-9999, 9999)
        let! exponent = Gen.choose (-9, 4)
        return float $"{mantissa}e{exponent}"
    }

let private domain: Gen<Domain> =
    let ends generator = Gen.map2 (fun a b -> min a b, max a b) generator generator
    Gen.oneof
        [ ends number |> Gen.map (fun (low, high) -> RangeDomain(low, high) :> Domain)
          ends number
          |> Gen.map (fun (low, high) -> RangeDomain(abs low + 1e-12, 2.0 * abs low + abs high + 1e-9, true) :> Domain)
          ends (Gen.choose (-50, 50))
          |> Gen.map (fun (low, high) -> RangeDomain(float low, float high, integer = true) :> Domain)
          ends (Gen.choose (1, 500))
          |> Gen.map (fun (low, high) -> RangeDomain(float low, float high, true, true) :> Domain)
          Gen.choose (1, 5) |> Gen.map (fun count -> ChoiceDomain [ for i in 1..count -> $"value{i}" ] :> Domain) ]

/// A space whose choices some others depend on, and a seed.
let private spaces: Arbitrary<SearchSpace * int64> =
    let generator =
        gen {
            let! count = Gen.choose (1, 6)
            let! domains = Gen.listOfLength count domain
            let! wishes = Gen.listOfLength count (Gen.choose (0, 3 * count))
            let! seed = Gen.choose (0, 1000000)
            let named = domains |> List.mapi (fun i domain -> Hyperparameter($"h{i}", domain))
            let conditional i (hyperparameter: Hyperparameter) =
                match List.tryItem wishes[i] (List.truncate i named) with
                | Some before ->
                    match before.Domain with
                    | :? ChoiceDomain as choice -> hyperparameter.When(before.Name, [ choice.Values[0] ])
                    | _ -> hyperparameter
                | None -> hyperparameter
            return SearchSpace(List.mapi conditional named), int64 seed
        }
    Arb.fromGen generator

[<Tests>]
let laws =
    testList "space" [
        law "every point of the unit cube is a configuration of the space, and comes back" spaces
        <| fun (space, seed) ->
            let point = (Key.OfSeed seed).Uniforms space.Count
            let configuration = space.At point
            let back = space.PointOf configuration
            for hyperparameter, before, after in Seq.zip3 space.Hyperparameters point back do
                match Option.ofNullable (configuration.Find hyperparameter.Name) with
                | None -> Assert.True(Double.IsNaN after && hyperparameter.Condition <> null)
                | Some value ->
                    Assert.True(hyperparameter.Domain.Contains value, $"{value} of {hyperparameter}")
                    Assert.InRange(after, 0.0, 1.0)
                    match hyperparameter.Domain with
                    | :? RangeDomain as range when not range.Integer && range.Low < range.High ->
                        Assert.Equal(before, after, 1e-6)
                    | _ -> ()
            let again = space.At(Array.map (fun x -> if Double.IsNaN x then 0.5 else x) back)
            for hyperparameter in space.Hyperparameters do
                let valueIn (one: Configuration) = Option.ofNullable (one.Find hyperparameter.Name)
                match hyperparameter.Domain, valueIn configuration, valueIn again with
                | :? RangeDomain as range, Some value, Some again when not range.Integer -> // rounded, there and back
                    let tolerance = 1e-12 * max (abs range.Low) (abs range.High)
                    Assert.Equal(value.Number.Value, again.Number.Value, tolerance)
                | _, value, again -> Assert.Equal(value, again)

        law "a configuration reads back from its texts" spaces <| fun (space, seed) ->
            let configuration = space.At((Key.OfSeed seed).Uniforms space.Count)
            let texts = Dictionary configuration.Texts
            Assert.Equal(Some configuration, Option.ofObj (space.Read texts))
            texts.Add("another", "1")
            Assert.Equal(None, Option.ofObj (space.Read texts))

        law "a space reads back from its text" spaces <| fun (space, seed) ->
            let again = SpaceText.Parse [ for hyperparameter in space.Hyperparameters -> string hyperparameter ]
            Assert.Equal(string space, string again)
            let point = (Key.OfSeed seed).Uniforms space.Count
            Assert.Equal<Configuration>(space.At point, again.At point)

        law "a grid has no configuration twice, and each is of the space" spaces <| fun (space, _) ->
            let some = space.Grid 3 |> Seq.truncate 60 |> Seq.toArray
            Assert.Equal(some.Length, (Array.distinct some).Length)
            for configuration in some do
                Assert.All(configuration, fun pair ->
                    let hyperparameter = space.Hyperparameters |> Seq.find (fun one -> one.Name = pair.Key)
                    Assert.True(hyperparameter.Domain.Contains pair.Value, $"{pair.Value} of {hyperparameter}"))

        law "a grid has as many configurations as are counted, each where it is asked for" spaces <| fun (space, _) ->
            for points in [ 2; 3 ] do
                if space.GridSize points <= 300L then
                    let all = space.Grid points |> Seq.toArray
                    Assert.Equal(space.GridSize points, int64 all.Length)
                    for i, configuration in Array.indexed all do
                        Assert.Equal<Configuration>(configuration, space.GridAt(points, int64 i))
                    let beyond () = space.GridAt(points, int64 all.Length) |> ignore
                    Assert.Throws<ArgumentOutOfRangeException> beyond |> ignore

        testCase "the values of a grid are all different, and begin and end with the range's" <| fun () ->
            for low, high in [ 1, 500; 1, 7; -3, 9; 0, Int32.MaxValue; Int32.MinValue, Int32.MaxValue ] do
                for logarithmic in List.distinct [ false; low > 0 ] do
                    let domain = RangeDomain(float low, float high, logarithmic, true)
                    for points in [ 2; 5; 100 ] do
                        let values = domain.Grid points |> Seq.toArray
                        let count = min (int64 points) (int64 high - int64 low + 1L)
                        Assert.Equal(int count, (Array.distinct values).Length)
                        Assert.Equal((string low, string high), (string values[0], string values[values.Length - 1]))

        testCase "a range as wide as there are numbers has values and places" <| fun () ->
            let range = RangeDomain(-Double.MaxValue, Double.MaxValue)
            for unit in [ 0.0; 0.25; 0.5; 1.0 ] do
                Assert.True(range.Contains(range.At unit), string (range.At unit))
                Assert.Equal(unit, range.UnitOf(range.At unit), 1e-15)

        testCase "a logarithmic range has equal shares of equal ratios" <| fun () ->
            let range = RangeDomain(1e-6, 1e-2, true)
            for share, expected in [ 0.0, 1e-6; 0.25, 1e-5; 0.5, 1e-4; 0.75, 1e-3; 1.0, 1e-2 ] do
                Assert.Equal(1.0, (range.At share).Number.Value / expected, 1e-14)
    ]
