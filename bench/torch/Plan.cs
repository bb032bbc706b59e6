namespace Functional.Benchmarks.Torch;

/// <summary>What a layer does to a sample.</summary>
internal enum Kind
{
    /// <summary>A convolution, and ReLU.</summary>
    Convolution,

    /// <summary>The largest of each 2 x 2.</summary>
    Pooling,

    /// <summary>A fully connected layer.</summary>
    Affine,

    /// <summary>A fully connected layer, and ReLU.</summary>
    AffineRelu,

    /// <summary>Half of all units, in training.</summary>
    Dropout,
}

/// <summary>A layer: its outputs, and of a convolution the size of its filters and the rows of zeros around.</summary>
internal readonly record struct Part(Kind Kind, int Outputs = 0, int Kernel = 0, int Padding = 0);

/// <summary>A network on images of 28 x 28 and the samples of a step, as <c>functional bench</c> has them; trained with
/// Adam or, if it is plain, with gradient descent.</summary>
internal sealed record Plan(string Name, int Batch, Part[] Parts, bool IsPlain = false)
{
    private static readonly Part Pool = new(Kind.Pooling), Half = new(Kind.Dropout);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Plan> All { get; } =
    [
        new("two-layer-sgd", 100, Affine(50), IsPlain: true),
        new("two-layer-adam", 100, Affine(50)),
        new("deep-sgd", 128, Affine(100, 100, 100, 100), IsPlain: true),
        new("deep-adam", 128, Affine(100, 100, 100, 100)),
        new("wide-adam", 256, Affine(1024, 1024)),
        new("simple-conv", 100, [Conv(30, 5), Pool, Hidden(100), new Part(Kind.Affine, 10)]),
        new("deep-conv", 100,
        [
            Conv(16, 3, 1), Conv(16, 3, 1), Pool, Conv(32, 3, 1), Conv(32, 3, 2), Pool, Conv(64, 3, 1), Conv(64, 3, 1),
            Pool, Hidden(50), Half, new Part(Kind.Affine, 10), Half,
        ]),
        new("lenet", 128,
            [Conv(6, 5, 2), Pool, Conv(16, 5), Pool, Hidden(120), Hidden(84), new Part(Kind.Affine, 10)]),
    ];

    /// <summary>The shapes of the weights, each outputs first.</summary>
    public IEnumerable<long[]> Weights()
    {
        var (channels, side) = (1, 28);
        foreach (var part in Parts)
        {
            switch (part.Kind)
            {
                case Kind.Convolution:
                    yield return [part.Outputs, channels, part.Kernel, part.Kernel];
                    (channels, side) = (part.Outputs, side + 2 * part.Padding - part.Kernel + 1);
                    break;
                case Kind.Pooling:
                    side /= 2;
                    break;
                case Kind.Affine or Kind.AffineRelu:
                    yield return [part.Outputs, channels * side * side];
                    (channels, side) = (part.Outputs, 1);
                    break;
            }
        }
    }

    private static Part Conv(int filters, int kernel, int padding = 0) =>
        new(Kind.Convolution, filters, kernel, padding);

    private static Part[] Affine(params int[] hidden) => [.. hidden.Select(Hidden), new Part(Kind.Affine, 10)];

    private static Part Hidden(int units) => new(Kind.AffineRelu, units);
}
