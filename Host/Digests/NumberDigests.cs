using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Digests;

/// <summary>Products, elementary functions and random numbers.</summary>
internal static class NumberDigests
{
    // A prime, so that all exponents and many last digits are met.
    private const uint Stride = 4_099;
    private const int Chunk = 1 << 20;

    // Beside whole vectors there are edges in each direction; the last one is shared by threads.
    private static readonly (int Rows, int Inner, int Columns)[] Sizes =
        [(1, 1, 1), (3, 5, 2), (17, 33, 19), (50, 100, 28), (131, 67, 257)];

    /// <summary>What they are.</summary>
    public static IReadOnlyList<DigestEntry> Entries { get; } =
    [
        new("product/float32", Products<float>), new("product/float64", Products<double>),
        new("convolution/float32", Convolutions<float>), new("convolution/float64", Convolutions<double>),
        new("by-channel/float32", ByChannel<float>), new("by-channel/float64", ByChannel<double>),
        .. from f in Functions<float>()
           select new DigestEntry($"elementary/{f.Name}/float32", hash => hash.Add(f.Of(EveryFloat(Stride)))),
        .. from f in Functions<double>()
           select new DigestEntry($"elementary/{f.Name}/float64", hash => hash.Add(f.Of(Doubles()))),
        Scalar("log", Elementary.Log, key => key.Uniforms(5_000)),
        Scalar("exp", Elementary.Exp, key => [.. key.Normals(5_000).Select(x => 100 * x)]),
        Scalar("sin", Elementary.Sin, key => [.. key.Normals(5_000).Select(x => 1_000 * x)]),
        Scalar("cos", Elementary.Cos, key => [.. key.Normals(5_000).Select(x => 1_000 * x)]),
        Scalar("normal-quantile", Elementary.NormalQuantile, key => key.Uniforms(5_000)),
        new("random/uniforms", hash => hash.Add(Key.OfSeed(1).Uniforms(1_001))),
        new("random/normals", hash => hash.Add(Key.OfSeed(2).Normals(1_001))),
        new("random/integers", hash => hash.Add(Key.OfSeed(3).Integers(1_001, 1_000_003).Select(n => (double)n))),
        new("random/distinct", hash => hash.Add(Key.OfSeed(4).Distinct(301, 1_000).Select(n => (double)n))),
        new("random/permutation", hash => hash.Add(Key.OfSeed(5).Permutation(1_001).Select(n => (double)n))),
        new("random/children", hash => hash.Add(string.Join(' ', Key.OfSeed(-6).Split(101)))),
    ];

    /// <summary>The same functions of every float32, in the order of their bits: 4.3 billion each, so minutes. And of
    /// each 61st, 70 million, for machines where that is too long.</summary>
    public static IReadOnlyList<DigestEntry> OfEveryFloat { get; } =
        [.. OfFloats("every-61st-float32", 61), .. OfFloats("every-float32", 1)];

    private static IEnumerable<DigestEntry> OfFloats(string name, uint stride) =>
        from f in Functions<float>()
        where f.Name is "exp" or "log" or "tanh" or "sigmoid" or "softplus" or "gelu"
        select new DigestEntry($"{name}/{f.Name}", hash =>
        {
            var count = (uint.MaxValue / stride) + 1L;
            for (var first = 0L; first < count; first += Chunk)
                hash.Add(f.Of(Floats((uint)(first * stride), stride, (int)Math.Min(Chunk, count - first))));
        });

    /// <summary>Functions of an array's elements, that are computed a vector at a time.</summary>
    public static IEnumerable<(string Name, Func<T[], T[]> Of)> Functions<T>()
        where T : unmanaged, IFloatingPointIeee754<T> =>
    [
        ("exp", Elementary.Exp), ("log", Elementary.Log),
        .. from activation in Activation.BuiltIn
           select (activation.Name, (Func<T[], T[]>)(x => Activated(activation, x))),
    ];

    /// <summary>Every float32 whose bits are a multiple of the stride.</summary>
    public static float[] EveryFloat(uint stride) => Floats(0, stride, (int)(uint.MaxValue / stride) + 1);

    /// <summary>As many floats as asked for: the first's bits, and those each a stride further.</summary>
    public static float[] Floats(uint first, uint stride, int count)
    {
        var floats = new float[count];
        for (var i = 0; i < count; i++)
            floats[i] = BitConverter.UInt32BitsToSingle(first + ((uint)i * stride));
        return floats;
    }

    private static double[] Doubles() =>
    [
        0, -0.0, double.PositiveInfinity, double.NegativeInfinity, double.NaN, double.Epsilon, double.MaxValue,
        .. Key.OfSeed(7).Uniforms(8_000).Select((u, i) => (i % 2 == 0 ? 1 : -1) * Math.ScaleB(1 + u, (i % 60) - 45)),
    ];

    // The function alone: a network would need an affine layer beside it.
    private static T[] Activated<T>(Activation activation, T[] x) where T : unmanaged, IFloatingPointIeee754<T> =>
        FSharp.Activation.predict(activation, Matrix<T>.Build.Dense(1, x.Length, x)).ToColumnMajorArray();

    private static DigestEntry Scalar(string name, Func<double, double> of, Func<Key, double[]> arguments) =>
        new($"elementary/{name}/scalar", hash => hash.Add(arguments(Key.OfSeed(8)).Select(of)));

    private static void Products<T>(ContentHash hash) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var (rows, inner, columns) in Sizes)
            hash.Add(Functional.Products.Product(Draw<T>(rows, inner, 1), Draw<T>(inner, columns, 2)))
                .Add(Functional.Products.TransposeThisProduct(Draw<T>(inner, rows, 3), Draw<T>(inner, columns, 4)))
                .Add(Functional.Products.ProductWithTranspose(Draw<T>(rows, inner, 5), Draw<T>(columns, inner, 6)));
    }

    private static void Convolutions<T>(ContentHash hash) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var shape in Shapes)
        {
            ILayer<T>[] layers =
            [
                Layer.Convolution<T>(shape, Initializer.He, Key.OfSeed(1)),
                Layer.Of<T>(Pooling.Max(shape.Output, 2, 1)), Layer.Of<T>(Pooling.GlobalAverage(shape.Input)),
            ];
            foreach (var layer in layers)
            {
                var (y, pullback) = layer.Forward(Draw<T>(layer.Inputs, 5, 2), Key.OfSeed(3));
                var (gradient, dx) = pullback(Draw<T>(layer.Outputs, 5, 4));
                hash.Add(y).Add(dx.Value);
                foreach (var leaf in gradient)
                    hash.Add(leaf.Values);
            }
        }
    }

    private static void ByChannel<T>(ContentHash hash) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var image = ImageShape.Of(5, 7, 9);
        foreach (var layer in (ILayer<T>[])[Layer.ChannelBatchNorm<T>(image), Layer.ChannelDropout<T>(image, 0.3)])
        {
            var (y, pullback) = layer.Forward(Draw<T>(layer.Inputs, 6, 2), Key.OfSeed(3));
            var (gradient, dx) = pullback(Draw<T>(layer.Outputs, 6, 4));
            hash.Add(y).Add(dx.Value);
            foreach (var leaf in gradient)
                hash.Add(leaf.Values);
        }
    }

    private static ConvolutionShape[] Shapes { get; } =
    [
        ConvolutionShape.Of(ImageShape.Of(1, 28, 28), 30, 5),
        ConvolutionShape.Of(ImageShape.Of(6, 11, 19), 9, 3, stride: 2, padding: 1, dilation: 2, groups: 3),
        ConvolutionShape.Of(ImageShape.Of(8, 4, 3), 8, 3, padding: 2, groups: 8),
    ];

    /// <summary>A matrix of normal numbers.</summary>
    public static Matrix<T> Draw<T>(int rows, int columns, long seed)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        Matrix<T>.Build.Dense(
            rows, columns, Array.ConvertAll(Key.OfSeed(seed).Normals(rows * columns), T.CreateChecked));
}
