using Functional.Host.Data;
using Functional.Host.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.PixelFormats;
using DataSet = Functional.Host.Data.DataSet;

namespace Functional.Tests.Data;

public sealed class PictureFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_for_each_class_is_a_data_set()
    {
        foreach (var (kind, level) in ((string, byte)[])[("10", 200), ("9", 100)])
            for (var i = 0; i < 10; i++)
            {
                var gray = (byte)(level + i);
                Save($"{kind}/{i}.png", 3, 4, (x, y) => new Rgba32(gray, gray, gray));
            }
        var data = DataSets.Load(folder.Path);
        Assert.Equal("20 images of 3 x 4, classes: 9 10, 10 10; 16 to train, 4 to test", $"{data}");
        Assert.Equal(["9", "10"], data.Training.Classes.Classification.Names);
        Assert.Equal([2, 2], data.Test.Classes.Counts());
        foreach (var part in (DataPart[])[data.Training, data.Test])
            for (var i = 0; i < part.Count; i++)
                Assert.InRange(part.Images[i].Span[0], part.Classes.Labels[i] == 0 ? 100 : 200,
                    part.Classes.Labels[i] == 0 ? 109 : 209);
    }

    [Fact]
    public void Parts_for_training_and_testing_are_kept_and_one_color_makes_all_colored()
    {
        Save("train/cat/a.png", 2, 2, (x, y) => new Rgba32(1, 1, 1));
        Save("train/dog/b.png", 2, 2, (x, y) => new Rgba32((byte)x, (byte)y, 7));
        Save("test/dog/c.jpg", 2, 2, (x, y) => new Rgba32(255, 255, 255));
        var data = DataSets.Load(folder.Path);
        Assert.Equal((2, 1, 3), (data.Training.Count, data.Test.Count, data.Training.Images.Channels));
        Assert.Equal([0, 0, 7, 1, 0, 7, 0, 1, 7, 1, 1, 7], data.Training.Images[1].ToArray());
        Assert.Equal([1], data.Test.Classes.Labels);
    }

    [Fact]
    public void What_is_transparent_is_white()
    {
        Save("a/1.png", 1, 1, (x, y) => new Rgba32(0, 0, 0, 0));
        Assert.Equal([255], PictureFile.Read(folder["a/1.png"]).Pixels);
    }

    [Fact]
    public void What_is_wrong_is_one_line_that_names_the_file()
    {
        Save("train/cat/a.png", 2, 2, (x, y) => default);
        Assert.Equal($"{folder.Path}: expected a folder of pictures for each class, and at least two, found one: cat",
            Error());
        Save("train/dog/b.png", 2, 3, (x, y) => default);
        Assert.Equal($"{folder["test"]}: expected folders of pictures, as in train, found none", Error());
        Save("test/fox/a.png", 2, 2, (x, y) => default);
        Assert.Equal($"{folder["test/fox"]}: expected the name of a class: cat, dog, found another", Error());
        Directory.Move(folder["test/fox"], folder["test/cat"]);
        Assert.Equal(
            $"{folder["train/dog/b.png"]}: expected a picture of 2 x 2, as {folder["train/cat/a.png"]}, found 2 x 3",
            Error());
        File.WriteAllText(folder["train/dog/b.png"], "no picture");
        Assert.Equal(
            $"{folder["train/dog/b.png"]}: expected a picture (PNG, JPEG, BMP or GIF), found a file of another kind, "
            + "or cut off",
            Error());
        File.WriteAllBytes(folder["train/dog/b.png"], File.ReadAllBytes(folder["train/cat/a.png"])[..50]);
        Assert.Equal(
            $"{folder["train/dog/b.png"]}: expected a picture (PNG, JPEG, BMP or GIF), found a damaged one", Error());
    }

    [Fact]
    public void A_picture_that_promises_too_many_pixels_is_refused_before_it_is_read()
    {
        Save("a.png", 2, 2, (x, y) => default);
        var bytes = File.ReadAllBytes(folder["a.png"]);
        // The width stands in the header's chunk, whose checksum a reader of sizes may skip.
        (bytes[16], bytes[20]) = (0x10, 0x10);
        File.WriteAllBytes(folder["a.png"], bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => PictureFile.Read(folder["a.png"]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
    }

    [Fact]
    public void Damaged_pictures_are_refused_in_words_or_read()
    {
        foreach (var end in (string[])["png", "jpg", "bmp", "gif"])
        {
            Save($"a.{end}", 9, 7, (x, y) => new Rgba32((byte)(20 * x), (byte)(30 * y), 5));
            var bytes = File.ReadAllBytes(folder[$"a.{end}"]);
            for (var i = 0; i < bytes.Length; i++)
                foreach (var flip in (byte[])[1, 0x80, 0xFF])
                {
                    byte[] damaged = [.. bytes];
                    damaged[i] ^= flip;
                    try
                    {
                        PictureFile.Read(new MemoryStream(damaged), "f");
                        PictureFile.Read(new MemoryStream(bytes[..i]), "f");
                    }
                    catch (DataException e)
                    {
                        Assert.StartsWith("f: expected a picture", e.Message, StringComparison.Ordinal);
                    }
                }
        }
    }

    private string Error() => Assert.Throws<DataException>(() => DataSets.Load(folder.Path)).Message;

    private void Save(string name, int height, int width, Func<int, int, Rgba32> pixel)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(folder[name])!);
        using var image = new Image<Rgba32>(width, height);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                image[x, y] = pixel(x, y);
        image.Save(folder[name]);
    }
}
