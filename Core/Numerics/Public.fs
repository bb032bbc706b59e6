// What C# and F# use of numerics.
namespace Functional

open System
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Elementary functions, to about one unit in the last place: the same bits on every system, unlike those of the C
/// library. Custom layers and losses that use these keep that promise.
[<AbstractClass; Sealed>]
type Elementary =
    /// The natural logarithm of every element, in a new array. Positive subnormal numbers count as 0. (A vector at a
    /// time: many times as fast as one by one.)
    static member Log(x: 'T[]) : 'T[] = Numerics.Exponentials.log (given "x" x)

    /// e^x of every element, in a new array. (A vector at a time: many times as fast as one by one.)
    static member Exp(x: 'T[]) : 'T[] = Numerics.Exponentials.exp (given "x" x)

    /// The natural logarithm.
    static member Log(x: float) : float = Numerics.Elementary.log x

    /// e^x.
    static member Exp(x: float) : float = Numerics.Elementary.exp x

    /// The sine of an angle in radians, up to a million.
    static member Sin(x: float) : float = Numerics.Elementary.sin x

    /// The cosine of an angle in radians, up to a million.
    static member Cos(x: float) : float = Numerics.Elementary.cos x

    /// The x below which a standard normal variable lies with probability p, 0 < p < 1.
    static member NormalQuantile(p: float) : float = Numerics.Elementary.normalQuantile p

/// Matrix products by the core's own kernels, into fresh matrices. Each element is one chain of fused multiply-adds
/// over k = 0, 1, 2, ... from zero, so it is the same bits for any number of threads and any width of vectors.
[<AbstractClass; Sealed>]
type Products =
    /// a b, for a of m x k and b of k x n. Raises ArgumentException if the k differ.
    static member Product(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Numerics.Dense.product (given "a" a) (given "b" b)

    /// The product of a's transpose and b, for a of k x m and b of k x n. Raises ArgumentException if the k differ.
    static member TransposeThisProduct(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Numerics.Dense.transposeThisProduct (given "a" a) (given "b" b)

    /// The product of a and b's transpose, for a of m x k and b of n x k. Raises ArgumentException if the k differ.
    static member ProductWithTranspose(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Numerics.Dense.productWithTranspose (given "a" a) (given "b" b)

/// Which bits the core gives. Runs, models and checkpoints record it.
[<AbstractClass; Sealed>]
type NumericsVersion =
    /// The version of this program's numerics. Another version may give other bits: whoever changes the order of a sum,
    /// a formula's rounding or what is drawn from a key raises it. (Programs that didn't record it are version 1.)
    static member Current = 4

/// Threads that large operations, and the reading and encoding of data, may use. Results don't depend on them: not a
/// bit.
[<AbstractClass; Sealed>]
type Threads =
    /// Runs body with up to `count` threads for each large operation in it, 64 at most; outside, it has one. Raises
    /// ArgumentException if count < 1.
    static member Use(count: int, body: Func<'R>) : 'R =
        Numerics.Team.withThreads count (given "body" body).Invoke

    /// How many threads the caller allows: 1 outside of Use.
    static member Count: int = Numerics.Team.threads ()
