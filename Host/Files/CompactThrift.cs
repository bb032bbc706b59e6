namespace Functional.Host.Files;

/// <summary>Walks over structs in Thrift's compact protocol and checks them against their descriptions: every field
/// has its type, every length lies within the file, and they end. Only the numbers in them are kept.</summary>
/// <remarks>Source: Thrift compact protocol encoding (the specification in Apache Thrift's repository).</remarks>
internal sealed class CompactThrift
{
    private const int Binary = 8, List = 9, Struct = 12;

    // By the codes of the types; true and false are types of their own.
    private static readonly string[] Types =
        ["end", "bool", "bool", "i8", "i16", "i32", "i64", "double", "binary", "list", "set", "map", "struct"];

    private readonly IReadOnlyDictionary<string, Field?[]> structs;
    private readonly Stream stream;
    private readonly string path, format;
    private readonly long end;

    /// <summary>Starts at a stream's position.</summary>
    /// <param name="structs">What <see cref="Described"/> gives.</param>
    /// <param name="stream">The bytes.</param>
    /// <param name="path">What they are called.</param>
    /// <param name="format">What the structs are, for messages.</param>
    /// <param name="end">The first byte after them.</param>
    public CompactThrift(
        IReadOnlyDictionary<string, Field?[]> structs, Stream stream, string path, string format, long end) =>
        (this.structs, this.stream, this.path, this.format, this.end) = (structs, stream, path, format, end);

    /// <summary>Integers of the structs, by the struct's name and the field's number; the last one of each. True is 1.
    /// </summary>
    public Dictionary<(string Struct, int Field), long> Numbers { get; } = [];

    /// <summary>Called at the end of each struct, with its name.</summary>
    public Action<CompactThrift, string>? Ended { get; init; }

    /// <summary>Structs as text, one a line: <c>Name: i32! [binary] - Other</c> has the fields 1 (a number that must be
    /// there), 2 (a list) and 4. A line that begins with two blanks goes on.</summary>
    public static Dictionary<string, Field?[]> Described(string text) =>
        text.ReplaceLineEndings("\n").Replace("\n  ", " ", StringComparison.Ordinal).Split('\n')
            .Select(line => line.Split(": ")).ToDictionary(line => line[0], line => Array.ConvertAll(
                line.ElementAtOrDefault(1)?.Split(' ') ?? [], field => field == "-" ? null
                    : new Field(field.Trim('[', ']', '!'), field[0] == '[', field[^1] == '!')));

    /// <summary>Walks over a struct.</summary>
    /// <exception cref="DataException">It isn't what it should be.</exception>
    public void Walk(string name)
    {
        var fields = structs[name];
        var seen = new HashSet<int>();
        for (var number = 0; Byte() is not 0 and var header;)
        {
            var type = header & 15;
            number = header >> 4 is > 0 and var step ? number + step : (short)Integer(16);
            if (fields.ElementAtOrDefault(number - 1) is not { } field)
                Skip(type, $"field {number} of {name}");
            else if (CodeOf(field) is var code && code != (type == 2 ? 1 : type))
                throw Fault($"{Types[code]} as field {number} of {name}", TypeText(type));
            else if (field.IsList)
                Elements(field);
            else if (type > 2)
                Value(type, field.Type, name, number);
            else
                Numbers[(name, number)] = type & 1;
            seen.Add(number);
        }
        for (var number = 1; number <= fields.Length; number++)
            if (fields[number - 1] is { IsRequired: true } && !seen.Contains(number))
                throw Fault($"field {number} of {name}", "none");
        Ended?.Invoke(this, name);
    }

    /// <summary>The unsigned number a number of bytes further on.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public long UnsignedAt(long offset)
    {
        Pass(offset);
        return (uint)Number(32);
    }

    private void Elements(Field field)
    {
        var (count, type) = ListHeader();
        if (count > 0 && type != CodeOf(field with { IsList = false }))
            throw Fault($"a list of {field.Type}", $"one of {TypeText(type)}");
        for (; count > 0; count--)
            Value(type, field.Type, field.Type, 0);
    }

    private void Value(int type, string expected, string name, int number)
    {
        switch (type)
        {
            case 3:
                Pass(1);
                break;
            case 4 or 5 or 6:
                Numbers[(name, number)] = Integer(8 << (type - 3));
                break;
            case 7:
                Pass(sizeof(double));
                break;
            case Binary:
                Pass(Length());
                break;
            case Struct:
                Walk(expected);
                break;
        }
    }

    // Later versions may have more fields. Of these Parquet.Net can skip only plain values and empty ones.
    private void Skip(int type, string place)
    {
        if (type is > 2 and <= Binary)
            Value(type, "", "", 0);
        else if (type == List && ListHeader() is var (count, element) && (count == 0 || element is > 2 and <= Binary))
            for (; count > 0; count--)
                Value(element, "", "", 0);
        else if (type is not (1 or 2) && !(type == Struct && Byte() == 0))
            throw Fault($"plain values as {place}, which isn't known here", TypeText(type));
    }

    private int CodeOf(Field field) =>
        field.IsList ? List : structs.ContainsKey(field.Type) ? Struct : Array.IndexOf(Types, field.Type);

    private (long Count, int Type) ListHeader()
    {
        var header = Byte();
        // Every element takes at least a byte.
        return (header >> 4 == 15 ? Length() : Within(header >> 4), header & 15);
    }

    private long Length() => Within((uint)Number(32));

    private long Within(long length) =>
        length <= end - stream.Position ? length
            : throw Fault($"a length of at most {end - stream.Position}", $"{length}");

    private void Pass(long count) => stream.Position += Within(count);

    // Zigzag: 0, -1, 1, -2, ...
    private long Integer(int bits)
    {
        var number = Number(bits);
        var value = (long)(number >> 1) ^ -(long)(number & 1);
        return bits == 16 ? (short)value : bits == 32 ? (int)value : value;
    }

    // Seven bits a byte, the lowest first; the eighth says that another byte follows.
    private ulong Number(int bits)
    {
        var number = 0UL;
        for (var shift = 0; shift < bits; shift += 7)
        {
            var next = Byte();
            number |= (ulong)(next & 127) << shift;
            if (next < 128)
                return number;
        }
        throw Fault($"a number of {bits} bits", "a longer one");
    }

    private int Byte() =>
        stream.Position < end && stream.ReadByte() is >= 0 and var next ? next : throw Fault("another byte", "the end");

    private DataException Fault(string expected, string found) =>
        new(path, Invariant($"byte {stream.Position}"), $"{format} with {expected}", found);

    private static string TypeText(int code) => code < Types.Length ? Types[code] : Invariant($"type {code}");

    /// <summary>A field of a struct.</summary>
    /// <param name="Type">What it, or each of its elements, is: a plain type, or a struct's name.</param>
    /// <param name="IsList">Whether it is a list.</param>
    /// <param name="IsRequired">Whether it must be there.</param>
    internal sealed record Field(string Type, bool IsList, bool IsRequired);
}
