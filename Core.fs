// The C# API of modules (more of it in Core/Face and Core/Layer.fs; types carry their own factories). Nothing is
// computed here: every member refuses null and calls the module of its name in Functional.FSharp, which documents
// formulas and sources.
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

    /// `count` different integers out of 0 .. bound - 1. Raises ArgumentException if count > bound.
    [<Extension>]
    static member Distinct(key: Key, count: int, bound: int) : int[] = Key.distinct count bound key

    /// The numbers 0 .. n - 1 in random order.
    [<Extension>]
    static member Permutation(key: Key, n: int) : int[] = Key.permutation n key

/// Losses.
[<AbstractClass; Sealed; Extension>]
type LossExtensions =
    /// The mean loss of outputs (outputs x samples) against labels or a matrix of the same shape, and its gradient:
    /// what the pullback of `Network.Forward` takes. Raises ArgumentException if they don't fit.
    [<Extension>]
    static member Forward(loss: Loss, outputs: Matrix<'T>, targets: Targets<'T>) : struct (float * Matrix<'T>) =
        Loss.forward (given "loss" loss) (given "outputs" outputs) (given "targets" targets)

/// Regularization by hand, for any matrix of parameters. Raises ArgumentException if the shapes differ.
[<AbstractClass; Sealed>]
type Regularization =
    /// gradient + rate parameter.
    static member Ridge(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.ridge rate (given "parameter" parameter) (given "gradient" gradient)

    /// gradient + rate sign(parameter), sign(0) = 0.
    static member Lasso(rate: float, parameter: Matrix<'T>, gradient: Matrix<'T>) : Matrix<'T> =
        Penalty.lasso rate (given "parameter" parameter) (given "gradient" gradient)

/// Batches of samples with their targets. What doesn't fit (another number of samples, a negative label, an index
/// outside the samples) raises ArgumentException.
[<AbstractClass; Sealed; Extension>]
type Batch =
    /// <summary>A batch of inputs (features x samples, one column per sample) and a label per sample.</summary>
    /// <example><code>var batch = Batch.Of(Matrix&lt;float>.Build.Dense(784, 2), [3, 7]);</code></example>
    static member Of(inputs: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofLabels (given "inputs" inputs) (given "labels" labels)

    /// A batch of inputs (features x samples) and targets (outputs x samples), one column per sample.
    static member Of(inputs: Matrix<'T>, targets: Matrix<'T>) : Batch<'T> =
        Batch.ofTargets (given "inputs" inputs) (given "targets" targets)

    /// A batch of inputs with one sample per row, and a label per sample: what most files hold.
    static member OfRows(rows: Matrix<'T>, labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (given "rows" rows) (given "labels" labels)

    /// <summary>A batch of samples in the rows of an array, and a label per sample.</summary>
    /// <example><code>var batch = Batch.OfRows(new[,] { { 5.1f, 3.5f }, { 6.2f, 2.9f } }, [0, 1]);</code></example>
    static member OfRows(rows: 'T[,], labels: IReadOnlyList<int>) : Batch<'T> =
        Batch.ofRows (Matrix<'T>.Build.DenseOfArray(given "rows" rows)) (given "labels" labels)

    /// A batch of the samples at the indices, each `features` bytes of pixels, as (byte - shift) / divisor.
    static member OfBytes<'T when Real<'T>>
        (scale: ByteScale, features: int, pixels: byte[], labels: int[], indices: int[]) : Batch<'T> =
        Bytes.batch (given "scale" scale) features (given "pixels" pixels) (given "labels" labels)
            (given "indices" indices)

    /// The inputs alone of such a batch, features x samples.
    static member InputsOfBytes<'T when Real<'T>>
        (scale: ByteScale, features: int, pixels: byte[], indices: int[]) : Matrix<'T> =
        Bytes.inputs (given "scale" scale) features (given "pixels" pixels) (given "indices" indices)

    /// Like `Of`, without a copy: the caller hands inputs and targets (labels or a matrix) over, and must not write to
    /// them later.
    static member Adopt(inputs: Matrix<'T>, targets: Targets<'T>) : Batch<'T> =
        Batch.adopt (given "inputs" inputs) (given "targets" targets)

    /// The same samples, weighted: the loss of the batch is sum w loss / sum w. A weight of 2 is the sample twice.
    /// Raises ArgumentException unless the weights are finite numbers from 0 on.
    [<Extension>]
    static member WithWeights(batch: Batch<'T>, weights: IReadOnlyList<float>) : Batch<'T> =
        Batch.weighted (given "weights" weights) (given "batch" batch)

    /// The scale (byte - mean) / deviation over all features of the chosen samples, at least one.
    static member StandardScale(features: int, pixels: byte[], indices: int[]) : ByteScale =
        Bytes.standardScale features (given "pixels" pixels) (given "indices" indices)

    /// classes x samples: 1 at each sample's label (0 .. classes - 1), 0 elsewhere.
    static member OneHot<'T when Real<'T>>(classes: int, labels: IReadOnlyList<int>) : Matrix<'T> =
        Batch.oneHot classes (given "labels" labels)

/// Networks: everything that can be asked of one is a function of it. What doesn't fit the network (inputs, a batch,
/// masks, the names or shapes of leaves) raises ArgumentException, as do layers, losses and penalties with faults: with
/// all of them, a line each.
[<AbstractClass; Sealed; Extension>]
type Network =
    /// <summary>Affine layers between these sizes (inputs first, outputs last), an activation after each but the last;
    /// drawn from a seed, which may be a number or a key. The loss is softmax cross-entropy or, for a single output,
    /// binary cross-entropy; `WithLoss` changes it.</summary>
    /// <example><code>Network.Create([784, 50, 10], Activation.Relu, Initializer.He, seed: 1);</code></example>
    static member Create
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, [<Optional>] seed: Key)
        : Network<float32> =
        Network.Create<float32>(sizes, activation, initializer, seed)

    /// The same in another precision, as in `Network.Create&lt;double>(...)`.
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, activation: Activation, initializer: Initializer, [<Optional>] seed: Key)
        : Network<'T> =
        Network.create (given "sizes" sizes) (given "activation" activation) (given "initializer" initializer) seed

    /// <summary>Affine layers between these sizes, and after each but the last the layers that `after` returns for its
    /// number of outputs.</summary>
    /// <example><code>
    /// Network.Create&lt;float>(
    ///     [784, 50, 10], n => [Layer.BatchNorm&lt;float>(n), Layer.Of&lt;float>(Activation.Relu)], Initializer.He);
    /// </code></example>
    static member Create<'T when Real<'T>>
        (sizes: IReadOnlyList<int>, after: Func<int, IReadOnlyList<ILayer<'T>>>, initializer: Initializer,
         [<Optional>] seed: Key) : Network<'T> =
        let after = given "after" after
        Network.createWith (given "sizes" sizes) (fun n -> after.Invoke n) (given "initializer" initializer) seed

    /// <summary>A network of these layers. The loss is, unless given, as for `Create`.</summary>
    /// <example><code>network = Network.Of([.. network.Layers, Layer.Of&lt;float>(Activation.Tanh)]);</code></example>
    static member Of(layers: IReadOnlyList<ILayer<'T>>, [<Optional>] loss: Loss) : Network<'T> =
        (if isNull (box loss) then Network.ofLayers else Network.ofLayersWith loss) (given "layers" layers)

    /// Like `Of`, without a copy: the caller hands these layers over, and must not write to their matrices and vectors
    /// later. For large networks from files.
    static member Adopt(layers: IReadOnlyList<ILayer<'T>>, loss: Loss) : Network<'T> =
        Network.adopt (given "loss" loss) (given "layers" layers)

    /// <summary>The same network with another loss; softmax over one output is a fault.</summary>
    /// <example><code>var regression = network.WithLoss(Loss.MeanSquaredError);</code></example>
    [<Extension>]
    static member WithLoss(network: Network<'T>, loss: Loss) : Network<'T> =
        Network.withLoss (given "loss" loss) (given "network" network)

    /// The same network with another penalty on its weights.
    [<Extension>]
    static member WithPenalty(network: Network<'T>, penalty: Penalty) : Network<'T> =
        Network.withPenalty (given "penalty" penalty) (given "network" network)

    /// <summary>The scores (outputs x samples) for x (inputs x samples).</summary>
    /// <example><code>int[] classes = Metrics.Classes(network.Predict(x));</code></example>
    [<Extension>]
    static member Predict(network: Network<'T>, x: Matrix<'T>) : Matrix<'T> =
        Network.predict (given "network" network) (given "x" x)

    /// The loss of a batch, as in evaluation, and the penalty.
    [<Extension>]
    static member LossOf(network: Network<'T>, batch: Batch<'T>) : float =
        Network.loss (given "network" network) (given "batch" batch)

    /// <summary>The share (0 to 1) of a batch's samples that are classified correctly, by the largest score or, for a
    /// single logit, by its sign. Raises ArgumentException for a regression.</summary>
    /// <example><code>Console.WriteLine($"{network.Accuracy(batch):P1}");</code></example>
    [<Extension>]
    static member Accuracy(network: Network<'T>, batch: Batch<'T>) : float =
        Metrics.accuracy (given "network" network) (given "batch" batch)

    /// How many of a batch's samples are classified correctly, as for `Accuracy`.
    [<Extension>]
    static member Correct(network: Network<'T>, batch: Batch<'T>) : int =
        Metrics.correctOf (given "network" network) (given "batch" batch)

    /// The same of the samples at the indices, each with one byte per input.
    [<Extension>]
    static member Correct(network: Network<'T>, scale: ByteScale, pixels: byte[], labels: int[], indices: int[]) : int =
        Bytes.correct (given "network" network) (given "scale" scale) (given "pixels" pixels) (given "labels" labels)
            (given "indices" indices)

    /// The loss of a batch, as in training, and the penalty.
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, key: Key) : float =
        Network.trainingLoss key (given "network" network) (given "batch" batch)

    /// The gradient with all intermediate values: each layer's output, and the loss's gradient with respect to it.
    [<Extension>]
    static member Trace(network: Network<'T>, batch: Batch<'T>, key: Key) : Trace<'T> =
        Network.trace key (given "network" network) (given "batch" batch)

    /// <summary>The loss of a batch and its gradient, as in training.</summary>
    /// <example><code>
    /// var gradient = network.Gradient(batch, Key.OfSeed(1));
    /// var moved = network.Parameters().Map2(gradient.Parameters, (w, g) => w - 0.1f * g);
    /// network = network.After(moved, gradient);
    /// </code></example>
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, key: Key) : Gradient<'T> =
        Network.gradient key (given "network" network) (given "batch" batch)

    /// The training loss with dropout masks as for `Gradient`.
    [<Extension>]
    static member TrainingLoss(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : float =
        Network.trainingLossWithMasks (given "masks" masks) (given "network" network) (given "batch" batch)

    /// The loss and its gradient with given dropout masks, one per dropout layer (units x samples; 1 keeps an element,
    /// 0 drops it): to reproduce runs of other programs.
    [<Extension>]
    static member Gradient(network: Network<'T>, batch: Batch<'T>, masks: IReadOnlyList<Matrix<'T>>) : Gradient<'T> =
        Network.gradientWithMasks (given "masks" masks) (given "network" network) (given "batch" batch)

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    [<Extension>]
    static member Parameters(network: Network<'T>) : Parameters<'T> = Network.parameters (given "network" network)

    /// The same network with copies of other parameters.
    [<Extension>]
    static member WithParameters(network: Network<'T>, parameters: Parameters<'T>) : Network<'T> =
        Network.withParameters (given "parameters" parameters) (given "network" network)

    /// The network after a manual step: with copies of these parameters, and the statistics that are in the gradient.
    [<Extension>]
    static member After(network: Network<'T>, parameters: Parameters<'T>, gradient: Gradient<'T>) : Network<'T> =
        Network.after (given "parameters" parameters) (given "gradient" gradient) (given "network" network)

    /// Parameters and statistics as one list: the leaves of a custom layer that holds this network.
    [<Extension>]
    static member Leaves(network: Network<'T>) : Parameters<'T> = Network.leaves (given "network" network)

    /// The same network with copies of other parameters and statistics, in the order of `Leaves`; names don't matter.
    [<Extension>]
    static member WithLeaves(network: Network<'T>, leaves: IReadOnlyList<Parameter<'T>>) : Network<'T> =
        Network.withLeaves (given "leaves" leaves) (given "network" network)

    /// A gradient's parameters and statistics in the order of `Leaves`: what the pullback of a custom layer that holds
    /// this network returns.
    [<Extension>]
    static member LeavesAfter(network: Network<'T>, gradient: Gradient<'T>) : Parameters<'T> =
        Network.leavesAfter (given "gradient" gradient) (given "network" network)

    /// The scores (outputs x samples) for x (inputs x samples) as in training, and the pullback from dL/dscores to the
    /// gradient and dL/dx. For custom losses.
    [<Extension>]
    static member Forward(network: Network<'T>, x: Matrix<'T>, key: Key)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Gradient<'T> * Lazy<Matrix<'T>>)>) =
        let struct (scores, back) = Network.forward key (given "network" network) (given "x" x)
        struct (scores, Func<_, _> back)

    /// The running statistics of batch-norm layers, named as in `batchnorm1.mean`.
    [<Extension>]
    static member Statistics(network: Network<'T>) : Parameters<'T> = Network.statistics (given "network" network)

    /// The same network with copies of other statistics.
    [<Extension>]
    static member WithStatistics(network: Network<'T>, statistics: Parameters<'T>) : Network<'T> =
        Network.withStatistics (given "statistics" statistics) (given "network" network)

    /// A network's identity, but for its loss and its penalty, in hexadecimal.
    [<Extension>]
    static member Digest(network: Network<'T>) : string = Network.digest (given "network" network)

/// Training, step by step.
[<AbstractClass; Sealed>]
type Training =
    /// <summary>The state before the first step; what is random in training is a function of the seed, which may be a
    /// number or a key. Raises ArgumentException with everything wrong with the optimizer.</summary>
    /// <example><code>state = Training.Start(network, Optimizer.Adam(learningRate: 0.001), seed: 1);</code></example>
    static member Start(network: Network<'T>, optimizer: Optimizer, [<Optional>] seed: Key) : TrainingState<'T> =
        Training.start (given "network" network) (given "optimizer" optimizer) seed

    /// <summary>The next state and a report. Raises ArgumentException if the batch doesn't fit the network, and after
    /// 2,147,483,647 steps.</summary>
    /// <example><code>(state, var report) = Training.Step(state, batch);</code></example>
    static member Step(state: TrainingState<'T>, batch: Batch<'T>) : struct (TrainingState<'T> * StepReport) =
        Training.step (given "state" state) (given "batch" batch)

    /// The same with a batch that is made for this step alone: the next step reuses its memory, so don't keep it.
    static member Step(state: TrainingState<'T>, batch: Func<Batch<'T>>) : struct (TrainingState<'T> * StepReport) =
        Training.stepOn (given "state" state) (given "batch" batch).Invoke

    /// <summary>The state after a step for each batch, the same bits as by `Step`. The states in between are seen by
    /// nobody, so their memory is used again: large networks train faster. Raises ArgumentException like `Step`.
    /// </summary>
    /// <example><code>state = Training.Run(state, Enumerable.Repeat(batch, 1000));</code></example>
    static member Run(state: TrainingState<'T>, batches: IEnumerable<Batch<'T>>) : TrainingState<'T> =
        Training.run (given "state" state) (given "batches" batches)

    /// The same with batches of which each is made for its step alone, as for `Step`, and until `goesOn` says of a
    /// step's report that no other shall follow.
    static member Run
        (state: TrainingState<'T>, batches: IEnumerable<Func<Batch<'T>>>, goesOn: Func<StepReport, bool>)
        : TrainingState<'T> =
        let batches = given "batches" batches |> Seq.map (fun batch -> (given "a batch" batch).Invoke)
        Training.runOn (given "goesOn" goesOn).Invoke (given "state" state) batches

    /// The network with the moving average of its parameters, where the optimizer takes one; otherwise the network.
    static member Averaged(state: TrainingState<'T>) : Network<'T> = Training.averaged (given "state" state)

/// Probabilities, classes and metrics from scores. Labels that don't fit the scores raise ArgumentException.
[<AbstractClass; Sealed>]
type Metrics =
    /// The softmax of scores, a column per sample.
    static member Softmax(scores: Matrix<'T>) : Matrix<'T> = Metrics.softmax (given "scores" scores)

    /// The probabilities of the classes, a column per sample: the softmax of the scores; of a single row of logits, 1 -
    /// p and p.
    static member Probabilities(scores: Matrix<'T>) : Matrix<'T> = Metrics.probabilities (given "scores" scores)

    /// Each sample's class: the first of its largest scores, or -1 if a score is NaN. Of a single row, which are
    /// logits, class 1 where the logit is above 0.
    static member Classes(scores: Matrix<'T>) : int[] = Metrics.classes (given "scores" scores)

    /// Each sample's class by its targets; for soft targets, the class with the largest.
    static member Labels(targets: Targets<'T>) : int[] = Metrics.labels (given "targets" targets)

    /// The share (0 to 1) of the samples whose label is among the k classes with the largest scores.
    /// Raises ArgumentException if k is not 1 to the number of classes.
    static member TopK(scores: Matrix<'T>, labels: IReadOnlyList<int>, k: int) : float =
        Metrics.topK k (given "scores" scores) (given "labels" labels)

    /// <summary>The confusion matrix: how many samples of each class were predicted as each class.</summary>
    /// <example><code>Console.WriteLine(Metrics.Confusion(network.Predict(x), labels));</code></example>
    static member Confusion(scores: Matrix<'T>, labels: IReadOnlyList<int>) : ConfusionMatrix =
        Metrics.confusion (given "scores" scores) (given "labels" labels)

    /// The expected calibration error, 0 to 1, in 15 bins.
    static member CalibrationError(scores: Matrix<'T>, labels: IReadOnlyList<int>) : float =
        Metrics.calibrationError (given "scores" scores) (given "labels" labels)

    /// Up to `count` misclassified samples, the most confident first. Raises ArgumentException for a negative count.
    static member MostWrong(scores: Matrix<'T>, labels: IReadOnlyList<int>, count: int) : IReadOnlyList<WrongAnswer> =
        Metrics.mostWrong count (given "scores" scores) (given "labels" labels)
