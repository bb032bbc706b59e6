/// What a kernel needs of a vector register, for each element type and width. A kernel takes one of these structs as a
/// type parameter; the JIT compiles it separately for each and inlines every member to one instruction.
module internal Functional.Numerics.Lanes

#nowarn "9" "51" "3535" "3536"

open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop

/// Addresses are plain integers: the caller has pinned the arrays.
type ILanes<'V> =
    /// Bytes of one vector.
    static abstract Width: int
    /// Bytes of one element.
    static abstract Element: int
    static abstract Zero: 'V
    static abstract Load: nativeint -> 'V
    static abstract Store: 'V * nativeint -> unit
    static abstract Broadcast: nativeint -> 'V
    /// a * b + c, rounded once.
    static abstract Fma: a: 'V * b: 'V * c: 'V -> 'V

let inline private at<'T when 'T: unmanaged> (address: nativeint) : nativeptr<'T> = NativePtr.ofNativeInt address

[<Struct>]
type Single512 =
    interface ILanes<Vector512<float32>> with
        static member Width = 64
        static member Element = 4
        static member Zero = Vector512<float32>.Zero
        static member Load address = Vector512.Load(at<float32> address)
        static member Store(v, address) = v.Store(at<float32> address)
        static member Broadcast address = Vector512.Create(NativePtr.read (at<float32> address))
        static member Fma(a, b, c) = Vector512.FusedMultiplyAdd(a, b, c)

[<Struct>]
type Double512 =
    interface ILanes<Vector512<float>> with
        static member Width = 64
        static member Element = 8
        static member Zero = Vector512<float>.Zero
        static member Load address = Vector512.Load(at<float> address)
        static member Store(v, address) = v.Store(at<float> address)
        static member Broadcast address = Vector512.Create(NativePtr.read (at<float> address))
        static member Fma(a, b, c) = Vector512.FusedMultiplyAdd(a, b, c)

[<Struct>]
type Single256 =
    interface ILanes<Vector256<float32>> with
        static member Width = 32
        static member Element = 4
        static member Zero = Vector256<float32>.Zero
        static member Load address = Vector256.Load(at<float32> address)
        static member Store(v, address) = v.Store(at<float32> address)
        static member Broadcast address = Vector256.Create(NativePtr.read (at<float32> address))
        static member Fma(a, b, c) = Vector256.FusedMultiplyAdd(a, b, c)

[<Struct>]
type Double256 =
    interface ILanes<Vector256<float>> with
        static member Width = 32
        static member Element = 8
        static member Zero = Vector256<float>.Zero
        static member Load address = Vector256.Load(at<float> address)
        static member Store(v, address) = v.Store(at<float> address)
        static member Broadcast address = Vector256.Create(NativePtr.read (at<float> address))
        static member Fma(a, b, c) = Vector256.FusedMultiplyAdd(a, b, c)

/// The fallback: NEON on ARM64 (which has a fused multiply-add), one call per element on an old x64.
[<Struct>]
type Single128 =
    interface ILanes<Vector128<float32>> with
        static member Width = 16
        static member Element = 4
        static member Zero = Vector128<float32>.Zero
        static member Load address = Vector128.Load(at<float32> address)
        static member Store(v, address) = v.Store(at<float32> address)
        static member Broadcast address = Vector128.Create(NativePtr.read (at<float32> address))
        static member Fma(a, b, c) = Vector128.FusedMultiplyAdd(a, b, c)

[<Struct>]
type Double128 =
    interface ILanes<Vector128<float>> with
        static member Width = 16
        static member Element = 8
        static member Zero = Vector128<float>.Zero
        static member Load address = Vector128.Load(at<float> address)
        static member Store(v, address) = v.Store(at<float> address)
        static member Broadcast address = Vector128.Create(NativePtr.read (at<float> address))
        static member Fma(a, b, c) = Vector128.FusedMultiplyAdd(a, b, c)

/// One element at a time, for matrices with fewer rows than the narrowest vector.
[<Struct>]
type Single32 =
    interface ILanes<float32> with
        static member Width = 4
        static member Element = 4
        static member Zero = 0.0f
        static member Load address = NativePtr.read (at<float32> address)
        static member Store(v, address) = NativePtr.write (at<float32> address) v
        static member Broadcast address = NativePtr.read (at<float32> address)
        static member Fma(a, b, c) = System.MathF.FusedMultiplyAdd(a, b, c)

[<Struct>]
type Double64 =
    interface ILanes<float> with
        static member Width = 8
        static member Element = 8
        static member Zero = 0.0
        static member Load address = NativePtr.read (at<float> address)
        static member Store(v, address) = NativePtr.write (at<float> address) v
        static member Broadcast address = NativePtr.read (at<float> address)
        static member Fma(a, b, c) = System.Math.FusedMultiplyAdd(a, b, c)

/// A number known to the JIT: it folds comparisons with it and drops the branches not taken.
type ICount =
    static abstract Value: int

[<Struct>]
type One = interface ICount with static member Value = 1
[<Struct>]
type Two = interface ICount with static member Value = 2
[<Struct>]
type Three = interface ICount with static member Value = 3
[<Struct>]
type Four = interface ICount with static member Value = 4
[<Struct>]
type Five = interface ICount with static member Value = 5
[<Struct>]
type Six = interface ICount with static member Value = 6
