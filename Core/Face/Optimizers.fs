// The C# API: parameters and optimizers. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.CompilerServices
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional.FSharp

/// Leaves, for custom layers.
[<AbstractClass; Sealed>]
type Parameter =
    /// A leaf with a copy of this matrix.
    static member Of(name: string, role: Role, value: Matrix<'T>) : Parameter<'T> =
        Parameter.ofMatrix (given "name" name) role (given "value" value)

    /// A leaf with a copy of this vector.
    static member Of(name: string, role: Role, value: Vector<'T>) : Parameter<'T> =
        Parameter.ofVector (given "name" name) role (given "value" value)

/// Leaves one by one, and as one vector. Leaves or elements that don't fit raise ArgumentException.
[<AbstractClass; Sealed; Extension>]
type Parameters =
    /// Copies of these leaves, each of another name.
    static member Of(leaves: IEnumerable<Parameter<'T>>) : Parameters<'T> = Parameters.ofSeq (given "leaves" leaves)

    /// A function of every element.
    [<Extension>]
    static member Map(parameters: Parameters<'T>, f: Func<'T, 'T>) : Parameters<'T> =
        Parameters.map (given "f" f).Invoke (given "parameters" parameters)

    /// A function of every two elements in the same place.
    [<Extension>]
    static member Map2(parameters: Parameters<'T>, other: Parameters<'T>, f: Func<'T, 'T, 'T>) : Parameters<'T> =
        let f = given "f" f
        Parameters.map2 (fun a b -> f.Invoke(a, b)) (given "parameters" parameters) (given "other" other)

    /// New elements for every leaf: a function of the leaf, with its name and role.
    [<Extension>]
    static member Map(parameters: Parameters<'T>, f: Func<Parameter<'T>, Vector<'T>>) : Parameters<'T> =
        Parameters.mapByLeaf (given "f" f).Invoke (given "parameters" parameters)

    /// New elements for every two leaves in the same place.
    [<Extension>]
    static member Map2
        (parameters: Parameters<'T>, other: Parameters<'T>,
         f: Func<Parameter<'T>, Parameter<'T>, Vector<'T>>) : Parameters<'T> =
        let f = given "f" f
        Parameters.map2ByLeaf (fun a b -> f.Invoke(a, b)) (given "parameters" parameters) (given "other" other)

    /// The leaves of which this holds, as in `leaf => leaf.Role == Role.Weight`.
    [<Extension>]
    static member Where(parameters: Parameters<'T>, isChosen: Func<Parameter<'T>, bool>) : Parameters<'T> =
        Parameters.filter (given "isChosen" isChosen).Invoke (given "parameters" parameters)

    /// The parameters with the leaves of the same names replaced. Raises KeyNotFoundException for another name.
    [<Extension>]
    static member With(parameters: Parameters<'T>, others: Parameters<'T>) : Parameters<'T> =
        Parameters.replace (given "others" others) (given "parameters" parameters)

    /// All elements, leaf after leaf.
    [<Extension>]
    static member ToVector(parameters: Parameters<'T>) : Vector<'T> =
        Parameters.toVector (given "parameters" parameters)

    /// The same leaves with other elements, as `ToVector` returns them.
    [<Extension>]
    static member WithVector(parameters: Parameters<'T>, elements: Vector<'T>) : Parameters<'T> =
        Parameters.withVector (given "elements" elements) (given "parameters" parameters)

/// The steps of an optimizer, for your own loops. What is wrong with the optimizer or doesn't fit it (a gradient or
/// state of other leaves, a group that picks none of them) raises ArgumentException.
[<AbstractClass; Sealed; Extension>]
type OptimizerExtensions =
    /// Everything wrong with the optimizer's numbers; empty if they are right.
    [<Extension>]
    static member Faults(optimizer: Optimizer) : IReadOnlyList<Fault> = Optimizer.faults (given "optimizer" optimizer)

    /// The state before the first step.
    [<Extension>]
    static member Init(optimizer: Optimizer, parameters: Parameters<'T>) : OptimizerState<'T> =
        Optimizer.init (given "optimizer" optimizer) (given "parameters" parameters)

    /// The parameters and the state after one gradient: after an update or, where several gradients make one, perhaps
    /// the same parameters.
    [<Extension>]
    static member Update
        (optimizer: Optimizer, state: OptimizerState<'T>, parameters: Parameters<'T>, gradient: Parameters<'T>)
        : struct (Parameters<'T> * OptimizerState<'T>) =
        Optimizer.update (given "optimizer" optimizer) (given "state" state) (given "parameters" parameters)
            (given "gradient" gradient)

    /// The moving average of the parameters, where the optimizer takes one, and otherwise the parameters.
    [<Extension>]
    static member Averaged
        (optimizer: Optimizer, state: OptimizerState<'T>, parameters: Parameters<'T>) : Parameters<'T> =
        Optimizer.averaged (given "optimizer" optimizer) (given "state" state) (given "parameters" parameters)

    /// The points that the optimizer goes through from the start, steps + 1 of them, given the gradient of the function
    /// that is minimized.
    [<Extension>]
    static member Path
        (optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T>[] =
        Optimizer.path (given "optimizer" optimizer) steps (given "gradient" gradient).Invoke (given "start" start)

    /// The last of the points of `Path`.
    [<Extension>]
    static member Minimize
        (optimizer: Optimizer, gradient: Func<Vector<'T>, Vector<'T>>, start: Vector<'T>, steps: int) : Vector<'T> =
        Optimizer.minimize (given "optimizer" optimizer) steps (given "gradient" gradient).Invoke (given "start" start)

    /// What the learning rate is multiplied by in an update, counted from 0.
    [<Extension>]
    static member Factor(schedule: Schedule, update: int) : float = Schedule.factor (given "schedule" schedule) update

    /// All leaves of all slots, named `slot/parameter`, as in `velocity/affine1.weight`: for files.
    [<Extension>]
    static member ToLeaves(state: OptimizerState<'T>) : Parameters<'T> = OptimizerState.toLeaves (given "state" state)

/// States of optimizers out of what files hold.
[<AbstractClass; Sealed>]
type OptimizerState =
    /// The state with these counts and the slots of `ToLeaves`.
    /// Raises ArgumentException for a negative count or a leaf whose name has no slot.
    static member OfLeaves(updates: int, gathered: int, leaves: Parameters<'T>) : OptimizerState<'T> =
        OptimizerState.ofLeaves updates gathered (given "leaves" leaves)

/// Exponential moving averages of parameters.
[<AbstractClass; Sealed; Extension>]
type Average =
    /// An average that begins with these parameters or, if it is corrected, is of the updates alone.
    /// Raises ArgumentException unless 0 <= decay < 1.
    static member Start
        (decay: float, parameters: Parameters<'T>,
         [<Optional; DefaultParameterValue(false)>] corrected: bool) : Average<'T> =
        Average.start corrected decay (given "parameters" parameters)

    /// The average with these parameters added. Raises ArgumentException if their leaves are others.
    [<Extension>]
    static member Update(average: Average<'T>, parameters: Parameters<'T>) : Average<'T> =
        Average.update (given "average" average) (given "parameters" parameters)

    /// The averaged parameters.
    [<Extension>]
    static member Value(average: Average<'T>) : Parameters<'T> = Average.value (given "average" average)
