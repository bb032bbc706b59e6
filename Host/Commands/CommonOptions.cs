using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>Options that several commands have.</summary>
internal static class CommonOptions
{
    /// <summary>More threads than any machine has use for; each takes memory.</summary>
    public const int MostThreads = 1024;

    /// <summary>How many threads; all cores by default.</summary>
    public static Option<int> Threads() =>
        Count("--threads", "threads to use; results don't depend on it", Environment.ProcessorCount, MostThreads);

    /// <summary>What a command does, on that many threads: reading and encoding data, too.</summary>
    public static Func<ParseResult, int> On(Option<int> threads, Func<ParseResult, int> action) =>
        parsed => Functional.Threads.Use(parsed.GetValue(threads), () => action(parsed));

    /// <summary>An integer from 1 on.</summary>
    public static Option<int> Count(string name, string description, int standard, int most = int.MaxValue) => new(name)
    {
        HelpName = "N",
        Description = description,
        DefaultValueFactory = _ => standard,
        CustomParser = result => ReadCount(result, name, most) ?? standard,
    };

    /// <summary>An integer from 1 on, or null if it isn't given.</summary>
    public static Option<int?> OptionalCount(string name, string description, int most = int.MaxValue) => new(name)
    {
        HelpName = "N",
        Description = description,
        CustomParser = result => ReadCount(result, name, most),
    };

    /// <summary>Where a server listens; null for a free port.</summary>
    public static Option<int?> Port() =>
        OptionalCount("--port", "the port to listen on [default: a free one]", ushort.MaxValue);

    /// <summary>A number of seconds above 0.</summary>
    public static Option<double?> Seconds(string name, string description, int most = int.MaxValue) => new(name)
    {
        HelpName = "SECONDS",
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (ReadNumber(text) is { } seconds && seconds > 0 && seconds <= most)
                return seconds;
            result.AddError($"{name}: expected a number of seconds above 0 and up to {most}, found '{text}'");
            return null;
        },
    };

    /// <summary>Where options of training come from that aren't given.</summary>
    public static Option<string?> Config() => new("--config")
    {
        HelpName = "FILE",
        Description =
            "read options from a file, such as a run's config.json; options given here override it, "
            + "and another --optimizer brings its own defaults",
    };

    /// <summary>Lines without escape sequences, even on a terminal.</summary>
    public static Option<bool> Plain() =>
        new("--plain") { Description = "print plain lines, without a progress bar" };

    /// <summary>Every command's language (<see cref="Locale"/> reads it): without it, that of the terminal's
    /// locale.</summary>
    public static Option<string> Language()
    {
        var option = new Option<string>("--lang")
        {
            HelpName = "en|ja", Description = "the language of lines, help and pages", Recursive = true,
            DefaultValueFactory = _ => Locale.Code,
        };
        option.AcceptOnlyFromAmong("en", "ja");
        return option;
    }

    /// <summary>Whether a file may be replaced.</summary>
    public static Option<bool> Force() => new("--force") { Description = "replace an existing file" };

    /// <summary>Objects for programs instead of lines for people.</summary>
    public static Option<bool> Json() =>
        new("--json") { Description = "print one JSON object per line, each with an event, and nothing else" };

    /// <summary>An option of training, with what it is by default; null where that is not one value.</summary>
    public static Option<string?> Of(TrainOption option, TrainConfiguration? defaults)
    {
        var standard = defaults is null ? null : option.Default ?? option.Get(defaults);
        var result = new Option<string?>($"--{option.Name}")
        {
            HelpName = option.Value,
            Description = standard is null or "0" or "false" ? option.Help : $"{option.Help} [default: {standard}]",
        };
        if (option.Bare is { } bare)
        {
            result.Arity = ArgumentArity.ZeroOrOne;
            result.CustomParser = parsed => parsed.Tokens is [var token] ? token.Value : bare;
        }
        if (option.Choices.Count > 0)
            result.CompletionSources.Add(_ => option.Choices.Select(choice => new CompletionItem(choice)));
        return result;
    }

    /// <summary>The options of training that were given, by name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Values(
        ParseResult parsed, IEnumerable<Option<string?>> options) =>
        from option in options
        let value = parsed.GetValue(option)
        where value is not null
        select KeyValuePair.Create(option.Name[2..], value);

    /// <summary>The options of training that stand in a text, by name.</summary>
    /// <param name="text">As on the command line.</param>
    /// <param name="options">Those that it may have.</param>
    /// <param name="expected">What it should be, for messages.</param>
    /// <exception cref="UsageException">It is something else.</exception>
    public static Dictionary<string, string> Values(
        string text, IReadOnlyList<Option<string?>> options, string expected)
    {
        string[] words = [.. CommandLineParser.SplitCommandLine(text)];
        // A single word with dashes would be taken for an option of the command itself.
        if (words is [var name, ..] && !name.StartsWith('-'))
            words[0] = $"--{name}";
        const string command = "compare";
        var given = new Command(command);
        foreach (var option in options)
            given.Add(option);
        var parsed = new RootCommand { given }.Parse([command, .. words]);
        return Mistakes.Of(parsed).FirstOrDefault() is { } mistake
            ? throw new UsageException($"expected {expected}: {mistake}") : Values(parsed, options).ToDictionary();
    }

    /// <summary>What to train, and the data: another run's configuration with these options changed or, without one,
    /// these options with the defaults for the data.</summary>
    public static (TrainConfiguration Configuration, DataSet Data) Training(
        TrainConfiguration? other, IReadOnlyDictionary<string, string> changes)
    {
        var configuration = other is null
            ? TrainOptions.Parse(changes, new TrainConfiguration()) : TrainOptions.Change(other, changes);
        var data = configuration.LoadData();
        return (other is null && configuration.MayBeTable
            ? TrainOptions.Change(TrainConfiguration.For(data), changes) : configuration, data);
    }

    private static int? ReadCount(ArgumentResult result, string name, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count >= 1
            && count <= most)
            return count;
        result.AddError(
            $"{name}: expected an integer {(most == int.MaxValue ? "from 1 on" : $"from 1 to {most}")}, "
            + $"found '{text}'");
        return null;
    }
}
