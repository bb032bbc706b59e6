namespace Functional

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra

/// A custom layer. It is immutable, and all its members are pure functions: no argument is written to, and the same
/// arguments give the same results. Matrices are features x samples, one column per sample.
type ILayer<'T when Real<'T>> =
    /// What kind of layer it is, in lower case. Networks number layers by it: `scale` is named `scale1`, `scale2`, ...
    abstract Name: string

    /// One line with everything that it depends on besides its parameters, as in `scale 10 (limit 3)`: part of a
    /// network's digest.
    abstract Description: string

    /// The number of input features; 0 if it takes any number and returns the same number.
    abstract Inputs: int

    /// The number of output features; 0 if it equals that of inputs.
    abstract Outputs: int

    /// What is trained and (leaves of role Statistic) what the layer remembers of the batches that it saw, as the
    /// running mean of batch norm; in a fixed order, under the layer's own names, as in `weight`; empty if there is
    /// none.
    abstract Parameters: IReadOnlyList<Parameter<'T>>

    /// The same layer with other parameters, in the order of `Parameters`.
    abstract WithParameters: parameters: IReadOnlyList<Parameter<'T>> -> ILayer<'T>

    /// y for x as in evaluation: nothing random, and every sample by itself.
    abstract Predict: x: Matrix<'T> -> Matrix<'T>

    /// y for x as in training, and the pullback: it takes dL/dy, and returns the gradient of each parameter (leaves
    /// like `Parameters`, in that order) and dL/dx. For a statistic it returns the value after this batch instead of a
    /// gradient. Whatever is random is a function of the key.
    abstract Forward:
        key: Key * x: Matrix<'T> ->
            struct (Matrix<'T> * Func<Matrix<'T>, struct (IReadOnlyList<Parameter<'T>> * Matrix<'T>)>)

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// How a layer of a user's own becomes one like the others.
module internal Custom =
    let faults (layer: ILayer<'T>) : string list =
        let names = layer.Parameters |> Seq.map _.Name |> Array.ofSeq
        [ if String.IsNullOrWhiteSpace layer.Name then "it needs a name"
          if layer.Inputs < 0 || layer.Outputs < 0 || (layer.Inputs = 0) <> (layer.Outputs = 0) then
              $"its numbers of inputs and outputs must both be above 0, or both 0 for any, \
                but are {layer.Inputs} and {layer.Outputs}"
          for name, same in Seq.countBy id names do
              if same > 1 then $"{same} of its parameters have the name '{name}'" ]

    let private named (name: string) (leaf: Parameter<'T>) = { leaf with Name = $"{name}.{leaf.Name}" }

    /// What is trained.
    let leaves (name: string) (layer: ILayer<'T>) : Parameter<'T> list =
        [ for leaf in layer.Parameters do if not (Parameter.isStatistic leaf) then named name leaf ]

    /// What is remembered.
    let statistics (name: string) (layer: ILayer<'T>) : Parameter<'T> list =
        [ for leaf in layer.Parameters do if Parameter.isStatistic leaf then named name leaf ]

    let private withChosen
        (isChosen: Parameter<'T> -> bool) (next: unit -> Parameter<'T>) (layer: ILayer<'T>) : ILayer<'T> =
        if not (Seq.exists isChosen layer.Parameters) then layer
        else
            layer.WithParameters
                [| for leaf in layer.Parameters do if isChosen leaf then { next () with Name = leaf.Name } else leaf |]

    let ofLeaves (next: unit -> Parameter<'T>) (layer: ILayer<'T>) : ILayer<'T> =
        withChosen (Parameter.isStatistic >> not) next layer

    let withStatistics (next: unit -> Parameter<'T>) (layer: ILayer<'T>) : ILayer<'T> =
        withChosen Parameter.isStatistic next layer

    /// Raises ArgumentException if y or dL/dx has another shape than it should, or a gradient is not like the
    /// parameters.
    let forward (name: string) (key: Key) (layer: ILayer<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * Pullback<'T, Parameter<'T> list>) =
        let check (what: string) rows (m: Matrix<'T>) =
            if m.RowCount <> rows || m.ColumnCount <> x.ColumnCount then
                invalidArg
                    (nameof layer)
                    $"{what} of {name} is {m.RowCount} x {m.ColumnCount}, not {rows} x {x.ColumnCount}"
        let struct (y, pullback) = layer.Forward(key, x)
        let outputs = if layer.Outputs > 0 then layer.Outputs else x.RowCount
        check "y" outputs y
        struct (y, fun dy ->
            Pullback.checkShape outputs x.ColumnCount dy
            let struct (gradient, dx) = pullback.Invoke dy
            check "dL/dx" x.RowCount dx
            let list (leaves: Parameter<'T> seq) = Parameters(Array.ofSeq leaves)
            Parameters.checkAlike $"the gradient of {name}" (list layer.Parameters) (list gradient)
            // Copies, because the network may add a penalty's gradient in place. A role is the layer's, whatever the
            // gradient says.
            let own (leaf: Parameter<'T>) (gradient: Parameter<'T>) =
                { named name leaf with Values = Dense.vector (gradient.Values.ToArray()) }
            struct (Seq.map2 own layer.Parameters gradient |> List.ofSeq, lazy dx))
