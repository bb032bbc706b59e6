using Functional.Host.Files;

namespace Functional.Host.Data.Digits;

/// <summary>The data set that is embedded in the program: digits that were drawn, not collected.</summary>
internal static class DigitSet
{
    /// <summary>The seed of the embedded set.</summary>
    public const long EmbeddedSeed = 1;

    /// <summary>How many training images the embedded set has.</summary>
    public const int TrainingCount = 10_000;

    /// <summary>How many test images the embedded set has.</summary>
    public const int TestCount = 2_000;

    private const int Classes = 10;
    private const int Block = 100;

    /// <summary>
    /// The set of a seed; without arguments, the embedded one. It is the same on every system and for any number of
    /// cores: image i depends on the seed, the part and i alone, not on the counts. Each hundred images have ten of
    /// every digit, shuffled.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static DataSet Generate(
        long seed = EmbeddedSeed, int trainingCount = TrainingCount, int testCount = TestCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(trainingCount);
        ArgumentOutOfRangeException.ThrowIfNegative(testCount);
        var key = Key.OfSeed(seed);
        return new DataSet(Part(key.Child(0), trainingCount), Part(key.Child(1), testCount));
    }

    private static DataPart Part(Key key, int count)
    {
        var pixels = new byte[count * DigitGenerator.Pixels];
        var labels = new byte[count];
        Parallel.For(0, count, index =>
        {
            var label = Label(key.Child(0), index);
            var image = DigitGenerator.Draw(key.Child(1).Child(index), label);
            image.CopyTo(pixels, index * DigitGenerator.Pixels);
            labels[index] = (byte)label;
        });
        return MnistFolder.Paired(
            new ImageFile(count, DigitGenerator.Side, DigitGenerator.Side, pixels), labels, Classes);
    }

    private static int Label(Key key, int index) =>
        key.Child(index / Block).Permutation(Block)[index % Block] % Classes;
}
