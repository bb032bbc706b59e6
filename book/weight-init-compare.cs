// 6.2.4: initial weights with deviation 0.01, Xavier's and He's, and the loss with each.
//
//     dotnet build -c Release && dotnet run book/weight-init-compare.cs

using Functional;
using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

var data = DataSets.Load("digits").Encode();
var loader = new Loader(data.Training, data.Training.All, 128, Sampling.Replacement, Key.OfSeed(1));
Batch<float>[] batches = [.. loader.Epoch(0).Take(60)];
int[] sizes = [784, 100, 100, 100, 100, 10];
var key = Key.OfSeed(2);

(string Name, Func<int, double> Deviation, Initializer Ours)[] ways =
[
    ("0.01", _ => 0.01, Initializer.Normal(0.01)),
    ("Xavier", inputs => Math.Sqrt(1.0 / inputs), Initializer.Xavier),
    ("He", inputs => Math.Sqrt(2.0 / inputs), Initializer.He),
];
var agree = true;
foreach (var (name, deviation, initializer) in ways)
{
    // By hand: normal numbers times the deviation.
    var layers = new List<ILayer<float>>();
    for (var i = 0; i + 1 < sizes.Length; i++)
    {
        var (inputs, outputs) = (sizes[i], sizes[i + 1]);
        var numbers = key.Child(i).Normals(outputs * inputs).Select(z => (float)(deviation(inputs) * z)).ToArray();
        layers.Add(Layer.Affine(
            Matrix<float>.Build.Dense(outputs, inputs, numbers), Vector<float>.Build.Dense(outputs)));
        if (i + 2 < sizes.Length)
            layers.Add(Layer.Of<float>(Activation.Relu));
    }
    var byHand = Network.Of(layers);

    // With the library: an initializer.
    var ours = Network.Create(sizes, Activation.Relu, initializer, key);
    var difference = (byHand.Parameters().ToVector() - ours.Parameters().ToVector()).InfinityNorm();
    agree = agree && difference < 1e-6;

    var state = Training.Start(ours, Optimizer.Sgd(0.01));
    Console.Write($"{name,-7} weights differ by {difference:E1}; loss");
    foreach (var batch in batches)
    {
        (state, var report) = Training.Step(state, batch);
        if (report.Step % 20 == 0)
            Console.Write($" {report.Loss:F3}");
    }
    Console.WriteLine();
}
return agree ? 0 : 1;
