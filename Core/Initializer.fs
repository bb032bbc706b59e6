namespace Functional

open System

/// The distribution that weights are drawn from.
type Distribution =
    /// Every weight has the same value.
    | Constant = 0
    /// With mean 0.
    | Normal = 1
    /// Around 0.
    | Uniform = 2
    /// A random matrix whose columns (or rows, whichever are fewer) are orthogonal and of length 1, times the value.
    | Orthogonal = 3

/// What a deviation depends on beside its value.
type Fan =
    /// Nothing.
    | Ignored = 0
    /// It is divided by the square root of the layer's number of inputs.
    | In = 1
    /// It is divided by the square root of the mean of the numbers of inputs and outputs.
    | Average = 2

/// How a layer's weights begin; biases begin at 0.
/// Source: Deep Learning from Scratch, 6.2: Xavier and He in the book's form, normal with the inputs alone counted.
[<StructuredFormatDisplay("{Display}")>]
type Initializer =
    { /// What weights are drawn from.
      Distribution: Distribution
      /// The constant, the factor, or the deviation before the fan is counted.
      Value: float
      /// What the deviation depends on.
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

    /// Uniform with deviation sqrt(2 / (inputs + outputs)): between -a and a, a = sqrt(6 / (inputs + outputs)).
    /// Source: Glorot and Bengio (2010), equation 16.
    static member GlorotUniform = { Distribution = Distribution.Uniform; Value = 1.0; Fan = Fan.Average }

    /// Normal with deviation sqrt(1 / inputs): the same as the book's Xavier.
    /// Source: LeCun et al., Efficient BackProp (1998).
    static member LeCun = Initializer.Xavier

    /// A random orthogonal matrix, uniform among them. Source: Saxe, McClelland and Ganguli (2014).
    static member Orthogonal = { Distribution = Distribution.Orthogonal; Value = 1.0; Fan = Fan.Ignored }

    member private this.Display = string this
    override this.ToString() =
        if this = Initializer.Xavier then "xavier"
        elif this = Initializer.He then "he"
        elif this = Initializer.Zero then "zero"
        elif this = Initializer.GlorotUniform then "glorot-uniform"
        elif this = Initializer.Orthogonal then "orthogonal"
        else
            let fan =
                match this.Fan with
                | Fan.In -> "/sqrt(inputs)"
                | Fan.Average -> "/sqrt((inputs+outputs)/2)"
                | _ -> ""
            $"{this.Distribution.ToString().ToLowerInvariant()}:{string this.Value}{fan}"

namespace Functional.FSharp

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// How weights begin.
[<RequireQualifiedAccess>]
module Initializer =
    /// What is wrong with it, if anything.
    let internal faults (initializer: Initializer) : string list =
        [ if not (System.Enum.IsDefined initializer.Distribution) then
              $"there is no distribution {int initializer.Distribution}"
          if not (System.Enum.IsDefined initializer.Fan) then $"there is no fan {int initializer.Fan}"
          if not (System.Double.IsFinite initializer.Value) then
              $"an initializer's value must be finite, but is {string initializer.Value}"
          elif initializer.Distribution <> Distribution.Constant && initializer.Value < 0.0 then
              $"a deviation must not be negative, but is {string initializer.Value}" ]

    /// `count` vectors of `length` >= count elements, one after the other: orthogonal and of length 1, uniform among
    /// those. Gram and Schmidt's method on normal vectors, each taken through it twice so that rounding leaves nothing.
    let private orthonormal (count: int) (length: int) (key: Key) : float[] =
        let v = Key.normals (count * length) key
        let subtract i j factor =
            for k in 0 .. length - 1 do v[i * length + k] <- v[i * length + k] - factor * v[j * length + k]
        for i in 0 .. count - 1 do
            for _ in 1 .. 2 do
                for j in 0 .. i - 1 do subtract i j (Reductions.dot v (i * length) v (j * length) length)
                let norm = sqrt (Reductions.dot v (i * length) v (i * length) length)
                for k in i * length .. (i + 1) * length - 1 do v[k] <- v[k] / norm
        v

    /// Weights, outputs x inputs: a function of the key, drawn column after column.
    /// Raises ArgumentException for sizes below 1 or a value that is no deviation.
    let weights<'T when Real<'T>> (key: Key) (initializer: Initializer) (outputs: int) (inputs: int) : Matrix<'T> =
        if outputs < 1 || inputs < 1 then invalidArg (nameof outputs) $"a weight matrix can't be {outputs} x {inputs}"
        for fault in faults initializer do invalidArg (nameof initializer) fault
        let scale =
            match initializer.Fan with
            | Fan.In -> initializer.Value / sqrt (float inputs)
            | Fan.Average -> initializer.Value / sqrt (0.5 * (float inputs + float outputs))
            | _ -> initializer.Value
        let count = outputs * inputs
        let elements =
            match initializer.Distribution with
            | Distribution.Normal -> Key.normals count key |> Array.map (fun x -> scale * x)
            | Distribution.Uniform -> Key.uniforms count key |> Array.map (fun x -> scale * sqrt 3.0 * (2.0 * x - 1.0))
            | Distribution.Orthogonal when outputs >= inputs ->
                orthonormal inputs outputs key |> Array.map (fun x -> scale * x)
            | Distribution.Orthogonal ->
                let rows = orthonormal outputs inputs key
                Array.init count (fun i -> scale * rows[i % outputs * inputs + i / outputs])
            | _ -> Array.create count scale
        Dense.matrix outputs inputs (Array.map Real.number<'T, float> elements)
