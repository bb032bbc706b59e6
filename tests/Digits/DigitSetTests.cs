using System.Security.Cryptography;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Data.Digits;
using Xunit;

namespace Functional.Tests.Digits;

public class DigitSetTests
{
    private static readonly Lazy<DataSet> Whole = new(() => DigitSet.Generate());

    /// <summary>Of the uncompressed files, as data/digits/README.md has them.</summary>
    [Fact]
    public void The_generated_files_have_the_published_digests()
    {
        var set = Whole.Value;
        Assert.Equal("cdef1b36a3d922c9b8bd5e712b371cf0c7076927a84e394ac121b21a37a37537", ImageDigest(set.Training));
        Assert.Equal("7cad9f5d0af0629350e090c4dfb5ef12c9332d5d9aff4d11bcce603aee8313cd", LabelDigest(set.Training));
        Assert.Equal("5021237ff30ae3cc1e5ff79eda826cb9a389a6c39e90500e9dc1a02c9c70f3cf", ImageDigest(set.Test));
        Assert.Equal("7c22863b5f228b9e0720f3a9706a50e76e989a6380b9a369283101de8f2aa5b4", LabelDigest(set.Test));
    }

    [Fact]
    public void The_embedded_set_is_the_generated_one()
    {
        var embedded = DataSets.Load("digits");
        AssertSame(embedded.Training, Whole.Value.Training);
        AssertSame(embedded.Test, Whole.Value.Test);
    }

    [Fact]
    public void An_image_does_not_depend_on_the_others()
    {
        var part = DigitSet.Generate(trainingCount: 250, testCount: 30);
        Assert.Equal(Whole.Value.Training.Classes.Labels[..250], part.Training.Classes.Labels);
        Assert.Equal(Whole.Value.Training.Images.Pixels[..(250 * DigitGenerator.Pixels)], part.Training.Images.Pixels);
        Assert.Equal(Whole.Value.Test.Classes.Labels[..30], part.Test.Classes.Labels);
        Assert.Equal(Whole.Value.Test.Images.Pixels[..(30 * DigitGenerator.Pixels)], part.Test.Images.Pixels);
    }

    [Fact]
    public void All_images_of_both_parts_are_different()
    {
        var set = Whole.Value;
        var digests = set.Training.Images.Pixels.Chunk(DigitGenerator.Pixels)
            .Concat(set.Test.Images.Pixels.Chunk(DigitGenerator.Pixels))
            .Select(image => Convert.ToHexStringLower(SHA256.HashData(image)));
        Assert.Equal(DigitSet.TrainingCount + DigitSet.TestCount, digests.Distinct().Count());
    }

    [Fact]
    public void Every_hundred_images_have_ten_of_each_digit_in_their_own_order()
    {
        var set = Whole.Value;
        var blocks = set.Training.Classes.Labels.Chunk(100).Concat(set.Test.Classes.Labels.Chunk(100)).ToArray();
        Assert.All(blocks, block => Assert.All(block.CountBy(label => label), pair => Assert.Equal(10, pair.Value)));
        Assert.Equal(blocks.Length, blocks.Select(block => string.Join(',', block)).Distinct().Count());
    }

    [Fact]
    public void Another_seed_gives_other_images()
    {
        var other = DigitSet.Generate(seed: 2, trainingCount: 100, testCount: 100);
        Assert.NotEqual(Whole.Value.Training.Classes.Labels[..100], other.Training.Classes.Labels);
        Assert.NotEqual(other.Training.Images.Pixels, other.Test.Images.Pixels);
        Assert.NotEqual(
            Whole.Value.Training.Images.Pixels[..other.Training.Images.Pixels.Length], other.Training.Images.Pixels);
    }

    [Fact]
    public void Counts_may_be_zero_but_not_negative()
    {
        Assert.Equal(0, DigitSet.Generate(trainingCount: 0, testCount: 0).Test.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitSet.Generate(trainingCount: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitSet.Generate(testCount: -1));
    }

    private static void AssertSame(DataPart expected, DataPart actual)
    {
        Assert.Equal(
            (expected.Images.Shape, expected.Classes.Classification),
            (actual.Images.Shape, actual.Classes.Classification));
        Assert.Equal(expected.Classes.Labels, actual.Classes.Labels);
        Assert.Equal(expected.Images.Pixels, actual.Images.Pixels);
    }

    private static string ImageDigest(DataPart part) => Digest(stream =>
        Idx.WriteImages(stream, new ImageFile(
            part.Count, part.Images.Height, part.Images.Width, part.Images.Pixels)));

    private static string LabelDigest(DataPart part) => Digest(stream => Idx.WriteLabels(
        stream, Array.ConvertAll(part.Classes.Labels, label => (byte)label)));

    private static string Digest(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return Convert.ToHexStringLower(SHA256.HashData(stream.ToArray()));
    }
}
