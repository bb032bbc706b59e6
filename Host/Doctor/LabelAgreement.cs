using System.Globalization;
using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Doctor;

/// <summary>Whether labels have to do with their images: images that look alike should mostly have the same label.</summary>
internal static class LabelAgreement
{
    private const int Queries = 400, References = 2500;

    /// <summary>What the nearest neighbors of training and of test samples say.</summary>
    public static IEnumerable<Finding> Findings(ImageDataSet data, int[] training)
    {
        var used = Trial.Some(training, Queries);
        if (used.Length < 30)
            yield break;
        var within = Agreement(data.Training, used, data.Training, Trial.Some(data.Training.All, References));
        var test = Trial.Some(data.Test.All, Queries);
        var withinTest = Agreement(data.Test, test, data.Test, Trial.Some(data.Test.All, References));
        var across = Agreement(data.Test, test, data.Training, Trial.Some(data.Training.All, References));
        Finding Of(Severity severity, string evidence, string advice) =>
            new(FindingKind.ShuffledLabels, null, severity, evidence, advice)
            {
                Picture = Pictures.Samples(
                    "Training samples and what their labels say", data.Training, Trial.Some(used, 20), i => $"is {data.Training.Labels[i]}"),
            };

        if (within < 0.1)
            yield return Of(
                Severity.Error,
                $"the training image most alike has the same label {Percent(within)} more often than chance would have it; with right labels that is most of the time",
                "Check how --data pairs images with labels: they may be in different orders, so that there is nothing to learn but by heart");
        else if ((within < 0.4 && within < 0.85 * withinTest) || within < 0.65 * withinTest)
            yield return Of(
                Severity.Warning,
                $"the training image most alike has the same label in {Percent(within)} of the cases (beyond chance), but within the test samples in {Percent(withinTest)}",
                "Check the training labels: a part of them seems to be wrong");
        else if (across < 0.5 * Math.Min(within, withinTest))
            yield return Of(
                Severity.Warning,
                $"images that look alike agree in their labels within the training samples ({Percent(within)} beyond chance) and within the test samples ({Percent(withinTest)}), but not with each other ({Percent(across)})",
                "Check that the labels of both parts mean the same classes and are in the order of their images");
        else if (within < 0.4)
            yield return Of(
                Severity.Warning,
                $"images that look alike have the same label in only {Percent(within)} of the cases (beyond chance)",
                "Look at samples with their labels: many labels may be wrong, or the classes can hardly be told by pixels");
    }

    /// <summary>How often an image's nearest other image has its label: 0 as often as by chance, 1 always.</summary>
    private static double Agreement(LabeledImages images, int[] queries, LabeledImages of, int[] references)
    {
        var (x, y) = (Pixels(images, queries), Pixels(of, references));
        var products = Products.TransposeThisProduct(y, x);
        var sizes = references.Select((_, i) => y.Column(i).DotProduct(y.Column(i))).ToArray();
        var agreed = 0;
        for (var j = 0; j < queries.Length; j++)
        {
            var best = -1;
            var least = float.PositiveInfinity;
            for (var i = 0; i < references.Length; i++)
            {
                var distance = sizes[i] - (2 * products[i, j]);
                if (distance < least && !(ReferenceEquals(images, of) && references[i] == queries[j]))
                    (best, least) = (i, distance);
            }
            if (best >= 0 && of.Labels[references[best]] == images.Labels[queries[j]])
                agreed++;
        }
        var shares = references.CountBy(i => of.Labels[i])
            .ToDictionary(count => count.Key, count => (double)count.Value / references.Length);
        var chance = queries.Average(i => shares.GetValueOrDefault(images.Labels[i]));
        return Math.Max(0, (((double)agreed / queries.Length) - chance) / (1 - chance + 1e-9));
    }

    private static Matrix<float> Pixels(LabeledImages images, int[] samples) =>
        Batch.OfBytes<float>(ByteScale.Unit, images.Features, images.Pixels, images.Labels, samples).Inputs;

    private static string Percent(double share) => share.ToString("0%", CultureInfo.InvariantCulture);
}
