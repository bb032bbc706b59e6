namespace Functional

open System
open System.Runtime.InteropServices

/// How the learning rate goes after the warm-up, as a factor; t counts steps from 0.
[<RequireQualifiedAccess>]
type ScheduleShape =
    /// 1
    | Constant
    /// factor^(t / every), the quotient rounded down.
    | Step of every: int * factor: float
    /// factor^t
    | Exponential of factor: float
    /// final + (1 - final) (1 + cos(pi t / steps)) / 2, then final. Source: Loshchilov and Hutter, SGDR (2017), one
    /// period.
    | Cosine of steps: int * final: float
    /// From start up to 1, reached after this share of the steps, then down to final; both ways half a cosine.
    /// Source: Smith and Topin, Super-Convergence (2018).
    | OneCycle of steps: int * share: float * start: float * final: float

/// What the learning rate is multiplied by in each step: first a linear warm-up, then a shape. A value that prints and
/// compares.
[<StructuredFormatDisplay("{Display}")>]
type Schedule =
    { /// Steps before the shape begins: in step t (from 0) of w the factor is (t + 1) / (w + 1) of the shape's first.
      WarmUp: int
      /// How the rate goes after the warm-up.
      Shape: ScheduleShape }

    /// Always 1.
    static member Constant = { WarmUp = 0; Shape = ScheduleShape.Constant }

    /// Multiplied by the factor after each such number of steps.
    static member Step(every: int, factor: float) = { WarmUp = 0; Shape = ScheduleShape.Step(every, factor) }

    /// Multiplied by the factor after every step.
    static member Exponential(factor: float) = { WarmUp = 0; Shape = ScheduleShape.Exponential factor }

    /// Half a cosine from 1 to the final factor, which is reached after this many steps and then kept.
    static member Cosine(steps: int, [<Optional; DefaultParameterValue(0.0)>] final: float) =
        { WarmUp = 0; Shape = ScheduleShape.Cosine(steps, final) }

    /// Half a cosine from start up to 1 in the first share of the steps, and another down to the final factor.
    static member OneCycle
        (steps: int, [<Optional; DefaultParameterValue(0.3)>] share: float,
         [<Optional; DefaultParameterValue(0.04)>] start: float,
         [<Optional; DefaultParameterValue(4e-6)>] final: float) =
        { WarmUp = 0; Shape = ScheduleShape.OneCycle(steps, share, start, final) }

    /// The same after a linear warm-up of this many steps. Source: Goyal et al., Accurate, Large Minibatch SGD (2017),
    /// 2.2.
    member schedule.AfterWarmUp(steps: int) = { schedule with WarmUp = steps }

    member private schedule.Display = string schedule
    override schedule.ToString() =
        let shape =
            match schedule.Shape with
            | ScheduleShape.Constant -> "constant"
            | ScheduleShape.Step(every, factor) -> $"times {string factor} every {every} steps"
            | ScheduleShape.Exponential factor -> $"times {string factor} every step"
            | ScheduleShape.Cosine(steps, final) -> $"cosine to {string final} in {steps} steps"
            | ScheduleShape.OneCycle(steps, share, start, final) ->
                $"one cycle of {steps} steps, from {string start} to 1 in {string share} of them, \
                  then to {string final}"
        if schedule.WarmUp = 0 then shape else $"warm-up of {schedule.WarmUp} steps, then {shape}"

namespace Functional.FSharp

open System
open Functional
open Functional.Numerics

/// Learning rates as a function of the step.
[<RequireQualifiedAccess>]
module Schedule =
    /// Everything wrong with the schedule's numbers.
    let faults (schedule: Schedule) : string list =
        [ if schedule.WarmUp < 0 then $"the schedule's steps of warm-up must not be negative, but are {schedule.WarmUp}"
          match schedule.Shape with
          | ScheduleShape.Constant -> ()
          | ScheduleShape.Step(every, x) ->
              yield! Faults.ofCount "the number of steps after which the schedule steps" every
              yield! Faults.ofRate "the schedule's factor" x
          | ScheduleShape.Exponential x -> yield! Faults.ofRate "the schedule's factor" x
          | ScheduleShape.Cosine(steps, final) ->
              yield! Faults.ofCount "the schedule's number of steps" steps
              yield! Faults.ofRate "the schedule's final factor" final
          | ScheduleShape.OneCycle(steps, share, start, final) ->
              yield! Faults.ofCount "the schedule's number of steps" steps
              if not (share > 0.0 && share < 1.0) then
                  $"the schedule's share of rising steps must be above 0 and below 1, but is {string share}"
              yield! Faults.ofRate "the schedule's starting factor" start
              yield! Faults.ofRate "the schedule's final factor" final ]

    /// From 1 to 0 for x from 0 to 1, and 0 beyond.
    let private halfCosine (x: float) = 0.5 * (1.0 + Elementary.cosPi (min x 1.0))

    let private shape (shape: ScheduleShape) (step: int) : float =
        let step' = float step
        match shape with
        | ScheduleShape.Constant -> 1.0
        | ScheduleShape.Step(every, factor) -> Elementary.power factor (step / every)
        | ScheduleShape.Exponential factor -> Elementary.power factor step
        | ScheduleShape.Cosine(steps, final) -> final + (1.0 - final) * halfCosine (step' / float steps)
        | ScheduleShape.OneCycle(steps, share, start, final) ->
            let top = share * float steps
            if step' < top then 1.0 + (start - 1.0) * halfCosine (step' / top)
            else final + (1.0 - final) * halfCosine ((step' - top) / (float steps - top))

    /// What the learning rate is multiplied by in a step, counted from 0.
    let factor (schedule: Schedule) (step: int) : float =
        if step >= schedule.WarmUp then shape schedule.Shape (step - schedule.WarmUp)
        else shape schedule.Shape 0 * (float step + 1.0) / (float schedule.WarmUp + 1.0)
