using Functional.Host.Data;
using Xunit;

namespace Functional.Tests.Data;

public class SplitsTests
{
    private static int[] Permutation(int count, int seed)
    {
        var order = Enumerable.Range(0, count).ToArray();
        new Random(seed).Shuffle(order);
        return order;
    }

    [Fact]
    public void The_first_samples_of_the_order_are_for_validation()
    {
        var split = Split.ByCount([3, 0, 4, 1, 2], 2);
        Assert.Equal([3, 0], split.Validation);
        Assert.Equal([4, 1, 2], split.Training);
        Assert.Equal([3, 0], Split.ByFraction([3, 0, 4, 1, 2], 0.3).Validation);
    }

    [Fact]
    public void Every_split_is_a_partition()
    {
        for (var count = 2; count <= 20; count++)
            for (var validation = 1; validation < count; validation++)
            {
                var split = Split.ByCount(Permutation(count, seed: count), validation);
                Assert.Equal(validation, split.Validation.Length);
                Assert.Equal(Enumerable.Range(0, count), split.Training.Concat(split.Validation).Order());
            }
    }

    [Fact]
    public void A_fraction_is_rounded_to_the_nearest_count()
    {
        Assert.Equal(29, Split.ByFraction(Permutation(100, seed: 1), 0.29).Validation.Length);
        Assert.Equal(12_000, Split.ByFraction(Permutation(60_000, seed: 1), 0.2).Validation.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(-0.2)]
    [InlineData(20)]
    [InlineData(double.NaN)]
    public void A_fraction_out_of_range_is_refused(double fraction) =>
        Assert.StartsWith(
            $"the validation fraction must be above 0 and below 1, but is {fraction}",
            Assert.Throws<ArgumentOutOfRangeException>(() => Split.ByFraction([0, 1, 2], fraction)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(0.1, "of 3 samples, 0 for validation leave 3 for training: both parts need at least 1")]
    [InlineData(0.9, "of 3 samples, 3 for validation leave 0 for training: both parts need at least 1")]
    public void An_empty_part_is_refused(double fraction, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<ArgumentException>(() => Split.ByFraction([0, 1, 2], fraction)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData(1, "sample 1 is there twice")]
    [InlineData(-1, "-1 is the index of no sample")]
    [InlineData(int.MaxValue, "2147483647 is the index of no sample")]
    public void What_is_not_an_order_is_refused(int index, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Split.ByCount([0, 1, index], 1)).Message,
            StringComparison.Ordinal);
}
