using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Testing;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>What users write themselves, without a line in Core: it trains, resumes to the same bits, and keeps the
/// laws.</summary>
public sealed class UserExampleTests : IDisposable
{
    private const double Gamma = 2;

    private static readonly CustomLoss Focal = new("focal (gamma 2)", (scores, targets) =>
    {
        var p = scores.PointwiseExp().NormalizeColumns(1);
        var right = p.PointwiseMultiply(targets).ColumnSums();
        var rest = 1 - right;
        var log = right.PointwiseLog();
        var factors = Gamma * rest.PointwisePower(Gamma - 1).PointwiseMultiply(right).PointwiseMultiply(log)
            - rest.PointwisePower(Gamma);
        var gradient = (targets - p).MapIndexed((_, j, x) => factors[j] * x / scores.ColumnCount);
        return (-rest.PointwisePower(Gamma).PointwiseMultiply(log).Average(), gradient);
    });

    private static readonly CustomActivation Softsign = new(
        "softsign", x => x / (1 + Math.Abs(x)), x => 1 / ((1 + Math.Abs(x)) * (1 + Math.Abs(x))));

    private static readonly LayerTable<float> Table = new()
    {
        ["prelu"] = saved => new PRelu<float>(saved.Parameters[0].Values),
        ["highway"] = saved => new Highway<float>(Transform<float>(saved.Parameters[0].Shape.Columns)
            .WithLeaves(saved.Parameters)),
        Losses = [Focal], Activations = [Softsign],
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static Network<T> Transform<T>(int units) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Network.Create<T>([units, 2 * units], Activation.Relu, Initializer.Xavier, seed: 2);

    private static ILayer<T> Block<T>(int units) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Layer.Residual([.. Network.Create<T>(
            [units, units, units], width => [Layer.BatchNorm<T>(width), Layer.Of<T>(Activation.Relu)], Initializer.He,
            seed: 2).Layers]);

    private static ILayer<T> Autoencoder<T>(int units) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Layer.Tied(
            [Tie.Of("affine1.weight", "affine2.weight", transposed: true)],
            [.. Network.Create<T>([units, 2, units], Activation.Tanh, Initializer.Xavier, seed: 1).Layers]);

    private static Network<float> With(Func<int, ILayer<float>> layer, Loss? loss = null) => Network.Create<float>(
        [2, 6, 2], units => [layer(units), Layer.Dropout<float>(0.1)], Initializer.He, seed: 1)
        .WithLoss(loss ?? Loss.SoftmaxCrossEntropy());

    public static TheoryData<string, Network<float>> Examples() => new()
    {
        { "PReLU", With(units => new PRelu<float>(Vector<float>.Build.Dense(units, 0.25f))) },
        { "highway", With(units => new Highway<float>(Transform<float>(units))) },
        { "residual", With(Block<float>) },
        { "tied autoencoder", With(Autoencoder<float>) },
        { "focal", With(_ => Layer.Of<float>(Activation.Tanh), Loss.Custom(Focal)) },
        { "softsign", With(_ => Layer.Of<float>(Activation.Custom(Softsign))) },
    };

    private static Batch<float> Points(int seed)
    {
        var x = Matrix<float>.Build.Dense(2, 40, [.. Key.OfSeed(seed).Normals(80).Select(n => (float)n)]);
        return Batch.Of(x, [.. Enumerable.Range(0, 40).Select(j => x[0, j] > x[1, j] ? 1 : 0)]);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void It_trains_and_resumes_to_the_same_bits(string name, Network<float> network) =>
        TrainsAndResumes(name, network, (at, batch, key) => at.Gradient(batch, key));

    /// <summary>Sharpness-aware minimization (Foret et al., 2021): the gradient a little uphill, where the loss is
    /// highest nearby; as docs/extending.md has it.</summary>
    [Fact]
    public void Sharpness_aware_minimization_trains_and_resumes_to_the_same_bits()
    {
        TrainsAndResumes("SAM", With(units => Layer.BatchNorm<float>(units)), SharpnessAware);
        var (network, batch, key) = (With(_ => Layer.Of<float>(Activation.Tanh)), Points(1), Key.OfSeed(1));
        var (gradient, uphill) = (network.Gradient(batch, key), SharpnessAware(network, batch, key));
        Assert.NotEqual(gradient.Parameters.ToVector(), uphill.Parameters.ToVector());
    }

    private static Gradient<float> SharpnessAware(Network<float> network, Batch<float> batch, Key key)
    {
        var uphill = network.Gradient(batch, key).Parameters;
        var far = (float)(0.05 / uphill.ToVector().L2Norm());
        var highest = network.WithParameters(network.Parameters().Map2(uphill, (w, g) => w + (far * g)));
        return highest.Gradient(batch, key);
    }

    private void TrainsAndResumes(
        string name, Network<float> network, Func<Network<float>, Batch<float>, Key, Gradient<float>> gradientOf)
    {
        var (optimizer, key) = (Optimizer.Adam(0.02), Key.OfSeed(5));
        (Network<float> Network, OptimizerState<float> State) Step(
            (Network<float> Network, OptimizerState<float> State) at, int step)
        {
            var gradient = gradientOf(at.Network, Points(step), key.Child(step));
            var (parameters, state) = optimizer.Update(at.State, at.Network.Parameters(), gradient.Parameters);
            return (at.Network.After(parameters, gradient), state);
        }
        var start = (Network: network, State: optimizer.Init(network.Parameters()));
        var half = Enumerable.Range(0, 60).Aggregate(start, Step);
        var whole = Enumerable.Range(60, 60).Aggregate(half, Step);
        Assert.True(whole.Network.LossOf(Points(-1)) < 0.6 * network.LossOf(Points(-1)), name);

        var resumed = Enumerable.Range(60, 60).Aggregate(Saved(half), Step);
        Assert.Equal(whole.Network.Digest(), resumed.Network.Digest());
        Assert.Equal(whole.State.ToLeaves().ToVector(), resumed.State.ToLeaves().ToVector());
    }

    // To files, and out of them.
    private (Network<float> Network, OptimizerState<float> State) Saved(
        (Network<float> Network, OptimizerState<float> State) at)
    {
        Model.Save(folder["network"], at.Network);
        var slots = at.State.ToLeaves();
        Safetensors.Write(
            folder["slots"],
            slots.Select(leaf => Tensor.Of<float>(leaf.Name, [leaf.Shape.Length], leaf.Values.ToArray())));
        var file = Safetensors.Read(folder["slots"]);
        return (Model.Load(folder["network"], Table).Network, OptimizerState.OfLeaves(
            at.State.Updates, at.State.Gathered, slots.Map(leaf => Vector<float>.Build.Dense(
                file.Values<float>(leaf.Name, leaf.Shape.Length)))));
    }

    [Fact]
    public void Each_keeps_the_laws()
    {
        LayerLaws.Require(units => new PRelu<double>(Vector<double>.Build.Dense(units, 0.25)), 50);
        LayerLaws.Require(units => new Highway<double>(Transform<double>(units)), 50);
        LayerLaws.Require(Block<double>, 50);
        LayerLaws.Require(Autoencoder<double>, 50);
        LayerLaws.Require(_ => Layer.Of<double>(Activation.Custom(Softsign)), 50);
        LossLaws.Require((scores, targets) => Loss.Custom(Focal).Forward(scores, targets), LossTargets.OneHot, 50);
        Laws.RequireLayer(new PRelu<double>(Vector<double>.Build.Dense(3, 0.25)));
        var batch = Batch.Of(Matrix<double>.Build.Dense(2, 6, (i, j) => i - (0.3 * j)), [0, 1, 1, 0, 1, 0]);
        GradientCheck.OfNetwork(Network.Create<double>(
            [2, 6, 2], Activation.Custom(Softsign), Initializer.Xavier, seed: 1)
            .WithLoss(Loss.Custom(Focal)), batch).Require();
    }
}
