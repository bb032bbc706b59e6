namespace Functional

open System.Collections.Immutable

/// What an optimizer remembers of each parameter under one name, such as `velocity`.
[<NoComparison>]
type Slot<'T when Real<'T>> =
    { /// As in `velocity`.
      Name: string
      /// Leaves like those of the parameters.
      Values: Parameters<'T> }

/// What an optimizer remembers between updates. Plain data, whatever the rule.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type OptimizerState<'T when Real<'T>> =
    { /// Changes of the parameters so far: as many as steps, or fewer where gradients are accumulated.
      Updates: int
      /// Gradients gathered for the next update, where an optimizer takes several for one.
      Gathered: int
      /// The rule's, in its order, and then those of transforms: a gathered gradient, slow weights, the average. None
      /// for plain SGD.
      Slots: ImmutableArray<Slot<'T>> }

    member private state.Display = string state
    override state.ToString() =
        if state.Slots.IsDefaultOrEmpty then $"update {state.Updates}"
        else state.Slots |> Seq.map _.Name |> String.concat ", " |> sprintf "update %d: %s" state.Updates

namespace Functional.FSharp

open System
open System.Collections.Immutable
open Functional

/// Counts of steps.
module internal Steps =
    /// The count after one more step. Raises ArgumentException after 2,147,483,647, where it would be negative.
    let next (name: string) (count: int) : int =
        if uint count >= uint Int32.MaxValue then
            invalidArg name $"no step can follow step {count}: steps are counted from 0 to {Int32.MaxValue}. \
                              A new state with this network can go on."
        count + 1

/// A state as a flat list of named leaves and two counts, and back: what files need, whatever the rule is.
[<RequireQualifiedAccess>]
module OptimizerState =
    /// Slot names have no such character (`CustomChange` refuses it); parameter names may.
    let private separator = '/'

    /// All leaves of all slots, named `slot/parameter`, as in `velocity/affine1.weight`.
    let toLeaves (state: OptimizerState<'T>) : Parameters<'T> =
        Parameters [| for slot in state.Slots do
                          for leaf in slot.Values.Leaves do
                              { leaf with Name = $"{slot.Name}{separator}{leaf.Name}" } |]

    /// The state with these counts and the slots of `toLeaves`. (An optimizer without slots has no leaves.)
    /// Raises ArgumentException for a negative count or a leaf whose name has no slot.
    let ofLeaves (updates: int) (gathered: int) (leaves: Parameters<'T>) : OptimizerState<'T> =
        if updates < 0 || gathered < 0 then
            invalidArg (nameof updates) $"{updates} updates and {gathered} gradients can't be counts"
        let slotOf (leaf: Parameter<'T>) =
            match leaf.Name.IndexOf separator with
            | i when i > 0 -> leaf.Name[.. i - 1], { leaf with Name = leaf.Name[i + 1 ..] }
            | _ -> invalidArg (nameof leaves) $"'{leaf.Name}' is not a name of the form slot{separator}parameter"
        { Updates = updates
          Gathered = gathered
          Slots =
            leaves.Leaves
            |> Array.map slotOf
            |> Array.groupBy fst
            |> Array.map (fun (name, leaves) -> { Name = name; Values = Parameters.ofSeq (Seq.map snd leaves) })
            |> ImmutableArray.CreateRange }
