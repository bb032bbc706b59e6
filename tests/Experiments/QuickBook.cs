using Functional.Host.Data;
using Functional.Host.Experiments;

namespace Functional.Tests.Experiments;

/// <summary>All experiments on the digits in small passes, run once for all tests.</summary>
internal static class QuickBook
{
    public static readonly LabSettings Settings = new() { Quick = true };
    public static readonly LabSettings ThreeSeeds = Settings with { Seeds = 3 };

    private static readonly Lazy<IReadOnlyList<ExperimentResult>> One = Run(Settings), Three = Run(ThreeSeeds);

    public static IReadOnlyList<ExperimentResult> Results => One.Value;
    public static IReadOnlyList<ExperimentResult> ResultsOfThreeSeeds => Three.Value;

    private static Lazy<IReadOnlyList<ExperimentResult>> Run(LabSettings settings) =>
        new(() => ExperimentRunner.Run(Book.Experiments, settings, DataSets.Load("digits")));

    public static ExperimentResult Result(string experiment) =>
        Results.Single(result => result.Experiment.Name == experiment);

    public static Figure Figure(string experiment, string name = "accuracy") => FigureOf(Result(experiment), name);

    public static Figure FigureOf(ExperimentResult result, string name) =>
        result.Report.Parts.OfType<Figure>().Single(figure => figure.Name == name);
}
