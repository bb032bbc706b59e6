namespace Functional.Numerics

open System
open System.Collections.Generic
open Functional

/// Arrays that are used again and again: what a training step makes for itself alone stays in the caches instead of
/// wandering through memory.
[<Sealed; AllowNullLiteral>]
type private Pool<'T when Real<'T>>() =
    /// Free arrays, by length.
    member val Free = Dictionary<int, Stack<'T[]>>()

    /// Bytes of the free arrays.
    member val Held = 0L with get, set

    member pool.Return(array: 'T[]) =
        let mutable stack = Unchecked.defaultof<_>
        if not (pool.Free.TryGetValue(array.Length, &stack)) then
            stack <- Stack()
            pool.Free[array.Length] <- stack
        stack.Push array
        pool.Held <- pool.Held + int64 array.Length * int64 sizeof<'T>

/// One thread's arrays of one element type.
[<AbstractClass; Sealed>]
type private PerThread<'T when Real<'T>> =
    /// Rented in this call, to be returned at its end.
    [<ThreadStatic; DefaultValue>]
    static val mutable private rented: List<'T[]> | null

    /// The pool that arrays are rented from; null where they are fresh.
    [<ThreadStatic; DefaultValue>]
    static val mutable private source: Pool<'T>

    /// Between calls only a weak reference holds the pool, so that a thread without work costs no memory for long: the
    /// next garbage collection takes its arrays. A thread that works makes them again, once in many steps.
    [<ThreadStatic; DefaultValue>]
    static val mutable private idle: WeakReference<Pool<'T>> | null

    /// Arrays that may be written over; null if there are none.
    [<ThreadStatic; DefaultValue>]
    static val mutable private dead: HashSet<'T[]> | null

    static member Source with get () = PerThread<'T>.source and set (value: Pool<'T>) = PerThread<'T>.source <- value
    static member Dead
        with get () = PerThread<'T>.dead
        and set (value: HashSet<'T[]> | null) = PerThread<'T>.dead <- value

    static member Rented: List<'T[]> =
        match PerThread<'T>.rented with
        | null ->
            let rented = List()
            PerThread<'T>.rented <- rented
            rented
        | rented -> rented

    static member Pool: Pool<'T> =
        let mutable pool = null
        match PerThread<'T>.idle with
        | null ->
            pool <- Pool()
            PerThread<'T>.idle <- WeakReference<_> pool
        | idle ->
            if not (idle.TryGetTarget &pool) then
                pool <- Pool()
                idle.SetTarget pool
        pool

/// Fresh arrays or, inside of `During`, rented ones. Callers see no difference: rented arrays don't outlive the call.
[<AbstractClass; Sealed>]
type internal Scratch<'T when Real<'T>> =
    /// Bytes that a thread keeps at most.
    static member private Most = 1L <<< 27

    static member private Bytes(array: 'T[]) = int64 array.Length * int64 sizeof<'T>

    /// An array of undefined elements: the caller writes every one.
    static member Array(length: int) : 'T[] =
        match PerThread<'T>.Source with
        | null -> GC.AllocateUninitializedArray<'T> length
        | pool ->
            let mutable stack = Unchecked.defaultof<_>
            let array =
                if pool.Free.TryGetValue(length, &stack) && stack.Count > 0 then
                    let array = stack.Pop()
                    pool.Held <- pool.Held - Scratch<'T>.Bytes array
                    array
                else GC.AllocateUninitializedArray<'T> length
            PerThread<'T>.Rented.Add array
            array

    /// Runs `make` with rented arrays and `consume` on its result with fresh ones, then returns the rented ones to the
    /// pool. The result must hold no array that `make` has made.
    static member During(make: unit -> 'A, consume: 'A -> 'R) : 'R =
        let rented = PerThread<'T>.Rented
        match PerThread<'T>.Source with
        | null when rented.Count > 0 -> consume (make ())
        | null ->
            let pool = PerThread<'T>.Pool
            try
                PerThread<'T>.Source <- pool
                let made = try make () finally PerThread<'T>.Source <- null
                let result = consume made
                for array in rented do pool.Return array
                if pool.Held > Scratch<'T>.Most then
                    pool.Free.Clear()
                    pool.Held <- 0L
                result
            finally
                rented.Clear()
        | pool ->
            // Inside of another call: what `consume` makes is that call's.
            let before = rented.Count
            let made = make ()
            let count = rented.Count - before
            let result = consume made
            for i in before .. before + count - 1 do pool.Return rented[i]
            rented.RemoveRange(before, count)
            result

    /// Runs `work` with fresh arrays wherever it is called, also inside of `During`: what it makes may be kept.
    static member Apart(work: unit -> 'R) : 'R =
        let source = PerThread<'T>.Source
        if isNull source then work ()
        else
            PerThread<'T>.Source <- null
            try
                work ()
            finally
                PerThread<'T>.Source <- source

    /// Whether nobody else reads this array any more: it may be written over.
    static member IsDead(array: 'T[]) : bool =
        match PerThread<'T>.Dead with
        | null -> false
        | dead -> dead.Contains array

    /// Arrays of this thread's pool beyond `During`, until they are returned to it.
    static member Lent() : Lent<'T> = Lent<'T>()

/// Arrays that one owner rents for longer than a call, as long as it stays on its thread.
and [<Sealed>] internal Lent<'T when Real<'T>>() =
    // Held, so that no garbage collection takes the arrays that are free for a moment.
    let pool = PerThread<'T>.Pool
    let mutable arrays = List<'T[]>()
    let mutable others = List<'T[]>()
    let needed, dead = HashSet<'T[]> HashIdentity.Reference, HashSet<'T[]> HashIdentity.Reference

    /// Runs `make` with arrays that stay rented. What was made before may be written over, each array where only one
    /// thing has it.
    member _.During(make: unit -> 'R) : 'R =
        let rented, source = PerThread<'T>.Rented, PerThread<'T>.Source
        let before = rented.Count
        PerThread<'T>.Source <- pool
        PerThread<'T>.Dead <- dead
        try
            make ()
        finally
            PerThread<'T>.Source <- source
            PerThread<'T>.Dead <- null
            for i in before .. rented.Count - 1 do others.Add rented[i]
            rented.RemoveRange(before, rented.Count - before)

    /// Returns the arrays from before the last `During` that are not needed: `eachUse` calls its argument with the
    /// array of every use that there is. Those of a single use may be written over by the next `During`.
    member _.KeepOnly(eachUse: ('T[] -> unit) -> unit) : unit =
        needed.Clear()
        dead.Clear()
        eachUse (fun array -> (if needed.Add array then dead.Add array else dead.Remove array) |> ignore)
        for array in arrays do
            if needed.Contains array then others.Add array else pool.Return array
        dead.IntersectWith others
        arrays.Clear()
        let returned = arrays
        arrays <- others
        others <- returned
