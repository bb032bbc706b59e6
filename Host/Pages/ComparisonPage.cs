using Functional.Host.Charts;
using Functional.Host.Commands;
using Functional.Host.Runs;


namespace Functional.Host.Pages;

/// <summary>Several runs in one page: what they came to, in what they differ, and how they got there.</summary>
internal static class ComparisonPage
{
    private const string None = "–", Title = "<title>Functional: ";

    /// <summary>The page.</summary>
    /// <param name="records">The runs.</param>
    /// <param name="link">The address of a run's own page, as seen from this one; null if there is none.</param>
    public static string Render(IReadOnlyList<RunRecord> records, Func<RunRecord, string?> link)
    {
        var names = Names(records);
        var title = $"{records.Count} runs side by side";
        return Page.Of($"Functional: {title}", string.Join('\n',
        [
            $"<h1>{Page.Text(title)}</h1>",
            Page.Paragraph(Opening(records, names)),
            Results(records, names, link),
            Options(records, names),
            Losses(records, names),
            .. Accuracies("validation", "on samples kept from training", epoch => epoch.ValidationAccuracy),
            .. Accuracies("test", "on the test samples", epoch => epoch.TestAccuracy),
            .. Accuracies("training", "on the samples trained on", epoch => epoch.TrainAccuracy),
            Page.Section("How to do them again", Page.Code(string.Join(
                "\n\n", records.Zip(names).Select(run => $"# {run.Second}\n{run.First.CommandAgain}{(run.First.Epochs is [.., var last] ? $"\n# digest {last.Digest}" : "")}")))),
        ]));

        string[] Accuracies(string part, string where, Func<EpochReport, double?> of)
        {
            Series[] curves =
            [
                .. from run in records.Zip(names)
                   where run.First.Epochs.Any(epoch => of(epoch) is not null)
                   select new Series(
                       run.Second, [.. run.First.Epochs.Select(epoch => (double)epoch.Epoch)],
                       [.. run.First.Epochs.Select(epoch => 100 * of(epoch) ?? double.NaN)]),
            ];
            return curves.Length == 0 ? [] :
            [
                Page.Section(
                    $"Accuracy in {part}", Page.Paragraph($"After each epoch, {where}."),
                    Page.Figure(new LineChart($"Accuracy in {part} after each epoch", "epoch", "accuracy, %") { Series = curves })),
            ];
        }
    }

    /// <summary>The shortest names that tell the folders apart: the last parts of their paths, or whole paths.</summary>
    internal static IReadOnlyList<string> Names(IReadOnlyList<RunRecord> records)
    {
        string[] names = [.. records.Select(record => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(record.Folder))))];
        return names.Distinct().Count() == names.Length ? names : [.. records.Select(record => record.Folder)];
    }

    /// <summary>The options of training in which runs differ, each with its value in each run.</summary>
    internal static IEnumerable<(string Option, IReadOnlyList<string?> Values)> Differing(IReadOnlyList<RunRecord> records) =>
        from option in TrainOptions.All
        let values = records.Select(record => option.Get(record.Configuration)).ToArray()
        where values.Distinct().Count() > 1
        select (option.Name, (IReadOnlyList<string?>)values);

    private static string Opening(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names)
    {
        // Who picks by test accuracy has no unseen samples left.
        var validated = records.All(record => record.Best is not null);
        var measured = records.Zip(names).Where(run => run.First.Epochs.Count > 0).ToArray();
        if (measured.Length == 0)
            return "None of them has come to the end of an epoch yet.";
        // Shares of different samples can't be compared.
        if (measured.Select(run => (run.First.Configuration.Data, run.First.Configuration.Label)).Distinct().Count() > 1)
            return "These runs were trained and tested on different data, so that their accuracies and losses can't be compared with each other.";
        var greatest = measured.Max(run => Measure(run.First));
        var best = string.Join(" and ", measured.Where(run => Measure(run.First) == greatest).Select(run => run.Second));
        return validated
            ? $"Best in validation: {best}, with {Percentage.Of(greatest)} of the samples that are kept from training for such comparisons."
            : $"Best on the test samples: {best}, with {Percentage.Of(greatest)} classified correctly. To choose between runs, train them with --validation: what was used to choose can't tell how well the choice does on unseen samples.";

        double Measure(RunRecord record) =>
            validated ? record.Best!.ValidationAccuracy!.Value : record.Epochs[^1].TestAccuracy;
    }

    private static string Results(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names, Func<RunRecord, string?> link)
    {
        string[] header = ["run", "status", "epochs", "steps", "loss", "training", "validation", "best validation", "test", "seconds"];
        var rows = records.Zip(names).Select(run => Row(run.First, run.Second)).ToArray();
        // Columns that say nothing of any run only make the table wider.
        int[] shown = [.. Enumerable.Range(0, header.Length).Where(column =>
            rows.Any(row => row[column] != None) && !(header[column] == "status" && rows.All(row => row[column] == "finished")))];
        return Page.Section("Results", Page.Grid(
            "What the runs came to", [.. shown.Select(column => header[column])], rows.Select(row => shown.Select(column => row[column]).ToArray())));

        string[] Row(RunRecord record, string name)
        {
            var (last, best) = (record.Epochs is [.., var end] ? end : null, record.Best);
            return
            [
                link(record) is { } address ? $"<a href=\"{Page.Text(address)}\">{Page.Text(name)}</a>" : Page.Text(name),
                $"{record.Status}".ToLowerInvariant(),
                Cell(last, epoch => $"{epoch.Epoch}"),
                Cell(last, epoch => Invariant($"{epoch.Iterations:N0}")),
                Cell(last, epoch => Invariant($"{epoch.Loss:F4}")),
                Cell(last, epoch => Percentage.Of(epoch.TrainAccuracy)),
                Cell(last?.ValidationAccuracy is null ? null : last, epoch => Percentage.Of(epoch.ValidationAccuracy!.Value)),
                Cell(best, epoch => $"{Percentage.Of(epoch.ValidationAccuracy!.Value)} (epoch {epoch.Epoch})"),
                Cell(last, epoch => Percentage.Of(epoch.TestAccuracy)),
                Cell(last, epoch => Invariant($"{epoch.Seconds:F1}")),
            ];
        }

        static string Cell(EpochReport? epoch, Func<EpochReport, string> text) => epoch is null ? None : text(epoch);
    }

    private static string Options(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names)
    {
        var rows = Differing(records).Select(option =>
            (string[])[Page.Text(option.Option), .. option.Values.Select(value => value is null ? None : Page.Text(value))]).ToArray();
        return Page.Section(
            "Options that differ",
            rows.Length == 0
                ? Page.Paragraph("In no option: their digests should be the same.")
                : Page.Grid("Options that differ", ["option", .. names], rows));
    }

    private static string Losses(IReadOnlyList<RunRecord> records, IReadOnlyList<string> names) => Page.Section(
        "Loss",
        Page.Paragraph("The mean loss of some steps at a time, each before its update, with what regularization adds: compare it only where that is the same."),
        Page.Figure(new LineChart("Loss over the steps", "step", "loss")
        {
            Series = [.. from run in records.Zip(names) where run.First.Losses.Count > 0 select RunPage.LossCurve(run.Second, run.First.Losses).Curve],
        }));
}
