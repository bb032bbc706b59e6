/// Exponentials and logarithms to about one unit in the last place, and what is made of them (sigmoid, tanh, softplus)
/// to about three; a vector at a time. Every multiply-add is fused on every processor, so the bits are the same
/// everywhere.
module internal Functional.Numerics.Exponentials

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Memory
open Functional.Numerics.Passes

/// A polynomial, highest power first.
let inline private horner (coefficients: Lanes<'T>[]) (x: Lanes<'T>) : Lanes<'T> =
    let mutable sum = coefficients[0]
    for i in 1 .. coefficients.Length - 1 do sum <- fma sum x coefficients[i]
    sum

/// Numbers that differ between element types.
[<AbstractClass; Sealed>]
type private Constants<'T when Real<'T>> =
    static member private Choose(single: float, double: float) : Lanes<'T> =
        broadcast (if isSingle<'T> then single else double)
    /// 1.5 times 2 to the number of fraction bits: added to a small number, it rounds that to an integer, which is then
    /// in the lowest bits.
    static member val Magic: Lanes<'T> = Constants<'T>.Choose(12582912.0, 6755399441055744.0)
    // ln 2 in two parts, as in `Elementary`.
    static member val Ln2High: Lanes<'T> = Constants<'T>.Choose(0.693145751953125, Elementary.ln2High)
    static member val Ln2Low: Lanes<'T> = Constants<'T>.Choose(1.42860682030941723212e-6, Elementary.ln2Low)
    /// exp of more overflows, of less than its negative is 0.
    static member val Largest: Lanes<'T> = Constants<'T>.Choose(120.0, 800.0)
    /// 1/2, 1/3!, ...: Taylor's series of (e^r - 1 - r) / r^2.
    static member val Taylor: Lanes<'T>[] =
        [| for k in (if isSingle<'T> then 8 else 14) .. -1 .. 2 ->
               broadcast (1.0 / Seq.fold (fun p i -> p * float i) 1.0 (seq { 2 .. k })) |]
    /// 1/3, 1/5, ...: artanh s = s + s^3 / 3 + s^5 / 5 + ..., here for s up to 0.172.
    static member val Artanh: Lanes<'T>[] =
        [| for k in (if isSingle<'T> then 5 else 11) .. -1 .. 1 -> broadcast (1.0 / float (2 * k + 1)) |]
    /// 1, 1/3, 1/5, ..., here for s up to 1/3.
    static member val LongArtanh: Lanes<'T>[] =
        [| for k in (if isSingle<'T> then 8 else 17) .. -1 .. 0 -> broadcast (1.0 / float (2 * k + 1)) |]

/// 2^n, given n + Magic, for an n that the exponent of a normal number can hold.
let inline private powerOfTwo (rounded: Lanes<'T>) : Lanes<'T> =
    if isSingle<'T> then (Vector512.ShiftLeft(rounded.AsInt32(), 23) + Vector512<float32>.One.AsInt32()).As<int, 'T>()
    else (Vector512.ShiftLeft(rounded.AsInt64(), 52) + Vector512<float>.One.AsInt64()).As<int64, 'T>()

/// n and e^r - 1, where x = n ln 2 + r and |r| <= ln 2 / 2.
let inline private reduce (x: Lanes<'T>) : struct (Lanes<'T> * Lanes<'T>) =
    let magic = Constants<'T>.Magic
    let n: Lanes<'T> = fma x (broadcast 1.4426950408889634) magic - magic
    let r = fma -n Constants<'T>.Ln2Low (fma -n Constants<'T>.Ln2High x)
    struct (n, fma (r * r) (horner Constants<'T>.Taylor r) r)

let inline private expOf (x: Lanes<'T>) : Lanes<'T> =
    let most, magic = Constants<'T>.Largest, Constants<'T>.Magic
    let struct (n, rest) = reduce (Vector512.Max(Vector512.Min(x, most), -most))
    // In two factors, since 2^n alone may be beyond the normal numbers.
    let half: Lanes<'T> = fma n (broadcast 0.5) magic
    (Lanes<'T>.One + rest) * powerOfTwo half * powerOfTwo (n - (half - magic) + magic)

/// e^x - 1 for -50 <= x <= 0.
let inline private expMinusOne (x: Lanes<'T>) : Lanes<'T> =
    let struct (n, rest) = reduce x
    let scale: Lanes<'T> = powerOfTwo (n + Constants<'T>.Magic)
    fma rest scale (scale - Lanes<'T>.One)

let private minus (x: Lanes<'T>) : Lanes<'T> = -(Vector512.Abs x)

/// e^x
let exp<'T when Real<'T>> (x: 'T[]) : 'T[] = map (fun x -> expOf x) x

/// 1 / (1 + e^-x). Of e = e^-|x|, which doesn't overflow: 1 / (1 + e) or e / (1 + e).
let sigmoid<'T when Real<'T>> (x: 'T[]) : 'T[] =
    map (fun x ->
        let e: Lanes<'T> = expOf (minus x)
        let above: Lanes<'T> = Lanes<'T>.One / (Lanes<'T>.One + e)
        select (Vector512.GreaterThanOrEqual(x, Lanes<'T>.Zero)) above (e * above)) x

/// (e^x - e^-x) / (e^x + e^-x): with d = e^(-2 |x|) - 1, -d / (2 + d) and the sign of x.
let tanh<'T when Real<'T>> (x: 'T[]) : 'T[] =
    let two: Lanes<'T> = broadcast 2.0
    let least: Lanes<'T> = broadcast -50.0
    let signs: Lanes<'T> = broadcast -0.0
    map (fun x ->
        let d: Lanes<'T> = expMinusOne (Vector512.Max(two * minus x, least))
        Vector512.Abs(d / (two + d)) ||| (x &&& signs)) x

/// ln(1 + e^x) = max(x, 0) + ln(1 + e), e = e^-|x|: nothing overflows. With s = e / (2 + e), 1 + e is
/// (1 + s) / (1 - s), so that a small e loses nothing, and ln((1 + s) / (1 - s)) = 2 artanh s.
let softplus<'T when Real<'T>> (x: 'T[]) : 'T[] =
    let two: Lanes<'T> = broadcast 2.0
    map (fun x ->
        let e: Lanes<'T> = expOf (minus x)
        let s: Lanes<'T> = e / (two + e)
        Vector512.Max(x, Lanes<'T>.Zero) + two * s * horner Constants<'T>.LongArtanh (s * s)) x

/// The exponent e of a positive normal number x = 2^e m, m in [sqrt 1/2, sqrt 2), and m.
let inline private split (x: Lanes<'T>) : struct (Lanes<'T> * Lanes<'T>) =
    if isSingle<'T> then
        let bits, least = x.AsInt32(), Vector512.Create(0.70710678f).AsInt32()
        let e = Vector512.ShiftRightArithmetic(bits - least, 23)
        struct (Vector512.ConvertToSingle(e).As<float32, 'T>(), (bits - Vector512.ShiftLeft(e, 23)).As<int, 'T>())
    else
        let bits, least = x.AsInt64(), Vector512.Create(0.7071067811865476).AsInt64()
        let e = Vector512.ShiftRightArithmetic(bits - least, 52)
        struct (Vector512.ConvertToDouble(e).As<float, 'T>(), (bits - Vector512.ShiftLeft(e, 52)).As<int64, 'T>())

/// ln x; a positive x below the smallest normal number counts as 0, whose logarithm is minus infinity. A negative
/// number has none.
/// With x = 2^e m and s = (m - 1) / (m + 1): ln x = e ln 2 + 2 artanh s.
let log<'T when Real<'T>> (x: 'T[]) : 'T[] =
    let two: Lanes<'T> = broadcast 2.0
    let infinity: Lanes<'T> = broadcast infinity
    let none: Lanes<'T> = broadcast nan
    map (fun x ->
        let struct (e, m) = split x
        let f: Lanes<'T> = m - Lanes<'T>.One
        let s: Lanes<'T> = f / (two + f)
        let z: Lanes<'T> = s * s
        // 2 s = f - s f exactly, so that the leading term carries no rounding of the division.
        let rest: Lanes<'T> = s * (f - two * z * horner Constants<'T>.Artanh z) - e * Constants<'T>.Ln2Low
        let y = fma e Constants<'T>.Ln2High (f - rest)
        let y = select (Vector512.LessThan(x, smallestNormal ())) -infinity y
        let y = select (Vector512.LessThan(x, Lanes<'T>.Zero)) none y
        // Infinity and what is not a number stay.
        select (Vector512.LessThan(x, infinity)) y x) x
