namespace Functional

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional.Numerics

/// What a network's outputs should be, for each sample of a batch.
[<RequireQualifiedAccess; NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type Targets<'T when Real<'T>> =
    /// A class per sample, from 0.
    | Labels of ReadOnlyMemory<int>
    /// One column per sample: one-hot, a distribution over the classes, or any values.
    | Values of Matrix<'T>

    /// Labels, not copied.
    static member op_Implicit(labels: int[]) : Targets<'T> =
        Targets.Labels(ReadOnlyMemory(nullArgCheck (nameof labels) labels))

    /// A column per sample, not copied.
    static member op_Implicit(values: Matrix<'T>) : Targets<'T> = Targets.Values(nullArgCheck (nameof values) values)

    member private targets.Display = string targets
    override targets.ToString() =
        match targets with
        | Labels labels ->
            let shown = labels.Span.Slice(0, min 10 labels.Length).ToArray() |> Array.map string |> String.concat "; "
            let more = if labels.Length > 10 then "; ..." else ""
            $"labels [{shown}{more}]"
        | Values values -> $"targets {values.RowCount} x {values.ColumnCount}"

/// Samples, one per column, with their targets. Immutable: what it is made of is copied, and so is what it hands out.
[<Sealed; StructuredFormatDisplay("{Display}")>]
type Batch<'T when Real<'T>> internal (inputs: Matrix<'T>, targets: Targets<'T>, weights: ReadOnlyMemory<float>) =
    internal new(inputs, targets) = Batch(inputs, targets, ReadOnlyMemory.Empty)
    member internal _.X = inputs
    member internal _.T = targets
    /// features x samples: a copy.
    member _.Inputs: Matrix<'T> = inputs.Clone()
    /// A label or a column for each sample: a copy.
    member _.Targets: Targets<'T> =
        match targets with
        | Targets.Labels labels -> Targets.Labels(ReadOnlyMemory(labels.ToArray()))
        | Targets.Values values -> Targets.Values(values.Clone())
    /// How much each sample counts in the loss, which is the weighted mean; empty if all count the same.
    member _.Weights = weights
    /// Rows of the inputs.
    member _.Features = inputs.RowCount
    /// Columns of the inputs.
    member _.Samples = inputs.ColumnCount
    member private batch.Display = string batch
    override batch.ToString() = $"{batch.Samples} samples of {batch.Features} features"

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Samples, one per column, with their targets.
[<RequireQualifiedAccess>]
module Batch =
    let private checkCount (samples: int) (count: int) (what: string) (inputs: Matrix<'T>) =
        if samples = 0 then invalidArg "inputs" "a batch needs at least one sample"
        if count <> samples then
            let hint =
                if count = inputs.RowCount then "; samples are columns here: for samples in rows use Batch.OfRows"
                else ""
            invalidArg "inputs" $"{samples} samples (inputs are {inputs.RowCount} x {inputs.ColumnCount}) \
                                  with {count} {what}{hint}"

    let private check (inputs: Matrix<'T>) (targets: Targets<'T>) =
        match targets with
        | Targets.Labels labels ->
            checkCount inputs.ColumnCount labels.Length "labels" inputs
            let labels = labels.Span
            for i in 0 .. labels.Length - 1 do
                if labels[i] < 0 then
                    invalidArg (nameof labels) $"sample {i} has label {labels[i]}; classes are counted from 0"
        | Targets.Values values -> checkCount inputs.ColumnCount values.ColumnCount "columns of targets" inputs

    let internal ofFresh (inputs: Matrix<'T>) (labels: int[]) : Batch<'T> =
        Batch(inputs, Targets.Labels(ReadOnlyMemory labels))

    /// Of inputs (features x samples, one column per sample) and a label per sample.
    /// Raises ArgumentException if there are none, their numbers differ or a label is negative.
    let ofLabels (inputs: Matrix<'T>) (labels: int seq) : Batch<'T> =
        let labels = Array.ofSeq (given (nameof labels) labels)
        check (given (nameof inputs) inputs) (Targets.Labels(ReadOnlyMemory labels))
        ofFresh (Dense.copy inputs) labels

    /// Of inputs (features x samples) and targets (outputs x samples), one column per sample.
    /// Raises ArgumentException if there are none or their numbers of columns differ.
    let ofTargets (inputs: Matrix<'T>) (targets: Matrix<'T>) : Batch<'T> =
        check (given (nameof inputs) inputs) (Targets.Values(given (nameof targets) targets))
        Batch(Dense.copy inputs, Targets.Values(Dense.copy targets))

    /// Like `ofLabels` and `ofTargets`, without a copy: the caller hands inputs and targets over, and must not write to
    /// them later. Raises ArgumentException as those do.
    let adopt (inputs: Matrix<'T>) (targets: Targets<'T>) : Batch<'T> =
        check (given (nameof inputs) inputs) targets
        Batch(inputs, targets)

    /// The same samples, whose losses count as much as these weights say: the loss of the batch is
    /// sum w loss / sum w. With all weights 1 it is the same, to the last bit; a weight of 2 is the sample twice.
    /// (Batch normalization's means and variances don't look at weights.)
    /// Raises ArgumentException if their number differs from the samples', or they are not finite numbers from 0 on.
    let weighted (weights: float seq) (batch: Batch<'T>) : Batch<'T> =
        let weights = Array.ofSeq (given (nameof weights) weights)
        if weights.Length <> batch.Samples then
            invalidArg (nameof weights) $"{batch.Samples} samples with {weights.Length} weights"
        match weights |> Array.tryFindIndex (fun weight -> not (weight >= 0.0 && Double.IsFinite weight)) with
        | Some i ->
            invalidArg (nameof weights) $"sample {i} has weight {weights[i]}; weights are finite numbers from 0 on"
        | None -> Batch(batch.X, batch.T, ReadOnlyMemory weights)

    /// Of inputs with one sample per row, and a label per sample: what most files hold.
    let ofRows (rows: Matrix<'T>) (labels: int seq) : Batch<'T> =
        let labels = Array.ofSeq (given (nameof labels) labels)
        if labels.Length <> (given (nameof rows) rows).RowCount && labels.Length = rows.ColumnCount then
            invalidArg (nameof rows) $"rows are {rows.RowCount} x {rows.ColumnCount} with {labels.Length} labels: \
                                       these samples seem to be columns, which Batch.Of takes"
        ofLabels (rows.Transpose()) labels

    /// classes x samples: 1 at each sample's label, 0 elsewhere. Raises ArgumentException for a label outside 0 ..
    /// classes - 1.
    let oneHot<'T when Real<'T>> (classes: int) (labels: int seq) : Matrix<'T> =
        let labels = Array.ofSeq (given (nameof labels) labels)
        let elements = Array.zeroCreate (classes * labels.Length)
        labels |> Array.iteri (fun i label ->
            if label < 0 || label >= classes then
                invalidArg (nameof labels) $"sample {i} has label {label}, but there are {classes} classes"
            elements[i * classes + label] <- 'T.One)
        Dense.matrix classes labels.Length elements
