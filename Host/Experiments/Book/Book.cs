namespace Functional.Host.Experiments;

/// <summary>The experiments of the book, in its order.</summary>
public static class Book
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> Experiments { get; } =
    [
        new OptimizerPathsExperiment(),
        new OptimizersExperiment(),
        new WeightInitExperiment(),
    ];
}
