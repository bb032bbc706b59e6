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
        | Rule.AmsGrad(beta1, beta2, epsilon) -> [ "beta1", beta1; "beta2", beta2; "epsilon", epsilon ]
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
        | Rule.Adam _ -> [| "first moment"; "second moment" |]
        | Rule.AmsGrad _ -> [| "first moment"; "second moment"; "largest second moment" |]
        | Rule.Lion _ -> [| "first moment" |]
        | Rule.Custom rule -> rule.Slots

    member private rule.Display = string rule
    override rule.ToString() =
        match rule.Numbers with
        | [] -> rule.Name
        | numbers ->
            let numbers = [ for name, x in numbers -> $"{name} {string x}" ]
            rule.Name + " (" + String.concat ", " numbers + ")"

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

    /// The rate of one step, counted from 1, before it is multiplied with anything that depends on elements.
    let private rate (rule: Rule) (learningRate: float) (step: int) : float =
        match rule with
        | Rule.Adam(beta1, beta2, _)
        | Rule.AmsGrad(beta1, beta2, _) ->
            learningRate * sqrt (1.0 - Elementary.power beta2 step) / (1.0 - Elementary.power beta1 step)
        | Rule.GradientDescent
        | Rule.Momentum _
        | Rule.Nesterov _
        | Rule.AdaGrad _
        | Rule.RmsProp _
        | Rule.AdaDelta _
        | Rule.Lion _
        | Rule.Custom _ -> learningRate

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

    let private adam<'T when Real<'T>>
        (beta1: float) (beta2: float) (epsilon: float) (rate: float) (keep: float)
        (w: 'T[]) (g: 'T[]) (m: 'T[]) (v: 'T[]) =
        let share1: Lanes<'T> = broadcast (1.0 - beta1)
        let share2: Lanes<'T> = broadcast (1.0 - beta2)
        let beta1: Lanes<'T> = broadcast beta1
        let beta2: Lanes<'T> = broadcast beta2
        let epsilon: Lanes<'T> = broadcast epsilon
        let rate: Lanes<'T> = broadcast rate
        let keep: Lanes<'T> = broadcast keep
        let smallest: Lanes<'T> = smallestNormal ()
        map4to3
            (fun w g m v ->
                let m: Lanes<'T> = normal smallest (beta1 * m + share1 * g)
                let v: Lanes<'T> = normal smallest (beta2 * v + share2 * (g * g))
                struct (keep * w - rate * m / (Vector512.Sqrt v + epsilon), m, v))
            w g m v

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

    /// A custom rule, in double precision. Raises ArgumentException if what it gives is not as long as the leaf.
    let private custom<'T when Real<'T>>
        (rule: CustomRule) (step: RuleStep) (keep: float) (leaf: Parameter<'T>) (g: 'T[]) (slots: 'T[][])
        : struct ('T[] * 'T[][]) =
        let double (x: 'T[]) = Dense.vector (Array.map Real.toFloat x)
        let w = double (Dense.values leaf.Values)
        let leafNow = { Name = leaf.Name; Role = leaf.Role; Shape = leaf.Shape; Values = w }
        let struct (change, next) = rule.Change.Invoke(step, leafNow, double g, Array.map double slots)
        let refuse what = invalidArg (nameof rule) $"the rule {rule.Name} gives {what}"
        let check what (x: MathNet.Numerics.LinearAlgebra.Vector<float>) =
            if isNull (box x) then refuse $"no {what} of {leaf.Name}"
            if x.Count <> w.Count then refuse $"{x.Count} elements as the {what} of {leaf.Name}, which has {w.Count}"
        check "change" change
        let count = if isNull (box next) then 0 else next.Count
        if count <> slots.Length then refuse $"{count} slots of {leaf.Name}, not {slots.Length}"
        Seq.iter2 check rule.Slots next
        struct (Array.init w.Count (fun i -> Real.number (keep * w[i] + change[i])),
                [| for slot in next -> Array.init w.Count (fun i -> Real.number slot[i]) |])

    /// The new elements of a leaf and of its slots.
    let update<'T when Real<'T>>
        (rule: Rule) (step: RuleStep) (keep: float) (leaf: Parameter<'T>) (g: 'T[]) (slots: 'T[][])
        : struct ('T[] * 'T[][]) =
        let w = Dense.values leaf.Values
        let rate = rate rule step.Rate step.Number
        let inline one struct (w, a) = struct (w, [| a |])
        let inline two struct (w, a, b) = struct (w, [| a; b |])
        match rule with
        | Rule.GradientDescent -> struct (gradientDescent rate keep w g, [||])
        | Rule.Momentum share -> one (momentum share rate keep w g slots[0])
        | Rule.Nesterov share -> one (nesterov share rate keep w g slots[0])
        | Rule.AdaGrad epsilon -> one (squares 1.0 1.0 epsilon rate keep w g slots[0])
        | Rule.RmsProp(decay, epsilon) -> one (squares decay (1.0 - decay) epsilon rate keep w g slots[0])
        | Rule.AdaDelta(decay, epsilon) -> two (adaDelta decay epsilon rate keep w g slots[0] slots[1])
        | Rule.Adam(beta1, beta2, epsilon) -> two (adam beta1 beta2 epsilon rate keep w g slots[0] slots[1])
        | Rule.AmsGrad(beta1, beta2, epsilon) ->
            let struct (w, m, v, largest) = amsGrad beta1 beta2 epsilon rate keep w g slots[0] slots[1] slots[2]
            struct (w, [| m; v; largest |])
        | Rule.Lion(beta1, beta2) -> one (lion beta1 beta2 rate keep w g slots[0])
        | Rule.Custom rule -> custom rule step keep leaf g slots
