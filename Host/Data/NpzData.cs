using System.Text;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Data sets in NumPy's .npz files, under the names that people give the arrays. Bytes of images are count x
/// height x width, with 1 or 3 channels last (as in Keras) or first (as in PyTorch); labels are numbers from 0,
/// one-hot rows or texts, or quantities where one has a fraction. KMNIST's are four files of one array each.</summary>
internal static class NpzData
{
    private const int MostClasses = 1 << 16;

    // Training samples and labels, and those of the test part where the file has them; upper or lower case.
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
        ["arr_0", "arr_1"],
    ];

    // How the names of KMNIST's files end, and of those that are made in its form.
    private static readonly string[] Endings =
        ["-train-imgs.npz", "-train-labels.npz", "-test-imgs.npz", "-test-labels.npz"];

    /// <summary>The files of training images, training labels, test images and test labels where each has its own; null
    /// where they haven't.</summary>
    /// <param name="name">One of the files, their path up to the ending, or their folder.</param>
    /// <exception cref="DataException">The folder has several such data sets.</exception>
    public static string[]? FilesOf(string name)
    {
        if (Endings.FirstOrDefault(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase)) is { } ending)
            return Four(name[..^ending.Length]);
        if (File.Exists(name + Endings[0]))
            return Four(name);
        if (!Directory.Exists(name))
            return null;
        string[] all =
            [.. Directory.EnumerateFiles(name, $"*{Endings[0]}").Order(StringComparer.Ordinal)];
        return all.Length > 1
            ? throw new DataException(
                name, null, $"one data set, or the path of one: {all[0][..^Endings[0].Length]}", $"{all.Length}")
            : all is [var one] ? Four(one[..^Endings[0].Length]) : null;

        static string[] Four(string start) => Array.ConvertAll(Endings, ending => start + ending);
    }

    /// <summary>Reads a file.</summary>
    /// <param name="name">The file.</param>
    /// <param name="kind">What the targets are; if null, quantities if one has a fraction, else classes.</param>
    /// <param name="split">How samples without a test part are split in two.</param>
    /// <exception cref="DataException">It has no arrays of such names, or something is wrong with them.</exception>
    public static DataSet Load(string name, TargetKind? kind, Func<DataPart, DataSet> split)
    {
        var arrays = FilesOf(name) is { } files ? Array.ConvertAll(files, OnlyArray) : Arrays(name);
        Tensor[] answers = [.. arrays.Where((_, i) => i % 2 == 1)];
        if (arrays.FirstOrDefault(array => array.IsText && (!answers.Contains(array) || kind == TargetKind.Quantities))
            is { } texts)
            throw new DataException(name, texts.Name, "numbers", "texts");
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

    // One array, whatever it is called; it has the file's name.
    private static Tensor OnlyArray(string file) => DataFile.Open(file, stream =>
    {
        var there = Npz.Names(stream, file);
        var array = there is [_] ? Npz.Read(stream, file, there, takesTexts: true)[0]
            : throw new DataException(file, null, "one array", $"{there.Count}");
        return array.Named(Path.GetFileName(file));
    });

    private static Tensor[] Arrays(string name) => DataFile.Open(name, stream =>
    {
        var there = Npz.Names(stream, name);
        string? Named(string usual) =>
            there.FirstOrDefault(array => array.Equals(usual, StringComparison.OrdinalIgnoreCase));
        // Of more than two arrays without names it isn't known which is which.
        var usual = Usual.FirstOrDefault(names =>
                names.All(one => Named(one) is not null) && (there.Count == 2 || names[0] != "arr_0"))
            ?? Usual.FirstOrDefault(names => names[0] != "arr_0" && Named(names[0]) is not null)
            ?? throw new DataException(
                name, null,
                "arrays of samples and labels: x_train, y_train, x_test and y_test; train_images, train_labels, "
                + "test_images and test_labels; X and y; images and labels; or data and target",
                string.Join(", ", there.DefaultIfEmpty("none").Take(20).Select(one => DataException.Short(one))));
        return (Tensor[])
            [.. Npz.Read(stream, name, [.. usual.Select(one => Named(one) ?? one)], takesTexts: true)];
    });

    // Classes are whole numbers.
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
        if (answers.Any(tensor => tensor.IsText))
        {
            var texts = Array.ConvertAll(answers, tensor => Texts(tensor, name));
            string[] named = [.. texts.SelectMany(part => part).Distinct().Order(StringComparer.Ordinal)];
            return Array.ConvertAll(texts, part => (Targets)new Classes(
                new Classification(named),
                Array.ConvertAll(part, text => Array.BinarySearch(named, text, StringComparer.Ordinal))));
        }
        var labels = Array.ConvertAll(answers, tensor => Labels(tensor, name));
        var classification = Classification.Numbered(Math.Max(2, labels.Max(part => part.Max()) + 1));
        return Array.ConvertAll(labels, part => (Targets)new Classes(classification, part));
    }

    // NumPy pads texts with zeros.
    private static string[] Texts(Tensor tensor, string name)
    {
        DataException Error(string found) => new(name, tensor.Name, "the name of a class for each sample", found);
        if (!tensor.IsText)
            throw Error("numbers, and texts in the other part");
        var (shape, length) = (tensor.Shape, tensor.Shape[^1]);
        if (tensor.Count == 0 || shape.Count < 2 || tensor.Count != shape[0] * (long)length)
            throw Error($"shape {Tensor.Text(shape.SkipLast(1))} of texts");
        if (tensor.Convert<int>(out var letters) is { } odd)
            throw Error($"{tensor.TextAt(odd)} as a letter");
        return [.. letters.Chunk(length).Select((text, row) => Text(
            [.. text.Reverse().SkipWhile(letter => letter == 0).Reverse()], tensor.Type, row))];

        string Text(int[] text, TensorType type, int row) =>
            text.Length == 0 ? throw Error(Invariant($"an empty text in row {row}"))
                : type == TensorType.U8 ? Encoding.UTF8.GetString(Array.ConvertAll(text, letter => (byte)letter))
                : text.All(Rune.IsValid) ? string.Concat(text.Select(letter => new Rune(letter).ToString()))
                : throw Error(Invariant($"no letters in row {row}"));
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
