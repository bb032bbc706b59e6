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

/// What normalizing layers share.
module internal Normalization =
    /// Factors before training. Raises ArgumentException if there are none.
    let ones<'T when Real<'T>> (kind: string) (units: int) : Vector<'T> =
        if units < 1 then invalidArg (nameof units) $"{kind} needs at least 1 unit, not {units}"
        Dense.vector (Array.create units 'T.One)

    /// Factors and summands before training. Raises ArgumentException if there are none.
    let initial<'T when Real<'T>> (kind: string) (units: int) : ScaleShift<'T> =
        { Gamma = ones kind units; Beta = Dense.vector (Array.zeroCreate units) }

    let leaves (p: ScaleShift<'T>) : Parameter<'T>[] =
        [| Parameter.ofFreshVector "gamma" Role.Scale p.Gamma; Parameter.ofFreshVector "beta" Role.Shift p.Beta |]

    let ofLeaves (leaves: IReadOnlyList<Parameter<'T>>) : ScaleShift<'T> =
        { Gamma = leaves[0].Values; Beta = leaves[1].Values }

    let epsilonFaults (epsilon: float) : string[] =
        [| if not (Double.IsFinite epsilon) || epsilon <= 0.0 then
               $"its epsilon must be finite and above 0, but is {string epsilon}" |]

    let faults (epsilon: float) (p: ScaleShift<'T>) : string[] =
        [| yield! epsilonFaults epsilon
           if p.Gamma.Count <> p.Beta.Count then
               $"its gamma has {p.Gamma.Count} elements, but its beta has {p.Beta.Count}" |]

    /// Raises ArgumentException unless x has a row per unit.
    let checkRows (kind: string) (units: int) (x: Matrix<'T>) =
        Pullback.checkRows (fun () -> $"{kind} of {units} units") units x

    /// Raises ArgumentException unless the layer has as many summands as factors, and x a row for each.
    let check (kind: string) (p: ScaleShift<'T>) (x: Matrix<'T>) =
        let units = p.Gamma.Count
        if p.Beta.Count <> units then
            invalidArg
                "layer"
                $"{kind} of {units} units has {p.Gamma.Count} elements of gamma and {p.Beta.Count} of beta"
        checkRows kind units x
