namespace Functional.FSharp

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Laws that hold for every layer, loss and optimizer, to check custom ones. Each returns its violations, one line
/// each, with the law first; nothing if all hold.
[<RequireQualifiedAccess>]
module Laws =
    let private bits<'T when Real<'T>> (x: 'T[]) : byte[] = MemoryMarshal.AsBytes(ReadOnlySpan x).ToArray()
    let private same (a: 'T[]) (b: 'T[]) : bool when Real<'T> = (bits a).AsSpan().SequenceEqual(bits b)
    let private sameMatrix (a: Matrix<'T>) (b: Matrix<'T>) : bool when Real<'T> =
        a.RowCount = b.RowCount && a.ColumnCount = b.ColumnCount && same (Dense.elements a) (Dense.elements b)
    let private normals rows columns key : Matrix<float> = Dense.matrix rows columns (Key.normals (rows * columns) key)
    let private copy (x: Matrix<float>) : Matrix<float> = Dense.copy x

    /// A law's name, and what to say if it doesn't hold; an exception is what to say, too.
    let private law (name: string) (check: unit -> string list) : string list =
        try check () |> List.map (fun failure -> $"{name}: {failure}")
        with failure -> [ $"{name}: {failure.GetType().Name}: {failure.Message}" ]

    let private leafValues (layer: ILayer<float>) : float[][] =
        [| for leaf in layer.Parameters -> leaf.Values.ToArray() |]

    /// What doesn't hold of a custom layer at x (inputs x samples), in double precision.
    let ofLayerAt (key: Key) (x: Matrix<float>) (layer: ILayer<float>) : string list =
        let inputs, samples = (given (nameof x) x).RowCount, x.ColumnCount
        let outputs = Group.outputsFor inputs layer
        let forward (x: Matrix<float>) =
            let struct (y, pullback) = layer.Forward(x, key)
            struct (y, Func<_, _>(fun dy ->
                let struct (gradient, dx) = pullback.Invoke dy
                struct (gradient, dx.Value)))
        let slope i = normals outputs samples (Key.child (9 + i) key)
        // The gradient and dL/dx in one array.
        let answer (pullback: Func<_, _>) (dy: Matrix<float>) : float[] =
            let struct (gradient: IReadOnlyList<Parameter<float>>, dx) = pullback.Invoke(copy dy)
            Array.concat [ Dense.elements dx; for leaf in gradient do leaf.Values.ToArray() ]
        [ yield! law "it is a layer" (fun () -> Group.faults layer)
          yield! law "shapes" (fun () ->
              let p = layer.Predict(copy x)
              let struct (y, pullback) = forward (copy x)
              let struct (gradient, dx) = pullback.Invoke(normals y.RowCount y.ColumnCount key)
              let shape (m: Matrix<float>) = $"{m.RowCount} x {m.ColumnCount}"
              [ for what, m, rows in [ "Predict's y", p, outputs; "Forward's y", y, outputs; "dL/dx", dx, inputs ] do
                    if m.RowCount <> rows || m.ColumnCount <> samples then
                        $"{what} is {shape m} for x of {shape x}, not {rows} x {samples}"
                if gradient.Count <> layer.Parameters.Count then
                    $"the gradient has {gradient.Count} leaves for {layer.Parameters.Count} parameters"
                else
                    for leaf, own in Seq.zip gradient layer.Parameters do
                        if leaf.Name <> own.Name || leaf.Shape <> own.Shape then $"the gradient has {leaf} for {own}" ])
          yield! law "gradients are derivatives" (fun () ->
              let report = GradientCheck.ofLayer { GradientCheckSettings.Default with Key = key } layer x
              [ for mismatch in Seq.truncate 5 report.Mismatches -> $"{mismatch} (batch of {samples})" ])
          yield! law "a pullback is linear" (fun () ->
              let struct (_, pullback) = forward (copy x)
              let a, b = slope 0, slope 1
              let both, ofA, ofB = answer pullback (2.0 * a - b), answer pullback a, answer pullback b
              let off i = abs (both[i] - (2.0 * ofA[i] - ofB[i])) > 1e-9 * (1.0 + 2.0 * abs ofA[i] + abs ofB[i])
              [ let isAsLong = both.Length = ofA.Length && both.Length = ofB.Length
                if not isAsLong || Seq.exists off (seq { 0 .. both.Length - 1 }) then
                    $"of 2 a - b it isn't twice that of a less that of b for a batch of {samples}" ])
          yield! law "the same arguments give the same bits" (fun () ->
              let once () =
                  let struct (y, pullback) = forward (copy x)
                  Array.concat [ Dense.elements (layer.Predict(copy x)); Dense.elements y; answer pullback (slope 0) ]
              [ if not (same (once ()) (once ())) then $"two calls differ for a batch of {samples}" ])
          yield! law "a pullback can be called twice" (fun () ->
              let struct (_, pullback) = forward (copy x)
              [ if not (same (answer pullback (slope 0)) (answer pullback (slope 0))) then
                    $"its second answer differs for a batch of {samples}" ])
          yield! law "no argument is written to" (fun () ->
              let before, given, leaves = x.ToColumnMajorArray(), copy x, leafValues layer
              let dy = slope 0
              let kept = dy.ToColumnMajorArray()
              layer.Predict given |> ignore
              let afterPredict = same before (Dense.elements given)
              let struct (_, pullback) = forward given
              pullback.Invoke dy |> ignore
              [ if not afterPredict then "Predict writes to x"
                elif not (same before (Dense.elements given)) then "Forward or its pullback writes to x"
                if not (same kept (Dense.elements dy)) then "the pullback writes to dL/dy"
                if not (Array.forall2 same leaves (leafValues layer)) then "the layer's own parameters have changed" ])
          yield! law "what it sees of a batch is remembered" (fun () ->
              // The same sample and the same key among other samples: only what depends on the batch changes its
              // outputs.
              let moved = x.ToColumnMajorArray() |> Array.mapi (fun i e -> if i < inputs then e else e + 1.0)
              let first x =
                  let struct (y, _) = forward x
                  y.Column(0).ToArray()
              let others = Dense.matrix inputs samples moved
              [ let remembers = Seq.exists Parameter.isStatistic layer.Parameters
                if not remembers && not (same (first (copy x)) (first others)) then
                    "in training a sample's outputs depend on the others of its batch, as with batch norm, \
                    but no parameter has \
                     the role Statistic: what evaluation needs to know of them is lost" ])
          yield! law "in evaluation a sample is by itself" (fun () ->
              let together = layer.Predict(copy x)
              [ for j in 0 .. samples - 1 do
                    let alone = layer.Predict(Dense.matrix inputs 1 (x.Column(j).ToArray()))
                    if not (Array.forall2 (fun (a: float) b -> abs (a - b) <= 1e-12 * (1.0 + abs a))
                                (alone.ToColumnMajorArray()) (together.Column(j).ToArray())) then
                        $"sample {j} has other outputs alone than among {samples}" ])
          yield! law "parameters can be replaced" (fun () ->
              let doubled = [| for leaf in layer.Parameters -> { leaf with Values = leaf.Values * 2.0 + 1.0 } |]
              let other = layer.WithParameters doubled
              let back = other.WithParameters(Array.ofSeq layer.Parameters)
              [ if layer.Parameters.Count > 0 then
                    let expected = [| for leaf in doubled -> leaf.Values.ToArray() |]
                    if not (Array.forall2 same (leafValues other) expected) then
                        "WithParameters doesn't keep what it was given"
                    if not (sameMatrix (back.Predict(copy x)) (layer.Predict(copy x))) then
                        "given its parameters back, the layer predicts something else" ]) ]

    /// What doesn't hold of a custom layer, in double precision, for batches of 1, 2 and 5 samples; `anyInputs` is the
    /// number of features to try where the layer takes any.
    let ofLayerWith (anyInputs: int) (key: Key) (layer: ILayer<float>) : string list =
        let inputs = if layer.Inputs > 0 then layer.Inputs else anyInputs
        [ 1; 2; 5 ]
        |> List.collect (fun samples -> ofLayerAt key (normals inputs samples (Key.child samples key)) layer)
        |> List.distinct

    /// `ofLayerWith` 6 features where the layer takes any, and the key of seed 0.
    let ofLayer (layer: ILayer<float>) : string list = ofLayerWith 6 (Key.ofSeed 0L) layer

    /// What doesn't hold of a loss for these outputs and targets (both outputs x samples); `forward` gives the loss of
    /// both and its gradient with respect to the outputs.
    let ofLossAt
        (outputs: Matrix<float>) (targets: Matrix<float>)
        (forward: Matrix<float> -> Matrix<float> -> struct (float * Matrix<float>)) : string list =
        let rows, columns = (given (nameof outputs) outputs).RowCount, outputs.ColumnCount
        let targets = given (nameof targets) targets
        let ofBoth (y: Matrix<float>) (t: Matrix<float>) = forward (copy y) (copy t)
        let value y = let struct (value, _) = ofBoth y targets in value
        let gradient y = let struct (_, gradient) = ofBoth y targets in gradient
        let near (a: float) (b: float) = a = b || abs (a - b) <= 1e-9 * (1.0 + abs a)
        [ yield! law "shapes" (fun () ->
              let g = gradient outputs
              [ if g.RowCount <> rows || g.ColumnCount <> columns then
                    $"the gradient is {g.RowCount} x {g.ColumnCount} for outputs of {rows} x {columns}" ])
          yield! law "the gradient is the derivative" (fun () ->
              let matrix (x: Vector<float>) = Dense.matrix rows columns (x.ToArray())
              let vector (x: Matrix<float>) = Dense.vector (x.ToColumnMajorArray())
              let report =
                  GradientCheck.ofFunction GradientCheckSettings.Default (matrix >> value)
                      (matrix >> gradient >> vector) (vector outputs)
              [ for mismatch in Seq.truncate 5 report.Mismatches -> string mismatch ])
          yield! law "the same arguments give the same bits" (fun () ->
              let struct (first, once), struct (second, again) = ofBoth outputs targets, ofBoth outputs targets
              [ if not (first.Equals second && sameMatrix once again) then "two calls differ" ])
          yield! law "no argument is written to" (fun () ->
              let y, t = copy outputs, copy targets
              forward y t |> ignore
              [ if not (sameMatrix y outputs) then "the outputs were written to"
                if not (sameMatrix t targets) then "the targets were written to" ])
          yield! law "the order of the samples makes no difference" (fun () ->
              let reversed (x: Matrix<float>) = Matrix<float>.Build.DenseOfColumnVectors(Seq.rev (x.EnumerateColumns()))
              let struct (other, slopes) = ofBoth (reversed outputs) (reversed targets)
              [ if not (near (value outputs) other) then
                    $"the loss is {value outputs} or, from the last sample to the first, {other}"
                if not (Seq.forall2 near ((gradient outputs).Enumerate()) ((reversed slopes).Enumerate())) then
                    "gradients of samples in another order are others" ]) ]

    /// What doesn't hold of a loss, in double precision, for 3 outputs and batches of 1, 2 and 5 samples with targets
    /// of 0 and 1 (of each sample one is 1).
    let ofLoss (loss: Loss) : string list =
        [ 1; 2; 5 ]
        |> List.collect (fun samples ->
            let outputs = normals 3 samples (Key.child samples (Key.ofSeed 0L))
            let targets = Batch.oneHot 3 [ for j in 1 .. samples -> j % 3 ]
            ofLossAt outputs targets (fun y t -> Loss.forward loss y (Targets.Values t)))
        |> List.distinct

    let private someParameters (key: Key) : Parameters<float> =
        Parameters.ofSeq
            [ Parameter.ofMatrix "a.weight" Role.Weight (normals 3 4 (Key.child 0 key))
              Parameter.ofVector "a.bias" Role.Bias ((normals 3 1 (Key.child 1 key)).Column 0) ]

    let private all (p: Parameters<float>) : float[] = (Parameters.toVector p).ToArray()

    /// The parameters after this many steps of an optimizer, given the gradient for each.
    let private path
        update start steps (gradient: Parameters<float> -> Parameters<float>) parameters : Parameters<float> =
        let mutable struct (p, state) = struct (parameters, start)
        for _ in 1 .. steps do
            let struct (next, after) = update state p (gradient p)
            p <- next
            state <- after
        p

    /// What doesn't hold of a custom optimizer for these parameters and this gradient; the optimizer as for
    /// `ofOptimizerWith`. Raises ArgumentException if their leaves differ.
    let ofOptimizerAt
        (parameters: Parameters<float>) (gradient: Parameters<float>)
        (init: Parameters<float> -> 'State)
        (update: 'State -> Parameters<float> -> Parameters<float> -> struct (Parameters<float> * 'State))
        : string list =
        Parameters.checkAlike (nameof gradient) parameters gradient
        let first state =
            let struct (next, _) = update state parameters gradient
            next
        let path steps slope = path update (init parameters) steps slope parameters
        [ yield! law "leaves keep their names and shapes" (fun () ->
              Parameters.checkAlike "what the step gives" parameters (first (init parameters))
              [])
          yield! law "the same arguments give the same bits" (fun () ->
              let state = init parameters
              [ if not (same (all (first state)) (all (first state))) then
                    "two steps from one state differ: does the step write to the state?"
                if not (same (all (path 5 id)) (all (path 5 id))) then "two runs of 5 steps differ" ])
          yield! law "no argument is written to" (fun () ->
              let before, slope = all parameters, all gradient
              path 3 (fun _ -> gradient) |> ignore
              [ if not (same before (all parameters)) then "the parameters were written to"
                if not (same slope (all gradient)) then "the gradient was written to" ])
          yield! law "a first step goes downhill" (fun () ->
              let change = Array.map2 (-) (all (first (init parameters))) (all parameters)
              let along = Array.fold2 (fun sum c g -> sum + c * g) 0.0 change (all gradient)
              let isFlat = all gradient |> Array.forall (fun g -> g = 0.0)
              [ if not (isFlat || along < 0.0) then
                    FormattableString.Invariant $"it changes the loss by {along:G3} to the first order" ])
          yield! law "a gradient of 0 leaves parameters finite" (fun () ->
              [ if not (all (path 3 Parameters.zeros) |> Array.forall Double.IsFinite) then
                    "parameters are not finite any more" ]) ]

    /// What doesn't hold of a custom optimizer, by the two functions that it is: the state before the first step for
    /// parameters, and parameters and state after a step from a state, parameters and their gradient. The last law asks
    /// it to come down a bowl (half the sum of squares) in 200 steps, so give it a learning rate of about 0.01 to 0.1.
    let ofOptimizerWith
        (key: Key) (init: Parameters<float> -> 'State)
        (update: 'State -> Parameters<float> -> Parameters<float> -> struct (Parameters<float> * 'State))
        : string list =
        let parameters, gradient = someParameters (Key.child 0 key), someParameters (Key.child 1 key)
        [ yield! ofOptimizerAt parameters gradient init update
          yield! law "it comes down a bowl" (fun () ->
              let height p = all p |> Array.sumBy (fun x -> 0.5 * x * x)
              let before, after = height parameters, height (path update (init parameters) 200 id parameters)
              [ if not (after < 0.9 * before) then
                    FormattableString.Invariant $"from {before:G3} to {after:G3} in 200 steps" ]) ]

    /// `ofOptimizerWith` the key of seed 0.
    let ofOptimizer init update : string list = ofOptimizerWith (Key.ofSeed 0L) init update

    /// Raises InvalidOperationException with everything that doesn't hold: for tests.
    let require (failures: string list) : unit =
        if not failures.IsEmpty then raise (InvalidOperationException(String.concat "\n" failures))
