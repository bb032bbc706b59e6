using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>Samples without classes, in files of several formats, for a model to classify.</summary>
internal static class SampleFile
{
    private static readonly string[] Extensions =
        [".npy", ".pgm", "-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte.gz"];

    /// <summary>A file, or the files of a folder in the order of their names.</summary>
    /// <exception cref="DataException">The folder has none.</exception>
    public static IEnumerable<string> Expand(string path)
    {
        if (!Directory.Exists(path))
            return [path];
        string[] files =
        [
            .. Directory.EnumerateFiles(path)
                .Where(file => Extensions.Any(end => file.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
                .Order(StringComparer.Ordinal),
        ];
        return files.Length > 0
            ? files : throw new DataException(path, null, "images (.pgm, IDX) or arrays (.npy)", "none");
    }

    /// <summary>Reads samples.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What they are for.</param>
    /// <exception cref="DataException">The file can't be read, or its samples don't fit the model.</exception>
    public static Samples Read(string path, Model<float> model) =>
        DataFile.Open(path, stream => Read(stream, path, model));

    private static Samples Read(Stream stream, string path, Model<float> model)
    {
        if (Tables.IsText(path))
            return Rows(stream, path, model);
        var start = new byte[12];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start is [0x93, (byte)'N', ..])
            return Array(Npy.Read(stream, path), path, model);
        var images = start switch
        {
            [(byte)'P', (byte)'2' or (byte)'5', ..] => Pgm.Read(stream, path),
            [0, 0, ..] or [0x1F, 0x8B, ..] => Idx.ReadImages(stream, path),
            _ => throw Refused(start, path, model),
        };
        return new Images(images.Height, images.Width, images.Pixels);
    }

    private static DataException Refused(byte[] start, string path, Model<float> model)
    {
        var picture = start switch
        {
            [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "PNG",
            [0xFF, 0xD8, 0xFF, ..] => "JPEG",
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "GIF",
            [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "BMP",
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..]
                => "WebP",
            [(byte)'P', (byte)'1' or (byte)'3' or (byte)'4' or (byte)'6', ..] => "black and white or colored Netpbm",
            _ => null,
        };
        return picture is null
            ? new DataException(
                path, null, "images (PGM, IDX), an array (.npy) or a table (.csv)",
                start.Length == 0 ? "an empty file" : "a file of another kind")
            : new DataException(
                path, null, model.Encoder is ImageEncoder size
                    ? $"pictures as gray PGM files of {size.Height} x {size.Width} pixels, light on dark"
                    : "pictures as gray PGM files",
                $"a {picture} file");
    }

    private static Rows Rows(Stream stream, string path, Model<float> model)
    {
        if (TableForm.Of(model.Encoder, model.Task) is not { Columns: { Count: > 0 } columns })
            throw new DataException(path, null, "a model that knows columns by name to be asked", "one that doesn't");
        var rows = Csv.ReadFeatures(stream, path, columns);
        return rows.Count > 0
            ? rows
            : throw new DataException(path, null, "a row at least", "a header only");
    }

    private static Samples Array(Tensor tensor, string path, Model<float> model)
    {
        var inputs = model.Encoder.Size;
        // Samples, or a single one.
        var isOne = tensor.Count == inputs && (tensor.Shape.Count == 1 || tensor.Shape[0] != 1);
        var count = isOne ? 1 : tensor.Shape.Count > 0 ? tensor.Shape[0] : 0;
        if (count == 0 || (long)count * inputs != tensor.Count)
            throw new DataException(
                path, null,
                $"samples of {inputs} numbers: shape [any, {inputs}]" +
                (model.Encoder is ImageEncoder size ? $" or [any, {size.Height}, {size.Width}]" : ""),
                $"shape {Tensor.Text(tensor.Shape)}");
        return tensor.Type == TensorType.U8 && tensor.Convert<byte>(out var pixels) is null
            ? model.Encoder is ImageEncoder image
                ? new Images(image.Height, image.Width, pixels, image.Channels) : new Images(1, inputs, pixels)
            : Numbers.Rows(tensor, path, count);
    }
}
