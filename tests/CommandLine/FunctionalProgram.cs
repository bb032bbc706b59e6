using System.Diagnostics;
using System.Text.Json;

namespace Functional.Tests.CommandLine;

/// <summary>What a run of a command came to.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error)
{
    /// <summary>The objects that <c>--json</c> printed.</summary>
    public IReadOnlyList<JsonElement> Events =>
        [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize<JsonElement>(line))];

    /// <summary>The last object of that event.</summary>
    public JsonElement Event(string name) => Events.Last(found => found.GetProperty("event").GetString() == name);
}

/// <summary>The program as its users start it, in a folder of its own.</summary>
public static class FunctionalProgram
{
    /// <summary>Runs a command to its end, in a process that does others, too.</summary>
    public static Outcome Run(string folder, params string[] arguments) => CommandServer.Run(folder, arguments);

    /// <summary>Runs a command to its end, in a process of its own.</summary>
    public static Outcome RunAlone(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        return End(process);
    }

    /// <summary>Starts it.</summary>
    public static Process Start(string folder, params string[] arguments) =>
        Start("dotnet", folder, [Path.Combine(AppContext.BaseDirectory, "functional.dll"), .. arguments]);

    /// <summary>Starts any program.</summary>
    public static Process Start(string file, string folder, string[] arguments, string? variable = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (variable?.Split('=') is [var name, var value])
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    /// <summary>Runs it to its end with an environment variable, NAME=VALUE.</summary>
    public static Outcome RunWith(string variable, string folder, params string[] arguments)
    {
        using var process = Start(
            "dotnet", folder, [Path.Combine(AppContext.BaseDirectory, "functional.dll"), .. arguments], variable);
        return End(process);
    }

    /// <summary>Runs lines of a shell in which it is <c>functional</c>: of <c>sh -c</c> or what is given before
    /// them.</summary>
    public static Outcome Shell(string folder, string script, params string[] before)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "functional.dll");
        var shell = before.Length == 0 ? ["sh", "-c"] : before;
        using var process = Start(
            shell[0], folder, [.. shell[1..], $"functional() {{ dotnet '{program}' \"$@\"; }}\n{script}"]);
        return End(process);
    }

    /// <summary>Waits for its end.</summary>
    public static Outcome End(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, error.Result);
    }
}
