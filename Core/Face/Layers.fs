// The face that C# sees: leaves and layers. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Leaves, for custom layers.
[<AbstractClass; Sealed>]
type Parameter =
    /// A leaf with a copy of this matrix.
    static member Of(name: string, role: Role, value: Matrix<'T>) : Parameter<'T> =
        Parameter.ofMatrix (given "name" name) role (given "value" value)

    /// A leaf with a copy of this vector.
    static member Of(name: string, role: Role, value: Vector<'T>) : Parameter<'T> =
        Parameter.ofVector (given "name" name) role (given "value" value)

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
        RmsNorm<'T>.Of(units, epsilon)

    /// In training, sets this share (0 to below 1) of the elements to 0 at random.
    static member Dropout<'T when Real<'T>>
        (ratio: float, [<Optional; DefaultParameterValue(DropoutForm.Inverted)>] form: DropoutForm) : ILayer<'T> =
        ({ Dropout = { Ratio = ratio; Form = form } }: DropoutLayer<'T>)

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
