/// No function writes to its arguments, and nobody's later writing reaches what was made of his values.
module Functional.Properties.ImmutabilityLaws

open System
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases
open Functional.Properties.Reach

/// All results of a pullback, computed.
let private force (pullback: Pullback<'T, 'Gradient>) (dy: Matrix<'T>) : unit =
    let struct (_, dx) = pullback dy
    dx.Force() |> ignore

/// Everything that can be asked about a network, a batch and a state: what it is asked of, and the questions.
let private questions<'T when Real<'T>> (case: Case) : struct (objnull * (string * (unit -> unit)) list) =
    let network, batch = network<'T> case, batch<'T> case
    let state = Training.start network (Optimizer.Sgd 0.1) case.Key
    let gradient = (Network.gradient case.Key network batch).Parameters
    let parameters = Network.parameters network
    let elements = Parameters.toVector gradient
    let scores = Network.predict network batch.Inputs
    let labels = Key.integers case.Samples case.Outputs case.Key
    let few: Vector<'T> = vector 5 case.Key
    let layers = List.ofSeq network.Layers
    let forwards =
        let mutable x = batch.Inputs
        [ for layer in layers do
              let struct (y, pullback) = Layer.forward case.Key layer x
              x <- y
              struct (pullback, matrix<'T> x.RowCount x.ColumnCount case.Key) ]
    let world =
        [| box network; batch; state; gradient; parameters; elements; scores; labels; few; forwards; layers |]
    box world,
    [ "predict", fun () -> Network.predict network batch.Inputs |> ignore
      "loss", fun () -> Network.loss network batch |> ignore
      "accuracy", fun () -> Metrics.accuracy network batch |> ignore
      "gradient", fun () -> Network.gradient case.Key network batch |> ignore
      "pullbacks", fun () -> for struct (pullback, dy) in forwards do force pullback dy
      "loss forward", fun () -> Loss.forward (Loss.SoftmaxCrossEntropy(epsilon = 1e-7)) scores batch.Targets |> ignore
      "softmax", fun () -> SoftmaxCrossEntropy.softmax scores |> ignore
      "parameters", fun () -> Network.parameters network |> ignore
      "withParameters", fun () -> Network.withParameters gradient network |> ignore
      "ofLayers", fun () -> Network.ofLayers layers |> ignore
      "digest", fun () -> Network.digest network |> ignore
      "init", fun () -> Optimizer.init state.Optimizer parameters |> ignore
      "update", fun () -> Optimizer.update state.Optimizer state.OptimizerState parameters gradient |> ignore
      "step", fun () -> Training.step state batch |> ignore
      "toVector", fun () -> Parameters.toVector gradient |> ignore
      "withVector", fun () -> Parameters.withVector elements parameters |> ignore
      "map2", fun () -> Parameters.map2 (fun (w: 'T) (g: 'T) -> w - g) parameters gradient |> ignore
      "check gradients", fun () -> if parameters.Length < 50 then Differences.check network batch |> ignore
      "numericalGradient", fun () -> Differences.numericalGradient (fun x -> Real.toFloat (x.Sum())) few |> ignore
      "ofLabels", fun () -> Batch.ofLabels batch.Inputs labels |> ignore
      "ofTargets", fun () -> Batch.ofTargets batch.Inputs scores |> ignore
      "oneHot", fun () -> Batch.oneHot<'T> case.Outputs labels |> ignore ]

let private nothingIsWritten<'T when Real<'T>> (case: Case) =
    let struct (world, questions) = questions<'T> case
    let snapshot = Snapshot world
    for name, question in questions do
        question ()
        snapshot.AssertUnchanged name

/// What callers may build, and of what: name, their own values, and the thing built.
let private built<'T when Real<'T>> (case: Case) : (string * objnull * objnull) list =
    let fresh i rows columns : Matrix<'T> = matrix rows columns (Key.child i case.Key)
    let build name (own: 'Own) (make: 'Own -> 'Made) = name, box own, box (make own)
    let labels () = Key.integers case.Samples case.Outputs case.Key
    let network, layers = network<'T> case, Array.ofList (layers<'T> case)
    let parameters = Parameters.map id (Network.parameters network)
    let leaf name : Parameter<'T> =
        { Name = name; Role = Role.Weight; Shape = { Rows = 3; Columns = 0 }; Values = vector 3 case.Key }
    [ build "Network.ofLayers" layers Network.ofLayers
      build "Network.Of" layers (fun layers -> Functional.Network.Of(layers))
      build "Network.withParameters" parameters (fun p -> Network.withParameters p network)
      build "Network.create" [| 3; case.Inputs; 2 |] (fun sizes ->
          Network.create<'T> sizes Activation.Relu Initializer.He case.Key)
      build "Batch.ofLabels" (fresh 0 3 case.Samples, labels ()) (fun (x, labels) -> Batch.ofLabels x labels)
      build "Batch.ofTargets" (fresh 1 3 case.Samples, fresh 2 4 case.Samples) (fun (x, t) -> Batch.ofTargets x t)
      build "Batch.ofRows" (fresh 3 case.Samples 3, labels ()) (fun (x, labels) -> Batch.ofRows x labels)
      build "Batch.OfRows" ((fresh 4 case.Samples 3).ToArray(), labels ()) (fun (x, labels) ->
          Functional.Batch.OfRows(x, labels))
      build "Batch.oneHot" (labels ()) (Batch.oneHot<'T> case.Outputs)
      build "Parameters.ofVector" (vector<'T> 7 case.Key) Parameters.ofVector
      build "Parameters.ofSeq" [| leaf "a"; leaf "b" |] Parameters.ofSeq
      build "Parameters.withVector" (vector<'T> parameters.Length case.Key) (fun x ->
          Parameters.withVector x parameters)
      build "Parameter.ofMatrix" (fresh 5 4 3) (Parameter.ofMatrix "w" Role.Weight)
      build "Parameter.ofVector" (vector<'T> 5 case.Key) (Parameter.ofVector "b" Role.Bias)
      build "Optimizer.update" (parameters, Parameters.map id parameters) (fun (w, g) ->
          let optimizer = Optimizer.Sgd 0.1
          Optimizer.update optimizer (Optimizer.init optimizer w) w g) ]

let private laterWritesStayOutside<'T when Real<'T>> (case: Case) =
    for name, own, made in built<'T> case do
        let snapshot = Snapshot made
        scribble own
        snapshot.AssertUnchanged $"writing to the arguments of {name} afterwards"

[<Tests>]
let laws =
    testList "immutability" [
        law "no function writes to its arguments" (cases 20 10) <| fun case ->
            nothingIsWritten<float32> case
            nothingIsWritten<float> case

        law "gathering and drawing write to no argument" (grids 40 20) <| fun grid ->
            let pixels = Key.integers (grid.Rows * grid.Columns) 256 grid.Key |> Array.map byte
            let labels, indices = Array.zeroCreate<int> grid.Columns, Key.permutation grid.Columns grid.Key
            let snapshot = Snapshot [| box pixels; labels; indices |]
            let scale = Bytes.standardScale grid.Rows pixels indices
            Bytes.batch<float32> scale grid.Rows pixels labels indices |> ignore
            Bytes.batch<float> scale grid.Rows pixels labels indices |> ignore
            snapshot.AssertUnchanged "a batch of bytes"

        law "what a caller does to his values afterwards doesn't reach what was built of them" (cases 12 10)
        <| fun case ->
            laterWritesStayOutside<float32> case
            laterWritesStayOutside<float> case

        law "other layers put into a caller's array don't reach his network" (cases 12 5) <| fun case ->
            let layers = Array.ofList (layers<float> case)
            let network = Network.ofLayers layers
            let before = Network.digest network
            Array.fill layers 0 layers.Length (Layer.activation Activation.Relu)
            Assert.Equal(before, Network.digest network)

        law "results share no array with arguments" (cases 12 5) <| fun case ->
            let network, batch = network<float> case, batch<float> case
            let scores = Network.predict network batch.Inputs
            let struct (_, gradient) = Loss.forward network.Loss scores batch.Targets
            assertApart "predict: scores and inputs" scores batch
            assertApart "predict: scores and network" scores network
            assertApart "softmax" (SoftmaxCrossEntropy.softmax scores) scores
            assertApart "loss" gradient [| box scores; batch |]
            assertApart "gradient" (Network.gradient case.Key network batch) [| box network; batch |]
            for activation in activations do
                assertApart (string activation) (Activation.predict activation scores) scores

        law "matrices of any storage build the same network and batch" (size 1 12) <| fun n ->
            let diagonal = Matrix<float32>.Build.DenseOfDiagonalVector(vector n Law.key)
            let bias, labels = vector<float32> n (Key.child n Law.key), Array.init n id
            let loss (x: Matrix<float32>) =
                Network.loss (Network.ofLayers [ Layer.affine { Weight = x; Bias = bias } ]) (Batch.ofLabels x labels)
            let build = Matrix<float32>.Build
            Assert.Equal(loss diagonal, loss (build.SparseOfMatrix diagonal))
            Assert.Equal(loss diagonal, loss (build.DiagonalOfDiagonalVector(diagonal.Diagonal())))

        law "a snapshot sees a write, behind closures too" (grids 12 12) <| fun grid ->
            let hidden = matrix<float> grid.Rows grid.Columns grid.Key
            let closure = fun () -> hidden.RowCount
            let snapshot = Snapshot [| box closure |]
            snapshot.AssertUnchanged "nobody"
            hidden[0, 0] <- hidden[0, 0] + 1.0
            Assert.ThrowsAny<Exception>(fun () -> snapshot.AssertUnchanged "this law") |> ignore
    ]
