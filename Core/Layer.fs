namespace Functional.FSharp

open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional

/// Layers, to build networks of. A layer is a value with the members of `ILayer`, whoever wrote it.
[<RequireQualifiedAccess>]
module Layer =
    /// y = W x + b.
    let affine (layer: Affine<'T>) : ILayer<'T> = layer

    /// An elementwise nonlinear function.
    let activation<'T when Real<'T>> (activation: Activation) : ILayer<'T> =
        ({ Activation = activation }: ActivationLayer<'T>)

    /// Batch norm in the book's form: momentum 0.9, epsilon 1e-6. (`BatchNorm.create` takes others.)
    let batchNorm<'T when Real<'T>> (units: int) : ILayer<'T> =
        BatchNorm.create<'T> BatchNormConfiguration.Default units

    /// Layer norm with epsilon 1e-5. (`LayerNorm.create` takes others.)
    let layerNorm<'T when Real<'T>> (units: int) : ILayer<'T> = LayerNorm.create<'T> 1e-5 units

    /// Root mean square norm with epsilon 1e-6. (`RmsNorm.create` takes others.)
    let rmsNorm<'T when Real<'T>> (units: int) : ILayer<'T> = RmsNorm.create<'T> 1e-6 units

    /// Dropout in either form, as in `Layer.ofDropout { Ratio = 0.2; Form = DropoutForm.Book }`.
    let ofDropout<'T when Real<'T>> (dropout: Dropout) : ILayer<'T> = ({ Dropout = dropout }: DropoutLayer<'T>)

    /// Inverted dropout of this fraction of the elements.
    let dropout<'T when Real<'T>> (ratio: float) : ILayer<'T> =
        ofDropout { Ratio = ratio; Form = DropoutForm.Inverted }

    /// The largest element, or the mean, of windows of an image, as in `Layer.pooling (Pooling.Max(image, 2))`.
    let pooling<'T when Real<'T>> (pooling: Pooling) : ILayer<'T> = ({ Pooling = pooling }: PoolingLayer<'T>)

    /// Filters that slide over an image. (`Convolution.create` draws them.)
    let convolution (layer: Convolution<'T>) : ILayer<'T> = layer

    /// Batch norm of images by channel, in the book's form. (`ChannelBatchNorm.create` takes others.)
    let channelBatchNorm<'T when Real<'T>> (image: ImageShape) : ILayer<'T> =
        ChannelBatchNorm.create<'T> BatchNormConfiguration.Default image

    /// Inverted dropout of this fraction of the channels of each image.
    let channelDropout<'T when Real<'T>> (ratio: float) (image: ImageShape) : ILayer<'T> =
        ({ Image = image; Dropout = { Ratio = ratio; Form = DropoutForm.Inverted } }: ChannelDropout<'T>)

    /// Layers one after the other as one layer; without any, the identity.
    let chain (layers: ILayer<'T> seq) : ILayer<'T> = Chain layers

    /// x + f(x), f being these layers one after the other.
    let residual (layers: ILayer<'T> seq) : ILayer<'T> = Residual layers

    /// Layers that all take x, their outputs joined.
    let parallel' (join: Join) (layers: ILayer<'T> seq) : ILayer<'T> = Parallel(join, layers)

    /// Layers one after the other, some of whose leaves are the same. Raises ArgumentException if they can't be.
    let tied (ties: Tie seq) (layers: ILayer<'T> seq) : ILayer<'T> = Tied(layers, ties)

    /// y for x (both features x samples), as in evaluation: nothing random, nothing learned.
    let predict (layer: ILayer<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y for x as in training, and the pullback to the gradient of the layer's leaves and dL/dx.
    let forward (key: Key) (layer: ILayer<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * Pullback<'T, IReadOnlyList<Parameter<'T>>>) =
        Pullback.ofFunc (layer.Forward(x, key))

    /// A layer that shares nothing with its maker's matrices.
    let internal copy (layer: ILayer<'T>) : ILayer<'T> =
        let copies = Parameters.copies layer.Parameters
        if copies.Length = 0 then layer else layer.WithParameters copies

namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Layers, to build networks of: built in, of layers, or custom.
[<AbstractClass; Sealed>]
type Layer =
    /// y = W x + b: weight is outputs x inputs, bias has an element per output.
    static member Affine(weight: Matrix<'T>, bias: Vector<'T>) : ILayer<'T> =
        Layer.affine { Weight = given "weight" weight; Bias = given "bias" bias }

    /// An elementwise nonlinear function.
    static member Of<'T when Real<'T>>(activation: Activation) : ILayer<'T> =
        Layer.activation (given "activation" activation)

    /// <summary>Batch normalization of this many features; the momentum is the weight of the old running
    /// statistics.</summary>
    /// <example><code>var layer = Layer.BatchNorm&lt;float>(50);</code></example>
    static member BatchNorm<'T when Real<'T>>
        (units: int, [<Optional; DefaultParameterValue(0.9)>] momentum: float,
         [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) : ILayer<'T> =
        BatchNorm.create<'T> { Momentum = momentum; Epsilon = epsilon } units

    /// Layer normalization of this many features.
    static member LayerNorm<'T when Real<'T>>
        (units: int, [<Optional; DefaultParameterValue(1e-5)>] epsilon: float) : ILayer<'T> =
        LayerNorm.create<'T> epsilon units

    /// Root mean square normalization of this many features.
    static member RmsNorm<'T when Real<'T>>
        (units: int, [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) : ILayer<'T> =
        RmsNorm.create<'T> epsilon units

    /// Dropout: in training, sets this fraction (0 to below 1) of the elements to 0 at random.
    static member Dropout<'T when Real<'T>>
        (ratio: float, [<Optional; DefaultParameterValue(DropoutForm.Inverted)>] form: DropoutForm) : ILayer<'T> =
        Layer.ofDropout { Ratio = ratio; Form = form }

    /// <summary>Filters that slide over an image, with biases of 0.</summary>
    /// <example><code>
    /// var layer = Layer.Convolution&lt;float>(
    ///     ConvolutionShape.Of(ImageShape.Of(1, 28, 28), filters: 30, kernel: 5), Initializer.He, Key.OfSeed(1));
    /// </code></example>
    static member Convolution<'T when Real<'T>>
        (shape: ConvolutionShape, initializer: Initializer, key: Key) : ILayer<'T> =
        Convolution.create<'T> key (given "initializer" initializer) (given "shape" shape)

    /// The largest element, or the mean, of windows of an image, as in `Layer.Of(Pooling.Max(image, 2))`.
    static member Of<'T when Real<'T>>(pooling: Pooling) : ILayer<'T> = Layer.pooling (given "pooling" pooling)

    /// Batch normalization of images by channel; the momentum is the weight of the old running statistics.
    static member ChannelBatchNorm<'T when Real<'T>>
        (image: ImageShape, [<Optional; DefaultParameterValue(0.9)>] momentum: float,
         [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) : ILayer<'T> =
        ChannelBatchNorm.create<'T> { Momentum = momentum; Epsilon = epsilon } image

    /// Dropout of images by channel: in training, sets this fraction (0 to below 1) of each image's channels to 0 at
    /// random.
    static member ChannelDropout<'T when Real<'T>>
        (image: ImageShape, ratio: float,
         [<Optional; DefaultParameterValue(DropoutForm.Inverted)>] form: DropoutForm) : ILayer<'T> =
        ({ Image = image; Dropout = { Ratio = ratio; Form = form } }: ChannelDropout<'T>)

    /// One layer of each built-in kind, before training, with this many inputs and outputs: to try what must work with
    /// every layer. Raises ArgumentException for fewer than 1 unit.
    static member BuiltIn<'T when Real<'T>>(units: int) : IReadOnlyList<ILayer<'T>> =
        Faults.refuse (Faults.ofCount "the number of units" units)
        Array.AsReadOnly
            [| Layer.affine (
                   { Weight = Matrix<'T>.Build.DenseIdentity units; Bias = Vector<'T>.Build.Dense units }: Affine<'T>)
               Layer.activation<'T> Activation.Relu
               Layer.batchNorm<'T> units
               Layer.layerNorm<'T> units
               Layer.dropout<'T> 0.3
               Layer.rmsNorm<'T> units
               Layer.convolution (
                   Convolution.create<'T> (Key.ofSeed 1L) Initializer.He
                       (ConvolutionShape.Of(ImageShape.Of(units, 1, 1), units, 1)))
               Layer.pooling<'T> (Pooling.Max(ImageShape.Of(units, 1, 1), 1))
               Layer.channelBatchNorm<'T> (ImageShape.Of(units, 1, 1))
               Layer.channelDropout<'T> 0.3 (ImageShape.Of(units, 1, 1)) |]

    /// Layers one after the other as one layer; without any, the identity.
    static member Chain([<ParamArray>] layers: ILayer<'T>[]) : ILayer<'T> = Chain layers

    /// <summary>x + f(x), f being these layers one after the other.</summary>
    /// <example><code>
    /// var block = Layer.Residual(Layer.LayerNorm&lt;float>(784), Layer.Of&lt;float>(Activation.Relu));
    /// </code></example>
    static member Residual([<ParamArray>] layers: ILayer<'T>[]) : ILayer<'T> = Residual layers

    /// Layers that all take x, their outputs joined.
    static member Parallel(join: Join, [<ParamArray>] layers: ILayer<'T>[]) : ILayer<'T> = Parallel(join, layers)

    /// <summary>Layers one after the other, some of whose leaves are the same.</summary>
    /// <example><code>
    /// var coder = Network.Create([784, 20, 784], Activation.Tanh, Initializer.Xavier, seed: 1);
    /// var tied = Layer.Tied([Tie.Of("affine1.weight", "affine2.weight", transposed: true)], [.. coder.Layers]);
    /// </code></example>
    static member Tied(ties: IReadOnlyList<Tie>, [<ParamArray>] layers: ILayer<'T>[]) : ILayer<'T> = Tied(layers, ties)
