using System.IO.Compression;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Tests.Data;

public sealed class NpzDataTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("x_train", "y_train", "x_test", "y_test")]
    [InlineData("X_train", "Y_train", "X_test", "Y_test")]
    [InlineData("train_images", "train_labels", "test_images", "test_labels")]
    public void M8_Usual_names_are_known(params string[] names)
    {
        Write(Bytes(names[0], [2, 2, 2], 8), Bytes(names[1], [2], 2), Bytes(names[2], [1, 2, 2], 4),
            Bytes(names[3], [1, 1], 1), Bytes("val_images", [9, 9], 81));
        var data = DataSets.Load(folder["a.npz"]);
        Assert.Equal("3 images of 2 x 2, 2 classes; 2 to train, 1 to test", $"{data}");
        Assert.Equal([0, 1], data.Training.Classes.Labels);
    }

    [Theory]
    [InlineData("X", "y")]
    [InlineData("images", "labels")]
    [InlineData("data", "target")]
    public void A_fifth_is_kept_for_testing_where_there_is_no_test_part(string samples, string labels)
    {
        Write(Bytes(samples, [10, 3], 30), Bytes(labels, [10], 10, i => i % 2));
        var data = DataSets.Load(folder["a.npz"]);
        Assert.Equal((8, 2), (data.Training.Count, data.Test.Count));
        Assert.Equal([1, 1], data.Test.Classes.Counts());
    }

    [Fact]
    public void Labels_may_be_one_hot()
    {
        Write(Bytes("x", [10, 3], 30), Bytes("y", [10, 4], 40, i => i % 4 == i / 4 % 4 ? 1 : 0));
        var data = DataSets.Load(folder["a.npz"]);
        Assert.Equal(4, data.Training.Classes.Classification.Count);
        for (var i = 0; i < data.Training.Count; i++)
            Assert.Equal(data.Training.Samples.Number(i, 0) / 3 % 4, data.Training.Classes.Labels[i]);
        Write(Bytes("x", [10, 3], 30), Bytes("y", [10, 2], 20, i => i == 6 ? 2 : i % 2));
        Assert.Equal(
            $"{folder["a.npz"]}: at y: expected a class from 0 on for each sample, found shape [10, 2], whose row 3 "
            + "isn't one-hot",
            Assert.Throws<DataException>(() => DataSets.Load(folder["a.npz"])).Message);
    }

    [Fact]
    public void Channels_may_be_last_or_first()
    {
        Write(Bytes("x", [10, 2, 2, 3], 120), Bytes("y", [10], 10, i => i % 2));
        var last = DataSets.Load(folder["a.npz"]).Training.Images;
        Write(Bytes("x", [10, 3, 2, 2], 120, i => ((i / 12) * 12) + (i % 4 * 3) + (i / 4 % 3)),
            Bytes("y", [10], 10, i => i % 2));
        var first = DataSets.Load(folder["a.npz"]).Training.Images;
        Assert.Equal(3, first.Channels);
        Assert.Equal(last.Pixels, first.Pixels);
    }

    [Fact]
    public void Targets_with_a_fraction_are_quantities()
    {
        float[] x = [.. Enumerable.Range(0, 40).Select(i => (float)i)];
        Write(Tensor.Of("data", [20, 2], x), Tensor.Of("target", [20], [.. x.Take(20).Select(value => value / 8)]));
        var data = DataSets.Load(folder["a.npz"]);
        Assert.Equal("target: 20 different numbers, taken as a quantity", data.Guess);
        Assert.Equal(16, data.Training.Count);
        Write(
            Tensor.Of("x_train", [20, 2], x), Tensor.Of("y_train", [20, 2], Array.ConvertAll(x, value => value / 8.0)),
            Tensor.Of("x_test", [1, 2], new float[2]), Tensor.Of("y_test", [1, 2], new double[2]));
        var quantities = Assert.IsType<Quantities>(DataSets.Load(folder["a.npz"]).Training.Targets);
        Assert.Equal(["y_train 1", "y_train 2"], quantities.Columns.Select(column => column.Name));
        Assert.Equal(4.875, quantities.Columns[1].Values[19]);
        Write(Tensor.Of("x", [2, 1], new float[2]), Tensor.Of("y", [2], [0.5, double.NaN]));
        Assert.Equal(
            $"{folder["a.npz"]}: at y: expected finite numbers of single precision's range, found NaN as element 1",
            Assert.Throws<DataException>(() => DataSets.Load(folder["a.npz"])).Message);
        Write(Tensor.Of("x", [2, 1], new float[2]), Tensor.Of("y", [2, 1, 1], [0.5, 1]));
        Assert.Equal(
            $"{folder["a.npz"]}: at y: expected quantities: a number, or a row of them, for each sample, "
            + "found shape [2, 1, 1]",
            Assert.Throws<DataException>(() => DataSets.Load(folder["a.npz"])).Message);
    }

    [Fact]
    public void Other_names_are_listed()
    {
        Write(Bytes("weights", [1], 1));
        Assert.EndsWith(
            "X and y; images and labels; or data and target, found weights",
            Assert.Throws<DataException>(() => DataSets.Load(folder["a.npz"])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<U5")]
    [InlineData(">U5")]
    [InlineData("|S5")]
    public void Labels_may_be_texts(string type)
    {
        string[] labels = ["ham", "eggs", "ham", "tomat", "eggs", "ham", "tomat", "ham", "eggs", "eggs"];
        using (var archive = ZipFile.Open(folder["t.npz"], ZipArchiveMode.Create))
        {
            Add(archive, "X", "|u1", "(10, 2)", [.. Enumerable.Range(0, 20).Select(i => (byte)i)]);
            Add(archive, "y", type, "(10,)", Texts(labels, type, 5));
        }
        var data = DataSets.Load(folder["t.npz"]);
        Assert.Equal(["eggs", "ham", "tomat"], data.Training.Classes.Classification.Names);
        for (var i = 0; i < data.Training.Count; i++)
            Assert.Equal(
                labels[(int)data.Training.Samples.Number(i, 0) / 2],
                data.Training.Classes.Classification.Names[data.Training.Classes.Labels[i]]);
        Assert.Equal(
            $"{folder["t.npz"]}: at y: expected numbers, found texts",
            Assert.Throws<DataException>(() =>
                DataSets.Load(folder["t.npz"], new DataOptions { Task = TargetKind.Quantities })).Message);
    }

    [Theory]
    [InlineData("|O", "Python objects")]
    [InlineData("<M8[D]", "M8")]
    [InlineData("<U0", "U0")]
    public void Labels_of_other_types_are_refused(string type, string fault)
    {
        using (var archive = ZipFile.Open(folder["o.npz"], ZipArchiveMode.Create))
        {
            Add(archive, "X", "|u1", "(2, 2)", [1, 2, 3, 4]);
            Add(archive, "y", type, "(2,)", []);
        }
        Assert.Contains(
            fault, Assert.Throws<DataException>(() => DataSets.Load(folder["o.npz"])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Four_files_of_one_array_are_a_data_set()
    {
        foreach (var set in (string[])["kmnist", "k49"])
        {
            Npz.Write(folder[$"{set}-train-imgs.npz"], [Bytes("arr_0", [4, 3, 3], 36)]);
            Npz.Write(folder[$"{set}-train-labels.npz"], [Bytes("arr_0", [4], 4)]);
            Npz.Write(folder[$"{set}-test-imgs.npz"], [Bytes("arr_0", [2, 3, 3], 18)]);
            Npz.Write(folder[$"{set}-test-labels.npz"], [Bytes("arr_0", [2], 2)]);
            foreach (var name in (string[])[folder[set], folder[$"{set}-test-labels.npz"]])
                Assert.Equal("6 images of 3 x 3, 4 classes; 4 to train, 2 to test", $"{DataSets.Load(name)}");
            if (set == "kmnist")
                Assert.Equal(4, DataSets.Load(folder.Path).Training.Count);
        }
        Assert.Equal(
            $"{folder.Path}: expected one data set, or the path of one: {folder["k49"]}, found 2",
            Assert.Throws<DataException>(() => DataSets.Load(folder.Path)).Message);
        File.Delete(folder["k49-test-labels.npz"]);
        Assert.Equal(
            $"{folder["k49-test-labels.npz"]}: expected a file, found none",
            Assert.Throws<DataException>(() => DataSets.Load(folder["k49"])).Message);
        Npz.Write(folder["kmnist-train-labels.npz"], [Bytes("a", [4], 4), Bytes("b", [4], 4)]);
        Assert.Equal(
            $"{folder["kmnist-train-labels.npz"]}: expected one array, found 2",
            Assert.Throws<DataException>(() => DataSets.Load(folder["kmnist"])).Message);
    }

    [Fact]
    public void Arrays_without_names_are_a_pair()
    {
        Write(Bytes("arr_0", [10, 3], 30), Bytes("arr_1", [10], 10, i => i % 2));
        Assert.Equal(8, DataSets.Load(folder["a.npz"]).Training.Count);
        Write(Bytes("arr_0", [10, 3], 30), Bytes("arr_1", [10], 10, i => i % 2), Bytes("arr_2", [1], 1));
        Assert.EndsWith(
            "found arr_0, arr_1, arr_2",
            Assert.Throws<DataException>(() => DataSets.Load(folder["a.npz"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Types_and_orders_of_samples_and_labels_are_free()
    {
        var samples = Enumerable.Range(0, 20).ToArray();
        var labels = Enumerable.Range(0, 10).Select(i => i % 2).ToArray();
        foreach (var x in (Tensor[])
        [
            Tensor.Of("x", [10, 2], Array.ConvertAll(samples, i => (long)i)),
            Tensor.Of("x", [10, 2], Array.ConvertAll(samples, i => (double)i)),
            Tensor.Of("x", [10, 2, 1], Array.ConvertAll(samples, i => (Half)i)),
            Tensor.Of("x", [10, 1, 2, 1], Array.ConvertAll(samples, i => (byte)i)),
        ])
            foreach (var y in (Tensor[])
            [
                Tensor.Of("y", [10], Array.ConvertAll(labels, i => (ulong)i)),
                Tensor.Of("y", [10, 1], Array.ConvertAll(labels, i => (float)i)),
                Tensor.Of("y", [10], Array.ConvertAll(labels, i => i == 1)),
                Tensor.Of("y", [10, 2], labels.SelectMany(i => (double[])[1 - i, i]).ToArray()),
            ])
            {
                Write(x, y);
                var training = DataSets.Load(folder["a.npz"]).Training;
                Assert.Equal(2, training.Classes.Classification.Count);
                Assert.All(training.Classes.Labels.Select((label, i) => (label, i)), one =>
                    Assert.Equal(training.Samples.Number(one.i, 0) / 2 % 2, one.label));
            }
    }

    // In NumPy's format, which has texts filled up with zeros.
    private static void Add(ZipArchive archive, string name, string type, string shape, byte[] data)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}\n";
        using var stream = archive.CreateEntry($"{name}.npy").Open();
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data]);
    }

    private static byte[] Texts(string[] texts, string type, int length)
    {
        var encoding = type[1] == 'S' ? Encoding.ASCII : new UTF32Encoding(type[0] == '>', byteOrderMark: false);
        return [.. texts.SelectMany(text => encoding.GetBytes(text.PadRight(length, '\0')))];
    }

    private void Write(params Tensor[] tensors) => Npz.Write(folder["a.npz"], tensors);

    private static Tensor Bytes(string name, int[] shape, int count, Func<int, int>? value = null) =>
        Tensor.Of(name, shape, [.. Enumerable.Range(0, count).Select(i => (byte)(value?.Invoke(i) ?? i))]);
}
