
namespace Functional.Host.Data;

/// <summary>How an epoch's mini-batches are drawn from the samples.</summary>
public enum Sampling
{
    /// <summary>Each sample once per epoch, in random order; the last batch may be smaller.</summary>
    Shuffle,

    /// <summary>Each sample of a batch is drawn from all, so that one may come twice, as the book does.</summary>
    Replacement,

    /// <summary>No sample twice in a batch; batches are independent of each other.</summary>
    Distinct,
}

/// <summary>
/// Mini-batches of examples. Which samples a batch holds is a function of the key, the epoch and the batch's place in
/// it, so any epoch can be begun anywhere.
/// </summary>
public sealed class Loader
{
    private readonly Examples examples;
    private readonly int[] samples;
    private readonly int batchSize;
    private readonly Sampling sampling;
    private readonly Key key;
    private volatile Shuffled? shuffled;

    /// <summary>Batches of some of the examples.</summary>
    /// <param name="examples">What batches are made of.</param>
    /// <param name="samples">The indices of those that take part; copied.</param>
    /// <param name="batchSize">Samples in a batch, at least 1.</param>
    /// <param name="sampling">How they are drawn.</param>
    /// <param name="key">What the order is a function of.</param>
    /// <exception cref="ArgumentException">There are no samples, the batch size is below 1, or batches of distinct
    /// samples are larger than there are samples.</exception>
    public Loader(Examples examples, IReadOnlyList<int> samples, int batchSize, Sampling sampling, Key key)
    {
        ArgumentNullException.ThrowIfNull(examples);
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples.Count, 1, nameof(samples));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (sampling == Sampling.Distinct && batchSize > samples.Count)
            throw new ArgumentException(
                $"a batch of {batchSize} distinct samples can't be drawn from {samples.Count}", nameof(batchSize));
        (this.examples, this.samples, this.batchSize) = (examples, [.. samples], batchSize);
        (this.sampling, this.key) = (sampling, key);
    }

    /// <summary>Batches until as many samples have been drawn as there are, rounded up.</summary>
    public int StepsPerEpoch => (int)(((long)samples.Length + batchSize - 1) / batchSize);

    /// <summary>The indices (in the examples) of each batch of an epoch, counted from 0, from one of them on.</summary>
    public IEnumerable<int[]> Indices(int epoch, int first = 0)
    {
        var epochKey = key.Child(epoch);
        var order = sampling == Sampling.Shuffle ? Order(epoch) : [];
        for (var step = first; step < StepsPerEpoch; step++)
        {
            int[] places = sampling switch
            {
                Sampling.Shuffle => order[step],
                Sampling.Replacement => epochKey.Child(step).Integers(batchSize, samples.Length),
                _ => epochKey.Child(step).Distinct(batchSize, samples.Length),
            };
            yield return Array.ConvertAll(places, place => samples[place]);
        }
    }

    // Whoever goes on within an epoch asks for the same order again.
    private int[][] Order(int epoch)
    {
        if (shuffled is not { } order || order.Epoch != epoch)
            shuffled = order = new Shuffled(epoch, [.. key.Child(epoch).Permutation(samples.Length).Chunk(batchSize)]);
        return order.Batches;
    }

    private sealed record Shuffled(int Epoch, int[][] Batches);

    /// <summary>The batches of an epoch, counted from 0, from one of them on.</summary>
    public IEnumerable<Batch<float>> Epoch(int epoch, int first = 0) =>
        Indices(epoch, first).Select(Batch);

    /// <summary>The batch of the samples at these indices in the examples.</summary>
    public Batch<float> Batch(int[] indices) => examples.Batch(indices);
}
