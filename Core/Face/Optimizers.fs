// The face that C# sees: parameters and optimizers. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Parameters as one vector, and back.
[<AbstractClass; Sealed; Extension>]
type ParametersExtensions =
    /// All elements, leaf after leaf.
    [<Extension>]
    static member ToVector(parameters: Parameters<'T>) : Vector<'T> = Parameters.toVector parameters

    /// The same leaves with other elements, as `ToVector` gives them. Raises ArgumentException if the length differs.
    [<Extension>]
    static member WithVector(parameters: Parameters<'T>, elements: Vector<'T>) : Parameters<'T> =
        Parameters.withVector parameters elements

/// The steps of an optimizer, for loops of one's own.
[<AbstractClass; Sealed; Extension>]
type OptimizerExtensions =
    /// Everything wrong with the optimizer's numbers; empty if they are right.
    [<Extension>]
    static member Faults(optimizer: Optimizer) : IReadOnlyList<string> = Optimizer.faults optimizer

    /// The state before the first step. Raises ArgumentException with everything wrong with the optimizer.
    [<Extension>]
    static member Init(optimizer: Optimizer, parameters: Parameters<'T>) : OptimizerState<'T> = Optimizer.init optimizer parameters

    /// The parameters and the state after one gradient: after a step or, where several gradients make one, perhaps the same
    /// parameters. Raises ArgumentException if the gradient's leaves are not those of the parameters, or the state is one of
    /// another rule or of other parameters.
    [<Extension>]
    static member Update(optimizer: Optimizer, state: OptimizerState<'T>, parameters: Parameters<'T>, gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Optimizer.update optimizer state parameters gradient

    /// The points that the optimizer goes through from the start, steps + 1 of them, given the gradient of the function that
    /// is minimized. Raises ArgumentException with everything wrong with the optimizer, for a negative number of steps, and
    /// if a gradient is not as long as the point.
    [<Extension>]
    static member Path(optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T>[] =
        Optimizer.path optimizer steps gradient.Invoke start

    /// The last of the points of `Path`.
    [<Extension>]
    static member Minimize(optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T> =
        Optimizer.minimize optimizer steps gradient.Invoke start

    /// What the learning rate is multiplied by in a step, counted from 0.
    [<Extension>]
    static member Factor(schedule: Schedule, step: int) : float = Schedule.factor schedule step

    /// All leaves of all slots, named `slot/parameter`, as in `velocity/affine1.weight`: for files.
    [<Extension>]
    static member ToLeaves(state: OptimizerState<'T>) : Parameters<'T> = OptimizerState.toLeaves state

/// States of optimizers out of what files hold.
[<AbstractClass; Sealed>]
type OptimizerState =
    /// The state with these counts and the slots of `ToLeaves`.
    /// Raises ArgumentException for a negative count or a leaf whose name tells no slot.
    static member OfLeaves(step: int, gathered: int, leaves: Parameters<'T>) : OptimizerState<'T> =
        OptimizerState.ofLeaves step gathered leaves

/// Exponential moving averages of parameters.
[<AbstractClass; Sealed; Extension>]
type Average =
    /// An average that begins with these parameters or, if it is corrected, is of the updates alone.
    /// Raises ArgumentException unless 0 <= decay < 1.
    static member Start(decay: float, parameters: Parameters<'T>, [<Optional; DefaultParameterValue(false)>] corrected: bool) : Average<'T> =
        if corrected then Average.initCorrected decay parameters else Average.init decay parameters

    /// The average with these parameters added. Raises ArgumentException if their leaves are others.
    [<Extension>]
    static member Update(average: Average<'T>, parameters: Parameters<'T>) : Average<'T> = Average.update average parameters

    /// The averaged parameters.
    [<Extension>]
    static member Value(average: Average<'T>) : Parameters<'T> = Average.value average
