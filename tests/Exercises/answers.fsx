// Right answers in F#, with other shapes and names than the hints suggest. A test puts references above.

let sigmoid (out: Matrix<float>) (upstream: Matrix<float>) =
    out.Map2((fun y dy -> dy * (y - y ** 2.0)), upstream)

let momentum (rate: float) (share: float) (weight: Matrix<float>) (velocity: Matrix<float>) (gradient: Matrix<float>) =
    let after = share * velocity - rate * gradient
    struct (weight + after, after)

let he (outputs: int) (inputs: int) (key: Key) =
    let scale = sqrt (2.0 / float inputs)
    Matrix<float>.Build.DenseOfColumnMajor(outputs, inputs, key.Normals(outputs * inputs) |> Seq.map ((*) scale))

let batchNorm (epsilon: float) (x: Matrix<float>) (gamma: Matrix<float>) (dy: Matrix<float>) =
    let mean (row: Vector<float>) = Seq.average row
    let back (i: int) =
        let x, dy = x.Row i, dy.Row i
        let centered = x - mean x
        let deviation = sqrt (mean (centered.PointwisePower 2.0) + epsilon)
        let z = centered / deviation
        gamma[i, 0] / deviation * (dy - mean dy - z * mean (dy.PointwiseMultiply z))
    Matrix<float>.Build.DenseOfRowVectors(Seq.init x.RowCount back)

let ridge (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) = weight.Multiply(rate).Add(gradient)

let lasso (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) =
    gradient.MapIndexed(fun i j g -> g + rate * float (sign weight[i, j]))

let dropout (ratio: float) (mask: Matrix<float>) (dy: Matrix<float>) =
    let dx = dy.Clone()
    for i in 0 .. dx.RowCount - 1 do
        for j in 0 .. dx.ColumnCount - 1 do
            dx[i, j] <- if mask[i, j] = 0.0 then 0.0 else dx[i, j] / (1.0 - ratio)
    dx

let randomCrop (image: Matrix<float>) (h: int) (w: int) (key: Key) =
    let draw child places = key.Child(child).Integers(1, places) |> Array.head
    let top, left = draw 0 (image.RowCount - h + 1), draw 1 (image.ColumnCount - w + 1)
    let pixels = image.ToArray()
    Matrix<float>.Build.DenseOfArray pixels[top .. top + h - 1, left .. left + w - 1]

let marks =
    [ Mark.Sigmoid sigmoid; Mark.Momentum momentum; Mark.He he; Mark.BatchNorm batchNorm; Mark.Ridge ridge
      Mark.Lasso lasso; Mark.Dropout dropout; Mark.RandomCrop randomCrop ]
for mark in marks |> List.filter (fun mark -> not mark.IsRight) do
    printfn $"{mark}"
printfn $"{marks |> List.filter _.IsRight |> List.length} of {marks.Length} are right"
printfn $"{Mark.Lasso(fun _ _ _ -> invalidOp (nameof lasso))}"
