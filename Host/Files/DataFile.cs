using System.Buffers.Binary;
using System.IO.Compression;

namespace Functional.Host.Files;

/// <summary>
/// The bytes of a data file from its beginning, inflated if they are gzip (which their first two bytes decide, never
/// the name), and the place of whatever is wrong with them.
/// </summary>
internal sealed class DataFile : IDisposable
{
    // MNIST's files shrink to a fifth; more than that is believed only as the bytes arrive.
    private const int UsualRatio = 16;

    private readonly Stream file;
    private readonly string name;
    private readonly GZipStream? inflated;
    private long position;

    /// <summary>Starts at the beginning of a stream, which stays its owner's.</summary>
    /// <exception cref="DataException">The stream can't seek, so its length is unknown.</exception>
    public DataFile(Stream file, string name)
    {
        (this.file, this.name) = (file, name);
        if (!file.CanSeek)
            throw new DataException(name, null, "a file of known length", "a pipe or a device");
        Span<byte> start = stackalloc byte[2];
        file.Position = 0;
        var isGzip = file.ReadAtLeast(start, 2, throwOnEndOfStream: false) == 2 && start is [0x1F, 0x8B];
        file.Position = 0;
        inflated = isGzip ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : null;
    }

    /// <summary>Opens a file, reads it, closes it.</summary>
    /// <exception cref="DataException">The file can't be opened or read, or <paramref name="read"/> finds it bad.
    /// </exception>
    public static T Open<T>(string path, Func<Stream, T> read)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return read(stream);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataException(path, null, "a file", "none");
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
        return filled;
    }

    /// <summary>Reads the rest of the file, which must be exactly <paramref name="size"/> bytes.</summary>
    /// <remarks>
    /// No size is believed before the file bears it out: a plain file has a length; what is inflated may grow as it
    /// arrives, to <paramref name="size"/> and one byte more.
    /// </remarks>
    /// <exception cref="DataException">The rest is shorter, longer, corrupt, or does not fit the memory.</exception>
    public byte[] ReadRest(int size)
    {
        var start = position;
        if (inflated is null)
            CheckRest(file.Length - start);
        byte[] data = [];
        while (data.Length < size)
        {
            var filled = data.Length;
            data = Grow(data, inflated is null ? size : Math.Max(2L * filled, UsualRatio * file.Length));
            if (Read(data.AsSpan(filled)) < data.Length - filled)
                CheckRest(position - start);
        }
        if (inflated is not null)
            CheckEnd();
        return data;

        void CheckRest(long available)
        {
            if (available < size)
                throw Error(start + available, $"{size} bytes of data from byte {start} on", "the end of the file");
            if (available > size)
                throw Error(start + size, "the end of the file", $"{available - size} more bytes");
        }

        byte[] Grow(byte[] old, long wanted)
        {
            try
            {
                var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(wanted, size));
                old.CopyTo(larger, 0);
                return larger;
            }
            catch (OutOfMemoryException)
            {
                throw Error(start, "data that fit the memory", $"{size} bytes");
            }
        }
    }

    /// <summary>Closes what inflates, not the stream beneath.</summary>
    public void Dispose() => inflated?.Dispose();

    // GZipStream takes data whose checksum is cut off, and passes over what follows it. The last four bytes of a gzip
    // file repeat the inflated size (RFC 1952, section 2.3.1), so that either shows.
    private void CheckEnd()
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
}
