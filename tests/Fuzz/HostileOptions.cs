using System.CommandLine;
using System.CommandLine.Help;
using Functional.Host.Runs;

namespace Functional.Tests.Fuzz;

/// <summary>A command line of the campaign.</summary>
public sealed record HostileLine(int Number, IReadOnlyList<string> Words)
{
    public override string ToString() =>
        $"case {Number}: "
            + string.Join(' ', Words.Select(word =>
                word.Length > 80 ? $"<{word.Length} characters>" : $"«{string.Concat(word.Select(Seen))}»"));

    private static string Seen(char letter) =>
        char.IsControl(letter) || char.IsSurrogate(letter) ? $"\\u{(int)letter:X4}" : $"{letter}";
}

/// <summary>
/// Command lines with values at and beyond the edges, for every option and argument of every command that the program
/// has: one of them at a time, and random pairs. A case is a function of the seed and its number.
/// </summary>
public sealed class HostileOptions
{
    // What lets a command end soon where nothing hostile stops it. A command that isn't here runs on its own defaults.
    private static readonly Dictionary<string, string[]> Usual = new()
    {
        ["train"] = ["--data=t.csv", "--label=kind", "--hidden=2", "--epochs=1", "--batch-size=4", "--threads=1",
            "--out=out#"],
        ["verify"] = ["run", "--threads=1"],
        ["report"] = ["run", "--threads=1"],
        ["runs"] = ["."],
        ["check-gradients"] = ["--data=t.csv", "--label=kind", "--hidden=2", "--samples=2", "--threads=1"],
        ["doctor"] = ["--data=t.csv", "--label=kind", "--hidden=2", "--epochs=1", "--batch-size=4", "--threads=1"],
        ["bench"] = ["--only=nothing", "--seconds=0.001", "--threads=1"],
        ["data digits"] = ["--out=digits#"],
        ["data info"] = ["t.csv", "--label=kind"],
        ["evaluate"] = ["run", "--data=t.csv", "--threads=1"],
        ["predict"] = ["run", "x.csv", "--threads=1"],
        ["serve"] = ["run"],
        ["live"] = ["run"],
        ["bisect"] = ["run", "--when=loss<1", "--threads=1"],
        ["export"] = ["run", "--onnx=model#.onnx"],
        ["search"] = ["--data=t.csv", "--label=kind", "--hidden=2", "--epochs=1", "--trials=1", "--workers=1",
            "--samples=12", "--study=study#"],
        ["search show"] = ["study"],
        ["experiment"] = ["gradient-check", "--quick", "--threads=1", "--out=page#"],
        ["book"] = ["--quick", "--threads=1", "--out=book#"],
        ["completion"] = ["bash"], ["digests"] = ["--only=schedule/", "--threads=1"],
    };

    // What takes a second or more even so is tried less often.
    private static readonly string[] Slow = ["data digits", "book", "bench", "digests", "serve", "live"];

    private static readonly string[] Hostile =
    [
        "", " ", "0", "-0", "-1", "1", "2", "3", "0.5", "1.0", "-0.5", "1e-9", "NaN", "nan", "Infinity", "-Infinity",
        "∞", "1e39", "-1e39", "1e400",
        "2147483647", "2147483648", "-2147483648", "4294967296", "9223372036854775807", "9223372036854775808",
        "-9223372036854775808", "18446744073709551616", "5e-324", "1,000", "1,,2", ",", ":", "::", "=", "|", "..", "+",
        "none", "true", "null",
        "0x10", "1_000", "١٢٣", "五十", "ナン", "é́", "🦊", "\u202Eabc", "\uFEFF1", "\uD800", "a\nb",
        "a\r\nfunctional: b", "\u001B[2J", "\u0007", "\u009B31m",
        "\u0085", "\u2028", "\0", "'", "\"", "$(id)", "%00", "{0}", "[red]", "<b>", "-", "--", "---", "-h", "@", "@x",
        "#", "?", "*", ".",
        new('9', 400), new('x', 5000), string.Concat(Enumerable.Repeat("1,", 3000)) + "1",
        string.Concat(Enumerable.Repeat("語", 300)),
        "100000000", "1000000", "65536", "65537", "0.1|0.2", "1..2", "2..1", "log:0..1",
        "learning-rate=log:1e-6..1e-2", "learning-rate=0..1e39", "hidden=2|3", "hidden=2|-1",
        "epochs=int:1..2147483647", "x=1|2", "seed=1|2 if hidden=2",
        "postgres://", "postgres://u:p@127.0.0.1:99999999/d", "postgres://u:p@%00/d",
    ];

    // What stands behind a choice and a colon, as in leaky-relu:NaN.
    private static readonly string[] Numbers =
        ["", "0", "-1", "NaN", "1e39", "-1e39", "Infinity", "2147483647", "2147483648", "1e-300", "1:1", "1e39:1e39",
            "0:0", "100:0.5", "1+cosine", "28x28:2", "x"];

    private readonly (Command Command, string Path)[] commands;
    private readonly (int Index, Symbol Symbol, string Value)[] singles;
    private readonly int seed;

    /// <param name="root">All commands.</param>
    /// <param name="seed">What the cases are a function of.</param>
    public HostileOptions(RootCommand root, int seed)
    {
        this.seed = seed;
        commands = [.. Below(root, "")];
        singles = [.. commands.SelectMany(
            (one, index) =>
                Symbols(one.Command).SelectMany(symbol => ValuesOf(symbol).Select(value => (index, symbol, value))))];
        var random = new Random(seed);
        random.Shuffle(singles);
        singles = [.. singles.Where(single => !Slow.Contains(commands[single.Index].Path) || random.Next(8) == 0)];
    }

    /// <summary>How many cases there are with one hostile value each.</summary>
    public int Singles => singles.Length;

    // No name of anything; the last is too long for a file's.
    private static readonly string[] Nameless = ["", " ", "\0", "a\0b", new('x', 300)];

    /// <summary>Each option and argument by itself with what is no name; so, too, the options of training in a file,
    /// and in the space of a search.</summary>
    /// <param name="write">Writes a configuration file with this option, and returns its name.</param>
    public IEnumerable<HostileLine> Every(Func<string, string, string> write)
    {
        var lines =
            from one in commands
            where !Slow.Contains(one.Path)
            from symbol in Symbols(one.Command)
            from value in Nameless
            select (Func<int, string[]>)(number =>
                Words(one, new() { [symbol] = value }, number, new Random(number)));
        string[] WordsOf(string path, Symbol symbol, string value, int number) =>
            Words(commands.Single(one => one.Path == path), new() { [symbol] = value }, number, new Random(number));
        var others =
            from option in TrainOptions.All
            from value in Nameless
            from words in (Func<int, string[]>[])
            [
                number => WordsOf("train", SymbolOf("train", "--config"), write(option.Name, value), number),
                number => WordsOf("search", SymbolOf("search", "--space"), $"{option.Name}={value}|{value}x", number),
            ]
            select words;
        return lines.Concat(others).Select((words, number) => new HostileLine(number, words(number)));
    }

    private Option SymbolOf(string path, string name) =>
        commands.Single(one => one.Path == path).Command.Options.Single(option => option.Name == name);

    /// <summary>A case: even numbers have one hostile value, in turn, odd ones two or three.</summary>
    public HostileLine Case(int number)
    {
        var random = new Random(HashCode(seed, number));
        var (index, symbol, value) = number % 2 == 0 ? singles[number / 2 % singles.Length]
            : singles[random.Next(singles.Length)];
        var chosen = new Dictionary<Symbol, string> { [symbol] = value };
        var all = Symbols(commands[index].Command).ToArray();
        for (var more = number % 2 == 0 ? 0 : 1 + random.Next(2); more > 0; more--)
        {
            var other = all[random.Next(all.Length)];
            var values = ValuesOf(other).ToArray();
            chosen[other] = values[random.Next(values.Length)];
        }
        return new HostileLine(number, Words(commands[index], chosen, number, random));
    }

    private static string[] Words(
        (Command Command, string Path) one, Dictionary<Symbol, string> chosen, int number, Random random)
    {
        var usual = Usual.GetValueOrDefault(one.Path, [])
            .Select(word => word.Replace("#", $"{number}", StringComparison.Ordinal)).ToArray();
        var words = new List<string>(one.Path.Split(' '));
        var given = usual.Where(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        words.AddRange(one.Command.Arguments.Select((argument, i) =>
            chosen.TryGetValue(argument, out var value) ? value : i < given.Length ? given[i] : null).OfType<string>());
        words.AddRange(usual.Where(word => word.StartsWith("--", StringComparison.Ordinal)
            && !chosen.Keys.Any(symbol => symbol.Name == word.Split('=')[0])));
        foreach (var (symbol, value) in chosen)
            if (symbol is Option<bool> && random.Next(4) > 0)
                words.Add(symbol.Name);
            else if (symbol is Option)
                words.AddRange(random.Next(3) == 0 ? [symbol.Name, value] : [$"{symbol.Name}={value}"]);
        return [.. words];
    }

    private static IEnumerable<(Command Command, string Path)> Below(Command command, string path) =>
        command.Subcommands.SelectMany(below => Below(below, $"{path} {below.Name}".Trim()))
            .Concat(command.Action is null ? [] : [(command, path)]);

    private static IEnumerable<Symbol> Symbols(Command command) =>
        [.. command.Options.Where(option => option is not (HelpOption or VersionOption)), .. command.Arguments];

    private static IEnumerable<string> ValuesOf(Symbol symbol)
    {
        string[] choices = [.. symbol.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty)
            .Select(item => item.Label)];
        // Nothing is fetched from anywhere.
        if (symbol.Parents.Any(parent => parent.Name == "fetch"))
            choices = [];
        return Hostile.Concat(choices)
            .Concat(choices.SelectMany(choice => Numbers.Select(number => $"{choice}:{number}")));
    }

    // The same in every process.
    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003 + number) * 31 + 7);
}
