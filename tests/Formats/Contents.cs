using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Files;

namespace Functional.Tests.Formats;

/// <summary>What files may hold.</summary>
public static class Contents
{
    private static readonly string[] Pieces =
    [
        "a", "b", "Z", "0", "é", "ß", "\u0301", "漢", "🂡", "\"", "\"\"", "'", "\n", "\r\n", "\r", ",", ";", "\t", "|",
        " ", "\\", "/",
        ":", "..", "{", "}", "\0", "\u001F", "\u007F", "\u2028", "\uFEFF", "\uFFFF", "__metadata__", "digest", "ſ", "İ",
    ];

    // By the size of an element: infinities, quiet and signaling NaN with payloads, negative zero, denormal numbers.
    private static readonly ulong[][] Special =
    [
        [0, 1, 0x7F, 0x80, 0xFF],
        [0x7C00, 0xFC00, 0x7E01, 0xFD01, 0x8000, 1, 0x83FF, 0xFFFF],
        [0x7F800000, 0xFF800000, 0x7FC00001, 0xFF800001, 0x80000000, 1, 0x807FFFFF, 0xFFFFFFFF],
        [
            0x7FF0000000000000, 0xFFF0000000000000, 0x7FF8000000000001, 0xFFF0000000000001, 0x8000000000000000, 1,
            0x800FFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF,
        ],
    ];

    /// <summary>Texts with what formats treat in their own ways.</summary>
    public static Gen<string> Text { get; } =
        from count in Gen.Choose(0, 6)
        from some in Gen.ArrayOf(Gen.Elements(Pieces), count)
        select string.Concat(some);

    /// <summary>Tensors with distinct names, of every type that has one in .NET.</summary>
    public static Gen<Tensor[]> Tensors { get; } =
        from distinct in Text.ArrayOf().Select(some => some.Except(["__metadata__"]).Distinct().Take(5))
        from tensors in Gen.CollectToArray(distinct, Named)
        select tensors;

    /// <summary>Elements with every pattern of bits.</summary>
    public static Gen<T[]> Elements<T>(int count) where T : unmanaged
    {
        var size = Marshal.SizeOf<T>();
        var special = Special[int.Log2(size)];
        return
            from words in Gen.ArrayOf(Gen.OneOf(Gen.Elements(special), Word), count)
            select MemoryMarshal.Cast<byte, T>(words.SelectMany(word => Bytes(word, size)).ToArray()).ToArray();
    }

    private static Gen<ulong> Word =>
        from parts in Gen.ArrayOf(Gen.Choose(0, ushort.MaxValue), 4)
        select parts.Aggregate(0UL, (word, part) => word << 16 | (uint)part);

    private static byte[] Bytes(ulong word, int size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, word);
        return bytes[..size];
    }

    private static Gen<Tensor> Named(string name)
    {
        Gen<Tensor> Of<T>() where T : unmanaged =>
            from shape in Shape
            from elements in Elements<T>(shape.Aggregate(1, (product, size) => product * size))
            select Tensor.Of(name, shape, elements);
        return Gen.OneOf(
            Of<byte>(), Of<sbyte>(), Of<short>(), Of<ushort>(), Of<Half>(), Of<int>(), Of<uint>(), Of<float>(),
            Of<double>(),
            Of<long>(), Of<ulong>(),
            Of<byte>().Select(tensor =>
                Tensor.Of(name, tensor.Shape, tensor.Bytes.ToArray().Select(value => value > 99).ToArray())));
    }

    private static Gen<int[]> Shape =>
        from dimensions in Gen.Choose(0, 4)
        from shape in Gen.ArrayOf(Gen.Choose(0, 4), dimensions)
        select shape;
}
