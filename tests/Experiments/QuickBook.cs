using Functional.Host.Data;
using Functional.Host.Experiments;

namespace Functional.Tests.Experiments;

/// <summary>All experiments on the digits in a small pass, run once for all tests.</summary>
internal static class QuickBook
{
    public static readonly LabSettings Settings = new() { Quick = true };

    private static readonly Lazy<IReadOnlyList<ExperimentResult>> Run =
        new(() => ExperimentRunner.Run(Book.Experiments, Settings, DataSets.Load("digits")));

    public static IReadOnlyList<ExperimentResult> Results => Run.Value;

    public static ExperimentResult Result(string experiment) =>
        Results.Single(result => result.Experiment.Name == experiment);

    public static Figure Figure(string experiment, string name = "accuracy") => FigureOf(Result(experiment), name);

    public static Figure FigureOf(ExperimentResult result, string name) =>
        result.Report.Parts.OfType<Figure>().Single(figure => figure.Name == name);
}
