using Functional.Host.Data;

namespace Functional.Host.Models;

/// <summary>What looks unusual in samples for a model of images, so that its answers may mean nothing.
/// </summary>
internal static class SampleHints
{
    private const int MostSamples = 1000, Bright = 128;

    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Of(string file, LabeledImages samples, Model<float> model)
    {
        if (model.Image is null || samples.Features != model.Network.Inputs)
            yield break;
        var some = Enumerable.Range(0, Math.Min(samples.Count, MostSamples)).ToArray();
        var all = Enumerable.Range(0, samples.Features).ToArray();
        if (samples.IsTable && !model.Scale.IsNone
            && some.All(i => all.All(place => samples.Number(i, place) is >= 0 and <= 1)))
            yield return $"{file}: all numbers are from 0 to 1, but the model takes bytes from 0 to 255; "
                + "if these are features already, say --features";
        if (!samples.IsTable && model.Scale.Means[0] < Bright)
        {
            int[] border =
            [
                .. all.Where(place =>
                    IsBorder(place / samples.Width, samples.Height) || IsBorder(place % samples.Width, samples.Width)),
            ];
            if (some.Average(i => border.Average(place => samples.Number(i, place))) >= Bright)
                yield return $"{file}: the border is bright, but the built-in digits and MNIST are light ink on dark; "
                    + $"if the model learned from those, invert the {(samples.Count == 1 ? "image" : "images")}";
        }
    }

    private static bool IsBorder(int place, int size) => place == 0 || place == size - 1;
}
