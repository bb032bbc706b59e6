using Functional.Host.Charts;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>Several runs in one page: their results, the options in which they differ, and how they got there.
/// </summary>
internal static class ComparisonPage
{
    private const string None = "–";

    /// <summary>The page.</summary>
    /// <param name="records">The runs.</param>
    /// <param name="link">The address of a run's own page, as seen from this one; null if there is none.</param>
    public static string Render(IReadOnlyList<RunRecord> records, Func<RunRecord, string?> link)
    {
        var names = Names(records);
        return Page.Of(
            $"{records.Count} runs side by side",
            [
                Page.Paragraph(Opening(records, names)),
                Results(records, names, link),
                Options(records, names),
                Losses(records, names),
                Accuracies("Validation", "on held-out samples", epoch => epoch.Scores.Validation),
                Accuracies("Test", "on the test samples", epoch => epoch.Scores.Test),
                Accuracies("Training", "on the training samples", epoch => epoch.Scores.Training),
                Page.Section("Reproducing these runs", Page.Code(string.Join("\n\n", records.Zip(names, Command)))),
            ]);

        static string Command(RunRecord record, string name) =>
            $"# {name}\n{record.CommandAgain ?? "# no command gives it again: it was changed on the way"}"
                + (record.Epochs is [.., var last] ? $"\n# digest {last.Digest}" : "");

        Markup Accuracies(string part, string where, Func<EpochReport, PartScore?> of)
        {
            // What isn't the same measure has no place on one axis.
            if (Scores(records).DistinctBy(score => score.Axis).ToArray() is not [var score])
                return Markup.Empty;
            var heading = $"{part} {score.ValueMeasure}";
            Series[] curves =
            [
                .. from run in records.Zip(names)
                   where run.First.Epochs.Any(epoch => of(epoch) is not null)
                   select new Series(
                       run.Second, [.. run.First.Epochs.Select(epoch => (double)epoch.Epoch)],
                       [.. run.First.Epochs.Select(epoch => of(epoch)?.Plotted ?? double.NaN)]),
            ];
            return curves.Length == 0 ? Markup.Empty : Page.Section(
                heading,
                Page.Paragraph($"After each epoch, {where}."),
                Page.Figure(new LineChart($"{heading} after each epoch", "epoch", score.Axis) { Series = curves }));
        }
    }

    /// <summary>The shortest names that distinguish the folders: the last parts of their paths, or whole paths.
    /// </summary>
    internal static IReadOnlyList<string> Names(IReadOnlyList<RunRecord> records)
    {
        string[] names =
        [
            .. from record in records
               select Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(record.Folder))),
        ];
        return names.Distinct().Count() == names.Length ? names : [.. records.Select(record => record.Folder)];
    }

    /// <summary>The options of training in which runs differ, each with its value in each run.</summary>
    internal static IEnumerable<(string Option, IReadOnlyList<string?> Values)> Differing(
        IReadOnlyList<RunRecord> records) =>
        from option in TrainOptions.All
        let values = records.Select(record => option.Get(record.Configuration)).ToArray()
        where values.Distinct().Count() > 1
        select (option.Name, (IReadOnlyList<string?>)values);

    // How the runs did that have finished an epoch.
    private static IEnumerable<PartScore> Scores(IReadOnlyList<RunRecord> records) =>
        from record in records where record.Epochs.Count > 0 select record.Epochs[^1].Scores.Test;

    private static string Opening(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names)
    {
        // Choosing by test accuracy leaves no unseen samples.
        var validated = records.All(record => record.Best is not null);
        var measured = records.Zip(names).Where(run => run.First.Epochs.Count > 0).ToArray();
        if (measured.Length == 0)
            return "None of them has finished an epoch yet.";
        // Shares of different samples can't be compared.
        var data = measured.Select(run => (run.First.Configuration.Data, run.First.Configuration.Label)).Distinct();
        if (data.Count() > 1)
            return "These runs were trained and tested on different data, so their accuracies and losses can't be " +
                "compared with each other.";
        if (Scores(records).DistinctBy(score => score.Measure).Count() > 1)
            return "Some of these runs learned classes and others a quantity, so their results can't be compared " +
                "with each other.";
        var greatest = measured.Select(run => Measure(run.First)).MaxBy(score => score.Value);
        var best = string.Join(
            " and ", measured.Where(run => Measure(run.First).Value == greatest.Value).Select(run => run.Second));
        var shown = greatest.Errors is null
            ? $"{greatest.Text} classified correctly" : $"{greatest.ValueMeasure} {greatest.ValueText}";
        return validated
            ? $"Best on the samples that were held out from training for such comparisons: {best}, with {shown}."
            : $"Best on the test samples: {best}, with {shown}. To choose between " +
              "runs, train them with --validation: samples that were used for the choice can't measure how well it " +
              "does on unseen ones.";

        PartScore Measure(RunRecord record) =>
            validated ? record.Best!.Scores.Validation!.Value : record.Epochs[^1].Scores.Test;
    }

    private static Markup Results(
        IReadOnlyList<RunRecord> records, IReadOnlyList<string> names, Func<RunRecord, string?> link)
    {
        var measures = Scores(records).Select(score => (score.Measure, score.ValueMeasure)).Distinct().ToArray();
        var isOne = measures.Length < 2;
        var (measure, compared) = measures is [var one] ? ($" {one.Measure}", $" {one.ValueMeasure}") : ("", "");
        (string Header, Func<RunRecord, string> Cell)[] columns =
        [
            ("status", record => $"{record.Status}".ToLowerInvariant()),
            ("epochs", Last(epoch => $"{epoch.Epoch}")),
            ("steps", Last(epoch => Invariant($"{epoch.Step:N0}"))),
            ("loss", Last(epoch => Invariant($"{epoch.Loss:F4}"))),
            ($"training{measure}", Last(epoch => Shown(epoch.Scores.Training))),
            ($"validation{measure}", Last(epoch => Shown(epoch.Scores.Validation))),
            ($"best validation{compared}", record => record.Best is not { Scores.Validation: { } score } best ? None
                : $"{score.ValueText}{(isOne ? "" : $" {score.ValueMeasure}")} (epoch {best.Epoch})"),
            ($"test{measure}", Last(epoch => Shown(epoch.Scores.Test))),
            ("seconds", Last(epoch => Invariant($"{epoch.Seconds:F1}"))),
        ];
        // Columns that say nothing of any run only make the table wider.
        var shown = columns.Where(column => records.Any(record => column.Header == "status"
            ? record.Status != RunStatus.Finished : column.Cell(record) != None)).ToArray();
        return Page.Section("Results", Page.Grid(
            "Results", ["run", .. shown.Select(column => column.Header)],
            records.Zip(names).Select(run => (Markup[])
            [
                link(run.First) is { } address
                    ? Markup.Of($"<a href=\"{address}\">{run.Second}</a>") : Markup.Of($"{run.Second}"),
                .. shown.Select(column => Markup.Of($"{column.Cell(run.First)}")),
            ])));

        static Func<RunRecord, string> Last(Func<EpochReport, string> text) =>
            record => record.Epochs is [.., var last] ? text(last) : None;

        string Shown(PartScore? score) =>
            score is not { } known ? None : isOne ? known.Text : $"{known.Text} {known.Measure}";
    }

    private static Markup Options(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names)
    {
        var rows = Differing(records).Select(option => (Markup[])
        [
            Markup.Of($"{option.Option}"), .. option.Values.Select(value => Markup.Of($"{value ?? None}")),
        ]).ToArray();
        return Page.Section("Options that differ", rows.Length == 0
            ? Page.Paragraph("None: the digests should be the same.")
            : Page.Grid("Options that differ", ["option", .. names], rows));
    }

    private static Markup Losses(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names) => Page.Section(
        "Loss",
        Page.Paragraph(
            "The mean loss of some steps at a time, each before its update. It includes regularization penalties: " +
            "compare it only where those are the same."),
        Page.Figure(new LineChart("Loss over the steps", "step", "loss")
        {
            Series =
            [
                .. from run in records.Zip(names)
                   where run.First.Losses.Count > 0
                   select RunPage.LossCurve(run.Second, run.First.Losses).Curve,
            ],
        }));
}
