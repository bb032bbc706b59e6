/// Threads for the parts of one numeric operation. Which thread does which part is a matter of timing, so parts must
/// not depend on each other. Nothing here waits while work could be done: several callers may run at the same time, and
/// parts may run parts; a caller that finds no idle worker does the work itself.
module internal Functional.Numerics.Team

open System
open System.Runtime.ExceptionServices
open System.Threading

/// Parts of a piece of work, which the caller and idle workers claim one by one. So no thread ever waits for one that
/// has not begun, however busy the machine is, and threads can't wait in a circle.
[<Sealed>]
type private Job(parts: int, action: Action<int>) =
    /// About 40 microseconds.
    let spins = 1000
    let mutable claimed = 0
    let mutable unfinished = parts
    let mutable failed = Int32.MaxValue
    let mutable failure: ExceptionDispatchInfo | null = null

    /// All parts are claimed.
    member _.Exhausted = Volatile.Read &claimed >= parts

    /// Does parts until none is left to claim.
    member job.Work() =
        let mutable part = Interlocked.Increment &claimed - 1
        while part < parts do
            try
                action.Invoke part
            with error ->
                lock job (fun () ->
                    if part < failed then
                        failed <- part
                        failure <- ExceptionDispatchInfo.Capture error)
            Interlocked.Decrement &unfinished |> ignore
            part <- Interlocked.Increment &claimed - 1

    /// Waits for the parts that others have claimed; raises what the first part that failed has raised.
    member _.Finish() =
        let mutable left = spins
        while Volatile.Read &unfinished > 0 do
            if left > 0 then
                left <- left - 1
                Thread.SpinWait 1
            else
                // The system may have taken the processor away from the thread we wait for.
                Thread.Yield() |> ignore
        match failure with
        | null -> ()
        | failure -> failure.Throw()

/// A thread that looks into its slot for a job: for a while by spinning, so that handing over costs a fraction of a
/// microsecond, then it sleeps.
[<Sealed>]
type private Worker() =
    /// About 0.2 milliseconds, somewhat more than the passes between two products of a training step take.
    let spins = 5000
    let gate = new SemaphoreSlim(0)
    let mutable slot: Job | null = null
    let mutable asleep = 0

    /// Either this thread sees the job that came meanwhile, or the one that brought it sees that it sleeps. If both do,
    /// the flag decides: taken back here, there is no signal; taken there, the signal is on its way and has to be
    /// consumed.
    member private _.Sleep() =
        Interlocked.Exchange(&asleep, 1) |> ignore
        if isNull (Volatile.Read &slot) || Interlocked.Exchange(&asleep, 0) = 0 then gate.Wait()

    member private worker.Loop() =
        let mutable left = spins
        while true do
            match Volatile.Read &slot with
            | null when left > 0 ->
                left <- left - 1
                Thread.SpinWait 1
            | null -> worker.Sleep()
            | job ->
                job.Work()
                Interlocked.CompareExchange(&slot, null, job) |> ignore
                left <- spins

    /// Gives the job to this worker, unless it has one that is not yet exhausted.
    member _.Offer(job: Job) : bool =
        let current = Volatile.Read &slot
        let idle =
            match current with
            | null -> true
            | current -> current.Exhausted
        let accepted =
            idle && obj.ReferenceEquals(Interlocked.CompareExchange(&slot, job, current), current)
        if accepted && Interlocked.Exchange(&asleep, 0) = 1 then gate.Release() |> ignore
        accepted

    /// Starts worker `number`. Being a background thread, it does not keep the process alive.
    static member Start(number: int) =
        let worker = Worker()
        Thread(worker.Loop, IsBackground = true, Name = $"Functional worker {number}").Start()
        worker

[<AbstractClass; Sealed>]
type private Allowed =
    [<ThreadStatic; DefaultValue>]
    static val mutable private threads: int

    static member Threads
        with get () = Allowed.threads
        and set value = Allowed.threads <- value

let private most = 64
let private starting = obj ()
let mutable private workers: Worker[] = [||]

/// At least `count` workers, started where there are fewer.
let private atLeast count =
    if (Volatile.Read &workers).Length < count then
        lock starting (fun () ->
            let started = workers.Length
            if started < count then
                let more = Array.init (count - started) (fun i -> Worker.Start(started + i + 1))
                Volatile.Write(&workers, Array.append workers more))
    Volatile.Read &workers

/// How many threads the caller allows for its work: 1 outside of `withThreads`.
let threads () : int = max 1 Allowed.Threads

/// Runs body with that many threads allowed on the calling thread, at most 64.
let withThreads (count: int) (body: unit -> 'R) : 'R =
    if count < 1 then invalidArg (nameof count) $"the number of threads must be at least 1, but is {count}"
    let former = Allowed.Threads
    Allowed.Threads <- min most count
    try
        body ()
    finally
        Allowed.Threads <- former

/// Runs action 0 .. action (parts - 1), each once, on at most `threads ()` threads; returns when all have ended. If
/// some fail, the others still run, and then the exception of the first is raised.
let run (parts: int) (action: Action<int>) : unit =
    let job = Job(parts, action)
    let helpers = min parts (threads ()) - 1
    if helpers > 0 then
        let workers = atLeast helpers
        let mutable wanted = helpers
        let mutable next = 0
        while wanted > 0 && next < workers.Length do
            if workers[next].Offer job then wanted <- wanted - 1
            next <- next + 1
    job.Work()
    job.Finish()

/// Runs body first stop over 0 .. count - 1 in so many parts, at most `count`, that differ by one element at most.
let splitInto (parts: int) (count: int) (body: int -> int -> unit) : unit =
    let at part = int (int64 count * int64 part / int64 parts)
    if parts > 1 then run parts (Action<int>(fun part -> body (at part) (at (part + 1)))) else body 0 count

/// The same as a whole or, where that pays, in as many parts as threads are allowed.
let split (pays: bool) (count: int) (body: int -> int -> unit) : unit =
    splitInto (if pays then min count (threads ()) else 1) count body
