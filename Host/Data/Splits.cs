namespace Functional.Host.Data;

/// <summary>The samples, by index, of two parts: none is in both, together they are all, neither is empty.</summary>
/// <param name="Training">Those to train on.</param>
/// <param name="Validation">Those kept for validation.</param>
public sealed record Split(int[] Training, int[] Validation);

/// <summary>Splits samples for validation.</summary>
public static class Splits
{
    /// <summary>Takes a share of the samples for validation.</summary>
    /// <param name="permutation">Every index from 0 to n - 1 once: an order of the n samples.</param>
    /// <param name="fraction">The share, above 0 and below 1; n x fraction is rounded to the nearest integer.</param>
    /// <exception cref="ArgumentException">The fraction is out of range, a part would be empty, or
    /// <paramref name="permutation"/> is none.</exception>
    public static Split ByFraction(int[] permutation, double fraction)
    {
        ArgumentNullException.ThrowIfNull(permutation);
        if (!(fraction > 0 && fraction < 1))
            throw new ArgumentOutOfRangeException(
                nameof(fraction), $"the validation fraction must be above 0 and below 1, but is {fraction}");
        return ByCount(permutation, (int)Math.Round(permutation.Length * fraction, MidpointRounding.AwayFromZero));
    }

    /// <summary>Takes the first <paramref name="count"/> samples of an order for validation, as the book does, and the
    /// others, in that order, for training.</summary>
    /// <param name="permutation">Every index from 0 to n - 1 once: an order of the n samples.</param>
    /// <param name="count">How many samples are for validation, 1 to n - 1.</param>
    /// <exception cref="ArgumentException">The count is out of range, or <paramref name="permutation"/> is none.
    /// </exception>
    public static Split ByCount(int[] permutation, int count)
    {
        ArgumentNullException.ThrowIfNull(permutation);
        if (count < 1 || count >= permutation.Length)
            throw new ArgumentException(
                $"of {permutation.Length} samples, {count} for validation leave {permutation.Length - count} " +
                "for training: both parts need at least 1");
        CheckPermutation(permutation);
        return new Split(permutation[count..], permutation[..count]);
    }

    private static void CheckPermutation(int[] permutation)
    {
        var seen = new bool[permutation.Length];
        foreach (var index in permutation)
        {
            if (index < 0 || index >= seen.Length || seen[index])
                throw new ArgumentException(
                    $"not a permutation of 0 to {seen.Length - 1}: {index} is out of range or repeated",
                    nameof(permutation));
            seen[index] = true;
        }
    }
}
