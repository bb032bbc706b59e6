// The core's front door: the face that C# sees (more of it in Core/Face). Nothing is computed here: every member
// forwards to the module of its name in Functional.FSharp, which documents shapes, formulas and sources.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Penalties on weights.
[<AbstractClass; Sealed; Extension>]
type PenaltyExtensions =
    /// The penalty of the weights among these leaves.
    [<Extension>]
    static member Value(penalty: Penalty, parameters: Parameters<'T>) : float =
        Penalty.value (nullArgCheck (nameof penalty) penalty) (nullArgCheck (nameof parameters) parameters)

    /// The gradient of a loss and the penalty together, given the parameters and the gradient of the loss alone.
    [<Extension>]
    static member AddGradient(penalty: Penalty, parameters: Parameters<'T>, gradient: Parameters<'T>) : Parameters<'T> =
        Penalty.addGradient (nullArgCheck (nameof penalty) penalty) (nullArgCheck (nameof parameters) parameters)
                (nullArgCheck (nameof gradient) gradient)

/// Losses.
[<AbstractClass; Sealed; Extension>]
type LossExtensions =
    /// The mean loss of outputs (outputs x samples) against targets of the same shape, and its gradient with respect to
    /// the outputs: what the pullback of `Network.Forward` takes. Raises ArgumentException if the targets don't fit.
    [<Extension>]
    static member Forward(loss: Loss, outputs: Matrix<'T>, targets: Matrix<'T>) : struct (float * Matrix<'T>) =
        Loss.forward (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof outputs) outputs)
            (Targets.Values(nullArgCheck (nameof targets) targets))

    /// The same for targets of a batch: labels, or a column for each sample.
    [<Extension>]
    static member Forward(loss: Loss, outputs: Matrix<'T>, targets: Targets<'T>) : struct (float * Matrix<'T>) =
        Loss.forward (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof outputs) outputs)
            (nullArgCheck (nameof targets) targets)

/// Regularization by hand, for any matrix of parameters.
[<AbstractClass; Sealed>]
type Regularization =
    /// gradient + rate parameter. Raises ArgumentException if the shapes differ.
    static member Ridge(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.ridge rate (nullArgCheck (nameof parameter) parameter) (nullArgCheck (nameof gradient) gradient)

    /// gradient + rate sign(parameter), sign(0) = 0. Raises ArgumentException if the shapes differ.
    static member Lasso(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.lasso rate (nullArgCheck (nameof parameter) parameter) (nullArgCheck (nameof gradient) gradient)

    /// Weights moved towards 0 by an amount, and 0 from there on; other leaves stay: L1's proximal step.
    static member SoftThreshold(amount: float, parameters: Parameters<'T>) : Parameters<'T> =
        Penalty.softThreshold amount (nullArgCheck (nameof parameters) parameters)

/// Batches of samples with their targets.
[<AbstractClass; Sealed; Extension>]
type Batch =
    /// Of inputs (features x samples, one column per sample) and a label per sample.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member Of(inputs: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofLabels (nullArgCheck (nameof inputs) inputs) (nullArgCheck (nameof labels) labels)

    /// Of inputs (features x samples) and targets (outputs x samples), one column per sample.
    /// Raises ArgumentException if their numbers of columns differ.
    static member Of(inputs: Matrix<'T>, targets: Matrix<'T>) : Batch<'T> =
        Batch.ofTargets (nullArgCheck (nameof inputs) inputs) (nullArgCheck (nameof targets) targets)

    /// Of inputs with one sample per row, and a label per sample: what most files hold.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (nullArgCheck (nameof rows) rows) (nullArgCheck (nameof labels) labels)

    /// Of samples in the rows of an array, and a label per sample.
    /// Raises ArgumentException if their numbers differ or a label is negative.
    static member OfRows(rows: 'T[,], labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (Matrix<'T>.Build.DenseOfArray(nullArgCheck (nameof rows) rows))
            (nullArgCheck (nameof labels) labels)

    /// Of the samples at the indices, each `features` bytes of pixels, as (byte - shift) / divisor.
    /// Raises ArgumentException for an index outside the samples, and if pixels and labels are not of equally many
    /// samples.
    static member OfBytes<'T when Real<'T>>
        (scale: ByteScale, features: int, pixels: byte[], labels: int[], indices: int[]) : Batch<'T> =
        Bytes.batch (nullArgCheck (nameof scale) scale) features (nullArgCheck (nameof pixels) pixels)
                (nullArgCheck (nameof labels) labels) (nullArgCheck (nameof indices) indices)

    /// The inputs of the samples at the indices, features x samples: each sample is `features` bytes of pixels, as
    /// (byte - shift) / divisor.
    /// Raises ArgumentException for an index outside the samples, and if the pixels are no whole samples.
    static member InputsOfBytes<'T when Real<'T>>
        (scale: ByteScale, features: int, pixels: byte[], indices: int[]) : Matrix<'T> =
        Bytes.inputs (nullArgCheck (nameof scale) scale) features (nullArgCheck (nameof pixels) pixels)
                (nullArgCheck (nameof indices) indices)

    /// Of inputs (features x samples, one column per sample) and a label per sample, without a copy: the caller hands
    /// both over, and must not write to them later.
    /// Raises ArgumentException if there are none, their numbers differ or a label is negative.
    static member Adopt(inputs: Matrix<'T>, labels: int[]) : Batch<'T> =
        Batch.adopt (nullArgCheck (nameof inputs) inputs) (nullArgCheck (nameof labels) labels)

    /// Of inputs (features x samples) and targets (outputs x samples), one column per sample, without a copy: the
    /// caller hands both over, and must not write to them later.
    /// Raises ArgumentException if there are none or their numbers of columns differ.
    static member Adopt(inputs: Matrix<'T>, targets: Matrix<'T>) : Batch<'T> =
        Batch.adoptTargets (nullArgCheck (nameof inputs) inputs) (nullArgCheck (nameof targets) targets)

    /// The same samples, whose losses count as much as these weights say: the loss of the batch is
    /// sum w loss / sum w. With all weights 1 it is the same, to the last bit; a weight of 2 is the sample twice.
    /// (Batch normalization's means and variances don't look at weights.)
    /// Raises ArgumentException if their number differs from the samples', or they are not finite numbers from 0 on.
    [<Extension>]
    static member WithWeights(batch: Batch<'T>, weights: IReadOnlyList<float>) : Batch<'T> =
        Batch.weighted (nullArgCheck (nameof weights) weights) (nullArgCheck (nameof batch) batch)

    /// The scale (byte - mean) / deviation over all features of the chosen samples.
    static member StandardScale(features: int, pixels: byte[], indices: int[]) : ByteScale =
        Bytes.standardScale features (nullArgCheck (nameof pixels) pixels) (nullArgCheck (nameof indices) indices)

    /// classes x samples: 1 at each sample's label, 0 elsewhere.
    /// Raises ArgumentException for a label outside 0 .. classes - 1.
    static member OneHot<'T when Real<'T>>(classes: int, labels: IReadOnlyList<int>) : Matrix<'T> =
        Batch.oneHot classes (nullArgCheck (nameof labels) labels)

/// Networks: everything that can be asked of one is a function of it.
[<AbstractClass; Sealed; Extension>]
type Network =
    /// Affine layers between these sizes (inputs first, outputs last), an activation after each but the last.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<'T> =
        Network.create (nullArgCheck (nameof sizes) sizes) (nullArgCheck (nameof activation) activation)
                (nullArgCheck (nameof initializer) initializer) (Key.OfSeed seed)

    /// Affine layers between these sizes, an activation after each but the last, drawn from a key.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, key: Key) : Network<'T> =
        Network.create (nullArgCheck (nameof sizes) sizes) (nullArgCheck (nameof activation) activation)
                (nullArgCheck (nameof initializer) initializer) key

    /// Affine layers between these sizes, in float32, drawn from a key.
    /// Raises ArgumentException with everything that is wrong.
    static member Create
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, key: Key) : Network<float32> =
        Network.create (nullArgCheck (nameof sizes) sizes) (nullArgCheck (nameof activation) activation)
                (nullArgCheck (nameof initializer) initializer) key

    /// Affine layers between these sizes, in float32. The loss is softmax cross-entropy or, for a single output, binary
    /// cross-entropy; `WithLoss` changes it. Raises ArgumentException with everything that is wrong.
    static member Create
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<float32> =
        Network.create (nullArgCheck (nameof sizes) sizes) (nullArgCheck (nameof activation) activation)
                (nullArgCheck (nameof initializer) initializer) (Key.OfSeed seed)

    /// Affine layers between these sizes, and after each but the last the layers that `after` returns for its number of
    /// outputs, as in `units => [Layer.BatchNorm(units), Layer.Of(Activation.Relu), Layer.Dropout(0.2)]`.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<ILayer<'T>>>, initializer: Initializer, key: Key)
        : Network<'T> =
        Network.createWith (nullArgCheck (nameof sizes) sizes) (fun units ->
                (nullArgCheck (nameof after) after).Invoke units) (nullArgCheck (nameof initializer) initializer) key

    /// Affine layers between these sizes, and other layers after each but the last, drawn from a seed.
    /// Raises ArgumentException with everything that is wrong.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<ILayer<'T>>>, initializer: Initializer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : Network<'T> =
        Network.createWith (nullArgCheck (nameof sizes) sizes) (fun units ->
                (nullArgCheck (nameof after) after).Invoke units)
                    (nullArgCheck (nameof initializer) initializer) (Key.OfSeed seed)

    /// Of these layers, with softmax cross-entropy or, for a single output, binary cross-entropy. Raises
    /// ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<ILayer<'T>>) : Network<'T> =
        Network.ofLayers (nullArgCheck (nameof layers) layers)

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    static member Of(layers: IReadOnlyList<ILayer<'T>>, loss: Loss) : Network<'T> =
        Network.ofLayersWith (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof layers) layers)

    /// Like `Of`, without a copy: the caller hands these layers over, and must not write to their matrices and vectors
    /// later. For large networks from files. Raises ArgumentException with all faults, a line each.
    static member Adopt(layers: IReadOnlyList<ILayer<'T>>, loss: Loss) : Network<'T> =
        Network.adopt (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof layers) layers)

    /// The same network with another loss. Raises ArgumentException if its numbers are wrong, and for softmax over one
    /// output.
    [<Extension>]
    static member WithLoss(network: Network<'T>, loss: Loss) : Network<'T> =
        Network.withLoss (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof network) network)

    /// The same network with another penalty on its weights. Raises ArgumentException if its numbers are wrong.
    [<Extension>]
    static member WithPenalty(network: Network<'T>, penalty: Penalty) : Network<'T> =
        Network.withPenalty (nullArgCheck (nameof penalty) penalty) (nullArgCheck (nameof network) network)

    /// The scores (outputs x samples) for x (inputs x samples). Raises ArgumentException if x doesn't fit.
    [<Extension>]
    static member Predict(network: Network<'T>, x: Matrix<'T>) : Matrix<'T> =
        Network.predict (nullArgCheck (nameof network) network) (nullArgCheck (nameof x) x)

    /// The loss of a batch, as in evaluation, and the penalty. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member LossOf(network: Network<'T>, batch: Batch<'T>) : float =
        Network.loss (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// The share (0 to 1) of a batch's samples that are classified correctly, by the largest score or, for a single
    /// logit, by its sign. Raises ArgumentException if the batch doesn't fit the network, and for a regression.
    [<Extension>]
    static member Accuracy(network: Network<'T>, batch: Batch<'T>) : float =
        Metrics.accuracy (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// How many of a batch's samples are classified correctly, by the largest score or, for a single logit, by its
    /// sign. Raises ArgumentException if the batch doesn't fit the network, and for a regression.
    [<Extension>]
    static member Correct(network: Network<'T>, batch: Batch<'T>) : int =
        Metrics.correctOf (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// How many of the samples at the indices, each with one byte per input, are classified correctly. Raises
    /// ArgumentException for an index outside the samples.
    [<Extension>]
    static member Correct
        (network: Network<'T>, scale: ByteScale, pixels: byte[], labels: int[], indices: int[]) : int =
        Bytes.correct (nullArgCheck (nameof network) network) (nullArgCheck (nameof scale) scale)
                (nullArgCheck (nameof pixels) pixels) (nullArgCheck (nameof labels) labels)
                    (nullArgCheck (nameof indices) indices)

    /// The loss of a batch, as in training, and the penalty. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, key: Key) : float =
        Network.trainingLoss key (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// The gradient with all intermediate values: each layer's output, and the loss's gradient with respect to it.
    /// Raises ArgumentException if the batch doesn't fit the network.
    [<Extension>]
    static member Trace(network: Network<'T>, batch: Batch<'T>, key: Key) : Trace<'T> =
        Network.trace key (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// The loss of a batch and its gradient, as in training. Raises ArgumentException if the batch doesn't fit.
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, key: Key) : Gradient<'T> =
        Network.gradient key (nullArgCheck (nameof network) network) (nullArgCheck (nameof batch) batch)

    /// The training loss with given dropout masks, one per dropout layer (units x samples; 1 keeps an element, 0 drops
    /// it).
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : float =
        Network.trainingLossWithMasks (nullArgCheck (nameof masks) masks) (nullArgCheck (nameof network) network)
                (nullArgCheck (nameof batch) batch)

    /// The loss and its gradient with given dropout masks, one per dropout layer (units x samples; 1 keeps an element,
    /// 0 drops it): to reproduce runs of other programs. Raises ArgumentException if their number or a shape doesn't
    /// fit.
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : Gradient<'T> =
        Network.gradientWithMasks (nullArgCheck (nameof masks) masks) (nullArgCheck (nameof network) network)
                (nullArgCheck (nameof batch) batch)

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    [<Extension>]
    static member Parameters(network: Network<'T>) : Parameters<'T> =
        Network.parameters (nullArgCheck (nameof network) network)

    /// The same network with copies of other parameters. Raises ArgumentException if their names or shapes differ.
    [<Extension>]
    static member WithParameters(network: Network<'T>, parameters: Parameters<'T>) : Network<'T> =
        Network.withParameters (nullArgCheck (nameof network) network) (nullArgCheck (nameof parameters) parameters)

    /// The network after a manual step: with copies of these parameters, and the statistics that are in the gradient.
    /// Raises ArgumentException if names or shapes differ.
    [<Extension>]
    static member After(network: Network<'T>, parameters: Parameters<'T>, gradient: Gradient<'T>) : Network<'T> =
        Network.after (nullArgCheck (nameof network) network) (nullArgCheck (nameof parameters) parameters)
                (nullArgCheck (nameof gradient) gradient)

    /// Parameters and statistics as one list: the leaves of a custom layer that holds this network.
    [<Extension>]
    static member Leaves(network: Network<'T>) : Parameters<'T> = Network.leaves (nullArgCheck (nameof network) network)

    /// The same network with copies of other parameters and statistics, in the order of `Leaves`; names don't matter.
    /// Raises ArgumentException if their number or a shape differs.
    [<Extension>]
    static member WithLeaves(network: Network<'T>, leaves: IReadOnlyList<Parameter<'T>>) : Network<'T> =
        Network.withLeaves (nullArgCheck (nameof network) network) (nullArgCheck (nameof leaves) leaves)

    /// A gradient's parameters, then the statistics as they are after its batch, in the order of `Leaves`: what the
    /// pullback of a custom layer that holds this network returns. Raises ArgumentException if the gradient is another
    /// network's.
    [<Extension>]
    static member LeavesAfter(network: Network<'T>, gradient: Gradient<'T>) : Parameters<'T> =
        Network.leavesAfter (nullArgCheck (nameof network) network) (nullArgCheck (nameof gradient) gradient)

    /// The scores (outputs x samples) for x (inputs x samples) as in training, and the pullback from dL/dscores to the
    /// gradient and dL/dx. For custom losses. Raises ArgumentException if x doesn't fit.
    [<Extension>]
    static member Forward(network: Network<'T>, x: Matrix<'T>, key: Key)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Gradient<'T> * Lazy<Matrix<'T>>)>) =
        let struct (scores, back) =
            Network.forward key (nullArgCheck (nameof network) network) (nullArgCheck (nameof x) x)
        struct (scores, Func<_, _> back)

    /// The running statistics of batch-norm layers, named as in `batchnorm1.mean`.
    [<Extension>]
    static member Statistics(network: Network<'T>) : Parameters<'T> =
        Network.statistics (nullArgCheck (nameof network) network)

    /// The same network with copies of other statistics. Raises ArgumentException if their names or shapes differ.
    [<Extension>]
    static member WithStatistics(network: Network<'T>, statistics: Parameters<'T>) : Network<'T> =
        Network.withStatistics (nullArgCheck (nameof network) network) (nullArgCheck (nameof statistics) statistics)

    /// A network's identity, in hexadecimal.
    [<Extension>]
    static member Digest(network: Network<'T>) : string = Network.digest (nullArgCheck (nameof network) network)

/// Training, step by step.
[<AbstractClass; Sealed>]
type Training =
    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    static member Start
        (network: Network<'T>, optimizer: Optimizer,
         [<Optional; DefaultParameterValue(0L)>] seed: int64) : TrainingState<'T> =
        Training.start (nullArgCheck (nameof network) network)
            (nullArgCheck (nameof optimizer) optimizer) (Key.OfSeed seed)

    /// The state before the first step; what is random in training is a function of the key.
    /// Raises ArgumentException with everything wrong with the optimizer.
    static member Start(network: Network<'T>, optimizer: Optimizer, key: Key) : TrainingState<'T> =
        Training.start (nullArgCheck (nameof network) network) (nullArgCheck (nameof optimizer) optimizer) key

    /// The next state and a report. Raises ArgumentException if the batch doesn't fit the network, and
    /// after 2,147,483,647 steps.
    static member Step(state: TrainingState<'T>, batch: Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        Training.step (nullArgCheck (nameof state) state) (nullArgCheck (nameof batch) batch)

    /// The next state and a report. The batch must be made for this step alone: the next step reuses its memory, so
    /// don't keep it. Raises ArgumentException if the batch doesn't fit the network.
    static member Step(state: TrainingState<'T>, batch: Func<Batch<'T>>) : struct (TrainingState<'T> * StepReport) =
        Training.stepOn (nullArgCheck (nameof state) state) (nullArgCheck (nameof batch) batch).Invoke

    /// The network with the moving average of its parameters, where the optimizer takes one; otherwise the network.
    static member Averaged(state: TrainingState<'T>) : Network<'T> =
        Training.averaged (nullArgCheck (nameof state) state)

/// Probabilities, classes and metrics from scores.
[<AbstractClass; Sealed>]
type Metrics =
    /// The softmax of scores, a column per sample.
    static member Softmax(scores: Matrix<'T>) : Matrix<'T> = Metrics.softmax (nullArgCheck (nameof scores) scores)

    /// The probabilities of the classes, a column per sample: the softmax of the scores; of a single row of logits, 1 -
    /// p and p.
    static member Probabilities(scores: Matrix<'T>) : Matrix<'T> =
        Metrics.probabilities (nullArgCheck (nameof scores) scores)

    /// Each sample's class: the first of its largest scores, or -1 if a score is NaN. Of a single row, which are
    /// logits, class 1 where the logit is above 0.
    static member Classes(scores: Matrix<'T>) : int[] = Metrics.classes (nullArgCheck (nameof scores) scores)

    /// Each sample's class by its targets; for soft targets, the class with the largest.
    static member Labels(targets: Targets<'T>) : int[] = Metrics.labels (nullArgCheck (nameof targets) targets)

    /// The share (0 to 1) of the samples whose label is among the k classes with the largest scores.
    /// Raises ArgumentException if k is not 1 to the number of classes, or the labels don't fit the scores.
    static member TopK(scores: Matrix<'T>, labels: IReadOnlyList<int>, k: int) : float =
        Metrics.topK k (nullArgCheck (nameof scores) scores) (nullArgCheck (nameof labels) labels)

    /// The confusion matrix: how many samples of each class were predicted as each class.
    /// Raises ArgumentException if the labels don't fit the scores.
    static member Confusion(scores: Matrix<'T>, labels: IReadOnlyList<int>) : ConfusionMatrix =
        Metrics.confusion (nullArgCheck (nameof scores) scores) (nullArgCheck (nameof labels) labels)

    /// The expected calibration error, 0 to 1, in 15 bins. Raises ArgumentException if the labels don't fit the scores.
    static member CalibrationError(scores: Matrix<'T>, labels: IReadOnlyList<int>) : float =
        Metrics.calibrationError (nullArgCheck (nameof scores) scores) (nullArgCheck (nameof labels) labels)

    /// The mean over the samples of the loss of scores. Raises ArgumentException if the labels don't fit them.
    static member MeanLoss(loss: Loss, scores: Matrix<'T>, labels: IReadOnlyList<int>) : float =
        Metrics.meanLoss (nullArgCheck (nameof loss) loss) (nullArgCheck (nameof scores) scores)
            (nullArgCheck (nameof labels) labels)

    /// Up to `count` misclassified samples, the most confident first.
    /// Raises ArgumentException if the count is negative or the labels don't fit the scores.
    static member MostWrong(scores: Matrix<'T>, labels: IReadOnlyList<int>, count: int) : IReadOnlyList<WrongAnswer> =
        Metrics.mostWrong count (nullArgCheck (nameof scores) scores) (nullArgCheck (nameof labels) labels)
