namespace Functional

open System

/// Numbers of their own for some of the leaves, picked by name, by layer or by role. A value that prints and compares.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ParameterGroup =
    { /// A leaf's name (`affine1.weight`), or the beginning of it up to a dot: a layer's (`affine1`), a block's; `*`
      /// stands for anything (`*.bias`). Or a role: `weights`, `biases`, `scales` or `shifts`.
      Pattern: string
      /// The base rate in place of the optimizer's; null for the optimizer's. Leaves with 0 are frozen: they keep their
      /// bits, and nothing is computed for them.
      LearningRate: Nullable<float>
      /// The decoupled decay in place of the optimizer's, of all of these leaves, whatever their role; null for the
      /// optimizer's, which is of weights alone.
      WeightDecay: Nullable<float> }

    member private group.Display = string group
    override group.ToString() =
        let numbers =
            [ if group.LearningRate.HasValue then
                  if group.LearningRate.Value = 0.0 then "frozen"
                  else $"learning rate {string group.LearningRate.Value}"
              if group.WeightDecay.HasValue then $"weight decay {string group.WeightDecay.Value}" ]
        group.Pattern + " " + String.Join(" and ", numbers)

namespace Functional.FSharp

open System
open Functional

/// Which leaves a group has, and what follows for each leaf.
module internal ParameterGroup =
    let private roles =
        [ "weights", Role.Weight; "biases", Role.Bias; "scales", Role.Scale; "shifts", Role.Shift ]

    /// Whether a name goes on, from a place, with these parts of a pattern, and anything in front of each.
    let rec private hasParts (name: string) (at: int) (parts: string list) : bool =
        match parts with
        | [] -> true
        | [ last ] -> name.Length - at >= last.Length && name.EndsWith(last, StringComparison.Ordinal)
        | part :: rest ->
            match name.IndexOf(part, at, StringComparison.Ordinal) with
            | -1 -> false
            | found -> hasParts name (found + part.Length) rest

    let private isLike (pattern: string) (name: string) : bool =
        match List.ofArray (pattern.Split '*') with
        | first :: (_ :: _ as rest) ->
            name.StartsWith(first, StringComparison.Ordinal) && hasParts name first.Length rest
        | _ -> name = pattern

    /// Whether a pattern picks a leaf.
    let picks (pattern: string) (leaf: Parameter<'T>) : bool =
        match List.tryFind (fst >> (=) pattern) roles with
        | Some(_, role) -> leaf.Role = role
        | None -> isLike pattern leaf.Name || isLike (pattern + ".*") leaf.Name

    /// What is wrong with groups by themselves.
    let faults (groups: ParameterGroup list) : Fault list =
        let fault message = { Field = "Groups"; Message = message }
        [ for group in groups do
              if String.IsNullOrWhiteSpace group.Pattern then fault "a group needs a pattern of its leaves' names"
              for what, x in [ "the learning rate", group.LearningRate; "the weight decay", group.WeightDecay ] do
                  if x.HasValue then yield! Faults.ofRate $"{what} of {group.Pattern}" x.Value |> List.map fault
              if not (group.LearningRate.HasValue || group.WeightDecay.HasValue) then
                  fault $"the group {group.Pattern} sets neither a learning rate nor a weight decay"
          for pattern, same in List.groupBy _.Pattern groups do
              if same.Length > 1 then fault $"there are {same.Length} groups of {pattern}" ]

    /// Each leaf's base rate and decay: those of all leaves, and of weights, where no group says otherwise; of several
    /// groups the last one counts. Raises ArgumentException, naming the leaves, for a pattern that picks none.
    let numbers
        (rate: float) (decay: float) (groups: ParameterGroup list) (parameters: Parameters<'T>)
        : struct (float * float)[] =
        let numbers = Array.zeroCreate parameters.Count
        for i in 0 .. numbers.Length - 1 do
            let leaf = parameters.Leaves[i]
            numbers[i] <- struct (rate, if leaf.Role = Role.Weight then decay else 0.0)
        for group in groups do
            let mutable isAny = false
            for i in 0 .. numbers.Length - 1 do
                if picks group.Pattern parameters.Leaves[i] then
                    let struct (rate, decay) = numbers[i]
                    let or' (x: float) (own: Nullable<float>) = if own.HasValue then own.Value else x
                    numbers[i] <- struct (or' rate group.LearningRate, or' decay group.WeightDecay)
                    isAny <- true
            if not isAny then
                let names = parameters.Leaves |> Array.map _.Name |> String.concat ", "
                raise (ArgumentException $"no parameter is like '{group.Pattern}'; there are {names}")
        numbers
