using System.Buffers.Binary;
using System.IO.Compression;

namespace Functional.Host.Files;

/// <summary>
/// The bytes of a data file from its beginning, inflated if they are gzip (which their first two bytes decide, never
/// the name), and the place of whatever is wrong with them. No size is believed before the file bears it out.
/// </summary>
internal sealed class DataFile : IDisposable
{
    /// <summary>MNIST's files shrink to a fifth; what claims to have shrunk by more than this is inflated once before
    /// there is memory for it.</summary>
    internal const int UsualRatio = 16;

    // A pipe can't be read twice, and may never end.
    private const int LongestPipe = 1 << 30;

    private readonly Stream file;
    private readonly string name;
    private readonly long length;
    private readonly bool isSummed;
    private GZipStream? inflated;
    private long position;

    /// <summary>Whether the bytes are inflated.</summary>
    public bool IsGzip => inflated is not null;

    /// <summary>How many of the (inflated) bytes were read.</summary>
    public long Position => position;

    /// <summary>Starts at the beginning of a stream, which stays its owner's.</summary>
    /// <exception cref="DataException">The stream can't seek, so its length is unknown.</exception>
    public DataFile(Stream file, string name)
    {
        (this.file, this.name) = (file, name);
        if (!file.CanSeek)
            throw new DataException(name, null, "a file of known length", "a pipe or a device");
        length = file.Length;
        Span<byte> start = stackalloc byte[2];
        file.Position = 0;
        var isGzip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
        file.Position = 0;
        inflated = isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
    }

    /// <summary>The rest of a stream that should be so long, which is summed on the way.</summary>
    public DataFile(Stream file, string name, long length) =>
        (this.file, this.name, this.length, isSummed) = (file, name, length, true);

    /// <summary>CRC-32 of all that was read, if it is summed.</summary>
    public uint Checksum { get; private set; }

    /// <summary>The lines of a text; a last one that was cut off doesn't count.</summary>
    public static string[] CompleteLines(string text) => text.Split('\n')[..^1];

    /// <summary>Opens a file, or a pipe, reads it, closes it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="read">Reads it.</param>
    /// <param name="longest">The most bytes that a pipe or a device may give.</param>
    /// <exception cref="DataException">The file can't be opened or read, or <paramref name="read"/> finds it bad.
    /// </exception>
    public static T Open<T>(string path, Func<Stream, T> read, int longest = LongestPipe)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!FilePlace.IsName(path))
            throw new DataException($"'{path}'", null, "the name of a file", "none");
        try
        {
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            // A device such as /dev/zero can seek, and never ends.
            using var whole = stream.CanSeek && FilePlace.Device(path) is null ? null : Whole(stream, path, longest);
            return read(whole ?? (Stream)stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, null, "a file", "none");
        }
        catch (UnauthorizedAccessException) when (Directory.Exists(path))
        {
            throw new DataException(path, null, "a readable file", "a folder");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException(path, null, "a readable file", $"\"{e.Message}\"");
        }
    }

    /// <summary>Something is wrong at a byte, counted from 0 in the inflated bytes.</summary>
    public DataException Error(long offset, string expected, string found) =>
        new(name, inflated is null ? $"byte {offset}" : $"byte {offset} of the inflated data", expected, found);

    /// <summary>Reads until the buffer is full or the file ends, and returns how many bytes came.</summary>
    /// <exception cref="DataException">The gzip data are corrupt.</exception>
    public int Read(Span<byte> buffer)
    {
        var filled = 0;
        try
        {
            while (filled < buffer.Length && (inflated ?? file).Read(buffer[filled..]) is > 0 and var count)
            {
                filled += count;
                position += count;
            }
        }
        catch (InvalidDataException)
        {
            throw Error(position, "gzip data", "bytes that can't be inflated, or that fail their checksum");
        }
        if (isSummed)
            Checksum = Crc32.After(Checksum, buffer[..filled]);
        return filled;
    }

    /// <summary>Checks that the rest of the file has this many bytes, as far as that is known without memory for them.
    /// </summary>
    /// <param name="size">The bytes that are needed.</param>
    /// <param name="more">Whether there may be more.</param>
    /// <exception cref="DataException">The rest is shorter, longer, or corrupt.</exception>
    public void CheckRest(int size, bool more = false)
    {
        var start = position;
        if (inflated is null)
            CheckRest(start, length - start, size, more);
        else if (size > UsualRatio * length)
        {
            Pass(start + size);
            CheckRest(start, position - start, size, more: true);
            Restart(start);
        }
    }

    /// <summary>Memory for this many bytes of the file.</summary>
    /// <exception cref="DataException">There isn't.</exception>
    public T Allocate<T>(int size, Func<T> allocate)
    {
        try
        {
            return allocate();
        }
        catch (OutOfMemoryException)
        {
            throw Error(position, "data that fit the memory", Plural.Plain(size, "byte"));
        }
    }

    /// <summary>Reads the rest of the file, which must have exactly this many bytes.</summary>
    /// <exception cref="DataException">The rest is shorter, longer or corrupt.</exception>
    public void ReadRest(Span<byte> data)
    {
        var start = position;
        if (Read(data) < data.Length)
            CheckRest(start, position - start, data.Length, more: false);
        if (inflated is not null)
            CheckEnd();
        else if (isSummed && file.ReadByte() >= 0)
            throw Error(position, "the end of the file", "more bytes");
    }

    /// <summary>Reads the rest of the file, which must have exactly this many bytes.</summary>
    /// <exception cref="DataException">The rest is shorter, longer, corrupt, or does not fit the memory.</exception>
    public byte[] ReadRest(int size)
    {
        CheckRest(size);
        var data = Allocate(size, () => GC.AllocateUninitializedArray<byte>(size));
        ReadRest(data.AsSpan());
        return data;
    }

    /// <summary>Reads the next bytes, whatever follows them.</summary>
    /// <exception cref="DataException">There are fewer, they are corrupt, or do not fit the memory.</exception>
    public byte[] ReadNext(int size)
    {
        CheckRest(size, more: true);
        var (start, data) = (position, Allocate(size, () => GC.AllocateUninitializedArray<byte>(size)));
        if (Read(data) < size)
            CheckRest(start, position - start, size, more: true);
        return data;
    }

    /// <summary>Closes what inflates, not the stream beneath.</summary>
    public void Dispose() => inflated?.Dispose();

    /// <summary>Goes to a byte again.</summary>
    public void Restart(long start)
    {
        (file.Position, position) = (0, 0);
        inflated?.Dispose();
        inflated = inflated is null ? null : new GZipStream(file, CompressionMode.Decompress, leaveOpen: true);
        Pass(start);
    }

    private void CheckRest(long start, long available, int size, bool more)
    {
        if (available < size)
            throw Error(
                start + available, $"{Plural.Plain(size, "byte")} of data from byte {start} on", "the end of the file");
        if (available > size && !more)
            throw Error(start + size, "the end of the file", Plural.Plain(available - size, "more byte"));
    }

    private void Pass(long end)
    {
        var buffer = new byte[1 << 16];
        while (position < end && Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position))) > 0)
        {
        }
    }

    /// <summary>Checks that nothing follows, of gzip.</summary>
    /// <exception cref="DataException">Something does, or the end is missing.</exception>
    // GZipStream takes data whose checksum is cut off, and passes over what follows it. The last four bytes of a gzip
    // file repeat the inflated size (RFC 1952, section 2.3.1), so that either shows.
    public void CheckEnd()
    {
        var end = position;
        if (Read(new byte[1]) > 0)
            throw Error(end, "the end of the file", "more bytes");
        Span<byte> trailer = stackalloc byte[4];
        file.Seek(-trailer.Length, SeekOrigin.End);
        file.ReadExactly(trailer);
        var size = BinaryPrimitives.ReadUInt32LittleEndian(trailer);
        if (size != (uint)end)
            throw Error(end, $"a gzip file that ends in its size, {end}", $"{size}: cut off, or more was appended");
    }

    private static MemoryStream Whole(FileStream pipe, string path, int longest)
    {
        var (whole, buffer) = (new MemoryStream(), new byte[1 << 16]);
        while (pipe.Read(buffer) is > 0 and var count)
        {
            if (whole.Length + count > longest)
                throw new DataException(path, null, $"at most {longest} bytes from a pipe or a device", "more");
            whole.Write(buffer, 0, count);
        }
        whole.Position = 0;
        return whole;
    }
}
