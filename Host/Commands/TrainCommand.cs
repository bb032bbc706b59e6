using System.CommandLine;
using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Reporting;
using Functional.Host.Runs;
using Spectre.Console;

namespace Functional.Host.Commands;

/// <summary><c>functional train</c>: trains a network, and leaves a folder with what is needed to do it again.</summary>
public static class TrainCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var options = TrainOptions.All.Select(option => CommonOptions.Of(option, new TrainConfiguration())).ToArray();
        var threads = CommonOptions.Threads();
        var plain = new Option<bool>("--plain") { Description = "plain lines, without a bar" };
        var json = CommonOptions.Json();
        var folder = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = "the run's folder (runs/TIME-train unless told)",
        };
        var open = new Option<bool>("--open") { Description = "open the report in the browser" };
        var force = new Option<bool>("--force") { Description = "replace a run that the folder holds" };
        var command = new Command("train", "Train a network and tell how well it does on samples that it has not seen.");
        foreach (var option in (Option[])[.. options, threads, folder, force, open, plain, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            var configuration = TrainOptions.Parse(CommonOptions.Values(parsed, options), new TrainConfiguration());
            return Run(
                configuration, parsed.GetValue(threads), parsed.GetValue(folder), parsed.GetValue(force),
                parsed.GetValue(json), parsed.GetValue(plain) || Console.IsOutputRedirected, parsed.GetValue(open));
        });
        return command;
    }

    private static int Run(
        TrainConfiguration configuration, int threads, string? path, bool force, bool json, bool plain, bool open)
    {
        var folder = RunFolder.Create(path, configuration, force);
        var data = DataSets.Load(configuration.Data);
        var run = new TrainingRun(configuration, data);
        using var interruption = new Interruption();
        RunResult Train(IRunObserver report) =>
            run.Run(new Observers(folder, report), threads, folder.Path, interruption.Token);
        var result =
            json ? Train(new JsonReport(Console.Out))
            : plain ? Train(new PlainReport(Console.Out))
            : LiveReport.Show(AnsiConsole.Console, Train);
        var page = folder.WriteReport(RunPage.Render(configuration, data, result, threads));
        if (!json)
            Console.WriteLine($"report: {page}");
        if (open)
            Process.Start(new ProcessStartInfo(Path.GetFullPath(page)) { UseShellExecute = true });
        return result.Summary.Interrupted ? ExitCode.Interrupted : ExitCode.Done;
    }
}
