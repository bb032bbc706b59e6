/// Random layers, networks and batches, and derivatives to hold their pullbacks against.
module Functional.Properties.Compositions

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics

let require (condition: bool) (message: string) = if not condition then failwith message

let keys: Gen<Key> = Gen.choose (0, Int32.MaxValue) |> Gen.map (int64 >> Key.ofSeed)

let normals<'T when Real<'T>> (rows: int) (columns: int) (key: Key) : Matrix<'T> =
    Dense.matrix rows columns (Key.normals (rows * columns) key |> Array.map Real.number<'T, float>)

let elements (x: Matrix<'T>) : 'T[] = x.ToColumnMajorArray()

/// A layer of one's own that imitates an affine one.
type AffineOfOnesOwn<'T when Real<'T>>(affine: Affine<'T>) =
    interface ILayer<'T> with
        member _.Name = "own"
        member _.Description = $"own {affine.Inputs} -> {affine.Outputs}"
        member _.Inputs = affine.Inputs
        member _.Outputs = affine.Outputs
        member _.Parameters =
            [| Parameter.ofMatrix "weight" Role.Weight affine.Weight; Parameter.ofVector "bias" Role.Bias affine.Bias |]
        member _.WithParameters leaves = AffineOfOnesOwn { Weight = leaves[0].Matrix; Bias = leaves[1].Values }
        member _.Predict x = Affine.predict affine x
        member _.Forward(_, x) =
            let struct (y, pullback) = Affine.forward affine x
            struct (y, Func<_, _>(fun dy ->
                let struct (gradient, dx) = pullback dy
                struct ([| Parameter.ofMatrix "weight" Role.Weight gradient.Weight
                           Parameter.ofVector "bias" Role.Bias gradient.Bias |], dx.Value)))

/// A layer without its sizes.
type Kind =
    | AffineTo of units: int
    | OwnTo of units: int
    | Elementwise of Activation
    | NormalizedByBatch of epsilon: float
    | NormalizedByLayer
    | Dropped of Dropout

let activations =
    [ Activation.Relu; Activation.LeakyRelu 0.1; Activation.Sigmoid; Activation.Tanh; Activation.Gelu; Activation.Silu
      Activation.Elu 1.0; Activation.Elu 0.7; Activation.Softplus ]

let kinds: Gen<Kind> =
    Gen.frequency
        [ 2, Gen.map AffineTo (Gen.choose (2, 6))
          1, Gen.map OwnTo (Gen.choose (2, 6))
          4, Gen.map Elementwise (Gen.elements activations)
          2, Gen.map NormalizedByBatch (Gen.elements [ 1e-6; 1e-3 ])
          1, Gen.constant NormalizedByLayer
          2, Gen.map2
                 (fun ratio form -> Dropped { Ratio = ratio; Form = form })
                 (Gen.elements [ 0.0; 0.2; 0.5 ])
                 (Gen.elements [ DropoutForm.Inverted; DropoutForm.Book ]) ]

let private norm<'T when Real<'T>> (key: Key) (units: int) : ScaleShift<'T> =
    { Gamma = (normals units 1 (Key.child 0 key)).Column 0; Beta = (normals units 1 (Key.child 1 key)).Column 0 }

let private affine<'T when Real<'T>> (inputs: int) (outputs: int) (key: Key) : Affine<'T> =
    { Weight = Initializer.weights Initializer.Xavier (Key.child 0 key) outputs inputs
      Bias = (normals outputs 1 (Key.child 1 key)).Column 0 }

/// The layers of these kinds for so many inputs, and the number of their outputs.
let layersOf<'T when Real<'T>> (inputs: int) (kinds: Kind list) (key: Key) : Layer<'T> list * int =
    let build (i, units) kind =
        let key = Key.child i key
        match kind with
        | AffineTo outputs -> Affine(affine units outputs key), (i + 1, outputs)
        | OwnTo outputs -> Custom(AffineOfOnesOwn(affine units outputs key)), (i + 1, outputs)
        | Elementwise activation -> Activation activation, (i + 1, units)
        | NormalizedByBatch epsilon ->
            let fresh = BatchNorm.create { Momentum = 0.9; Epsilon = epsilon } units
            BatchNorm { fresh with Parameters = norm key units }, (i + 1, units)
        | NormalizedByLayer -> LayerNorm { Epsilon = 1e-5; Parameters = norm key units }, (i + 1, units)
        | Dropped dropout -> Dropout dropout, (i + 1, units)
    let layers, (_, outputs) = List.mapFold build (0, inputs) kinds
    layers, outputs

/// A network, a batch that fits it, and a key for what is random in training.
type Case<'T when Real<'T>> =
    { Network: Network<'T>
      Batch: Batch<'T>
      Key: Key }

    override case.ToString() =
        let network = case.Network
        $"{network}; {network.Loss}; penalty {network.Penalty}; {case.Batch}; {case.Key}"

let private targets<'T when Real<'T>>
    (loss: Loss) (outputs: int) (samples: int) (key: Key) (inputs: Matrix<'T>) : Batch<'T> =
    let labels () = Key.integers samples (max 2 outputs) key
    match loss.Function, (Key.integers 1 2 (Key.child 0 key))[0] with
    | LossFunction.SoftmaxCrossEntropy _, 0 -> Batch.ofLabels inputs (Array.map (min (outputs - 1)) (labels ()))
    | LossFunction.SoftmaxCrossEntropy _, _ ->
        Batch.ofTargets inputs (SoftmaxCrossEntropy.softmax (normals outputs samples (Key.child 1 key)))
    | LossFunction.BinaryCrossEntropy, 0 -> Batch.ofLabels inputs (labels ())
    | LossFunction.BinaryCrossEntropy, _ ->
        let uniforms = Key.uniforms (outputs * samples) (Key.child 1 key)
        Batch.ofTargets inputs (Dense.matrix outputs samples (Array.map Real.number<'T, float> uniforms))
    | _ -> Batch.ofTargets inputs (normals outputs samples (Key.child 1 key))

let losses =
    [ Loss.SoftmaxCrossEntropy(); Loss.SoftmaxCrossEntropy(labelSmoothing = 0.1); Loss.MeanSquaredError
      Loss.BinaryCrossEntropy; Loss.Huber 0.8 ]

let penalties =
    [ Penalty.None; Penalty.L2 0.1; Penalty.L1 0.05; Penalty.ElasticNet(0.02, 0.1)
      Penalty.PNorm(0.1, 3.0); Penalty.PNorm(0.1, 1.5) ]

/// Affine, these kinds, affine; any loss and penalty. Weights, data and targets are functions of the key.
let caseOf<'T when Real<'T>> (kinds: Kind list) (loss: Loss) (penalty: Penalty) (samples: int) (key: Key) : Case<'T> =
    let inputs, outputs = 3, 4
    let layers, outputs = layersOf inputs (AffineTo 5 :: kinds @ [ AffineTo outputs ]) (Key.child 0 key)
    { Network = Network.ofLayersWith loss layers |> Network.withPenalty penalty
      Batch = targets loss outputs samples (Key.child 1 key) (normals inputs samples (Key.child 2 key))
      Key = Key.child 3 key }

let cases<'T when Real<'T>> (kinds: Gen<Kind list>) : Gen<Case<'T>> =
    gen {
        let! kinds = kinds
        let! loss = Gen.elements losses
        let! penalty = Gen.elements penalties
        let! samples = Gen.choose (4, 9)
        let! key = keys
        return caseOf kinds loss penalty samples key
    }

/// Up to six layers, the first and the last of them affine.
let compositions<'T when Real<'T>> : Gen<Case<'T>> =
    cases (Gen.choose (0, 4) |> Gen.bind (fun n -> Gen.listOfLength n kinds))

/// The derivative at 0 by central differences of the fourth order, and how far those of other step lengths are from it:
/// at a kink, and where the function bends too much, they are far.
let derivative (f: float -> float) : struct (float * float) =
    let differences h = (8.0 * (f h - f -h) - (f (2.0 * h) - f (-2.0 * h))) / (12.0 * h)
    let coarse, value, fine = differences 1e-4, differences 5e-5, differences 1e-5
    struct (value, max (abs (value - coarse)) (abs (value - fine)))

/// How many derivatives a law looked at, and how many of them it had to leave out.
type Count() =
    member val Taken = 0 with get, set
    member val LeftOut = 0 with get, set
    member count.RequireFew() =
        require (count.Taken > 1000) $"only {count.Taken} derivatives"
        require (100 * count.LeftOut < count.Taken) $"{count.LeftOut} of {count.Taken} derivatives had to be left out"

/// Raises unless the gradient of f at x is this, to 1e-6 of its largest element and 1e-9.
let requireGradient (count: Count) (name: string) (f: float[] -> float) (x: float[]) (gradient: float[]) =
    let numerical =
        x |> Array.mapi (fun i _ ->
            derivative (fun step ->
                let moved = Array.copy x
                moved[i] <- moved[i] + step
                f moved))
    let largest = numerical |> Seq.map (fun (struct (d, _)) -> abs d) |> Seq.max
    let limit = 1e-6 * largest + 1e-9
    for i in 0 .. x.Length - 1 do
        let struct (d, uncertainty) = numerical[i]
        count.Taken <- count.Taken + 1
        if uncertainty > 0.5 * limit then count.LeftOut <- count.LeftOut + 1
        else require (abs (d - gradient[i]) <= limit) $"{name}[{i}]: differences give {d}, the pullback {gradient[i]}"

/// A law about gradients, which leaves out few.
let gradientLaw name arbitrary (holds: Count -> 'Case -> unit) =
    let count = Count()
    Law.lawThen count.RequireFew 300 name arbitrary (holds count)

/// Raises unless the gradient of every leaf is that of the training loss.
let requireGradients (count: Count) (case: Case<float>) =
    let parameters = Network.parameters case.Network
    let gradient = (Network.gradient case.Key case.Network case.Batch).Parameters
    for leaf in parameters do
        let loss (moved: float[]) =
            let replace (p: Parameter<float>) = if p.Name = leaf.Name then { p with Values = Dense.vector moved } else p
            let replaced = Seq.map replace parameters
            Network.trainingLoss case.Key (Network.withParameters case.Network (Parameters.ofSeq replaced)) case.Batch
        requireGradient count leaf.Name loss (leaf.Values.ToArray()) (gradient[leaf.Name].Values.ToArray())
