using System.Globalization;
using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>How much each sample counts in the loss, by its class: <see cref="Balanced"/>, or a number for some classes
/// or for all.</summary>
public sealed record ClassWeights
{
    private const string BalancedText = "balanced";
    private readonly IReadOnlyList<(string? Name, double Weight)> list;

    private ClassWeights(IReadOnlyList<(string? Name, double Weight)> list) => this.list = list;

    /// <summary>All classes count the same: a sample of a class with m of the n training samples counts
    /// n / (classes x m).</summary>
    public static ClassWeights Balanced { get; } = new([]);

    /// <summary>A number for each class, in the order of the classes.</summary>
    /// <exception cref="ArgumentException">A number is not finite, or below 0, or none is above 0.</exception>
    public static ClassWeights Of(params IReadOnlyList<double> weights) =>
        new(Checked([.. weights.Given().Select(weight => ((string?)null, weight))]));

    /// <summary>A number for each of these classes; the others count 1.</summary>
    /// <exception cref="ArgumentException">A number is not finite, or below 0.</exception>
    public static ClassWeights Of(IReadOnlyDictionary<string, double> weights) =>
        new(Checked([.. weights.Given().Select(pair => ((string?)pair.Key, pair.Value))]));

    /// <summary>As on the command line: <c>balanced</c>, <c>1,5</c> or <c>ham=1,spam=5</c>.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    internal static ClassWeights Parse(string text)
    {
        if (text == BalancedText)
            return Balanced;
        (string? Name, double Weight)[] list =
        [
            .. ListText.Split(text).Select(word => word.LastIndexOf('=') is >= 0 and var at
                ? (ListText.Name(word[..at]), TrainOptions.Number(word[(at + 1)..]))
                : ((string?)null, TrainOptions.Number(word))),
        ];
        if (list.DistinctBy(each => each.Name is null).Count() > 1)
            throw TrainOptions.Expected("a number for each class, as in 1,5, or names, as in ham=1,spam=5", text);
        if (list.Select(each => each.Name).OfType<string>().CountBy(name => name)
            .FirstOrDefault(count => count.Value > 1).Key is { } twice)
            throw new UsageException($"class {twice} is there twice");
        try
        {
            return new(Checked(list));
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Reason());
        }
    }

    /// <summary>Data whose training samples have these weights, multiplied by the samples' own weights.</summary>
    /// <param name="weights">By class; null if all classes count the same.</param>
    /// <param name="data">All data.</param>
    /// <param name="training">The samples that are trained on: classes are counted among these.</param>
    /// <exception cref="UsageException">The weights don't fit the data's classes.</exception>
    internal static DataSet Weighted(ClassWeights? weights, DataSet data, int[] training) => weights is null ? data
        : data with
        {
            Training = data.Training with
            {
                Weights = [.. weights.PerSample(data.Training.Targets, training)
                    .Select((weight, i) => weight * (data.Training.Weights?[i] ?? 1))],
            },
        };

    private double[] PerSample(Targets targets, int[] training)
    {
        if (targets is not Classes { Classification: var classes, Labels: var labels })
            throw Error("quantities have no classes; these weights are for classes");
        var weights = this == Balanced ? BalancedWeights(classes, labels, training)
            : list[0].Name is null ? ByOrder(classes) : ByName(classes);
        return Array.ConvertAll(labels, label => weights[label]);
    }

    /// <inheritdoc/>
    public bool Equals(ClassWeights? other) => other is not null && list.SequenceEqual(other.list);

    /// <inheritdoc/>
    public override int GetHashCode() => list.Count;

    /// <summary>As on the command line.</summary>
    public override string ToString() => this == Balanced ? BalancedText
        : string.Join(',', list.Select(each => (each.Name is null ? "" : $"{ListText.Quoted(each.Name)}=")
            + each.Weight.ToString("R", CultureInfo.InvariantCulture)));

    private static double[] BalancedWeights(Classification classes, int[] labels, int[] training)
    {
        var counts = new int[classes.Count];
        foreach (var sample in training)
            counts[labels[sample]]++;
        var there = counts.Count(count => count > 0);
        return Array.ConvertAll(
            counts, count => count == 0 ? 0 : (double)training.Length / ((double)there * count));
    }

    private double[] ByOrder(Classification classes) => list.Count == classes.Count
        ? [.. list.Select(each => each.Weight)]
        : throw Error($"{Plural.Of(list.Count, "number")} for {Plural.Of(classes.Count, "class", "classes")} "
            + $"({Rows.Few(classes.Names, 10)})");

    private double[] ByName(Classification classes)
    {
        var weights = list.ToDictionary(each => each.Name!, each => each.Weight, StringComparer.Ordinal);
        if (weights.Keys.FirstOrDefault(name => !classes.Names.Contains(name)) is { } stranger)
            throw Error($"there is no class '{stranger}', only {Rows.Few(classes.Names, 10)}"
                + Suggestion.Of(stranger, classes.Names));
        double[] all = [.. classes.Names.Select(name => weights.GetValueOrDefault(name, 1))];
        return all.Any(weight => weight > 0) ? all : throw Error("a weight above 0 is needed for some class");
    }

    private static UsageException Error(string fault) => new(new Fault(nameof(TrainConfiguration.ClassWeights), fault));

    private static (string?, double)[] Checked((string? Name, double Weight)[] list) =>
        Array.TrueForAll(list, each => each.Weight >= 0 && double.IsFinite(each.Weight))
            && (list is [{ Name: not null }, ..] || list.Any(each => each.Weight > 0))
            ? list : throw new ArgumentException("expected finite weights of at least 0, and one above 0");
}
