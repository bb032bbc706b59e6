using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Host.Search;

namespace Functional.Host.Commands;

/// <summary><c>functional search</c>: looks for the options of training that do best on validation samples.</summary>
internal sealed class SearchCommand
{
    private const int UsualTrials = 100;

    // The book's search of section 6.5.2, by default.
    private static readonly string[] UsualSpace = ["learning-rate=log:1e-6..1e-2", "l2=log:1e-8..1e-4"];
    private static readonly KeyValuePair<string, string>[] UsualOptions =
        [new("data", "digits"), new("samples", "500"), new("validation", "0.2"),
            new("hidden", "100,100,100,100,100,100"), new("epochs", "50")];

    private readonly Option<string[]> space = new("--space")
    {
        HelpName = "TEXT",
        Description =
            $"what to search: {SpaceText.Syntax}, where NAME is an option of 'train' and 'if OTHER=VALUE|...' "
            + $"may follow; can be given several times [default: {string.Join(", ", UsualSpace)}]",
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<string[]> first = new("--try")
    {
        HelpName = "TEXT",
        Description = "a configuration to begin with, as in \"learning-rate=0.1 l2=1e-6\"; can be given several times",
    };

    private readonly Option<string?> aim = new("--aim")
    {
        HelpName = TrainingAims.Syntax,
        Description =
            "what is to be good: the accuracy on validation samples (of quantities R²), and beside it the loss on "
            + "them, the number of parameters or the time of training, all small; the time is shown, but not learned "
            + "from [default: accuracy alone]",
    };

    private readonly Option<string?> sampler = new("--sampler")
    {
        HelpName = Search.Sampler.Syntax,
        Description =
            "how configurations are chosen: at random, on a grid, filling the space evenly, "
            + "or where a model expects good ones [default: random]",
    };

    private readonly Option<string?> pruner = new("--pruner")
    {
        HelpName = Search.Pruner.Syntax,
        Description =
            "when to end poor trials early: never, if worse than the median, or by successive halving [default: none]",
    };

    private readonly Option<string?> study = new("--study")
    {
        HelpName = "NAME|DIR",
        Description =
            "where to keep the study, which is continued if it exists: studies/NAME or DIR [default: studies/TIME]",
    };

    private readonly Option<string?> storage = new("--storage")
    {
        HelpName = "ADDRESS",
        Description = "keep the study in PostgreSQL, for several machines: postgres://USER:PASSWORD@HOST:PORT/DATABASE",
    };

    private readonly Option<int?> trials = CommonOptions.OptionalCount(
        "--trials", $"how many trials the study has in total [default: {UsualTrials}, or the whole grid]");
    private readonly Option<int?> workers =
        CommonOptions.OptionalCount(
            "--workers", $"how many trials run here at once, one thread each [default: {Environment.ProcessorCount}]",
            CommonOptions.MostThreads);
    private readonly Option<int?> round = CommonOptions.OptionalCount(
        "--round",
        "a model or a pruner sees the results of all earlier rounds of this many trials, and so doesn't depend on "
        + $"the number of workers [default: {new StudySettings(SpaceText.Parse(UsualSpace)).Round}]");
    private readonly Option<int?> seeds = CommonOptions.OptionalCount(
        "--seeds",
        "with how many seeds each trial runs, from --seed on, to be judged by the mean; one that is clearly worse than "
        + "the best is dropped after two seeds or later [default: 1]", Race.MostSeeds);
    private readonly Option<double?> limit =
        CommonOptions.Seconds("--time-limit", "start no trial after this many seconds");
    private readonly Option<double?> regret = new("--stop-when-regret")
    {
        HelpName = "VALUE",
        Description =
            "start no more trials once a model of the values expects no configuration to be better than the best by "
            + "more than this",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReadNumber(text) is >= 0 and var number && double.IsFinite(number))
                return number;
            result.AddError($"--stop-when-regret: expected a number from 0 on, found '{text}'");
            return null;
        },
    };
    private readonly Option<double?> heartbeatTimeout = CommonOptions.Seconds(
        "--heartbeat-timeout", "how long a process may be silent before others take over its trials [default: 30]");
    private readonly Option<bool> json = CommonOptions.Json();
    private readonly Option<bool> open = new("--open") { Description = "open the report in the browser" };

    private SearchCommand() { }

    /// <summary>The command with its options.</summary>
    public static Command Create() => new SearchCommand().Command();

    private CommandWithExamples Command()
    {
        var options = TrainOptions.All.Select(option => CommonOptions.Of(option, Training(UsualOptions))).ToArray();
        var command =
            new CommandWithExamples(
                "search", "Search for the training options with the best validation accuracy: "
                + "by default the book's search of section 6.5.",
            ("functional search --study rates", "the book's search, kept in studies/rates"),
            ("functional search --space learning-rate=log:1e-3..1 --sampler tpe --trials 20 --epochs 5",
                "20 trials, guided by a model of where good rates are"),
            ("functional search --sampler gp --seeds 5 --trials 40",
                "settings that are better with five seeds, not by luck"),
            ("functional search --try \"learning-rate=0.01 l2=1e-6\" --sampler gp",
                "begins with a setting of your own"),
            ("functional search --sampler gp --stop-when-regret 0.01",
                "ends when at most a percentage point is left to gain"),
            ("functional search --aim accuracy,parameters --space \"hidden=10|30|100|100,100\" --sampler tpe",
                "networks that are accurate, small, or something between"),
            ("functional search show rates --open", "its progress, in the browser"));
        foreach (var option in (Option[])[space, first, aim, sampler, pruner, trials, seeds, workers, round, regret,
            limit, study, storage, heartbeatTimeout, json, open, .. options])
            command.Add(option);
        command.Add(Show());
        command.SetAction(parsed => Run(parsed, [.. CommonOptions.Values(parsed, options)]));
        return command;
    }

    private CommandWithExamples Show()
    {
        var name = new Argument<string>("study")
            { HelpName = "NAME|DIR", Description = "the study, as in --study" };
        var command = new CommandWithExamples(
            "show", "Show a study's progress and write its report, while it runs or afterwards.",
            ("functional search show rates", "its best trials so far"),
            ("functional search show rates --open", "its report, in the browser")) { name, storage, json, open };
        command.SetAction(parsed =>
        {
            var (study, address) = (Named(parsed.GetValue(name)!), parsed.GetValue(this.storage));
            if (address is null && !JournalStorage.Exists(Folder(study)))
                throw new UsageException($"there is no study in {Folder(study)}");
            CheckPage(study);
            using var storage = StorageOf(study, address);
            var settings = Search.Study.SettingsIn(storage)
                ?? throw new UsageException($"{storage.Name}: there is no such study");
            using var shown = Search.Study.Open(storage, settings);
            var lines = new StudyLines(Console.Out, settings, parsed.GetValue(this.json));
            var trials = shown.ReadTrials();
            CheckValues(shown, trials);
            lines.Trials(trials);
            Finish(parsed, shown, trials, lines, study, interrupted: false);
            return ExitCode.Done;
        });
        return command;
    }

    private int Run(ParseResult parsed, KeyValuePair<string, string>[] overrides)
    {
        var name = parsed.GetValue(this.study) is { } given
            ? Named(given)
            // Another search may begin in the same second, on another machine with the same database, too.
            : Invariant($"{DateTime.Now:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}");
        var address = parsed.GetValue(this.storage);
        // Wrong options leave nothing behind.
        var isThere = address is not null || JournalStorage.Exists(Folder(name));
        using var existing = isThere ? StorageOf(name, address) : null;
        var begun = existing is null ? null : Search.Study.SettingsIn(existing);
        if (begun is not null && !IsOfTraining(begun))
            throw new UsageException(
                $"--study: {existing!.Name} is the study of another program; 'functional search show' shows it");
        var settings = SettingsOf(parsed, overrides, begun);
        var workers = parsed.GetValue(this.workers) ?? Math.Min(Environment.ProcessorCount, Search.Study.MostWorkers);
        // More would only wait.
        if (settings.SeenBy(settings.Round) > 0 || parsed.GetValue(regret) is not null)
            workers = Math.Min(workers, settings.Round);
        if (settings.Aims.Count > 0 && parsed.GetValue(regret) is not null)
            throw new UsageException(
                "--stop-when-regret: what is left to gain is a number for one aim, "
                + $"but there are {settings.Aims.Count}");
        var data = Common(settings).LoadData();
        // What was guessed stays so, whatever is read later.
        if (begun is null && data.Training.Targets is Quantities)
            settings = settings with
            {
                Constants = new Dictionary<string, string>(settings.Constants) { ["task"] = "quantities" },
            };
        if (begun is null && overrides.All(option => option.Key != "samples"))
            settings = WithoutUsualSamples(settings, data.Training.Count);
        var objective = new TrainingObjective(Common(settings), data, settings.Space, Interruption.Given);
        var isSaidHere = begun is null && parsed.GetValue(this.json);
        Hints.Write(
            [.. DataHints.Of(data), .. objective.Gaps,
                .. isSaidHere ? Unasked(settings, overrides, data.Training.Count) : []]);
        CheckPage(name);
        var storage = existing ?? StorageOf(name, address);
        using var study = Search.Study.Open(storage, settings);

        var lines = new StudyLines(Console.Out, settings, parsed.GetValue(this.json));
        var trials = parsed.GetValue(this.trials)
            ?? (int)Math.Min(settings.MostTrials ?? UsualTrials, int.MaxValue);
        var before = study.ReadTrials();
        CheckValues(study, before);
        lines.Started(study.Name, before, trials, workers, data.Training.Count);
        using var interruption = new Interruption();
        var limit = parsed.GetValue(this.limit) is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        var all = study.RunUnchecked(objective.Run, trials, workers, limit, lines.Ended,
            parsed.GetValue(regret), interruption.Token);
        var interrupted = interruption.Token.IsCancellationRequested;
        Finish(parsed, study, all, lines, name, interrupted);
        study.CheckKept();
        if (interrupted)
            return ExitCode.Interrupted;
        Search.Study.CheckAnyUseful(all);
        return ExitCode.Done;
    }

    private static bool IsOfTraining(StudySettings settings) => settings.Constants.ContainsKey("data");

    private static bool IsOfQuantities(StudySettings settings) =>
        settings.Constants.GetValueOrDefault("task") == "quantities";

    // A checksum that is right makes no value right.
    private static void CheckValues(Study study, IReadOnlyList<Trial> trials)
    {
        if (!IsOfTraining(study.Settings))
            return;
        // Answers worse than the mean have an R² below 0.
        var (least, what) = IsOfQuantities(study.Settings)
            ? (double.NegativeInfinity, "R² of at most 1") : (0, "accuracies from 0 to 1");
        foreach (var trial in trials)
        {
            DataException Absurd(string expected, string found) =>
                new(study.Name, $"trial {trial.Number}", expected, found);
            var (curve, value) = (trial.Result?.Curve ?? [], trial.Value);
            double[] all = [.. trial.Reported.Values, .. curve, .. trial.Result?.TrainingCurve ?? [], value ?? 0,
                .. trial.SeedResults.SelectMany(seed => (double[])[seed.Value, .. seed.Curve, .. seed.TrainingCurve])];
            if (Array.FindIndex(all, one => one < least || one > 1) is >= 0 and var place)
                throw Absurd(what, Invariant($"{all[place]}"));
            if (trial.Result?.Values?.Skip(1).Any(one => one < 0) == true)
                throw Absurd("values of further aims from 0 on", "one below");
            // Of several seeds each has a curve of its own, and not all are as long.
            (double? Value, IReadOnlyList<double> Curve)[] runs = trial.SeedResults.Count == 0 ? [(value, curve)]
                : [.. trial.SeedResults.Select(seed => ((double?)seed.Value, seed.Curve))];
            foreach (var run in runs.Where(run => run.Value is not null && !(run.Curve is [.., var last]
                && last == run.Value)))
                throw Absurd(
                    "a value that is the last of its curve",
                    Invariant($"{run.Value} behind a curve ")
                        + (run.Curve is [.., var end] ? Invariant($"to {end:R}") : "of nothing"));
        }
    }

    private void Finish(
        ParseResult parsed, Study study, IReadOnlyList<Trial> trials, StudyLines lines, string name, bool interrupted)
    {
        var (settings, isOfTraining) = (study.Settings, IsOfTraining(study.Settings));
        string Command(Trial trial) => CommandLine(settings, trial);
        var left = parsed.GetValue(regret) is null ? null : settings.BoundRegret(trials);
        var page = isOfTraining
            ? StudyPage.Render(
                study.Name, settings, trials,
                IsOfQuantities(settings)
                    ? ("validation R²", "検証データのR²") : ("validation accuracy", "検証データの認識精度"),
                Command, ("epoch", "エポック"), left, Locale.Language)
            : StudyPage.Render(study.Name, settings, trials, ("value", "値"), regret: left, language: Locale.Language);
        var path = PageOf(name);
        // Others who work on the study write the same page.
        OutputFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(page)));
        var best = StudyResults.Best(study.Settings.Direction, trials).FirstOrDefault();
        lines.Finished(
            trials, best, parsed.GetValue(regret), left, isOfTraining ? Command : null, path, interrupted);
        if (parsed.GetValue(this.open))
            Browser.Open(path);
    }

    private static string PageOf(string study) => Path.Combine(Folder(study), "report.html");

    // A study in a database has no folder that is its alone.
    private static void CheckPage(string study)
    {
        UserFolder.CheckName("--study", Folder(study));
        UserFile.Of(
            "--study", PageOf(study), force: false, Page.IsOne, "move it away, or choose another study",
            makesFolder: true);
    }

    /// <summary>A study's settings: as it began or, of a new one, as given; a process that continues it may leave them
    /// out.</summary>
    private StudySettings SettingsOf(
        ParseResult parsed, KeyValuePair<string, string>[] overrides, StudySettings? begun)
    {
        var texts = parsed.GetValue(this.space) ?? [];
        var space = texts.Length > 0 ? SpaceText.Parse(texts) : begun?.Space ?? SpaceText.Parse(UsualSpace);
        var searched = space.Hyperparameters.Select(one => one.Name).ToHashSet();
        if (overrides.FirstOrDefault(option => searched.Contains(option.Key)).Key is { } twice)
            throw new UsageException($"--{twice}: the space has it, too; it can't be both searched and set");
        var replaced = searched.Concat(overrides.Select(option => option.Key)).ToHashSet();
        // Either gives a trial's length.
        string[] lengths = ["epochs", "iterations"];
        if (replaced.Overlaps(lengths))
            replaced.UnionWith(lengths);
        var usual = begun?.Constants ?? (IEnumerable<KeyValuePair<string, string>>)UsualOptions;
        var settings = new StudySettings(space)
        {
            Aims = parsed.GetValue(aim) is { } aims ? TrainingAims.Parse(aims) : begun?.Aims ?? [],
            Sampler = parsed.GetValue(this.sampler) is { } sampler ? Search.Sampler.Parse(sampler) : begun?.Sampler
                ?? Search.Sampler.Random,
            Pruner = parsed.GetValue(this.pruner) is { } pruner ? Search.Pruner.Parse(pruner) : begun?.Pruner
                ?? Search.Pruner.None,
            First = parsed.GetValue(first) is { Length: > 0 } given ? SpaceText.ParseFirst(space, given)
                : begun?.First ?? [],
            Seeds = parsed.GetValue(seeds) ?? begun?.Seeds ?? 1,
            Round = parsed.GetValue(round) ?? begun?.Round ?? new StudySettings(space).Round,
            HeartbeatTimeout = parsed.GetValue(heartbeatTimeout) ?? begun?.HeartbeatTimeout
                ?? new StudySettings(space).HeartbeatTimeout,
            Constants = usual.Where(option => !replaced.Contains(option.Key))
                .Concat(overrides.Where(option => option.Key != "seed")).ToDictionary(),
        };
        if (overrides.FirstOrDefault(option => option.Key == "seed").Value is { } seed)
            settings = settings with { Seed = Training([new("seed", seed)]).Seed };
        else if (begun is not null)
            settings = settings with { Seed = begun.Seed };
        try
        {
            settings.Check();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(
                $"--{(e.ParamName == nameof(StudySettings.Aims) ? "aim" : "sampler")}: {e.Reason()}");
        }
        if (Common(settings).Validation == 0 && !searched.Contains("validation"))
            throw new UsageException("--validation: a search needs samples for validation");
        return settings;
    }

    // The book's number is no reason to refuse a small table.
    private static StudySettings WithoutUsualSamples(StudySettings settings, int count) =>
        Common(settings).Samples >= count
            ? settings with { Constants = settings.Constants.Where(one => one.Key != "samples").ToDictionary() }
            : settings;

    // Nobody asked for the book's number, so that it leaves samples out is said (to people, by what the search begins
    // with).
    private static string[] Unasked(StudySettings settings, KeyValuePair<string, string>[] overrides, int count) =>
        Common(settings).Samples is { } samples && overrides.All(option => option.Key != "samples")
            ? [
                Invariant($"each trial sees {samples} of the {count:N0} training samples, drawn by the seed; ")
                    + Invariant($"--samples {count} takes all")] : [];

    /// <summary>What all trials have in common.</summary>
    private static TrainConfiguration Common(StudySettings settings) =>
        // A number of an optimizer that not all of a search's optimizers have is a fault only of a whole configuration.
        settings.Constants.Aggregate(
            new TrainConfiguration { Seed = settings.Seed },
            (configuration, option) => TrainOptions.Set(configuration, option.Key, option.Value));

    private static string CommandLine(StudySettings settings, Trial trial) =>
        TrainOptions.Parse(trial.Configuration.Texts, Common(settings)).CommandLine();

    private static TrainConfiguration Training(IEnumerable<KeyValuePair<string, string>> options) =>
        TrainOptions.Parse(options, new TrainConfiguration());

    /// <summary>A study's name, or its folder.</summary>
    private static string Named(string study)
    {
        // Not repeated: it may hold a password.
        if (study.Contains("://", StringComparison.Ordinal))
            throw new UsageException(
                "--study: expected a name or a folder, found an address; that of a database belongs to --storage");
        return study.Trim().Length > 0 && !study.Any(char.IsControl)
            ? study
            : throw new UsageException($"--study: expected a name or a folder, found '{Visible.Message(study)}'");
    }

    private static string Folder(string study) =>
        study is "." or ".." || study.AsSpan().IndexOfAny(
            Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) >= 0 ? study : Path.Combine("studies", study);

    private static StudyStorage StorageOf(string study, string? address) =>
        address is null ? new JournalStorage(Folder(study)) : new PostgresStorage(address, study);
}
