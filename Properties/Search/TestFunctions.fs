/// Ten functions that optimizers are usually tried on, each with a known least value. Source: Surjanovic and Bingham,
/// Virtual Library of Simulation Experiments, "Optimization Test Problems".
module Functional.Properties.Search.TestFunctions

open System
open Functional

type TestFunction =
    { Name: string
      /// Of each dimension, where it begins and ends.
      Ranges: (float * float) list
      Least: float
      Value: float[] -> float }

let private power (x: float) (n: int) : float = Seq.fold (fun product _ -> product * x) 1.0 (seq { 1..n })

let private sumOver (x: float[]) (term: float -> float) : float = Array.sumBy term x

let private branin (x: float[]) =
    let b, c, t = 5.1 / (4.0 * Math.PI * Math.PI), 5.0 / Math.PI, 1.0 / (8.0 * Math.PI)
    power (x[1] - b * x[0] * x[0] + c * x[0] - 6.0) 2 + 10.0 * (1.0 - t) * Elementary.Cos x[0] + 10.0

let private sixHumpCamel (x: float[]) =
    let a, b = x[0] * x[0], x[1] * x[1]
    (4.0 - 2.1 * a + a * a / 3.0) * a + x[0] * x[1] + (4.0 * b - 4.0) * b

let private beale (x: float[]) =
    Seq.zip [ 1.5; 2.25; 2.625 ] [ 1..3 ] |> Seq.sumBy (fun (a, n) -> power (a - x[0] + x[0] * power x[1] n) 2)

let private hartmann (a: float list list) (p: float list list) (x: float[]) =
    let exponent (row: float list) (center: float list) =
        Seq.zip3 row center x |> Seq.sumBy (fun (a, p, x) -> a * power (x - 1e-4 * p) 2)
    let term (alpha, row, center) = alpha * Elementary.Exp(-(exponent row center))
    -(Seq.zip3 [ 1.0; 1.2; 3.0; 3.2 ] a p |> Seq.sumBy term)

let private hartmann3 =
    hartmann
        [ [ 3.0; 10.0; 30.0 ]; [ 0.1; 10.0; 35.0 ]; [ 3.0; 10.0; 30.0 ]; [ 0.1; 10.0; 35.0 ] ]
        [ [ 3689.0; 1170.0; 2673.0 ]; [ 4699.0; 4387.0; 7470.0 ]
          [ 1091.0; 8732.0; 5547.0 ]; [ 381.0; 5743.0; 8828.0 ] ]

let private hartmann6 =
    hartmann
        [ [ 10.0; 3.0; 17.0; 3.5; 1.7; 8.0 ]; [ 0.05; 10.0; 17.0; 0.1; 8.0; 14.0 ]
          [ 3.0; 3.5; 1.7; 10.0; 17.0; 8.0 ]; [ 17.0; 8.0; 0.05; 10.0; 0.1; 14.0 ] ]
        [ [ 1312.0; 1696.0; 5569.0; 124.0; 8283.0; 5886.0 ]; [ 2329.0; 4135.0; 8307.0; 3736.0; 1004.0; 9991.0 ]
          [ 2348.0; 1451.0; 3522.0; 2883.0; 3047.0; 6650.0 ]; [ 4047.0; 8828.0; 8732.0; 5743.0; 1091.0; 381.0 ] ]

let private rosenbrock (x: float[]) =
    Seq.pairwise x |> Seq.sumBy (fun (a, b) -> 100.0 * power (b - a * a) 2 + power (1.0 - a) 2)

let private ackley (x: float[]) =
    let n = float x.Length
    -20.0 * Elementary.Exp(-0.2 * sqrt (sumOver x (fun x -> x * x) / n))
    - Elementary.Exp(sumOver x (fun x -> Elementary.Cos(2.0 * Math.PI * x)) / n)
    + 20.0 + Math.E

let private rastrigin (x: float[]) = sumOver x (fun x -> x * x - 10.0 * Elementary.Cos(2.0 * Math.PI * x) + 10.0)

let private levy (x: float[]) =
    let w = x |> Array.map (fun x -> 1.0 + (x - 1.0) / 4.0)
    let sine y = power (Elementary.Sin y) 2
    let last = w[w.Length - 1]
    sine (Math.PI * w[0])
    + sumOver w[.. w.Length - 2] (fun w -> power (w - 1.0) 2 * (1.0 + 10.0 * sine (Math.PI * w + 1.0)))
    + power (last - 1.0) 2 * (1.0 + sine (2.0 * Math.PI * last))

let private styblinskiTang (x: float[]) = sumOver x (fun x -> power x 4 - 16.0 * x * x + 5.0 * x) / 2.0

let all: TestFunction list =
    [ { Name = "Branin"; Ranges = [ -5.0, 10.0; 0.0, 15.0 ]; Least = 0.39788735772973816; Value = branin }
      { Name = "six-hump camel"; Ranges = [ -3.0, 3.0; -2.0, 2.0 ]; Least = -1.0316284534898774; Value = sixHumpCamel }
      { Name = "Beale"; Ranges = List.replicate 2 (-4.5, 4.5); Least = 0.0; Value = beale }
      { Name = "Hartmann 3"; Ranges = List.replicate 3 (0.0, 1.0); Least = -3.8627797869493365; Value = hartmann3 }
      { Name = "Hartmann 6"; Ranges = List.replicate 6 (0.0, 1.0); Least = -3.3223680114155147; Value = hartmann6 }
      { Name = "Rosenbrock 4"; Ranges = List.replicate 4 (-5.0, 10.0); Least = 0.0; Value = rosenbrock }
      { Name = "Ackley 4"; Ranges = List.replicate 4 (-32.768, 32.768); Least = 0.0; Value = ackley }
      { Name = "Rastrigin 3"; Ranges = List.replicate 3 (-5.12, 5.12); Least = 0.0; Value = rastrigin }
      { Name = "Levy 4"; Ranges = List.replicate 4 (-10.0, 10.0); Least = 0.0; Value = levy }
      { Name = "Styblinski-Tang 4"
        Ranges = List.replicate 4 (-5.0, 5.0)
        Least = -39.166165703771412 * 4.0
        Value = styblinskiTang } ]
