namespace Functional

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra

/// Where a custom rule is: what a step depends on besides the leaf.
[<Struct; NoComparison>]
type RuleStep =
    { /// The learning rate of this step: the optimizer's, times the schedule's factor.
      Rate: float
      /// Counted from 1.
      Number: int }

/// A custom update rule: its name and numbers, the names of what it remembers of each leaf from step to step (its
/// slots, zeros before the first step), and one pure function of a leaf. It works in double precision, whatever the
/// network's; slots are stored in the network's. Two rules are equal if their names, numbers and slots are.
/// Accumulation, clipping, schedules, weight decay and the proximal step apply to it as to every rule.
[<Sealed>]
type CustomRule private (name: string, numbers: (string * float) list, slots: string list, change) =
    /// <param name="name">As people call it.</param>
    /// <param name="numbers">Its numbers, under their names: they are printed.</param>
    /// <param name="slots">The names of what it remembers.</param>
    /// <param name="change">From the step, the leaf (its values before the step), the gradient and the slots: what is
    /// added to the leaf, and the new slots in the same order, all as long as the leaf. It writes to no
    /// argument.</param>
    /// <exception cref="T:System.ArgumentException">A name is empty, or given twice; a slot's has a / in it, or is
    /// that of accumulated gradients.</exception>
    new
        (name: string, numbers: IEnumerable<struct (string * float)>, slots: IEnumerable<string>,
         change: Func<RuleStep, Parameter<float>, Vector<float>, IReadOnlyList<Vector<float>>,
                      struct (Vector<float> * IReadOnlyList<Vector<float>>)>) =
        ArgumentNullException.ThrowIfNull(numbers, nameof numbers)
        ArgumentNullException.ThrowIfNull(slots, nameof slots)
        ArgumentNullException.ThrowIfNull(change, nameof change)
        let numbers, slots = [ for struct (name, x) in numbers -> name, x ], List.ofSeq slots
        for of', names in [ nameof name, [ name ]; nameof numbers, List.map fst numbers; nameof slots, slots ] do
            if List.exists String.IsNullOrWhiteSpace names then invalidArg of' "a name must not be empty"
            if List.distinct names <> names then invalidArg of' "names must be different"
        // States are written as SLOT/LEAF, and accumulation has a slot of its own.
        if slots |> List.exists (fun slot -> slot.Contains '/' || slot = CustomRule.Gathered) then
            invalidArg (nameof slots) $"a slot's name must not have a / in it, nor be '{CustomRule.Gathered}'"
        CustomRule(name, numbers, slots, change)

    /// The slot of gradients that wait for others to make an update with.
    static member internal Gathered = "gathered gradient"

    /// As people call it.
    member _.Name = name
    member internal _.Numbers = numbers
    member internal _.Slots = Array.ofList slots
    member internal _.Change:
        Func<RuleStep, Parameter<float>, Vector<float>, IReadOnlyList<Vector<float>>,
             struct (Vector<float> * IReadOnlyList<Vector<float>>)> = change

    override _.Equals(other: obj) =
        match other with
        | :? CustomRule as other -> (name, numbers, slots) = (other.Name, other.Numbers, List.ofArray other.Slots)
        | _ -> false

    override _.GetHashCode() = hash (name, numbers, slots)
