using Functional.Host.Data;

namespace Functional.Host.Models;

/// <summary>What looks unusual in samples for a model of images, so that its answers may mean nothing.
/// </summary>
internal static class SampleHints
{
    private const int MostSamples = 1000, Bright = 128;

    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Of(string file, Samples samples, Model<float> model)
    {
        if (model.Encoder is not ImageEncoder encoder || samples.Size != encoder.Size)
            yield break;
        var some = Enumerable.Range(0, Math.Min(samples.Count, MostSamples)).ToArray();
        var all = Enumerable.Range(0, samples.Size).ToArray();
        if (samples is Rows && !encoder.Scale.Equals(ByteScale.None)
            && some.All(i => all.All(place => samples.Number(i, place) is >= 0 and <= 1)))
            yield return $"{file}: all numbers are from 0 to 1, but the model takes bytes from 0 to 255; "
                + "if these are features already, say --features";
        if (samples is Images images && encoder.Scale.Shift < Bright)
        {
            int[] border =
            [
                .. all.Where(place =>
                    IsBorder(place / images.Channels / images.Width, images.Height)
                    || IsBorder(place / images.Channels % images.Width, images.Width)),
            ];
            if (some.Average(i => border.Average(place => samples.Number(i, place))) >= Bright)
                yield return $"{file}: the border is bright, but the built-in digits and MNIST are light ink on dark; "
                    + $"if the model learned from those, invert the {(samples.Count == 1 ? "image" : "images")}";
        }
    }

    private static bool IsBorder(int place, int size) => place == 0 || place == size - 1;
}
