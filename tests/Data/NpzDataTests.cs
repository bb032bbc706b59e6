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

    private void Write(params Tensor[] tensors) => Npz.Write(folder["a.npz"], tensors);

    private static Tensor Bytes(string name, int[] shape, int count, Func<int, int>? value = null) =>
        Tensor.Of(name, shape, [.. Enumerable.Range(0, count).Select(i => (byte)(value?.Invoke(i) ?? i))]);
}
