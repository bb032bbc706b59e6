namespace Functional

open System
open System.Collections.Generic

/// How numbers are distributed: the activations of a layer, or gradients.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type ValueDistribution =
    { /// The mean of the finite values; 0 if there are none. All else but `NotFinite` is of those, too.
      Mean: float
      /// The root of the mean square distance from the mean.
      Deviation: float
      /// The smallest value.
      Least: float
      /// The largest value.
      Most: float
      /// How many lie in each of 30 bins of equal width from the least to the most; of many numbers some thousand,
      /// evenly taken, are counted.
      Bins: IReadOnlyList<int>
      /// How many are NaN or infinite.
      NotFinite: int }

    member private d.Display = string d
    override d.ToString() =
        FormattableString.Invariant
            $"mean {d.Mean:G3}, deviation {d.Deviation:G3}, from {d.Least:G3} to {d.Most:G3}"

/// A layer at work on a batch.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type LayerDiagnosis =
    { /// Its name, as in `relu1`.
      Layer: string
      /// How many outputs it has.
      Units: int
      /// Of the values that it gives.
      Outputs: ValueDistribution
      /// Of dL/dy for each output y and sample, L the mean loss of the batch.
      Gradients: ValueDistribution
      /// Whether nothing is trained in it or before it (the optimizer's groups freeze what there is): then it doesn't
      /// matter which gradients reach it.
      IsFrozen: bool
      /// Of the units of an activation that has one flat side (ReLU and its kin), the share whose slope is below 1/100
      /// for every sample: no gradient passes them. Of images a unit is a channel, at all of its places. 0 for other
      /// layers.
      DeadUnits: float
      /// Of the outputs (units x samples) of an activation with two flat sides (sigmoid, tanh), the share whose slope
      /// is below 1/20 of the steepest. 0 for other layers.
      Saturated: float
      /// In how many directions the outputs vary over the samples, from 0 (not at all) to the smaller of units and
      /// samples - 1: the participation ratio (sum l)^2 / sum l^2 of the eigenvalues l of their covariance, not the
      /// entropy form of Roy and Vetterli (2007). Source: Gao et al., A Theory of Multineuronal Dimensionality,
      /// Dynamics and Measurement (2017).
      EffectiveRank: float }

    member private d.Display = string d
    override d.ToString() =
        let share name x = if x > 0.0 then FormattableString.Invariant $", {name} {100.0 * x:F0}%%" else ""
        FormattableString.Invariant
            $"{d.Layer} ({d.Units}): outputs {d.Outputs.Mean:G3} +- {d.Outputs.Deviation:G3}, \
              gradients {d.Gradients.Mean:G3} +- {d.Gradients.Deviation:G3}, rank {d.EffectiveRank:F1}"
        + share "dead" d.DeadUnits + share "saturated" d.Saturated
        + (match d.Outputs.NotFinite, d.Gradients.NotFinite with
           | 0, 0 -> ""
           | outputs, gradients -> $"; NaN or infinite: {outputs} outputs, {gradients} gradients")

/// A leaf and the step that was taken with it.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ParameterDiagnosis =
    { /// Its name, as in `affine1.weight`.
      Parameter: string
      /// The parameter's.
      Role: Role
      /// Whether the optimizer's groups freeze it.
      IsFrozen: bool
      /// The root of the sum of its squares.
      Norm: float
      /// The same of its gradient, the penalty's part included.
      GradientNorm: float
      /// The norm of the step's change over that of the leaf before; about 1/1000 is usual for weights. 0 where nothing
      /// changed, infinite where the leaf was 0.
      UpdateRatio: float }

    member private d.Display = string d
    override d.ToString() =
        FormattableString.Invariant
            $"{d.Parameter}: norm {d.Norm:G3}, of the gradient {d.GradientNorm:G3}, update / norm {d.UpdateRatio:G2}"

/// A training state at work on a batch.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type Diagnosis =
    { /// Steps taken before.
      Step: int
      /// Of the batch, as in training, and the penalty.
      Loss: float
      /// The layers in order.
      Layers: IReadOnlyList<LayerDiagnosis>
      /// The trained leaves in order.
      Parameters: IReadOnlyList<ParameterDiagnosis> }

    member private d.Display = string d
    override d.ToString() =
        let lines = Seq.append (Seq.map string d.Layers) (Seq.map string d.Parameters)
        FormattableString.Invariant $"after {d.Step} steps: loss {d.Loss:G4}\n" + String.concat "\n" lines

namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// How a network is doing: pure functions of a training state and a batch.
[<RequireQualifiedAccess>]
module Diagnostics =
    let private bins = 30

    /// This many numbers are enough for the shape of a histogram.
    let private counted = 4096

    let private histogram (x: 'T[]) (least: float) (most: float) : int[] =
        let counts = Array.zeroCreate bins
        let stride = max 1 (x.Length / counted)
        let scale = if most > least then float bins / (most - least) else 0.0
        for i in 0 .. stride .. x.Length - 1 do
            let bin = int ((Real.toFloat x[i] - least) * scale)
            counts[min bin (bins - 1)] <- counts[min bin (bins - 1)] + 1
        counts

    let private ofFinite<'T when Real<'T>> (x: 'T[]) (notFinite: int) : ValueDistribution =
        if x.Length = 0 then
            { Mean = 0.0
              Deviation = 0.0
              Least = 0.0
              Most = 0.0
              Bins = Array.zeroCreate bins
              NotFinite = notFinite }
        else
            let count = float x.Length
            let mean = Real.toFloat (Reductions.sum (ReadOnlySpan x)) / count
            let center: 'T = Real.number mean
            let centers: Lanes<'T> = broadcast mean
            let squares: 'T =
                Reductions.sumOf x.Length
                    (fun i ->
                        let d: Lanes<'T> = load x i - centers
                        d * d)
                    (fun i ->
                        let d = x[i] - center
                        d * d)
            let padded = atLeastOneVector x
            let mutable low, high = load padded 0, load padded 0
            for start in 0 .. lanes<'T> .. padded.Length - 1 do
                let next: Lanes<'T> = load padded (min start (padded.Length - lanes<'T>))
                low <- Vector512.Min(low, next)
                high <- Vector512.Max(high, next)
            // The vector that fills up a short array has zeros in it that are not of the data.
            let mutable least, most = Real.toFloat low[0], Real.toFloat high[0]
            for lane in 1 .. min x.Length Vector512<'T>.Count - 1 do
                least <- min least (Real.toFloat low[lane])
                most <- max most (Real.toFloat high[lane])
            { Mean = mean
              Deviation = sqrt (Real.toFloat squares / count)
              Least = least
              Most = most
              Bins = histogram x least most
              NotFinite = notFinite }

    /// The distribution of these numbers.
    let distribution<'T when Real<'T>> (x: 'T[]) : ValueDistribution =
        // A sum of squares is finite where all are, but for numbers that can't be squared.
        if Double.IsFinite(Reductions.sumOfSquares (given (nameof x) x)) then ofFinite x 0
        else
            let finite = x |> Array.filter 'T.IsFinite
            ofFinite finite (x.Length - finite.Length)

    /// How many directions x (units x samples) varies in, as `LayerDiagnosis.EffectiveRank` tells; 0 if it isn't
    /// finite.
    let effectiveRank<'T when Real<'T>> (x: Matrix<'T>) : float =
        let units, samples = (given (nameof x) x).RowCount, x.ColumnCount
        let elements: 'T[] = Dense.elements x
        let sums: 'T[] = Reductions.sumOfColumns units samples elements
        let minusCount: Lanes<'T> = broadcast (-float samples)
        let opposite: 'T[] = map (fun (sum: Lanes<'T>) -> sum / minusCount) sums
        let centered: 'T[] = Array.copy elements
        addToColumns opposite centered
        // Scaled, so that squares of squares have a place in float32.
        let size = sqrt (Reductions.sumOfSquares centered / float centered.Length)
        if not (Double.IsFinite size) || size = 0.0 then 0.0
        else
            let factor: Lanes<'T> = broadcast (1.0 / size)
            let scaled: Matrix<'T> = Dense.matrix units samples (map (fun (v: Lanes<'T>) -> v * factor) centered)
            let products: Matrix<'T> =
                if units <= samples then Dense.productWithTranspose scaled scaled
                else Dense.transposeThisProduct scaled scaled
            let trace = Reductions.sumOfSquares (Dense.elements scaled)
            trace * trace / Reductions.sumOfSquares (Dense.elements products)

    /// The slope of an activation at each of its inputs.
    let private slopes (activation: Activation) (x: Matrix<'T>) : 'T[] =
        let struct (_, pullback) = Activation.forward activation x
        let ones = Array.create (x.RowCount * x.ColumnCount) 'T.One
        Dense.elements (pullback (Dense.matrix x.RowCount x.ColumnCount ones))

    /// The share of the units without an element of at least 1/100. A unit is a row or, of images, a channel: a number
    /// of rows side by side.
    let private deadShare<'T when Real<'T>> (rowsOfUnit: int) (units: int) (slopes: 'T[]) : float =
        let samples = slopes.Length / units
        let struct (rows, slopes) = Rows.atLeastOneVector units slopes
        let largest = Dense.fresh rows
        Rows.sweep<'T> rows samples (fun row ->
            let mutable most = Lanes<'T>.Zero
            for j in 0 .. samples - 1 do
                most <- Vector512.Max(most, Vector512.Abs(load slopes (row + j * rows)))
            store most largest row)
        let mutable dead = 0
        for first in 0 .. rowsOfUnit .. units - 1 do
            let mutable most = 0.0
            for row in first .. first + rowsOfUnit - 1 do most <- max most (Real.toFloat largest[row])
            if most < 0.01 then dead <- dead + 1
        float (dead * rowsOfUnit) / float units

    let private flatShare<'T when Real<'T>> (steepest: float) (slopes: 'T[]) : float =
        let limit = 'T.CreateChecked(steepest / 20.0)
        let limits: Lanes<'T> = broadcast (steepest / 20.0)
        let flat: 'T =
            Reductions.sumOf slopes.Length
                (fun i ->
                    let isFlat = Vector512.LessThan(load slopes i, limits)
                    Vector512.ConditionalSelect(isFlat, Lanes<'T>.One, Lanes<'T>.Zero))
                (fun i -> if Real.toFloat slopes[i] < Real.toFloat limit then 'T.One else 'T.Zero)
        Real.toFloat flat / float slopes.Length

    /// The shares of dead units and of saturated outputs.
    let private flatness (image: ImageShape voption) (layer: ILayer<'T>) (x: Matrix<'T>) : struct (float * float) =
        match layer with
        | :? ActivationLayer<'T> as layer ->
            let activation = layer.Activation
            let slopesAt (x: Matrix<'T>) = slopes activation x
            match activation.Function.Data with
            | struct (_, _, 1) ->
                // A margin that is blank in all images makes no filter dead.
                let rowsOfUnit = match image with ValueSome image -> image.Height * image.Width | ValueNone -> 1
                struct (deadShare rowsOfUnit x.RowCount (slopesAt x), 0.0)
            | struct (_, _, 2) ->
                // Functions with two flat sides are steepest at 0.
                let steepest = slopesAt (Dense.matrix 1 1 [| 'T.Zero |]) |> Array.head |> Real.toFloat
                struct (0.0, flatShare steepest (slopesAt x))
            | _ -> struct (0.0, 0.0)
        | _ -> struct (0.0, 0.0)

    /// The image that each layer gives, if it is one.
    let private imagesAfter (layers: ILayer<'T>[]) : ImageShape voption[] =
        let after (image: ImageShape voption) (layer: ILayer<'T>) =
            match box layer with
            | :? IImageLayer as images -> ValueSome images.Output
            | _ -> if layer.Inputs > 0 then ValueNone else image
        Array.scan after ValueNone layers |> Array.tail

    let private norm (leaf: Parameter<'T>) : float = sqrt (Reductions.sumOfSquares (Dense.values leaf.Values))

    let private changeNorm (before: Parameter<'T>) (after: Parameter<'T>) : float =
        map2 (fun a b -> b - a) (Dense.values before.Values) (Dense.values after.Values)
        |> Reductions.sumOfSquares
        |> sqrt

    /// How the state before does on a batch, and how large the step was that led to the state after.
    /// Raises ArgumentException if the batch doesn't fit the network or the states are not of the same leaves.
    let between (before: TrainingState<'T>) (after: TrainingState<'T>) (batch: Batch<'T>) : Diagnosis =
        let network = before.Network
        let parameters, changed = Network.parameters network, Network.parameters after.Network
        Parameters.checkAlike (nameof after) parameters changed
        let trace = Network.trace (Key.child before.Step before.Key) network batch
        let frozen = Optimizer.frozen before.Optimizer parameters
        // The first leaf that is trained, and its layer.
        let trained = Array.tryFindIndex not frozen |> Option.map (fun i -> parameters.Leaves[i].Name)
        let isOf (name: string) (layer: string) = name.StartsWith(layer + ".", StringComparison.Ordinal)
        let firstTrained =
            match trained with
            | Some name -> network.Group.Names |> Array.findIndex (isOf name)
            | None -> trace.Layers.Count
        let images = imagesAfter network.Group.Layers
        let layers =
            Array.init trace.Layers.Count (fun i ->
                let own = trace.Layers[i]
                let input = if i = 0 then batch.X else trace.Layers[i - 1].Output
                let struct (dead, saturated) = flatness images[i] network.Group.Layers[i] input
                { Layer = own.Layer
                  Units = own.Output.RowCount
                  Outputs = distribution (Dense.elements own.Output)
                  Gradients = distribution (Dense.elements own.OutputGradient)
                  IsFrozen = i < firstTrained
                  DeadUnits = dead
                  Saturated = saturated
                  EffectiveRank = effectiveRank own.Output })
        let leaves =
            Array.init parameters.Count (fun i ->
                let leaf = parameters.Leaves[i]
                let size, change = norm leaf, changeNorm leaf changed.Leaves[i]
                { Parameter = leaf.Name
                  Role = leaf.Role
                  IsFrozen = frozen[i]
                  Norm = size
                  GradientNorm = norm trace.Gradient.Parameters.Leaves[i]
                  UpdateRatio = if change = 0.0 then 0.0 else change / size })
        { Step = before.Step; Loss = trace.Gradient.Loss; Layers = layers; Parameters = leaves }

    /// How a state does on a batch, and how large its step with that batch is.
    /// Raises ArgumentException if the batch doesn't fit the network.
    let ofState (state: TrainingState<'T>) (batch: Batch<'T>) : Diagnosis =
        let struct (after, _) = Training.step state batch
        between state after batch
