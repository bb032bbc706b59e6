namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Softmax and cross-entropy in one, on raw scores: L = -mean over samples of sum t log y, y = softmax(scores).
/// Source: Deep Learning from Scratch, 4.2.4 and 5.6.3; computed by log-sum-exp.
[<RequireQualifiedAccess>]
module internal SoftmaxCrossEntropy =
    /// exp(scores - largest), and each column's largest score and sum of exponentials.
    let private exponentials<'T when Real<'T>> (scores: Matrix<'T>) : struct ('T[] * 'T[] * 'T[]) =
        let classes, samples, scores = scores.RowCount, scores.ColumnCount, Dense.elements scores
        let shifted, largest = Dense.fresh scores.Length, Dense.fresh samples
        for j in 0 .. samples - 1 do
            let mutable most = scores[j * classes]
            for i in j * classes + 1 .. (j + 1) * classes - 1 do most <- 'T.Max(most, scores[i])
            for i in j * classes .. (j + 1) * classes - 1 do shifted[i] <- scores[i] - most
            largest[j] <- most
        let e = Exponentials.exp shifted
        struct (e, largest, Array.init samples (fun j -> Reductions.sum (ReadOnlySpan(e, j * classes, classes))))

    let private logProbability<'T when Real<'T>>
        (epsilon: float) (score: 'T) (logSum: float) (probability: 'T) : float =
        if epsilon > 0.0 then Elementary.log (Real.toFloat probability + epsilon) else Real.toFloat score - logSum

    /// The probabilities of the classes, a column per sample.
    let softmax (scores: Matrix<'T>) : Matrix<'T> =
        let struct (e, _, sums) = exponentials scores
        for i in 0 .. e.Length - 1 do e[i] <- e[i] / sums[i / scores.RowCount]
        Dense.matrix scores.RowCount scores.ColumnCount e

    /// The mean loss of the samples, and its gradient (y - t) / N with respect to the scores.
    /// With the book's epsilon above 0 the loss is -mean(sum t log(y + epsilon)); the gradient is the same.
    /// Each sample's part in both is multiplied by its factor, if there are any.
    /// Scores and targets are classes x samples; `Loss.forward` has checked that they fit.
    let forward<'T when Real<'T>>
        (epsilon: float) (scores: Matrix<'T>) (targets: Targets<'T>) (factors: float[])
        : struct (float * Matrix<'T>) =
        let classes, samples = scores.RowCount, scores.ColumnCount
        let x: 'T[] = Dense.elements scores
        let struct (y: 'T[], largest: 'T[], sums: 'T[]) = exponentials scores
        let equal: 'T = 'T.One / Real.number<'T, float> (float samples)
        let mutable loss = 0.0
        for j in 0 .. samples - 1 do
            let first = j * classes
            let logSum = Real.toFloat largest[j] + Elementary.log (Real.toFloat sums[j])
            let weight = if factors.Length = 0 then 1.0 else factors[j]
            let share: 'T = equal * Real.number<'T, float> weight
            match targets with
            | Targets.Labels labels ->
                let label = first + labels.Span[j]
                loss <- loss - weight * logProbability epsilon x[label] logSum (y[label] / sums[j])
                let factor: 'T = share / sums[j]
                for i in first .. first + classes - 1 do y[i] <- y[i] * factor
                y[label] <- y[label] - share
            | Targets.Values t ->
                let t: 'T[] = Dense.elements t
                for i in first .. first + classes - 1 do
                    if not ('T.IsZero(t[i])) then
                        let logarithm = logProbability epsilon x[i] logSum (y[i] / sums[j])
                        loss <- loss - weight * Real.toFloat t[i] * logarithm
                // The derivative of -sum t log y is y sum t - t, and the sum of a distribution is 1.
                let total: 'T = Reductions.sum (ReadOnlySpan<'T>(t, first, classes))
                let factor: 'T = total / sums[j]
                for i in first .. first + classes - 1 do
                    let scaled: 'T = y[i] * factor
                    let difference: 'T = scaled - t[i]
                    y[i] <- difference * share
        struct (loss / float samples, Dense.matrix classes samples y)
