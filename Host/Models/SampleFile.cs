using Functional.Host.Data;
using Functional.Host.Files;


namespace Functional.Host.Models;

/// <summary>Samples without classes, in files of several formats, for a model to tell.</summary>
internal static class SampleFile
{
    private static readonly string[] Extensions = [".npy", ".pgm", "-idx3-ubyte", ".idx3-ubyte", "-idx3-ubyte.gz", ".idx3-ubyte.gz"];

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
        return files.Length > 0 ? files : throw new DataException(path, null, "images (.pgm, IDX) or arrays (.npy)", "none");
    }

    /// <summary>Reads samples; their classes are 0.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What they are for.</param>
    /// <exception cref="DataException">The file can't be read, or its samples don't fit the model.</exception>
    public static LabeledImages Read(string path, Model<float> model)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv")
            return Of(Csv.ReadFeatures(path, model.Features.Count > 0
                ? model.Features : throw new DataException(path, null, "a model that knows columns by name to be asked", "one that doesn't")));
        var start = DataFile.Open(path, stream =>
        {
            var bytes = new byte[2];
            return stream.ReadAtLeast(bytes, 2, throwOnEndOfStream: false) == 2 ? bytes : [];
        });
        if (start is [0x93, ..])
            return Of(Npy.Read(path));
        var images = start is [(byte)'P', ..] ? Pgm.Read(path) : Idx.ReadImages(path);
        return new LabeledImages(images.Height, images.Width, 1, images.Pixels, new byte[images.Count]);

        LabeledImages Of(object read)
        {
            var inputs = model.Network.Inputs;
            if (read is float[] rows)
                return rows.Length > 0
                    ? new LabeledImages(rows, TableNames.None, 1, new byte[rows.Length / inputs])
                    : throw new DataException(path, null, "a row at least", "a header only");
            var tensor = (Tensor)read;
            // Samples, or a single one.
            var isOne = tensor.Count == inputs && (tensor.Shape.Count == 1 || tensor.Shape[0] != 1);
            var count = isOne ? 1 : tensor.Shape.Count > 0 ? tensor.Shape[0] : 0;
            if (count == 0 || (long)count * inputs != tensor.Count)
                throw new DataException(
                    path, null, $"samples of {inputs} numbers: shape [any, {inputs}]{(model.Image is { } size ? $" or [any, {size.Height}, {size.Width}]" : "")}",
                    $"shape {Tensor.Text(tensor.Shape)}");
            return tensor.Type == TensorType.U8 && tensor.Convert<byte>(out var pixels) is null
                ? new LabeledImages(model.Image?.Height ?? 1, model.Image?.Width ?? inputs, 1, pixels, new byte[count])
                : new LabeledImages(Numbers.Of(tensor, path), TableNames.None, 1, new byte[count]);
        }
    }
}
