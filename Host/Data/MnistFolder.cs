using System.Globalization;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>A data set in its two parts, whose images have the same shape.</summary>
/// <param name="Training">To learn from.</param>
/// <param name="Test">To test with.</param>
public sealed record ImageDataSet(LabeledImages Training, LabeledImages Test)
{
    /// <summary>Both parts with their numbers scaled, as tables of features: with
    /// <c>data.Training.Standard(samples)</c>, each column to mean 0 and deviation 1 over those training
    /// samples.</summary>
    public ImageDataSet Scaled(FeatureScale scale) => new(Training.Scaled(scale), Test.Scaled(scale));

    /// <summary>One line: how many samples there are, of which form, how many of each class that has a name, and how
    /// they are split.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Training.Count + Test.Count:N0} {Training.Told(Test)}; " +
        $"{Training.Count:N0} to train, {Test.Count:N0} to test");
}

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
    public static ImageDataSet Load(string folder, int? classes = null)
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
        if ((training.Height, training.Width) != (test.Height, test.Width))
            throw new DataException(
                testImages, null, $"images of {training.Height} x {training.Width}, as in {trainingImages}",
                $"{test.Height} x {test.Width}");
        return new ImageDataSet(training, test);
    }

    /// <summary>Reads the first training images; what follows is not looked at.</summary>
    /// <param name="folder">As for <see cref="Load"/>.</param>
    /// <param name="count">How many, at least 1; all if there are fewer.</param>
    /// <param name="classes">How many classes there are, 1 to 256; as many as the labels have if null.</param>
    /// <exception cref="DataException">A file is missing, or what is read of it is bad.</exception>
    public static LabeledImages First(string folder, int count, int? classes = null)
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
    public static LabeledImages LoadPart(string imagesPath, string labelsPath, int? classes = null, int? first = null)
    {
        var labels = Idx.ReadLabels(labelsPath, first);
        var count = classes ?? Math.Max(2, labels.Max() + 1);
        if (LabeledImages.FirstOutOfRange(labels, count) is { } index)
            throw new DataException(
                labelsPath, $"label {index}", $"a class from 0 to {count - 1}", $"{labels[index]}");
        var images = Idx.ReadImages(imagesPath, first, found => found == labels.Length ? null : new DataException(
            labelsPath, null, $"{found} labels, one per image of {imagesPath}", $"{labels.Length}"));
        return new LabeledImages(images.Height, images.Width, count, images.Pixels, labels);
    }

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
