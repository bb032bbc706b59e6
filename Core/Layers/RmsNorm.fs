namespace Functional

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics
open Functional.Numerics.Passes

/// Root mean square normalization: every sample gets mean square 1 over its features, then a factor per feature that is
/// trained: y = gamma x / sqrt(mean(x^2) + epsilon), in training and in evaluation.
/// Source: Zhang and Sennrich (2019).
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type RmsNorm<'T when Real<'T>> =
    { /// Added to the mean square under the square root (default 1e-6).
      Epsilon: float
      /// A factor per feature, 1 at first.
      Gamma: Vector<'T> }

    /// Rows of x and of y.
    member layer.Units = layer.Gamma.Count
    member private layer.Display = string layer
    override layer.ToString() = $"rmsnorm {layer.Units} (epsilon {string layer.Epsilon})"

    /// y, and its pullback. With r = 1 / sqrt(mean(x^2) + epsilon), z = r x and g = gamma dy: dgamma = the sum of dy z
    /// over the samples, dx = r (g - z mean(g z)), the means over the sample's features.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Vector<'T> * Lazy<Matrix<'T>>)>) =
        Normalization.checkRows "RMS norm" layer.Units x
        let units, samples = layer.Units, x.ColumnCount
        let struct (rows, elements) = Rows.atLeastOneVector units (Dense.elements x)
        let matrix (e: 'T[]) = Dense.matrix units samples (Rows.cutTo units rows e)
        let count: 'T = Real.number<'T, float> (float units)
        let epsilon: 'T = Real.number<'T, float> layer.Epsilon
        let z, inverses = Dense.fresh elements.Length, Dense.fresh samples
        for j in 0 .. samples - 1 do
            let first = j * rows
            let square: 'T = Reductions.dot elements first elements first units / count
            inverses[j] <- 'T.One / 'T.Sqrt(square + epsilon)
            let inverse = Vector512.Create inverses[j]
            sweep<'T> rows (fun i -> store (load elements (first + i) * inverse) z (first + i))

        let pullback (dy: Matrix<'T>) : struct (Vector<'T> * Lazy<Matrix<'T>>) =
            Pullback.checkShape units samples dy
            let struct (_, dy) = Rows.atLeastOneVector units (Dense.elements dy)
            let dx () =
                let g = Standardized.scaledBy layer.Gamma rows dy
                let dx = Dense.fresh g.Length
                for j in 0 .. samples - 1 do
                    let first = j * rows
                    let slope: 'T = Reductions.dot g first z first units / count
                    let slope, inverse = Vector512.Create slope, Vector512.Create inverses[j]
                    sweep<'T> rows (fun i ->
                        store (inverse * (load g (first + i) - slope * load z (first + i))) dx (first + i))
                matrix dx
            let gamma = Reductions.sumOfColumns rows samples (map2 (fun dy z -> dy * z) dy z)
            struct (Dense.vector (cutTo units gamma), lazy (dx ()))
        struct (matrix (Standardized.scaledBy layer.Gamma rows z), Func<_, _> pullback)

    /// y (units x samples), each sample by itself.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        let struct (y, _) = layer.Forward x
        y

    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "rmsnorm"
        member layer.Description = string layer
        member layer.Inputs = layer.Units
        member layer.Outputs = layer.Units
        member layer.Faults = Normalization.epsilonFaults layer.Epsilon
        member layer.Parameters = [| Parameter.ofFreshVector "gamma" Role.Scale layer.Gamma |]
        member layer.WithParameters leaves = { layer with Gamma = leaves[0].Values }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) =
            Pullback.toLeaves (fun gamma -> [| Parameter.ofFreshVector "gamma" Role.Scale gamma |]) (layer.Forward x)

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// y = gamma x / sqrt(mean(x^2) + epsilon), sample by sample.
[<RequireQualifiedAccess>]
module RmsNorm =
    /// The layer before training. Raises ArgumentException for fewer than 1 unit.
    let create<'T when Real<'T>> (epsilon: float) (units: int) : RmsNorm<'T> =
        { Epsilon = epsilon; Gamma = Normalization.ones "RMS norm" units }

    /// y (units x samples), each sample by itself. Raises ArgumentException if x has other than `Units` rows.
    let predict (layer: RmsNorm<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y (units x samples), and its pullback. With r = 1 / sqrt(mean(x^2) + epsilon), z = r x and g = gamma dy: dgamma
    /// = the sum of dy z over the samples, dx = r (g - z mean(g z)), the means over the sample's features. Raises
    /// ArgumentException if x has other than `Units` rows. Source: Zhang and Sennrich (2019).
    let forward (layer: RmsNorm<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Vector<'T>>) =
        Pullback.ofFunc (layer.Forward x)
