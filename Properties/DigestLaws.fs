module Functional.Properties.DigestLaws

open System
open System.Runtime.InteropServices
open Xunit
open Expecto
open FsCheck.FSharp
open Functional
open Functional.FSharp
open Functional.Numerics
open Functional.Properties.Law
open Functional.Properties.Tables
open Functional.Properties.Cases

/// The same network with one bit of one element turned around.
let private flip<'T when Real<'T>> (key: Key) (network: Network<'T>) : Network<'T> =
    let parameters = Network.parameters network
    let elements = (Parameters.toVector parameters).ToArray()
    let bit = (Key.integers 1 (elements.Length * sizeof<'T> * 8) key)[0]
    let bytes = MemoryMarshal.AsBytes(Span elements)
    bytes[bit / 8] <- bytes[bit / 8] ^^^ (1uy <<< bit % 8)
    Network.withParameters (Parameters.withVector (Dense.vector elements) parameters) network

let private everyBitCounts<'T when Real<'T>> (case: Case) =
    let network = network<'T> case
    let key = Key.child 3 case.Key
    Assert.NotEqual<string>(Network.digest network, Network.digest (flip key network))
    Assert.Equal(Network.digest network, Network.digest (flip key (flip key network)))

[<Tests>]
let laws =
    testList "digest" [
        law "the digest changes with any bit of any parameter" (cases 20 1) <| fun case ->
            everyBitCounts<float32> case
            everyBitCounts<float> case

        law "equal networks have equal digests, of 64 hexadecimal digits" (cases 20 1) <| fun case ->
            let digest = Network.digest (network<float32> case)
            Assert.Equal(digest, Network.digest (network<float32> case))
            Assert.Equal(digest, Network.digest (Network.ofLayers (network<float32> case).Layers))
            Assert.Matches("^[0-9a-f]{64}$", digest)

        law "the digest tells precisions apart" (cases 20 1) <| fun case ->
            Assert.NotEqual<string>(Network.digest (network<float32> case), Network.digest (network<float> case))

        let swap =
            function
            | Elementwise activation ->
                Elementwise(if activation = Activation.Relu then Activation.Sigmoid else Activation.Relu)
            | other -> other
        law "the digest tells activations apart" (cases 20 1) <| fun case ->
            let swapped = { case with Layers = List.map swap case.Layers }
            let digest case = Network.digest (network<float> case)
            Assert.Equal((swapped = case), (digest case = digest swapped))

        let numbered (x: float) : ILayer<float> list =
            [ Layer.activation (Activation.LeakyRelu x)
              Layer.activation (Activation.Elu x)
              Layer.dropout x
              BatchNorm.create { Momentum = x; Epsilon = 1e-6 } 3
              BatchNorm.create { Momentum = 0.9; Epsilon = x } 3
              LayerNorm.create x 3 ]
        law "the digest tells layers' numbers apart" seeds <| fun seed ->
            let u = Key.uniforms 2 (Key.ofSeed seed) |> Array.map (fun u -> 0.1 + 0.8 * u)
            let digest layer = Network.digest (Network.ofLayers [ Layer.affine (affine 2 3 (Key.ofSeed seed)); layer ])
            for a, b in List.zip (numbered u[0]) (numbered u[1]) do
                Assert.Equal(digest a, digest a)
                Assert.NotEqual<string>(digest a, digest b)

        law "the digest tells shapes apart, though the numbers are the same" (grids 12 12) <| fun grid ->
            let layer rows columns =
                Layer.affine
                    { Weight = Dense.matrix rows columns (numbers<float> (rows * columns) grid.Key)
                      Bias = Dense.vector (Array.zeroCreate rows) }
            let digest rows columns = Network.digest (Network.ofLayers [ layer rows columns ])
            Assert.Equal((grid.Rows = grid.Columns), (digest grid.Rows grid.Columns = digest grid.Columns grid.Rows))
    ]
