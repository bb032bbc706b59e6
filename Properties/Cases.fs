/// What laws are about: shapes that shrink, and seeds of which all values are functions.
module Functional.Properties.Cases

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Tables

/// Smaller numbers, `low` first.
let smaller (low: int) (n: int) : int seq =
    Seq.unfold (fun gap -> if gap = 0 then None else Some(n - gap, gap / 2)) (n - low)

/// Sizes from `low` on, mostly small, with the vector widths and their neighbours among them.
let private sizeFrom (low: int) (most: int) : Gen<int> =
    let besideWidths = [ for width in [ 4; 8; 16; 32; 64 ] do yield! [ width - 1; width; width + 1 ] ]
    let widths = besideWidths |> List.filter (fun n -> n >= low && n <= most)
    Gen.frequency
        [ 3, Gen.choose (low, min (low + 8) most)
          1, Gen.choose (low, most)
          if not widths.IsEmpty then 1, Gen.elements widths ]

let private seedGenerator: Gen<int64> = Gen.choose64 (0L, Int64.MaxValue)

/// Seeds of keys; any is as good as another, so they don't shrink.
let seeds: Arbitrary<int64> = Arb.fromGen seedGenerator

/// Numbers from `low` to `most`.
let size (low: int) (most: int) : Arbitrary<int> = Arb.fromGenShrink (sizeFrom low most, smaller low)

/// Numbers from `low` to `high`, each as likely as any other.
let between (low: int) (high: int) : Arbitrary<int> = Arb.fromGenShrink (Gen.choose (low, high), smaller low)

/// Rows of a table, each as likely as any other; those above are simpler.
let rows (table: 'Row list) : Arbitrary<'Row> =
    Arb.fromGenShrink (Gen.elements table, fun row -> List.takeWhile ((<>) row) table)

/// One of each, which shrink one after the other: FsCheck's own zip shrinks nothing where one of the two can't be
/// shrunk.
let both (a: Arbitrary<'A>, b: Arbitrary<'B>) : Arbitrary<'A * 'B> =
    Arb.fromGenShrink (Gen.zip a.Generator b.Generator, fun (x, y) ->
        seq {
            for smaller in a.Shrinker x do smaller, y
            for smaller in b.Shrinker y do x, smaller
        })

/// A matrix, and the seed of its elements and of what else a law needs.
type Grid =
    { Rows: int
      Columns: int
      Seed: int64 }

    member grid.Key = Key.OfSeed grid.Seed

let private shrinkGrid leastRows leastColumns (grid: Grid) =
    seq {
        for rows in smaller leastRows grid.Rows do { grid with Rows = rows }
        for columns in smaller leastColumns grid.Columns do { grid with Columns = columns }
    }

/// Matrices of up to this many rows and columns.
let grids (mostRows: int) (mostColumns: int) : Arbitrary<Grid> =
    let generator =
        Gen.map3 (fun rows columns seed -> { Rows = rows; Columns = columns; Seed = seed })
            (sizeFrom 1 mostRows) (sizeFrom 1 mostColumns) seedGenerator
    Arb.fromGenShrink (generator, shrinkGrid 1 1)

/// Matrices with about that many rows and columns, which shrink to `low` of each.
let gridsFrom (low: int) (most: int) : Arbitrary<Grid> =
    let generator =
        Gen.map3 (fun rows columns seed -> { Rows = rows; Columns = columns; Seed = seed })
            (Gen.choose (low, most)) (Gen.choose (low, most)) seedGenerator
    Arb.fromGenShrink (generator, shrinkGrid low low)

/// Standard normal numbers that float32 can hold, so that they are the same numbers in both precisions.
let numbers<'T when Real<'T>> (count: int) (key: Key) : 'T[] =
    Key.normals count key |> Array.map (float32 >> Real.number<'T, float32>)

let matrix<'T when Real<'T>> (rows: int) (columns: int) (key: Key) : Matrix<'T> =
    Dense.matrix rows columns (numbers (rows * columns) key)

let vector<'T when Real<'T>> (count: int) (key: Key) : Vector<'T> = Dense.vector (numbers count key)

type TargetKind =
    | Labels
    | OneHot
    /// A distribution per sample.
    | Soft
    /// Any values.
    | Free

let targetKinds = [ Labels; OneHot; Soft; Free ]

/// A network, and a batch for it.
type Case =
    { Inputs: int
      Layers: Plan list
      Loss: Loss
      Penalty: Penalty
      Samples: int
      Targets: TargetKind
      Seed: int64 }

    member case.Key = Key.OfSeed case.Seed
    member case.Outputs =
        List.fold widthOf case.Inputs case.Layers
    /// A softmax over one output is refused.
    member case.PossibleLoss =
        if case.Outputs = 1 && case.Loss.Function.IsSoftmaxCrossEntropy then Loss.BinaryCrossEntropy else case.Loss

let private hasUnits = List.exists (function Units _ | CustomUnits _ -> true | _ -> false)

/// Of few samples alike there is no variance.
let private leastSamples (case: Case) =
    if case.Layers |> List.collect parts |> List.exists _.IsBatchNormalized then 4 else 1

let private shrinkCase (case: Case) : Case seq =
    seq {
        for i in 0 .. case.Layers.Length - 1 do
            let fewer = List.removeAt i case.Layers
            if hasUnits fewer then { case with Layers = fewer }
        for samples in smaller (leastSamples case) case.Samples do { case with Samples = samples }
        for inputs in smaller 1 case.Inputs do { case with Inputs = inputs }
        for i, plan in List.indexed case.Layers do
            match plan with
            | Units n -> for n in smaller 1 n do { case with Layers = List.updateAt i (Units n) case.Layers }
            | CustomUnits n -> { case with Layers = List.updateAt i (Units n) case.Layers }
            | Elementwise activation ->
                for simpler in (rows activations).Shrinker activation do
                    { case with Layers = List.updateAt i (Elementwise simpler) case.Layers }
            | Dropped dropout ->
                for simpler in (rows dropouts).Shrinker dropout do
                    { case with Layers = List.updateAt i (Dropped simpler) case.Layers }
            | Chained _ | Skipping _ | Joined _ ->
                for part in (parts plan).Tail do { case with Layers = List.updateAt i part case.Layers }
            | BatchNormalized _ | Kept _ | Coded -> ()
        for targets in (rows targetKinds).Shrinker case.Targets do { case with Targets = targets }
        for penalty in (rows penalties).Shrinker case.Penalty do { case with Penalty = penalty }
        for loss in (rows losses).Shrinker case.Loss do { case with Loss = loss }
    }

/// Affine layers and activations in any order, up to 6 of this many units, and batches of up to this many samples: what
/// a sample gives in training is what it gives in evaluation, alone and in any batch.
let cases (mostUnits: int) (mostSamples: int) : Arbitrary<Case> =
    let units = Gen.map Units (sizeFrom 1 mostUnits)
    let elementwise = Gen.map Elementwise (Gen.elements activations)
    let generator =
        gen {
            let! inputs = sizeFrom 1 mostUnits
            let! count = Gen.choose (1, 6)
            let! plans = Gen.listOfLength count (Gen.frequency [ 3, units; 2, elementwise ])
            let! first = units
            let! samples = sizeFrom 1 mostSamples
            let! targets = Gen.elements targetKinds
            let! seed = seedGenerator
            return
                { Inputs = inputs
                  Layers = if hasUnits plans then plans else first :: plans.Tail
                  Loss = losses.Head
                  Penalty = Penalty.None
                  Samples = samples
                  Targets = targets
                  Seed = seed }
        }
    Arb.fromGenShrink (generator, shrinkCase)

/// Layers between two affine ones, and a batch.
let composed (between: Plan list) (samples: int) (seed: int64) : Case =
    { Inputs = 3; Layers = Units 5 :: between @ [ Units 4 ]; Loss = losses.Head; Penalty = Penalty.None
      Samples = samples; Targets = Labels; Seed = seed }

let private plans: Gen<Plan> =
    let some f = Gen.map f (Gen.choose (2, 6))
    let some' isChosen = Gen.elements (List.filter isChosen layers)
    Gen.frequency
        [ 2, some Units
          1, some CustomUnits
          4, Gen.map Elementwise (Gen.elements activations)
          3, some' (function BatchNormalized _ | Kept _ -> true | _ -> false)
          2, some' (function Chained _ | Skipping _ | Joined _ | Coded -> true | _ -> false)
          2, Gen.map Dropped (Gen.elements dropouts) ]

let private compositionsOf (between: Gen<Plan list>) : Arbitrary<Case> =
    let generator =
        gen {
            let! between = between
            let! samples = Gen.choose (4, 9)
            let! seed = seedGenerator
            let! loss = Gen.elements losses
            let! penalty = Gen.elements penalties
            let! targets = Gen.elements targetKinds
            return { composed between samples seed with Loss = loss; Penalty = penalty; Targets = targets }
        }
    Arb.fromGenShrink (generator, shrinkCase)

/// Up to 6 layers of every kind, the first and the last of them affine, with any loss and penalty.
let compositions: Arbitrary<Case> = compositionsOf (Gen.choose (0, 4) |> Gen.bind (fun n -> Gen.listOfLength n plans))

/// One layer of any kind between two affine ones, with any loss and penalty.
let singles: Arbitrary<Case> = compositionsOf (Gen.map List.singleton plans)

/// The book's network: two affine layers and a sigmoid. Smooth and shallow, so that nothing in it grows large.
let twoLayer (grid: Grid) : Case =
    { composed [] 5 grid.Seed with
        Inputs = grid.Rows; Layers = [ Units grid.Columns; Elementwise Activation.Sigmoid; Units 3 ] }

/// An affine layer whose outputs are about as large as its inputs.
let affine<'T when Real<'T>> (inputs: int) (outputs: int) (key: Key) : Affine<'T> =
    let share = 1.0 / sqrt (float inputs)
    let scaled factor count key : 'T[] =
        Key.normals count key |> Array.map (fun x -> Real.number<'T, float32> (float32 (factor * x)))
    { Weight = Dense.matrix outputs inputs (scaled share (outputs * inputs) (Key.child 0 key))
      Bias = Dense.vector (scaled 0.5 outputs (Key.child 1 key)) }

let private norm<'T when Real<'T>> (units: int) (key: Key) : ScaleShift<'T> =
    { Gamma = vector units (Key.child 0 key); Beta = vector units (Key.child 1 key) }

/// A custom layer that imitates an affine one.
type CustomAffine<'T when Real<'T>>(affine: Affine<'T>) =
    let leaves (layer: Affine<'T>) =
        [| Parameter.ofMatrix "weight" Role.Weight layer.Weight; Parameter.ofVector "bias" Role.Bias layer.Bias |]
    interface ILayer<'T> with
        member _.Name = "own"
        member _.Description = $"own {affine.Inputs} -> {affine.Outputs}"
        member _.Inputs = affine.Inputs
        member _.Outputs = affine.Outputs
        member _.Faults = [||]
        member _.Parameters = leaves affine
        member _.WithParameters leaves = CustomAffine { Weight = leaves[0].Matrix; Bias = leaves[1].Values }
        member _.Predict x = Affine.predict affine x
        member _.Forward(x, _) =
            let struct (y, pullback) = affine.Forward x
            struct (y, Func<_, _>(fun dy ->
                let struct (gradient, dx) = pullback.Invoke dy
                struct (leaves gradient, dx)))

/// A custom layer without parameters that passes dL/dy on: what it makes of x in evaluation, and in training of x and a
/// key.
let passing (name: string) (predict: Matrix<float> -> Matrix<float>) (forward: Key -> Matrix<float> -> Matrix<float>) =
    { new ILayer<float> with
        member _.Name = name
        member _.Description = name
        member _.Inputs = 0
        member _.Outputs = 0
        member _.Faults = [||]
        member _.Parameters = [||]
        member this.WithParameters _ = this
        member _.Predict x = predict x
        member _.Forward(x, key) = struct (forward key x, Func<_, _>(fun dy -> struct ([||], lazy dy))) }

/// The layer of a plan with this many inputs, and the number of its outputs.
let rec layerOf<'T when Real<'T>> (plan: Plan) (inputs: int) (key: Key) : struct (ILayer<'T> * int) =
    match plan with
    | Units outputs -> struct (affine inputs outputs key, outputs)
    | CustomUnits outputs -> struct (CustomAffine(affine inputs outputs key), outputs)
    | Elementwise activation -> struct (Layer.activation activation, inputs)
    | BatchNormalized epsilon ->
        let fresh = BatchNorm.create { Momentum = 0.9; Epsilon = epsilon } inputs
        struct ({ fresh with Parameters = norm inputs key }, inputs)
    | Kept row ->
        let fresh = row.Layer<'T> inputs
        let stirred i (leaf: Parameter<'T>) =
            // A variance can't be below 0.
            if leaf.Role = Role.Statistic then leaf
            else { leaf with Values = vector leaf.Values.Count (Key.child i key) }
        struct (fresh.WithParameters(fresh.Parameters |> Seq.mapi stirred |> Array.ofSeq), inputs)
    | Dropped dropout -> struct (({ Dropout = dropout }: DropoutLayer<'T>), inputs)
    | Chained inner -> struct (Layer.chain (layersOf inner inputs key), widthOf inputs plan)
    | Skipping inner ->
        let isSame = widthOf inputs (Chained inner) = inputs
        struct (Layer.residual (layersOf (if isSame then inner else inner @ [ Units inputs ]) inputs key), inputs)
    | Joined(join, branches) ->
        let branch i = function
            | [ only ] -> let struct (layer, _) = layerOf only inputs (Key.child i key) in layer
            | inner -> Layer.chain (layersOf inner inputs (Key.child i key))
        struct (Layer.parallel' join (List.mapi branch branches), widthOf inputs plan)
    | Coded ->
        let ends = [ Layer.affine (affine inputs 2 key); Layer.affine (affine 2 inputs (Key.child 7 key)) ]
        struct (Layer.tied [ Tie.Of("affine1.weight", "affine2.weight", true) ] ends, inputs)

/// Layers one after the other.
and layersOf<'T when Real<'T>> (plans: Plan list) (inputs: int) (key: Key) : ILayer<'T> list =
    let layer (i, inputs) plan =
        let struct (layer, outputs) = layerOf plan inputs (Key.child i key)
        layer, (i + 1, outputs)
    fst (List.mapFold layer (0, inputs) plans)

let layers<'T when Real<'T>> (case: Case) : ILayer<'T> list = layersOf case.Layers case.Inputs (Key.child 0 case.Key)

let network<'T when Real<'T>> (case: Case) : Network<'T> =
    Network.ofLayersWith case.PossibleLoss (layers case) |> Network.withPenalty case.Penalty

/// Inputs of the case's samples.
let inputs<'T when Real<'T>> (case: Case) : Matrix<'T> = matrix case.Inputs case.Samples (Key.child 1 case.Key)

/// Targets of a kind, for this many samples.
let targets<'T when Real<'T>> (kind: TargetKind) (classes: int) (samples: int) (key: Key) : Targets<'T> =
    match kind with
    | Labels -> Targets.Labels(ReadOnlyMemory(Key.integers samples classes key))
    | OneHot -> Targets.Values(Batch.oneHot classes (Key.integers samples classes key))
    | Soft -> Targets.Values(SoftmaxCrossEntropy.softmax (matrix classes samples key))
    | Free -> Targets.Values(matrix classes samples key)

/// The same as a loss takes them: those of binary cross-entropy are probabilities.
let targetsOf<'T when Real<'T>> (loss: Loss) (kind: TargetKind) (classes: int) (samples: int) (key: Key) : Targets<'T> =
    match kind with
    | Free when loss = Loss.BinaryCrossEntropy ->
        Targets.Values(Activation.predict Activation.Sigmoid (matrix classes samples key))
    | _ -> targets kind classes samples key

let batchOf<'T when Real<'T>> (x: Matrix<'T>) (targets: Targets<'T>) : Batch<'T> =
    match targets with
    | Targets.Labels labels -> Batch.ofLabels x (labels.ToArray())
    | Targets.Values t -> Batch.ofTargets x t

let batch<'T when Real<'T>> (case: Case) : Batch<'T> =
    batchOf (inputs case) (targetsOf case.PossibleLoss case.Targets case.Outputs case.Samples (Key.child 2 case.Key))

/// One sample of a batch.
let sample<'T when Real<'T>> (j: int) (batch: Batch<'T>) : Batch<'T> =
    let column (x: Matrix<'T>) = x.SubMatrix(0, x.RowCount, j, 1)
    match batch.Targets with
    | Targets.Labels labels -> Batch.ofLabels (column batch.Inputs) [ labels.Span[j] ]
    | Targets.Values t -> Batch.ofTargets (column batch.Inputs) (column t)
