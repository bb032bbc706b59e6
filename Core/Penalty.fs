namespace Functional

open System

/// What large weights cost: l1 sum |w| + l2 / 2 sum w^2 + (rate / p) sum |w|^p (the rates are the fields), over all
/// leaves whose role is weight; never biases, nor batch norm's parameters. Part of the loss, in training and in
/// evaluation, and of its gradient.
/// Source: Deep Learning from Scratch, 6.4.2.
[<StructuredFormatDisplay("{Display}")>]
type Penalty =
    { /// Of the weights' magnitudes.
      L1Rate: float
      /// Of half the weights' squares.
      L2Rate: float
      /// Of the sum of |w|^p over p: the p-th power of the p-norm.
      PowerRate: float
      /// The p of that, at least 1.
      Power: float }

    /// No penalty: 0.
    static member None = { L1Rate = 0.0; L2Rate = 0.0; PowerRate = 0.0; Power = 2.0 }

    /// rate sum |w|, with gradient rate sign(w), sign(0) = 0.
    static member L1(rate: float) = { Penalty.None with L1Rate = rate }

    /// rate / 2 sum w^2, with gradient rate w.
    static member L2(rate: float) = { Penalty.None with L2Rate = rate }

    /// l1 sum |w| + l2 / 2 sum w^2. Source: Zou and Hastie (2005).
    static member ElasticNet(l1: float, l2: float) = { Penalty.None with L1Rate = l1; L2Rate = l2 }

    /// (rate / p) sum |w|^p, with gradient rate sign(w) |w|^(p - 1), p >= 1.
    static member PNorm(rate: float, p: float) =
        if p = 1.0 then Penalty.L1 rate
        elif p = 2.0 then Penalty.L2 rate
        else { Penalty.None with PowerRate = rate; Power = p }

    member private penalty.Display = string penalty
    override penalty.ToString() =
        [ if penalty.L1Rate <> 0.0 then $"L1 {string penalty.L1Rate}"
          if penalty.L2Rate <> 0.0 then $"L2 {string penalty.L2Rate}"
          if penalty.PowerRate <> 0.0 then $"{string penalty.Power}-norm {string penalty.PowerRate}" ]
        |> function [] -> "none" | terms -> String.concat ", " terms

namespace Functional.FSharp

open System
open System.Runtime.Intrinsics
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics
open Functional.Numerics.Passes

/// What is added to the loss for large weights.
[<RequireQualifiedAccess>]
module Penalty =
    /// Everything wrong with the penalty's numbers.
    let faults (penalty: Penalty) : string list =
        [ for name, rate in [ "L1", penalty.L1Rate; "L2", penalty.L2Rate; "the p-norm's", penalty.PowerRate ] do
              yield! Faults.ofRate $"{name} rate" rate
          if penalty.PowerRate > 0.0 && not (Double.IsFinite penalty.Power && penalty.Power >= 1.0) then
              $"the p-norm's p must be finite and at least 1, but is {string penalty.Power}" ]

    let inline private sign (w: Lanes<'T>) : Lanes<'T> =
        let zero, one = Lanes<'T>.Zero, Lanes<'T>.One
        (Vector512.GreaterThan(w, zero) &&& one) - (Vector512.LessThan(w, zero) &&& one)

    /// |w|^power for power > 0: a product where that is short, otherwise exp(power ln |w|).
    let private powers<'T when Real<'T>> (power: float) (w: 'T[]) : 'T[] =
        let sizes = map (fun w -> Vector512.Abs w) w
        if power <= 8.0 && power = floor power then
            map
                (fun size ->
                    let mutable product = size
                    for _ in 2 .. int power do product <- product * size
                    product)
                sizes
        else
            let power: Lanes<'T> = broadcast power
            let logs = Exponentials.log sizes
            Exponentials.exp (map (fun l -> power * l) logs)

    let private sum<'T when Real<'T>> (x: 'T[]) : float = Real.toFloat (Reductions.sum (ReadOnlySpan<'T> x))

    let private sumOfMagnitudes<'T when Real<'T>> (w: 'T[]) : float =
        Real.toFloat (Reductions.sumOf<'T> w.Length (fun i -> Vector512.Abs(load w i)) (fun i -> 'T.Abs w[i]))

    let private ofLeaf<'T when Real<'T>> (penalty: Penalty) (leaf: Parameter<'T>) : float =
        let w = Dense.values leaf.Values
        (if penalty.L1Rate = 0.0 then 0.0 else penalty.L1Rate * sumOfMagnitudes w)
        + (if penalty.L2Rate = 0.0 then 0.0 else 0.5 * penalty.L2Rate * Real.toFloat (Reductions.dot w 0 w 0 w.Length))
        + (if penalty.PowerRate = 0.0 then 0.0
           elif penalty.Power = 1.0 then penalty.PowerRate * sumOfMagnitudes w
           else penalty.PowerRate / penalty.Power * sum (powers penalty.Power w))

    /// The penalty of the weights among these leaves.
    let value (penalty: Penalty) (parameters: Parameters<'T>) : float =
        if penalty = Penalty.None then 0.0
        else
            parameters.Leaves |> Array.sumBy (fun leaf -> if leaf.Role = Role.Weight then ofLeaf penalty leaf else 0.0)

    /// Adds the penalty's gradient to a gradient that the caller has just made.
    let internal addTo<'T when Real<'T>>
        (penalty: Penalty) (parameters: Parameters<'T>) (gradient: Parameters<'T>) : unit =
        let l1: Lanes<'T> = broadcast penalty.L1Rate
        let l2: Lanes<'T> = broadcast penalty.L2Rate
        let rate: Lanes<'T> = broadcast penalty.PowerRate
        for i in 0 .. parameters.Count - 1 do
            let leaf, gradient = parameters.Leaves[i], gradient.Leaves[i]
            if leaf.Role = Role.Weight then
                let w, g = Dense.values leaf.Values, Dense.values gradient.Values
                if penalty.L1Rate > 0.0 then overwrite (fun w g -> g + l1 * sign w) w g
                if penalty.L2Rate > 0.0 then overwrite (fun w g -> g + l2 * w) w g
                if penalty.PowerRate > 0.0 then
                    if penalty.Power = 1.0 then overwrite (fun w g -> g + rate * sign w) w g
                    else
                        let slopes = map2 (fun w power -> sign w * power) w (powers (penalty.Power - 1.0) w)
                        overwrite (fun slope g -> g + rate * slope) slopes g

    /// The gradient of a loss and the penalty together, given the parameters and the gradient of the loss alone.
    /// Raises ArgumentException if their leaves differ.
    let addGradient (penalty: Penalty) (parameters: Parameters<'T>) (gradient: Parameters<'T>) : Parameters<'T> =
        Parameters.checkAlike (nameof gradient) parameters gradient
        let sum = gradient |> Parameters.mapLeaves (fun leaf -> leaf.Values.ToArray())
        addTo penalty parameters sum
        sum

    let private ofLike (parameter: Matrix<'T>) (gradient: Matrix<'T>) (f: 'T[] -> 'T[] -> 'T[]) =
        let parameter, gradient = given (nameof parameter) parameter, given (nameof gradient) gradient
        if parameter.RowCount <> gradient.RowCount || parameter.ColumnCount <> gradient.ColumnCount then
            invalidArg (nameof gradient) $"the gradient is {gradient.RowCount} x {gradient.ColumnCount}, \
                                           but the parameter {parameter.RowCount} x {parameter.ColumnCount}"
        Dense.matrix parameter.RowCount parameter.ColumnCount (f (Dense.elements parameter) (Dense.elements gradient))

    /// gradient + rate parameter, for any matrix: weight decay by hand.
    /// Raises ArgumentException if the shapes differ.
    let ridge<'T when Real<'T>> (rate: float) (parameter: Matrix<'T>) (gradient: Matrix<'T>) : Matrix<'T> =
        let rate: Lanes<'T> = broadcast rate
        ofLike parameter gradient (map2 (fun w g -> g + rate * w))

    /// gradient + rate sign(parameter), sign(0) = 0, for any matrix. Raises ArgumentException if the shapes differ.
    let lasso<'T when Real<'T>> (rate: float) (parameter: Matrix<'T>) (gradient: Matrix<'T>) : Matrix<'T> =
        let rate: Lanes<'T> = broadcast rate
        ofLike parameter gradient (map2 (fun w g -> g + rate * sign w))

    /// What L1's proximal step makes of weights after an update: each is moved towards 0 by `amount` (rate times
    /// learning rate), and is 0 from there on. Other leaves stay. Source: Daubechies et al. (2004), iterative soft
    /// thresholding.
    let softThreshold<'T when Real<'T>> (amount: float) (parameters: Parameters<'T>) : Parameters<'T> =
        let lanes: Lanes<'T> = broadcast amount
        if amount = 0.0 then parameters
        else parameters |> Parameters.mapLeaves (fun leaf ->
            let w = Dense.values leaf.Values
            if leaf.Role <> Role.Weight then w
            else map (fun w -> Vector512.Max(w - lanes, Lanes<'T>.Zero) + Vector512.Min(w + lanes, Lanes<'T>.Zero)) w)
