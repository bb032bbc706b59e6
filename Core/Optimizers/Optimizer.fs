namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices

/// An optimizer: a value that prints and compares (and is saved with a run, if its rule and transforms are built in).
/// What it remembers is in its state.
[<CustomEquality; NoComparison; StructuredFormatDisplay("{Display}")>]
type Optimizer =
    { /// How a step follows from the gradient.
      Rule: Rule
      /// The base rate: each update uses it times the schedule's factor for that update.
      LearningRate: float
      /// What is done besides the rule, in the order in which it is done: at most one of each kind.
      Transforms: IReadOnlyList<Transform>
      /// Leaves with numbers of their own. Where several groups pick a leaf, the numbers of the last one count.
      Groups: IReadOnlyList<ParameterGroup> }

    static member private Of(rule: Rule, learningRate: float) =
        { Rule = rule; LearningRate = learningRate; Transforms = []; Groups = [] }

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

    /// <summary>The mean of recent gradients over the root of their mean square.</summary>
    /// <example><code>var optimizer = Optimizer.Adam(learningRate: 0.01).WithClipNorm(1);</code></example>
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
        Optimizer.Of(Rule.Adam(beta1, beta2, epsilon), learningRate).WithWeightDecay weightDecay

    /// Adam with the gradient at the point that is looked ahead to.
    static member NAdam
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-8)>] epsilon: float) =
        Optimizer.Of(Rule.NAdam(beta1, beta2, epsilon), learningRate)

    /// Adam that needs no warm-up: its first steps are those of a mean gradient, without the root.
    static member RAdam
        ([<Optional; DefaultParameterValue(0.003)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-8)>] epsilon: float) =
        Optimizer.Of(Rule.RAdam(beta1, beta2, epsilon), learningRate)

    /// The mean of recent gradients over how far they are from it.
    static member AdaBelief
        ([<Optional; DefaultParameterValue(0.001)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-16)>] epsilon: float) =
        Optimizer.Of(Rule.AdaBelief(beta1, beta2, epsilon), learningRate)

    /// Adam's direction, as long as the leaf's own norm times the rate: for large batches.
    static member Lamb
        ([<Optional; DefaultParameterValue(0.01)>] learningRate: float,
         [<Optional; DefaultParameterValue(0.9)>] beta1: float,
         [<Optional; DefaultParameterValue(0.999)>] beta2: float,
         [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) =
        Optimizer.Of(Rule.Lamb(beta1, beta2, epsilon), learningRate)

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

    /// Every built-in rule under its name in runs (and `adamw`, which is Adam with weight decay), each with its default
    /// learning rate and numbers.
    static member BuiltIn: IReadOnlyList<KeyValuePair<string, Optimizer>> =
        Array.AsReadOnly
            [| for name, optimizer in
                   [ "sgd", Optimizer.Sgd(); "momentum", Optimizer.Momentum(); "nesterov", Optimizer.Nesterov()
                     "adagrad", Optimizer.AdaGrad(); "rmsprop", Optimizer.RmsProp(); "adadelta", Optimizer.AdaDelta()
                     "adam", Optimizer.Adam(); "amsgrad", Optimizer.AmsGrad(); "adamw", Optimizer.AdamW()
                     "nadam", Optimizer.NAdam(); "radam", Optimizer.RAdam(); "adabelief", Optimizer.AdaBelief()
                     "lamb", Optimizer.Lamb(); "lion", Optimizer.Lion() ] -> KeyValuePair(name, optimizer) |]

    /// The same with this learning rate.
    member optimizer.WithLearningRate(learningRate: float) = { optimizer with LearningRate = learningRate }

    /// The same with exactly these transforms, in this order.
    member optimizer.WithTransforms([<ParamArray>] transforms: Transform[]) =
        ArgumentNullException.ThrowIfNull(transforms, nameof transforms)
        { optimizer with Transforms = List.ofArray transforms }

    /// The same with this transform in place of the one of its kind, or at its usual place: the schedule, accumulation,
    /// clipping by value, by norm, noise, custom ones; weight decay; the proximal step, look-ahead, custom ones; the
    /// average. One that does nothing, such as a weight decay of 0, is left out.
    member optimizer.With(transform: Transform) =
        ArgumentNullException.ThrowIfNull(transform, nameof transform)
        let others = List.ofSeq optimizer.Transforms
        let transforms =
            match others |> List.tryFindIndex (fun other -> other.Identity = transform.Identity) with
            | Some i when transform.IsIdle -> List.removeAt i others
            | Some i -> List.updateAt i transform others
            | None when transform.IsIdle -> others
            | None ->
                match others |> List.tryFindIndex (fun other -> other.Place > transform.Place) with
                | Some i -> List.insertAt i transform others
                | None -> others @ [ transform ]
        { optimizer with Transforms = transforms }

    /// <summary>The same with this schedule.</summary>
    /// <example><code>var optimizer = Optimizer.Sgd(0.1).With(Schedule.Cosine(1000).AfterWarmUp(50));</code></example>
    member optimizer.With(schedule: Schedule) =
        ArgumentNullException.ThrowIfNull(schedule, nameof schedule)
        optimizer.With(Transform.Schedule schedule)

    /// The same with this custom transform in place of the custom one of its name, or after others before or after the
    /// rule. It never replaces a built-in transform.
    member optimizer.With(transform: CustomTransform) =
        ArgumentNullException.ThrowIfNull(transform, nameof transform)
        optimizer.With(Transform.Custom transform)

    /// The same with this many gradients per step.
    member optimizer.WithAccumulation(gradients: int) = optimizer.With(Transform.Accumulate gradients)

    /// The same with no element of a gradient beyond this.
    member optimizer.WithClipValue(limit: float) = optimizer.With(Transform.ClipValue limit)

    /// The same with no gradient's norm beyond this.
    member optimizer.WithClipNorm(limit: float) = optimizer.With(Transform.ClipNorm limit)

    /// The same with normal noise of variance scale / (1 + t)^power in the gradient of step t = 0, 1, ...
    member optimizer.WithNoise
        (scale: float, [<Optional; DefaultParameterValue(0.55)>] power: float,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) = optimizer.With(Transform.Noise(scale, power, seed))

    /// The same with this decoupled weight decay.
    member optimizer.WithWeightDecay(decay: float) = optimizer.With(Transform.WeightDecay decay)

    /// The same with this proximal L1 step.
    member optimizer.WithProximalL1(rate: float) = optimizer.With(Transform.ProximalL1 rate)

    /// The same with look-ahead: after every `steps` steps, slow weights move by this share of the way to the weights,
    /// which then go back to them.
    member optimizer.WithLookAhead
        ([<Optional; DefaultParameterValue(5)>] steps: int, [<Optional; DefaultParameterValue(0.5)>] share: float) =
        optimizer.With(Transform.LookAhead(steps, share))

    /// The same with a moving average of the parameters beside them, of which each update keeps this fraction:
    /// `Training.Averaged` gives it.
    member optimizer.WithAverage([<Optional; DefaultParameterValue(0.999)>] decay: float) =
        optimizer.With(Transform.Average decay)

    /// <summary>The same with a group more: leaves picked by name, by layer or by role (`ParameterGroup.Pattern`), with
    /// a base rate and a decay of their own. It takes the place of a group of the same pattern.</summary>
    /// <example><code>var optimizer = Optimizer.Adam().WithGroup("affine1", learningRate: 1e-5);</code></example>
    member optimizer.WithGroup
        (pattern: string, [<Optional; DefaultParameterValue(Nullable<float>())>] learningRate: Nullable<float>,
         [<Optional; DefaultParameterValue(Nullable<float>())>] weightDecay: Nullable<float>) =
        ArgumentNullException.ThrowIfNull(pattern, nameof pattern)
        let group = { Pattern = pattern; LearningRate = learningRate; WeightDecay = weightDecay }
        let others = optimizer.Groups |> Seq.filter (fun other -> other.Pattern <> pattern) |> List.ofSeq
        { optimizer with Groups = others @ [ group ] }

    /// <summary>The same with these leaves frozen: they keep their bits, and nothing is computed for them.</summary>
    /// <example><code>var optimizer = Optimizer.Adam().Freeze("affine1").Freeze("biases");</code></example>
    member optimizer.Freeze(pattern: string) = optimizer.WithGroup(pattern, learningRate = Nullable 0.0)

    member private optimizer.Data =
        optimizer.Rule, optimizer.LearningRate, List.ofSeq optimizer.Transforms, List.ofSeq optimizer.Groups

    override optimizer.Equals(other: obj) =
        match other with
        | :? Optimizer as other -> optimizer.Data = other.Data
        | _ -> false

    override optimizer.GetHashCode() = hash (optimizer.Rule, optimizer.LearningRate, optimizer.Transforms.Count)

    member private optimizer.Display = string optimizer
    /// One line: the rule with its numbers, the transforms in their order, and the groups.
    override optimizer.ToString() =
        let numbers = ("learning rate", optimizer.LearningRate) :: optimizer.Rule.NumberList
        let rule = Numbers.describe optimizer.Rule.Name numbers
        let withTransforms = String.concat ", " [ rule; yield! Seq.map string optimizer.Transforms ]
        String.concat "; " [ withTransforms; yield! Seq.map string optimizer.Groups ]

namespace Functional.FSharp

open System
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Optimizers work on parameters alone: the leaves of a network, or any vector to be minimized over.
[<RequireQualifiedAccess>]
module Optimizer =
    let private slotNames (optimizer: Optimizer) : string[] =
        if optimizer.Transforms.Count = 0 then optimizer.Rule.Slots
        else Array.append optimizer.Rule.Slots [| for transform in optimizer.Transforms do yield! transform.Slots |]

    /// Everything wrong with the optimizer's numbers and lists; the rule's numbers are fields, too.
    let faults (optimizer: Optimizer) : Fault list =
        let transforms = List.ofSeq optimizer.Transforms
        let fault field message = { Field = field; Message = message }
        [ yield! Faults.ofRate "the learning rate" optimizer.LearningRate |> List.map (fault "LearningRate")
          yield! Rule.faults optimizer.Rule
          yield! List.collect Transform.faults transforms
          yield! Transform.faultsOfOrder transforms
          yield! ParameterGroup.faults (List.ofSeq optimizer.Groups)
          for name, same in Array.groupBy id (slotNames optimizer) do
              if same.Length > 1 then
                  fault (nameof optimizer.Transforms)
                      $"{same.Length} slots have the name '{name}': rename a custom one" ]

    let private averageDecay (optimizer: Optimizer) : float voption =
        if optimizer.Transforms.Count = 0 then ValueNone
        else
            match optimizer.Transforms[optimizer.Transforms.Count - 1] with
            | Transform.Average decay -> ValueSome decay
            | _ -> ValueNone

    /// Each leaf's base rate and decay.
    let private numbers (optimizer: Optimizer) (parameters: Parameters<'T>) : struct (float * float)[] =
        let mutable decay = 0.0
        for k in 0 .. optimizer.Transforms.Count - 1 do
            match optimizer.Transforms[k] with
            | Transform.WeightDecay x -> decay <- x
            | _ -> ()
        ParameterGroup.numbers optimizer.LearningRate decay (List.ofSeq optimizer.Groups) parameters

    /// Whether nothing of it is custom.
    let internal isBuiltIn (optimizer: Optimizer) : bool =
        not (optimizer.Rule.IsCustom || optimizer.Transforms |> Seq.exists _.IsCustom)

    /// Whether a leaf with this base rate is left alone.
    let private isFrozen (optimizer: Optimizer) (struct (rate: float, _: float)) : bool =
        optimizer.Groups.Count > 0 && rate = 0.0

    /// Whether each leaf is frozen.
    let internal frozen (optimizer: Optimizer) (parameters: Parameters<'T>) : bool[] =
        numbers optimizer parameters |> Array.map (isFrozen optimizer)

    /// The state before the first step: slots are 0, but for slow weights and the average, which begin as the
    /// parameters. Raises ArgumentException with everything wrong with the optimizer, and for a group that picks none
    /// of the leaves.
    let init (optimizer: Optimizer) (parameters: Parameters<'T>) : OptimizerState<'T> =
        Faults.refuse (faults optimizer |> List.map _.Message)
        numbers optimizer parameters |> ignore
        let slots =
            [| for name in optimizer.Rule.Slots do { Name = name; Values = Parameters.zeros parameters }
               for transform in optimizer.Transforms do
                   for name in transform.Slots do
                       { Name = name
                         Values = if transform.BeginsAsParameters then parameters else Parameters.zeros parameters } |]
        { Updates = 0; Gathered = 0; Slots = ImmutableCollectionsMarshal.AsImmutableArray slots }

    let private checkState (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) =
        let expected = slotNames optimizer
        if state.Slots.IsDefault then invalidArg (nameof state) "the state's slots are not an array: they are default"
        let mutable isExpected = expected.Length = state.Slots.Length
        for k in 0 .. state.Slots.Length - 1 do
            isExpected <- isExpected && String.Equals(expected[k], state.Slots[k].Name)
        if not isExpected then
            let found = Array.init state.Slots.Length (fun k -> state.Slots[k].Name)
            let list names = if Array.isEmpty names then "no slots" else String.concat ", " names
            invalidArg (nameof state) $"{optimizer} keeps {list expected}, but the state has {list found}"
        for slot in state.Slots do Parameters.checkAlike slot.Name parameters slot.Values

    /// The average before this update.
    let private averageIn (state: OptimizerState<'T>) (decay: float) : Average<'T> =
        { Decay = decay; Corrected = true; Step = state.Updates; Mean = state.Slots[state.Slots.Length - 1].Values }

    /// The parameters and the state after one gradient: after an update or, where several gradients make one, perhaps
    /// the same parameters. Raises ArgumentException if the gradient's leaves are not those of the parameters, the
    /// state is one of another optimizer or of other parameters, or has counted as many updates as an int can, or a
    /// group picks none of the leaves.
    let update
        (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Parameters.checkAlike (nameof gradient) parameters gradient
        checkState optimizer state parameters
        let numbers = numbers optimizer parameters
        let struct (next, after) =
            if optimizer.Groups.Count > 0 && Array.exists (isFrozen optimizer) numbers then
                let trained = [| for i in 0 .. numbers.Length - 1 do if not (isFrozen optimizer numbers[i]) then i |]
                OptimizerStep.ofSome trained optimizer.Rule optimizer.Transforms numbers state parameters gradient
            else OptimizerStep.ofAll optimizer.Rule optimizer.Transforms numbers state parameters gradient
        match averageDecay optimizer with
        // While gradients are gathered the parameters stay, and don't count again.
        | ValueSome decay when after.Updates > state.Updates ->
            // The step has made the array.
            let slots = nonNull (ImmutableCollectionsMarshal.AsArray after.Slots)
            OptimizerStep.put slots (slots.Length - 1) (Average.update (averageIn state decay) next).Mean
            struct (next, after)
        | _ -> struct (next, after)

    /// The moving average of the parameters, where the optimizer takes one, and otherwise the parameters. Leaves that
    /// are frozen are those of the parameters.
    let averaged (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) : Parameters<'T> =
        match averageDecay optimizer with
        | ValueNone -> parameters
        | ValueSome decay ->
            checkState optimizer state parameters
            let mean = (Average.value (averageIn state decay)).Leaves
            let leaf i numbers = if isFrozen optimizer numbers then parameters.Leaves[i] else mean[i]
            Parameters(Array.mapi leaf (numbers optimizer parameters))

    let private points optimizer steps (gradient: Vector<'T> -> Vector<'T>) (start: Vector<'T>) : Vector<'T> seq =
        if steps < 0 then invalidArg (nameof steps) $"the number of steps must not be negative, but is {steps}"
        let start = Parameters.ofVector (given (nameof start) start)
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
