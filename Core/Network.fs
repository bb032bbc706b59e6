namespace Functional

open System
open System.Collections.Generic
open Functional.FSharp

/// Layers in order, and a loss. Immutable: what it is made of is copied, and what it gives is read-only by contract.
[<Sealed>]
type Network<'T when Real<'T>> internal (layers: Layer<'T>[], names: string[], loss: Loss, inputs: int, outputs: int) =
    member internal _.LayerArray = layers
    member internal _.NameArray = names
    member _.Layers: IReadOnlyList<Layer<'T>> = layers
    /// The layers' names, in order: the kind and its number among its kind, as in `affine1`, `relu1`, `affine2`.
    member _.Names: IReadOnlyList<string> = names
    member _.Loss = loss
    /// Features of a sample.
    member _.Inputs = inputs
    /// Scores per sample.
    member _.Outputs = outputs
    override _.ToString() = layers |> Array.map Layer.describe |> String.concat ", "

/// A loss, and how it changes with every parameter.
[<NoComparison>]
type Gradient<'T when Real<'T>> =
    { /// The mean over the batch, as in training.
      Loss: float
      /// dL/dp for every leaf p, under its name.
      Parameters: Parameters<'T> }

namespace Functional.FSharp

open System
open System.Buffers.Binary
open System.Runtime.InteropServices
open System.Security.Cryptography
open System.Text
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

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
        let place i layer = $"layer {i + 1} ({Layer.describe layer})"
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

    let private ofChecked (loss: Loss) (layers: Layer<'T>[]) : Network<'T> =
        let sizes = layers |> Array.choose (Layer.size >> ValueOption.toOption)
        let struct (inputs, _), struct (_, outputs) = Array.head sizes, Array.last sizes
        Network(layers, namesOf layers, loss, inputs, outputs)

    /// Of these layers, with this loss. Raises ArgumentException with all faults, a line each.
    let ofLayersWith (loss: Loss) (layers: Layer<'T> seq) : Network<'T> =
        let layers = Array.ofSeq layers
        match faults layers @ Loss.faults loss with
        | [] -> ofChecked loss (Array.map Layer.copy layers)
        | found -> raise (ArgumentException(String.concat "\n" found))

    /// Of these layers, with softmax cross-entropy.
    let ofLayers (layers: Layer<'T> seq) : Network<'T> = ofLayersWith (SoftmaxCrossEntropy 0.0) layers

    /// Affine layers between these sizes (inputs first, outputs last), an activation after each but the last.
    /// Layer i's weights are a function of the i-th child of the key.
    /// Raises ArgumentException with everything that is wrong with the sizes and the initializer.
    let create<'T when Real<'T>> (sizes: int seq) (activation: Activation) (initializer: Initializer) (key: Key) : Network<'T> =
        let sizes = Array.ofSeq sizes
        let found =
            [ if sizes.Length < 2 then $"a network needs at least two sizes (inputs and outputs), but has {sizes.Length}"
              for i, size in Seq.indexed sizes do
                  if size < 1 then $"size {i + 1} of {sizes.Length} must be at least 1, but is {size}"
              for i, (inputs, outputs) in Seq.indexed (Seq.pairwise sizes) do
                  if int64 inputs * int64 outputs > int64 Array.MaxLength then
                      $"layer {i + 1} ({inputs} -> {outputs}) has more weights than an array can hold"
              yield! Initializer.faults initializer ]
        if not found.IsEmpty then raise (ArgumentException(String.concat "\n" found))
        ofChecked (SoftmaxCrossEntropy 0.0)
            [| for i, (inputs, outputs) in Seq.indexed (Array.pairwise sizes) do
                   if i > 0 then Activation activation
                   Affine { Weight = Initializer.weights initializer (Key.child i key) outputs inputs
                            Bias = Dense.vector (Array.zeroCreate outputs) } |]

    /// The trained leaves, layer after layer, named as in `affine1.weight`.
    let parameters (network: Network<'T>) : Parameters<'T> =
        Parameters<'T> [| for name, layer in Seq.zip network.NameArray network.LayerArray do yield! Layer.leaves name layer |]

    /// Like `withParameters` for leaves that nobody else will write to.
    let internal withFresh (network: Network<'T>) (parameters: Parameters<'T>) : Network<'T> =
        let leaves = parameters.Leaves
        let mutable taken = 0
        let next () =
            taken <- taken + 1
            leaves[taken - 1]
        let layers = network.LayerArray |> Array.map (Layer.withLeaves next)
        Network(layers, network.NameArray, network.Loss, network.Inputs, network.Outputs)

    /// The same network with copies of other parameters. Raises ArgumentException if their names or shapes differ.
    let withParameters (network: Network<'T>) (values: Parameters<'T>) : Network<'T> =
        Parameters.checkAlike (nameof values) (parameters network) values
        withFresh network (Parameters.mapLeaves (fun leaf -> leaf.Values.ToArray()) values)

    /// The scores (outputs x samples) for x (inputs x samples), as in evaluation. A sample's scores are the same bits
    /// alone and in any batch. Raises ArgumentException if x has other than `Inputs` rows.
    let predict (network: Network<'T>) (x: Matrix<'T>) : Matrix<'T> =
        if x.RowCount <> network.Inputs then
            let hint = if x.ColumnCount = network.Inputs then "; samples are columns here: transpose it" else ""
            invalidArg (nameof x) $"the network expects {network.Inputs} features (rows), \
                                    but x is {x.RowCount} x {x.ColumnCount}{hint}"
        network.LayerArray |> Array.fold (fun x layer -> Layer.predict layer x) x

    /// The loss of a batch, as in evaluation.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let loss (network: Network<'T>) (batch: Batch<'T>) : float =
        Loss.check network.Outputs batch
        let struct (loss, _) = Loss.forward network.Loss (predict network batch.Inputs) batch.Targets
        loss

    /// The loss of a batch and its gradient with respect to every parameter, as in training; what is random in
    /// training is a function of the key.
    /// Raises ArgumentException if the batch's features or targets don't fit the network.
    let gradient (key: Key) (network: Network<'T>) (batch: Batch<'T>) : Gradient<'T> =
        ignore key
        if batch.Features <> network.Inputs then
            invalidArg (nameof batch) $"the network expects {network.Inputs} features, but the batch has {batch.Features}"
        Loss.check network.Outputs batch
        let layers, names = network.LayerArray, network.NameArray
        let pullbacks = Array.zeroCreate layers.Length
        let mutable y = batch.Inputs
        for i in 0 .. layers.Length - 1 do
            let struct (next, pullback) = Layer.forward names[i] layers[i] y
            pullbacks[i] <- pullback
            y <- next
        let struct (loss, dy) = Loss.forward network.Loss y batch.Targets
        let gradients = Array.zeroCreate layers.Length
        let mutable dy = lazy dy
        for i in layers.Length - 1 .. -1 .. 0 do
            let struct (gradient, dx) = pullbacks[i] dy.Value
            gradients[i] <- gradient
            dy <- dx
        { Loss = loss; Parameters = Parameters(gradients |> Seq.concat |> Array.ofSeq) }

    /// A network's identity: SHA-256, in lower-case hexadecimal, over its element type, its layers' names and
    /// descriptions, and every leaf's name, shape and elements in order, little-endian; text as UTF-8 with its length before it.
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
            text (Layer.describe layer)
            for leaf in Layer.leaves name layer do
                text leaf.Name
                number leaf.Shape.Rows
                number leaf.Shape.Columns
                let elements = Dense.values leaf.Values
                let bytes: byte[] = MemoryMarshal.AsBytes(ReadOnlySpan elements).ToArray()
                if BitConverter.IsLittleEndian then hash.AppendData bytes
                else bytes |> Array.chunkBySize sizeof<'T> |> Array.iter (Array.rev >> hash.AppendData)
        Convert.ToHexStringLower(hash.GetHashAndReset())
