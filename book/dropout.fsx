// 6.4.3: dropout. In training, random units output 0; in evaluation, all outputs are scaled down.
//
//     dotnet build -c Release && dotnet fsi book/dropout.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// By hand, with the book's ratio: y, the mask, and the backward function.
let ratio = 0.5
let forward (x: Matrix<float>) key =
    let kept = Key.uniforms (x.RowCount * x.ColumnCount) key |> Array.map (fun u -> if u > ratio then 1.0 else 0.0)
    let mask = Matrix<float>.Build.Dense(x.RowCount, x.ColumnCount, kept)
    x.PointwiseMultiply mask, mask, (fun (dy: Matrix<float>) -> dy.PointwiseMultiply mask)
let predict (x: Matrix<float>) = (1.0 - ratio) * x

let key = Key.ofSeed 1L
let x = Matrix<float>.Build.Dense(4, 5, Key.normals 20 (Key.child 0 key))
let dy = Matrix<float>.Build.Dense(4, 5, Key.normals 20 (Key.child 1 key))
let y, mask, back = forward x (Key.child 2 key)

// With the library, and the same mask.
let dropout: Dropout = { Ratio = ratio; Form = DropoutForm.Book }
let struct (ourY, ourBack) = Dropout.forwardWith mask dropout x

// If no mask is given, it is drawn from a key: the same key gives the same mask.
let drawn () = let struct (y, _) = Dropout.forward key dropout x in y

printfn $"in training\n{y}in evaluation\n{predict x}"
let difference =
    List.max
        [ (y - ourY).L2Norm()
          (back dy - ourBack dy).L2Norm()
          (predict x - Dropout.predict dropout x).L2Norm()
          (drawn () - drawn ()).L2Norm() ]
printfn $"largest difference: {difference:E1}"
if not (difference < 1e-12) then exit 1
