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

    /// <summary>Reads samples; their classes are 0.</summary>
    /// <param name="path">The file.</param>
    /// <param name="model">What they are for.</param>
    /// <exception cref="DataException">The file can't be read, or its samples don't fit the model.</exception>
    public static LabeledImages Read(string path, Model<float> model) =>
        DataFile.Open(path, stream => Read(stream, path, model));

    private static LabeledImages Read(Stream stream, string path, Model<float> model)
    {
        if (Path.GetExtension(path).ToLowerInvariant() is ".csv" or ".tsv")
            return Rows(stream, path, model);
        var start = new byte[2];
        var count = stream.ReadAtLeast(start, 2, throwOnEndOfStream: false);
        if (count == 2 && start is [0x93, _])
            return Array(Npy.Read(stream, path), path, model);
        var images = count == 2 && start is [(byte)'P', _] ? Pgm.Read(stream, path) : Idx.ReadImages(stream, path);
        return new LabeledImages(images.Height, images.Width, 1, images.Pixels, new byte[images.Count]);
    }

    private static LabeledImages Rows(Stream stream, string path, Model<float> model)
    {
        if (model.Features.Count == 0)
            throw new DataException(path, null, "a model that knows columns by name to be asked", "one that doesn't");
        var rows = Csv.ReadFeatures(stream, path, model.Features);
        return rows.Length > 0
            ? new LabeledImages(rows, TableNames.None, 1, new byte[rows.Length / model.Features.Count])
            : throw new DataException(path, null, "a row at least", "a header only");
    }

    private static LabeledImages Array(Tensor tensor, string path, Model<float> model)
    {
        var inputs = model.Network.Inputs;
        // Samples, or a single one.
        var isOne = tensor.Count == inputs && (tensor.Shape.Count == 1 || tensor.Shape[0] != 1);
        var count = isOne ? 1 : tensor.Shape.Count > 0 ? tensor.Shape[0] : 0;
        if (count == 0 || (long)count * inputs != tensor.Count)
            throw new DataException(
                path, null,
                $"samples of {inputs} numbers: shape [any, {inputs}]" +
                (model.Image is { } size ? $" or [any, {size.Height}, {size.Width}]" : ""),
                $"shape {Tensor.Text(tensor.Shape)}");
        return tensor.Type == TensorType.U8 && tensor.Convert<byte>(out var pixels) is null
            ? new LabeledImages(model.Image?.Height ?? 1, model.Image?.Width ?? inputs, 1, pixels, new byte[count])
            : Numbers.Rows(tensor, path, TableNames.None, 1, new byte[count]);
    }
}
