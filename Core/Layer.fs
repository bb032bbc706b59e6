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

    /// Batch norm in the book's form: momentum 0.9, epsilon 1e-6.
    let batchNorm<'T when Real<'T>> (units: int) : ILayer<'T> =
        BatchNorm.create<'T> BatchNormConfiguration.Default units

    /// Layer norm with epsilon 1e-5.
    let layerNorm<'T when Real<'T>> (units: int) : ILayer<'T> = LayerNorm.create<'T> 1e-5 units

    /// Root mean square norm with epsilon 1e-6.
    let rmsNorm<'T when Real<'T>> (units: int) : ILayer<'T> = RmsNorm<'T>.Of units

    /// Inverted dropout of this share of the elements.
    let dropout<'T when Real<'T>> (ratio: float) : ILayer<'T> =
        ({ Dropout = { Ratio = ratio; Form = DropoutForm.Inverted } }: DropoutLayer<'T>)

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
