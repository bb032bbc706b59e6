namespace Functional.Host.Search;

/// <summary>The hyperparameters of a search, in order: those with a condition after those that it asks for.</summary>
public sealed class SearchSpace
{
    /// <summary>These hyperparameters.</summary>
    /// <exception cref="ArgumentException">There are none, two have one name, or a condition names none before it, or
    /// values that it can't have.</exception>
    public SearchSpace(params IEnumerable<Hyperparameter> hyperparameters)
    {
        Hyperparameters = [.. hyperparameters.Given()];
        if (Hyperparameters.Count == 0)
            throw new ArgumentException("a space needs at least one hyperparameter", nameof(hyperparameters));
        var before = new Dictionary<string, Domain>();
        foreach (var hyperparameter in Hyperparameters)
        {
            Check(hyperparameter, before);
            if (!before.TryAdd(hyperparameter.Name, hyperparameter.Domain))
                throw new ArgumentException(
                    $"{hyperparameter.Name}: it is in the space twice", nameof(hyperparameters));
        }
    }

    /// <summary>The hyperparameters.</summary>
    public IReadOnlyList<Hyperparameter> Hyperparameters { get; }

    /// <summary>How many there are.</summary>
    public int Count => Hyperparameters.Count;

    /// <summary>The configuration at a point of the unit cube, a coordinate per hyperparameter; coordinates of those
    /// without a value count for nothing.</summary>
    public Configuration At(IReadOnlyList<double> point) =>
        Assemble(i => Hyperparameters[i].Domain.At(point.Given()[i]))!;

    /// <summary>The point of a configuration in the unit cube; not a number where a hyperparameter has no
    /// value.</summary>
    public double[] PointOf(Configuration configuration) =>
    [
        .. Hyperparameters.Select(hyperparameter =>
            configuration.Given().Find(hyperparameter.Name) is { } value
                ? hyperparameter.Domain.UnitOf(value) : double.NaN),
    ];

    /// <summary>The same as <c>PointOf(At(point))</c> but for rounding, without the configuration: for those who ask
    /// for very many.</summary>
    internal double[] Snapped(double[] point)
    {
        var (snapped, chosen) = (new double[Count], new Dictionary<string, string>());
        for (var i = 0; i < Count; i++)
        {
            var one = Hyperparameters[i];
            if (one.Condition is { } condition
                && !(chosen.TryGetValue(condition.Name, out var choice) && condition.Values.Contains(choice)))
                snapped[i] = double.NaN;
            else if (one.Domain is RangeDomain { Integer: false } range && range.Low < range.High)
                snapped[i] = point[i];
            else
            {
                var value = one.Domain.At(point[i]);
                snapped[i] = one.Domain.UnitOf(value);
                if (value.Choice is { } name)
                    chosen[one.Name] = name;
            }
        }
        return snapped;
    }

    /// <summary>The configurations of the grid with up to this many points along each range, the last hyperparameter
    /// changing fastest.</summary>
    /// <param name="points">At least 2.</param>
    public IEnumerable<Configuration> Grid(int points)
    {
        // Where a hyperparameter has no value, its grid has one point.
        IEnumerable<Configuration> Extended(Configuration start, int i) =>
            i == Count ? [start]
            : !HasValue(Hyperparameters[i], start) ? Extended(start, i + 1)
            : Hyperparameters[i].Domain.Grid(points).SelectMany(value => Extended(With(start, i, value), i + 1));
        return Extended(new Configuration([]), 0);
    }

    /// <summary>How many configurations the grid with up to this many points along each range has, or
    /// <see cref="long.MaxValue"/> if they are more than that.</summary>
    /// <param name="points">At least 2.</param>
    public long GridSize(int points) => GridSize(new Configuration([]), 0, points);

    /// <summary>A configuration of a grid, by its place in the order of <see cref="Grid"/>.</summary>
    /// <param name="points">At least 2.</param>
    /// <param name="index">From 0 to below <see cref="GridSize(int)"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The grid has none there.</exception>
    public Configuration GridAt(int points, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, GridSize(points));
        var configuration = new Configuration([]);
        for (var i = 0; i < Count; i++)
            if (HasValue(Hyperparameters[i], configuration))
                (configuration, index) = GridStep(configuration, i, points, index);
        return configuration;
    }

    /// <summary>Reads a configuration from a journal; null unless there is a value for each hyperparameter that needs
    /// one, of its domain, in order, and no others.</summary>
    internal Configuration? Read(IReadOnlyDictionary<string, string> texts)
    {
        var configuration = Assemble(i => texts.GetValueOrDefault(Hyperparameters[i].Name) is { } text
            ? Hyperparameters[i].Domain.Read(text) : null);
        return configuration?.Select(pair => pair.Key).SequenceEqual(texts.Keys) == true ? configuration : null;
    }

    /// <summary>As the command line has it.</summary>
    public override string ToString() => string.Join("; ", Hyperparameters);

    // The configuration with values from a function of the hyperparameter's place; null if one is null.
    private Configuration? Assemble(Func<int, HyperparameterValue?> valueAt)
    {
        var configuration = new Configuration([]);
        for (var i = 0; i < Count; i++)
            if (HasValue(Hyperparameters[i], configuration))
            {
                if (valueAt(i) is not { } value)
                    return null;
                configuration = With(configuration, i, value);
            }
        return configuration;
    }

    // How many configurations of the grid begin with these values of the hyperparameters before i.
    private long GridSize(Configuration start, int i, int points)
    {
        if (i == Count)
            return 1;
        if (!HasValue(Hyperparameters[i], start))
            return GridSize(start, i + 1, points);
        var domain = Hyperparameters[i].Domain;
        return Capped(IsAskedFor(i)
            ? domain.Grid(points)
                .Aggregate((Int128)0, (sum, value) => sum + GridSize(With(start, i, value), i + 1, points))
            : (Int128)domain.GridSize(points) * GridSize(start, i + 1, points));
    }

    // A value of hyperparameter i, and the place among the configurations that begin with it.
    private (Configuration Start, long Index) GridStep(Configuration start, int i, int points, long index)
    {
        Configuration Extended(long value) =>
            With(start, i, Hyperparameters[i].Domain.GridValue(points, (int)value));
        var value = 0L;
        var size = GridSize(Extended(value), i + 1, points);
        // Only where others have a value or none by this one do the sizes differ.
        if (!IsAskedFor(i))
            return (Extended(index / size), index % size);
        while (index >= size)
        {
            index -= size;
            value++;
            size = GridSize(Extended(value), i + 1, points);
        }
        return (Extended(value), index);
    }

    private static long Capped(Int128 size) => (long)Int128.Min(size, long.MaxValue);

    // Whether others have a value or none by the value of hyperparameter i.
    private bool IsAskedFor(int i) => Hyperparameters.Any(one => one.Condition?.Name == Hyperparameters[i].Name);

    private Configuration With(Configuration start, int i, HyperparameterValue value) =>
        new([.. start, KeyValuePair.Create(Hyperparameters[i].Name, value)]);

    private static bool HasValue(Hyperparameter hyperparameter, Configuration before) =>
        hyperparameter.Condition is not { } condition
        || (before.Find(condition.Name)?.Choice is { } choice && condition.Values.Contains(choice));

    private static void Check(Hyperparameter hyperparameter, Dictionary<string, Domain> before)
    {
        if (hyperparameter.Name.Length == 0 || hyperparameter.Name.Any(c => char.IsWhiteSpace(c) || c is '=' or '|'))
            throw new ArgumentException(
                $"'{hyperparameter.Name}' is not a name: it may have no spaces, '=' or '|'", nameof(hyperparameter));
        if (hyperparameter.Condition is not { } condition)
            return;
        if (!before.TryGetValue(condition.Name, out var domain) || domain is not ChoiceDomain choice)
            throw new ArgumentException(
                $"{hyperparameter.Name}: its condition needs a choice '{condition.Name}' before it",
                nameof(hyperparameter));
        if (condition.Values.Count == 0
            || condition.Values.FirstOrDefault(value => !choice.Contains(value)) is not null)
            throw new ArgumentException(
                $"{hyperparameter.Name}: its condition '{condition}' asks for values that are none of {choice}",
                nameof(hyperparameter));
    }
}
