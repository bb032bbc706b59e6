using Functional.Host.Data;

namespace Functional.Tests.Face;

public class ConvolutionTests
{
    // The book's 7.5 gets 98.96% on MNIST after 20 epochs.
    [Fact]
    public void The_network_of_the_book_learns_digits_from_one_batch_after_the_other()
    {
        var data = DataSets.Load("digits").Encode();
        var filters = ConvolutionShape.Of(ImageShape.Of(1, 28, 28), filters: 30, kernel: 5);
        var pooling = Pooling.Max(filters.Output, window: 2);
        Assert.Equal(("30 x 24 x 24", "30 x 12 x 12"), ($"{filters.Output}", $"{pooling.Output}"));
        var network = Network.Of(
        [
            Layer.Convolution<float>(filters, Initializer.He, Key.OfSeed(2)), Layer.Of<float>(Activation.Relu),
            Layer.Of<float>(pooling),
            .. Network.Create<float>([pooling.Output.Size, 100, 10], Activation.Relu, Initializer.He, seed: 3).Layers,
        ]);
        var loader = new Loader(data.Training, data.Training.All, 100, Sampling.Shuffle, Key.OfSeed(1));
        var state = Training.Start(network, Optimizer.Adam(0.001));
        foreach (var batch in loader.Epoch(0).Take(60))
            (state, _) = Training.Step(state, batch);
        var test = data.Test.Batch([.. data.Test.All.Take(500)]);
        Assert.InRange(state.Network.Accuracy(test), 0.9, 1);
    }

    [Fact]
    public void Layers_that_do_not_fit_are_refused_in_words()
    {
        var image = ImageShape.Of(3, 8, 8);
        Assert.Equal(
            "filters that cover 9 x 9 don't fit on 3 x 8 x 8",
            Assert.Throws<ArgumentException>(() => ConvolutionShape.Of(image, 4, 9)).Message);
        Assert.Equal(
            "3 channels and 4 filters can't both be cut into 2 groups",
            Assert.Throws<ArgumentException>(() => ConvolutionShape.Of(image, 4, 3, groups: 2)).Message);
        Assert.Equal(
            "windows of 9 x 9 don't fit on 3 x 8 x 8",
            Assert.Throws<ArgumentException>(() => Pooling.Max(image, 9)).Message);
        var filters = Layer.Convolution<float>(ConvolutionShape.Of(image, 4, 3), Initializer.He, Key.OfSeed(1));
        var wrong = Assert.Throws<ArgumentException>(() => Network.Of([filters, filters])).Message;
        Assert.Contains("144", wrong, StringComparison.Ordinal);
        Assert.Contains("192", wrong, StringComparison.Ordinal);

        // As many numbers, of another shape.
        var maxima = Pooling.Max(ImageShape.Of(4, 4, 9), 2, 1);
        Assert.EndsWith(
            "expects images of 4 x 4 x 9, but layer 1 gives 4 x 6 x 6",
            Assert.Throws<ArgumentException>(() => Network.Of(
                [filters, Layer.Of<float>(Activation.Relu), Layer.Of<float>(maxima)])).Message,
            StringComparison.Ordinal);
        foreach (var (channels, height, width) in ((int, int, int)[])[(0, 4, 4), (1, -4, 4), (100_000, 100_000, 1)])
            Assert.StartsWith("an image ", Assert.Throws<ArgumentException>(
                () => ImageShape.Of(channels, height, width)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("stride", Assert.Throws<ArgumentException>(() => Pooling.Max(image, 0)).Message,
            StringComparison.Ordinal);
    }
}
