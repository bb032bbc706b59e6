using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>
/// Pictures in a folder for each class, which has the class's name: <c>FOLDER/cat/1.png</c>; or one such tree for
/// training and another for testing: <c>FOLDER/train/cat/1.png</c>, <c>FOLDER/test/cat/2.png</c>. (A folder
/// <c>train</c> with the pictures themselves is a class.) All pictures have one size; they are gray if all are.
/// </summary>
internal static class PictureFolder
{
    private const string TrainingName = "train", TestName = "test";

    /// <summary>Whether a folder is such a tree.</summary>
    public static bool IsOne(string folder) => Directory.Exists(folder) && ClassFolders(Root(folder)).Any();

    /// <summary>Reads all pictures.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="split">How the pictures of a tree without parts are split in two.</param>
    /// <exception cref="DataException">A picture is damaged, or has another size than the first.</exception>
    public static DataSet Load(string folder, Func<DataPart, DataSet> split)
    {
        var root = Root(folder);
        var classification = new Classification(TableSource.InOrder(ClassFolders(root).Select(Path.GetFileName)!));
        if (classification.Count < 2)
            throw new DataException(
                folder, null, "a folder of pictures for each class, and at least two",
                $"one: {DataException.Short(classification.Names[0])}");
        if (root == folder)
            return split(Part(Files(folder, classification), classification));
        var test = Path.Combine(folder, TestName);
        var (trainingFiles, testFiles) = (Files(root, classification), Files(test, classification));
        if (testFiles.Length == 0)
            throw new DataException(test, null, "folders of pictures, as in train", "none");
        // One form for both.
        var all = Part([.. trainingFiles, .. testFiles], classification);
        return new DataSet(
            all.Take([.. Enumerable.Range(0, trainingFiles.Length)]),
            all.Take([.. Enumerable.Range(trainingFiles.Length, testFiles.Length)]));
    }

    // The folder of the classes' folders.
    private static string Root(string folder)
    {
        var training = Path.Combine(folder, TrainingName);
        return Directory.Exists(training) && ClassFolders(training).Any() ? training : folder;
    }

    private static IEnumerable<string> ClassFolders(string root) =>
        Directory.EnumerateDirectories(root).Where(folder =>
            !Path.GetFileName(folder).StartsWith('.') && Directory.EnumerateFiles(folder).Any(PictureFile.IsOne));

    private static (string Path, int Label)[] Files(string root, Classification classification)
    {
        var labels = classification.Names.Index()
            .ToDictionary(name => name.Item, name => name.Index, StringComparer.Ordinal);
        return
        [
            .. from folder in Directory.Exists(root) ? ClassFolders(root) : []
               let label = labels.TryGetValue(Path.GetFileName(folder), out var known)
                   ? known : throw new DataException(
                       folder, null, $"the name of a class: {TableSource.Listed(classification.Names)}", "another")
               orderby label
               from file in Directory.EnumerateFiles(folder).Where(PictureFile.IsOne).Order(StringComparer.Ordinal)
               select (file, label),
        ];
    }

    private static DataPart Part((string Path, int Label)[] files, Classification classification)
    {
        var pictures = new Bitmap[files.Length];
        for (var i = 0; i < files.Length; i++)
        {
            pictures[i] = PictureFile.Read(files[i].Path);
            if ((pictures[i].Height, pictures[i].Width) != (pictures[0].Height, pictures[0].Width))
                throw new DataException(
                    files[i].Path, null,
                    $"a picture of {pictures[0].Height} x {pictures[0].Width}, as {files[0].Path}",
                    $"{pictures[i].Height} x {pictures[i].Width}");
        }
        var channels = pictures.Max(picture => picture.Channels);
        var size = (long)pictures[0].Height * pictures[0].Width * channels;
        if (size * files.Length > Array.MaxLength)
            throw new DataException(
                Path.GetDirectoryName(Path.GetDirectoryName(files[0].Path))!, null,
                Invariant($"pictures of at most {Array.MaxLength:N0} bytes together"),
                Invariant($"{Plural.Of(files.Length, "picture")} of {size:N0} bytes"));
        var pixels = new byte[size * files.Length];
        foreach (var (i, picture) in pictures.Index())
            (channels == 3 ? picture.ToColor() : picture).Pixels.CopyTo(pixels, i * size);
        return new DataPart(
            new Images(pictures[0].Height, pictures[0].Width, pixels, channels),
            new Classes(classification, [.. files.Select(file => file.Label)]));
    }
}
