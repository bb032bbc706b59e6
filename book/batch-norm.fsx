// 6.3: batch normalization. Forward, backward step by step, and the running statistics.
//
//     dotnet build -c Release && dotnet fsi book/batch-norm.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// By hand, feature by feature: a row of x, its gamma and beta.
let epsilon = 1e-6
let forward (gamma: float) (beta: float) (x: Vector<float>) =
    let mean = x.Sum() / float x.Count
    let variance = (x - mean).PointwisePower(2.0).Sum() / float x.Count
    let deviation = sqrt (variance + epsilon)
    let z = (x - mean) / deviation
    let back (dy: Vector<float>) =
        let dBeta, dGamma = dy.Sum(), dy * z
        // Mean and deviation depend on x, too: what all samples share, and what moves along z, makes no change.
        dGamma, dBeta, gamma / deviation * (dy - dBeta / float x.Count - z * (dGamma / float x.Count))
    gamma * z + beta, mean, variance, back

// 3 features x 6 samples.
let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(3, 6, Key.normals 18 (Key.child 0 key))
let dy = Matrix<float>.Build.Dense(3, 6, Key.normals 18 (Key.child 1 key))
let gamma, beta = [ 1.5; 0.5; 2.0 ], [ 0.1; -0.2; 0.0 ]

let rows = [ for i in 0..2 -> forward gamma[i] beta[i] (x.Row i) ]
let y = Matrix.ofRowSeq [ for y, _, _, _ in rows -> y ]
let backs = [ for i, (_, _, _, back) in List.indexed rows -> back (dy.Row i) ]
let dx = Matrix.ofRowSeq [ for _, _, dx in backs -> dx ]

// Running statistics begin at 0 and keep nine tenths in each step.
let running = [ for _, mean, variance, _ in rows -> 0.1 * mean, 0.1 * variance ]
let evaluated =
    x.MapIndexed(fun i _ x -> gamma[i] * (x - fst running[i]) / sqrt (snd running[i] + epsilon) + beta[i])

// With the library: the batch's statistics come back with y, and `After` returns the layer with new running statistics.
let layer: BatchNorm<float> =
    { BatchNorm.create BatchNormConfiguration.Default 3 with
        Parameters = { Gamma = vector gamma; Beta = vector beta } }
let struct (ourY, seen, back) = BatchNorm.forward layer x
let struct (gradient, ourDx) = back dy

printfn $"y by hand\n{y}with the library\n{ourY}"
let difference =
    List.max
        [ (y - ourY).L2Norm()
          (dx - ourDx.Value).L2Norm()
          (vector [ for dGamma, _, _ in backs -> dGamma ] - gradient.Gamma).L2Norm()
          (vector [ for _, dBeta, _ in backs -> dBeta ] - gradient.Beta).L2Norm()
          (evaluated - BatchNorm.predict (layer.After seen) x).L2Norm() ]
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-10) then exit 1
