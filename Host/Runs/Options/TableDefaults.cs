using System.Globalization;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>How a network is trained on a table where no option says otherwise; docs/tables.md gives the
/// reasons.</summary>
internal static class TableDefaults
{
    // A class tells less per row than a quantity, so a large network needs more rows to pay.
    private const int ManyOfClasses = 5_000, ManyOfQuantities = 1_000;
    private const int MostEpochs = 500;

    /// <summary>The options that they set: a command that has a table names them all, because they depend on its
    /// size.</summary>
    public static IReadOnlySet<string> Options { get; } = new HashSet<string>
    {
        "hidden", "l2", "optimizer", "learning-rate", "average", "batch-size", "epochs",
    };

    /// <summary>The defaults for a table with this many training rows.</summary>
    public static TrainConfiguration Of(int rows, TargetKind kind)
    {
        var ofClasses = kind == TargetKind.Classes;
        var isLarge = rows >= (ofClasses ? ManyOfClasses : ManyOfQuantities);
        var batch = isLarge ? 128 : 32;
        var (steps, least) = !isLarge ? (2_000, 15) : (ofClasses ? 0 : 6_000, 30);
        var stepsPerEpoch = Math.Max(1, (rows + batch - 1) / batch);
        return new TrainConfiguration
        {
            Hidden = isLarge ? [64, 32] : [32],
            L2 = !ofClasses ? TwoDigits(Math.Min(0.1, 35.0 / Math.Max(1, rows))) : isLarge ? 0.003 : 0.015,
            // The average does what a falling rate would, but a schedule over the whole run would make a prolonged run
            // another one.
            Optimizer = new OptimizerSettings
            {
                Name = "adam", LearningRate = isLarge ? 0.003 : 0.002, Average = isLarge ? 0.999 : 0.99,
            },
            BatchSize = batch,
            // Of few rows many passes, so that there are steps enough to learn in.
            Epochs = Math.Clamp((steps + stepsPerEpoch - 1) / stepsPerEpoch, least, MostEpochs),
        };
    }

    // As it is read again.
    private static double TwoDigits(double number) =>
        double.Parse(number.ToString("G2", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
