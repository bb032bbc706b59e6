// The C# API: augmentations. Nothing is computed here.
namespace Functional

open System
open System.Collections.Generic
open System.Runtime.InteropServices
open MathNet.Numerics.LinearAlgebra
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
