// Wrong answers in F#, each with a part of the reason that it should be given. A test puts references above.

let each (a: Matrix<float>) (b: Matrix<float>) (f: float -> float -> float) = a.Map2((fun x y -> f x y), b)
let sum (m: Matrix<float>) = Seq.sum (m.Enumerate())

let sigmoid reason f = "sigmoid", reason, fun () -> Mark.Sigmoid(fun y dy -> each y dy f)
let sigmoids =
    [ sigmoid "dy is missing" (fun y _ -> y * (1.0 - y))
      sigmoid "the factor 1 - y is missing" (fun y dy -> dy * y)
      sigmoid "tanh" (fun y dy -> dy - dy * y * y)
      sigmoid "sigmoid is taken once more" (fun y dy -> dy * exp -y / (1.0 + exp -y) ** 2.0)
      sigmoid "y (y - 1)" (fun y dy -> dy * y * (y - 1.0))
      sigmoid "parentheses are missing" (fun y dy -> dy * y * 1.0 - y)
      sigmoid "dy is added" (fun y dy -> dy + y * (1.0 - y))
      sigmoid "1 - y, not 1 + y" (fun y dy -> dy * (y + y ** 2.0))
      sigmoid "1 - y is divided by y" (fun y dy -> dy * (1.0 - y) / y)
      sigmoid "this is ReLU" (fun y dy -> if y > 0.5 then dy else 0.0)
      "sigmoid", "* of two matrices is the matrix product", fun () -> Mark.Sigmoid(fun y dy -> dy * (y * (1.0 - y)))
      "sigmoid", "Nothing is written", fun () -> Mark.Sigmoid(fun _ _ -> raise (NotImplementedException())) ]

let momentum reason velocity weight =
    "momentum", reason, fun () ->
        Mark.Momentum(fun r m w v g ->
            let v' = velocity r m v g
            struct (weight r m w v v' g, v'))
let moved r m (w: Matrix<float>) v (v': Matrix<float>) g = w + v'
let pushed r (m: float) (v: Matrix<float>) (g: Matrix<float>) : Matrix<float> = m * v - r * g
let momentums =
    [ momentum "go against it" (fun r m v g -> m * v + r * g) moved
      momentum "not multiplied by the momentum" (fun r m v g -> v - r * g) moved
      momentum "the rate is missing" (fun r m v g -> m * v - g) moved
      momentum "multiplied by 1 - momentum" (fun r m v g -> (1.0 - m) * v - r * g) moved
      momentum "the old velocity is lost" (fun r m v g -> -r * g) moved
      momentum "rate and momentum are swapped" (fun r m v g -> r * v - m * g) moved
      momentum "moving average" (fun r m v g -> m * v - (1.0 - m) * r * g) moved
      momentum "the opposite sign" (fun r m v g -> m * v + r * g) (fun r m w v v' g -> w - v')
      momentum "multiplies the velocity" (fun r m v g -> m * v - g) (fun r m w v v' g -> w + r * v')
      momentum "the velocity is subtracted" pushed (fun r m w v v' g -> w - v')
      momentum "the old velocity" pushed (fun r m w v v' g -> w + v)
      momentum "the weight doesn't change" pushed (fun r m w v v' g -> w) ]

let normals (outputs: int) (inputs: int) (key: Key) =
    Matrix<float>.Build.Dense(outputs, inputs, key.Normals(outputs * inputs))
let he reason (deviation: float -> float -> float) =
    "he", reason, fun () -> Mark.He(fun outputs inputs key ->
        deviation (float outputs) (float inputs) * normals outputs inputs key)
let hes =
    [ he "Xavier" (fun _ inputs -> 1.0 / sqrt inputs)
      he "number of outputs is used" (fun outputs _ -> sqrt (2.0 / outputs))
      he "always 0.01" (fun _ _ -> 0.01)
      he "the root is missing" (fun _ inputs -> 2.0 / inputs)
      he "not scaled" (fun _ _ -> 1.0)
      he "the 2 is outside the root" (fun _ inputs -> 2.0 / sqrt inputs)
      he "only the 2 is under the root" (fun _ inputs -> sqrt 2.0 / inputs)
      he "Glorot" (fun outputs inputs -> sqrt (2.0 / (outputs + inputs)))
      he "in whole numbers" (fun _ inputs -> sqrt (float (2 / int inputs)))
      "he", "a row is an output", fun () -> Mark.He(fun outputs inputs key -> normals inputs outputs key)
      "he", "uniform ones from 0 to 1", fun () -> Mark.He(fun outputs inputs key ->
          sqrt (2.0 / float inputs) * Matrix<float>.Build.Dense(outputs, inputs, key.Uniforms(outputs * inputs)))
      "he", "the key is not used", fun () -> Mark.He(fun outputs inputs _ ->
          sqrt (2.0 / float inputs) * normals outputs inputs (Key.ofSeed 5L)) ]

// A row of the answer is a factor times what is made of the row's dy and z.
let batchNorm reason outer inner =
    "batch-norm", reason, fun () ->
        Mark.BatchNorm(fun epsilon x gamma dy ->
            Matrix<float>.Build.DenseOfRowVectors(Seq.init x.RowCount (fun i ->
                let x, dy = x.Row i, dy.Row i
                let centered = x - Seq.average x
                let deviation = sqrt (Seq.average (centered.PointwisePower 2.0) + epsilon)
                let factor: float = outer gamma[i, 0] deviation (float x.Count)
                factor * (inner dy (centered / deviation): Vector<float>))))
let outer gamma deviation _ = gamma / deviation
let product (a: Vector<float>) (b: Vector<float>) = a.PointwiseMultiply b
let inner dy z = dy - Seq.average dy - z * Seq.average (product dy z)
let batchNorms =
    [ batchNorm "treated as constants" outer (fun dy _ -> dy)
      batchNorm "the path through the mean" outer (fun dy z -> dy - z * Seq.average (product dy z))
      batchNorm "the path through the variance" outer (fun dy _ -> dy - Seq.average dy)
      batchNorm "1/N is missing" outer (fun dy z -> dy - Seq.sum dy - z * Seq.sum (product dy z))
      batchNorm "the signs of the corrections" outer (fun dy z -> dy + Seq.average dy + z * Seq.average (product dy z))
      batchNorm "z is missing in front" outer (fun dy z -> dy - Seq.average dy - Seq.average (product dy z))
      batchNorm "the sum of dy z" outer (fun dy z -> dy - Seq.average dy - z * Seq.sum (product dy z))
      batchNorm "gamma is missing" (fun _ deviation _ -> 1.0 / deviation) inner
      batchNorm "the deviation is missing" (fun gamma _ _ -> gamma) inner
      batchNorm "divided by the variance" (fun gamma deviation _ -> gamma / deviation ** 2.0) inner
      batchNorm "the factor 1/N in front is missing" (fun gamma deviation n -> n * gamma / deviation) inner
      batchNorm "gamma is applied twice" (fun gamma deviation _ -> gamma ** 2.0 / deviation) inner ]

let ridge reason f = "ridge", reason, fun () -> Mark.Ridge(fun r w g -> each w g (f r))
let ridges =
    [ ridge "the sign of the penalty is wrong" (fun r w g -> g - r * w)
      ridge "the factor 1/2 of the penalty is missing" (fun r w g -> g + 2.0 * r * w)
      ridge "add the gradient of the loss" (fun r w _ -> r * w)
      ridge "the penalty is not added" (fun _ _ g -> g)
      ridge "this is lasso" (fun r w g -> g + r * float (sign w))
      ridge "the penalty itself is added (w²)" (fun r w g -> g + r * w ** 2.0)
      ridge "the rate is missing" (fun _ w g -> g + w)
      ridge "weight and gradient are swapped" (fun r w g -> w + r * g)
      ridge "a step of descent" (fun r w g -> w - r * g)
      ridge "multiplied by the rate, too" (fun r w g -> r * (g + w))
      "ridge", "divided by its norm", fun () -> Mark.Ridge(fun r w g -> g + r * w / sqrt (sum (w.PointwisePower 2.0)))
      "ridge", "the penalty's value", fun () -> Mark.Ridge(fun r w g -> g + r / 2.0 * sum (w.PointwisePower 2.0)) ]

let lasso reason f = "lasso", reason, fun () -> Mark.Lasso(fun r w g -> each w g (f r))
let lassos =
    [ lasso "the sign of the penalty is wrong" (fun r w g -> g - r * float (sign w))
      lasso "this is ridge" (fun r w g -> g + r * w)
      lasso "add the gradient of the loss" (fun r w _ -> r * float (sign w))
      lasso "the penalty itself" (fun r w g -> g + r * abs w)
      lasso "the rate is missing" (fun _ w g -> g + float (sign w))
      lasso "0 counts as positive" (fun r w g -> if w >= 0.0 then g + r else g - r)
      lasso "0 counts as negative" (fun r w g -> if w > 0.0 then g + r else g - r)
      lasso "0/0" (fun r w g -> g + r * w / abs w)
      lasso "whatever the weight's sign" (fun r _ g -> g + r)
      lasso "the sign is taken of the gradient" (fun r _ g -> g + r * float (sign g))
      lasso "soft threshold" (fun r w _ -> float (sign w) * max 0.0 (abs w - r))
      lasso "nearly right" (fun r w g -> g + r * w / (abs w + 1e-8)) ]

let dropout reason f = "dropout", reason, fun () -> Mark.Dropout(fun r mask dy -> each mask dy (f r))
let dropouts =
    [ dropout "the mask is missing" (fun r _ dy -> dy / (1.0 - r))
      dropout "of the forward pass is missing" (fun _ mask dy -> mask * dy)
      dropout "multiplied by 1 - ratio" (fun r mask dy -> mask * dy * (1.0 - r))
      dropout "divided by the ratio" (fun r mask dy -> mask * dy / r)
      dropout "the mask is inverted: 1" (fun r mask dy -> (1.0 - mask) * dy / (1.0 - r))
      dropout "the backward of evaluation" (fun _ _ dy -> dy)
      dropout "dy is missing" (fun r mask _ -> mask / (1.0 - r))
      dropout "the scale is applied twice" (fun r mask dy -> mask * dy / (1.0 - r) ** 2.0)
      dropout "parentheses are missing" (fun r mask dy -> mask * dy / 1.0 - r)
      dropout "divided by 0" (fun r mask dy -> dy / mask / (1.0 - r))
      "dropout", "the share that this mask keeps", fun () -> Mark.Dropout(fun _ mask dy ->
          each mask dy (*) / Seq.average (mask.Enumerate()))
      "dropout", "* of two matrices is the matrix product", fun () -> Mark.Dropout(fun r mask dy ->
          mask * dy / (1.0 - r)) ]

let draw child count (key: Key) = key.Child(child).Integers(1, count)[0]
let crop reason window =
    "random-crop", reason, fun () -> Mark.RandomCrop(fun image h w key -> window (image: Matrix<float>) h w key)
let at reason place =
    crop reason (fun image h w key ->
        let top, left = place (image.RowCount - h) (image.ColumnCount - w) key
        Matrix<float>.Build.Dense(h, w, fun row column -> image[top + row, left + column]))
let crops =
    [ at "the last offset is never reached" (fun rows columns key -> draw 0 rows key, draw 1 columns key)
      at "the first offset, 0, is never reached" (fun rows columns key -> 1 + draw 0 rows key, 1 + draw 1 columns key)
      at "always at the top left" (fun _ _ _ -> 0, 0)
      at "an offset is out of range" (fun rows columns key -> 1 + draw 0 (rows + 1) key, draw 1 (columns + 1) key)
      at "the rows' offset is not drawn" (fun _ columns key -> 0, draw 1 (columns + 1) key)
      at "the last column is never reached" (fun rows _ key -> draw 0 (rows + 1) key, draw 1 (rows + 1) key)
      at "not equally likely" (fun rows columns key ->
          (draw 0 (rows + 1) key + draw 2 (rows + 1) key) / 2, draw 1 (columns + 1) key)
      at "the window is always in the same place" (fun rows columns _ ->
          draw 0 (rows + 1) (Key.ofSeed 1L), draw 1 (columns + 1) (Key.ofSeed 1L))
      crop "height and width are swapped" (fun image h w _ -> image.SubMatrix(0, h, 0, w).Transpose())
      crop "the whole image" (fun image _ _ _ -> image)
      crop "one too long" (fun image h w _ -> image.SubMatrix(0, h + 1, 0, w + 1))
      crop "isn't a copy" (fun image h w _ -> image.SubMatrix(0, h, 0, w) / 255.0) ]

let all = List.concat [ sigmoids; momentums; hes; batchNorms; ridges; lassos; dropouts; crops ]
let unnamed =
    [ for exercise, reason, marked in all do
          let mark: Mark = marked ()
          if mark.IsRight || mark.Exercise <> exercise || not ($"{mark}".Contains(reason: string)) then
              $"{reason}: {mark}" ]
for line in unnamed do
    printfn $"{line}"
printfn $"{all.Length - unnamed.Length} of {all.Length} faults are named"
for name, faults in List.groupBy (fun (name, _, _) -> name) all do
    if faults.Length < 10 then printfn $"{name} has only {faults.Length} faults"
