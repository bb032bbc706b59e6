using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>A configuration with its data: checked, split and encoded. Takes the run's steps.</summary>
public sealed class TrainingRun
{
    private readonly Loader loader;
    private readonly ImageFormat? format;
    private readonly Lazy<Rewinder> rewinder;

    /// <summary>Checks the configuration against the data, splits them, and initializes the network.</summary>
    /// <param name="configuration">What is run.</param>
    /// <param name="data">On what.</param>
    /// <param name="baseModel">The model to begin from, where it is a value and no file; null for what
    /// <see cref="TrainConfiguration.From"/> says.</param>
    /// <exception cref="UsageException">These options don't suit the data, or these data the model.</exception>
    /// <exception cref="DataException">The model can't be read.</exception>
    public TrainingRun(TrainConfiguration configuration, DataSet data, Model<float>? baseModel = null)
        : this(configuration, data, baseModel, encoded: null) { }

    /// <summary>The same, with more that is known.</summary>
    /// <param name="configuration">What is run.</param>
    /// <param name="data">On what.</param>
    /// <param name="baseModel">The model to begin from, where it is a value.</param>
    /// <param name="encoded">The data, if they are encoded already, with the same split and scale.</param>
    /// <param name="begin">What a fork begins with, as a function of its state if it began anew; computed from the
    /// first step of its origin if null.</param>
    internal TrainingRun(
        TrainConfiguration configuration, DataSet data, Model<float>? baseModel, EncodedDataSet? encoded,
        Func<TrainingRun, RunState, RunProgress>? begin = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(data);
        if (configuration.Faults() is { Count: > 0 } faults)
            throw new UsageException(faults);
        rewinder = new(() => new Rewinder(this, Record?.Checkpoints, _ => { }));
        BaseModel = baseModel is null ? BaseModel.Of(configuration) : new BaseModel(baseModel);
        data = BaseModel?.Labeled(data) ?? data;
        (Configuration, Data) = (configuration, data);
        var training = data.Training;
        if (configuration.Samples > training.Count)
            throw new UsageException(new Fault(nameof(configuration.Samples),
                $"{configuration.Samples} are wanted, but there are {training.Count} to train on"));
        try
        {
            Split = SplitOf(configuration, training);
            PartScores.RequireComparable(training, Split.Validation);
            var weighted = ClassWeights.Weighted(configuration.ClassWeights, data, Split.Training);
            Encoded = encoded ?? BaseModel?.Encoded(weighted, Split.Training)
                ?? weighted.Encode(Split.Training, configuration.Scale);
            format = Format(Encoded);
            loader = new Loader(Encoded.Training, Split.Training, configuration.BatchSize, configuration.Sampling,
                configuration.OrderKey);
            RunChecks.Sizes(this);
            var network = Network();
            RunChecks.Weights(configuration, network.Parameters());
            PlannedSteps = configuration.Steps(loader.StepsPerEpoch);
            if (configuration.Origin is { Step: var from } && PlannedSteps <= from)
                throw new UsageException(new Fault(nameof(configuration.From), Invariant(
                    $"it goes on after step {from:N0}, but has {Plural.Of(PlannedSteps, "step")} in all")));
            Start = Memory.For(
                () => $"what {configuration.Optimizer.Name} remembers of "
                    + $"{Invariant($"{network.Parameters().Length:N0}")} parameters", () => new RunState(
                Training.Start(
                    network, RunChecks.Groups(configuration.OptimizerAt(0, PlannedSteps), network.Parameters()),
                    configuration.TrainingKey)));
            RunChecks.Augmentations(configuration.Augmentations, format);
            Beginning = new RunProgress(Start, [], []);
            if (configuration.Origin is { } origin)
                Beginning = begin?.Invoke(this, Start) ?? Again(origin, baseModel);
            Start = Beginning.State;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Reason().Split('\n'));
        }
    }

    /// <summary>A run that a folder has the record of, finished or in progress: <see cref="At"/> and
    /// <see cref="First"/> begin from its checkpoints.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="DataException">It is no run's folder, a file in it is damaged, or the data can't be read.
    /// </exception>
    /// <exception cref="UsageException">The data or <c>config.json</c> were changed since.</exception>
    public static TrainingRun Open(string folder)
    {
        var record = RunRecord.Read(folder.Given());
        var data = record.Configuration.LoadData();
        if (record.Environment is { } recorded
            && RunEnvironment.Of(data, record.Configuration).Obstacles(recorded).ToArray() is { Length: > 0 } changes)
            throw new UsageException(changes.Select(change => $"{folder}: {change}"));
        return Of(record, record.Configuration, data);
    }

    /// <summary>A run as its folder has it: a fork begins with the state that is saved there.</summary>
    internal static TrainingRun Of(RunRecord record, TrainConfiguration configuration, DataSet data) =>
        configuration.Origin is { Step: var step } && record.Checkpoints.All.Contains(step)
            ? new TrainingRun(configuration, data, null, null, (_, fresh) => new RunProgress(
                record.Checkpoints.Read(step, fresh), [.. record.Losses.Take(step)],
                [.. record.Epochs.Where(epoch => epoch.Step <= step)])) { Record = record }
            : new TrainingRun(configuration, data) { Record = record };

    /// <summary>A run that goes on from a moment of this one, exactly, with other options: a fork. What the optimizer
    /// remembers goes with it if the rule is the same.</summary>
    /// <param name="step">The steps taken before, from that of <see cref="Start"/> to this run's last.</param>
    /// <param name="configuration">The fork's: this run's <see cref="Configuration"/>, with what is to be
    /// another.</param>
    /// <param name="data">What the fork learns from; this run's data if null.</param>
    /// <exception cref="UsageException">The network would have other parameters, or the fork no step of its own.
    /// </exception>
    public TrainingRun Fork(int step, TrainConfiguration configuration, DataSet? data = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, Start.Step);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, LastStep);
        var progress = Record is null ? RunOrigin.Trained(this, step) : RunOrigin.Recorded(this, Record, step);
        return new TrainingRun(
            configuration with
            {
                From = Record is null ? null : RunOrigin.Text(Record.Folder, step),
                Origin = new RunOrigin(Configuration, step, StateDigest.Of(progress.State)),
            },
            data ?? Data, Configuration.ModelPath is null ? BaseModel?.Model : null, null,
            (fork, fresh) => Runs.Fork.Begin(this, progress, fork, fresh));
    }

    private RunProgress Again(RunOrigin origin, Model<float>? baseModel)
    {
        var configuration = origin.Configuration;
        var run = new TrainingRun(
            // How long it waited may have been changed on the way; how far it came is known.
            configuration with { Patience = null },
            configuration.HasDataOf(Configuration) ? Data : configuration.LoadData(), baseModel);
        var progress = RunOrigin.Trained(run, origin.Step);
        var digest = StateDigest.Of(progress.State);
        return digest == origin.Digest ? Runs.Fork.Begin(run, progress, this, Start)
            : throw new OperationFailedException(Invariant(
                $"the state to go on from, after step {origin.Step:N0}, can't be had again: ")
                + $"its digest is {digest}, not {origin.Digest}; data or numerics are others");
    }

    /// <summary>What it begins with: of a fork also what went before.</summary>
    internal RunProgress Beginning { get; }

    /// <summary>What its folder says, if it has one.</summary>
    internal RunRecord? Record { get; private init; }

    /// <summary>What is run.</summary>
    public TrainConfiguration Configuration { get; }

    /// <summary>On what.</summary>
    public DataSet Data { get; }

    /// <summary>The model that it begins from; null if the network is new.</summary>
    internal BaseModel? BaseModel { get; }

    /// <summary>Steps from beginning to end.</summary>
    public int PlannedSteps { get; }

    /// <summary>Updates of the weights from beginning to end: one per <see cref="OptimizerSettings.Accumulate"/> steps.
    /// </summary>
    public int Updates => PlannedSteps / Configuration.Optimizer.Accumulate;

    /// <summary>Checks that the run updates the weights at all.</summary>
    /// <exception cref="UsageException">It has fewer steps than one update needs.</exception>
    public void RequireUpdates()
    {
        if (Updates == 0)
            throw new UsageException(new Fault(
                nameof(OptimizerSettings.Accumulate),
                Invariant($"an update of the weights needs {Configuration.Optimizer.Accumulate:N0} batches, ")
                    + Invariant($"and the whole run has {PlannedSteps:N0}")));
    }

    /// <summary>Whether this is one of many runs, of a search or a comparison: the training score is then taken from
    /// only as many samples as there are for validation, and no digest is computed.</summary>
    internal bool IsTrial { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => loader.StepsPerEpoch;

    /// <summary>The state before the first step; of a fork, the one that it goes on from.</summary>
    public RunState Start { get; }

    /// <summary>Which of the training samples are trained on, and which are kept for validation.</summary>
    public Split Split { get; }

    /// <summary>What the run sees: its data as features and targets, encoded by what the samples that are trained on
    /// say.</summary>
    public EncodedDataSet Encoded { get; }

    /// <summary>What the run can't learn, a line each: the classes that the data have, but none of those samples that
    /// it is trained on.</summary>
    public IReadOnlyList<string> Gaps() => RunHints.Gaps(this, Data);

    /// <summary>A network of the run, and what must be known to use it.</summary>
    public Model<float> ModelOf(Network<float> network) => new(network)
    {
        Encoder = Encoded.Encoder,
        Task = Encoded.Task,
    };

    /// <summary>One line: the layers, how they are trained, and on what.</summary>
    public override string ToString() =>
        $"{Start.Training.Network} with {Configuration.OptimizerAt(0, PlannedSteps)}, "
        + $"{Plural.Of(PlannedSteps, "step")} on {Data}";

    /// <summary>The state after a step, to the last bit: computed from the nearest earlier one that is known. Of those
    /// that are passed on the way, up to 100 are kept for the next time.</summary>
    /// <param name="step">From that of <see cref="Start"/> to <see cref="PlannedSteps"/>.</param>
    /// <param name="cancellation">Ends the computation.</param>
    /// <exception cref="OperationFailedException">An earlier loss is not finite: the run ends there.</exception>
    public RunState At(int step, CancellationToken cancellation = default) => rewinder.Value.At(step, cancellation);

    /// <summary>The first state at which a condition holds; null if it doesn't hold at the end. About log2 of the
    /// steps are asked: the first and the last, and then by halves. Of a condition that comes and goes it is one of the
    /// states at which it comes.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="cancellation">Ends the computation.</param>
    public RunState? First(Func<RunState, bool> condition, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return OnsetOf(condition, Start.Step, LastStep, cancellation).At;
    }

    /// <summary>How far the run can be looked at: as its folder has it or, without one, to the end.</summary>
    internal int LastStep => Record switch
    {
        null or { Status: RunStatus.Diverged } => PlannedSteps,
        var record => record.Checkpoints.All is [.., var newest] ? newest : Start.Step,
    };

    /// <summary>Where a condition begins to hold between two steps.</summary>
    internal Onset OnsetOf(Func<RunState, bool> condition, int first, int last, CancellationToken cancellation) =>
        Onset.Of(rewinder.Value, first, last, condition, cancellation);

    /// <summary>The steps of the run from a state on, each taken on demand. They end with the last of the run, or with
    /// one whose loss is not finite.</summary>
    /// <param name="start">The state before the first of them: <see cref="Start"/>, or a later one.</param>
    internal IEnumerable<TrainingStep> Steps(RunState start)
    {
        var state = WithOptimizer(start);
        foreach (var indices in Indices(start.Step, PlannedSteps))
        {
            var before = Configuration.EndsStage(state.Step) ? WithOptimizer(state) : state;
            Batch<float> Batch() => BatchOf(indices, before.Step);
            (state, var report) = before.Next(Batch);
            var step = new TrainingStep(before, Batch, indices.Length, report, state);
            yield return step;
            if (!step.IsFinite)
                yield break;
        }
    }

    /// <summary>The state after steps of the run that nobody looks at, to the last bit that of <see cref="Steps"/>: as
    /// far as the last of them, or as one whose loss is not finite.</summary>
    /// <param name="start">The state before the first of them.</param>
    /// <param name="end">The last step, at most <see cref="PlannedSteps"/>.</param>
    /// <param name="goesOn">Says, from a step's report and the samples of its batch, whether another may follow.
    /// </param>
    internal RunState Advanced(RunState start, int end, Func<StepReport, int, bool> goesOn)
    {
        var (state, isOver) = (start, false);
        while (!isOver && state.Step < end)
        {
            var (first, samples) = (state.Step, 0);
            var stage = Enumerable.Range(first + 1, end - first).First(step =>
                step == end || Configuration.EndsStage(step));
            var batches = Indices(first, stage).Select((indices, i) => (Func<Batch<float>>)(() =>
            {
                samples = indices.Length;
                return BatchOf(indices, first + i);
            }));
            state = WithOptimizer(state).After(
                batches, report => !(isOver = !double.IsFinite(report.Loss) | !goesOn(report, samples)));
        }
        return state;
    }

    // Those of the batches of some steps.
    private IEnumerable<int[]> Indices(int first, int end) =>
        loader.Indices(first / StepsPerEpoch, first % StepsPerEpoch)
            .Concat(Enumerable.Range(first / StepsPerEpoch + 1, int.MaxValue - 1 - first / StepsPerEpoch)
                .SelectMany(epoch => loader.Indices(epoch)))
            .Take(end - first);

    private Batch<float> BatchOf(int[] indices, int step) => Augmented(loader.Batch(indices), step);

    private RunState WithOptimizer(RunState state) => state.With(Configuration.OptimizerAt(state.Step, PlannedSteps));

    /// <summary>Whether a run that has come this far is over: it has taken all steps, or validation stalls.</summary>
    public bool IsOver(int step, IReadOnlyList<EpochReport> epochs) =>
        step >= PlannedSteps || epochs.Given()
            .Aggregate(new EarlyStopping(), (validation, epoch) => validation.Next(epoch))
            .IsOver(Configuration.Patience);

    /// <summary>Trains to the end, or until it is cancelled; nothing is written.</summary>
    /// <param name="progress">Receives each epoch. A <see cref="Progress{T}"/> passes that on to other threads, where
    /// it may arrive after the run has ended: to gather reports, give an action.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends the run; a step that takes long is abandoned.</param>
    /// <exception cref="OperationFailedException">The loss is no longer finite.</exception>
    public RunResult Run(
        IProgress<EpochReport>? progress = null, int threads = 1, CancellationToken cancellation = default) =>
        Run(new ProgressObserver(progress is null ? null : progress.Report), threads, folder: null, cancellation);

    /// <summary>Trains to the end, or until it is cancelled; nothing is written.</summary>
    /// <param name="epochEnded">Is called with each epoch's report, before the next epoch begins.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends the run; a step that takes long is abandoned.</param>
    /// <exception cref="OperationFailedException">The loss is no longer finite.</exception>
    public RunResult Run(Action<EpochReport> epochEnded, int threads = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(epochEnded);
        return Run(new ProgressObserver(epochEnded), threads, folder: null, cancellation);
    }

    /// <summary>Trains to the end, or until it is cancelled.</summary>
    /// <param name="observer">Receives the run's events.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="folder">The run's folder, to be named in reports.</param>
    /// <param name="cancellation">Ends the run; a step that takes long is abandoned.</param>
    /// <param name="progress">How far the run has come before, if it is resumed.</param>
    /// <param name="abandonsEvaluation">Whether an evaluation that takes long is abandoned, too. The summary then has
    /// no results.</param>
    /// <exception cref="OperationFailedException">The loss is no longer finite; the observer has the last good state.
    /// </exception>
    internal RunResult Run(
        IRunObserver observer, int threads, string? folder, CancellationToken cancellation,
        RunProgress? progress = null, bool abandonsEvaluation = false)
    {
        string What() =>
            Invariant($"training {Start.Training.Network.Parameters().Length:N0} parameters on batches of ")
            + Invariant($"{Plural.Of(LargestBatch, "sample")}");
        // Twice: the last step's memory may not be collected yet.
        Memory.Require(What, 2 * RunChecks.BytesOfStep(this));
        return Threads.Use(threads, () => Memory.For(What, () => new TrainingLoop(
            this, progress ?? Beginning, observer, threads, folder,
            abandonsEvaluation, cancellation).Train()));
    }

    /// <summary>The samples of the largest batch.</summary>
    internal int LargestBatch =>
        Configuration.Sampling == Sampling.Replacement
            ? Configuration.BatchSize : Math.Min(Configuration.BatchSize, Split.Training.Length);

    private Network<float> Network() => BaseModel?.Network(Configuration, Encoded.Task) ?? Memory.For(
        () => Configuration.NetworkText(LayerInput.Of(Encoded.Encoder), Configuration.Outputs(Encoded.Task)),
        () => Configuration.CreateNetwork<float>(Encoded.Encoder, Encoded.Task));

    private static Split SplitOf(TrainConfiguration configuration, DataPart training)
    {
        var some = configuration.Samples is { } count
            ? Split.Draw(training.Targets, count, configuration.SamplesKey)
            : training.All;
        return configuration.Validation == 0
            ? new Split(some, [])
            : Split.ByFraction(
                Array.ConvertAll(configuration.SplitKey.Permutation(some.Length), place => some[place]),
                training.Targets, configuration.Validation);
    }

    // What changes in step n is a function of n alone, whatever came before.
    private Batch<float> Augmented(Batch<float> batch, int step) =>
        format is null ? batch
            : Augment.Apply(Configuration.Augmentations, format, batch, Configuration.AugmentationKey.Child(step));

    // A byte of 0 is the background and the least that there is, 255 is the most.
    private static ImageFormat? Format(EncodedDataSet data)
    {
        if (data.Encoder is not ImageEncoder { Scale: var scale } image)
            return null;
        double Feature(int value) => (value - scale.Shift) / scale.Divisor;
        return new ImageFormat(
            image.Channels, image.Height, image.Width, data.Task.Outputs, Feature(0), Feature(0), Feature(255));
    }
}
