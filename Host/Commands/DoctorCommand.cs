using System.CommandLine;
using System.Text.Json.Nodes;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional doctor</c>: why does it not learn?</summary>
internal static class DoctorCommand
{
    private const int MostSeeds = 100;

    /// <summary>The command with its options: those of training, or a run's folder.</summary>
    public static Command Create()
    {
        var run = new Argument<string?>("RUN")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "the folder of a run to examine; options given here override its configuration",
        };
        var options = TrainOptions.All.Select(option => CommonOptions.Of(option, new TrainConfiguration())).ToArray();
        var file = CommonOptions.Config();
        var threads = CommonOptions.Threads();
        var seeds = CommonOptions.OptionalCount(
            "--seeds", "seeds to try, from --seed on [default: 5 where a run takes little time, otherwise 1]",
            MostSeeds);
        var mend = new Option<bool>("--mend")
        {
            Description = "follow the advice, one change after another as long as the validation score improves, and "
                + "print what each brought and the command",
        };
        var page = new Option<string?>("--page")
            { HelpName = "FILE", Description = "also write an HTML page, with a picture for each finding" };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "doctor", "Find out why a network doesn't learn, or how to improve it, from its data and short runs.",
            ("functional doctor --init normal:0.001 --hidden 100,100,100", "why doesn't this network learn?"),
            ("functional doctor runs/NAME --learning-rate 0.01 --page doctor.html",
                "would that run do better with another rate? With pictures"))
        { run };
        foreach (var option in (Option[])[.. options, file, mend, seeds, threads, page, force, json])
            command.Add(option);
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var (given, from) = (parsed.GetValue(run), parsed.GetValue(file));
            if (given is not null && from is not null)
                throw new UsageException(
                    $"--config: the run's folder {given} has options of its own; give one of both");
            var start = given is not null
                ? ConfigurationOf(given)
                : from is not null
                ? ConfigurationFile.Read(from)
                : null;
            return Run(start, CommonOptions.Values(parsed, options).ToDictionary(),
                parsed.GetValue(mend), parsed.GetValue(seeds), parsed.GetValue(threads),
                parsed.GetValue(page) is { } path
                    ? UserFile.Of("--page", path, parsed.GetValue(force))
                    : null, parsed.GetValue(json));
        }));
        return command;
    }

    private static TrainConfiguration ConfigurationOf(string folder)
    {
        RunRecord.CheckRun(folder);
        var configuration = ConfigurationFile.Read(new RunPaths(folder).Configuration);
        if (configuration.Origin is null)
            return configuration;
        Hints.Write(
            [$"{folder} goes on from another run; it is examined as if it had its options from the first step"]);
        return configuration with { Origin = null, From = configuration.ModelPath };
    }

    private static int Run(
        TrainConfiguration? other, Dictionary<string, string> changes, bool mend, int? seeds, int threads,
        UserFile? page, bool json)
    {
        var (configuration, data) = CommonOptions.Training(other, changes);
        // Nothing is written before the end: Ctrl-C itself may end the process.
        var examination = Examination.Of(configuration, data, threads, seeds, Interruption.Given);
        var treatment = mend ? Treatment.Of(configuration, data, threads, seeds, Interruption.Given) : null;
        if (json)
            WriteJson(new JsonReport(Console.Out), examination, treatment);
        var (said, saidTreatment) = (Said(examination), treatment is null ? null : Said(treatment));
        if (!json)
        {
            WriteLines(page?.Notes ?? Console.Out, said);
            if (saidTreatment is not null)
                TreatmentLines.Write(page?.Notes ?? Console.Out, saidTreatment, examination.IsOfQuantities);
        }
        page?.Write(DoctorPage.Render(configuration, said, Locale.Language, saidTreatment));
        if (page is not null && !json)
        {
            page.Notes.WriteLine();
            page.Notes.WriteLine(Say($"page: {page.Path}"));
        }
        return examination.IsHealthy ? ExitCode.Done : ExitCode.Found;
    }

    // In the reader's language. What programs read is English.
    private static Examination Said(Examination examination) => examination with
    {
        Findings =
        [
            .. examination.Findings.Select(finding => finding with
            {
                Evidence = Say(finding.Evidence), Advice = Say(finding.Advice),
                Picture = finding.Picture is { } picture ? ChartTranslation.Said(picture) : null,
            }),
        ],
    };

    private static Treatment Said(Treatment treatment) => treatment with
    {
        Steps =
        [
            .. treatment.Steps.Select(step => step with
            {
                Change = step.Change is { } change ? Say(change) : null,
            }),
        ],
    };

    private static void WriteJson(JsonReport report, Examination examination, Treatment? treatment)
    {
        foreach (var finding in examination.Findings)
            report.Write(
                "finding",
                ("kind", finding.Name), ("layer", finding.Layer ?? ""),
                ("severity", finding.Severity.ToString().ToLowerInvariant()),
                ("evidence", finding.Evidence), ("advice", finding.Advice), ("gain", finding.Gain));
        foreach (var step in treatment?.Steps ?? [])
            report.Write(
                "mend",
                ("change", step.Change ?? ""), ("kind", step.Kind is { } kind ? Finding.NameOf(kind) : ""),
                ("training", step.Training), ("validation", step.Validation), ("test", step.Test));
        report.Write(
            "summary",
            ("findings", examination.Findings.Count), ("healthy", examination.IsHealthy),
            ("steps", examination.Steps), ("planned", examination.Planned), ("loss", examination.Loss),
            ("chance", examination.Chance),
            ("trainAccuracy", examination.TrainAccuracy), ("testAccuracy", examination.TestAccuracy),
            ("seeds", JsonReport.List(examination.Seeds.Select(seed => (JsonNode)new JsonObject
            {
                ["seed"] = seed.Seed, ["trainAccuracy"] = seed.TrainAccuracy, ["testAccuracy"] = seed.TestAccuracy,
                ["fails"] = seed.Fails,
            }))),
            ("command", treatment?.Command));
    }

    private static void WriteLines(TextWriter output, Examination examination)
    {
        if (Locale.Language == Language.Japanese)
        {
            WriteJapanese(output, examination);
            return;
        }
        output.WriteLine(
            Invariant($"{examination.Steps:N0} of {Plural.Of(examination.Planned, "step")} tried: ")
                + Invariant($"loss {examination.Loss:F3} (guessing costs {examination.Chance:F3}), ")
                + (examination.IsOfQuantities ? "share of the variance explained: " : "")
                + Invariant($"training {Percentage.Of(examination.TrainAccuracy)}, ")
                + Invariant($"test {Percentage.Of(examination.TestAccuracy)} of up to 1,000 samples"));
        if (examination.Findings.Count == 0)
            output.WriteLine("nothing is wrong");
        foreach (var finding in examination.Findings)
        {
            output.WriteLine();
            output.WriteLine(
                $"{finding.Severity.ToString().ToLowerInvariant()}: "
                + $"{finding.Name}{(string.IsNullOrEmpty(finding.Layer) ? "" : $" ({finding.Layer})")}");
            output.WriteLine($"  {finding.Evidence}");
            output.WriteLine($"  {finding.Advice}");
        }
    }

    private static void WriteJapanese(TextWriter output, Examination examination)
    {
        output.WriteLine(
            Invariant($"全{examination.Planned:N0}ステップのうち{examination.Steps:N0}ステップを試行：")
                + Invariant($"損失{examination.Loss:F3}（当てずっぽうなら{examination.Chance:F3}）、")
                + (examination.IsOfQuantities ? "説明できた分散の割合は" : "認識精度は")
                + $"訓練データ{Percentage.Of(examination.TrainAccuracy)}、"
                + $"テストデータ（最大1,000個）{Percentage.Of(examination.TestAccuracy)}");
        if (examination.Findings.Count == 0)
            output.WriteLine("問題は見つかりませんでした");
        foreach (var finding in examination.Findings)
        {
            var (name, meaning) = DoctorTexts.InJapanese(finding.Kind);
            output.WriteLine();
            output.WriteLine($"{DoctorTexts.InJapanese(finding.Severity)}：{name}（{finding.Name}"
                + $"{(string.IsNullOrEmpty(finding.Layer) ? "" : $"、{finding.Layer}")}）");
            output.WriteLine($"  {meaning}");
            output.WriteLine($"  {finding.Evidence}");
            output.WriteLine($"  {finding.Advice}");
        }
    }
}
