/// What there is of each kind, a row each: a new kind gets all laws that apply to it by a new row here.
module Functional.Properties.Tables

open Functional

let activations: Activation list =
    [ Activation.Relu; Activation.LeakyRelu 0.1; Activation.Sigmoid; Activation.Tanh; Activation.Gelu; Activation.Silu
      Activation.Elu 1.0; Activation.Elu 0.7; Activation.Softplus ]

let dropouts: Dropout list =
    [ for ratio in [ 0.0; 0.2; 0.5 ] do
          for form in [ DropoutForm.Inverted; DropoutForm.Book ] -> { Ratio = ratio; Form = form } ]

/// A layer without its parameters and the number of its inputs.
type Plan =
    | Units of int
    /// A custom layer that computes what `Units` does.
    | CustomUnits of int
    | Elementwise of Activation
    | BatchNormalized of epsilon: float
    | LayerNormalized
    | Dropped of Dropout

let layers: Plan list =
    [ Units 5
      CustomUnits 4
      for activation in activations do Elementwise activation
      for epsilon in [ 1e-6; 1e-3 ] do BatchNormalized epsilon
      LayerNormalized
      for dropout in dropouts do Dropped dropout ]

let losses: Loss list =
    [ Loss.SoftmaxCrossEntropy()
      Loss.SoftmaxCrossEntropy(labelSmoothing = 0.1)
      Loss.SoftmaxCrossEntropy(labelSmoothing = 1.0)
      Loss.MeanSquaredError
      Loss.BinaryCrossEntropy
      Loss.Huber 0.8
      Loss.Huber 0.3 ]

let penalties: Penalty list =
    [ Penalty.None
      Penalty.L1 0.05
      Penalty.L2 0.1
      Penalty.ElasticNet(0.02, 0.1)
      Penalty.PNorm(0.1, 1.5)
      Penalty.PNorm(0.1, 3.0)
      Penalty.PNorm(0.2, 4.5)
      { Penalty.None with NormRate = 0.7; NormPower = 1.0 } ]

type InitializerRow =
    { Initializer: Initializer
      /// Of weights with so many inputs and outputs.
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

let schedules: Schedule list =
    [ for shape in
          [ Schedule.Constant; Schedule.Step(2, 0.5); Schedule.Exponential 0.7; Schedule.Cosine(5, 0.1); Schedule.OneCycle(6, 0.5, 0.2, 0.1) ] do
          shape
          shape.AfterWarmUp 2 ]

/// The new w and what is remembered, from the rate, step t = 1, 2, ..., what was remembered, w and g, all of one element.
type Formula = float -> int -> float[] -> float -> float -> struct (float * float[])

type OptimizerRow =
    { Optimizer: float -> Optimizer
      /// As a book writes it, without weight decay.
      Formula: Formula
      /// A rate, and a schedule where it needs one, at which it finds the minima of `ConvergenceTests`.
      Finding: Optimizer }

let private adamRate rate t = rate * sqrt (1.0 - 0.999 ** float t) / (1.0 - 0.9 ** float t)

/// Adam's moments.
let private moments (s: float[]) g = s[0] + 0.1 * (g - s[0]), s[1] + 0.001 * (g * g - s[1])

let private adam: Formula = fun rate t s w g ->
    let m, v = moments s g
    struct (w - adamRate rate t * m / (sqrt v + 1e-7), [| m; v |])

let optimizers: OptimizerRow list =
    let decaying = Schedule.Cosine 100_000
    [ { Optimizer = fun rate -> Optimizer.Sgd rate
        Formula = fun rate _ _ w g -> struct (w - rate * g, [||])
        Finding = Optimizer.Sgd(1e-3).With decaying }
      { Optimizer = fun rate -> Optimizer.Momentum rate
        Formula = fun rate _ s w g ->
            let v = 0.9 * s[0] - rate * g
            struct (w + v, [| v |])
        Finding = Optimizer.Momentum 2e-4 }
      { Optimizer = fun rate -> Optimizer.Nesterov rate
        // The book's form, with the velocity before this step.
        Formula = fun rate _ s w g -> struct (w + 0.81 * s[0] - 1.9 * rate * g, [| 0.9 * s[0] - rate * g |])
        Finding = Optimizer.Nesterov 1e-4 }
      { Optimizer = fun rate -> Optimizer.AdaGrad rate
        Formula = fun rate _ s w g ->
            let h = s[0] + g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        Finding = Optimizer.AdaGrad 1.0 }
      { Optimizer = fun rate -> Optimizer.RmsProp rate
        Formula = fun rate _ s w g ->
            let h = 0.99 * s[0] + 0.01 * g * g
            struct (w - rate * g / (sqrt h + 1e-7), [| h |])
        Finding = Optimizer.RmsProp 1e-3 }
      { Optimizer = fun rate -> Optimizer.AdaDelta rate
        Formula = fun rate _ s w g ->
            let h = 0.95 * s[0] + 0.05 * g * g
            let d = sqrt (s[1] + 1e-6) / sqrt (h + 1e-6) * g
            struct (w - rate * d, [| h; 0.95 * s[1] + 0.05 * d * d |])
        Finding = Optimizer.AdaDelta 0.01 }
      { Optimizer = fun rate -> Optimizer.Adam rate
        Formula = adam
        Finding = Optimizer.Adam 0.03 }
      { Optimizer = fun rate -> Optimizer.AmsGrad rate
        Formula = fun rate t s w g ->
            let m, v = moments s g
            let largest = max s[2] v
            struct (w - adamRate rate t * m / (sqrt largest + 1e-7), [| m; v; largest |])
        Finding = Optimizer.AmsGrad 0.1 }
      { Optimizer = fun rate -> Optimizer.AdamW(rate, 0.05)
        Formula = adam
        Finding = Optimizer.AdamW(0.03, 1e-4) }
      { Optimizer = fun rate -> Optimizer.Lion rate
        Formula = fun rate _ s w g ->
            struct (w - rate * float (sign (0.9 * s[0] + 0.1 * g)), [| 0.99 * s[0] + 0.01 * g |])
        Finding = Optimizer.Lion(1e-3).With decaying } ]
