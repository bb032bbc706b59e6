using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Tests.Data;

/// <summary>Small files that would take all memory: nothing is inflated that no one asked for, or that isn't
/// there.</summary>
public sealed class UnneededBytesTests : IDisposable
{
    private const int Much = 256 << 20, Little = 16 << 20;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Gzip(string name, long zeros, params uint[] sizes)
    {
        using var file = File.Create(folder[name]);
        using var stream = new GZipStream(file, CompressionLevel.Optimal);
        stream.Write([0, 0, 8, (byte)sizes.Length]);
        foreach (var size in sizes)
        {
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, size);
            stream.Write(bytes);
        }
        var block = new byte[1 << 20];
        for (; zeros > 0; zeros -= block.Length)
            stream.Write(block, 0, (int)Math.Min(zeros, block.Length));
        return folder[name];
    }

    private static string Refused(Func<object> read, long most = Little)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<DataException>(() => { read(); }).Message;
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, most);
        return error;
    }

    [Fact]
    public void Images_are_not_inflated_where_there_are_not_as_many_labels()
    {
        var images = Gzip("i", Much, Much / 64, 8, 8);
        var labels = Gzip("l", 3, 3);
        Assert.Equal($"{labels}: expected {Much / 64} labels, one per image of {images}, found 3",
            Refused(() => MnistFolder.LoadPart(images, labels)));
    }

    [Fact]
    public void What_a_header_promises_is_looked_for_before_there_is_memory_for_it()
    {
        Assert.Equal(
            $"{folder["i"]}: at byte 1016 of the inflated data: expected {Much} bytes of data from byte 16 on, found "
            + $"the end of the file",
            Refused(() => Idx.ReadImages(Gzip("i", 1000, Much / 64, 8, 8))));
        Assert.Contains("expected the end of the file", Refused(() => Idx.ReadImages(Gzip("more", Much, 1, 8, 8))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_there_is_read_into_one_array()
    {
        var path = Gzip("i", 64 << 20, 1 << 20, 8, 8);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(64 << 20, Idx.ReadImages(path).Pixels.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 64 << 20, 65 << 20);
    }

    private string Archive(params (string Name, Tensor Tensor)[] arrays)
    {
        using var file = File.Create(folder["a.npz"]);
        using var archive = new ZipArchive(file, ZipArchiveMode.Create);
        foreach (var (name, tensor) in arrays)
        {
            using var entry = archive.CreateEntry($"{name}.npy", CompressionLevel.Optimal).Open();
            Npy.Write(entry, tensor);
        }
        return folder["a.npz"];
    }

    [Fact]
    public void Arrays_that_no_one_asked_for_are_not_read()
    {
        var (x, y) = (Tensor.Of("x", [2, 3], new float[6]), Tensor.Of("y", [2], new byte[] { 0, 1 }));
        var path = Archive(("other", Tensor.Of("o", [Much], new byte[Much])), ("x_train", x), ("y_train", y),
            ("x_test", x), ("y_test", y));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(2, DataSets.Load(path).Training.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Little);
        Assert.Equal(
            $"{folder["a.npz"]}: expected an array y_train, found other, x_train",
            Refused(() =>
                DataSets.Load(Archive(("other", Tensor.Of("o", [Much], new byte[Much])), ("x_train", x))), 2 * Much));
    }

    [Fact]
    public void An_array_is_read_into_its_own_memory()
    {
        var path = Archive(("a", Tensor.Of("a", [16 << 20], new float[16 << 20])));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(16 << 20, Npz.Read(path)[0].Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 64 << 20, 66 << 20);
    }

    [Fact]
    public void F5_integers_and_doubles_are_one_thing_in_tables_and_archives()
    {
        const long Start = 1_700_000_000;
        var y = Tensor.Of("y", [4], new byte[] { 0, 1, 0, 1 });
        float[] Of<T>(params T[] numbers) where T : unmanaged
        {
            var x = Tensor.Of("x", [4, 1], numbers);
            return Features(DataSets.Load(
                Archive(("x_train", x), ("y_train", y), ("x_test", x), ("y_test", y))).Training);
        }
        static float[] Features(DataPart part) => FeatureEncoder.Learn(part.Samples, part.All, DataScale.Standard)
            .Encode<float>(part.Samples, part.All).AsColumnMajorArray();
        var expected = Features(SmallTables.Read(
            $"t,kind\n{Start},a\n{Start + 1},b\n{Start + 2},a\n{Start + 3},b\n"));
        Assert.Equal(4, expected.Distinct().Count());
        Assert.Equal(expected, Of(Start, Start + 1, Start + 2, Start + 3));
        Assert.Equal(expected, Of<double>(Start, Start + 1, Start + 2, Start + 3));
        Assert.Equal(expected, Of((ulong)Start, (ulong)Start + 1, (ulong)Start + 2, (ulong)Start + 3));
        Assert.Equal(expected, Of((int)Start, (int)Start + 1, (int)Start + 2, (int)Start + 3));
    }

    [Theory]
    [InlineData(new long[] { 1, -1 }, "-1 as element 1")]
    [InlineData(new long[] { 70_000, 0 }, "70000 as element 0")]
    public void U3_a_label_that_is_not_a_class_is_named(long[] labels, string found)
    {
        var x = Tensor.Of("x", [2, 1], new float[2]);
        var y = Tensor.Of("y", [2], labels);
        Assert.Equal(
            $"{folder["a.npz"]}: at y_train: expected a class from 0 on for each sample, found {found}",
            Assert.Throws<DataException>(
                () => DataSets.Load(Archive(("x_train", x), ("y_train", y), ("x_test", x), ("y_test", y)))).Message);
    }

    [Theory]
    [InlineData(26, 27)]
    [InlineData(46, 47)]
    [InlineData(3, 4)]
    [InlineData(0, 2)]
    public void M1_a_folder_has_as_many_classes_as_its_labels(byte most, int classes)
    {
        foreach (var (part, label) in ((string, byte)[])[("train", 0), ("t10k", most)])
        {
            using var images = File.Create(folder[$"{part}-images-idx3-ubyte"]);
            Idx.WriteImages(images, new ImageFile(2, 2, 2, new byte[8]));
            using var labels = File.Create(folder[$"{part}-labels-idx1-ubyte"]);
            Idx.WriteLabels(labels, [0, label]);
        }
        var data = DataSets.Load(folder.Path);
        Assert.Equal(
            (classes, classes), (data.Training.Classes.Classification.Count, data.Test.Classes.Classification.Count));
        Assert.Equal(classes, DataSets.First(folder.Path, 1)!.Classes.Classification.Count);
    }

    // EMNIST's letters: no one takes them for a quantity.
    [Fact]
    public void Letters_from_1_to_26_are_classes_without_a_word()
    {
        foreach (var part in (string[])["train", "test"])
        {
            using var images = File.Create(folder[$"emnist-letters-{part}-images-idx3-ubyte"]);
            Idx.WriteImages(images, new ImageFile(26, 2, 2, new byte[104]));
            using var labels = File.Create(folder[$"emnist-letters-{part}-labels-idx1-ubyte"]);
            Idx.WriteLabels(labels, [.. Enumerable.Range(1, 26).Select(label => (byte)label)]);
        }
        var data = DataSets.Load(folder.Path);
        Assert.Equal(Enumerable.Range(1, 26).Select(label => $"{label}"), data.Training.Classes.Classification.Names);
        Assert.Empty(DataHints.Of(data));
    }

    [Fact]
    public void U5_a_run_s_folder_is_a_model()
    {
        var network = Network.Create([2, 3], Activation.Relu, Initializer.He, seed: 1);
        Model.Save(folder["model.safetensors"], network);
        Assert.Equal(network.Digest(), Model.Load<float>(folder.Path).Network.Digest());
        Directory.CreateDirectory(folder["empty"]);
        Assert.Equal(
            $"{folder["empty/model.safetensors"]}: expected a file, found none",
            Assert.Throws<DataException>(() => Model.Load<float>(folder["empty"])).Message);
    }
}
