// Every script here starts by loading this file: the built library, printers for matrices, and charts.
// In your own scripts, use `#r "nuget: Functional.Host"` instead of the lines below.

#r "../artifacts/bin/Host/release/MathNet.Numerics.dll"
#r "../artifacts/bin/Host/release/Functional.Core.dll"
#r "../artifacts/bin/Host/release/functional.dll"
#load "Matrices.fsx"
#load "Charts.fsx"
