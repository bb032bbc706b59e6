namespace Functional.Numerics

#nowarn "9" "51" "3535" "3536"

open System
open System.Runtime.Intrinsics
open System.Runtime.Intrinsics.Arm
open Functional
open Functional.Numerics.Memory
open Microsoft.FSharp.NativeInterop

/// What is copied from a canvas to make a packed row. A vector is read from each byte offset in From and written to the
/// one at the same index of Into; where it reaches into the next, that one is written later.
[<Struct; NoEquality; NoComparison>]
type private Runs =
    { From: nativeint[]
      Into: nativeint[]
      /// Bytes of the longest one.
      Longest: int }

module private Runs =
    /// Elements that are side by side on the canvas are copied together.
    let ofPlaces<'T when 'T: unmanaged> (lanes: int) (first: int) (next: int) (place: int -> int) : Runs =
        let element = nativeint sizeof<'T>
        let from, into = ResizeArray(), ResizeArray()
        let mutable begun, longest = first, 0
        for i in first .. next - 1 do
            if i = first || i - begun = lanes || place i <> place begun + i - begun then
                begun <- i
                from.Add(nativeint (place i) * element)
                into.Add(nativeint (i - first) * element)
            longest <- max longest (i - begun + 1)
        { From = from.ToArray(); Into = into.ToArray(); Longest = longest * sizeof<'T> }

    /// All of them, each written this many bytes after the one before.
    let join (step: nativeint) (runs: Runs[]) : Runs =
        { From = runs |> Array.collect _.From
          Into = runs |> Array.mapi (fun i runs -> runs.Into |> Array.map ((+) (nativeint i * step))) |> Array.concat
          Longest = runs |> Array.map _.Longest |> Array.max }

    /// For each of the places `outer`, the runs from there on, on vectors 'V at least as long as they are.
    let copy<'V, 'S when 'S: struct and 'S :> ISimd<'V>>
        (outer: nativeint[]) first next (runs: Runs) (canvas: nativeint) (into: nativeint) (step: nativeint) =
        let from, place = runs.From, runs.Into
        for i in first .. next - 1 do
            let start, row = canvas + outer[i], into + nativeint (i - first) * step
            for r in 0 .. from.Length - 1 do
                'S.Store('S.Load(start + from[r]), row + place[r])

module private Row =
    /// Copies bytes, at least one vector 'V of them; the last vector overlaps the one before.
    let inline copy<'V, 'S when 'S: struct and 'S :> ISimd<'V>> (from: nativeint) (into: nativeint) (bytes: nativeint) =
        let last = bytes - nativeint 'S.Width
        let mutable at = 0n
        while at < last do
            'S.Store('S.Load(from + at), into + at)
            at <- at + nativeint 'S.Width
        'S.Store('S.Load(from + last), into + last)

module private Strips =
    /// Calls body with the first column of each strip, at most this wide, and its columns.
    let inline iter (widest: int) (columns: int) ([<InlineIfLambda>] body: int -> int -> unit) =
        let strips = (columns + widest - 1) / widest
        for strip in 0 .. strips - 1 do
            let first = columns * strip / strips
            body first (columns * (strip + 1) / strips - first)

/// Convolutions (as the field calls cross-correlations) of some samples' images, on vectors 'V. No sample's windows are
/// ever written out: a thread packs those that one tile needs.
[<Sealed>]
type private Correlation<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>>(windows: Windows) =
    let element, width = nativeint sizeof<'T>, nativeint 'S.Width
    let lanes = 'S.Width / sizeof<'T>
    let canvas, count, size = windows.Canvas, windows.Count, windows.Size

    /// Bytes of windows that are packed together for the gradient: a share of the second-level cache.
    let blockBytes = 128n * 1024n

    let up (n: int) = (n + lanes - 1) / lanes * lanes
    let canvasBytes = nativeint canvas.Size * element + width
    let starts = Array.init count (fun p -> nativeint (windows.Start p) * element)
    let offsets = Array.init size (fun k -> nativeint (windows.Offset k) * element)

    let paint (image: nativeint) (into: nativeint) =
        let row = nativeint canvas.ImageWidth * element
        for channel in 0 .. canvas.Channels - 1 do
            for i in 0 .. canvas.ImageHeight - 1 do
                let from = image + nativeint (channel * canvas.ImageHeight + i) * row
                let place = (channel * canvas.Height + canvas.Top + i * canvas.Spread) * canvas.Width + canvas.Left
                let into = into + nativeint place * element
                if canvas.Spread = 1 then
                    // Calls that copy a few bytes take as long as what they are copied for.
                    if row >= width then Row.copy<'V, 'S> from into row
                    elif row >= 16n then Row.copy<Vector128<'T>, Simd128<'T>> from into row
                    else (bytes from (int row)).CopyTo(bytes into (int row))
                else
                    for j in 0 .. canvas.ImageWidth - 1 do
                        let value = NativePtr.read (at<'T> (from + nativeint j * element))
                        NativePtr.write (at<'T> (into + nativeint (j * canvas.Spread) * element)) value

    /// A vector of another cache line costs twice: short runs take short ones.
    let pack (outer: nativeint[]) first next (runs: Runs) (canvas: nativeint) (into: nativeint) (step: nativeint) =
        if 'S.Width > 16 && runs.Longest <= 16 then
            Runs.copy<Vector128<'T>, Simd128<'T>> outer first next runs canvas into step
        elif 'S.Width > 32 && runs.Longest <= 32 then
            Runs.copy<Vector256<'T>, Simd256<'T>> outer first next runs canvas into step
        else Runs.copy<'V, 'S> outer first next runs canvas into step

    /// y(n, o, p) = the sum over k = 0, 1, ... of element k of window p times w(k, o): one chain of fused multiply-adds
    /// from zero. Elements of w are side by side for o. Steps are in bytes, from one sample to the next or from one k.
    /// `finish` gets o and the address of its windows' sums while they are in a cache.
    member _.Outputs
        (samples, outputs, x: nativeint, xStep, w: nativeint, wStep, y: nativeint, yStep: nativeint,
         finish: int -> nativeint -> unit) =
        let vectors = (count + lanes - 1) / lanes
        let panels = (vectors + 1) / 2
        /// The last vector ends with the last window: it overlaps the one before, and gives the same bits.
        let firstOf vector = max 0 (min (vector * lanes) (count - lanes))
        let spills = count < lanes
        let runs =
            Array.init panels (fun panel ->
                Array.init (min 2 (vectors - 2 * panel)) (fun v ->
                    let first = firstOf (2 * panel + v)
                    Runs.ofPlaces<'T> lanes first (min count (first + lanes)) (fun p -> windows.Start p))
                |> Runs.join width)
        Team.split (int64 samples * int64 outputs * int64 count * int64 size >= Tuning.measured.Threading) samples
            (fun first next ->
                let panelBytes = 2n * width * nativeint size + width
                let buffer = rent (canvasBytes + 63n + panelBytes + 63n + nativeint outputs * width)
                use pin = fixed buffer
                let painted = align (NativePtr.toNativeInt pin)
                let packed = align (painted + canvasBytes)
                let aside = align (packed + panelBytes)
                (bytes painted (int canvasBytes)).Clear()
                for sample in first .. next - 1 do
                    paint (x + nativeint sample * xStep) painted
                    let y = y + nativeint sample * yStep
                    for panel in 0 .. panels - 1 do
                        let vector = 2 * panel
                        let rows = min 2 (vectors - vector)
                        let step = nativeint rows * width
                        pack offsets 0 size runs[panel] painted packed step
                        let place = nativeint (firstOf vector) * element
                        let second = nativeint (firstOf (vector + rows - 1) - firstOf vector) * element
                        Strips.iter 'S.Columns outputs (fun column columns ->
                            let tile: Operands =
                                { Depth = size
                                  A = packed
                                  AStep = step
                                  ASecond = width
                                  B = w + nativeint column * element
                                  BStep = wStep
                                  BColumn = element
                                  BSecond = 0n
                                  C =
                                    if spills then aside + nativeint column * width
                                    else y + nativeint (column * count) * element + place
                                  CColumn = if spills then width else nativeint count * element
                                  CSecond = second
                                  Resumed = false
                                  Kept = 0n }
                            Tile<'V, 'S>.Run(rows, columns, &tile))
                        if spills then
                            for o in 0 .. outputs - 1 do
                                let row = count * sizeof<'T>
                                let into = y + nativeint (o * count) * element
                                (bytes (aside + nativeint o * width) row).CopyTo(bytes into row)
                    for o in 0 .. outputs - 1 do finish o (y + nativeint (o * count) * element)
                giveBack buffer)

    /// g(o, k) = the sum over samples n = 0, 1, ... and, for each, windows p = 0, 1, ... of dy(n, o, p) times element k
    /// of window p: one chain of fused multiply-adds from zero. Elements of g are side by side for o.
    member _.Gradient(samples, outputs, x: nativeint, xStep, dy: nativeint, dyStep, g: nativeint, gStep: nativeint) =
        let rows, columns = size / windows.KernelWidth, windows.KernelWidth
        let pays = int64 samples * int64 outputs * int64 count * int64 size >= Tuning.measured.Threading
        // Few rows make unequal parts. By outputs all threads pack the same windows, which costs less than waiting.
        let byRows = rows >= 8 * Team.threads () || outputs < rows
        Team.split pays (if byRows then rows else outputs) (fun firstPart nextPart ->
            let struct (first, next) =
                if byRows then struct (firstPart * columns, nextPart * columns) else struct (0, size)
            let struct (firstOutput, outputs) =
                if byRows then struct (0, outputs) else struct (firstPart, nextPart - firstPart)
            let dy = dy + nativeint (firstOutput * count) * element
            let g = g + nativeint firstOutput * element
            let runs = Runs.ofPlaces<'T> lanes first next (fun k -> windows.Offset k)
            let length = up (next - first)
            let step = nativeint length * element
            let most = int (max 1n (blockBytes / step))
            // Blocks of one size: a short one would load and store its sums for little.
            let depth = (count - 1) / ((count - 1) / most + 1) + 1
            let blockBytes = nativeint depth * step + width
            let buffer = rent (canvasBytes + 63n + blockBytes + 63n + nativeint outputs * step)
            use pin = fixed buffer
            let painted = align (NativePtr.toNativeInt pin)
            let packed = align (painted + canvasBytes)
            let sums = align (packed + blockBytes)
            (bytes painted (int (blockBytes + canvasBytes))).Clear()
            for sample in 0 .. samples - 1 do
                paint (x + nativeint sample * xStep) painted
                let mutable window = 0
                while window < count do
                    let next = min count (window + depth)
                    pack starts window next runs painted packed step
                    for vector in 0 .. 2 .. length / lanes - 1 do
                        let rows = min 2 (length / lanes - vector)
                        Strips.iter 'S.Columns outputs (fun column columns ->
                            let tile: Operands =
                                { Depth = next - window
                                  A = packed + nativeint vector * width
                                  AStep = step
                                  ASecond = width
                                  B = dy + nativeint sample * dyStep + nativeint (column * count + window) * element
                                  BStep = element
                                  BColumn = nativeint count * element
                                  BSecond = 0n
                                  C = sums + nativeint column * step + nativeint vector * width
                                  CColumn = step
                                  CSecond = width
                                  Resumed = sample > 0 || window > 0
                                  Kept = 0n }
                            Tile<'V, 'S>.Run(rows, columns, &tile))
                    window <- next
            for k in first .. next - 1 do
                for o in 0 .. outputs - 1 do
                    let sum = NativePtr.read (at<'T> (sums + nativeint o * step + nativeint (k - first) * element))
                    NativePtr.write (at<'T> (g + nativeint k * gStep + nativeint o * element)) sum
            giveBack buffer)

/// Convolutions on the widest vectors that the processor has, group after group of channels.
module internal Correlation =

    /// Overwrites `count` elements with f of each and the one in the same place of x.
    let inline private overwrite<'T when Real<'T>>
        ([<InlineIfLambda>] f: Vector512<'T> -> Vector512<'T> -> Vector512<'T>)
        (count: int) (x: nativeint) (elements: nativeint) =
        let lanes = Vector512<'T>.Count
        let inline at start i = at<'T> (start + nativeint i * nativeint sizeof<'T>)
        if count >= lanes then
            // It overlaps the vector before, and f must not be applied twice.
            let last = f (Vector512.Load(at elements (count - lanes))) (Vector512.Load(at x (count - lanes)))
            let mutable i = 0
            while i < count - lanes do
                (f (Vector512.Load(at elements i)) (Vector512.Load(at x i))).Store(at elements i)
                i <- i + lanes
            last.Store(at elements (count - lanes))
        else
            for i in 0 .. count - 1 do
                let inline one start = Vector512.CreateScalar(NativePtr.read (at start i))
                let result: Vector512<'T> = f (one elements) (one x)
                NativePtr.write (at elements i) result[0]

    /// Adds the bias to the sums of an output, and where `rectified` takes 0 for what is below.
    let private addBias<'T when Real<'T>> rectified (bias: 'T) (count: int) (sums: nativeint) =
        let bias = Vector512.Create bias
        if rectified then
            overwrite<'T> (fun sum _ -> Vector512.Max(sum + bias, Vector512<'T>.Zero)) count sums sums
        else overwrite<'T> (fun sum _ -> sum + bias) count sums sums

    /// Takes 0 for sums where x isn't above 0.
    let private mask<'T when Real<'T>> (count: int) (x: nativeint) (sums: nativeint) =
        overwrite<'T> (fun sum x -> Vector512.GreaterThan(x, Vector512<'T>.Zero) &&& sum) count x sums

    /// `outputs` or, where `isGradient`, `gradient` on vectors 'V. `finish` gets an output, and the place of its sums,
    /// in bytes from the start of y and in memory.
    let private sumsOn<'T, 'V, 'S when Real<'T> and 'S: struct and 'S :> ISimd<'V>>
        isGradient (windows: Windows) groups samples outputs (x: 'T[]) (w: 'T[]) (y: 'T[])
        (finish: int -> nativeint -> nativeint -> unit) =
        use pinX = fixed x
        use pinW = fixed w
        use pinY = fixed y
        let element = nativeint sizeof<'T>
        let xSize, wSize = nativeint windows.Canvas.ImageSize * element, nativeint outputs * element
        let ySize = nativeint windows.Count * wSize
        let kernel = Correlation<'T, 'V, 'S> windows
        for group in 0 .. groups - 1 do
            let ofGroup start size =
                struct (NativePtr.toNativeInt start + nativeint group * size, nativeint groups * size)
            let struct (x, xStep) = ofGroup pinX xSize
            let struct (w, wStep) = ofGroup pinW wSize
            let struct (y, yStep) = ofGroup pinY ySize
            if isGradient then kernel.Gradient(samples, outputs, x, xStep, y, yStep, w, wStep)
            else
                let finish o sums = finish (group * outputs + o) (sums - NativePtr.toNativeInt pinY) sums
                kernel.Outputs(samples, outputs, x, xStep, w, wStep, y, yStep, finish)

    let private sums<'T when Real<'T>> isGradient windows groups samples outputs (x: 'T[]) (w: 'T[]) (y: 'T[]) finish =
        if Vector512.IsHardwareAccelerated then
            sumsOn<'T, Vector512<'T>, Simd512<'T>> isGradient windows groups samples outputs x w y finish
        elif Vector256.IsHardwareAccelerated && X86.Fma.IsSupported then
            sumsOn<'T, Vector256<'T>, Simd256<'T>> isGradient windows groups samples outputs x w y finish
        elif AdvSimd.IsSupported then
            sumsOn<'T, Vector128<'T>, Simd128<'T>> isGradient windows groups samples outputs x w y finish
        else sumsOn<'T, 'T, Scalar<'T>> isGradient windows groups samples outputs x w y finish

    /// Of each group, `outputs` channels for its windows: y, (groups x outputs x windows) x samples, for x, (groups x
    /// channels x height x width) x samples, and w, (groups x outputs) x (elements of a window). The bias of each
    /// channel is added; where `rectified`, 0 is taken for what is below.
    let outputsWith<'T when Real<'T>>
        rectified (bias: 'T[]) (windows: Windows) groups samples outputs (x: 'T[]) (w: 'T[]) (y: 'T[]) : unit =
        sums false windows groups samples outputs x w y (fun o _ sums -> addBias rectified bias[o] windows.Count sums)

    /// The same without a bias.
    let outputs<'T when Real<'T>> (windows: Windows) groups samples outputs (x: 'T[]) (w: 'T[]) (y: 'T[]) : unit =
        sums false windows groups samples outputs x w y (fun _ _ _ -> ())

    /// `outputs`, but 0 where `condition`, of the shape of y, isn't above 0.
    let outputsWhere<'T when Real<'T>>
        (condition: 'T[]) (windows: Windows) groups samples outputs (x: 'T[]) (w: 'T[]) (y: 'T[]) : unit =
        use pin = fixed condition
        let condition = NativePtr.toNativeInt pin
        sums false windows groups samples outputs x w y (fun _ place sums ->
            mask<'T> windows.Count (condition + place) sums)

    /// The gradient of w, of its shape, for that of y.
    let gradient<'T when Real<'T>> (windows: Windows) groups samples outputs (x: 'T[]) (dy: 'T[]) (g: 'T[]) : unit =
        sums true windows groups samples outputs x g dy (fun _ _ _ -> ())
