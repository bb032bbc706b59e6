namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

/// A number known to the JIT: it folds comparisons with it and drops the branches not taken.
type internal ICount =
    static abstract Value: int

type [<Struct>] internal One = interface ICount with static member Value = 1
type [<Struct>] internal Two = interface ICount with static member Value = 2
type [<Struct>] internal Three = interface ICount with static member Value = 3
type [<Struct>] internal Four = interface ICount with static member Value = 4
type [<Struct>] internal Five = interface ICount with static member Value = 5
type [<Struct>] internal Six = interface ICount with static member Value = 6
type [<Struct>] internal Seven = interface ICount with static member Value = 7
type [<Struct>] internal Eight = interface ICount with static member Value = 8
type [<Struct>] internal Nine = interface ICount with static member Value = 9
type [<Struct>] internal Ten = interface ICount with static member Value = 10
type [<Struct>] internal Eleven = interface ICount with static member Value = 11
type [<Struct>] internal Twelve = interface ICount with static member Value = 12

/// What a tile is made of, known to the JIT like a count: one half, or a second one below it or beside it.
type internal IForm =
    static abstract Below: bool
    static abstract Beside: bool

/// One vector of rows.
[<Struct>]
type internal Half =
    interface IForm with
        static member Below = false
        static member Beside = false

/// Two vectors of rows: each element of B serves both.
[<Struct>]
type internal Below =
    interface IForm with
        static member Below = true
        static member Beside = false

/// One vector of rows, twice as many columns: each vector of A serves both halves.
[<Struct>]
type internal Beside =
    interface IForm with
        static member Below = false
        static member Beside = true

/// Where the operands of a tile are and how far apart, in bytes. Its second half need not follow the first: at the
/// edges of a matrix the two overlap, so that nothing is partly outside.
[<Struct; NoEquality; NoComparison>]
type internal Operands =
    { Depth: int
      A: nativeint
      AStep: nativeint
      ASecond: nativeint
      B: nativeint
      BStep: nativeint
      BColumn: nativeint
      BSecond: nativeint
      C: nativeint
      CColumn: nativeint
      CSecond: nativeint
      /// Go on from the sums in C rather than from zero.
      Resumed: bool
      /// Where to leave the vectors of A packed, for the tiles to come; 0 for nowhere.
      Kept: nativeint }

/// The register tile: one or two halves of one vector of rows times up to twelve columns of C stay in registers while k
/// runs. One source for every element type, vector width and shape: the sums that a shape does not use, and the
/// branches on it, disappear. Columns are stored in ascending order: a vector may spill into the next, whose store
/// repairs it.
[<AbstractClass; Sealed>]
type internal Tile<'V, 'S, 'Form, 'Columns
    when 'S: struct
    and 'S :> ISimd<'V>
    and 'Form: struct
    and 'Form :> IForm
    and 'Columns: struct
    and 'Columns :> ICount> =

    static member Run(t: inref<Operands>) : unit =
        let below, beside, columns, width = 'Form.Below, 'Form.Beside, 'Columns.Value, nativeint 'S.Width
        let two = below || beside
        let into, next, second = t.C, t.CColumn, t.CSecond
        let mutable c0, d0 = 'S.Zero, 'S.Zero
        let mutable c1, d1 = 'S.Zero, 'S.Zero
        let mutable c2, d2 = 'S.Zero, 'S.Zero
        let mutable c3, d3 = 'S.Zero, 'S.Zero
        let mutable c4, d4 = 'S.Zero, 'S.Zero
        let mutable c5, d5 = 'S.Zero, 'S.Zero
        let mutable c6, d6 = 'S.Zero, 'S.Zero
        let mutable c7, d7 = 'S.Zero, 'S.Zero
        let mutable c8, d8 = 'S.Zero, 'S.Zero
        let mutable c9, d9 = 'S.Zero, 'S.Zero
        let mutable c10, d10 = 'S.Zero, 'S.Zero
        let mutable c11, d11 = 'S.Zero, 'S.Zero
        if t.Resumed then
            c0 <- 'S.Load(into)
            if two then d0 <- 'S.Load(into + second)
            if columns > 1 then c1 <- 'S.Load(into + next)
            if two && columns > 1 then d1 <- 'S.Load(into + next + second)
            if columns > 2 then c2 <- 'S.Load(into + 2n * next)
            if two && columns > 2 then d2 <- 'S.Load(into + 2n * next + second)
            if columns > 3 then c3 <- 'S.Load(into + 3n * next)
            if two && columns > 3 then d3 <- 'S.Load(into + 3n * next + second)
            if columns > 4 then c4 <- 'S.Load(into + 4n * next)
            if two && columns > 4 then d4 <- 'S.Load(into + 4n * next + second)
            if columns > 5 then c5 <- 'S.Load(into + 5n * next)
            if two && columns > 5 then d5 <- 'S.Load(into + 5n * next + second)
            if columns > 6 then c6 <- 'S.Load(into + 6n * next)
            if two && columns > 6 then d6 <- 'S.Load(into + 6n * next + second)
            if columns > 7 then c7 <- 'S.Load(into + 7n * next)
            if two && columns > 7 then d7 <- 'S.Load(into + 7n * next + second)
            if columns > 8 then c8 <- 'S.Load(into + 8n * next)
            if two && columns > 8 then d8 <- 'S.Load(into + 8n * next + second)
            if columns > 9 then c9 <- 'S.Load(into + 9n * next)
            if two && columns > 9 then d9 <- 'S.Load(into + 9n * next + second)
            if columns > 10 then c10 <- 'S.Load(into + 10n * next)
            if two && columns > 10 then d10 <- 'S.Load(into + 10n * next + second)
            if columns > 11 then c11 <- 'S.Load(into + 11n * next)
            if two && columns > 11 then d11 <- 'S.Load(into + 11n * next + second)
        let aStep, aSecond = t.AStep, t.ASecond
        let bStep, b1, bSecond = t.BStep, t.BColumn, t.BSecond
        let b2, b3, b4, b5, b6 = 2n * b1, 3n * b1, 4n * b1, 5n * b1, 6n * b1
        let mutable a = t.A
        let mutable b = t.B
        let mutable kept = t.Kept
        for _ in 1 .. t.Depth do
            // Two addresses, six columns apart, rather than twelve offsets: there are too few registers for those.
            let e = b + b6
            let f = b + bSecond
            let g = f + b6
            let a0 = 'S.Load a
            let a1 = if below then 'S.Load(a + aSecond) else a0
            if kept <> 0n then
                'S.Store(a0, kept)
                if below then 'S.Store(a1, kept + width)
                kept <- kept + (if below then 2n * width else width)
            let x = 'S.Broadcast b
            c0 <- 'S.Fma(a0, x, c0)
            if two then d0 <- 'S.Fma(a1, (if beside then 'S.Broadcast f else x), d0)
            if columns > 1 then
                let x = 'S.Broadcast(b + b1)
                c1 <- 'S.Fma(a0, x, c1)
                if two then d1 <- 'S.Fma(a1, (if beside then 'S.Broadcast(f + b1) else x), d1)
            if columns > 2 then
                let x = 'S.Broadcast(b + b2)
                c2 <- 'S.Fma(a0, x, c2)
                if two then d2 <- 'S.Fma(a1, (if beside then 'S.Broadcast(f + b2) else x), d2)
            if columns > 3 then
                let x = 'S.Broadcast(b + b3)
                c3 <- 'S.Fma(a0, x, c3)
                if two then d3 <- 'S.Fma(a1, (if beside then 'S.Broadcast(f + b3) else x), d3)
            if columns > 4 then
                let x = 'S.Broadcast(b + b4)
                c4 <- 'S.Fma(a0, x, c4)
                if two then d4 <- 'S.Fma(a1, (if beside then 'S.Broadcast(f + b4) else x), d4)
            if columns > 5 then
                let x = 'S.Broadcast(b + b5)
                c5 <- 'S.Fma(a0, x, c5)
                if two then d5 <- 'S.Fma(a1, (if beside then 'S.Broadcast(f + b5) else x), d5)
            if columns > 6 then
                let x = 'S.Broadcast e
                c6 <- 'S.Fma(a0, x, c6)
                if two then d6 <- 'S.Fma(a1, (if beside then 'S.Broadcast g else x), d6)
            if columns > 7 then
                let x = 'S.Broadcast(e + b1)
                c7 <- 'S.Fma(a0, x, c7)
                if two then d7 <- 'S.Fma(a1, (if beside then 'S.Broadcast(g + b1) else x), d7)
            if columns > 8 then
                let x = 'S.Broadcast(e + b2)
                c8 <- 'S.Fma(a0, x, c8)
                if two then d8 <- 'S.Fma(a1, (if beside then 'S.Broadcast(g + b2) else x), d8)
            if columns > 9 then
                let x = 'S.Broadcast(e + b3)
                c9 <- 'S.Fma(a0, x, c9)
                if two then d9 <- 'S.Fma(a1, (if beside then 'S.Broadcast(g + b3) else x), d9)
            if columns > 10 then
                let x = 'S.Broadcast(e + b4)
                c10 <- 'S.Fma(a0, x, c10)
                if two then d10 <- 'S.Fma(a1, (if beside then 'S.Broadcast(g + b4) else x), d10)
            if columns > 11 then
                let x = 'S.Broadcast(e + b5)
                c11 <- 'S.Fma(a0, x, c11)
                if two then d11 <- 'S.Fma(a1, (if beside then 'S.Broadcast(g + b5) else x), d11)
            a <- a + aStep
            b <- b + bStep
        'S.Store(c0, into)
        if columns > 1 then 'S.Store(c1, into + next)
        if columns > 2 then 'S.Store(c2, into + 2n * next)
        if columns > 3 then 'S.Store(c3, into + 3n * next)
        if columns > 4 then 'S.Store(c4, into + 4n * next)
        if columns > 5 then 'S.Store(c5, into + 5n * next)
        if columns > 6 then 'S.Store(c6, into + 6n * next)
        if columns > 7 then 'S.Store(c7, into + 7n * next)
        if columns > 8 then 'S.Store(c8, into + 8n * next)
        if columns > 9 then 'S.Store(c9, into + 9n * next)
        if columns > 10 then 'S.Store(c10, into + 10n * next)
        if columns > 11 then 'S.Store(c11, into + 11n * next)
        let last = into + second
        if two then 'S.Store(d0, last)
        if two && columns > 1 then 'S.Store(d1, last + next)
        if two && columns > 2 then 'S.Store(d2, last + 2n * next)
        if two && columns > 3 then 'S.Store(d3, last + 3n * next)
        if two && columns > 4 then 'S.Store(d4, last + 4n * next)
        if two && columns > 5 then 'S.Store(d5, last + 5n * next)
        if two && columns > 6 then 'S.Store(d6, last + 6n * next)
        if two && columns > 7 then 'S.Store(d7, last + 7n * next)
        if two && columns > 8 then 'S.Store(d8, last + 8n * next)
        if two && columns > 9 then 'S.Store(d9, last + 9n * next)
        if two && columns > 10 then 'S.Store(d10, last + 10n * next)
        if two && columns > 11 then 'S.Store(d11, last + 11n * next)

/// A tile whose shape is known only when it runs.
[<AbstractClass; Sealed>]
type internal Tile<'V, 'S when 'S: struct and 'S :> ISimd<'V>> =

    static member private Run<'Form when 'Form: struct and 'Form :> IForm>(columns: int, t: inref<Operands>) =
        match columns with
        | 1 -> Tile<'V, 'S, 'Form, One>.Run &t
        | 2 -> Tile<'V, 'S, 'Form, Two>.Run &t
        | 3 -> Tile<'V, 'S, 'Form, Three>.Run &t
        | 4 -> Tile<'V, 'S, 'Form, Four>.Run &t
        | 5 -> Tile<'V, 'S, 'Form, Five>.Run &t
        | 6 -> Tile<'V, 'S, 'Form, Six>.Run &t
        | 7 -> Tile<'V, 'S, 'Form, Seven>.Run &t
        | 8 -> Tile<'V, 'S, 'Form, Eight>.Run &t
        | 9 -> Tile<'V, 'S, 'Form, Nine>.Run &t
        | 10 -> Tile<'V, 'S, 'Form, Ten>.Run &t
        | 11 -> Tile<'V, 'S, 'Form, Eleven>.Run &t
        | _ -> Tile<'V, 'S, 'Form, Twelve>.Run &t

    /// One vector of rows or two. One takes up to twice 'S.Columns; then BSecond and CSecond say where the second half
    /// of the columns begins, rounded up in number.
    static member Run(rows: int, columns: int, t: inref<Operands>) : unit =
        if rows > 1 then Tile<'V, 'S>.Run<Below>(columns, &t)
        elif columns > 'S.Columns then Tile<'V, 'S>.Run<Beside>((columns + 1) / 2, &t)
        else Tile<'V, 'S>.Run<Half>(columns, &t)
