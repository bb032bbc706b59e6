// What every script here begins with: the library as it was built, and charts.
// In scripts of your own, `#r "nuget: Functional.Host"` takes the place of the three lines below.

#r "../artifacts/bin/Host/release/MathNet.Numerics.dll"
#r "../artifacts/bin/Host/release/Functional.Core.dll"
#r "../artifacts/bin/Host/release/functional.dll"
#load "Charts.fsx"

open MathNet.Numerics.LinearAlgebra

// At the prompt: without what is inside of a matrix, and data by what they are.
fsi.AddPrinter(fun (x: Matrix<float>) -> x.ToString())
fsi.AddPrinter(fun (x: Matrix<float32>) -> x.ToString())
fsi.AddPrinter(fun (data: Functional.Host.Data.ImageDataSet) -> string data)
fsi.AddPrinter(fun (samples: Functional.Host.Data.LabeledImages) -> string samples)
