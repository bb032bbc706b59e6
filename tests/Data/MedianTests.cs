using Functional.Host.Data;

namespace Functional.Tests.Data;

/// <summary>The median that fills gaps, of columns so long that only a part of them is selected from.</summary>
public class MedianTests
{
    private const int Count = 100_003;

    public static TheoryData<string, Func<int, double>> Columns => new()
    {
        { "in no order", row => unchecked((row + 1) * 2654435761u) / 4294967296.0 },
        { "sorted", row => row },
        // What is looked at of it first is 0, but the median is not.
        { "periodic", row => row % 10 == 9 ? 0 : 1 + (row % 10) },
        { "two values", row => row % 2 },
        { "one value", _ => 0.5 },
        { "far apart", row => row % 3 == 0 ? -1e300 : 1e300 },
    };

    [Theory, MemberData(nameof(Columns))]
    public void A_gap_is_filled_with_the_median_of_the_training_rows(string name, Func<int, double> value)
    {
        double[] numbers = [.. Enumerable.Range(0, Count).Select(value)];
        Assert.NotEmpty(name);
        foreach (var count in new[] { Count, Count - 1, 20_001, 10_001, 10_000, 2, 1 })
        {
            int[] training = [.. Enumerable.Range(0, count)];
            double[] sorted = [.. numbers[..count].Order()];
            var (encoding, _) = ColumnEncoding.Learn(new NumberColumn("x", numbers), training, DataScale.Standard);
            Assert.Equal(
                (sorted[(count - 1) / 2] / 2) + (sorted[count / 2] / 2), Assert.IsType<NumberEncoding>(encoding).Fill);
        }
    }
}
