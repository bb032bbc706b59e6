using Functional.Host.Charts;
using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Doctor;

/// <summary>What findings look like.</summary>
internal static class Pictures
{
    private const int Images = 20, LossPoints = 120, MostClasses = 6;

    /// <summary>How large the features are.</summary>
    public static Chart Features(ValueDistribution features) => Binned("Features", "feature", features);

    /// <summary>The outputs of a layer.</summary>
    public static Chart Outputs(LayerDiagnosis layer) => Binned($"Outputs of {layer.Layer}", "output", layer.Outputs);

    /// <summary>Some samples with a word on each.</summary>
    public static Chart Samples(
        string title, Images images, IEnumerable<int> samples, Func<int, string> caption) =>
        new ImageGrid(title, [.. samples.Take(Images).Select(i => new Picture(
            images.Width, images.Height, images.Gray(i), caption(i)))]);

    /// <summary>How many samples each class has.</summary>
    public static Chart Classes(Classification classification, int[] counts) =>
        new BarChart("Training samples of each class", "samples")
            { Bars = [.. counts.Select((count, i) => (classification.Names[i], (double)count))] };

    /// <summary>How many values each column of a table has, those with the fewest first.</summary>
    public static Chart Variety(Rows table, int[] rows) =>
        new BarChart($"How many different values columns have in {Plural.Plain(rows.Length, "row")}", "values")
        {
            Bars = [.. Enumerable.Range(0, table.Size)
                .Select(column => (table.NameOf(column),
                    (double)rows.Select(row => table.Number(row, column)).Distinct().Count()))
                .OrderBy(column => column.Item2).Take(Images)],
        };

    /// <summary>How many samples of a part are known from training.</summary>
    public static Chart Parts(string part, int known, int own) =>
        new BarChart($"Rows of the {part} part", "rows")
            { Bars = [("in training, too", known), ($"in {part} only", own)] };

    /// <summary>Rows of a table by the two features that separate its classes best, and what their labels say.
    /// </summary>
    public static Chart Points(Examples table, int[] rows)
    {
        var (classification, labels) = (table.Part.Classes.Classification, table.Part.Classes.Labels);
        var features = table.Inputs(rows);
        var best = Enumerable.Range(0, features.RowCount).OrderByDescending(feature => Enumerable.Range(0, rows.Length)
            .GroupBy(i => labels[rows[i]], i => (double)features[feature, i])
            .Sum(of => of.Average() * of.Average() * of.Count())).ToArray();
        double[] Values(IEnumerable<int> of, int feature) => [.. of.Select(i => (double)features[feature, i])];
        return new ScatterChart(
            "Rows, and what their labels say", Axis(best[0]), Axis(best[Math.Min(1, best.Length - 1)]))
        {
            Series = [.. Enumerable.Range(0, rows.Length).GroupBy(i => labels[rows[i]]).OrderBy(of => of.Key)
                .Take(MostClasses)
                .Select(of => new Series(
                    classification.Names[of.Key], Values(of, best[0]),
                    Values(of, best[Math.Min(1, best.Length - 1)])))],
        };

        Axis Axis(int feature) => new($"{table.Encoder.NameOf(feature)}, in deviations");
    }

    /// <summary>The weights of some units, one row each, as pictures.</summary>
    public static Chart Weights(string title, Matrix<float> weights)
    {
        var side = (int)Math.Sqrt(weights.ColumnCount);
        var (width, height) = side * side == weights.ColumnCount ? (side, side) : (weights.ColumnCount, 1);
        return new ImageGrid(title, [.. weights.EnumerateRows().Take(Images)
            .Select((row, i) =>
                Picture.Of(width, height, [.. row.Select(weight => (double)weight)], $"unit {i + 1}"))]);
    }

    /// <summary>The size of gradients at each layer, from the first on.</summary>
    public static Chart Gradients(IReadOnlyList<(string Layer, double Share)> shares) =>
        new LineChart("Gradients at the layers, beside that at the scores",
            new Axis("layer") { Categories = [.. shares.Select(share => share.Layer)] }, Axis.Log("times the scores'"))
        {
            Series = [new Series("", [.. shares.Select(share => share.Share)]) { Marker = Marker.Circle }],
            References = [new ReferenceLine(1, "as at the scores")],
        };

    /// <summary>A share of each layer's units.</summary>
    public static Chart Shares(string title, IEnumerable<(string Layer, double Share)> shares) =>
        new BarChart(title, "share, %") { Bars = [.. shares.Select(share => (share.Layer, 100 * share.Share))] };

    /// <summary>How the loss goes, in a run, or in it and others.</summary>
    public static Chart Losses(TrialRun trial, params IReadOnlyList<(string Name, IReadOnlyList<double> Losses)> runs)
    {
        // The loss that findings give is without the penalty.
        var (loss, chance) = (
            trial.Initial.Penalty.Equals(Penalty.None) ? "loss" : "loss with penalty", trial.TrainingChance);
        var finite = runs.SelectMany(run => run.Losses).Where(double.IsFinite).DefaultIfEmpty(1).ToArray();
        // Orders of magnitude don't fit on a linear axis.
        var isWide = finite.Max() > 20 * chance;
        return new LineChart(
            "Loss over the steps", "step", isWide ? Axis.Log(loss) : new Axis(loss) { Minimum = 0 })
        {
            Series = [.. runs.Select(run => Smoothed(run.Name, run.Losses))],
            References = [new ReferenceLine(chance, "guessing")],
        };
    }

    /// <summary>The accuracies of networks, or the shares of the variance that they explain.</summary>
    public static Chart Accuracies(bool areQuantities, params IReadOnlyList<(string Name, double Share)> networks) =>
        new BarChart(
            areQuantities ? "Variance of the training samples explained" : "Training samples classified correctly",
            "share, %")
            { Bars = [.. networks.Select(network => (network.Name, 100 * network.Share))] };

    /// <summary>Training and test accuracy on the way, or the shares of the variance that are explained.</summary>
    public static Chart Accuracies(bool areQuantities, IReadOnlyList<TrialPoint> course)
    {
        double[] steps = [.. course.Select(at => (double)at.Step)];
        var what = areQuantities ? "Variance explained" : "Accuracy";
        return new LineChart(
            $"{what} on training and test samples", "step", Axis.Between($"{what.ToLowerInvariant()}, %", 0, 100))
        {
            Series =
            [
                new Series("training", steps, [.. course.Select(at => 100 * at.Training)]),
                new Series("test", steps, [.. course.Select(at => 100 * at.Test)]),
            ],
        };
    }

    private static Series Smoothed(string name, IReadOnlyList<double> losses)
    {
        var block = Math.Max(1, losses.Count / LossPoints);
        return new Series(
            name, [.. losses.Chunk(block).Select((some, i) => (i * block) + ((some.Length + 1) / 2.0))],
            [.. losses.Chunk(block).Select(some => some.Average())])
        { Marker = Marker.None };
    }

    private static Histogram Binned(string title, string axis, ValueDistribution values)
    {
        var width = (values.Most - values.Least) / values.Bins.Count;
        return new Histogram(title, axis, "count")
        {
            Bins = new Bins(
                [.. Enumerable.Range(0, values.Bins.Count + 1).Select(i => values.Least + (i * width))],
                [.. values.Bins.Select(count => (double)count)], values.NotFinite),
            Description = Invariant($"{title}: {values}"),
        };
    }
}
