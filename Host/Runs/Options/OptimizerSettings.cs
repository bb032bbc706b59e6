namespace Functional.Host.Runs;

/// <summary>What updates the weights, before a run's length is known: a rule by name, its numbers (where they are null,
/// the rule's defaults), and what is done to gradients and to the learning rate.</summary>
public sealed record OptimizerSettings
{
    /// <summary>The names of the rules, in the order of help.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Optimizer.BuiltIn.Select(rule => rule.Key)];

    /// <summary>The rule's name: sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, amsgrad, adamw,
    /// nadam, radam, adabelief, lamb or lion.</summary>
    public string Name { get; init; } = "sgd";

    /// <summary>The size of a step against the gradient.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The share of the velocity that a step keeps.</summary>
    public double? Momentum { get; init; }

    /// <summary>The share of the mean gradient (the first moment) that a step keeps.</summary>
    public double? Beta1 { get; init; }

    /// <summary>The share of the mean square gradient (the second moment) that a step keeps; of lion, of the mean
    /// gradient.</summary>
    public double? Beta2 { get; init; }

    /// <summary>The share of the mean square that a step keeps.</summary>
    public double? Decay { get; init; }

    /// <summary>What is added to a root before it divides.</summary>
    public double? Epsilon { get; init; }

    /// <summary>Decoupled: the share of a weight, times the learning rate, that each step takes off.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>How the learning rate changes during the run.</summary>
    public RunSchedule Schedule { get; init; } = RunSchedule.Constant;

    /// <summary>The largest element of a gradient; null if it is not clipped.</summary>
    public double? ClipValue { get; init; }

    /// <summary>The largest norm of a gradient; null if it is not clipped.</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The batches whose mean gradient makes one update of the weights.</summary>
    public int Accumulate { get; init; } = 1;

    /// <summary>The proximal step's L1 rate: each step moves weights toward 0 by it times the learning rate.</summary>
    public double ProximalL1 { get; init; }

    /// <summary>The variance of normal noise in the first step's gradient.</summary>
    public double Noise { get; init; }

    /// <summary>Look-ahead: the number of steps from one return to the slow weights to the next, and the share of the
    /// way that those follow; null without.</summary>
    public (int Steps, double Share)? LookAhead { get; init; }

    /// <summary>The share of a moving average of the parameters that a step keeps; null if there is none.</summary>
    public double? Average { get; init; }

    /// <summary>Leaves with numbers of their own.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; init; } = [];

    /// <summary>The same settings with every number that the rule has; those that it doesn't have are null.</summary>
    /// <exception cref="UsageException">There is no such rule.</exception>
    public OptimizerSettings Complete()
    {
        var defaults = DefaultsOf(Name) ?? throw new UsageException(Unknown);
        return OptimizerNumber.All.Aggregate(this, (settings, number) =>
            number.Set(settings, number.Get(defaults) is { } standard ? number.Get(this) ?? standard : null));
    }

    /// <summary>The core's optimizer for a run of this many steps.</summary>
    /// <exception cref="UsageException">There is no such rule.</exception>
    public Optimizer Create(int steps)
    {
        var numbers = Complete();
        var standard = Optimizer.BuiltIn.First(rule => rule.Key == Name).Value.Rule;
        var rule = standard.Numbers.Aggregate(
            standard, (rule, number) => rule.With(number.Key, OptimizerNumber.Of(number.Key).Get(numbers)!.Value));
        var optimizer = new Optimizer(rule, numbers.LearningRate!.Value, [], Groups)
            .With(Schedule.Over(steps / Math.Max(1, Accumulate)))
            .WithAccumulation(Accumulate)
            .WithClipValue(ClipValue ?? double.PositiveInfinity)
            .WithClipNorm(ClipNorm ?? double.PositiveInfinity)
            .WithNoise(Noise)
            .WithWeightDecay(numbers.WeightDecay!.Value)
            .WithProximalL1(ProximalL1);
        if (LookAhead is { } lookAhead)
            optimizer = optimizer.WithLookAhead(lookAhead.Steps, lookAhead.Share);
        return Average is { } share ? optimizer.WithAverage(share) : optimizer;
    }

    /// <summary>Everything wrong with the settings; empty if they are right.</summary>
    public IReadOnlyList<Fault> Faults() => DefaultsOf(Name) is not { } defaults ? [Unknown] :
    [
        .. from number in OptimizerNumber.All
           where number.Get(this) is not null && number.Get(defaults) is null
           select new Fault(number.Field, $"{Name} has no such number; it belongs to {number.RulesText()}"),
        .. Create(steps: 1).Faults(),
    ];

    /// <summary>The numbers of a rule, with their defaults; null if there is no such rule.</summary>
    internal static OptimizerSettings? DefaultsOf(string name)
    {
        if (Optimizer.BuiltIn.FirstOrDefault(rule => rule.Key == name).Value is not { } optimizer)
            return null;
        var every = new OptimizerSettings
        {
            Name = name, LearningRate = optimizer.LearningRate,
            WeightDecay = optimizer.Transforms.OfType<Transform.WeightDecay>().FirstOrDefault()?.decay ?? 0,
        };
        return optimizer.Rule.Numbers.Aggregate(
            every, (settings, number) => OptimizerNumber.Of(number.Key).Set(settings, number.Value));
    }

    private Fault Unknown =>
        new(nameof(TrainConfiguration.Optimizer), $"'{Name}' is not an optimizer: {string.Join(", ", Names)}");
}

/// <summary>A number that some of the rules have.</summary>
/// <param name="Field">The property's name.</param>
/// <param name="Get">The number in settings.</param>
/// <param name="Set">Settings with another number.</param>
internal sealed record OptimizerNumber(
    string Field, Func<OptimizerSettings, double?> Get, Func<OptimizerSettings, double?, OptimizerSettings> Set)
{
    public static OptimizerNumber LearningRate { get; } =
        new(nameof(LearningRate), settings => settings.LearningRate, (settings, x) =>
            settings with { LearningRate = x });

    public static OptimizerNumber Momentum { get; } =
        new(nameof(Momentum), settings => settings.Momentum, (settings, x) => settings with { Momentum = x });

    public static OptimizerNumber Beta1 { get; } =
        new(nameof(Beta1), settings => settings.Beta1, (settings, x) => settings with { Beta1 = x });

    public static OptimizerNumber Beta2 { get; } =
        new(nameof(Beta2), settings => settings.Beta2, (settings, x) => settings with { Beta2 = x });

    public static OptimizerNumber Decay { get; } =
        new(nameof(Decay), settings => settings.Decay, (settings, x) => settings with { Decay = x });

    public static OptimizerNumber Epsilon { get; } =
        new(nameof(Epsilon), settings => settings.Epsilon, (settings, x) => settings with { Epsilon = x });

    public static OptimizerNumber WeightDecay { get; } =
        new(nameof(WeightDecay), settings => settings.WeightDecay, (settings, x) => settings with { WeightDecay = x });

    /// <summary>All of them, in the order of help.</summary>
    public static IReadOnlyList<OptimizerNumber> All { get; } =
        [LearningRate, Momentum, Beta1, Beta2, Decay, Epsilon, WeightDecay];

    /// <summary>The number that a rule calls this, as in <c>beta1</c>.</summary>
    public static OptimizerNumber Of(string name) =>
        All.First(number => string.Equals(number.Field, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The names of the rules that have it, as in <c>momentum and nesterov</c>.</summary>
    public string RulesText() => Defaults.Select(rule => rule.Name).ToArray() switch
    {
        [var only] => only,
        [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
        [] => "no rule",
    };

    /// <summary>The default, as in <c>0.9</c> or, if it depends on the rule, <c>0.999 (lion 0.99)</c>.</summary>
    public string Default()
    {
        var usual = Defaults.GroupBy(rule => rule.Value).MaxBy(same => same.Count())!.Key;
        var others = Defaults.Where(rule => rule.Value != usual)
            .Select(rule => $"{rule.Name} {TrainOptions.Text(rule.Value)}").ToArray();
        return others.Length == 0
            ? TrainOptions.Text(usual)!
            : $"{TrainOptions.Text(usual)} ({string.Join(", ", others)})";
    }

    /// <summary>Whether all rules have it.</summary>
    public bool IsOfAll => Defaults.Count() == OptimizerSettings.Names.Count;

    private IEnumerable<(string Name, double Value)> Defaults =>
        from name in OptimizerSettings.Names
        let value = Get(OptimizerSettings.DefaultsOf(name)!)
        where value is not null
        select (name, value.Value);
}
