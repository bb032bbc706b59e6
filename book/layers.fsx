// 5.5 and 5.6: the layers. A layer is a function from x to y and its backward function.
//
//     dotnet build -c Release && dotnet fsi book/layers.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// By hand.
let relu (x: Matrix<float>) =
    let mask = x.Map(fun value -> if value > 0.0 then 1.0 else 0.0)
    x.PointwiseMultiply mask, (fun (dy: Matrix<float>) -> dy.PointwiseMultiply mask)

let sigmoid (x: Matrix<float>) =
    let y = x.Map(fun value -> 1.0 / (1.0 + exp -value))
    y, (fun (dy: Matrix<float>) -> dy.PointwiseMultiply(y.Map(fun y -> y * (1.0 - y))))

let affine (weight: Matrix<float>) (bias: Vector<float>) (x: Matrix<float>) =
    weight * x + Matrix.init bias.Count x.ColumnCount (fun row _ -> bias[row]),
    (fun (dy: Matrix<float>) -> dy * x.Transpose(), dy.RowSums(), weight.Transpose() * dy)

// The loss, and its gradient with respect to the scores: (y - t) / N, where t is 1 at the label.
let softmaxWithLoss (scores: Matrix<float>) (labels: int list) =
    let softmax (column: Vector<float>) =
        let exponentials = (column - column.Maximum()).PointwiseExp()
        exponentials / exponentials.Sum()
    let y = Matrix.ofColumnSeq (scores.EnumerateColumns() |> Seq.map softmax)
    List.averageBy (fun (sample, label) -> -log y[label, sample]) (List.indexed labels),
    y.MapIndexed(fun row sample y -> (y - (if row = labels[sample] then 1.0 else 0.0)) / float labels.Length)

// 3 features x 4 samples, one sample per column; 2 classes.
let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(3, 4, Key.normals 12 (Key.child 0 key))
let weight = Matrix<float>.Build.Dense(2, 3, Key.normals 6 (Key.child 1 key))
let bias = vector (Key.normals 2 (Key.child 2 key))
let labels = [ 0; 1; 1; 0 ]

let scores, affineBack = affine weight bias x
let loss, dScores = softmaxWithLoss scores labels
let dWeight, dBias, dx = affineBack dScores
let throughRelu = let y, back = relu scores in back y
let throughSigmoid = let y, back = sigmoid scores in back y

// With the library.
let struct (ourScores, ourAffineBack) = Affine.forward { Weight = weight; Bias = bias } x
let struct (ourLoss, ourDScores) =
    Loss.forward (Loss.SoftmaxCrossEntropy()) ourScores (Targets.Values(Batch.oneHot 2 labels))
let struct (gradient, ourDx) = ourAffineBack ourDScores
let through activation = let struct (y, back) = Activation.forward activation ourScores in back y

printfn $"loss by hand {loss:F6}, with the library {ourLoss:F6}"
printfn $"dL/dW by hand\n{dWeight}with the library\n{gradient.Weight}"
let difference =
    List.max
        [ abs (loss - ourLoss)
          (scores - ourScores).L2Norm()
          (throughRelu - through Activation.Relu).L2Norm()
          (throughSigmoid - through Activation.Sigmoid).L2Norm()
          (dWeight - gradient.Weight).L2Norm()
          (dBias - gradient.Bias).L2Norm()
          (dx - ourDx.Value).L2Norm() ]
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
