using System.IO.Compression;
using Functional.Host.Charts;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Files;

/// <summary>How much an .npz file may ask of its reader.</summary>
public sealed record NpzLimits
{
    /// <summary>Arrays in the file.</summary>
    public int Entries { get; init; } = 10_000;

    /// <summary>Bytes of all arrays together, inflated.</summary>
    public long Length { get; init; } = 8L << 30;
}

/// <summary>
/// NumPy's format for several arrays: a zip file whose entries are .npy files, stored or deflated. Nothing is ever written
/// to a disk; what an entry says of its size is believed only as its bytes arrive, and its checksum is verified.
/// </summary>
public static class Npz
{
    private const string Extension = ".npy";
    // Zip can't say less than this, and NumPy says it too: equal arrays give equal files.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static IReadOnlyList<Tensor> Read(string path, NpzLimits? limits = null) =>
        DataFile.Open(path, stream => Read(stream, path, limits));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static IReadOnlyList<Tensor> Read(Stream stream, string name, NpzLimits? limits = null)
    {
        limits ??= new NpzLimits();
        var tensors = new List<Tensor>();
        try
        {
            stream.Position = 0;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > limits.Entries)
                throw new DataException(name, null, $"at most {limits.Entries} entries", $"{archive.Entries.Count}");
            var names = new HashSet<string>(StringComparer.Ordinal);
            var left = limits.Length;
            foreach (var entry in archive.Entries)
            {
                DataException Error(string expected, string found) => new(name, $"entry '{Short(entry.FullName, 100)}'", expected, found);
                if (!IsName(entry.FullName))
                    throw Error("a name that ends in .npy, without folders", "another");
                if (!names.Add(entry.FullName))
                    throw Error("each name once", "it again");
                if (entry.IsEncrypted)
                    throw Error("an entry that is not encrypted", "an encrypted one");
                if (entry.Length > left || entry.Length > Array.MaxLength)
                    throw Error($"at most {Math.Min(left, Array.MaxLength)} bytes", $"{entry.Length}");
                left -= entry.Length;
                var place = $"{name}: {Short(entry.FullName, 100)}";
                // Of a small file that inflates to a large one, no more than its header promises.
                if (SaidLength(entry, place) is var said && said != entry.Length)
                    throw Error($"{said} bytes, as its header says", $"{entry.Length}");
                tensors.Add(Npy.Read(new MemoryStream(Inflated(entry, Error)), place, entry.FullName[..^Extension.Length]));
            }
            return tensors;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new DataException(name, null, "a zip file, as NumPy writes it", $"\"{e.Message}\"");
        }
    }

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name has / \ : or .. in it, or NumPy has no such type.
    /// </exception>
    /// <exception cref="RunException">It can't be written.</exception>
    public static void Write(string path, IReadOnlyList<Tensor> tensors) =>
        OutputFile.Write(path, stream => Write(stream, tensors));

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name has / \ : or .. in it, or NumPy has no such type.
    /// </exception>
    public static void Write(Stream stream, IReadOnlyList<Tensor> tensors)
    {
        if (tensors.GroupBy(tensor => tensor.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"'{twice.Key}' can't be the name of two arrays", nameof(tensors));
        if (tensors.FirstOrDefault(tensor => !IsName(tensor.Name + Extension)) is { } odd)
            throw new ArgumentException($"'{odd.Name}' can't be the name of an array: it has / \\ : or .. in it", nameof(tensors));
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var tensor in tensors)
        {
            var entry = archive.CreateEntry(tensor.Name + Extension, CompressionLevel.NoCompression);
            entry.LastWriteTime = NoTime;
            using var part = entry.Open();
            Npy.Write(part, tensor);
        }
    }

    private static bool IsName(string entry) =>
        entry.EndsWith(Extension, StringComparison.Ordinal) && !entry.AsSpan().ContainsAny("/\\:")
        && !entry.Contains("..", StringComparison.Ordinal);

    private static long SaidLength(ZipArchiveEntry entry, string name)
    {
        using var part = entry.Open();
        var beginning = new byte[Math.Min(entry.Length, Npy.LongestHead)];
        var count = part.ReadAtLeast(beginning, beginning.Length, throwOnEndOfStream: false);
        return Npy.LengthOf(new MemoryStream(beginning, 0, count), name);
    }

    private static byte[] Inflated(ZipArchiveEntry entry, Func<string, string, DataException> error)
    {
        using var part = entry.Open();
        byte[] data = [];
        for (var filled = 0; filled < entry.Length;)
        {
            if (filled == data.Length)
                Array.Resize(ref data, (int)Math.Min(entry.Length, Math.Max(2L * filled, 16 * entry.CompressedLength + 64)));
            var count = part.Read(data, filled, data.Length - filled);
            if (count == 0)
                throw error($"{entry.Length} bytes", $"{filled}");
            filled += count;
        }
        if (part.ReadByte() >= 0)
            throw error($"{entry.Length} bytes", "more");
        return Crc32.Of(data) == entry.Crc32 ? data : throw error("data that its checksum fits", "others");
    }
}
