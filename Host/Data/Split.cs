using System.Collections;

namespace Functional.Host.Data;

/// <summary>The samples, by index, of two parts: none is in both, together they are all, neither is empty. What is
/// split may be a part of an earlier split, so that there can be three parts and more.</summary>
/// <param name="Training">Those to train on.</param>
/// <param name="Validation">Those kept for validation.</param>
public sealed record Split(int[] Training, int[] Validation)
{
    /// <summary>Those to train on.</summary>
    public int[] Training { get; init => field = value.Given(); } = Training.Given();

    /// <summary>Those kept for validation.</summary>
    public int[] Validation { get; init => field = value.Given(); } = Validation.Given();

    /// <summary>Takes a share of the samples for validation.</summary>
    /// <param name="order">The samples in any order, each once.</param>
    /// <param name="fraction">The share, above 0 and below 1; n x fraction is rounded to the nearest integer.</param>
    /// <exception cref="ArgumentException">The fraction is out of range, a part would be empty, or a sample is there
    /// twice.</exception>
    public static Split ByFraction(int[] order, double fraction)
    {
        ArgumentNullException.ThrowIfNull(order);
        return ByCount(order, CountOf(order, fraction));
    }

    /// <summary>Takes the first <paramref name="count"/> samples of an order for validation, as the book does, and the
    /// others, in that order, for training.</summary>
    /// <param name="order">The samples in any order, each once.</param>
    /// <param name="count">How many samples are for validation, 1 to n - 1.</param>
    /// <exception cref="ArgumentException">The count is out of range, or a sample is there twice.</exception>
    public static Split ByCount(int[] order, int count)
    {
        Check(order, count);
        return new Split(order[count..], order[..count]);
    }

    /// <summary>Takes a share of the samples for validation: of each class its share, and never all that there are, so
    /// that every class is trained on.</summary>
    /// <param name="order">The samples in any order, each once: of a class those that come first are for validation.
    /// </param>
    /// <param name="labels">The class of every sample, by its index.</param>
    /// <param name="fraction">The share, above 0 and below 1; n x fraction is rounded to the nearest integer.</param>
    /// <exception cref="ArgumentException">The fraction is out of range, a part would be empty, or a sample is there
    /// twice or has no label.</exception>
    public static Split ByFraction(int[] order, int[] labels, double fraction)
    {
        ArgumentNullException.ThrowIfNull(order);
        ArgumentNullException.ThrowIfNull(labels);
        return ByCount(order, labels, CountOf(order, fraction));
    }

    /// <summary>Takes a number of the samples for validation: of each class its share, and never all that there are, so
    /// that every class is trained on. Where that leaves fewer than <paramref name="count"/>, it is fewer.</summary>
    /// <param name="order">The samples in any order, each once: of a class those that come first are for validation.
    /// </param>
    /// <param name="labels">The class of every sample, by its index.</param>
    /// <param name="count">How many samples are for validation, 1 to n - 1.</param>
    /// <exception cref="ArgumentException">The count is out of range, or a sample is there twice or has no label.
    /// </exception>
    public static Split ByCount(int[] order, int[] labels, int count)
    {
        ArgumentNullException.ThrowIfNull(labels);
        Check(order, count);
        var sizes = Sizes(order, labels);
        var most = Array.ConvertAll(sizes, size => Math.Max(0, size - 1));
        // Where each sample is a class of its own, one class or another must go without.
        var quotas = most.Sum() == 0
            ? Quotas(order, labels, sizes, sizes, count)
            : Quotas(order, labels, sizes, most, Math.Min(count, most.Sum()));
        var isTaken = Taken(order, labels, quotas);
        return new Split([.. order.Where((_, i) => !isTaken[i])], [.. order.Where((_, i) => isTaken[i])]);
    }

    /// <summary>Draws a number of all samples: of each class its share, and at least one if there are as many as
    /// classes.</summary>
    /// <param name="labels">The class of every sample.</param>
    /// <param name="count">How many, 1 to as many as there are.</param>
    /// <param name="key">What is drawn is a function of this.</param>
    /// <returns>Their indices, in ascending order.</returns>
    /// <exception cref="ArgumentException">There are fewer.</exception>
    public static int[] Draw(int[] labels, int count, Key key)
    {
        ArgumentNullException.ThrowIfNull(labels);
        if (count < 1 || count > labels.Length)
            throw new ArgumentException($"{count} of {labels.Length} samples can't be drawn", nameof(count));
        var order = key.Permutation(labels.Length);
        var sizes = Sizes(order, labels);
        var least = Array.ConvertAll(sizes, size => Math.Min(1, size));
        var quotas = count <= least.Sum()
            ? Quotas(order, labels, sizes, least, count)
            : Quotas(order, labels, sizes, sizes, count, least);
        var isTaken = Taken(order, labels, quotas);
        int[] drawn = [.. order.Where((_, i) => isTaken[i])];
        Array.Sort(drawn);
        return drawn;
    }

    /// <summary>Takes a number of the samples for validation: of classes as above, of quantities the first of the
    /// order.</summary>
    internal static Split ByCount(int[] order, Targets targets, int count) =>
        targets is Classes classes ? ByCount(order, classes.Labels, count) : ByCount(order, count);

    /// <summary>Takes a share of the samples for validation: of classes as above, of quantities the first of the
    /// order.</summary>
    internal static Split ByFraction(int[] order, Targets targets, double fraction) =>
        targets is Classes classes ? ByFraction(order, classes.Labels, fraction) : ByFraction(order, fraction);

    /// <summary>Draws a number of all samples: of classes each its share.</summary>
    internal static int[] Draw(Targets targets, int count, Key key) =>
        targets is Classes classes ? Draw(classes.Labels, count, key)
        : [.. key.Permutation(targets.Count).Take(count).Order()];

    private static int CountOf(int[] order, double fraction)
    {
        if (fraction is not (> 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(fraction), $"the validation fraction must be above 0 and below 1, but is {fraction}");
        var count = (int)Math.Round(order.Length * fraction, MidpointRounding.AwayFromZero);
        CheckCount(order, count, nameof(fraction));
        return count;
    }

    private static int[] Sizes(int[] order, int[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        var sizes = new int[labels.Length == 0 ? 0 : labels.Max() + 1];
        foreach (var index in order)
            sizes[index < labels.Length
                ? labels[index] : throw new ArgumentException(
                    $"sample {index} has none of the {labels.Length} labels", nameof(labels))]++;
        return sizes;
    }

    // Of each class its share of the count, rounded so that the sum is right (by largest remainders), within bounds.
    // The most allow the sum. What ties are decided by is the order.
    private static int[] Quotas(int[] order, int[] labels, int[] sizes, int[] most, int count, int[]? least = null)
    {
        var share = (double)count / order.Length;
        var quotas =
            sizes.Select((size, label) => Math.Clamp((int)(size * share), least?[label] ?? 0, most[label])).ToArray();
        int[] byOrder = [.. order.Select(index => labels[index]).Distinct().Take(sizes.Count(size => size > 0))];
        while (quotas.Sum() is var sum && sum != count)
        {
            // One more where most is missing, or one less where most is too much.
            var change = sum < count ? 1 : -1;
            var next = byOrder
                .Where(label => change > 0 ? quotas[label] < most[label] : quotas[label] > (least?[label] ?? 0))
                .MaxBy(label => change * ((sizes[label] * share) - quotas[label]));
            quotas[next] += change;
        }
        return quotas;
    }

    private static bool[] Taken(int[] order, int[] labels, int[] quotas)
    {
        int[] left = [.. quotas];
        return Array.ConvertAll(order, index => left[labels[index]]-- > 0);
    }

    /// <summary>At most this number of the indices, evenly spaced, so that it doesn't matter how samples are sorted.
    /// </summary>
    internal static int[] EvenlySpaced(int[] indices, int most) =>
        indices.Length <= most
            ? indices
            : [.. Enumerable.Range(0, most).Select(i => indices[(int)((long)i * indices.Length / most)])];

    private static void CheckCount(int[] order, int count, string name)
    {
        if (count < 1 || count >= order.Length)
            throw new ArgumentException(
                $"of {order.Length} samples, {count} for validation leave {order.Length - count} " +
                "for training: both parts need at least 1", name);
    }

    private static void Check(int[] order, int count)
    {
        ArgumentNullException.ThrowIfNull(order);
        CheckCount(order, count, nameof(count));
        var seen = new BitArray(Math.Clamp(order.Max(), 0, Array.MaxLength - 1) + 1);
        foreach (var index in order)
        {
            if (index < 0 || index >= seen.Length)
                throw new ArgumentException($"{index} is the index of no sample", nameof(order));
            if (seen[index])
                throw new ArgumentException($"sample {index} is there twice", nameof(order));
            seen[index] = true;
        }
    }
}
