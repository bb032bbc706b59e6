
using static Functional.Host.Runs.TrainOptions;

namespace Functional.Host.Runs;

/// <summary>Augmentations as text: <c>shift:2,elastic,rotation:10</c>, applied in this order.</summary>
internal static class AugmentationText
{
    private delegate Augmentation Maker(string[] values);

    // The name, what may follow it in help, how many values that is at most, and how they make an augmentation.
    private static readonly (string Name, string Help, int Values, Maker Make)[] Kinds =
    [
        ("shift", "shift[:PIXELS]", 1, v => v is [var pixels] ? Augment.Shift(Integer(pixels)) : Augment.Shift()),
        ("rotation", "rotation[:DEGREES]", 1,
            v => v is [var degrees] ? Augment.Rotation(Number(degrees)) : Augment.Rotation()),
        ("scale", "scale[:FACTOR]", 1, v => v is [var factor] ? Augment.Scale(Number(factor)) : Augment.Scale()),
        ("elastic", "elastic[:STRENGTH[:SMOOTHNESS]]", 2, v => v switch
        {
            [] => Augment.Elastic(),
            [var strength] => Augment.Elastic(Number(strength)),
            _ => Augment.Elastic(Number(v[0]), Number(v[1])),
        }),
        ("flip", "flip[:PROBABILITY]", 1,
            v => v is [var probability] ? Augment.Flip(Number(probability)) : Augment.Flip()),
        ("crop", "crop:HEIGHTxWIDTH[:PADDING]", 2,
            v => v is [var size, .. var rest] && size.Split('x') is [var height, var width]
                ? Augment.Crop(Integer(height), Integer(width), rest is [var padding] ? Integer(padding) : 0)
                : throw new UsageException("expected a window as in crop:28x28:2")),
        ("noise", "noise[:DEVIATION]", 1,
            v => v is [var deviation] ? Augment.Noise(Number(deviation)) : Augment.Noise()),
        ("cutout", "cutout[:PIXELS]", 1, v => v is [var size] ? Augment.Cutout(Integer(size)) : Augment.Cutout()),
        ("mixup", "mixup[:ALPHA]", 1, v => v is [var alpha] ? Augment.Mixup(Number(alpha)) : Augment.Mixup()),
    ];

    /// <summary>What can be written, for help.</summary>
    public static string Syntax { get; } = string.Join(", ", Kinds.Select(kind => kind.Help));

    /// <summary>The names of all kinds.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Kinds.Select(kind => kind.Name)];

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
        var pieces = part.Split(':');
        var kind = Kinds.FirstOrDefault(kind => kind.Name == pieces[0]);
        if (kind.Name is null)
            throw new UsageException($"there is no '{pieces[0]}': expected {string.Join(", ", Names)} or none");
        try
        {
            return pieces.Length - 1 <= kind.Values
                ? kind.Make(pieces[1..]) : throw new UsageException($"expected {kind.Help}");
        }
        catch (UsageException e)
        {
            throw new UsageException($"'{part}': {e.Message}");
        }
        catch (ArgumentException e)
        {
            // The augmentation names itself.
            throw new UsageException(e.Message);
        }
    }
}
