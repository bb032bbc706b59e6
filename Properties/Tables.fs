/// What there is of each kind, a row each: a new kind gets all laws that apply to it by a new row here.
module Functional.Properties.Tables

open System
open System.Collections.Generic
open Functional
open Functional.FSharp
open MathNet.Numerics.LinearAlgebra

/// An activation of a user. (A counterexample names it: functions can't be written down.)
let softsign: Activation =
    Activation.Custom(
        CustomActivation("softsign", (fun x -> x / (1.0 + abs x)), fun x -> 1.0 / ((1.0 + abs x) * (1.0 + abs x))))

let activations: Activation list =
    [ yield! Activation.BuiltIn
      Activation.LeakyRelu 0.1
      Activation.Elu 0.7
      softsign ]

let dropouts: Dropout list =
    [ for ratio in [ 0.0; 0.2; 0.5 ] do
          for form in [ DropoutForm.Inverted; DropoutForm.Book ] -> { Ratio = ratio; Form = form } ]

/// A layer that keeps the number of features, before training: all that the laws need to know of a new one. Its name is
/// that of its value here.
[<AbstractClass>]
type LayerRow(name: string) =
    abstract Layer<'T when Real<'T>> : inputs: int -> ILayer<'T>
    override _.ToString() = name

/// A layer without its parameters and the number of its inputs.
type Plan =
    | Units of int
    /// A custom layer that computes what `Units` does.
    | CustomUnits of int
    | Elementwise of Activation
    | BatchNormalized of epsilon: float
    | Kept of LayerRow
    | Dropped of Dropout
    | Chained of Plan list
    /// What the layers make of x is added to x: an affine layer follows if they change the number of features.
    | Skipping of Plan list
    /// Branches of several layers each.
    | Joined of Join * Plan list list
    /// Two affine layers with one weight, which the second has transposed.
    | Coded

/// The number of outputs for this many inputs.
let rec widthOf (inputs: int) (plan: Plan) : int =
    match plan with
    | Units outputs | CustomUnits outputs -> outputs
    | Chained inner -> List.fold widthOf inputs inner
    | Joined(Join.Sum, branches) -> List.fold widthOf inputs branches.Head
    | Joined(_, branches) -> branches |> List.sumBy (List.fold widthOf inputs)
    | _ -> inputs

/// A plan, and those inside of it.
let rec parts (plan: Plan) : Plan list =
    let inner =
        match plan with
        | Chained inner | Skipping inner -> inner
        | Joined(_, branches) -> List.concat branches
        | _ -> []
    plan :: List.collect parts inner

/// Of few samples or features alike there is no variance.
let isNormalizing (plan: Plan) : bool =
    parts plan |> List.exists (function BatchNormalized _ | Kept _ -> true | _ -> false)

let layerNorm = { new LayerRow("layerNorm") with member _.Layer inputs = Layer.layerNorm inputs }
let rmsNorm = { new LayerRow("rmsNorm") with member _.Layer inputs = RmsNorm.create 1e-4 inputs }

/// What layers of images take that many features for: one after the other must agree on it.
let private imageOf (features: int) : ImageShape =
    let channels = if features % 2 = 0 then 2 else 1
    ImageShape.Of(channels, 1, features / channels)

/// A convolution that keeps the shape.
let convolution =
    { new LayerRow("convolution") with
        member _.Layer inputs =
            let image = imageOf inputs
            let shape = ConvolutionShape.Of(image, image.Channels, 3, padding = 1)
            Convolution.create (Key.ofSeed 1L) Initializer.He shape }

let pooling =
    { new LayerRow("pooling") with
        member _.Layer inputs = Layer.pooling (Pooling.Average(imageOf inputs, 1)) }

let channelBatchNorm =
    { new LayerRow("channelBatchNorm") with
        member _.Layer inputs = ChannelBatchNorm.create { Momentum = 0.9; Epsilon = 1e-3 } (imageOf inputs) }

let channelDropout =
    { new LayerRow("channelDropout") with
        member _.Layer inputs = Layer.channelDropout 0.3 (imageOf inputs) }

let layers: Plan list =
    [ Units 5
      CustomUnits 4
      for activation in activations do Elementwise activation
      for epsilon in [ 1e-6; 1e-3 ] do BatchNormalized epsilon
      Kept layerNorm
      Kept rmsNorm
      Kept convolution
      Kept pooling
      Kept channelBatchNorm
      Kept channelDropout
      for dropout in dropouts do Dropped dropout
      Chained [ Units 4; Elementwise Activation.Tanh ]
      Chained []
      Skipping [ Units 4; Elementwise Activation.Relu ]
      Skipping [ BatchNormalized 1e-3; Elementwise Activation.Silu; Skipping [ CustomUnits 3 ] ]
      Joined(Join.Sum, [ [ Units 3; Elementwise Activation.Gelu ]; [ CustomUnits 3 ]; [ Units 2; Units 3 ] ])
      Joined(Join.Concatenate, [ [ Units 2 ]; []; [ Skipping [ Kept layerNorm ] ]; [ Coded ] ])
      Coded ]

/// The mean of log cosh(y - t) over all outputs of all samples.
let private logCosh =
    let forward (y: Matrix<float>) (t: Matrix<float>) =
        let count = float (y.RowCount * y.ColumnCount)
        // log cosh d without an overflow
        let value d = abs d + log (0.5 * (1.0 + exp (-2.0 * abs d)))
        let d = y - t
        struct (Seq.sum (d.Map(value).Enumerate()) / count, d.Map(fun d -> tanh d / count))
    CustomLoss("log-cosh", Func<_, _, _> forward, isRegression = true)

let losses: Loss list =
    [ Loss.SoftmaxCrossEntropy()
      Loss.SoftmaxCrossEntropy(labelSmoothing = 0.1)
      Loss.SoftmaxCrossEntropy(labelSmoothing = 1.0)
      Loss.MeanSquaredError
      Loss.BinaryCrossEntropy
      Loss.Huber 0.8
      Loss.Huber 0.3
      Loss.Custom logCosh ]

let penalties: Penalty list =
    [ Penalty.None
      Penalty.L1 0.05
      Penalty.L2 0.1
      Penalty.ElasticNet(0.02, 0.1)
      Penalty.PNorm(0.1, 1.5)
      Penalty.PNorm(0.1, 3.0)
      Penalty.PNorm(0.2, 4.5)
      { Penalty.None with PowerRate = 0.7; Power = 1.0 } ]

type InitializerRow =
    { Initializer: Initializer
      /// Of weights with this many inputs and outputs.
      Deviation: float -> float -> float
      /// As the command line has it.
      Text: string }

let initializers: InitializerRow list =
    let row initializer deviation text = { Initializer = initializer; Deviation = deviation; Text = text }
    [ row Initializer.Zero (fun _ _ -> 0.0) "zero"
      row (Initializer.Constant 0.3) (fun _ _ -> 0.0) "constant:0.3"
      row (Initializer.Normal 0.01) (fun _ _ -> 0.01) "normal:0.01"
      row Initializer.Xavier (fun inputs _ -> sqrt (1.0 / inputs)) "xavier"
      row Initializer.LeCun (fun inputs _ -> sqrt (1.0 / inputs)) "xavier"
      row Initializer.He (fun inputs _ -> sqrt (2.0 / inputs)) "he"
      row Initializer.GlorotUniform (fun inputs outputs -> sqrt (2.0 / (inputs + outputs))) "glorot-uniform"
      row Initializer.Orthogonal (fun inputs outputs -> sqrt (1.0 / max inputs outputs)) "orthogonal" ]

type ScheduleRow =
    { /// Of this many steps, with a factor from 0 to 1.
      Schedule: int -> float -> Schedule
      /// What the learning rate is multiplied by in step t = 0, 1, ...
      Factor: int -> float -> int -> float
      /// Schedules with wrong numbers, and how many are wrong.
      Wrong: (Schedule * int) list }

/// From 1 to 0 in this many steps, then 0.
let private halfCosine (t: float) (steps: float) = if t >= steps then 0.0 else (1.0 + cos (Math.PI * t / steps)) / 2.0

let schedules: ScheduleRow list =
    let row schedule factor wrong = { Schedule = schedule; Factor = factor; Wrong = wrong }
    [ row (fun _ _ -> Schedule.Constant) (fun _ _ _ -> 1.0) []
      row (fun n x -> Schedule.Step(n, x)) (fun n x t -> x ** float (t / n)) [ Schedule.Step(0, nan), 2 ]
      row (fun _ x -> Schedule.Exponential x) (fun _ x t -> x ** float t) [ Schedule.Exponential -1.0, 1 ]
      row
          (fun n x -> Schedule.Cosine(n, x))
          (fun n x t -> x + (1.0 - x) * halfCosine (float t) (float n))
          [ Schedule.Cosine(-1, infinity), 2 ]
      row
          (fun n x -> Schedule.OneCycle(n, 0.3, x, x / 10.0))
          (fun n x t ->
              let top, t = 0.3 * float n, float t
              if t < top then x + (1.0 - x) * (1.0 - halfCosine t top)
              else x / 10.0 + (1.0 - x / 10.0) * halfCosine (t - top) (float n - top))
          [ Schedule.OneCycle(0, 1.0, -1.0, nan), 4; Schedule.OneCycle(1, 0.0), 1 ] ]

type AugmentationRow =
    { /// One that fits images of a format; its numbers are functions of three that are uniform over 0 to 1.
      Drawn: ImageFormat -> float[] -> Augmentation
      /// One that changes nothing, where there is one.
      Idle: (ImageFormat -> Augmentation) option
      /// One that changes images of 20 x 20 pixels.
      Strong: Augmentation
      /// With wrong numbers, or for images of another size than 5 x 8 pixels.
      Wrong: Augmentation list }

let augmentations: AugmentationRow list =
    let row drawn idle strong wrong = { Drawn = drawn; Idle = idle; Strong = strong; Wrong = wrong }
    let always augmentation = Some(fun (_: ImageFormat) -> augmentation)
    /// Each number from 0 to most equally likely.
    let integer (most: int) (u: float) = int (u * float (most + 1))
    let shortest (image: ImageFormat) = min image.Height image.Width
    [ row
          (fun image u -> Augmentation.Shift(integer (shortest image - 1) u[0]))
          (always (Augmentation.Shift 0)) (Augmentation.Shift 3) [ Augmentation.Shift -1; Augmentation.Shift 5 ]
      row
          (fun _ u -> Augmentation.Rotation(180.0 * u[0]))
          (always (Augmentation.Rotation 0.0)) (Augmentation.Rotation 20.0) [ Augmentation.Rotation nan ]
      row
          (fun _ u -> Augmentation.Scale(1.0 + 3.0 * u[0]))
          (always (Augmentation.Scale 1.0)) (Augmentation.Scale 1.5) [ Augmentation.Scale 0.5 ]
      row
          (fun _ u -> Augmentation.Elastic(40.0 * u[0], 0.2 + 5.0 * u[1]))
          (always (Augmentation.Elastic(0.0, 3.0))) (Augmentation.Elastic(34.0, 4.0))
          [ Augmentation.Elastic(-1.0, 4.0); Augmentation.Elastic(1.0, 0.0) ]
      row
          (fun _ u -> Augmentation.Flip u[0])
          (always (Augmentation.Flip 0.0)) (Augmentation.Flip 0.5) [ Augmentation.Flip 1.5 ]
      row
          (fun image u ->
              let padding = integer (shortest image) u[0]
              let window size u = 1 + integer (size + 2 * padding - 1) u
              Augmentation.Crop(window image.Height u[1], window image.Width u[2], padding))
          (Some(fun image -> Augmentation.Crop(image.Height, image.Width, 0))) (Augmentation.Crop(12, 12, 0))
          [ Augmentation.Crop(6, 8, 0); Augmentation.Crop(0, 8, 0); Augmentation.Crop(5, 8, 6) ]
      row
          (fun _ u -> Augmentation.Noise u[0])
          (always (Augmentation.Noise 0.0)) (Augmentation.Noise 0.1) [ Augmentation.Noise infinity ]
      row
          (fun _ u -> Augmentation.Cutout(integer 20 u[0]))
          (always (Augmentation.Cutout 0)) (Augmentation.Cutout 5) [ Augmentation.Cutout -1 ]
      row
          (fun _ u -> Augmentation.Mixup(0.05 + 2.0 * u[0]))
          None (Augmentation.Mixup 1.0) [ Augmentation.Mixup 0.0 ] ]

/// The new w and what is remembered, from the rate, step t = 1, 2, ..., what was remembered, w and g, all of one
/// element.
type Formula = float -> int -> float[] -> float -> float -> struct (float * float[])

type OptimizerRow =
    { Optimizer: float -> Optimizer
      /// As a book writes it, without weight decay.
      Formula: Formula
      /// Whether the formula's change, weight decay included, is then made as long as the leaf, times the rate.
      IsOfLeaf: bool
      /// A rate, and a schedule where it needs one, at which it finds the minima of `ConvergenceTests`.
      Finding: Optimizer }

let private adamRate rate t = rate * sqrt (1.0 - 0.999 ** float t) / (1.0 - 0.9 ** float t)

/// Adam's moments.
let private moments (s: float[]) g = s[0] + 0.1 * (g - s[0]), s[1] + 0.001 * (g * g - s[1])

let private adam: Formula = fun rate t s w g ->
    let m, v = moments s g
    struct (w - adamRate rate t * m / (sqrt v + 1e-7), [| m; v |])

let private belief epsilon: Formula = fun rate t s w g ->
    let m = 0.9 * s[0] + 0.1 * g
    let v = 0.999 * s[1] + 0.001 * (g - m) * (g - m) + epsilon
    struct (w - rate / (1.0 - 0.9 ** float t) * m / (sqrt (v / (1.0 - 0.999 ** float t)) + epsilon), [| m; v |])

/// Zhuang et al., AdaBelief (2020), algorithm 2, with another epsilon than the built-in rule's.
let private adaBelief =
    let change (step: RuleStep) (_: Parameter<float>) (g: Vector<float>) (slots: IReadOnlyList<Vector<float>>) =
        let m = 0.9 * slots[0] + 0.1 * g
        let s = 0.999 * slots[1] + 0.001 * (g - m).PointwisePower 2.0 + 1e-7
        let corrected = s / (1.0 - 0.999 ** float step.Number)
        let d = m / (1.0 - 0.9 ** float step.Number) ./ (corrected.PointwiseSqrt() + 1e-7)
        struct (-step.Rate * d, [| m; s |] :> IReadOnlyList<Vector<float>>)
    let numbers = [ struct ("beta1", 0.9); struct ("beta2", 0.999); struct ("epsilon", 1e-7) ]
    CustomRule("custom AdaBelief", numbers, [ "first moment"; "belief" ], Func<_, _, _, _, _> change)

let optimizers: OptimizerRow list =
    let decaying = Schedule.Cosine 100_000
    [ { Optimizer = fun rate -> Optimizer.Sgd rate
        Formula = fun rate _ _ w g -> struct (w - rate * g, [||])
        IsOfLeaf = false
        Finding = Optimizer.Sgd(1e-3).With decaying }
      { Optimizer = fun rate -> Optimizer.Momentum rate
        Formula = fun rate _ s w g ->
            let v = 0.9 * s[0] - rate * g
            struct (w + v, [| v |])
        IsOfLeaf = false
        Finding = Optimizer.Momentum 2e-4 }
      { Optimizer = fun rate -> Optimizer.Nesterov rate
        // The book's form, with the velocity before this step.
        Formula = fun rate _ s w g -> struct (w + 0.81 * s[0] - 1.9 * rate * g, [| 0.9 * s[0] - rate * g |])
        IsOfLeaf = false
        Finding = Optimizer.Nesterov 1e-4 }
      { Optimizer = fun rate -> Optimizer.AdaGrad rate
        Formula = fun rate _ s w g ->
            let h = s[0] + g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        IsOfLeaf = false
        Finding = Optimizer.AdaGrad 1.0 }
      { Optimizer = fun rate -> Optimizer.RmsProp rate
        Formula = fun rate _ s w g ->
            let h = 0.99 * s[0] + 0.01 * g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        IsOfLeaf = false
        Finding = Optimizer.RmsProp 1e-3 }
      { Optimizer = fun rate -> Optimizer.AdaDelta rate
        Formula = fun rate _ s w g ->
            let h = 0.95 * s[0] + 0.05 * g * g
            let d = sqrt (s[1] + 1e-6) / sqrt (h + 1e-6) * g
            struct (w - rate * d, [| h; 0.95 * s[1] + 0.05 * d * d |])
        IsOfLeaf = false
        Finding = Optimizer.AdaDelta 0.01 }
      { Optimizer = fun rate -> Optimizer.Adam rate
        Formula = adam
        IsOfLeaf = false
        Finding = Optimizer.Adam 0.03 }
      { Optimizer = fun rate -> Optimizer.AmsGrad rate
        Formula = fun rate t s w g ->
            let m, v = moments s g
            let largest = max s[2] v
            struct (w - adamRate rate t * m / (sqrt largest + 1e-7), [| m; v; largest |])
        IsOfLeaf = false
        Finding = Optimizer.AmsGrad 0.1 }
      { Optimizer = fun rate -> Optimizer.AdamW(rate, 0.05)
        Formula = adam
        IsOfLeaf = false
        Finding = Optimizer.AdamW(0.03, 1e-4) }
      { Optimizer = fun rate -> Optimizer.NAdam rate
        Formula = fun rate t s w g ->
            let m, v = moments s g
            let ahead = 0.9 * m / (1.0 - 0.9 ** float (t + 1)) + 0.1 * g / (1.0 - 0.9 ** float t)
            struct (w - rate * ahead / (sqrt (v / (1.0 - 0.999 ** float t)) + 1e-8), [| m; v |])
        IsOfLeaf = false
        Finding = Optimizer.NAdam(0.03).With decaying }
      { Optimizer = fun rate -> Optimizer.RAdam rate
        Formula = fun rate t s w g ->
            let m, v = moments s g
            let mean, longest = m / (1.0 - 0.9 ** float t), 1999.0
            let length = longest - 2.0 * float t * 0.999 ** float t / (1.0 - 0.999 ** float t)
            let over, under = (length - 4.0) * (length - 2.0) * longest, (longest - 4.0) * (longest - 2.0) * length
            let change =
                if length <= 5.0 then mean
                else sqrt (over / under) * mean / (sqrt (v / (1.0 - 0.999 ** float t)) + 1e-8)
            struct (w - rate * change, [| m; v |])
        IsOfLeaf = false
        // Its first steps are along the gradient itself.
        Finding = Optimizer.RAdam(3e-3).With(decaying.AfterWarmUp 1000) }
      { Optimizer = fun rate -> Optimizer.AdaBelief rate
        Formula = belief 1e-16
        IsOfLeaf = false
        Finding = Optimizer.AdaBelief 0.01 }
      { Optimizer = fun rate -> Optimizer.Lamb rate
        Formula = fun rate t s w g ->
            let m, v = moments s g
            let root = sqrt (v / (1.0 - 0.999 ** float t))
            struct (w - rate * m / (1.0 - 0.9 ** float t) / (root + 1e-6), [| m; v |])
        IsOfLeaf = true
        Finding = Optimizer.Lamb(0.01).With decaying }
      { Optimizer = fun rate -> Optimizer.Lion rate
        Formula = fun rate _ s w g ->
            struct (w - rate * float (sign (0.9 * s[0] + 0.1 * g)), [| 0.99 * s[0] + 0.01 * g |])
        IsOfLeaf = false
        Finding = Optimizer.Lion(1e-3).With decaying }
      { Optimizer = fun rate -> Optimizer.Custom(adaBelief, rate)
        Formula = belief 1e-7
        IsOfLeaf = false
        Finding = Optimizer.Custom(adaBelief, 0.01) } ]
