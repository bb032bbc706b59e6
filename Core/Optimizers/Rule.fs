namespace Functional

/// How a step changes parameters w along their gradient g, at the learning rate of the optimizer. Every rule is its
/// numbers. A new rule is a case here, its numbers and slots, one pass over a leaf, and its laws.
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
    /// One from outside.
    | Custom of CustomRule

    /// As people call it.
    member rule.Name =
        match rule with
        | Rule.GradientDescent -> "SGD"
        | Rule.Momentum _ -> "Momentum"
        | Rule.Nesterov _ -> "Nesterov"
        | Rule.AdaGrad _ -> "AdaGrad"
        | Rule.RmsProp _ -> "RMSprop"
        | Rule.AdaDelta _ -> "AdaDelta"
        | Rule.Adam _ -> "Adam"
        | Rule.AmsGrad _ -> "AMSGrad"
        | Rule.NAdam _ -> "NAdam"
        | Rule.RAdam _ -> "RAdam"
        | Rule.AdaBelief _ -> "AdaBelief"
        | Rule.Lamb _ -> "LAMB"
        | Rule.Lion _ -> "Lion"
        | Rule.Custom rule -> rule.Name

    /// Its numbers under their names.
    member internal rule.Numbers: (string * float) list =
        match rule with
        | Rule.GradientDescent -> []
        | Rule.Momentum momentum
        | Rule.Nesterov momentum -> [ "momentum", momentum ]
        | Rule.AdaGrad epsilon -> [ "epsilon", epsilon ]
        | Rule.RmsProp(decay, epsilon)
        | Rule.AdaDelta(decay, epsilon) -> [ "decay", decay; "epsilon", epsilon ]
        | Rule.Adam(beta1, beta2, epsilon)
        | Rule.AmsGrad(beta1, beta2, epsilon)
        | Rule.NAdam(beta1, beta2, epsilon)
        | Rule.RAdam(beta1, beta2, epsilon)
        | Rule.AdaBelief(beta1, beta2, epsilon)
        | Rule.Lamb(beta1, beta2, epsilon) -> [ "beta1", beta1; "beta2", beta2; "epsilon", epsilon ]
        | Rule.Lion(beta1, beta2) -> [ "beta1", beta1; "beta2", beta2 ]
        | Rule.Custom rule -> rule.Numbers

    /// The names of what it keeps for each parameter from step to step.
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
        | Rule.Custom rule -> rule.Slots

    member private rule.Display = string rule
    override rule.ToString() =
        Numbers.describe rule.Name rule.Numbers

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
        [ for name, x in rule.Numbers do
              let isRight, wanted =
                  if rule.IsCustom then Double.IsFinite x, "finite"
                  elif name = "epsilon" then Double.IsFinite x && x > 0.0, "finite and above 0"
                  else x >= 0.0 && x < 1.0, "at least 0 and below 1"
              if not isRight then
                  { Field = name[..0].ToUpperInvariant() + name[1..]
                    Message = $"{name} must be {wanted}, but is {string x}" } ]

    let private smallestNormal<'T when Real<'T>> () : Lanes<'T> =
        broadcast (if typeof<'T> = typeof<float32> then 1.17549435e-38 else 2.2250738585072014e-308)

    /// Flushes subnormal numbers to 0. In a dead unit a slot decays to the smallest subnormal and stays there (0.9 of
    /// it rounds back to it), and arithmetic with subnormals costs about a hundred cycles each.
    let inline private normal (smallest: Lanes<'T>) (x: Lanes<'T>) : Lanes<'T> =
        Vector512.AndNot(x, Vector512.LessThan(Vector512.Abs x, smallest))

    let private gradientDescent<'T when Real<'T>> (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) =
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        map2 (fun w g -> keep * w - rate * g) w g

    let private momentum<'T when Real<'T>>
        (momentum: float) (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (v: 'T[]) =
        let momentum: Lanes<'T> = broadcast momentum
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map3to2
            (fun w g v ->
                let v: Lanes<'T> = normal smallest (momentum * v - rate * g)
                struct (keep * w + v, v))
            w g v

    let private nesterov<'T when Real<'T>>
        (momentum: float) (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (v: 'T[]) =
        let momentum: Lanes<'T> = broadcast momentum
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map3to2
            (fun w g v ->
                let change: Lanes<'T> = rate * g
                let v: Lanes<'T> = normal smallest (momentum * v - change)
                struct (keep * w + (momentum * v - change), v))
            w g v

    /// With shares of the old mean square and of the new square: 1 and 1 for a sum.
    let private squares<'T when Real<'T>>
        (old: float) (added: float) (epsilon: float) (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (h: 'T[]) =
        let old: Lanes<'T> = broadcast old
        let added: Lanes<'T> = broadcast added
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map3to2
            (fun w g h ->
                let h: Lanes<'T> = normal smallest (old * h + added * (g * g))
                struct (keep * w - rate * g / (Vector512.Sqrt h + epsilon), h))
            w g h

    let private adaDelta<'T when Real<'T>>
        (decay: float) (epsilon: float) (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (h: 'T[]) (u: 'T[]) =
        let share: Lanes<'T> = broadcast (1.0 - decay)
        let decay: Lanes<'T> = broadcast decay
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        map4to3
            (fun w g h u ->
                let h: Lanes<'T> = decay * h + share * (g * g)
                let change: Lanes<'T> = Vector512.Sqrt(u + epsilon) / Vector512.Sqrt(h + epsilon) * g
                struct (keep * w - rate * change, h, decay * u + share * (change * change)))
            w g h u

    /// A pass with moving means: m of g, and v of the square of what `seen` gives of g and m, changed by `after`. What
    /// `change` gives of g, m and v is subtracted from w.
    let inline private withMoments
        (beta1: float) (beta2: float) (keep: float)
        ([<InlineIfLambda>] seen: Lanes<'T> -> Lanes<'T> -> Lanes<'T>)
        ([<InlineIfLambda>] after: Lanes<'T> -> Lanes<'T>)
        ([<InlineIfLambda>] change: Lanes<'T> -> Lanes<'T> -> Lanes<'T> -> Lanes<'T>)
        (w: 'T[]) (g: 'T[]) (m: 'T[]) (v: 'T[]) : struct ('T[] * 'T[] * 'T[]) =
        let share1: Lanes<'T> = broadcast (1.0 - beta1)
        let share2: Lanes<'T> = broadcast (1.0 - beta2)
        let beta1: Lanes<'T> = broadcast beta1
        let beta2: Lanes<'T> = broadcast beta2
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map4to3
            (fun w g m v ->
                let m: Lanes<'T> = normal smallest (beta1 * m + share1 * g)
                let seen: Lanes<'T> = seen g m
                let v: Lanes<'T> = after (normal smallest (beta2 * v + share2 * (seen * seen)))
                struct (keep * w - change g m v, m, v))
            w g m v

    let private adam<'T when Real<'T>>
        (beta1: float) (beta2: float) (epsilon: float) (rate: float) (keep: float)
        (w: 'T[]) (g: 'T[]) (m: 'T[]) (v: 'T[]) =
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        withMoments beta1 beta2 keep
            (fun g _ -> g)
            (fun v -> v)
            (fun _ m v -> rate * m / (Vector512.Sqrt v + epsilon))
            w g m v

    /// m and v as in Adam; the change is -rate (ofMean m + ofGradient g) / (ofRoot sqrt v + epsilon).
    let private ofMoments<'T when Real<'T>>
        (beta1: float) (beta2: float) (ofMean: float) (ofGradient: float) (ofRoot: float) (epsilon: float)
        (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (m: 'T[]) (v: 'T[]) =
        let ofMean: Lanes<'T> = broadcast ofMean
        let ofGradient: Lanes<'T> = broadcast ofGradient
        let ofRoot: Lanes<'T> = broadcast ofRoot
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        withMoments beta1 beta2 keep
            (fun g _ -> g)
            (fun v -> v)
            (fun g m v -> rate * ((ofMean * m + ofGradient * g) / (ofRoot * Vector512.Sqrt v + epsilon)))
            w g m v

    let private adaBelief<'T when Real<'T>>
        (beta1: float) (beta2: float) (ofRoot: float) (epsilon: float) (rate: float) (keep: float)
        (w: 'T[]) (g: 'T[]) (m: 'T[]) (s: 'T[]) =
        let ofRoot: Lanes<'T> = broadcast ofRoot
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        withMoments beta1 beta2 keep
            (fun g m -> g - m)
            (fun s -> s + epsilon)
            (fun _ m s -> rate * m / (ofRoot * Vector512.Sqrt s + epsilon))
            w g m s

    let private amsGrad<'T when Real<'T>>
        (beta1: float) (beta2: float) (epsilon: float) (rate: float) (keep: float)
        (w: 'T[]) (g: 'T[]) (m: 'T[]) (v: 'T[]) (largest: 'T[]) =
        let share1: Lanes<'T> = broadcast (1.0 - beta1)
        let share2: Lanes<'T> = broadcast (1.0 - beta2)
        let beta1: Lanes<'T> = broadcast beta1
        let beta2: Lanes<'T> = broadcast beta2
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map5to4
            (fun w g m v largest ->
                let m: Lanes<'T> = normal smallest (beta1 * m + share1 * g)
                let v: Lanes<'T> = normal smallest (beta2 * v + share2 * (g * g))
                let largest: Lanes<'T> = Vector512.Max(largest, v)
                struct (keep * w - rate * m / (Vector512.Sqrt largest + epsilon), m, v, largest))
            w g m v largest

    let private lion<'T when Real<'T>>
        (beta1: float) (beta2: float) (rate: float) (keep: float) (w: 'T[]) (g: 'T[]) (m: 'T[]) =
        let share1: Lanes<'T> = broadcast (1.0 - beta1)
        let share2: Lanes<'T> = broadcast (1.0 - beta2)
        let beta1: Lanes<'T> = broadcast beta1
        let beta2: Lanes<'T> = broadcast beta2
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        map3to2
            (fun w g m ->
                let direction: Lanes<'T> = beta1 * m + share1 * g
                // Neither 0 nor NaN has a sign.
                let signed = Vector512.GreaterThan(Vector512.Abs direction, Lanes<'T>.Zero)
                let sign = Vector512.ConditionalSelect(signed, Vector512.CopySign(Lanes<'T>.One, direction), direction)
                struct (keep * w - rate * sign, beta2 * m + share2 * g))
            w g m

    /// The step of LAMB, from the weights and their direction u.
    let private trusted<'T when Real<'T>> (rate: float) (w: 'T[]) (u: 'T[]) : 'T[] =
        let norm x = sqrt (Reductions.sumOfSquares x)
        let ofWeights, ofDirection = norm w, norm u
        let trust = if ofWeights > 0.0 && ofDirection > 0.0 then ofWeights / ofDirection else 1.0
        let rate: Lanes<'T> = broadcast (rate * trust)
        map2 (fun w u -> w - rate * u) w u

    /// RAdam's factor of the step and of the root, and what is added to it.
    let private rectified (beta2: float) (epsilon: float) (step: int) : struct (float * float * float) =
        let power = Elementary.power beta2 step
        let most = 2.0 / (1.0 - beta2) - 1.0
        let length = most - 2.0 * float step * power / (1.0 - power)
        if length <= 5.0 then struct (1.0, 0.0, 1.0)
        else
            let factor =
                sqrt ((length - 4.0) * (length - 2.0) * most / ((most - 4.0) * (most - 2.0) * length))
            struct (factor, 1.0 / sqrt (1.0 - power), epsilon)

    /// The new elements of a leaf and of its slots; `decay` is decoupled.
    /// Raises ArgumentException if a custom rule gives something that isn't as long as the leaf.
    let update<'T when Real<'T>>
        (rule: Rule) (step: RuleStep) (decay: float) (leaf: Parameter<'T>) (g: 'T[]) (slots: 'T[][])
        : struct ('T[] * 'T[][]) =
        let w = Dense.values leaf.Values
        let rate = step.Rate
        let keep = if decay = 0.0 then 1.0 else 1.0 - rate * decay
        let inline one struct (w, a) = struct (w, [| a |])
        let inline two struct (w, a, b) = struct (w, [| a; b |])
        // What Adam's means are short of in step t, counted from 1.
        let correction (beta: float) t = 1.0 - Elementary.power beta t
        let t = step.Number
        let adamRate beta1 beta2 = rate * sqrt (correction beta2 t) / correction beta1 t
        match rule with
        | Rule.GradientDescent -> struct (gradientDescent rate keep w g, [||])
        | Rule.Momentum share -> one (momentum share rate keep w g slots[0])
        | Rule.Nesterov share -> one (nesterov share rate keep w g slots[0])
        | Rule.AdaGrad epsilon -> one (squares 1.0 1.0 epsilon rate keep w g slots[0])
        | Rule.RmsProp(decay, epsilon) -> one (squares decay (1.0 - decay) epsilon rate keep w g slots[0])
        | Rule.AdaDelta(decay, epsilon) -> two (adaDelta decay epsilon rate keep w g slots[0] slots[1])
        | Rule.Adam(beta1, beta2, epsilon) ->
            two (adam beta1 beta2 epsilon (adamRate beta1 beta2) keep w g slots[0] slots[1])
        | Rule.AmsGrad(beta1, beta2, epsilon) ->
            let rate = adamRate beta1 beta2
            let struct (w, m, v, largest) = amsGrad beta1 beta2 epsilon rate keep w g slots[0] slots[1] slots[2]
            struct (w, [| m; v; largest |])
        | Rule.NAdam(beta1, beta2, epsilon) ->
            let ofMean, ofGradient = beta1 / correction beta1 (t + 1), (1.0 - beta1) / correction beta1 t
            let ofRoot = 1.0 / sqrt (correction beta2 t)
            two (ofMoments beta1 beta2 ofMean ofGradient ofRoot epsilon rate keep w g slots[0] slots[1])
        | Rule.RAdam(beta1, beta2, epsilon) ->
            let struct (factor, ofRoot, epsilon) = rectified beta2 epsilon t
            let ofMean = factor / correction beta1 t
            two (ofMoments beta1 beta2 ofMean 0.0 ofRoot epsilon rate keep w g slots[0] slots[1])
        | Rule.AdaBelief(beta1, beta2, epsilon) ->
            let ofRoot = 1.0 / sqrt (correction beta2 t)
            two (adaBelief beta1 beta2 ofRoot epsilon (rate / correction beta1 t) keep w g slots[0] slots[1])
        | Rule.Lamb(beta1, beta2, epsilon) ->
            // With a rate of -1, and the decay as what is kept, the pass gives u.
            let ofMean, ofRoot = 1.0 / correction beta1 t, 1.0 / sqrt (correction beta2 t)
            let struct (u, m, v) =
                ofMoments beta1 beta2 ofMean 0.0 ofRoot epsilon -1.0 decay w g slots[0] slots[1]
            struct (trusted rate w u, [| m; v |])
        | Rule.Lion(beta1, beta2) -> one (lion beta1 beta2 rate keep w g slots[0])
        | Rule.Custom rule ->
            let struct (change, slots) = CustomChange.apply "rule" "change" rule step leaf g slots
            struct (Array.init w.Length (fun i -> Real.number (keep * Real.toFloat w[i] + change[i])), slots)
