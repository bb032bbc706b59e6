namespace Functional

open System
open System.Runtime.InteropServices

/// An optimizer: a value that prints, compares and saves. What it remembers is in its state.
/// A step gathers gradients to their mean, clips it by value, then by norm, and hands it to the rule; weights decay in
/// the rule's step, and are thresholded after it.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Optimizer =
    { /// How a step follows from the gradient.
      Rule: Rule
      /// The base rate: each update uses it times the schedule's factor for that update.
      LearningRate: float
      /// A factor of the learning rate for each step.
      Schedule: Schedule
      /// The gradients whose mean makes one step; in between, parameters don't change.
      Accumulation: int
      /// The largest element of a gradient; infinity if they are not clipped.
      ClipValue: float
      /// The largest norm of a gradient over all leaves; infinity if it is not clipped.
      ClipNorm: float
      /// Decoupled: weights (no biases, scales or shifts) are multiplied by 1 - rate x decay in each step, the gradient
      /// doesn't know. Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), with the rate as in
      /// PyTorch.
      WeightDecay: float
      /// After each step weights (no biases, scales or shifts) go toward 0 by rate x this, and those that reach it are
      /// exactly 0: the proximal step of an L1 penalty.
      ProximalL1: float }

    static member private Of(rule: Rule, learningRate: float) =
        { Rule = rule
          LearningRate = learningRate
          Schedule = Schedule.Constant
          Accumulation = 1
          ClipValue = infinity
          ClipNorm = infinity
          WeightDecay = 0.0
          ProximalL1 = 0.0 }

    /// Stochastic gradient descent. (Rule has the formulas and their sources.)
    static member Sgd([<Optional; DefaultParameterValue(0.1)>] learningRate: float) =
        Optimizer.Of(Rule.GradientDescent, learningRate)

    /// Gradient descent with a velocity.
    static member Momentum
        ([<Optional; DefaultParameterValue(0.01)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] momentum: float) =
        Optimizer.Of(Rule.Momentum momentum, learningRate)

    /// Momentum with the gradient at the point that is looked ahead to.
    static member Nesterov
        ([<Optional; DefaultParameterValue(0.01)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] momentum: float) =
        Optimizer.Of(Rule.Nesterov momentum, learningRate)

    /// Rates that fall with the squares of all gradients so far.
    static member AdaGrad
        ([<Optional; DefaultParameterValue(0.02)>] learningRate: float,
         [<Optional; DefaultParameterValue(1e-7)>] epsilon: float) =
        Optimizer.Of(Rule.AdaGrad epsilon, learningRate)

    /// Rates that follow the mean square of recent gradients.
    static member RmsProp
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.99)>] decay: float,
         [<Optional; DefaultParameterValue(1e-7)>] epsilon: float) =
        Optimizer.Of(Rule.RmsProp(decay, epsilon), learningRate)

    /// Changes as large as recent changes, with no unit to choose; the paper's learning rate is 1.
    static member AdaDelta
        ([<Optional; DefaultParameterValue(1.0)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.95)>] decay: float,
         [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) =
        Optimizer.Of(Rule.AdaDelta(decay, epsilon), learningRate)

    /// The mean of recent gradients over the root of their mean square.
    static member Adam
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-7)>] epsilon: float) =
        Optimizer.Of(Rule.Adam(beta1, beta2, epsilon), learningRate)

    /// Adam with the largest mean square so far, which never falls, instead of the last.
    static member AmsGrad
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-7)>] epsilon: float) =
        Optimizer.Of(Rule.AmsGrad(beta1, beta2, epsilon), learningRate)

    /// Adam with decoupled weight decay. Source: Loshchilov and Hutter (2019).
    static member AdamW
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.01)>] weightDecay: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-7)>] epsilon: float) =
        { Optimizer.Of(Rule.Adam(beta1, beta2, epsilon), learningRate) with WeightDecay = weightDecay }

    /// Steps of the same size in every element, along the sign of a mean gradient; rates are 3 to 10 times smaller than
    /// Adam's.
    static member Lion
        ([<Optional; DefaultParameterValue(3e-4)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.99)>] beta2: float) =
        Optimizer.Of(Rule.Lion(beta1, beta2), learningRate)

    /// A custom rule.
    static member Custom(rule: CustomRule, learningRate: float) =
        ArgumentNullException.ThrowIfNull(rule, nameof rule)
        Optimizer.Of(Rule.Custom rule, learningRate)

    /// The same with this schedule.
    member optimizer.With(schedule: Schedule) = { optimizer with Schedule = schedule }

    /// The same with this learning rate.
    member optimizer.WithLearningRate(learningRate: float) = { optimizer with LearningRate = learningRate }

    /// The same with this many gradients per step.
    member optimizer.WithAccumulation(gradients: int) = { optimizer with Accumulation = gradients }

    /// The same with no element of a gradient beyond this.
    member optimizer.WithClipValue(limit: float) = { optimizer with ClipValue = limit }

    /// The same with no gradient's norm beyond this.
    member optimizer.WithClipNorm(limit: float) = { optimizer with ClipNorm = limit }

    /// The same with this decoupled weight decay.
    member optimizer.WithWeightDecay(decay: float) = { optimizer with WeightDecay = decay }

    /// The same with this proximal L1 step.
    member optimizer.WithProximalL1(rate: float) = { optimizer with ProximalL1 = rate }

    member private optimizer.Display = string optimizer
    /// One line: the rule with its numbers, and settings that aren't the default.
    override optimizer.ToString() =
        let numbers = ("learning rate", optimizer.LearningRate) :: optimizer.Rule.Numbers
        let numbers = [ for name, x in numbers -> $"{name} {string x}" ] |> String.concat ", "
        String.concat ", "
            [ $"{optimizer.Rule.Name} ({numbers})"
              if optimizer.Schedule <> Schedule.Constant then string optimizer.Schedule
              if optimizer.Accumulation <> 1 then $"{optimizer.Accumulation} gradients a step"
              if optimizer.ClipValue <> infinity then $"clipped to {string optimizer.ClipValue}"
              if optimizer.ClipNorm <> infinity then $"clipped to norm {string optimizer.ClipNorm}"
              if optimizer.WeightDecay <> 0.0 then $"weight decay {string optimizer.WeightDecay}"
              if optimizer.ProximalL1 <> 0.0 then $"proximal L1 {string optimizer.ProximalL1}" ]

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Optimizers work on parameters alone: the leaves of a network, or any vector to be minimized over.
[<RequireQualifiedAccess>]
module Optimizer =
    let private gatheredName = CustomRule.Gathered

    /// Everything wrong with the optimizer's numbers; those of the rule are fields, too.
    let faults (optimizer: Optimizer) : Fault list =
        let fault field message = { Field = field; Message = message }
        let rate field what (x: float) =
            [ if not (Double.IsFinite x) || x < 0.0 then
                  fault field $"{what} must be finite and not negative, but is {string x}" ]
        let limit field what (x: float) =
            [ if not (x > 0.0) then fault field $"{what} must be above 0, but is {string x}" ]
        [ yield! rate (nameof optimizer.LearningRate) "the learning rate" optimizer.LearningRate
          yield! Rule.faults optimizer.Rule
          yield! Schedule.faults optimizer.Schedule |> List.map (fault (nameof optimizer.Schedule))
          if optimizer.Accumulation < 1 then
              fault (nameof optimizer.Accumulation)
                  $"the number of gradients to accumulate for a step must be at least 1, but is \
                    {optimizer.Accumulation}"
          yield! limit (nameof optimizer.ClipValue) "the clip value" optimizer.ClipValue
          yield! limit (nameof optimizer.ClipNorm) "the clip norm" optimizer.ClipNorm
          yield! rate (nameof optimizer.WeightDecay) "the weight decay" optimizer.WeightDecay
          yield! rate (nameof optimizer.ProximalL1) "the proximal L1 rate" optimizer.ProximalL1 ]

    let private slotNames (optimizer: Optimizer) : string[] =
        if optimizer.Accumulation = 1 then optimizer.Rule.Slots
        else Array.append optimizer.Rule.Slots [| gatheredName |]

    /// The state before the first step: every slot 0. Raises ArgumentException with everything wrong with the
    /// optimizer.
    let init (optimizer: Optimizer) (parameters: Parameters<'T>) : OptimizerState<'T> =
        match faults optimizer with
        | [] ->
            { Step = 0
              Gathered = 0
              Slots = [| for name in slotNames optimizer -> { Name = name; Values = Parameters.zeros parameters } |] }
        | found -> raise (ArgumentException(found |> List.map _.Message |> String.concat "\n"))

    let private checkState (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) =
        let expected = slotNames optimizer
        let found = state.Slots |> Array.map _.Name
        if expected <> found then
            let list names = if Array.isEmpty names then "no slots" else String.concat ", " names
            invalidArg (nameof state) $"{optimizer} keeps {list expected}, but the state has {list found}"
        for slot in state.Slots do Parameters.checkAlike slot.Name parameters slot.Values

    /// One step of the rule; the state has the rule's slots alone.
    let private step
        (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        let gradient = gradient |> Transform.clipByValue optimizer.ClipValue |> Transform.clipByNorm optimizer.ClipNorm
        let learningRate = optimizer.LearningRate * Schedule.factor optimizer.Schedule state.Step
        let number = Steps.next (nameof state) state.Step
        let step = { Rate = learningRate; Number = number }
        let remembered = state.Slots |> Array.map (fun slot -> Array.copy slot.Values.Leaves)
        let updated =
            Array.init parameters.Count (fun i ->
                let leaf = parameters.Leaves[i]
                let keep = if leaf.Role = Role.Weight then 1.0 - learningRate * optimizer.WeightDecay else 1.0
                let old = remembered |> Array.map (fun leaves -> Dense.values leaves[i].Values)
                let struct (w, slots) =
                    let g = Dense.values gradient.Leaves[i].Values
                    Rule.update optimizer.Rule step keep leaf g old
                for k in 0 .. slots.Length - 1 do
                    remembered[k][i] <- { leaf with Values = Dense.vector slots[k] }
                { leaf with Values = Dense.vector w })
        struct (Parameters updated |> Penalty.softThreshold (learningRate * optimizer.ProximalL1),
                { state with
                    Step = number
                    Slots =
                        (state.Slots, remembered)
                        ||> Array.map2 (fun slot leaves -> { slot with Values = Parameters leaves }) })

    /// The parameters and the state after one gradient: after a step or, where several gradients make one, perhaps the
    /// same parameters. Raises ArgumentException if the gradient's leaves are not those of the parameters, or the state
    /// is one of another rule or of other parameters, or
    /// has counted as many steps as an int can.
    let update
        (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Parameters.checkAlike (nameof gradient) parameters gradient
        checkState optimizer state parameters
        if optimizer.Accumulation = 1 then step optimizer state parameters gradient
        else
            let ofRule, gathered = Array.splitAt (state.Slots.Length - 1) state.Slots
            let total = Transform.sum gathered[0].Values gradient
            let gatheredNow values slots = Array.append slots [| { gathered[0] with Values = values } |]
            let count = state.Gathered + 1
            if count < optimizer.Accumulation then
                struct (parameters, { state with Gathered = count; Slots = gatheredNow total ofRule })
            else
                let struct (updated, state) =
                    step optimizer { state with Gathered = 0; Slots = ofRule } parameters (Transform.divide total count)
                struct (updated, { state with Slots = gatheredNow (Parameters.zeros parameters) state.Slots })

    let private points optimizer steps (gradient: Vector<'T> -> Vector<'T>) (start: Vector<'T>) : Vector<'T> seq =
        if steps < 0 then invalidArg (nameof steps) $"the number of steps must not be negative, but is {steps}"
        let start = Parameters.ofVector start
        let step struct (x, state) _ =
            update optimizer state x (Parameters.ofVector (gradient (Parameters.toVector x)))
        Seq.scan step struct (start, init optimizer start) (seq { 1 .. steps })
        |> Seq.map (fun struct (x, _) -> Parameters.toVector x)

    /// The points that the optimizer goes through, given the gradient of the function that is minimized: steps + 1 of
    /// them, the start first. Raises ArgumentException with everything wrong with the optimizer, for a negative number
    /// of steps, and if a gradient is not as long as the point.
    let path
        (optimizer: Optimizer) (steps: int) (gradient: Vector<'T> -> Vector<'T>) (start: Vector<'T>) : Vector<'T>[] =
        Array.ofSeq (points optimizer steps gradient start)

    /// The last of the points of `path`.
    let minimize
        (optimizer: Optimizer) (steps: int) (gradient: Vector<'T> -> Vector<'T>) (start: Vector<'T>) : Vector<'T> =
        Seq.last (points optimizer steps gradient start)
