// Short output at the prompt for matrices. F# Interactive loads this file after `#r "nuget: Functional.Core"`.
module Matrices

open MathNet.Numerics.LinearAlgebra

fsi.AddPrinter(fun (x: Matrix<float>) -> x.ToString())
fsi.AddPrinter(fun (x: Matrix<float32>) -> x.ToString())
