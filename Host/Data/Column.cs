using System.Buffers;
using System.Runtime.InteropServices;

namespace Functional.Host.Data;

/// <summary>A column of a table: of numbers, or of texts.</summary>
/// <param name="Name">What it is called; null if it has no name.</param>
public abstract record Column(string? Name)
{
    /// <summary>How many cells it has.</summary>
    public abstract int Count { get; }

    /// <summary>Its cells in some of the rows, in this order.</summary>
    public abstract Column Take(int[] rows);

    internal abstract double Number(int row);

    internal abstract ReadOnlyMemory<byte> Bytes();

    // An array as bytes, where it is.
    private protected sealed class Cast<T>(T[] cells) : MemoryManager<byte> where T : unmanaged
    {
        public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(cells.AsSpan());
        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();
        public override void Unpin() => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
        }
    }
}

/// <summary>What a column's numbers stand for; forms ask for them as that.</summary>
internal enum NumberKind
{
    /// <summary>Numbers.</summary>
    Number,

    /// <summary>1 for yes or true, 0 for no or false.</summary>
    YesNo,

    /// <summary>Days since 1970-01-01.</summary>
    Date,
}

/// <summary>A column of numbers.</summary>
/// <param name="Name">What it is called; null if it has no name.</param>
/// <param name="Values">A number per row; NaN where the cell is empty. Not to be written to.</param>
public sealed record NumberColumn(string? Name, double[] Values) : Column(Name)
{
    /// <summary>A number per row; NaN where the cell is empty. Not to be written to.</summary>
    public double[] Values { get; init => field = value.Given(); } = Values.Given();

    /// <summary>What the numbers stand for.</summary>
    internal NumberKind Kind { get; init; }

    /// <inheritdoc/>
    public override int Count => Values.Length;

    /// <inheritdoc/>
    public override NumberColumn Take(int[] rows) =>
        this with { Values = Array.ConvertAll(rows.Within(Count), row => Values[row]) };

    internal override double Number(int row) => Values[row];

    internal override ReadOnlyMemory<byte> Bytes() => new Cast<double>(Values).Memory;
}

/// <summary>A column of texts.</summary>
/// <param name="Name">What it is called; null if it has no name.</param>
/// <param name="Texts">Its different texts.</param>
/// <param name="Codes">Of each row its text's place among those; -1 where the cell is empty. Not to be written to.
/// </param>
/// <exception cref="ArgumentException">A text is null, or a code is the place of none.</exception>
public sealed record TextColumn(string? Name, IReadOnlyList<string> Texts, int[] Codes) : Column(Name)
{
    /// <summary>Its different texts.</summary>
    public IReadOnlyList<string> Texts { get; } = Texts.Complete("text");

    /// <summary>Of each row its text's place among those; -1 where the cell is empty. Not to be written to.</summary>
    public int[] Codes { get; init => field = Checked(value, Texts.Count, nameof(value)); } =
        Checked(Codes, Texts.Count, nameof(Codes));

    /// <inheritdoc/>
    public override int Count => Codes.Length;

    /// <inheritdoc/>
    public override TextColumn Take(int[] rows) =>
        this with { Codes = Array.ConvertAll(rows.Within(Count), row => Codes[row]) };

    /// <summary>The same cells, with the places that their texts have among these, which others follow.</summary>
    internal TextColumn Over(IReadOnlyList<string> texts)
    {
        var all = texts.Concat(Texts).Distinct(StringComparer.Ordinal).ToArray();
        var places = all.Index().ToDictionary(text => text.Item, text => text.Index, StringComparer.Ordinal);
        return new(Name, all, Array.ConvertAll(Codes, code => code < 0 ? -1 : places[Texts[code]]));
    }

    internal override double Number(int row) => Codes[row] < 0 ? double.NaN : Codes[row];

    private static int[] Checked(int[] codes, int texts, string name) =>
        codes.Given(name).AsSpan().IndexOfAnyExceptInRange(-1, texts - 1) is >= 0 and var row
            ? throw new ArgumentException($"row {row} has text {codes[row]}, but there are {texts}", name) : codes;

    internal override ReadOnlyMemory<byte> Bytes() =>
        System.Text.Encoding.UTF8.GetBytes(string.Concat(
            Codes.Select(code => code < 0 ? "-" : $"{Texts[code].Length}:{Texts[code]}")));
}
