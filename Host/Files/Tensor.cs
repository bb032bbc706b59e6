using System.Numerics;
using System.Runtime.InteropServices;

namespace Functional.Host.Files;

/// <summary>What the elements of a tensor are, in the order in which the safetensors format ranks them.</summary>
public enum TensorType
{
    /// <summary>A byte, 0 or 1.</summary>
    Bool,

    /// <summary>8 bits, unsigned.</summary>
    U8,

    /// <summary>8 bits, signed.</summary>
    I8,

    /// <summary>16 bits, signed.</summary>
    I16,

    /// <summary>16 bits, unsigned.</summary>
    U16,

    /// <summary>Half precision (IEEE 754 binary16).</summary>
    F16,

    /// <summary>The upper half of a number in single precision.</summary>
    BF16,

    /// <summary>32 bits, signed.</summary>
    I32,

    /// <summary>32 bits, unsigned.</summary>
    U32,

    /// <summary>Single precision.</summary>
    F32,

    /// <summary>Double precision.</summary>
    F64,

    /// <summary>64 bits, signed.</summary>
    I64,

    /// <summary>64 bits, unsigned.</summary>
    U64,
}

/// <summary>Numbers in as many dimensions as there may be, under a name: what a safetensors file holds.
/// The array is not copied: who builds this value gives it away, and no one writes to it after.</summary>
public sealed class Tensor
{
    private readonly Array elements;

    /// <summary>Whether the elements are letters of texts, code points or bytes, which the last dimension goes along.
    /// </summary>
    internal bool IsText { get; init; }

    /// <summary>Memory for the elements, to be filled by its maker.</summary>
    internal Tensor(string name, TensorType type, IReadOnlyList<int> shape, int count)
    {
        (Name, Type, Shape, Count) = (name, type, shape, count);
        elements = type switch
        {
            TensorType.Bool => new bool[count],
            TensorType.U8 => GC.AllocateUninitializedArray<byte>(count),
            TensorType.I8 => GC.AllocateUninitializedArray<sbyte>(count),
            TensorType.I16 => GC.AllocateUninitializedArray<short>(count),
            TensorType.U16 or TensorType.BF16 => GC.AllocateUninitializedArray<ushort>(count),
            TensorType.F16 => GC.AllocateUninitializedArray<Half>(count),
            TensorType.I32 => GC.AllocateUninitializedArray<int>(count),
            TensorType.U32 => GC.AllocateUninitializedArray<uint>(count),
            TensorType.F32 => GC.AllocateUninitializedArray<float>(count),
            TensorType.F64 => GC.AllocateUninitializedArray<double>(count),
            TensorType.I64 => GC.AllocateUninitializedArray<long>(count),
            TensorType.U64 => GC.AllocateUninitializedArray<ulong>(count),
            _ => throw new ArgumentOutOfRangeException(nameof(type)),
        };
    }

    private Tensor(string name, TensorType type, IReadOnlyList<int> shape, Array elements)
    {
        (Name, Type, Shape, Count, this.elements) = (name, type, shape, elements.Length, elements);
        if (shape.Any(size => size < 0)
            || shape.Aggregate(UInt128.One, (product, size) => product * (UInt128)size) != (UInt128)Count)
            throw new ArgumentException(
                $"'{name}' of shape {Text(shape)} can't have {Plural.Plain(Count, "element")}", nameof(shape));
        if ((long)Count * Size(type) > Array.MaxLength)
            throw new ArgumentException($"'{name}' has more than {Array.MaxLength} bytes", nameof(elements));
    }

    /// <summary>Any text that is Unicode.</summary>
    public string Name { get; }

    /// <summary>What the elements are.</summary>
    public TensorType Type { get; }

    /// <summary>The size of each dimension, the outermost first; none for a single number.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>The elements row by row, as the format has them: little-endian.</summary>
    public ReadOnlySpan<byte> Bytes => Memory;

    internal Span<byte> Memory =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(elements), Count * Size(Type));

    /// <summary>Of an array that is not copied, row by row.</summary>
    /// <typeparam name="T">bool, an integer of 8 to 64 bits, Half, float or double.</typeparam>
    /// <exception cref="ArgumentException">The shape doesn't have this many elements.</exception>
    public static Tensor Of<T>(string name, IReadOnlyList<int> shape, T[] elements) where T : unmanaged =>
        new(name.Given(), TypeOf<T>(), shape.Given(), elements.Given());

    /// <summary>The same elements under another name.</summary>
    internal Tensor Named(string name) => new(name, Type, Shape, elements) { IsText = IsText };

    /// <summary>The elements as numbers of any type, each exactly; the tensor's own array if that is its type.
    /// </summary>
    /// <param name="values">The elements, if all could be converted.</param>
    /// <returns>The first element that <typeparamref name="T"/> can't hold exactly, or null.</returns>
    public int? Convert<T>(out T[] values) where T : unmanaged, INumberBase<T>
    {
        if (Type != TensorType.BF16 && elements.GetType() == typeof(T[]))
        {
            values = (T[])elements;
            return null;
        }
        values = new T[Count];
        return Type switch
        {
            TensorType.Bool or TensorType.U8 => Convert(Bytes, values),
            TensorType.I8 => Convert(As<sbyte>(), values),
            TensorType.I16 => Convert(As<short>(), values),
            TensorType.U16 => Convert(As<ushort>(), values),
            TensorType.F16 => Convert(As<Half>(), values),
            TensorType.BF16 => Convert<float, T>(Array.ConvertAll((ushort[])elements, Single), values),
            TensorType.I32 => Convert(As<int>(), values),
            TensorType.U32 => Convert(As<uint>(), values),
            TensorType.F32 => Convert(As<float>(), values),
            TensorType.F64 => Convert(As<double>(), values),
            TensorType.I64 => Convert(As<long>(), values),
            _ => Convert(As<ulong>(), values),
        };
    }

    /// <summary>The elements in double precision, rounded to nearest.</summary>
    internal double[] Rounded() =>
        Type == TensorType.I64 ? Array.ConvertAll((long[])elements, number => (double)number)
        : Type == TensorType.U64 ? Array.ConvertAll((ulong[])elements, number => (double)number)
        : Convert<double>(out var values) is null ? values
        : throw new InvalidOperationException($"{Type} doesn't fit double precision");

    /// <summary>The number that stands at an index, as text.</summary>
    internal string TextAt(int index) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{elements.GetValue(index)}");

    internal static string Text(IEnumerable<int> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The bytes of an element.</summary>
    internal static int Size(TensorType type) => type switch
    {
        <= TensorType.I8 => 1,
        <= TensorType.BF16 => 2,
        <= TensorType.F32 => 4,
        _ => 8,
    };

    private ReadOnlySpan<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    private static int? Convert<TFrom, TTo>(ReadOnlySpan<TFrom> from, TTo[] to)
        where TFrom : unmanaged, INumberBase<TFrom> where TTo : unmanaged, INumberBase<TTo>
    {
        var i = 0;
        try
        {
            for (; i < from.Length; i++)
            {
                to[i] = TTo.CreateChecked(from[i]);
                if (!TFrom.CreateChecked(to[i]).Equals(from[i]))
                    return i;
            }
            return null;
        }
        catch (OverflowException)
        {
            return i;
        }
    }

    /// <summary>A number of type BF16.</summary>
    internal static float Single(ushort upperHalf) => BitConverter.UInt32BitsToSingle((uint)upperHalf << 16);

    private static TensorType TypeOf<T>() =>
        typeof(T) == typeof(bool) ? TensorType.Bool
        : typeof(T) == typeof(byte) ? TensorType.U8
        : typeof(T) == typeof(sbyte) ? TensorType.I8
        : typeof(T) == typeof(short) ? TensorType.I16
        : typeof(T) == typeof(ushort) ? TensorType.U16
        : typeof(T) == typeof(Half) ? TensorType.F16
        : typeof(T) == typeof(int) ? TensorType.I32
        : typeof(T) == typeof(uint) ? TensorType.U32
        : typeof(T) == typeof(float) ? TensorType.F32
        : typeof(T) == typeof(double) ? TensorType.F64
        : typeof(T) == typeof(long) ? TensorType.I64
        : typeof(T) == typeof(ulong) ? TensorType.U64
        : throw new ArgumentException($"a tensor can't be of {typeof(T).Name}", nameof(T));
}
