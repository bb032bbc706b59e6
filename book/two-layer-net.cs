// 5.7.2: TwoLayerNet. Layers in an ordered dictionary: `Predict` goes through them, `Gradient` goes back.
//
//     dotnet build -c Release && dotnet run book/two-layer-net.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

var key = Key.OfSeed(1);
var x = Matrix<double>.Build.Dense(6, 5, key.Child(0).Normals(30));
var t = Batch.OneHot<double>(3, [0, 2, 1, 1, 0]);

// By hand, from the library's layers.
var net = new TwoLayerNet(inputs: 6, hidden: 4, outputs: 3, key.Child(1));
var gradient = net.Gradient(x, t);

// With the library: a network of the same layers.
var network = Network.Of([.. net.Layers.Values]);
var ours = network.Gradient(Batch.Of(x, t), key);

Console.WriteLine($"{string.Join(", ", net.Layers.Keys)}: loss {net.Loss(x, t):F6}, accuracy {net.Accuracy(x, t):P0}");
Console.WriteLine($"{network}: loss {ours.Loss:F6}");
var largest = Math.Abs(net.Loss(x, t) - ours.Loss);
foreach (var (name, parameter) in new[] { "W1", "b1", "W2", "b2" }.Zip(ours.Parameters))
{
    var difference = (gradient[name] - parameter.Values).InfinityNorm();
    Console.WriteLine($"dL/d{name}: largest difference {difference:E1}");
    largest = Math.Max(largest, difference);
}
return largest < 1e-12 ? 0 : 1;

class TwoLayerNet
{
    public TwoLayerNet(int inputs, int hidden, int outputs, Key key)
    {
        Layers = new()
        {
            ["Affine1"] = Affine(inputs, hidden, key.Child(0)),
            ["Relu1"] = Layer.Of<double>(Activation.Relu),
            ["Affine2"] = Affine(hidden, outputs, key.Child(1)),
        };
    }

    public OrderedDictionary<string, ILayer<double>> Layers { get; }

    private static ILayer<double> Affine(int inputs, int outputs, Key key) => Layer.Affine(
        0.01 * Matrix<double>.Build.Dense(outputs, inputs, key.Normals(outputs * inputs)),
        Vector<double>.Build.Dense(outputs));

    public Matrix<double> Predict(Matrix<double> x)
    {
        foreach (var layer in Layers.Values)
            x = layer.Predict(x);
        return x;
    }

    public double Loss(Matrix<double> x, Matrix<double> t)
    {
        var (loss, _) = Functional.Loss.SoftmaxCrossEntropy().Forward(Predict(x), t);
        return loss;
    }

    public double Accuracy(Matrix<double> x, Matrix<double> t) =>
        Metrics.Classes(Predict(x)).Zip(Metrics.Classes(t), (y, label) => y == label ? 1.0 : 0).Average();

    public Dictionary<string, Vector<double>> Gradient(Matrix<double> x, Matrix<double> t)
    {
        // Forward: each layer leaves what it takes to come back.
        var backward = new List<Func<Matrix<double>, (IReadOnlyList<Parameter<double>>, Lazy<Matrix<double>>)>>();
        foreach (var layer in Layers.Values)
        {
            (x, var back) = layer.Forward(x, Key.OfSeed(0));
            backward.Add(dy => back(dy));
        }
        var (_, dScores) = Functional.Loss.SoftmaxCrossEntropy().Forward(x, t);

        // Backward: from dL/dL = 1 through the layers in reverse.
        var dOut = 1.0 * dScores;
        var gradients = new Dictionary<string, Vector<double>>();
        foreach (var (name, back) in Layers.Keys.Zip(backward).Reverse())
        {
            (var leaves, var dx) = back(dOut);
            if (leaves.Count > 0)
                (gradients[$"W{name[^1]}"], gradients[$"b{name[^1]}"]) = (leaves[0].Values, leaves[1].Values);
            dOut = dx.Value;
        }
        return gradients;
    }
}
