using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Tests.Fuzz;

/// <summary>
/// What may happen to a file: bits flip, its end is lost, parts are doubled, swapped or come from elsewhere, numbers
/// grow beyond all bounds (as text or as bytes), brackets nest deeply. A mutation is a function of its number alone.
/// </summary>
public static class Mutations
{
    // Where programs count wrongly: around 0, around the limits of 8 to 64 bits, and beyond them.
    private static readonly string[] Numbers =
    [
        "0", "-0", "-1", "1", "2", "3", "7", "255", "256", "65535", "65536", "2147483591", "2147483647", "2147483648",
        "4294967295", "4294967296", "4611686018427387904", "9223372036854775807", "9223372036854775808",
        "18446744073709551615", "18446744073709551616", "18446744073709551618", "1e9", "1e999", "0.5", "NaN",
        "Infinity",
        "00", "0x10", "999999999999999999999999999999999999999999",
    ];

    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 7, 8, 16, 127, 128, 255, 256, 32767, 65535, 65536, int.MaxValue, 1L << 31, uint.MaxValue, 1L << 32,
        0x7FFFFFC7, 1L << 62, long.MaxValue, long.MinValue, 1_000_000_000,
    ];

    private static readonly string[] Texts =
    [
        "[", "{", "(", "\"", "'", "]", "}", ")", ",", ":", ";", "\\", "\n", "\r", "\0", " ", "\t", "-", ".", "/", "..",
        "../", "\\u0000", "\\ud800", "\\u0061", "null", "true", "False", "{}", "[]", "()", "\"\"", "é", "\u2028",
        "\uFEFF",
    ];

    /// <summary>The file after one to four accidents.</summary>
    /// <param name="number">Which mutation: equal numbers give equal bytes.</param>
    /// <param name="files">Valid files of the format, at least one; parts of one may get into another.</param>
    public static byte[] Of(int number, IReadOnlyList<byte[]> files)
    {
        var random = new Random(number);
        var bytes = files[random.Next(files.Count)].ToList();
        for (var accidents = 1 + random.Next(4) * random.Next(2); accidents > 0; accidents--)
            Change(bytes, files, random);
        return [.. bytes];
    }

    private static void Change(List<byte> bytes, IReadOnlyList<byte[]> files, Random random)
    {
        var at = Place(bytes, random);
        switch (random.Next(14))
        {
            case 0 or 1 when bytes.Count > 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2 when bytes.Count > 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4:
                bytes.RemoveRange(at, Math.Min(1 + random.Next(40), bytes.Count - at));
                break;
            case 5:
                bytes.InsertRange(Place(bytes, random), Part(bytes, random));
                break;
            case 6:
                bytes.InsertRange(at, Part([.. files[random.Next(files.Count)]], random));
                break;
            case 7:
                bytes.AddRange(new byte[1 + random.Next(40)]);
                break;
            case 8:
                var other = Part(bytes, random);
                for (var i = 0; i < other.Length && at + i < bytes.Count; i++)
                    bytes[at + i] = other[i];
                break;
            case 9:
                var text = Texts[random.Next(Texts.Length)];
                var times = random.Next(4) == 0 ? 1 << random.Next(14) : 1;
                bytes.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, times))));
                break;
            case 10 or 11:
                ReplaceNumber(bytes, at, random);
                break;
            default:
                ReplaceInteger(bytes, at, random);
                break;
        }
    }

    // Half of the time near the beginning, where formats keep their sizes.
    private static int Place(List<byte> bytes, Random random) =>
        random.Next(2) == 0 ? random.Next(bytes.Count + 1) % Math.Max(1, bytes.Count)
            : random.Next(Math.Min(bytes.Count, 200) + 1) % Math.Max(1, bytes.Count);

    private static byte[] Part(List<byte> bytes, Random random)
    {
        var first = Place(bytes, random);
        return [.. bytes.GetRange(
            first, Math.Min(1 + random.Next(random.Next(2) == 0 ? 12 : 120), bytes.Count - first))];
    }

    // The run of digits at a place or after it.
    private static void ReplaceNumber(List<byte> bytes, int at, Random random)
    {
        var first = bytes.FindIndex(at, value => value is >= (byte)'0' and <= (byte)'9');
        if (first < 0)
            return;
        var end = bytes.FindIndex(first, value => value is not (>= (byte)'0' and <= (byte)'9'));
        end = end < 0 ? bytes.Count : end;
        var old = Encoding.ASCII.GetString([.. bytes.GetRange(first, end - first)]);
        var number = random.Next(3) == 0
            && long.TryParse(old, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? unchecked(value + random.Next(-9, 10)).ToString(CultureInfo.InvariantCulture)
            : Numbers[random.Next(Numbers.Length)];
        bytes.RemoveRange(first, end - first);
        bytes.InsertRange(first, Encoding.ASCII.GetBytes(number));
    }

    // 1, 2, 4 or 8 bytes in either order: a number from the list, or what stands there and a little.
    private static void ReplaceInteger(List<byte> bytes, int at, Random random)
    {
        var size = 1 << random.Next(4);
        if (at + size > bytes.Count)
            return;
        Span<byte> word = stackalloc byte[8];
        word.Clear();
        CollectionsMarshal.AsSpan(bytes).Slice(at, size).CopyTo(word);
        var value = random.Next(2) == 0
            ? Integers[random.Next(Integers.Length)]
            : BinaryPrimitives.ReadInt64LittleEndian(word) + random.Next(-9, 10);
        BinaryPrimitives.WriteInt64LittleEndian(word, value);
        if (random.Next(2) == 0)
            word[..size].Reverse();
        for (var i = 0; i < size; i++)
            bytes[at + i] = word[i];
    }
}

