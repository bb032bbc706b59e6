/// How laws are run: on many generated cases, all of them functions of one seed, and shrunk to the smallest
/// counterexample; and how results are compared.
module Functional.Properties.Law

open System
open System.Runtime.InteropServices
open System.Threading
open Expecto
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Functional
open Functional.FSharp
open Functional.Numerics

let private number (variable: string) : int64 option =
    match Environment.GetEnvironmentVariable variable with
    | null | "" -> None
    | text -> Some(Int64.Parse(text, Globalization.CultureInfo.InvariantCulture))

/// All cases are functions of it: the environment variable FUNCTIONAL_SEED, or drawn.
let seed: int64 = number "FUNCTIONAL_SEED" |> Option.defaultWith (fun () -> Random.Shared.NextInt64 1_000_000_000L)

/// How many cases a law is tried on: the environment variable FUNCTIONAL_CASES, or 200.
let cases: int = number "FUNCTIONAL_CASES" |> Option.map int |> Option.defaultValue 200

/// A key for what a law draws by itself.
let key: Key = Key.OfSeed seed

let private config (count: int) : FsCheckConfig =
    let start = Rnd(uint64 seed)
    if count < 200 then invalidArg (nameof count) "a law is tried on at least 200 cases"
    { FsCheckConfig.defaultConfig with
        maxTest = max 1 (int (int64 count * int64 cases / 200L))
        replay = Some(start.Seed, start.Gamma, None) }

/// What is wrong, on which case, and how to see it again.
let private report (name: string) (case: 'Case) (wrong: string) (data: FsCheckTestData) : string =
    let indented lines = lines |> Seq.map ((+) "  ") |> String.concat "\n"
    $"""'{name}' does not hold for case {data.NumberOfTests} of FUNCTIONAL_SEED={seed}:
{indented (wrong.Split '\n')}

The smallest counterexample, found in {data.NumberOfShrinks} steps, as F# Interactive takes it:
{indented (Expression.preamble @ [ Expression.text case ])}

To see it again:
  FUNCTIONAL_SEED={seed} dotnet run -c Release --project Properties -- --filter-test-case "{name}"
"""

let mutable private tried = 0L

/// How the laws are checked, or were.
let summary () : string =
    let count = match Interlocked.Read &tried with 0L -> "" | n -> $": {n} cases"
    $"laws are checked with FUNCTIONAL_SEED={seed} FUNCTIONAL_CASES={cases}{count}"

/// A law that `holds` for `count` cases (more, or fewer, as FUNCTIONAL_CASES is more or fewer than 200), and what has
/// to hold after them.
let lawThen
    (afterwards: unit -> unit) (count: int) (name: string)
    (arbitrary: Arbitrary<'Case>) (holds: 'Case -> 'Result) : Test =
    // FsCheck goes on from a case only to one that fails as well: the last that failed is the smallest.
    let failing = ref ValueNone
    let recorded case =
        try
            match box (holds case) with
            | :? bool as isTrue when not isTrue -> failwith "false"
            | _ -> ()
        with failure ->
            failing.Value <- ValueSome struct (case, failure.Message)
            reraise ()
    let finished _ _ (data: FsCheckTestData) =
        async {
            Interlocked.Add(&tried, int64 data.NumberOfTests) |> ignore
            match failing.Value with
            | ValueSome struct (case, wrong) -> raise (FailedException(report name case wrong data))
            | ValueNone -> afterwards ()
        }
    testPropertyWithConfig { config count with finishedTest = finished } name (Prop.forAll arbitrary recorded)

/// A law that holds for this many cases, more than 200 where it has much to try.
let lawOn (count: int) name arbitrary holds : Test = lawThen ignore count name arbitrary holds

/// A law that holds for 200 cases.
let law name arbitrary holds : Test = lawOn 200 name arbitrary holds

let floats<'T when Real<'T>> (x: 'T[]) : float[] = Array.map Real.toFloat x

/// The elements, column after column.
let elements<'T when Real<'T>> (x: Matrix<'T>) : 'T[] = x.ToColumnMajorArray()

/// The elements in double.
let doubles<'T when Real<'T>> (x: Matrix<'T>) : float[] = floats (elements x)

let bytes<'T when Real<'T>> (x: 'T[]) : byte[] = MemoryMarshal.AsBytes(ReadOnlySpan x).ToArray()

/// Raises unless both have the same bits.
let sameBits<'T when Real<'T>> (expected: 'T[]) (found: 'T[]) : unit =
    if not ((bytes expected).AsSpan().SequenceEqual(bytes found)) then
        Assert.Fail $"not the same bits: expected %A{expected}, found %A{found}"

/// Raises unless both have the same shape and bits.
let sameMatrix<'T when Real<'T>> (expected: Matrix<'T>) (found: Matrix<'T>) : unit =
    Assert.Equal(struct (expected.RowCount, expected.ColumnCount), struct (found.RowCount, found.ColumnCount))
    sameBits (elements expected) (elements found)

/// Names, roles and shapes of the leaves.
let leavesOf<'T when Real<'T>> (parameters: Parameters<'T>) : (string * Role * Shape) list =
    [ for leaf in parameters -> leaf.Name, leaf.Role, leaf.Shape ]

/// All elements, leaf after leaf, in double.
let doublesOf<'T when Real<'T>> (parameters: Parameters<'T>) : float[] =
    floats ((Parameters.toVector parameters).ToArray())

/// Raises unless both have the same leaves and bits.
let sameParameters<'T when Real<'T>> (expected: Parameters<'T>) (found: Parameters<'T>) : unit =
    Assert.Equal<string * Role * Shape>(leavesOf expected, leavesOf found)
    for e, f in Seq.zip expected found do sameBits (e.Values.ToArray()) (f.Values.ToArray())

/// Raises unless the largest difference is at most `relative` times the largest expected element, plus `absolute`.
let near (relative: float) (absolute: float) (expected: float[]) (found: float[]) : unit =
    Assert.Equal(expected.Length, found.Length)
    let largest = expected |> Array.fold (fun most x -> max most (abs x)) 0.0
    let off = Array.map2 (fun e f -> abs (e - f)) expected found |> Array.fold max 0.0
    if not (off <= relative * largest + absolute) then
        Assert.Fail $"off by {off}, largest {largest}: expected %A{expected}, found %A{found}"

/// Raises unless f raises an ArgumentException, whose message is the result.
let refused (f: unit -> 'R) : string =
    Assert.ThrowsAny<ArgumentException>(fun () -> f () |> ignore).Message
