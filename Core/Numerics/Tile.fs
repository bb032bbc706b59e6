/// The register tile: up to 4 vectors of rows times 6 columns of C stay in registers while k runs. One source for every
/// element type, vector width and tile shape: 'Rows and 'Columns are counts that the JIT folds, so that the accumulators
/// a shape does not use disappear.
module internal Functional.Numerics.Tile

#nowarn "9" "51" "3535" "3536"

open System.Runtime.CompilerServices
open Functional.Numerics.Lanes

/// Where the tile's operands are and how far apart, in bytes. The tile's last vector has an offset of its own: at the
/// bottom edge of a matrix it overlaps the one before, so that no vector is ever partly outside.
[<Struct>]
type Operands =
    { mutable Depth: int
      mutable A: nativeint; AStep: nativeint; ALast: nativeint
      mutable B: nativeint; BStep: nativeint; BColumn: nativeint
      /// Sums to go on from; 0 to start from zero.
      mutable From: nativeint; FromColumn: nativeint; FromLast: nativeint
      mutable To: nativeint; ToColumn: nativeint; ToLast: nativeint }

[<AbstractClass; Sealed>]
type Tile<'V, 'L, 'Rows, 'Columns
    when 'L: struct and 'L :> ILanes<'V>
    and 'Rows: struct and 'Rows :> ICount
    and 'Columns: struct and 'Columns :> ICount> =

    [<MethodImpl(MethodImplOptions.AggressiveOptimization)>]
    static member Run(t: byref<Operands>) : unit =
        let rows, columns, width = 'Rows.Value, 'Columns.Value, nativeint 'L.Width
        let mutable c00 = 'L.Zero
        let mutable c10 = 'L.Zero
        let mutable c20 = 'L.Zero
        let mutable c30 = 'L.Zero
        let mutable c01 = 'L.Zero
        let mutable c11 = 'L.Zero
        let mutable c21 = 'L.Zero
        let mutable c31 = 'L.Zero
        let mutable c02 = 'L.Zero
        let mutable c12 = 'L.Zero
        let mutable c22 = 'L.Zero
        let mutable c32 = 'L.Zero
        let mutable c03 = 'L.Zero
        let mutable c13 = 'L.Zero
        let mutable c23 = 'L.Zero
        let mutable c33 = 'L.Zero
        let mutable c04 = 'L.Zero
        let mutable c14 = 'L.Zero
        let mutable c24 = 'L.Zero
        let mutable c34 = 'L.Zero
        let mutable c05 = 'L.Zero
        let mutable c15 = 'L.Zero
        let mutable c25 = 'L.Zero
        let mutable c35 = 'L.Zero
        if t.From <> 0n then
            let last = t.FromLast
            let from = t.From + 0n * t.FromColumn
            c00 <- 'L.Load(from)
            if rows > 1 then c10 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
            if rows > 2 then c20 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
            if rows > 3 then c30 <- 'L.Load(from + last)
            if columns > 1 then
                let from = t.From + 1n * t.FromColumn
                c01 <- 'L.Load(from)
                if rows > 1 then c11 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
                if rows > 2 then c21 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
                if rows > 3 then c31 <- 'L.Load(from + last)
            if columns > 2 then
                let from = t.From + 2n * t.FromColumn
                c02 <- 'L.Load(from)
                if rows > 1 then c12 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
                if rows > 2 then c22 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
                if rows > 3 then c32 <- 'L.Load(from + last)
            if columns > 3 then
                let from = t.From + 3n * t.FromColumn
                c03 <- 'L.Load(from)
                if rows > 1 then c13 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
                if rows > 2 then c23 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
                if rows > 3 then c33 <- 'L.Load(from + last)
            if columns > 4 then
                let from = t.From + 4n * t.FromColumn
                c04 <- 'L.Load(from)
                if rows > 1 then c14 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
                if rows > 2 then c24 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
                if rows > 3 then c34 <- 'L.Load(from + last)
            if columns > 5 then
                let from = t.From + 5n * t.FromColumn
                c05 <- 'L.Load(from)
                if rows > 1 then c15 <- 'L.Load(from + (if rows = 2 then last else 1n * width))
                if rows > 2 then c25 <- 'L.Load(from + (if rows = 3 then last else 2n * width))
                if rows > 3 then c35 <- 'L.Load(from + last)
        let mutable a = t.A
        let mutable b = t.B
        let aStep, last = t.AStep, t.ALast
        let bStep, b1 = t.BStep, t.BColumn
        let b2, b3, b4, b5 = 2n * b1, 3n * b1, 4n * b1, 5n * b1
        for _ in 1 .. t.Depth do
            let a0 = 'L.Load a
            let a1 = if rows > 1 then 'L.Load(a + (if rows = 2 then last else 1n * width)) else 'L.Zero
            let a2 = if rows > 2 then 'L.Load(a + (if rows = 3 then last else 2n * width)) else 'L.Zero
            let a3 = if rows > 3 then 'L.Load(a + last) else 'L.Zero
            let x = 'L.Broadcast b
            c00 <- 'L.Fma(a0, x, c00)
            if rows > 1 then c10 <- 'L.Fma(a1, x, c10)
            if rows > 2 then c20 <- 'L.Fma(a2, x, c20)
            if rows > 3 then c30 <- 'L.Fma(a3, x, c30)
            if columns > 1 then
                let x = 'L.Broadcast(b + b1)
                c01 <- 'L.Fma(a0, x, c01)
                if rows > 1 then c11 <- 'L.Fma(a1, x, c11)
                if rows > 2 then c21 <- 'L.Fma(a2, x, c21)
                if rows > 3 then c31 <- 'L.Fma(a3, x, c31)
            if columns > 2 then
                let x = 'L.Broadcast(b + b2)
                c02 <- 'L.Fma(a0, x, c02)
                if rows > 1 then c12 <- 'L.Fma(a1, x, c12)
                if rows > 2 then c22 <- 'L.Fma(a2, x, c22)
                if rows > 3 then c32 <- 'L.Fma(a3, x, c32)
            if columns > 3 then
                let x = 'L.Broadcast(b + b3)
                c03 <- 'L.Fma(a0, x, c03)
                if rows > 1 then c13 <- 'L.Fma(a1, x, c13)
                if rows > 2 then c23 <- 'L.Fma(a2, x, c23)
                if rows > 3 then c33 <- 'L.Fma(a3, x, c33)
            if columns > 4 then
                let x = 'L.Broadcast(b + b4)
                c04 <- 'L.Fma(a0, x, c04)
                if rows > 1 then c14 <- 'L.Fma(a1, x, c14)
                if rows > 2 then c24 <- 'L.Fma(a2, x, c24)
                if rows > 3 then c34 <- 'L.Fma(a3, x, c34)
            if columns > 5 then
                let x = 'L.Broadcast(b + b5)
                c05 <- 'L.Fma(a0, x, c05)
                if rows > 1 then c15 <- 'L.Fma(a1, x, c15)
                if rows > 2 then c25 <- 'L.Fma(a2, x, c25)
                if rows > 3 then c35 <- 'L.Fma(a3, x, c35)
            a <- a + aStep
            b <- b + bStep
        let last = t.ToLast
        let into = t.To + 0n * t.ToColumn
        'L.Store(c00, into)
        if rows > 1 then 'L.Store(c10, into + (if rows = 2 then last else 1n * width))
        if rows > 2 then 'L.Store(c20, into + (if rows = 3 then last else 2n * width))
        if rows > 3 then 'L.Store(c30, into + last)
        if columns > 1 then
            let into = t.To + 1n * t.ToColumn
            'L.Store(c01, into)
            if rows > 1 then 'L.Store(c11, into + (if rows = 2 then last else 1n * width))
            if rows > 2 then 'L.Store(c21, into + (if rows = 3 then last else 2n * width))
            if rows > 3 then 'L.Store(c31, into + last)
        if columns > 2 then
            let into = t.To + 2n * t.ToColumn
            'L.Store(c02, into)
            if rows > 1 then 'L.Store(c12, into + (if rows = 2 then last else 1n * width))
            if rows > 2 then 'L.Store(c22, into + (if rows = 3 then last else 2n * width))
            if rows > 3 then 'L.Store(c32, into + last)
        if columns > 3 then
            let into = t.To + 3n * t.ToColumn
            'L.Store(c03, into)
            if rows > 1 then 'L.Store(c13, into + (if rows = 2 then last else 1n * width))
            if rows > 2 then 'L.Store(c23, into + (if rows = 3 then last else 2n * width))
            if rows > 3 then 'L.Store(c33, into + last)
        if columns > 4 then
            let into = t.To + 4n * t.ToColumn
            'L.Store(c04, into)
            if rows > 1 then 'L.Store(c14, into + (if rows = 2 then last else 1n * width))
            if rows > 2 then 'L.Store(c24, into + (if rows = 3 then last else 2n * width))
            if rows > 3 then 'L.Store(c34, into + last)
        if columns > 5 then
            let into = t.To + 5n * t.ToColumn
            'L.Store(c05, into)
            if rows > 1 then 'L.Store(c15, into + (if rows = 2 then last else 1n * width))
            if rows > 2 then 'L.Store(c25, into + (if rows = 3 then last else 2n * width))
            if rows > 3 then 'L.Store(c35, into + last)
