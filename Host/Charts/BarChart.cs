namespace Functional.Host.Charts;

/// <summary>One length per name, as bars from zero with the values at their ends.</summary>
/// <param name="Title">What the chart shows.</param>
/// <param name="Label">What is measured.</param>
public sealed record BarChart(string Title, string Label) : Chart(Title)
{
    private const double Row = 24;
    private static readonly Axis Plain = "";

    /// <summary>The bars from the top; what is not finite gets no bar.</summary>
    public IReadOnlyList<(string Name, double Value)> Bars { get; init; } = [];

    /// <summary>Which color of the palette, from 0.</summary>
    public int Color { get; init; }

    internal override Drawing Draw(double width)
    {
        var names = Math.Min(width * 0.4, 8 + Bars.Select(bar => WidthOf(bar.Name)).DefaultIfEmpty(0).Max());
        var values = 10 + Bars.Select(bar => WidthOf(ValueOf(bar.Value))).DefaultIfEmpty(0).Max();
        double[] finite = [0, .. Bars.Select(bar => bar.Value).Where(Plain.CanShow)];
        var left = finite.Min() < 0 ? names + values : names;
        var scale = Plain.Fit(new(finite.Min(), finite.Max()), left, width - values);
        var top = Label.Length > 0 ? Frame.LabelLine + 2 : 2;
        var zero = scale.Map(0);
        var rows = Markup.Join(Bars.Select((bar, i) => Bar(bar, scale, names, zero).At(0, top + i * Row)));
        var bottom = top + Bars.Count * Row;
        var words = Bars.Take(40).Select(bar => $"{bar.Name} {Typography.Value(bar.Value)}");
        return new(
            rows + Svg.Text(Label, 0, 11, "muted")
                + Svg.Path(new PathData().Move(zero, top).Line(zero, bottom), "axis"),
            bottom + 6,
            $"Bars: {Label.OrElse("values")}. {string.Join("; ", words)}.",
            Bars.Count(bar => !Plain.CanShow(bar.Value)));
    }

    private Markup Bar((string Name, double Value) bar, Scale scale, double names, double zero)
    {
        var end = Plain.CanShow(bar.Value) ? scale.Map(bar.Value) : zero;
        var value = ValueOf(bar.Value);
        return Svg.Text(Typography.Fit(bar.Name, Typography.TextSize, names - 8), names - 8, 16, "end")
            + Svg.Path(new PathData().Rectangle(zero, 4, end, Row - 4), $"bar {SeriesStyle.Of(Color).ColorClass}")
            + (end < zero ? Svg.Text(value, end - 5, 16, "muted end") : Svg.Text(value, end + 5, 16, "muted"));
    }

    // All with as many decimals as one of them needs: a column of numbers.
    private string ValueOf(double value)
    {
        var texts = Bars.Select(bar => Typography.Value(bar.Value)).ToArray();
        return texts.All(text => text.All(letter => char.IsAsciiDigit(letter) || letter is '.' or '−' or '\u2009'))
            ? Typography.Number(value, texts.Max(text => text.Contains('.') ? text.Length - text.IndexOf('.') - 1 : 0))
            : Typography.Value(value);
    }

    private static double WidthOf(string text) => Typography.Width(text, Typography.TextSize);
}
