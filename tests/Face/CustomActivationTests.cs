using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Activations of two functions of a number, and forward and back by hand.</summary>
public sealed class CustomActivationTests : IDisposable
{
    private static readonly Activation Cubic = Activation.Custom(
        new CustomActivation("cubic", x => x * x * x / 9, x => x * x / 3));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void It_is_a_value_with_a_name()
    {
        Assert.Equal("cubic", Cubic.ToString());
        Assert.Equal(Activation.Custom(new CustomActivation("cubic", x => x, _ => 1)), Cubic);
        Assert.NotEqual(Activation.Custom(new CustomActivation("quadratic", x => x * x, x => 2 * x)), Cubic);
        Assert.NotEqual(Activation.Relu, Cubic);
        var network = Network.Create<double>([2, 4, 3], Cubic, Initializer.He, seed: 1);
        Assert.Equal("affine 2 -> 4, cubic, affine 4 -> 3", network.ToString());
        GradientCheck.OfNetwork(network, Batch.Of(Matrix<double>.Build.Dense(2, 3, (i, j) => i - 0.4 * j), [0, 1, 2]))
            .Require();
        var x = Matrix<float>.Build.Dense(1, 2, [3, -3]);
        var (y, back) = Cubic.Forward(x);
        Assert.Equal([3f, -3f], y.Enumerate());
        Assert.Equal([6f, 6f], back(2 * Matrix<float>.Build.Dense(1, 2, 1)).Enumerate());
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("leaky-relu")]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("cubic2")]
    [InlineData("elu:2")]
    public void A_name_that_a_file_could_not_have_is_refused(string name) =>
        Assert.Throws<ArgumentException>(nameof(name), () => new CustomActivation(name, x => x, _ => 1));

    [Fact]
    public void A_file_has_its_name()
    {
        var network = Network.Create<float>([2, 4, 3], Cubic, Initializer.He, seed: 1);
        Model.Save(folder["m"], network);
        var table = new LayerTable<float> { Activations = [((ActivationFunction.Custom)Cubic.Function).Item] };
        Assert.Equal(network.Digest(), Model.Load(folder["m"], table).Network.Digest());
        Assert.EndsWith(
            "layers[1].function: expected one of relu, leaky-relu[:SLOPE], sigmoid, tanh, gelu, silu, elu[:ALPHA], "
            + "softplus, or one of the custom activations given to Model.Load, in LayerTable.Activations, found "
            + "\"cubic\"",
            Assert.Throws<DataException>(() => Model.Load<float>(folder["m"])).Message, StringComparison.Ordinal);
        Assert.Equal("ONNX has no operator for the layer cubic1 (cubic)", Assert.Throws<ArgumentException>(
            () => OnnxExport.Save(new MemoryStream(), new Model<float>(network))).Message);
    }

    // Two inputs, one network for both, and a loss that no class of ours has: all of it by hand.
    [Fact]
    public void Forward_and_back_by_hand_are_enough_for_two_inputs_and_a_custom_loss()
    {
        var network = Network.Create<double>([3, 5, 2], Activation.Tanh, Initializer.Xavier, seed: 1)
            .WithLoss(Loss.MeanSquaredError);
        var left = Matrix<double>.Build.Dense(3, 4, (i, j) => i - (0.5 * j));
        var right = Matrix<double>.Build.Dense(3, 4, (i, j) => 0.3 * i * j);
        double Distance(Parameters<double> parameters)
        {
            var moved = network.WithParameters(parameters);
            return Loss.MeanSquaredError.Forward(moved.Predict(left), moved.Predict(right)).Item1;
        }
        var (y, backY) = network.Forward(left, default);
        var (z, backZ) = network.Forward(right, default);
        var (loss, dy) = Loss.MeanSquaredError.Forward(y, z);
        var gradient = backY(dy).Item1.Parameters.Map2(backZ(-dy).Item1.Parameters, (a, b) => a + b);
        Assert.Equal(Distance(network.Parameters()), loss, 1e-14);
        GradientCheck.OfFunction(
            v => Distance(network.Parameters().WithVector(v)), _ => gradient.ToVector(),
            network.Parameters().ToVector()).Require();
        Assert.Equal(
            network.LossOf(Batch.Of(left, z)),
            Loss.MeanSquaredError.Forward(y, Batch.Of(left, z).Targets).Item1, 1e-14);
        Assert.Throws<ArgumentException>(() => Loss.MeanSquaredError.Forward(y, left));
    }

    [Fact]
    public void Leaves_are_chosen_changed_and_put_back_by_role_and_name()
    {
        var parameters = Network.Create<double>([3, 5, 2], Activation.Tanh, Initializer.Xavier, seed: 1).Parameters();
        var weights = parameters.Where(leaf => leaf.Role == Role.Weight);
        Assert.Equal(["affine1.weight", "affine2.weight"], weights.Select(leaf => leaf.Name));
        var halved = parameters.With(weights.Map(leaf => leaf.Values / 2));
        Assert.Equal(parameters["affine2.weight"].Values / 2, halved["affine2.weight"].Values);
        Assert.Equal(parameters["affine1.bias"].Values, halved["affine1.bias"].Values);
        // A rate per layer: 0 for the first.
        var moved = parameters.Map2(halved, (leaf, gradient) =>
            leaf.Values - (leaf.Name.StartsWith("affine1", StringComparison.Ordinal) ? 0 : 0.1) * gradient.Values);
        Assert.Equal(parameters["affine1.weight"].Values, moved["affine1.weight"].Values);
        Assert.True((0.95 * parameters["affine2.weight"].Values - moved["affine2.weight"].Values).L2Norm() < 1e-14);
        Assert.Throws<ArgumentException>(() => parameters.Map(leaf => Vector<double>.Build.Dense(1)));
        Assert.Throws<ArgumentException>(() => parameters.Map2(weights, (a, _) => a.Values));
        Assert.Throws<KeyNotFoundException>(() => weights.With(parameters));
        Assert.Throws<ArgumentException>(() => parameters.With(
            Parameters.Of([Parameter.Of("affine1.bias", Role.Bias, Vector<double>.Build.Dense(1))])));
    }
}
