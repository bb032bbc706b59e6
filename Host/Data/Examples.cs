using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Data;

/// <summary>Samples and targets as a network takes them. Images stay bytes until a batch is gathered; rows of a table
/// are encoded once, when the first batch is asked for.</summary>
public sealed class Examples
{
    private readonly Lazy<float[]> features;

    /// <summary>Encodes a part of a data set.</summary>
    /// <param name="part">The samples with their targets.</param>
    /// <param name="encoder">How samples become features.</param>
    /// <param name="task">What is learned.</param>
    public Examples(DataPart part, FeatureEncoder encoder, LearningTask task)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(task);
        (Part, Encoder, Task) = (part, encoder, task);
        features = new(() => encoder.Encode<float>(part.Samples, part.All).AsColumnMajorArray());
    }

    /// <summary>The samples with their targets, as the data have them.</summary>
    public DataPart Part { get; }

    /// <summary>How samples become features.</summary>
    public FeatureEncoder Encoder { get; }

    /// <summary>What is learned.</summary>
    public LearningTask Task { get; }

    /// <summary>How many there are.</summary>
    public int Count => Part.Count;

    /// <summary>The index of every example, in order.</summary>
    public int[] All => Part.All;

    /// <summary>The features of some of the samples: features x samples.</summary>
    /// <exception cref="ArgumentException">An index is none of the samples'.</exception>
    public Matrix<float> Inputs(int[] indices)
    {
        if (Part.Samples is Images)
            return Encoder.Encode<float>(Part.Samples, indices);
        indices.Within(Count);
        var (all, size) = (features.Value, Encoder.Features);
        var gathered = new float[size * indices.Length];
        for (var j = 0; j < indices.Length; j++)
            all.AsSpan(indices[j] * size, size).CopyTo(gathered.AsSpan(j * size));
        return Matrix<float>.Build.Dense(size, indices.Length, gathered);
    }

    /// <summary>Some of the examples as a batch, with their weights if they have any.</summary>
    /// <exception cref="ArgumentException">An index is none of the samples'.</exception>
    public Batch<float> Batch(int[] indices) => Part.Weights is not { } weights ? Unweighted(indices)
        : Unweighted(indices).WithWeights(Array.ConvertAll(indices.Given(), index => weights[index]));

    /// <summary>Some of the examples as a batch in which all count the same.</summary>
    internal Batch<float> Unweighted(int[] indices) => Task.Batch(Inputs(indices), Part.Targets, indices);

    /// <summary>How many of the examples at the indices a network classifies correctly.</summary>
    internal int Correct(Network<float> network, int[] indices) => (Part.Samples, Encoder, Part.Targets) switch
    {
        (Images { Channels: 1 } images, ImageEncoder encoder, Classes classes) =>
            network.Correct(encoder.Scale, images.Pixels, classes.Labels, indices),
        // Features of all images at once take four times the memory of their bytes.
        (Images, _, _) => indices.Chunk(1000).Sum(some => network.Correct(Unweighted(some))),
        _ => network.Correct(Unweighted(indices)),
    };

    /// <summary>As the data.</summary>
    public override string ToString() => Part.ToString();
}
