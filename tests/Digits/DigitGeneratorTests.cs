using Functional.Host.Data.Digits;
using Xunit;

namespace Functional.Tests.Digits;

public class DigitGeneratorTests
{
    public static TheoryData<int> Labels => [.. Enumerable.Range(0, 10)];

    private static IEnumerable<byte[]> Drawn(int label, int count) =>
        Enumerable.Range(0, count).Select(i => DigitGenerator.Draw(Key.OfSeed(7).Child(i), label));

    [Theory]
    [MemberData(nameof(Labels))]
    public void The_same_key_draws_the_same_image(int label) => Assert.Equal(Drawn(label, 5), Drawn(label, 5));

    [Theory]
    [MemberData(nameof(Labels))]
    public void No_two_images_of_a_digit_are_close_to_each_other(int label)
    {
        var images = Drawn(label, 60).ToArray();
        for (var i = 0; i < images.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                Assert.True(Distance(images[i], images[j]) > 0.15, $"images {j} and {i} look stamped");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void There_is_ink_and_all_of_it_is_inside_the_margins(int label)
    {
        foreach (var image in Drawn(label, 100))
        {
            Assert.InRange(image.Max(), 180, 255);
            Assert.InRange(image.Count(pixel => pixel > 128), 15, 300);
            Assert.All(image.Index(), pixel =>
            {
                var (row, column) = (pixel.Index / DigitGenerator.Side, pixel.Index % DigitGenerator.Side);
                var toEdge = Math.Min(
                    Math.Min(row, column), DigitGenerator.Side - 1 - Math.Max(row, column));
                if (toEdge < DigitGenerator.Margin) Assert.Equal(0, pixel.Item);
            });
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(10)]
    public void Only_digits_can_be_drawn(int label) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DigitGenerator.Draw(Key.OfSeed(0), label));

    /// <summary>The norm of the difference in parts of the geometric mean of both norms.</summary>
    private static double Distance(byte[] a, byte[] b) =>
        Math.Sqrt(a.Zip(b, (x, y) => (x - y) * (x - y)).Sum() / Math.Sqrt((double)Square(a) * Square(b)));

    private static int Square(byte[] image) => image.Sum(x => x * x);
}
