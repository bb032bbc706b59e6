using System.CommandLine;
using System.CommandLine.Parsing;
using Functional.Host.Comparisons;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional compare</c>: which setting is better, with the same seeds for all.</summary>
internal sealed class CompareCommand
{
    private const int UsualSeeds = 10, MostSeeds = 1000, MostSettings = 26;

    // What runs with a folder have.
    private static readonly string[] Taken = ["checkpoint-every", "keep-every"];

    private readonly Option<string?>[] options = [.. TrainOptions.All.Where(option => !Taken.Contains(option.Name))
        .Select(option => CommonOptions.Of(option, new TrainConfiguration()))];

    /// <summary>What a setting is given as.</summary>
    public const string SettingForm = "OPTIONS|FILE|DIR";

    private readonly Argument<string[]> settings = new("setting")
    {
        HelpName = SettingForm,
        Arity = new ArgumentArity(2, MostSettings),
        Description =
            "two or more settings, each the options of 'train' in quotes, a config.json, or the folder of a run; "
            + "\"\" is the setting without further options",
    };

    private readonly Option<int> seeds = CommonOptions.Count(
        "--seeds", "how many seeds, from --seed on", UsualSeeds, MostSeeds);
    private readonly Option<string> by = new("--by")
    {
        HelpName = "test|validation",
        Description = "compare by the test samples, or by those kept for validation",
        DefaultValueFactory = _ => "test",
    };
    private readonly Option<bool> stopEarly = new("--stop-early")
    {
        Description = "drop a setting as soon as another is clearly better, and end when all differences are clear",
    };
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly PageFolder folder = new("compare");
    private readonly Option<bool> json = CommonOptions.Json();

    private CompareCommand() => by.AcceptOnlyFromAmong("test", "validation");

    /// <summary>The command with its options: those of training are what all settings have in common.</summary>
    public static Command Create() => new CompareCommand().Command();

    private CommandWithExamples Command()
    {
        var command = new CommandWithExamples(
            "compare", "Compare settings of training with several seeds, and tell a difference from noise.",
            ("functional compare \"--optimizer sgd\" \"--optimizer adam\"",
                "is Adam better, with 10 seeds on the built-in digits?"),
            ("functional compare \"\" \"--batch-norm true\" --hidden 100,100 --data mnist --stop-early",
                "does batch normalization help? Stops as soon as that is clear"))
        { settings };
        foreach (var option in (Option[])[.. options, seeds, by, stopEarly, threads, .. folder.Options, json])
            command.Add(option);
        command.SetAction(CommonOptions.On(threads, Run));
        return command;
    }

    private int Run(ParseResult parsed)
    {
        var texts = parsed.GetValue(settings)!;
        var common = CommonOptions.Values(parsed, options).ToDictionary();
        var measured = parsed.GetValue(by) == "test" ? ComparedBy.Test : ComparedBy.Validation;
        var count = parsed.GetValue(seeds);
        if (count < Comparison.FewestSeeds)
            throw new UsageException($"--seeds: expected an integer from {Comparison.FewestSeeds} to {MostSeeds}, "
                + $"found '{count}'");
        var (compared, data) = Settings(texts, common);
        TrainedSetting.Check(compared, measured);
        var path = folder.Path(parsed, "compare");
        UserFolder.RequireWritable(path);
        // What can't be trained is said before the first run.
        TrainingRun[] runs =
        [
            .. compared.Select(setting => Explained(setting.Name, setting.Text, () =>
            {
                var run = new TrainingRun(setting.Configuration, data);
                run.RequireUpdates();
                return run;
            })),
        ];
        Hints.Write([.. DataHints.Of(data), .. runs.SelectMany(run => RunHints.Of(run, data)).Distinct()]);
        using var interruption = new Interruption();
        var first = compared[0].Configuration.Seed;
        var lines = new ComparisonLines(Console.Out, compared, measured, parsed.GetValue(json));
        lines.Started(data, first, count);
        IReadOnlyList<IReadOnlyList<TrainedOutcome>> outcomes;
        Comparison comparison;
        try
        {
            (comparison, outcomes) = Comparison.Race(
                [.. compared.Select(setting => setting.Name)], count, first, parsed.GetValue(stopEarly),
                parsed.GetValue(threads), (setting, seed) =>
                    compared[setting].Run(data, seed, measured, interruption.Token),
                outcome => outcome.Score.Value, lines.Ended, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            Hints.Write(["interrupted; nothing was written"]);
            return ExitCode.Interrupted;
        }
        var page = new ComparisonPage(comparison, compared, outcomes, measured, Locale.Language).Write(path);
        lines.Finished(comparison, outcomes, page);
        folder.Open(parsed, page);
        return ExitCode.Done;
    }

    private (TrainedSetting[] Settings, DataSet Data) Settings(
        string[] texts, Dictionary<string, string> common)
    {
        var first = texts.Select((text, i) => Explained(Name(i), text, () => Given(text, common))).ToArray();
        var data = Data([.. first.Select(setting => setting.Configuration)]);
        // A table's defaults are those of its data.
        return ([.. first.Select((setting, i) => setting.Other is null && setting.Configuration.MayBeTable
            ? new TrainedSetting(Name(i), texts[i], TrainOptions.Change(TrainConfiguration.For(data), setting.Changes))
            : new TrainedSetting(Name(i), texts[i], setting.Configuration))], data);
    }

    // A model says how a table is read, and which numbers classes have.
    private static DataSet Data(TrainConfiguration[] settings)
    {
        if (settings.Select(setting => setting.From).Distinct().Count() == 1)
            return settings[0].LoadData();
        return !settings[0].MayBeTable ? (settings[0] with { From = null }).LoadData()
            : throw new UsageException(
                "--from: a model decides how a table is read, so all settings must begin from the same one, or none");
    }

    // A setting's faults say whose they are.
    private static T Explained<T>(string name, string text, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (UsageException e)
        {
            throw new UsageException(e.Faults.Select(fault =>
                $"{name} {(text.Length > 0 ? $"({text})" : "(no options)")}: {TrainOptions.Line(fault)}"));
        }
    }

    private static string Name(int setting) => $"{(char)('A' + setting)}";

    // The options of a setting's own count more than those that all have in common.
    private (TrainConfiguration? Other, Dictionary<string, string> Changes, TrainConfiguration Configuration) Given(
        string text, Dictionary<string, string> common)
    {
        TrainConfiguration? other = null;
        var own = new Dictionary<string, string>();
        if (Directory.Exists(text))
        {
            RunRecord.CheckRun(text);
            other = ConfigurationFile.Read(new RunPaths(text).Configuration);
        }
        else if (File.Exists(text))
            other = ConfigurationFile.Read(text);
        else
            own = Options(text);
        if (own.ContainsKey("seed"))
            throw new UsageException(
                "--seed: all settings have the same seeds: give it once, for all");
        Dictionary<string, string> changes = new(common.Where(option => !own.ContainsKey(option.Key)).Concat(own));
        return (other, changes, other is null
            ? TrainOptions.Parse(changes, new TrainConfiguration()) : TrainOptions.Change(other, changes));
    }

    private Dictionary<string, string> Options(string text) =>
        CommonOptions.Values(text, options, "options of 'train', a config.json, or the folder of a run");
}
