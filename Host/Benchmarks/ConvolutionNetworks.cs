namespace Functional.Host.Benchmarks;

/// <summary>The networks with convolutions whose training steps are measured, on images of MNIST's size.</summary>
internal static class ConvolutionNetworks
{
    private static readonly ImageShape Image = ImageShape.Of(1, 28, 28);

    /// <summary>30 filters of 5 x 5. Source: Deep Learning from Scratch, 7.5.</summary>
    public static Network<float> Simple() =>
        new Stack().Convolution(30, 5).Relu().Pooling().Affine(100).Relu().Affine(10).Network();

    /// <summary>Six convolutions of 3 x 3. Source: Deep Learning from Scratch, 8.1.</summary>
    public static Network<float> Deep() => new Stack()
        .Convolution(16, 3, 1).Relu().Convolution(16, 3, 1).Relu().Pooling()
        .Convolution(32, 3, 1).Relu().Convolution(32, 3, 2).Relu().Pooling()
        .Convolution(64, 3, 1).Relu().Convolution(64, 3, 1).Relu().Pooling()
        .Affine(50).Relu().Dropout().Affine(10).Dropout().Network();

    /// <summary>LeNet-5's sizes, with ReLU and maxima. Source: LeCun et al. (1998).</summary>
    public static Network<float> LeNet() => new Stack()
        .Convolution(6, 5, 2).Relu().Pooling().Convolution(16, 5).Relu().Pooling()
        .Affine(120).Relu().Affine(84).Relu().Affine(10).Network();

    // Layers, each on what the one before gives.
    private sealed class Stack
    {
        private readonly List<ILayer<float>> layers = [];
        private ImageShape image = Image;
        private int features = Image.Size;

        public Stack Convolution(int filters, int kernel, int padding = 0)
        {
            var shape = ConvolutionShape.Of(image, filters, kernel, padding: padding);
            return Add(Layer.Convolution<float>(shape, Initializer.He, Key.OfSeed(layers.Count)), shape.Output);
        }

        public Stack Pooling()
        {
            var pooling = Functional.Pooling.Max(image, window: 2);
            return Add(Layer.Of<float>(pooling), pooling.Output);
        }

        public Stack Affine(int units) => Add(
            Functional.Network.Create<float>(
                [features, units], Activation.Relu, Initializer.He, Key.OfSeed(layers.Count)).Layers[0],
            ImageShape.Of(units, 1, 1));

        public Stack Relu() => Add(Layer.Of<float>(Activation.Relu), image);

        public Stack Dropout() => Add(Layer.Dropout<float>(0.5, DropoutForm.Inverted), image);

        public Network<float> Network() => Functional.Network.Of(layers, Loss.SoftmaxCrossEntropy());

        private Stack Add(ILayer<float> layer, ImageShape output)
        {
            layers.Add(layer);
            (image, features) = (output, output.Size);
            return this;
        }
    }
}
