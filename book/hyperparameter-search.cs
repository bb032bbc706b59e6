// 6.5.2, 6.5.3: random search. Draw rates and decays on a logarithmic scale, train briefly, keep the best.
//
//     dotnet build -c Release && dotnet run book/hyperparameter-search.cs

using Functional;
using Functional.Host.Data;
using Functional.Host.Search;

var data = DataSets.Load("digits").Encode();
int[] few = data.Training.All[..500];
var validation = data.Training.Batch(data.Training.All[500..600]);

double Train(double rate, double decay)
{
    var loader = new Loader(data.Training, few, 10, Sampling.Shuffle, Key.OfSeed(1));
    var network = Network.Create([784, 100, 100, 10], Activation.Relu, Initializer.He, seed: 2);
    var state = Training.Start(network.WithPenalty(Penalty.L2(decay)), Optimizer.Sgd(rate));
    for (var epoch = 0; epoch < 10; epoch++)
        foreach (var batch in loader.Epoch(epoch))
            (state, _) = Training.Step(state, batch);
    return state.Network.Accuracy(validation);
}

// By hand: 10 to the power of a uniform number. The book's rates end at 1e-2; ours are larger for a shorter training.
double At(double low, double high, double unit) => Math.Pow(10, low + (high - low) * unit);
var key = Key.OfSeed(3);
var trials = Enumerable.Range(0, 8).Select(i =>
{
    var units = key.Child(i).Uniforms(2);
    return (Rate: At(-4, -1, units[0]), Decay: At(-8, -4, units[1]), Units: units);
}).Select(trial => (trial.Rate, trial.Decay, trial.Units, Accuracy: Train(trial.Rate, trial.Decay))).ToArray();

// With the library: the space says how each number is drawn.
var space = new SearchSpace(
    Hyperparameter.LogUniform("rate", 1e-4, 1e-1), Hyperparameter.LogUniform("decay", 1e-8, 1e-4));
var largest = trials.Max(trial => Math.Abs(1 - space.At(trial.Units).Number("rate") / trial.Rate));
using var study = Study.InMemory(new StudySettings(space) { Sampler = Sampler.Random });
study.Run((configuration, _) => Train(configuration.Number("rate"), configuration.Number("decay")), trials: 8);
var best = study.FindBest()!;
var again = Train(best.Configuration.Number("rate"), best.Configuration.Number("decay"));

foreach (var (i, trial) in trials.OrderByDescending(trial => trial.Accuracy).Take(3).Index())
    Console.WriteLine($"Best-{i + 1} (val acc:{trial.Accuracy}) | lr:{trial.Rate:E3}, weight decay:{trial.Decay:E3}");
Console.WriteLine($"the study's best: {best.Value:P0} with {best.Configuration}");
Console.WriteLine($"the same draws, to {largest:E1}; the study's best once more: {again:P0}");
var learned = Math.Min(again, trials.Max(trial => trial.Accuracy)) > 0.7;
return largest < 1e-9 && again == best.Value && learned ? 0 : 1;
