using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Benchmarks;

/// <summary>The networks with convolutions whose training steps are measured, on images of MNIST's size.</summary>
internal static class ConvolutionNetworks
{
    /// <summary>30 filters of 5 x 5. Source: Deep Learning from Scratch, 7.5.</summary>
    public static Network<float> Simple() => Of("conv:30:5,relu,pool:2,affine:100,relu");

    /// <summary>Six convolutions of 3 x 3. Source: Deep Learning from Scratch, 8.1.</summary>
    public static Network<float> Deep()
    {
        var network = Of(
            "conv:16:3:padding=1,relu,conv:16:3:padding=1,relu,pool:2,"
            + "conv:32:3:padding=1,relu,conv:32:3:padding=2,relu,pool:2,"
            + "conv:64:3:padding=1,relu,conv:64:3:padding=1,relu,pool:2,affine:50,relu,dropout:0.5");
        // The book's has dropout after its last layer, too.
        return Network.Of([.. network.Layers, Layer.Dropout<float>(0.5, DropoutForm.Inverted)], network.Loss);
    }

    /// <summary>LeNet-5's sizes, with ReLU and maxima. Source: LeCun et al. (1998).</summary>
    public static Network<float> LeNet() =>
        Of("conv:6:5:padding=2,relu,pool:2,conv:16:5,relu,pool:2,affine:120,relu,affine:84,relu");

    private static Network<float> Of(string layers) => new TrainConfiguration
    {
        Layers = NetworkLayers.Parse(layers), Initializer = Initializer.He, DropoutForm = DropoutForm.Inverted,
    }.CreateNetwork<float>(LayerInput.Of(ImageShape.Of(1, 28, 28)), Classification.Numbered(10));
}
