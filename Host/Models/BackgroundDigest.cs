using System.Security.Cryptography;

namespace Functional.Host.Models;

/// <summary>SHA-256 of bytes in their order, computed while the caller goes on.</summary>
internal sealed class BackgroundDigest : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private Task last = Task.CompletedTask;

    /// <summary>Goes on with these bytes, which must stay as they are until this is called again or is finished; and
    /// writes them to a stream, which must be let alone as long.</summary>
    /// <exception cref="IOException">The bytes before these could not be written.</exception>
    public void Append(ReadOnlyMemory<byte> bytes, Stream? stream = null)
    {
        last.GetAwaiter().GetResult();
        last = Task.Run(() =>
        {
            stream?.Write(bytes.Span);
            hash.AppendData(bytes.Span);
        });
    }

    /// <summary>The digest of all bytes, in lower-case hexadecimal.</summary>
    /// <exception cref="IOException">The last bytes could not be written.</exception>
    public string Finish()
    {
        last.GetAwaiter().GetResult();
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public void Dispose()
    {
        // Waits without throwing: who disposes because something failed wants to hear of that.
        _ = Task.WaitAny(last);
        hash.Dispose();
    }
}
