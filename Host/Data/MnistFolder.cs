using System.Text.RegularExpressions;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>A folder with the four files of MNIST, or of a data set that comes in the same form.</summary>
internal static partial class MnistFolder
{
    /// <summary>Whether this is a folder, or the path of files in one up to their common beginning.</summary>
    public static bool IsOne(string name) => Directory.Exists(name) || HasImages(name);

    /// <summary>Whether the training images are there.</summary>
    public static bool HasImages(string name) =>
        Place(name) is var (folder, prefix) && Names(folder, [$"{prefix}train-images"], 3).Any(File.Exists);

    /// <summary>Reads both parts.</summary>
    /// <param name="name">
    /// A folder that holds images and labels of <c>train</c> and of <c>t10k</c> or <c>test</c>, named
    /// <c>train-images-idx3-ubyte.gz</c> and so on; <c>.gz</c> may be missing, and a dot may stand before <c>idx</c>.
    /// The names may have a beginning, as in <c>emnist-letters-train-images-idx3-ubyte</c>; where a folder has several
    /// data sets, the path of one: <c>FOLDER/emnist-letters</c>. EMNIST's images, which are stored column by column,
    /// are turned.
    /// </param>
    /// <param name="classes">How many classes there are, 1 to 256. If null, as many as the labels have, named by their
    /// numbers: from 0, or from 1 where no label is 0.</param>
    /// <exception cref="DataException">A file is missing or bad, or the parts differ in shape.</exception>
    public static DataSet Load(string name, int? classes = null)
    {
        var (folder, prefix) = Place(name);
        if (!Directory.Exists(folder))
            throw new DataException(folder, null, "a folder with the files of a data set", "none");
        var trainingImages = Find(folder, 3, $"{prefix}train-images");
        var trainingLabels = Find(folder, 1, $"{prefix}train-labels");
        var testImages = Find(folder, 3, $"{prefix}t10k-images", $"{prefix}test-images");
        var testLabels = Find(folder, 1, $"{prefix}t10k-labels", $"{prefix}test-labels");
        var form = FormOf(prefix, classes, trainingLabels, testLabels);
        var training = form.Apply(LoadPart(trainingImages, trainingLabels, form.Labels));
        var test = form.Apply(LoadPart(testImages, testLabels, form.Labels));
        var (size, found) = (training.Images, test.Images);
        if ((size.Height, size.Width) != (found.Height, found.Width))
            throw new DataException(
                testImages, null, $"images of {size.Height} x {size.Width}, as in {trainingImages}",
                $"{found.Height} x {found.Width}");
        return new DataSet(training, test);
    }

    /// <summary>Reads the first training images with their labels; of the labels all, where the classes follow from
    /// them.</summary>
    /// <param name="name">As for <see cref="Load"/>.</param>
    /// <param name="count">How many, at least 1; all if there are fewer.</param>
    /// <param name="classes">As for <see cref="Load"/>.</param>
    /// <exception cref="DataException">A file is missing, or what is read of it is bad.</exception>
    public static DataPart First(string name, int count, int? classes = null)
    {
        var (folder, prefix) = Place(name);
        var labels = Find(folder, 1, $"{prefix}train-labels");
        var form = FormOf(prefix, classes, [
            labels,
            .. Names(folder, [$"{prefix}t10k-labels", $"{prefix}test-labels"], 1).Where(File.Exists).Take(1),
        ]);
        return form.Apply(LoadPart(Find(folder, 3, $"{prefix}train-images"), labels, form.Labels, count));
    }

    /// <summary>Reads images and their labels.</summary>
    /// <param name="imagesPath">A file of images.</param>
    /// <param name="labelsPath">A file of as many labels.</param>
    /// <param name="classes">How many classes there are, 1 to 256; as many as the labels have, at least 2, if null.
    /// </param>
    /// <param name="first">At most this many, from the beginning: the rest is not read.</param>
    /// <exception cref="DataException">A file is bad, their counts differ, or a label is out of range.</exception>
    public static DataPart LoadPart(string imagesPath, string labelsPath, int? classes = null, int? first = null)
    {
        var labels = Idx.ReadLabels(labelsPath, first);
        var count = classes ?? Math.Max(2, labels.Max() + 1);
        if (labels.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)(count - 1)) is >= 0 and var index)
            throw new DataException(
                labelsPath, $"label {index}", $"a class from 0 to {count - 1}", $"{labels[index]}");
        var images = Idx.ReadImages(imagesPath, first, found => found == labels.Length ? null : new DataException(
            labelsPath, null, $"{found} labels, one per image of {imagesPath}", $"{labels.Length}"));
        return Paired(images, labels, count);
    }

    /// <summary>Images with their labels, in classes without names.</summary>
    internal static DataPart Paired(ImageFile images, byte[] labels, int classes) => new(
        new Images(images.Height, images.Width, images.Pixels),
        new Classes(Classification.Numbered(classes), Array.ConvertAll(labels, label => (int)label)));

    // The classes, the least label, and whether images are stored column by column.
    private sealed record Form(Classification Classification, int Least, bool IsTransposed)
    {
        public int Labels => Classification.Count + Least;

        public DataPart Apply(DataPart part) => Least == 0 && !IsTransposed ? part : new DataPart(
            IsTransposed ? Turned(part.Images) : part.Images,
            new Classes(Classification, Array.ConvertAll(part.Classes.Labels, label => label - Least)));
    }

    private static Form FormOf(string prefix, int? classes, params ReadOnlySpan<string> labels)
    {
        var isTransposed = prefix.StartsWith("emnist", StringComparison.OrdinalIgnoreCase);
        if (classes is { } count)
            return new Form(Classification.Numbered(count), 0, isTransposed);
        // A network has at least two classes.
        var (least, most) = (1, 1);
        foreach (var file in labels)
        {
            var read = Idx.ReadLabels(file);
            (least, most) = (Math.Min(least, read.Min()), Math.Max(most, read.Max()));
        }
        return least == 0 || most == 1
            ? new Form(Classification.Numbered(most + 1), 0, isTransposed)
            : new Form(new Classification([.. Enumerable.Range(1, most).Select(label => $"{label}")]), 1, isTransposed);
    }

    private static Images Turned(Images images) => new(
        images.Height, images.Width, Images.Transposed(images.Pixels, images.Width, images.Height));

    // The folder, and what the names of the files begin with.
    private static (string Folder, string Prefix) Place(string name)
    {
        if (!Directory.Exists(name))
        {
            var (parent, start) = (Path.GetDirectoryName(name) ?? "", $"{Path.GetFileName(name)}-");
            return Names(parent, [$"{start}train-images"], 3).Any(File.Exists) ? (parent, start) : (name, "");
        }
        string[] prefixes =
        [
            .. Directory.EnumerateFiles(name).Select(file => TrainingImages().Match(Path.GetFileName(file)))
                .Where(match => match.Success).Select(match => match.Groups[1].Value).Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return prefixes switch
        {
            [] or ["", ..] => (name, ""),
            [var only] => (name, only),
            _ => throw new DataException(
                name, null, $"one data set, as in --data {Path.Combine(name, prefixes[0].TrimEnd('-'))}",
                string.Join(", ", prefixes.Select(prefix => prefix.TrimEnd('-')))),
        };
    }

    // Compressed files come first: they are what is fetched, verified and replaced.
    private static string Find(string folder, int rank, params string[] parts)
    {
        var names = Names(folder, parts, rank);
        return names.FirstOrDefault(File.Exists)
            ?? throw new DataException(
                folder, null, string.Join(" or ", Names(folder, parts[..1], rank).Select(Path.GetFileName)),
                "none of them");
    }

    private static string[] Names(string folder, string[] parts, int rank) =>
    [
        .. from part in parts
           from dot in (string[])["-", "."]
           from end in (string[])[".gz", ""]
           select Path.Combine(folder, $"{part}{dot}idx{rank}-ubyte{end}"),
    ];

    [GeneratedRegex(@"^(|.+-)train-images[-.]idx3-ubyte(\.gz)?$")]
    private static partial Regex TrainingImages();
}
