// 6.1.8: four optimizers on the same digits, from the same weights, with the same mini-batches.
//
//     dotnet build -c Release && dotnet run book/optimizer-compare.cs

using Functional;
using Functional.Host.Data;

var data = DataSets.Load("digits").Encode();
var loader = new Loader(data.Training, data.Training.All[..2000], 100, Sampling.Shuffle, Key.OfSeed(1));
Batch<float>[] batches = [.. loader.Epoch(0), .. loader.Epoch(1)];
var start = Network.Create([784, 100, 100, 10], Activation.Relu, Initializer.He, seed: 2);

Optimizer[] optimizers = [Optimizer.Sgd(0.01), Optimizer.Momentum(), Optimizer.AdaGrad(0.01), Optimizer.Adam()];
var agree = true;
foreach (var optimizer in optimizers)
{
    // By hand: gradient and update, as in the book's loop.
    var (network, memory) = (start, optimizer.Init(start.Parameters()));
    var lost = 0.0;
    foreach (var batch in batches)
    {
        var gradient = network.Gradient(batch, Key.OfSeed(0));
        lost = gradient.Loss;
        (var parameters, memory) = optimizer.Update(memory, network.Parameters(), gradient.Parameters);
        network = network.After(parameters, gradient);
    }

    // With the library: a fold over the mini-batches.
    var end = batches.Aggregate(
        (State: Training.Start(start, optimizer), Loss: 0.0),
        (at, batch) => Training.Step(at.State, batch) is var (next, report) ? (next, report.Loss) : at);

    Console.WriteLine($"{optimizer.Rule.Name,-9} loss by hand {lost:F6}, with the library {end.Loss:F6}");
    agree = agree && Math.Abs(lost - end.Loss) < 1e-6;
}
return agree ? 0 : 1;
