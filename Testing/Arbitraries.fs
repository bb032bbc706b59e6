namespace Functional.Testing

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

/// A network, a batch that fits it, and what its randomness is drawn from.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type NetworkCase =
    { /// With any loss and penalty.
      Network: Network<float>
      /// With labels or values as targets, as the loss takes them.
      Batch: Batch<float>
      /// For dropout.
      Key: Key }

    member private case.Display = string case
    override case.ToString() =
        let network, batch = case.Network, case.Batch
        $"{network} ({network.Loss}; penalty {network.Penalty})\nof {batch.Targets} for x =\n"
        + $"{batch.Inputs.ToMatrixString()}{case.Key}"

/// A state before its first step, and a batch for it.
[<NoComparison; NoEquality; StructuredFormatDisplay("{Display}")>]
type TrainingCase =
    { /// The optimizer's groups freeze some of the network's leaves, or give them rates and decays of their own.
      State: TrainingState<float>
      /// Its samples may have weights.
      Batch: Batch<float> }

    member private case.Display = string case
    override case.ToString() =
        let batch = case.Batch
        let weights = if batch.Weights.IsEmpty then "" else $", weights {String.Join(' ', batch.Weights.ToArray())}"
        $"{case.State}\nof {batch.Targets}{weights} for x =\n{batch.Inputs.ToMatrixString()}"

/// Generators and shrinkers for FsCheck. For xunit: `[Properties(Arbitrary = [typeof(Arbitraries)])]`; for Expecto and
/// F# Interactive the type goes into the configuration. Numbers are between -10 and 10, among them often 0, 1, 10,
/// 1/1000 and their opposites; sizes are small.
[<AbstractClass; Sealed>]
type Arbitraries =
    /// Of 1 to 8 rows and columns; simpler ones have fewer of either.
    static member Matrix<'T when Real<'T>>() : Arbitrary<Matrix<'T>> =
        let generator = gen.Bind(Generate.size 8, fun rows -> gen.Bind(Generate.size 8, Generate.matrix rows))
        Arb.fromGenShrink (
            Gen.map Generate.castMatrix<'T> generator,
            Generate.matrixToFloat >> Generate.simplerMatrices true >> Seq.map Generate.castMatrix<'T>)

    /// Of 1 to 8 elements.
    static member Vector<'T when Real<'T>>() : Arbitrary<Vector<'T>> =
        Arb.fromGenShrink (
            Generate.size 8 |> Gen.bind Generate.vector |> Gen.map Generate.castVector<'T>,
            Generate.vectorToFloat >> Generate.simplerVectors >> Seq.map Generate.castVector<'T>)

    /// Of any seed; simpler ones are of 0, 1 and 2.
    static member Key() : Arbitrary<Key> = Arb.fromGenShrink (Generate.key, Generate.simplerKeys)

    /// Every built-in kind; ReLU is the simplest, and those before others in `Activation.BuiltIn` are simpler.
    static member Activation() : Arbitrary<Activation> =
        Arb.fromGenShrink (Networks.activation, Networks.simplerActivations >> Seq.ofList)

    /// Every built-in kind. From the simplest on: mean squared error, Huber, binary and softmax cross-entropy.
    static member Loss() : Arbitrary<Loss> =
        Arb.fromGenShrink (Networks.loss, Networks.simplerLosses >> Seq.ofList)

    /// Every kind; none is the simplest, and those with fewer parts are simpler.
    static member Penalty() : Arbitrary<Penalty> =
        Arb.fromGenShrink (Networks.penalty, Networks.simplerPenalties >> Seq.ofList)

    /// 1 to 3 leaves of every role.
    static member Parameters() : Arbitrary<Parameters<float>> =
        let leaf i =
            Gen.map2
                (fun role (values: Vector<float>) -> Parameter.ofVector $"leaf{i}" role values)
                (Gen.elements [ Role.Weight; Role.Bias; Role.Scale; Role.Shift ])
                (Generate.size 6 |> Gen.bind Generate.vector)
        let leaves = Gen.choose (1, 3) |> Gen.bind (fun count -> Gen.collectToList leaf [ 1..count ])
        let simpler (parameters: Parameters<float>) =
            let leaves = List.ofSeq parameters
            seq {
                if leaves.Length > 1 then
                    for i in 0 .. leaves.Length - 1 do Parameters.ofSeq (List.removeAt i leaves)
                for i, leaf in List.indexed leaves do
                    for values in Generate.simplerVectors leaf.Values do
                        Parameters.ofSeq (List.updateAt i (Parameter.ofVector leaf.Name leaf.Role values) leaves)
            }
        Arb.fromGenShrink (Gen.map Parameters.ofSeq leaves, simpler)

    /// A layer of any kind, also of layers and custom, for 1 to 8 inputs.
    static member Layer() : Arbitrary<ILayer<float>> =
        Arb.fromGenShrink (Generate.size 8 |> Gen.bind Networks.layer, Networks.simplerLayers)

    /// Of 1 to 3 affine layers, with layers of other kinds between them, a loss and a penalty.
    static member Network() : Arbitrary<Network<float>> =
        Arb.fromGenShrink (Networks.network, Networks.simplerNetworks true)

    /// 1 to 8 samples of 1 to 5 features, with a label of 0 to 2 for each.
    static member Batch() : Arbitrary<Batch<float>> =
        let generator =
            gen {
                let! features = Generate.size 5
                let! samples = Generate.size 8
                let! x = Generate.matrix features samples
                let! labels = Gen.arrayOfLength samples (Gen.choose (0, 2))
                return Batch.ofLabels x labels
            }
        let simpler (batch: Batch<float>) =
            let labels = Metrics.labels batch.Targets
            seq {
                for x in Generate.simplerMatrices true batch.Inputs do
                    Batch.ofLabels x (Array.truncate x.ColumnCount labels)
                if Array.exists ((<>) 0) labels then Batch.ofLabels batch.Inputs (Array.map (fun _ -> 0) labels)
            }
        Arb.fromGenShrink (generator, simpler)

    /// A network with a batch for it.
    static member NetworkCase() : Arbitrary<NetworkCase> =
        let targets (network: Network<float>) samples =
            match network.Loss.Function with
            | LossFunction.SoftmaxCrossEntropy _ ->
                Gen.arrayOfLength samples (Gen.choose (0, network.Outputs - 1))
                |> Gen.map (ReadOnlyMemory >> Targets.Labels)
            | LossFunction.BinaryCrossEntropy ->
                Gen.arrayOfLength (network.Outputs * samples) (Gen.elements [ 0.0; 1.0 ])
                |> Gen.map (fun e -> Targets.Values(Matrix<float>.Build.Dense(network.Outputs, samples, e)))
            | _ -> Generate.matrix network.Outputs samples |> Gen.map Targets.Values
        let batch (x: Matrix<float>) targets =
            match targets with
            | Targets.Labels labels -> Batch.ofLabels x (labels.ToArray())
            | Targets.Values t -> Batch.ofTargets x t
        let generator =
            gen {
                let! network = Networks.network
                let! samples = Generate.size 6
                let! x = Generate.matrix network.Inputs samples
                let! targets = targets network samples
                let! key = Generate.key
                return { Network = network; Batch = batch x targets; Key = key }
            }
        let firstTargets count targets =
            match targets with
            | Targets.Labels labels -> Targets.Labels(labels.Slice(0, count))
            | Targets.Values t -> Targets.Values(t.SubMatrix(0, t.RowCount, 0, count))
        let simpler case =
            seq {
                for network in Networks.simplerNetworks false case.Network do { case with Network = network }
                for x in Generate.simplerMatrices false case.Batch.Inputs do
                    { case with Batch = batch x (firstTargets x.ColumnCount case.Batch.Targets) }
                for key in Generate.simplerKeys case.Key do { case with Key = key }
            }
        Arb.fromGenShrink (generator, simpler)

    /// Every rule with every built-in transform, without groups; plain gradient descent is the simplest.
    static member Optimizer() : Arbitrary<Optimizer> =
        let rule rate = Gen.elements [ for one in Optimizer.BuiltIn -> one.Value.WithLearningRate rate ]
        let transforms =
            [ Gen.elements
                  [ Schedule.Step(2, 0.5); Schedule.Exponential 0.9; Schedule.Cosine 10; Schedule.OneCycle 10
                    Schedule.Constant.AfterWarmUp 3; Schedule.Cosine(10).AfterWarmUp 3 ]
              |> Gen.map Transform.Schedule
              Gen.choose (2, 4) |> Gen.map Transform.Accumulate
              Gen.elements [ 0.1; 1.0 ] |> Gen.map Transform.ClipValue
              Gen.elements [ 0.1; 1.0 ] |> Gen.map Transform.ClipNorm
              Gen.constant (Transform.Noise(0.1, 0.55, 1L))
              Gen.elements [ 0.01; 0.1 ] |> Gen.map Transform.WeightDecay
              Gen.elements [ 0.01; 0.1 ] |> Gen.map Transform.ProximalL1
              Gen.choose (2, 4) |> Gen.map (fun steps -> Transform.LookAhead(steps, 0.5))
              Gen.elements [ 0.9; 0.99 ] |> Gen.map Transform.Average ]
        let sometimes (x: Gen<'A>) = Gen.frequency [ 3, Gen.constant None; 1, Gen.map Some x ]
        let generator =
            gen {
                let! rate = Gen.elements [ 1e-4; 1e-3; 0.01; 0.1; 0.5 ]
                let! optimizer = rule rate
                let! transforms = Gen.sequenceToList (List.map sometimes transforms)
                let withOne (optimizer: Optimizer) (transform: Transform) = optimizer.With transform
                return List.fold withOne optimizer (List.choose id transforms)
            }
        let simpler (optimizer: Optimizer) =
            seq {
                Optimizer.Sgd optimizer.LearningRate
                { optimizer with Rule = Rule.GradientDescent }
                for i in 0 .. optimizer.Transforms.Count - 1 do
                    { optimizer with Transforms = List.removeAt i (List.ofSeq optimizer.Transforms) }
            }
            |> Seq.filter ((<>) optimizer)
        Arb.fromGenShrink (generator, simpler)

    /// A network with a batch for it, whose samples may have weights, and an optimizer with up to two groups of its
    /// leaves, by name or by role.
    static member TrainingCase() : Arbitrary<TrainingCase> =
        let cases, optimizers = Arbitraries.NetworkCase(), Arbitraries.Optimizer()
        let patterns (network: Network<float>) =
            [ for leaf in Network.parameters network do
                  leaf.Name
                  match leaf.Role with
                  | Role.Weight -> "weights"
                  | Role.Bias -> "biases"
                  | Role.Scale -> "scales"
                  | _ -> "shifts" ]
        let group network =
            gen {
                let! pattern = Gen.elements (patterns network)
                let! numbers =
                    Gen.elements
                        [ Nullable 0.0, Nullable(); Nullable 0.01, Nullable(); Nullable(), Nullable 0.1
                          Nullable 0.1, Nullable 0.0 ]
                return fun (optimizer: Optimizer) -> optimizer.WithGroup(pattern, fst numbers, snd numbers)
            }
        let generator =
            gen {
                let! case = cases.Generator
                let! optimizer = optimizers.Generator
                let! groups = Gen.choose (0, 2) |> Gen.bind (fun count -> Gen.listOfLength count (group case.Network))
                let! weights = Gen.arrayOfLength case.Batch.Samples (Gen.elements [ 1.0; 0.0; 0.5; 2.0 ])
                let! isWeighted = Gen.elements [ false; true ]
                let isWeighted = isWeighted && Array.sum weights > 0.0
                let optimizer = List.fold (fun optimizer withGroup -> withGroup optimizer) optimizer groups
                return
                    { State = Training.start case.Network optimizer case.Key
                      Batch = if isWeighted then Batch.weighted weights case.Batch else case.Batch }
            }
        let simpler (case: TrainingCase) =
            let state, optimizer = case.State, case.State.Optimizer
            let started optimizer = { case with State = Training.start state.Network optimizer state.Key }
            seq {
                if not case.Batch.Weights.IsEmpty then
                    let batch = case.Batch
                    let unweighted =
                        match batch.Targets with
                        | Targets.Labels labels -> Batch.ofLabels batch.Inputs (labels.ToArray())
                        | Targets.Values values -> Batch.ofTargets batch.Inputs values
                    { case with Batch = unweighted }
                for i in 0 .. optimizer.Groups.Count - 1 do
                    started { optimizer with Groups = List.removeAt i (List.ofSeq optimizer.Groups) }
                for simpler in optimizers.Shrinker { optimizer with Groups = [] } do
                    started { simpler with Groups = optimizer.Groups }
            }
        Arb.fromGenShrink (generator, simpler)
