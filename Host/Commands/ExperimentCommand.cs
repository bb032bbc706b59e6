using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary><c>functional experiment</c>: one experiment of the book, with every option of training open to change.
/// <c>functional book</c>: all of them.</summary>
internal static class ExperimentCommand
{
    // What the experiments' own options say or their question is about, what only runs with a folder have, and what
    // only tables have: experiments are of images.
    private static readonly string[] Taken =
        ["data", "from", "seed", "patience", "checkpoint-every", "keep-every", "label", "task", "ignore", "missing",
            "layers"];

    /// <summary>The command for one experiment.</summary>
    public static Command Create()
    {
        var name = new Argument<string>("name") { HelpName = "name", Description =
            string.Join(", ", Book.Experiments.Select(experiment => experiment.Name)) };
        name.CompletionSources.Add([.. Book.Experiments.Select(experiment => experiment.Name)]);
        var options = TrainOptions.All.Where(option => !Taken.Contains(option.Name))
            .Select(option => CommonOptions.Of(option, defaults: null)).ToArray();
        var common = new Common();
        var command = new CommandWithExamples(
            "experiment", "Run one experiment of the book; training options override the experiment's own.",
            ("functional experiment optimizers --open", "the book's comparison, in the browser"),
            ("functional experiment weight-decay --data mnist --seeds 5",
                "on MNIST, with medians over five seeds")) { name };
        common.AddTo(command);
        foreach (var option in options)
            command.Add(option);
        command.SetAction(parsed => common.Run(
            parsed, [Find(parsed.GetValue(name)!)], [.. CommonOptions.Values(parsed, options)]));
        return command;
    }

    /// <summary>The command for all of them.</summary>
    public static Command CreateBook()
    {
        var common = new Common();
        var command =
            new CommandWithExamples(
            "book", "Reproduce every figure of the book's sections 5.7 to 6.6 and 7.4 to 8.1 on one page.",
            ("functional book --quick", "a quick version"),
            ("functional book --data mnist --open", "every figure on MNIST, in the browser"));
        common.AddTo(command);
        command.SetAction(parsed => common.Run(parsed, Book.Experiments, []));
        return command;
    }

    private static Experiment Find(string name) =>
        Book.Experiments.FirstOrDefault(experiment => experiment.Name == name)
        ?? throw new UsageException(name == "summary"
            ? "the summary is of all experiments: the last section of 'functional book'"
            : $"there is no experiment '{name}'; there are "
                + $"{string.Join(", ", Book.Experiments.Select(experiment => experiment.Name))}");

    private sealed class Common
    {
        private const int MostSeeds = 1000;

        private readonly Option<string> data = new("--data")
        {
            HelpName = "NAME|DIR",
            Description = "digits (built in), mnist, or a folder with four files in the MNIST format",
            DefaultValueFactory = _ => "digits",
        };
        private readonly PageFolder folder = new("NAME");
        private readonly Option<bool> quick = new("--quick")
            { Description = "a quick version: fewer steps, fewer test samples" };
        private readonly Option<bool> bookOnly = new("--book-only")
            { Description = "run only what the book's own programs do" };
        private readonly Option<int> seeds = CommonOptions.Count(
            "--seeds", "repeat everything with this many seeds, and show medians and bands", 1, MostSeeds);
        private readonly Option<long> seed = new("--seed")
            { HelpName = "N", Description = "the first seed", DefaultValueFactory = _ => 1 };
        private readonly Option<int> threads = CommonOptions.Threads();
        private readonly Option<bool> png = new("--png")
            { Description = "also draw every figure as PNG, with an installed Chromium, Chrome or Edge" };
        private readonly Option<bool> plain = CommonOptions.Plain();
        private readonly Option<bool> json = CommonOptions.Json();

        public void AddTo(Command command)
        {
            data.CompletionSources.Add([.. DataSets.Names]);
            foreach (var option in (Option[])[data, .. folder.Options, quick, bookOnly, seeds, seed, threads, png,
                plain, json])
                command.Add(option);
        }

        public int Run(ParseResult parsed,
            IReadOnlyList<Experiment> experiments, IReadOnlyList<KeyValuePair<string, string>> options)
        {
            var settings = new LabSettings
            {
                Data = parsed.GetValue(data)!, Seed = parsed.GetValue(seed), Seeds = parsed.GetValue(seeds),
                Quick = parsed.GetValue(quick), BookOnly = parsed.GetValue(bookOnly),
                Language = Locale.Language, Options = options,
            };
            var path = folder.Path(parsed, experiments.Count == 1 ? experiments[0].Name : "book");
            TrainOptions.Parse(options, new TrainConfiguration());
            var watch = Stopwatch.StartNew();
            var images = new Lazy<DataSet>(() => DataSets.Load(settings.Data));
            if (Tables.IsOne(settings.Data) || PlaneData.IsOne(settings.Data))
                throw new UsageException($"--data: experiments train on images, and {settings.Data} is a table");
            if (!DataSets.Names.Contains(settings.Data))
                _ = images.Value;
            UserFolder.RequireWritable(path);
            var browser = parsed.GetValue(png) ? PngBrowser.Find(Environment.GetEnvironmentVariable("PATH")) : null;
            using var interruption = new Interruption();
            IReadOnlyList<ExperimentResult> Results(IExperimentProgress? progress) =>
                ExperimentRunner.RunOn(
                    images, experiments, settings, parsed.GetValue(threads), progress, interruption.Token);
            string page;
            try
            {
                var results = parsed.GetValue(json) ? Results(null)
                    : parsed.GetValue(plain) || Console.IsOutputRedirected
                        ? Results(new ExperimentLines(Console.WriteLine, settings.Language))
                    : LiveExperiments.Show(ProtectedOutput.Live(), settings.Language, Results);
                var written = new ExperimentPage(settings, results);
                page = written.Write(path);
                if (browser is not null)
                    written.WritePng(path, browser, parsed.GetValue(threads));
                Write(settings, results, page, watch.Elapsed.TotalSeconds, parsed.GetValue(json));
            }
            catch (OperationCanceledException)
            {
                Hints.Write(["interrupted; nothing was written"]);
                return ExitCode.Interrupted;
            }
            folder.Open(parsed, page);
            return ExitCode.Done;
        }

        private static void Write(
            LabSettings settings, IReadOnlyList<ExperimentResult> results, string page, double seconds, bool json)
        {
            Claim[] claims = [.. results.SelectMany(result => result.Report.Claims)];
            var held = claims.Count(claim => claim.Always);
            if (!json)
            {
                foreach (var line in ExperimentSummary.Lines(settings, claims, page, seconds))
                    Console.WriteLine(line);
                return;
            }
            var report = new JsonReport(Console.Out);
            foreach (var result in results)
            {
                foreach (var curves in result.Trained)
                    report.Write(
                        "run", ("experiment", result.Experiment.Name), ("name", curves.Name),
                        ("command", curves.Variant.Configuration.CommandLine()),
                        ("digests", JsonReport.List(curves.Seeds.Select(curve => (JsonNode)curve.Digest))),
                        ("losses", JsonReport.List(curves.Seeds.Select(curve => (JsonNode)curve.FinalLoss))),
                        ("accuracies", JsonReport.List(
                            curves.Seeds.Select(curve => curve.Accuracies.Count == 0 ? null : Node(curve.Final)))),
                        ("seconds", JsonReport.List(curves.Seeds.Select(curve => (JsonNode)curve.Seconds))));
                foreach (var claim in result.Report.Claims)
                    report.Write(
                        "claim", ("experiment", result.Experiment.Name), ("statement", claim.Statement.English),
                        ("held", JsonReport.List(claim.Held.Select(held => (JsonNode)held))),
                        ("numbers", JsonReport.List(claim.Numbers.Select(numbers => (JsonNode)numbers.English))),
                        ("source", claim.Source?.English),
                        ("effects", claim.Effect is { } effect
                            ? JsonReport.List(effect.Values.Select(value => (JsonNode)value)) : null));
            }
            report.Write("summary", ("claims", claims.Length), ("held", held), ("page", page), ("seconds", seconds));
        }

        private static JsonObject Node(AccuracyPoint point) => new()
        {
            ["step"] = point.Step, ["training"] = point.Training, ["validation"] = point.Validation,
            ["test"] = point.Test,
        };
    }
}
