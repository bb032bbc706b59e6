namespace Functional

open System

/// The distribution that weights are drawn from.
type Distribution =
    /// Every weight has the same value.
    | Constant = 0
    | Normal = 1

/// What a deviation depends on beside its value.
type Fan =
    /// Nothing.
    | Ignored = 0
    /// It is divided by the square root of the layer's number of inputs.
    | In = 1

/// How a layer's weights begin; biases begin at 0.
/// Source: Deep Learning from Scratch, 6.2: Xavier and He in the book's form, normal with the inputs alone counted.
type Initializer =
    { Distribution: Distribution
      /// The constant, or the deviation before the fan is counted.
      Value: float
      Fan: Fan }

    /// Every weight 0. All units of a layer then stay alike.
    static member Zero = Initializer.Constant 0.0

    /// Every weight the same. All units of a layer then stay alike.
    static member Constant(value: float) =
        { Distribution = Distribution.Constant; Value = value; Fan = Fan.Ignored }

    /// Normal with mean 0 and this deviation.
    static member Normal(deviation: float) =
        { Distribution = Distribution.Normal; Value = deviation; Fan = Fan.Ignored }

    /// Normal with deviation sqrt(1 / inputs): for sigmoid and tanh. Source: Glorot and Bengio (2010), the book's form.
    static member Xavier = { Distribution = Distribution.Normal; Value = 1.0; Fan = Fan.In }

    /// Normal with deviation sqrt(2 / inputs): for ReLU. Source: He et al. (2015).
    static member He = { Distribution = Distribution.Normal; Value = sqrt 2.0; Fan = Fan.In }

    override this.ToString() =
        let number = this.Value.ToString("R", Globalization.CultureInfo.InvariantCulture)
        if this = Initializer.Xavier then "xavier"
        elif this = Initializer.He then "he"
        elif this = Initializer.Zero then "zero"
        elif this.Distribution = Distribution.Constant then $"constant:{number}"
        elif this.Fan = Fan.Ignored then $"normal:{number}"
        else $"normal:{number}/sqrt(inputs)"

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

[<RequireQualifiedAccess>]
module Initializer =
    /// What is wrong with it, if anything.
    let internal faults (initializer: Initializer) : string list =
        [ if not (System.Double.IsFinite initializer.Value) then
              $"an initializer's value must be finite, but is {initializer.Value}"
          elif initializer.Distribution = Distribution.Normal && initializer.Value < 0.0 then
              $"a deviation must not be negative, but is {initializer.Value}" ]

    /// Weights, outputs x inputs: a function of the key, drawn column after column.
    /// Raises ArgumentException for sizes below 1 or a value that is no deviation.
    let weights<'T when Real<'T>> (initializer: Initializer) (key: Key) (outputs: int) (inputs: int) : Matrix<'T> =
        if outputs < 1 || inputs < 1 then invalidArg (nameof outputs) $"a weight matrix can't be {outputs} x {inputs}"
        for fault in faults initializer do invalidArg (nameof initializer) fault
        let scale =
            match initializer.Fan with
            | Fan.In -> initializer.Value / sqrt (float inputs)
            | _ -> initializer.Value
        let elements =
            match initializer.Distribution with
            | Distribution.Normal -> Key.normals (outputs * inputs) key |> Array.map (fun x -> scale * x)
            | _ -> Array.create (outputs * inputs) scale
        Dense.matrix outputs inputs (Array.map Real.number<'T, float> elements)
