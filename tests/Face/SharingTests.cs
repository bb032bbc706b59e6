using Functional.Host.Models;

namespace Functional.Tests.Face;

/// <summary>Networks, states and models are immutable, so that threads share them: docs/csharp.md promises
/// it.</summary>
public class SharingTests
{
    private const int Sharers = 16;

    private static readonly Network<float> Network =
        Functional.Network.Create([12, 40, 5], Activation.Relu, Initializer.He, seed: 1);

    private static readonly Batch<float> Batch = Functional.Batch.Of(
        MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(
            12, 64, (i, j) => MathF.FusedMultiplyAdd(i, 0.1f, -0.03f * j)),
        [.. Enumerable.Range(0, 64).Select(j => j % 5)]);

    [Fact]
    public void Sixteen_threads_that_share_a_network_get_the_bits_of_one()
    {
        var alone = Network.Predict(Batch.Inputs).ToColumnMajorArray();
        foreach (var scores in Together(() => Network.Predict(Batch.Inputs).ToColumnMajorArray()))
            Assert.Equal(alone, scores);
    }

    [Fact]
    public void Sixteen_threads_that_train_from_one_state_get_the_bits_of_one()
    {
        var start = Training.Start(Network, Optimizer.Adam());
        string Trained() => Enumerable.Range(0, 20)
            .Aggregate(start, (state, _) => Training.Step(state, Batch).Item1).Network.Digest();
        var alone = Trained();
        Assert.All(Together(Trained), digest => Assert.Equal(alone, digest));
    }

    [Fact]
    public void Sixteen_threads_that_share_a_model_get_the_same_predictions()
    {
        var model = new Model<float>(Network);
        float[] row = [.. Enumerable.Range(0, 12).Select(i => i / 7f)];
        string Predicted() => string.Join(' ', model.Predict(row).Probabilities.Select(BitConverter.SingleToInt32Bits));
        var alone = Predicted();
        Assert.All(Together(Predicted), predicted => Assert.Equal(alone, predicted));
    }

    // All begin at once, and each does its work several times.
    private static T[] Together<T>(Func<T> work)
    {
        using var barrier = new Barrier(Sharers);
        var results = new T[Sharers];
        Thread[] threads = [.. Enumerable.Range(0, Sharers).Select(i => new Thread(() =>
        {
            barrier.SignalAndWait();
            for (var again = 0; again < 10; again++)
                results[i] = work();
        }))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return results;
    }
}
