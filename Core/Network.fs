namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Runtime.InteropServices
open System.Security.Cryptography
open System.Text
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Networks: layers in order, a loss, a penalty.
[<RequireQualifiedAccess>]
module Network =
    /// Everything wrong with these layers as a network, each fault with its layer (counted from 1), what was expected
    /// and what was found; empty if they are right.
    let faults (layers: ILayer<'T> seq) : string list =
        let layers = Array.ofSeq (given (nameof layers) layers)
        match Group<'T>.Obstacles layers with
        | [] ->
            [ if layers.Length = 0 then "a network needs at least one layer"
              elif layers |> Array.forall (fun layer -> layer.Inputs = 0) then
                  "a network needs at least one layer with a fixed number of inputs, such as an affine one"
              yield! Group.faultsInOrder layers ]
        | obstacles -> obstacles

    /// With this loss or, if there is none, the default for this many outputs.
    let private ofChecked (own: ILayer<'T> -> ILayer<'T>) (loss: Loss voption) (layers: ILayer<'T> seq) : Network<'T> =
        let layers = Array.ofSeq (given (nameof layers) layers)
        Faults.refuse (faults layers @ (match loss with ValueSome loss -> Loss.faults loss | ValueNone -> []))
        let group = Group.Of(Array.map own layers)
        let loss = ValueOption.defaultValue (Loss.usual group.Outputs) loss
        Faults.refuse (Loss.faultsFor group.Outputs loss)
        Network(group, loss, Penalty.None)

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    let ofLayersWith (loss: Loss) (layers: ILayer<'T> seq) : Network<'T> = ofChecked Layer.copy (ValueSome loss) layers

    /// Like `ofLayersWith`, without a copy: the caller hands these layers over, and must not write to their matrices
    /// and vectors later. For large networks from files. Raises ArgumentException with all faults, a line each.
    let adopt (loss: Loss) (layers: ILayer<'T> seq) : Network<'T> = ofChecked id (ValueSome loss) layers

    /// Of these layers, with softmax cross-entropy; for a single output, with binary cross-entropy.
    /// Raises ArgumentException with all faults, a line each.
    let ofLayers (layers: ILayer<'T> seq) : Network<'T> = ofChecked Layer.copy ValueNone layers

    /// The same network with another loss. Raises ArgumentException if its numbers are wrong, and for softmax over one
    /// output.
    let withLoss (loss: Loss) (network: Network<'T>) : Network<'T> =
        Faults.refuse (Loss.faultsFor network.Outputs loss)
        Network(network.Group, loss, network.Penalty)

    /// The same network with another penalty. Raises ArgumentException if its numbers are wrong.
    let withPenalty (penalty: Penalty) (network: Network<'T>) : Network<'T> =
        Faults.refuse (Penalty.faults penalty)
        Network(network.Group, network.Loss, penalty)

    /// Affine layers between these sizes (inputs first, outputs last), and after each but the last the layers that
    /// `after` returns for its number of outputs, as in
    /// `fun units -> [ Layer.batchNorm units; Layer.activation Activation.Relu ]`.
    /// Affine layer i's weights are a function of the i-th child of the key. The loss is that of `ofLayers`.
    /// Raises ArgumentException with everything that is wrong with the sizes, the initializer and the layers.
    let createWith<'T when Real<'T>>
        (sizes: int seq) (after: int -> ILayer<'T> seq) (initializer: Initializer) (key: Key) : Network<'T> =
        let sizes = Array.ofSeq (given (nameof sizes) sizes)
        Faults.refuse
            [ if sizes.Length < 2 then
                  $"a network needs at least two sizes (inputs and outputs), but has {sizes.Length}"
              for i, size in Seq.indexed sizes do
                  yield! Faults.ofCount $"size {i + 1} of {sizes.Length}" size
              for i, (inputs, outputs) in Seq.indexed (Seq.pairwise sizes) do
                  if int64 inputs * int64 outputs > int64 Array.MaxLength then
                      $"layer {i + 1} ({inputs} -> {outputs}) has more weights than an array can hold"
              yield! Initializer.faults initializer ]
        ofLayers
            [ for i, (inputs, outputs) in Seq.indexed (Array.pairwise sizes) do
                  if i > 0 then
                      let layers = after inputs
                      if isNull (box layers) then
                          invalidArg (nameof after) $"null is given as the layers after {inputs} outputs"
                      yield! layers
                  { Weight = Initializer.weights (Key.child i key) initializer outputs inputs
                    Bias = Dense.vector (Array.zeroCreate outputs) } ]

    /// Affine layers between these sizes (inputs first, outputs last), an activation after each but the last.
    /// Affine layer i's weights are a function of the i-th child of the key. The loss is that of `ofLayers`.
    /// Raises ArgumentException with everything that is wrong with the sizes and the initializer.
    let create<'T when Real<'T>>
        (sizes: int seq) (activation: Activation) (initializer: Initializer) (key: Key) : Network<'T> =
        createWith sizes (fun _ -> [ Layer.activation activation ]) initializer key

    let internal isBuiltIn (network: Network<'T>) : bool = Array.forall Group.isBuiltIn network.Group.Layers

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    let parameters (network: Network<'T>) : Parameters<'T> = network.Parameters

    /// What layers remember of the batches that they saw, as in `batchnorm1.mean`.
    let statistics (network: Network<'T>) : Parameters<'T> = network.Statistics

    /// The same network with other leaves, which nobody else will write to.
    let internal withAll
        (trained: Parameters<'T>) (statistics: Parameters<'T>) (network: Network<'T>) : Network<'T> =
        let group =
            if statistics.Count = 0 then network.Group.WithLeaves trained
            else
                let nextTrained, nextStatistic = Parameters.inTurn trained.Leaves, Parameters.inTurn statistics.Leaves
                network.Group.Leaves
                |> Array.map (fun leaf -> if Parameter.isStatistic leaf then nextStatistic () else nextTrained ())
                |> network.Group.WithLeaves
        Network(group, network.Loss, network.Penalty)

    /// The same network with other parameters, which nobody else will write to.
    let internal withFresh (trained: Parameters<'T>) (network: Network<'T>) : Network<'T> =
        withAll trained (statistics network) network

    let private copied (values: Parameters<'T>) = Parameters(Parameters.copies values)

    /// The same network with copies of other parameters. Raises ArgumentException if their names or shapes differ.
    let withParameters (values: Parameters<'T>) (network: Network<'T>) : Network<'T> =
        Parameters.checkAlike (nameof values) (parameters network) values
        withFresh (copied values) network

    /// The same network with copies of other statistics. Raises ArgumentException if their names or shapes differ.
    let withStatistics (values: Parameters<'T>) (network: Network<'T>) : Network<'T> =
        Parameters.checkAlike (nameof values) (statistics network) values
        withAll (parameters network) (copied values) network

    /// The network after a step: copies of these parameters, and the statistics that are in the step's gradient.
    /// Raises ArgumentException if names or shapes differ.
    let after (parameters: Parameters<'T>) (gradient: Gradient<'T>) (network: Network<'T>) : Network<'T> =
        network |> withParameters parameters |> withStatistics gradient.Statistics

    /// Parameters and statistics as one list: the leaves of a custom layer that holds this network.
    let leaves (network: Network<'T>) : Parameters<'T> =
        Parameters(Array.append (parameters network).Leaves (statistics network).Leaves)

    /// The same network with copies of other parameters and statistics, in the order of `leaves`; names don't matter.
    /// Raises ArgumentException if their number or a shape differs.
    let withLeaves (values: Parameter<'T> seq) (network: Network<'T>) : Network<'T> =
        let own, values = leaves network, Array.ofSeq (given (nameof values) values)
        if values.Length <> own.Count then
            invalidArg (nameof values) $"{values.Length} leaves for a network that has {own.Count}"
        let named =
            Parameters(Array.map2 (fun (own: Parameter<'T>) value -> { value with Name = own.Name }) own.Leaves values)
        Parameters.checkAlike (nameof values) own named
        let trained, observed = Array.splitAt (parameters network).Count named.Leaves
        network |> withParameters (Parameters trained) |> withStatistics (Parameters observed)

    /// A gradient's parameters, then the statistics as they are after its batch, in the order of `leaves`: what the
    /// pullback of a custom layer that holds this network returns. Raises ArgumentException if the gradient is another
    /// network's.
    let leavesAfter (gradient: Gradient<'T>) (network: Network<'T>) : Parameters<'T> =
        Parameters.checkAlike (nameof gradient) (parameters network) gradient.Parameters
        Parameters.checkAlike (nameof gradient) (statistics network) gradient.Statistics
        Parameters(Array.append gradient.Parameters.Leaves gradient.Statistics.Leaves)

    let private checkInputs (network: Network<'T>) (x: Matrix<'T>) =
        if (given (nameof x) x).RowCount <> network.Inputs then
            Pullback.refuseInputs $"the network expects {network.Inputs} features (rows)" network.Inputs x
        if x.ColumnCount = 0 then invalidArg (nameof x) "x has no samples (columns)"

    /// Bytes of the widest activations of samples that go through all layers together. More wander through memory: with
    /// 256 images together, a run of six convolutions with its evaluations took a quarter longer.
    let private together = 1 <<< 20

    /// How many samples those are.
    let private samplesTogether (network: Network<'T>) : int =
        let widest, _ =
            ((network.Inputs, network.Inputs), network.Group.Layers) ||> Array.fold (fun (widest, width) layer ->
                let width = Group.outputsFor width layer
                max widest width, width)
        max 1 (together / (widest * sizeof<'T>))

    /// The scores (outputs x samples) for x (inputs x samples), as in evaluation. A sample's scores are the same bits
    /// alone and in any batch. Raises ArgumentException if x has other than `Inputs` rows.
    let predict (network: Network<'T>) (x: Matrix<'T>) : Matrix<'T> =
        checkInputs network x
        let samples = x.ColumnCount
        // A custom layer may keep what it is given. For a few samples this isn't worth its time.
        if samples <= 8 || not (isBuiltIn network) then Group.predict network.Group x
        else
            let elements = Dense.elements x
            let scores = GC.AllocateUninitializedArray(network.Outputs * samples)
            let predictSome first next =
                let count = next - first
                let scoresOf () =
                    if count = samples then Group.predict network.Group x
                    else
                        let some = Dense.fresh (count * network.Inputs)
                        Array.Copy(elements, first * network.Inputs, some, 0, some.Length)
                        Group.predict network.Group (Dense.matrix network.Inputs count some)
                let put (y: Matrix<'T>) =
                    let y = Dense.elements y
                    Array.Copy(y, 0, scores, network.Outputs * first, y.Length)
                Scratch<'T>.During(scoresOf, put)
            let most = samplesTogether network
            // A thread takes its samples through all layers without waiting for another.
            Team.splitInto ((samples + most - 1) / most) samples predictSome
            Dense.matrix network.Outputs samples scores

    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let private check (network: Network<'T>) (batch: Batch<'T>) =
        if batch.Features <> network.Inputs then
            invalidArg
                (nameof batch)
                $"the network expects {network.Inputs} features, but the batch has {batch.Features}"
        Loss.check network.Loss network.Outputs batch.Samples batch.T

    /// The loss of a batch, as in evaluation, and the penalty.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let loss (network: Network<'T>) (batch: Batch<'T>) : float =
        check network batch
        let struct (loss, _) = Loss.ofBatch network.Loss (predict network batch.X) batch
        loss + Penalty.value network.Penalty (parameters network)

    /// Back through all layers: dL/dy of each, the gradient with this loss, and dL/dx.
    let private back (loss: float) (network: Network<'T>) (passed: Passed<'T>[]) (dy: Matrix<'T>)
        : struct (Lazy<Matrix<'T>>[] * Gradient<'T> * Lazy<Matrix<'T>>) =
        let struct (outputGradients, leaves, dx) = Group.back network.Group passed dy
        let observed, gradient =
            if network.Statistics.Count = 0 then [||], leaves else Array.partition Parameter.isStatistic leaves
        struct (outputGradients,
                { Loss = loss; Parameters = Parameters gradient; Statistics = Parameters observed },
                dx)

    /// The scores (outputs x samples) for x (inputs x samples) as in training, and the pullback: from dL/dscores to the
    /// gradient (its loss is NaN, since the loss is the caller's, and there is no penalty in it) and dL/dx. For custom
    /// losses, and for what an input contributes. Raises ArgumentException if x has other than `Inputs` rows.
    let forward (key: Key) (network: Network<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Gradient<'T>>) =
        checkInputs network x
        let passed = Group.forward false key network.Group x
        let y = (Array.last passed).Output
        struct (y, fun dy ->
            Pullback.checkShape y.RowCount y.ColumnCount dy
            let struct (_, gradient, dx) = back nan network passed dy
            struct (gradient, dx))

    let private forwardOn
        (traced: bool) (key: Key) (network: Network<'T>) (batch: Batch<'T>) : struct (Passed<'T>[] * Matrix<'T>) =
        check network batch
        let passed = Group.forward traced key network.Group batch.X
        struct (passed, (Array.last passed).Output)

    /// All layers forward and back: what each gave, how the loss changes with that, and the gradient.
    let private passOf (traced: bool) (key: Key) (network: Network<'T>) (batch: Batch<'T>)
        : struct (Passed<'T>[] * Lazy<Matrix<'T>>[] * Gradient<'T>) =
        let struct (passed, y) = forwardOn traced key network batch
        let struct (loss, dy) = Loss.ofBatch network.Loss y batch
        let parameters = parameters network
        let struct (outputGradients, gradient, _) =
            back (loss + Penalty.value network.Penalty parameters) network passed dy
        Penalty.addTo network.Penalty parameters gradient.Parameters
        struct (passed, outputGradients, gradient)

    /// The loss of a batch as in training, and the penalty: what `gradient` differentiates for the same key.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let trainingLoss (key: Key) (network: Network<'T>) (batch: Batch<'T>) : float =
        let struct (_, y) = forwardOn false key network batch
        let struct (loss, _) = Loss.ofBatch network.Loss y batch
        loss + Penalty.value network.Penalty (parameters network)

    /// The loss of a batch and its gradient with respect to every parameter, as in training, both with the penalty, and
    /// what layers remember after the batch. What is random in training is a function of the key; the i-th dropout
    /// layer's mask stays the same when layers of other kinds are inserted or removed.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let gradient (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        let struct (_, _, gradient) = passOf false key network batch
        gradient

    /// `gradient` with everything that was computed on the way: every layer's output, and how the loss changes with it.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let trace (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Trace<'T> =
        let struct (passed, outputGradients, gradient) = passOf true key network batch
        { Layers =
            Array.init passed.Length (fun i ->
                let y = passed[i].Output
                { Layer = network.Group.Names[i]
                  // A layer may return what it is given, as an empty chain does.
                  Output = if obj.ReferenceEquals(y, batch.X) then y.Clone() else y
                  OutputGradient = outputGradients[i].Value })
          Gradient = gradient }

    /// The same network whose dropout layers have given masks.
    let private withMasks (masks: Matrix<'T> seq) (network: Network<'T>) : Network<'T> =
        let masks = Array.ofSeq (given (nameof masks) masks)
        let rec count (group: Group<'T>) =
            group.Layers |> Array.sumBy (function
                | :? DropoutLayer<'T> | :? ChannelDropout<'T> -> 1
                | :? IGroup<'T> as layer -> count layer.Group
                | _ -> 0)
        let count = count network.Group
        if masks.Length <> count then invalidArg (nameof masks) $"{masks.Length} masks for {count} dropout layers"
        let next = Parameters.inTurn masks
        let rec masked (group: Group<'T>) : Group<'T> =
            group.WithLayers(group.Layers |> Array.map (function
                | :? DropoutLayer<'T> as layer -> MaskedDropout(layer.Dropout, next ()) :> ILayer<'T>
                | :? ChannelDropout<'T> as layer -> MaskedDropout(layer.Dropout, next ())
                | :? IGroup<'T> as layer -> layer.With(masked layer.Group)
                | layer -> layer))
        Network(masked network.Group, network.Loss, network.Penalty)

    /// `trainingLoss` with given dropout masks, as for `gradientWithMasks`.
    let trainingLossWithMasks (masks: Matrix<'T> seq) (network: Network<'T>) (batch: Batch<'T>) : float =
        trainingLoss (Key.ofSeed 0L) (withMasks masks network) batch

    /// `gradient` with given dropout masks, one per dropout layer in order, by channel or not, those inside layers
    /// included (units x samples; 1 keeps an element, 0 drops it): for replays of others' runs. Raises
    /// ArgumentException if their number or a shape doesn't fit.
    let gradientWithMasks (masks: Matrix<'T> seq) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        gradient (Key.ofSeed 0L) (withMasks masks network) batch

    /// A network's identity, but for its loss and its penalty: SHA-256, in lower-case hexadecimal, over its element
    /// type, its layers' names and descriptions, and the name, shape and elements of every leaf and every statistic in
    /// order, little-endian; text as UTF-8 with its length before it.
    let digest<'T when Real<'T>> (network: Network<'T>) : string =
        use hash = IncrementalHash.CreateHash HashAlgorithmName.SHA256
        let number (n: int) =
            let bytes = Array.zeroCreate 4
            BinaryPrimitives.WriteInt32LittleEndian(Span bytes, n)
            hash.AppendData bytes
        let text (s: string) =
            let bytes = Encoding.UTF8.GetBytes s
            number bytes.Length
            hash.AppendData bytes
        text (if typeof<'T> = typeof<float32> then "float32" else "float64")
        let group = network.Group
        let mutable first = 0
        for i in 0 .. group.Layers.Length - 1 do
            text group.Names[i]
            text group.Layers[i].Description
            let trained, observed =
                Array.sub group.Leaves first group.Counts[i] |> Array.partition (Parameter.isStatistic >> not)
            first <- first + group.Counts[i]
            for leaf in Array.append trained observed do
                text leaf.Name
                number leaf.Shape.Rows
                number leaf.Shape.Columns
                let elements = Dense.values leaf.Values
                if BitConverter.IsLittleEndian then hash.AppendData(MemoryMarshal.AsBytes(ReadOnlySpan elements))
                else
                    let bytes: byte[] = MemoryMarshal.AsBytes(ReadOnlySpan elements).ToArray()
                    bytes |> Array.chunkBySize sizeof<'T> |> Array.iter (Array.rev >> hash.AppendData)
        Convert.ToHexStringLower(hash.GetHashAndReset())
