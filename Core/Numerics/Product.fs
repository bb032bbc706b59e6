/// C = op(A) op(B) for column-major matrices. The order law: each element of C is one chain of fused multiply-adds over
/// k = 0, 1, ..., from zero. It holds whatever the tiles, the packing, the blocks and the number of threads are.
module internal Functional.Numerics.Product

#nowarn "9" "51" "3535" "3536"

open System
open System.Buffers
open System.Runtime.Intrinsics
open Microsoft.FSharp.NativeInterop
open Functional.Numerics.Lanes
open Functional.Numerics.Tile
open Functional.Numerics.Pack

/// A matrix in pinned memory: element (i, j) is at Address + i * Row + j * Column.
[<Struct>]
type View = { Address: nativeint; Row: nativeint; Column: nativeint }

/// What was measured to pay; no effect on results.
module Tuning =
    /// The tile in vectors x columns: 4 x 6 accumulators want 32 registers, 3 x 4 fit in AVX2's 16.
    let tileRows, tileColumns =
        if Vector512.IsHardwareAccelerated || Arm.AdvSimd.IsSupported then 4, 6 else 3, 4
    /// Longest run of k between storing and reloading the sums.
    let mutable depth = 512
    /// Bytes of op(A) that are read in place rather than packed, when its rows are contiguous.
    let mutable directA = 256 * 1024
    /// B is packed from this many panels of A on.
    let mutable packBPanels = 4
    /// Multiply-adds from which a second thread pays.
    let mutable threadsFrom = 200_000L

[<AbstractClass; Sealed>]
type private Shape<'V, 'L, 'Rows when 'L: struct and 'L :> ILanes<'V> and 'Rows: struct and 'Rows :> ICount> =
    static member Run(columns: int, t: byref<Operands>) =
        match columns with
        | 6 -> Tile<'V, 'L, 'Rows, Six>.Run &t
        | 5 -> Tile<'V, 'L, 'Rows, Five>.Run &t
        | 4 -> Tile<'V, 'L, 'Rows, Four>.Run &t
        | 3 -> Tile<'V, 'L, 'Rows, Three>.Run &t
        | 2 -> Tile<'V, 'L, 'Rows, Two>.Run &t
        | _ -> Tile<'V, 'L, 'Rows, One>.Run &t

/// The bounds of part i of n items cut into equal parts.
let inline private cut n parts i = struct (i * n / parts, (i + 1) * n / parts)

[<AbstractClass; Sealed>]
type private Product<'V, 'L when 'L: struct and 'L :> ILanes<'V>> =

    static member Tile(rows: int, columns: int, t: byref<Operands>) =
        match rows with
        | 4 -> Shape<'V, 'L, Four>.Run(columns, &t)
        | 3 -> Shape<'V, 'L, Three>.Run(columns, &t)
        | 2 -> Shape<'V, 'L, Two>.Run(columns, &t)
        | _ -> Shape<'V, 'L, One>.Run(columns, &t)

    static member Run(m: int, n: int, k: int, a: View, b: View, c: View) =
        let element, width = nativeint 'L.Element, nativeint 'L.Width
        let lanes = 'L.Width / 'L.Element
        let panels = panels lanes Tuning.tileRows m
        let strips = (n + Tuning.tileColumns - 1) / Tuning.tileColumns
        let packA = a.Row <> element || int64 a.Column * int64 k > int64 Tuning.directA
        let packB = panels.Length >= Tuning.packBPanels
        let blocks = if packA || packB then max 1 ((k + Tuning.depth - 1) / Tuning.depth) else 1
        let deepest = (k + blocks - 1) / blocks
        let slot = Tuning.tileRows * Tuning.tileColumns * 'L.Width
        let panelBytes = nativeint (Tuning.tileRows * 'L.Width * deepest)
        let stripBytes = nativeint (Tuning.tileColumns * 'L.Element * deepest)
        let rent bytes = if bytes = 0 then Array.Empty<byte>() else ArrayPool<byte>.Shared.Rent(bytes + 64)
        let align (p: nativeptr<byte>) = (NativePtr.toNativeInt p + 63n) &&& ~~~63n
        let bufferA = rent (if packA then int panelBytes * panels.Length else 0)
        let bufferB = rent (if packB then int stripBytes * strips else 0)
        let bufferC = rent (if blocks > 1 then slot * panels.Length * strips else 0)
        use pinA = fixed bufferA
        use pinB = fixed bufferB
        use pinC = fixed bufferC
        let packedA, packedB, sums = align pinA, align pinB, align pinC
        let parts =
            if int64 m * int64 n * int64 k < Tuning.threadsFrom then 1 else min (Team.threads ()) (max strips panels.Length)
        for block in 0 .. blocks - 1 do
            let struct (k0, k1) = cut k blocks block
            let depth = k1 - k0
            let a = { a with Address = a.Address + nativeint k0 * a.Column }
            let b = { b with Address = b.Address + nativeint k0 * b.Row }

            let pack part =
                if packA then
                    let struct (first, next) = cut panels.Length parts part
                    for p in first .. next - 1 do
                        let panel = panels[p]
                        let into = packedA + nativeint p * panelBytes
                        if a.Row = element then Copy<'V, 'L>.Rows(panel, depth, a.Address, a.Column, into)
                        else
                            for i in 0 .. panel.Rows - 1 do
                                let row = if i = panel.Rows - 1 then panel.LastVector else panel.First + i * lanes
                                transpose 'L.Element lanes depth (a.Address + nativeint row * a.Row) a.Row
                                    (into + nativeint i * width) (nativeint panel.Rows * width)
                if packB then
                    let struct (first, next) = cut strips parts part
                    for s in first .. next - 1 do
                        let struct (j0, j1) = cut n strips s
                        let into = packedB + nativeint s * stripBytes
                        let step = nativeint (j1 - j0) * element
                        if b.Row = element then
                            transpose 'L.Element (j1 - j0) depth (b.Address + nativeint j0 * b.Column) b.Column into step
                        else
                            let mutable from = b.Address + nativeint j0 * b.Column
                            for k in 0 .. depth - 1 do
                                Buffer.MemoryCopy(NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte> from), NativePtr.toVoidPtr (NativePtr.ofNativeInt<byte> (into + nativeint k * step)), int64 step, int64 step)
                                from <- from + b.Row

            let multiply part =
                let byRows = panels.Length > strips
                let struct (p0, p1) = if byRows then cut panels.Length parts part else struct (0, panels.Length)
                let struct (s0, s1) = if byRows then struct (0, strips) else cut strips parts part
                for p in p0 .. p1 - 1 do
                    let panel = panels[p]
                    for s in s0 .. s1 - 1 do
                        let struct (j0, j1) = cut n strips s
                        let columns = j1 - j0
                        let sum = sums + nativeint ((p * strips + s) * slot)
                        let target = c.Address + nativeint panel.First * element + nativeint j0 * c.Column
                        let final = block = blocks - 1
                        let mutable t =
                            { Depth = depth
                              A = if packA then packedA + nativeint p * panelBytes else a.Address + nativeint panel.First * element
                              AStep = if packA then nativeint panel.Rows * width else a.Column
                              ALast = if packA then nativeint (panel.Rows - 1) * width else nativeint (panel.LastVector - panel.First) * element
                              B = if packB then packedB + nativeint s * stripBytes else b.Address + nativeint j0 * b.Column
                              BStep = if packB then nativeint columns * element else b.Row
                              BColumn = if packB then element else b.Column
                              From = if block = 0 then 0n else sum
                              FromColumn = nativeint panel.Rows * width
                              FromLast = nativeint (panel.Rows - 1) * width
                              To = if final then target else sum
                              ToColumn = if final then c.Column else nativeint panel.Rows * width
                              ToLast = if final then nativeint (panel.LastVector - panel.First) * element else nativeint (panel.Rows - 1) * width }
                        Product<'V, 'L>.Tile(panel.Rows, columns, &t)

            if packA || packB then Team.run parts pack
            Team.run parts multiply
        for buffer in [| bufferA; bufferB; bufferC |] do
            if buffer.Length > 0 then ArrayPool<byte>.Shared.Return buffer

/// A matrix inside an array: element (i, j) at Offset + i + j * Stride of the array, or (j, i) if transposed.
[<Struct>]
type Operand<'T> = { Data: 'T[]; Offset: int; Stride: int; Transposed: bool }

/// c = op(a) op(b), where op(a) is m x k and op(b) is k x n.
let multiply<'T when 'T: unmanaged> (m: int) (n: int) (k: int) (a: Operand<'T>) (b: Operand<'T>) (c: Operand<'T>) : unit =
    if m > 0 && n > 0 then
        use pa = fixed a.Data
        use pb = fixed b.Data
        use pc = fixed c.Data
        let element = sizeof<'T>
        let view (p: nativeptr<'T>) (x: Operand<'T>) =
            let address = NativePtr.toNativeInt p + nativeint (x.Offset * element)
            let near, far = nativeint element, nativeint (x.Stride * element)
            if x.Transposed then { Address = address; Row = far; Column = near }
            else { Address = address; Row = near; Column = far }
        let a, b, c = view pa a, view pb b, view pc c
        if typeof<'T> = typeof<float32> then
            if m >= 16 && Vector512.IsHardwareAccelerated then Product<Vector512<float32>, Single512>.Run(m, n, k, a, b, c)
            elif m >= 8 && Vector256.IsHardwareAccelerated then Product<Vector256<float32>, Single256>.Run(m, n, k, a, b, c)
            elif m >= 4 then Product<Vector128<float32>, Single128>.Run(m, n, k, a, b, c)
            else Product<float32, Single32>.Run(m, n, k, a, b, c)
        elif typeof<'T> = typeof<float> then
            if m >= 8 && Vector512.IsHardwareAccelerated then Product<Vector512<float>, Double512>.Run(m, n, k, a, b, c)
            elif m >= 4 && Vector256.IsHardwareAccelerated then Product<Vector256<float>, Double256>.Run(m, n, k, a, b, c)
            elif m >= 2 then Product<Vector128<float>, Double128>.Run(m, n, k, a, b, c)
            else Product<float, Double64>.Run(m, n, k, a, b, c)
        else invalidArg "T" "matrix products are for float32 and float"
