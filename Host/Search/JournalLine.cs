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
        if (!IsOne(line, previous))
            return null;
        var body = line[..^RestLength];
        return (StudyRecord.OfJson([.. body, (byte)'}']), Checksum(body, previous));
    }

    /// <summary>Whether a line without its line feed is as it was written, whatever its record.</summary>
    public static bool IsOne(ReadOnlySpan<byte> line, string previous)
    {
        if (line.Length < RestLength)
            return false;
        byte[] rest = [.. Before, .. Encoding.ASCII.GetBytes(Checksum(line[..^RestLength], previous)), .. After];
        return line[^RestLength..].SequenceEqual(rest);
    }

    private static int RestLength => Before.Length + Digits + After.Length;

    private static string Checksum(ReadOnlySpan<byte> body, string previous) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(previous), .. body]))[..Digits];
}
