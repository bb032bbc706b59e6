using MathNet.Numerics.LinearAlgebra;
using Pullback = System.Func<MathNet.Numerics.LinearAlgebra.Matrix<float>,
    (System.Collections.Generic.IReadOnlyList<Functional.Parameter<float>>,
    System.Lazy<MathNet.Numerics.LinearAlgebra.Matrix<float>>)>;

namespace Functional.Tests.Face;

/// <summary>What is wrong with layers is reported with the layer's place, also inside other layers.</summary>
public class LayerFaultTests
{
    /// <summary>The identity, as right or wrong as a test needs it.</summary>
    private sealed class Stub : ILayer<float>
    {
        public string Name { get; init; } = "stub";

        public string Description { get; init; } = "stub";

        public int Inputs => 0;

        public int Outputs => 0;

        public IReadOnlyList<string> Faults { get; init; } = [];

        public IReadOnlyList<Parameter<float>> Parameters { get; init; } = [];

        public Func<Matrix<float>, Matrix<float>?> Output { get; init; } = x => x;

        public Func<Matrix<float>, Pullback?> Pullback { get; init; } = _ => dy => ([], new(dy));

        public ILayer<float> WithParameters(IReadOnlyList<Parameter<float>> parameters) => this;

        public Matrix<float> Predict(Matrix<float> x) => Output(x)!;

        public (Matrix<float>, Pullback) Forward(Matrix<float> x, Key key) => (Output(x)!, Pullback(x)!);
    }

    private static readonly Matrix<float> X = Matrix<float>.Build.Dense(3, 5, (i, j) => i - j);

    private static ILayer<float> Affine() =>
        Layer.Affine(Matrix<float>.Build.Dense(3, 3), Vector<float>.Build.Dense(3));

    private static void Refused(string expected, Func<object?> act) => Assert.Contains(
        expected, Assert.ThrowsAny<ArgumentException>(act).Message, StringComparison.Ordinal);

    [Fact]
    public void Null_inside_an_argument_is_reported_with_its_place()
    {
        var relu = Layer.Of<float>(Activation.Relu);
        Refused("layer 2 is null", () => Layer.Chain(relu, null!));
        Refused("layer 1 is null", () => Layer.Residual<float>([null!]));
        Refused("layer 2 is null", () => Layer.Parallel(Join.Sum, relu, null!));
        Refused("layer 1 is null", () => Layer.Tied([], [null!, relu]));
        Refused("tie 1 is null", () => Layer.Tied([null!], Affine()));
        Refused("layer 2 is null", () => Network.Of([Affine(), null!]));
        Refused("layer 1 is null", () => Network.Of<float>([null!], Loss.MeanSquaredError));
        Refused("layer 1 is null", () => Network.Adopt<float>([null!], Loss.MeanSquaredError));
        Refused("layer 2 is null", () =>
            Network.Create<float>([3, 3, 3], _ => [null!], Initializer.He, seed: 1));
        Refused("as the layers after 3 outputs", () =>
            Network.Create<float>([3, 3, 3], _ => null!, Initializer.He, seed: 1));
        foreach (var make in (Func<ILayer<float>, object>[])
                 [stub => Network.Of([Affine(), stub]), stub => Layer.Chain(Affine(), stub)])
        {
            Refused("the faults of layer 2 (stub) are null", () => make(new Stub { Faults = null! }));
            Refused("the parameters of layer 2 (stub) are null", () => make(new Stub { Parameters = null! }));
            Refused("a parameter of layer 2 (stub) is null", () => make(new Stub { Parameters = [null!] }));
            Refused("the description of layer 2 (stub) is null", () => make(new Stub { Description = null! }));
        }
    }

    [Fact]
    public void Null_that_a_layer_returns_is_reported_with_its_name()
    {
        foreach (var around in (Func<ILayer<float>, ILayer<float>>[])
                 [stub => stub, stub => Layer.Residual(stub), stub => Layer.Parallel(Join.Sum, stub)])
        {
            var network = Network.Of([Affine(), around(new Stub { Output = _ => null })]);
            Refused("stub1 gives no y", () => network.Predict(X));
            Refused("stub1 gives no y", () => network.Forward(X, Key.OfSeed(1)));
            void Back(string expected, Pullback? pullback) => Refused(expected, () =>
                Network.Of([Affine(), around(new Stub { Pullback = _ => pullback })])
                    .Gradient(Batch.Of(X, [0, 1, 2, 0, 1]), Key.OfSeed(1)));
            Back("stub1 gives no pullback", null);
            Back("stub1 gives no gradient", dy => (null!, new(dy)));
            Back("stub1 gives no leaf of a gradient", dy => ([null!], new(dy)));
            Back("stub1 gives no dL/dx", _ => ([], null!));
        }
        foreach (var layer in (ILayer<float>[])
                 [Layer.Chain<float>(), Layer.Residual<float>(), Layer.Parallel(Join.Sum, Affine()),
                     Layer.Tied([], Affine())])
        {
            Assert.Equal("x", Assert.Throws<ArgumentNullException>(() => layer.Predict(null!)).ParamName);
            Assert.Equal("x", Assert.Throws<ArgumentNullException>(() => layer.Forward(null!, default)).ParamName);
        }
    }

    [Fact]
    public void A_value_that_an_enumeration_lacks_is_refused()
    {
        Refused("there is no join 7", () => Network.Of([Layer.Parallel((Join)7, Affine(), Affine())]));
        Refused("there is no form 7", () => Network.Of([Affine(), Layer.Dropout<float>(0.5, (DropoutForm)7)]));
        var he = Initializer.He;
        Refused("there is no distribution 7", () => Network.Create(
            [3, 3], Activation.Relu, new Initializer((Distribution)7, he.Value, he.Fan)));
        Refused("there is no fan 7", () => Network.Create(
            [3, 3], Activation.Relu, new Initializer(he.Distribution, he.Value, (Fan)7)));
    }

    // With 'a1', the first is named as the eleventh 'a' is; and leaves of 'a.b' could have the names of leaves of 'a'.
    [Theory]
    [InlineData("a1")]
    [InlineData("a.b")]
    [InlineData(".")]
    [InlineData("scale9")]
    public void A_name_that_makes_paths_ambiguous_is_refused(string name)
    {
        var expected = $"its name, '{name}', must have no dot and end with no digit";
        Refused(expected, () => Network.Of([Affine(), new Stub { Name = name }]));
        Refused(expected, () => Network.Of([Affine(), Layer.Chain(new Stub { Name = name })]));
        Assert.Equal("a1b1", Network.Of([Affine(), new Stub { Name = "a1b" }]).Names[1]);
    }
}
