// 7.5: SimpleConvNet: convolution, ReLU, pooling, and two affine layers. Are its gradients right?
//
//     dotnet build -c Release && dotnet run book/simple-convnet.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// The book's network on images of 28 x 28 has 30 filters of 5 x 5 and 100 units. This one is small enough for
// central differences, which compute the loss twice for each parameter.
var key = Key.OfSeed(1);
var image = ImageShape.Of(1, 10, 10);
var x = Matrix<double>.Build.Dense(image.Size, 2, key.Child(0).Uniforms(2 * image.Size));
var t = Batch.OneHot<double>(4, [3, 1]);

// By hand, from the library's layers: shapes follow from one another.
var filters = ConvolutionShape.Of(image, filters: 3, kernel: 3);
var pooling = Pooling.Max(filters.Output, 2);
OrderedDictionary<string, ILayer<double>> layers = new()
{
    ["Conv1"] = Layer.Convolution<double>(filters, Initializer.Normal(0.1), key.Child(1)),
    ["Relu1"] = Layer.Of<double>(Activation.Relu),
    ["Pool1"] = Layer.Of<double>(pooling),
    ["Affine1"] = Affine(pooling.Output.Size, 5, key.Child(2)),
    ["Relu2"] = Layer.Of<double>(Activation.Relu),
    ["Affine2"] = Affine(5, 4, key.Child(3)),
};
var gradient = Gradient();

// With the library: a network of the same layers, and backpropagation against central differences.
var network = Network.Of([.. layers.Values]);
var ours = network.Gradient(Batch.Of(x, t), key);
var checks = Differences.Compare(ours.Parameters, Differences.OfNetwork(network, Batch.Of(x, t)));

Console.WriteLine($"{network}: loss {ours.Loss:F6}");
var agree = true;
foreach (var (byHand, leaf, check) in gradient.Zip(ours.Parameters, checks))
{
    var difference = (byHand - leaf.Values).InfinityNorm();
    Console.WriteLine($"{leaf.Name}: by hand {difference:E1}, central differences {check.MeanAbsolute:E1}");
    agree = agree && difference < 1e-12 && check.MeanAbsolute < 1e-8;
}
return agree ? 0 : 1;

static ILayer<double> Affine(int inputs, int outputs, Key key) => Layer.Affine(
    0.1 * Matrix<double>.Build.Dense(outputs, inputs, key.Normals(outputs * inputs)),
    Vector<double>.Build.Dense(outputs));

// Forward, and from the loss back through the layers in reverse: the gradients of all parameters in order.
Vector<double>[] Gradient()
{
    var (y, backward) = (x, new List<Func<Matrix<double>, (IReadOnlyList<Parameter<double>>, Lazy<Matrix<double>>)>>());
    foreach (var layer in layers.Values)
    {
        (y, var back) = layer.Forward(y, key);
        backward.Add(dy => back(dy));
    }
    var (_, dOut) = Loss.SoftmaxCrossEntropy().Forward(y, t);
    IEnumerable<Vector<double>> gradients = [];
    foreach (var back in Enumerable.Reverse(backward))
    {
        (var leaves, var dx) = back(dOut);
        (gradients, dOut) = (leaves.Select(leaf => leaf.Values).Concat(gradients), dx.Value);
    }
    return [.. gradients];
}
