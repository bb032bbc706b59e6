namespace Functional

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics
open Functional.Numerics.Passes

/// How batch norm works; nothing of it is trained.
[<StructuredFormatDisplay("{Display}")>]
type BatchNormConfiguration =
    { /// The fraction of the running statistics that a step keeps (Keras's momentum; PyTorch's is 1 - this).
      Momentum: float
      /// Is added to the variance under the root.
      Epsilon: float }

    /// The book's: momentum 0.9, epsilon 1e-6.
    static member Default = { Momentum = 0.9; Epsilon = 1e-6 }

    member private configuration.Display = string configuration
    override configuration.ToString() =
        $"momentum {string configuration.Momentum}, epsilon {string configuration.Epsilon}"

/// Mean and biased variance of every feature: of a batch, or running.
[<NoComparison>]
type BatchNormStatistics<'T when Real<'T>> =
    { /// units
      Mean: Vector<'T>
      /// Divided by the number of samples, not by one less.
      Variance: Vector<'T> }

    member internal statistics.Leaves: Parameter<'T>[] =
        [| Parameter.ofFreshVector "mean" Role.Statistic statistics.Mean
           Parameter.ofFreshVector "variance" Role.Statistic statistics.Variance |]

/// Batch normalization: in training every feature gets mean 0 and deviation 1 over the batch, then a factor and a
/// summand that are trained: y = gamma (x - mean) / sqrt(variance + epsilon) + beta. In evaluation the running
/// statistics take the place of the batch's. Source: Ioffe and Szegedy (2015); Deep Learning from Scratch, 6.3.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type BatchNorm<'T when Real<'T>> =
    { /// Momentum and epsilon.
      Configuration: BatchNormConfiguration
      /// Scale and shift, which are trained.
      Parameters: ScaleShift<'T>
      /// Running statistics. Both begin at 0 as in the book, so that evaluation is off in the first steps.
      Statistics: BatchNormStatistics<'T> }

    /// Rows of x and of y.
    member layer.Units = layer.Parameters.Gamma.Count
    member private layer.Display = string layer
    override layer.ToString() = $"batchnorm {layer.Units} ({layer.Configuration})"

    /// The layer after a batch with these statistics: running = momentum running + (1 - momentum) seen.
    /// Raises ArgumentException unless there is one of each per unit.
    member layer.After(seen: BatchNormStatistics<'T>) : BatchNorm<'T> =
        if isNull (box seen) then nullArg (nameof seen)
        let momentum = layer.Configuration.Momentum
        let kept: Lanes<'T> = broadcast momentum
        let added: Lanes<'T> = broadcast (1.0 - momentum)
        let fold (running: Vector<'T>) (seen: Vector<'T>) =
            if running.Count <> layer.Units || seen.Count <> layer.Units then
                invalidArg
                    (nameof seen)
                    $"batch norm of {layer.Units} units has {running.Count} running statistics and saw {seen.Count}"
            map2 (fun r s -> kept * r + added * s) (Dense.values running) (Dense.values seen) |> Dense.vector
        { layer with
            Statistics =
                { Mean = fold layer.Statistics.Mean seen.Mean
                  Variance = fold layer.Statistics.Variance seen.Variance } }

    /// y (units x samples) in evaluation: by the running statistics, each sample by itself.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        Normalization.check "batch norm" layer.Parameters x
        let running = layer.Statistics
        if running.Mean.Count <> layer.Units || running.Variance.Count <> layer.Units then
            invalidArg
                (nameof layer)
                $"batch norm of {layer.Units} units has running means for {running.Mean.Count} \
                  and variances for {running.Variance.Count}"
        let samples, epsilon = x.ColumnCount, (broadcast layer.Configuration.Epsilon: Lanes<'T>)
        let struct (rows, e) = Rows.atLeastOneVector x.RowCount (Dense.elements x)
        let column (v: Vector<'T>) = atLeastOneVector (Dense.values v)
        let gamma, beta = column layer.Parameters.Gamma, column layer.Parameters.Beta
        let mean, variance = column running.Mean, column running.Variance
        let y = Dense.fresh e.Length
        Rows.sweep<'T> rows samples (fun row ->
            let mean, beta = load mean row, load beta row
            let factor: Lanes<'T> = load gamma row / Vector512.Sqrt(load variance row + epsilon)
            for j in 0 .. samples - 1 do
                let i = row + j * rows
                store ((load e i - mean) * factor + beta) y i)
        Dense.matrix x.RowCount samples (Rows.cutTo x.RowCount rows y)

    /// y in training, what was seen of the batch, and the pullback. With z = (x - mean) / deviation: dgamma = the sum
    /// of dy z over the samples, dbeta = that of dy, dx = gamma / deviation (dy - dbeta / N - z dgamma / N).
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * BatchNormStatistics<'T>
                  * Func<Matrix<'T>, struct (ScaleShift<'T> * Lazy<Matrix<'T>>)>) =
        Normalization.check "batch norm" layer.Parameters x
        let units, samples = x.RowCount, x.ColumnCount
        let count: Lanes<'T> = broadcast (float samples)
        let epsilon: Lanes<'T> = broadcast layer.Configuration.Epsilon
        let struct (rows, x) = Rows.atLeastOneVector units (Dense.elements x)
        let column (v: Vector<'T>) = atLeastOneVector (Dense.values v)
        let gamma, beta = column layer.Parameters.Gamma, column layer.Parameters.Beta
        let means, variances, y = Dense.fresh rows, Dense.fresh rows, Dense.fresh x.Length
        Rows.sweep<'T> rows samples (fun row ->
            let mean: Lanes<'T> = Rows.sum rows samples row (fun i -> load x i) / count
            let squares: Lanes<'T> =
                Rows.sum rows samples row (fun i ->
                    let d: Lanes<'T> = load x i - mean
                    d * d)
            let variance: Lanes<'T> = squares / count
            store mean means row
            store variance variances row
            let factor: Lanes<'T> = load gamma row / Vector512.Sqrt(variance + epsilon)
            let beta = load beta row
            for j in 0 .. samples - 1 do
                let i = row + j * rows
                store ((load x i - mean) * factor + beta) y i)
        let result (v: 'T[]) = Dense.vector (cutTo units v)

        let pullback (dy: Matrix<'T>) : struct (ScaleShift<'T> * Lazy<Matrix<'T>>) =
            Pullback.checkShape units samples dy
            let struct (_, dy) = Rows.atLeastOneVector units (Dense.elements dy)
            let dGamma, dBeta, dx = Dense.fresh rows, Dense.fresh rows, Dense.fresh x.Length
            Rows.sweep<'T> rows samples (fun row ->
                let mean = load means row
                let inverse: Lanes<'T> = Lanes<'T>.One / Vector512.Sqrt(load variances row + epsilon)
                let shift: Lanes<'T> = Rows.sum rows samples row (fun i -> load dy i)
                let scale: Lanes<'T> = inverse * Rows.sum rows samples row (fun i -> load dy i * (load x i - mean))
                store shift dBeta row
                store scale dGamma row
                let factor: Lanes<'T> = load gamma row * inverse
                let meanShift: Lanes<'T> = shift / count
                let slope: Lanes<'T> = inverse * scale / count
                for j in 0 .. samples - 1 do
                    let i = row + j * rows
                    let centered: Lanes<'T> = load x i - mean
                    store (factor * (load dy i - meanShift - slope * centered)) dx i)
            struct ({ Gamma = result dGamma; Beta = result dBeta },
                    lazy (Dense.matrix units samples (Rows.cutTo units rows dx)))
        let seen = { Mean = result means; Variance = result variances }
        struct (Dense.matrix units samples (Rows.cutTo units rows y), seen, Func<_, _> pullback)

    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "batchnorm"
        member layer.Description = string layer
        member layer.Inputs = layer.Units
        member layer.Outputs = layer.Units
        member layer.Faults =
            [| yield! Normalization.faults layer.Configuration.Epsilon layer.Parameters
               if not (layer.Configuration.Momentum >= 0.0 && layer.Configuration.Momentum <= 1.0) then
                   $"its momentum must be between 0 and 1, but is {string layer.Configuration.Momentum}"
               if layer.Statistics.Mean.Count <> layer.Units || layer.Statistics.Variance.Count <> layer.Units then
                   $"it has {layer.Units} units, but running means for {layer.Statistics.Mean.Count} \
                     and variances for {layer.Statistics.Variance.Count}" |]
        member layer.Parameters = Array.append (Normalization.leaves layer.Parameters) layer.Statistics.Leaves
        member layer.WithParameters leaves =
            { layer with
                Parameters = Normalization.ofLeaves leaves
                Statistics = { Mean = leaves[2].Values; Variance = leaves[3].Values } }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) =
            let struct (y, seen, pullback) = layer.Forward x
            let leaves gradient = Array.append (Normalization.leaves gradient) (layer.After seen).Statistics.Leaves
            Pullback.toLeaves leaves (struct (y, pullback))

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, feature by feature.
[<RequireQualifiedAccess>]
module BatchNorm =
    /// The layer before training. Raises ArgumentException for fewer than 1 unit.
    let create<'T when Real<'T>> (configuration: BatchNormConfiguration) (units: int) : BatchNorm<'T> =
        { Configuration = configuration
          Parameters = Normalization.initial "batch norm" units
          Statistics =
            { Mean = Dense.vector (Array.zeroCreate units)
              Variance = Dense.vector (Array.zeroCreate units) } }

    /// y (units x samples) in evaluation: by the running statistics, each sample by itself. Raises ArgumentException if
    /// x has other than `Units` rows.
    let predict (layer: BatchNorm<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y (units x samples) in training, the batch's statistics, and the pullback, which computes dL/dx in the same
    /// sweep as the gradient. With z = (x - mean) / deviation: dgamma = the sum of dy z over the samples, dbeta = that
    /// of dy, dx = gamma / deviation (dy - dbeta / N - z dgamma / N). Raises ArgumentException if x has other than
    /// `Units` rows. Source: Ioffe and Szegedy (2015); Deep Learning from Scratch, 6.3.
    let forward (layer: BatchNorm<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * BatchNormStatistics<'T> * Pullback<'T, ScaleShift<'T>>) =
        let struct (y, seen, pullback) = layer.Forward x
        struct (y, seen, pullback.Invoke)
