using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

public class TicksTests
{
    [Theory]
    [InlineData(0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 10000, 5, "0 2\u2009000 4\u2009000 6\u2009000 8\u2009000 10\u2009000")]
    [InlineData(0, 2000, 4, "0 500 1000 1500 2000")]
    [InlineData(-1, 1, 4, "−1.0 −0.5 0.0 0.5 1.0")]
    [InlineData(0.1, 0.35, 3, "0.1 0.2 0.3")]
    [InlineData(0, 3e-6, 3, "0 1×10⁻⁶ 2×10⁻⁶ 3×10⁻⁶")]
    [InlineData(0, 3e8, 3, "0 1×10⁸ 2×10⁸ 3×10⁸")]
    public void Linear_ticks_are_few_and_round(double low, double high, int count, string expected) =>
        Assert.Equal(expected, Labels(new(Scaling.Linear, low, high, 0, 100), count));

    [Theory]
    [InlineData(1e-6, 1e-2, 5, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻²")]
    [InlineData(1e-8, 1, 4, "10⁻⁸ 10⁻⁶ 10⁻⁴ 10⁻² 10⁰")]
    [InlineData(0.01, 1, 6, "0.01 0.02 0.05 0.1 0.2 0.5 1")]
    [InlineData(1, 3, 4, "1.0 1.5 2.0 2.5 3.0")]
    public void Logarithmic_ticks_are_powers_of_ten_if_enough(double low, double high, int count, string expected) =>
        Assert.Equal(expected, Labels(new(Scaling.Logarithmic, low, high, 0, 100), count));

    [Fact]
    public void Whole_numbers_are_not_split() =>
        Assert.Equal("1 2 3", Labels(new(Scaling.Linear, 1, 3, 0, 100), 10, whole: true));

    [Fact]
    public void Ticks_are_where_their_labels_say()
    {
        var ticks = Ticks.Of(new(Scaling.Linear, 0, 1, 0, 100), 10);
        Assert.Equal([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], ticks.Select(tick => tick.Value));
    }

    [Theory]
    [InlineData(-1e300, 1e300)]
    [InlineData(1e-290, 3e-290)]
    [InlineData(1e15, 1e15 + 4)]
    public void No_domain_has_too_many_ticks(double low, double high) =>
        Assert.InRange(Ticks.Of(new(Scaling.Linear, low, high, 0, 100), 5).Count, 1, 11);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.0213, "0.0213")]
    [InlineData(-2.5, "−2.5")]
    [InlineData(12500, "12\u2009500")]
    [InlineData(1234, "1234")]
    [InlineData(99999.6, "100\u2009000")]
    [InlineData(3e-8, "3×10⁻⁸")]
    [InlineData(9.9999e9, "1×10¹⁰")]
    [InlineData(double.PositiveInfinity, "∞")]
    [InlineData(double.NaN, "not a number")]
    [InlineData(5e-324, "4.94×10⁻³²⁴")]
    public void Values_are_written_as_in_print(double value, string expected) =>
        Assert.Equal(expected, Typography.Value(value));

    [Fact]
    public void Text_is_wrapped_and_cut_to_its_room()
    {
        Assert.Equal(["one two", "three"], Typography.Wrap("one two three", 10, 45));
        Assert.Equal("学習データ", string.Concat(Typography.Wrap("学習データ", 10, 25)));
        Assert.Equal(3, Typography.Wrap("学習データ", 10, 25).Count);
        Assert.Equal("abc", Typography.Fit("abc", 10, 100));
        Assert.Equal("abc…", Typography.Fit("abcdefghij", 10, 30));
    }

    [Fact]
    public void Markup_escapes_text_and_keeps_markup()
    {
        var inner = Markup.Of($"<b>{"1 < 2 & '3'"}</b>");
        Assert.Equal("<p x='0.1'><b>1 &lt; 2 &amp; &#39;3&#39;</b></p>", Markup.Of($"<p x='{0.123}'>{inner}</p>").Text);
        Assert.Equal("0", Markup.Number(-0.04));
        Assert.Throws<ArgumentOutOfRangeException>(() => Markup.Number(double.NaN));
    }

    private static string Labels(Scale scale, int count, bool whole = false) =>
        string.Join(" ", Ticks.Of(scale, count, whole).Select(tick => tick.Label).Where(label => label.Length > 0));
}
