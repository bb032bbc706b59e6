module Functional.Properties.DropoutLaws

open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Compositions

let private forms = Gen.elements [ DropoutForm.Inverted; DropoutForm.Book ]
let private ratios = Gen.elements [ 0.01; 0.1; 0.2; 0.5; 0.75; 0.99 ]

let private trained (key: Key) (layer: Dropout) (x: Matrix<'T>) : Matrix<'T> =
    let struct (y, _) = Dropout.forward key layer x
    y

let private ones<'T when Real<'T>> (rows: int) (columns: int) : Matrix<'T> = Matrix<'T>.Build.Dense(rows, columns, 'T.One)

[<Tests>]
let laws =
    testList "dropout" [
        let shapes = Gen.zip (Gen.choose (1, 70)) (Gen.choose (1, 9))
        law "Elements are dropped, or kept with the factor of the form" (Arb.fromGen (Gen.zip (Gen.zip3 ratios forms keys) shapes)) <| fun ((ratio, form, key), (rows, columns)) ->
            let layer = { Ratio = ratio; Form = form }
            let x = normals<float> rows columns (Key.child 0 key)
            let struct (y, pullback) = Dropout.forward key layer x
            let factor = if form = DropoutForm.Book then 1.0 else 1.0 / (1.0 - ratio)
            let dx = pullback (ones rows columns)
            for x, y, dx in Seq.zip3 (elements x) (elements y) (elements dx) do
                require (dx = 0.0 || dx = factor) $"a factor of {dx}"
                require (y = x * dx) $"{x} became {y}"

        law "The share that is dropped is the ratio" (Arb.fromGen (Gen.zip ratios keys)) <| fun (ratio, key) ->
            let n = 20000
            let y = trained key { Ratio = ratio; Form = DropoutForm.Book } (ones<float32> 100 (n / 100))
            let dropped = elements y |> Array.filter ((=) 0.0f) |> Array.length |> float
            // Six deviations: one in a billion.
            require (abs (dropped - ratio * float n) <= 6.0 * sqrt (float n * ratio * (1.0 - ratio))) $"{dropped} of {n}"

        law "Neighbours, and the masks of neighbouring keys, are independent" (Arb.fromGen keys) <| fun key ->
            let n = 20000
            let half = { Ratio = 0.5; Form = DropoutForm.Book }
            let mask key = elements (trained key half (ones<float> n 1)) |> Array.map (fun x -> 2.0 * x - 1.0)
            let a, b = mask (Key.child 0 key), mask (Key.child 1 key)
            let correlated (x: float seq) (y: float seq) = abs (Seq.sum (Seq.map2 (*) x y)) > 6.0 * sqrt (float n)
            for distance in [ 1; 2; 7; 8; 16; 64 ] do
                require (not (correlated a[distance..] a)) $"elements at a distance of {distance}"
            require (not (correlated a b)) "two keys"

        law "In both forms evaluation is what training gives on average" (Arb.fromGen (Gen.zip3 (Gen.elements [ 0.2; 0.5 ]) forms keys)) <| fun (ratio, form, key) ->
            let layer = { Ratio = ratio; Form = form }
            let x, draws = normals<float> 4 2 (Key.child 0 key), 400
            let total = Seq.init draws (fun i -> trained (Key.child (i + 1) key) layer x) |> Seq.reduce (+)
            let means, evaluated = elements (total / float draws), elements (Dropout.predict layer x)
            for x, mean, evaluated in Seq.zip3 (elements x) means evaluated do
                let factor = if form = DropoutForm.Book then 1.0 else 1.0 / (1.0 - ratio)
                let deviation = abs x * factor * sqrt (ratio * (1.0 - ratio) / float draws)
                require (abs (mean - evaluated) <= 6.0 * deviation) $"{mean} on average, {evaluated} in evaluation"

        law "The bits are Philox's, sixteen per element" (Arb.fromGen (Gen.zip3 (Gen.choose (1, 500)) ratios keys)) <| fun (n, ratio, key) ->
            let kept = Mask.create key ratio n
            for e in 0 .. n - 1 do
                let counter = 8 * (e / 64) + e % 16 / 2
                let struct (a, b, c, d) = Philox.block key (uint32 counter) 0u 0u Philox.masks
                let bits = [| a; b; c; d |][e / 16 % 4] >>> 16 * (e % 2) &&& 0xFFFFu
                let expected = float bits >= System.Math.Round(ratio * 65536.0)
                require ((kept[e / 8] >>> e % 8 &&& 1uy = 1uy) = expected) $"element {e}"

        testCase "Threads and the element type don't matter" <| fun () ->
            let n = 250_001
            for seed in 0L .. 3L do
                let key = Key.ofSeed seed
                let mask threads = Team.withThreads threads (fun () -> Mask.create key 0.3 n)
                let alone = mask 1
                for threads in [ 2; 3; 5 ] do Assert.Equal<byte>(alone, mask threads)
                let layer = { Ratio = 0.3; Form = DropoutForm.Book }
                let dropped = Team.withThreads 3 (fun () -> elements (trained key layer (ones<float32> n 1)))
                Assert.Equal<float>(elements (trained key layer (ones<float> n 1)), Array.map float dropped)

        law "A ratio of 0 changes nothing" (Arb.fromGen (Gen.zip forms keys)) <| fun (form, key) ->
            let x = normals<float32> 5 3 key
            let layer = { Ratio = 0.0; Form = form }
            require (elements (trained key layer x) = elements x) "in training"
            require (elements (Dropout.predict layer x) = elements x) "in evaluation"

        law "Given masks are used as drawn ones are" (Arb.fromGen (Gen.zip (Gen.listOfLength 3 kinds) keys)) <| fun (kinds, key) ->
            let dropped = Dropped { Ratio = 0.4; Form = DropoutForm.Inverted }
            let case = caseOf<float> (kinds @ [ dropped ]) losses[0] Penalty.None 5 key
            // What each dropout layer keeps, told by a network with identities behind it.
            let dropouts = case.Network.Layers |> Seq.choose (function Dropout d -> Some d | _ -> None) |> Array.ofSeq
            let mutable units, at = case.Network.Inputs, 0
            let masks =
                [ for layer in case.Network.Layers do
                      match layer with
                      | Affine affine -> units <- affine.Outputs
                      | Custom own -> units <- own.Outputs
                      | Dropout dropout ->
                          let key = case.Key |> Key.child 0 |> Key.child at
                          at <- at + 1
                          trained key { dropout with Form = DropoutForm.Book } (ones<float> units 5)
                      | _ -> () ]
            require (dropouts.Length = masks.Length) "a mask per layer"
            let drawn = Network.gradient case.Key case.Network case.Batch
            let given = Network.gradientWithMasks masks case.Network case.Batch
            require (drawn.Loss = given.Loss) $"losses of {drawn.Loss} and {given.Loss}"
            require (Network.trainingLossWithMasks masks case.Network case.Batch = given.Loss) "the loss alone"
            for a, b in Seq.zip drawn.Parameters given.Parameters do
                require (a.Values.ToArray() = b.Values.ToArray()) a.Name

        let dropped = Dropped { Ratio = 0.5; Form = DropoutForm.Inverted }
        let identity = Elementwise(Activation.LeakyRelu 1.0)
        law "Layers of other kinds come and go without a change in what dropout draws" (Arb.fromGen keys) <| fun key ->
            let loss kinds =
                // Layers' elements are functions of their places: those of the first network serve for all.
                let case = caseOf<float> kinds losses[0] Penalty.None 6 key
                let plain = caseOf<float> [ dropped; dropped ] losses[0] Penalty.None 6 key
                let last = Seq.last plain.Network.Layers
                let layers = case.Network.Layers |> Seq.map (function Affine a when a.Inputs = 5 -> last | layer -> layer)
                Network.trainingLoss case.Key (Network.ofLayers layers) case.Batch
            let expected = loss [ dropped; dropped ]
            for kinds in
                [ [ identity; dropped; dropped ]; [ dropped; identity; dropped ]; [ dropped; identity; identity; dropped ] ] do
                require (loss kinds = expected) $"{kinds}"

        testCase "Masks of a wrong number or shape are refused" <| fun () ->
            let case = caseOf<float> [ Dropped { Ratio = 0.5; Form = DropoutForm.Book } ] losses[0] Penalty.None 6 (Key.ofSeed 1L)
            let refused (masks: Matrix<float> list) (part: string) =
                let gradient () = Network.gradientWithMasks masks case.Network case.Batch
                let error = Assert.Throws<System.ArgumentException>(fun () -> gradient () |> ignore)
                Assert.Contains(part, error.Message)
            refused [] "0 masks for 1 dropout layers"
            refused [ ones 5 5 ] "the mask of dropout 0.5 (book) is 5 x 5, but x is 5 x 6"
    ]
