using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Data sets in NumPy's .npz files, under the names that people give the arrays. Bytes of images are count x
/// height x width, with 1 or 3 channels last (as in Keras) or first (as in PyTorch); labels are numbers from 0, or
/// one-hot rows, or quantities where one has a fraction.</summary>
internal static class NpzData
{
    private const int MostClasses = 1 << 16;

    // Training samples and labels, and those of the test part where the file has them; in any case of letters.
    private static readonly string[][] Usual =
    [
        ["x_train", "y_train", "x_test", "y_test"],
        ["train_images", "train_labels", "test_images", "test_labels"],
        ["training_images", "training_labels", "test_images", "test_labels"],
        ["train_x", "train_y", "test_x", "test_y"],
        ["train_data", "train_labels", "test_data", "test_labels"],
        ["x", "y"],
        ["images", "labels"],
        ["data", "labels"],
        ["data", "target"],
        ["features", "labels"],
    ];

    /// <summary>Reads a file.</summary>
    /// <param name="name">The file.</param>
    /// <param name="kind">What the targets are; if null, quantities if one has a fraction, else classes.</param>
    /// <param name="split">How samples without a test part are split in two.</param>
    /// <exception cref="DataException">It has no arrays of such names, or something is wrong with them.</exception>
    public static DataSet Load(string name, TargetKind? kind, Func<DataPart, DataSet> split)
    {
        var arrays = DataFile.Open(name, stream =>
        {
            var there = Npz.Names(stream, name);
            string? Named(string usual) =>
                there.FirstOrDefault(array => array.Equals(usual, StringComparison.OrdinalIgnoreCase));
            var usual = Usual.FirstOrDefault(names => names.All(one => Named(one) is not null))
                ?? Usual.FirstOrDefault(names => Named(names[0]) is not null)
                ?? throw new DataException(
                    name, null,
                    "arrays of samples and labels: x_train, y_train, x_test and y_test; train_images, train_labels, "
                    + "test_images and test_labels; X and y; images and labels; or data and target",
                    string.Join(", ", there.DefaultIfEmpty("none").Take(20).Select(one => DataException.Short(one))));
            return Npz.Read(stream, name, [.. usual.Select(one => Named(one) ?? one)]);
        });
        Tensor[] answers = [.. arrays.Where((_, i) => i % 2 == 1)];
        var isMeasured = kind is { } known ? known == TargetKind.Quantities : answers.Any(IsMeasured);
        var targets = isMeasured ? Array.ConvertAll(answers, tensor => (Targets)Quantities(tensor, name))
            : Classes(answers, name);
        DataPart[] parts = [.. targets.Select((part, i) => Part(arrays[2 * i], part, name))];
        return parts is [var training, var test]
            ? training.Samples.Shape == test.Samples.Shape
                ? new DataSet(training, test)
                : throw new DataException(
                    name, null, $"samples of one shape and type in {arrays[0].Name} and {arrays[2].Name}", "others")
            : split(parts[0]);
    }

    // No class has a number with a fraction.
    private static bool IsMeasured(Tensor tensor) =>
        tensor.Type is TensorType.F16 or TensorType.BF16 or TensorType.F32 or TensorType.F64
        && Array.Exists(tensor.Rounded(), number => double.IsFinite(number) && !double.IsInteger(number));

    private static Quantities Quantities(Tensor tensor, string name)
    {
        if (tensor.Shape is not ([> 0] or [> 0, > 0]))
            throw new DataException(
                name, tensor.Name, "quantities: a number, or a row of them, for each sample",
                $"shape {Tensor.Text(tensor.Shape)}");
        var columns = Numbers.Rows(tensor, name, tensor.Shape[0]).Columns;
        return new Quantities(
        [
            .. columns.Cast<NumberColumn>().Select((column, i) => column with
            {
                Name = columns.Count == 1 ? tensor.Name : Invariant($"{tensor.Name} {i + 1}"),
            }),
        ]);
    }

    private static Targets[] Classes(Tensor[] answers, string name)
    {
        var labels = Array.ConvertAll(answers, tensor => Labels(tensor, name));
        var classification = Classification.Numbered(Math.Max(2, labels.Max(part => part.Max()) + 1));
        return Array.ConvertAll(labels, part => (Targets)new Classes(classification, part));
    }

    private static int[] Labels(Tensor tensor, string name)
    {
        DataException Error(string found) => new(name, tensor.Name, "a class from 0 on for each sample", found);
        if (tensor.Shape.Count == 0 || tensor.Count == 0
            || (tensor.Count != tensor.Shape[0] && tensor.Shape.Count != 2))
            throw Error($"shape {Tensor.Text(tensor.Shape)} of {tensor.Type}");
        if ((tensor.Convert<int>(out var values)
            ?? (Array.FindIndex(values, value => value is < 0 or > MostClasses) is >= 0 and var at ? at : null))
            is { } odd)
            throw Error($"{tensor.TextAt(odd)} as element {odd}");
        if (tensor.Count == tensor.Shape[0])
            return values;
        return
        [
            .. values.Chunk(tensor.Shape[1]).Select((row, i) => row.Max() == 1 && row.Sum() == 1
                ? Array.IndexOf(row, 1)
                : throw Error($"shape {Tensor.Text(tensor.Shape)}, whose row {i} isn't one-hot")),
        ];
    }

    private static DataPart Part(Tensor tensor, Targets targets, string name)
    {
        if (tensor.Shape.Count < 2 || tensor.Shape[0] != targets.Count || tensor.Count == 0)
            throw new DataException(
                name, tensor.Name, $"{Plural.Of(targets.Count, "sample")}, as there are labels",
                $"shape {Tensor.Text(tensor.Shape)}");
        var images = tensor.Type == TensorType.U8 ? ImagesOf(tensor) : null;
        return new DataPart(images ?? (Samples)Numbers.Rows(tensor, name, targets.Count), targets);
    }

    private static Images? ImagesOf(Tensor tensor) =>
        tensor.Convert<byte>(out var pixels) is not null ? null : tensor.Shape switch
        {
            [_, var height, var width] => new Images(height, width, pixels),
            [_, var height, var width, (1 or 3) and var channels] => new Images(height, width, pixels, channels),
            [_, (1 or 3) and var channels, var height, var width] =>
                new Images(height, width, Images.Transposed(pixels, channels, height * width), channels),
            _ => null,
        };
}
