namespace Functional.Host.Charts;

/// <summary>Some points with a name, in order.</summary>
/// <param name="Name">What the legend calls them; empty for no entry.</param>
/// <param name="Ys">Their heights; what is not finite (or not positive on a logarithmic axis) leaves a gap.</param>
public sealed record Series(string Name, IReadOnlyList<double> Ys)
{
    /// <summary>Points with a name.</summary>
    public Series(string name, IReadOnlyList<double> xs, IReadOnlyList<double> ys) : this(name, ys) => Xs = xs;

    /// <summary>Where the points lie along x, as many as there are heights; by default 0, 1, 2, ...</summary>
    public IReadOnlyList<double>? Xs { get; init; }

    /// <summary>The lower edge of a band around the points, such as the least over several seeds.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>The upper edge of that band.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>How the line is broken; by default not.</summary>
    public Dash? Dash { get; init; }

    /// <summary>
    /// What marks the points; by default, in a chart with several series and no dash set, each has its own.
    /// </summary>
    public Marker? Marker { get; init; }

    /// <summary>Which color of the palette, from 0; by default the series's own place among the chart's.</summary>
    public int? Color { get; init; }

    internal IReadOnlyList<double> Positions => Xs ?? new Indices(Ys.Count);

    /// <summary>Whether all lie at whole numbers: between those there is nothing then.</summary>
    internal bool HasWholePositions => Xs is null || Xs.All(x => !double.IsFinite(x) || x == Math.Floor(x));

    internal SeriesStyle StyleAt(int index, bool marked)
    {
        var style = SeriesStyle.Of(Color ?? index);
        return new(
            style.Color, Dash ?? style.Dash, Marker ?? (marked ? SeriesStyle.Of(index).Marker : Charts.Marker.None));
    }

    /// <exception cref="ArgumentException">Two of the lists have different lengths.</exception>
    internal void CheckLengths()
    {
        foreach (var (list, name) in new[] { (Xs, nameof(Xs)), (Low, nameof(Low)), (High, nameof(High)) })
            if (list is not null && list.Count != Ys.Count)
                throw new ArgumentException(
                    $"series '{Name}' has {Ys.Count} {nameof(Ys)}, but {list.Count} {name}", name);
    }

    internal int CountWithoutPlace(Axis x, Axis y)
    {
        var count = 0;
        var xs = Positions;
        for (var i = 0; i < Ys.Count; i++)
            if (!x.CanShow(xs[i]) || !y.CanShow(Ys[i]))
                count++;
        return count;
    }

    /// <summary>0, 1, 2, ... without an array.</summary>
    private sealed class Indices(int count) : IReadOnlyList<double>
    {
        public int Count => count;

        public double this[int index] => index;

        public IEnumerator<double> GetEnumerator() => Enumerable.Range(0, count).Select(i => (double)i).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
