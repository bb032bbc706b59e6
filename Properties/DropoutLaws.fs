module Functional.Properties.DropoutLaws

open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

let private factorOf (layer: Dropout) = if layer.Form = DropoutForm.Book then 1.0 else 1.0 / (1.0 - layer.Ratio)

let private dropoutsOf (ratios: float list) : Arbitrary<Dropout> =
    both (rows ratios, rows [ DropoutForm.Inverted; DropoutForm.Book ])
    |> Arb.convert (fun (ratio, form) -> { Ratio = ratio; Form = form }) (fun layer -> layer.Ratio, layer.Form)

let private any = dropoutsOf [ 0.01; 0.1; 0.2; 0.5; 0.75; 0.99 ]

let private trained (key: Key) (layer: Dropout) (x: Matrix<'T>) : Matrix<'T> =
    let struct (y, _) = Dropout.forward key layer x
    y

let private ones<'T when Real<'T>> (rows: int) (columns: int) : Matrix<'T> =
    Matrix<'T>.Build.Dense(rows, columns, 'T.One)

[<Tests>]
let laws =
    testList "dropout" [
        law "elements are dropped, or kept with the factor of the form" (both (any, grids 70 9)) <| fun (layer, grid) ->
            let x = matrix<float> grid.Rows grid.Columns grid.Key
            let struct (y, pullback) = Dropout.forward grid.Key layer x
            let dx = elements (pullback (ones grid.Rows grid.Columns))
            for d in dx do Assert.True((d = 0.0 || d = factorOf layer), $"a factor of {d}")
            Assert.Equal<float>(Array.map2 (*) (elements x) dx, elements y)

        law "the share that is dropped is the ratio" (both (any, seeds)) <| fun (layer, seed) ->
            let n = 20000
            let y = trained (Key.ofSeed seed) layer (ones<float32> 100 (n / 100))
            let dropped = elements y |> Array.filter ((=) 0.0f) |> Array.length |> float
            // Six deviations: one in a billion.
            let most = 6.0 * sqrt (float n * layer.Ratio * (1.0 - layer.Ratio))
            Assert.Equal(layer.Ratio * float n, dropped, most)

        law "neighbours, and the masks of neighbouring keys, are independent" seeds <| fun seed ->
            let n, key = 20000, Key.ofSeed seed
            let half = { Ratio = 0.5; Form = DropoutForm.Book }
            let mask key = elements (trained key half (ones<float> n 1)) |> Array.map (fun x -> 2.0 * x - 1.0)
            let a, b = mask (Key.child 0 key), mask (Key.child 1 key)
            let correlated distance (x: float[]) (y: float[]) =
                let mutable sum = 0.0
                for i in distance .. n - 1 do sum <- sum + x[i] * y[i - distance]
                abs sum > 6.0 * sqrt (float n)
            for distance in [ 1; 2; 7; 8; 16; 64 ] do
                Assert.False(correlated distance a a, $"elements at a distance of {distance}")
            Assert.False(correlated 0 a b, "two keys")

        law "in both forms evaluation is what training gives on average" (both (dropoutsOf [ 0.2; 0.5 ], seeds))
        <| fun (layer, seed) ->
            let key, draws = Key.ofSeed seed, 400
            let x = matrix<float> 4 2 (Key.child 0 key)
            let total = Seq.init draws (fun i -> trained (Key.child (i + 1) key) layer x) |> Seq.reduce (+)
            let means, evaluated = elements (total / float draws), elements (Dropout.predict layer x)
            for x, mean, evaluated in Seq.zip3 (elements x) means evaluated do
                let deviation = abs x * factorOf layer * sqrt (layer.Ratio * (1.0 - layer.Ratio) / float draws)
                Assert.Equal(evaluated, mean, 6.0 * deviation)

        law "the bits are Philox's, sixteen per element" (both (any, grids 500 1)) <| fun (layer, grid) ->
            let kept = Mask.create grid.Key layer.Ratio grid.Rows
            for e in 0 .. grid.Rows - 1 do
                let counter = 8 * (e / 64) + e % 16 / 2
                let struct (a, b, c, d) = Philox.block grid.Key (uint32 counter) 0u 0u Philox.masks
                let bits = [| a; b; c; d |][e / 16 % 4] >>> 16 * (e % 2) &&& 0xFFFFu
                let expected = float bits >= System.Math.Round(layer.Ratio * 65536.0)
                Assert.Equal(expected, (kept[e / 8] >>> e % 8 &&& 1uy = 1uy))

        law "threads and the element type don't matter" seeds <| fun seed ->
            let n, key = 200_001, Key.ofSeed seed
            let mask threads = Team.withThreads threads (fun () -> Mask.create key 0.3 n)
            let alone = mask 1
            for threads in [ 2; 3; 5 ] do Assert.True((alone = mask threads), $"{threads} threads")
            let layer = { Ratio = 0.3; Form = DropoutForm.Book }
            let dropped = Team.withThreads 3 (fun () -> elements (trained key layer (ones<float32> n 1)))
            sameBits (elements (trained key layer (ones<float> n 1))) (Array.map float dropped)

        law "a ratio of 0 changes nothing" (both (dropoutsOf [ 0.0 ], seeds)) <| fun (layer, seed) ->
            let x = matrix<float32> 5 3 (Key.ofSeed seed)
            sameMatrix x (trained (Key.ofSeed seed) layer x)
            sameMatrix x (Dropout.predict layer x)

        law "given masks are used as drawn ones are" compositions <| fun case ->
            let case = { case with Layers = case.Layers @ [ Dropped { Ratio = 0.4; Form = DropoutForm.Inverted } ] }
            let network, batch = network<float> case, batch<float> case
            let key = Key.child 0 case.Key
            let mutable units = case.Inputs
            let kept = ResizeArray()
            for plan in case.Layers do
                match plan with
                | Dropped dropout ->
                    let all = ones<float> units case.Samples
                    kept.Add(trained (Key.child kept.Count key) { dropout with Form = DropoutForm.Book } all)
                | Kept row when row = channelDropout ->
                    let layer = row.Layer<float> units
                    let struct (y, _) = layer.Forward(ones units case.Samples, Key.child kept.Count key)
                    kept.Add(y.Map(fun y -> if y > 0.0 then 1.0 else 0.0))
                | other -> units <- widthOf units other
            let masks = List.ofSeq kept
            let drawn, given = Network.gradient case.Key network batch, Network.gradientWithMasks masks network batch
            Assert.Equal(drawn.Loss, given.Loss)
            Assert.Equal(given.Loss, Network.trainingLossWithMasks masks network batch)
            sameParameters drawn.Parameters given.Parameters

        let dropped = Dropped { Ratio = 0.5; Form = DropoutForm.Inverted }
        let identity = Elementwise(Activation.LeakyRelu 1.0)
        law "layers of other kinds come and go without a change in what dropout draws" seeds <| fun seed ->
            let plain = network<float> (composed [ dropped; dropped ] 6 seed)
            let loss between =
                // Layers' elements are functions of their places: those of the first network serve for all.
                let case = composed between 6 seed
                let known (layer: ILayer<float>) = if layer.Inputs = 5 then Seq.last plain.Layers else layer
                let layers = List.map known (layers<float> case)
                Network.trainingLoss case.Key (Network.ofLayers layers) (batch case)
            let expected = loss [ dropped; dropped ]
            for between in
                [ [ identity; dropped; dropped ]
                  [ dropped; identity; dropped ]
                  [ dropped; identity; identity; dropped ] ] do
                Assert.Equal(expected, loss between)

        testCase "masks of a wrong number or shape are refused" <| fun () ->
            let case = composed [ Dropped { Ratio = 0.5; Form = DropoutForm.Book } ] 6 1L
            let isRefused (masks: Matrix<float> list) (part: string) =
                Assert.Contains(part, refused (fun () -> Network.gradientWithMasks masks (network case) (batch case)))
            isRefused [] "0 masks for 1 dropout layers"
            isRefused [ ones 5 5 ] "the mask of dropout 0.5 (book) is 5 x 5, but x is 5 x 6"
    ]
