using Functional.Host.Charts;

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
/// Mini-batches of images. Which samples a batch holds is a function of the key, the epoch and the batch's place in it,
/// so any epoch can be begun anywhere.
/// </summary>
public sealed class Loader
{
    private readonly LabeledImages images;
    private readonly int[] samples;
    private readonly int batchSize;
    private readonly Sampling sampling;
    private readonly ByteScale scale;
    private readonly Key key;

    /// <summary>Batches of these samples of the images.</summary>
    /// <param name="images">What the samples are drawn from.</param>
    /// <param name="samples">The indices of those that take part; copied.</param>
    /// <param name="batchSize">Samples in a batch, at least 1.</param>
    /// <param name="sampling">How they are drawn.</param>
    /// <param name="scale">How bytes become features; of a table, whose numbers are features, <see
    /// cref="ByteScale.None"/>.</param>
    /// <param name="key">What the order is a function of.</param>
    /// <exception cref="ArgumentException">There are no samples, the batch size is below 1, or batches of distinct
    /// samples are larger than there are samples; or bytes are to be scaled of a table.</exception>
    public Loader(
        LabeledImages images, IReadOnlyList<int> samples, int batchSize, Sampling sampling, ByteScale scale, Key key)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(samples);
        images.CheckScale(scale);
        ArgumentOutOfRangeException.ThrowIfLessThan(samples.Count, 1, nameof(samples));
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        if (sampling == Sampling.Distinct && batchSize > samples.Count)
            throw new ArgumentException($"a batch of {batchSize} distinct samples can't be drawn from {samples.Count}");
        (this.images, this.samples, this.batchSize) = (images, [.. samples], batchSize);
        (this.sampling, this.scale, this.key) = (sampling, scale, key);
    }

    /// <summary>Batches until as many samples have been drawn as there are, rounded up.</summary>
    public int StepsPerEpoch => (int)(((long)samples.Length + batchSize - 1) / batchSize);

    /// <summary>The indices (in the images) of each batch of an epoch, counted from 0.</summary>
    public IEnumerable<int[]> Indices(int epoch)
    {
        var epochKey = key.Child(epoch);
        int[][] order = sampling == Sampling.Shuffle ? [.. epochKey.Permutation(samples.Length).Chunk(batchSize)] : [];
        for (var step = 0; step < StepsPerEpoch; step++)
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

    /// <summary>The batches of an epoch, counted from 0, from one of them on.</summary>
    public IEnumerable<Batch<float>> Epoch(int epoch, int first = 0) =>
        Indices(epoch).Skip(first).Select(Batch);

    /// <summary>The batch of the samples at these indices in the images.</summary>
    public Batch<float> Batch(int[] indices) => images.Batch(scale, indices);
}
