namespace Functional.Testing

open System
open FsCheck
open FsCheck.FSharp
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

/// Numbers, sizes and matrices, and what is simpler than they are.
module internal Generate =
    /// Between -10 and 10, with those among them at which functions are wrong most often.
    let number: Gen<float> =
        let thousandths most = Gen.choose (-1000 * most, 1000 * most) |> Gen.map (fun n -> float n / 1000.0)
        Gen.frequency
            [ 4, thousandths 2
              2, thousandths 10
              2, Gen.elements [ 0.0; 1.0; -1.0; 0.5; -0.5; 10.0; -10.0; 1e-3; -1e-3 ] ]

    /// How far a number is from 0, the simplest.
    let private rank (x: float) : float =
        let digits = if x = Math.Floor x then 0.0 elif 10.0 * x = Math.Floor(10.0 * x) then 1e3 else 1e6
        if x = 0.0 then 0.0 else digits + 2.0 * abs x + (if x < 0.0 then 1.0 else 0.0)

    let simplerNumbers (x: float) : float seq =
        seq { 0.0; 1.0; -x; Math.Truncate x; Math.Truncate(10.0 * x) / 10.0; Math.Truncate(0.5 * x) }
        |> Seq.distinct
        |> Seq.filter (fun y -> rank y < rank x)

    /// Sizes from 1 on, mostly small.
    let size (most: int) : Gen<int> = Gen.frequency [ 3, Gen.choose (1, min 4 most); 1, Gen.choose (1, most) ]

    let smallerSizes (n: int) : int seq =
        seq { 1; n / 2; n - 1 } |> Seq.distinct |> Seq.filter (fun m -> m >= 1 && m < n)

    /// Which of n things are kept, where fewer will do: the first ones, the last ones.
    let private fewer (n: int) : (int * int) seq =
        seq { for kept in smallerSizes n do yield! [ 0, kept; n - kept, kept ] }

    let array (count: int) : Gen<float[]> = Gen.arrayOfLength count number

    let simplerArrays (x: float[]) : float[] seq =
        seq {
            if Array.exists ((<>) 0.0) x then
                Array.zeroCreate x.Length
                Array.map (fun x -> Math.Truncate(x: float)) x
            for i in 0 .. min 20 x.Length - 1 do
                for simpler in simplerNumbers x[i] do Array.updateAt i simpler x
        }
        |> Seq.filter ((<>) x)

    let matrix (rows: int) (columns: int) : Gen<Matrix<float>> =
        array (rows * columns) |> Gen.map (fun e -> Matrix<float>.Build.Dense(rows, columns, e))

    /// Fewer columns, fewer rows unless those are given, simpler elements.
    let simplerMatrices (rowsAreFree: bool) (x: Matrix<float>) : Matrix<float> seq =
        seq {
            for first, kept in fewer x.ColumnCount do x.SubMatrix(0, x.RowCount, first, kept)
            if rowsAreFree then
                for first, kept in fewer x.RowCount do x.SubMatrix(first, kept, 0, x.ColumnCount)
            for e in simplerArrays (x.ToColumnMajorArray()) do Matrix<float>.Build.Dense(x.RowCount, x.ColumnCount, e)
        }

    let vector (count: int) : Gen<Vector<float>> = array count |> Gen.map (fun e -> Vector<float>.Build.Dense e)

    let simplerVectors (x: Vector<float>) : Vector<float> seq =
        seq {
            for first, kept in fewer x.Count do x.SubVector(first, kept)
            for e in simplerArrays (x.ToArray()) do Vector<float>.Build.Dense e
        }

    let key: Gen<Key> = Gen.choose64 (0L, Int64.MaxValue) |> Gen.map Key.ofSeed

    let simplerKeys (key: Key) : Key seq =
        [ for seed in 0L .. 2L -> Key.ofSeed seed ] |> Seq.takeWhile (fun simpler -> simpler <> key)

    /// A number of another type, and back: any of ours is one of float32, too, to seven digits.
    let inline cast<'T when Real<'T>> (x: float) : 'T = 'T.CreateChecked x
    let toFloat (x: 'T) : float when Real<'T> = Double.CreateChecked x

    /// As `cast`, for what has elements.
    let castMatrix<'T when Real<'T>> (x: Matrix<float>) : Matrix<'T> = x.Map cast<'T>
    let matrixToFloat (x: Matrix<'T>) : Matrix<float> when Real<'T> = x.Map toFloat
    let castVector<'T when Real<'T>> (x: Vector<float>) : Vector<'T> = x.Map cast<'T>
    let vectorToFloat (x: Vector<'T>) : Vector<float> when Real<'T> = x.Map toFloat

    /// Between 0 and 1.
    let share: Gen<float> = Gen.choose (0, 1000) |> Gen.map (fun n -> float n / 1000.0)
