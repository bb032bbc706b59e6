namespace Functional.Numerics

open System
open System.Collections.Generic
open Functional

/// Arrays of one thread and one element type that are used again and again: what a training step makes for itself alone
/// stays in the caches instead of wandering through memory.
[<AbstractClass; Sealed>]
type private Lent<'T when Real<'T>> =
    [<ThreadStatic; DefaultValue>]
    static val mutable private lending: bool

    /// Lent in this call.
    [<ThreadStatic; DefaultValue>]
    static val mutable private lent: List<'T[]> | null

    /// Free arrays, by length.
    [<ThreadStatic; DefaultValue>]
    static val mutable private free: Dictionary<int, Stack<'T[]>> | null

    /// Elements of the free arrays.
    [<ThreadStatic; DefaultValue>]
    static val mutable private held: int64

    static member Lending with get () = Lent<'T>.lending and set (value: bool) = Lent<'T>.lending <- value
    static member Held with get () = Lent<'T>.held and set (value: int64) = Lent<'T>.held <- value

    static member Arrays: List<'T[]> =
        match Lent<'T>.lent with
        | null ->
            let lent = List()
            Lent<'T>.lent <- lent
            lent
        | lent -> lent

    static member Free: Dictionary<int, Stack<'T[]>> =
        match Lent<'T>.free with
        | null ->
            let free = Dictionary()
            Lent<'T>.free <- free
            free
        | free -> free

/// Fresh arrays, or lent ones inside of `During`. Nobody outside can tell: lent arrays don't outlive the call.
[<AbstractClass; Sealed>]
type internal Scratch<'T when Real<'T>> =
    /// Elements that a thread keeps at most, 128 MiB of float32.
    static member private Most = 1L <<< 25

    /// An array whose every element its maker is about to write.
    static member Array(length: int) : 'T[] =
        if not Lent<'T>.Lending then GC.AllocateUninitializedArray<'T> length
        else
            let mutable stack = Unchecked.defaultof<_>
            let array =
                if Lent<'T>.Free.TryGetValue(length, &stack) && stack.Count > 0 then
                    Lent<'T>.Held <- Lent<'T>.Held - int64 length
                    stack.Pop()
                else GC.AllocateUninitializedArray<'T> length
            Lent<'T>.Arrays.Add array
            array

    /// Runs `make` with arrays that are lent, then `use` on its result with fresh ones; then the lent ones are free again.
    /// Nothing that `make` has made may be in what `use` returns.
    static member During(make: unit -> 'A, consume: 'A -> 'R) : 'R =
        // A step inside of a step (a layer of one's own may do that) has nothing to lend.
        if Lent<'T>.Lending || Lent<'T>.Arrays.Count > 0 then consume (make ())
        else
            let arrays = Lent<'T>.Arrays
            try
                Lent<'T>.Lending <- true
                let made = try make () finally Lent<'T>.Lending <- false
                let result = consume made
                for array in arrays do
                    let mutable stack = Unchecked.defaultof<_>
                    if not (Lent<'T>.Free.TryGetValue(array.Length, &stack)) then
                        stack <- Stack()
                        Lent<'T>.Free[array.Length] <- stack
                    stack.Push array
                    Lent<'T>.Held <- Lent<'T>.Held + int64 array.Length
                if Lent<'T>.Held > Scratch<'T>.Most then
                    Lent<'T>.Free.Clear()
                    Lent<'T>.Held <- 0L
                result
            finally
                arrays.Clear()
