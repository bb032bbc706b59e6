/// What laws are about: shapes that shrink, and seeds of which all values are functions.
module Functional.Properties.Cases

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics

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

/// Matrices of up to so many rows and columns.
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

/// A layer of a generated network.
type Plan =
    | Units of int
    | Elementwise of Activation

type TargetKind =
    | Labels
    | OneHot
    /// A distribution per sample.
    | Soft
    /// Any values.
    | Free

/// A network of up to 6 layers, affine ones and activations in any order, and a batch for it.
type Case =
    { Inputs: int
      Layers: Plan list
      Samples: int
      Targets: TargetKind
      Seed: int64 }

    member case.Key = Key.OfSeed case.Seed
    member case.Outputs =
        case.Layers |> List.fold (fun outputs -> function Units n -> n | Elementwise _ -> outputs) case.Inputs

let private hasUnits = List.exists (function Units _ -> true | Elementwise _ -> false)

let targetKinds = [ Labels; OneHot; Soft; Free ]

let activations = [ Activation.Relu; Activation.Sigmoid ]

let private caseGenerator (mostUnits: int) (mostSamples: int) : Gen<Case> =
    let units = Gen.map Units (sizeFrom 1 mostUnits)
    gen {
        let! inputs = sizeFrom 1 mostUnits
        let! count = Gen.choose (1, 6)
        let elementwise = Gen.map Elementwise (Gen.elements activations)
        let! plans = Gen.listOfLength count (Gen.frequency [ 3, units; 2, elementwise ])
        let! first = units
        let! samples = sizeFrom 1 mostSamples
        let! targets = Gen.elements targetKinds
        let! seed = seedGenerator
        return
            { Inputs = inputs
              Layers = if hasUnits plans then plans else first :: plans.Tail
              Samples = samples
              Targets = targets
              Seed = seed }
    }

let private shrinkCase (case: Case) : Case seq =
    seq {
        for i in 0 .. case.Layers.Length - 1 do
            let fewer = List.removeAt i case.Layers
            if hasUnits fewer then { case with Layers = fewer }
        for samples in smaller 1 case.Samples do { case with Samples = samples }
        for inputs in smaller 1 case.Inputs do { case with Inputs = inputs }
        for i, plan in List.indexed case.Layers do
            match plan with
            | Units n -> for n in smaller 1 n do { case with Layers = List.updateAt i (Units n) case.Layers }
            | Elementwise _ -> ()
        if case.Targets <> Labels then { case with Targets = Labels }
    }

/// Networks of every kind, of up to so many units in a layer, and batches of up to so many samples.
let cases mostUnits mostSamples : Arbitrary<Case> =
    Arb.fromGenShrink (caseGenerator mostUnits mostSamples, shrinkCase)

/// The book's network: two affine layers and a sigmoid. Smooth and shallow, so that nothing in it grows large.
let twoLayer (grid: Grid) : Case =
    { Inputs = grid.Rows
      Layers = [ Units grid.Columns; Elementwise Activation.Sigmoid; Units 3 ]
      Samples = 5
      Targets = Labels
      Seed = grid.Seed }

/// An affine layer whose outputs are about as large as its inputs.
let affine<'T when Real<'T>> (inputs: int) (outputs: int) (key: Key) : Affine<'T> =
    let share = 1.0 / sqrt (float inputs)
    let scaled factor count key : 'T[] =
        Key.normals count key |> Array.map (fun x -> Real.number<'T, float32> (float32 (factor * x)))
    { Weight = Dense.matrix outputs inputs (scaled share (outputs * inputs) (Key.child 0 key))
      Bias = Dense.vector (scaled 0.5 outputs (Key.child 1 key)) }

let layers<'T when Real<'T>> (case: Case) : Layer<'T> list =
    let mutable inputs = case.Inputs
    [ for i, plan in List.indexed case.Layers do
          match plan with
          | Elementwise activation -> Activation activation
          | Units outputs ->
              Affine(affine inputs outputs (Key.child i (Key.child 0 case.Key)))
              inputs <- outputs ]

let network<'T when Real<'T>> (case: Case) : Network<'T> = Network.ofLayers (layers case)

/// Inputs of the case's samples.
let inputs<'T when Real<'T>> (case: Case) : Matrix<'T> = matrix case.Inputs case.Samples (Key.child 1 case.Key)

/// Targets of a kind, for so many samples.
let targets<'T when Real<'T>> (kind: TargetKind) (classes: int) (samples: int) (key: Key) : Targets<'T> =
    match kind with
    | Labels -> Targets.Labels(ReadOnlyMemory(Key.integers samples classes key))
    | OneHot -> Targets.Values(Batch.oneHot classes (Key.integers samples classes key))
    | Soft -> Targets.Values(SoftmaxCrossEntropy.softmax (matrix classes samples key))
    | Free -> Targets.Values(matrix classes samples key)

let batchOf<'T when Real<'T>> (x: Matrix<'T>) (targets: Targets<'T>) : Batch<'T> =
    match targets with
    | Targets.Labels labels -> Batch.ofLabels x (labels.ToArray())
    | Targets.Values t -> Batch.ofTargets x t

let batch<'T when Real<'T>> (case: Case) : Batch<'T> =
    batchOf (inputs case) (targets case.Targets case.Outputs case.Samples (Key.child 2 case.Key))

/// One sample of a batch.
let sample<'T when Real<'T>> (j: int) (batch: Batch<'T>) : Batch<'T> =
    let column (x: Matrix<'T>) = x.SubMatrix(0, x.RowCount, j, 1)
    match batch.Targets with
    | Targets.Labels labels -> Batch.ofLabels (column batch.Inputs) [ labels.Span[j] ]
    | Targets.Values t -> Batch.ofTargets (column batch.Inputs) (column t)
