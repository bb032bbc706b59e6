/// Threads that wait for the next piece of work by spinning for a while, so that handing over costs a fraction of a
/// microsecond; then they sleep. If the team is busy, the caller does all parts itself: the results are the same.
module internal Functional.Numerics.Team

open System
open System.Runtime.ExceptionServices
open System.Threading

/// Spins before a worker goes to sleep: about 200 microseconds.
let private spinsBeforeSleep = 6000
let private mostWorkers = 63

[<AllowNullLiteral>]
type private Worker(part: int) as self =
    let gate = new SemaphoreSlim(0)
    [<VolatileField>]
    let mutable work: Action<int> | null = null
    [<VolatileField>]
    let mutable asleep = 0
    let mutable failure: exn | null = null

    do Thread(self.Loop, IsBackground = true, Name = $"Functional team {part}").Start()

    member _.Loop() =
        while true do
            let mutable spins = 0
            while isNull work do
                Thread.SpinWait 4
                spins <- spins + 1
                if spins > spinsBeforeSleep then
                    // Say that we sleep before looking once more, so that no wake-up is lost.
                    Interlocked.Exchange(&asleep, 1) |> ignore
                    if isNull work then gate.Wait()
                    Interlocked.Exchange(&asleep, 0) |> ignore
                    spins <- 0
            try (Unchecked.nonNull work).Invoke part
            with e -> failure <- e
            work <- null

    member _.Start(action: Action<int>) =
        failure <- null
        work <- action
        Interlocked.MemoryBarrier()
        if asleep = 1 && gate.CurrentCount = 0 then gate.Release() |> ignore

    /// Waits for the end of what was started; the exception it raised, or null.
    member _.Wait() : exn | null =
        while not (isNull work) do Thread.SpinWait 1
        failure

let mutable private workers: Worker[] = [||]
let mutable private busy = 0

[<AbstractClass; Sealed>]
type private Allowed =
    [<ThreadStatic; DefaultValue>]
    static val mutable private count: int
    static member Count with get () = Allowed.count and set (value: int) = Allowed.count <- value

/// How many threads the current caller allows: 1 unless inside `withThreads`.
let threads () = max 1 Allowed.Count

/// Runs body with that many threads allowed for the calling thread.
let withThreads (count: int) (body: unit -> 'R) : 'R =
    let former = Allowed.Count
    Allowed.Count <- count
    try body () finally Allowed.Count <- former

/// Runs action 0 .. action (parts - 1), each once, and returns when all have ended.
let run (parts: int) (action: Action<int>) : unit =
    if parts > 1 && Interlocked.Exchange(&busy, 1) = 0 then
        let mutable failure: exn | null = null
        try
            let wanted = min (parts - 1) mostWorkers
            if workers.Length < wanted then
                workers <- Array.append workers (Array.init (wanted - workers.Length) (fun i -> Worker(workers.Length + i + 1)))
            for i in 1 .. wanted do workers[i - 1].Start action
            try
                action.Invoke 0
                for i in wanted + 1 .. parts - 1 do action.Invoke i
            with e -> failure <- e
            for i in 1 .. wanted do
                let raised = workers[i - 1].Wait()
                if isNull failure then failure <- raised
        finally
            Volatile.Write(&busy, 0)
        match failure with
        | null -> ()
        | failure -> ExceptionDispatchInfo.Capture(failure).Throw()
    else
        for i in 0 .. parts - 1 do action.Invoke i
