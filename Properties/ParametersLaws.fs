module Functional.Properties.ParametersLaws

open System.Collections.Generic
open MathNet.Numerics.LinearAlgebra
open Xunit
open Expecto
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Cases

let private parametersOf (case: Case) = Network.parameters (network<float> case)

[<Tests>]
let laws =
    testList "parameters" [
        law "parameters are their vector, and the vector is the parameters" (cases 20 1) <| fun case ->
            let p = parametersOf case
            let x = Parameters.toVector p
            Assert.Equal(p.Length, x.Count)
            Law.sameParameters p (Parameters.withVector x p)
            let other: Vector<float> = vector x.Count (Key.child 3 case.Key)
            Law.sameBits (other.ToArray()) ((Parameters.toVector (Parameters.withVector other p)).ToArray())
            let longer: Vector<float> = vector (x.Count + 1) case.Key
            Assert.Contains($"{x.Count + 1}", Law.refused (fun () -> Parameters.withVector longer p))

        law "a matrix is a leaf, and the leaf is the matrix" (grids 40 40) <| fun grid ->
            let x = matrix<float32> grid.Rows grid.Columns grid.Key
            let leaf = Parameter.ofMatrix "w" Role.Weight x
            Law.sameMatrix x leaf.Matrix
            Law.sameMatrix x (Parameter.ofMatrix "w" Role.Weight (Matrix.Build.SparseOfMatrix x)).Matrix
            Assert.Equal({ Rows = grid.Rows; Columns = grid.Columns }, leaf.Shape)

        law "maps go over every element, leaf by leaf" (cases 20 1) <| fun case ->
            let p = parametersOf case
            let double = Parameters.map (fun x -> 2.0 * x) p
            Law.sameParameters p (Parameters.map id p)
            Law.sameParameters double (Parameters.map2 (+) p p)
            Law.sameParameters p (Parameters.map2 (-) double p)
            Assert.All(Parameters.toVector (Parameters.zeros p), fun x -> Assert.Equal(0.0, x))

        law "every leaf is found by its name, and others are not" (cases 20 1) <| fun case ->
            let p = parametersOf case
            for i, leaf in Seq.indexed p do
                for found in [ p[leaf.Name]; p[i] ] do
                    Law.sameParameters (Parameters.ofSeq [ leaf ]) (Parameters.ofSeq [ found ])
            let missing = Assert.Throws<KeyNotFoundException>(fun () -> p["affine0.weight"] |> ignore)
            for leaf in p do Assert.Contains(leaf.Name, missing.Message)

        law "two leaves of one name are refused" (cases 20 1) <| fun case ->
            let leaves = List.ofSeq (parametersOf case)
            Law.sameParameters (parametersOf case) (Parameters.ofSeq leaves)
            Assert.Contains(leaves.Head.Name, Law.refused (fun () -> Parameters.ofSeq (leaves @ [ leaves.Head ])))

        law "a leaf whose elements don't fill its shape is refused" (grids 20 20) <| fun grid ->
            let leaf = Parameter.ofMatrix "w" Role.Weight (matrix<float> grid.Rows grid.Columns grid.Key)
            for count in [ leaf.Shape.Length - 1; leaf.Shape.Length + 1 ] do
                if count > 0 then
                    let message =
                        Law.refused (fun () -> Parameters.ofSeq [ { leaf with Values = vector count grid.Key } ])
                    Assert.Contains($"{count}", message)

        law "parameters with other leaves are distinguished" (cases 20 1) <| fun case ->
            let p = parametersOf case
            let fewer = Parameters.ofSeq (Seq.tail p)
            let renamed = Parameters.ofSeq (p |> Seq.map (fun leaf -> { leaf with Name = leaf.Name + "'" }))
            for other in [ fewer; renamed ] do
                Law.refused (fun () -> Parameters.map2 (+) p other) |> ignore
                Law.refused (fun () -> Network.withParameters other (network case)) |> ignore
    ]
