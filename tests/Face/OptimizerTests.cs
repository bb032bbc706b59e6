using Functional;
using Vector = MathNet.Numerics.LinearAlgebra.Vector<double>;

namespace Functional.Tests.Face;

/// <summary>Optimizers as a C# user sees them.</summary>
public class OptimizerTests
{
    private static Vector Gradient(Vector x) => Vector.Build.Dense([x[0] / 10, 2 * x[1]]);

    [Fact]
    public void An_optimizer_minimizes_a_plain_function()
    {
        var start = Vector.Build.Dense([-7.0, 2.0]);
        var path = Optimizer.Momentum(learningRate: 0.1, momentum: 0.9).Path(Gradient, start, steps: 200);
        Assert.Equal(201, path.Length);
        Assert.Equal(start, path[0]);
        Assert.True(path[^1].L2Norm() < 1e-3);
        Assert.Equal(path[^1], Optimizer.Momentum(0.1).Minimize(Gradient, start, 200));
        Assert.Equal([-7.0, 2.0], start);
    }

    [Fact]
    public void Members_return_changed_copies()
    {
        var adam = Optimizer.Adam(learningRate: 0.01, beta1: 0.8);
        var changed = adam.With(Schedule.Cosine(steps: 100, final: 0.1).AfterWarmUp(10)).WithClipNorm(1)
            .WithClipValue(2)
            .WithWeightDecay(0.1).WithProximalL1(1e-4).WithAccumulation(4);
        Assert.Equal(Optimizer.Adam(0.01, 0.8), adam);
        Assert.NotEqual(adam, changed);
        Assert.Equal(
            "Adam (learning rate 0.01, beta1 0.8, beta2 0.999, epsilon 1E-07), warm-up of 10 steps, then cosine to "
            + "0.1 in 100 "
            + "steps, 4 gradients a step, clipped to 2, clipped to norm 1, weight decay 0.1, proximal L1 0.0001",
            changed.ToString());
        Assert.Empty(changed.Faults());
        Assert.Equal(2, changed.WithLearningRate(-1).WithClipNorm(double.NaN).Faults().Count);
        Assert.Equal(0.1, Schedule.Step(every: 10, factor: 0.1).Factor(19));
    }

    [Fact]
    public void A_state_can_be_written_down_and_read_again()
    {
        var network = Network.Create([2, 3, 2], Activation.Relu, Initializer.He);
        var optimizer = Optimizer.Nesterov();
        var (_, state) = optimizer.Update(
            optimizer.Init(network.Parameters()), network.Parameters(), network.Parameters());
        var leaves = state.ToLeaves();
        Assert.Equal(
            ["velocity/affine1.weight", "velocity/affine1.bias", "velocity/affine2.weight", "velocity/affine2.bias"],
            leaves.Select(leaf => leaf.Name));
        var (parameters, _) = optimizer.Update(state, network.Parameters(), network.Parameters());
        var (again, _) = optimizer.Update(
            OptimizerState.OfLeaves(state.Updates, state.Gathered, leaves), network.Parameters(), network.Parameters());
        Assert.Equal(network.WithParameters(parameters).Digest(), network.WithParameters(again).Digest());
    }

    [Fact]
    public void An_average_follows_training()
    {
        var network = Network.Create([2, 3, 2], Activation.Relu, Initializer.He);
        var average = Average.Start(0.9, network.Parameters(), corrected: true).Update(network.Parameters());
        Assert.Equal(1, average.Step);
        var off = average.Value()[0].Values - network.Parameters()[0].Values;
        Assert.True(off.L2Norm() < 1e-6);
    }
}
