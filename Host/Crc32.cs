namespace Functional.Host;

/// <summary>The checksum of PNG, gzip and zip files: the polynomial of ISO 3309, reflected.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(OfByte)];

    /// <summary>Of these bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes) => After(0, bytes);

    /// <summary>Of bytes whose beginning has this one, and of which these are the rest.</summary>
    public static uint After(uint beginning, ReadOnlySpan<byte> bytes)
    {
        var crc = ~beginning;
        foreach (var octet in bytes)
            crc = Table[(byte)(crc ^ octet)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint OfByte(int octet)
    {
        var crc = (uint)octet;
        for (var bit = 0; bit < 8; bit++)
            crc = (crc & 1) == 1 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        return crc;
    }
}
