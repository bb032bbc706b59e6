using Functional.Host.Charts;
using Functional.Host.Commands;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;


namespace Functional.Host.Pages;

/// <summary>A run as a page that tells its story: how well it went, how it got there, what it sees, where it errs, and
/// how to do it again.</summary>
public static class RunPage
{
    private const int MostWeightImages = 100;
    private const int MostMistakes = 30;
    private const int LossPoints = 400;

    /// <summary>The page.</summary>
    /// <param name="configuration">What was asked for.</param>
    /// <param name="data">What was trained on.</param>
    /// <param name="result">What it came to.</param>
    /// <param name="threads">At least 1; the page does not depend on it.</param>
    /// <param name="seen">What was seen inside the network now and then, if somebody looked.</param>
    public static string Render(
        TrainConfiguration configuration, ImageDataSet data, RunResult result, int threads, IReadOnlyList<Diagnosis>? seen = null)
    {
        var summary = result.Summary;
        var scores = Evaluation.Scores(result.State.Network, data.Test, data.Test.All, result.Scale, threads);
        int[] labels = [.. data.Test.Labels];
        var title = Invariant($"{PlainReport.Percent(summary.TestAccuracy)} of unseen samples told right");
        return Page.Of($"Functional: {title}", string.Join('\n',
        [
            $"<h1>{Page.Text(title)}</h1>",
            Page.Paragraph(Opening(configuration, data, result)),
            LossSection(data, result),
            AccuracySection(result),
            .. seen is null ? [] : WatchSections.Of(result.State.Network, seen),
            .. WeightSection(data, result.State.Network),
            ConfusionSection(Metrics.Confusion(scores, labels)),
            MistakeSection(data.Test, Metrics.MostWrong(scores, labels, MostMistakes)),
            ReproductionSection(configuration, summary),
        ]));
    }

    private static string Opening(TrainConfiguration configuration, ImageDataSet data, RunResult result) => Invariant(
        $"A network ({result.State.Network}) was trained on {configuration.Data} with {result.State.Training.Optimizer}{(result.Summary.Interrupted ? ", until it was interrupted" : "")}: {result.Summary.Iterations:N0} steps in {result.Summary.Seconds:F1} s. It then tells {PlainReport.Percent(result.Summary.TestAccuracy)} of {data.Test.Count:N0} test samples right, which it has never seen, and {PlainReport.Percent(result.Summary.TrainAccuracy)} of those that it was trained on.");

    /// <summary>A loss over the steps, each point the mean of so many steps that the curve can be read.</summary>
    internal static (Series Curve, int Block) LossCurve(string name, IReadOnlyList<double> losses)
    {
        var block = Math.Max(1, losses.Count / LossPoints);
        return (new Series(
            name,
            [.. losses.Chunk(block).Select((some, i) => i * block + (some.Length + 1) / 2.0)],
            [.. losses.Chunk(block).Select(some => some.Average())]), block);
    }

    private static string LossSection(ImageDataSet data, RunResult result)
    {
        var (curve, block) = LossCurve("", result.Losses);
        // The book's ln 10, for as many classes as there are; a number to look at, nothing is computed from it.
        var guessing = new Reference(Math.Log(data.Test.Classes), $"guessing: ln {data.Test.Classes}");
        return Page.Section(
            "How the loss fell",
            Page.Paragraph(block == 1
                ? "The mean loss of each step's batch, before the step. Below the dotted line the network knows more than nothing."
                : Invariant($"The mean loss of {block} steps at a time. Below the dotted line the network knows more than nothing.")),
            Page.Figure(new LineChart("Loss over the steps", "step", "loss") { Series = [curve], References = [guessing] }));
    }

    private static string AccuracySection(RunResult result)
    {
        double[] at = [.. result.Epochs.Select(epoch => (double)epoch.Epoch)];
        Series Curve(string name, Func<EpochReport, double?> of) =>
            new(name, at, [.. result.Epochs.Select(epoch => 100 * of(epoch) ?? double.NaN)]);
        return Page.Section(
            "How accuracy rose",
            Page.Paragraph("After each epoch, on the samples trained on and on those kept apart. The gap between them is what the network learned by heart."),
            Page.Figure(new LineChart("Accuracy after each epoch", "epoch", "accuracy, %")
            {
                Series =
                [
                    Curve("training", epoch => epoch.TrainAccuracy),
                    .. result.Summary.ValidationAccuracy is null ? [] : (Series[])[Curve("validation", epoch => epoch.ValidationAccuracy)],
                    Curve("test", epoch => epoch.TestAccuracy),
                ],
            }));
    }

    private static string[] WeightSection(ImageDataSet data, Network<float> network)
    {
        var weights = network.Parameters()[0].Matrix;
        if (data.Test.IsTable || weights.ColumnCount != data.Test.Features)
            return [];
        var shown = Math.Min(weights.RowCount, MostWeightImages);
        var pictures = Enumerable.Range(0, shown).Select(unit =>
        {
            var values = weights.Row(unit).Select(weight => (double)weight).ToArray();
            var largest = values.Max(Math.Abs);
            return Picture.Of(data.Test.Width, data.Test.Height, values, low: -largest, high: largest);
        });
        return
        [
            Page.Section(
                "What the first layer looks for",
                Page.Paragraph($"The weights of {(shown == weights.RowCount ? "each" : $"the first {shown}")} of the first layer's {weights.RowCount} units as a picture: ink where it is bright speaks for the unit, ink where it is dark against it."),
                Page.Figure(new ImageGrid("First-layer weights", [.. pictures]))),
        ];
    }

    private static string ConfusionSection(ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes).ToArray();
        double[][] counts = [.. classes.Select(row => classes.Select(column => (double)confusion[row, column]).ToArray())];
        return Page.Section(
            "What it takes for what",
            Page.Paragraph("Rows are what a test sample is, columns what the network says. The diagonal is right; what stands out beside it are pairs that it confuses."),
            Page.Figure(new MatrixChart("Confusion matrix", "said", "is") { Values = counts, Depth = Scaling.Logarithmic }));
    }

    private static string MistakeSection(LabeledImages images, IReadOnlyList<WrongAnswer> mistakes) =>
        mistakes.Count == 0
            ? Page.Section("Where it errs", Page.Paragraph("Nowhere: every test sample was told right."))
            : images.IsTable
            ? Page.Section(
                "Where it errs with most confidence",
                Page.Paragraph("The test samples that it got wrong while being surest of it."),
                Page.Table(mistakes.Select(wrong => (
                    $"test sample {wrong.Sample + 1}",
                    $"is {images.Names.Class(wrong.Label)}, said {images.Names.Class(wrong.Predicted)} ({PlainReport.Percent(wrong.Probability)})"))))
            : Page.Section(
                "Where it errs with most confidence",
                Page.Paragraph("The test samples that it got wrong while being surest of it. Would you have known?"),
                Page.Figure(new ImageGrid("Most confident mistakes", [.. mistakes.Select(wrong => new Picture(
                    images.Width, images.Height, images.Pixels.AsMemory(wrong.Sample * images.Features, images.Features),
                    $"{wrong.Label}, said {wrong.Predicted}\n{PlainReport.Percent(wrong.Probability)}"))])));

    private static string ReproductionSection(TrainConfiguration configuration, RunSummary summary) => Page.Section(
        "How to do it again",
        Page.Paragraph("This command gives the same network, bit for bit, on any machine and with any number of threads:"),
        Page.Code(configuration.CommandAgain(summary.Out)),
        Page.Table(
        [
            ("digest", summary.Digest),
            ("version", ProgramInfo.Version),
            .. from option in TrainOptions.All
               let value = option.Get(configuration)
               where value is not null
               select (option.Name, value),
        ]));
}
