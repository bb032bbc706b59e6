namespace Functional

open System
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra

/// A custom loss: its name, with all its numbers (as in `focal (gamma 2)`), and one pure function. It works in double
/// precision, whatever the network's. Two losses are equal if their names are. A model's file has the name.
[<Sealed>]
type CustomLoss
    /// <param name="name">Its name, with all its numbers.</param>
    /// <param name="forward">From the network's raw outputs and the targets (both outputs x samples; labels are one-hot
    /// columns or, for a single output, 0 and 1): the mean loss over the samples, and its gradient with respect to the
    /// outputs, of their shape. It writes to no argument.</param>
    /// <param name="isRegression">Whether outputs are numbers, so that the network has no accuracy. (Default: they are
    /// scores of classes.)</param>
    /// <exception cref="T:System.ArgumentException">The name is empty.</exception>
    (name: string,
     forward: Func<Matrix<float>, Matrix<float>, struct (float * Matrix<float>)>,
     [<Optional; DefaultParameterValue(false)>] isRegression: bool) =
    do
        ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof name)
        ArgumentNullException.ThrowIfNull(forward, nameof forward)

    /// Its name, with all its numbers.
    member _.Name = name

    /// Whether outputs are numbers, not scores of classes.
    member _.IsRegression = isRegression

    member internal _.Forward = forward

    override _.Equals(other: obj) =
        match other with
        | :? CustomLoss as other -> name = other.Name && isRegression = other.IsRegression
        | _ -> false

    override _.GetHashCode() = hash (name, isRegression)

/// How outputs are measured against targets, with its numbers.
[<RequireQualifiedAccess; NoComparison>]
type LossFunction =
    | SoftmaxCrossEntropy of labelSmoothing: float * epsilon: float
    | MeanSquaredError
    | BinaryCrossEntropy
    | Huber of delta: float
    | Custom of CustomLoss

    /// Whether outputs are numbers, not scores of classes.
    member loss.IsRegression =
        match loss with
        | LossFunction.MeanSquaredError
        | LossFunction.Huber _ -> true
        | LossFunction.Custom custom -> custom.IsRegression
        | LossFunction.SoftmaxCrossEntropy _
        | LossFunction.BinaryCrossEntropy -> false

/// What training makes small. It takes the network's raw outputs, so softmax or sigmoid can't be applied twice. Targets
/// are a matrix of the outputs' shape, or labels, which mean one-hot columns or, for a single output, 0 and 1.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Loss =
    { /// Which one, with its numbers.
      Function: LossFunction }

    /// For classes: the mean over the samples of -sum t log softmax(outputs).
    /// Label smoothing s takes (1 - s) t + s / classes for t. Source: Szegedy et al. (2016).
    /// The book's replays add their epsilon (1e-7) to the probability inside the logarithm; otherwise it is 0.
    static member SoftmaxCrossEntropy
        ([<Optional; DefaultParameterValue(0.0)>] labelSmoothing: float,
         [<Optional; DefaultParameterValue(0.0)>] epsilon: float) =
        { Function = LossFunction.SoftmaxCrossEntropy(labelSmoothing, epsilon) }

    /// For numbers: the mean of (y - t)^2 over all outputs of all samples. (The book's 4.2.1 has half the sum.)
    static member MeanSquaredError = { Function = LossFunction.MeanSquaredError }

    /// For yes-or-no questions, one per output: the mean over all outputs of all samples of
    /// -(t log p + (1 - t) log(1 - p)), where the outputs are logits, p = 1 / (1 + exp(-output)).
    static member BinaryCrossEntropy = { Function = LossFunction.BinaryCrossEntropy }

    /// For numbers, with outliers: the mean over all outputs of all samples of d^2 / 2 up to |d| = delta, d = y - t,
    /// and of delta (|d| - delta / 2) beyond. Source: Huber (1964).
    static member Huber([<Optional; DefaultParameterValue(1.0)>] delta: float) = { Function = LossFunction.Huber delta }

    /// <summary>A custom loss.</summary>
    /// <example><code>
    /// var squares = new CustomLoss("squares", (y, t) => (
    ///     (y - t).PointwisePower(2).RowSums().Sum() / y.ColumnCount, 2.0 / y.ColumnCount * (y - t)), true);
    /// network = network.WithLoss(Loss.Custom(squares));
    /// </code></example>
    static member Custom(loss: CustomLoss) =
        ArgumentNullException.ThrowIfNull(loss, nameof loss)
        { Function = LossFunction.Custom loss }

    member private loss.Display = string loss
    override loss.ToString() =
        match loss.Function with
        | LossFunction.SoftmaxCrossEntropy(0.0, _) -> "softmax cross-entropy"
        | LossFunction.SoftmaxCrossEntropy(smoothing, _) ->
            $"softmax cross-entropy (label smoothing {string smoothing})"
        | LossFunction.MeanSquaredError -> "mean squared error"
        | LossFunction.BinaryCrossEntropy -> "binary cross-entropy"
        | LossFunction.Huber delta -> $"Huber (delta {string delta})"
        | LossFunction.Custom custom -> custom.Name

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// How far outputs are from targets.
[<RequireQualifiedAccess>]
module Loss =
    /// Everything wrong with the loss's numbers.
    let internal faults (loss: Loss) : string list =
        match loss.Function with
        | LossFunction.SoftmaxCrossEntropy(smoothing, epsilon) ->
            [ if not (smoothing >= 0.0 && smoothing <= 1.0) then
                  $"label smoothing must be between 0 and 1, but is {string smoothing}"
              if not (epsilon >= 0.0 && epsilon < 1.0) then
                  $"a loss's epsilon must be from 0 to below 1, but is {string epsilon}" ]
        | LossFunction.Huber delta when not (Double.IsFinite delta && delta > 0.0) ->
            [ $"Huber's delta must be finite and above 0, but is {string delta}" ]
        | _ -> []

    /// The default loss for this many outputs: softmax cross-entropy; for a single output,
    /// whose softmax would always be 1, binary cross-entropy.
    let internal usual (outputs: int) : Loss =
        if outputs > 1 then Loss.SoftmaxCrossEntropy() else Loss.BinaryCrossEntropy

    /// Everything wrong with the loss for this many outputs.
    let internal faultsFor (outputs: int) (loss: Loss) : string list =
        [ yield! faults loss
          if outputs = 1 && loss.Function.IsSoftmaxCrossEntropy then
              "softmax over one output is always 1, so there is nothing to learn: \
              take Loss.BinaryCrossEntropy for two classes, \
               Loss.MeanSquaredError for a number, or an output for each class" ]

    /// Labels for a single output are its values, 0 or 1; for several, the outputs are classes.
    let private labelsBelow (loss: Loss) (outputs: int) =
        match loss.Function with
        | LossFunction.SoftmaxCrossEntropy _ -> outputs
        | _ -> max 2 outputs

    /// Raises ArgumentException unless the targets fit this many outputs and samples.
    let internal check (loss: Loss) (outputs: int) (samples: int) (targets: Targets<'T>) =
        match targets with
        | Targets.Labels labels ->
            let labels = labels.Span
            if labels.Length <> samples then
                invalidArg "batch" $"{samples} samples of outputs with {labels.Length} labels"
            let bound = labelsBelow loss outputs
            for i in 0 .. labels.Length - 1 do
                if uint labels[i] >= uint bound then
                    invalidArg
                        "batch"
                        $"sample {i} has label {labels[i]}, but the network has only {bound} classes"
        | Targets.Values t ->
            if t.RowCount <> outputs || t.ColumnCount <> samples then
                invalidArg "batch" $"targets are {t.RowCount} x {t.ColumnCount}, \
                                     but the network gives {outputs} outputs for each of {samples} samples"
            if loss.Function.IsBinaryCrossEntropy then
                let t = Dense.elements t
                let isOutside x = x < 0.0 || x > 1.0
                match Array.tryFindIndex (Real.toFloat >> isOutside) t with
                | Some i ->
                    invalidArg "batch" $"the targets of binary cross-entropy are probabilities, 0 to 1, but sample \
                                         {i / outputs} has {t[i]}: for numbers, take Loss.MeanSquaredError"
                | None -> ()

    /// A target per output.
    let private values<'T when Real<'T>> (outputs: Matrix<'T>) (targets: Targets<'T>) : 'T[] =
        match targets with
        | Targets.Values t -> Dense.elements t
        | Targets.Labels labels ->
            let t = Array.zeroCreate (outputs.RowCount * labels.Length)
            let labels = labels.Span
            for j in 0 .. labels.Length - 1 do
                if outputs.RowCount > 1 then t[j * outputs.RowCount + labels[j]] <- 'T.One
                elif labels[j] = 1 then t[j] <- 'T.One
            t

    /// (1 - s) t + s / classes
    let private smooth<'T when Real<'T>> (s: float) (outputs: Matrix<'T>) (targets: Targets<'T>) : Targets<'T> =
        let kept: Lanes<'T> = broadcast (1.0 - s)
        let spread: Lanes<'T> = broadcast (s / float outputs.RowCount)
        values outputs targets
        |> map (fun t -> kept * t + spread)
        |> Dense.matrix outputs.RowCount outputs.ColumnCount
        |> Targets.Values

    /// A custom loss, in double precision. Raises ArgumentException if its gradient is not of the outputs' shape.
    let private custom<'T when Real<'T>> (loss: CustomLoss) (outputs: Matrix<'T>) (targets: 'T[])
        : struct (float * Matrix<'T>) =
        let rows, columns = outputs.RowCount, outputs.ColumnCount
        let double (x: 'T[]) = Dense.matrix rows columns (Array.map Real.toFloat x)
        let struct (mean, gradient) = loss.Forward.Invoke(double (Dense.elements outputs), double targets)
        let refuse what = invalidArg (nameof loss) $"the loss {loss.Name} gives {what} of outputs of {rows} x {columns}"
        if isNull (box gradient) then refuse "no gradient"
        if gradient.RowCount <> rows || gradient.ColumnCount <> columns then
            refuse $"a gradient of {gradient.RowCount} x {gradient.ColumnCount}"
        struct (mean, Dense.matrix rows columns (Array.map Real.number (gradient.ToColumnMajorArray())))

    /// A custom loss is a mean over samples: of a sample alone it is that sample's own.
    let private customWeighted<'T when Real<'T>>
        (loss: CustomLoss) (factors: float[]) (outputs: Matrix<'T>) (targets: 'T[]) : struct (float * Matrix<'T>) =
        let rows, samples = outputs.RowCount, outputs.ColumnCount
        let gradient = Array.zeroCreate<'T> (rows * samples)
        let mutable total = 0.0
        for j in 0 .. samples - 1 do
            let struct (own, slope) =
                custom loss (Dense.matrix rows 1 (outputs.Column(j).ToArray())) (Array.sub targets (j * rows) rows)
            let share = factors[j] / float samples
            total <- total + share * own
            Dense.elements slope
            |> Array.iteri (fun i slope -> gradient[j * rows + i] <- Real.number<'T, float> share * slope)
        struct (total, Dense.matrix rows samples gradient)

    /// The loss with a factor for each sample's part, or none.
    let private forwardWith (factors: float[]) (loss: Loss) (outputs: Matrix<'T>) (targets: Targets<'T>)
        : struct (float * Matrix<'T>) =
        check loss outputs.RowCount outputs.ColumnCount targets
        match loss.Function with
        | LossFunction.SoftmaxCrossEntropy(smoothing, epsilon) ->
            let targets = if smoothing = 0.0 then targets else smooth smoothing outputs targets
            SoftmaxCrossEntropy.forward epsilon outputs targets factors
        | LossFunction.MeanSquaredError -> Regression.meanSquaredError factors outputs (values outputs targets)
        | LossFunction.BinaryCrossEntropy -> Regression.binaryCrossEntropy factors outputs (values outputs targets)
        | LossFunction.Huber delta -> Regression.huber delta factors outputs (values outputs targets)
        | LossFunction.Custom loss when factors.Length = 0 -> custom loss outputs (values outputs targets)
        | LossFunction.Custom loss -> customWeighted loss factors outputs (values outputs targets)

    /// The mean loss, and its gradient with respect to the outputs (of the outputs' shape).
    /// Raises ArgumentException if the targets don't fit the outputs.
    let forward (loss: Loss) (outputs: Matrix<'T>) (targets: Targets<'T>) : struct (float * Matrix<'T>) =
        forwardWith [||] loss (given (nameof outputs) outputs) targets

    /// The loss of a network's outputs for a batch: by its weights, if it has any, sum w loss / sum w; where all are 0
    /// it is 0.
    let internal ofBatch (loss: Loss) (outputs: Matrix<'T>) (batch: Batch<'T>) : struct (float * Matrix<'T>) =
        let weights = batch.Weights.ToArray()
        // Of the largest, so that no sum is too large for a number.
        let most = if weights.Length = 0 then 0.0 else Array.max weights
        let scaled = if most > 0.0 then Array.map (fun weight -> weight / most) weights else weights
        let total = Array.sum scaled
        let factors =
            if total > 0.0 then Array.map (fun share -> share * float scaled.Length / total) scaled else scaled
        forwardWith factors loss outputs batch.T
