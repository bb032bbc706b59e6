/// Laws of metrics: against what they are by definition, computed plainly.
module Functional.Properties.MetricsLaws

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Properties.Law

/// Scores of a column per sample, and labels. Few different scores, so that ties are common.
let private answers (score: Gen<float>) : Arbitrary<Matrix<float> * int[]> =
    let generator =
        gen {
            let! classes, samples = Gen.zip (Gen.choose (2, 6)) (Gen.choose (1, 30))
            let! scores = Gen.arrayOfLength (classes * samples) score
            let! labels = Gen.arrayOfLength samples (Gen.choose (0, classes - 1))
            return Matrix<float>.Build.Dense(classes, samples, scores), labels
        }
    let shrink (scores: Matrix<float>, labels: int[]) =
        seq {
            if labels.Length > 1 then
                for j in 0 .. labels.Length - 1 -> scores.RemoveColumn j, Array.removeAt j labels
        }
    Arb.fromGenShrink (generator, shrink)

let private small = Gen.map float (Gen.choose (-3, 3))
let private numbers = answers small
let private withNaN = answers (Gen.frequency [ 30, small; 1, Gen.constant nan; 1, Gen.constant infinity ])

/// The classes from the largest score to the smallest, of equal ones the first first; none if a score is NaN.
let private ranking (scores: Vector<float>) : int list =
    if Seq.exists Double.IsNaN scores then [] else List.sortBy (fun i -> -scores[i], i) [ 0 .. scores.Count - 1 ]

let private predictions (scores: Matrix<float>) =
    [| for column in scores.EnumerateColumns() -> match ranking column with best :: _ -> best | [] -> -1 |]

let private close (a: float) (b: float) = abs (a - b) < 1e-12

let private divided (a: int) (b: int) = if b = 0 then 0.0 else float a / float b

/// Softmax of a column, plainly; the probability of the predicted class, 1 where it is no number.
let private probability (scores: Vector<float>) (label: int) =
    let most = Seq.max scores
    Math.Exp(scores[label] - most) / Seq.sumBy (fun s -> Math.Exp(s - most)) scores

let private confidence (scores: Vector<float>) =
    match ranking scores with
    | best :: _ when Double.IsFinite scores[best] -> probability scores best
    | _ -> 1.0

[<Tests>]
let laws =
    testList "metrics" [
        law "A class is the first of the largest scores, and NaN is none" withNaN <| fun (scores, _) ->
            Metrics.classes scores = predictions scores

        law "The best k are the first k of the ranking" withNaN <| fun (scores, labels) ->
            let share k =
                let among =
                    Seq.zip (scores.EnumerateColumns()) labels
                    |> Seq.filter (fun (s, label) -> ranking s |> List.truncate k |> List.contains label)
                float (Seq.length among) / float labels.Length
            let all = [ for k in 1 .. scores.RowCount -> Metrics.topK k scores labels ]
            let correct = Metrics.correct scores (Targets.Labels(ReadOnlyMemory labels))
            all = [ for k in 1 .. scores.RowCount -> share k ]
            && all = List.sort all
            && close all.Head (float correct / float labels.Length)

        law "A confusion matrix counts, and its sums are the samples" withNaN <| fun (scores, labels) ->
            let matrix, predicted = Metrics.confusion scores labels, predictions scores
            let count actual said = Seq.zip labels predicted |> Seq.filter ((=) (actual, said)) |> Seq.length
            let classes = [ 0 .. scores.RowCount - 1 ]
            let all f = List.forall f classes
            all (fun actual -> all (fun said -> matrix[actual, said] = count actual said))
            && all (fun actual -> matrix.Unanswered actual = count actual -1)
            && all (fun label -> matrix.Actual label = (labels |> Array.filter ((=) label)).Length)
            && all (fun label -> matrix.Predicted label = (predicted |> Array.filter ((=) label)).Length)
            && matrix.Samples = labels.Length
            && close matrix.Accuracy (Metrics.topK 1 scores labels)
            && matrix = Metrics.confusion scores labels && hash matrix = hash (Metrics.confusion scores labels)

        law "Precision, recall and F1 are what they are called" withNaN <| fun (scores, labels) ->
            let matrix, predicted = Metrics.confusion scores labels, predictions scores
            let pairs = Array.zip labels predicted
            let number f = pairs |> Array.filter f |> Array.length
            let classes = [ 0 .. scores.RowCount - 1 ]
            let precision c = divided (number ((=) (c, c))) (number (fun (_, said) -> said = c))
            let recall c = divided (number ((=) (c, c))) (number (fun (actual, _) -> actual = c))
            let f1 c =
                let p, r = precision c, recall c
                if p + r = 0.0 then 0.0 else 2.0 * p * r / (p + r)
            let occurs c = pairs |> Array.exists (fun (actual, said) -> actual = c || said = c)
            let present = List.filter occurs classes
            classes |> List.forall (fun c ->
                close (matrix.Precision c) (precision c)
                && close (matrix.Recall c) (recall c)
                && close (matrix.F1 c) (f1 c)
                && matrix.F1 c <= max (matrix.Precision c) (matrix.Recall c) + 1e-12
                && matrix.F1 c >= min (matrix.Precision c) (matrix.Recall c) - 1e-12)
            && close matrix.MacroPrecision (List.averageBy precision present)
            && close matrix.MacroRecall (List.averageBy recall present)
            && close matrix.MacroF1 (List.averageBy f1 present)

        law "Right answers have only ones" numbers <| fun (scores, labels) ->
            let right = Batch.oneHot<float> scores.RowCount labels
            let matrix = Metrics.confusion right labels
            matrix.Accuracy = 1.0 && matrix.MacroPrecision = 1.0 && matrix.MacroRecall = 1.0 && matrix.MacroF1 = 1.0
            && Metrics.topK 1 right labels = 1.0
            && Metrics.mostWrong 9 right labels = [||]

        let score = Gen.frequency [ 30, Gen.map (fun i -> float i / 7.0) (Gen.choose (-30, 30)); 1, Gen.constant nan ]
        law "The calibration error is the weighted gap of the bins" (answers score) <| fun (scores, labels) ->
            let answers =
                Seq.zip3 (scores.EnumerateColumns()) labels (predictions scores)
                |> Seq.map (fun (s, label, said) -> confidence s, said = label)
            let gaps =
                [ for bin in 1 .. 15 do
                    let within (p, _) = p > float (bin - 1) / 15.0 && p <= float bin / 15.0
                    let inside = answers |> Seq.filter within |> List.ofSeq
                    if not inside.IsEmpty then
                        let accuracy = inside |> List.averageBy (fun (_, right) -> if right then 1.0 else 0.0)
                        float inside.Length / float labels.Length * abs (accuracy - List.averageBy fst inside) ]
            // A single class has probability 1; a probability that is a bin's end to the last digit is not met
            // otherwise.
            abs (List.sum gaps - Metrics.calibrationError scores labels) < 1e-9

        testCase "Answers that are right as often as they say are calibrated, and sure guesses are not" <| fun () ->
            let samples = 20_000
            let u = Key.uniforms (2 * samples) (Key.ofSeed 1L)
            // Two classes; the first has this probability, and is right so often.
            let probability j = 0.02 + 0.96 * u[2 * j]
            let labels = Array.init samples (fun j -> if u[2 * j + 1] < probability j then 0 else 1)
            let logit j = Math.Log(probability j / (1.0 - probability j))
            let scores factor =
                Matrix<float>.Build.Dense(2, samples, fun i j -> if i = 1 then 0.0 else factor * logit j)
            Assert.InRange(Metrics.calibrationError (scores 1.0) labels, 0.0, 0.02)
            Assert.InRange(Metrics.calibrationError (scores 5.0) labels, 0.1, 0.4)
            let guessing = Matrix<float>.Build.Dense(2, samples, fun i _ -> if i = 0 then 50.0 else 0.0)
            let coins = Array.init samples (fun j -> j % 2)
            Assert.Equal(0.5, Metrics.calibrationError guessing coins, 1e-9)

        law "The most wrong answers are the surest of the wrong ones" withNaN <| fun (scores, labels) ->
            let expected =
                Seq.zip3 (scores.EnumerateColumns()) labels (predictions scores)
                |> Seq.mapi (fun j (s, label, said) -> j, label, said, confidence s)
                |> Seq.filter (fun (_, label, said, _) -> said <> label)
                |> Seq.sortBy (fun (j, _, _, p) -> -Math.Round(p, 9), j)
                |> List.ofSeq
            let found = Metrics.mostWrong labels.Length scores labels |> List.ofArray
            found.Length = expected.Length
            && found |> List.map _.Probability |> List.pairwise |> List.forall (fun (a, b) -> a >= b)
            && (List.sortBy _.Sample found, List.sortBy (fun (j, _, _, _) -> j) expected)
               ||> List.forall2 (fun answer (j, label, said, p) ->
                   (answer.Sample, answer.Label, answer.Predicted) = (j, label, said)
                   && abs (answer.Probability - p) < 1e-9)
            && Metrics.mostWrong 2 scores labels = Array.truncate 2 (Array.ofList found)

        law "The mean loss is the mean of the samples' surprise" numbers <| fun (scores, labels) ->
            let surprise = Seq.map2 (fun s label -> -Math.Log(probability s label)) (scores.EnumerateColumns()) labels
            abs (Seq.average surprise - Metrics.meanLoss (Loss.SoftmaxCrossEntropy()) scores labels) < 1e-9

        testCase "Labels that don't fit the scores are refused" <| fun () ->
            let scores = Matrix<float>.Build.Dense(3, 2)
            let refused (metric: unit -> unit) = Assert.Throws<ArgumentException> metric |> ignore
            for labels in [ [| 0 |]; [| 0; 3 |]; [| -1; 0 |]; [| 0; 1; 2 |] ] do
                refused (fun () -> Metrics.confusion scores labels |> ignore)
                refused (fun () -> Metrics.topK 1 scores labels |> ignore)
                refused (fun () -> Metrics.calibrationError scores labels |> ignore)
                refused (fun () -> Metrics.meanLoss (Loss.SoftmaxCrossEntropy()) scores labels |> ignore)
                refused (fun () -> Metrics.mostWrong 1 scores labels |> ignore)
            refused (fun () -> Metrics.topK 0 scores [ 0; 1 ] |> ignore)
            refused (fun () -> Metrics.topK 4 scores [ 0; 1 ] |> ignore)
            refused (fun () -> Metrics.mostWrong -1 scores [ 0; 1 ] |> ignore)
            let outside () = (Metrics.confusion scores [ 0; 1 ])[3, 0] |> ignore
            Assert.Throws<IndexOutOfRangeException> outside |> ignore
    ]
