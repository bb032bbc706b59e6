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
    /// <param name="scores">What its network says of the test samples: <see cref="RunEvaluation.TestScores"/>.</param>
    /// <param name="environment">What its folder says of where it ran; null if it left none.</param>
    /// <param name="seen">What was seen inside the network, if it was watched.</param>
    /// <param name="isRunning">Whether the run is still in progress.</param>
    public static string Render(
        TrainingRun run, RunResult result, Matrix<float> scores, RunEnvironment? environment = null,
        IReadOnlyList<Diagnosis>? seen = null, bool isRunning = false)
    {
        var (configuration, data, summary) = (run.Configuration, run.Data, result.Summary);
        var quantities = run.Encoded.Task is Regression task
            ? QuantityEvaluation.Of(task, scores, [data.Test]) : null;
        return Page.Of(
            quantities is null
                ? $"{Percentage.Of(summary.Scores.Test.Value)} of unseen samples classified correctly"
            : summary.Test is { RSquared: not null } errors
                ? $"{run.Encoded.Task.Target}: R² {QuantitySections.RSquared(errors)} on unseen samples"
            : $"{run.Encoded.Task.Target} of unseen samples",
            [
                isRunning ? Page.Paragraph(Progress(run, summary)) : Markup.Empty,
                Page.Paragraph(Opening(run, result, quantities, isRunning)),
                Guessing.IsAll(run.Encoded.Task, data.Test, scores) ? GuessingParagraph(run, summary) : Markup.Empty,
                LossSection(run, result),
                AccuracySection(run, result),
                .. seen is null ? [] : WatchSections.Of(result.State.Network, seen),
                WeightSection(data, result.State.Network),
                .. quantities is null
                    ? ClassSections(data.Test, scores) : QuantitySections.Of(quantities, data.Test),
                ReproductionSection(run, result, environment, isRunning),
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

    private static string Opening(
        TrainingRun run, RunResult result, QuantityEvaluation? quantities, bool isRunning)
    {
        var (configuration, data, summary) = (run.Configuration, run.Data, result.Summary);
        var outcome = quantities is null ? Outcome(summary, data.Test.Count) : Outcome(summary, quantities);
        var until = summary.Interrupted && !isRunning ? ", until it was interrupted" : "";
        return Invariant(
            $"A network ({result.State.Network}) was trained on {configuration.Data} with " +
            $"{result.State.Training.Optimizer}{until}: {Plural.Of(summary.Steps, "step")} in " +
            $"{summary.Seconds:F1} s. " +
            $"{outcome}{Best(summary)}{Scaling(configuration, data)}");
    }

    private static string Outcome(RunSummary summary, int tested) =>
        $"It classifies {summary.Scores.Test.Text} of {Plural.Of(tested, "unseen test sample")} " +
        $"correctly, and {summary.Scores.Training.Text} of the samples that it was trained on.";

    // Several quantities have no error together, since each has its own unit.
    private static string Outcome(RunSummary summary, QuantityEvaluation quantities)
    {
        var tested = quantities.Quantities[0].Truths.Length;
        var (what, average) = tested == 1 ? ("prediction is", "") : ("predictions are", " on average");
        string Off(QuantityScore score, string of) =>
            $"off by {QuantitySections.Number(score.MeanAbsoluteError)}{of}{average}" +
            (score.RSquared is null ? "" : $" (R² {QuantitySections.RSquared(score)})");
        var train = summary.Train!;
        return $"On {Plural.Of(tested, "unseen test sample")} its {what} " + (quantities.Quantities is [var one]
            ? $"{Off(one.Score, "")}, on those that it was trained on by " +
                $"{QuantitySections.Number(train.MeanAbsoluteError)} (R² {QuantitySections.RSquared(train)})."
            : string.Join(" and ", quantities.Quantities.Select(each => Off(each.Score, $" in {each.Name}"))) +
                $". The mean R² is {QuantitySections.RSquared(summary.Test!)}, " +
                $"on those that it was trained on {QuantitySections.RSquared(train)}.");
    }

    // The option's value speaks of bytes.
    private static string Scaling(TrainConfiguration configuration, DataSet data) =>
        data.Test.Samples is not Rows || configuration.Scale == DataScale.None ? ""
            : " Each column of numbers was scaled to mean 0 and standard deviation 1 over the training samples.";

    private static string Best(RunSummary summary)
    {
        var where = summary.Out is null ? "."
            : ": that network is best.safetensors in the run's folder, the last one model.safetensors.";
        if (summary.Best is not { Scores.Validation: { } score } best)
            return "";
        var value = score.Errors is { } errors ? QuantitySections.RSquared(errors) : score.ValueText;
        return Invariant(
            $" Validation {score.ValueMeasure} was best after epoch {best.Epoch}, with {value}{where}");
    }

    private static Markup GuessingParagraph(TrainingRun run, RunSummary summary) => Markup.Lines(
        Page.Paragraph(
            (Guessing.IsAllInTraining(run, summary)
                ? "That is no better than guessing: the network has not learned."
                : "On the test samples that is no better than guessing: what the network has learned of its training " +
                    "samples does not hold for others.") +
            " This command looks for the reason:"),
        Page.Code(summary.Out is { } folder
            ? $"functional doctor {TrainConfiguration.Quoted(folder)}"
            : run.Configuration.CommandLine()
                .Replace("functional train", "functional doctor", StringComparison.Ordinal)));

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
        var guess = Guessing.Loss(
            run.Configuration.LossFor(run.Encoded.Task), run.Encoded.Training, run.Samples.Training, weighted: true);
        ReferenceLine[] guessing = double.IsNaN(guess) ? [] : [new(guess, $"guessing: {Typography.Value(guess)}")];
        var what = block == 1 ? "The mean loss of each step's batch, before the step."
            : Invariant($"The mean loss of {block} steps at a time.");
        return Page.Section(
            "Loss",
            Page.Paragraph(guessing.Length == 0
                ? what : $"{what} Below the dotted line the network does better than guessing: than " +
                    (run.Encoded.Task is Classification
                        ? "answering every sample with how frequent each class is."
                        : "the best answer that is the same for all samples.")),
            Page.Figure(new LineChart("Loss over the steps", "step", "loss")
            {
                Series = [curve], References = guessing,
            }));
    }

    private static Markup AccuracySection(TrainingRun run, RunResult result)
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
                    $"from training.{Memorized(run, result)}"),
                Page.Figure(new LineChart("R² after each epoch", "epoch", "R²") { Series = curves }));
        return Page.Section(
            "Accuracy",
            Page.Paragraph(
                "After each epoch, on the training samples and on samples held out from training." +
                Memorized(run, result)),
            Page.Figure(new LineChart("Accuracy after each epoch", "epoch", AtLeastAPoint(curves))
            {
                Series = curves,
            }));
    }

    // What the figure shows, and only where the difference is more than the luck of a few samples.
    private static string Memorized(TrainingRun run, RunResult result)
    {
        const double leastGap = 0.05;
        var (training, test) = (result.Summary.Scores.Training, result.Summary.Scores.Test);
        var luck = 1 / Math.Sqrt(run.Data.Test.Count);
        if (!(training.Value - test.Value >= Math.Max(leastGap, luck))
            || Guessing.IsAllInTraining(run, result.Summary))
            return "";
        var (what, gap) = training.Errors is null
            ? ("training accuracy", Invariant(
                $"{Typography.Difference(100 * training.Value, 100 * test.Value, 2):F2} percentage points"))
            : ("R² in training", Invariant($"{Typography.Difference(training.Value, test.Value, 3):F3}"));
        return $" At the end {what} is {gap} above that on the test samples: a sign that the network has memorized " +
            "its training samples.";
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

    private static Markup ReproductionSection(
        TrainingRun run, RunResult result, RunEnvironment? environment, bool isRunning)
    {
        var (configuration, summary) = (run.Configuration, result.Summary);
        var command = configuration.CommandAgain(
            summary.Out, summary.Steps, result.Epochs, !summary.Interrupted);
        string[] changes = [.. environment?.ChangesOnTheWay(configuration) ?? []];
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
                : changes.Length > 0
                ? Page.Paragraph($"No command gives this network again: {string.Join("; ", changes)}.")
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
