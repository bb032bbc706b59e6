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

/// What a thread lends, of one element type.
[<AbstractClass; Sealed>]
type private Lent<'T when Real<'T>> =
    /// Lent in this call.
    [<ThreadStatic; DefaultValue>]
    static val mutable private lent: List<'T[]> | null

    /// Where arrays come from: while a call lends.
    [<ThreadStatic; DefaultValue>]
    static val mutable private lender: Pool<'T>

    /// Between calls only a weak reference holds the pool, so that a thread without work costs no memory for long: the
    /// next garbage collection takes its arrays. A thread that works makes them again, once in many steps.
    [<ThreadStatic; DefaultValue>]
    static val mutable private idle: WeakReference<Pool<'T>> | null

    static member Lender with get () = Lent<'T>.lender and set (value: Pool<'T>) = Lent<'T>.lender <- value

    static member Arrays: List<'T[]> =
        match Lent<'T>.lent with
        | null ->
            let lent = List()
            Lent<'T>.lent <- lent
            lent
        | lent -> lent

    static member Pool: Pool<'T> =
        let mutable pool = null
        match Lent<'T>.idle with
        | null ->
            pool <- Pool()
            Lent<'T>.idle <- WeakReference<_> pool
        | idle ->
            if not (idle.TryGetTarget &pool) then
                pool <- Pool()
                idle.SetTarget pool
        pool

/// Fresh arrays, or lent ones inside of `During`. Nobody outside can tell: lent arrays don't outlive the call.
[<AbstractClass; Sealed>]
type internal Scratch<'T when Real<'T>> =
    /// Bytes that a thread keeps at most.
    static member private Most = 1L <<< 27

    static member private Bytes(array: 'T[]) = int64 array.Length * int64 sizeof<'T>

    /// An array whose every element its maker is about to write.
    static member Array(length: int) : 'T[] =
        match Lent<'T>.Lender with
        | null -> GC.AllocateUninitializedArray<'T> length
        | pool ->
            let mutable stack = Unchecked.defaultof<_>
            let array =
                if pool.Free.TryGetValue(length, &stack) && stack.Count > 0 then
                    let array = stack.Pop()
                    pool.Held <- pool.Held - Scratch<'T>.Bytes array
                    array
                else GC.AllocateUninitializedArray<'T> length
            Lent<'T>.Arrays.Add array
            array

    /// Runs `make` with arrays that are lent, then `use` on its result with fresh ones; then the lent ones are free
    /// again. Nothing that `make` has made may be in what `use` returns.
    static member During(make: unit -> 'A, consume: 'A -> 'R) : 'R =
        let arrays = Lent<'T>.Arrays
        // A step inside of a step (a custom layer may do that) has nothing to lend.
        if not (isNull Lent<'T>.Lender) || arrays.Count > 0 then consume (make ())
        else
            let pool = Lent<'T>.Pool
            try
                Lent<'T>.Lender <- pool
                let made = try make () finally Lent<'T>.Lender <- null
                let result = consume made
                for array in arrays do
                    let mutable stack = Unchecked.defaultof<_>
                    if not (pool.Free.TryGetValue(array.Length, &stack)) then
                        stack <- Stack()
                        pool.Free[array.Length] <- stack
                    stack.Push array
                    pool.Held <- pool.Held + Scratch<'T>.Bytes array
                if pool.Held > Scratch<'T>.Most then
                    pool.Free.Clear()
                    pool.Held <- 0L
                result
            finally
                arrays.Clear()
