// 6.1.8, 6.2.4: smooth_curve. Each point is a weighted mean of eleven, which shows the trend of a noisy loss.
//
//     dotnet build -c Release && dotnet fsi book/smooth-curve.fsx

#load "../scripts/Functional.fsx"

open Functional.FSharp
open Functional.Host.Experiments

let losses = Key.normals 60 (Key.ofSeed 1L) |> Array.mapi (fun i z -> 2.0 * exp (float -i / 20.0) + 0.1 * z)

// By hand: a Kaiser window with beta 2, the curve mirrored at both ends. The modified Bessel function is a series.
let bessel x = List.scan (fun term k -> term * x * x / (4.0 * k * k)) 1.0 [ 1.0 .. 25.0 ] |> List.sum
let window = [ for k in -5 .. 5 -> bessel (2.0 * sqrt (1.0 - float (k * k) / 25.0)) ]
let mirrored i = if i < 0 then losses[-i] elif i < losses.Length then losses[i] else losses[2 * losses.Length - 1 - i]
let byHand =
    [| for i in 0 .. losses.Length - 1 ->
           (List.mapi (fun k weight -> weight * mirrored (i + k - 5)) window |> List.sum) / List.sum window |]

// With the library.
let ours = Smoothing.Kaiser losses

printfn $"at 30: {losses[30]:F4}, smooth by hand {byHand[30]:F4}, with the library {ours[30]:F4}"
let difference = Seq.map2 (fun a b -> abs (a - b)) byHand ours |> Seq.max
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
