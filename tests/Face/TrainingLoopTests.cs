using System.Numerics;
using Functional;
using MathNet.Numerics.LinearAlgebra;
using Vector = MathNet.Numerics.LinearAlgebra.Vector<float>;

namespace Functional.Tests.Face;

/// <summary>What a C# user writes: a loop of his own over pure functions.</summary>
public class TrainingLoopTests
{
    // Two classes on either side of a circle.
    private static Batch<T> Circle<T>(int samples, Key key) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var numbers = key.Uniforms(2 * samples);
        var x = Matrix<T>.Build.Dense(2, samples, (i, j) => T.CreateChecked(4 * numbers[2 * j + i] - 2));
        var labels = Enumerable.Range(0, samples)
            .Select(j => x[0, j] * x[0, j] + x[1, j] * x[1, j] < T.CreateChecked(2) ? 1 : 0);
        return Batch.Of(x, [.. labels]);
    }

    [Fact]
    public void A_network_learns_in_single_precision() => Learns<float>();

    [Fact]
    public void A_network_learns_in_double_precision() => Learns<double>();

    private static void Learns<T>() where T : unmanaged, IFloatingPointIeee754<T>
    {
        var network = Network.Create<T>([2, 16, 2], Activation.Relu, Initializer.He, seed: 1);
        var state = Training.Start(network, Optimizer.Sgd(learningRate: 0.5));
        var key = Key.OfSeed(2);
        for (var step = 0; step < 500; step++)
            (state, _) = Training.Step(state, Circle<T>(50, key.Child(step)));
        Assert.Equal(500, state.Step);
        Assert.True(state.Network.Accuracy(Circle<T>(1000, key.Child(-1))) > 0.95);
    }

    [Fact]
    public void A_state_can_be_used_twice()
    {
        var start = Training.Start(
            Network.Create([2, 8, 2], Activation.Sigmoid, Initializer.Xavier), Optimizer.Sgd(learningRate: 0.1));
        var batch = Circle<float>(20, Key.OfSeed(1));
        var (slow, _) = Training.Step(start, batch);
        var (again, _) = Training.Step(start, batch);
        Assert.Equal(slow.Network.Digest(), again.Network.Digest());
        Assert.NotEqual(start.Network.Digest(), slow.Network.Digest());
    }

    [Fact]
    public void One_step_can_be_taken_by_hand()
    {
        var network = Network.Create([2, 8, 2], Activation.Relu, Initializer.He);
        var batch = Circle<float>(20, Key.OfSeed(1));
        var optimizer = Optimizer.Sgd(learningRate: 0.1);
        var gradient = network.Gradient(batch, Key.OfSeed(0));
        var (parameters, state) = optimizer.Update(
            optimizer.Init(network.Parameters()), network.Parameters(), gradient.Parameters);
        var (stepped, report) = Training.Step(Training.Start(network, optimizer), batch);
        Assert.Equal(stepped.Network.Digest(), network.WithParameters(parameters).Digest());
        Assert.Equal(gradient.Loss, report.Loss);
        Assert.Equal(1, state.Updates);
    }

    [Fact]
    public void Samples_in_rows_are_taken_as_such()
    {
        var rows = new float[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        var batch = Batch.OfRows(rows, [0, 1]);
        Assert.Equal((3, 2), (batch.Features, batch.Samples));
        Assert.Equal(6f, batch.Inputs[2, 1]);
        var error = Assert.Throws<ArgumentException>(() => Batch.Of(Matrix<float>.Build.DenseOfArray(rows), [0, 1]));
        Assert.Contains("Batch.OfRows", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_agree_with_central_differences()
    {
        var network = Network.Create<double>([2, 5, 2], Activation.Sigmoid, Initializer.Xavier, seed: 3);
        var batch = Circle<double>(10, Key.OfSeed(4));
        foreach (var difference in Differences.Compare(
            network.Gradient(batch, Key.OfSeed(0)).Parameters, Differences.OfNetwork(network, batch)))
            Assert.InRange(difference.LargestRelative, 0, 1e-6);
        Assert.Equal(6, Differences.NumericalDiff(x => x * x, 3), 1e-9);
    }

    [Fact]
    public void Everything_wrong_with_a_network_is_reported_at_once()
    {
        var error = Assert.Throws<ArgumentException>(() => Network.Of(
        [
            Layer.Affine(Matrix<float>.Build.Dense(50, 784), Vector.Build.Dense(49)),
            Layer.Of<float>(Activation.Relu),
            Layer.Affine(Matrix<float>.Build.Dense(10, 100), Vector.Build.Dense(10)),
        ]));
        Assert.Equal(
            "layer 1 (affine 784 -> 50): its weight gives 50 outputs, but its bias has 49 elements\n" +
            "layer 3 (affine 100 -> 10) expects 100 inputs, but layer 1 gives 50", error.Message);
    }

    [Fact]
    public void A_batch_made_for_a_step_gives_the_same_step()
    {
        var start = Training.Start(
            Network.Create([2, 16, 2], Activation.Relu, Initializer.He, seed: 1), Optimizer.Adam());
        var (one, other) = (start, start);
        for (var step = 0; step < 20; step++)
        {
            var key = Key.OfSeed(5).Child(step);
            (one, _) = Training.Step(one, Circle<float>(30, key));
            (other, _) = Training.Step(other, () => Circle<float>(30, key));
        }
        Assert.Equal(one.Network.Digest(), other.Network.Digest());
    }

    [Fact]
    public void Samples_are_counted_out_of_bytes_as_out_of_batches()
    {
        var network = Network.Create([20, 8, 3], Activation.Relu, Initializer.He, seed: 1);
        byte[] pixels = [.. Key.OfSeed(2).Integers(20 * 50, 256).Select(pixel => (byte)pixel)];
        var labels = Key.OfSeed(3).Integers(50, 3);
        int[] indices = [.. Key.OfSeed(4).Integers(40, 50)];
        var batch = Batch.OfBytes<float>(ByteScale.Unit, 20, pixels, labels, indices);
        Assert.Equal(network.Correct(batch), network.Correct(ByteScale.Unit, pixels, labels, indices));
        Assert.Throws<ArgumentException>(() => network.Correct(ByteScale.Unit, pixels, labels, [50]));
    }
}
