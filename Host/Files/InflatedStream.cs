namespace Functional.Host.Files;

/// <summary>The content of a gzip file, whose length is in no header, as a stream that can go back to its beginning.
/// What shrank by more than text does is taken for an attack on the memory.</summary>
internal sealed class InflatedStream : Stream
{
    private const int UsualRatio = 100, AlwaysTaken = 64 << 20;

    private readonly DataFile file;
    private readonly long most;

    private InflatedStream(DataFile file, long most) => (this.file, this.most) = (file, most);

    /// <summary>The stream itself, which must be able to seek and stays its owner's; if it is gzip (which its first two
    /// bytes decide), what it inflates to.</summary>
    public static Stream Of(Stream stream, string name)
    {
        var file = new DataFile(stream, name);
        return file.IsGzip ? new InflatedStream(file, Math.Max(AlwaysTaken, UsualRatio * stream.Length)) : stream;
    }

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => file.Position;
        set => file.Restart(value);
    }

    /// <exception cref="DataException">The gzip data are corrupt, cut off, or too many.</exception>
    public override int Read(Span<byte> buffer)
    {
        var count = file.Read(buffer);
        if (file.Position > most)
            throw file.Error(
                most, "the end of the file (inflate a table that gzip shrinks to less than a hundredth first)",
                "more bytes");
        if (count < buffer.Length)
            file.CheckEnd();
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void Flush() => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        file.Dispose();
        base.Dispose(disposing);
    }
}
