namespace Functional.Host.Runs;

/// <summary>Parses initializers; <c>ToString</c> is the inverse.</summary>
internal static class InitializerText
{
    private const string LeCun = "lecun";

    private static readonly Dictionary<string, Initializer> Named = ((Initializer[])
        [Initializer.He, Initializer.Xavier, Initializer.GlorotUniform, Initializer.Orthogonal, Initializer.Zero])
        .ToDictionary(initializer => $"{initializer}");

    /// <summary>The names of those without a number.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Named.Keys, LeCun];

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } = $"{string.Join(", ", Names)}, normal:DEVIATION or constant:VALUE";

    /// <exception cref="UsageException">There is no such initializer.</exception>
    public static Initializer Parse(string text) => text.Split(':') switch
    {
        [var name] when Named.TryGetValue(name, out var initializer) => initializer,
        // The book's Xavier under another name, hence written as that.
        [LeCun] => Initializer.LeCun,
        ["normal", var deviation] when TrainOptions.Number(deviation) is >= 0 and var number =>
            Initializer.Normal(number),
        ["constant", var value] => Initializer.Constant(TrainOptions.Number(value)),
        _ => throw TrainOptions.Expected(Syntax, text),
    };
}
