namespace Functional.FSharp

open System
open System.Numerics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// How good a network's answers are.
[<RequireQualifiedAccess>]
module Metrics =
    /// Each sample's (column's) class: the first of the largest scores, or -1 if a score is NaN.
    let classes<'T when Real<'T>> (scores: Matrix<'T>) : int[] =
        let rows, elements = scores.RowCount, Dense.elements scores
        Array.init scores.ColumnCount (fun j ->
            let first = j * rows
            let mutable best, isNumber = first, true
            for i in first .. first + rows - 1 do
                if 'T.IsNaN(elements[i]) then isNumber <- false
                // F#'s > on a generic element is a slow call; the interface's own is an instruction.
                elif (elements[i] :> IComparable<'T>).CompareTo elements[best] > 0 then best <- i
            if isNumber then best - first else -1)

    /// How many samples' classes are their targets' (soft targets: the class of the largest).
    let correct (scores: Matrix<'T>) (targets: Targets<'T>) : int =
        let predicted = classes scores
        let labels = match targets with Targets.Labels labels -> labels | Targets.Values t -> ReadOnlyMemory(classes t)
        if predicted.Length <> labels.Length then
            invalidArg (nameof targets) $"{predicted.Length} samples of scores with {labels.Length} of targets"
        let mutable count = 0
        for i in 0 .. predicted.Length - 1 do
            if predicted[i] = labels.Span[i] then count <- count + 1
        count

    /// The share (0 to 1) of a batch's samples that the network classifies as their targets say.
    let accuracy (network: Network<'T>) (batch: Batch<'T>) : float =
        float (correct (Network.predict network batch.Inputs) batch.Targets) / float batch.Samples
