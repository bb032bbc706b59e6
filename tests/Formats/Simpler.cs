using Functional.Host.Files;

namespace Functional.Tests.Formats;

/// <summary>What is simpler than what files may hold, in the order in which it is tried.</summary>
public static class Simpler
{
    /// <summary>One of two things is made simpler.</summary>
    public static IEnumerable<(TA, TB)> Each<TA, TB>(
        (TA, TB) all, Func<TA, IEnumerable<TA>> a, Func<TB, IEnumerable<TB>> b) =>
        a(all.Item1).Select(simpler => (simpler, all.Item2))
            .Concat(b(all.Item2).Select(simpler => (all.Item1, simpler)));

    /// <summary>One of three things is made simpler.</summary>
    public static IEnumerable<(TA, TB, TC)> Each<TA, TB, TC>(
        (TA, TB, TC) all, Func<TA, IEnumerable<TA>> a, Func<TB, IEnumerable<TB>> b, Func<TC, IEnumerable<TC>> c) =>
        Each(((all.Item1, all.Item2), all.Item3), two => Each(two, a, b), c)
            .Select(simpler => (simpler.Item1.Item1, simpler.Item1.Item2, simpler.Item2));

    /// <summary>None, or one fewer.</summary>
    public static IEnumerable<T[]> Fewer<T>(T[] list) =>
        list.Length == 0 ? [] : Enumerable.Range(0, list.Length).Select(i => Without(list, i)).Prepend([]);

    /// <summary>The list without its i-th.</summary>
    public static T[] Without<T>(T[] list, int i) => [.. list[..i], .. list[(i + 1)..]];

    /// <summary>Fewer tensors, or one byte in place of one.</summary>
    public static IEnumerable<Tensor[]> Tensors(Tensor[] tensors) => Fewer(tensors).Concat(
        from one in tensors.Index()
        where one.Item.Type != TensorType.U8 || one.Item.Shape.Count > 0
        select (Tensor[])[.. tensors[..one.Index], Tensor.Of<byte>(one.Item.Name, [], [1]),
            .. tensors[(one.Index + 1)..]]);

    /// <summary>One image, of one pixel, or black ones.</summary>
    internal static IEnumerable<ImageFile> Images(ImageFile images)
    {
        if (images.Count > 1)
            yield return new ImageFile(1, images.Height, images.Width, images.Pixels[..(images.Height * images.Width)]);
        if (images.Height * images.Width > 1)
            yield return new ImageFile(images.Count, 1, 1, images.Pixels[..images.Count]);
        if (Array.Exists(images.Pixels, pixel => pixel != 0))
            yield return new ImageFile(images.Count, images.Height, images.Width, new byte[images.Pixels.Length]);
    }

    /// <summary>No.</summary>
    public static IEnumerable<bool> Choices(bool isChosen) => isChosen ? [false] : [];

    /// <summary>One bit, nearer to the beginning of the file; less of the file.</summary>
    public static IEnumerable<Damage> Damages(Damage damage)
    {
        var bit = (byte)(damage.Difference & -damage.Difference);
        if (bit != damage.Difference)
            yield return damage with { Difference = bit };
        foreach (var place in Smaller(damage.Place))
            yield return damage with { Place = place };
        foreach (var cut in Smaller(damage.Cut))
            yield return damage with { Cut = cut };
    }

    private static int[] Smaller(int share) => share == 0 ? [] : [0, share / 2];
}
