using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>Parses layers; a <see cref="LayerWord"/> writes itself.</summary>
internal static class LayerText
{
    // Deeper than any network needs, and within what the core lets layers nest.
    private const int MostDepth = 32;

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } =
        "conv:FILTERS:SIZE (and, each after a colon, stride=N, padding=N or same, dilation=N, groups=N), "
        + "pool:SIZE (the maximum; and stride=N), avgpool:SIZE, globalpool, affine:UNITS, batchnorm, dropout:SHARE, "
        + "channel-dropout:SHARE, residual(LAYER,...), or an activation";

    /// <summary>The layers in a text, with commas between.</summary>
    /// <exception cref="UsageException">One is none.</exception>
    public static IReadOnlyList<LayerWord> Parse(string text, int depth = 0) =>
        [.. Split(text).Select(word => Word(word.Trim(), depth))];

    /// <summary>A filter's or a window's size: <c>5</c>, or <c>3x5</c> for rows x columns.</summary>
    public static string Size((int Height, int Width) size) =>
        size.Height == size.Width ? $"{size.Height}" : $"{size.Height}x{size.Width}";

    private static LayerWord Word(string text, int depth)
    {
        if (text.StartsWith("residual(", StringComparison.Ordinal) && text.EndsWith(')'))
            return depth < MostDepth ? new ResidualWord(Parse(text["residual(".Length..^1], depth + 1))
                : throw new UsageException($"layers can be nested {MostDepth} deep, not deeper");
        string[] parts = text.Split(':');
        var numbers = parts[1..].Where(part => !part.Contains('=')).ToArray();
        var settings = new Settings(text, parts[1..].Where(part => part.Contains('=')));
        LayerWord word = (parts[0], numbers) switch
        {
            ("conv", [var filters, var size]) => Convolution(Count(filters), Size(size), settings),
            ("pool", [var size]) => Pooling(PoolingKind.Max, text, Size(size), settings.Count("stride")),
            ("avgpool", [var size]) => Pooling(PoolingKind.Average, text, Size(size), settings.Count("stride")),
            ("globalpool", []) => new PoolingWord(PoolingKind.Average, null, null),
            ("affine", [var units]) => new AffineWord(Count(units)),
            ("batchnorm", []) => new BatchNormWord(),
            ("dropout" or "channel-dropout", [var share]) => new DropoutWord(Share(share), parts[0] != "dropout"),
            _ when ActivationText.Names.Contains(parts[0]) => new ActivationWord(ActivationText.Parse(text)),
            _ => throw TrainOptions.Expected(Syntax, text),
        };
        settings.RequireNoOthers();
        return word;
    }

    private static ConvolutionWord Convolution(int filters, (int Height, int Width) size, Settings settings)
    {
        var padding = settings.Text("padding");
        if (padding == "same" && (size.Height != size.Width || size.Height % 2 == 0))
            throw new UsageException(
                $"padding=same is for filters of an odd number of rows and as many columns, not of {Size(size)}");
        return new ConvolutionWord(
            filters, size, settings.Count("stride") ?? 1,
            padding switch { "same" => null, null => 0, _ => Count(padding, 0) },
            settings.Count("dilation") ?? 1, settings.Count("groups") ?? 1);
    }

    // One stride for both directions can't put such windows side by side.
    private static PoolingWord Pooling(PoolingKind kind, string text, (int Height, int Width) size, int? stride) =>
        stride is not null || size.Height == size.Width ? new PoolingWord(kind, size, stride)
            : throw new UsageException(
                $"windows of {Size(size)} need a stride for both directions, as in {text}:stride=1");

    private static (int Height, int Width) Size(string text) => text.Split('x') switch
    {
        [var both] => (Count(both), Count(both)),
        [var height, var width] => (Count(height), Count(width)),
        _ => throw TrainOptions.Expected("a size, as in 5, or 3x5 for rows x columns", text),
    };

    private static int Count(string text, int least = 1) => TrainOptions.Integer(text) is var count && count >= least
        ? count : throw TrainOptions.Expected($"an integer of at least {least}", text);

    private static double Share(string text) => TrainOptions.Number(text) is >= 0 and < 1 and var share
        ? share : throw TrainOptions.Expected("a share from 0 to below 1", text);

    // At commas that are in no parentheses.
    private static IEnumerable<string> Split(string text)
    {
        var (from, depth) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            if (text[i] != ',' || depth != 0)
                continue;
            yield return text[from..i];
            from = i + 1;
        }
        yield return text[from..];
    }

    /// <summary>What is written as <c>NAME=VALUE</c>, each taken once.</summary>
    private sealed class Settings(string layer, IEnumerable<string> texts)
    {
        private readonly List<(string Name, string Value)> left =
            [.. texts.Select(text => text.Split('=', 2)).Select(pair => (pair[0], pair[1]))];

        public string? Text(string name)
        {
            var at = left.FindIndex(pair => pair.Name == name);
            if (at < 0)
                return null;
            var value = left[at].Value;
            left.RemoveAt(at);
            return value;
        }

        public int? Count(string name) => Text(name) is { } text ? LayerText.Count(text) : null;

        public void RequireNoOthers()
        {
            if (left.Count > 0)
                throw TrainOptions.Expected(Syntax, layer);
        }
    }
}
