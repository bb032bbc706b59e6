using System.Buffers.Binary;

namespace Functional.Host.Files;

/// <summary>A table in a FlatBuffer: its fields are read where they are, and none beyond the bytes.</summary>
/// <remarks>Source: "FlatBuffer Internals", flatbuffers.dev.</remarks>
/// <param name="Bytes">The buffer.</param>
/// <param name="Place">Where the table is; 0 for none.</param>
internal readonly record struct FlatTable(ReadOnlyMemory<byte> Bytes, int Place)
{
    /// <summary>The table at the root of a buffer.</summary>
    public static FlatTable Root(ReadOnlyMemory<byte> bytes) => new(bytes, new FlatTable(bytes, 0).Target(0));

    /// <summary>Where a field is; 0 for the default value's.</summary>
    public int Field(int number)
    {
        if (Place == 0)
            return 0;
        var places = Place - Int(Place);
        return 4 + (2 * number) is var entry && entry < UShort(places) && UShort(places + entry) is > 0 and var offset
            ? Place + offset : 0;
    }

    /// <summary>A number of 64 bits; 0 by default.</summary>
    public long Long(int number) => Field(number) is > 0 and var place ? LongAt(place) : 0;

    /// <summary>A byte; 0 by default.</summary>
    public int Byte(int number) => Field(number) is > 0 and var place ? Bytes.Span[place] : 0;

    /// <summary>Another table.</summary>
    public FlatTable Table(int number) => new(Bytes, Field(number) is > 0 and var place ? Target(place) : 0);

    /// <summary>Where a vector's elements begin, and how many there are.</summary>
    /// <param name="number">The field.</param>
    /// <param name="size">How many bytes an element has.</param>
    /// <exception cref="ArgumentOutOfRangeException">They would reach beyond the buffer.</exception>
    public (int Start, int Count) Vector(int number, int size)
    {
        if (Field(number) is not (> 0 and var place))
            return (0, 0);
        var start = Target(place) + 4;
        var count = Int(start - 4);
        ArgumentOutOfRangeException.ThrowIfNegative(count, "length");
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, (Bytes.Length - start) / size, "length");
        return (start, count);
    }

    /// <summary>The table that an element of a vector of tables refers to.</summary>
    public FlatTable At(int start, int index) => new(Bytes, Target(start + (4 * index)));

    /// <summary>The number of 64 bits at a place.</summary>
    public long LongAt(int place) => BinaryPrimitives.ReadInt64LittleEndian(Bytes.Span[place..]);

    // Tables refer forward only, so that nothing refers to itself.
    private int Target(int place)
    {
        var offset = Int(place);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(offset, "offset");
        return checked(place + offset);
    }

    private int Int(int place) => BinaryPrimitives.ReadInt32LittleEndian(Bytes.Span[place..]);

    private int UShort(int place) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.Span[place..]);
}
