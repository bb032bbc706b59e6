using System.Security.Cryptography;
using System.Text;

namespace Functional.Host.Search;

/// <summary>
/// A record as a line of a journal: JSON whose last property is a checksum of the line and of the checksum before it,
/// so that a line that was changed, lost, doubled or moved is noticed.
/// </summary>
internal static class JournalLine
{
    private const int Digits = 16;
    private static readonly byte[] Beginning = Encoding.ASCII.GetBytes("{\"record\":\"");
    private static readonly byte[] Before = Encoding.ASCII.GetBytes(",\"checksum\":\"");
    private static readonly byte[] After = Encoding.ASCII.GetBytes("\"}");

    /// <summary>The line, its line feed included, and its checksum.</summary>
    public static (byte[] Line, string Checksum) Write(StudyRecord record, string previous)
    {
        var body = record.ToJson()[..^1];
        var checksum = Checksum(body, previous);
        return ([.. body, .. Before, .. End(checksum)], checksum);
    }

    /// <summary>The end of a line with this checksum, its line feed included.</summary>
    public static byte[] End(string checksum) => [.. Encoding.ASCII.GetBytes(checksum), .. After, (byte)'\n'];

    /// <summary>Whether these bytes can be the beginning of a line, or what a system that stopped left of it: nothing
    /// but zeros.</summary>
    public static bool CanBegin(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith(Beginning.AsSpan(..Math.Min(bytes.Length, Beginning.Length)))
            || !bytes.ContainsAnyExcept((byte)0);

    /// <summary>The record of a line without its line feed, and its checksum; null if the line is not as it was
    /// written. Raises JsonException for a record that this version does not know.</summary>
    public static (StudyRecord Record, string Checksum)? Read(ReadOnlySpan<byte> line, string previous)
    {
        var length = line.Length - After.Length - Digits - Before.Length;
        if (length < 0)
            return null;
        var body = line[..length];
        var checksum = Checksum(body, previous);
        byte[] rest = [.. Before, .. Encoding.ASCII.GetBytes(checksum), .. After];
        if (!line[length..].SequenceEqual(rest))
            return null;
        return (StudyRecord.OfJson([.. body, (byte)'}']), checksum);
    }

    private static string Checksum(ReadOnlySpan<byte> body, string previous) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(previous), .. body]))[..Digits];
}
