using System.Numerics;
using System.Runtime.InteropServices;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>A part of a run whose planned length was changed later.</summary>
/// <param name="Until">The steps that had been taken by then.</param>
/// <param name="Planned">The run's whole length in steps, as planned at that time.</param>
internal sealed record Stage(int Until, int Planned);

/// <summary>
/// Everything that a training run depends on: the same configuration on the same data gives the same bits.
/// (How many threads there are is no part of it, because nothing depends on that. How often the run is saved changes no
/// result either; it is included so that a resumed run keeps it.)
/// </summary>
public sealed record TrainConfiguration
{
    /// <summary>A data set's name, a folder, or a file.</summary>
    public string Data { get; init; } = "digits";

    /// <summary>Of a table as text: the column of the target; of several quantities their columns, with commas
    /// between.</summary>
    public string? Label { get; init; }

    /// <summary>What a table's target is taken for; guessed from its values if null.</summary>
    public TargetKind? Task { get; init; }

    /// <summary>Columns of a table that are left out.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>What becomes of a table's empty cells.</summary>
    public MissingCells Missing { get; init; }

    /// <summary>The model to begin from: its file, or the folder of a run; null for a new network. Its layers and its
    /// encoder are kept, so that <see cref="Scale"/>, <see cref="Hidden"/> and what is said of hidden layers don't
    /// count. Where the data have other classes or quantities, a new last layer takes the place of its own.</summary>
    public string? From { get; init; }

    /// <summary>The loss to minimize; null for the one that fits the task. Softmax cross-entropy takes its label
    /// smoothing from <see cref="LabelSmoothing"/>.</summary>
    public Loss? Loss { get; init; }

    /// <summary>Only this many samples, drawn by the seed, are trained on (and validated with); all if null. Of each
    /// class it is its share, and one at least where there are as many as classes.</summary>
    public int? Samples { get; init; }

    /// <summary>The share of the samples that is kept from training, for validation.</summary>
    public double Validation { get; init; }

    /// <summary>How bytes become features.</summary>
    public DataScale Scale { get; init; } = DataScale.Unit;

    /// <summary>The layers of the network but the last; null for those that <see cref="Hidden"/>,
    /// <see cref="Activation"/>, <see cref="BatchNorm"/> and <see cref="Dropout"/> say, which otherwise don't count.
    /// </summary>
    public NetworkLayers? Layers { get; init; }

    /// <summary>Units of each hidden layer.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [50];

    /// <summary>After each hidden layer.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How weights begin.</summary>
    public Initializer Initializer { get; init; } = Initializer.He;

    /// <summary>Whether batch normalization stands between each hidden layer and its activation.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>The share that is dropped after each hidden layer's activation.</summary>
    public double Dropout { get; init; }

    /// <summary>Where dropout makes up for what is dropped.</summary>
    public DropoutForm DropoutForm { get; init; } = DropoutForm.Inverted;

    /// <summary>The rate of the weights' magnitudes in the loss.</summary>
    public double L1 { get; init; }

    /// <summary>The rate of half the weights' squares in the loss.</summary>
    public double L2 { get; init; }

    /// <summary>The share of a target that is spread over all classes.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>How much samples count in the loss, by their class; null if all count the same.</summary>
    public ClassWeights? ClassWeights { get; init; }

    /// <summary>What updates the weights.</summary>
    public OptimizerSettings Optimizer { get; init; } = new();

    /// <summary>Samples of a step.</summary>
    public int BatchSize { get; init; } = 100;

    /// <summary>How many passes over the samples to train for, unless that is given as iterations.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>How many steps to train for; null if that is given as epochs.</summary>
    public int? Iterations { get; init; }

    /// <summary>How many epochs without a better validation accuracy end the run; null if none do.</summary>
    public int? Patience { get; init; }

    /// <summary>The moment of another run that this one goes on from; null if it begins itself. If that has a folder,
    /// <see cref="From"/> names it.</summary>
    internal RunOrigin? Origin { get; init; }

    /// <summary>The model that the first of such runs began from; null if its network was new.</summary>
    internal string? ModelPath => Origin is null ? From : Origin.Configuration.ModelPath;

    /// <summary>Whether another configuration has the same data.</summary>
    internal bool HasDataOf(TrainConfiguration other) =>
        TrainOptions.OfData.All(option => option.Get(this) == option.Get(other)) && ModelPath == other.ModelPath;

    /// <summary>How the run's length was changed on the way, where the schedule depends on that.</summary>
    internal IReadOnlyList<Stage> Stages { get; init; } = [];

    /// <summary>How batches are drawn.</summary>
    public Sampling Sampling { get; init; } = Sampling.Shuffle;

    /// <summary>Applied in order to the images of each training batch.</summary>
    public IReadOnlyList<Augmentation> Augmentations { get; init; } = [];

    /// <summary>What everything random is a function of.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How often the run is saved.</summary>
    internal CheckpointInterval CheckpointEvery { get; init; } = CheckpointInterval.EachEpoch;

    /// <summary>After each multiple of this many steps, a checkpoint is saved and kept, and the chain gets a link: so
    /// <c>verify --spot</c> can compute some of these stretches again. Null if none are.</summary>
    public int? KeepEvery { get; init; }

    // Each kind of randomness has a stream of its own, so that changing one leaves the others as they were.
    private Key Key => Key.OfSeed(Seed);
    internal Key OrderKey => Key.Child(1);
    internal Key TrainingKey => Key.Child(2);
    internal Key SplitKey => Key.Child(3);
    internal Key AugmentationKey => Key.Child(4);
    internal Key SamplesKey => Key.Child(5);

    /// <summary>The optimizer after a number of steps, in a run of this many.</summary>
    /// <exception cref="UsageException">There is no such rule.</exception>
    public Optimizer OptimizerAt(int step, int steps) =>
        Optimizer.Create(
            (Stages.FirstOrDefault(stage => step < stage.Until)?.Planned ?? steps) - OptimizerStart);

    /// <summary>After which step the optimizer began: in a fork with another rule, after that of the fork.</summary>
    private int OptimizerStart =>
        Origin is null ? 0 : Optimizer.Name != Origin.Configuration.Optimizer.Name ? Origin.Step
            : Origin.Configuration.OptimizerStart;

    /// <summary>Whether another optimizer may take over after this many steps.</summary>
    internal bool EndsStage(int step) => Stages.Any(stage => stage.Until == step);

    /// <summary>Reads the data; a table for a model as the model has its columns.</summary>
    /// <exception cref="DataException">Data or model can't be read, or the data lack a column of the model's.
    /// </exception>
    /// <exception cref="UsageException">It isn't known which column of a table holds the target.</exception>
    public DataSet LoadData() => BaseModel.Of(this) is { } model
        ? model.Labeled(DataSets.Load(Data, model.Reading(DataOptions))) : DataSets.Load(Data, DataOptions);

    /// <summary>How a table is read.</summary>
    internal DataOptions DataOptions => new() { Label = Label, Task = Task, Ignore = Ignore, Missing = Missing };

    /// <summary>The outputs of a network for a task: one for each class or quantity, or a single one for two classes.
    /// </summary>
    internal int Outputs(LearningTask task) => Loss?.Function.IsBinaryCrossEntropy == true ? 1 : task.Outputs;

    /// <summary>The loss for a task.</summary>
    /// <exception cref="UsageException">The loss that is asked for doesn't fit it.</exception>
    internal Loss LossFor(LearningTask task)
    {
        var loss = Loss ?? task.Loss;
        if (loss.Function.IsSoftmaxCrossEntropy)
            loss = Functional.Loss.SoftmaxCrossEntropy(LabelSmoothing);
        string? fault = task switch
        {
            Classification when loss.Function.IsRegression =>
                $"{loss} is for quantities, but {task.Target ?? "the target"} is a class"
                + (task.Target is null ? "" : "; --task quantities takes its numbers, if they are any, for one"),
            Classification { Count: not 2 and var count } when loss.Function.IsBinaryCrossEntropy =>
                $"{loss} with one output is for two classes, and there are {count}",
            Regression when !loss.Function.IsRegression =>
                $"{loss} is for classes, but {task.Target} is a quantity"
                + (loss.Function.IsBinaryCrossEntropy ? "" : "; --task classes takes each number for a class"),
            _ => null,
        };
        if (fault is not null)
            throw new UsageException(new Fault(nameof(Loss), fault));
        return LabelSmoothing == 0 || loss.Function.IsSoftmaxCrossEntropy ? loss : throw new UsageException(new Fault(
            nameof(LabelSmoothing), $"there are no classes that a target could be spread over with {loss}"));
    }

    /// <summary>The network before the first step, for samples of this many features in this many classes.</summary>
    /// <inheritdoc cref="CreateNetwork{T}(FeatureEncoder, LearningTask)"/>
    public Network<T> CreateNetwork<T>(int features, int classes) where T : unmanaged, IFloatingPointIeee754<T> =>
        CreateNetwork<T>(features, Classification.Numbered(classes));

    /// <summary>The network before the first step, for samples of this many features and this task.</summary>
    /// <inheritdoc cref="CreateNetwork{T}(FeatureEncoder, LearningTask)"/>
    public Network<T> CreateNetwork<T>(int features, LearningTask task)
        where T : unmanaged, IFloatingPointIeee754<T> => CreateNetwork<T>(new LayerInput(features), task);

    /// <summary>The network before the first step, for samples that are encoded so, and this task.</summary>
    /// <exception cref="UsageException">Everything wrong with the sizes and the initializer, a line each; or the loss
    /// doesn't fit the task, or a layer what the one before gives.</exception>
    /// <exception cref="OperationFailedException">There is not enough memory.</exception>
    public Network<T> CreateNetwork<T>(FeatureEncoder encoder, LearningTask task)
        where T : unmanaged, IFloatingPointIeee754<T> => CreateNetwork<T>(LayerInput.Of(encoder.Given()), task);

    internal Network<T> CreateNetwork<T>(LayerInput input, LearningTask task)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(task);
        var (outputs, loss) = (Outputs(task), LossFor(task));
        CheckMemory(input, outputs, Marshal.SizeOf<T>());
        try
        {
            return (Layers is null ? CreateNetwork<T>([input.Features, .. Hidden, outputs]).WithLoss(loss)
                    : Network.Adopt(OfLayers<T>(Layers, input, outputs), loss))
                .WithPenalty(Penalty.ElasticNet(L1, L2));
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Reason().Split('\n'));
        }
    }

    internal Network<T> CreateNetwork<T>(int[] sizes) where T : unmanaged, IFloatingPointIeee754<T> =>
        Network.Create(sizes, AfterHidden<T>, Initializer, Key.Child(0));

    // The i-th layer with weights draws them from the i-th key, as in a network of affine layers.
    private IReadOnlyList<ILayer<T>> OfLayers<T>(NetworkLayers layers, LayerInput input, int outputs)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var next = 0;
        return layers.Create<T>(
            input, outputs, new LayerMaking(Initializer, DropoutForm, () => Key.Child(0).Child(next++)));
    }

    /// <summary>How many weights and biases the network has: more than there can be, perhaps. What normalizes hidden
    /// layers isn't counted.</summary>
    internal double ParameterCount(LayerInput input, int outputs) => Layers is null
        ? Units(input.Features, outputs).Zip([.. Hidden, outputs])
            .Sum(pair => ((double)pair.First + 1) * pair.Second)
        : Layers.Planned(input, outputs).Sum(each => each.Word.Parameters(each.Input));

    /// <summary>The field that the network's size comes from.</summary>
    internal string LayersField => Layers is null ? nameof(Hidden) : nameof(Layers);

    /// <summary>How many multiplications the network takes for a sample, forward.</summary>
    internal double Work(LayerInput input, int outputs) => Layers is null ? ParameterCount(input, outputs)
        : Layers.Planned(input, outputs).Sum(each => each.Word.Work(each.Input));

    /// <summary>How many numbers each layer but the last gives for a sample.</summary>
    internal IEnumerable<int> Widths(LayerInput input) =>
        Layers?.Planned(input, 1).Select(each => each.Input.Features).Skip(1) ?? Hidden;

    /// <summary>The network in a message, before it is made.</summary>
    internal string NetworkText(LayerInput input, int outputs) =>
        Invariant($"a network of {ParameterCount(input, outputs):N0} parameters ")
        + $"({Layers?.ToString() ?? string.Join(" - ", Units(input.Features, outputs))})";

    private int[] Units(int features, int outputs) => [features, .. Hidden, outputs];

    // Before anything is allocated: at least the weights and their gradient.
    private void CheckMemory(LayerInput input, int outputs, int size) => Memory.Require(
        () => NetworkText(input, outputs), 2 * size * ParameterCount(input, outputs));

    // The book's order.
    private IReadOnlyList<ILayer<T>> AfterHidden<T>(int units) where T : unmanaged, IFloatingPointIeee754<T> =>
    [
        .. BatchNorm ? [Layer.BatchNorm<T>(units)] : (ILayer<T>[])[],
        Layer.Of<T>(Activation),
        .. Dropout == 0 ? [] : (ILayer<T>[])[Layer.Dropout<T>(Dropout, DropoutForm)],
    ];

    /// <summary>How many steps the run takes.</summary>
    /// <exception cref="UsageException">More than there can be.</exception>
    public int Steps(int stepsPerEpoch) => Iterations
        ?? ((long)Epochs * stepsPerEpoch is <= int.MaxValue and var steps ? (int)steps
            : throw new UsageException(new Fault(nameof(Epochs),
                Invariant($"{Epochs:N0} of {stepsPerEpoch:N0} steps are more than {int.MaxValue:N0} steps, ")
                    + "the most that a run can take")));

    /// <summary>Everything wrong with the configuration by itself; empty if all is right.</summary>
    public IReadOnlyList<Fault> Faults() =>
    [
        .. Positive(nameof(Samples), Samples),
        .. Check(nameof(Validation), Validation is >= 0 and < 1,
            $"a share from 0 to below 1 is needed, not {Validation}"),
        .. Hidden.SelectMany(units => Positive(nameof(Hidden), units)),
        .. Optimizer.Faults(),
        .. Share(nameof(Dropout), Dropout, "to below 1", Dropout < 1),
        .. NotNegative(nameof(L1), L1),
        .. NotNegative(nameof(L2), L2),
        .. Share(nameof(LabelSmoothing), LabelSmoothing, "to 1", LabelSmoothing <= 1),
        .. Check(
            nameof(Loss),
            Loss?.Function is not LossFunction.SoftmaxCrossEntropy entropy
                || (entropy.labelSmoothing == 0 && entropy.epsilon == 0),
            "a run's softmax cross-entropy has no epsilon, and its label smoothing is set by LabelSmoothing"),
        .. Positive(nameof(BatchSize), BatchSize),
        .. Positive(nameof(Epochs), Epochs),
        .. Positive(nameof(Iterations), Iterations),
        .. Positive(nameof(Patience), Patience),
        .. Positive(nameof(KeepEvery), KeepEvery),
        .. Check(
            nameof(Patience), Patience is null || Validation > 0,
            "there is no validation accuracy to wait for without a share of the samples for validation"),
    ];

    /// <summary>The defaults for a data set: of a table they depend on how many rows it has (docs/tables.md).</summary>
    public static TrainConfiguration For(DataSet data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return data.Training is not { Samples: Rows rows, Targets: var targets } ? new TrainConfiguration()
            : TableDefaults.Of(rows.Count, targets is Classes ? TargetKind.Classes : TargetKind.Quantities);
    }

    /// <summary>Whether defaults depend on the data, which may be a table.</summary>
    internal bool MayBeTable => Label is not null || Tables.IsNpz(Data);

    /// <summary>What it has that is a function of somebody's own, which no option can name.</summary>
    internal IReadOnlyList<string> CustomParts =>
    [
        .. Loss?.Function.IsCustom == true ? ["loss"] : (string[])[],
        .. Activation.Function.IsCustom ? ["activation"] : (string[])[],
    ];

    /// <summary>The command that runs it: every option that differs from its default and, where the data may be a
    /// table, every option whose default depends on it. A custom loss or activation stands there by its name, and a
    /// comment says that no command has it.</summary>
    public string CommandLine() =>
        string.Join(' ', Options().Select(option => $"--{option.Name} {ShellWord.Quoted(option.Value)}")
            .Prepend("functional train"))
        + (Origin is not null && From is null ? "  # no command runs this: it goes on from a run without a folder"
            : CustomParts is [] ? ""
            : $"  # no command runs this: it has a custom {string.Join(" and ", CustomParts)}");

    /// <summary>Of a fork: from where it goes on, and with what; otherwise null.</summary>
    internal string? OriginText => Origin is null ? null
        : Invariant($"from step {Origin.Step:N0} of ")
            + (OriginFolder ?? "a run")
            + (OptionsOfFork() is { Length: > 0 } options ? $", with {options}" : ", with nothing changed");

    /// <summary>The folder of the run that a fork goes on from, if that has one.</summary>
    internal string? OriginFolder => Origin is null ? null : From?[..From.LastIndexOf('@')];

    /// <summary>The options in which a fork differs from its origin, as they are given.</summary>
    internal string OptionsOfFork() => string.Join(' ', Options().Where(option => option.Name != "from")
        .Select(option => $"--{option.Name} {ShellWord.Quoted(option.Value)}"));

    private IEnumerable<(string Name, string Value)> Options()
    {
        // A fork has the options of its origin but for those that are given.
        var usual = Origin?.Configuration ?? new TrainConfiguration();
        foreach (var option in TrainOptions.All)
        {
            var isOfTable = MayBeTable && Origin is null && TableDefaults.Options.Contains(option.Name);
            // A table has a default where others have none.
            var isNone = (MayBeTable && option.Name == "average")
                || (Origin is not null && option.Get(usual) is not null && option.Choices.Contains("none")
                    && !TrainOptions.OfHidden.Contains(option.Name));
            var value = option.Get(this) ?? (isNone ? "none" : null);
            if (value is null || (value == option.Get(usual) && !isOfTable))
                continue;
            yield return (option.Name, value);
            // The defaults of its numbers are those of the rule.
            if (option.Name == "optimizer")
                usual = TrainOptions.WithRule(usual, Optimizer.Name);
        }
    }

    /// <summary>One line: the command that runs it or, if it can't be run, what is wrong with it.</summary>
    public override string ToString() => Faults() is { Count: > 0 } faults ? string.Join("; ", faults) : CommandLine();

    private static Fault[] Check(string field, bool isRight, string message) =>
        isRight ? [] : [new Fault(field, message)];

    private static Fault[] Share(string field, double value, string bound, bool below) =>
        Check(field, value >= 0 && below, $"a share from 0 {bound} is needed, not {value}");

    private static Fault[] NotNegative(string field, double value) =>
        Check(field, value >= 0, $"a rate from 0 on is needed, not {value}");

    private static Fault[] Positive(string field, int? value) =>
        Check(field, value is null or >= 1, $"at least 1 is needed, not {value}");
}
