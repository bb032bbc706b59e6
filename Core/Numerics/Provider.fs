namespace Functional

open System
open System.Numerics
open MathNet.Numerics
open MathNet.Numerics.Providers.LinearAlgebra
open Functional.Numerics
open Functional.Numerics.Product

module private Blas =

    /// op(x), where x is stored as rows x columns.
    [<Struct; NoEquality; NoComparison>]
    type Factor<'T> =
        { Transpose: Transpose
          Data: 'T[]
          Rows: int
          Columns: int }

        member x.Transposed = x.Transpose <> Transpose.DontTranspose
        /// Rows and columns of op(x).
        member x.Shape = if x.Transposed then struct (x.Columns, x.Rows) else struct (x.Rows, x.Columns)

    let private operand (x: Factor<'T>) : Operand<'T> =
        { Data = x.Data; Offset = 0; Stride = x.Rows; Transposed = x.Transposed }

    let private checkLength name (x: Factor<'T>) =
        ArgumentNullException.ThrowIfNull(x.Data, name)
        if x.Rows < 0 || x.Columns < 0 || int64 x.Data.Length < int64 x.Rows * int64 x.Columns then
            let message = $"{x.Rows} x {x.Columns} elements don't fit into {x.Data.Length}"
            raise (ArgumentOutOfRangeException(name, message))

    /// c = alpha op(a) op(b) + beta c. As in BLAS, what is multiplied by zero is not read.
    let update<'T when Real<'T>> threads (alpha: 'T) (a: Factor<'T>) (b: Factor<'T>) (beta: 'T) (c: 'T[]) : unit =
        checkLength (nameof a) a
        checkLength (nameof b) b
        ArgumentNullException.ThrowIfNull(c, nameof c)
        let struct (m, k), struct (rows, n) = a.Shape, b.Shape
        if rows <> k then
            raise (ArgumentOutOfRangeException(nameof b, $"op(a) is {m} x {k}, so op(b) can't be {rows} x {n}"))
        if int64 c.Length <> int64 m * int64 n then
            raise (ArgumentOutOfRangeException(nameof c, $"a {m} x {n} product doesn't fit {c.Length} elements"))
        let product (into: 'T[]) =
            let c = { Data = into; Offset = 0; Stride = m; Transposed = false }
            Team.withThreads threads (fun () -> Product.multiply m n k (operand a) (operand b) c)
        let inPlace = obj.ReferenceEquals(a.Data, c) || obj.ReferenceEquals(b.Data, c)
        if 'T.IsZero beta && alpha.Equals('T.One) && not inPlace then
            product c
        else
            let sums: 'T[] = Array.zeroCreate c.Length
            if not ('T.IsZero alpha) then product sums
            for i in 0 .. c.Length - 1 do
                let start: 'T = if 'T.IsZero beta then 'T.Zero else beta * c[i]
                c[i] <- 'T.FusedMultiplyAdd(alpha, sums[i], start)

    let multiply<'T when Real<'T>> threads (a: 'T[]) rowsA columnsA (b: 'T[]) rowsB columnsB (c: 'T[]) : unit =
        let factor data rows columns =
            { Transpose = Transpose.DontTranspose; Data = data; Rows = rows; Columns = columns }
        update threads 'T.One (factor a rowsA columnsA) (factor b rowsB columnsB) 'T.Zero c

open Blas

/// Math.NET's linear algebra with this library's matrix products, in `float32` and `float`; everything else is
/// forwarded to Math.NET's managed provider. After `LinearAlgebraControl.Provider <- MathNetProvider 2` the products of
/// Math.NET's dense matrices are ours, on up to two threads. Functional itself never looks at that setting.
/// Raises ArgumentException if `threads` is less than 1, and, as Math.NET does, ArgumentNullException and
/// ArgumentOutOfRangeException for arrays that are missing or don't fit.
[<Sealed>]
type MathNetProvider(threads: int) =
    do if threads < 1 then invalidArg (nameof threads) $"at least one thread is needed, not {threads}"

    let managed = ManagedLinearAlgebraProvider() :> ILinearAlgebraProvider
    let single = managed :> ILinearAlgebraProvider<float32>
    let double = managed :> ILinearAlgebraProvider<float>
    let complex = managed :> ILinearAlgebraProvider<Complex>
    let complex32 = managed :> ILinearAlgebraProvider<Complex32>

    override _.ToString() = $"Functional ({threads} threads)"

    interface ILinearAlgebraProvider with
        member _.IsAvailable() = managed.IsAvailable()
        member _.InitializeVerify() = managed.InitializeVerify()
        member _.FreeResources() = managed.FreeResources()

    interface ILinearAlgebraProvider<float32> with
        member _.AddVectorToScaledVector(y, alpha, x, result) = single.AddVectorToScaledVector(y, alpha, x, result)
        member _.ScaleArray(alpha, x, result) = single.ScaleArray(alpha, x, result)
        member _.ConjugateArray(x, result) = single.ConjugateArray(x, result)
        member _.DotProduct(x, y) = single.DotProduct(x, y)
        member _.AddArrays(x, y, result) = single.AddArrays(x, y, result)
        member _.SubtractArrays(x, y, result) = single.SubtractArrays(x, y, result)
        member _.PointWiseMultiplyArrays(x, y, result) = single.PointWiseMultiplyArrays(x, y, result)
        member _.PointWiseDivideArrays(x, y, result) = single.PointWiseDivideArrays(x, y, result)
        member _.PointWisePowerArrays(x, y, result) = single.PointWisePowerArrays(x, y, result)
        member _.MatrixNorm(norm, rows, columns, matrix) = single.MatrixNorm(norm, rows, columns, matrix)
        member _.LUFactor(data, order, ipiv) = single.LUFactor(data, order, ipiv)
        member _.LUInverse(a, order) = single.LUInverse(a, order)
        member _.LUInverseFactored(a, order, ipiv) = single.LUInverseFactored(a, order, ipiv)
        member _.LUSolve(columnsOfB, a, order, b) = single.LUSolve(columnsOfB, a, order, b)
        member _.LUSolveFactored(columnsOfB, a, order, ipiv, b) = single.LUSolveFactored(columnsOfB, a, order, ipiv, b)
        member _.CholeskyFactor(a, order) = single.CholeskyFactor(a, order)
        member _.CholeskySolve(a, orderA, b, columnsB) = single.CholeskySolve(a, orderA, b, columnsB)
        member _.CholeskySolveFactored(a, orderA, b, columnsB) = single.CholeskySolveFactored(a, orderA, b, columnsB)
        member _.QRFactor(a, rowsA, columnsA, q, tau) = single.QRFactor(a, rowsA, columnsA, q, tau)
        member _.ThinQRFactor(a, rowsA, columnsA, r, tau) = single.ThinQRFactor(a, rowsA, columnsA, r, tau)
        member _.QRSolve(a, rows, columns, b, columnsB, x, method) =
            single.QRSolve(a, rows, columns, b, columnsB, x, method)
        member _.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method) =
            single.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method)
        member _.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt) =
            single.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt)
        member _.SvdSolve(a, rowsA, columnsA, b, columnsB, x) = single.SvdSolve(a, rowsA, columnsA, b, columnsB, x)
        member _.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x) =
            single.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x)
        member _.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD) =
            single.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD)

        member _.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result) =
            Blas.multiply threads x rowsX columnsX y rowsY columnsY result

        member _.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c) =
            let a = { Transpose = opA; Data = a; Rows = rowsA; Columns = columnsA }
            let b = { Transpose = opB; Data = b; Rows = rowsB; Columns = columnsB }
            Blas.update threads alpha a b beta c

    interface ILinearAlgebraProvider<float> with
        member _.AddVectorToScaledVector(y, alpha, x, result) = double.AddVectorToScaledVector(y, alpha, x, result)
        member _.ScaleArray(alpha, x, result) = double.ScaleArray(alpha, x, result)
        member _.ConjugateArray(x, result) = double.ConjugateArray(x, result)
        member _.DotProduct(x, y) = double.DotProduct(x, y)
        member _.AddArrays(x, y, result) = double.AddArrays(x, y, result)
        member _.SubtractArrays(x, y, result) = double.SubtractArrays(x, y, result)
        member _.PointWiseMultiplyArrays(x, y, result) = double.PointWiseMultiplyArrays(x, y, result)
        member _.PointWiseDivideArrays(x, y, result) = double.PointWiseDivideArrays(x, y, result)
        member _.PointWisePowerArrays(x, y, result) = double.PointWisePowerArrays(x, y, result)
        member _.MatrixNorm(norm, rows, columns, matrix) = double.MatrixNorm(norm, rows, columns, matrix)
        member _.LUFactor(data, order, ipiv) = double.LUFactor(data, order, ipiv)
        member _.LUInverse(a, order) = double.LUInverse(a, order)
        member _.LUInverseFactored(a, order, ipiv) = double.LUInverseFactored(a, order, ipiv)
        member _.LUSolve(columnsOfB, a, order, b) = double.LUSolve(columnsOfB, a, order, b)
        member _.LUSolveFactored(columnsOfB, a, order, ipiv, b) = double.LUSolveFactored(columnsOfB, a, order, ipiv, b)
        member _.CholeskyFactor(a, order) = double.CholeskyFactor(a, order)
        member _.CholeskySolve(a, orderA, b, columnsB) = double.CholeskySolve(a, orderA, b, columnsB)
        member _.CholeskySolveFactored(a, orderA, b, columnsB) = double.CholeskySolveFactored(a, orderA, b, columnsB)
        member _.QRFactor(a, rowsA, columnsA, q, tau) = double.QRFactor(a, rowsA, columnsA, q, tau)
        member _.ThinQRFactor(a, rowsA, columnsA, r, tau) = double.ThinQRFactor(a, rowsA, columnsA, r, tau)
        member _.QRSolve(a, rows, columns, b, columnsB, x, method) =
            double.QRSolve(a, rows, columns, b, columnsB, x, method)
        member _.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method) =
            double.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method)
        member _.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt) =
            double.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt)
        member _.SvdSolve(a, rowsA, columnsA, b, columnsB, x) = double.SvdSolve(a, rowsA, columnsA, b, columnsB, x)
        member _.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x) =
            double.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x)
        member _.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD) =
            double.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD)

        member _.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result) =
            Blas.multiply threads x rowsX columnsX y rowsY columnsY result

        member _.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c) =
            let a = { Transpose = opA; Data = a; Rows = rowsA; Columns = columnsA }
            let b = { Transpose = opB; Data = b; Rows = rowsB; Columns = columnsB }
            Blas.update threads alpha a b beta c

    interface ILinearAlgebraProvider<Complex> with
        member _.AddVectorToScaledVector(y, alpha, x, result) = complex.AddVectorToScaledVector(y, alpha, x, result)
        member _.ScaleArray(alpha, x, result) = complex.ScaleArray(alpha, x, result)
        member _.ConjugateArray(x, result) = complex.ConjugateArray(x, result)
        member _.DotProduct(x, y) = complex.DotProduct(x, y)
        member _.AddArrays(x, y, result) = complex.AddArrays(x, y, result)
        member _.SubtractArrays(x, y, result) = complex.SubtractArrays(x, y, result)
        member _.PointWiseMultiplyArrays(x, y, result) = complex.PointWiseMultiplyArrays(x, y, result)
        member _.PointWiseDivideArrays(x, y, result) = complex.PointWiseDivideArrays(x, y, result)
        member _.PointWisePowerArrays(x, y, result) = complex.PointWisePowerArrays(x, y, result)
        member _.MatrixNorm(norm, rows, columns, matrix) = complex.MatrixNorm(norm, rows, columns, matrix)
        member _.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result) =
            complex.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result)
        member _.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c) =
            complex.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c)
        member _.LUFactor(data, order, ipiv) = complex.LUFactor(data, order, ipiv)
        member _.LUInverse(a, order) = complex.LUInverse(a, order)
        member _.LUInverseFactored(a, order, ipiv) = complex.LUInverseFactored(a, order, ipiv)
        member _.LUSolve(columnsOfB, a, order, b) = complex.LUSolve(columnsOfB, a, order, b)
        member _.LUSolveFactored(columnsOfB, a, order, ipiv, b) = complex.LUSolveFactored(columnsOfB, a, order, ipiv, b)
        member _.CholeskyFactor(a, order) = complex.CholeskyFactor(a, order)
        member _.CholeskySolve(a, orderA, b, columnsB) = complex.CholeskySolve(a, orderA, b, columnsB)
        member _.CholeskySolveFactored(a, orderA, b, columnsB) = complex.CholeskySolveFactored(a, orderA, b, columnsB)
        member _.QRFactor(a, rowsA, columnsA, q, tau) = complex.QRFactor(a, rowsA, columnsA, q, tau)
        member _.ThinQRFactor(a, rowsA, columnsA, r, tau) = complex.ThinQRFactor(a, rowsA, columnsA, r, tau)
        member _.QRSolve(a, rows, columns, b, columnsB, x, method) =
            complex.QRSolve(a, rows, columns, b, columnsB, x, method)
        member _.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method) =
            complex.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method)
        member _.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt) =
            complex.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt)
        member _.SvdSolve(a, rowsA, columnsA, b, columnsB, x) = complex.SvdSolve(a, rowsA, columnsA, b, columnsB, x)
        member _.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x) =
            complex.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x)
        member _.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD) =
            complex.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD)

    interface ILinearAlgebraProvider<Complex32> with
        member _.AddVectorToScaledVector(y, alpha, x, result) = complex32.AddVectorToScaledVector(y, alpha, x, result)
        member _.ScaleArray(alpha, x, result) = complex32.ScaleArray(alpha, x, result)
        member _.ConjugateArray(x, result) = complex32.ConjugateArray(x, result)
        member _.DotProduct(x, y) = complex32.DotProduct(x, y)
        member _.AddArrays(x, y, result) = complex32.AddArrays(x, y, result)
        member _.SubtractArrays(x, y, result) = complex32.SubtractArrays(x, y, result)
        member _.PointWiseMultiplyArrays(x, y, result) = complex32.PointWiseMultiplyArrays(x, y, result)
        member _.PointWiseDivideArrays(x, y, result) = complex32.PointWiseDivideArrays(x, y, result)
        member _.PointWisePowerArrays(x, y, result) = complex32.PointWisePowerArrays(x, y, result)
        member _.MatrixNorm(norm, rows, columns, matrix) = complex32.MatrixNorm(norm, rows, columns, matrix)
        member _.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result) =
            complex32.MatrixMultiply(x, rowsX, columnsX, y, rowsY, columnsY, result)
        member _.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c) =
            complex32.MatrixMultiplyWithUpdate(opA, opB, alpha, a, rowsA, columnsA, b, rowsB, columnsB, beta, c)
        member _.LUFactor(data, order, ipiv) = complex32.LUFactor(data, order, ipiv)
        member _.LUInverse(a, order) = complex32.LUInverse(a, order)
        member _.LUInverseFactored(a, order, ipiv) = complex32.LUInverseFactored(a, order, ipiv)
        member _.LUSolve(columnsOfB, a, order, b) = complex32.LUSolve(columnsOfB, a, order, b)
        member _.LUSolveFactored(columnsOfB, a, order, ipiv, b) =
            complex32.LUSolveFactored(columnsOfB, a, order, ipiv, b)
        member _.CholeskyFactor(a, order) = complex32.CholeskyFactor(a, order)
        member _.CholeskySolve(a, orderA, b, columnsB) = complex32.CholeskySolve(a, orderA, b, columnsB)
        member _.CholeskySolveFactored(a, orderA, b, columnsB) = complex32.CholeskySolveFactored(a, orderA, b, columnsB)
        member _.QRFactor(a, rowsA, columnsA, q, tau) = complex32.QRFactor(a, rowsA, columnsA, q, tau)
        member _.ThinQRFactor(a, rowsA, columnsA, r, tau) = complex32.ThinQRFactor(a, rowsA, columnsA, r, tau)
        member _.QRSolve(a, rows, columns, b, columnsB, x, method) =
            complex32.QRSolve(a, rows, columns, b, columnsB, x, method)
        member _.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method) =
            complex32.QRSolveFactored(q, r, rowsA, columnsA, tau, b, columnsB, x, method)
        member _.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt) =
            complex32.SingularValueDecomposition(computeVectors, a, rowsA, columnsA, s, u, vt)
        member _.SvdSolve(a, rowsA, columnsA, b, columnsB, x) = complex32.SvdSolve(a, rowsA, columnsA, b, columnsB, x)
        member _.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x) =
            complex32.SvdSolveFactored(rowsA, columnsA, s, u, vt, b, columnsB, x)
        member _.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD) =
            complex32.EigenDecomp(isSymmetric, order, matrix, matrixEv, vectorEv, matrixD)
