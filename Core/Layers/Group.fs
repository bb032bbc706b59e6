namespace Functional.FSharp

open System
open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// What a layer did in training.
[<Struct; NoComparison; NoEquality>]
type internal Passed<'T when Real<'T>> =
    { Output: Matrix<'T>
      /// To the leaves of its gradient, under its own names, and dL/dx.
      Pullback: Func<Matrix<'T>, struct (IReadOnlyList<Parameter<'T>> * Lazy<Matrix<'T>>)> }

/// The part of a list of layers that stays the same in training, computed once: nested layers would otherwise compute
/// it once per level.
[<NoComparison; NoEquality>]
type internal Structure =
    { /// Each layer's name.
      Names: string[]
      /// How many leaves each layer has.
      Counts: int[]
      /// The number of inputs of the layers one after the other; 0 if any number fits.
      Inputs: int
      /// The number of outputs of the layers one after the other; 0 if it is that of the inputs.
      Outputs: int
      /// How many layers are around the innermost one.
      Depth: int }

/// Layers, each under its kind and its number among its kind, as in `affine1`, `relu1`, `affine2`: what networks and
/// layers of layers have in common.
[<Sealed>]
type internal Group<'T when Real<'T>> private (layers: ILayer<'T>[], structure: Structure, leaves: Parameter<'T>[]) =
    /// Files nest as layers do, and so do calls.
    static let mostDepth = 64

    member _.Layers = layers
    member _.Names = structure.Names
    member _.Counts = structure.Counts
    member _.Inputs = structure.Inputs
    member _.Outputs = structure.Outputs
    /// What is trained and what is observed, layer after layer, named as in `affine1.weight`.
    member _.Leaves = leaves

    static member private DepthOf(layers: ILayer<'T>[]) : int =
        layers |> Array.fold (fun most layer ->
            match layer with
            | :? IGroup<'T> as inner -> max most (inner.Group.Depth + 1)
            | _ -> most) 0

    member private _.Depth = structure.Depth

    /// Why there can't be a group of these layers: each null among them or in what a custom one says of itself, or that
    /// they are too deep.
    static member Obstacles(layers: ILayer<'T>[]) : string list =
        let isNull x = isNull (box x)
        let missing =
            [ for i, layer in Array.indexed layers do
                  match layer with
                  | _ when isNull layer -> $"layer {i + 1} is null"
                  | :? IOwn -> ()
                  | _ ->
                      let place = $"layer {i + 1} ({layer.Name})"
                      if isNull layer.Description then $"the description of {place} is null"
                      if isNull layer.Faults then $"the faults of {place} are null"
                      if isNull layer.Parameters then $"the parameters of {place} are null"
                      elif layer.Parameters |> Seq.exists (fun p -> isNull p || isNull p.Name || isNull p.Values) then
                          $"a parameter of {place} is null" ]
        if not missing.IsEmpty then missing
        elif Group.DepthOf layers > mostDepth then [ $"layers can be nested {mostDepth} deep, not deeper" ]
        else []

    /// Raises ArgumentException about all obstacles.
    static member Of(layers: ILayer<'T> seq) : Group<'T> =
        let layers = Array.ofSeq layers
        Faults.refuse (Group.Obstacles layers)
        let numbers = Dictionary<string, int>()
        let names =
            layers |> Array.map (fun layer ->
                let kind = string layer.Name
                numbers[kind] <- (if numbers.ContainsKey kind then numbers[kind] else 0) + 1
                $"{kind}{numbers[kind]}")
        let leaves = (names, layers) ||> Array.map2 (fun name layer ->
            Parameters.toArray layer.Parameters |> Array.map (fun leaf -> { leaf with Name = $"{name}.{leaf.Name}" }))
        let widths = [| for layer in layers do if layer.Inputs > 0 then struct (layer.Inputs, layer.Outputs) |]
        let struct (inputs, _) = if widths.Length = 0 then struct (0, 0) else widths[0]
        let struct (_, outputs) = if widths.Length = 0 then struct (0, 0) else Array.last widths
        let structure =
            { Names = names
              Counts = Array.map Array.length leaves
              Inputs = inputs
              Outputs = outputs
              Depth = Group.DepthOf layers }
        Group(layers, structure, Array.concat leaves)

    /// The same layers with other elements in their leaves, in the order of `Leaves`; names don't matter.
    member _.WithLeaves(values: IReadOnlyList<Parameter<'T>>) : Group<'T> =
        let values = Parameters.toArray values
        let leaves = leaves |> Array.mapi (fun i own -> { own with Values = values[i].Values })
        let mutable first = 0
        let layers =
            (layers, structure.Names, structure.Counts) |||> Array.map3 (fun layer name count ->
                first <- first + count
                let given = ArraySegment(leaves, first - count, count)
                match layer with
                | _ when count = 0 -> layer
                | :? IBuiltIn -> layer.WithParameters given
                | _ ->
                    let changed =
                        layer.WithParameters
                            [| for leaf in given -> { leaf with Name = leaf.Name.Substring(name.Length + 1) } |]
                    if isNull (box changed) then
                        invalidArg "layer" $"with other parameters, {layer.Description} gives no layer"
                    changed)
        Group(layers, structure, leaves)

    /// The same with other layers in their places, of the same kinds and with the same leaves.
    member _.WithLayers(others: ILayer<'T>[]) : Group<'T> = Group(others, structure, leaves)

/// A layer of layers.
and internal IGroup<'T when Real<'T>> =
    inherit IOwn
    abstract Group: Group<'T>
    /// The same of a group with the same kinds of layers and the same leaves.
    abstract With: Group<'T> -> ILayer<'T>

/// Layers side by side under names, and one after the other.
module internal Group =
    /// Whether all are ours.
    let rec isBuiltIn (layer: ILayer<'T>) : bool =
        match layer with
        | :? IBuiltIn -> true
        | :? IGroup<'T> as inner -> Array.forall isBuiltIn inner.Group.Layers
        | _ -> false

    /// The number of outputs for this many inputs.
    let outputsFor (inputs: int) (layer: ILayer<'T>) : int = if layer.Outputs > 0 then layer.Outputs else inputs

    /// What is wrong with a layer by itself.
    let faults (layer: ILayer<'T>) : string list =
        [ match layer with
          | :? IBuiltIn -> ()
          | _ ->
              if String.IsNullOrWhiteSpace layer.Name then "it needs a name"
              // The 11th `a` would have the same name as the first `a1`, and leaves of `a.b` the names of those of `a`.
              elif layer.Name.Contains '.' || Char.IsDigit layer.Name[layer.Name.Length - 1] then
                  $"its name, '{layer.Name}', must have no dot and end with no digit: it is numbered, \
                    and a dot comes before the names of its parameters"
              if layer.Inputs < 0 || layer.Outputs < 0 || (layer.Inputs = 0) <> (layer.Outputs = 0) then
                  $"its numbers of inputs and outputs must both be above 0, or both 0 for any, \
                    but are {layer.Inputs} and {layer.Outputs}"
              for name, same in layer.Parameters |> Seq.countBy _.Name do
                  if same > 1 then $"{same} of its parameters have the name '{name}'"
          yield! layer.Faults ]

    let private place i (layer: ILayer<'T>) = $"layer {i + 1} ({layer.Description})"

    /// What is wrong with layers one after the other, each fault with its layer, counted from 1.
    let faultsInOrder (layers: ILayer<'T>[]) : string list =
        [ let mutable previous, image = ValueNone, ValueNone
          for i, layer in Seq.indexed layers do
              for fault in faults layer do $"{place i layer}: {fault}"
              if layer.Inputs > 0 then
                  match previous with
                  | ValueSome(struct (at, given)) when given <> layer.Inputs ->
                      $"{place i layer} expects {layer.Inputs} inputs, but layer {at + 1} gives {given}"
                  | _ -> ()
                  previous <- ValueSome(struct (i, layer.Outputs))
              match box layer with
              | :? IImageLayer as images ->
                  match image with
                  | ValueSome(struct (at, given: ImageShape)) when
                      given <> images.Input && given.Size = images.Input.Size ->
                      $"{place i layer} expects images of {images.Input}, but layer {at + 1} gives {given}"
                  | _ -> ()
                  image <- ValueSome(struct (i, images.Output))
              | _ -> if layer.Inputs > 0 then image <- ValueNone ]

    /// What is random in each layer: the i-th of the dropout layers, and likewise of all others that draw or may draw,
    /// has a key of its own, so that other layers can come and go without a change in what it draws.
    let keys (key: Key) (layers: ILayer<'T>[]) : Key[] =
        let next = [| 0; 0 |]
        let ofKind kind =
            next[kind] <- next[kind] + 1
            key |> Key.child kind |> Key.child (next[kind] - 1)
        layers |> Array.map (function
            | :? IBuiltIn as layer when layer.Draws.IsNothing -> key
            | :? IBuiltIn as layer when layer.Draws.IsMask -> ofKind 0
            | _ -> ofKind 1)

    let private present (name: string) (what: string) (value: 'V) : 'V =
        if isNull (box value) then invalidArg "layer" $"{name} gives no {what}" else value

    /// The matrix of a layer that isn't ours. Raises ArgumentException if it has another shape than it should.
    let private checkShape (name: string) (what: string) (rows: int) (columns: int) (m: Matrix<'T>) : Matrix<'T> =
        let m = present name what m
        if m.RowCount <> rows || m.ColumnCount <> columns then
            invalidArg "layer" $"{what} of {name} is {m.RowCount} x {m.ColumnCount}, not {rows} x {columns}"
        m

    /// A layer that isn't ours. Raises ArgumentException if y or dL/dx has another shape than it should, or a gradient
    /// is not like the parameters. Gradients are copied, because the network may add a penalty's in place.
    let private forwardChecked (name: string) (key: Key) (layer: ILayer<'T>) (x: Matrix<'T>) : Passed<'T> =
        let struct (y, pullback) = layer.Forward(x, key)
        let outputs, pullback = outputsFor x.RowCount layer, present name "pullback" pullback
        { Output = checkShape name "y" outputs x.ColumnCount y
          Pullback = Func<_, _>(fun dy ->
              Pullback.checkShape outputs x.ColumnCount dy
              let struct (gradient, dx) = pullback.Invoke dy
              let gradient = Parameters.toArray (present name "gradient" gradient)
              for leaf in gradient do
                  present name "elements of a gradient" (present name "leaf of a gradient" leaf).Values |> ignore
              let own = Parameters(Parameters.toArray layer.Parameters)
              Parameters.checkAlike $"the gradient of {name}" own (Parameters gradient)
              let fresh = Parameters.copies gradient
              let dx = present name "dL/dx" dx
              struct (fresh, lazy (checkShape name "dL/dx" x.RowCount x.ColumnCount dx.Value))) }

    /// One layer in training.
    let forwardOne (name: string) (key: Key) (layer: ILayer<'T>) (x: Matrix<'T>) : Passed<'T> =
        match layer with
        | :? IOwn ->
            let struct (y, pullback) = layer.Forward(x, key)
            { Output = y; Pullback = pullback }
        | _ -> forwardChecked name key layer x

    /// One layer in evaluation.
    let predictOne (name: string) (layer: ILayer<'T>) (x: Matrix<'T>) : Matrix<'T> =
        match layer with
        | :? IOwn -> layer.Predict x
        | _ -> layer.Predict x |> checkShape name "y" (outputsFor x.RowCount layer) x.ColumnCount

    /// Back through one layer: its leaves take the places after `first`. The pullback's role, name and shape don't
    /// matter.
    let backOne
        (group: Group<'T>) (gradient: Parameter<'T>[]) (first: int) (passed: Passed<'T>) (dy: Matrix<'T>)
        : Lazy<Matrix<'T>> =
        let struct (leaves, dx) = passed.Pullback.Invoke dy
        for i in 0 .. leaves.Count - 1 do
            gradient[first + i] <- { group.Leaves[first + i] with Values = leaves[i].Values }
        dx

    let private isRelu (layer: ActivationLayer<'T>) = layer.Activation.Function.IsRelu

    /// y of layers one after the other, in evaluation. Adding the bias of an affine layer and applying the activation
    /// that follows are one pass, and those of a convolution none: what no layer can do by itself.
    let predict (group: Group<'T>) (x: Matrix<'T>) : Matrix<'T> =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        let layers = group.Layers
        let rec from i (x: Matrix<'T>) =
            if i = layers.Length then x
            else
                match layers[i], Array.tryItem (i + 1) layers with
                | (:? Affine<'T> as affine), Some(:? ActivationLayer<'T> as next) ->
                    let struct (y, _) =
                        next.Activation.ForwardAfterBias(Dense.values affine.Bias, affine.Product x)
                    from (i + 2) y
                | (:? Convolution<'T> as convolution), Some(:? ActivationLayer<'T> as next) when isRelu next ->
                    from (i + 2) (convolution.Sums(x, rectified = true))
                | layer, _ -> from (i + 1) (predictOne group.Names[i] layer x)
        from 0 x

    /// Layers one after the other in training. Unless it is `traced`, a convolution before ReLU has ReLU's output for
    /// its own, which nobody reads then: it would be twice as much memory. ReLU's derivative, too, is left to the layer
    /// that follows, where that has it for less: at the maximum of a window, it is that of the maximum.
    let forward (traced: bool) (key: Key) (group: Group<'T>) (x: Matrix<'T>) : Passed<'T>[] =
        ArgumentNullException.ThrowIfNull(x, nameof x)
        let layers = group.Layers
        let keys, passed = keys key layers, Array.zeroCreate layers.Length
        let takesDerivative i =
            match Array.tryItem i layers, Array.tryItem (i + 1) layers with
            | Some(:? PoolingLayer<'T> as pooling), _ -> pooling.Pooling.Kind.IsMax
            | Some(:? Convolution<'T>), Some(:? ActivationLayer<'T> as next) -> isRelu next
            | _ -> false
        let mutable y = x
        /// y is ReLU's, and so is its derivative still to be taken.
        let mutable isLeft = false
        let mutable i = 0
        while i < layers.Length do
            match layers[i], Array.tryItem (i + 1) layers with
            | (:? Affine<'T> as affine), Some(:? ActivationLayer<'T> as next) ->
                let z = affine.Product y
                let pullback = Pullback.toLeaves (fun (gradient: Affine<'T>) -> gradient.Leaves)
                let struct (_, ofAffine) = pullback (struct (z, affine.Pullback y))
                let struct (y, ofNext) =
                    Pullback.withoutLeaves (next.Activation.ForwardAfterBias(Dense.values affine.Bias, z))
                passed[i] <- { Output = z; Pullback = ofAffine }
                passed[i + 1] <- { Output = y; Pullback = ofNext }
                i <- i + 2
            | (:? Convolution<'T> as convolution), Some(:? ActivationLayer<'T> as next)
                when isRelu next && not traced ->
                let rectified = convolution.Sums(y, rectified = true)
                let pullback = Pullback.toLeaves (fun (gradient: Convolution<'T>) -> gradient.Leaves)
                let struct (_, ofConvolution) = pullback (struct (rectified, convolution.Pullback(y, isLeft)))
                isLeft <- takesDerivative (i + 2)
                let relu = if isLeft then Func<_, _> id else Activation.RectifierPullback rectified
                let struct (_, ofNext) = Pullback.withoutLeaves (struct (rectified, relu))
                passed[i] <- { Output = rectified; Pullback = ofConvolution }
                passed[i + 1] <- { Output = rectified; Pullback = ofNext }
                i <- i + 2
            | layer, _ ->
                let one = forwardOne group.Names[i] keys[i] layer y
                passed[i] <-
                    if isLeft then
                        let relu = Activation.RectifierPullback one.Output
                        { one with Pullback = Func<_, _>(fun dy -> one.Pullback.Invoke(relu.Invoke dy)) }
                    else one
                isLeft <- false
                i <- i + 1
            y <- passed[i - 1].Output
        passed

    /// Back through layers one after the other: dL/dy of each, the gradient's leaves, and dL/dx.
    let back (group: Group<'T>) (passed: Passed<'T>[]) (dy: Matrix<'T>)
        : struct (Lazy<Matrix<'T>>[] * Parameter<'T>[] * Lazy<Matrix<'T>>) =
        let gradient, outputGradients = Array.zeroCreate group.Leaves.Length, Array.zeroCreate passed.Length
        let mutable first = gradient.Length
        let mutable dy = lazy dy
        for i in passed.Length - 1 .. -1 .. 0 do
            outputGradients[i] <- dy
            first <- first - group.Counts[i]
            dy <- backOne group gradient first passed[i] dy.Value
        struct (outputGradients, gradient, dy)

    /// Layers one after the other as one layer.
    let forwardAsOne (key: Key) (group: Group<'T>) (x: Matrix<'T>)
        : struct (Matrix<'T> * Func<Matrix<'T>, struct (Parameter<'T>[] * Lazy<Matrix<'T>>)>) =
        let passed = forward false key group x
        let y = if passed.Length = 0 then x else (Array.last passed).Output
        struct (y, Func<_, _>(fun dy ->
            Pullback.checkShape y.RowCount y.ColumnCount dy
            let struct (_, gradient, dx) = back group passed dy
            struct (gradient, dx)))

    let describe (group: Group<'T>) (separator: string) : string =
        group.Layers |> Array.map _.Description |> String.concat separator
