using System.Globalization;
using System.Text;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Files;

/// <summary>The Python literal in an .npy file: <c>{'descr': '&lt;f4', 'fortran_order': False, 'shape': (2, 3), }</c>.
/// Only such dictionaries are read; nothing is ever evaluated.</summary>
internal sealed class NpyHeader
{
    /// <summary>NumPy's own limit, in bytes.</summary>
    public const int LongestText = 10_000;
    private const int MostDimensions = 64;

    // NumPy's names without the byte order.
    private static readonly Dictionary<string, TensorType> Types = new(StringComparer.Ordinal)
    {
        ["b1"] = TensorType.Bool, ["u1"] = TensorType.U8, ["i1"] = TensorType.I8, ["i2"] = TensorType.I16,
        ["u2"] = TensorType.U16, ["f2"] = TensorType.F16, ["i4"] = TensorType.I32, ["u4"] = TensorType.U32,
        ["f4"] = TensorType.F32, ["f8"] = TensorType.F64, ["i8"] = TensorType.I64, ["u8"] = TensorType.U64,
    };

    private readonly string text;
    private readonly int start;
    private readonly DataFile file;
    private readonly bool takesTexts;
    private int at, letters;

    private NpyHeader(string text, int start, DataFile file, bool takesTexts) =>
        (this.text, this.start, this.file, this.takesTexts) = (text, start, file, takesTexts);

    /// <summary>What the elements are.</summary>
    public TensorType Type { get; private set; }

    /// <summary>Whether the bytes of an element begin with the most significant.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>Whether the first index goes fastest.</summary>
    public bool IsFortran { get; private set; }

    /// <summary>Whether the elements are letters of texts, which the last dimension goes along.</summary>
    public bool IsText => letters > 0;

    /// <summary>The size of each dimension.</summary>
    public IReadOnlyList<int> Shape { get; private set; } = [];

    /// <summary>Reads it.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="isUtf8">Whether it is in UTF-8, not in Latin-1.</param>
    /// <param name="start">Where in the file it begins.</param>
    /// <param name="file">The file, for errors.</param>
    /// <param name="takesTexts">Whether the elements may be texts.</param>
    /// <exception cref="DataException">It is no such dictionary.</exception>
    public static NpyHeader Parse(byte[] bytes, bool isUtf8, int start, DataFile file, bool takesTexts)
    {
        if (isUtf8 && !System.Text.Unicode.Utf8.IsValid(bytes))
            throw file.Error(start, "a header in UTF-8", "other bytes");
        if (bytes is not [.., (byte)'\n'])
            throw file.Error(start + bytes.Length, "a header that ends with its line", "no end of a line");
        // What can be read is ASCII; places are counted in bytes.
        var header = new NpyHeader(Encoding.Latin1.GetString(bytes), start, file, takesTexts);
        header.Parse();
        return header;
    }

    /// <summary>Writes it for a tensor.</summary>
    /// <exception cref="ArgumentException">NumPy has no such type.</exception>
    public static string Text(Tensor tensor)
    {
        var name = Types.FirstOrDefault(type => type.Value == tensor.Type).Key
            ?? throw new ArgumentException($"NumPy has no type {tensor.Type}", nameof(tensor));
        var shape = tensor.Shape.Count == 1 ? $"({tensor.Shape[0]},)" : $"({string.Join(", ", tensor.Shape)})";
        var order = Tensor.Size(tensor.Type) == 1 ? '|' : '<';
        return $"{{'descr': '{order}{name}', 'fortran_order': False, 'shape': {shape}, }}";
    }

    /// <summary>How many elements there are.</summary>
    /// <exception cref="DataException">More than an array can hold.</exception>
    public int Count(int headerAt, DataFile source)
    {
        var bytes = (UInt128)Tensor.Size(Type);
        foreach (var size in Shape)
        {
            bytes *= (UInt128)size;
            if (bytes > (UInt128)Array.MaxLength)
                throw source.Error(
                    headerAt, $"an array of at most {Array.MaxLength} bytes", $"shape {Tensor.Text(Shape)}");
        }
        return (int)bytes / Tensor.Size(Type);
    }

    private void Parse()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        Expect('{');
        while (!Take('}'))
        {
            var place = at;
            var key = String("a key");
            if (key is not ("descr" or "fortran_order" or "shape"))
                throw Error(place, "descr, fortran_order or shape", $"'{key}'");
            if (!seen.Add(key))
                throw Error(place, "each key once", $"'{key}' again");
            Expect(':');
            if (key == "descr")
                ReadType();
            else if (key == "fortran_order")
                IsFortran = Take("True") || (Take("False") ? false : throw Error(at, "True or False", Found()));
            else
                Shape = Tuple();
            if (!Take(','))
            {
                Expect('}');
                break;
            }
        }
        Blanks();
        if (at < text.Length)
            throw Error(at, "the end of the header", Found());
        if (seen.Count < 3)
            throw Error(0, "descr, fortran_order and shape", string.Join(", ", seen.DefaultIfEmpty("none")));
        if (IsText)
            (Shape, IsFortran) = ([.. Shape, letters], IsFortran && Shape.Count > 1 ? throw Error(
                0, "texts row by row", "column by column") : false);
    }

    private void ReadType()
    {
        Blanks();
        var place = at;
        if (at < text.Length && text[at] == '[')
            throw Error(place, "one type for all elements", "a structure");
        var name = String("a type");
        // NumPy's U has 4 bytes for a letter, S has 1.
        if (takesTexts && name is ['<' or '>' or '|' or '=', 'U' or 'S', .. var size]
            && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out letters) && letters > 0)
        {
            (Type, IsBigEndian) = (name[1] == 'U' ? TensorType.U32 : TensorType.U8, name[0] == '>');
            return;
        }
        letters = 0;
        if (name.Length < 2 || "<>|=".IndexOf(name[0], StringComparison.Ordinal) < 0
            || !Types.TryGetValue(name[1..], out var type))
            throw Error(place, $"a type that can be read (<, > or | and {string.Join(", ", Types.Keys)})",
                name.Contains('O') ? $"'{name}': Python objects" : $"'{name}'");
        (Type, IsBigEndian) = (type, name[0] == '>');
    }

    private List<int> Tuple()
    {
        var sizes = new List<int>();
        Expect('(');
        while (!Take(')'))
        {
            Blanks();
            var place = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            if (!int.TryParse(
                    text.AsSpan(place, at - place), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw Error(
                    place, $"a size from 0 to {Array.MaxLength}", place == at ? Found() : Short(text[place..at]));
            if (sizes.Count == MostDimensions)
                throw Error(place, $"at most {MostDimensions} sizes", "more");
            sizes.Add(size);
            if (Take(','))
                continue;
            Expect(')');
            // One size in brackets is a number in Python, not a shape.
            if (sizes.Count == 1)
                throw Error(at - 1, "a comma after a single size", "')'");
            break;
        }
        return sizes;
    }

    private string String(string what)
    {
        Blanks();
        if (at >= text.Length || text[at] is not ('\'' or '"'))
            throw Error(at, $"{what} in quotes", Found());
        var end = text.IndexOf(text[at], at + 1);
        if (end < 0)
            throw Error(at, $"{what} with a quote at its end", "none");
        var value = text[(at + 1)..end];
        at = end + 1;
        return Short(value);
    }

    private bool Take(char wanted) => Take(wanted.ToString());

    private bool Take(string wanted)
    {
        Blanks();
        if (!text.AsSpan(at).StartsWith(wanted, StringComparison.Ordinal))
            return false;
        at += wanted.Length;
        return true;
    }

    private void Expect(char wanted)
    {
        if (!Take(wanted))
            throw Error(at, $"'{wanted}'", Found());
    }

    private void Blanks()
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\n' or '\r')
            at++;
    }

    private string Found() => at < text.Length ? $"'{text[at]}'" : "the end of the header";

    private DataException Error(int place, string expected, string found) => file.Error(start + place, expected, found);
}
