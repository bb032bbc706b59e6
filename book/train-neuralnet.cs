// 5.7.4: training. Take a mini-batch, compute the gradient, take a step, repeat.
//
//     dotnet build -c Release && dotnet run book/train-neuralnet.cs

using Functional;
using Functional.Host.Data;

var data = DataSets.Load("digits").Encode();
var test = data.Test.Batch(data.Test.All);
var loader = new Loader(data.Training, data.Training.All, 100, Sampling.Replacement, Key.OfSeed(1));
var start = Network.Create([784, 50, 10], Activation.Relu, Initializer.Normal(0.01), seed: 2);

// By hand: two networks' worth of numbers, one step after another.
const float rate = 0.1f;
var network = start;
// With the library: the state of training, and `Training.Step`.
var state = Training.Start(start, Optimizer.Sgd(rate));

var differ = 0;
foreach (var (iteration, batch) in loader.Epoch(0).Index())
{
    if (iteration % 20 == 0)
        Console.WriteLine($"iteration {iteration}: test accuracy {network.Accuracy(test):P1}");
    var gradient = network.Gradient(batch, Key.OfSeed(iteration));
    network = network.After(
        network.Parameters().Map2(gradient.Parameters, (w, g) => w - rate * g), gradient);

    (state, _) = Training.Step(state, batch);
}
foreach (var (byHand, ours) in network.Parameters().ToVector().Zip(state.Network.Parameters().ToVector()))
    if (Math.Abs(byHand - ours) > 1e-6f)
        differ++;
Console.WriteLine($"after {state.Step} iterations {state.Network.Accuracy(test):P1}; {differ} parameters differ");
return differ == 0 ? 0 : 1;
