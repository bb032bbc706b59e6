namespace Functional

open System

/// The whole of training as one value: save it and training can go on; use it twice and an experiment branches.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type TrainingState<'T when Real<'T>> =
    { /// What is trained.
      Network: Network<'T>
      /// What trains it.
      Optimizer: Optimizer
      /// What the optimizer remembers, the moving average of the parameters included where it takes one.
      OptimizerState: OptimizerState<'T>
      /// What is random in step n (from 1) is a function of child n - 1 of this key.
      Key: Key
      /// Batches trained on. (`OptimizerState.Updates` counts changes of the parameters: fewer where gradients are
      /// accumulated.)
      Step: int }

    member private state.Display = string state
    override state.ToString() = $"step {state.Step} of {state.Optimizer} on {state.Network}"

/// What one training step saw.
[<StructuredFormatDisplay("{Display}")>]
type StepReport =
    { /// The step's number, from 1.
      Step: int
      /// The mean loss of the batch before the update, as in training, and the penalty.
      Loss: float }

    member private report.Display = string report
    override report.ToString() = FormattableString.Invariant $"step {report.Step}: loss {report.Loss:G6}"

namespace Functional.FSharp

open Functional
open Functional.Numerics

/// Training as a fold over batches.
[<RequireQualifiedAccess>]
module Training =
    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    let start (network: Network<'T>) (optimizer: Optimizer) (key: Key) : TrainingState<'T> =
        { Network = network
          Optimizer = optimizer
          OptimizerState = Optimizer.init optimizer (Network.parameters network)
          Key = key
          Step = 0 }

    /// The network with the moving average of its parameters, where the optimizer takes one; otherwise the network.
    let averaged (state: TrainingState<'T>) : Network<'T> =
        let parameters = Network.parameters state.Network
        let averaged = Optimizer.averaged state.Optimizer state.OptimizerState parameters
        if obj.ReferenceEquals(averaged, parameters) then state.Network
        else Network.withFresh averaged state.Network

    /// One step with a batch that is made for it alone. The next state is made by `making`.
    let private stepBy
        (making: (unit -> struct (TrainingState<'T> * StepReport)) -> struct (TrainingState<'T> * StepReport))
        (state: TrainingState<'T>) (batch: unit -> Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        let network, number = state.Network, Steps.next (nameof state) state.Step
        let gradient () = Network.gradient (Key.child state.Step state.Key) network (batch ())
        let next (gradient: Gradient<'T>) =
            making (fun () ->
                let struct (parameters, optimizerState) =
                    Optimizer.update state.Optimizer state.OptimizerState (Network.parameters network)
                        gradient.Parameters
                // Of the step's own memory nothing may stay.
                let statistics = Parameters(Parameters.copies gradient.Statistics)
                struct ({ state with
                            Network = Network.withAll parameters statistics network
                            OptimizerState = optimizerState
                            Step = number },
                        { Step = number; Loss = gradient.Loss }))
        // A step may be taken where another's batch is made: its state must outlive that step.
        Scratch<'T>.Apart(fun () ->
            // A custom layer may keep what it is given; of the others nothing but the loss outlives the step.
            if Network.isBuiltIn network then Scratch<'T>.During(gradient, next) else next (gradient ()))

    /// One step with a batch that is made for it alone: the next step reuses its memory and that of the matrices that
    /// are computed on the way to it, so don't keep them. (States of steps taken there can be kept.)
    /// Raises ArgumentException if the batch doesn't fit the network, and after 2,147,483,647 steps.
    let stepOn (state: TrainingState<'T>) (batch: unit -> Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        stepBy (fun next -> next ()) state batch

    /// One step: the gradient of the batch's loss, the optimizer's update, and the running statistics.
    /// Raises ArgumentException if the batch doesn't fit the network, and after 2,147,483,647 steps.
    let step (state: TrainingState<'T>) (batch: Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        stepOn state (fun () -> batch)

    /// Calls `take` with the array of each leaf that a state has.
    let private eachArray (state: TrainingState<'T>) (take: 'T[] -> unit) : unit =
        let takeAll (leaves: Parameter<'T>[]) = for leaf in leaves do take (Dense.values leaf.Values)
        takeAll state.Network.Group.Leaves
        for slot in state.OptimizerState.Slots do takeAll slot.Values.Leaves

    /// A step per batch, each of which is made for its step alone, until they end or `goesOn` says of a step's report
    /// that no other shall follow: the same bits as with `stepOn`, and the last state. The states in between are seen
    /// by nobody, so their memory is used again: large networks train faster. (With custom layers, rules or transforms,
    /// which may keep what they are given, it is not.)
    /// Raises ArgumentException if a batch doesn't fit the network, and after 2,147,483,647 steps.
    let runOn
        (goesOn: StepReport -> bool) (state: TrainingState<'T>) (batches: (unit -> Batch<'T>) seq) : TrainingState<'T> =
        let isBuiltIn = Network.isBuiltIn state.Network && Optimizer.isBuiltIn state.Optimizer
        let lent = Scratch<'T>.Lent()
        let making next = if isBuiltIn then lent.During next else next ()
        use batches = (given (nameof batches) batches).GetEnumerator()
        let mutable state, isOver = state, false
        while not isOver && batches.MoveNext() do
            let struct (next, report) = stepBy making state batches.Current
            lent.KeepOnly(eachArray next)
            state <- next
            isOver <- not (goesOn report)
        state

    /// `runOn` to the end of the batches.
    let run (state: TrainingState<'T>) (batches: Batch<'T> seq) : TrainingState<'T> =
        runOn (fun _ -> true) state (given (nameof batches) batches |> Seq.map (fun batch () -> batch))
