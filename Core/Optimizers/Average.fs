namespace Functional

/// An exponential moving average of parameters.
[<NoComparison; NoEquality>]
type Average<'T when Real<'T>> =
    { /// The share of the old average in the new.
      Decay: float
      /// Whether the average is of the updates alone; otherwise the parameters that it began with count as the first.
      Corrected: bool
      /// Updates seen.
      Step: int
      /// Before it is corrected.
      Mean: Parameters<'T> }

namespace Functional.FSharp

open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// Exponential moving averages of parameters: smoother than the parameters, and often better in evaluation.
/// Averaging goes back to Polyak and Juditsky (1992), who weight all alike; here recent ones weigh more.
/// The correction is that of Adam (Kingma and Ba, 2015, section 3).
[<RequireQualifiedAccess>]
module Average =
    let internal start (corrected: bool) (decay: float) (parameters: Parameters<'T>) : Average<'T> =
        if not (decay >= 0.0 && decay < 1.0) then
            invalidArg (nameof decay) $"the decay of an average must be at least 0 and below 1, but is {string decay}"
        { Decay = decay; Corrected = corrected; Step = 0; Mean = parameters }

    /// An average that starts with these parameters. Raises ArgumentException unless 0 <= decay < 1.
    let init decay parameters = start false decay parameters

    /// An average of the updates alone: those before the first have no weight. It is these parameters until the first.
    /// Raises ArgumentException unless 0 <= decay < 1.
    let initCorrected decay parameters = start true decay parameters

    /// decay mean + (1 - decay) parameters. Raises ArgumentException if the parameters' leaves are others.
    let update (average: Average<'T>) (parameters: Parameters<'T>) : Average<'T> =
        Parameters.checkAlike (nameof parameters) average.Mean parameters
        let share: Lanes<'T> = broadcast (1.0 - average.Decay)
        let decay: Lanes<'T> = broadcast (if average.Corrected && average.Step = 0 then 0.0 else average.Decay)
        let leaf (mean: Parameter<'T>) (now: Parameter<'T>) =
            map2 (fun mean now -> decay * mean + share * now) (Dense.values mean.Values) (Dense.values now.Values)
        { average with
            Step = average.Step + 1
            Mean = Parameters.map2Leaves leaf average.Mean parameters }

    /// The averaged parameters.
    let value (average: Average<'T>) : Parameters<'T> =
        if not average.Corrected || average.Step = 0 then average.Mean
        else
            let weight: Lanes<'T> = broadcast (1.0 - Elementary.power average.Decay average.Step)
            average.Mean
            |> Parameters.mapLeaves (fun leaf -> map (fun mean -> mean / weight) (Dense.values leaf.Values))
