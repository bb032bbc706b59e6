namespace Functional

/// One layer of a network. A new kind of layer is a case here, a file in Layers, and its laws.
[<NoComparison; StructuredFormatDisplay("{Display}")>]
type Layer<'T when Real<'T>> =
    | Affine of Affine<'T>
    | Activation of Activation
    | BatchNorm of BatchNorm<'T>
    | LayerNorm of LayerNorm<'T>
    | Dropout of Dropout
    /// A custom layer.
    | Custom of ILayer<'T>

    member private this.Display = string this
    /// `affine 784 -> 50`, `relu`, ...: all that the layer is but its elements.
    override this.ToString() =
        match this with
        | Affine layer -> string layer
        | Activation layer -> string layer
        | BatchNorm layer -> string layer
        | LayerNorm layer -> string layer
        | Dropout layer -> string layer
        | Custom layer -> layer.Description

/// What a layer returns in training.
[<NoComparison; NoEquality>]
type internal Forward<'T when Real<'T>> =
    { Output: MathNet.Numerics.LinearAlgebra.Matrix<'T>
      /// To the gradient of the leaves and (of role Statistic) what was seen of the batch, named after the layer, and
      /// dL/dx.
      Pullback: FSharp.Pullback<'T, Parameter<'T> list> }

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// What is random in one layer: a function of a key, or (in replays of others' runs) the dropout mask itself.
[<NoComparison; NoEquality>]
type internal Draw<'T when Real<'T>> =
    | Drawn of Key
    | Given of Matrix<'T>

/// Layers in order, whatever their kinds.
[<RequireQualifiedAccess>]
module Layer =
    /// Batch norm in the book's form: momentum 0.9, epsilon 1e-6.
    let batchNorm<'T when Real<'T>> (units: int) : Layer<'T> =
        BatchNorm(BatchNorm.create BatchNormConfiguration.Default units)

    /// Layer norm with epsilon 1e-5.
    let layerNorm<'T when Real<'T>> (units: int) : Layer<'T> = LayerNorm(LayerNorm.create 1e-5 units)

    /// Inverted dropout of this share of the elements.
    let dropout<'T when Real<'T>> (ratio: float) : Layer<'T> = Dropout { Ratio = ratio; Form = DropoutForm.Inverted }

    /// `affine`, `relu`, ...
    let kind (layer: Layer<'T>) : string =
        match layer with
        | Affine _ -> "affine"
        | Activation activation -> activation.Name
        | BatchNorm _ -> "batchnorm"
        | LayerNorm _ -> "layernorm"
        | Dropout _ -> "dropout"
        | Custom layer -> layer.Name

    /// The numbers of inputs and outputs; None if any number fits.
    let internal size (layer: Layer<'T>) : struct (int * int) voption =
        match layer with
        | Affine affine -> ValueSome(struct (affine.Inputs, affine.Outputs))
        | BatchNorm norm -> ValueSome(struct (norm.Units, norm.Units))
        | LayerNorm norm -> ValueSome(struct (norm.Units, norm.Units))
        | Custom layer when layer.Inputs > 0 -> ValueSome(struct (layer.Inputs, layer.Outputs))
        | Activation _ | Dropout _ | Custom _ -> ValueNone

    /// What is wrong with the layer by itself.
    let internal faults (layer: Layer<'T>) : string list =
        match layer with
        | Affine affine ->
            [ if affine.Inputs < 1 || affine.Outputs < 1 then "it needs at least one input and one output"
              if affine.Bias.Count <> affine.Outputs then
                  $"its weight gives {affine.Outputs} outputs, but its bias has {affine.Bias.Count} elements" ]
        | Activation activation -> Activation.faults activation
        | BatchNorm norm -> BatchNorm.faults norm
        | LayerNorm norm -> Normalization.faults norm.Epsilon norm.Parameters
        | Dropout dropout -> Dropout.faults dropout
        | Custom layer -> Custom.faults layer

    /// The trained leaves, in order, named after the layer.
    let internal leaves (name: string) (layer: Layer<'T>) : Parameter<'T> list =
        match layer with
        | Affine affine -> Affine.leaves name affine
        | BatchNorm norm -> Normalization.leaves name norm.Parameters
        | LayerNorm norm -> Normalization.leaves name norm.Parameters
        | Custom layer -> Custom.leaves name layer
        | Activation _ | Dropout _ -> []

    /// The same layer with other leaves, taken in the order of `leaves`.
    let internal withLeaves (next: unit -> Parameter<'T>) (layer: Layer<'T>) : Layer<'T> =
        match layer with
        | Affine _ -> Affine(Affine.ofLeaves next)
        | BatchNorm norm -> BatchNorm { norm with Parameters = Normalization.ofLeaves next }
        | LayerNorm norm -> LayerNorm { norm with Parameters = Normalization.ofLeaves next }
        | Custom layer -> Custom(Custom.ofLeaves next layer)
        | Activation _ | Dropout _ -> layer

    /// What the layer remembers of the batches that it saw, named after it.
    let internal statistics (name: string) (layer: Layer<'T>) : Parameter<'T> list =
        match layer with
        | BatchNorm norm -> BatchNorm.leaves name norm.Statistics
        | Custom layer -> Custom.statistics name layer
        | Affine _ | Activation _ | LayerNorm _ | Dropout _ -> []

    /// The same layer with other statistics, taken in the order of `statistics`.
    let internal withStatistics (next: unit -> Parameter<'T>) (layer: Layer<'T>) : Layer<'T> =
        match layer with
        | BatchNorm norm -> BatchNorm { norm with Statistics = BatchNorm.ofLeaves next }
        | Custom layer -> Custom(Custom.withStatistics next layer)
        | Affine _ | Activation _ | LayerNorm _ | Dropout _ -> layer

    /// The same layer after it saw these statistics, taken in the order of `statistics`.
    let internal foldStatistics (next: unit -> Parameter<'T>) (layer: Layer<'T>) : Layer<'T> =
        match layer with
        | BatchNorm norm -> BatchNorm(BatchNorm.fold (BatchNorm.ofLeaves next) norm)
        // A custom layer gives them as they are after the batch.
        | Custom layer -> Custom(Custom.withStatistics next layer)
        | Affine _ | Activation _ | LayerNorm _ | Dropout _ -> layer

    /// A layer that shares nothing with its maker's matrices.
    let internal copy (layer: Layer<'T>) : Layer<'T> =
        let copies (leaves: Parameter<'T> list) =
            Parameters.inTurn [| for leaf in leaves -> { leaf with Values = Dense.vector (leaf.Values.ToArray()) } |]
        layer |> withLeaves (copies (leaves "" layer)) |> withStatistics (copies (statistics "" layer))

    /// y for x (both features x samples), as in evaluation: nothing random, nothing learned.
    let predict (layer: Layer<'T>) (x: Matrix<'T>) : Matrix<'T> =
        match layer with
        | Affine affine -> Affine.predict affine x
        | Activation activation -> Activation.predict activation x
        | BatchNorm norm -> BatchNorm.predict norm x
        | LayerNorm norm -> LayerNorm.predict norm x
        | Dropout dropout -> Dropout.predict dropout x
        | Custom layer -> layer.Predict x

    let private untrained<'T when Real<'T>> (struct (y: Matrix<'T>, pullback: Matrix<'T> -> Matrix<'T>)) : Forward<'T> =
        { Output = y; Pullback = fun dy -> struct ([], lazy (pullback dy)) }

    let private trained<'T, 'Gradient when Real<'T>>
        (leaves: 'Gradient -> Parameter<'T> list)
        (struct (y: Matrix<'T>, pullback: Pullback<'T, 'Gradient>)) : Forward<'T> =
        { Output = y
          Pullback = fun dy ->
              let struct (gradient, dx) = pullback dy
              struct (leaves gradient, dx) }

    /// y as in training, and the pullback.
    let internal forward (name: string) (draw: Draw<'T>) (layer: Layer<'T>) (x: Matrix<'T>) : Forward<'T> =
        match layer with
        | Affine affine -> trained (Affine.leaves name) (Affine.forward affine x)
        | Activation activation -> untrained (Activation.forward activation x)
        | BatchNorm norm ->
            let struct (y, seen, pullback) = BatchNorm.forward norm x
            let leaves gradient = Normalization.leaves name gradient @ BatchNorm.leaves name seen
            trained leaves (struct (y, pullback))
        | LayerNorm norm -> trained (Normalization.leaves name) (LayerNorm.forward norm x)
        | Dropout dropout ->
            match draw with
            | Drawn key -> untrained (Dropout.forward key dropout x)
            | Given mask -> untrained (Dropout.forwardWith mask dropout x)
        | Custom layer ->
            let key = match draw with Drawn key -> key | Given _ -> Key.ofSeed 0L
            trained id (Custom.forward name key layer x)

    /// An affine layer and the activation that follows it: adding the bias and applying the activation are one pass.
    let internal forwardBoth
        (name: string) (affine: Affine<'T>) (activation: Activation) (x: Matrix<'T>)
        : struct (Forward<'T> * Forward<'T>) =
        let z = Affine.product affine x
        let struct (y, pullback) = Activation.forwardAfterBias activation (Dense.values affine.Bias) z
        struct (trained (Affine.leaves name) (struct (z, Affine.pullback affine x)), untrained (struct (y, pullback)))

    /// y of an affine layer and the activation that follows it.
    let internal predictBoth (affine: Affine<'T>) (activation: Activation) (x: Matrix<'T>) : Matrix<'T> =
        let struct (y, _) = Activation.forwardAfterBias activation (Dense.values affine.Bias) (Affine.product affine x)
        y
