using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Statistics are never lost: in a loop by hand, with a custom loss, and in a layer that holds batch
/// norm.</summary>
public class BlockTests
{
    /// <summary>x + f(x), f a network, whose statistics it may forget.</summary>
    private sealed class Residual<T>(Network<T> inner, bool forgets = false) : ILayer<T> where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T>
    {
        public string Name => "residual";

        public string Description => $"residual ({inner})";

        public int Inputs => inner.Inputs;

        public int Outputs => inner.Outputs;

        public IReadOnlyList<string> Faults => [];

        public IReadOnlyList<Parameter<T>> Parameters => forgets ? inner.Parameters() : inner.Leaves();

        public ILayer<T> WithParameters(IReadOnlyList<Parameter<T>> leaves) =>
            new Residual<T>(inner.WithLeaves(forgets ? [.. leaves, .. inner.Statistics()] : leaves), forgets);

        public Matrix<T> Predict(Matrix<T> x) => x + inner.Predict(x);

        public (Matrix<T>, Func<Matrix<T>, (IReadOnlyList<Parameter<T>>, Lazy<Matrix<T>>)>) Forward(
            Matrix<T> x, Key key)
        {
            var (y, back) = inner.Forward(x, key);
            return (x + y, dy =>
            {
                var (gradient, dx) = back(dy);
                return (forgets ? gradient.Parameters : inner.LeavesAfter(gradient),
                    new(() => dy + dx.Value));
            });
        }
    }

    private static Network<T> Inner<T>(int units) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Network.Create<T>(
        [units, units, units], width =>
            [Layer.BatchNorm<T>(width), Layer.Of<T>(Activation.Relu)], Initializer.He, seed: 3);

    private static Network<float> Net(bool block) => Network.Create<float>(
        [2, 8, 2],
        units => block ? [new Residual<float>(Inner<float>(units))]
        : [Layer.BatchNorm<float>(units), Layer.Of<float>(Activation.Relu)],
        Initializer.He, seed: 1);

    private static Batch<float> Points(int seed)
    {
        var x = Matrix<float>.Build.Dense(2, 40, [.. Key.OfSeed(seed).Normals(80).Select(n => (float)n)]);
        return Batch.Of(x, [.. Enumerable.Range(0, 40).Select(j => x[0, j] > x[1, j] ? 1 : 0)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void By_hand_is_the_same_as_a_step(bool block)
    {
        var network = Net(block);
        var start = Training.Start(network, Optimizer.Sgd(0.1), Key.OfSeed(5));
        var (stepped, _) = Training.Step(start, Points(1));
        var gradient = network.Gradient(Points(1), Key.OfSeed(5).Child(0));
        var (parameters, _) = start.Optimizer.Update(start.OptimizerState, network.Parameters(), gradient.Parameters);
        Assert.NotEqual(0, gradient.Statistics.Count);
        Assert.Equal(stepped.Network.Digest(), network.After(parameters, gradient).Digest());
        Assert.NotEqual(stepped.Network.Digest(), network.WithParameters(parameters).Digest());
    }

    [Fact]
    public void A_loss_of_ones_own_sees_the_statistics_too()
    {
        var (network, batch, key) = (Net(block: true), Points(2), Key.OfSeed(7));
        var expected = network.Gradient(batch, key);
        var (scores, back) = network.Forward(batch.Inputs, key);
        var dy = (Metrics.Softmax(scores) - Batch.OneHot<float>(
            2, ((Targets<float>.Labels)batch.Targets).Item.ToArray())) / batch.Samples;
        var (gradient, dx) = back(dy);
        Assert.Equal((batch.Features, batch.Samples), (dx.Value.RowCount, dx.Value.ColumnCount));
        Assert.Equal(expected.Statistics.ToVector(), gradient.Statistics.ToVector());
        Assert.True((expected.Parameters.ToVector() - gradient.Parameters.ToVector()).InfinityNorm() < 1e-6);
    }

    [Fact]
    public void Batch_norm_inside_a_layer_of_ones_own_keeps_its_statistics()
    {
        var state = Training.Start(Net(block: true), Optimizer.Adam(0.01));
        for (var step = 0; step < 200; step++)
            (state, _) = Training.Step(state, Points(step));
        Assert.Contains("residual1.batchnorm1.mean", state.Network.Statistics().Select(leaf => leaf.Name));
        Assert.DoesNotContain(state.Network.Parameters(), leaf => leaf.Role == Role.Statistic);
        Assert.All(state.Network.Statistics(), leaf => Assert.NotEqual(0, leaf.Values.AbsoluteMaximum()));
        Assert.InRange(state.Network.Accuracy(Points(-1)), 0.9, 1);
        Assert.InRange(state.Network.LossOf(Points(-1)), 0, 0.3);
        Laws.RequireLayer(new Residual<double>(Inner<double>(4)));
    }

    [Fact]
    public void A_layer_that_forgets_what_it_saw_is_reported() =>
        Assert.Contains(Laws.OfLayer(new Residual<double>(Inner<double>(4), forgets: true)),
            failure =>
                failure.StartsWith("what it sees of a batch is remembered: in training a sample's outputs depend on "
                + "the others", StringComparison.Ordinal));

    [Fact]
    public void U14_Not_a_number_beside_is_not_a_kink()
    {
        // log at 1e-6 with a gradient of 3 in place of 1e6, and one that is right.
        static GradientCheckReport Check(double claimed, double at) => GradientCheck.OfFunction(
            x => Math.Log(x[0]) + x[1], _ =>
                Vector<double>.Build.Dense([claimed, 1]), Vector<double>.Build.Dense([at, 1]));
        Assert.False(Check(3, 1e-6).Agrees);
        Assert.Throws<InvalidOperationException>(Check(3, 1e-6).Require);
        Check(1e6, 1e-6).Require();
        Assert.False(Check(1e12, 1e-12).Agrees);
        Assert.Contains("the function's value there or beside is not finite", Check(1e12, 1e-12).ToString(),
            StringComparison.Ordinal);
        var root = GradientCheck.OfFunction(
            x => Math.Sqrt(x[0]) + x[1], _ => Vector<double>.Build.Dense([0, 1]), Vector<double>.Build.Dense([0, 1]));
        Assert.Equal((false, 0), (root.Agrees, root.AtKinks));
        // A kink is still left out.
        var kink = GradientCheck.OfFunction(
            x => Math.Abs(x[0]) + x[1], _ => Vector<double>.Build.Dense([0, 1]), Vector<double>.Build.Dense([0, 1]));
        Assert.Equal((true, 1), (kink.Agrees, kink.AtKinks));
    }

    [Fact]
    public void Steps_that_can_not_be_counted_are_refused()
    {
        var state = Training.Start(Net(block: false), Optimizer.Adam());
        var (parameters, gradient) =
            (state.Network.Parameters(), state.Network.Gradient(Points(1), Key.OfSeed(1)).Parameters);
        var last = new TrainingState<float>(
            state.Network, state.Optimizer, state.OptimizerState, state.Key, int.MaxValue);
        Assert.Contains("no step can follow step 2147483647",
            Assert.ThrowsAny<ArgumentException>(() => Training.Step(last, Points(1))).Message,
            StringComparison.Ordinal);
        OptimizerState<float> After(int step) => new(step, 0, state.OptimizerState.Slots);
        foreach (var step in (int[])[int.MaxValue, -1, int.MinValue])
            Assert.ThrowsAny<ArgumentException>(() => state.Optimizer.Update(After(step), parameters, gradient));
        var (moved, after) = state.Optimizer.Update(After(int.MaxValue - 1), parameters, gradient);
        Assert.Equal(int.MaxValue, after.Updates);
        Assert.All(moved.ToVector(), value => Assert.True(float.IsFinite(value)));
        Assert.InRange(Schedule.Constant.AfterWarmUp(int.MaxValue).Factor(0), 0, 1e-9);
    }
}
