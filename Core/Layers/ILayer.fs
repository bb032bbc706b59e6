namespace Functional

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra

/// A layer, built in or custom. It is immutable, and all its members are pure functions: no argument is written to, and
/// the same arguments give the same results. Matrices are features x samples, one column per sample.
type ILayer<'T when Real<'T>> =
    /// What kind of layer it is, by convention in lower case; a dot, and a digit at the end, are refused. Networks
    /// number layers by it: `scale` is named `scale1`, `scale2`, ...
    abstract Name: string

    /// One line with everything that it depends on besides its parameters, as in `scale 10 (limit 3)`: part of a
    /// network's digest.
    abstract Description: string

    /// The number of input features; 0 if it takes any number and returns the same number.
    abstract Inputs: int

    /// The number of output features; 0 exactly if `Inputs` is 0.
    abstract Outputs: int

    /// What is wrong with it, a line each; empty if nothing is. A network of faulty layers is refused.
    abstract Faults: IReadOnlyList<string>

    /// What is trained and (leaves of role Statistic) what the layer remembers of the batches that it saw, as the
    /// running mean of batch norm; in a fixed order, under the layer's own names, as in `weight`; empty if there is
    /// none.
    abstract Parameters: IReadOnlyList<Parameter<'T>>

    /// The same layer with other parameters, in the order of `Parameters`.
    abstract WithParameters: parameters: IReadOnlyList<Parameter<'T>> -> ILayer<'T>

    /// y for x as in evaluation: nothing random, and every sample by itself.
    abstract Predict: x: Matrix<'T> -> Matrix<'T>

    /// y for x as in training, and the pullback: it takes dL/dy, and returns the gradient of each parameter (leaves
    /// like `Parameters`, in that order) and dL/dx, which the first layer of a network never needs. For a statistic it
    /// returns the value after this batch instead of a gradient. Whatever is random is a function of the key.
    abstract Forward:
        x: Matrix<'T> * key: Key ->
            struct (Matrix<'T> * Func<Matrix<'T>, struct (IReadOnlyList<Parameter<'T>> * Lazy<Matrix<'T>>)>)

/// A promise of our own layers and layers of layers: what they return has the right shape.
type internal IOwn = interface end

/// What a built-in layer draws at random, each from a key of its own.
[<RequireQualifiedAccess>]
type internal Draws =
    | Nothing
    /// A dropout mask: the i-th such layer's stays the same when other layers come and go.
    | Mask
    /// Anything else.
    | Other

/// A promise of our own layers, so that networks need no copies: the leaves of a gradient are fresh, and they keep
/// nothing of a batch after its step.
type internal IBuiltIn =
    inherit IOwn
    abstract Draws: Draws
