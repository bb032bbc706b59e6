using System.CommandLine;
using Functional.Host.Data;
using Functional.Host.Pages;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary><c>functional play</c>: a page with a small network beside points in the plane.</summary>
internal static class PlayCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var data = new Argument<string?>("data")
        {
            HelpName = "NAME|FILE", Arity = ArgumentArity.ZeroOrOne,
            Description = "spirals, circles, xor or blobs, perhaps with noise and seed, as in spirals:0.1:7; or a "
                + "table with two columns of numbers and a label [default: spirals]",
        };
        data.CompletionSources.Add([.. PlaneData.Names]);
        var options = PlaySettings.Options.Where(option => option.Name != "data")
            .Concat(TrainOptions.All.Where(option => option.Name is "label" or "ignore"))
            .Select(option => CommonOptions.Of(option, PlaySettings.Usual)).ToArray();
        var step = new Option<int?>("--step")
        {
            HelpName = "STEP", Description = $"begin at this step, up to {PlaySettings.MostSteps} [default: 0]",
        };
        var port = CommonOptions.Port();
        var open = new Option<bool>("--open") { Description = "open the page in the browser" };
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "play", "Play with a small network in the browser: points in the plane, and everything under sliders.",
            ("functional play --open", "two spirals, and a network that learns them"),
            ("functional play points.csv --label kind --open", "your own table, with two columns of numbers"),
            ("functional play circles --hidden 3 --step 200 --open", "other settings, after 200 steps"))
        {
            data,
        };
        foreach (var option in (Option[])[.. options, step, port, open, json])
            command.Add(option);
        command.SetAction(parsed =>
        {
            var changes = CommonOptions.Values(parsed, options).ToDictionary();
            if (parsed.GetValue(data) is { } name)
                changes["data"] = name;
            var start = PlaySettings.Checked(TrainOptions.Change(PlaySettings.Usual, changes));
            var at = parsed.GetValue(step) ?? 0;
            if (at is < 0 or > PlaySettings.MostSteps)
                throw new UsageException(
                    Invariant($"--step: expected a step from 0 to {PlaySettings.MostSteps}, found {at}"));
            var own = PlaneData.IsOne(start.Data) ? null : start.LoadData();
            using var interruption = new Interruption();
            using var server = new PlayServer(start, at, own, parsed.GetValue(port), Locale.Language);
            LiveCommand.Announce("play", server.Address, parsed.GetValue(json));
            if (parsed.GetValue(open))
                Browser.OpenAddress(server.Address);
            server.RunAsync(interruption.Token).GetAwaiter().GetResult();
            return ExitCode.Interrupted;
        });
        return command;
    }
}
