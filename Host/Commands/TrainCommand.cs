using System.CommandLine;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional train</c>: trains a network, and leaves a folder with what is needed to do it
/// again.</summary>
internal static class TrainCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var options = TrainOptions.All.Select(option => CommonOptions.Of(option, new TrainConfiguration())).ToArray();
        var threads = CommonOptions.Threads();
        var plain = CommonOptions.Plain();
        var json = CommonOptions.Json();
        var folder = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "the folder for the run [default: runs/TIME-train]",
        };
        var open = new Option<bool>("--open")
            { Description = "open the report in the browser; with --live, the live page" };
        var live = new Option<bool>("--live")
        {
            Description = "serve a page on this machine that follows the run, and goes back to any of its steps, "
                + "until Ctrl-C",
        };
        var watch = new Option<bool>("--watch")
        {
            Description = "record activations, gradients and steps of every layer from time to time, for the report",
        };
        var force = new Option<bool>("--force") { Description =
            "replace a run in the folder; with --resume, continue even if the data or config.json have changed" };
        var file = CommonOptions.Config();
        var resume = new Option<string?>("--resume")
        {
            HelpName = "DIR",
            Description = "continue the run in this folder, bit for bit as if it had never stopped; "
                + "only its length and --checkpoint-every can be changed",
        };
        var command = new CommandWithExamples(
            "train", "Train a network and report its accuracy on samples that it has not seen.",
            ("functional train", "a network of 50 hidden units, on the built-in digits"),
            ("functional train --hidden 100,100 --optimizer adam --batch-norm",
                "a deeper network, with Adam and batch normalization"),
            ("functional train --config runs/NAME/config.json --seed 2", "the same run with another seed"),
            ("functional train --from runs/NAME --data letters", "begin from that run's model, with other classes"),
            ("functional train --from runs/NAME@1200 --learning-rate 0.01",
                "go on from that run's step 1,200, with another rate"));
        foreach (var option in (Option[])[.. options, file, threads, folder, force, resume, watch, live, open, plain,
            json])
            command.Add(option);
        command.SetAction(CommonOptions.On(threads, parsed =>
        {
            var changes = CommonOptions.Values(parsed, options).ToDictionary();
            var display = new Display(
                parsed.GetValue(threads), parsed.GetValue(json), parsed.GetValue(plain) || Console.IsOutputRedirected,
                parsed.GetValue(open), parsed.GetValue(watch), parsed.GetValue(live));
            return parsed.GetValue(resume) is { } path
                ? Resume(
                    path, changes, ((Option[])[folder, file])
                        .Where(option => parsed.GetResult(option) is { Implicit: false }),
                    parsed.GetValue(force), display)
                : changes.TryGetValue("from", out var from) && RunOrigin.Parse(from) is var (origin, step)
                ? Fork(
                    origin, step, changes, parsed.GetResult(file) is { Implicit: false }, parsed.GetValue(folder),
                    parsed.GetValue(force), display)
                : Start(parsed.GetValue(file) is { } given ? ConfigurationFile.Read(given) : null, changes,
                    parsed.GetValue(folder), parsed.GetValue(force), display);
        }));
        return command;
    }

    private static int Start(
        TrainConfiguration? other, Dictionary<string, string> changes, string? path, bool force, Display display)
    {
        var (configuration, data) = CommonOptions.Training(other, changes);
        return Begin(new TrainingRun(configuration, data), path, force, display);
    }

    private static int Fork(
        string origin, int step, Dictionary<string, string> changes, bool hasConfig, string? path, bool force,
        Display display)
    {
        if (hasConfig)
            throw new UsageException("--config: a run that goes on from a step of another has that one's options");
        return Begin(Forked(origin, step, changes), path, force, display);
    }

    /// <summary>The run that goes on from a step of another with these options changed.</summary>
    internal static TrainingRun Forked(string origin, int step, Dictionary<string, string> changes)
    {
        var run = TrainingRun.Open(origin);
        if (step < run.Start.Step || step > run.LastStep)
            throw new UsageException(new Fault(nameof(TrainConfiguration.From), Invariant(
                $"{origin} has steps from {run.Start.Step:N0} to {run.LastStep:N0} to go on from, not {step:N0}")));
        changes.Remove("from");
        var configuration = TrainOptions.Change(run.Configuration, changes);
        var fork = run.Fork(
            step, configuration, configuration.HasDataOf(run.Configuration) ? null : configuration.LoadData());
        fork.RequireUpdates();
        Hints.Write([.. Runs.Fork.Hints(run, fork)]);
        return fork;
    }

    private static int Begin(TrainingRun run, string? path, bool force, Display display)
    {
        var (configuration, data) = (run.Configuration, run.Data);
        run.RequireUpdates();
        var (what, begin) = configuration.Origin is null
            ? ("model", configuration.From) : ("run", configuration.OriginFolder);
        if (path is not null && begin is { } from
            && $"{Path.GetFullPath(from)}/".StartsWith($"{Path.GetFullPath(path)}/", StringComparison.Ordinal))
            throw new UsageException($"--out: the run would replace the {what} that it begins from, {from}");
        // Until here Ctrl-C ends the process, and nothing is written.
        Interruption.Given.ThrowIfCancellationRequested();
        Hints.Write([.. DataHints.Of(data), .. ColumnHints.Of(run.Encoded), .. RunHints.Of(run, data)]);
        using var folder = RunFolder.Create(path, force);
        return Run(
            folder, new Resumption(run, configuration.Origin is null ? null : run.Beginning), display);
    }

    private static int Resume(
        string path, IReadOnlyDictionary<string, string> changes, IEnumerable<Option> others, bool force,
        Display display)
    {
        if (others.FirstOrDefault() is { } other)
            throw new UsageException(
                $"--resume: the run continues in its own folder, as it was; it can't be given {other.Name}");
        using var folder = RunFolder.Open(path);
        _ = UserFile.Of(
            "--resume", new RunPaths(path).Report, force, Page.IsOne, "move it away, or give --force to replace it");
        var what = Resumption.Of(folder, changes, line => Hints.Write([line]), force);
        what.Run.RequireUpdates();
        return Run(folder, what, display);
    }

    private static int Run(RunFolder folder, Resumption what, Display display)
    {
        var (run, from) = what;
        using var recorder = folder.Record(run, from);
        using var interruption = new Interruption();
        var watcher = display.Watch ? new Watcher(run) : null;
        // One thread for the page: the others train.
        using var live = !display.Live ? null : new LiveServer(
            folder.Folder, new LiveRun(folder.Folder, run, threads: 1, Locale.Language), port: null, Locale.Language);
        var serving = live is null ? Task.CompletedTask : Task.Run(() => live.RunAsync(interruption.Token));
        if (live is not null)
            LiveCommand.Announce("live", live.Address, display.Json);
        if (display.Open && live is not null)
            Browser.OpenAddress(live.Address);
        RunResult Train(IRunObserver report) =>
            run.Run(new Observers(watcher is null ? [recorder, report] : [recorder, watcher, report]), display.Threads,
                folder.Folder, interruption.Token, from, abandonsEvaluation: true);
        var result =
            display.Json ? Train(new JsonReport(Console.Out))
            : display.Plain ? Train(new PlainReport(Console.Out))
            : LiveReport.Show(ProtectedOutput.Live(), Train);
        var scores = !result.Summary.IsEvaluated ? null : Abandoning.TryCompute(
            () => RunEvaluation.TestScores(run, result, display.Threads), display.Threads, interruption.Token,
            out var outputs) ? outputs : null;
        string? page = null;
        if (scores is null)
            folder.DeleteReport();
        else
            page = folder.WriteReport(RunPage.Render(
                run, result, scores, recorder.Environment, watcher?.Seen, language: Locale.Language));
        if (result.Summary.Interrupted)
            (display.Json ? Console.Error : Console.Out).WriteLine(
                Say($"to continue: {RunCommand.Resume(folder.Folder)}"));
        if (!display.Json)
        {
            if (!result.Summary.Interrupted && scores is not null && HintOf(run, result.Summary, scores) is { } hint)
                Console.WriteLine(Say(hint));
            if (Baseline(run, display.Threads, interruption.Token) is { } baseline)
                Console.WriteLine(Say(baseline));
            Console.WriteLine(Say($"report: {page ?? $"functional report {ShellWord.Quoted(folder.Folder)}"}"));
        }
        if (display.Open && page is not null && live is null)
            Browser.Open(page);
        // The run is over, and the page shows it.
        folder.Dispose();
        serving.GetAwaiter().GetResult();
        return result.Summary.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }

    // A network without hidden layers learns in about as many steps what it can.
    private const int BaselineSteps = 2_000;

    // What a network is worth is seen beside one without hidden layers, on tables often nearly as good. However few
    // steps the network had, this one has enough: otherwise the network is compared with what has learned nothing.
    private static string? Baseline(TrainingRun run, int threads, CancellationToken cancellation)
    {
        if (run.Data.Training.Samples is not Rows
            || (run.Configuration is { Hidden.Count: 0, Layers: null } && run.BaseModel is null)
            || cancellation.IsCancellationRequested)
            return null;
        var (configuration, name) = (
            run.Configuration with { From = null, Origin = null, Layers = null, Hidden = [], Stages = [] },
            "baseline, the same without hidden layers (--hidden none)");
        if (run.PlannedSteps < BaselineSteps)
            (configuration, name) = (
                configuration with { Iterations = BaselineSteps },
                $"baseline, the same without hidden layers and with more steps (--hidden none --iterations {
                    BaselineSteps})");
        try
        {
            // A model that is begun from may encode in another way; otherwise nothing is encoded twice.
            var linear = new TrainingRun(
                configuration, run.Data, baseModel: null,
                run.BaseModel is null ? run.Encoded : null)
                .Run(new Observers(), threads, folder: null, cancellation, abandonsEvaluation: true).Summary;
            return linear.Interrupted ? null
                : $"{name}: {linear.Scores.Test.Measure} {linear.Scores.Test.Text} on the test samples";
        }
        catch (OperationFailedException e)
        {
            return $"{name}: {e.Message}";
        }
    }

    private const int FewSteps = 100;

    private static string? HintOf(TrainingRun run, RunSummary summary, Matrix<float> scores) =>
        Guessing.IsAll(run.Encoded.Task, run.Data.Test, scores)
            ? (Guessing.IsAllInTraining(run, summary) ? "" : "on the test samples ")
                + $"no better than guessing; why: functional doctor {ShellWord.Quoted(summary.Out!)}"
            : !summary.StoppedEarly && summary.Steps < FewSteps && summary.Scores.Training.Value < 0.95
                ? $"only {Plural.Of(summary.Steps, "step")}: "
                    + "a smaller --batch-size, or more --epochs, gives it more of them"
            : null;

    private sealed record Display(int Threads, bool Json, bool Plain, bool Open, bool Watch, bool Live);
}
