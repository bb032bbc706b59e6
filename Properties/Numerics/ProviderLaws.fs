/// Products through Math.NET agree with its own.
module ProviderLaws

open System
open FsCheck
open FsCheck.FSharp
open Functional
open MathNet.Numerics.LinearAlgebra
open MathNet.Numerics.Providers.LinearAlgebra
open Xunit
open Expecto
open Functional.Properties.Law
open Functional.Properties.Cases

let private managed = ManagedLinearAlgebraProvider()

/// m x k times k x n.
type private Product =
    { M: int; N: int; K: int; Transposes: Transpose * Transpose; Factors: float * float; Threads: int; Seed: int }

let private products: Arbitrary<Product> =
    let generator =
        gen {
            let! m, n, k = Gen.three (Gen.choose (1, 40))
            let! transposes =
                Gen.two (Gen.elements [ Transpose.DontTranspose; Transpose.Transpose; Transpose.ConjugateTranspose ])
            let! factors = Gen.two (Gen.elements [ 0.0; 1.0; -1.0; 0.75 ])
            let! threads = Gen.choose (1, 2)
            let! seed = Gen.choose (0, Int32.MaxValue)
            return { M = m; N = n; K = k; Transposes = transposes; Factors = factors; Threads = threads; Seed = seed }
        }
    let shrink product =
        seq {
            for m in smaller 1 product.M do { product with M = m }
            for n in smaller 1 product.N do { product with N = n }
            for k in smaller 1 product.K do { product with K = k }
            for threads in smaller 1 product.Threads do { product with Threads = threads }
        }
    Arb.fromGenShrink (generator, shrink)

let private agrees<'T when Real<'T>>
    (name: string) (tolerance: float) (ours: int -> ILinearAlgebraProvider<'T>) (theirs: ILinearAlgebraProvider<'T>) =
    law name products <| fun product ->
        let { M = m; N = n; K = k; Transposes = transposeA, transposeB; Factors = alpha, beta } = product
        let random = Random product.Seed
        let elements count = Array.init count (fun _ -> 'T.CreateChecked(2.0 * random.NextDouble() - 1.0))
        let stored transpose rows columns = if transpose = Transpose.DontTranspose then rows, columns else columns, rows
        let a, b, c = elements (m * k), elements (k * n), elements (m * n)
        let (rowsA, columnsA), (rowsB, columnsB) = stored transposeA m k, stored transposeB k n
        let alpha, beta = 'T.CreateChecked<float> alpha, 'T.CreateChecked<float> beta
        let result (provider: ILinearAlgebraProvider<'T>) =
            let c = Array.copy c
            provider.MatrixMultiplyWithUpdate(
                transposeA, transposeB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c)
            c
        Array.forall2
            (fun (x: 'T) (y: 'T) -> Double.CreateChecked('T.Abs(x - y)) <= tolerance * float (k + 1))
            (result (ours product.Threads))
            (result theirs)

[<Tests>]
let laws =
    testList "provider" [
        agrees<float32>
            "updates agree with Math.NET's to rounding, in float32" 2e-7 (fun t -> MathNetProvider t) managed

        agrees<float> "updates agree with Math.NET's to rounding, in float" 4e-16 (fun t -> MathNetProvider t) managed

        testCase "a matrix may be multiplied into itself" <| fun () ->
            let provider = MathNetProvider 1 :> ILinearAlgebraProvider<float>
            let a = [| 1.0; 3.0; 2.0; 4.0 |]
            provider.MatrixMultiply(a, 2, 2, a, 2, 2, a)
            Assert.Equal<float>([| 7.0; 15.0; 10.0; 22.0 |], a)

        testCase "arrays that don't fit are refused" <| fun () ->
            let provider = MathNetProvider 1 :> ILinearAlgebraProvider<float32>
            let refused rowsA columnsA rowsB columnsB elements =
                Assert.Throws<ArgumentOutOfRangeException>(
                    Action(fun () ->
                        provider.MatrixMultiply(
                            Array.zeroCreate 6, rowsA, columnsA,
                            Array.zeroCreate 6, rowsB, columnsB,
                            Array.zeroCreate elements)))
                |> ignore
            refused 2 3 2 3 4
            refused 2 3 3 2 5
            refused 3 3 3 2 6
            refused 2 3 3 4 8
            Assert.Throws<ArgumentException>(Action(fun () -> MathNetProvider 0 |> ignore)) |> ignore

        testCase "Math.NET's own matrices use the provider that is set" <| fun () ->
            let former = LinearAlgebraControl.Provider
            let a = Matrix<float>.Build.Random(30, 20, 1)
            let b = Matrix<float>.Build.Random(20, 10, 2)
            let expected = a * b
            try
                LinearAlgebraControl.Provider <- MathNetProvider 2
                Assert.True((a * b - expected).InfinityNorm() < 1e-13)
                // Forwarded: a factorization.
                Assert.True((a.QR().Q * a.QR().R - a).InfinityNorm() < 1e-13)
            finally
                LinearAlgebraControl.Provider <- former
    ]
