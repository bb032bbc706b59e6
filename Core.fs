// The core's front door: the face that C# sees (more of it in Core/Face). Nothing is computed here: every member forwards to
// the module of its name in Functional.FSharp, where shapes, formulas and sources are told.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

[<AutoOpen>]
module internal Given =
    /// A value that C# may have left out: null raises ArgumentNullException with the parameter's name.
    let given (name: string) (value: 'V) : 'V = if isNull (box value) then nullArg name else value

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
    static member Of(inputs: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> = Batch.ofLabels (given (nameof inputs) inputs) (given (nameof labels) labels)

    /// Of inputs (features x samples) and targets (outputs x samples), one column per sample.
    /// Raises ArgumentException if their numbers of columns differ.
    static member Of(inputs: Matrix<'T>, targets: Matrix<'T>) : Batch<'T> = Batch.ofTargets (given (nameof inputs) inputs) (given (nameof targets) targets)

    /// Of inputs with one sample per row, and a label per sample: what most files hold.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (given (nameof rows) rows) (given (nameof labels) labels)

    /// Of samples in the rows of an array, and a label per sample.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: 'T[,], labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (Matrix<'T>.Build.DenseOfArray(given (nameof rows) rows)) (given (nameof labels) labels)

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
        Network.create (given (nameof sizes) sizes) (given (nameof activation) activation) (given (nameof initializer) initializer) (Key.OfSeed seed)

    /// Affine layers between these sizes, an activation after each but the last, drawn from a key.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, key: Key) : Network<'T> =
        Network.create (given (nameof sizes) sizes) (given (nameof activation) activation) (given (nameof initializer) initializer) key

    /// Affine layers between these sizes, in float32.
    /// Raises ArgumentException with everything that is wrong.
    static member Create
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<float32> =
        Network.create (given (nameof sizes) sizes) (given (nameof activation) activation) (given (nameof initializer) initializer) (Key.OfSeed seed)

    /// Affine layers between these sizes, and after each but the last the layers that `after` gives for its number of
    /// outputs, as in `units => [Layer.BatchNorm(units), Layer.Of(Activation.Relu), Layer.Dropout(0.2)]`.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<Layer<'T>>>, initializer: Initializer, key: Key)
        : Network<'T> =
        Network.createWith (given (nameof sizes) sizes) (fun units -> (given (nameof after) after).Invoke units) (given (nameof initializer) initializer) key

    /// Affine layers between these sizes, and other layers after each but the last, drawn from a seed.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<Layer<'T>>>, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<'T> =
        Network.createWith (given (nameof sizes) sizes) (fun units -> (given (nameof after) after).Invoke units) (given (nameof initializer) initializer) (Key.OfSeed seed)

    /// Of these layers, with softmax cross-entropy. Raises ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<Layer<'T>>) : Network<'T> = Network.ofLayers (given (nameof layers) layers)

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<Layer<'T>>, loss: Loss) : Network<'T> = Network.ofLayersWith (given (nameof loss) loss) (given (nameof layers) layers)

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
    static member Predict(network: Network<'T>, x: Matrix<'T>) : Matrix<'T> =
        Network.predict (given (nameof network) network) (given (nameof x) x)

    /// The loss of a batch, as in evaluation, and the penalty. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member LossOf(network: Network<'T>, batch: Batch<'T>) : float =
        Network.loss (given (nameof network) network) (given (nameof batch) batch)

    /// The share (0 to 1) of a batch's samples that are classified as their targets say.
    /// Raises ArgumentException if the batch doesn't fit the network.
    [<Extension>]
    static member Accuracy(network: Network<'T>, batch: Batch<'T>) : float =
        Metrics.accuracy (given (nameof network) network) (given (nameof batch) batch)

    /// How many of a batch's samples are classified as their targets say.
    /// Raises ArgumentException if the batch doesn't fit the network.
    [<Extension>]
    static member Correct(network: Network<'T>, batch: Batch<'T>) : int =
        Metrics.correctOf (given (nameof network) network) (given (nameof batch) batch)

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
    static member Gradient(network: Network<'T>, batch: Batch<'T>, key: Key) : Gradient<'T> =
        Network.gradient key (given (nameof network) network) (given (nameof batch) batch)

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

/// Training, step by step.
[<AbstractClass; Sealed>]
type Training =
    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    static member Start(network: Network<'T>, optimizer: Optimizer, [<Optional; DefaultParameterValue(0L)>] seed: int64) : TrainingState<'T> =
        Training.start (given (nameof network) network) (given (nameof optimizer) optimizer) (Key.OfSeed seed)

    /// The state before the first step; what is random in training is a function of the key.
    /// Raises ArgumentException with everything wrong with the optimizer.
    static member Start(network: Network<'T>, optimizer: Optimizer, key: Key) : TrainingState<'T> =
        Training.start (given (nameof network) network) (given (nameof optimizer) optimizer) key

    /// The next state, and what the step saw. Raises ArgumentException if the batch doesn't fit the network.
    static member Step(state: TrainingState<'T>, batch: Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        Training.step (given (nameof state) state) (given (nameof batch) batch)

    /// The next state, and what the step saw, with a batch that is made for the step alone: its memory is used again by the
    /// next, so nobody may keep it. Raises ArgumentException if the batch doesn't fit the network.
    static member Step(state: TrainingState<'T>, batch: Func<Batch<'T>>) : struct (TrainingState<'T> * StepReport) =
        Training.stepOn state batch.Invoke

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
