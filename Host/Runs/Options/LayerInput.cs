using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>What a layer gets of a sample: an image, or numbers of which none is another's neighbor.</summary>
/// <param name="Features">How many numbers it is.</param>
/// <param name="Image">The image's shape; null if it is none.</param>
internal readonly record struct LayerInput(int Features, ImageShape? Image = null)
{
    /// <summary>What the first layer gets.</summary>
    public static LayerInput Of(FeatureEncoder encoder) => encoder is ImageEncoder image
        ? Of(ImageShape.Of(image.Channels, image.Height, image.Width)) : new(encoder.Features);

    /// <summary>What the first layer gets of samples that are encoded number by number, as images are.</summary>
    public static LayerInput Of(Samples samples) => samples is Images images
        ? Of(ImageShape.Of(images.Channels, images.Height, images.Width)) : new(samples.Size);

    /// <summary>An image.</summary>
    public static LayerInput Of(ImageShape image) => new(image.Size, image);

    /// <summary>As in <c>16 x 24 x 24</c> or <c>100 numbers</c>.</summary>
    public override string ToString() => Image is { } image ? $"{image}" : Plural.Of(Features, "number");

    /// <summary>The image's shape.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public ImageShape RequireImage() => Image
        ?? throw new ArgumentException("it takes images: their pixels have neighbors, which plain numbers don't have");
}
