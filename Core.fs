// The core's front door: the face that C# sees. Nothing is computed here: every member forwards to the module of its
// name in Functional.FSharp, where shapes, formulas and sources are told.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Random numbers and other keys, all functions of a key.
[<AbstractClass; Sealed; Extension>]
type KeyExtensions =
    /// Another key, independent of this one and of its other children.
    [<Extension>]
    static member Child(key: Key, index: int) : Key = Key.child index key

    /// The first `count` children.
    [<Extension>]
    static member Split(key: Key, count: int) : Key[] = Key.split count key

    /// `count` numbers, uniform over [0, 1).
    [<Extension>]
    static member Uniforms(key: Key, count: int) : float[] = Key.uniforms count key

    /// `count` numbers, normal with mean 0 and deviation 1.
    [<Extension>]
    static member Normals(key: Key, count: int) : float[] = Key.normals count key

    /// `count` integers, uniform over 0 .. bound - 1.
    [<Extension>]
    static member Integers(key: Key, count: int, bound: int) : int[] = Key.integers count bound key

    /// `count` different integers out of 0 .. bound - 1. Raises ArgumentException if there are not so many.
    [<Extension>]
    static member Distinct(key: Key, count: int, bound: int) : int[] = Key.distinct count bound key

    /// The numbers 0 .. n - 1 in random order.
    [<Extension>]
    static member Permutation(key: Key, n: int) : int[] = Key.permutation n key

/// Elementary functions of one number, to about one unit in the last place: the same bits on every system, unlike those of
/// the C library.
[<AbstractClass; Sealed>]
type Elementary =
    /// The natural logarithm.
    static member Log(x: float) : float = Numerics.Elementary.log x

    /// e^x.
    static member Exp(x: float) : float = Numerics.Elementary.exp x

    /// The sine of an angle in radians, up to a million.
    static member Sin(x: float) : float = Numerics.Elementary.sin x

    /// The cosine of an angle in radians, up to a million.
    static member Cos(x: float) : float = Numerics.Elementary.cos x

    /// The x below which a standard normal variable lies with probability p, 0 < p < 1.
    static member NormalQuantile(p: float) : float = Numerics.Elementary.normalQuantile p

/// Leaves, for layers of one's own.
[<AbstractClass; Sealed>]
type Parameter =
    /// A leaf with a copy of this matrix.
    static member Of(name: string, role: Role, value: Matrix<'T>) : Parameter<'T> = Parameter.ofMatrix name role value

    /// A leaf with a copy of this vector.
    static member Of(name: string, role: Role, value: Vector<'T>) : Parameter<'T> = Parameter.ofVector name role value

/// Layers, to build networks of.
[<AbstractClass; Sealed>]
type Layer =
    /// y = W x + b: weight is outputs x inputs, bias has an element per output.
    static member Affine(weight: Matrix<'T>, bias: Vector<'T>) : Layer<'T> = Layer<'T>.Affine { Weight = weight; Bias = bias }

    /// An elementwise nonlinear function.
    static member Of<'T when Real<'T>>(activation: Activation) : Layer<'T> = Layer<'T>.Activation activation

    /// Batch normalization of so many features; the momentum is the share of the running statistics that a step keeps.
    static member BatchNorm<'T when Real<'T>>
        (units: int, [<Optional; DefaultParameterValue(0.9)>] momentum: float,
         [<Optional; DefaultParameterValue(1e-6)>] epsilon: float) =
        Layer<'T>.BatchNorm(BatchNorm.create { Momentum = momentum; Epsilon = epsilon } units)

    /// Layer normalization of so many features.
    static member LayerNorm<'T when Real<'T>>(units: int, [<Optional; DefaultParameterValue(1e-5)>] epsilon: float) =
        Layer<'T>.LayerNorm(LayerNorm.create epsilon units)

    /// In training, drops this share of the elements at random.
    static member Dropout<'T when Real<'T>>
        (ratio: float, [<Optional; DefaultParameterValue(DropoutForm.Inverted)>] form: DropoutForm) =
        Layer<'T>.Dropout { Ratio = ratio; Form = form }

    /// A layer of one's own.
    static member Custom(layer: ILayer<'T>) = Layer<'T>.Custom layer

/// Penalties on weights.
[<AbstractClass; Sealed; Extension>]
type PenaltyExtensions =
    /// The penalty of the weights among these leaves.
    [<Extension>]
    static member Value(penalty: Penalty, parameters: Parameters<'T>) : float = Penalty.value penalty parameters

    /// The gradient of a loss and the penalty together, given the parameters and the gradient of the loss alone.
    [<Extension>]
    static member AddGradient(penalty: Penalty, parameters: Parameters<'T>, gradient: Parameters<'T>) : Parameters<'T> =
        Penalty.addGradient penalty parameters gradient

/// Regularization by hand, for any matrix of parameters.
[<AbstractClass; Sealed>]
type Regularization =
    /// gradient + rate parameter. Raises ArgumentException if the shapes differ.
    static member Ridge(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.ridge rate parameter gradient

    /// gradient + rate sign(parameter), sign(0) = 0. Raises ArgumentException if the shapes differ.
    static member Lasso(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.lasso rate parameter gradient

    /// Weights moved towards 0 by an amount, and 0 from there on; other leaves stay: L1's proximal step.
    static member SoftThreshold(amount: float, parameters: Parameters<'T>) : Parameters<'T> =
        Penalty.softThreshold amount parameters

/// Batches of samples with their targets.
[<AbstractClass; Sealed>]
type Batch =
    /// Of inputs (features x samples, one column per sample) and a label per sample.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member Of(inputs: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> = Batch.ofLabels inputs labels

    /// Of inputs (features x samples) and targets (outputs x samples), one column per sample.
    /// Raises ArgumentException if their numbers of columns differ.
    static member Of(inputs: Matrix<'T>, targets: Matrix<'T>) : Batch<'T> = Batch.ofTargets inputs targets

    /// Of inputs with one sample per row, and a label per sample: what most files hold.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> = Batch.ofRows rows labels

    /// Of samples in the rows of an array, and a label per sample.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: 'T[,], labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (Matrix<'T>.Build.DenseOfArray rows) labels

    /// Of the samples at the indices, each `features` bytes of pixels, as (byte - shift) / divisor.
    /// Raises ArgumentException for an index outside the samples, and if pixels and labels are not of equally many samples.
    static member OfBytes<'T when Real<'T>>(scale: ByteScale, features: int, pixels: byte[], labels: byte[], indices: int[]) : Batch<'T> =
        Bytes.batch scale features pixels labels indices

    /// The scale (byte - mean) / deviation over all features of the chosen samples.
    static member StandardScale(features: int, pixels: byte[], indices: int[]) : ByteScale =
        Bytes.standardScale features pixels indices

    /// classes x samples: 1 at each sample's label, 0 elsewhere.
    /// Raises ArgumentException for a label outside 0 .. classes - 1.
    static member OneHot<'T when Real<'T>>(classes: int, labels: IReadOnlyList<int>) : Matrix<'T> = Batch.oneHot classes labels

/// Networks: everything that can be asked of one is a function of it.
[<AbstractClass; Sealed; Extension>]
type Network =
    /// Affine layers between these sizes (inputs first, outputs last), an activation after each but the last.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<'T> =
        Network.create sizes activation initializer (Key.OfSeed seed)

    /// Affine layers between these sizes, an activation after each but the last, drawn from a key.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, key: Key) : Network<'T> =
        Network.create sizes activation initializer key

    /// Affine layers between these sizes, in float32.
    /// Raises ArgumentException with everything that is wrong.
    static member Create
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<float32> =
        Network.create sizes activation initializer (Key.OfSeed seed)

    /// Affine layers between these sizes, and after each but the last the layers that `after` gives for its number of
    /// outputs, as in `units => [Layer.BatchNorm(units), Layer.Of(Activation.Relu), Layer.Dropout(0.2)]`.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<Layer<'T>>>, initializer: Initializer, key: Key)
        : Network<'T> =
        Network.createWith sizes (fun units -> after.Invoke units) initializer key

    /// Affine layers between these sizes, and other layers after each but the last, drawn from a seed.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<Layer<'T>>>, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<'T> =
        Network.createWith sizes (fun units -> after.Invoke units) initializer (Key.OfSeed seed)

    /// Of these layers, with softmax cross-entropy. Raises ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<Layer<'T>>) : Network<'T> = Network.ofLayers layers

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<Layer<'T>>, loss: Loss) : Network<'T> = Network.ofLayersWith loss layers

    /// Like `Of`, without a copy: whoever made these layers gives them away, and nobody writes to their matrices and vectors
    /// after. For large networks out of files. Raises ArgumentException with all faults, a line each.
    static member Adopt(layers: IReadOnlyList<Layer<'T>>, loss: Loss) : Network<'T> = Network.adopt loss layers

    /// The same network with another loss. Raises ArgumentException if its numbers are wrong.
    [<Extension>]
    static member WithLoss(network: Network<'T>, loss: Loss) : Network<'T> = Network.withLoss loss network

    /// The same network with another penalty on its weights. Raises ArgumentException if its numbers are wrong.
    [<Extension>]
    static member WithPenalty(network: Network<'T>, penalty: Penalty) : Network<'T> =
        Network.withPenalty penalty network

    /// The scores (outputs x samples) for x (inputs x samples). Raises ArgumentException if x doesn't fit.
    [<Extension>]
    static member Predict(network: Network<'T>, x: Matrix<'T>) : Matrix<'T> = Network.predict network x

    /// The loss of a batch, as in evaluation, and the penalty. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member LossOf(network: Network<'T>, batch: Batch<'T>) : float = Network.loss network batch

    /// The share (0 to 1) of a batch's samples that are classified as their targets say.
    [<Extension>]
    static member Accuracy(network: Network<'T>, batch: Batch<'T>) : float = Metrics.accuracy network batch

    /// How many of a batch's samples are classified as their targets say.
    [<Extension>]
    static member Correct(network: Network<'T>, batch: Batch<'T>) : int =
        Metrics.correct (Network.predict network batch.Inputs) batch.Targets

    /// How many of the samples at the indices, each as many bytes of pixels as the network has inputs, are classified as they are
    /// labeled. Raises ArgumentException for an index outside the samples.
    [<Extension>]
    static member Correct(network: Network<'T>, scale: ByteScale, pixels: byte[], labels: byte[], indices: int[]) : int =
        Bytes.correct network scale pixels labels indices

    /// The loss of a batch, as in training, and the penalty. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, key: Key) : float =
        Network.trainingLoss key network batch

    /// The gradient with everything that was computed on the way: every layer's output, and how the loss changes with it.
    /// Raises ArgumentException if the batch doesn't fit the network.
    [<Extension>]
    static member Trace(network: Network<'T>, batch: Batch<'T>, key: Key) : Trace<'T> = Network.trace key network batch

    /// The loss of a batch and its gradient, as in training. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, key: Key) : Gradient<'T> = Network.gradient key network batch

    /// The training loss with given dropout masks, one per dropout layer (units x samples; 1 keeps an element, 0 drops it).
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : float =
        Network.trainingLossWithMasks masks network batch

    /// The loss and its gradient with given dropout masks, one per dropout layer (units x samples; 1 keeps an element, 0
    /// drops it): for replays of others' runs. Raises ArgumentException if their number or a shape doesn't fit.
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : Gradient<'T> =
        Network.gradientWithMasks masks network batch

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    [<Extension>]
    static member Parameters(network: Network<'T>) : Parameters<'T> = Network.parameters network

    /// The same network with copies of other parameters. Raises ArgumentException if their names or shapes differ.
    [<Extension>]
    static member WithParameters(network: Network<'T>, parameters: Parameters<'T>) : Network<'T> =
        Network.withParameters network parameters

    /// What batch-norm layers remember, as in `batchnorm1.mean`.
    [<Extension>]
    static member Statistics(network: Network<'T>) : Parameters<'T> = Network.statistics network

    /// The same network after its layers saw this in a step. Raises ArgumentException if the leaves are not those of
    /// the network's statistics.
    [<Extension>]
    static member FoldStatistics(network: Network<'T>, seen: Parameters<'T>) : Network<'T> =
        Network.foldStatistics network seen

    /// The same network with copies of other statistics. Raises ArgumentException if their names or shapes differ.
    [<Extension>]
    static member WithStatistics(network: Network<'T>, statistics: Parameters<'T>) : Network<'T> =
        Network.withStatistics network statistics

    /// A network's identity, in hexadecimal.
    [<Extension>]
    static member Digest(network: Network<'T>) : string = Network.digest network

/// Parameters as one vector, and back.
[<AbstractClass; Sealed; Extension>]
type ParametersExtensions =
    /// All elements, leaf after leaf.
    [<Extension>]
    static member ToVector(parameters: Parameters<'T>) : Vector<'T> = Parameters.toVector parameters

    /// The same leaves with other elements, as `ToVector` gives them. Raises ArgumentException if the length differs.
    [<Extension>]
    static member WithVector(parameters: Parameters<'T>, elements: Vector<'T>) : Parameters<'T> =
        Parameters.withVector parameters elements

/// The steps of an optimizer, for loops of one's own.
[<AbstractClass; Sealed; Extension>]
type OptimizerExtensions =
    /// Everything wrong with the optimizer's numbers; empty if they are right.
    [<Extension>]
    static member Faults(optimizer: Optimizer) : IReadOnlyList<string> = Optimizer.faults optimizer

    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    [<Extension>]
    static member Init(optimizer: Optimizer, parameters: Parameters<'T>) : OptimizerState<'T> = Optimizer.init optimizer parameters

    /// The parameters and the state after one gradient: after a step or, where several gradients make one, perhaps the same
    /// parameters. Raises ArgumentException if the gradient's leaves are not those of the parameters, or the state is one of
    /// another rule or of other parameters.
    [<Extension>]
    static member Update(optimizer: Optimizer, state: OptimizerState<'T>, parameters: Parameters<'T>, gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Optimizer.update optimizer state parameters gradient

    /// The points that the optimizer goes through from the start, steps + 1 of them, given the gradient of the function that
    /// is minimized. Raises ArgumentException with everything wrong with the optimizer, for a negative number of steps, and
    /// if a gradient is not as long as the point.
    [<Extension>]
    static member Path(optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T>[] =
        Optimizer.path optimizer steps gradient.Invoke start

    /// The last of the points of `Path`.
    [<Extension>]
    static member Minimize(optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T> =
        Optimizer.minimize optimizer steps gradient.Invoke start

    /// What the learning rate is multiplied by in a step, counted from 0.
    [<Extension>]
    static member Factor(schedule: Schedule, step: int) : float = Schedule.factor schedule step

    /// All leaves of all slots, named `slot/parameter`, as in `velocity/affine1.weight`: for files.
    [<Extension>]
    static member ToLeaves(state: OptimizerState<'T>) : Parameters<'T> = OptimizerState.toLeaves state

/// States of optimizers out of what files hold.
[<AbstractClass; Sealed>]
type OptimizerState =
    /// The state with these counts and the slots of `ToLeaves`.
    /// Raises ArgumentException for a negative count or a leaf whose name tells no slot.
    static member OfLeaves(step: int, gathered: int, leaves: Parameters<'T>) : OptimizerState<'T> =
        OptimizerState.ofLeaves step gathered leaves

/// Exponential moving averages of parameters.
[<AbstractClass; Sealed; Extension>]
type Average =
    /// An average that begins with these parameters or, if it is corrected, is of the updates alone.
    /// Raises ArgumentException unless 0 <= decay < 1.
    static member Start(decay: float, parameters: Parameters<'T>, [<Optional; DefaultParameterValue(false)>] corrected: bool) : Average<'T> =
        if corrected then Average.initCorrected decay parameters else Average.init decay parameters

    /// The average with these parameters added. Raises ArgumentException if their leaves are others.
    [<Extension>]
    static member Update(average: Average<'T>, parameters: Parameters<'T>) : Average<'T> = Average.update average parameters

    /// The averaged parameters.
    [<Extension>]
    static member Value(average: Average<'T>) : Parameters<'T> = Average.value average

/// Training, step by step.
[<AbstractClass; Sealed>]
type Training =
    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    static member Start(network: Network<'T>, optimizer: Optimizer, [<Optional; DefaultParameterValue(0L)>] seed: int64) : TrainingState<'T> =
        Training.start network optimizer (Key.OfSeed seed)

    /// The state before the first step; what is random in training is a function of the key.
    /// Raises ArgumentException with everything wrong with the optimizer.
    static member Start(network: Network<'T>, optimizer: Optimizer, key: Key) : TrainingState<'T> = Training.start network optimizer key

    /// The next state, and what the step saw. Raises ArgumentException if the batch doesn't fit the network.
    static member Step(state: TrainingState<'T>, batch: Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        Training.step state batch

    /// The next state, and what the step saw, with a batch that is made for the step alone: its memory is used again by the
    /// next, so nobody may keep it. Raises ArgumentException if the batch doesn't fit the network.
    static member Step(state: TrainingState<'T>, batch: Func<Batch<'T>>) : struct (TrainingState<'T> * StepReport) =
        Training.stepOn state batch.Invoke

/// Compares gradients, one's own too, with central differences, in double precision; kinks are noticed and left out.
/// The settings are those of `GradientCheckSettings.Default` unless told.
[<AbstractClass; Sealed>]
type GradientCheck =
    /// Checks what is claimed to be the gradient of a function of a vector, at a point.
    /// Raises ArgumentException if the gradient is not as long as the point.
    static member OfFunction
        (f: Func<Vector<float>, float>, gradient: Func<Vector<float>, Vector<float>>, x: Vector<float>) : GradientCheckReport =
        GradientCheck.ofFunction GradientCheckSettings.Default f.Invoke gradient.Invoke x

    /// The same with settings.
    static member OfFunction
        (f: Func<Vector<float>, float>, gradient: Func<Vector<float>, Vector<float>>, x: Vector<float>,
         settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofFunction settings f.Invoke gradient.Invoke x

    /// Checks a layer's pullback at x (inputs x samples), in training: its parameters and its input.
    /// Raises ArgumentException if x doesn't fit the layer.
    static member OfLayer(layer: Layer<float>, x: Matrix<float>) : GradientCheckReport =
        GradientCheck.ofLayer GradientCheckSettings.Default layer x

    /// The same with settings.
    static member OfLayer(layer: Layer<float>, x: Matrix<float>, settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofLayer settings layer x

    /// Checks the pullback of a layer of one's own. Raises ArgumentException if x doesn't fit the layer.
    static member OfLayer(layer: ILayer<float>, x: Matrix<float>) : GradientCheckReport =
        GradientCheck.ofLayer GradientCheckSettings.Default (Layer<float>.Custom layer) x

    /// Checks the gradient of a loss with respect to the outputs (outputs x samples).
    /// Raises ArgumentException if the targets don't fit them.
    static member OfLoss(loss: Loss, outputs: Matrix<float>, targets: Matrix<float>) : GradientCheckReport =
        GradientCheck.ofLoss GradientCheckSettings.Default loss outputs (Targets.Values targets)

    /// The same for a label per sample.
    static member OfLoss(loss: Loss, outputs: Matrix<float>, labels: IReadOnlyList<int>) : GradientCheckReport =
        GradientCheck.ofLoss GradientCheckSettings.Default loss outputs (Targets.Labels(ReadOnlyMemory(Array.ofSeq labels)))

    /// Checks the gradient of a network's training loss on a batch, in all its leaves, the penalty included.
    /// Raises ArgumentException if the batch doesn't fit the network.
    static member OfNetwork(network: Network<float>, batch: Batch<float>) : GradientCheckReport =
        GradientCheck.ofNetwork GradientCheckSettings.Default network batch

    /// The same with settings.
    static member OfNetwork(network: Network<float>, batch: Batch<float>, settings: GradientCheckSettings) : GradientCheckReport =
        GradientCheck.ofNetwork settings network batch

/// Laws that hold for every layer and every optimizer, to put one's own through in a test, with one line.
[<AbstractClass; Sealed>]
type Laws =
    /// Everything that doesn't hold of a layer of one's own (6 features are tried where it takes any); empty if all holds.
    static member OfLayer(layer: ILayer<float>) : IReadOnlyList<string> = Laws.ofLayer layer

    /// Raises InvalidOperationException with everything that doesn't hold of a layer of one's own.
    static member RequireLayer(layer: ILayer<float>) : unit = Laws.require (Laws.ofLayer layer)

    /// Everything that doesn't hold of an optimizer of one's own, with a learning rate of about 0.01 to 0.1: `init` gives the
    /// state before the first step, `update` parameters and state after a step, given state, parameters and gradient.
    static member OfOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>) : IReadOnlyList<string> =
        Laws.ofOptimizer init.Invoke (fun state parameters gradient -> update.Invoke(state, parameters, gradient))

    /// Raises InvalidOperationException with everything that doesn't hold of an optimizer of one's own.
    static member RequireOptimizer
        (init: Func<Parameters<float>, 'State>,
         update: Func<'State, Parameters<float>, Parameters<float>, struct (Parameters<float> * 'State)>) : unit =
        Laws.require (Laws.ofOptimizer init.Invoke (fun state parameters gradient -> update.Invoke(state, parameters, gradient)))

/// How a network is doing, and where NaN comes from.
[<AbstractClass; Sealed; Extension>]
type Diagnostics =
    /// How a state does on a batch, and how large its step with that batch is.
    /// Raises ArgumentException if the batch doesn't fit the network.
    static member Of(state: TrainingState<'T>, batch: Batch<'T>) : Diagnosis = Diagnostics.ofState state batch

    /// How the state before does on a batch, and how large the step was that led to the state after.
    /// Raises ArgumentException if the batch doesn't fit the network or the states are not of the same leaves.
    static member Between(before: TrainingState<'T>, after: TrainingState<'T>, batch: Batch<'T>) : Diagnosis =
        Diagnostics.between before after batch

    /// How these numbers are distributed.
    static member Distribution<'T when Real<'T>>(numbers: 'T[]) : ValueDistribution = Diagnostics.distribution numbers

    /// In how many directions x (units x samples) varies over its samples, by the participation ratio.
    static member EffectiveRank(x: Matrix<'T>) : float = Diagnostics.effectiveRank x

    /// What is not finite in a state's step with a batch, in the order in which it is computed: the first is where it began.
    /// Raises ArgumentException if the batch doesn't fit the network.
    static member NumericFaults(state: TrainingState<'T>, batch: Batch<'T>) : IReadOnlyList<NumericFault> =
        NumericFaults.ofStep state batch

    /// The parameters and statistics of a state that are not finite; none in a good state.
    static member NumericFaults(state: TrainingState<'T>) : IReadOnlyList<NumericFault> = NumericFaults.ofState state

/// Derivatives by central differences, and what they say of a network's pullbacks.
[<AbstractClass; Sealed>]
type Differences =
    /// The derivative of a function of one number.
    static member NumericalDiff(f: Func<float, float>, x: float) : float = Differences.numericalDiff f.Invoke x

    /// The gradient of a function of a vector.
    static member NumericalGradient(f: Func<Vector<'T>, float>, x: Vector<'T>) : Vector<'T> =
        Differences.numericalGradient f.Invoke x

    /// The gradient of a network's training loss for a batch (the key is that of seed 0 unless told); for small networks
    /// and batches.
    static member OfNetwork(network: Network<'T>, batch: Batch<'T>, [<Optional>] key: Key) : Parameters<'T> =
        Differences.ofNetworkWith key network batch

    /// Compares two gradients, leaf by leaf. Raises ArgumentException if their leaves differ.
    static member Compare(gradient: Parameters<'T>, numerical: Parameters<'T>) : IReadOnlyList<GradientDifference> =
        Differences.compare gradient numerical

    /// Checks a network's pullbacks on a batch, leaf by leaf (the key is that of seed 0 unless told).
    static member Check(network: Network<'T>, batch: Batch<'T>, [<Optional>] key: Key) : IReadOnlyList<GradientDifference> =
        Differences.checkWith key network batch

/// What outputs mean.
[<AbstractClass; Sealed>]
type Metrics =
    /// The probabilities of the classes, a column per sample, from scores.
    static member Softmax(scores: Matrix<'T>) : Matrix<'T> = SoftmaxCrossEntropy.softmax scores

    /// Each sample's class: the first of its largest scores, or -1 if a score is NaN.
    static member Classes(scores: Matrix<'T>) : int[] = Metrics.classes scores

    /// Each sample's class as its targets say, of soft targets the class of the largest.
    static member Labels(targets: Targets<'T>) : int[] = Metrics.labels targets

    /// The share (0 to 1) of the samples whose label is among the k classes with the largest scores.
    /// Raises ArgumentException if k is not 1 to the number of classes, or the labels don't fit the scores.
    static member TopK(scores: Matrix<'T>, labels: IReadOnlyList<int>, k: int) : float = Metrics.topK k scores labels

    /// How many samples of each class were taken for each class.
    /// Raises ArgumentException if the labels don't fit the scores.
    static member Confusion(scores: Matrix<'T>, labels: IReadOnlyList<int>) : ConfusionMatrix = Metrics.confusion scores labels

    /// The expected calibration error, 0 to 1, in 15 bins. Raises ArgumentException if the labels don't fit the scores.
    static member CalibrationError(scores: Matrix<'T>, labels: IReadOnlyList<int>) : float = Metrics.calibrationError scores labels

    /// The mean over the samples of the loss of scores. Raises ArgumentException if the labels don't fit them.
    static member MeanLoss(loss: Loss, scores: Matrix<'T>, labels: IReadOnlyList<int>) : float = Metrics.meanLoss loss scores labels

    /// Up to `count` of the wrong answers, the surest first.
    /// Raises ArgumentException if the count is negative or the labels don't fit the scores.
    static member MostWrong(scores: Matrix<'T>, labels: IReadOnlyList<int>, count: int) : IReadOnlyList<WrongAnswer> =
        Metrics.mostWrong count scores labels

/// Matrix products by the core's own kernels, into fresh matrices. Each element is one chain of fused multiply-adds over
/// k = 0, 1, 2, ... from zero, so it is the same bits for any number of threads and any width of vectors.
[<AbstractClass; Sealed>]
type Products =
    static member private Check(a: Matrix<'T>, b: Matrix<'T>, ka: int, kb: int, product: string) =
        if ka <> kb then
            invalidArg (nameof b) $"{product} needs sums of one length, but a is {a.RowCount} x {a.ColumnCount} \
                                    and b is {b.RowCount} x {b.ColumnCount}: {ka} and {kb}"

    /// a b, for a of m x k and b of k x n. Raises ArgumentException if the k differ.
    static member Product(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Products.Check(a, b, a.ColumnCount, b.RowCount, "a b")
        Numerics.Dense.product a b

    /// The product of a's transpose and b, for a of k x m and b of k x n. Raises ArgumentException if the k differ.
    static member TransposeThisProduct(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Products.Check(a, b, a.RowCount, b.RowCount, "a' b")
        Numerics.Dense.transposeThisProduct a b

    /// The product of a and b's transpose, for a of m x k and b of n x k. Raises ArgumentException if the k differ.
    static member ProductWithTranspose(a: Matrix<'T>, b: Matrix<'T>) : Matrix<'T> =
        Products.Check(a, b, a.ColumnCount, b.ColumnCount, "a b'")
        Numerics.Dense.productWithTranspose a b

/// Threads that the core may use. Results don't depend on them: not a bit.
[<AbstractClass; Sealed>]
type Threads =
    /// Runs body with up to `count` threads for each large operation in it (1 unless told). Raises ArgumentException if count < 1.
    static member Use(count: int, body: Func<'R>) : 'R =
        if count < 1 then invalidArg (nameof count) $"the number of threads must be at least 1, but is {count}"
        Numerics.Team.withThreads count body.Invoke

/// Augmentations: each raises ArgumentException if its numbers are wrong. What they do is told at the cases of the type.
[<AbstractClass; Sealed>]
type Augment =
    /// By up to so many whole pixels, down and across.
    static member Shift([<Optional; DefaultParameterValue(2)>] pixels: int) = Augmentation.check (Augmentation.Shift pixels)

    /// About the center, by up to so many degrees either way.
    static member Rotation([<Optional; DefaultParameterValue(10.0)>] degrees: float) = Augmentation.check (Augmentation.Rotation degrees)

    /// About the center, by 1/factor to factor.
    static member Scale([<Optional; DefaultParameterValue(1.1)>] factor: float) = Augmentation.check (Augmentation.Scale factor)

    /// Smooth random displacements.
    static member Elastic
        ([<Optional; DefaultParameterValue(34.0)>] strength: float, [<Optional; DefaultParameterValue(4.0)>] smoothness: float) =
        Augmentation.check (Augmentation.Elastic(strength, smoothness))

    /// Left becomes right, with this probability.
    static member Flip([<Optional; DefaultParameterValue(0.5)>] probability: float) = Augmentation.check (Augmentation.Flip probability)

    /// A random window of height x width pixels, with so many pixels of background around the image.
    static member Crop(height: int, width: int, [<Optional; DefaultParameterValue(0)>] padding: int) =
        Augmentation.check (Augmentation.Crop(height, width, padding))

    /// Normal, with this deviation as a share of the range of pixels.
    static member Noise([<Optional; DefaultParameterValue(0.1)>] deviation: float) = Augmentation.check (Augmentation.Noise deviation)

    /// A square of background.
    static member Cutout([<Optional; DefaultParameterValue(8)>] size: int) = Augmentation.check (Augmentation.Cutout size)

    /// Mixtures of two samples and their targets, weighted by Beta(alpha, alpha).
    static member Mixup([<Optional; DefaultParameterValue(0.2)>] alpha: float) = Augmentation.check (Augmentation.Mixup alpha)

    /// Everything wrong with augmentations for images of this format; empty if they are right.
    static member Faults(augmentations: IReadOnlyList<Augmentation>, image: ImageFormat) : IReadOnlyList<string> =
        Augmentation.faultsFor image augmentations

    /// The format of images once they are augmented: crops change height and width.
    static member Output(augmentations: IReadOnlyList<Augmentation>, image: ImageFormat) : ImageFormat =
        Augmentation.output augmentations image

    /// Images of channels x height x width, as all here takes them, from images of height x width x channels; features x
    /// samples both. Raises ArgumentException if the features are not those of the format.
    static member ChannelsFirst(image: ImageFormat, x: Matrix<'T>) : Matrix<'T> = Augmentation.channelsFirst image x

    /// Images of height x width x channels from images of channels x height x width; features x samples both. Raises
    /// ArgumentException if the features are not those of the format.
    static member ChannelsLast(image: ImageFormat, x: Matrix<'T>) : Matrix<'T> = Augmentation.channelsLast image x

    /// The batch with the augmentations applied in order to each of its images: sample j is a function of the sample and of
    /// the j-th child of the key. Raises ArgumentException with everything wrong with the augmentations for this format, if
    /// the format is not that of the batch, and if mixup finds a label outside the classes.
    static member Apply(augmentations: IReadOnlyList<Augmentation>, image: ImageFormat, batch: Batch<'T>, key: Key) : Batch<'T> =
        Augmentation.apply augmentations image key batch
