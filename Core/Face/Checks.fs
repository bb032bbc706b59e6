// The C# API: checks and diagnoses. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Compares gradients, also custom ones, with central differences in double precision; kinks are detected and skipped.
/// The default settings are `GradientCheckSettings.Default`. What doesn't fit raises ArgumentException. (`Laws.OfLoss`
/// checks a loss.)
[<AbstractClass; Sealed>]
type GradientCheck =
    /// Checks what is claimed to be the gradient of a function of a vector, at a point.
    static member OfFunction
        (f: Func<Vector<float>, float>, gradient: Func<Vector<float>, Vector<float>>, x: Vector<float>,
         [<Optional>] settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofFunction (GradientCheckSettings.Or settings) (given "f" f).Invoke
            (given "gradient" gradient).Invoke (given "x" x)

    /// Checks a function of a matrix that returns its value y and the pullback from dL/dy to dL/dx, without writing a
    /// layer.
    static member OfPullback
        (f: Func<Matrix<float>, struct (Matrix<float> * Func<Matrix<float>, Matrix<float>>)>, x: Matrix<float>,
         [<Optional>] settings: GradientCheckSettings) : GradientCheckReport =
        let f = given "f" f
        let forward x =
            let struct (y, pullback) = f.Invoke x
            struct (y, pullback.Invoke)
        GradientCheck.ofPullback (GradientCheckSettings.Or settings) forward (given "x" x)

    /// <summary>Checks a layer's pullback at x (inputs x samples), in training: its parameters and its input.</summary>
    /// <example><code>
    /// var x = Matrix&lt;double>.Build.Dense(4, 3, (i, j) => Math.Sin(i + (5 * j)));
    /// GradientCheck.OfLayer(Layer.LayerNorm&lt;double>(4), x).Require();
    /// </code></example>
    static member OfLayer
        (layer: ILayer<float>, x: Matrix<float>, [<Optional>] settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofLayer (GradientCheckSettings.Or settings) (given "layer" layer) (given "x" x)

    /// <summary>Checks the gradient of a network's training loss on a batch, in all its leaves, the penalty
    /// included.</summary>
    /// <example><code>
    /// var precise = Network.Create&lt;double>([4, 5, 3], Activation.Tanh, Initializer.Xavier, seed: 1);
    /// GradientCheck.OfNetwork(precise, Batch.Of(Matrix&lt;double>.Build.Dense(4, 2, 0.5), [0, 2])).Require();
    /// </code></example>
    static member OfNetwork
        (network: Network<float>, batch: Batch<float>,
         [<Optional>] settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofNetwork (GradientCheckSettings.Or settings) (given "network" network) (given "batch" batch)

/// Laws that hold for every layer, loss and optimizer, to check custom ones in a test with one line. `Of...` gives
/// everything that doesn't hold; `Require...` raises InvalidOperationException with it.
[<AbstractClass; Sealed>]
type Laws =
    /// Of a layer. (6 features are tried where it takes any number.)
    static member OfLayer(layer: ILayer<float>) : IReadOnlyList<string> = Laws.ofLayer (given "layer" layer)

    /// Of a layer.
    static member RequireLayer(layer: ILayer<float>) : unit = Laws.require (Laws.ofLayer (given "layer" layer))

    /// Of a loss. (It is tried on 3 outputs, with targets of 0 and 1.)
    static member OfLoss(loss: Loss) : IReadOnlyList<string> = Laws.ofLoss (given "loss" loss)

    /// Of a loss.
    static member RequireLoss(loss: Loss) : unit = Laws.require (Laws.ofLoss (given "loss" loss))

    /// Of an optimizer, with a learning rate of about 0.01 to 0.1: `init` returns the state before the first step,
    /// `update` parameters and state after a step, given state, parameters and gradient.
    static member OfOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>)
         : IReadOnlyList<string> =
        let update = given "update" update
        Laws.ofOptimizer (given "init" init).Invoke (fun state p gradient -> update.Invoke(state, p, gradient))

    /// Of an optimizer.
    static member RequireOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>) : unit =
        Laws.require (List.ofSeq (Laws.OfOptimizer(init, update)))

/// How a network is doing, and where NaN comes from. A batch that doesn't fit the network raises ArgumentException.
[<AbstractClass; Sealed; Extension>]
type Diagnostics =
    /// How a state does on a batch, and how large its step with that batch is.
    static member Of(state: TrainingState<'T>, batch: Batch<'T>) : Diagnosis =
        Diagnostics.ofState (given "state" state) (given "batch" batch)

    /// How the state before does on a batch, and how large the step was that led to the state after.
    /// Raises ArgumentException if the states are not of the same leaves.
    static member Between(before: TrainingState<'T>, after: TrainingState<'T>, batch: Batch<'T>) : Diagnosis =
        Diagnostics.between (given "before" before) (given "after" after) (given "batch" batch)

    /// How these numbers are distributed.
    static member Distribution<'T when Real<'T>>(numbers: 'T[]) : ValueDistribution =
        Diagnostics.distribution (given "numbers" numbers)

    /// What is not finite in a state's step with a batch, in the order in which it is computed: the first is where it
    /// began.
    static member NumericFaults(state: TrainingState<'T>, batch: Batch<'T>) : IReadOnlyList<NumericFault> =
        NumericFaults.ofStep (given "state" state) (given "batch" batch)

    /// The parameters and statistics of a state that are not finite; none in a good state.
    static member NumericFaults(state: TrainingState<'T>) : IReadOnlyList<NumericFault> =
        NumericFaults.ofState (given "state" state)

/// Derivatives by central differences, and what they say of a network's pullbacks.
[<AbstractClass; Sealed>]
type Differences =
    /// The derivative of a function of one number.
    static member NumericalDiff(f: Func<float, float>, x: float) : float =
        Differences.numericalDiff (given "f" f).Invoke x

    /// The gradient of a function of a vector.
    static member NumericalGradient(f: Func<Vector<'T>, float>, x: Vector<'T>) : Vector<'T> =
        Differences.numericalGradient (given "f" f).Invoke (given "x" x)

    /// The gradient of a network's training loss for a batch (the default key is that of seed 0); for small
    /// networks and batches.
    static member OfNetwork(network: Network<'T>, batch: Batch<'T>, [<Optional>] key: Key) : Parameters<'T> =
        Differences.ofNetworkWith key (given "network" network) (given "batch" batch)

    /// Compares two gradients, leaf by leaf. Raises ArgumentException if their leaves differ.
    static member Compare(gradient: Parameters<'T>, numerical: Parameters<'T>) : IReadOnlyList<LeafDifference> =
        Differences.compare (given "gradient" gradient) (given "numerical" numerical)
