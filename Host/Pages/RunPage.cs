using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Pages;

/// <summary>A run as a page: how well it went, how it got there, what the network sees, its mistakes, and
/// how to do it again.</summary>
internal static class RunPage
{
    private const int MostWeightImages = 100;
    private const int MostMistakes = 30;
    private const int LossPoints = 400;

    /// <summary>The page.</summary>
    /// <param name="run">What was asked for, with its data.</param>
    /// <param name="result">Its result.</param>
    /// <param name="threads">At least 1; the page does not depend on it.</param>
    /// <param name="seen">What was seen inside the network, if it was watched.</param>
    /// <param name="isRunning">Whether the run is still in progress.</param>
    public static string Render(
        TrainingRun run, RunResult result, int threads, IReadOnlyList<Diagnosis>? seen = null, bool isRunning = false)
    {
        var (configuration, data, summary) = (run.Configuration, run.Data, result.Summary);
        var scores = Evaluation.Scores(result.State.Network, run.Encoded.Encoder, data.Test.Samples, threads);
        return Page.Of(
            summary.Test is { } errors
                ? Invariant($"{run.Encoded.Task.Target}: R² {errors.RSquared:F3} on unseen samples")
                : $"{Percentage.Of(summary.Scores.Test.Value)} of unseen samples classified correctly",
            [
                isRunning ? Page.Paragraph(Progress(run, summary)) : Markup.Empty,
                Page.Paragraph(Opening(configuration, data, result, isRunning)),
                IsGuessing(summary, data.Test) ? GuessingParagraph(configuration, summary) : Markup.Empty,
                LossSection(run, result),
                AccuracySection(result),
                .. seen is null ? [] : WatchSections.Of(result.State.Network, seen),
                WeightSection(data, result.State.Network),
                .. run.Encoded.Task is Regression task
                    ? QuantitySections.Of(
                        QuantityEvaluation.Of(task, configuration.Data, scores, [data.Test]), data.Test)
                    : ClassSections(data.Test, scores),
                ReproductionSection(run, result, isRunning),
            ]);
    }

    private static IEnumerable<Markup> ClassSections(DataPart test, Matrix<float> scores)
    {
        var (kinds, labels) = (test.Classes.Kinds, test.Classes.Labels);
        yield return ConfusionSection(kinds, Metrics.Confusion(scores, labels));
        yield return MistakeSection(test, Metrics.MostWrong(scores, labels, MostMistakes));
    }

    private static string Progress(TrainingRun run, RunSummary summary)
    {
        var epoch = Math.Min(summary.Steps, run.PlannedSteps - 1) / run.StepsPerEpoch + 1;
        var epochs = (run.PlannedSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        return Invariant(
            $"Running: epoch {epoch:N0} of {epochs:N0}; this page shows the run after {summary.Steps:N0} of " +
            $"{Plural.Of(run.PlannedSteps, "step")}.");
    }

    private static string Opening(TrainConfiguration configuration, DataSet data, RunResult result, bool isRunning)
    {
        var summary = result.Summary;
        var until = summary.Interrupted && !isRunning ? ", until it was interrupted" : "";
        return Invariant(
            $"A network ({result.State.Network}) was trained on {configuration.Data} with " +
            $"{result.State.Training.Optimizer}{until}: {Plural.Of(summary.Steps, "step")} in " +
            $"{summary.Seconds:F1} s. " +
            $"{Outcome(summary, data.Test.Count)}{Best(summary)}{Scaling(configuration, data)}");
    }

    private static string Outcome(RunSummary summary, int tested) => summary is { Test: { } test, Train: { } train }
        ? Invariant($"On {tested:N0} unseen test samples its predictions are off by {test.MeanAbsoluteError:G4} on ") +
            Invariant($"average (R² {test.RSquared:F3}), on those that it was trained on by ") +
            Invariant($"{train.MeanAbsoluteError:G4} (R² {train.RSquared:F3}).")
        : Invariant($"It classifies {summary.Scores.Test.Text} of {tested:N0} unseen test samples ") +
            $"correctly, and {summary.Scores.Training.Text} of the samples that it was trained on.";

    // The option's value speaks of bytes.
    private static string Scaling(TrainConfiguration configuration, DataSet data) =>
        data.Test.Samples is not Rows || configuration.Scale == DataScale.None ? ""
            : " Each column of numbers was scaled to mean 0 and standard deviation 1 over the training samples.";

    private static string Best(RunSummary summary)
    {
        var where = summary.Out is null ? "."
            : ": that network is best.safetensors in the run's folder, the last one model.safetensors.";
        return summary.Best is not { Scores.Validation: { } score } best ? "" : Invariant(
            $" Validation {score.ValueMeasure} was best after epoch {best.Epoch}, with {score.ValueText}{where}");
    }

    /// <summary>Whether a network does no better on the test samples than always the most frequent answer would.
    /// </summary>
    internal static bool IsGuessing(RunSummary summary, DataPart test) =>
        test.Targets is Classes classes
            ? summary.TestAccuracy <= 1.1 * classes.Counts().Max() / test.Count
            : !(summary.Test?.RSquared > 0.02);

    private static Markup GuessingParagraph(TrainConfiguration configuration, RunSummary summary) => Markup.Lines(
        Page.Paragraph(
            "That is no better than guessing: the network has not learned. This command looks for the reason:"),
        Page.Code(summary.Out is { } folder
            ? $"functional doctor {TrainConfiguration.Quoted(folder)}"
            : configuration.CommandLine().Replace("functional train", "functional doctor", StringComparison.Ordinal)));

    /// <summary>A loss over the steps, each point the mean over a block of steps, so that the curve can be read.
    /// </summary>
    internal static (Series Curve, int Block) LossCurve(string name, IReadOnlyList<double> losses)
    {
        var block = Math.Max(1, losses.Count / LossPoints);
        return (new Series(
            name,
            [.. losses.Chunk(block).Select((some, i) => i * block + (some.Length + 1) / 2.0)],
            [.. losses.Chunk(block).Select(some => some.Average())]), block);
    }

    private static Markup LossSection(TrainingRun run, RunResult result)
    {
        var (curve, block) = LossCurve("", result.Losses);
        ReferenceLine[] guessing = run.Encoded.Task switch
        {
            // The book's ln 10, for as many classes as there are; a number to look at, nothing is computed from it.
            Classification { Count: var classes } => [new(Math.Log(classes), $"guessing: ln {classes}")],
            // Of quantities at mean 0 and deviation 1.
            var task => run.Configuration.LossFor(task).Function.IsMeanSquaredError ? [new(1, "the mean")] : [],
        };
        var what = block == 1 ? "The mean loss of each step's batch, before the step."
            : Invariant($"The mean loss of {block} steps at a time.");
        return Page.Section(
            "Loss",
            Page.Paragraph(guessing.Length == 0
                ? what : $"{what} Below the dotted line the network does better than guessing."),
            Page.Figure(new LineChart("Loss over the steps", "step", "loss")
            {
                Series = [curve], References = guessing,
            }));
    }

    private static Markup AccuracySection(RunResult result)
    {
        double[] at = [.. result.Epochs.Select(epoch => (double)epoch.Epoch)];
        var areQuantities = result.Summary.Test is not null;
        Series Curve(string name, Func<EpochReport, PartScore?> of) => new(
            name, at, [.. result.Epochs.Select(epoch => of(epoch)?.Plotted ?? double.NaN)]);
        Series[] curves =
        [
            Curve("training", epoch => epoch.Scores.Training),
            .. result.Summary.Scores.Validation is null
                ? [] : (Series[])[Curve("validation", epoch => epoch.Scores.Validation)],
            Curve("test", epoch => epoch.Scores.Test),
        ];
        if (areQuantities)
            return Page.Section(
                "R² after each epoch",
                Page.Paragraph(
                    "The share of the variance that is explained, on the training samples and on samples held out " +
                    "from training. Where it is higher in training, the network has memorized samples."),
                Page.Figure(new LineChart("R² after each epoch", "epoch", "R²") { Series = curves }));
        return Page.Section(
            "Accuracy",
            Page.Paragraph(
                "After each epoch, on the training samples and on samples held out from training. Where training " +
                "accuracy is higher, the network has memorized samples."),
            Page.Figure(new LineChart("Accuracy after each epoch", "epoch", AtLeastAPoint(curves))
            {
                Series = curves,
            }));
    }

    // Axes that are shorter than a percentage point make cliffs of a few samples.
    private static Axis AtLeastAPoint(Series[] curves)
    {
        var values = curves.SelectMany(curve => curve.Ys).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (values.Min(), values.Max());
        var middle = Math.Clamp(Math.Round((low + high) / 2, 1), 0.5, 99.5);
        return high - low >= 1 ? "accuracy, %"
            : Axis.Between("accuracy, %", Math.Min(middle - 0.5, low), Math.Max(middle + 0.5, high));
    }

    private static Markup WeightSection(DataSet data, Network<float> network)
    {
        var weights = network.Parameters()[0].Matrix;
        if (data.Test.Samples is not Images { Channels: 1 } images || weights.ColumnCount != images.Size)
            return Markup.Empty;
        var shown = Math.Min(weights.RowCount, MostWeightImages);
        var pictures = Enumerable.Range(0, shown).Select(unit =>
        {
            var values = weights.Row(unit).Select(weight => (double)weight).ToArray();
            var largest = values.Max(Math.Abs);
            return Picture.Of(images.Width, images.Height, values, low: -largest, high: largest);
        });
        return Page.Section(
            "Weights of the first layer",
            Page.Paragraph(
                $"The weights of {(shown == weights.RowCount ? "each" : $"the first {shown}")} of the first layer's " +
                $"{weights.RowCount} units as a picture: ink on bright pixels raises the unit's value, ink on dark " +
                "pixels lowers it."),
            Page.Figure(new ImageGrid("First-layer weights", [.. pictures])));
    }

    private static Markup ConfusionSection(Classification kinds, ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes).ToArray();
        double[][] counts =
            [.. classes.Select(row => classes.Select(column => (double)confusion[row, column]).ToArray())];
        return Page.Section(
            "Confusion matrix",
            Page.Paragraph(
                "How many test samples of each class (rows) are predicted to be of each class (columns). The " +
                "diagonal is correct; large counts beside it are classes that the network confuses."),
            Page.Figure(MatrixChart.Confusion("Confusion matrix", kinds.Names, counts)));
    }

    private static Markup MistakeSection(DataPart part, IReadOnlyList<WrongAnswer> mistakes)
    {
        const string heading = "The most confident mistakes",
            what = "The test samples for which the network gave a wrong class the highest probability.";
        if (mistakes.Count == 0)
            return Page.Section("Mistakes", Page.Paragraph("None: every test sample is classified correctly."));
        var names = part.Classes.Kinds.Names;
        if (part.Samples is not Images images)
            return Page.Section(heading, Page.Paragraph(what), Page.Table(mistakes.Select(wrong => (
                $"test sample {wrong.Sample + 1}",
                $"is {names[wrong.Label]}, predicted {NameOf(wrong.Predicted)} " +
                $"({Percentage.Of(wrong.Probability)})"))));
        var pictures = mistakes.Select(wrong => new Picture(
            images.Width, images.Height, images.Gray(wrong.Sample),
            $"{names[wrong.Label]}, predicted {NameOf(wrong.Predicted)}\n{Percentage.Of(wrong.Probability)}"));
        return Page.Section(
            heading,
            Page.Paragraph($"{what} Would you have known?"),
            Page.Figure(new ImageGrid("Most confident mistakes", [.. pictures])));

        string NameOf(int label) => label < 0 ? "no class" : names[label];
    }

    private static Markup ReproductionSection(TrainingRun run, RunResult result, bool isRunning)
    {
        var (configuration, summary) = (run.Configuration, result.Summary);
        var command = configuration.CommandAgain(
            summary.Out, summary.Steps, result.Epochs, !summary.Interrupted);
        return Page.Section(
            "Reproducing this run",
            summary is { Interrupted: true, Out: { } folder } && !isRunning
                ? Markup.Lines(
                    Page.Paragraph(Invariant(
                        $"The run was stopped after {summary.Steps:N0} of {Plural.Of(run.PlannedSteps, "step")}. " +
                        $"To continue:")),
                    Page.Code(RunFolder.ResumeCommandOf(folder)))
                : Markup.Empty,
            summary.Steps == 0
                ? Markup.Empty
                : Markup.Lines(
                    Page.Paragraph(command.StartsWith("functional verify", StringComparison.Ordinal)
                        ? "This command repeats the run and compares the loss of every step and the digest of every " +
                          "epoch, bit for bit:"
                        : "This command gives the same network, bit for bit, on any machine and with any number of " +
                          "threads:"),
                    Page.Code(command)),
            Page.Table(
            [
                ("digest", summary.Digest),
                ("version", ProgramInfo.Version),
                .. from option in TrainOptions.All
                   let value = option.Get(configuration)
                   where value is not null
                   // A table's columns are scaled in another way than the option's value says of bytes.
                   select (option.Name, option.Name == "scale" && Scaling(configuration, run.Data).Length > 0
                       ? "each column of numbers to mean 0 and standard deviation 1" : value),
            ]));
    }
}
