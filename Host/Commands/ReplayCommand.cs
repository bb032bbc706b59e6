using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Functional.Host.Files;
using Functional.Host.Replay;

namespace Functional.Host.Commands;

/// <summary><c>functional replay</c>: a reference trajectory, computed again in double.</summary>
internal static class ReplayCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("case") { Description = "a folder with case.json and tensors.safetensors" };
        var file = new Option<string?>("--out")
        {
            HelpName = "FILE",
            Description = "write what was computed as safetensors, named and laid out as in the case",
        };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples(
            "replay", "Compute a reference trajectory again, in double precision, and say how far off each quantity is.",
            ("functional replay CASE", "does this program compute what another one recorded, and how near?"),
            ("functional replay CASE --out computed.safetensors", "and keep what was computed"))
        { folder, file, force, json };
        command.SetAction(parsed => Run(
            parsed.GetValue(folder)!, parsed.GetValue(file) is { } path ? UserFile.Of("--out", path, parsed.GetValue(force)) : null, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string folder, UserFile? file, bool json)
    {
        var replayed = ReplayCase.Load(folder);
        var computed = replayed.Run();
        var deviations = Deviation.Of(replayed, computed);
        file?.Write(stream => Safetensors.Write(stream, computed));
        if (json)
            WriteEvents(replayed, deviations);
        else
            WriteTable(replayed, computed, deviations);
        return deviations.All(deviation => deviation.Within) ? ExitCode.Done : ExitCode.Failed;
    }

    private static void WriteEvents(ReplayCase replayed, IReadOnlyList<Deviation> deviations)
    {
        var report = new JsonReport(Console.Out);
        foreach (var deviation in deviations)
            report.Write(
                "quantity", ("quantity", deviation.Quantity), ("deviation", deviation.Value), ("limit", deviation.Limit),
                ("absolute", deviation.Absolute), ("within", deviation.Within));
        report.Write(
            "summary", ("kind", replayed.Kind), ("quantities", deviations.Count),
            ("exceeded", JsonReport.List(deviations.Where(deviation => !deviation.Within).Select(deviation => (JsonNode)deviation.Quantity))));
    }

    private static void WriteTable(
        ReplayCase replayed, IReadOnlyList<Tensor> computed, IReadOnlyList<Deviation> deviations)
    {
        Console.WriteLine($"{replayed.Kind}: {computed.Count} quantities computed in double precision");
        if (deviations.Count == 0)
        {
            Console.WriteLine("the case has nothing to compare them with");
            return;
        }
        Console.WriteLine("quantity           deviation  limit");
        foreach (var deviation in deviations)
        {
            var kind = deviation.Absolute ? "absolute" : "relative";
            var complaint = deviation.Within ? "" : ", exceeded";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{deviation.Quantity,-18} {deviation.Value,9:0.0E+00}  {deviation.Limit:0E+00} {kind}{complaint}"));
        }
        var exceeded = deviations.Count(deviation => !deviation.Within);
        Console.WriteLine(exceeded == 0
            ? $"all {deviations.Count} are within their limits"
            : $"{exceeded} of {deviations.Count} exceed their limits");
    }
}
