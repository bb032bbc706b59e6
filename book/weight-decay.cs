// 6.4.1, 6.4.2: overfitting on 300 digits, and weight decay: large weights cost something.
//
//     dotnet build -c Release && dotnet run book/weight-decay.cs

using Functional;
using Functional.Host.Data;

const float lambda = 0.1f, rate = 0.01f;
var data = DataSets.Load("digits").Encode();
int[] few = data.Training.All[..300];
var (training, test) = (data.Training.Batch(few), data.Test.Batch(data.Test.All));
var loader = new Loader(data.Training, few, 100, Sampling.Shuffle, Key.OfSeed(1));
var start = Network.Create([784, 100, 100, 100, 100, 100, 100, 10], Activation.Relu, Initializer.He, seed: 2);

// By hand: lambda/2 times all weights squared is added to the loss, and lambda W to the gradient of each W.
double Penalty(Network<float> network) =>
    network.Parameters().Where(leaf => leaf.Role == Role.Weight).Sum(leaf => lambda / 2 * (leaf.Values * leaf.Values));
var byHand = start;
// With the library: a penalty is a property of the network.
var state = Training.Start(start.WithPenalty(Functional.Penalty.L2(lambda)), Optimizer.Sgd(rate));

var largest = 0.0;
for (var epoch = 0; epoch < 10; epoch++)
    foreach (var batch in loader.Epoch(epoch))
    {
        var gradient = byHand.Gradient(batch, Key.OfSeed(0));
        var lost = gradient.Loss + Penalty(byHand);
        byHand = byHand.After(byHand.Parameters().Map2(gradient.Parameters, (leaf, g) =>
            leaf.Values - rate * (leaf.Role == Role.Weight ? g.Values + lambda * leaf.Values : g.Values)), gradient);

        (state, var report) = Training.Step(state, batch);
        largest = Math.Max(largest, Math.Abs(lost - report.Loss) / report.Loss);
    }
Console.WriteLine($"after {state.Step} steps: training {state.Network.Accuracy(training):P1}, "
    + $"test {state.Network.Accuracy(test):P1}; loss {state.Network.LossOf(training):F4}, "
    + $"by hand {byHand.LossOf(training) + Penalty(byHand):F4}");
Console.WriteLine($"largest difference of a loss: {largest:E1} of it");
return largest < 1e-4 ? 0 : 1;
