using System.Globalization;

namespace Functional.Host.Data;

/// <summary>What the columns of a table, and the classes of its rows, are called.</summary>
/// <param name="Features">The columns of numbers, in order; none if they have no names.</param>
/// <param name="Classes">The classes, in order; none if they have no names.</param>
/// <param name="Label">The column of the classes.</param>
public sealed record TableNames(IReadOnlyList<string> Features, IReadOnlyList<string> Classes, string? Label)
{
    /// <summary>Nothing has a name.</summary>
    public static TableNames None { get; } = new([], [], null);

    /// <summary>What a column is called: by its place, from 1, if it has no name.</summary>
    public string Feature(int column) =>
        column < Features.Count
            ? Features[column] : string.Create(CultureInfo.InvariantCulture, $"column {column + 1}");

    /// <summary>What a class is called: by its number if it has no name.</summary>
    public string Class(int label) =>
        label >= 0 && label < Classes.Count ? Classes[label] : label.ToString(CultureInfo.InvariantCulture);

    /// <summary>As in <c>acidity, sugar for grape: merlot | pinot noir</c>.</summary>
    public override string ToString() => this is { Features: [], Classes: [] } ? "no names"
        : $"{string.Join(", ", Features)} for {(Label is null ? "" : $"{Label}: ")}{string.Join(" | ", Classes)}";

    /// <summary>Names of classes that are one number, or differ in nothing but capital letters and blanks, and so may
    /// be meant to be one.</summary>
    public IEnumerable<IReadOnlyList<string>> AlikeClasses() =>
        from name in Classes
        group name by Csv.Number(name) is { } number
            ? number.ToString(CultureInfo.InvariantCulture)
            : string.Concat(name.ToUpperInvariant().Where(letter => !char.IsWhiteSpace(letter))) into alike
        where alike.Count() > 1
        select (IReadOnlyList<string>)[.. alike];

    /// <summary>Whether the classes of this many samples are numbers, and too many of them for anything but a measured
    /// quantity.</summary>
    public bool LooksMeasured(int samples)
    {
        var numbers = Classes.Select(Csv.Number).ToArray();
        return !numbers.Contains(null) && numbers.Length > FewClasses
            && (numbers.Length > Math.Sqrt(samples) || numbers.Any(number => !double.IsInteger(number!.Value)));
    }

    private const int FewClasses = 10;
}
