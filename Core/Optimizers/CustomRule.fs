namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra

/// What a step depends on besides the leaf.
[<Struct; NoComparison>]
type RuleStep =
    { /// The learning rate of this step for this leaf: the optimizer's, or that of the leaf's group, times the
      /// schedule's factor.
      Rate: float
      /// Counted from 1.
      Number: int }

module internal Numbers =
    /// A name and numbers under their names, as in `Momentum (momentum 0.9)`; the name alone if there are none.
    let describe (name: string) (numbers: (string * float) list) : string =
        let numbers = [ for name, x in numbers -> $"{name} {string x}" ] |> String.concat ", "
        if numbers = "" then name else $"{name} ({numbers})"

/// What custom rules and custom transforms have in common: a name and numbers, the names of what is remembered of each
/// leaf from step to step (slots, zeros before the first step), and one pure function of a leaf, in double precision,
/// whatever the network's; slots are stored in the network's. Two are equal if their names, numbers and slots are.
[<AbstractClass>]
type CustomChange
    internal
    (name: string, numbers: IEnumerable<struct (string * float)>, slots: IEnumerable<string>,
     change: Func<RuleStep, Parameter<float>, Vector<float>, IReadOnlyList<Vector<float>>,
                  struct (Vector<float> * IReadOnlyList<Vector<float>>)>) =
    do
        ArgumentNullException.ThrowIfNull(numbers, nameof numbers)
        ArgumentNullException.ThrowIfNull(slots, nameof slots)
        ArgumentNullException.ThrowIfNull(change, nameof change)
    let numbers', slots' = [ for struct (name, x) in numbers -> name, x ], List.ofSeq slots
    do
        for of', names in [ nameof name, [ name ]; nameof numbers, List.map fst numbers'; nameof slots, slots' ] do
            if List.exists String.IsNullOrWhiteSpace names then invalidArg of' "a name must not be empty"
            if List.distinct names <> names then invalidArg of' "names must be different"
        // States are written as SLOT/LEAF.
        if slots' |> List.exists _.Contains('/') then
            invalidArg (nameof slots) "a slot's name must not have a / in it"

    /// Its display name.
    member _.Name = name
    member internal _.Numbers = numbers'
    member internal _.Slots = Array.ofList slots'
    member internal _.Change = change

    override this.Equals(other: obj) =
        match other with
        | :? CustomChange as other when other.GetType() = this.GetType() ->
            (name, numbers', slots') = (other.Name, other.Numbers, List.ofArray other.Slots)
        | _ -> false

    override _.GetHashCode() = hash (name, numbers', slots')

/// A custom update rule. Transforms and groups apply to it as to every rule.
[<Sealed>]
type CustomRule
    /// <param name="name">Its display name.</param>
    /// <param name="numbers">Its numbers, under their names: they are printed.</param>
    /// <param name="slots">The names of what it remembers.</param>
    /// <param name="change">From the step, the leaf (its values before the step), the gradient and the slots: what is
    /// added to the leaf, and the new slots in the same order, all as long as the leaf. It writes to no
    /// argument.</param>
    /// <exception cref="T:System.ArgumentException">A name is empty, or given twice; a slot's has a / in it.
    /// </exception>
    (name: string, numbers: IEnumerable<struct (string * float)>, slots: IEnumerable<string>,
     change: Func<RuleStep, Parameter<float>, Vector<float>, IReadOnlyList<Vector<float>>,
                  struct (Vector<float> * IReadOnlyList<Vector<float>>)>) =
    inherit CustomChange(name, numbers, slots, change)

/// A custom transform of the gradient before the rule or of the parameters after it.
[<Sealed>]
type CustomTransform
    /// <param name="name">Its display name.</param>
    /// <param name="numbers">Its numbers, under their names: they are printed.</param>
    /// <param name="slots">The names of what it remembers.</param>
    /// <param name="change">From the step, the leaf (its values before the step), the gradient and the slots: the new
    /// gradient, and the new slots in the same order, all as long as the leaf. After the rule it gets the leaf's values
    /// after the step in place of the gradient, and gives those that take their place. It writes to no
    /// argument.</param>
    /// <param name="afterRule">Whether it changes the parameters after the rule.</param>
    /// <exception cref="T:System.ArgumentException">A name is empty, or given twice; a slot's has a / in it.
    /// </exception>
    (name: string, numbers: IEnumerable<struct (string * float)>, slots: IEnumerable<string>,
     change: Func<RuleStep, Parameter<float>, Vector<float>, IReadOnlyList<Vector<float>>,
                  struct (Vector<float> * IReadOnlyList<Vector<float>>)>,
     [<Optional; DefaultParameterValue(false)>] afterRule: bool) =
    inherit CustomChange(name, numbers, slots, change)

    /// Whether it changes the parameters after the rule; otherwise the gradient before it.
    member _.AfterRule = afterRule

    override this.Equals(other: obj) =
        match other with
        | :? CustomTransform as other -> base.Equals other && afterRule = other.AfterRule
        | _ -> false

    override _.GetHashCode() = hash (base.GetHashCode(), afterRule)

namespace Functional.FSharp

open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Custom rules and transforms at work.
module internal CustomChange =
    let double<'T when Real<'T>> (x: 'T[]) : Vector<float> = Dense.vector (Array.map Real.toFloat x)
    let stored<'T when Real<'T>> (x: Vector<float>) : 'T[] = Array.init x.Count (fun i -> Real.number x[i])

    /// What it gives for a leaf: `kind` is what it is, `result` what it gives besides slots.
    /// Raises ArgumentException if something is missing or not as long as the leaf.
    let apply<'T when Real<'T>>
        (kind: string) (result: string) (custom: CustomChange) (step: RuleStep) (leaf: Parameter<'T>) (x: 'T[])
        (slots: 'T[][]) : struct (Vector<float> * 'T[][]) =
        let w = double (Dense.values leaf.Values)
        let leafNow = { Name = leaf.Name; Role = leaf.Role; Shape = leaf.Shape; Values = w }
        let struct (change, next) = custom.Change.Invoke(step, leafNow, double x, Array.map double slots)
        let refuse what = invalidArg kind $"the {kind} {custom.Name} gives {what}"
        let check what (x: Vector<float>) =
            if isNull (box x) then refuse $"no {what} of {leaf.Name}"
            if x.Count <> w.Count then refuse $"{x.Count} elements as the {what} of {leaf.Name}, which has {w.Count}"
        check result change
        let count = if isNull (box next) then 0 else next.Count
        if count <> slots.Length then refuse $"{count} slots of {leaf.Name}, not {slots.Length}"
        Seq.iter2 check custom.Slots next
        struct (change, [| for slot in next -> stored slot |])
