using static Functional.Host.Runs.TrainOptions;

namespace Functional.Host.Runs;

/// <summary>Parses augmentations; <c>ToString</c> is the inverse: <c>shift:2,elastic,rotation:10</c>, applied in this
/// order.</summary>
internal static class AugmentationText
{
    // Each with its usual numbers, and how others are given after its name; in brackets what may be left out.
    private static readonly (Augmentation Usual, string Values, Func<string[], Augmentation> With)[] Kinds =
    [
        (Augment.Shift(), "[:PIXELS]", v => Augment.Shift(Integer(v[0]))),
        (Augment.Rotation(), "[:DEGREES]", v => Augment.Rotation(Number(v[0]))),
        (Augment.Scale(), "[:FACTOR]", v => Augment.Scale(Number(v[0]))),
        (Augment.Elastic(), "[:STRENGTH[:SMOOTHNESS]]", v => v is [var strength, var smoothness]
            ? Augment.Elastic(Number(strength), Number(smoothness)) : Augment.Elastic(Number(v[0]))),
        (Augment.Flip(), "[:PROBABILITY]", v => Augment.Flip(Number(v[0]))),
        (Augment.Crop(28, 28), ":HEIGHTxWIDTH[:PADDING]",
            v => v[0].Split('x') is [var height, var width]
                ? Augment.Crop(Integer(height), Integer(width), v is [_, var padding] ? Integer(padding) : 0)
                : throw new UsageException("expected a window as in crop:28x28:2")),
        (Augment.Noise(), "[:DEVIATION]", v => Augment.Noise(Number(v[0]))),
        (Augment.Cutout(), "[:PIXELS]", v => Augment.Cutout(Integer(v[0]))),
        (Augment.Mixup(), "[:ALPHA]", v => Augment.Mixup(Number(v[0]))),
    ];

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } = string.Join(", ", Kinds.Select(kind => Name(kind.Usual) + kind.Values));

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => Name(kind.Usual))];

    /// <summary>Reads a list; <c>none</c> is the empty one.</summary>
    /// <exception cref="UsageException">A part of the text is not an augmentation; it names the first such
    /// part.</exception>
    public static IReadOnlyList<Augmentation> Parse(string text) =>
        text == "none" ? [] : [.. text.Split(',').Select(ParseOne)];

    /// <summary>What <see cref="Parse"/> reads, or null for the empty list.</summary>
    public static string? Of(IReadOnlyList<Augmentation> augmentations) =>
        augmentations.Count == 0 ? null : string.Join(',', augmentations);

    private static Augmentation ParseOne(string part)
    {
        string[] parts = part.Trim().Split(':');
        var (name, values) = (parts[0], parts[1..]);
        var kind = Kinds.FirstOrDefault(kind => Name(kind.Usual) == name);
        if (kind.Usual is null)
            throw new UsageException($"there is no '{name}': expected {string.Join(", ", Names)} or none");
        try
        {
            return values.Length == 0 && kind.Values[0] == '[' ? kind.Usual
                : values.Length > 0 && values.Length <= kind.Values.Count(c => c == ':') ? kind.With(values)
                : throw new UsageException($"expected {name}{kind.Values}");
        }
        catch (UsageException e)
        {
            throw new UsageException($"'{part}': {e.Message}");
        }
        catch (ArgumentException e)
        {
            // The augmentation names itself.
            throw new UsageException(e.Reason());
        }
    }

    private static string Name(Augmentation augmentation) => $"{augmentation}".Split(':')[0];
}
