using System.Globalization;

namespace Functional.Host.Files;

/// <summary>
/// Gray images in the portable graymap format, 8 bits: binary (P5) or as text (P2). Levels are stretched to 0 to 255.
/// Source: the pgm(5) page of Netpbm.
/// </summary>
internal static class Pgm
{
    /// <summary>Reads a file with one image.</summary>
    /// <exception cref="DataException">The file can't be read, or is not exactly such a file.</exception>
    public static ImageFile Read(string path) => DataFile.Open(path, stream => Read(stream, path));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <exception cref="DataException">The stream holds anything else; the error names <paramref name="name"/>.
    /// </exception>
    public static ImageFile Read(Stream stream, string name)
    {
        if (!stream.CanSeek || stream.Length > Array.MaxLength)
            throw new DataException(name, null, $"a file of at most {Array.MaxLength} bytes", "another");
        var bytes = new byte[stream.Length];
        stream.Position = 0;
        stream.ReadExactly(bytes);
        if (bytes is not [(byte)'P', (byte)'5' or (byte)'2', ..])
            throw new DataException(name, "byte 0", "P5 or P2, a gray image", "another file");
        var at = 2;
        var (width, height) = (Number("a width", 1, 65535), Number("a height", 1, 65535));
        var greatest = Number("a greatest level", 1, 255);
        if ((long)width * height > bytes.Length)
            throw Error(at, $"{width} x {height} levels", "the end of the file");
        var levels = bytes[1] == '5' ? Binary() : Text();
        if (at < bytes.Length)
            throw Error(at, "the end of the file", Plural.Plain(bytes.Length - at, "more byte"));
        if (levels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)greatest) is >= 0 and var high)
            throw Error(at, $"levels up to {greatest}", $"{levels[high]} as level {high}");
        return new ImageFile(1, height, width, greatest == 255
            ? levels : Array.ConvertAll(levels, level => (byte)((level * 510 + greatest) / (2 * greatest))));

        byte[] Binary()
        {
            // One blank, and then the levels.
            at++;
            if (bytes.Length - at < width * height)
                throw Error(bytes.Length, $"{width * height} levels", "the end of the file");
            at += width * height;
            return bytes[(at - width * height)..at];
        }

        byte[] Text()
        {
            var read = new byte[width * height];
            for (var i = 0; i < read.Length; i++)
                read[i] = (byte)Number("a level", 0, 255);
            Blanks();
            return read;
        }

        int Number(string what, int least, int most)
        {
            var blanks = at;
            Blanks();
            var start = at;
            while (at < bytes.Length && at < start + 10 && char.IsAsciiDigit((char)bytes[at]))
                at++;
            return start > blanks && (at == bytes.Length || IsBlank(bytes[at]))
                && int.TryParse(
                    bytes.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number >= least && number <= most
                ? number : throw Error(start, $"{what} from {least} to {most} between blanks", "something else");
        }

        // A comment goes to the end of its line.
        void Blanks()
        {
            for (var comment = false; at < bytes.Length && (comment || IsBlank(bytes[at]) || bytes[at] == '#'); at++)
                comment = bytes[at] != '\n' && (comment || bytes[at] == '#');
        }

        DataException Error(int place, string expected, string found) => new(name, $"byte {place}", expected, found);
    }

    private static bool IsBlank(byte value) => value is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');
}
