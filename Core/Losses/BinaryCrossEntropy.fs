namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Each output is the logit x of a yes-or-no question of its own.
[<RequireQualifiedAccess>]
module internal BinaryCrossEntropy =
    /// The mean over all n elements of -(t log p + (1 - t) log(1 - p)), p = 1 / (1 + exp(-x)), computed as
    /// softplus(x) - t x; the gradient is (p - t) / n.
    let forward<'T when Real<'T>> (logits: Matrix<'T>) (targets: 'T[]) : struct (float * Matrix<'T>) =
        let x = Dense.elements logits
        let losses = map3 (fun x s t -> s - t * x) x (Exponentials.softplus x) targets
        let share: Lanes<'T> = broadcast (1.0 / float x.Length)
        let gradient = map2 (fun p t -> share * (p - t)) (Exponentials.sigmoid x) targets
        let total = Real.toFloat (Reductions.sum (ReadOnlySpan<'T> losses))
        struct (total / float x.Length, Dense.matrix logits.RowCount logits.ColumnCount gradient)
