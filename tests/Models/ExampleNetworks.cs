using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Models;

/// <summary>A factor per feature, up to a limit: a layer of a user's own.</summary>
public sealed class LimitedScale<T>(Vector<T> factors, double limit) : ILayer<T>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    public string Name => "scale";

    public string Description => FormattableString.Invariant($"scale {factors.Count} (limit {limit})");

    public int Inputs => factors.Count;

    public int Outputs => factors.Count;

    public IReadOnlyList<string> Faults => [];

    public IReadOnlyList<Parameter<T>> Parameters => [Parameter.Of("factors", Role.Scale, factors)];

    public ILayer<T> WithParameters(IReadOnlyList<Parameter<T>> parameters) =>
        new LimitedScale<T>(parameters[0].Values, limit);

    public Matrix<T> Predict(Matrix<T> x) =>
        x.MapIndexed((i, _, value) => T.Min(factors[i] * value, T.CreateChecked(limit)));

    public (Matrix<T>, Func<Matrix<T>, (IReadOnlyList<Parameter<T>>, Lazy<Matrix<T>>)>) Forward(Matrix<T> x, Key key) =>
        throw new NotSupportedException();
}

/// <summary>Networks with every kind of layer.</summary>
public static class ExampleNetworks
{
    public static readonly Activation[] Activations =
    [
        .. Activation.BuiltIn.Select((one, i) => one.NumberName == "" ? one : one.WithNumber(0.02 + 0.1 * i)),
    ];

    /// <summary>All the house's kinds, with parameters and statistics that are not their first ones.</summary>
    public static Network<T> OfEveryKind<T>(long seed = 1) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var network = Network.Of(
        [
            .. Activations.SelectMany((activation, i) => (ILayer<T>[])
            [
                Affine<T>(i == 0 ? 7 : 5, 5),
                i % 2 == 0 ? Layer.BatchNorm<T>(5, 0.8, 1e-4) : Layer.LayerNorm<T>(5, 1e-3),
                Layer.Of<T>(activation),
                Layer.Dropout<T>(0.1 + 0.1 * (i % 2), i % 2 == 0 ? DropoutForm.Book : DropoutForm.Inverted),
            ]),
            Layer.Residual(
                Affine<T>(5, 4), Layer.Of<T>(Activation.Tanh),
                Layer.Parallel(
                    Join.Concatenate, Layer.RmsNorm<T>(4, 1e-4), Affine<T>(4, 2), Layer.Chain(
                        Layer.BatchNorm<T>(4), Layer.Of<T>(Activation.Relu))),
                Affine<T>(10, 5)),
            Layer.Parallel(Join.Sum, Affine<T>(5, 5), Layer.Chain(Affine<T>(5, 2), Affine<T>(2, 5)), Layer.Chain<T>()),
            Layer.Tied(
                [Tie.Of("affine1.weight", "affine2.weight", transposed: true)],
                Affine<T>(5, 2), Layer.Of<T>(Activation.Gelu), Affine<T>(2, 5)),
            .. Layer.BuiltIn<T>(5),
            Affine<T>(5, Image.Size), .. OnImages<T>(), Affine<T>(4, 3),
        ], Loss.SoftmaxCrossEntropy(0.05)).WithPenalty(Penalty.ElasticNet(1e-5, 1e-4));
        return Stirred(network, seed);
    }

    private static readonly ImageShape Image = ImageShape.Of(2, 7, 6);

    // From 2 x 7 x 6 by 4 x 4 x 3 and 4 x 3 x 2 to 4 x 1 x 1.
    private static ILayer<T>[] OnImages<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var filters = ConvolutionShape.Of(Image, 4, 3, stride: 2, padding: 1, groups: 2);
        var maxima = Pooling.Max(filters.Output, 2, 1);
        return
        [
            Layer.Convolution<T>(filters, Initializer.He, Key.OfSeed(9)),
            Layer.ChannelBatchNorm<T>(filters.Output, 0.8, 1e-4),
            Layer.ChannelDropout<T>(filters.Output, 0.2, DropoutForm.Book), Layer.Of<T>(maxima),
            Layer.Of<T>(Pooling.GlobalAverage(maxima.Output)),
        ];
    }

    /// <summary>A network with a layer of a user's own.</summary>
    public static Network<T> WithCustomLayers<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Stirred(Network.Of(
    [
        Affine<T>(4, 3), new LimitedScale<T>(Vector<T>.Build.Dense(3, T.One), 1.5),
        Layer.Of<T>(Activation.Relu), Affine<T>(3, 2),
        new LimitedScale<T>(Vector<T>.Build.Dense(2, T.One), 9),
    ]), 3);

    /// <summary>Samples for a network, a column each.</summary>
    public static Matrix<T> Samples<T>(Network<T> network, int count = 6) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T> =>
        Matrix<T>.Build.Dense(network.Inputs, count, Numbers<T>(network.Inputs * count, 99));

    /// <summary>The same network with other numbers; statistics are positive, as variances are.</summary>
    public static Network<T> Stirred<T>(Network<T> network, long seed) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T>
    {
        var (parameters, statistics) = (network.Parameters(), network.Statistics());
        return network
            .WithParameters(parameters.WithVector(Vector<T>.Build.Dense(Numbers<T>(parameters.Length, seed))))
            .WithStatistics(statistics.WithVector(Vector<T>.Build.Dense(
                Array.ConvertAll(Numbers<T>(statistics.Length, seed + 1), number =>
                    number * number + T.CreateChecked(0.1)))));
    }

    private static ILayer<T> Affine<T>(int inputs, int outputs) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T> =>
        Layer.Affine(Matrix<T>.Build.Dense(outputs, inputs), Vector<T>.Build.Dense(outputs));

    private static T[] Numbers<T>(int count, long seed) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Array.ConvertAll(Key.OfSeed(seed).Normals(count), number => T.CreateChecked(number));
}
