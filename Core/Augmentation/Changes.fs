/// How each augmentation changes one image.
namespace Functional.Augmentations

open System
open System.Runtime.InteropServices
open System.Runtime.Intrinsics
open Functional
open Functional.FSharp
open Functional.Numerics

/// Fills `into` with the image `from`, changed as the key has it. It may hold arrays that it uses again for each
/// image, so that it is for one thread only.
type internal Change<'T when Real<'T>> = delegate of key: Key * from: ReadOnlySpan<'T> * into: Span<'T> -> unit

module internal Changes =
    let private uniform (low: float) (high: float) (key: Key) : float = low + (high - low) * (Key.uniforms 1 key)[0]

    /// A window of the output's size, every place equally likely, out of the image with background around it.
    let private crop<'T when Real<'T>> (image: ImageFormat) (output: ImageFormat) (padding: int) (background: 'T)
        : Change<'T> =
        let place (size: int) (window: int) (key: Key) =
            (Key.integers 1 (size + 2 * padding - window + 1) key)[0] - padding
        Change(fun key from into ->
            let top = place image.Height output.Height (Key.child 0 key)
            let left = place image.Width output.Width (Key.child 1 key)
            let first, last = max 0 -left, min output.Width (image.Width - left)
            into.Fill background
            for channel in 0 .. image.Channels - 1 do
                for y in max 0 -top .. min output.Height (image.Height - top) - 1 do
                    if first < last then
                        let source = (channel * image.Height + y + top) * image.Width + left
                        let target = (channel * output.Height + y) * output.Width
                        from.Slice(source + first, last - first).CopyTo(into.Slice(target + first, last - first)))

    /// A turn by an angle (radians) and an enlargement by a factor about the center: the rows of a matrix from how far
    /// down and across a place is to where its pixel comes from.
    let private turned (key: Key) (augmentation: Augmentation) : struct (float * float * float * float) =
        let angle, factor =
            match augmentation with
            | Augmentation.Rotation degrees ->
                let most = degrees * (Math.PI / 180.0)
                uniform -most most key, 1.0
            | Augmentation.Scale factor -> 0.0, uniform (1.0 / factor) factor key
            | _ -> 0.0, 1.0
        let cosine, sine = Elementary.cos angle / factor, Elementary.sin angle / factor
        struct (cosine, sine, -sine, cosine)

    let private times (struct (a, b, c, d)) (struct (e, f, g, h)) : struct (float * float * float * float) =
        struct (a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h)

    /// Turns and enlargements, then perhaps a displacement, as one resampling: each would blur the image once more.
    let private warp<'T when Real<'T>>
        (image: ImageFormat) (background: 'T) (turns: struct (int * Augmentation) list)
        (displacement: struct (int * float * float) voption) : Change<'T> =
        let frame = Frame(image, background)
        let middle, center = float32 (image.Height - 1) / 2.0f, float32 (image.Width - 1) / 2.0f
        let matrix (key: Key) =
            let all = turns |> List.map (fun (struct (i, turn)) -> turned (Key.child i key) turn)
            let struct (a, b, c, d) = List.reduce times all
            struct (float32 a, float32 b, float32 c, float32 d)
        match displacement with
        | ValueNone ->
            Change(fun key from into ->
                let struct (a, b, c, d) = matrix key
                Resampling.warp frame from into (fun y x ->
                    let down = float32 y - middle
                    let across = Resampling.columns x - Vector512.Create center
                    struct (Vector512.Create(middle + a * down) + Vector512.Create b * across,
                            Vector512.Create(center + c * down) + Vector512.Create d * across)))
        | ValueSome(struct (i, strength, smoothness)) ->
            let smoothing = Smoothing(image.Height, image.Width, smoothness)
            let stride = smoothing.Stride
            let downs, acrosses = Array.zeroCreate smoothing.Length, Array.zeroCreate smoothing.Length
            let displace (key: Key) =
                smoothing.Fill(Key.child 0 (Key.child i key), float32 strength, downs)
                smoothing.Fill(Key.child 1 (Key.child i key), float32 strength, acrosses)
            if turns.IsEmpty then
                Change(fun key from into ->
                    displace key
                    Resampling.warp frame from into (fun y x ->
                        let at = y * stride + x
                        struct (Vector512.Create(float32 y) + Passes.load downs at,
                                Resampling.columns x + Passes.load acrosses at)))
            else
                Change(fun key from into ->
                    displace key
                    let struct (a, b, c, d) = matrix key
                    Resampling.warp frame from into (fun y x ->
                        let at = y * stride + x
                        let down = Vector512.Create(float32 y - middle) + Passes.load downs at
                        let across = Resampling.columns x - Vector512.Create center + Passes.load acrosses at
                        struct (Vector512.Create middle + Vector512.Create a * down + Vector512.Create b * across,
                                Vector512.Create center + Vector512.Create c * down + Vector512.Create d * across)))

    let private flip<'T when Real<'T>> (image: ImageFormat) (probability: float) : Change<'T> =
        Change(fun key from into ->
            from.CopyTo into
            if uniform 0.0 1.0 key < probability then
                for row in 0 .. image.Channels * image.Height - 1 do
                    into.Slice(row * image.Width, image.Width).Reverse())

    /// The standard normal distribution in 65,536 equally likely numbers.
    let private normals =
        lazy Array.init 65536 (fun i -> float32 (Elementary.normalQuantile ((float i + 0.5) / 65536.0)))

    let private noise<'T when Real<'T>> (image: ImageFormat) (deviation: float) : Change<'T> =
        let lowest: 'T = Real.number<'T, float> image.Lowest
        let highest: 'T = Real.number<'T, float> image.Highest
        let deviation: 'T = Real.number<'T, float> (deviation * (image.Highest - image.Lowest))
        let normals, bytes = normals.Value, Array.zeroCreate (Bits.length (2 * image.Features))
        Change(fun key from into ->
            Bits.fill key bytes
            let draws = MemoryMarshal.Cast<byte, uint16>(ReadOnlySpan bytes)
            for i in 0 .. from.Length - 1 do
                let added: 'T = deviation * Real.number<'T, float32> normals[int draws[i]]
                into[i] <- 'T.Max(lowest, 'T.Min(highest, from[i] + added)))

    let private cutout<'T when Real<'T>> (image: ImageFormat) (background: 'T) (size: int) : Change<'T> =
        Change(fun key from into ->
            let top = (Key.integers 1 image.Height (Key.child 0 key))[0] - size / 2
            let left = (Key.integers 1 image.Width (Key.child 1 key))[0] - size / 2
            let first, last = max 0 left, min image.Width (left + size)
            from.CopyTo into
            for channel in 0 .. image.Channels - 1 do
                for y in max 0 top .. min image.Height (top + size) - 1 do
                    into.Slice((channel * image.Height + y) * image.Width + first, last - first).Fill background)

    /// Augmentations that change an image in one go, each with its place in the whole list: those that move pixels to
    /// places between pixels, as far as one follows the other, and any other by itself.
    let rec together (augmentations: struct (int * Augmentation) list) : struct (int * Augmentation) list list =
        match augmentations with
        | [] -> []
        | (struct (_, (Augmentation.Rotation _ | Augmentation.Scale _)) as turn) :: rest ->
            match rest, together rest with
            | struct (_, (Augmentation.Rotation _ | Augmentation.Scale _ | Augmentation.Elastic _)) :: _,
              next :: later -> (turn :: next) :: later
            | _, later -> [ turn ] :: later
        | other :: rest -> [ other ] :: together rest

    /// What augmentations that go together do to an image that comes in this format and goes out in the other. It takes
    /// the image's key, of which the i-th of all augmentations has child i.
    let ofAugmentations<'T when Real<'T>>
        (image: ImageFormat) (output: ImageFormat) (augmentations: struct (int * Augmentation) list) : Change<'T> =
        let background: 'T = Real.number<'T, float> image.Background
        let byChild (i: int) (change: Change<'T>) : Change<'T> =
            Change(fun key from into -> change.Invoke(Key.child i key, from, into))
        match augmentations with
        | [ struct (i, Augmentation.Shift pixels) ] -> byChild i (crop image image pixels background)
        | [ struct (i, Augmentation.Crop(_, _, padding)) ] -> byChild i (crop image output padding background)
        | [ struct (i, Augmentation.Flip probability) ] -> byChild i (flip image probability)
        | [ struct (i, Augmentation.Noise deviation) ] -> byChild i (noise image deviation)
        | [ struct (i, Augmentation.Cutout size) ] -> byChild i (cutout image background size)
        | _ ->
            match List.rev augmentations with
            | struct (i, Augmentation.Elastic(strength, smoothness)) :: turns ->
                warp image background (List.rev turns) (ValueSome(struct (i, strength, smoothness)))
            | _ -> warp image background augmentations ValueNone
