using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Search;

/// <summary>
/// The values that a hyperparameter can take, laid along the unit interval: equal lengths of it are equally likely. A
/// value is text, as in files and on the command line; numbers are written so that they read back to the same bits.
/// </summary>
public abstract record Domain
{
    // A closed set.
    private protected Domain() { }

    /// <summary>The value at a place of the unit interval, 0 to 1.</summary>
    public abstract string At(double unit);

    /// <summary>The place of a value: the middle of those whose value it is.</summary>
    public abstract double UnitOf(string value);

    /// <summary>Whether it is one of the values.</summary>
    public abstract bool Contains(string value);

    /// <summary>How many values a grid has: all there are or, of a range, up to this many.</summary>
    /// <param name="points">At least 2.</param>
    public abstract int GridSize(int points);

    /// <summary>A value of a grid. They are in order, and the ends of a range are the first and the last.</summary>
    /// <param name="points">At least 2.</param>
    /// <param name="index">From 0 to below <see cref="GridSize"/>.</param>
    public abstract string GridValue(int points, int index);

    /// <summary>The values of a grid, in order.</summary>
    /// <param name="points">At least 2.</param>
    public IEnumerable<string> Grid(int points) =>
        Enumerable.Range(0, GridSize(points)).Select(index => GridValue(points, index));

    internal static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    internal static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            && !text.Contains('\0')
            ? value : null;

    /// <summary>Raises ArgumentException unless low &lt;= high, both finite, and above 0 if the range is
    /// logarithmic.</summary>
    private protected static void CheckRange(double low, double high, bool logarithmic)
    {
        if (!(double.IsFinite(low) && double.IsFinite(high) && low <= high))
            throw new ArgumentException($"a range needs two finite ends in order, not {Text(low)}..{Text(high)}");
        if (logarithmic && low <= 0)
            throw new ArgumentException($"a logarithmic range needs ends above 0, not {Text(low)}..{Text(high)}");
    }

    /// <summary>The place of one of this many points of the unit interval, both ends included.</summary>
    private protected static double Place(int points, int index) => (double)index / (points - 1);
}

/// <summary>Real numbers of a range, both ends included, equally likely by their size or by their magnitude.</summary>
public sealed record RealDomain : Domain
{
    /// <summary>A range.</summary>
    /// <exception cref="ArgumentException">The ends are not finite and in order, or not above 0 in a logarithmic
    /// range.</exception>
    public RealDomain(double low, double high, bool logarithmic)
    {
        CheckRange(low, high, logarithmic);
        (Low, High, Logarithmic) = (low, high, logarithmic);
    }

    /// <summary>The least.</summary>
    public double Low { get; }

    /// <summary>The greatest.</summary>
    public double High { get; }

    /// <summary>Whether equal ratios, not equal differences, are equally likely.</summary>
    public bool Logarithmic { get; }

    /// <inheritdoc/>
    public override string At(double unit)
    {
        var value = Logarithmic
            ? Elementary.Exp(Elementary.Log(Low) + unit * (Elementary.Log(High) - Elementary.Log(Low)))
            : 2 * (Low / 2 + unit * (High / 2 - Low / 2));
        return Text(Math.Clamp(value, Low, High));
    }

    /// <inheritdoc/>
    public override double UnitOf(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (Low == High)
            return 0.5;
        var number = Number(value) ?? throw new ArgumentException($"'{value}' is no number");
        return Logarithmic
            ? (Elementary.Log(number) - Elementary.Log(Low)) / (Elementary.Log(High) - Elementary.Log(Low))
            : (number / 2 - Low / 2) / (High / 2 - Low / 2);
    }

    /// <inheritdoc/>
    public override bool Contains(string value) =>
        Number(value.Given()) is { } number && number >= Low && number <= High;

    /// <inheritdoc/>
    public override int GridSize(int points) => Low == High ? 1 : points;

    /// <inheritdoc/>
    public override string GridValue(int points, int index) => At(Place(points, index));

    /// <inheritdoc/>
    public override string ToString() => $"{(Logarithmic ? "log:" : "")}{Text(Low)}..{Text(High)}";
}

/// <summary>Integers of a range, both ends included, equally likely by their size or by their magnitude.</summary>
public sealed record IntegerDomain : Domain
{
    /// <summary>A range.</summary>
    /// <exception cref="ArgumentException">The ends are not in order, or not above 0 in a logarithmic
    /// range.</exception>
    public IntegerDomain(int low, int high, bool logarithmic)
    {
        CheckRange(low, high, logarithmic);
        (Low, High, Logarithmic) = (low, high, logarithmic);
    }

    /// <summary>The least.</summary>
    public int Low { get; }

    /// <summary>The greatest.</summary>
    public int High { get; }

    /// <summary>Whether equal ratios, not equal differences, are about equally likely.</summary>
    public bool Logarithmic { get; }

    // Each integer has the places from itself to the next one.
    private RealDomain Places => new(Low, High + 1.0, Logarithmic);

    /// <inheritdoc/>
    public override string At(double unit) =>
        Text(Math.Clamp(Math.Floor(Number(Places.At(unit))!.Value), Low, High));

    /// <inheritdoc/>
    public override double UnitOf(string value) => Places.UnitOf(
        Text((Number(value) ?? throw new ArgumentException($"'{value}' is no number")) + 0.5));

    /// <inheritdoc/>
    public override bool Contains(string value) =>
        int.TryParse(value.Given(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= Low && number <= High;

    /// <inheritdoc/>
    public override int GridSize(int points) => (int)Math.Min((long)High - Low + 1, points);

    /// <inheritdoc/>
    public override string GridValue(int points, int index) => GridSize(points) < points
        ? Text(Low + index)
        // Where integers of equal ratios would be the same one, the next is taken.
        : Text(Math.Max(Number(At(Place(points, index)))!.Value, Low + index));

    /// <inheritdoc/>
    public override string ToString() => $"{(Logarithmic ? "log-int" : "int")}:{Low}..{High}";
}

/// <summary>A few values to pick from, equally likely, with no order among them.</summary>
public sealed record ChoiceDomain : Domain
{
    /// <summary>These values.</summary>
    /// <exception cref="ArgumentException">There are none, one is empty, or two are the same.</exception>
    public ChoiceDomain(IEnumerable<string> values)
    {
        Values = [.. values.Given()];
        if (Values.Count == 0 || Values.Contains(""))
            throw new ArgumentException("a choice needs values, none of them empty");
        if (Values.GroupBy(value => value).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"a choice has '{twice.Key}' twice");
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <inheritdoc/>
    public override string At(double unit) => Values[Math.Min((int)(unit * Values.Count), Values.Count - 1)];

    /// <inheritdoc/>
    public override double UnitOf(string value) => (IndexOf(value) + 0.5) / Values.Count;

    /// <summary>The place of a value among the others, from 0.</summary>
    public int IndexOf(string value) =>
        Enumerable.Range(0, Values.Count).FirstOrDefault(index => Values[index] == value, -1) is >= 0 and var index
        ? index : throw new ArgumentException($"'{value}' is none of {string.Join(", ", Values)}");

    /// <inheritdoc/>
    public override bool Contains(string value) => Values.Contains(value.Given());

    /// <inheritdoc/>
    public override int GridSize(int points) => Values.Count;

    /// <inheritdoc/>
    public override string GridValue(int points, int index) => Values[index];

    /// <inheritdoc/>
    public override string ToString() => string.Join('|', Values);
}
