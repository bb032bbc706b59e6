namespace Functional

/// What training makes small; it takes the network's raw outputs, so softmax can't be applied twice.
type Loss =
    /// For classes. The book's replays add their epsilon (1e-7) to the probability inside the logarithm; otherwise it is 0.
    | SoftmaxCrossEntropy of epsilon: float

    override loss.ToString() = match loss with SoftmaxCrossEntropy _ -> "softmax cross-entropy"

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

[<RequireQualifiedAccess>]
module Loss =
    /// What is wrong with it, if anything.
    let internal faults (loss: Loss) : string list =
        match loss with
        | SoftmaxCrossEntropy epsilon ->
            [ if not (System.Double.IsFinite epsilon) || epsilon < 0.0 then
                  $"the loss's epsilon must be finite and not negative, but is {epsilon}" ]

    /// Raises ArgumentException unless the targets fit scores of that many outputs.
    let internal check (outputs: int) (batch: Batch<'T>) =
        match batch.Targets with
        | Targets.Labels labels ->
            let labels = labels.Span
            for i in 0 .. labels.Length - 1 do
                if labels[i] >= outputs then
                    invalidArg "batch" $"sample {i} has label {labels[i]}, but the network tells only {outputs} classes apart"
        | Targets.Values t ->
            if t.RowCount <> outputs then
                invalidArg "batch" $"targets are {t.RowCount} x {t.ColumnCount}, but the network gives {outputs} outputs per sample"

    /// The mean loss of the samples, and its gradient with respect to the outputs (of the outputs' shape).
    let forward (loss: Loss) (outputs: Matrix<'T>) (targets: Targets<'T>) : struct (float * Matrix<'T>) =
        match loss with
        | SoftmaxCrossEntropy epsilon -> SoftmaxCrossEntropy.forward epsilon outputs targets
