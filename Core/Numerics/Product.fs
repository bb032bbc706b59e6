namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.Arm
open Functional
open Microsoft.FSharp.NativeInterop

/// Matrix products, on the widest vectors that the processor has.
module internal Product =

    /// A matrix inside an array: element (i, j) at Offset + i + j * Stride, or (j, i) if transposed.
    [<Struct; NoEquality; NoComparison>]
    type Operand<'T> =
        { Data: 'T[]
          Offset: int
          Stride: int
          Transposed: bool }

    let private view<'T when Real<'T>> (start: nativeptr<'T>) (x: Operand<'T>) : View =
        let start, near = NativePtr.toNativeInt start, nativeint sizeof<'T>
        let far = nativeint x.Stride * near
        { Address = start + nativeint x.Offset * near
          Row = if x.Transposed then far else near
          Column = if x.Transposed then near else far
          End = start + nativeint x.Data.Length * near }

    /// `multiply` on vectors 'V.
    let multiplyOn<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>>
        tuning m n k (a: Operand<'T>) (b: Operand<'T>) (c: Operand<'T>) : unit =
        if m > 0 && n > 0 then
            use pinA = fixed a.Data
            use pinB = fixed b.Data
            use pinC = fixed c.Data
            let left, right, result = view pinA a, view pinB b, view pinC c
            if n = 1 && left.Row = nativeint sizeof<'T> && m >= 'S.Width / sizeof<'T> then
                ColumnKernel<'T, 'V, 'S>(tuning, m, k, left, right, result).Run()
            else
                Kernel<'T, 'V, 'S>(tuning, m, n, k, left, right, result).Run()

    /// c = op(a) op(b), where op(a) is m x k, op(b) is k x n, and c, not transposed, shares no element with them.
    let multiply<'T when Real<'T>>
        (m: int) (n: int) (k: int) (a: Operand<'T>) (b: Operand<'T>) (c: Operand<'T>) : unit =
        if Vector512.IsHardwareAccelerated then
            multiplyOn<'T, Vector512<'T>, Simd512<'T>> Tuning.measured m n k a b c
        elif Vector256.IsHardwareAccelerated && X86.Fma.IsSupported then
            multiplyOn<'T, Vector256<'T>, Simd256<'T>> Tuning.measured m n k a b c
        elif AdvSimd.IsSupported then
            multiplyOn<'T, Vector128<'T>, Simd128<'T>> Tuning.measured m n k a b c
        else
            multiplyOn<'T, 'T, Scalar<'T>> Tuning.measured m n k a b c
