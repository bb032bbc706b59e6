using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>The changes of a configuration that are worth a try. None is advised that it already has.</summary>
/// <param name="trial">The run without a change.</param>
/// <param name="signs">What activations and gradients show.</param>
/// <param name="unscaled">The finding about features that are not of the usual size, if any.</param>
internal sealed class Changes(TrialRun trial, IReadOnlyList<Finding> signs, Finding? unscaled)
{
    private const int EnoughSteps = 600, ManySteps = 2000, WideUnits = 64, NarrowUnits = 32, DeepLayers = 4;

    private readonly TrainConfiguration configuration = trial.Configuration;
    private readonly OptimizerSettings optimizer = trial.Configuration.Optimizer;

    // Of a model that others trained, layers and scale are given.
    private bool IsNew => configuration.From is null;

    private bool IsFlat => trial.Initial.Layers.OfType<ActivationLayer<float>>().FirstOrDefault()?.Activation.Name
        is "sigmoid" or "tanh";

    /// <summary>All changes but those of the optimizer.</summary>
    /// <param name="withoutSigns">Whether to include what passes gradients on better even if nothing shows that they
    /// get lost.</param>
    public IEnumerable<Change> All(bool withoutSigns = false) =>
        [.. Scales(), .. Rates(), .. Lengths(), .. Limits(), .. Starts(withoutSigns), .. Sizes()];

    /// <summary>Another optimizer, which depends less on its rate.</summary>
    public IEnumerable<Change> Optimizers()
    {
        if (optimizer.Name is not ("sgd" or "momentum" or "nesterov"))
            yield break;
        foreach (var rate in (double[])[0.001, 0.01])
            yield return new Change(
                FindingKind.LearningRateTooLow, ChangedThing.Rate,
                c => c with
                {
                    Optimizer = c.Optimizer with { Name = "adam", LearningRate = rate, Momentum = null },
                },
                Invariant($"--optimizer adam --learning-rate {rate:G3} instead of {optimizer.Name}"),
                Invariant($"Use --optimizer adam --learning-rate {rate:G3}, whose steps don't depend on the size of ")
                    + "gradients");
    }

    /// <summary>All that makes it a plain network, in which hardly anything can go wrong: what helps where nothing else
    /// does.</summary>
    public IEnumerable<Change> Plain()
    {
        if (!IsNew || optimizer.Groups.Count > 0)
            yield break;
        var scale = trial.HasImages ? DataScale.Unit : DataScale.Standard;
        if (configuration.Scale != scale)
            yield return Part(FindingKind.UnscaledInputs, ChangedThing.Scale, c => c with { Scale = scale },
                $"--scale {Name(scale)} instead of {Name(configuration.Scale)}");
        yield return Part(FindingKind.TooSmall, ChangedThing.Width, c => c with { Layers = null, Hidden = [WideUnits] },
            Invariant($"--hidden {WideUnits} instead of ") + (configuration.Layers is not null ? "--layers"
                : configuration.Hidden.Count == 0 ? "none" : string.Join(',', configuration.Hidden)));
        if (!configuration.Activation.Equals(Activation.Relu) || !configuration.Initializer.Equals(Initializer.He))
            yield return Part(FindingKind.VanishingGradients, ChangedThing.Activation,
                c => c with { Activation = Activation.Relu, Initializer = Initializer.He },
                $"--activation relu --init he instead of {configuration.Activation.Name}");
        if (configuration.BatchNorm)
            yield return Part(FindingKind.BatchOfOne, ChangedThing.Normalization, c => c with { BatchNorm = false },
                "--batch-norm false");
        foreach (var limit in Limits())
            yield return limit;
        var rate = trial.HasImages ? 0.001 : 0.01;
        yield return Part(FindingKind.LearningRateTooLow, ChangedThing.Rate,
            c => c with
            {
                Optimizer = new() { Name = "adam", LearningRate = rate, Average = c.Optimizer.Average },
            },
            Invariant($"--optimizer adam --learning-rate {rate:G3} instead of {optimizer.Name}"));
        var (batch, steps) = (Math.Clamp(configuration.BatchSize, 16, 128), Math.Max(EnoughSteps, trial.Planned));
        if (configuration.BatchSize != batch)
            yield return Part(FindingKind.TooFewSteps, ChangedThing.Steps, c => c with { BatchSize = batch },
                $"--batch-size {batch} instead of {configuration.BatchSize}");
        if (configuration.Patience is { } patience)
            yield return Part(FindingKind.TooFewSteps, ChangedThing.Steps, c => c with { Patience = null },
                $"--patience none instead of {patience}");
        if (steps > trial.Planned)
            yield return Part(FindingKind.TooFewSteps, ChangedThing.Steps, c => c with { Iterations = steps },
                Invariant($"{Plural.Of(steps, "step")} instead of {trial.Planned:N0}"));

        static Change Part(
            FindingKind kind, ChangedThing thing, Func<TrainConfiguration, TrainConfiguration> apply, string what) =>
            new(kind, thing, apply, what, "");
    }

    private IEnumerable<Change> Scales()
    {
        if (unscaled is null || !IsNew)
            yield break;
        foreach (var scale in trial.HasImages ? Enum.GetValues<DataScale>() : [DataScale.Standard])
            if (scale != configuration.Scale)
                yield return new Change(
                    unscaled.Kind, ChangedThing.Scale, c => c with { Scale = scale },
                    $"--scale {Name(scale)} instead of {Name(configuration.Scale)}", unscaled.Advice, 0.4);
    }

    private IEnumerable<Change> Rates()
    {
        var rate = optimizer.Complete().LearningRate!.Value;
        var usual = (optimizer with { LearningRate = null }).Complete().LearningRate!.Value;
        // A run that goes on for much longer than the trial gets as far with short steps.
        var stretch = (double)trial.Planned / Math.Max(1, trial.Steps);
        // What is tried is what is advised: no more digits than are shown.
        double[] Near(double[] factors) =>
        [
            .. factors.Select(factor => double.Parse(Invariant($"{rate * factor:G3}"), CultureInfo.InvariantCulture))
                .Append(usual).Where(double.IsFinite).Distinct(),
        ];
        if (!trial.HasDiverged && (trial.Learned < 0.9 || stretch < 8))
            foreach (var higher in Near([3, 10, 100, 1000])
                .Where(value => value > 1.5 * rate && (rate == 0 || value / rate > stretch)))
                yield return new Change(
                    FindingKind.LearningRateTooLow, ChangedThing.Rate, WithRate(higher),
                    Invariant($"--learning-rate {higher:G3} instead of {rate:G3}"),
                    Invariant($"Take longer steps: --learning-rate {higher:G3}"));
        foreach (var lower in Near([0.1, 0.01]).Where(value => value < rate / 1.5))
            yield return new Change(
                FindingKind.LearningRateTooHigh, ChangedThing.Rate, WithRate(lower),
                Invariant($"--learning-rate {lower:G3} instead of {rate:G3}"),
                Invariant($"Take shorter steps: --learning-rate {lower:G3}"));
        if (optimizer.Schedule != RunSchedule.Constant)
            yield return new Change(
                FindingKind.LearningRateTooLow, ChangedThing.Rate,
                c => c with { Optimizer = c.Optimizer with { Schedule = RunSchedule.Constant } },
                $"--schedule constant instead of {optimizer.Schedule}",
                "Choose a --schedule that keeps the learning rate up for longer", 0.1);
        if (optimizer.Complete().Epsilon is { } epsilon and > 1e-4)
        {
            var small = (optimizer with { Epsilon = null }).Complete().Epsilon!.Value;
            yield return new Change(
                FindingKind.TooLargeEpsilon, ChangedThing.Epsilon,
                c => c with { Optimizer = c.Optimizer with { Epsilon = null } },
                Invariant($"--epsilon {small:G3} instead of {epsilon:G3}"),
                Invariant($"Use --epsilon {small:G3}: {optimizer.Name} divides steps by the gradient's usual size and ")
                    + "epsilon, which outweighs it", 0.6);
        }
    }

    private IEnumerable<Change> Lengths()
    {
        var steps = trial.Planned < 200 ? Math.Max(10 * trial.Planned, trial.IsCheap ? ManySteps : EnoughSteps)
            : trial.Planned <= trial.Steps ? 4 * trial.Planned : 0;
        if (steps > 0 && configuration.Patience is null)
            yield return new Change(
                FindingKind.TooFewSteps, ChangedThing.Steps,
                c => c with { Iterations = steps },
                Invariant($"{Plural.Of(steps, "step")} instead of {trial.Planned:N0}"),
                $"Train longer: --iterations {steps}, or a smaller --batch-size for more steps in each epoch");
        if (configuration.Patience is { } patience && trial.Steps < trial.Planned)
            yield return new Change(
                FindingKind.TooFewSteps, ChangedThing.Steps, c => c with { Patience = null },
                Invariant($"all {Plural.Of(trial.Planned, "step")} instead of {trial.Steps:N0}, ")
                    + Invariant($"after which --patience {patience} ended training"),
                "Wait longer for a better validation accuracy: a larger --patience");
        if (optimizer.Accumulate > 1)
            yield return new Change(
                FindingKind.TooFewSteps, ChangedThing.Steps,
                c => c with { Optimizer = c.Optimizer with { Accumulate = 1 } },
                Invariant($"a change of the weights after every batch instead of every {optimizer.Accumulate}"),
                "Use a smaller --accumulate, or train longer: the weights are hardly ever changed");
    }

    private IEnumerable<Change> Limits()
    {
        if (configuration is { Dropout: >= 0.3, Layers: null })
            yield return new Change(
                FindingKind.DropoutTooStrong, ChangedThing.Dropout, c => c with { Dropout = 0 },
                Invariant($"no dropout instead of {configuration.Dropout:0%}"),
                "Drop less, --dropout 0.2, or train longer: too little gets through for the layers behind to go "
                + "by", 0.6);
        if (Penalties().ToArray() is { Length: > 0 } penalties)
            yield return new Change(
                FindingKind.PenaltyTooStrong, ChangedThing.Penalty,
                c => c with
                {
                    L1 = 0, L2 = 0, Optimizer = c.Optimizer with { WeightDecay = 0, ProximalL1 = 0 },
                },
                string.Join(" and ", penalties.Select(penalty => $"{penalty.Option} 0"))
                    + (penalties is [var only] ? $" instead of {only.Value}" : ""),
                "Make the penalty at least 10 times weaker ("
                + $"{string.Join(", ", penalties.Select(penalty => $"{penalty.Option} {penalty.Value}"))}): "
                + "it pulls weights to 0 harder than the data pull them away", 0.6);
        if (configuration.LabelSmoothing >= 0.5)
            yield return new Change(
                FindingKind.PenaltyTooStrong, ChangedThing.Smoothing, c => c with { LabelSmoothing = 0 },
                Invariant($"no label smoothing instead of {configuration.LabelSmoothing:0%}"),
                "Smooth less: --label-smoothing 0.1", 0.2);
        if (configuration.Augmentations.Count > 0)
            yield return new Change(
                FindingKind.AugmentationTooStrong, ChangedThing.Augmentation, c => c with { Augmentations = [] },
                "no augmentation",
                "Change the images less: what a person can't read any more, a network can't learn from", 0.3);
        if (optimizer.ClipNorm is not null || optimizer.ClipValue is not null)
            yield return new Change(
                FindingKind.ClippingTooStrong, ChangedThing.Clipping,
                c => c with { Optimizer = c.Optimizer with { ClipNorm = null, ClipValue = null } },
                "no clipping",
                "Clip less, as in --clip-norm 1: gradients are clipped so short that steps hardly move", 0.2);
        if (optimizer.Average is { } average)
            yield return new Change(
                FindingKind.AverageTooSlow, ChangedThing.Average,
                c => c with { Optimizer = c.Optimizer with { Average = null } },
                Invariant($"the last weights instead of their moving average (--average {average:R})"),
                "Choose an --average that forgets the weights of early steps, such as 0.9 or 0.99, "
                + "or train longer", 0.6);
    }

    // How weights begin, and what gradients pass through.
    private IEnumerable<Change> Starts(bool withoutSigns)
    {
        if (!IsNew || configuration is { Layers: null, Hidden.Count: 0 })
            yield break;
        var sign = (signs.Count == 0 ? null : signs[0]);
        var isDead = configuration.Activation.Name == "relu" && trial.Last.Layers.Any(layer => layer.DeadUnits > 0.3);
        var kind = sign?.Kind ?? (isDead ? FindingKind.DeadUnits : FindingKind.VanishingGradients);
        var (usual, name) = IsFlat ? (Initializer.Xavier, "xavier") : (Initializer.He, "he");
        var head = sign is null ? 0 : 0.2;
        if (!configuration.Initializer.Equals(usual))
            yield return new Change(
                kind, ChangedThing.Start, c => c with { Initializer = usual },
                $"--init {name} instead of {configuration.Initializer}",
                $"Use --init {name}, whose weights keep activations and gradients of the same size from layer to layer",
                head);
        // Layers that are given one by one have no options to change.
        if (configuration.Layers is not null)
            yield break;
        if (!withoutSigns && (trial.Learned > 0.9 || (sign is null && !(isDead && configuration.Hidden.Count > 1))))
            yield break;
        if (IsFlat && configuration.Hidden.Count > 1)
            yield return new Change(
                kind, ChangedThing.Activation,
                c => c with { Activation = Activation.Relu, Initializer = Initializer.He },
                $"--activation relu --init he instead of {configuration.Activation.Name}",
                "Use --activation relu with --init he: its slope of 1 lets gradients reach the first layers", head);
        if (configuration.Activation.Name == "relu")
            yield return new Change(
                kind == FindingKind.VanishingGradients ? kind : FindingKind.DeadUnits, ChangedThing.Activation,
                c => c with { Activation = Activation.LeakyRelu(0.1) }, "--activation leaky-relu:0.1 instead of relu",
                "Use --activation leaky-relu:0.1, which lets some gradient pass units that are off", head);
        if (!configuration.BatchNorm && configuration.BatchSize > 4)
            yield return new Change(
                kind, ChangedThing.Normalization, c => c with { BatchNorm = true }, "--batch-norm",
                "Use --batch-norm, which keeps activations and gradients of the same size in all layers", head - 0.1);
    }

    private IEnumerable<Change> Sizes()
    {
        var hidden = configuration.Hidden;
        if (!IsNew || configuration.Layers is not null)
            yield break;
        if (hidden.Count >= DeepLayers)
            yield return new Change(
                FindingKind.TooDeep, ChangedThing.Depth, c => c with { Hidden = [.. c.Hidden.Take(2)] },
                $"{Plural.Of(2, "hidden layer")} instead of {hidden.Count}",
                $"Use fewer layers, --hidden {string.Join(',', hidden.Take(2))}: each must pass on what the next "
                + "needs, and every gradient", -0.1);
        if (hidden.Count == 0)
            yield return new Change(
                FindingKind.TooSmall, ChangedThing.Width, c => c with { Hidden = [WideUnits] },
                Invariant($"a hidden layer of {WideUnits} units instead of none"),
                "Give the network a hidden layer: --hidden 50 or more", -0.1);
        else if (hidden.Min() < NarrowUnits)
            yield return new Change(
                FindingKind.TooSmall, ChangedThing.Width,
                c => c with { Hidden = [.. c.Hidden.Select(units => Math.Max(WideUnits, units))] },
                Invariant($"at least {WideUnits} units in each hidden layer instead of {hidden.Min()}"),
                "Give the network more units: --hidden "
                    + string.Join(',', hidden.Select(units => Math.Max(WideUnits, units))),
                -0.2);
    }

    private static string Name(DataScale scale) => scale.ToString().ToLowerInvariant();

    private static Func<TrainConfiguration, TrainConfiguration> WithRate(double rate) =>
        c => c with { Optimizer = c.Optimizer with { LearningRate = rate } };

    private IEnumerable<(string Option, string Value)> Penalties()
    {
        foreach (var option in (string[])["l1", "l2", "weight-decay", "proximal-l1"])
            if (TrainOptions.All.First(known => known.Name == option).Get(configuration) is { } value && value != "0")
                yield return ($"--{option}", value);
    }
}
