namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Losses of numbers, an output at a time. Each is a mean over all outputs of all samples (as PyTorch and Keras have
/// it), in which a sample's part is multiplied by its factor, if there are any.
[<RequireQualifiedAccess>]
module internal Regression =
    /// The mean of the elements' losses, and the gradient in the outputs' shape.
    let private meanOf<'T when Real<'T>> (factors: float[]) (outputs: Matrix<'T>) (losses: 'T[]) (gradient: 'T[])
        : struct (float * Matrix<'T>) =
        if factors.Length > 0 then
            for i in 0 .. losses.Length - 1 do
                let factor: 'T = Real.number<'T, float> factors[i / outputs.RowCount]
                losses[i] <- losses[i] * factor
                gradient[i] <- gradient[i] * factor
        let total = Real.toFloat (Reductions.sum (ReadOnlySpan<'T> losses))
        struct (total / float losses.Length, Dense.matrix outputs.RowCount outputs.ColumnCount gradient)

    /// The mean of (y - t)^2; the gradient is 2 (y - t) / n over all n elements.
    let meanSquaredError<'T when Real<'T>> (factors: float[]) (outputs: Matrix<'T>) (targets: 'T[])
        : struct (float * Matrix<'T>) =
        let d = map2 (fun y t -> y - t) (Dense.elements outputs) targets
        let factor: Lanes<'T> = broadcast (2.0 / float d.Length)
        meanOf factors outputs (map (fun d -> d * d) d) (map (fun d -> factor * d) d)

    /// The mean of d^2 / 2 where |d| is at most delta, and of delta (|d| - delta / 2) beyond, d = y - t; the gradient
    /// is d / n, held between -delta / n and delta / n. Source: Huber (1964).
    let huber<'T when Real<'T>> (delta: float) (factors: float[]) (outputs: Matrix<'T>) (targets: 'T[])
        : struct (float * Matrix<'T>) =
        let d = map2 (fun y t -> y - t) (Dense.elements outputs) targets
        let most: Lanes<'T> = broadcast delta
        let half: Lanes<'T> = broadcast 0.5
        let share: Lanes<'T> = broadcast (1.0 / float d.Length)
        let loss (d: Lanes<'T>) : Lanes<'T> =
            // With a = min(|d|, delta) both branches are a (|d| - a / 2).
            let size: Lanes<'T> = Vector512.Abs d
            let held: Lanes<'T> = Vector512.Min(size, most)
            held * (size - half * held)
        meanOf factors outputs
            (map (fun d -> loss d) d)
            (map (fun d -> share * Vector512.Max(Vector512.Min(d, most), -most)) d)

    /// Each output is the logit x of a separate yes-or-no question: the mean of -(t log p + (1 - t) log(1 - p)),
    /// p = 1 / (1 + exp(-x)), computed as softplus(x) - t x; the gradient is (p - t) / n.
    let binaryCrossEntropy<'T when Real<'T>> (factors: float[]) (logits: Matrix<'T>) (targets: 'T[])
        : struct (float * Matrix<'T>) =
        let x = Dense.elements logits
        let share: Lanes<'T> = broadcast (1.0 / float x.Length)
        meanOf factors logits
            (map3 (fun x s t -> s - t * x) x (Exponentials.softplus x) targets)
            (map2 (fun p t -> share * (p - t)) (Exponentials.sigmoid x) targets)
