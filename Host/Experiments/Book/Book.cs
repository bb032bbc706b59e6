namespace Functional.Host.Experiments;

/// <summary>The experiments of the book, in its order.</summary>
public static class Book
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Experiment> Experiments { get; } =
    [
        new LayersExperiment(),
        new FourNumbersExperiment(),
        new GradientCheckExperiment(),
        new NumericalTrainingExperiment(),
        new TwoLayerExperiment(),
        new AdventurerExperiment(),
        new OptimizerPathsExperiment(),
        new OptimizersExperiment(),
        new ZeroWeightsExperiment(),
        new ActivationsExperiment(),
        new WeightInitExperiment(),
        new BatchNormExperiment(),
        new OverfittingExperiment(),
        new OverfittingCausesExperiment(),
        new WeightDecayExperiment(),
        new NormsExperiment(),
        new RidgeLimitExperiment(),
        new SparsityExperiment(),
        new DropoutExperiment(),
        new DropoutLengthExperiment(),
        new AugmentationExperiment(),
        new HyperparametersExperiment(),
        new Im2colExperiment(),
        new ConvolutionExperiment(),
        new FiltersExperiment(),
        new DeepConvolutionExperiment(),
    ];
}
