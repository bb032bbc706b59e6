namespace Functional.FSharp

open System
open MathNet.Numerics.LinearAlgebra
open Functional
open Functional.Augmentations
open Functional.Numerics

/// Random changes of images, so that a network sees more of them than there are. Sample j of an augmented batch is a
/// function of sample j and of the j-th child of the key alone, whatever else is in the batch; but mixup mixes samples.
[<RequireQualifiedAccess>]
module Augmentation =
    /// Everything wrong with an augmentation by itself.
    let faults (augmentation: Augmentation) : string list =
        let right, needed =
            match augmentation with
            | Augmentation.Shift pixels -> pixels >= 0, "a number of pixels from 0 on"
            | Augmentation.Rotation degrees -> degrees >= 0.0 && degrees <= 180.0, "an angle of 0 to 180 degrees"
            | Augmentation.Scale factor -> factor >= 1.0 && factor <= 100.0, "a factor of 1 to 100"
            | Augmentation.Elastic(strength, smoothness) ->
                strength >= 0.0 && Double.IsFinite strength && smoothness >= 0.1 && smoothness <= 100.0,
                "a strength from 0 on and a smoothness of 0.1 to 100 pixels"
            | Augmentation.Flip probability -> probability >= 0.0 && probability <= 1.0, "a probability of 0 to 1"
            | Augmentation.Crop(height, width, padding) ->
                height >= 1 && width >= 1 && padding >= 0, "a window of at least 1 x 1 and a padding from 0 on"
            | Augmentation.Noise deviation -> deviation >= 0.0 && Double.IsFinite deviation, "a deviation from 0 on"
            | Augmentation.Cutout size -> size >= 0 && size <= 1_000_000, "a size of 0 to 1,000,000 pixels"
            | Augmentation.Mixup alpha -> alpha > 0.0 && alpha <= 1000.0, "an alpha above 0 and up to 1000"
        if right then [] else [ $"{augmentation} needs {needed}" ]

    /// The format of images once they are augmented: crops change height and width.
    let output (augmentations: Augmentation seq) (image: ImageFormat) : ImageFormat =
        (image, given (nameof augmentations) augmentations)
        ||> Seq.fold (fun image augmentation ->
            match augmentation with
            | Augmentation.Crop(height, width, _) -> { image with Height = height; Width = width }
            | _ -> image)

    /// Everything wrong with augmentations, by themselves and for images of this format.
    let faultsFor (image: ImageFormat) (augmentations: Augmentation seq) : string list =
        let step (image: ImageFormat) augmentation =
            let least = min image.Height image.Width
            let misfit =
                match augmentation with
                | Augmentation.Shift pixels when pixels >= least -> [ "can leave nothing of" ]
                | Augmentation.Crop(_, _, padding) when padding > least -> [ "has a padding larger than" ]
                | Augmentation.Crop(height, width, padding) when
                    height > image.Height + 2 * padding || width > image.Width + 2 * padding ->
                    [ "takes a window larger than" ]
                | _ -> []
            let size = $"images of {image.Height} x {image.Width}"
            faults augmentation @ [ for fault in misfit -> $"{augmentation} {fault} {size}" ],
            output [ augmentation ] image
        let augmentations = List.ofSeq (given (nameof augmentations) augmentations)
        [ if image.Channels < 1 || image.Height < 1 || image.Width < 1 then $"images can't have {image} pixels"
          if not (image.Lowest <= image.Background && image.Background <= image.Highest) then
              $"the background {string image.Background} is not within the range of pixels, \
                {string image.Lowest} to {string image.Highest}"
          yield! augmentations |> List.mapFold step image |> fst |> List.concat ]

    /// The augmentation itself. Raises ArgumentException if its numbers are wrong.
    let check (augmentation: Augmentation) : Augmentation =
        Faults.refuse (faults augmentation)
        augmentation

    /// `place` maps an element's index in planar and in interleaved layout to the index to read from and the index to
    /// write to.
    let private reordered (image: ImageFormat) (place: int -> int -> struct (int * int)) (x: Matrix<'T>) : Matrix<'T> =
        if (given (nameof x) x).RowCount <> image.Features then
            invalidArg (nameof x) $"images of {image} have {image.Features} features, but these have {x.RowCount}"
        let pixels = image.Height * image.Width
        let from = Dense.elements x
        let into = Dense.fresh from.Length
        for sample in 0 .. image.Features .. from.Length - 1 do
            for channel in 0 .. image.Channels - 1 do
                for pixel in 0 .. pixels - 1 do
                    let struct (read, write) = place (channel * pixels + pixel) (pixel * image.Channels + channel)
                    into[sample + write] <- from[sample + read]
        Dense.matrix x.RowCount x.ColumnCount into

    /// Images of channels x height x width, as all here takes them, from images of height x width x channels.
    /// Raises ArgumentException if the features are not those of the format.
    let channelsFirst (image: ImageFormat) (x: Matrix<'T>) : Matrix<'T> =
        reordered image (fun planes interleaved -> struct (interleaved, planes)) x

    /// Images of height x width x channels from images of channels x height x width. Raises ArgumentException if the
    /// features are not those of the format.
    let channelsLast (image: ImageFormat) (x: Matrix<'T>) : Matrix<'T> =
        reordered image (fun planes interleaved -> struct (planes, interleaved)) x

    /// Elements above which several threads pay off: some ten microseconds of the cheapest augmentations.
    let private threadsFrom = 50_000

    /// Calls what `start` gives with each of the samples, in parts on several threads where that pays. Each part
    /// restarts.
    let private forEach (samples: int) (elements: int) (start: unit -> int -> unit) : unit =
        Team.split (elements >= threadsFrom) samples (fun first stop ->
            let body = start ()
            for j in first .. stop - 1 do body j)

    let private mix (classes: int) (alpha: float) (keys: Key[]) (batch: Batch<'T>) : Batch<'T> =
        let partners = keys |> Array.map (Mixing.partner alpha batch.Samples)
        let mixed (x: Matrix<'T>) =
            let from, into = Dense.elements x, Dense.fresh (x.RowCount * x.ColumnCount)
            forEach batch.Samples into.Length (fun () j -> Mixing.column x.RowCount partners[j] j from into)
            Dense.matrix x.RowCount x.ColumnCount into
        let targets =
            match batch.T with
            | Targets.Labels labels -> Batch.oneHot classes (labels.ToArray())
            | Targets.Values targets -> targets
        let weights = batch.Weights.ToArray()
        let mixedWeights = Array.copy weights
        for j in 0 .. weights.Length - 1 do Mixing.column 1 partners[j] j weights mixedWeights
        Batch(mixed batch.X, Targets.Values(mixed targets), ReadOnlyMemory mixedWeights)

    let private change
        (image: ImageFormat) (augmentations: struct (int * Augmentation) list) (keys: Key[]) (batch: Batch<'T>)
        : Batch<'T> =
        let output = output [ for struct (_, augmentation) in augmentations -> augmentation ] image
        let from, into = Dense.elements batch.X, Dense.fresh (output.Features * batch.Samples)
        forEach batch.Samples into.Length (fun () ->
            let change = Changes.ofAugmentations<'T> image output augmentations
            fun j ->
                change.Invoke(
                    keys[j],
                    ReadOnlySpan(from, j * image.Features, image.Features),
                    Span(into, j * output.Features, output.Features)))
        Batch(Dense.matrix output.Features batch.Samples into, batch.T, batch.Weights)

    /// The batch with the augmentations applied in order to each of its images; rotations and scales with an elastic
    /// distortion behind them resample an image once. What the i-th of them draws for sample j is a function of child i
    /// of child j of the key. Pixels stay within 0 and 1, or whatever range theirs is
    /// (rounded). Labels become soft targets by mixup, and otherwise remain.
    /// Raises ArgumentException with everything wrong with the augmentations for this format, if the format is not
    /// that of the batch, and if mixup finds a label outside the classes.
    let apply (key: Key) (augmentations: Augmentation seq) (image: ImageFormat) (batch: Batch<'T>) : Batch<'T> =
        Faults.refuse (faultsFor image augmentations)
        if batch.Features <> image.Features then
            invalidArg (nameof image) 
                $"images of {image} pixels have {image.Features} features, but the batch has {batch.Features}"
        let keys = Key.split batch.Samples key
        let step struct (batch, image) (augmentations: struct (int * Augmentation) list) =
            match augmentations with
            | [ struct (i, Augmentation.Mixup alpha) ] ->
                struct (mix image.Classes alpha (Array.map (Key.child i) keys) batch, image)
            | _ ->
                struct (change image augmentations keys batch,
                        output [ for struct (_, augmentation) in augmentations -> augmentation ] image)
        let groups = Changes.together [ for i, augmentation in Seq.indexed augmentations -> struct (i, augmentation) ]
        let struct (augmented, _) = groups |> List.fold step struct (batch, image)
        augmented

namespace Functional

open System.Collections.Generic
open System.Runtime.InteropServices
open Functional.FSharp

/// Augmentations: each raises ArgumentException if its numbers are wrong. The cases of the type document what they do.
[<AbstractClass; Sealed>]
type Augment =
    /// Shifts by up to this many whole pixels, vertically and horizontally.
    static member Shift([<Optional; DefaultParameterValue(2)>] pixels: int) =
        Augmentation.check (Augmentation.Shift pixels)

    /// Rotates about the center by up to this many degrees either way.
    static member Rotation([<Optional; DefaultParameterValue(10.0)>] degrees: float) =
        Augmentation.check (Augmentation.Rotation degrees)

    /// Zooms about the center by a random factor from 1/factor to factor.
    static member Scale([<Optional; DefaultParameterValue(1.1)>] factor: float) =
        Augmentation.check (Augmentation.Scale factor)

    /// Displaces pixels at random, but smoothly.
    static member Elastic
        ([<Optional; DefaultParameterValue(34.0)>] strength: float,
         [<Optional; DefaultParameterValue(4.0)>] smoothness: float) =
        Augmentation.check (Augmentation.Elastic(strength, smoothness))

    /// Mirrors left and right, with this probability.
    static member Flip([<Optional; DefaultParameterValue(0.5)>] probability: float) =
        Augmentation.check (Augmentation.Flip probability)

    /// Cuts out a random window of height x width pixels, with this many pixels of background around the image.
    static member Crop(height: int, width: int, [<Optional; DefaultParameterValue(0)>] padding: int) =
        Augmentation.check (Augmentation.Crop(height, width, padding))

    /// Adds normal noise, with this deviation as a fraction of the range of pixels.
    static member Noise([<Optional; DefaultParameterValue(0.1)>] deviation: float) =
        Augmentation.check (Augmentation.Noise deviation)

    /// Covers a random square with background.
    static member Cutout([<Optional; DefaultParameterValue(8)>] size: int) =
        Augmentation.check (Augmentation.Cutout size)

    /// Mixes two samples and their targets, weighted by Beta(alpha, alpha).
    static member Mixup([<Optional; DefaultParameterValue(0.2)>] alpha: float) =
        Augmentation.check (Augmentation.Mixup alpha)

    /// Everything wrong with augmentations for images of this format; empty if they are right.
    static member Faults(augmentations: IReadOnlyList<Augmentation>, image: ImageFormat) : IReadOnlyList<string> =
        Augmentation.faultsFor (given "image" image) (given "augmentations" augmentations)

    /// The format of images once they are augmented: crops change height and width.
    static member Output(augmentations: IReadOnlyList<Augmentation>, image: ImageFormat) : ImageFormat =
        Augmentation.output (given "augmentations" augmentations) (given "image" image)

    /// The batch with the augmentations applied in order to each of its images: sample j is a function of the sample
    /// and of the j-th child of the key. Raises ArgumentException with everything wrong with the augmentations for this
    /// format, if the format is not that of the batch, and if mixup finds a label outside the classes.
    static member Apply
        (augmentations: IReadOnlyList<Augmentation>, image: ImageFormat, batch: Batch<'T>, key: Key) : Batch<'T> =
        Augmentation.apply key (given "augmentations" augmentations) (given "image" image) (given "batch" batch)
