/// How laws are run: on many generated cases, from one seed, shrunk to a small counterexample; and how results compare.
module Functional.Properties.Law

open System
open System.Runtime.InteropServices
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Functional
open Functional.FSharp
open Functional.Numerics

/// All cases are functions of it. Another one is chosen by the environment variable FUNCTIONAL_SEED.
let seed: int64 =
    match Environment.GetEnvironmentVariable "FUNCTIONAL_SEED" with
    | null | "" -> 1L
    | text -> Int64.Parse(text, Globalization.CultureInfo.InvariantCulture)

/// A key for what a law draws by itself.
let key: Key = Key.OfSeed seed

/// Raises, naming the seed and the smallest counterexample found, if the law does not hold for one of so many cases.
let holdsInEachOf (cases: int) (arbitrary: Arbitrary<'Case>) (law: 'Case -> unit) : unit =
    let replay = { Rnd = Rnd(uint64 seed); Size = None }
    let config = Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(Some replay).WithQuietOnSuccess true
    try Check.One(config, Prop.forAll arbitrary law)
    with failure -> Assert.Fail $"with FUNCTIONAL_SEED={seed}: {failure.Message}"

/// The same for 200 cases.
let holds (arbitrary: Arbitrary<'Case>) (law: 'Case -> unit) : unit = holdsInEachOf 200 arbitrary law

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
