namespace Functional.Host.Experiments;

/// <summary>The experiments of the book, in its order.</summary>
public static class Book
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> Experiments { get; } =
    [
        new LayersExperiment(),
        new GradientCheckExperiment(),
        new TwoLayerExperiment(),
        new OptimizerPathsExperiment(),
        new OptimizersExperiment(),
        new ActivationsExperiment(),
        new WeightInitExperiment(),
        new BatchNormExperiment(),
        new OverfittingExperiment(),
        new WeightDecayExperiment(),
        new NormsExperiment(),
        new DropoutExperiment(),
        new AugmentationExperiment(),
        new HyperparametersExperiment(),
    ];
}
