using System.IO.Compression;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Models.Onnx;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.Models;

/// <summary>U1, U2, U4, U13: what other tools write, and read.</summary>
public class ForeignFileTests
{
    private static string Error(byte[] bytes) => Assert.Throws<DataException>(
        () => Model.Load<float>(new MemoryStream(bytes), "f", activation: Activation.Relu)).Message;

    private static string Error(params Tensor[] tensors)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, tensors);
        return Error(stream.ToArray());
    }

    private static Tensor Zeros(string name, params int[] shape) =>
        Tensor.Of(name, shape, new float[shape.Aggregate(1, (a, b) => a * b)]);

    [Fact]
    public void U1_a_zip_file_is_named()
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (var entry = archive.CreateEntry("archive/data.pkl").Open())
            entry.Write("weights"u8);
        Assert.Equal("f: expected a safetensors file, found a zip file, as torch.save and Keras write them: save the "
            + "weights as safetensors", Error(stream.ToArray()));
    }

    [Fact]
    public void U1_an_ONNX_file_is_named()
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(stream, new Model<float>(Network.Create([2, 3], Activation.Relu, Initializer.He, seed: 1)));
        Assert.Equal("f: expected a safetensors file, found an ONNX file: those are written here, but not read",
            Error(stream.ToArray()));
    }

    [Theory]
    [InlineData(new byte[] { 0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9 },
        "a pickle file, as torch.save writes them: save the weights as safetensors")]
    [InlineData(new byte[] { 0x80, 4, 0x95, 0x10, 0, 0, 0, 1, 0 },
        "a pickle file, as torch.save writes them: save the weights as safetensors")]
    [InlineData(new byte[] { 0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A },
        "an HDF5 file, as Keras writes them: save the weights as safetensors")]
    [InlineData(new byte[] { 0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0 }, "a NumPy array")]
    [InlineData(new byte[] { 0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0, 1 }, "a GGUF file: save the weights as safetensors")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 8, 0x12, 0x34, 0x56, 0x67, 0, 3 }, "a gzip file: unpack it first")]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3 }, "a gzip file: unpack it first")]
    public void U1_other_formats_are_named(byte[] start, string found) =>
        Assert.Equal($"f: expected a safetensors file, found {found}", Error([.. start, .. new byte[64]]));

    [Theory]
    [InlineData("(lp0\nF1.0\naF2.0\na.")]
    [InlineData("(dp0\nVweight\np1\nF1.0\ns.")]
    [InlineData("ccollections\nOrderedDict\np0\n(tp1\nRp2\n.")]
    [InlineData("cnumpy.core.multiarray\n_reconstruct\np0\n")]
    [InlineData("L119547037146038801333356L\n.")]
    public void Audit15_a_pickle_as_text_is_a_pickle(string text) => Assert.Equal(
        "f: expected a safetensors file, found a pickle file, as torch.save writes them: save the weights as "
        + "safetensors",
        Error(System.Text.Encoding.ASCII.GetBytes(text)));

    // Its first eight bytes as a length are less than what a header may have, and more than the file does.
    [Fact]
    public void Audit15_a_small_gzip_file_is_a_gzip_file() => Assert.Equal(
        "f: expected a safetensors file, found a gzip file: unpack it first",
        Error([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, .. new byte[95]]));

    [Fact]
    public void A_checkpoint_is_not_a_model()
    {
        var table = new DataPart(
            Rows.Of((double[])[0, 1, 2, 3], 1), new Classes(Classification.Numbered(2), [0, 1, 0, 1]));
        var run = new TrainingRun(new TrainConfiguration { Hidden = [2], Epochs = 1 }, new DataSet(table, table));
        using var folder = new TemporaryFolder();
        Checkpoint.Write(folder["checkpoint"], run.Start);
        Assert.Equal(
            "f: expected a model, found a checkpoint of a run, which only train --resume reads: name the run's folder",
            Error(File.ReadAllBytes(folder["checkpoint"])));
    }

    // As PyTorch has it: four axes, layers by their place among all, the channels of pixels in planes.
    [Fact]
    public void Weights_of_a_convolutional_network_are_read_into_its_layers()
    {
        var filters = ConvolutionShape.Of(ImageShape.Of(2, 6, 5), 3, 3, padding: 1);
        var pooling = Pooling.Max(filters.Output, 2);
        Network<float> Of(long seed) => Network.Of(
        [
            Layer.Convolution<float>(filters, Initializer.He, Key.OfSeed(seed)),
            Layer.ChannelBatchNorm<float>(filters.Output, epsilon: 1e-5), Layer.Of<float>(Activation.Relu),
            Layer.Of<float>(pooling),
            .. Network.Create<float>([pooling.Output.Size, 4], Activation.Relu, Initializer.He, seed).Layers,
        ]);
        var theirs = ExampleNetworks.Stirred(Of(1), 2);
        string[] names =
        [
            "0.weight", "0.bias", "1.weight", "1.bias", "5.weight", "5.bias", "1.running_mean", "1.running_var",
        ];
        int[][] shapes = [[3, 2, 3, 3], [3], [3], [3], [4, 18], [4], [3], [3]];
        Tensor[] tensors =
        [
            .. theirs.Parameters().Concat(theirs.Statistics()).Zip(names).Zip(shapes, (named, shape) => Tensor.Of(
                named.Second, shape,
                named.First.Shape.IsVector ? [.. named.First.Values] : named.First.Matrix.ToRowMajorArray())),
        ];
        using var folder = new TemporaryFolder();
        Safetensors.Write(folder["theirs"], tensors);
        var read = Model.LoadWeights(folder["theirs"], Of(3));
        Assert.Equal(theirs.Digest(), read.Digest());
        Model.Save(folder["ours"], read);
        Assert.Equal([3, 2, 3, 3], Safetensors.Read(folder["ours"])["convolution1.weight"].Shape);
        Assert.Equal(theirs.Digest(), Model.Load<float>(folder["ours"]).Network.Digest());
        var other = Network.Create<float>([60, 7], Activation.Relu, Initializer.He, seed: 1);
        Assert.Contains(
            "expected tensors for affine1: weight of shape [7, 60], bias of shape [7], found ",
            Assert.Throws<DataException>(() => Model.LoadWeights(folder["theirs"], other)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void U2_a_convolution_is_refused_with_its_shape() =>
        Assert.Equal(
            "f: at tensors 'conv1.*': expected a weight of two dimensions (and a bias), or what a normalization has, "
            + "found bias of shape [5], weight of shape [5, 1, 2, 2]",
            Error(Zeros("conv1.weight", 5, 1, 2, 2), Zeros("conv1.bias", 5), Zeros("fc.weight", 3, 5),
                Zeros("fc.bias", 3)));

    [Fact]
    public void U4_names_of_Flax_and_Keras_are_listed() =>
        Assert.Equal(
            "f: expected a tensor NAME.weight of two dimensions (outputs x inputs) at least, found Dense_0.bias of "
            + "shape [3], Dense_0.kernel of shape [2, 3]",
            Error(Zeros("Dense_0.kernel", 2, 3), Zeros("Dense_0.bias", 3)));

    [Fact]
    public void U13_the_names_of_classes_are_JSON()
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(stream, new Model<float>(Network.Create([2, 3], Activation.Relu, Initializer.He, seed: 1))
        {
            Task = new Classification(["two\nlines", "b", "c"]),
            Encoder = SmallTables.Encoder([0.5, 1], [2, 0.1], ["x, in \"m\"", "y"]),
        });
        var text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        foreach (var json in (string[])["[\"two\\nlines\",\"b\",\"c\"]", "[\"x, in \\u0022m\\u0022\",\"y\"]", "[0.5,1]",
            "[2,0.1]"])
            Assert.Contains(json, text, StringComparison.Ordinal);
    }
}
