// The face that C# sees: checks and diagnoses. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Compares gradients, also custom ones, with central differences in double precision; kinks are detected and skipped.
/// The default settings are `GradientCheckSettings.Default`.
[<AbstractClass; Sealed>]
type GradientCheck =
    /// Checks what is claimed to be the gradient of a function of a vector, at a point.
    /// Raises ArgumentException if the gradient is not as long as the point.
    static member OfFunction
        (f: Func<Vector<float>, float>, gradient: Func<Vector<float>, Vector<float>>,
         x: Vector<float>) : GradientCheckReport =
        GradientCheck.ofFunction GradientCheckSettings.Default (nullArgCheck (nameof f) f).Invoke
                (nullArgCheck (nameof gradient) gradient).Invoke (nullArgCheck (nameof x) x)

    /// The same with settings.
    static member OfFunction
        (f: Func<Vector<float>, float>, gradient: Func<Vector<float>, Vector<float>>, x: Vector<float>,
         settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofFunction (nullArgCheck (nameof settings) settings) (nullArgCheck (nameof f) f).Invoke
                (nullArgCheck (nameof gradient) gradient).Invoke (nullArgCheck (nameof x) x)

    /// Checks a function of a matrix that returns its value y and the pullback from dL/dy to dL/dx, without writing a
    /// layer.
    static member OfPullback
        (f: Func<Matrix<float>, struct (Matrix<float> * Func<Matrix<float>, Matrix<float>>)>,
         x: Matrix<float>) : GradientCheckReport =
        let forward (x: Matrix<float>) =
            let struct (y, pullback) = (nullArgCheck (nameof f) f).Invoke (nullArgCheck (nameof x) x)
            struct (y, pullback.Invoke)
        GradientCheck.ofPullback GradientCheckSettings.Default forward x

    /// Checks a layer's pullback at x (inputs x samples), in training: its parameters and its input.
    /// Raises ArgumentException if x doesn't fit the layer.
    static member OfLayer(layer: ILayer<float>, x: Matrix<float>) : GradientCheckReport =
        GradientCheck.ofLayer GradientCheckSettings.Default (nullArgCheck (nameof layer) layer)
            (nullArgCheck (nameof x) x)

    /// The same with settings.
    static member OfLayer
        (layer: ILayer<float>, x: Matrix<float>, settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofLayer (nullArgCheck (nameof settings) settings) (nullArgCheck (nameof layer) layer)
            (nullArgCheck (nameof x) x)

    /// Checks the gradient of a loss with respect to the outputs (outputs x samples).
    /// Raises ArgumentException if the targets don't fit them.
    static member OfLoss(loss: Loss, outputs: Matrix<float>, targets: Matrix<float>) : GradientCheckReport =
        GradientCheck.ofLoss GradientCheckSettings.Default (nullArgCheck (nameof loss) loss)
                (nullArgCheck (nameof outputs) outputs) (Targets.Values (nullArgCheck (nameof targets) targets))

    /// The same for a label per sample.
    static member OfLoss(loss: Loss, outputs: Matrix<float>, labels: IReadOnlyList<int>) : GradientCheckReport =
        GradientCheck.ofLoss GradientCheckSettings.Default (nullArgCheck (nameof loss) loss)
                (nullArgCheck (nameof outputs) outputs) (Targets.Labels(ReadOnlyMemory(Array.ofSeq
                (nullArgCheck (nameof labels) labels))))

    /// Checks the gradient of a network's training loss on a batch, in all its leaves, the penalty included.
    /// Raises ArgumentException if the batch doesn't fit the network.
    static member OfNetwork(network: Network<float>, batch: Batch<float>) : GradientCheckReport =
        GradientCheck.ofNetwork GradientCheckSettings.Default (nullArgCheck (nameof network) network)
                (nullArgCheck (nameof batch) batch)

    /// The same with settings.
    static member OfNetwork
        (network: Network<float>, batch: Batch<float>, settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofNetwork (nullArgCheck (nameof settings) settings) (nullArgCheck (nameof network) network)
                (nullArgCheck (nameof batch) batch)

/// Laws that hold for every layer and every optimizer, to check custom ones in a test with one line.
[<AbstractClass; Sealed>]
type Laws =
    /// Everything that doesn't hold of a custom layer (6 features are tried where it takes any); empty if all holds.
    static member OfLayer(layer: ILayer<float>) : IReadOnlyList<string> =
        Laws.ofLayer (nullArgCheck (nameof layer) layer)

    /// Raises InvalidOperationException with everything that doesn't hold of a custom layer.
    static member RequireLayer(layer: ILayer<float>) : unit =
        Laws.require (Laws.ofLayer (nullArgCheck (nameof layer) layer))

    /// Everything that doesn't hold of a custom optimizer, with a learning rate of about 0.01 to 0.1: `init` returns
    /// the state before the first step, `update` parameters and state after a step, given state, parameters and
    /// gradient.
    static member OfOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>)
         : IReadOnlyList<string> =
        let update = nullArgCheck (nameof update) update
        Laws.ofOptimizer (nullArgCheck (nameof init) init).Invoke (fun state parameters gradient ->
                update.Invoke(state, parameters, gradient))

    /// Raises InvalidOperationException with everything that doesn't hold of a custom optimizer.
    static member RequireOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>) : unit =
        let update = nullArgCheck (nameof update) update
        Laws.require (Laws.ofOptimizer (nullArgCheck (nameof init) init).Invoke (fun state parameters gradient ->
                update.Invoke(state, parameters, gradient)))

/// How a network is doing, and where NaN comes from.
[<AbstractClass; Sealed; Extension>]
type Diagnostics =
    /// How a state does on a batch, and how large its step with that batch is.
    /// Raises ArgumentException if the batch doesn't fit the network.
    static member Of(state: TrainingState<'T>, batch: Batch<'T>) : Diagnosis =
        Diagnostics.ofState (nullArgCheck (nameof state) state) (nullArgCheck (nameof batch) batch)

    /// How the state before does on a batch, and how large the step was that led to the state after.
    /// Raises ArgumentException if the batch doesn't fit the network or the states are not of the same leaves.
    static member Between(before: TrainingState<'T>, after: TrainingState<'T>, batch: Batch<'T>) : Diagnosis =
        Diagnostics.between (nullArgCheck (nameof before) before) (nullArgCheck (nameof after) after)
            (nullArgCheck (nameof batch) batch)

    /// How these numbers are distributed.
    static member Distribution<'T when Real<'T>>(numbers: 'T[]) : ValueDistribution =
        Diagnostics.distribution (nullArgCheck (nameof numbers) numbers)

    /// In how many directions x (units x samples) varies over its samples, by the participation ratio.
    static member EffectiveRank(x: Matrix<'T>) : float = Diagnostics.effectiveRank (nullArgCheck (nameof x) x)

    /// What is not finite in a state's step with a batch, in the order in which it is computed: the first is where it
    /// began. Raises ArgumentException if the batch doesn't fit the network.
    static member NumericFaults(state: TrainingState<'T>, batch: Batch<'T>) : IReadOnlyList<NumericFault> =
        NumericFaults.ofStep (nullArgCheck (nameof state) state) (nullArgCheck (nameof batch) batch)

    /// The parameters and statistics of a state that are not finite; none in a good state.
    static member NumericFaults(state: TrainingState<'T>) : IReadOnlyList<NumericFault> =
        NumericFaults.ofState (nullArgCheck (nameof state) state)

/// Derivatives by central differences, and what they say of a network's pullbacks.
[<AbstractClass; Sealed>]
type Differences =
    /// The derivative of a function of one number.
    static member NumericalDiff(f: Func<float, float>, x: float) : float =
        Differences.numericalDiff (nullArgCheck (nameof f) f).Invoke x

    /// The gradient of a function of a vector.
    static member NumericalGradient(f: Func<Vector<'T>, float>, x: Vector<'T>) : Vector<'T> =
        Differences.numericalGradient (nullArgCheck (nameof f) f).Invoke (nullArgCheck (nameof x) x)

    /// The gradient of a network's training loss for a batch (the default key is that of seed 0); for small
    /// networks and batches.
    static member OfNetwork(network: Network<'T>, batch: Batch<'T>, [<Optional>] key: Key) : Parameters<'T> =
        Differences.ofNetworkWith key (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// Compares two gradients, leaf by leaf. Raises ArgumentException if their leaves differ.
    static member Compare(gradient: Parameters<'T>, numerical: Parameters<'T>) : IReadOnlyList<LeafDifference> =
        Differences.compare (nullArgCheck (nameof gradient) gradient) (nullArgCheck (nameof numerical) numerical)

    /// Checks a network's pullbacks on a batch, leaf by leaf (the default key is that of seed 0).
    static member Check
        (network: Network<'T>, batch: Batch<'T>, [<Optional>] key: Key) : IReadOnlyList<LeafDifference> =
        Differences.checkWith key (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)
