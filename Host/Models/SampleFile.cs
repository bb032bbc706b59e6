using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>Samples without classes, in files of several formats, for a model to classify.</summary>
internal static class SampleFile
{
    private static readonly string[] Extensions =
        [".npy", ".pgm", "-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte.gz", .. PictureFile.Endings];

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
            ? files : throw new DataException(
                path, null, "images (.png, .jpg, .bmp, .gif, .pgm, IDX) or arrays (.npy)", "none");
    }

    /// <summary>Reads samples.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What they are for.</param>
    /// <param name="fit">How a picture of another size becomes one that the model takes; null for <see
    /// cref="Fit.Digit"/> where the model takes gray images, and for <see cref="Fit.Stretch"/> where it takes colored
    /// ones.</param>
    /// <exception cref="DataException">The file can't be read, or its samples don't fit the model.</exception>
    public static Samples Read(string path, Model<float> model, Fit? fit = null) =>
        DataFile.Open(path, stream => Read(stream, path, model, fit));

    internal static Samples Read(Stream stream, string path, Model<float> model, Fit? fit = null)
    {
        if (Tables.IsText(path) || ColumnarFile.IsOne(path))
            return Rows(stream, path, model);
        var start = new byte[12];
        start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        if (start is [0x93, (byte)'N', ..])
            return Array(Npy.Read(stream, path), path, model);
        if (FilePlace.IsStream(path) && model.Encoder is not ImageEncoder)
            return Rows(stream, path, model);
        var images = start switch
        {
            [(byte)'P', (byte)'2' or (byte)'5', ..] => Pgm.Read(stream, path),
            [0, 0, ..] or [0x1F, 0x8B, ..] => Idx.ReadImages(stream, path),
            _ => null,
        };
        return images is not null ? new Images(images.Height, images.Width, images.Pixels)
            : IsPicture(start) ? Fitted(PictureFile.Read(stream, path), path, model, fit)
            : throw Refused(start, path);
    }

    private static bool IsPicture(byte[] start) => start is
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] or
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] or [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..];

    // A picture that has the model's size already is used unchanged.
    private static Images Fitted(Bitmap picture, string path, Model<float> model, Fit? fit)
    {
        if (model.Encoder is not ImageEncoder { Height: var height, Width: var width, Channels: 1 or 3 } encoder)
            throw new DataException(path, null, "a table or an array, as the model takes", "a picture");
        var alike = encoder.Channels == 1 ? picture.ToGray() : picture.ToColor();
        var fitted = fit is null && (picture.Height, picture.Width) == (height, width) ? alike
            : (fit ?? (encoder.Channels == 1 ? Fit.Digit : Fit.Stretch)) == Fit.Stretch
                ? PictureFit.Stretch(alike, height, width)
            : encoder.Channels == 1 ? PictureFit.Digit(picture, path, height, width)
            : throw new DataException(path, null, "a model of gray images for digits", "one of colored images");
        return new Images(height, width, fitted.Pixels, encoder.Channels);
    }

    private static DataException Refused(byte[] start, string path)
    {
        var picture = start switch
        {
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..]
                => "WebP",
            [(byte)'P', (byte)'1' or (byte)'3' or (byte)'4' or (byte)'6', ..] => "black and white or colored Netpbm",
            _ => null,
        };
        return picture is null
            ? new DataException(
                path, null, "images (PNG, JPEG, BMP, GIF, PGM, IDX), an array (.npy) or a table (.csv)",
                start.Length == 0 ? "an empty file" : "a file of another kind")
            : new DataException(path, null, "a picture in PNG, JPEG, BMP, GIF or gray PGM", $"a {picture} file");
    }

    private static Rows Rows(Stream stream, string path, Model<float> model)
    {
        if (TableForm.Of(model.Encoder, model.Task) is not { Columns.Count: > 0 } form)
            throw new DataException(
                path, null, "a model with named columns, for a table's rows", "one without");
        var rows = Tables.Open(stream, path, table => table.ReadSamples(form));
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
                $"samples of {Plural.Plain(inputs, "number")}: shape [any, {inputs}]" +
                (model.Encoder is ImageEncoder size ? $" or [any, {size.Height}, {size.Width}]" : ""),
                $"shape {Tensor.Text(tensor.Shape)}");
        return model.Encoder is ImageEncoder image && tensor.Type == TensorType.U8
            && tensor.Convert<byte>(out var pixels) is null
            ? new Images(image.Height, image.Width, pixels, image.Channels)
            : Numbers.Rows(tensor, path, count);
    }
}
