// Every script here starts by loading this file: the built library, and charts.
// In your own scripts, use `#r "nuget: Functional.Host"` instead of the three lines below.

#r "../artifacts/bin/Host/release/MathNet.Numerics.dll"
#r "../artifacts/bin/Host/release/Functional.Core.dll"
#r "../artifacts/bin/Host/release/functional.dll"
#load "Charts.fsx"

open MathNet.Numerics.LinearAlgebra

// Short output at the prompt for matrices and data sets.
fsi.AddPrinter(fun (x: Matrix<float>) -> x.ToString())
fsi.AddPrinter(fun (x: Matrix<float32>) -> x.ToString())
fsi.AddPrinter(fun (data: Functional.Host.Data.ImageDataSet) -> string data)
fsi.AddPrinter(fun (samples: Functional.Host.Data.LabeledImages) -> string samples)
