namespace Functional

open System

/// What the features of a sample are: an image of channels x height x width pixels, flattened row-major.
[<StructuredFormatDisplay("{Display}")>]
type ImageFormat =
    { /// 1 for gray.
      Channels: int
      /// Pixels in a column.
      Height: int
      /// Pixels in a row.
      Width: int
      /// The number of classes, 0 if there are no labels; only mixup needs to know.
      Classes: int
      /// The value of an empty pixel: what comes in from outside of an image.
      Background: float
      /// The least value of a pixel.
      Lowest: float
      /// The greatest value of a pixel.
      Highest: float }

    /// Images of one channel with pixels from 0, the background, to 1.
    static member Gray(height: int, width: int, classes: int) =
        { Channels = 1; Height = height; Width = width; Classes = classes
          Background = 0.0; Lowest = 0.0; Highest = 1.0 }

    /// Features of a sample.
    member image.Features = image.Channels * image.Height * image.Width

    member private image.Display = string image
    override image.ToString() = $"{image.Channels} x {image.Height} x {image.Width}"

/// One random change of images, drawn for each sample. A list of them is applied in order.
[<RequireQualifiedAccess; StructuredFormatDisplay("{Display}")>]
type Augmentation =
    /// By whole pixels, each number from -pixels to pixels equally likely, down and across.
    | Shift of pixels: int
    /// About the center, by an angle uniform over -degrees to degrees.
    | Rotation of degrees: float
    /// About the center, by a factor uniform over 1/factor to factor.
    | Scale of factor: float
    /// Every pixel comes from a place nearby: displacements, down and across, are uniform over -strength to strength,
    /// smoothed by a Gaussian with a deviation of `smoothness` pixels (cut off after three deviations; outside of the
    /// image they are 0). Source: Simard, Steinkraus and Platt, Best Practices for Convolutional Neural Networks
    /// (2003), who take a strength of 34 and a smoothness of 4.
    | Elastic of strength: float * smoothness: float
    /// Left becomes right, with this probability.
    | Flip of probability: float
    /// A window of height x width pixels, every place equally likely, out of the image with `padding` pixels of
    /// background on each side. Without padding, a window of the image's own size is the image.
    | Crop of height: int * width: int * padding: int
    /// Normal with this deviation, as a share of the range of pixels; the sum is then clamped to that range.
    | Noise of deviation: float
    /// A square of size x size pixels becomes background. Its center is any pixel, so that it may lie partly outside.
    /// Source: DeVries and Taylor, Improved Regularization of Convolutional Neural Networks with Cutout (2017).
    | Cutout of size: int
    /// Each sample x becomes w x + (1 - w) x', its targets likewise, with x' drawn from the batch and w from
    /// Beta(alpha, alpha).
    /// Source: Zhang et al., mixup: Beyond Empirical Risk Minimization (2018).
    | Mixup of alpha: float

    member private augmentation.Display = string augmentation
    /// As it is written on the command line: name:value, as in `shift:2` or `elastic:34:4`.
    override augmentation.ToString() =
        match augmentation with
        | Shift pixels -> $"shift:{pixels}"
        | Rotation degrees -> $"rotation:{string degrees}"
        | Scale factor -> $"scale:{string factor}"
        | Elastic(strength, smoothness) -> $"elastic:{string strength}:{string smoothness}"
        | Flip probability -> $"flip:{string probability}"
        | Crop(height, width, 0) -> $"crop:{height}x{width}"
        | Crop(height, width, padding) -> $"crop:{height}x{width}:{padding}"
        | Noise deviation -> $"noise:{string deviation}"
        | Cutout size -> $"cutout:{size}"
        | Mixup alpha -> $"mixup:{string alpha}"
