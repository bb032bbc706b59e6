namespace Functional.Host.Runs;

/// <summary>How a network is trained on a table where no option says otherwise; docs/tables.md gives the
/// reasons.</summary>
internal static class TableDefaults
{
    private const int ManyRows = 5_000, FewestSteps = 2_000, MostEpochs = 500, UsualEpochs = 15;

    /// <summary>The options that they set: a command that has a table names them all, because they depend on its
    /// size.</summary>
    public static IReadOnlySet<string> Options { get; } =
        new HashSet<string> { "hidden", "l2", "optimizer", "batch-size", "epochs" };

    /// <summary>The defaults for a table with this many training rows.</summary>
    public static TrainConfiguration Of(int rows)
    {
        var isLarge = rows >= ManyRows;
        var batch = isLarge ? 128 : 32;
        var stepsPerEpoch = Math.Max(1, (rows + batch - 1) / batch);
        return new TrainConfiguration
        {
            Hidden = isLarge ? [64, 32] : [32],
            L2 = isLarge ? 0.003 : 0.01,
            // A schedule over the whole run would make a prolonged run another one.
            Optimizer = new OptimizerSettings { Name = "adam" },
            BatchSize = batch,
            // Of few rows many passes, so that there are steps enough to learn in.
            Epochs = Math.Clamp((FewestSteps + stepsPerEpoch - 1) / stepsPerEpoch, UsualEpochs, MostEpochs),
        };
    }
}
