using Functional.Host;
using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>The options that say what a network is made of.</summary>
public class LayerOptionsTests
{
    private static TrainConfiguration Parse(params (string Name, string Value)[] options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    [Fact]
    public void Each_hidden_layer_is_affine_batch_norm_activation_dropout()
    {
        var network = Parse(
            ("hidden", "5,4"), ("activation", "elu:0.5"), ("batch-norm", "true"), ("dropout", "0.2"),
            ("dropout-form", "book"),
            ("l1", "0.1"), ("l2", "0.2"), ("label-smoothing", "0.3")).CreateNetwork<float>(3, 2);
        Assert.Equal(
            "affine 3 -> 5, batchnorm 5 (momentum 0.9, epsilon 1E-06), elu:0.5, dropout 0.2 (book), " +
            "affine 5 -> 4, batchnorm 4 (momentum 0.9, epsilon 1E-06), elu:0.5, dropout 0.2 (book), affine 4 -> 2",
            network.ToString());
        Assert.Equal(Penalty.ElasticNet(0.1, 0.2), network.Penalty);
        Assert.Equal(Loss.SoftmaxCrossEntropy(0.3), network.Loss);
    }

    [Theory]
    [InlineData("relu")]
    [InlineData("leaky-relu:0.2")]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("gelu")]
    [InlineData("silu")]
    [InlineData("elu:0.5")]
    [InlineData("softplus")]
    public void Activations_are_read_as_they_are_written(string text) =>
        Assert.Equal(text, Parse(("activation", text)).Activation.ToString());

    [Theory]
    [InlineData("glorot-uniform")]
    [InlineData("orthogonal")]
    [InlineData("he")]
    public void Initializers_are_read_as_they_are_written(string text) =>
        Assert.Equal(text, Parse(("init", text)).Initializer.ToString());

    [Theory]
    [InlineData("activation", "relu:1")]
    [InlineData("activation", "elu:x")]
    [InlineData("batch-norm", "maybe")]
    [InlineData("dropout", "1")]
    [InlineData("dropout-form", "half")]
    [InlineData("l1", "-1")]
    [InlineData("l2", "nan")]
    [InlineData("label-smoothing", "1.5")]
    public void What_is_wrong_is_said_of_its_option(string name, string value)
    {
        var error = Assert.Throws<UsageException>(() => Parse((name, value)));
        Assert.StartsWith($"--{name}: ", TrainOptions.Line(error.Faults[0]), StringComparison.Ordinal);
    }
}
