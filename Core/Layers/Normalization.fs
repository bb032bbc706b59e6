namespace Functional

open MathNet.Numerics.LinearAlgebra

/// What each normalized feature is multiplied by and what is then added to it; or the gradient of both.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type ScaleShift<'T when Real<'T>> =
    { /// A factor per feature, 1 at first.
      Gamma: Vector<'T>
      /// A summand per feature, 0 at first.
      Beta: Vector<'T> }

    member private this.Display = string this
    override this.ToString() = $"gamma ({this.Gamma.Count}), beta ({this.Beta.Count})"

namespace Functional.FSharp

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// What batch norm and layer norm share.
module internal Normalization =
    let initial<'T when Real<'T>> (units: int) : ScaleShift<'T> =
        { Gamma = Dense.vector (Array.create units 'T.One); Beta = Dense.vector (Array.zeroCreate units) }

    let leaves (p: ScaleShift<'T>) : Parameter<'T>[] =
        [| Parameter.ofFreshVector "gamma" Role.Scale p.Gamma; Parameter.ofFreshVector "beta" Role.Shift p.Beta |]

    let ofLeaves (leaves: IReadOnlyList<Parameter<'T>>) : ScaleShift<'T> =
        { Gamma = leaves[0].Values; Beta = leaves[1].Values }

    let faults (epsilon: float) (p: ScaleShift<'T>) : string[] =
        [| if not (Double.IsFinite epsilon) || epsilon <= 0.0 then
               $"its epsilon must be finite and above 0, but is {string epsilon}"
           if p.Gamma.Count <> p.Beta.Count then
               $"its gamma has {p.Gamma.Count} elements, but its beta has {p.Beta.Count}" |]

    /// Raises ArgumentException unless x has a row per unit, and the layer a factor and a summand.
    let check (kind: string) (units: int) (p: ScaleShift<'T>) (x: Matrix<'T>) =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        if p.Gamma.Count <> units || p.Beta.Count <> units then
            invalidArg
                "layer"
                $"{kind} of {units} units has {p.Gamma.Count} elements of gamma and {p.Beta.Count} of beta"
        if x.RowCount <> units then
            invalidArg
                (nameof x)
                $"{kind} of {units} units expects {units} rows, but x is {x.RowCount} x {x.ColumnCount}"
