using System.CommandLine;
using System.CommandLine.Invocation;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>The program without its process: words in, lines on <see cref="Console"/> and an exit code out.</summary>
internal static class FrontDoor
{
    /// <summary>Does what a command line asks for.</summary>
    /// <param name="words">The command line, without the program's name.</param>
    /// <param name="cancellation">The same as Ctrl-C.</param>
    /// <returns>One of <see cref="ExitCode"/>; faults go to standard error, a line each.</returns>
    public static int Run(string[] words, CancellationToken cancellation = default)
    {
        Locale.Set(words);
        // Asked for by scripts, and so often that it should take no time.
        if (words is ["--version"])
        {
            Console.WriteLine($"functional {ProgramInfo.Version}");
            return ExitCode.Done;
        }
        words = words switch
        {
            ["help", .. var asked] => [.. asked, "--help"],
            // While a shell completes: System.CommandLine has no suggestions behind an equals sign, but fails.
            [var directive, var line] when directive.StartsWith("[suggest", StringComparison.Ordinal) =>
                [directive, Separated(line)],
            _ => words,
        };
        return Run(CommandTree.Create(words.FirstOrDefault()), words, cancellation);
    }

    /// <summary>Does what a command line asks for, with commands that were made before.</summary>
    /// <inheritdoc cref="Run(string[], CancellationToken)"/>
    public static int Run(RootCommand root, string[] words, CancellationToken cancellation = default)
    {
        Locale.Set(words);
        // Behind an equals sign with nothing after it, System.CommandLine takes the next word, whatever that is.
        words = [.. words.SelectMany(word => word.StartsWith("--", StringComparison.Ordinal)
            && word.IndexOf('=', StringComparison.Ordinal) == word.Length - 1 ? (string[])[word[..^1], ""] : [word])];
        var parsed = root.Parse(words);
        // A command that only has others says which.
        if (parsed.CommandResult.Command is { Subcommands.Count: > 0, Action: null }
            && parsed.UnmatchedTokens.Count == 0 && parsed.Errors.Count > 0)
        {
            root.Parse([.. words, "--help"]).Invoke(new InvocationConfiguration { Output = ProtectedOutput.Own });
            return ExitCode.Usage;
        }
        try
        {
            if (Mistakes.Strays(parsed, words).ToArray() is { Length: > 0 } strays)
                throw new UsageException(strays);
            if (parsed.Action is ParseErrorAction)
                throw new UsageException(Mistakes.Of(parsed));
            if (Mistakes.Nameless(parsed).ToArray() is { Length: > 0 } nameless)
                throw new UsageException(nameless);
            using var from = Interruption.From(cancellation);
            return parsed.Invoke(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = ProtectedOutput.Own });
        }
        catch (Exception e) when (Cause(e) is UsageException usage)
        {
            return Fail(ExitCode.Usage, usage.Faults.Select(TrainOptions.Line));
        }
        catch (Exception e) when (Cause(e) is DataException)
        {
            return Fail(ExitCode.Usage, [Cause(e).Message]);
        }
        catch (Exception e) when (Cause(e) is OperationFailedException or FetchException)
        {
            return Fail(ExitCode.Failed, [Cause(e).Message]);
        }
        catch (Exception e) when (Cause(e) is OperationCanceledException && cancellation.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (Cause(e) is OutOfMemoryException)
        {
            return Fail(ExitCode.Failed, [Memory.Exhausted(parsed.CommandResult.Command.Name).Message]);
        }
    }

    /// <summary>Writes faults to standard error.</summary>
    public static int Fail(int code, IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.Error.WriteLine($"functional: {Visible.Line(Say(line))}");
        return code;
    }

    // "--optimizer=ad" as "--optimizer ad", which has the same length.
    private static string Separated(string line)
    {
        var word = line.LastIndexOf(' ') + 1;
        var equals = line.IndexOf('=', word);
        return equals > word && line[word] == '-' ? $"{line[..equals]} {line[(equals + 1)..]}" : line;
    }

    // Of what was done side by side, the first failure.
    private static Exception Cause(Exception e) =>
        e is AggregateException { InnerExceptions: [var first, ..] } ? Cause(first) : e;
}
