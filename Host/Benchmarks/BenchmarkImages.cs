using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Benchmarks;

/// <summary>The images that benchmarks train on, as bytes.</summary>
/// <param name="Name">mnist or random.</param>
/// <param name="Images">60,000 of 28 x 28 in 10 classes.</param>
internal sealed record BenchmarkImages(string Name, DataPart Images)
{
    /// <summary>The images as networks take them.</summary>
    public Examples Examples { get; } =
        new(Images, new ImageEncoder(Side, Side, ByteScale.Unit), Classification.Numbered(Classes));

    private const int Side = 28;
    private const int Count = 60_000;

    /// <summary>Pixels of an image.</summary>
    public const int Features = Side * Side;

    /// <summary>How many classes there are.</summary>
    public const int Classes = 10;

    /// <summary>MNIST's training images where they are found, else random bytes: a step takes as long with
    /// them.</summary>
    /// <exception cref="DataException">Something is wrong with the files of MNIST.</exception>
    public static BenchmarkImages Load() =>
        IsThere(DataFolder.Of(Sources.Mnist.Name))
            ? new BenchmarkImages("mnist", DataSets.Load(Sources.Mnist.Name).Training)
            : new BenchmarkImages("random", Random());

    // An interrupted download may leave a folder without them.
    private static bool IsThere(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "train-*").Any();

    private static DataPart Random()
    {
        var bytes = new Random(1);
        var (pixels, labels) = (new byte[Count * Features], new byte[Count]);
        bytes.NextBytes(pixels);
        bytes.NextBytes(labels);
        return MnistFolder.Paired(
            new ImageFile(Count, Side, Side, pixels), Array.ConvertAll(labels, label => (byte)(label % Classes)),
            Classes);
    }
}
