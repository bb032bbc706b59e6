namespace Functional.Host.Digests;

/// <summary>A fixed computation whose result is the same bits everywhere.</summary>
/// <param name="Name">Its place in the table, as in <c>optimizer/adam</c>.</param>
/// <param name="Compute">Adds its results to a hash.</param>
internal sealed record DigestEntry(string Name, Action<ContentHash> Compute)
{
    /// <summary>The digest of its results, in lower-case hexadecimal.</summary>
    public string Digest()
    {
        using var hash = new ContentHash();
        Compute(hash);
        return hash.Finish();
    }
}
