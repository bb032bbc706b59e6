namespace Functional

open System
open System.Collections.Generic
open System.Globalization

/// An element of a gradient that is not the derivative.
[<StructuredFormatDisplay("{Display}")>]
type GradientMismatch =
    { /// The leaf, as in `affine1.weight`; `input` for what went into a layer, `x` for a function's argument.
      Parameter: string
      /// Its place in the leaf: row and column of a matrix (from 0), or the place in a vector.
      Index: IReadOnlyList<int>
      /// What the gradient says.
      Claimed: float
      /// What central differences say; NaN where the function's value there, or however near beside, is NaN or
      /// infinite.
      Measured: float }

    member private m.Display = string m
    override m.ToString() =
        let text (x: float) = x.ToString("G6", CultureInfo.InvariantCulture)
        let index = m.Index |> Seq.map string |> String.concat ", "
        let measured =
            if Double.IsNaN m.Measured then "the function's value there or beside is not finite"
            else $"central differences give {text m.Measured}"
        $"{m.Parameter}[{index}]: the gradient is {text m.Claimed}, {measured}"

/// What a gradient check has found.
[<StructuredFormatDisplay("{Display}")>]
type GradientCheckReport =
    { /// Derivatives that were compared.
      Compared: int
      /// Derivatives that were not: there the function has a kink, or bends too much for differences.
      AtKinks: int
      /// Those that differ, the worst first.
      Mismatches: IReadOnlyList<GradientMismatch>
      /// The largest difference, as a share of the largest derivative.
      LargestError: float }

    /// Whether something was compared, and nothing differs.
    member report.Agrees = report.Mismatches.Count = 0 && report.Compared > 0

    /// Raises InvalidOperationException with all differences if the gradient is wrong: for tests.
    member report.Require() : unit = if not report.Agrees then raise (InvalidOperationException(string report))

    member private report.Display = string report
    override report.ToString() =
        let kinks = if report.AtKinks = 0 then "" else $", {report.AtKinks} at kinks left out"
        match List.ofSeq report.Mismatches with
        | [] when report.Compared = 0 -> $"nothing could be compared{kinks}"
        | [] -> $"{report.Compared} derivatives agree{kinks}"
        | wrong ->
            let shown = wrong |> List.truncate 10 |> List.map string |> String.concat "\n"
            let more = if wrong.Length > 10 then $"\n... and {wrong.Length - 10} more" else ""
            $"{wrong.Length} of {report.Compared} derivatives differ{kinks}\n{shown}{more}"

/// How gradients are checked.
type GradientCheckSettings =
    { /// The number of random directions; 0 checks every element by itself. A direction costs as much as an element,
      /// and sees all of them at once; where one differs, the elements are looked at for the place.
      Directions: int
      /// The difference that is allowed, as a share of the derivative (or of a thousandth of the largest one).
      Tolerance: float
      /// What directions, the weights of a layer's outputs and what is random in the layers are a function of.
      Key: Key }

    /// Every element, to 1e-5.
    static member Default = { Directions = 0; Tolerance = 1e-5; Key = FSharp.Key.ofSeed 0L }

    /// These or, where C# leaves them out, the default.
    static member internal Or(settings: GradientCheckSettings) =
        if isNull (box settings) then GradientCheckSettings.Default else settings

    /// The same along this many random directions.
    member settings.WithDirections(count: int) = { settings with Directions = count }

    /// The same with this tolerance.
    member settings.WithTolerance(share: float) = { settings with Tolerance = share }

    /// The same with this key.
    member settings.WithKey(key: Key) = { settings with Key = key }

namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Numerics

/// Compares gradients, also custom ones, with central differences, in double precision: for tests. (`Differences` is
/// the book's way, for reading.) A difference is believed only where the function's two sides have the same slope; at a
/// kink (of ReLU, of Huber's loss) the step is made smaller, and if that doesn't help, the derivative is left out and
/// counted.
[<RequireQualifiedAccess>]
module GradientCheck =
    /// The lengths of steps that are tried, in turn.
    let private steps = [ 1e-4; 1e-5; 1e-6 ]

    /// And then, where a value beside was not finite: the end of where the function is defined may be near.
    let private shortSteps = [ 1e-7; 1e-8; 1e-9 ]

    /// The largest allowed difference between the one-sided slopes, as a fraction of the scale of the derivatives.
    let private sides = 1e-6

    /// The rounding error of a sum of a few hundred terms, as a fraction of it.
    let private rounding = 1e-14

    /// The derivative at 0 and how far it may be off; nothing at a kink. With f(0), f(+-h) and f(+-2h): slopes of
    /// either side to the second order, and the central difference to the fourth. `size` is the
    /// scale of the derivatives.
    let private derivative (size: float) (f: float -> float) : struct (float * float) voption =
        let center = f 0.0
        // What is no number is no kink, there or beside: it differs from every gradient.
        let undefined = ValueSome(struct (nan, 0.0))
        let rec attempt steps isDefined =
            match steps with
            | [] -> if isDefined then ValueNone else undefined
            | h :: smaller ->
                let up, up2, down, down2 = f h, f (2.0 * h), f -h, f (-2.0 * h)
                let hasNumbers = Double.IsFinite(up + up2 + down + down2)
                let right = (4.0 * up - up2 - 3.0 * center) / (2.0 * h)
                let left = (3.0 * center - 4.0 * down + down2) / (2.0 * h)
                let central = (8.0 * (up - down) - (up2 - down2)) / (12.0 * h)
                let noise = rounding * (1e-3 + max (abs center) (max (abs up2) (abs down2))) / h
                // The slopes of both sides alone don't see where the curvature jumps, as Huber's loss makes it.
                let apart = abs (right - left) + abs (central - 0.5 * (right + left))
                if apart <= sides * max size (abs central) + 10.0 * noise then
                    ValueSome(struct (central, apart + 10.0 * noise))
                else
                    let next = if hasNumbers || not isDefined then smaller else smaller @ shortSteps
                    attempt next (isDefined && hasNumbers)
        if Double.IsFinite center then attempt steps true else undefined

    let private indexOf (shape: Shape) (i: int) : int[] =
        if shape.IsVector then [| i |] else [| i % shape.Rows; i / shape.Rows |]

    /// The leaf and the place in it of an element of all leaves' elements one after the other.
    let private place (leaves: (string * Shape) list) (i: int) : struct (string * int[]) =
        let rec find leaves i =
            match leaves with
            | (name, shape: Shape) :: _ when i < shape.Length -> struct (name, indexOf shape i)
            | (_, shape) :: others -> find others (i - shape.Length)
            | [] -> invalidArg (nameof i) $"there is no element {i}"
        find leaves i

    /// A derivative along a direction: the one claimed, the one measured.
    let private along settings size (f: float[] -> float) (x: float[]) (claimed: float) (direction: float[]) =
        let moved step = f (Array.map2 (fun x d -> x + step * d) x direction)
        match derivative size moved with
        | ValueNone -> ValueNone
        | ValueSome(struct (measured, uncertainty)) ->
            let allowed = settings.Tolerance * max (abs claimed) (max (abs measured) (1e-3 * size)) + uncertainty
            let off = abs (claimed - measured)
            // NaN is never right.
            ValueSome(struct (measured, off, not (off <= allowed)))

    let private report size (results: struct (int * float * struct (float * float * bool) voption)[]) mismatch =
        let compared = results |> Array.choose (fun (struct (i, claimed, found)) ->
            match found with
            | ValueSome(struct (measured, off, wrong)) -> Some(i, claimed, measured, off, wrong)
            | ValueNone -> None)
        { Compared = compared.Length
          AtKinks = results.Length - compared.Length
          Mismatches =
            compared
            |> Array.filter (fun (_, _, _, _, wrong) -> wrong)
            |> Array.sortByDescending (fun (_, _, _, off, _) -> if Double.IsNaN off then infinity else off)
            |> Array.map (fun (i, claimed, measured, _, _) -> mismatch i claimed measured)
          LargestError =
            if compared.Length = 0 then 0.0
            else (compared |> Array.fold (fun most (_, _, _, off, _) -> max most off) 0.0) / max size Double.Epsilon }

    /// Leaves of these names and shapes, one after the other in x; g is what is claimed to be the gradient of f at x.
    let private check
        settings (leaves: (string * Shape) list) (f: float[] -> float) (x: float[]) (g: float[]) : GradientCheckReport =
        if settings.Directions < 0 then invalidArg (nameof settings) $"{settings.Directions} directions can't be taken"
        if g.Length <> x.Length then invalidArg "gradient" $"a gradient of {g.Length} elements for {x.Length}"
        let largest = g |> Array.fold (fun most g -> max most (abs g)) 0.0
        let size = if Double.IsFinite largest && largest > 0.0 then largest else 1.0
        let ofElements () =
            let results =
                Array.init x.Length (fun i ->
                    let direction = Array.init x.Length (fun j -> if i = j then 1.0 else 0.0)
                    struct (i, g[i], along settings size f x g[i] direction))
            report size results (fun i claimed measured ->
                let struct (name, index) = place leaves i
                { Parameter = name; Index = index; Claimed = claimed; Measured = measured })
        if settings.Directions = 0 then ofElements ()
        else
            let results =
                Array.init settings.Directions (fun k ->
                    let normals = Key.normals x.Length (settings.Key |> Key.child 1 |> Key.child k)
                    let length = sqrt (Array.sumBy (fun d -> d * d) normals)
                    let direction = normals |> Array.map (fun d -> d / length)
                    let claimed = Array.fold2 (fun sum g d -> sum + g * d) 0.0 g direction
                    struct (k, claimed, along settings size f x claimed direction))
            let found =
                report size results (fun k claimed measured ->
                    { Parameter = "direction"; Index = [| k |]; Claimed = claimed; Measured = measured })
            if found.Mismatches.Count = 0 then found
            else
                let elements = ofElements ()
                if elements.Mismatches.Count > 0 then elements else found

    let private vectorShape (x: Vector<float>) : Shape = { Rows = x.Count; Columns = 0 }
    let private matrixShape (x: Matrix<float>) : Shape = { Rows = x.RowCount; Columns = x.ColumnCount }
    let private dot (a: Matrix<float>) (b: Matrix<float>) : float =
        Array.fold2 (fun sum a b -> sum + a * b) 0.0 (Dense.elements a) (Dense.elements b)

    /// Checks what is claimed to be the gradient of a function of a vector, at a point.
    /// Raises ArgumentException if the gradient is not as long as the point.
    let ofFunction
        (settings: GradientCheckSettings) (f: Vector<float> -> float)
        (gradient: Vector<float> -> Vector<float>) (x: Vector<float>)
        : GradientCheckReport =
        let at (x: float[]) = f (Dense.vector (Array.copy x))
        let elements = (given (nameof x) x).ToArray()
        check settings [ "x", vectorShape x ] at elements ((gradient (Dense.vector (x.ToArray()))).ToArray())

    /// Checks a function of a matrix that returns, with its value y, the pullback from dL/dy to dL/dx: for operations
    /// that are no layers yet. Its outputs are weighted at random to make one number of them.
    let ofPullback
        (settings: GradientCheckSettings)
        (f: Matrix<float> -> struct (Matrix<float> * (Matrix<float> -> Matrix<float>)))
        (x: Matrix<float>) : GradientCheckReport =
        let struct (y, pullback) = f (given (nameof x) x)
        let dy =
            Dense.matrix y.RowCount y.ColumnCount (Key.normals (y.RowCount * y.ColumnCount) (Key.child 0 settings.Key))
        let value (e: float[]) =
            let struct (y, _) = f (Dense.matrix x.RowCount x.ColumnCount (Array.copy e))
            dot y dy
        check settings [ "input", matrixShape x ] value (x.ToColumnMajorArray()) (Dense.elements (pullback dy))

    /// Checks a layer's pullback at x (inputs x samples), in training: its parameters and its input, leaf `input`. Its
    /// outputs are weighted at random to make one number of them. Raises ArgumentException if x doesn't fit the layer.
    let ofLayer (settings: GradientCheckSettings) (layer: ILayer<float>) (x: Matrix<float>) : GradientCheckReport =
        let x, name, key = given (nameof x) x, layer.Name, Key.child 2 settings.Key
        let isTrained = Parameter.isStatistic >> not
        let leaves = layer.Parameters |> Seq.filter isTrained |> Array.ofSeq
        let forward (layer: ILayer<float>) x = layer.Forward(x, key)
        let struct (y, pullback) = forward layer (Dense.matrix x.RowCount x.ColumnCount (x.ToColumnMajorArray()))
        let dy =
            Dense.matrix y.RowCount y.ColumnCount (Key.normals (y.RowCount * y.ColumnCount) (Key.child 0 settings.Key))
        let struct (gradient, dx) = pullback.Invoke dy
        // The layer's own roles count, whatever the gradient's are.
        let gradient = Seq.zip layer.Parameters gradient |> Seq.filter (fst >> isTrained) |> Seq.map snd |> Array.ofSeq
        let shapes = ("input", matrixShape x) :: [ for leaf in leaves -> $"{name}.{leaf.Name}", leaf.Shape ]
        let value (e: float[]) =
            let mutable taken = 0
            let take count =
                taken <- taken + count
                Array.sub e (taken - count) count
            let moved = Dense.matrix x.RowCount x.ColumnCount (take (x.RowCount * x.ColumnCount))
            let fresh =
                [| for leaf in layer.Parameters ->
                       if isTrained leaf then { leaf with Values = Dense.vector (take leaf.Shape.Length) } else leaf |]
            let struct (y, _) = forward (if fresh.Length = 0 then layer else layer.WithParameters fresh) moved
            dot y dy
        let all (leaves: Parameter<float>[]) (x: Matrix<float>) =
            Array.concat [ Dense.elements x; for leaf in leaves do Dense.values leaf.Values ]
        let dx = dx.Value
        if dx.RowCount <> x.RowCount || dx.ColumnCount <> x.ColumnCount then
            raise (InvalidOperationException
                $"dL/dx of {name} is {dx.RowCount} x {dx.ColumnCount}, but x is {x.RowCount} x {x.ColumnCount}")
        check settings shapes value (all leaves x) (all gradient dx)

    /// Checks the gradient of a loss with respect to the outputs (outputs x samples), leaf `input`.
    /// Raises ArgumentException if the targets don't fit them.
    let ofLoss
        (settings: GradientCheckSettings) (loss: Loss)
        (outputs: Matrix<float>) (targets: Targets<float>) : GradientCheckReport =
        let value (e: float[]) =
            let struct (value, _) =
                Loss.forward loss (Dense.matrix outputs.RowCount outputs.ColumnCount (Array.copy e)) targets
            value
        let struct (_, gradient) = Loss.forward loss (given (nameof outputs) outputs) targets
        check settings [ "input", matrixShape outputs ] value (outputs.ToColumnMajorArray()) (Dense.elements gradient)

    /// Checks the gradient of a network's training loss on a batch, in all its leaves, the penalty included.
    /// Raises ArgumentException if the batch doesn't fit the network.
    let ofNetwork
        (settings: GradientCheckSettings) (network: Network<float>) (batch: Batch<float>) : GradientCheckReport =
        let key, parameters = Key.child 2 settings.Key, Network.parameters network
        let value (e: float[]) =
            let moved = Parameters.withVector (Dense.vector e) parameters
            Network.trainingLoss key (Network.withFresh moved network) batch
        let gradient = (Network.gradient key network batch).Parameters
        check settings [ for leaf in parameters -> leaf.Name, leaf.Shape ] value
            ((Parameters.toVector parameters).ToArray()) ((Parameters.toVector gradient).ToArray())
