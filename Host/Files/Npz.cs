using System.IO.Compression;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Files;

/// <summary>How much an .npz file may ask of its reader.</summary>
internal sealed record NpzLimits
{
    /// <summary>Arrays in the file.</summary>
    public int Entries { get; init; } = 10_000;

    /// <summary>Bytes of all arrays together, inflated.</summary>
    public long Length { get; init; } = 8L << 30;
}

/// <summary>
/// NumPy's format for several arrays: a zip file whose entries are .npy files, stored or deflated. Nothing is ever
/// written to a disk; what an entry says of its size is believed only as its bytes arrive, and its checksum is
/// verified.
/// </summary>
public static class Npz
{
    private const string Extension = ".npy";
    // Zip can't say less than this, and NumPy says it too: equal arrays give equal files.
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a file.</summary>
    /// <exception cref="DataException">The file can't be read, or breaks a rule of the format.</exception>
    public static IReadOnlyList<Tensor> Read(string path) =>
        DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format; <paramref name="name"/> is said to be
    /// bad.</exception>
    public static IReadOnlyList<Tensor> Read(Stream stream, string name) =>
        Read(stream.Given(), name.Given(), null);

    /// <summary>The names of the arrays, in the file's order.</summary>
    /// <exception cref="DataException">The stream breaks a rule of the format.</exception>
    internal static IReadOnlyList<string> Names(Stream stream, string name) =>
        Opened(stream, name, archive => (string[])[.. Entries(archive, name, new NpzLimits()).Keys]);

    /// <summary>Reads some arrays, and looks at no other.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="arrays">Which; null for all.</param>
    /// <param name="limits">How much they may ask for.</param>
    /// <param name="takesTexts">Whether elements may be texts: letters, with a dimension more.</param>
    /// <exception cref="DataException">An array is not there, or the stream breaks a rule of the format.</exception>
    internal static IReadOnlyList<Tensor> Read(
        Stream stream, string name, IReadOnlyList<string>? arrays, NpzLimits? limits = null,
        bool takesTexts = false)
    {
        limits ??= new NpzLimits();
        return Opened(stream, name, archive =>
        {
            var entries = Entries(archive, name, limits);
            if (arrays?.FirstOrDefault(array => !entries.ContainsKey(array)) is { } missing)
                throw new DataException(
                    name, null, $"an array {missing}",
                    string.Join(", ", entries.Keys.DefaultIfEmpty("none").Take(20).Select(array => Short(array))));
            var left = limits.Length;
            var tensors = new List<Tensor>();
            foreach (var array in arrays ?? [.. entries.Keys])
            {
                tensors.Add(Read(entries[array], name, array, left, takesTexts));
                left -= entries[array].Length;
            }
            return tensors;
        });
    }

    private static T Opened<T>(Stream stream, string name, Func<ZipArchive, T> read)
    {
        try
        {
            stream.Position = 0;
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return read(archive);
        }
        catch (Exception e) when (
            e is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new DataException(name, null, "a zip file, as NumPy writes it", $"\"{e.Message}\"");
        }
    }

    // By the names of their arrays, in the file's order.
    private static OrderedDictionary<string, ZipArchiveEntry> Entries(ZipArchive archive, string name, NpzLimits limits)
    {
        if (archive.Entries.Count > limits.Entries)
            throw new DataException(name, null, $"at most {limits.Entries} entries", $"{archive.Entries.Count}");
        var entries = new OrderedDictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        foreach (var entry in archive.Entries)
        {
            if (!IsName(entry.FullName))
                throw Error(name, entry, "a name that ends in .npy, without folders", "another");
            if (!entries.TryAdd(entry.FullName[..^Extension.Length], entry))
                throw Error(name, entry, "each name once", "it again");
            if (entry.IsEncrypted)
                throw Error(name, entry, "an entry that is not encrypted", "an encrypted one");
        }
        return entries;
    }

    private static Tensor Read(ZipArchiveEntry entry, string name, string array, long left, bool takesTexts)
    {
        if (entry.Length > left || entry.Length > Array.MaxLength)
            throw Error(
                name, entry, $"at most {Plural.Plain(Math.Min(left, Array.MaxLength), "byte")}", $"{entry.Length}");
        var place = $"{name}: {Short(entry.FullName, 100)}";
        // Of a small file that inflates to a large one, no more than its header promises.
        if (SaidLength(entry, place) is var said && said != entry.Length)
            throw Error(name, entry, $"{Plural.Plain(said, "byte")}, as its header says", $"{entry.Length}");
        // What is much larger than its share of the file is looked at before there is memory for it.
        if (entry.Length > DataFile.UsualRatio * entry.CompressedLength && Pass(entry) is var found
            && found != entry.Length)
            throw Error(name, entry, Plural.Plain(entry.Length, "byte"), $"{found}");
        using var part = entry.Open();
        using var file = new DataFile(part, place, entry.Length);
        var tensor = Npy.Read(file, array, takesTexts);
        return file.Checksum == entry.Crc32
            ? tensor : throw Error(name, entry, "data that its checksum fits", "others");
    }

    private static DataException Error(string name, ZipArchiveEntry entry, string expected, string found) =>
        new(name, $"entry '{Short(entry.FullName, 100)}'", expected, found);

    // How much there is of it, up to one byte more than there should be.
    private static long Pass(ZipArchiveEntry entry)
    {
        using var part = entry.Open();
        var (buffer, passed) = (new byte[1 << 16], 0L);
        while (passed <= entry.Length && part.Read(buffer) is > 0 and var count)
            passed += count;
        return passed;
    }

    /// <summary>Writes a file, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name has / \ : or .. in it, or NumPy has no
    /// such type.
    /// </exception>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public static void Write(string path, IReadOnlyList<Tensor> tensors) =>
        OutputFile.Write(path, stream => Write(stream, tensors.Given()));

    /// <summary>Writes to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, a name has / \ : or .. in it, or NumPy has no
    /// such type.
    /// </exception>
    public static void Write(Stream stream, IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Given().GroupBy(tensor => tensor.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"'{twice.Key}' can't be the name of two arrays", nameof(tensors));
        if (tensors.FirstOrDefault(tensor => !IsName(tensor.Name + Extension)) is { } odd)
            throw new ArgumentException(
                $"'{odd.Name}' can't be the name of an array: it has / \\ : or .. in it", nameof(tensors));
        using var archive = new ZipArchive(stream.Given(), ZipArchiveMode.Create, leaveOpen: true);
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
}
