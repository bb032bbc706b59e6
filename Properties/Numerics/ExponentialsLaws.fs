module Functional.Properties.Numerics.ExponentialsLaws

open System
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties
open Functional.Properties.Law

/// Numbers of every size, and the ones at which something changes.
let private inputs: float[] =
    [| yield! [ 0.0; -0.0; 1e-310; -1e-310; 1e-42; 1.0; -1.0; 17.0; -17.0; 50.0; -50.0; 1e300; -1e300 ]
       yield! [ for k in -40 .. 40 -> float k * Math.Log 2.0 / 2.0 ]
       for x in Key.uniforms 4000 Law.key do
           let x = 2.0 * x - 1.0
           yield! [ 1e-8 * x; 0.01 * x; x; 20.0 * x; 85.0 * x; 700.0 * x ] |]

/// The largest error, in units of the last place of the result; results below the normal numbers may be off by their
/// smallest.
let private worst<'T when Real<'T>> (f: 'T[] -> 'T[]) (exact: float -> float) (inputs: float[]) : float =
    let unit, smallest = if sizeof<'T> = 4 then 2.0 ** -23.0, 1.18e-38 else 2.0 ** -52.0, 2.3e-308
    let x: 'T[] = Array.map Real.number inputs
    Array.map2
        (fun x (y: 'T) ->
            let expected = exact (Real.toFloat x)
            let rounded = Real.toFloat (Real.number<'T, float> expected)
            if Real.toFloat y = rounded then 0.0
            else abs (Real.toFloat y - expected) / (unit * max smallest (abs expected)))
        x (f x)
    |> Array.fold max 0.0

let private isExact<'T when Real<'T>> () =
    Assert.InRange(worst<'T> Exponentials.exp Math.Exp inputs, 0.0, 1.5)
    Assert.InRange(worst<'T> Exponentials.tanh Math.Tanh inputs, 0.0, 2.5)
    let sigmoid x = if x >= 0.0 then 1.0 / (1.0 + Math.Exp -x) else Math.Exp x / (1.0 + Math.Exp x)
    Assert.InRange(worst<'T> Exponentials.sigmoid sigmoid inputs, 0.0, 3.0)
    // ln(1 + e) = e ln(u) / (u - 1) with u = 1 + e rounded. Source: W. Kahan.
    let log1p e = let u = 1.0 + e in if u = 1.0 then e else e * Math.Log u / (u - 1.0)
    let softplus x = Math.Max(x, 0.0) + log1p (Math.Exp -(abs x))
    Assert.InRange(worst<'T> Exponentials.softplus softplus inputs, 0.0, 4.0)
    let least = if sizeof<'T> = 4 then 1.2e-38 else 2.3e-308
    let most = if sizeof<'T> = 4 then 3e38 else 1e308
    let positive = inputs |> Array.map abs |> Array.filter (fun x -> x > least && x < most)
    Assert.InRange(worst<'T> Exponentials.log Math.Log positive, 0.0, 2.0)

let private atTheEdges<'T when Real<'T>> () =
    let edges: 'T[] = Array.map Real.number [| infinity; -infinity; nan; 0.0; -0.0; 1e5; -1e5 |]
    let are (expected: float list) (found: 'T[]) = Assert.Equal<float list>(expected, List.ofArray (Law.floats found))
    are [ infinity; 0.0; nan; 1.0; 1.0; infinity; 0.0 ] (Exponentials.exp edges)
    are [ 1.0; -1.0; nan; 0.0; -0.0; 1.0; -1.0 ] (Exponentials.tanh edges)
    are [ 1.0; 0.0; nan; 0.5; 0.5; 1.0; 0.0 ] (Exponentials.sigmoid edges)
    are [ infinity; 0.0; nan ] (Exponentials.softplus edges[.. 2])
    are [ 1e5; 0.0 ] (Exponentials.softplus edges[5 ..])
    are [ infinity ] (Exponentials.log edges[.. 0])
    are [ nan; -infinity; -infinity ] (Exponentials.log edges[2 .. 4])
    are [ nan; nan ] (Exponentials.log [| edges[1]; edges[6] |])
    let minusZero = Array.item 4 (Exponentials.tanh edges)
    Assert.True(Double.IsNegative(Real.toFloat minusZero))

let private isAlikeInAnyPlace<'T when Real<'T>> () =
    let x: 'T[] = Array.map Real.number (Key.uniforms 100 Law.key)
    for f in [ Exponentials.exp; Exponentials.tanh; Exponentials.sigmoid; Exponentials.softplus; Exponentials.log ] do
        Law.sameBits (f x) (Array.collect (fun x -> f [| x |]) x)

[<Tests>]
let laws =
    testList "exponentials" [
        testCase "Exponentials and logarithms are right to a few units in the last place" <| fun () ->
            isExact<float32> ()
            isExact<float> ()

        testCase "Exponentials and logarithms of infinities, zeros and what is not a number" <| fun () ->
            atTheEdges<float32> ()
            atTheEdges<float> ()

        testCase "An element's exponential does not depend on its place" <| fun () ->
            isAlikeInAnyPlace<float32> ()
            isAlikeInAnyPlace<float> ()
    ]
