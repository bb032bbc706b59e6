/// What laws about optimizers run on: leaves, and gradients one after the other.
module Functional.Properties.Descents

open System
open System.Runtime.InteropServices
open Expecto
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

/// Leaves with their lengths and roles, and how many gradients there are.
type Descent = { Leaves: (int * Role) list; Steps: int; Rate: float; Seed: int64 }

let descents: Arbitrary<Descent> =
    let leaf = Gen.zip (Gen.choose (1, 40)) (Gen.elements [ Role.Weight; Role.Bias; Role.Scale; Role.Shift ])
    let generator =
        gen {
            let! count = Gen.choose (1, 4)
            let! leaves = Gen.listOfLength count leaf
            let! steps = Gen.choose (1, 6)
            let! rate = Gen.elements [ 1e-4; 1e-3; 0.01; 0.1; 0.5 ]
            let! seed = seeds.Generator
            return { Leaves = leaves; Steps = steps; Rate = rate; Seed = seed }
        }
    let shrink descent =
        seq {
            if descent.Leaves.Length > 1 then
                for i in 0 .. descent.Leaves.Length - 1 do { descent with Leaves = List.removeAt i descent.Leaves }
            for steps in smaller 1 descent.Steps do { descent with Steps = steps }
            for i, (length, role) in List.indexed descent.Leaves do
                for length in smaller 1 length do
                    { descent with Leaves = List.updateAt i (length, role) descent.Leaves }
        }
    Arb.fromGenShrink (generator, shrink)

/// A law for every optimizer of the table on every descent.
let each name (holds: OptimizerRow -> Optimizer -> Descent -> unit) : Test =
    law name descents (fun descent ->
        for row in optimizers do
            let optimizer = row.Optimizer descent.Rate
            try holds row optimizer descent
            with failure -> failtest $"{optimizer}: {failure.Message}")

/// Normal numbers as leaves of the descent; another index gives others.
let draw<'T when Real<'T>> (descent: Descent) (index: int) : Parameters<'T> =
    let key = Key.ofSeed descent.Seed |> Key.child index
    Parameters.ofSeq
        [ for i, (length, role) in Seq.indexed descent.Leaves ->
              let values = Key.normals length (Key.child i key) |> Array.map Real.number<'T, float>
              Parameter.ofVector $"leaf{i}" role (Vector<'T>.Build.Dense values) ]

let gradients<'T when Real<'T>> (descent: Descent) : Parameters<'T> list =
    [ for k in 1 .. descent.Steps -> draw descent k ]

/// The parameters and the state after all gradients, in order.
let after<'T when Real<'T>> (optimizer: Optimizer) (parameters: Parameters<'T>) (gradients: Parameters<'T> seq) =
    gradients
    |> Seq.fold
        (fun struct (x, state) gradient -> Optimizer.update optimizer state x gradient)
        struct (parameters, Optimizer.init optimizer parameters)

/// The optimizer with every transform but a schedule.
let withTransforms (optimizer: Optimizer) =
    optimizer.WithAccumulation(2).WithClipNorm(0.1).WithClipValue(0.1).WithNoise(0.1).WithWeightDecay(0.1)
        .WithProximalL1(0.1).WithLookAhead(2).WithAverage(0.9)

let bits<'T when Real<'T>> (parameters: Parameters<'T>) : byte[] = bytes ((Parameters.toVector parameters).ToArray())
