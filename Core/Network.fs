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
    let private namesOf (layers: Layer<'T>[]) : string[] =
        let kinds = Array.map Layer.kind layers
        kinds |> Array.mapi (fun i kind ->
            let before = kinds |> Seq.take i |> Seq.filter ((=) kind) |> Seq.length
            $"{kind}{before + 1}")

    /// Everything wrong with these layers as a network, each fault with its layer (counted from 1), what was expected
    /// and what was found; empty if they are right.
    let faults (layers: Layer<'T> seq) : string list =
        let place i layer = $"layer {i + 1} ({layer})"
        let layers = Array.ofSeq layers
        [ if layers.Length = 0 then "a network needs at least one layer"
          elif layers |> Array.forall (fun layer -> (Layer.size layer).IsNone) then
              "a network needs at least one layer that tells its number of inputs, such as an affine one"
          let mutable previous = ValueNone
          for i, layer in Seq.indexed layers do
              for fault in Layer.faults layer do $"{place i layer}: {fault}"
              match Layer.size layer with
              | ValueSome(struct (inputs, outputs)) ->
                  match previous with
                  | ValueSome(struct (at, given)) when given <> inputs ->
                      $"{place i layer} expects {inputs} inputs, but layer {at + 1} gives {given}"
                  | _ -> ()
                  previous <- ValueSome(struct (i, outputs))
              | ValueNone -> () ]

    let private refuse (faults: string list) =
        if not faults.IsEmpty then raise (ArgumentException(String.concat "\n" faults))

    /// With this loss or, if there is none, the default for this many outputs.
    let private ofChecked (own: Layer<'T> -> Layer<'T>) (loss: Loss voption) (layers: Layer<'T> seq) : Network<'T> =
        let layers = Array.ofSeq layers
        refuse (faults layers @ (match loss with ValueSome loss -> Loss.faults loss | ValueNone -> []))
        let sizes = layers |> Array.choose (Layer.size >> ValueOption.toOption)
        let struct (inputs, _), struct (_, outputs) = Array.head sizes, Array.last sizes
        let loss = ValueOption.defaultValue (Loss.usual outputs) loss
        refuse (Loss.faultsFor outputs loss)
        Network(Array.map own layers, namesOf layers, loss, Penalty.None, inputs, outputs)

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    let ofLayersWith (loss: Loss) (layers: Layer<'T> seq) : Network<'T> = ofChecked Layer.copy (ValueSome loss) layers

    /// Like `ofLayersWith`, without a copy: the caller hands these layers over, and must not write to their matrices
    /// and vectors later. For large networks from files. Raises ArgumentException with all faults, a line each.
    let adopt (loss: Loss) (layers: Layer<'T> seq) : Network<'T> = ofChecked id (ValueSome loss) layers

    /// Of these layers, with softmax cross-entropy; for a single output, with binary cross-entropy.
    /// Raises ArgumentException with all faults, a line each.
    let ofLayers (layers: Layer<'T> seq) : Network<'T> = ofChecked Layer.copy ValueNone layers

    /// The same network with another loss. Raises ArgumentException if its numbers are wrong, and for softmax over one
    /// output.
    let withLoss (loss: Loss) (network: Network<'T>) : Network<'T> =
        refuse (Loss.faultsFor network.Outputs loss)
        Network(network.LayerArray, network.NameArray, loss, network.Penalty, network.Inputs, network.Outputs)

    /// The same network with another penalty. Raises ArgumentException if its numbers are wrong.
    let withPenalty (penalty: Penalty) (network: Network<'T>) : Network<'T> =
        refuse (Penalty.faults penalty)
        Network(network.LayerArray, network.NameArray, network.Loss, penalty, network.Inputs, network.Outputs)

    /// Affine layers between these sizes (inputs first, outputs last), and after each but the last the layers that
    /// `after` returns for its number of outputs, as in
    /// `fun units -> [ Layer.batchNorm units; Activation Activation.Relu ]`.
    /// Affine layer i's weights are a function of the i-th child of the key. The loss is that of `ofLayers`.
    /// Raises ArgumentException with everything that is wrong with the sizes, the initializer and the layers.
    let createWith<'T when Real<'T>>
        (sizes: int seq) (after: int -> Layer<'T> seq) (initializer: Initializer) (key: Key) : Network<'T> =
        let sizes = Array.ofSeq sizes
        refuse
            [ if sizes.Length < 2 then
                  $"a network needs at least two sizes (inputs and outputs), but has {sizes.Length}"
              for i, size in Seq.indexed sizes do
                  if size < 1 then $"size {i + 1} of {sizes.Length} must be at least 1, but is {size}"
              for i, (inputs, outputs) in Seq.indexed (Seq.pairwise sizes) do
                  if int64 inputs * int64 outputs > int64 Array.MaxLength then
                      $"layer {i + 1} ({inputs} -> {outputs}) has more weights than an array can hold"
              yield! Initializer.faults initializer ]
        ofLayers
            [ for i, (inputs, outputs) in Seq.indexed (Array.pairwise sizes) do
                  if i > 0 then yield! after inputs
                  Affine { Weight = Initializer.weights initializer (Key.child i key) outputs inputs
                           Bias = Dense.vector (Array.zeroCreate outputs) } ]

    /// Affine layers between these sizes (inputs first, outputs last), an activation after each but the last.
    /// Affine layer i's weights are a function of the i-th child of the key. The loss is that of `ofLayers`.
    /// Raises ArgumentException with everything that is wrong with the sizes and the initializer.
    let create<'T when Real<'T>>
        (sizes: int seq) (activation: Activation) (initializer: Initializer) (key: Key) : Network<'T> =
        createWith sizes (fun _ -> [ Activation activation ]) initializer key

    let internal hasCustomLayers (network: Network<'T>) : bool =
        network.LayerArray |> Array.exists (function Custom _ -> true | _ -> false)

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    let parameters (network: Network<'T>) : Parameters<'T> = network.Parameters

    /// What layers remember of the batches that they saw, as in `batchnorm1.mean`.
    let statistics (network: Network<'T>) : Parameters<'T> = network.Statistics

    /// The same network with every layer changed by a function that takes leaves one after the other.
    let private changed
        (change: (unit -> Parameter<'T>) -> Layer<'T> -> Layer<'T>) (leaves: Parameters<'T>) (network: Network<'T>) =
        let layers = network.LayerArray |> Array.map (change (Parameters.inTurn leaves.Leaves))
        Network(layers, network.NameArray, network.Loss, network.Penalty, network.Inputs, network.Outputs)

    /// Like `withParameters` for leaves that nobody else will write to.
    let internal withFresh (network: Network<'T>) (parameters: Parameters<'T>) : Network<'T> =
        changed Layer.withLeaves parameters network

    /// The same network after a step in which its layers saw this (`Gradient.Statistics`): a running statistic keeps
    /// the share that its layer's momentum says. Raises ArgumentException if the leaves are not those of `statistics`.
    let foldStatistics (network: Network<'T>) (seen: Parameters<'T>) : Network<'T> =
        Parameters.checkAlike (nameof seen) (statistics network) seen
        if seen.Count = 0 then network else changed Layer.foldStatistics seen network

    /// The same network with copies of other statistics. Raises ArgumentException if their names or shapes differ.
    let withStatistics (network: Network<'T>) (values: Parameters<'T>) : Network<'T> =
        Parameters.checkAlike (nameof values) (statistics network) values
        changed Layer.withStatistics (Parameters.mapLeaves (fun leaf -> leaf.Values.ToArray()) values) network

    /// The same network with copies of other parameters. Raises ArgumentException if their names or shapes differ.
    let withParameters (network: Network<'T>) (values: Parameters<'T>) : Network<'T> =
        Parameters.checkAlike (nameof values) (parameters network) values
        withFresh network (Parameters.mapLeaves (fun leaf -> leaf.Values.ToArray()) values)

    /// The network after a step: copies of these parameters, and the running statistics with what the step's gradient
    /// saw of the batch. Raises ArgumentException if names or shapes differ.
    let after (network: Network<'T>) (parameters: Parameters<'T>) (gradient: Gradient<'T>) : Network<'T> =
        foldStatistics (withParameters network parameters) gradient.Statistics

    /// Parameters and statistics as one list: the leaves of a custom layer that holds this network.
    let leaves (network: Network<'T>) : Parameters<'T> =
        Parameters(Array.append (parameters network).Leaves (statistics network).Leaves)

    /// The same network with copies of other parameters and statistics, in the order of `leaves`; names don't matter.
    /// Raises ArgumentException if their number or a shape differs.
    let withLeaves (network: Network<'T>) (values: Parameter<'T> seq) : Network<'T> =
        let own, values = leaves network, Array.ofSeq values
        if values.Length <> own.Count then
            invalidArg (nameof values) $"{values.Length} leaves for a network that has {own.Count}"
        let named =
            Parameters(Array.map2 (fun (own: Parameter<'T>) value -> { value with Name = own.Name }) own.Leaves values)
        Parameters.checkAlike (nameof values) own named
        let trained, seen = Array.splitAt (parameters network).Count named.Leaves
        withStatistics (withParameters network (Parameters trained)) (Parameters seen)

    /// A gradient's parameters, then the statistics as they are after its batch, in the order of `leaves`: what the
    /// pullback of a custom layer that holds this network returns. Raises ArgumentException if the gradient is another
    /// network's.
    let leavesAfter (network: Network<'T>) (gradient: Gradient<'T>) : Parameters<'T> =
        Parameters.checkAlike (nameof gradient) (parameters network) gradient.Parameters
        let after = statistics (foldStatistics network gradient.Statistics)
        Parameters(Array.append gradient.Parameters.Leaves after.Leaves)

    let private checkInputs (network: Network<'T>) (x: Matrix<'T>) =
        if x.RowCount <> network.Inputs then
            Pullback.refuseInputs $"the network expects {network.Inputs} features (rows)" network.Inputs x
        if x.ColumnCount = 0 then invalidArg (nameof x) "x has no samples (columns)"

    let rec private predictFrom (layers: Layer<'T>[]) (i: int) (x: Matrix<'T>) : Matrix<'T> =
        if i = layers.Length then x
        else
            match layers[i], Array.tryItem (i + 1) layers with
            | Affine affine, Some(Activation activation) ->
                predictFrom layers (i + 2) (Layer.predictBoth affine activation x)
            | layer, _ -> predictFrom layers (i + 1) (Layer.predict layer x)

    /// The scores (outputs x samples) for x (inputs x samples), as in evaluation. A sample's scores are the same bits
    /// alone and in any batch. Raises ArgumentException if x has other than `Inputs` rows.
    let predict (network: Network<'T>) (x: Matrix<'T>) : Matrix<'T> =
        checkInputs network x
        predictFrom network.LayerArray 0 x

    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let private check (network: Network<'T>) (batch: Batch<'T>) =
        if batch.Features <> network.Inputs then
            invalidArg
                (nameof batch)
                $"the network expects {network.Inputs} features, but the batch has {batch.Features}"
        Loss.check network.Loss network.Outputs batch.Samples batch.Targets

    /// The loss of a batch, as in evaluation, and the penalty.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let loss (network: Network<'T>) (batch: Batch<'T>) : float =
        check network batch
        let struct (loss, _) = Loss.forward network.Loss (predict network batch.Inputs) batch.Targets
        loss + Penalty.value network.Penalty (parameters network)

    /// What is random in each layer: the i-th of the dropout layers, and likewise of the user's own, has a key of its
    /// own, so that layers of other kinds can come and go without a change in what it draws.
    let private drawn (key: Key) (layers: Layer<'T>[]) : Draw<'T>[] =
        let next = [| 0; 0 |]
        let ofKind kind =
            next[kind] <- next[kind] + 1
            Drawn(key |> Key.child kind |> Key.child (next[kind] - 1))
        layers |> Array.map (function
            | Dropout _ -> ofKind 0
            | Custom _ -> ofKind 1
            | _ -> Drawn key)

    /// The same for given dropout masks, in the order of the layers.
    let private given (masks: Matrix<'T> seq) (layers: Layer<'T>[]) : Draw<'T>[] =
        let masks = Array.ofSeq masks
        let dropouts = layers |> Array.filter (function Dropout _ -> true | _ -> false)
        if masks.Length <> dropouts.Length then
            invalidArg (nameof masks) $"{masks.Length} masks for {dropouts.Length} dropout layers"
        let next = Parameters.inTurn masks
        layers |> Array.map (function
            | Dropout _ -> Given(next ())
            | _ -> Drawn(Key.ofSeed 0L))

    /// All layers in training.
    let private pass (draws: Draw<'T>[]) (network: Network<'T>) (x: Matrix<'T>) : Forward<'T>[] =
        let layers, names = network.LayerArray, network.NameArray
        let passed = Array.zeroCreate layers.Length
        let mutable y = x
        let mutable i = 0
        while i < layers.Length do
            match layers[i], Array.tryItem (i + 1) layers with
            | Affine affine, Some(Activation activation) ->
                let struct (first, second) = Layer.forwardBoth names[i] affine activation y
                passed[i] <- first
                passed[i + 1] <- second
                i <- i + 2
            | layer, _ ->
                passed[i] <- Layer.forward names[i] draws[i] layer y
                i <- i + 1
            y <- passed[i - 1].Output
        passed

    /// Back through all layers: dL/dy of each, the gradient with this loss, and dL/dx.
    let private back (loss: float) (passed: Forward<'T>[]) (dy: Matrix<'T>)
        : struct (Lazy<Matrix<'T>>[] * Gradient<'T> * Lazy<Matrix<'T>>) =
        let gradients, back = Array.zeroCreate passed.Length, Array.zeroCreate passed.Length
        let mutable dy = lazy dy
        for i in passed.Length - 1 .. -1 .. 0 do
            back[i] <- dy
            let struct (gradient, dx) = passed[i].Pullback dy.Value
            gradients[i] <- gradient
            dy <- dx
        let seen, gradient = gradients |> List.concat |> Array.ofList |> Array.partition Parameter.isStatistic
        struct (back, { Loss = loss; Parameters = Parameters gradient; Statistics = Parameters seen }, dy)

    /// The scores (outputs x samples) for x (inputs x samples) as in training, and the pullback: from dL/dscores to the
    /// gradient (its loss is NaN, since the loss is the caller's, and there is no penalty in it) and dL/dx. For custom
    /// losses, and for what an input contributes. Raises ArgumentException if x has other than `Inputs` rows.
    let forward (key: Key) (network: Network<'T>) (x: Matrix<'T>) : struct (Matrix<'T> * Pullback<'T, Gradient<'T>>) =
        checkInputs network x
        let passed = pass (drawn key network.LayerArray) network x
        struct ((Array.last passed).Output, fun dy ->
            let struct (_, gradient, dx) = back nan passed dy
            struct (gradient, dx))

    let private forwardOn
        (draws: Draw<'T>[]) (network: Network<'T>) (batch: Batch<'T>) : struct (Forward<'T>[] * Matrix<'T>) =
        check network batch
        let passed = pass draws network batch.Inputs
        struct (passed, (Array.last passed).Output)

    let private lossOf (draws: Draw<'T>[]) (network: Network<'T>) (batch: Batch<'T>) : float =
        let struct (_, y) = forwardOn draws network batch
        let struct (loss, _) = Loss.forward network.Loss y batch.Targets
        loss + Penalty.value network.Penalty (parameters network)

    /// All layers forward and back: what each gave, how the loss changes with that, and the gradient.
    let private passOf (draws: Draw<'T>[]) (network: Network<'T>) (batch: Batch<'T>)
        : struct (Forward<'T>[] * Lazy<Matrix<'T>>[] * Gradient<'T>) =
        let struct (passed, y) = forwardOn draws network batch
        let struct (loss, dy) = Loss.forward network.Loss y batch.Targets
        let parameters = parameters network
        let struct (back, gradient, _) = back (loss + Penalty.value network.Penalty parameters) passed dy
        Penalty.addTo network.Penalty parameters gradient.Parameters
        struct (passed, back, gradient)

    let private gradientOf (draws: Draw<'T>[]) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        let struct (_, _, gradient) = passOf draws network batch
        gradient

    /// The loss of a batch as in training, and the penalty: what `gradient` differentiates for the same key.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let trainingLoss (key: Key) (network: Network<'T>) (batch: Batch<'T>) : float =
        lossOf (drawn key network.LayerArray) network batch

    /// The loss of a batch and its gradient with respect to every parameter, as in training, both with the penalty, and
    /// what batch norm saw. What is random in training is a function of the key; the i-th dropout layer's mask stays
    /// the same when layers of other kinds are inserted or removed.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let gradient (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        gradientOf (drawn key network.LayerArray) network batch

    /// `gradient` with everything that was computed on the way: every layer's output, and how the loss changes with it.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let trace (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Trace<'T> =
        let struct (passed, back, gradient) = passOf (drawn key network.LayerArray) network batch
        { Layers =
            Array.init passed.Length (fun i ->
                { Layer = network.NameArray[i]; Output = passed[i].Output; OutputGradient = back[i].Value })
          Gradient = gradient }

    /// `trainingLoss` with given dropout masks, as for `gradientWithMasks`.
    let trainingLossWithMasks (masks: Matrix<'T> seq) (network: Network<'T>) (batch: Batch<'T>) : float =
        lossOf (given masks network.LayerArray) network batch

    /// `gradient` with given dropout masks, one per dropout layer in order (units x samples; 1 keeps an element, 0
    /// drops it): for replays of others' runs. Raises ArgumentException if their number or a shape doesn't fit.
    let gradientWithMasks (masks: Matrix<'T> seq) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        gradientOf (given masks network.LayerArray) network batch

    /// A network's identity: SHA-256, in lower-case hexadecimal, over its element type, its layers' names and
    /// descriptions, and the name, shape and elements of every leaf and every statistic in order, little-endian; text
    /// as UTF-8 with its length before it.
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
        for name, layer in Seq.zip network.NameArray network.LayerArray do
            text name
            text (string layer)
            for leaf in Layer.leaves name layer @ Layer.statistics name layer do
                text leaf.Name
                number leaf.Shape.Rows
                number leaf.Shape.Columns
                let elements = Dense.values leaf.Values
                if BitConverter.IsLittleEndian then hash.AppendData(MemoryMarshal.AsBytes(ReadOnlySpan elements))
                else
                    let bytes: byte[] = MemoryMarshal.AsBytes(ReadOnlySpan elements).ToArray()
                    bytes |> Array.chunkBySize sizeof<'T> |> Array.iter (Array.rev >> hash.AppendData)
        Convert.ToHexStringLower(hash.GetHashAndReset())
