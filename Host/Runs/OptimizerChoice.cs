using System.Globalization;
using Functional.Host.Charts;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>A rule to pick by name, and the options that tell its numbers, each with what it is by default.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Numbers">By the names of their options.</param>
/// <param name="Create">The optimizer, given each number by the name of its option.</param>
internal sealed record OptimizerChoice(
    string Name, IReadOnlyDictionary<string, double> Numbers, Func<Func<string, double>, Optimizer> Create)
{
    /// <summary>All of them, in the order of help.</summary>
    public static IReadOnlyList<OptimizerChoice> All { get; } =
    [
        new("sgd", With(0.1), x => Optimizer.Sgd(x("learning-rate"))),
        new("momentum", With(0.01, ("momentum", 0.9)), x => Optimizer.Momentum(x("learning-rate"), x("momentum"))),
        new("nesterov", With(0.01, ("momentum", 0.9)), x => Optimizer.Nesterov(x("learning-rate"), x("momentum"))),
        new("adagrad", With(0.02, ("epsilon", 1e-7)), x => Optimizer.AdaGrad(x("learning-rate"), x("epsilon"))),
        new("rmsprop", With(0.001, ("decay", 0.99), ("epsilon", 1e-7)),
            x => Optimizer.RmsProp(x("learning-rate"), x("decay"), x("epsilon"))),
        new("adadelta", With(1, ("decay", 0.95), ("epsilon", 1e-6)),
            x => Optimizer.AdaDelta(x("learning-rate"), x("decay"), x("epsilon"))),
        new("adam", With(0.001, ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-7)),
            x => Optimizer.Adam(x("learning-rate"), x("beta1"), x("beta2"), x("epsilon"))),
        new("amsgrad", With(0.001, ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-7)),
            x => Optimizer.AmsGrad(x("learning-rate"), x("beta1"), x("beta2"), x("epsilon"))),
        new("adamw", With(0.001, ("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-7), ("weight-decay", 0.01)),
            x => Optimizer.AdamW(x("learning-rate"), x("weight-decay"), x("beta1"), x("beta2"), x("epsilon"))),
        new("lion", With(3e-4, ("beta1", 0.9), ("beta2", 0.99)), x => Optimizer.Lion(x("learning-rate"), x("beta1"), x("beta2"))),
    ];

    /// <summary>The names of the optimizers that have such a number, as in <c>momentum and nesterov</c>.</summary>
    public static string Having(string option)
    {
        var names = All.Where(choice => choice.Numbers.ContainsKey(option)).Select(choice => choice.Name).ToArray();
        return $"{string.Join(", ", names[..^1])} and {names[^1]}";
    }

    /// <summary>What a number is by default, as in <c>0.9</c> or, if that depends, <c>0.999 (lion 0.99)</c>.</summary>
    public static string Default(string option)
    {
        var having = All.Where(choice => choice.Numbers.ContainsKey(option)).ToArray();
        var usual = having.GroupBy(choice => choice.Numbers[option]).MaxBy(same => same.Count())!.Key;
        var others = having.Where(choice => choice.Numbers[option] != usual)
            .Select(choice => $"{choice.Name} {Text(choice.Numbers[option])}").ToArray();
        return others.Length == 0 ? Text(usual) : $"{Text(usual)} ({string.Join(", ", others)})";
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    // Any optimizer can decay weights; by default only AdamW does.
    private static Dictionary<string, double> With(double learningRate, params (string Option, double Value)[] others)
    {
        var numbers = new Dictionary<string, double> { ["learning-rate"] = learningRate, ["weight-decay"] = 0 };
        foreach (var (option, value) in others)
            numbers[option] = value;
        return numbers;
    }
}
