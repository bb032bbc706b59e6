using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>A network's answers on whole data sets, a few hundred samples at a time.</summary>
internal static class Evaluation
{
    // Large enough for the products to be quick, small enough for a batch's features to stay in a core's cache. (Where
    // layers are wide, a network takes fewer together by itself.)
    private const int SamplesAtOnce = 256;

    /// <summary>How well the network does on some of the samples: the accuracy of classes, the errors of quantities.
    /// </summary>
    /// <inheritdoc cref="Accuracy"/>
    public static PartScore Score(
        Network<float> network, Examples examples, int[] indices, int threads) =>
        examples.Task is not Regression task ? new(Accuracy(network, examples, indices, threads), null)
        : indices.Length == 0 ? new(null, new QuantityScore(null, null, null))
        : new(null, QuantityScore.Of(
            task, Outputs(network, indices, threads, examples.Inputs), (Quantities)examples.Part.Targets, indices));

    /// <summary>The share of the samples that the network classifies as they are labeled.</summary>
    /// <param name="network">Takes as many features as the examples have.</param>
    /// <param name="examples">What the samples are of.</param>
    /// <param name="indices">The samples, at least one.</param>
    /// <param name="threads">How many pieces are evaluated side by side.</param>
    public static double Accuracy(Network<float> network, Examples examples, int[] indices, int threads)
    {
        var correct = 0;
        Piecewise(indices, threads, (_, some) =>
            Interlocked.Add(ref correct, examples.Correct(network, some)));
        return (double)correct / indices.Length;
    }

    /// <summary>Whether each of the samples is classified correctly, in their order.</summary>
    /// <inheritdoc cref="Accuracy"/>
    public static bool[] AreCorrect(Network<float> network, Examples examples, int[] indices, int threads)
    {
        var (correct, labels) = (new bool[indices.Length], examples.Part.Classes.Labels);
        Piecewise(indices, threads, (first, some) =>
        {
            foreach (var (i, label) in Metrics.Classes(network.Predict(examples.Inputs(some))).Index())
                correct[first + i] = label == labels[some[i]];
        });
        return correct;
    }

    /// <summary>The scores of the samples, a column each, in their order.</summary>
    /// <param name="network">Takes as many features as the encoder gives.</param>
    /// <param name="encoder">How samples become features.</param>
    /// <param name="samples">What to ask it.</param>
    /// <param name="threads">How many pieces are evaluated side by side.</param>
    public static Matrix<float> Scores(Network<float> network, FeatureEncoder encoder, Samples samples, int threads) =>
        Outputs(network, samples.All, threads, some => encoder.Encode<float>(samples, some));

    private static Matrix<float> Outputs(
        Network<float> network, int[] indices, int threads, Func<int[], Matrix<float>> inputs)
    {
        var outputs = new float[network.Outputs * indices.Length];
        Piecewise(indices, threads, (first, some) => network
            .Predict(inputs(some)).AsColumnMajorArray().CopyTo(outputs, first * network.Outputs));
        return Matrix<float>.Build.Dense(network.Outputs, indices.Length, outputs);
    }

    private static void Piecewise(int[] indices, int threads, Action<int, int[]> use) =>
        Parallel.For(
            0, (indices.Length + SamplesAtOnce - 1) / SamplesAtOnce,
            new ParallelOptions { MaxDegreeOfParallelism = threads },
            piece =>
            {
                var first = piece * SamplesAtOnce;
                use(first, indices[first..Math.Min(first + SamplesAtOnce, indices.Length)]);
            });
}
