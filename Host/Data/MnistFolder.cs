using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>A folder with the four files of MNIST, or of a data set that comes in the same form.</summary>
internal static class MnistFolder
{
    /// <summary>Reads both parts.</summary>
    /// <param name="folder">
    /// Holds images and labels of <c>train</c> and <c>t10k</c>, named <c>train-images-idx3-ubyte.gz</c> and so on;
    /// <c>.gz</c> may be missing, and a dot may stand before <c>idx</c>.
    /// </param>
    /// <param name="classes">How many classes there are, 1 to 256; as many as the labels have if null.</param>
    /// <exception cref="DataException">A file is missing or bad, or the parts differ in shape.</exception>
    public static DataSet Load(string folder, int? classes = null)
    {
        if (!Directory.Exists(folder))
            throw new DataException(folder, null, "a folder with the files of a data set", "none");
        var trainingImages = Find(folder, "train-images", 3);
        var trainingLabels = Find(folder, "train-labels", 1);
        var testImages = Find(folder, "t10k-images", 3);
        var testLabels = Find(folder, "t10k-labels", 1);
        classes ??= Count(trainingLabels, testLabels);
        var training = LoadPart(trainingImages, trainingLabels, classes);
        var test = LoadPart(testImages, testLabels, classes);
        var (size, found) = (training.Images, test.Images);
        if ((size.Height, size.Width) != (found.Height, found.Width))
            throw new DataException(
                testImages, null, $"images of {size.Height} x {size.Width}, as in {trainingImages}",
                $"{found.Height} x {found.Width}");
        return new DataSet(training, test);
    }

    /// <summary>Reads the first training images; what follows is not looked at.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <param name="count">How many, at least 1; all if there are fewer.</param>
    /// <param name="classes">How many classes there are, 1 to 256; as many as the labels have if null.</param>
    /// <exception cref="DataException">A file is missing, or what is read of it is bad.</exception>
    public static DataPart First(string folder, int count, int? classes = null)
    {
        var labels = Find(folder, "train-labels", 1);
        classes ??= Count([labels, .. Names(folder, "t10k-labels", 1).Where(File.Exists).Take(1)]);
        return LoadPart(Find(folder, "train-images", 3), labels, classes, count);
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

    // A network has at least two classes.
    private static int Count(params ReadOnlySpan<string> labels)
    {
        var most = 1;
        foreach (var file in labels)
            most = Math.Max(most, Idx.ReadLabels(file).Max());
        return most + 1;
    }

    // Compressed files come first: they are what is fetched, verified and replaced.
    private static string Find(string folder, string part, int rank)
    {
        var names = Names(folder, part, rank);
        return names.FirstOrDefault(File.Exists)
            ?? throw new DataException(
                folder, null, string.Join(" or ", names.Select(Path.GetFileName)), "none of them");
    }

    private static string[] Names(string folder, string part, int rank) =>
    [
        .. from dot in (string[])["-", "."]
           from end in (string[])[".gz", ""]
           select Path.Combine(folder, $"{part}{dot}idx{rank}-ubyte{end}"),
    ];
}
