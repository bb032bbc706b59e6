using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Functional.Tests.PlantedFaults;

/// <summary>The laws, run in a process of their own against a core with one fault, up to the first that doesn't
/// hold.</summary>
public static partial class LawRun
{
    /// <summary>What is said of a fault that makes the laws run for ever.</summary>
    public const string Hang = "(the laws don't end)";

    /// <summary>What is said of a fault that takes the whole process with it.</summary>
    public const string Crash = "(the process ends)";

    /// <summary>Far beyond what all laws take.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>The first law found that doesn't hold, or null if all do.</summary>
    /// <param name="laws">The program that runs them.</param>
    /// <param name="fault">0 for none.</param>
    /// <param name="which">How the names of the laws to run begin.</param>
    public static string? FirstBroken(string laws, int fault, long seed, string which = "")
    {
        string[] filter = which == "" ? [] : ["--filter", which];
        var start = new ProcessStartInfo("dotnet", [laws, "--colours", "0", .. filter])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["FUNCTIONAL_FAULT"] = fault.ToString(CultureInfo.InvariantCulture);
        start.Environment["FUNCTIONAL_SEED"] = seed.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        using var limit = new Timer(_ => process.Kill(entireProcessTree: true), null, Limit, Timeout.InfiniteTimeSpan);
        var clock = Stopwatch.StartNew();
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        while (process.StandardOutput.ReadLine() is { } line)
            if (Broken().Match(line) is { Success: true } found)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                return found.Groups["law"].Value;
            }
        process.WaitForExit();
        return process.ExitCode == 0 ? null : clock.Elapsed >= Limit ? Hang : Crash;
    }

    [GeneratedRegex(@"^(\x1b\[0m)?\[[^\]]* ERR\] (?<law>.+) (failed|errored) in \d")]
    private static partial Regex Broken();
}
