// The paths of optimizers down a valley (section 6.1).
//
//     dotnet build -c Release && dotnet fsi scripts/optimizer-path.fsx
//
// An optimizer is data, and its step a function of parameters and gradient, so it minimizes any function of a vector.

#load "Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp
open Functional.Host.Charts

// The book's function: a long, narrow valley, with twenty times as much curvature across as along.
let f x y = x * x / 20.0 + y * y
let vector (values: float[]) = Vector<float>.Build.Dense values
let gradient (p: Vector<float>) = vector [| p[0] / 10.0; 2.0 * p[1] |]

let optimizers =
    [ "SGD", Optimizer.Sgd 0.95
      "Momentum", Optimizer.Momentum(learningRate = 0.1)
      "AdaGrad", Optimizer.AdaGrad(learningRate = 1.5)
      "Adam", Optimizer.Adam(learningRate = 0.3) ]

// All points on the path: 30 steps from (-7, 2).
let path optimizer = Optimizer.path optimizer 30 gradient (vector [| -7.0; 2.0 |])

for name, optimizer in optimizers do
    let last = Array.last (path optimizer)
    printfn $"{name, -10} ends at ({last[0]:F3}, {last[1]:F3}), height {f last[0] last[1]:F5}"

let chart (name, optimizer) : AxesChart =
    let points = path optimizer
    ContourChart(
        name, Axis "x", Axis "y",
        Field = Field.Of(f, struct (-8.0, 8.0), struct (-4.0, 4.0)),
        Paths = [| Series("", [| for p in points -> p[0] |], [| for p in points -> p[1] |]) |])

SmallMultiples("Four ways down the same valley", [| for optimizer in optimizers -> chart optimizer |], Columns = 2)
|> Chart.show

// How does Momentum behave with other numbers? Change them and send the line again:
path (Optimizer.Momentum(learningRate = 0.1, momentum = 0.5)) |> Array.last
