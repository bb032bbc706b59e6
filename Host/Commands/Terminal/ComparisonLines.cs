using System.Text.Json.Nodes;
using Functional.Host.Comparisons;
using Functional.Host.Data;
using Functional.Host.Pages;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>A comparison on standard output: lines for people, or JSON objects for programs.</summary>
internal sealed class ComparisonLines(
    TextWriter output, IReadOnlyList<TrainedSetting> settings, ComparedBy by, bool json)
{
    private readonly JsonReport events = new(output);
    private readonly List<string> scores = [];
    private long reported;

    /// <summary>Before the first run.</summary>
    public void Started(DataSet data, long seed, int seeds)
    {
        if (json)
        {
            events.Write(
                "start", ("data", settings[0].Configuration.Data), ("seed", seed), ("seeds", seeds), ("by", Samples),
                ("settings", JsonReport.List(settings.Select(setting => (JsonNode)setting.Text))));
            return;
        }
        var count = by == ComparedBy.Test ? $", {Plural.Of(data.Test.Count, "test sample")}" : "";
        output.WriteLine(Say(
            $"{settings[0].Configuration.Data}: {Plural.Of(data.Training.Count, "training sample")}{count}; "
            + $"{Plural.Of(seeds, "seed")} from {seed} on; compared by the {Samples} samples"));
        foreach (var setting in settings)
            output.WriteLine($"{setting.Name}: {Visible.Line(setting.Configuration.CommandLine())}");
    }

    /// <summary>After a run: a line when all settings have had a seed.</summary>
    public void Ended(int setting, long seed, TrainedOutcome outcome)
    {
        if (json)
        {
            events.Write(
                "run", ("setting", settings[setting].Name), ("seed", seed), ("score", outcome.Score.Value),
                ("seconds", outcome.Seconds), ("diverged", outcome.Diverged), ("digest", outcome.Digest));
            return;
        }
        if (scores.Count > 0 && seed != reported)
            EndSeed();
        reported = seed;
        var note = outcome.Diverged ? $" {Say("(diverged)")}" : "";
        scores.Add($"{settings[setting].Name} {outcome.Score.ValueText}{note}");
    }

    /// <summary>At the end.</summary>
    public void Finished(
        Comparison comparison, IReadOnlyList<IReadOnlyList<TrainedOutcome>> outcomes, string page)
    {
        var texts = new ComparisonTexts(comparison, outcomes, by);
        if (json)
        {
            foreach (var pair in comparison.Pairs)
                events.Write("pair", Properties(comparison, pair));
            events.Write("summary", ("stoppedEarly", comparison.StoppedEarly), ("page", page));
            return;
        }
        EndSeed();
        var columns = texts.Columns.ToArray();
        var table = new TextTable([
            TextTable.Left(Say("setting")),
            .. columns.Select(column => TextTable.Right(column.Name.In(Locale.Language)))]);
        foreach (var (i, setting) in settings.Index())
            table.Add([setting.Name, .. columns.Select(column => column.Of(i))]);
        output.WriteLine();
        table.Write(output, TextTable.Room);
        foreach (var pair in comparison.Pairs)
        {
            output.WriteLine();
            output.WriteLine($"{comparison.Names[pair.Second]} − {comparison.Names[pair.First]}");
            foreach (var (name, text) in texts.Details(pair))
                output.WriteLine($"  {name.In(Locale.Language)}: {text.In(Locale.Language)}");
        }
        output.WriteLine();
        foreach (var verdict in texts.Verdicts)
            output.WriteLine(verdict.In(Locale.Language));
        if (comparison.StoppedEarly)
            output.WriteLine(Say($"stopped early, after {comparison.Scores.Max(one => one.Count)} of "
                + $"{comparison.PlannedSeeds} seeds"));
        output.WriteLine(Say($"page: {page}"));
    }

    private string Samples => by == ComparedBy.Test ? "test" : "validation";

    private void EndSeed()
    {
        output.WriteLine($"{Say($"seed {reported}")}: {string.Join(", ", scores)}");
        scores.Clear();
    }

    private static JsonObject Properties(Comparison comparison, ComparedPair pair)
    {
        var (difference, bootstrap) = (pair.Difference, pair.Difference.Bootstrap());
        JsonArray List(Interval interval) => [Number(interval.Low), Number(interval.High)];
        // JSON has no infinity: what is not known yet is null.
        JsonNode? Number(double value) => double.IsFinite(value) ? value : null;
        return new JsonObject
        {
            ["first"] = comparison.Names[pair.First], ["second"] = comparison.Names[pair.Second],
            ["verdict"] = $"{difference.Verdict}", ["mean"] = difference.Mean, ["deviation"] = difference.Deviation,
            ["confidence"] = difference.Confidence, ["interval"] = List(difference.Interval),
            ["bootstrap"] = List(bootstrap), ["wins"] = difference.Wins, ["ties"] = difference.Ties,
            ["seeds"] = difference.Values.Count, ["probability"] = difference.ProbabilityOfBetter,
            ["probabilityWithNextSeed"] = difference.ProbabilityWithNextSeed,
            ["seedsToDecide"] = difference.SeedsToDecide,
        };
    }
}
