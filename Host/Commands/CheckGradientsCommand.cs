using System.CommandLine;
using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional check-gradients</c>: the table of section 5.7.3, backpropagation against central
/// differences.</summary>
internal static class CheckGradientsCommand
{
    private static readonly string[] Options =
    [
        "data", "label", "task", "ignore", "missing", "layers", "hidden", "activation", "batch-norm", "dropout",
        "dropout-form", "l1", "l2", "loss", "label-smoothing", "init", "seed",
    ];

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var defaults = new TrainConfiguration { Initializer = Initializer.Normal(0.01) };
        var options = TrainOptions.All.Where(option => Options.Contains(option.Name))
            .Select(option => CommonOptions.Of(option, defaults)).ToArray();
        var samples = CommonOptions.Count("--samples", "how many of the first training samples to use", 3);
        var threads = CommonOptions.Threads();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "check-gradients", "Compare a network's gradients with central differences, in double precision.",
            ("functional check-gradients", "the book's network of section 5.7.3"),
            ("functional check-gradients --batch-norm --activation gelu --l2 0.01", "a network with more to check"));
        foreach (var option in (Option[])[.. options, samples, threads, json])
            command.Add(option);
        command.SetAction(parsed => Run(
            TrainOptions.Parse(CommonOptions.Values(parsed, options), defaults),
            parsed.GetValue(samples), parsed.GetValue(threads), parsed.GetValue(json)));
        return command;
    }

    // Differences of right gradients are about 1e-9 of them; at a kink (of ReLU) central differences are wrong
    // themselves.
    private const double Agreement = 1e-5;
    // What rounding leaves of a sum whose terms cancel.
    private const double Zero = 1e-15;

    private static int Run(TrainConfiguration configuration, int samples, int threads, bool json)
    {
        var part = DataSets.Load(configuration.Data, configuration.DataOptions).Training;
        if (samples < 1 || samples > part.Count)
            throw new UsageException($"--samples: from 1 to {part.Count} samples are needed, not {samples}");
        var (encoder, task) = (FeatureEncoder.Learn(part.Samples, part.All), part.Targets.Task(part.All));
        GradientCheckLimit.CheckSize(configuration, LayerInput.Of(encoder), configuration.Outputs(task));
        var network = configuration.CreateNetwork<double>(encoder, task);
        int[] first = [.. Enumerable.Range(0, samples)];
        var batch = task.Batch(encoder.Encode<double>(part.Samples, first), part.Targets, first);
        var (gradient, differences, byPullbacks, byDifferences) = Threads.Use(threads, () =>
        {
            // The first call also compiles the code.
            network.Gradient(batch, Key.OfSeed(0));
            var watch = Stopwatch.StartNew();
            var gradient = network.Gradient(batch, Key.OfSeed(0)).Parameters;
            var pullbacks = watch.Elapsed;
            watch.Restart();
            var numerical = Differences.OfNetwork(network, batch);
            return (gradient, Differences.Compare(gradient, numerical), pullbacks, watch.Elapsed);
        });
        var clear = differences.All(difference => difference.LargestRelative <= Agreement);
        // Where the table is not enough, this leaves kinks out.
        var check = clear ? null : Threads.Use(threads, () => GradientCheck.OfNetwork(network, batch));
        var agree = check?.Agrees ?? true;
        if (json)
        {
            var report = new JsonReport(Console.Out);
            foreach (var difference in differences)
                report.Write(
                    "parameter", ("parameter", difference.Parameter), ("shape", difference.Shape.ToString()),
                    ("meanAbsolute", difference.MeanAbsolute), ("largestRelative", difference.LargestRelative));
            report.Write(
                "summary", ("backpropagationSeconds", byPullbacks.TotalSeconds),
                ("numericalSeconds", byDifferences.TotalSeconds));
        }
        else
        {
            Console.WriteLine(Say($"{network}, {Plural.Of(samples, "sample")}, double precision"));
            var table = new TextTable(
                TextTable.Left(Say("parameter")), TextTable.Left(Say("shape")), TextTable.Right(Say("mean difference")),
                TextTable.Left(Say("largest / gradient")));
            foreach (var (difference, leaf) in differences.Zip(gradient))
                table.Add(
                    difference.Parameter, $"{difference.Shape}", Invariant($"{difference.MeanAbsolute:0.0E+00}"),
                    leaf.Values.All(x => Math.Abs(x) < Zero)
                        ? Say("- (the gradient is 0)") : Invariant($"{difference.LargestRelative:0.0E+00}"));
            table.Write();
            Console.WriteLine(Say(Invariant($"backpropagation took {byPullbacks.TotalMilliseconds:F2} ms, ")
                + Invariant($"central differences {byDifferences.TotalSeconds:F2} s")));
            Console.WriteLine(Say(
                check is null ? Invariant($"agree: no difference is above {Agreement:G1} of the gradient")
                : agree ? $"agree: {check}" : $"differ: {check}"));
        }
        return agree ? ExitCode.Done : ExitCode.Failed;
    }
}
