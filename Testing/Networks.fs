namespace Functional.Testing

open System
open FSharp.Reflection
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

/// y = factors * x, feature by feature: a custom layer.
type internal Scaling(factors: Vector<float>) =
    let times (x: Matrix<float>) = x.MapIndexed(fun i _ x -> factors[i] * x)
    let leaf values = [| Parameter.ofVector "factors" Role.Scale values |]
    interface ILayer<float> with
        member _.Name = "scaling"
        member _.Description = $"scaling {factors.Count}"
        member _.Inputs = factors.Count
        member _.Outputs = factors.Count
        member _.Faults = [||]
        member _.Parameters = leaf factors
        member _.WithParameters leaves = Scaling leaves[0].Values
        member _.Predict x = times x
        member _.Forward(x, _) =
            struct (times x, Func<_, _>(fun dy -> struct (leaf (dy.PointwiseMultiply(x).RowSums()), lazy (times dy))))

/// Layers of all kinds, networks of them, and smaller ones.
module internal Networks =
    /// The kinds before that of x in a list that has each kind once, the simplest first, and x's kind as it is there.
    let private simplerKinds (ofKind: 'A -> 'Union) (kinds: 'A list) : 'A -> 'A list =
        let tag = FSharpValue.PreComputeUnionTagReader typeof<'Union>
        let kind = ofKind >> box >> tag
        fun x ->
            match kinds |> List.tryFindIndex (fun other -> kind other = kind x) with
            | Some place -> kinds |> List.truncate (place + 1) |> List.filter ((<>) x)
            | None -> kinds

    let activation: Gen<Activation> =
        Gen.map2
            (fun (activation: Activation) number ->
                if activation.NumberName = "" then activation else activation.WithNumber(0.1 + number))
            (Gen.elements Activation.BuiltIn) Generate.share

    let simplerActivations: Activation -> Activation list = simplerKinds _.Function (List.ofSeq Activation.BuiltIn)

    let private lossOfOutputs: Gen<Loss> =
        Gen.oneof
            [ Gen.elements [ Loss.MeanSquaredError; Loss.BinaryCrossEntropy ]
              Gen.map (fun delta -> Loss.Huber(0.1 + delta)) Generate.share ]

    let private lossOfClasses: Gen<Loss> =
        Gen.oneof
            [ Gen.constant (Loss.SoftmaxCrossEntropy())
              Gen.map (fun smoothing -> Loss.SoftmaxCrossEntropy smoothing) Generate.share ]

    let loss: Gen<Loss> = Gen.oneof [ lossOfOutputs; lossOfClasses ]

    /// Each takes the targets of those after it.
    let simplerLosses: Loss -> Loss list =
        simplerKinds
            _.Function
            [ Loss.MeanSquaredError; Loss.Huber 1.0; Loss.BinaryCrossEntropy; Loss.SoftmaxCrossEntropy() ]

    let simplerPenalties (penalty: Penalty) : Penalty list =
        [ Penalty.None
          { penalty with L1Rate = 0.0 }
          { penalty with L2Rate = 0.0 }
          { penalty with PowerRate = 0.0; Power = 2.0 } ]
        |> List.filter ((<>) penalty)
        |> List.distinct

    let penalty: Gen<Penalty> =
        Gen.oneof
            [ Gen.constant Penalty.None
              Gen.map (fun rate -> Penalty.L1 rate) Generate.share
              Gen.map (fun rate -> Penalty.L2 rate) Generate.share
              Gen.map2 (fun l1 l2 -> Penalty.ElasticNet(l1, l2)) Generate.share Generate.share
              Gen.map2 (fun rate p -> Penalty.PNorm(rate, 1.0 + p)) Generate.share Generate.share ]

    let private affine (inputs: int) (outputs: int) : Gen<ILayer<float>> =
        Gen.map2
            (fun weight bias -> Layer.affine { Weight = weight; Bias = bias })
            (Generate.matrix outputs inputs) (Generate.vector outputs)

    let private dropout: Gen<ILayer<float>> =
        Gen.map2
            (fun share form -> Layer.ofDropout { Ratio = 0.9 * share; Form = form })
            Generate.share (Gen.elements [ DropoutForm.Inverted; DropoutForm.Book ])

    /// Affine layers beside each other, whose outputs are together as many as their inputs.
    let private concatenated (units: int) : Gen<ILayer<float>> =
        gen {
            let! first = Gen.choose (1, max 1 (units - 1))
            let! layers = [ first; units - first ] |> List.filter ((<) 0) |> Gen.collectToList (affine units)
            return Layer.parallel' Join.Concatenate layers
        }

    /// Affine layers to fewer or more units and back, with one weight.
    let private tied (units: int) : Gen<ILayer<float>> =
        gen {
            let! hidden = Generate.size 3
            let! encoder = affine units hidden
            let! decoder = affine hidden units
            return Layer.tied [ Tie.Of("affine1.weight", "affine2.weight", true) ] [ encoder; decoder ]
        }

    /// A layer with as many outputs as inputs; layers of layers are nested to this depth.
    let rec private nested (depth: int) (units: int) : Gen<ILayer<float>> =
        let layersOfLayers =
            if depth = 0 then []
            else
                let inner count = Gen.listOfLength count (nested (depth - 1) units)
                [ 1, Gen.choose (0, 2) |> Gen.bind inner |> Gen.map Layer.chain
                  1, Gen.choose (1, 2) |> Gen.bind inner |> Gen.map Layer.residual
                  1, Gen.map (Layer.parallel' Join.Sum) (inner 2)
                  1, concatenated units
                  1, tied units ]
        Gen.frequency
            [ 6, Gen.map Layer.activation activation
              2, dropout
              for layer in Layer.BuiltIn<float> units do
                  match layer with
                  | :? Affine<float> | :? ActivationLayer<float> | :? DropoutLayer<float> -> ()
                  | _ -> 2, Gen.constant layer
              1, Gen.map (fun factors -> Scaling factors :> ILayer<float>) (Generate.vector units)
              yield! layersOfLayers ]

    let private between = nested 2

    /// A layer of any kind with this many inputs.
    let layer (inputs: int) : Gen<ILayer<float>> =
        Gen.frequency [ 2, Generate.size 5 |> Gen.bind (affine inputs); 3, between inputs ]

    let network: Gen<Network<float>> =
        gen {
            let! sizes = Gen.choose (2, 4) |> Gen.bind (fun count -> Gen.listOfLength count (Generate.size 5))
            let! layers =
                List.pairwise sizes
                |> List.map (fun (inputs, outputs) ->
                    gen {
                        let! first = affine inputs outputs
                        let! count = Gen.choose (0, 2)
                        let! others = Gen.listOfLength count (between outputs)
                        return first :: others
                    })
                |> Gen.collectToList id
            let! loss = if List.last sizes = 1 then lossOfOutputs else loss
            let! penalty = penalty
            return Network.ofLayersWith loss (List.concat layers) |> Network.withPenalty penalty
        }

    let private cut (count: int) (x: Vector<float>) : Vector<float> = x.SubVector(0, min count x.Count)

    /// The layer with this many inputs and, if it is an affine one, at most this many outputs.
    let private cutLayer (inputs: int) (outputs: int) (layer: ILayer<float>) : ILayer<float> =
        match layer with
        | :? Affine<float> as a ->
            let rows = min outputs a.Outputs
            Layer.affine { Weight = a.Weight.SubMatrix(0, rows, 0, min inputs a.Inputs); Bias = cut rows a.Bias }
        | :? Chain<float> | :? Residual<float> | :? Parallel<float> | :? Tied<float> -> layer
        // All leaves have an element for each feature.
        | _ when layer.Parameters |> Seq.forall (fun leaf -> leaf.Values.Count = layer.Inputs) ->
            layer.WithParameters [| for leaf in layer.Parameters -> { leaf with Values = cut inputs leaf.Values } |]
        | _ -> layer

    /// The layers with this many inputs, and at most this many outputs of the affine layer at a place.
    let private cutAll (inputs: int) (place: int) (outputs: int) (layers: ILayer<float> list) : ILayer<float> list =
        (inputs, List.indexed layers)
        ||> List.mapFold (fun inputs (i, layer) ->
            let cut = cutLayer inputs (if i = place then outputs else Int32.MaxValue) layer
            cut, (if cut.Inputs > 0 then cut.Outputs else inputs))
        |> fst

    let rec simplerLayers (layer: ILayer<float>) : ILayer<float> seq =
        match layer with
        | :? Chain<float> as layer -> simplerParts Layer.chain layer.Layers
        | :? Residual<float> as layer -> simplerParts Layer.residual layer.Layers
        | :? Parallel<float> as layer -> simplerParts (Layer.parallel' layer.Join) layer.Layers
        | :? Tied<float> as layer -> Seq.ofList [ Layer.chain layer.Layers ]
        | :? Affine<float> as a ->
            seq {
                for outputs in Generate.smallerSizes a.Outputs do cutLayer a.Inputs outputs layer
                for weight in Generate.simplerMatrices false a.Weight do
                    if weight.ColumnCount = a.Inputs then Layer.affine { a with Weight = weight }
                for bias in Generate.simplerArrays (a.Bias.ToArray()) do
                    Layer.affine { a with Bias = Vector<float>.Build.Dense bias }
            }
        | :? ActivationLayer<float> as layer -> simplerActivations layer.Activation |> Seq.map Layer.activation
        | :? DropoutLayer<float> as layer when layer.Dropout.Ratio > 0.0 ->
            [ Layer.ofDropout { layer.Dropout with Ratio = 0.0 } ]
        | _ -> Seq.empty

    /// The parts of a layer of layers, and the same with fewer or simpler parts.
    and private simplerParts (ofParts: ILayer<float> seq -> ILayer<float>) (parts: ILayer<float> seq) =
        let parts = List.ofSeq parts
        seq {
            yield! parts
            for i in 0 .. parts.Length - 1 do ofParts (List.removeAt i parts)
            for i, part in List.indexed parts do
                for simpler in simplerLayers part do ofParts (List.updateAt i simpler parts)
        }
        |> Seq.filter (fun simpler -> Seq.isEmpty simpler.Faults)

    /// Fewer layers, fewer units, simpler weights, simpler kinds; inputs and outputs remain unless `isFree`.
    let simplerNetworks (isFree: bool) (network: Network<float>) : Network<float> seq =
        let layers = List.ofSeq network.Layers
        let isSoftmax = network.Loss.Function.IsSoftmaxCrossEntropy
        let isOneOutput (layers: ILayer<float> list) =
            layers |> List.tryFindBack (fun layer -> layer.Inputs > 0) |> Option.exists (fun layer -> layer.Outputs = 1)
        let rebuilt (layers: ILayer<float> list) =
            // A softmax over one output is refused.
            if (Network.faults layers).IsEmpty && not (isSoftmax && isOneOutput layers) then
                [ Network.ofLayersWith network.Loss layers |> Network.withPenalty network.Penalty ]
            else []
        let candidates =
            seq {
                for i in 0 .. layers.Length - 1 do yield! rebuilt (List.removeAt i layers)
                for i, layer in List.indexed layers do
                    match layer with
                    | :? Affine<float> as a ->
                        for outputs in Generate.smallerSizes a.Outputs do
                            yield! rebuilt (cutAll network.Inputs i outputs layers)
                    | _ -> ()
                if isFree then
                    for inputs in Generate.smallerSizes network.Inputs do yield! rebuilt (cutAll inputs -1 0 layers)
                for i, layer in List.indexed layers do
                    for simpler in simplerLayers layer do yield! rebuilt (List.updateAt i simpler layers)
                for penalty in simplerPenalties network.Penalty do Network.withPenalty penalty network
                for loss in simplerLosses network.Loss do Network.withLoss loss network
            }
        candidates
        |> Seq.filter (fun simpler -> isFree || simpler.Inputs = network.Inputs && simpler.Outputs = network.Outputs)
