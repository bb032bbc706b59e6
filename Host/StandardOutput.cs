using System.Text;

namespace Functional.Host;

/// <summary>Standard output that may be closed, or full, without ending what is being done: the first failure is kept
/// and reported at the end, and what comes after it is dropped.</summary>
internal static class StandardOutput
{
    private static readonly Encoding WithoutMark = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    private static Guarded? output;

    /// <summary>What went wrong, in a line; null if nothing did. (A closed pipe, as in <c>| head</c>, is no failure:
    /// the runtime ignores it.)</summary>
    public static string? Fault => output?.Fault;

    /// <summary>Lets the console write through it. A failure of standard error is not reported:
    /// there is no place for it.</summary>
    public static void Install()
    {
        output = new Guarded(Console.OpenStandardOutput());
        var encoding = Console.OutputEncoding is UTF8Encoding ? WithoutMark : Console.OutputEncoding;
        Console.SetOut(new StreamWriter(output, encoding) { AutoFlush = true });
        Console.SetError(new StreamWriter(new Guarded(Console.OpenStandardError()), encoding) { AutoFlush = true });
    }

    private sealed class Guarded(Stream stream) : Stream
    {
        public string? Fault { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Fault is not null)
                return;
            try
            {
                stream.Write(buffer);
            }
            catch (IOException e)
            {
                Fault = e.Message;
            }
            catch (UnauthorizedAccessException)
            {
                // What the runtime makes of a descriptor that is not open.
                Fault = "it is closed";
            }
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
