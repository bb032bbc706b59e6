namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System
open System.Buffers
open System.Runtime.Intrinsics
open Functional
open Microsoft.FSharp.NativeInterop

/// Memory by address: the caller has pinned the arrays.
module internal Memory =
    /// The address as a typed pointer.
    let inline at<'T when 'T: unmanaged> (address: nativeint) : nativeptr<'T> = NativePtr.ofNativeInt address

    let inline bytes (address: nativeint) (count: int) = Span<byte>(NativePtr.toVoidPtr (at<byte> address), count)

    /// The next address at which a vector does not straddle cache lines.
    let inline align (address: nativeint) = (address + 63n) &&& ~~~63n

    /// A buffer of some bytes and room to align them, to be given back.
    let rent (bytes: nativeint) : byte[] =
        if bytes = 0n then Array.Empty() else ArrayPool<byte>.Shared.Rent(Checked.int bytes + 64)

    let giveBack (buffer: byte[]) = if buffer.Length > 0 then ArrayPool<byte>.Shared.Return buffer

    /// True for `float32`; the JIT folds it, as it does the branches that hang on it.
    let inline isSingle<'T> = Type.op_Equality (typeof<'T>, typeof<float32>)

open Memory

/// What a kernel needs of a vector register. A kernel takes one of the structs below as a type parameter; the JIT
/// compiles it for each of them separately and turns every member into one instruction.
type internal ISimd<'V> =
    /// Bytes of one vector.
    static abstract Width: int
    /// Bytes of one element.
    static abstract Element: int
    /// Columns of a tile two vectors high for which there are registers.
    static abstract Columns: int
    static abstract Zero: 'V
    static abstract Load: address: nativeint -> 'V
    static abstract Store: vector: 'V * address: nativeint -> unit
    static abstract Broadcast: address: nativeint -> 'V
    /// a * b + c, rounded once.
    static abstract Fma: a: 'V * b: 'V * c: 'V -> 'V

/// AVX-512.
[<Struct>]
type internal Simd512<'T when Real<'T>> =
    interface ISimd<Vector512<'T>> with
        static member Width = 64
        static member Element = sizeof<'T>
        static member Columns = 12
        static member Zero = Vector512<'T>.Zero
        static member Load address = Vector512.Load(at<'T> address)
        static member Store(vector, address) = vector.Store(at<'T> address)
        static member Broadcast address = Vector512.Create(NativePtr.read (at<'T> address))
        static member Fma(a, b, c) =
            if isSingle<'T> then
                Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float32, 'T>()
            else
                Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<float, 'T>()

/// AVX2 with FMA.
[<Struct>]
type internal Simd256<'T when Real<'T>> =
    interface ISimd<Vector256<'T>> with
        static member Width = 32
        static member Element = sizeof<'T>
        static member Columns = 6
        static member Zero = Vector256<'T>.Zero
        static member Load address = Vector256.Load(at<'T> address)
        static member Store(vector, address) = vector.Store(at<'T> address)
        static member Broadcast address = Vector256.Create(NativePtr.read (at<'T> address))
        static member Fma(a, b, c) =
            if isSingle<'T> then
                Vector256.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float32, 'T>()
            else
                Vector256.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<float, 'T>()

/// NEON, on ARM64.
[<Struct>]
type internal Simd128<'T when Real<'T>> =
    interface ISimd<Vector128<'T>> with
        static member Width = 16
        static member Element = sizeof<'T>
        static member Columns = 12
        static member Zero = Vector128<'T>.Zero
        static member Load address = Vector128.Load(at<'T> address)
        static member Store(vector, address) = vector.Store(at<'T> address)
        static member Broadcast address = Vector128.Create(NativePtr.read (at<'T> address))
        static member Fma(a, b, c) =
            if isSingle<'T> then
                Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float32, 'T>()
            else
                Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<float, 'T>()

/// One element at a time, where the processor has no vector that can fuse.
[<Struct>]
type internal Scalar<'T when Real<'T>> =
    interface ISimd<'T> with
        static member Width = sizeof<'T>
        static member Element = sizeof<'T>
        static member Columns = 6
        static member Zero = 'T.Zero
        static member Load address = NativePtr.read (at<'T> address)
        static member Store(value, address) = NativePtr.write (at<'T> address) value
        static member Broadcast address = NativePtr.read (at<'T> address)
        static member Fma(a, b, c) = 'T.FusedMultiplyAdd(a, b, c)
