namespace Functional

open System
open System.Collections.Generic

/// How a step changes parameters w along their gradient g, at the learning rate of the optimizer. Every rule is its
/// numbers. A new rule is a case here, its row in `Data`, one pass over a leaf, and its laws.
[<RequireQualifiedAccess; NoComparison; StructuredFormatDisplay("{Display}")>]
type Rule =
    /// w -= rate g. Source: Deep Learning from Scratch, 6.1.2.
    | GradientDescent
    /// v = momentum v - rate g; w += v. Source: Deep Learning from Scratch, 6.1.4. (PyTorch has the rate outside of v:
    /// the same while the rate is constant.)
    | Momentum of momentum: float
    /// v = momentum v - rate g; w += momentum v - rate g. Source: Bengio et al., Advances in Optimizing Recurrent
    /// Networks (2013), simplified Nesterov momentum: w is the point that is looked ahead to.
    | Nesterov of momentum: float
    /// h += g^2; w -= rate g / (sqrt h + epsilon). Source: Deep Learning from Scratch, 6.1.5.
    | AdaGrad of epsilon: float
    /// h = decay h + (1 - decay) g^2; w -= rate g / (sqrt h + epsilon). Source: Tieleman and Hinton (2012), in the form
    /// of Deep Learning from Scratch, 6.1.5.
    | RmsProp of decay: float * epsilon: float
    /// h = decay h + (1 - decay) g^2; d = sqrt(u + epsilon) / sqrt(h + epsilon) g; u = decay u + (1 - decay) d^2;
    /// w -= rate d. Source: Zeiler, ADADELTA (2012), where the rate is 1.
    | AdaDelta of decay: float * epsilon: float
    /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= rate' m / (sqrt v + epsilon) with
    /// rate' = rate sqrt(1 - beta2^t) / (1 - beta1^t) in step t = 1, 2, ... Source: Kingma and Ba, Adam (2015), the end
    /// of section 2; Deep Learning from Scratch, 6.1.6. (PyTorch divides sqrt v by its correction before epsilon is
    /// added.)
    | Adam of beta1: float * beta2: float * epsilon: float
    /// Adam with the largest v so far instead of v. Source: Reddi et al., On the Convergence of Adam and Beyond
    /// (2018).
    | AmsGrad of beta1: float * beta2: float * epsilon: float
    /// Adam with the gradient looked ahead along m: w -= rate (beta1 m / (1 - beta1^(t + 1)) + (1 - beta1) g /
    /// (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon). Source: Dozat, Incorporating Nesterov Momentum into Adam
    /// (2016), with a constant beta1, as in Optax. (PyTorch's beta1 grows.)
    | NAdam of beta1: float * beta2: float * epsilon: float
    /// Adam without its root while that varies too much: with r = 2 / (1 - beta2) - 1, r' = r - 2 t beta2^t /
    /// (1 - beta2^t) and m^ = m / (1 - beta1^t), w -= rate m^ while r' <= 5; then w -= rate m^ sqrt((r' - 4) (r' - 2) r
    /// / ((r - 4) (r - 2) r')) / (sqrt(v / (1 - beta2^t)) + epsilon). Source: Liu et al., On the Variance of the
    /// Adaptive Learning Rate and Beyond (2020), algorithm 2, with 5 for its 4, as in PyTorch and Optax. (PyTorch adds
    /// epsilon to sqrt v.)
    | RAdam of beta1: float * beta2: float * epsilon: float
    /// m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) (g - m)^2 + epsilon;
    /// w -= rate m / (1 - beta1^t) / (sqrt(s / (1 - beta2^t)) + epsilon). Source: Zhuang et al., AdaBelief (2020),
    /// algorithm 2.
    | AdaBelief of beta1: float * beta2: float * epsilon: float
    /// u = m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + decay w, with m and v as in Adam;
    /// w -= rate |w| / |u| u with the 2-norms of the leaf, and 1 for |w| / |u| if either is 0. Weight decay is in u.
    /// Source: You et al., Large Batch Optimization for Deep Learning (2020), algorithm 2.
    | Lamb of beta1: float * beta2: float * epsilon: float
    /// w -= rate sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g, with sign 0 = 0.
    /// Source: Chen et al., Symbolic Discovery of Optimization Algorithms (2023).
    | Lion of beta1: float * beta2: float
    /// A custom rule.
    | Custom of CustomRule

    /// Its display name, its numbers under their names, and the same rule of other numbers.
    member private rule.Data: struct (string * (string * float) list * (float list -> Rule)) =
        let one name a (case: float -> Rule) = struct (name, [ a ], fun (x: float list) -> case x[0])
        let two name a b (case: float * float -> Rule) =
            struct (name, [ a; b ], fun (x: float list) -> case (x[0], x[1]))
        let adam name beta1 beta2 epsilon (case: float * float * float -> Rule) =
            struct (name, [ "beta1", beta1; "beta2", beta2; "epsilon", epsilon ],
                    fun (x: float list) -> case (x[0], x[1], x[2]))
        match rule with
        | Rule.GradientDescent -> struct ("SGD", [], fun _ -> rule)
        | Rule.Momentum x -> one "Momentum" ("momentum", x) Rule.Momentum
        | Rule.Nesterov x -> one "Nesterov" ("momentum", x) Rule.Nesterov
        | Rule.AdaGrad x -> one "AdaGrad" ("epsilon", x) Rule.AdaGrad
        | Rule.RmsProp(x, y) -> two "RMSprop" ("decay", x) ("epsilon", y) Rule.RmsProp
        | Rule.AdaDelta(x, y) -> two "AdaDelta" ("decay", x) ("epsilon", y) Rule.AdaDelta
        | Rule.Adam(x, y, z) -> adam "Adam" x y z Rule.Adam
        | Rule.AmsGrad(x, y, z) -> adam "AMSGrad" x y z Rule.AmsGrad
        | Rule.NAdam(x, y, z) -> adam "NAdam" x y z Rule.NAdam
        | Rule.RAdam(x, y, z) -> adam "RAdam" x y z Rule.RAdam
        | Rule.AdaBelief(x, y, z) -> adam "AdaBelief" x y z Rule.AdaBelief
        | Rule.Lamb(x, y, z) -> adam "LAMB" x y z Rule.Lamb
        | Rule.Lion(x, y) -> two "Lion" ("beta1", x) ("beta2", y) Rule.Lion
        | Rule.Custom custom -> struct (custom.Name, custom.Numbers, fun _ -> rule)

    /// Its display name, as in `RMSprop`.
    member rule.Name =
        let struct (name, _, _) = rule.Data
        name

    member internal rule.NumberList: (string * float) list =
        let struct (_, numbers, _) = rule.Data
        numbers

    /// Its numbers under their names (`momentum`, `decay`, `beta1`, `beta2`, `epsilon`), in the order of the rule.
    member rule.Numbers: IReadOnlyList<KeyValuePair<string, float>> =
        Array.AsReadOnly [| for name, x in rule.NumberList -> KeyValuePair(name, x) |]

    /// The same rule with this value of the number of this name. Raises ArgumentException if it has no such number, and
    /// for a custom rule: only its function knows what the number changes.
    member rule.With(name: string, value: float) : Rule =
        ArgumentNullException.ThrowIfNull(name, nameof name)
        let struct (_, numbers, ofNumbers) = rule.Data
        if rule.IsCustom then invalidArg (nameof name) $"the numbers of a custom rule, {rule.Name}, can't be changed"
        if not (numbers |> List.exists (fun (own, _) -> own = name)) then
            let names = if numbers.IsEmpty then "none" else numbers |> List.map fst |> String.concat ", "
            invalidArg (nameof name) $"{rule.Name} has no number '{name}'; it has {names}"
        ofNumbers [ for own, x in numbers -> if own = name then value else x ]

    /// The names of what it keeps for each parameter from update to update.
    member internal rule.Slots: string[] =
        match rule with
        | Rule.GradientDescent -> [||]
        | Rule.Momentum _
        | Rule.Nesterov _ -> [| "velocity" |]
        | Rule.AdaGrad _ -> [| "sum of squares" |]
        | Rule.RmsProp _ -> [| "mean square" |]
        | Rule.AdaDelta _ -> [| "mean square"; "mean square change" |]
        | Rule.Adam _
        | Rule.NAdam _
        | Rule.RAdam _
        | Rule.Lamb _ -> [| "first moment"; "second moment" |]
        | Rule.AdaBelief _ -> [| "first moment"; "belief" |]
        | Rule.AmsGrad _ -> [| "first moment"; "second moment"; "largest second moment" |]
        | Rule.Lion _ -> [| "first moment" |]
        | Rule.Custom custom -> custom.Slots

    member private rule.Display = string rule
    override rule.ToString() =
        Numbers.describe rule.Name rule.NumberList

namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// The arithmetic of the rules, a pass over a leaf each. In all of them `keep` is 1, or less where weights decay: it
/// multiplies w before the rule's change.
[<RequireQualifiedAccess>]
module internal Rule =
    /// What is wrong with its numbers.
    let faults (rule: Rule) : Fault list =
        [ for name, x in rule.NumberList do
              let isRight, wanted =
                  if rule.IsCustom then Double.IsFinite x, "finite"
                  elif name = "epsilon" then Double.IsFinite x && x > 0.0, "finite and above 0"
                  else x >= 0.0 && x < 1.0, "at least 0 and below 1"
              if not isRight then
                  { Field = name[..0].ToUpperInvariant() + name[1..]
                    Message = $"{name} must be {wanted}, but is {string x}" } ]

    /// Flushes subnormal numbers to 0. In a dead unit a slot decays to the smallest subnormal and stays there (0.9 of
    /// it rounds back to it), and arithmetic with subnormals costs about a hundred cycles each.
    let inline private flushed (smallest: Lanes<'T>) (x: Lanes<'T>) : Lanes<'T> =
        Vector512.AndNot(x, Vector512.LessThan(Vector512.Abs x, smallest))

    let private every<'T when Real<'T>> (x: float) : Lanes<'T> = broadcast x

    // The passes read w, g and the slots, and write the new w and slots.

    let private gradientDescent<'T when Real<'T>> (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let rate, keep = every<'T> rate, every<'T> keep
            pass2to1 first stop read written (fun w g -> keep * w - rate * g))

    let private momentum<'T when Real<'T>> (momentum: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, momentum = smallestNormal<'T> (), every<'T> momentum
            let rate, keep = every<'T> rate, every<'T> keep
            pass3to2 first stop read written (fun w g v ->
                let v: Lanes<'T> = flushed smallest (momentum * v - rate * g)
                struct (keep * w + v, v)))

    let private nesterov<'T when Real<'T>> (momentum: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, momentum = smallestNormal<'T> (), every<'T> momentum
            let rate, keep = every<'T> rate, every<'T> keep
            pass3to2 first stop read written (fun w g v ->
                let change: Lanes<'T> = rate * g
                let v: Lanes<'T> = flushed smallest (momentum * v - change)
                struct (keep * w + (momentum * v - change), v)))

    /// With fractions of the old mean square and of the new square: 1 and 1 for a sum.
    let private squares<'T when Real<'T>>
        (old: float) (added: float) (epsilon: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, old, added = smallestNormal<'T> (), every<'T> old, every<'T> added
            let epsilon, rate, keep = every<'T> epsilon, every<'T> rate, every<'T> keep
            pass3to2 first stop read written (fun w g h ->
                let h: Lanes<'T> = flushed smallest (old * h + added * (g * g))
                struct (keep * w - rate * g / (Vector512.Sqrt h + epsilon), h)))

    let private adaDelta<'T when Real<'T>> (decay: float) (epsilon: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, decay, added = smallestNormal<'T> (), every<'T> decay, every<'T> (1.0 - decay)
            let epsilon, rate, keep = every<'T> epsilon, every<'T> rate, every<'T> keep
            pass4to3 first stop read written (fun w g h u ->
                let h: Lanes<'T> = flushed smallest (decay * h + added * (g * g))
                let change: Lanes<'T> = Vector512.Sqrt(u + epsilon) / Vector512.Sqrt(h + epsilon) * g
                struct (keep * w - rate * change, h, flushed smallest (decay * u + added * (change * change)))))

    /// A pass with moving means: m of g, and v of the square of what `seen` gives of g and m, changed by `after`. What
    /// `change` gives of g, m and v is subtracted from w.
    let inline private withMoments<'T when Real<'T>>
        (beta1: float) (beta2: float) (keep: float) (first: int) (stop: int) (read: 'T[][]) (written: 'T[][])
        ([<InlineIfLambda>] seen: Lanes<'T> -> Lanes<'T> -> Lanes<'T>)
        ([<InlineIfLambda>] after: Lanes<'T> -> Lanes<'T>)
        ([<InlineIfLambda>] change: Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T>) =
        let smallest, keep = smallestNormal<'T> (), every<'T> keep
        let beta1, added1 = every<'T> beta1, every<'T> (1.0 - beta1)
        let beta2, added2 = every<'T> beta2, every<'T> (1.0 - beta2)
        pass4to3 first stop read written (fun w g m v ->
            let m: Lanes<'T> = flushed smallest (beta1 * m + added1 * g)
            let seen: Lanes<'T> = seen g m
            let v: Lanes<'T> = after (flushed smallest (beta2 * v + added2 * (seen * seen)))
            struct (keep * w - change g m v, m, v))

    let private adam<'T when Real<'T>> (beta1: float) (beta2: float) (epsilon: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let epsilon, rate = every<'T> epsilon, every<'T> rate
            withMoments beta1 beta2 keep first stop read written
                (fun g _ -> g)
                (fun v -> v)
                (fun _ m v -> rate * m / (Vector512.Sqrt v + epsilon)))

    /// m and v as in Adam; the change is -rate (ofMean m + ofGradient g) / (ofRoot sqrt v + epsilon).
    let private ofMoments<'T when Real<'T>>
        (beta1: float) (beta2: float) (ofMean: float) (ofGradient: float) (ofRoot: float) (epsilon: float)
        (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let ofMean, ofGradient, ofRoot = every<'T> ofMean, every<'T> ofGradient, every<'T> ofRoot
            let epsilon, rate = every<'T> epsilon, every<'T> rate
            withMoments beta1 beta2 keep first stop read written
                (fun g _ -> g)
                (fun v -> v)
                (fun g m v -> rate * ((ofMean * m + ofGradient * g) / (ofRoot * Vector512.Sqrt v + epsilon))))

    /// LAMB's direction u = weightDecay w + ofMean m / (ofRoot sqrt v + epsilon), in the place of w.
    let private direction<'T when Real<'T>>
        (beta1: float) (beta2: float) (ofMean: float) (ofRoot: float) (epsilon: float) (weightDecay: float) =
        // What is subtracted from weightDecay w is minus the rest.
        ofMoments<'T> beta1 beta2 ofMean 0.0 ofRoot epsilon -1.0 weightDecay

    let private adaBelief<'T when Real<'T>>
        (beta1: float) (beta2: float) (ofRoot: float) (epsilon: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let ofRoot, epsilon, rate = every<'T> ofRoot, every<'T> epsilon, every<'T> rate
            withMoments beta1 beta2 keep first stop read written
                (fun g m -> g - m)
                (fun s -> s + epsilon)
                (fun _ m s -> rate * m / (ofRoot * Vector512.Sqrt s + epsilon)))

    let private amsGrad<'T when Real<'T>> (beta1: float) (beta2: float) (epsilon: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, epsilon, rate, keep = smallestNormal<'T> (), every<'T> epsilon, every<'T> rate, every<'T> keep
            let beta1, added1 = every<'T> beta1, every<'T> (1.0 - beta1)
            let beta2, added2 = every<'T> beta2, every<'T> (1.0 - beta2)
            pass5to4 first stop read written (fun w g m v largest ->
                let m: Lanes<'T> = flushed smallest (beta1 * m + added1 * g)
                let v: Lanes<'T> = flushed smallest (beta2 * v + added2 * (g * g))
                let largest: Lanes<'T> = Vector512.Max(largest, v)
                struct (keep * w - rate * m / (Vector512.Sqrt largest + epsilon), m, v, largest)))

    let private lion<'T when Real<'T>> (beta1: float) (beta2: float) (rate: float) (keep: float) =
        Pass<'T>(fun first stop read written ->
            let smallest, rate, keep = smallestNormal<'T> (), every<'T> rate, every<'T> keep
            let beta1, added1 = every<'T> beta1, every<'T> (1.0 - beta1)
            let beta2, added2 = every<'T> beta2, every<'T> (1.0 - beta2)
            pass3to2 first stop read written (fun w g m ->
                let direction: Lanes<'T> = beta1 * m + added1 * g
                // Neither 0 nor NaN has a sign.
                let signed = Vector512.GreaterThan(Vector512.Abs direction, Lanes<'T>.Zero)
                let sign = Vector512.ConditionalSelect(signed, Vector512.CopySign(Lanes<'T>.One, direction), direction)
                // A subnormal m that stays would move the weights of a dead unit by the whole rate for ever.
                struct (keep * w - rate * sign, flushed smallest (beta2 * m + added2 * g))))

    /// The step of LAMB, from the weights and their direction u.
    let private trusted<'T when Real<'T>> (rate: float) (w: 'T[]) (u: 'T[]) : 'T[] =
        let norm x = sqrt (Reductions.sumOfSquares x)
        let ofWeights, ofDirection = norm w, norm u
        let trust = if ofWeights > 0.0 && ofDirection > 0.0 then ofWeights / ofDirection else 1.0
        let rate = every<'T> (rate * trust)
        map2 (fun w u -> w - rate * u) w u

    /// RAdam's factor of the mean gradient, that of the root, and what is added to the root.
    let private radamFactors (beta2: float) (epsilon: float) (step: int) : struct (float * float * float) =
        let power = Elementary.power beta2 step
        let most = 2.0 / (1.0 - beta2) - 1.0
        let length = most - 2.0 * float step * power / (1.0 - power)
        if length <= 5.0 then struct (1.0, 0.0, 1.0)
        else
            let factor =
                sqrt ((length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length))
            struct (factor, 1.0 / sqrt (1.0 - power), epsilon)

    /// A step of leaves of one rate and weight decay, which is decoupled: a function of a leaf and of its elements, its
    /// gradient and its slots that returns the new elements, then those of the slots. They may be in `list`, which has
    /// places for them, and which the next call overwrites. Raises ArgumentException if a custom rule gives something
    /// that isn't as long as the leaf.
    let update<'T when Real<'T>>
        (rule: Rule) (step: RuleStep) (weightDecay: float) (list: 'T[][]) : Parameter<'T> -> 'T[][] -> 'T[][] =
        let rate = step.Rate
        let keep = if weightDecay = 0.0 then 1.0 else 1.0 - rate * weightDecay
        let written (pass: Pass<'T>) =
            fun (_: Parameter<'T>) (read: 'T[][]) ->
                // (read[1] is the gradient.)
                let mutable isOver = true
                for k in 0 .. read.Length - 1 do isOver <- isOver && (k = 1 || Scratch<'T>.IsDead read[k])
                if isOver then fillOver pass read list else fill pass read list
                list
        // Adam's bias correction in update t, counted from 1.
        let correction (beta: float) t = 1.0 - Elementary.power beta t
        let t = step.Number
        let adamRate beta1 beta2 = rate * sqrt (correction beta2 t) / correction beta1 t
        match rule with
        | Rule.GradientDescent -> written (gradientDescent rate keep)
        | Rule.Momentum x -> written (momentum x rate keep)
        | Rule.Nesterov x -> written (nesterov x rate keep)
        | Rule.AdaGrad epsilon -> written (squares 1.0 1.0 epsilon rate keep)
        | Rule.RmsProp(decay, epsilon) -> written (squares decay (1.0 - decay) epsilon rate keep)
        | Rule.AdaDelta(decay, epsilon) -> written (adaDelta decay epsilon rate keep)
        | Rule.Adam(beta1, beta2, epsilon) -> written (adam beta1 beta2 epsilon (adamRate beta1 beta2) keep)
        | Rule.AmsGrad(beta1, beta2, epsilon) -> written (amsGrad beta1 beta2 epsilon (adamRate beta1 beta2) keep)
        | Rule.NAdam(beta1, beta2, epsilon) ->
            let ofMean, ofGradient = beta1 / correction beta1 (t + 1), (1.0 - beta1) / correction beta1 t
            let ofRoot = 1.0 / sqrt (correction beta2 t)
            written (ofMoments beta1 beta2 ofMean ofGradient ofRoot epsilon rate keep)
        | Rule.RAdam(beta1, beta2, epsilon) ->
            let struct (factor, ofRoot, epsilon) = radamFactors beta2 epsilon t
            written (ofMoments beta1 beta2 (factor / correction beta1 t) 0.0 ofRoot epsilon rate keep)
        | Rule.AdaBelief(beta1, beta2, epsilon) ->
            let ofRoot = 1.0 / sqrt (correction beta2 t)
            written (adaBelief beta1 beta2 ofRoot epsilon (rate / correction beta1 t) keep)
        | Rule.Lamb(beta1, beta2, epsilon) ->
            let ofMean, ofRoot = 1.0 / correction beta1 t, 1.0 / sqrt (correction beta2 t)
            let direction = direction beta1 beta2 ofMean ofRoot epsilon weightDecay
            fun _ read ->
                let written = Array.zeroCreate (read.Length - 1)
                fill direction read written
                Array.append [| trusted rate read[0] written[0] |] written[1..]
        | Rule.Lion(beta1, beta2) -> written (lion beta1 beta2 rate keep)
        | Rule.Custom rule ->
            fun leaf read ->
                let w = read[0]
                let struct (change, slots) = CustomChange.apply "rule" "change" rule step leaf read[1] read[2..]
                let next = Array.init w.Length (fun i -> Real.number (keep * Real.toFloat w[i] + change[i]))
                Array.append [| next |] slots
