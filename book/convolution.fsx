// 7.2 to 7.4: im2col, convolution and pooling. With every window written out, a convolution is one matrix product.
//
//     dotnet build -c Release && dotnet fsi book/convolution.fsx

#load "../scripts/Functional.fsx"

open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.FSharp

// Square windows that slide over images.
type Windows = { Image: ImageShape; Kernel: int; Stride: int; Padding: int }

let rows w = (w.Image.Height + 2 * w.Padding - w.Kernel) / w.Stride + 1
let columns w = (w.Image.Width + 2 * w.Padding - w.Kernel) / w.Stride + 1
let size w = w.Image.Channels * w.Kernel * w.Kernel

// Where an element of a window is in x; none in the padding.
let place w element window =
    let sample, place = window / (rows w * columns w), window % (rows w * columns w)
    let channel, inside = element / (w.Kernel * w.Kernel), element % (w.Kernel * w.Kernel)
    let row = place / columns w * w.Stride + inside / w.Kernel - w.Padding
    let column = place % columns w * w.Stride + inside % w.Kernel - w.Padding
    if row < 0 || column < 0 || row >= w.Image.Height || column >= w.Image.Width then None
    else Some((channel * w.Image.Height + row) * w.Image.Width + column, sample)

// The elements of each window in a column: first all windows of the first image, then those of the second.
let im2col w (x: Matrix<float>) =
    Matrix<float>.Build.Dense(size w, rows w * columns w * x.ColumnCount, fun element window ->
        match place w element window with
        | Some(row, sample) -> x[row, sample]
        | None -> 0.0)

// The way back: an element of the image is in several windows, whose values are added up.
let col2im w (cols: Matrix<float>) =
    let x = Matrix<float>.Build.Dense(w.Image.Size, cols.ColumnCount / (rows w * columns w))
    for window in 0 .. cols.ColumnCount - 1 do
        for element in 0 .. cols.RowCount - 1 do
            match place w element window with
            | Some(row, sample) -> x[row, sample] <- x[row, sample] + cols[element, window]
            | None -> ()
    x

let convolution (weight: Matrix<float>) (bias: Vector<float>) w (x: Matrix<float>) =
    let places, cols = rows w * columns w, im2col w x
    let sums = weight * cols + Matrix.init bias.Count cols.ColumnCount (fun row _ -> bias[row])
    // filters x windows of all images -> (filters x windows of an image) x images
    let y = Matrix.init (bias.Count * places) x.ColumnCount (fun row sample ->
        sums[row / places, sample * places + row % places])
    y, fun (dy: Matrix<float>) ->
        let dSums = Matrix.init bias.Count cols.ColumnCount (fun filter window ->
            dy[filter * places + window % places, window / places])
        dSums * cols.Transpose(), dSums.RowSums(), col2im w (weight.Transpose() * dSums)

// The largest of each window, channel by channel: each channel of each image is an image of its own.
let pooling (image: ImageShape) size (x: Matrix<float>) =
    let reshape rows (x: Matrix<float>) =
        Matrix<float>.Build.Dense(rows, x.RowCount * x.ColumnCount / rows, x.ToColumnMajorArray())
    let w = { Image = ImageShape.Of(1, image.Height, image.Width); Kernel = size; Stride = size; Padding = 0 }
    let cols = (im2col w (reshape (image.Height * image.Width) x)).EnumerateColumns() |> Array.ofSeq
    let largest = cols |> Array.map _.MaximumIndex()
    let y = matrix [ [ for column in cols -> column.Maximum() ] ]
    reshape (image.Channels * rows w * columns w) y, fun (dy: Matrix<float>) ->
        let slopes = dy.ToColumnMajorArray()
        Matrix.init (size * size) slopes.Length (fun element window ->
            if element = largest[window] then slopes[window] else 0.0)
        |> col2im w
        |> reshape image.Size

// 3 images of 2 channels, 7 rows and 7 columns, one image per column; 4 filters of 3 x 3.
let image, samples, key = ImageShape.Of(2, 7, 7), 3, Key.ofSeed 1L
let draw rows columns child =
    Matrix<float>.Build.Dense(rows, columns, Key.normals (rows * columns) (Key.child child key))
let x = draw image.Size samples 0
let weight, bias = draw 4 (2 * 3 * 3) 1, (draw 4 1 2).Column 0

let w = { Image = image; Kernel = 3; Stride = 2; Padding = 1 }
let y, back = convolution weight bias w x
let dy = draw y.RowCount samples 3
let dWeight, dBias, dx = back dy
let pooled, poolingBack = pooling image 2 x
let dPooled = draw pooled.RowCount samples 4

// With the library.
let shape = ConvolutionShape.Of(image, filters = 4, kernel = 3, stride = 2, padding = 1)
let struct (ourY, ourBack) = Convolution.forward { Shape = shape; Weight = weight; Bias = bias } x
let struct (gradient, ourDx) = ourBack dy
let struct (ourPooled, ourPoolingBack) = Pooling.forward (Pooling.Max(image, 2)) x

printfn $"im2col: {x.RowCount} x {x.ColumnCount} -> {size w} x {(im2col w x).ColumnCount}, a column for each window"
printfn $"{shape} gives {shape.Output}"
let difference =
    List.max
        [ (y - ourY).L2Norm()
          (dWeight - gradient.Weight).L2Norm()
          (dBias - gradient.Bias).L2Norm()
          (dx - ourDx.Value).L2Norm()
          (pooled - ourPooled).L2Norm()
          (poolingBack dPooled - ourPoolingBack dPooled).L2Norm() ]
printfn $"largest difference: %.1e{difference}"
if not (difference < 1e-12) then exit 1
