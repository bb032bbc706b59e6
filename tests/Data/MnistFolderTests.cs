using Functional.Host.Data;
using Functional.Host.Files;
using Xunit;

namespace Functional.Tests.Data;

public sealed class MnistFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Images(string name, int count, int height = 2, bool gzip = false)
    {
        var stream = new MemoryStream();
        byte[] pixels = [.. Enumerable.Range(0, count * height * 2).Select(i => (byte)i)];
        Idx.WriteImages(stream, new ImageFile(count, height, 2, pixels), gzip);
        return folder.Write(name, stream.ToArray());
    }

    private string Labels(string name, byte[] labels, bool gzip = false)
    {
        var stream = new MemoryStream();
        Idx.WriteLabels(stream, labels, gzip);
        return folder.Write(name, stream.ToArray());
    }

    private static string Error(Action action) => Assert.Throws<DataException>(action).Message;

    [Fact]
    public void Images_and_labels_are_loaded_together()
    {
        var loaded = MnistFolder.LoadPart(Images("i", 3), Labels("l", [2, 0, 1]), classes: 3);
        Assert.Equal((3, 2, 2, 4, 3), (
            loaded.Count, loaded.Images.Height, loaded.Images.Width, loaded.Samples.Size,
            loaded.Classes.Classification.Count));
        Assert.Equal([2, 0, 1], loaded.Classes.Labels);
        Assert.Equal(12, loaded.Images.Pixels.Length);
    }

    [Fact]
    public void The_first_are_those_that_all_begin_with()
    {
        byte[] labels = [2, 0, 1, 1];
        foreach (var gzip in (bool[])[false, true])
        {
            var stream = new MemoryStream();
            Idx.WriteImages(stream, new ImageFile(4, 1, 3, [.. Enumerable.Range(0, 12).Select(i => (byte)i)]), gzip);
            folder.Write("train-images-idx3-ubyte", stream.ToArray());
            Labels("train-labels-idx1-ubyte", labels, gzip);
            foreach (var (wanted, found) in ((int, int)[])[(1, 1), (3, 3), (4, 4), (9, 4)])
            {
                var first = DataSets.First(folder.Path, wanted)!;
                Assert.Equal((found, 1, 3, 3), (
                    first.Count, first.Images.Height, first.Images.Width, first.Classes.Classification.Count));
                Assert.Equal(Enumerable.Range(0, 3 * found), first.Images.Pixels.Select(pixel => (int)pixel));
                Assert.Equal(labels[..found].Select(label => (int)label), first.Classes.Labels);
            }
        }
        var whole = File.ReadAllBytes(folder["train-images-idx3-ubyte"]);
        folder.Write("train-images-idx3-ubyte", whole[..^8]);
        Assert.StartsWith(folder["train-images-idx3-ubyte"], Error(() => DataSets.First(folder.Path, 4)),
            StringComparison.Ordinal);
        Assert.Null(DataSets.First("digits", 1));
    }

    [Fact]
    public void A_file_that_ends_within_the_first_is_named()
    {
        var images = Images("i", 3);
        File.WriteAllBytes(images, File.ReadAllBytes(images)[..^5]);
        Assert.Equal(3, MnistFolder.LoadPart(Images("j", 3), Labels("l", [2, 0, 1]), first: 5).Count);
        Assert.Equal(1, MnistFolder.LoadPart(images, Labels("l", [2, 0, 1]), first: 1).Count);
        Assert.Equal(
            $"{images}: at byte 23: expected 8 bytes of data from byte 16 on, found the end of the file",
            Error(() => MnistFolder.LoadPart(images, Labels("l", [2, 0, 1]), first: 2)));
    }

    [Fact]
    public void Labels_out_of_range_are_named_with_index_and_value()
    {
        var (images, labels) = (Images("i", 3), Labels("l", [9, 0, 10]));
        Assert.Equal(
            $"{labels}: at label 2: expected a class from 0 to 9, found 10",
            Error(() => MnistFolder.LoadPart(images, labels, classes: 10)));
        Assert.Equal(11, MnistFolder.LoadPart(images, labels).Classes.Classification.Count);
        Assert.Equal(256, MnistFolder.LoadPart(images, Labels("all", [0, 128, 255]), classes: 256)
            .Classes.Classification.Count);
    }

    [Fact]
    public void Counts_that_differ_name_both_files()
    {
        var (images, labels) = (Images("i", 3), Labels("l", [1, 2]));
        Assert.Equal(
            $"{labels}: expected 3 labels, one per image of {images}, found 2",
            Error(() => MnistFolder.LoadPart(images, labels)));
    }

    [Fact]
    public void What_is_not_a_readable_file_is_named()
    {
        Assert.Equal($"{folder["none"]}: expected a file, found none", Error(() => Idx.ReadLabels(folder["none"])));
        Assert.Equal($"{folder.Path}: expected a readable file, found a folder",
            Error(() => Idx.ReadLabels(folder.Path)));
        Assert.Equal(
            "a b: expected a file, found none", Error(() => Idx.ReadLabels("a\nb")));
    }

    [Fact]
    public void Both_spellings_plain_or_compressed_are_found()
    {
        Images("train-images-idx3-ubyte.gz", 3, gzip: true);
        Labels("train-labels.idx1-ubyte", [1, 2, 3]);
        Images("t10k-images.idx3-ubyte.gz", 1, gzip: true);
        Labels("t10k-labels-idx1-ubyte", [4]);
        var (training, test) = MnistFolder.Load(folder.Path);
        Assert.Equal([0, 1, 2], training.Classes.Labels);
        Assert.Equal([3], test.Classes.Labels);
        Assert.Equal(["1", "2", "3", "4"], test.Classes.Classification.Names);
    }

    [Fact]
    public void Data_sets_of_one_folder_are_distinguished_by_prefix()
    {
        foreach (var (name, labels) in ((string, byte[])[])[("emnist-letters", [1, 26, 2]), ("kuzushiji", [0, 46, 1])])
        {
            Images($"{name}-train-images-idx3-ubyte", 3);
            Labels($"{name}-train-labels-idx1-ubyte", labels);
            Images($"{name}-test-images-idx3-ubyte.gz", 1, gzip: true);
            Labels($"{name}-test-labels-idx1-ubyte", [1]);
        }
        Assert.Equal(
            $"{folder.Path}: expected one data set, as in --data {folder["emnist-letters"]}, found emnist-letters, "
            + "kuzushiji",
            Error(() => MnistFolder.Load(folder.Path)));
        var (letters, _) = DataSets.Load(folder["emnist-letters"]);
        var (others, _) = DataSets.Load(folder["kuzushiji"]);
        Assert.Equal((26, 47), (letters.Classes.Classification.Count, others.Classes.Classification.Count));
        Assert.Equal([0, 25, 1], letters.Classes.Labels);
        Assert.Equal([0, 46, 1], others.Classes.Labels);
        var stored = others.Images[1].ToArray();
        Assert.Equal([stored[0], stored[2], stored[1], stored[3]], letters.Images[1].ToArray());
        foreach (var file in Directory.EnumerateFiles(folder.Path, "kuzushiji-*"))
            File.Delete(file);
        Assert.Equal(26, DataSets.Load(folder.Path).Training.Classes.Classification.Count);
    }

    [Fact]
    public void A_missing_file_is_named_with_the_folder_and_the_names_tried()
    {
        Assert.Equal(
            $"{folder["none"]}: expected a folder with the files of a data set, found none",
            Error(() => MnistFolder.Load(folder["none"])));
        Images("train-images-idx3-ubyte", 3);
        Assert.Equal(
            $"{folder.Path}: expected train-labels-idx1-ubyte.gz or train-labels-idx1-ubyte or " +
            "train-labels.idx1-ubyte.gz or train-labels.idx1-ubyte, found none of them",
            Error(() => MnistFolder.Load(folder.Path)));
    }

    [Fact]
    public void Training_and_test_images_have_one_shape()
    {
        var training = Images("train-images-idx3-ubyte", 3);
        Labels("train-labels-idx1-ubyte", [1, 2, 3]);
        var test = Images("t10k-images-idx3-ubyte", 1, height: 5);
        Labels("t10k-labels-idx1-ubyte", [4]);
        Assert.Equal(
            $"{test}: expected images of 2 x 2, as in {training}, found 5 x 2",
            Error(() => MnistFolder.Load(folder.Path)));
    }

    [Fact]
    public void Labeled_images_are_checked_when_they_are_built()
    {
        static void Refused(string message, Action act) => Assert.StartsWith(
            message, Assert.Throws<ArgumentException>(act).Message, StringComparison.Ordinal);
        Refused("23 bytes are no whole images of 3 x 4", () => _ = new Images(3, 4, new byte[23]));
        Refused("2 images of 3 x 4 with targets of 3", () => SmallTables.Images(3, 4, 10, new byte[24], 0, 1, 2));
        Refused("label 1 is 3, but there are 3 classes", () => SmallTables.Images(1, 1, 3, new byte[2], 2, 3));
        Assert.Equal(1000, SmallTables.Images(1, 1, 1000, [0], 999).Classes.Classification.Count);
    }
}
