using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>One option of training, by its name: on the command line, in files, and wherever else text is.</summary>
/// <param name="Name">Without the dashes.</param>
/// <param name="Value">What stands for the value in help.</param>
/// <param name="Help">One sentence, for a learner.</param>
/// <param name="Choices">The values to pick from, where they are few.</param>
/// <param name="Set">The configuration with this value. Raises <see cref="UsageException"/> for text that is no such
/// value.</param>
/// <param name="Get">The value's text; null where there is none.</param>
internal sealed record TrainOption(
    string Name, string Value, string Help, IReadOnlyList<string> Choices,
    Func<TrainConfiguration, string, TrainConfiguration> Set, Func<TrainConfiguration, string?> Get)
{
    /// <summary>What help says of the default, where that depends on other options.</summary>
    public string? Default { get; init; }

    /// <summary>What it stands for when it is given without a value; null if it needs one.</summary>
    public string? Bare { get; init; }

    /// <summary>The same option, with no value where others decide what it is about.</summary>
    public TrainOption Unless(Func<TrainConfiguration, bool> isDecided) =>
        this with { Get = c => isDecided(c) ? null : Get(c) };
}

/// <summary>The options of training: the one list that the command line, configuration files and searches
/// share.</summary>
internal static class TrainOptions
{
    /// <summary>The value's name of options that stand for true when they are given without one.</summary>
    public const string FlagValue = "true|false";

    /// <summary>The options that the base model decides (<c>--from</c>).</summary>
    internal static IReadOnlySet<string> OfNetwork { get; } = new HashSet<string>
        { "scale", "layers", "hidden", "activation", "batch-norm", "dropout", "dropout-form", "init" };

    /// <summary>The options that <c>--layers</c> takes the place of.</summary>
    internal static IReadOnlySet<string> OfHidden { get; } =
        new HashSet<string> { "hidden", "activation", "batch-norm", "dropout" };

    /// <summary>All of them, in the order of help and of <c>config.json</c>. They may be set in any order.</summary>
    internal static IReadOnlyList<TrainOption> All { get; } =
    [
        .. from option in Each
           let own = OfHidden.Contains(option.Name) ? option.Unless(c => c.Layers is not null) : option
           select OfNetwork.Contains(option.Name) ? own.Unless(c => c.ModelPath is not null) : own,
    ];

    private static TrainOption[] Each =>
    [
        Option("data", "NAME|DIR|FILE",
            "digits (built in), spirals, circles, xor or blobs (made points, as in spirals:0.1:7 with noise and "
            + "seed), mnist, a folder with four files in the MNIST format, a folder of pictures for each class, a "
            + "table (.csv, .tsv, .txt, also with .gz; .parquet, .arrow), a folder with train.csv and test.csv, or an "
            + ".npz file",
            DataSets.Names,
            (c, text) => c with { Data = text }, c => c.Data),
        Option("label", "COLUMN",
            "of a table: the column that is learned, classes or a quantity (or several: a,b); tables have defaults of "
            + "their own (docs/tables.md)", [],
            (c, text) => c with { Label = text }, c => c.Label),
        Option("task", "classes|quantities", "what a table's label is [default: guessed from its values]",
            ["classes", "quantities"],
            (c, text) => c with { Task = Names<TargetKind>()[OneOf(text, ["classes", "quantities"])] },
            c => c.Task is { } kind ? Names<TargetKind>().First(pair => pair.Value == kind).Key : null),
        Option("ignore", "COLUMN,...|none", "of a table: columns that are left out", ["none"],
            (c, text) => c with { Ignore = text == "none" ? [] : ListText.Parse(text) },
            c => c.Ignore.Count == 0 ? null : ListText.Of(c.Ignore)),
        Choice("missing", "what becomes of a table's empty cells: filled (see docs/tables.md), or an error",
            Names<MissingCells>(), (c, missing) => c with { Missing = missing }, c => c.Missing),
        Option("from", "MODEL|RUN@STEP|none",
            "begin from this model, a file or a run's folder: its layers and its encoder are kept; a new last layer "
            + "takes the place of its own if the data have other classes or quantities; RUN@STEP goes on from a step "
            + "of a run, with its options but for those given (docs/rewinding.md)", ["none"],
            (c, text) => c with
            {
                From = text == "none" ? null : FilePlace.IsName(text) ? text
                    : throw Expected("a model, or none", text),
            },
            c => c.From),
        Option("samples", "N|none", "train on N samples only, drawn by the seed, with the same share of each class",
            ["none"],
            (c, text) => c with { Samples = OrNone(text, Integer) }, c => Text(c.Samples)),
        Option("validation", "SHARE", "hold out this share of each class for validation", [],
            (c, text) => c with { Validation = Number(text) }, c => Text(c.Validation)),
        Choice("scale",
            "how bytes become features: divided by 255, as they are, "
            + "or standardized to mean 0 and standard deviation 1 (each column of a table by itself, unless none)",
            Names<DataScale>(), (c, scale) => c with { Scale = scale }, c => c.Scale),
        Option("layers", "LAYER,...|none",
            "all layers but the last, in place of --hidden, --activation, --batch-norm and --dropout, as in "
            + $"conv:16:5,relu,pool:2,affine:100,relu: {LayerText.Syntax}", ["none"],
            (c, text) => c with { Layers = text == "none" ? null : NetworkLayers.Parse(text) },
            c => c.Layers?.ToString()),
        Option("hidden", "UNITS,...|none", "units of each hidden layer, as in 100,100; none is a linear classifier",
            ["none"],
            (c, text) => c with { Hidden = ParseHidden(text) },
            c => c.Hidden.Count == 0 ? "none" : string.Join(',', c.Hidden)),
        Option("activation", "NAME[:NUMBER]",
            $"the function after each hidden layer: {ActivationText.Syntax}", ActivationText.Names,
            (c, text) => c with { Activation = ActivationText.Parse(text) }, c => c.Activation.ToString()),
        Flag("batch-norm", "normalize the inputs of each hidden layer's activation over the batch",
            (c, on) => c with { BatchNorm = on }, c => c.BatchNorm),
        Option("dropout", "SHARE",
            "drop this share of each hidden layer's outputs during training; without a share 0.5, "
            + "as in the book's class", [],
            (c, text) => c with { Dropout = Number(text) }, c => Text(c.Dropout)) with { Bare = "0.5" },
        Choice("dropout-form",
            "when outputs are rescaled to make up for dropped ones: in training, or in evaluation, as in the book",
            Names<DropoutForm>(), (c, form) => c with { DropoutForm = form }, c => c.DropoutForm),
        Option("l1", "RATE", "add RATE times the sum of the weights' magnitudes to the loss", [],
            (c, text) => c with { L1 = Number(text) }, c => Text(c.L1)),
        Option("l2", "RATE", "add RATE / 2 times the sum of the weights' squares to the loss (weight decay)", [],
            (c, text) => c with { L2 = Number(text) }, c => Text(c.L2)),
        Option("loss", "NAME[:NUMBER]",
            "the loss to minimize: cross-entropy, or binary (two classes, one output); for quantities squared-error or "
            + "huber[:DELTA] [default: cross-entropy for classes, squared-error for quantities]",
            [.. LossText.Names, "none"],
            (c, text) => c with { Loss = text == "none" ? null : LossText.Parse(text) },
            c => c.Loss is { } loss ? LossText.Format(loss) : null),
        Option("label-smoothing", "SHARE", "spread this share of each target over all classes", [],
            (c, text) => c with { LabelSmoothing = Number(text) }, c => Text(c.LabelSmoothing)),
        Option("class-weights", "balanced|LIST|none",
            "how much samples count in the loss, by class: balanced makes all classes count the same; or a number for "
            + "each class in order, as in 1,5, or by name, as in ham=1,spam=5 (others 1)",
            ["balanced", "none"],
            (c, text) => c with { ClassWeights = text == "none" ? null : ClassWeights.Parse(text) },
            c => c.ClassWeights?.ToString()),
        Option("init", "NAME[:VALUE]",
            $"weight initialization: {InitializerText.Syntax}", InitializerText.Names,
            (c, text) => c with { Initializer = InitializerText.Parse(text) }, c => c.Initializer.ToString()),
        OptimizerOption(
            "optimizer", "NAME", $"the rule that updates the weights: {string.Join(", ", OptimizerSettings.Names)}",
            OptimizerSettings.Names,
            (o, text) => o with { Name = OneOf(text, OptimizerSettings.Names) }, o => o.Name),
        Number("learning-rate", "RATE", "the size of a step against the gradient", OptimizerNumber.LearningRate),
        Number("momentum", "SHARE", "the share of the velocity that a step keeps", OptimizerNumber.Momentum),
        Number("beta1", "SHARE", "the share of the mean gradient that a step keeps", OptimizerNumber.Beta1),
        Number("beta2", "SHARE",
            "the share of the mean square gradient that a step keeps (lion: of the mean gradient)",
            OptimizerNumber.Beta2),
        Number("decay", "SHARE", "the share of the mean square gradient that a step keeps", OptimizerNumber.Decay),
        Number("epsilon", "VALUE", "added to the denominator for numerical stability", OptimizerNumber.Epsilon),
        Number("weight-decay", "RATE",
            "in each step, shrink weights by the learning rate times RATE, apart from the gradient",
            OptimizerNumber.WeightDecay),
        OptimizerOption("schedule", "TEXT",
            "how the learning rate changes: constant, step:EVERY:FACTOR, exponential:FACTOR (after every update), "
            + "cosine[:FINAL] or one-cycle (both over the whole run); with a warm-up first, as in warmup:100+cosine; "
            + "counted in updates of the weights, which are steps unless --accumulate is given",
            ["constant", "cosine", "one-cycle"],
            (o, text) => o with { Schedule = RunSchedule.Parse(text) }, o => o.Schedule.ToString()),
        OptimizerOption("clip-norm", "NORM|none", "scale gradients down to this norm, taken over all layers", ["none"],
            (o, text) => o with { ClipNorm = OrNone(text, Number) }, o => Text(o.ClipNorm)),
        OptimizerOption("clip-value", "LIMIT|none", "limit the magnitude of each element of a gradient", ["none"],
            (o, text) => o with { ClipValue = OrNone(text, Number) }, o => Text(o.ClipValue)),
        OptimizerOption("noise", "SCALE", "add normal noise to gradients, of variance SCALE / step^0.55", [],
            (o, text) => o with { Noise = Number(text) }, o => Text(o.Noise)),
        OptimizerOption("accumulate", "N", "update the weights once for N batches, by their mean gradient", [],
            (o, text) => o with { Accumulate = Integer(text) }, o => Text(o.Accumulate)),
        OptimizerOption("proximal-l1", "RATE",
            "after each step, move weights toward 0 by the learning rate times RATE, but no further than 0", [],
            (o, text) => o with { ProximalL1 = Number(text) }, o => Text(o.ProximalL1)),
        OptimizerOption("look-ahead", "STEPS[:SHARE]|none",
            "every STEPS steps, go back to slow weights, moved by SHARE (0.5) of the way since", ["none"],
            (o, text) => o with { LookAhead = text == "none" ? null : LookAheadText.Parse(text) },
            o => o.LookAhead is { } lookAhead ? LookAheadText.Of(lookAhead) : null),
        OptimizerOption("average", "SHARE|none",
            "evaluate and save a moving average of the weights; each step keeps this share of it, as in 0.999",
            ["none"],
            (o, text) => o with { Average = OrNone(text, Number) }, o => Text(o.Average)),
        OptimizerOption("groups", "PATTERN:SETTING,...|none",
            $"other settings for some parameters: {GroupText.Syntax}", ["none"],
            (o, text) => o with { Groups = text == "none" ? [] : GroupText.Parse(text) },
            o => o.Groups.Count == 0 ? null : GroupText.Of(o.Groups)),
        Option("batch-size", "N", "samples per step", [],
            (c, text) => c with { BatchSize = Integer(text) }, c => Text(c.BatchSize)),
        Option("epochs", "N", "how many passes over the samples to train for", [],
            (c, text) => c with { Epochs = Integer(text), Iterations = null },
            c => c.Iterations is null ? Text(c.Epochs) : null),
        Option("iterations", "N", "how many steps to train for", [],
            (c, text) => c with { Iterations = Integer(text) }, c => Text(c.Iterations)),
        Option("patience", "N|none", "stop after N epochs in a row without a better validation accuracy",
            ["none"],
            (c, text) => c with { Patience = OrNone(text, Integer) }, c => Text(c.Patience)),
        Choice("sampling",
            "how batches are drawn: each sample once per epoch, with replacement, or distinct within a batch",
            Names<Sampling>(), (c, sampling) => c with { Sampling = sampling }, c => c.Sampling),
        Option("augment", "NAME[:VALUE],...",
            $"random changes of the training images, in the order given: {AugmentationText.Syntax}; or none",
            [.. AugmentationText.Names, "none"],
            (c, text) => c with { Augmentations = AugmentationText.Parse(text) },
            c => AugmentationText.Of(c.Augmentations)),
        Option("seed", "N", "the random seed: the same seed gives the same run", [],
            (c, text) => c with { Seed = Long(text) }, c => c.Seed.ToString(CultureInfo.InvariantCulture)),
        Option("checkpoint-every", "N|Nm|none",
            "save a checkpoint every N epochs or N minutes, and at the end", ["none"],
            (c, text) => c with { CheckpointEvery = CheckpointInterval.Parse(text) },
            c => c.CheckpointEvery.ToString()),
        Option("keep-every", "N|none",
            "save and keep a checkpoint every N steps, with a link of the chain for each, so that verify --spot can "
            + "check any part of the run", ["none"],
            (c, text) => c with { KeepEvery = OrNone(text, Integer) }, c => Text(c.KeepEvery)),
    ];

    /// <summary>The options that data are read by.</summary>
    internal static IEnumerable<TrainOption> OfData { get; } =
        All.Where(option => option.Name is "data" or "label" or "task" or "ignore" or "missing");

    /// <summary>The options that a run's results depend on: not where its data and its model are, nor what a resumed
    /// run may change.</summary>
    internal static IEnumerable<TrainOption> OfResults { get; } =
        All.Where(option => option.Name is not ("data" or "from" or "keep-every")
            && !Resumption.Changeable.Contains(option.Name));

    /// <summary>A configuration with one option more.</summary>
    /// <exception cref="UsageException">There is no such option, or no such value of it.</exception>
    public static TrainConfiguration Set(TrainConfiguration configuration, string name, string value)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (All.FirstOrDefault(option => option.Name == name) is not { } option)
            throw new UsageException($"there is no option '{name}'");
        try
        {
            return option.Set(configuration, value);
        }
        catch (UsageException e)
        {
            throw new UsageException(e.Faults.Select(fault => new Fault(FieldOf(name), fault.Message)));
        }
    }

    /// <summary>A configuration with these options, the others as they are in
    /// <paramref name="configuration"/>.</summary>
    /// <exception cref="UsageException">Everything wrong with the values.</exception>
    public static TrainConfiguration Parse(
        IEnumerable<KeyValuePair<string, string>> values, TrainConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var faults = new List<Fault>();
        var names = new HashSet<string>();
        foreach (var (name, value) in values.Given())
        {
            names.Add(name);
            try
            {
                configuration = Set(configuration, name, value);
            }
            catch (UsageException e)
            {
                faults.AddRange(e.Faults);
            }
        }
        faults.AddRange(configuration.Faults());
        if (configuration.ModelPath is not null)
            faults.AddRange(OfNetwork.Where(names.Contains).Select(
                name => new Fault(FieldOf(name), "the model that the run begins from (--from) decides that")));
        else if (configuration.Layers is not null)
            faults.AddRange(OfHidden.Where(names.Contains).Select(
                name => new Fault(FieldOf(name), "the layers are given (--layers), which decides that")));
        if (names.Contains("epochs") && names.Contains("iterations"))
            faults.Add(new Fault(
                nameof(TrainConfiguration.Iterations),
                "a run's length is given in epochs or in iterations, not in both"));
        return faults.Count == 0 ? configuration : throw new UsageException(faults);
    }

    /// <summary>Another run's configuration, with these options changed. A rule's numbers say nothing of another rule,
    /// and how a run was prolonged nothing of another run.</summary>
    /// <exception cref="UsageException">Everything wrong with the values.</exception>
    public static TrainConfiguration Change(
        TrainConfiguration configuration, IReadOnlyDictionary<string, string> values)
    {
        if (values.Given().Count > 0)
            configuration = configuration.Given() with { Stages = [] };
        var isOther = values.TryGetValue("optimizer", out var name) && name != configuration.Optimizer.Name;
        return Parse(values, isOther ? WithRule(configuration, name!) : configuration);
    }

    /// <summary>A configuration with another rule, or the same, and the rule's own numbers.</summary>
    internal static TrainConfiguration WithRule(TrainConfiguration configuration, string name) => configuration with
    {
        Optimizer = WithoutNumbers(configuration.Optimizer) with { Name = name },
    };

    /// <summary>A fault as the command line reports it: under the option that sets the property.</summary>
    internal static string Line(Fault fault) =>
        fault.Field == "" ? fault.Message : $"--{NameOf(fault.Field)}: {fault.Message}";

    // An option has the name of its property, but for these.
    private static string NameOf(string field) => field switch
    {
        nameof(TrainConfiguration.Initializer) => "init",
        nameof(TrainConfiguration.Augmentations) => "augment",
        _ => string.Concat(field.Select(
            (c, i) => char.IsAsciiLetterUpper(c) ? $"{(i == 0 ? "" : "-")}{char.ToLowerInvariant(c)}" : $"{c}")),
    };

    private static string FieldOf(string name) => name switch
    {
        "init" => nameof(TrainConfiguration.Initializer),
        "augment" => nameof(TrainConfiguration.Augmentations),
        _ => string.Concat(name.Split('-').Select(word => $"{char.ToUpperInvariant(word[0])}{word[1..]}")),
    };

    private static OptimizerSettings WithoutNumbers(OptimizerSettings settings) =>
        OptimizerNumber.All.Aggregate(settings, (numberless, number) => number.Set(numberless, null));

    private static TrainOption Option(
        string name, string value, string help, IReadOnlyList<string> choices,
        Func<TrainConfiguration, string, TrainConfiguration> set, Func<TrainConfiguration, string?> get) =>
        new(name, value, help, choices, set, get);

    private static TrainOption OptimizerOption(
        string name, string value, string help, IReadOnlyList<string> choices,
        Func<OptimizerSettings, string, OptimizerSettings> set, Func<OptimizerSettings, string?> get) =>
        new(name, value, help, choices,
            (c, text) => c with { Optimizer = set(c.Optimizer, text) }, c => get(c.Optimizer));

    private static TrainOption Number(string name, string value, string help, OptimizerNumber number) =>
        OptimizerOption(name, value, number.IsOfAll ? help : $"{help}, for {number.RulesText()}", [],
            (o, text) => number.Set(o, Number(text)),
            o => Text(number.Get(o)
                ?? (OptimizerSettings.DefaultsOf(o.Name) is { } defaults ? number.Get(defaults) : null)))
        with { Default = number.Default() };

    private static TrainOption Flag(
        string name, string help,
        Func<TrainConfiguration, bool, TrainConfiguration> set, Func<TrainConfiguration, bool> get) =>
        Option(name, FlagValue, help, ["true", "false"],
            (c, text) => set(c, OneOf(text, ["true", "false"]) == "true"), c => get(c) ? "true" : "false")
        with { Bare = "true" };

    private static TrainOption Choice<T>(
        string name, string help, Dictionary<string, T> values,
        Func<TrainConfiguration, T, TrainConfiguration> set, Func<TrainConfiguration, T> get) where T : notnull =>
        new(name, string.Join('|', values.Keys), help, [.. values.Keys],
            (c, text) => set(c, values[OneOf(text, values.Keys)]),
            c => values.First(pair => pair.Value.Equals(get(c))).Key);

    private static Dictionary<string, T> Names<T>() where T : struct, Enum =>
        Enum.GetValues<T>().ToDictionary(value => value.ToString().ToLowerInvariant());

    private static int[] ParseHidden(string text)
    {
        try
        {
            return text == "none" ? [] : [.. text.Split(',').Select(Integer)];
        }
        catch (UsageException)
        {
            throw Expected("the units of each hidden layer, as in 100,100, or none", text);
        }
    }

    private static string OneOf(string text, IEnumerable<string> choices) =>
        choices.Contains(text) ? text : throw Expected(string.Join(", ", choices), text);

    // .NET takes a number with NULs behind it for that number.
    internal static int Integer(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && !text.Contains('\0')
            ? value : throw Expected("an integer", text);

    private static long Long(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && !text.Contains('\0')
            ? value : throw Expected("an integer", text);

    internal static double Number(string text) => SingleNumber(text);

    // For what can be left out: a search has it among its choices.
    private static T? OrNone<T>(string text, Func<string, T> parse) where T : struct =>
        text == "none" ? null : parse(text);

    internal static UsageException Expected(string what, string found) => new($"expected {what}, found '{found}'");

    internal static string? Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);
}
