namespace Functional.Host.Runs;

/// <summary>What must be right before a run's first step, beyond each option by itself.</summary>
internal static class RunChecks
{
    /// <summary>Checks that arrays can be as large as the network and its batches.</summary>
    /// <exception cref="UsageException">They can't.</exception>
    public static void Sizes(TrainingRun run)
    {
        var (configuration, input) = (run.Configuration, LayerInput.Of(run.Encoded.Encoder));
        var parameters = run.BaseModel is null
            ? configuration.ParameterCount(input, configuration.Outputs(run.Encoded.Task)) : 0;
        if (parameters > Array.MaxLength)
            throw new UsageException(new Fault(configuration.LayersField, Invariant(
                $"a network of {parameters:N0} parameters is larger than the {Array.MaxLength:N0} that there can be")));
        var widest = Widths(run).Append(input.Features).Max();
        if ((long)run.LargestBatch * widest > Array.MaxLength)
            throw new UsageException(new Fault(nameof(configuration.BatchSize), Invariant(
                $"a batch of {Plural.Of(run.LargestBatch, "sample")} with {Plural.Of(widest, "number")} ")
                + Invariant($"each is larger than the {Array.MaxLength:N0} numbers that there can be")));
    }

    /// <summary>Checks that the first weights are finite in single precision.</summary>
    /// <exception cref="UsageException">They aren't.</exception>
    public static void Weights(TrainConfiguration configuration, Parameters<float> parameters)
    {
        if (parameters.Any(leaf => leaf.Values.Exists(value => !float.IsFinite(value))))
            throw new UsageException(new Fault(
                nameof(configuration.Initializer),
                $"{configuration.Initializer} gives weights that single precision can't hold"));
    }

    /// <summary>An optimizer, if its groups fit the parameters.</summary>
    /// <exception cref="UsageException">They don't.</exception>
    public static Optimizer Groups(Optimizer optimizer, Parameters<float> parameters)
    {
        try
        {
            _ = optimizer.Init(parameters);
            return optimizer;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(OptimizerSettings.Groups), e.Reason()));
        }
    }

    /// <summary>Checks that the augmentations suit the images.</summary>
    /// <param name="augmentations">Those of the configuration.</param>
    /// <param name="format">The images'; null if samples are none.</param>
    /// <exception cref="UsageException">They don't.</exception>
    public static void Augmentations(IReadOnlyList<Augmentation> augmentations, ImageFormat? format)
    {
        if (augmentations.Count == 0)
            return;
        var faults = format is null
            ? ["images can be changed, but these are tables of numbers"] : Augment.Faults(augmentations, format);
        if (faults.Count == 0 && Augment.Output(augmentations, format!) is var output
            && output.Features != format!.Features)
            faults = [$"images of {output.Height} x {output.Width} would train a network for {format.Height} x "
                + $"{format.Width}"];
        if (faults.Count > 0)
            throw new UsageException(
                faults.Select(fault => new Fault(nameof(TrainConfiguration.Augmentations), fault)));
    }

    /// <summary>The memory of a step, in bytes: the gradient, the next state beside the last, and a batch with its
    /// outputs, their gradients and what is kept.</summary>
    public static double BytesOfStep(TrainingRun run)
    {
        var training = run.Start.Training;
        return sizeof(float) * (
            ((2.0 + training.OptimizerState.Slots.Length) * training.Network.Parameters().Length)
            + (run.LargestBatch * (training.Network.Inputs + (3.0 * Widths(run).Sum(width => (double)width)))));
    }

    private static IEnumerable<int> Widths(TrainingRun run) => run.BaseModel is not { } model
        ? run.Configuration.Widths(LayerInput.Of(run.Encoded.Encoder))
        : model.Model.Network.Layers.Select(layer => layer.Outputs).Where(outputs => outputs > 0).SkipLast(1);
}
