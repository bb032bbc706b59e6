// 5.7.3: is backpropagation right? Every derivative by central differences, and the mean absolute difference.
//
//     dotnet build -c Release && dotnet run book/gradient-check.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

var key = Key.OfSeed(1);
var batch = Batch.Of(Matrix<double>.Build.Dense(8, 3, key.Child(0).Normals(24)), [0, 2, 1]);
var network = Network.Create<double>([8, 5, 3], Activation.Tanh, Initializer.Xavier, key.Child(1));
var gradient = network.Gradient(batch, key);

// By hand: move each parameter up and down, one at a time, and see how the loss changes.
const double h = 1e-4;
double LossAt(Vector<double> values) =>
    network.WithParameters(network.Parameters().WithVector(values)).LossOf(batch);
var numbers = network.Parameters().ToVector();
var numerical = Vector<double>.Build.Dense(numbers.Count, i =>
{
    var (up, down) = (numbers.Clone(), numbers.Clone());
    up[i] += h;
    down[i] -= h;
    return (LossAt(up) - LossAt(down)) / (2 * h);
});
var means = network.Parameters().WithVector(numerical).Zip(gradient.Parameters, (byDifferences, byPullback) =>
    (byPullback.Name, Mean: (byDifferences.Values - byPullback.Values).PointwiseAbs().Average()));

// With the library, in one line.
var ours = Differences.Compare(gradient.Parameters, Differences.OfNetwork(network, batch));

var agree = true;
foreach (var (byHand, leaf) in means.Zip(ours))
{
    Console.WriteLine($"{byHand.Name}: by hand {byHand.Mean:E2}, with the library {leaf.MeanAbsolute:E2}");
    agree = agree && byHand.Mean < 1e-8 && leaf.MeanAbsolute < 1e-8;
}
return agree ? 0 : 1;
