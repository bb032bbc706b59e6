using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Doctor;

/// <summary>Whether test samples are of the kind of the training samples: feature by feature, by the distance of
/// Kolmogorov and Smirnov (how far two distributions are apart at most).</summary>
internal static class PartDifference
{
    private const int MostSamples = 2000;

    // In two parts drawn from one source, fewer than one feature in 100,000 differs by more standard errors.
    private const double LeastDistance = 0.25, StandardErrors = 2.5;

    /// <summary>The feature that differs most, if any differs more than by chance.</summary>
    public static Finding? Finding(TrainingRun run)
    {
        int[] rows = Split.EvenlySpaced(run.Split.Training, MostSamples),
            others = Split.EvenlySpaced(run.Data.Test.All, MostSamples);
        var features = Features(run.Encoded, rows, others).ToArray();
        var chance = StandardErrors * Math.Sqrt((double)(rows.Length + others.Length) / rows.Length / others.Length);
        var apart = features.Where(feature => feature.Distance > Math.Max(LeastDistance, chance)).ToArray();
        if (apart.Length == 0)
            return null;
        var (name, _, training, test) = apart.MaxBy(feature => feature.Distance);
        return new Finding(
            FindingKind.TrainAndTestDiffer, "input", Severity.Warning,
            Invariant($"{name} is {training.Average():G3} on average in the training samples and ")
                + Invariant($"{test.Average():G3} in the test samples (as the network sees it)")
                + (apart.Length > 1 ? Invariant($"; {apart.Length} of {features.Length} features differ so") : ""),
            "Check that both parts have the same units and the same scaling, and were drawn from the same source: "
            + "what is learned from one says little about the other")
        {
            Picture = new LineChart(
                "Training and test samples in order of size", new Axis("share of the samples, %"),
                new Axis($"{name}, as the network sees it"))
            {
                Series = [Curve("training", training), Curve("test", test)],
            },
        };
    }

    private static Series Curve(string name, double[] values)
    {
        var sorted = values.Order().ToArray();
        double[] shares = [.. Enumerable.Range(0, 51).Select(i => 2.0 * i)];
        return new Series(
            name, shares, [.. shares.Select(share => sorted[(int)(share / 100 * (sorted.Length - 1))])])
            { Marker = Marker.None };
    }

    // Of a table its columns; of images their mean and their largest pixel.
    private static IEnumerable<(string Name, double Distance, double[] Training, double[] Test)> Features(
        EncodedDataSet data, int[] rows, int[] others)
    {
        var (training, test) = (data.Training.Inputs(rows), data.Test.Inputs(others));
        (string, Func<Matrix<float>, double[]>)[] of =
            data.Training.Part.Samples is Rows
            ? [.. Enumerable.Range(0, training.RowCount).Select(i => (
                $"column '{data.Encoder.NameOf(i)}'",
                (Func<Matrix<float>, double[]>)(x =>
                    [.. x.Row(i).Select(value => (double)value)])))]
            : [("the mean pixel of an image", x => [.. x.EnumerateColumns().Select(image => (double)image.Average())]),
                ("the largest pixel of an image", x =>
                    [.. x.EnumerateColumns().Select(image => (double)image.Maximum())])];
        foreach (var (name, values) in of)
        {
            var (a, b) = (values(training), values(test));
            yield return (name, Distance([.. a.Order()], [.. b.Order()]), a, b);
        }
    }

    private static double Distance(double[] a, double[] b)
    {
        var (i, j, most) = (0, 0, 0.0);
        while (i < a.Length && j < b.Length)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] <= value)
                i++;
            while (j < b.Length && b[j] <= value)
                j++;
            most = Math.Max(most, Math.Abs(((double)i / a.Length) - ((double)j / b.Length)));
        }
        return most;
    }
}
