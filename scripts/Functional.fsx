// What every script here begins with: the library as it was built, and charts.
// In scripts of your own, `#r "nuget: Functional.Host"` takes the place of the three lines below.

#r "../artifacts/bin/Host/release/MathNet.Numerics.dll"
#r "../artifacts/bin/Host/release/Functional.Core.dll"
#r "../artifacts/bin/Host/release/functional.dll"
#load "Charts.fsx"
