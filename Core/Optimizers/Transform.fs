namespace Functional

open System.Globalization

/// When a transform works, in order.
[<RequireQualifiedAccess>]
type internal Phase =
    /// On the learning rate of an update.
    | Rate
    /// On the gradient before the rule.
    | Gradient
    /// In the rule's update.
    | InRule
    /// On the parameters after the rule.
    | Parameters
    /// On what all others leave.
    | Average

/// What an optimizer does besides its rule: data that prints and compares. An optimizer has a list of them, in the
/// order in which they apply: the schedule, then what works on the gradient (in any order), the rule with weight decay,
/// what works on the parameters after it (in any order), and last the average.
[<RequireQualifiedAccess; NoComparison; StructuredFormatDisplay("{Display}")>]
type Transform =
    /// The learning rate of each update is multiplied by the schedule's factor for that update.
    | Schedule of Schedule
    /// The mean of this many gradients makes one update; in between, parameters don't change.
    | Accumulate of gradients: int
    /// Elements of the gradient are limited to [-limit, limit].
    | ClipValue of limit: float
    /// The gradient is scaled down to a norm of at most the limit, taken over all leaves that are not frozen.
    /// Source: Pascanu et al., On the Difficulty of Training Recurrent Neural Networks (2013).
    | ClipNorm of limit: float
    /// Normal numbers of variance scale / (1 + t)^power are added to the gradient in step t = 0, 1, ...; they are a
    /// function of the seed and the step. Source: Neelakantan et al., Adding Gradient Noise Improves Learning for Very
    /// Deep Networks (2015), where power is 0.55.
    | Noise of scale: float * power: float * seed: int64
    /// Decoupled: weights (no biases, scales or shifts) are multiplied by 1 - rate x decay in each step, apart from the
    /// gradient. Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), with the rate as in
    /// PyTorch.
    | WeightDecay of decay: float
    /// After each step weights (no biases, scales or shifts) go toward 0 by rate x this, and those that reach it are
    /// exactly 0: the proximal step of an L1 penalty.
    | ProximalL1 of rate: float
    /// After every `steps` steps, slow += share (w - slow); w = slow. The slow weights begin as the parameters do.
    /// Source: Zhang et al., Lookahead Optimizer: k Steps Forward, 1 Step Back (2019), algorithm 1.
    | LookAhead of steps: int * share: float
    /// A moving average of the parameters is kept beside them, with this share of the old average in each step;
    /// it is corrected, so that the start has no weight. `Training.Averaged` gives it.
    | Average of decay: float
    /// A custom one.
    | Custom of CustomTransform

    /// The name of its case: the field that its faults are of. Of a custom one it is the name.
    member internal transform.Kind =
        match transform with
        | Transform.Schedule _ -> "Schedule"
        | Transform.Accumulate _ -> "Accumulate"
        | Transform.ClipValue _ -> "ClipValue"
        | Transform.ClipNorm _ -> "ClipNorm"
        | Transform.Noise _ -> "Noise"
        | Transform.WeightDecay _ -> "WeightDecay"
        | Transform.ProximalL1 _ -> "ProximalL1"
        | Transform.LookAhead _ -> "LookAhead"
        | Transform.Average _ -> "Average"
        | Transform.Custom custom -> custom.Name

    /// What an optimizer has at most one of: a built-in kind, or a name among custom ones before or after the rule.
    member internal transform.Identity: struct (string * bool * bool) =
        match transform with
        | Transform.Custom custom -> struct (custom.Name, true, custom.AfterRule)
        | _ -> struct (transform.Kind, false, false)

    /// When it works, and its usual place among those of the same phase, which may change places.
    member internal transform.Place: struct (Phase * int) =
        match transform with
        | Transform.Schedule _ -> struct (Phase.Rate, 0)
        | Transform.Accumulate _ -> struct (Phase.Gradient, 0)
        | Transform.ClipValue _ -> struct (Phase.Gradient, 1)
        | Transform.ClipNorm _ -> struct (Phase.Gradient, 2)
        | Transform.Noise _ -> struct (Phase.Gradient, 3)
        | Transform.Custom custom when not custom.AfterRule -> struct (Phase.Gradient, 4)
        | Transform.WeightDecay _ -> struct (Phase.InRule, 0)
        | Transform.ProximalL1 _ -> struct (Phase.Parameters, 0)
        | Transform.LookAhead _ -> struct (Phase.Parameters, 1)
        | Transform.Custom _ -> struct (Phase.Parameters, 2)
        | Transform.Average _ -> struct (Phase.Average, 0)

    /// Whether it does nothing.
    member internal transform.IsIdle =
        match transform with
        | Transform.Schedule schedule -> schedule = Schedule.Constant
        | Transform.Accumulate gradients -> gradients = 1
        | Transform.ClipValue limit
        | Transform.ClipNorm limit -> limit = infinity
        | Transform.Noise(scale, _, _) -> scale = 0.0
        | Transform.WeightDecay x
        | Transform.ProximalL1 x -> x = 0.0
        | Transform.LookAhead _
        | Transform.Average _
        | Transform.Custom _ -> false

    /// The names of what it keeps for each parameter from update to update.
    member internal transform.Slots: string[] =
        match transform with
        | Transform.Accumulate _ -> [| "gathered gradient" |]
        | Transform.LookAhead _ -> [| "slow weights" |]
        | Transform.Average _ -> [| "average" |]
        | Transform.Custom custom -> custom.Slots
        | _ -> [||]

    /// Whether its slots begin as the parameters do, not at 0.
    member internal transform.BeginsAsParameters = transform.IsLookAhead || transform.IsAverage

    member private transform.Display = string transform
    override transform.ToString() =
        match transform with
        | Transform.Schedule schedule -> string schedule
        | Transform.Accumulate gradients -> $"{gradients} gradients a step"
        | Transform.ClipValue limit -> $"clipped to {string limit}"
        | Transform.ClipNorm limit -> $"clipped to norm {string limit}"
        | Transform.Noise(scale, power, seed) ->
            $"gradient noise {string scale} (power {string power}, seed {seed.ToString CultureInfo.InvariantCulture})"
        | Transform.WeightDecay decay -> $"weight decay {string decay}"
        | Transform.ProximalL1 rate -> $"proximal L1 {string rate}"
        | Transform.LookAhead(steps, share) -> $"look-ahead every {steps} steps by {string share}"
        | Transform.Average decay -> $"moving average {string decay}"
        | Transform.Custom custom -> Numbers.describe custom.Name custom.Numbers

namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// What is done to a gradient before the rule: sums, means, clipping, noise. (The proximal step after it is
/// `Penalty.softThreshold`.) No function writes to its argument.
[<RequireQualifiedAccess>]
module Transform =
    /// What is wrong with its numbers.
    let internal faults (transform: Transform) : Fault list =
        let fault message = { Field = transform.Kind; Message = message }
        let rate what x = Faults.ofRate what x |> List.map fault
        let limit what (x: float) = [ if not (x > 0.0) then fault $"{what} must be above 0, but is {string x}" ]
        let count what n = Faults.ofCount what n |> List.map fault
        match transform with
        | Transform.Schedule schedule -> Schedule.faults schedule |> List.map fault
        | Transform.Accumulate gradients -> count "the number of gradients to accumulate for a step" gradients
        | Transform.ClipValue x -> limit "the clip value" x
        | Transform.ClipNorm x -> limit "the clip norm" x
        | Transform.Noise(scale, power, _) -> rate "the noise's scale" scale @ rate "the noise's power" power
        | Transform.WeightDecay decay -> rate "the weight decay" decay
        | Transform.ProximalL1 x -> rate "the proximal L1 rate" x
        | Transform.LookAhead(steps, share) ->
            [ yield! count "the number of steps to look ahead" steps
              if not (share > 0.0 && share <= 1.0) then
                  fault $"the share of a look ahead must be above 0 and at most 1, but is {string share}" ]
        | Transform.Average decay ->
            [ if not (decay >= 0.0 && decay < 1.0) then
                  fault $"the decay of an average must be at least 0 and below 1, but is {string decay}" ]
        | Transform.Custom custom ->
            [ for name, x in custom.Numbers do
                  if not (Double.IsFinite x) then fault $"{name} must be finite, but is {string x}" ]

    /// What is wrong with their order.
    let internal faultsOfOrder (transforms: Transform list) : Fault list =
        let phase (transform: Transform) =
            let struct (phase, _) = transform.Place
            phase
        let work transform =
            match phase transform with
            | Phase.Rate -> "sets the learning rate of the step"
            | Phase.Gradient -> "works on the gradient"
            | Phase.InRule -> "works in the rule's step"
            | Phase.Parameters -> "works on the parameters after the rule"
            | Phase.Average -> "averages what all others leave"
        let fault message = { Field = "Transforms"; Message = message }
        [ for earlier, later in List.pairwise transforms do
              if phase earlier > phase later then
                  fault $"'{later}' {work later}, so it can't come after '{earlier}', which {work earlier}"
          for _, same in List.groupBy (fun (transform: Transform) -> transform.Identity) transforms do
              if same.Length > 1 then
                  let all = same |> List.map (fun transform -> $"'{transform}'") |> String.concat " and "
                  fault $"there can be only one of a kind, but there are {all}" ]

    /// a + b, leaf by leaf; the leaves are alike.
    let internal sum (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        Parameters.map2Leaves (fun a b -> map2 (fun a b -> a + b) (Dense.values a.Values) (Dense.values b.Values)) a b

    let internal divide (x: Parameters<'T>) (divisor: int) : Parameters<'T> =
        let divisor: Lanes<'T> = broadcast (float divisor)
        x |> Parameters.mapLeaves (fun leaf -> map (fun x -> x / divisor) (Dense.values leaf.Values))

    /// a + share (b - a), leaf by leaf; the leaves are alike.
    let internal between (share: float) (a: Parameters<'T>) (b: Parameters<'T>) : Parameters<'T> =
        let share: Lanes<'T> = broadcast share
        let leaf (a: Parameter<'T>) (b: Parameter<'T>) =
            map2 (fun a b -> a + share * (b - a)) (Dense.values a.Values) (Dense.values b.Values)
        Parameters.map2Leaves leaf a b

    /// Elements within [-limit, limit].
    let inline private clamp (limit: Lanes<'T>) (x: Lanes<'T>) = Vector512.Min(Vector512.Max(x, -limit), limit)

    /// Every element within [-limit, limit].
    let clipByValue (limit: float) (gradient: Parameters<'T>) : Parameters<'T> =
        if limit = infinity then gradient
        else
            let limit: Lanes<'T> = broadcast limit
            gradient |> Parameters.mapLeaves (fun leaf -> map (fun g -> clamp limit g) (Dense.values leaf.Values))

    /// The square root of the sum of the squares of all elements of all leaves, computed in double.
    let norm (gradient: Parameters<'T>) : float =
        let add total (leaf: Parameter<'T>) = total + Reductions.sumOfSquares (Dense.values leaf.Values)
        sqrt (Array.fold add 0.0 gradient.Leaves)

    /// The same direction, and a norm over all leaves of at most the limit.
    /// Source: Pascanu et al., On the Difficulty of Training Recurrent Neural Networks (2013).
    let clipByNorm (limit: float) (gradient: Parameters<'T>) : Parameters<'T> =
        if limit = infinity then gradient
        else
            let norm = norm gradient
            if norm > limit then
                let factor: Lanes<'T> = broadcast (limit / norm)
                gradient |> Parameters.mapLeaves (fun leaf -> map (fun g -> factor * g) (Dense.values leaf.Values))
            else gradient

    /// `addNoise` for some of a network's leaves: leaf i is drawn from the child of the key at its place among all.
    let internal addNoiseAt<'T when Real<'T>>
        (place: int -> int) (key: Key) (deviation: float) (gradient: Parameters<'T>) : Parameters<'T> =
        let leaf i (leaf: Parameter<'T>) =
            let g = Dense.values leaf.Values
            let noise = Key.normals g.Length (Key.child (place i) key)
            let noisy = Array.init g.Length (fun k -> g[k] + Real.number (deviation * noise[k]))
            { leaf with Values = Dense.vector noisy }
        Parameters(Array.mapi leaf gradient.Leaves)

    /// Normal numbers of this deviation added to every element; those of the leaf at place i are drawn from child i of
    /// the key.
    let addNoise<'T when Real<'T>> (key: Key) (deviation: float) (gradient: Parameters<'T>) : Parameters<'T> =
        addNoiseAt id key deviation gradient
