// 7.5: SimpleConvNet: convolution, ReLU, pooling, and two affine layers. Are its gradients right?
//
//     dotnet build -c Release && dotnet fsi book/simple-convnet.fsx

#load "../scripts/Functional.fsx"

open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// The book's network on images of 28 x 28 has 30 filters of 5 x 5 and 100 units. This one is small enough for
// central differences, which compute the loss twice for each parameter.
let key = Key.ofSeed 1L
let image = ImageShape.Of(1, 10, 10)
let x = Matrix<float>.Build.Dense(image.Size, 2, Key.uniforms (2 * image.Size) (Key.child 0 key))
let t: Matrix<float> = Batch.oneHot 4 [ 3; 1 ]

// By hand, from the library's layers: shapes follow from one another.
let affine inputs outputs key : ILayer<float> =
    Layer.affine
        { Weight = 0.1 * Matrix<float>.Build.Dense(outputs, inputs, Key.normals (outputs * inputs) key)
          Bias = Vector<float>.Build.Dense outputs }
let filters = ConvolutionShape.Of(image, filters = 3, kernel = 3)
let pooling = Pooling.Max(filters.Output, 2)
let layers: ILayer<float> list =
    [ Convolution.create<float> (Key.child 1 key) (Initializer.Normal 0.1) filters |> Layer.convolution
      Layer.activation Activation.Relu
      Layer.pooling pooling
      affine pooling.Output.Size 5 (Key.child 2 key)
      Layer.activation Activation.Relu
      affine 5 4 (Key.child 3 key) ]

// Forward, and from the loss back through the layers in reverse: the gradients of all parameters in order.
let gradient =
    let forward (x, stack) layer =
        let struct (y, back) = Layer.forward key layer x
        y, back :: stack
    let scores, stack = List.fold forward (x, []) layers
    let struct (_, dScores) = Loss.forward (Loss.SoftmaxCrossEntropy()) scores (Targets.Values t)
    let backward (dOut: Matrix<float>, gradients) back =
        let struct (leaves: IReadOnlyList<Parameter<float>>, dx: Lazy<Matrix<float>>) = back dOut
        dx.Value, [ for leaf in leaves -> leaf.Values ] @ gradients
    snd (List.fold backward (1.0 * dScores, []) stack)

// With the library: a network of the same layers, and backpropagation against central differences.
let network = Network.ofLayers layers
let batch = Batch.ofTargets x t
let ours = Network.gradient key network batch
let checks = Differences.check network batch

printfn $"{network}: loss {ours.Loss:F6}"
let agree =
    [ for byHand, leaf, check in Seq.zip3 gradient ours.Parameters checks do
          let difference = (byHand - leaf.Values).InfinityNorm()
          printfn $"{leaf.Name}: by hand %.1e{difference}, central differences %.1e{check.MeanAbsolute}"
          difference < 1e-12 && check.MeanAbsolute < 1e-8 ]
if List.contains false agree then exit 1
