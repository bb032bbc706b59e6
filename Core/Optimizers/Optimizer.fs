namespace Functional

open System

/// How one step changes parameters. Each rule is its numbers; its arithmetic is one pass over a leaf.
type Rule =
    /// w - rate g. Source: Deep Learning from Scratch, 6.1.2.
    | GradientDescent of learningRate: float

/// An optimizer: a value that prints, compares and saves. What it remembers is in its state.
type Optimizer =
    { Rule: Rule }

    /// Stochastic gradient descent, w - rate g. Source: Deep Learning from Scratch, 6.1.2.
    static member Sgd(learningRate: float) = { Rule = GradientDescent learningRate }

    override optimizer.ToString() =
        match optimizer.Rule with
        | GradientDescent rate -> $"SGD (learning rate {string rate})"

/// What an optimizer remembers between steps.
[<NoComparison>]
type OptimizerState<'T when Real<'T>> =
    { /// Steps taken.
      Step: int
      /// What the rule keeps for each parameter: lists of leaves like the parameters, none for SGD.
      Slots: Parameters<'T>[] }

namespace Functional.FSharp

open System
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Optimizers work on parameters alone: the leaves of a network, or any vector to be minimized over.
[<RequireQualifiedAccess>]
module Optimizer =
    /// Everything wrong with the optimizer's numbers.
    let faults (optimizer: Optimizer) : string list =
        match optimizer.Rule with
        | GradientDescent rate ->
            [ if not (Double.IsFinite rate) || rate < 0.0 then
                  $"the learning rate must be finite and not negative, but is {rate}" ]

    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    let init (optimizer: Optimizer) (parameters: Parameters<'T>) : OptimizerState<'T> =
        match faults optimizer with
        | [] -> ignore parameters; { Step = 0; Slots = [||] }
        | found -> raise (ArgumentException(String.concat "\n" found))

    /// The parameters and the state after one step along the gradient.
    /// Raises ArgumentException if the gradient's leaves are not those of the parameters.
    let update (optimizer: Optimizer) (state: OptimizerState<'T>) (parameters: Parameters<'T>) (gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Parameters.checkAlike (nameof gradient) parameters gradient
        let updated =
            match optimizer.Rule with
            | GradientDescent rate ->
                let rate: Lanes<'T> = broadcast rate
                let leaf (w: Parameter<'T>) (g: Parameter<'T>) =
                    let values = map2 (fun w g -> w - rate * g) (Dense.values w.Values) (Dense.values g.Values)
                    { w with Values = Dense.vector values }
                Parameters(Array.map2 leaf parameters.Leaves gradient.Leaves)
        struct (updated, { state with Step = state.Step + 1 })
