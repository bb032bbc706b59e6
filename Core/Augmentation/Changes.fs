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

    /// The image turned by an angle (radians) and enlarged by a factor about its center, both drawn from a key.
    let private turn<'T when Real<'T>>
        (image: ImageFormat) (background: 'T) (angle: Key -> float) (factor: Key -> float)
        : Change<'T> =
        let frame = Frame(image, background)
        let middle, center = float32 (image.Height - 1) / 2.0f, float32 (image.Width - 1) / 2.0f
        Change(fun key from into ->
            let angle, factor = angle key, factor key
            let cosine, sine = float32 (Elementary.cos angle / factor), float32 (Elementary.sin angle / factor)
            Resampling.warp frame from into (fun y x ->
                let down = float32 y - middle
                let across = Resampling.columns x - Vector512.Create center
                struct (Vector512.Create(middle + cosine * down) + Vector512.Create sine * across,
                        Vector512.Create(center - sine * down) + Vector512.Create cosine * across)))

    let private elastic<'T when Real<'T>> (image: ImageFormat) (background: 'T) (strength: float) (smoothness: float)
        : Change<'T> =
        let frame, smoothing = Frame(image, background), Smoothing(image.Height, image.Width, smoothness)
        let stride = smoothing.Stride
        let down, across = Array.zeroCreate smoothing.Length, Array.zeroCreate smoothing.Length
        Change(fun key from into ->
            smoothing.Fill(Key.child 0 key, float32 strength, down)
            smoothing.Fill(Key.child 1 key, float32 strength, across)
            Resampling.warp frame from into (fun y x ->
                let at = y * stride + x
                struct (Vector512.Create(float32 y) + Passes.load down at,
                        Resampling.columns x + Passes.load across at)))

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

    /// What the augmentation does to an image that comes in this format and goes out in the other.
    let ofAugmentation<'T when Real<'T>> (image: ImageFormat) (output: ImageFormat) (augmentation: Augmentation)
        : Change<'T> =
        let background: 'T = Real.number<'T, float> image.Background
        match augmentation with
        | Augmentation.Shift pixels -> crop image image pixels background
        | Augmentation.Crop(_, _, padding) -> crop image output padding background
        | Augmentation.Rotation degrees ->
            let most = degrees * (Math.PI / 180.0)
            turn image background (uniform -most most) (fun _ -> 1.0)
        | Augmentation.Scale factor -> turn image background (fun _ -> 0.0) (uniform (1.0 / factor) factor)
        | Augmentation.Elastic(strength, smoothness) -> elastic image background strength smoothness
        | Augmentation.Flip probability -> flip image probability
        | Augmentation.Noise deviation -> noise image deviation
        | Augmentation.Cutout size -> cutout image background size
        | Augmentation.Mixup _ -> invalidOp "mixup changes batches, not images"
