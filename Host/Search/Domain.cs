namespace Functional.Host.Search;

/// <summary>The values that a hyperparameter can take, laid along the unit interval: equal lengths of it are equally
/// likely.</summary>
public abstract record Domain
{
    // A closed set.
    private protected Domain() { }

    /// <summary>The value at a place of the unit interval, 0 to 1.</summary>
    public abstract HyperparameterValue At(double unit);

    /// <summary>The place of a value: the middle of those whose value it is.</summary>
    /// <exception cref="ArgumentException">It is none of the values.</exception>
    public abstract double UnitOf(HyperparameterValue value);

    /// <summary>Whether it is one of the values.</summary>
    public abstract bool Contains(HyperparameterValue value);

    /// <summary>How many values a grid has: all there are or, of a range, up to this many.</summary>
    /// <param name="points">At least 2.</param>
    public abstract int GridSize(int points);

    /// <summary>A value of a grid. They are in order, and the ends of a range are the first and the last.</summary>
    /// <param name="points">At least 2.</param>
    /// <param name="index">From 0 to below <see cref="GridSize"/>.</param>
    public abstract HyperparameterValue GridValue(int points, int index);

    /// <summary>The values of a grid, in order.</summary>
    /// <param name="points">At least 2.</param>
    public IEnumerable<HyperparameterValue> Grid(int points) =>
        Enumerable.Range(0, GridSize(points)).Select(index => GridValue(points, index));

    /// <summary>The value that a text, as in a journal, stands for; null if it is none of the domain.</summary>
    internal abstract HyperparameterValue? Read(string text);
}

/// <summary>The numbers of a range, both ends included, or its integers.</summary>
internal sealed record RangeDomain : Domain
{
    /// <summary>A range.</summary>
    /// <param name="low">The least number.</param>
    /// <param name="high">The greatest.</param>
    /// <param name="logarithmic">Whether equal ratios, not equal differences, are equally likely.</param>
    /// <param name="integer">Whether there are only integers; they are of 32 bits.</param>
    /// <exception cref="ArgumentException">The ends are not finite and in order, not above 0 in a logarithmic range, or
    /// no integers in a range of integers.</exception>
    public RangeDomain(double low, double high, bool logarithmic = false, bool integer = false)
    {
        if (!(double.IsFinite(low) && double.IsFinite(high) && low <= high))
            throw new ArgumentException(
                Invariant($"a range needs two finite ends in order, not {low}..{high}"), nameof(low));
        if (logarithmic && low <= 0)
            throw new ArgumentException(
                Invariant($"a logarithmic range needs ends above 0, not {low}..{high}"), nameof(low));
        if (integer && !(IsInt32(low) && IsInt32(high)))
            throw new ArgumentException(
                Invariant($"a range of integers needs integer ends, not {low}..{high}"), nameof(low));
        (Low, High, Logarithmic, Integer) = (low, high, logarithmic, integer);
    }

    /// <summary>The least number.</summary>
    public double Low { get; }

    /// <summary>The greatest.</summary>
    public double High { get; }

    /// <summary>Whether equal ratios, not equal differences, are equally likely.</summary>
    public bool Logarithmic { get; }

    /// <summary>Whether there are only integers.</summary>
    public bool Integer { get; }

    // An integer has the places from itself to the next one.
    private double End => Integer ? High + 1 : High;

    /// <inheritdoc/>
    public override HyperparameterValue At(double unit)
    {
        var value = Logarithmic
            ? Elementary.Exp(Elementary.Log(Low) + unit * (Elementary.Log(End) - Elementary.Log(Low)))
            : 2 * (Low / 2 + unit * (End / 2 - Low / 2));
        return Math.Clamp(Integer ? Math.Floor(value) : value, Low, High);
    }

    /// <inheritdoc/>
    public override double UnitOf(HyperparameterValue value)
    {
        if (!Contains(value))
            throw new ArgumentException($"'{value}' is not in {this}", nameof(value));
        var number = value.Number!.Value + (Integer ? 0.5 : 0);
        return Low == End ? 0.5
            : Logarithmic
            ? (Elementary.Log(number) - Elementary.Log(Low)) / (Elementary.Log(End) - Elementary.Log(Low))
            : (number / 2 - Low / 2) / (End / 2 - Low / 2);
    }

    /// <inheritdoc/>
    public override bool Contains(HyperparameterValue value) =>
        value.Number is { } number && number >= Low && number <= High && (!Integer || IsInt32(number));

    /// <inheritdoc/>
    public override int GridSize(int points) =>
        Integer ? (int)Math.Min(High - Low + 1, points) : Low == High ? 1 : points;

    /// <inheritdoc/>
    public override HyperparameterValue GridValue(int points, int index)
    {
        if (Integer && GridSize(points) < points)
            return Low + index;
        var value = At((double)index / (points - 1));
        // Where integers of equal ratios would be the same one, the next is taken.
        return Integer ? Math.Max(value.Number!.Value, Low + index) : value;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        (Integer, Logarithmic) switch
        {
            (false, false) => "",
            (false, true) => "log:",
            (true, false) => "int:",
            (true, true) => "log-int:",
        } + Invariant($"{Low}..{High}");

    internal override HyperparameterValue? Read(string text) =>
        ReadNumber(text) is { } number && Contains(number) ? (HyperparameterValue?)number : null;

    private static bool IsInt32(double number) => number == Math.Floor(number) && Math.Abs(number) <= 1L << 31;
}

/// <summary>A few values to pick from, equally likely, with no order among them.</summary>
internal sealed record ChoiceDomain : Domain
{
    /// <summary>These values.</summary>
    /// <exception cref="ArgumentException">There are none, one is empty, or two are the same.</exception>
    public ChoiceDomain(IEnumerable<string> values)
    {
        Values = [.. values.Given()];
        if (Values.Count == 0 || Values.Contains(""))
            throw new ArgumentException("a choice needs values, none of them empty", nameof(values));
        if (Values.GroupBy(value => value).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"a choice has '{twice.Key}' twice", nameof(values));
    }

    /// <summary>The values.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <inheritdoc/>
    public override HyperparameterValue At(double unit) =>
        Values[Math.Min((int)(unit * Values.Count), Values.Count - 1)];

    /// <inheritdoc/>
    public override double UnitOf(HyperparameterValue value) => (IndexOf(value) + 0.5) / Values.Count;

    /// <summary>The place of a value among the others, from 0.</summary>
    public int IndexOf(HyperparameterValue value) =>
        Enumerable.Range(0, Values.Count).FirstOrDefault(i => Values[i] == value.Choice, -1) is >= 0 and var index
        ? index : throw new ArgumentException($"'{value}' is none of {string.Join(", ", Values)}", nameof(value));

    /// <inheritdoc/>
    public override bool Contains(HyperparameterValue value) => value.Choice is { } name && Values.Contains(name);

    /// <inheritdoc/>
    public override int GridSize(int points) => Values.Count;

    /// <inheritdoc/>
    public override HyperparameterValue GridValue(int points, int index) => Values[index];

    /// <inheritdoc/>
    public override string ToString() => string.Join('|', Values);

    internal override HyperparameterValue? Read(string text) =>
        Values.Contains(text) ? (HyperparameterValue?)text : null;
}
