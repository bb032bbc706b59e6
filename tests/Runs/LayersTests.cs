using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Networks whose layers are given one by one.</summary>
public sealed class LayersTests : IDisposable
{
    private const string Small = "conv:4:5:stride=2,relu,pool:2,affine:20,relu";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainConfiguration Parse(params (string Name, string Value)[] options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    private static ImageEncoder Encoder(int height, int width, int channels = 1) =>
        new(height, width, ByteScale.Unit, channels);

    private static string Refused(FeatureEncoder encoder, params (string Name, string Value)[] options) =>
        string.Join('\n', Assert.Throws<UsageException>(() => Parse(options)
            .CreateNetwork<float>(encoder, Classification.Numbered(10))).Faults.Select(TrainOptions.Line));

    [Theory]
    [InlineData("conv:16:5,relu,pool:2,conv:32:5,relu,pool:2,affine:128,relu,dropout:0.5")]
    [InlineData(
        "conv:8:3x5:stride=2:padding=1:dilation=2:groups=4,leaky-relu:0.1,avgpool:2x1:stride=1,pool:3:stride=2")]
    [InlineData("residual(conv:8:3:padding=same,batchnorm,relu),channel-dropout:0.2,globalpool")]
    [InlineData("affine:20")]
    public void Layers_are_read_as_they_are_written(string text)
    {
        var layers = NetworkLayers.Parse(text);
        Assert.Equal(text, layers.ToString());
        Assert.Equal(layers, NetworkLayers.Parse($" {text.Replace(",", " , ", StringComparison.Ordinal)}"));
        var configuration = Parse(("layers", text));
        Assert.Contains("--layers ", configuration.CommandLine(), StringComparison.Ordinal);
        Assert.DoesNotContain("--hidden", configuration.CommandLine(), StringComparison.Ordinal);
        Assert.Null(Parse(("layers", "none")).Layers);
    }

    [Fact]
    public void The_shape_is_that_of_the_images_and_the_last_layer_has_an_output_for_each_class() => Assert.Equal(
        "convolution 6 of 5 x 5 on 3 x 12 x 10, relu, maximum of 2 x 2 on 6 x 8 x 6 (stride 2), "
        + "residual (convolution 6 of 3 x 3 on 6 x 4 x 3 (padding 1), "
        + "channel batchnorm on 6 x 4 x 3 (momentum 0.9, epsilon 1E-06), relu), "
        + "channel dropout 0.2 (book) on 6 x 4 x 3, mean of 4 x 3 on 6 x 4 x 3 (stride 1), affine 6 -> 4",
        Parse(
            ("layers", "conv:6:5,relu,pool:2,residual(conv:6:3:padding=same,batchnorm,relu),channel-dropout:0.2,"
                + "globalpool"), ("dropout-form", "book"))
            .CreateNetwork<float>(Encoder(12, 10, 3), Classification.Numbered(4)).ToString());

    [Fact]
    public void Affine_layers_are_those_of_hidden_units_to_the_last_bit() => Assert.Equal(
        Parse(("hidden", "9,8"), ("dropout", "0.2"), ("batch-norm", "true")).CreateNetwork<float>(7, 3).Digest(),
        Parse(("layers", "affine:9,batchnorm,relu,dropout:0.2,affine:8,batchnorm,relu,dropout:0.2"))
            .CreateNetwork<float>(7, 3).Digest());

    [Theory]
    [InlineData("avgpool:2x1", "windows of 2x1 need a stride for both directions, as in avgpool:2x1:stride=1")]
    [InlineData("pool:2x3", "windows of 2x3 need a stride for both directions, as in pool:2x3:stride=1")]
    public void Windows_that_would_leave_pixels_out_are_refused(string layers, string expected) => Assert.Equal(
        $"--layers: {expected}", Assert.Throws<UsageException>(() => Parse(("layers", layers))).Faults
            .Select(TrainOptions.Line).Single());

    [Theory]
    [InlineData("conv:16:30",
        "samples are 1 x 28 x 28, but layer 1 (conv:16:30): filters that cover 30 x 30 don't fit on 1 x 28 x 28")]
    [InlineData("conv:16:5,relu,pool:2,conv:4:13",
        "layer 3 (pool:2) gives 16 x 12 x 12, but layer 4 (conv:4:13): filters that cover 13 x 13 don't fit on "
        + "16 x 12 x 12")]
    [InlineData("conv:3:5,pool:25",
        "layer 1 (conv:3:5) gives 3 x 24 x 24, but layer 2 (pool:25): windows of 25 x 25 don't fit on 3 x 24 x 24")]
    [InlineData("affine:50,pool:2",
        "layer 1 (affine:50) gives 50 numbers, but layer 2 (pool:2): it takes images: their pixels have neighbors, "
        + "which plain numbers don't have")]
    [InlineData("residual(relu,conv:4:3)",
        "samples are 1 x 28 x 28, but layer 1 (residual(relu,conv:4:3)): what is added to 1 x 28 x 28 must have that "
        + "shape, but is 4 x 26 x 26")]
    [InlineData("conv:3:3:groups=2",
        "samples are 1 x 28 x 28, but layer 1 (conv:3:3:groups=2): 1 channels and 3 filters can't both be cut into 2 "
        + "groups")]
    public void What_does_not_fit_is_said_with_shapes(string layers, string expected) =>
        Assert.Equal($"--layers: {expected}", Refused(Encoder(28, 28), ("layers", layers)));

    [Fact]
    public void Columns_of_a_table_are_no_images() => Assert.Equal(
        "--layers: samples are 4 numbers, but layer 1 (conv:2:1): it takes images: their pixels have neighbors, which "
        + "plain numbers don't have", Refused(FeatureEncoder.Numbers(4), ("layers", "conv:2:1")));

    [Theory]
    [InlineData("conv:16")]
    [InlineData("conv:0:3")]
    [InlineData("conv:4:3:strid=2")]
    [InlineData("conv:4:3:stride=2:stride=2")]
    [InlineData("conv:4:2:padding=same")]
    [InlineData("conv:4:1x2x3")]
    [InlineData("pool:x")]
    [InlineData("pool:2:padding=1")]
    [InlineData("globalpool:2")]
    [InlineData("affine:-3")]
    [InlineData("dropout:1")]
    [InlineData("relu:1")]
    [InlineData("residual(relu")]
    [InlineData("relu,,relu")]
    [InlineData("")]
    public void What_is_no_layer_is_refused(string text) => Assert.StartsWith("--layers: ", TrainOptions.Line(
        Assert.Throws<UsageException>(() => Parse(("layers", text))).Faults[0]), StringComparison.Ordinal);

    [Fact]
    public void What_layers_decide_can_not_be_given_beside_them() => Assert.Equal(
        "--hidden: the layers are given (--layers), which decides that",
        TrainOptions.Line(Assert.Throws<UsageException>(
            () => Parse(("hidden", "5"), ("layers", "affine:3"))).Faults[0]));

    [Fact]
    public void Features_of_colored_images_are_channel_after_channel()
    {
        // Two images of 1 x 3 pixels, each with its red, green and blue.
        var images = new Images(1, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)i)], 3);
        var encoder = Encoder(1, 3, 3) with { Scale = ByteScale.None };
        float[] expected = [9, 12, 15, 10, 13, 16, 11, 14, 17];
        Assert.Equal(expected, encoder.Encode<float>(images, [1]).ToColumnMajorArray());
        var rows = Rows.Of(Enumerable.Range(9, 9).Select(i => (double)i).ToArray(), 9);
        Assert.Equal(expected, encoder.Encode<float>(rows, [0]).ToColumnMajorArray());
        Assert.Equal("pixel 2 of channel 3", encoder.NameOf(7));
    }

    // Which of three colors a square has: a filter of one pixel can tell.
    [Fact]
    public void A_convolution_learns_from_colors()
    {
        const int Side = 4, Count = 60;
        var pixels = new byte[Count * Side * Side * 3];
        var labels = Enumerable.Range(0, Count).Select(i => i % 3).ToArray();
        for (var i = 0; i < Count; i++)
            for (var place = 0; place < 4; place++)
                pixels[(((i * Side * Side) + (i / 3 % 12) + place) * 3) + labels[i]] = 200;
        var part = new DataPart(new Images(Side, Side, pixels, 3), new Classes(Classification.Numbered(3), labels));
        var summary = new TrainingRun(
            Parse(("layers", "conv:6:1,relu,globalpool"), ("epochs", "40"), ("batch-size", "10"),
                ("learning-rate", "0.5"), ("augment", "flip")),
            new DataSet(part, part)).Run(_ => { }).Summary;
        Assert.Equal(1, summary.Scores.Test.Value);
    }

    private void Succeeds(params string[] words)
    {
        var outcome = FunctionalProgram.Run(folder.Path, words);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    [Fact]
    public void A_run_with_layers_can_be_resumed_searched_and_begun_from()
    {
        string[] train = ["train", "--samples", "200", "--layers", Small, "--out"];
        Succeeds([.. train, "whole", "--epochs", "2"]);
        Succeeds([.. train, "part", "--epochs", "1"]);
        Succeeds("train", "--resume", "part", "--epochs", "2");
        Assert.Equal(File.ReadAllBytes(folder["whole/model.safetensors"]),
            File.ReadAllBytes(folder["part/model.safetensors"]));
        Assert.Contains($"\"layers\": \"{Small}\"", File.ReadAllText(folder["whole/config.json"]),
            StringComparison.Ordinal);
        Succeeds(
            "train", "--samples", "100", "--from", "whole", "--epochs", "1", "--out", "after");
        Succeeds(
            "search", "--trials", "2", "--samples", "100", "--epochs", "1", "--layers", Small,
            "--space", "learning-rate=0.1|0.2", "--study", "rates");
    }
}
