/// Loops over arrays, one lambda over a 64-byte vector each. A 64-byte vector is the unit on every processor (the
/// compiler makes two of one where there is no AVX-512), so nothing depends on the machine. Results are fresh arrays,
/// so that the last vector may overlap its neighbour: the same bits are computed twice, and there is no scalar tail.
module internal Functional.Numerics.Passes

open System
open System.Numerics
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics.Dense

/// The elements that one instruction works on.
type Lanes<'T> = Vector512<'T>

let lanes<'T> : int = Vector512<'T>.Count

/// Elements from which several threads pay in one pass over memory.
let threadsFrom = 200_000

let inline broadcast (scalar: float) : Lanes<'T> when 'T :> INumberBase<'T> = Vector512.Create('T.CreateChecked scalar)

/// The smallest number that isn't subnormal.
let smallestNormal<'T when 'T :> INumberBase<'T>> () : Lanes<'T> =
    broadcast (if Memory.isSingle<'T> then 1.17549435e-38 else 2.2250738585072014e-308)

let inline load (x: 'T[]) (i: int) : Lanes<'T> =
    Vector512.LoadUnsafe(&MemoryMarshal.GetArrayDataReference x, unativeint i)

let inline store (v: Lanes<'T>) (x: 'T[]) (i: int) : unit =
    Vector512.StoreUnsafe(v, &MemoryMarshal.GetArrayDataReference x, unativeint i)

/// a b + c, rounded once.
let inline fma (a: Lanes<'T>) (b: Lanes<'T>) (c: Lanes<'T>) : Lanes<'T> =
    if Memory.isSingle<'T> then Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).As<float32, 'T>()
    else Vector512.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).As<float, 'T>()

/// a where the condition has all bits set, otherwise b.
let inline select (condition: Lanes<'T>) (a: Lanes<'T>) (b: Lanes<'T>) : Lanes<'T> =
    Vector512.ConditionalSelect(condition, a, b)

/// The array itself or, if it is shorter than a vector, a copy as long as one.
let atLeastOneVector (x: 'T[]) : 'T[] =
    if x.Length >= lanes<'T> then x
    else
        let longer = Array.zeroCreate lanes<'T>
        Array.blit x 0 longer 0 x.Length
        longer

/// Raises ArgumentException if an array that a pass reads beside one of n elements has another number: loads check no
/// bounds.
let checkLength (n: int) (x: 'T[]) : unit =
    if x.Length <> n then invalidArg (nameof x) $"{x.Length} elements beside {n}"

/// `atLeastOneVector` of an array that is read beside one of n elements. Raises ArgumentException if it has another
/// number.
let beside (n: int) (x: 'T[]) : 'T[] =
    checkLength n x
    atLeastOneVector x

/// Undoes `atLeastOneVector` on a result.
let inline cutTo (length: int) (x: 'T[]) : 'T[] = if x.Length = length then x else Array.sub x 0 length

/// Calls body with the first index of each vector from first to stop, at least one; the last may overlap another.
let inline vectors<'T> (first: int) (stop: int) ([<InlineIfLambda>] body: int -> unit) : unit =
    let count = lanes<'T>
    let mutable i = first
    while i < stop do
        body (min i (stop - count))
        i <- i + count

/// Calls run with the parts of n elements that several threads take; false, without a call, if there is one thread.
let inParts<'T> (n: int) (run: Action<int, int>) : bool =
    let parts = Team.threads ()
    if parts > 1 then
        let chunk = (n / parts + lanes<'T> - 1) / lanes<'T> * lanes<'T>
        Team.run parts (Action<int>(fun part ->
            let first = part * chunk
            if first < n then run.Invoke(first, (if part = parts - 1 then n else min n (first + chunk)))))
    parts > 1

/// Calls body with the first index of each vector of n >= `lanes` elements, in parts on several threads where that
/// pays.
let inline sweep<'T> (n: int) ([<InlineIfLambda>] body: int -> unit) : unit =
    let isDone = n >= threadsFrom && inParts<'T> n (Action<int, int>(fun first stop -> vectors<'T> first stop body))
    // In a branch the compiler would make the loop a function of its own, with its vectors on the stack.
    vectors<'T> (if isDone then n else 0) n body

let inline map ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T>) (x: 'T[]) : 'T[] =
    let n = x.Length
    let x = atLeastOneVector x
    let y = fresh x.Length
    sweep<'T> x.Length (fun i -> store (f (load x i)) y i)
    cutTo n y

let inline map2 ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T> -> Lanes<'T>) (a: 'T[]) (b: 'T[]) : 'T[] =
    let n = a.Length
    let a, b = atLeastOneVector a, beside n b
    let y = fresh a.Length
    sweep<'T> a.Length (fun i -> store (f (load a i) (load b i)) y i)
    cutTo n y

/// A pass that reads several arrays of one length and writes several others, from first to stop. What it multiplies
/// with is made in it, before its loop: then it stays in registers, which no call in between empties.
type Pass<'T> = delegate of first: int * stop: int * read: 'T[][] * written: 'T[][] -> unit

/// Fills all places of `written` with the fresh arrays that a pass writes.
let fill<'T when Real<'T>> (pass: Pass<'T>) (read: 'T[][]) (written: 'T[][]) : unit =
    let n = read[0].Length
    for x in read do checkLength n x
    let read = if n >= lanes<'T> then read else Array.map atLeastOneVector read
    let length = read[0].Length
    for k in 0 .. written.Length - 1 do written[k] <- fresh length
    let isDone =
        length >= threadsFrom
        && inParts<'T> length (Action<int, int>(fun first stop -> pass.Invoke(first, stop, read, written)))
    if not isDone then pass.Invoke(0, length, read, written)
    for k in 0 .. written.Length - 1 do written[k] <- cutTo n written[k]

/// `fill`, but over what is read: over the first array, and over those after the second. Each element of what is
/// written is a function of those in its place.
let fillOver<'T when Real<'T>> (pass: Pass<'T>) (read: 'T[][]) (written: 'T[][]) : unit =
    let n = read[0].Length
    for x in read do checkLength n x
    // A vector must not be computed twice: those that don't fill one are computed aside.
    let rest = n % lanes<'T>
    let whole = n - rest
    for k in 0 .. written.Length - 1 do written[k] <- read[if k = 0 then 0 else k + 1]
    let aside = if rest = 0 then [||] else Array.map (fun x -> atLeastOneVector (Array.sub x whole rest)) read
    let isDone =
        whole >= threadsFrom
        && inParts<'T> whole (Action<int, int>(fun first stop -> pass.Invoke(first, stop, read, written)))
    if whole > 0 && not isDone then pass.Invoke(0, whole, read, written)
    if rest > 0 then
        let ends = Array.init written.Length (fun _ -> Array.zeroCreate lanes<'T>)
        pass.Invoke(0, lanes<'T>, aside, ends)
        for k in 0 .. written.Length - 1 do Array.blit ends[k] 0 written[k] whole rest

let inline pass2to1 (first: int) (stop: int) (read: 'T[][]) (written: 'T[][])
    ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T> -> Lanes<'T>) : unit =
    let a, b, y = read[0], read[1], written[0]
    vectors<'T> first stop (fun i -> store (f (load a i) (load b i)) y i)

let inline pass3to2 (first: int) (stop: int) (read: 'T[][]) (written: 'T[][])
    ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> struct (Lanes<'T> * Lanes<'T>)) : unit =
    let a, b, c, y, z = read[0], read[1], read[2], written[0], written[1]
    vectors<'T> first stop (fun i ->
        let struct (u, v) = f (load a i) (load b i) (load c i)
        store u y i
        store v z i)

let inline pass4to3 (first: int) (stop: int) (read: 'T[][]) (written: 'T[][])
    ([<InlineIfLambda>] f:
        Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> struct (Lanes<'T> * Lanes<'T> * Lanes<'T>)) : unit =
    let a, b, c, d = read[0], read[1], read[2], read[3]
    let x, y, z = written[0], written[1], written[2]
    vectors<'T> first stop (fun i ->
        let struct (u, v, w) = f (load a i) (load b i) (load c i) (load d i)
        store u x i
        store v y i
        store w z i)

let inline pass5to4 (first: int) (stop: int) (read: 'T[][]) (written: 'T[][])
    ([<InlineIfLambda>] f:
        Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T>
            -> struct (Lanes<'T> * Lanes<'T> * Lanes<'T> * Lanes<'T>)) : unit =
    let a, b, c, d, e = read[0], read[1], read[2], read[3], read[4]
    let w, x, y, z = written[0], written[1], written[2], written[3]
    vectors<'T> first stop (fun i ->
        let struct (r, s, t, u) = f (load a i) (load b i) (load c i) (load d i) (load e i)
        store r w i
        store s x i
        store t y i
        store u z i)

/// Calls put with the sum of each vector of z and of the column, and its index in z; there is at least a vector of
/// rows.
let inline eachSum ([<InlineIfLambda>] put: Lanes<'T> -> int -> unit) (column: 'T[]) (z: 'T[]) : unit =
    let rows = column.Length
    let last = rows - lanes<'T>
    Team.split (z.Length >= threadsFrom) (z.Length / rows) (fun start stop ->
        for j in start .. stop - 1 do
            let first = j * rows
            // It overlaps the vector before, and must not be added to twice.
            let lastSum = load z (first + last) + load column last
            let mutable i = 0
            while i < last do
                put (load z (first + i) + load column i) (first + i)
                i <- i + lanes<'T>
            put lastSum (first + last))

/// Adds a column to every column of a matrix that the caller has just made.
let addToColumns<'T when Real<'T>> (column: 'T[]) (z: 'T[]) : unit =
    if column.Length >= lanes<'T> then eachSum (fun sum i -> store sum z i) column z
    else
        for first in 0 .. column.Length .. z.Length - 1 do
            for i in 0 .. column.Length - 1 do z[first + i] <- z[first + i] + column[i]

/// Like `addToColumns`, and gives f of each sum: one pass.
let inline mapSums ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T>) (column: 'T[]) (z: 'T[]) : 'T[] =
    if column.Length < lanes<'T> then
        addToColumns column z
        map f z
    else
        let y = fresh z.Length
        eachSum (fun sum i ->
            store sum z i
            store (f sum) y i) column z
        y

let inline map3
    ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T>) (a: 'T[]) (b: 'T[]) (c: 'T[]) : 'T[] =
    let n = a.Length
    let a, b, c = atLeastOneVector a, beside n b, beside n c
    let y = fresh a.Length
    sweep<'T> a.Length (fun i -> store (f (load a i) (load b i) (load c i)) y i)
    cutTo n y

/// Writes f a b over b, which the caller has just made. (Its last vector must not overlap: f would be applied twice.)
let inline overwrite ([<InlineIfLambda>] f: Lanes<'T> -> Lanes<'T> -> Lanes<'T>) (a: 'T[]) (b: 'T[]) : unit =
    checkLength b.Length a
    let rest = b.Length % lanes<'T>
    let whole = b.Length - rest
    sweep<'T> whole (fun i -> store (f (load a i) (load b i)) b i)
    if rest > 0 then Array.blit (map2 f (Array.sub a whole rest) (Array.sub b whole rest)) 0 b whole rest
