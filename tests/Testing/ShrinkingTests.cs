using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Files;
using Functional.Testing;
using Functional.Tests.Formats;

namespace Functional.Tests.Testing;

/// <summary>Counterexamples are the simplest of their kind, whatever the kind.</summary>
public class ShrinkingTests
{
    // Follows a shrinker as FsCheck does, to where nothing simpler fails.
    private static T Smallest<T>(T found, Func<T, IEnumerable<T>> simpler, Func<T, bool> fails)
    {
        while (simpler(found).Where(fails).Take(1).ToArray() is [var next])
            found = next;
        return found;
    }

    private static T Smallest<T>(T found, Arbitrary<T> arbitrary, Func<T, bool> fails) =>
        Smallest(found, arbitrary.Shrinker, fails);

    [Fact]
    public void Kinds_shrink_to_the_simplest_that_fails()
    {
        Assert.Equal(Activation.Relu, Smallest(Activation.Gelu, Arbitraries.Activation(), _ => true));
        Assert.Equal(Activation.Sigmoid, Smallest(
            Activation.Elu(0.3), Arbitraries.Activation(), one =>
                !one.Equals(Activation.Relu) && !one.Function.IsLeakyRelu));
        Assert.Equal(Activation.Elu(1.0),
            Smallest(Activation.Elu(0.3), Arbitraries.Activation(), one => one.Function.IsElu));
        Assert.Equal(Loss.BinaryCrossEntropy, Smallest(
            Loss.SoftmaxCrossEntropy(0.2), Arbitraries.Loss(), one =>
                !one.Equals(Loss.MeanSquaredError) && !one.Function.IsHuber));
        Assert.Equal(Penalty.L2(0.3),
            Smallest(Penalty.ElasticNet(0.1, 0.3), Arbitraries.Penalty(), one => one.L2Rate > 0));
    }

    [Fact]
    public void Activations_losses_and_penalties_of_networks_shrink_too()
    {
        var network = Network.Of(
            [
                Layer.Affine(Matrix(2, 3), Vector(2)), Layer.Of<double>(Activation.Gelu), Layer.Dropout<double>(0.5),
                Layer.Affine(Matrix(2, 2), Vector(2)),
            ],
            Loss.SoftmaxCrossEntropy(0.2));
        bool HasActivation(Network<double> one) => one.Layers.Any(layer => layer is ActivationLayer<double>);
        var smallest = Smallest(network, Arbitraries.Network(), HasActivation);
        Assert.Contains("relu", smallest.ToString(), StringComparison.Ordinal);
        Assert.Equal((1, 1, Loss.MeanSquaredError), (smallest.Inputs, smallest.Outputs, smallest.Loss));
    }

    [Fact]
    public void Files_shrink_to_the_part_that_fails()
    {
        Tensor[] tensors = [Tensor.Of<double>("a", [2, 2], [1, 2, 3, 4]), Tensor.Of<float>("b", [1], [5])];
        var smallest = Smallest(tensors, Simpler.Tensors, some => some.Any(tensor => tensor.Name == "b"));
        Assert.Equal(("b", TensorType.U8, 1), (Assert.Single(smallest).Name, smallest[0].Type, smallest[0].Count));
        var damage = Smallest(new Damage(1_000_000, 0b1010, 77), Simpler.Damages, one => one.Place > 100);
        Assert.Equal((122, (byte)0b10, 0), (damage.Place, damage.Difference, damage.Cut));
        var pair = Smallest((tensors, true), both =>
            Simpler.Each(both, Simpler.Tensors, Simpler.Choices), both => both.Item2);
        Assert.Empty(pair.tensors);
    }

    private static MathNet.Numerics.LinearAlgebra.Matrix<double> Matrix(int rows, int columns) =>
        MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(rows, columns, 0.5);

    private static MathNet.Numerics.LinearAlgebra.Vector<double> Vector(int count) =>
        MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(count, 0.5);
}
