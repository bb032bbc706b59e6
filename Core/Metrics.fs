namespace Functional

/// A sample that was answered wrongly, and how sure the answer was.
type WrongAnswer =
    { /// The sample's place among those asked for, from 0.
      Sample: int
      /// What it is.
      Label: int
      /// What it was taken for, or -1 if a score was NaN.
      Predicted: int
      /// The probability that was given to that, by softmax; 1 if it is no number.
      Probability: float }

namespace Functional.FSharp

open System
open System.Numerics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Metrics of a network's predictions. Scores are classes x samples, as the network returns them; a single row is the
/// logits of class 1 against class 0, as binary cross-entropy takes them. A sample with a score that is NaN counts as
/// answered wrongly; among equal scores the first class counts as the largest.
[<RequireQualifiedAccess>]
module Metrics =
    /// F#'s > on a generic element is a slow call; the interface's own is an instruction.
    let inline private above (a: 'T) (b: 'T) = (a :> IComparable<'T>).CompareTo b > 0

    /// A score per class: of a single row of logits, class 0 scores 0 (softmax over both is the sigmoid of the logit).
    let private perClass<'T when Real<'T>> (scores: Matrix<'T>) : Matrix<'T> =
        if (given (nameof scores) scores).RowCount <> 1 then scores
        else
            let logits = Dense.elements scores
            let at i = if i % 2 = 0 then 'T.Zero else logits[i / 2]
            Dense.matrix 2 scores.ColumnCount (Array.init (2 * logits.Length) at)

    /// The probabilities of the classes, a column per sample: the softmax of the scores. A single row stays one, of
    /// ones: `probabilities` takes it for logits.
    let softmax (scores: Matrix<'T>) : Matrix<'T> = SoftmaxCrossEntropy.softmax (given (nameof scores) scores)

    /// The probabilities of the classes, a column per sample: the softmax of the scores or, for a single row of logits
    /// x, 1 - p and p with p = 1 / (1 + exp(-x)).
    let probabilities (scores: Matrix<'T>) : Matrix<'T> = SoftmaxCrossEntropy.softmax (perClass scores)

    /// Each sample's (column's) class: the first of the largest scores, or -1 if a score is NaN. Of a single row of
    /// logits, class 1 where the logit is above 0.
    let classes<'T when Real<'T>> (scores: Matrix<'T>) : int[] =
        let scores = perClass scores
        let rows, elements = scores.RowCount, Dense.elements scores
        Array.init scores.ColumnCount (fun j ->
            let first = j * rows
            let mutable best, isNumber = first, true
            for i in first .. first + rows - 1 do
                if 'T.IsNaN(elements[i]) then isNumber <- false
                elif above elements[i] elements[best] then best <- i
            if isNumber then best - first else -1)

    /// The threshold of a target, which is a probability; a logit's is 0.
    let private half<'T when Real<'T>> : 'T = Real.number<'T, float> 0.5

    /// Each sample's class, of soft targets the class of the largest; of a single row, class 1 where the target is
    /// above 1/2.
    let labels (targets: Targets<'T>) : int[] =
        match targets with
        | Targets.Labels labels -> labels.ToArray()
        | Targets.Values values -> classes (if values.RowCount = 1 then values.Subtract half<'T> else values)

    let private checkCount (scores: int) (targets: int) =
        if scores <> targets then invalidArg "targets" $"{scores} samples of scores with {targets} of targets"

    /// How many samples' classes are their targets' (soft targets: the class of the largest).
    let correct (scores: Matrix<'T>) (targets: Targets<'T>) : int =
        let predicted, labels = classes scores, labels targets
        checkCount predicted.Length labels.Length
        let mutable count = 0
        for i in 0 .. predicted.Length - 1 do
            if predicted[i] = labels[i] && labels[i] >= 0 then count <- count + 1
        count

    /// How many samples have every question answered as the target says: yes where the logit is above 0.
    let private allCorrect<'T when Real<'T>> (logits: Matrix<'T>) (targets: Matrix<'T>) : int =
        checkCount logits.ColumnCount targets.ColumnCount
        let x, t, half = Dense.elements logits, Dense.elements targets, half<'T>
        let right i = not ('T.IsNaN x[i] || 'T.IsNaN t[i]) && above x[i] 'T.Zero = above t[i] half
        let sample j = Seq.forall right (seq { j * logits.RowCount .. (j + 1) * logits.RowCount - 1 })
        Seq.length (Seq.filter sample (seq { 0 .. logits.ColumnCount - 1 }))

    /// How many samples are right as the loss reads scores and targets. Raises ArgumentException for a regression.
    let internal correctBy (loss: Loss) (scores: Matrix<'T>) (targets: Targets<'T>) : int =
        match loss.Function, targets with
        | regression, Targets.Labels _ when regression.IsRegression && scores.RowCount > 1 -> correct scores targets
        | regression, _ when regression.IsRegression ->
            invalidArg "network" $"a regression has no accuracy: with {loss} the network gives numbers, not classes, \
                                   and its loss says how far off they are"
        | LossFunction.BinaryCrossEntropy, Targets.Values values when scores.RowCount > 1 -> allCorrect scores values
        | _ -> correct scores targets

    /// How many of a batch's samples the network classifies as their targets say: by the largest score; by the sign of
    /// a single logit; with binary cross-entropy of several outputs and a matrix of targets, those of which every
    /// question is answered rightly. Raises ArgumentException if the batch's features or targets don't fit the network,
    /// and for a regression (mean squared error or Huber's loss, unless labels say that several outputs are classes).
    let correctOf (network: Network<'T>) (batch: Batch<'T>) : int =
        let scores = Network.predict network batch.X
        Loss.check network.Loss network.Outputs batch.Samples batch.T
        correctBy network.Loss scores batch.T

    /// The share (0 to 1) of a batch's samples that the network classifies as their targets say: `correctOf` says how.
    /// Raises ArgumentException as that does.
    let accuracy (network: Network<'T>) (batch: Batch<'T>) : float =
        float (correctOf network batch) / float batch.Samples

    /// The labels as an array. Raises ArgumentException unless there is one out of the scores' classes for each sample.
    let private checkedLabels (scores: Matrix<'T>) (labels: int seq) : int[] =
        let labels = Array.ofSeq (given (nameof labels) labels)
        if labels.Length <> (given (nameof scores) scores).ColumnCount then
            invalidArg (nameof labels) $"{scores.ColumnCount} samples of scores with {labels.Length} labels"
        for i in 0 .. labels.Length - 1 do
            if uint labels[i] >= uint (max 2 scores.RowCount) then
                invalidArg
                    (nameof labels)
                    $"sample {i} has label {labels[i]}, but there are {max 2 scores.RowCount} classes"
        labels

    /// The share (0 to 1) of the samples whose label is among the k classes with the largest scores.
    /// Raises ArgumentException if k is not 1 to the number of classes, or the labels don't fit the scores.
    let topK<'T when Real<'T>> (k: int) (scores: Matrix<'T>) (labels: int seq) : float =
        let labels, scores = checkedLabels scores labels, perClass scores
        let rows, elements = scores.RowCount, Dense.elements scores
        if k < 1 || k > rows then invalidArg (nameof k) $"the {k} best of {rows} classes can't be taken"
        let isAmong j label =
            let own: 'T = elements[j * rows + label]
            let mutable before, isNumber = 0, true
            for i in 0 .. rows - 1 do
                let other = elements[j * rows + i]
                if 'T.IsNaN other then isNumber <- false
                elif above other own || (i < label && not (above own other)) then before <- before + 1
            isNumber && before < k
        let among = labels |> Seq.indexed |> Seq.filter (fun (j, label) -> isAmong j label) |> Seq.length
        float among / float labels.Length

    /// How many samples of each class were taken for each class.
    /// Raises ArgumentException if the labels don't fit the scores.
    let confusion (scores: Matrix<'T>) (labels: int seq) : ConfusionMatrix =
        let labels, count = checkedLabels scores labels, max 2 scores.RowCount
        let counts, unanswered = Array.zeroCreate (count * count), Array.zeroCreate count
        for label, predicted in Array.zip labels (classes scores) do
            if predicted < 0 then unanswered[label] <- unanswered[label] + 1
            else counts[label * count + predicted] <- counts[label * count + predicted] + 1
        ConfusionMatrix(count, counts, unanswered)

    /// Each sample's class and its probability: 1 if that is no number, as with NaN or infinite scores.
    let private answers (scores: Matrix<'T>) : struct (int * float)[] =
        let probabilities = probabilities scores
        classes scores |> Array.mapi (fun j predicted ->
            let probability = if predicted < 0 then nan else Real.toFloat probabilities[predicted, j]
            struct (predicted, if Double.IsNaN probability then 1.0 else probability))

    let private bins = 15

    /// The expected calibration error, 0 to 1: samples go into 15 bins of equal width by the probability of their
    /// predicted class; of each bin, the difference between its accuracy and its mean probability, weighted by its
    /// share of the samples. Raises ArgumentException if the labels don't fit the scores.
    /// Source: Guo et al., On Calibration of Modern Neural Networks (2017).
    let calibrationError (scores: Matrix<'T>) (labels: int seq) : float =
        let labels = checkedLabels scores labels
        // Of each bin, the sum of (correct - probability), whose absolute value is what the bin adds.
        let differences = Array.zeroCreate<float> bins
        for label, struct (predicted, probability) in Array.zip labels (answers scores) do
            // Bins contain their upper ends.
            let bin = max 0 (int (ceil (probability * float bins)) - 1) |> min (bins - 1)
            differences[bin] <- differences[bin] + (if predicted = label then 1.0 else 0.0) - probability
        Array.sumBy abs differences / float labels.Length

    /// The mean over the samples of the loss of scores. Raises ArgumentException if the labels don't fit them.
    let meanLoss (loss: Loss) (scores: Matrix<'T>) (labels: int seq) : float =
        let struct (mean, _) = Loss.forward loss scores (Targets.Labels(ReadOnlyMemory(checkedLabels scores labels)))
        mean

    /// Up to `count` of the wrong answers, the surest first (of equally sure ones, the first sample's).
    /// Raises ArgumentException if the count is negative or the labels don't fit the scores.
    let mostWrong (count: int) (scores: Matrix<'T>) (labels: int seq) : WrongAnswer[] =
        if count < 0 then invalidArg (nameof count) $"{count} answers can't be taken"
        let labels = checkedLabels scores labels
        Array.zip labels (answers scores)
        |> Array.mapi (fun j (label, struct (predicted, probability)) ->
            { Sample = j; Label = label; Predicted = predicted; Probability = probability })
        |> Array.filter (fun answer -> answer.Predicted <> answer.Label)
        |> Array.sortBy (fun answer -> -answer.Probability, answer.Sample)
        |> Array.truncate count
