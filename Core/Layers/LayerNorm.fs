namespace Functional.Numerics

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics.Passes

module internal Standardized =
    /// z = (x - mean) / deviation, and 1 / deviation per sample. A sample has `rows` elements, of which `units` count.
    let standardize<'T when Real<'T>>
        (epsilon: float) (units: int) (rows: int) (x: 'T[]) : struct ('T[] * 'T[]) =
        let samples = x.Length / rows
        let z, inverses = Dense.fresh x.Length, Dense.fresh samples
        let count: 'T = Real.number<'T, float> (float units)
        let epsilon: 'T = Real.number<'T, float> epsilon
        for j in 0 .. samples - 1 do
            let first = j * rows
            let mean: 'T = Reductions.sum (ReadOnlySpan<'T>(x, first, units)) / count
            let means = Vector512.Create mean
            let squares: 'T =
                Reductions.sumOf units
                    (fun i ->
                        let d: Lanes<'T> = load x (first + i) - means
                        d * d)
                    (fun i ->
                        let d: 'T = x[first + i] - mean
                        d * d)
            let variance: 'T = squares / count
            let inverse: 'T = 'T.One / 'T.Sqrt(variance + epsilon)
            inverses[j] <- inverse
            let inverse = Vector512.Create inverse
            sweep<'T> rows (fun i -> store ((load x (first + i) - means) * inverse) z (first + i))
        struct (z, inverses)

    /// gamma z, for columns of this many rows.
    let scaledBy<'T when Real<'T>> (gamma: Vector<'T>) (rows: int) (z: 'T[]) : 'T[] =
        let gamma, y = atLeastOneVector (Dense.values gamma), Dense.fresh z.Length
        for first in 0 .. rows .. z.Length - 1 do
            sweep<'T> rows (fun i -> store (load z (first + i) * load gamma i) y (first + i))
        y

    /// gamma z + beta, for columns of this many rows.
    let scaled<'T when Real<'T>> (p: ScaleShift<'T>) (rows: int) (z: 'T[]) : 'T[] =
        let column (v: Vector<'T>) = atLeastOneVector (Dense.values v)
        let gamma, beta = column p.Gamma, column p.Beta
        let y = Dense.fresh z.Length
        for j in 0 .. z.Length / rows - 1 do
            let first = j * rows
            sweep<'T> rows (fun i -> store (load z (first + i) * load gamma i + load beta i) y (first + i))
        y

namespace Functional

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp
open Functional.Numerics
open Functional.Numerics.Passes

/// Layer normalization: every sample gets mean 0 and deviation 1 over its features, then a factor and a summand per
/// feature that are trained: y = gamma (x - mean) / sqrt(variance + epsilon) + beta, in training and in evaluation.
/// Source: Ba, Kiros and Hinton (2016).
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type LayerNorm<'T when Real<'T>> =
    { /// Added to the variance under the square root (default 1e-5).
      Epsilon: float
      /// Scale and shift, which are trained.
      Parameters: ScaleShift<'T> }

    /// Rows of x and of y.
    member layer.Units = layer.Parameters.Gamma.Count
    member private layer.Display = string layer
    override layer.ToString() = $"layernorm {layer.Units} (epsilon {string layer.Epsilon})"

    /// y, and its pullback. With z = (x - mean) / deviation and g = gamma dy: dgamma = the sum of dy z over the
    /// samples, dbeta = that of dy, dx = (g - mean(g) - z mean(g z)) / deviation, the means over the sample's features.
    member layer.Forward(x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (ScaleShift<'T> * Lazy<Matrix<'T>>)>) =
        Normalization.check "layer norm" layer.Parameters x
        let units, samples = x.RowCount, x.ColumnCount
        let struct (rows, elements) = Rows.atLeastOneVector units (Dense.elements x)
        let struct (z, inverses) = Standardized.standardize layer.Epsilon units rows elements
        let matrix (e: 'T[]) = Dense.matrix units samples (Rows.cutTo units rows e)

        let pullback (dy: Matrix<'T>) : struct (ScaleShift<'T> * Lazy<Matrix<'T>>) =
            Pullback.checkShape units samples dy
            let struct (_, dy) = Rows.atLeastOneVector units (Dense.elements dy)
            let sum (e: 'T[]) = Dense.vector (cutTo units (Reductions.sumOfColumns rows samples e))
            let dx () =
                let g = Standardized.scaledBy layer.Parameters.Gamma rows dy
                let dx = Dense.fresh g.Length
                let count: 'T = Real.number<'T, float> (float units)
                for j in 0 .. samples - 1 do
                    let first = j * rows
                    let mean: 'T = Reductions.sum (ReadOnlySpan<'T>(g, first, units)) / count
                    let slope: 'T = Reductions.dot g first z first units / count
                    let mean, slope = Vector512.Create mean, Vector512.Create slope
                    let inverse = Vector512.Create inverses[j]
                    sweep<'T> rows (fun i ->
                        let centered: Lanes<'T> = load g (first + i) - mean
                        store (inverse * (centered - slope * load z (first + i))) dx (first + i))
                matrix dx
            struct ({ Gamma = sum (map2 (fun dy z -> dy * z) dy z); Beta = sum dy }, lazy (dx ()))
        struct (matrix (Standardized.scaled layer.Parameters rows z), Func<_, _> pullback)

    /// y (units x samples), each sample by itself.
    member layer.Predict(x: Matrix<'T>) : Matrix<'T> =
        let struct (y, _) = layer.Forward x
        y

    interface IBuiltIn with
        member _.Draws = Draws.Nothing
    interface ILayer<'T> with
        member _.Name = "layernorm"
        member layer.Description = string layer
        member layer.Inputs = layer.Units
        member layer.Outputs = layer.Units
        member layer.Faults = Normalization.faults layer.Epsilon layer.Parameters
        member layer.Parameters = Normalization.leaves layer.Parameters
        member layer.WithParameters leaves = { layer with Parameters = Normalization.ofLeaves leaves }
        member layer.Predict x = layer.Predict x
        member layer.Forward(x, _) = Pullback.toLeaves Normalization.leaves (layer.Forward x)

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional

/// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, sample by sample.
[<RequireQualifiedAccess>]
module LayerNorm =
    /// The layer before training. Raises ArgumentException for fewer than 1 unit.
    let create<'T when Real<'T>> (epsilon: float) (units: int) : LayerNorm<'T> =
        { Epsilon = epsilon; Parameters = Normalization.initial "layer norm" units }

    /// y (units x samples), each sample by itself. Raises ArgumentException if x has other than `Units` rows.
    let predict (layer: LayerNorm<'T>) (x: Matrix<'T>) : Matrix<'T> = layer.Predict x

    /// y (units x samples), and its pullback. With z = (x - mean) / deviation and g = gamma dy: dgamma = the sum of dy
    /// z over the samples, dbeta = that of dy, dx = (g - mean(g) - z mean(g z)) / deviation, the means over the
    /// sample's features. Raises ArgumentException if x has other than `Units` rows. Source: Ba, Kiros and Hinton
    /// (2016).
    let forward (layer: LayerNorm<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, ScaleShift<'T>>) =
        Pullback.ofFunc (layer.Forward x)
