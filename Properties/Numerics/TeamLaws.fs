/// Work in parts: each part once, exceptions carried, no hand-over lost.
module TeamLaws

open System
open System.Collections.Concurrent
open System.Runtime.CompilerServices
open System.Threading
open FsCheck
open FsCheck.FSharp
open Functional.Numerics
open Xunit
open Expecto
open Functional.Properties.Law
open Functional.Properties.Cases

let private sizes = both (between 0 40, between 1 6)

/// How often each part was run.
let private counted parts run =
    let counts = Array.zeroCreate<int> parts
    run (fun part -> Interlocked.Increment(&counts[part]) |> ignore)
    counts

exception private PartFailed of int

[<MethodImpl(MethodImplOptions.NoInlining)>]
let private thrower () : unit = raise (PartFailed 1)

// Some laws here wait for a worker to come, which it need not while other tests keep the team busy.
[<Tests>]
let laws =
    testSequenced <| testList "team" [
        lawOn 1000 "each part runs exactly once" sizes <| fun (parts, threads) ->
            let counts =
                counted parts (fun count -> Team.withThreads threads (fun () -> Team.run parts (Action<int> count)))
            Array.forall ((=) 1) counts

        law "parts may run parts" sizes <| fun (parts, threads) ->
            let counts =
                counted (parts * parts) (fun count ->
                    Team.withThreads threads (fun () ->
                        Team.run parts (Action<int>(fun outer ->
                            Team.withThreads threads (fun () ->
                                Team.run parts (Action<int>(fun inner -> count (outer * parts + inner))))))))
            Array.forall ((=) 1) counts

        law "several callers at the same time get each of their parts exactly once" (between 1 40) <| fun parts ->
            let results = ConcurrentBag<int[]>()
            let caller () =
                for _ in 1 .. 5 do
                    let run count = Team.withThreads 3 (fun () -> Team.run parts (Action<int> count))
                    results.Add(counted parts run)
            let callers = Array.init 4 (fun _ -> Thread caller)
            for thread in callers do thread.Start()
            for thread in callers do thread.Join()
            results.Count = 20 && Seq.forall (Array.forall ((=) 1)) results

        let failing = both (sizes, between 0 1000)
        lawOn 300 "the exception of the first part that failed is raised, after all parts have ended" failing
        <| fun case ->
            let (parts, threads), seed = case
            let parts = parts + 1
            let random = Random seed
            let fails = Array.init parts (fun _ -> random.Next 3 = 0)
            fails[random.Next parts] <- true
            let ended = Array.zeroCreate<int> parts
            try
                Team.withThreads threads (fun () ->
                    Team.run parts (Action<int>(fun part ->
                        Interlocked.Increment(&ended[part]) |> ignore
                        if fails[part] then raise (PartFailed part))))
                false
            with PartFailed part ->
                part = Array.IndexOf(fails, true) && Array.forall ((=) 1) ended

        testCase "the stack of a worker's exception is kept" <| fun () ->
            // Part 0 keeps the caller busy until part 1 has begun, so that a worker has to take part 1.
            let error =
                Assert.Throws<PartFailed>(Action(fun () ->
                    use begun = new ManualResetEventSlim()
                    Team.withThreads 2 (fun () ->
                        Team.run 2 (Action<int>(fun part ->
                            if part = 0 then
                                Assert.True(begun.Wait(TimeSpan.FromMinutes 1.0))
                            else
                                begun.Set()
                                thrower ()
                                begun.Reset())))))
            Assert.Contains(nameof thrower, string error.StackTrace)

        testCase "no wake-up is lost, whether workers spin, fall asleep or sleep" <| fun () ->
            // Each part waits for the other: this ends only if a worker comes. Pauses around the time that workers spin
            // for.
            let random = Random 1
            for _ in 1 .. 300 do
                Thread.SpinWait(random.Next 20000)
                use both = new Barrier 2
                Team.withThreads 2 (fun () ->
                    Team.run 2 (Action<int>(fun _ -> Assert.True(both.SignalAndWait(TimeSpan.FromMinutes 1.0)))))

        testCase "the number of threads is the caller's own" <| fun () ->
            Assert.Equal(1, Team.threads ())
            let inside, onAnother =
                Team.withThreads 3 (fun () ->
                    let onAnother = ref 0
                    let thread = Thread(fun () -> onAnother.Value <- Team.threads ())
                    thread.Start()
                    thread.Join()
                    Team.threads (), onAnother.Value)
            Assert.Equal(3, inside)
            Assert.Equal(1, onAnother)
            Assert.Throws<ArgumentException>(Action(fun () -> Team.withThreads 0 ignore)) |> ignore
            Assert.Throws<PartFailed>(Action(fun () -> Team.withThreads 2 thrower)) |> ignore
            Assert.Equal(1, Team.threads ())
    ]
