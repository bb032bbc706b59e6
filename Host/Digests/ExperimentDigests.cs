using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;

namespace Functional.Host.Digests;

/// <summary>The experiments in their shortest form: a few steps of narrow networks.</summary>
internal static class ExperimentDigests
{
    private static LabSettings Settings(string iterations, string samples, string hidden) => new()
    {
        Quick = true,
        Options =
        [
            new("iterations", iterations), new("samples", samples), new("batch-size", samples), new("hidden", hidden),
        ],
    };

    private static LabSettings Settings(Experiment experiment) => experiment switch
    {
        // It predicts twice for every weight and step.
        NumericalTrainingExperiment => Settings("2", "20", "2"),
        _ when IsOfImageLayers(experiment) => Settings("2", "10", "8"),
        _ => Settings("5", "20", "8"),
    };

    // Layers of images take a hundred times as long, and minutes where there are no vectors.
    private static bool IsOfImageLayers(Experiment experiment) =>
        experiment is ConvolutionExperiment or FiltersExperiment or DeepConvolutionExperiment;

    private const int TestedByImageLayers = 20;

    /// <summary>What they are.</summary>
    public static IReadOnlyList<DigestEntry> Entries { get; } =
        [.. Book.Experiments.Select(one => new DigestEntry($"experiment/{one.Name}", hash => Run(hash, one)))];

    private static void Run(ContentHash hash, Experiment experiment)
    {
        var settings = Settings(experiment);
        var data = DataSets.Load(settings.Data);
        if (IsOfImageLayers(experiment))
            data = data with { Test = data.Test.Take([.. Enumerable.Range(0, TestedByImageLayers)]) };
        var result = ExperimentRunner.RunOn(new Lazy<DataSet>(() => data), [experiment], settings)[0];
        foreach (var curves in result.Trained)
            foreach (var curve in curves.Seeds)
                hash.Add(curves.Name).Add(curve.Digest).Add(curve.Losses)
                    .Add(curve.Accuracies.Select(point => point.Test));
        foreach (var part in result.Report.Parts)
            if (part is Figure figure)
                hash.Add(figure.Name).Add(ChartNumbers.Csv(figure.Chart));
            else if (part is Table table)
                hash.Add(string.Join('\n', table.Rows.Select(row => string.Join('\t', row))));
    }
}
