using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Digests;

/// <summary>SHA-256 of numbers and texts, one after the other, little-endian. What is not a number counts as one
/// number: which of its many bit patterns an operation returns differs between processors.</summary>
internal sealed class ContentHash : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => hash.Dispose();

    public ContentHash Add(ReadOnlySpan<byte> bytes)
    {
        hash.AppendData(bytes);
        return this;
    }

    /// <summary>A text with its length, so that no other texts are the same bytes.</summary>
    public ContentHash Add(string text) => Add(Encoding.UTF8.GetBytes($"{text.Length}:{text}"));

    public ContentHash Add<T>(IEnumerable<T> numbers) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var copy = numbers.ToArray();
        for (var i = 0; i < copy.Length; i++)
            if (T.IsNaN(copy[i]))
                copy[i] = T.NaN;
        return Add(MemoryMarshal.AsBytes(copy.AsSpan()));
    }

    public ContentHash Add(double number) => Add<double>([number]);

    public ContentHash Add<T>(Matrix<T> matrix) where T : unmanaged, IFloatingPointIeee754<T> =>
        Add(matrix.ToColumnMajorArray());

    public ContentHash Add<T>(Parameters<T> leaves) where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (var leaf in leaves)
            Add(leaf.Name).Add(leaf.Values.ToArray());
        return this;
    }

    /// <summary>The digest of all of it, in lower-case hexadecimal.</summary>
    public string Finish() => Convert.ToHexStringLower(hash.GetHashAndReset());
}
