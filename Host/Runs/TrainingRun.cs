using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>A configuration together with its data: everything that is decided before the first step.</summary>
public sealed class TrainingRun
{
    private readonly TrainConfiguration configuration;
    private readonly DataSet data;
    private readonly Split samples;
    private readonly Loader loader;
    private readonly ImageFormat? format;

    /// <summary>Checks the configuration against the data, splits them, and initializes the network.</summary>
    /// <param name="configuration">What is run.</param>
    /// <param name="data">On what.</param>
    /// <param name="from">The model to begin from, where it is a value and no file; null for what
    /// <see cref="TrainConfiguration.From"/> says.</param>
    /// <exception cref="UsageException">These options don't suit the data, or these data the model.</exception>
    /// <exception cref="DataException">The model can't be read.</exception>
    public TrainingRun(TrainConfiguration configuration, DataSet data, Model<float>? from = null)
        : this(configuration, data, from, null) { }

    // On data that are encoded already, with the same split and scale.
    internal TrainingRun(TrainConfiguration configuration, DataSet data, Model<float>? from, EncodedDataSet? encoded)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(data);
        if (configuration.Faults() is { Count: > 0 } faults)
            throw new UsageException(faults);
        From = from is null ? BaseModel.Of(configuration) : new BaseModel(from);
        data = From?.Labeled(data) ?? data;
        (this.configuration, this.data) = (configuration, data);
        var training = data.Training;
        if (configuration.Samples > training.Count)
            throw new UsageException(new Fault(nameof(configuration.Samples),
                $"{configuration.Samples} are wanted, but there are {training.Count} to train on"));
        try
        {
            samples = Split(configuration, training);
            PartScores.RequireComparable(training, samples.Validation);
            var weighted = ClassWeights.Weighted(configuration.ClassWeights, data, samples.Training);
            Encoded = encoded ?? From?.Encoded(weighted, samples.Training)
                ?? weighted.Encode(samples.Training, configuration.Scale);
            format = Format(Encoded);
            loader = new Loader(Encoded.Training, samples.Training, configuration.BatchSize, configuration.Sampling,
                configuration.OrderKey);
            CheckSize();
            var widest = Hidden.Append(Encoded.Encoder.Features).Max();
            if ((long)LargestBatch * widest > Array.MaxLength)
                throw new UsageException(new Fault(nameof(configuration.BatchSize), Invariant(
                    $"a batch of {Plural.Of(LargestBatch, "sample")} with {Plural.Of(widest, "number")} ")
                    + Invariant($"each is larger than the {Array.MaxLength:N0} numbers that there can be")));
            var network = Network();
            if (network.Parameters().Any(leaf => leaf.Values.Exists(value => !float.IsFinite(value))))
                throw new UsageException(new Fault(
                    nameof(configuration.Initializer),
                    $"{configuration.Initializer} gives weights that single precision can't hold"));
            PlannedSteps = configuration.Steps(loader.StepsPerEpoch);
            Start = Memory.For(
                () => $"what {configuration.Optimizer.Name} remembers of "
                    + $"{Invariant($"{network.Parameters().Length:N0}")} parameters", () => new RunState(
                Training.Start(network, Checked(network.Parameters()), configuration.TrainingKey)));
            CheckAugmentations();
        }
        catch (ArgumentException e)
        {
            throw new UsageException(e.Message.Split('\n'));
        }
    }

    /// <summary>What is run.</summary>
    public TrainConfiguration Configuration => configuration;

    /// <summary>On what.</summary>
    public DataSet Data => data;

    /// <summary>The model that it begins from; null if the network is new.</summary>
    internal BaseModel? From { get; }

    /// <summary>Steps from beginning to end.</summary>
    public int PlannedSteps { get; }

    /// <summary>Changes of the parameters from beginning to end: one for as many steps as are gathered.</summary>
    public int Changes => PlannedSteps / configuration.Optimizer.Accumulate;

    /// <summary>Checks that the run changes the weights at all.</summary>
    /// <exception cref="UsageException">It has fewer steps than one change needs.</exception>
    public void RequireChanges()
    {
        if (Changes == 0)
            throw new UsageException(new Fault(
                nameof(OptimizerSettings.Accumulate),
                Invariant($"a change of the weights needs {configuration.Optimizer.Accumulate:N0} batches, ")
                    + Invariant($"and the whole run has {PlannedSteps:N0}")));
    }

    /// <summary>Whether epochs are evaluated only as far as a search looks: on the validation samples and as many of
    /// those that are trained on, without a digest.</summary>
    public bool EvaluatesLittle { get; init; }

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch => loader.StepsPerEpoch;

    /// <summary>The state before the first step.</summary>
    public RunState Start { get; }

    /// <summary>Which of the training samples are trained on, and which are kept for validation.</summary>
    public Split Samples => samples;

    /// <summary>What the run sees: its data as features and targets, encoded by what the samples that are trained on
    /// say.</summary>
    public EncodedDataSet Encoded { get; }

    /// <summary>What the run can't learn, a line each: the classes that the data have, but none of those samples that
    /// it is trained on.</summary>
    public IReadOnlyList<string> Gaps() => Gaps(data);

    /// <summary>The same of data of which the run may see only a part.</summary>
    internal IReadOnlyList<string> Gaps(DataSet all) => ClassGaps.Of(data.Training.Targets, samples.Training, all);

    /// <summary>A network of the run, and what must be known to use it.</summary>
    public Model<float> ModelOf(Network<float> network) => new(network)
    {
        Encoder = Encoded.Encoder,
        Task = Encoded.Task,
    };

    /// <summary>One line: the layers, how they are trained, and on what.</summary>
    public override string ToString() =>
        $"{Start.Training.Network} with {OptimizerText(0)}, {Plural.Of(PlannedSteps, "step")} on {data}";

    /// <summary>The steps of the run from a state on, each taken on demand. They end with the last of the run, or with
    /// one whose loss is not finite.</summary>
    /// <param name="from">The state before the first of them: <see cref="Start"/>, or a later one.</param>
    internal IEnumerable<TrainingStep> Steps(RunState from)
    {
        var state = WithOptimizer(from);
        while (state.Step < PlannedSteps)
            foreach (var indices in loader.Indices(state.Step / StepsPerEpoch).Skip(state.Step % StepsPerEpoch))
            {
                var before = configuration.IsStage(state.Step) ? WithOptimizer(state) : state;
                Batch<float> Batch() => Augmented(loader.Batch(indices), before.Step);
                (state, var report) = before.Next(Batch);
                var step = new TrainingStep(before, Batch, indices.Length, report, state);
                yield return step;
                if (!step.IsFinite || state.Step == PlannedSteps)
                    yield break;
            }
    }

    private RunState WithOptimizer(RunState state) => state.With(configuration.OptimizerAt(state.Step, PlannedSteps));

    /// <summary>Whether a run that has come this far is over: it has taken all steps, or validation stalls.</summary>
    public bool IsOver(int step, IReadOnlyList<EpochReport> epochs) =>
        HasStalled(epochs.Given()) || step >= PlannedSteps;

    /// <summary>Trains to the end, or until it is cancelled; nothing is written.</summary>
    /// <param name="progress">Receives each epoch. A <see cref="Progress{T}"/> passes that on to other threads, where
    /// it may arrive after the run has ended: to gather reports, give an action.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends the run; a step that takes long is left behind.</param>
    /// <exception cref="OperationFailedException">The loss is no longer finite.</exception>
    public RunResult Run(
        IProgress<EpochReport>? progress = null, int threads = 1, CancellationToken cancellation = default) =>
        Run(new ProgressObserver(progress is null ? null : progress.Report), threads, folder: null, cancellation);

    /// <summary>Trains to the end, or until it is cancelled; nothing is written.</summary>
    /// <param name="epochEnded">Is called with each epoch's report, before the next epoch begins.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends the run; a step that takes long is left behind.</param>
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
    /// <param name="cancellation">Ends the run; a step that takes long is left behind.</param>
    /// <param name="from">How far the run has come before, if it is resumed.</param>
    /// <param name="hurries">Whether an evaluation that takes long is left behind, too. The summary then has no
    /// results.</param>
    /// <exception cref="OperationFailedException">The loss is no longer finite; the last good state is in the
    /// folder.</exception>
    internal RunResult Run(
        IRunObserver observer, int threads, string? folder, CancellationToken cancellation, RunProgress? from = null,
        bool hurries = false)
    {
        string What() =>
            Invariant($"training {Start.Training.Network.Parameters().Length:N0} parameters on batches of ")
            + Invariant($"{Plural.Of(LargestBatch, "sample")}");
        // Garbage needs as much room again.
        Memory.Require(What, 2 * BytesOfStep);
        return Threads.Use(threads, () => Memory.For(What, () => Train(
            observer, threads, folder, from ?? new RunProgress(Start, [], []), hurries, cancellation)));
    }

    // The gradient, the next state beside the last, and a batch with its outputs, their gradients and what is kept.
    private double BytesOfStep => sizeof(float) * (
        ((2.0 + Start.Training.OptimizerState.Slots.Length)
            * Start.Training.Network.Parameters().Length)
        + (LargestBatch * (Start.Training.Network.Inputs + (3.0 * Hidden.Sum()))));

    private IEnumerable<int> Hidden => From is null ? configuration.Hidden
        : From.Model.Network.Layers.OfType<Affine<float>>().Select(layer => layer.Outputs).SkipLast(1);

    private int LargestBatch =>
        configuration.Sampling == Sampling.Replacement
            ? configuration.BatchSize
            : Math.Min(configuration.BatchSize, samples.Training.Length);

    private Optimizer Checked(Parameters<float> parameters)
    {
        var optimizer = configuration.OptimizerAt(0, PlannedSteps);
        try
        {
            _ = optimizer.Init(parameters);
            return optimizer;
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(OptimizerSettings.Groups), e.Message));
        }
    }

    private void CheckSize()
    {
        if (From is not null)
            return;
        var parameters = configuration.ParameterCount(Encoded.Encoder.Features, configuration.Outputs(Encoded.Task));
        if (parameters > Array.MaxLength)
            throw new UsageException(new Fault(nameof(configuration.Hidden), Invariant(
                $"a network of {parameters:N0} parameters is larger than the {Array.MaxLength:N0} that there can be")));
    }

    private Network<float> Network() => From?.Network(configuration, Encoded.Task) ?? Memory.For(
        () => configuration.NetworkText(Encoded.Encoder.Features, configuration.Outputs(Encoded.Task)),
        () => configuration.CreateNetwork<float>(Encoded.Encoder.Features, Encoded.Task));

    private static Split Split(TrainConfiguration configuration, DataPart training)
    {
        var some = configuration.Samples is { } count
            ? Splits.Draw(training.Targets, count, configuration.SamplesKey)
            : training.All;
        return configuration.Validation == 0
            ? new Split(some, [])
            : Splits.ByFraction(
                Array.ConvertAll(configuration.SplitKey.Permutation(some.Length), place => some[place]),
                training.Targets, configuration.Validation);
    }

    private RunResult Train(
        IRunObserver observer, int threads, string? folder, RunProgress from, bool hurries,
        CancellationToken cancellation)
    {
        var hurry = hurries ? cancellation : default;
        RequireChanges();
        var network = Start.Training.Network;
        observer.Started(new RunStart(
            configuration.Data, samples.Training.Length, samples.Validation.Length, data.Test.Count,
            network.ToString(), network.Parameters().Length, OptimizerText(from.State.Step), PlannedSteps,
            StepsPerEpoch, configuration.Seed, folder)
        {
            Step = from.State.Step, Changes = Changes, Guess = data.Guess,
            Origin = From?.Described(configuration, Encoded.Task),
        });
        var watch = Stopwatch.StartNew();
        var (state, best) = (from.State, from.State.Best);
        List<double> losses = [.. from.Losses];
        List<EpochReport> epochs = [.. from.Epochs];
        var epochStart = state;
        // A run that was killed may not have reported its last epoch.
        EndEpoch();
        foreach (var step in IsOverNow() ? [] : Steps(state).LeftBehind(threads, cancellation))
        {
            if (!step.IsFinite)
                throw Diverged(epochStart, step.Report, folder, hurry);
            state = step.After;
            losses.Add(step.Report.Loss);
            observer.Stepped(step.Report, step.Samples);
            observer.Reached(Now(), RunMoment.Step);
            EndEpoch();
            if (IsOverNow())
                break;
        }
        observer.Reached(Now(), RunMoment.End);
        var (isOver, bestEpoch) = (IsOver(state.Step, epochs), EpochReport.Best(epochs));
        if (state.Step % StepsPerEpoch > 0)
            Report();
        var last = epochs is [.., var end] && end.Step == state.Step ? end
            : (state.Step == 0 ? Evaluated() : null) ?? RunEvaluation.None(Now(), epochs.Count + 1, Mean());
        var summary = RunSummary.Of(last, state.Step, Now().Seconds, !isOver || !last.IsEvaluated, folder) with
        {
            StoppedEarly = isOver && state.Step < PlannedSteps, Best = bestEpoch,
        };
        observer.Finished(summary);
        return new RunResult(Now(), losses, epochs, summary);

        RunState Now() => state with { Best = best, Seconds = from.State.Seconds + watch.Elapsed.TotalSeconds };

        // Patience counts whole epochs.
        bool IsOverNow() => cancellation.IsCancellationRequested
            || (state.Step % StepsPerEpoch == 0 && IsOver(state.Step, epochs));

        void EndEpoch()
        {
            if (state.Step % StepsPerEpoch > 0)
                return;
            epochStart = state;
            if (epochs.Count >= state.Step / StepsPerEpoch)
                return;
            // Where it is left out, the run has come to no later step than this.
            if (!Report())
                return;
            if (epochs[^1].Scores.Validation is not null && EpochReport.Best(epochs) == epochs[^1])
                best = new BestNetwork(state.Step, state.Network);
            observer.Reached(Now(), RunMoment.Epoch);
        }

        bool Report()
        {
            if (Evaluated() is not { } epoch)
                return false;
            epochs.Add(epoch);
            observer.EpochEnded(epoch);
            return true;
        }

        EpochReport? Evaluated()
        {
            var (now, epoch, mean) = (Now(), state.Step == 0 ? 0 : epochs.Count + 1, Mean());
            return LongSteps.Within(
                () => RunEvaluation.Of(this, now, epoch, mean, threads), threads, hurry, out var report)
                ? report : null;
        }

        double Mean() => losses.Skip(epochs.Count * StepsPerEpoch).DefaultIfEmpty(double.NaN).Average();
    }

    private OperationFailedException Diverged(
        RunState epochStart, StepReport report, string? folder, CancellationToken hurry)
    {
        IEnumerable<TrainingStep> Again(RunState from) => Steps(from).TakeWhile(_ => !hurry.IsCancellationRequested);
        if ((Divergence.Find(Again(epochStart)) ?? Divergence.Find(Again(Start))) is not { } divergence)
            return hurry.IsCancellationRequested
                ? new OperationFailedException($"the loss became {report.Loss} in step {report.Step}")
                : throw new InvalidOperationException(
                    $"step {report.Step} taken again has another loss than {report.Loss}");
        var file = folder is null ? null : new RunPaths(folder).LastGood;
        if (file is not null)
            Checkpoint.Write(file, divergence.LastGood);
        return divergence.Exception(report, file);
    }

    private string OptimizerText(int step) => $"{configuration.OptimizerAt(step, PlannedSteps)}";

    private bool HasStalled(IReadOnlyList<EpochReport> epochs) => epochs
        .Aggregate(new EarlyStopping(), (validation, epoch) => validation.Next(epoch.Scores.Validation?.Value))
        .IsOver(configuration.Patience);

    /// <summary>What changes in step n is a function of n alone, whatever came before.</summary>
    private Batch<float> Augmented(Batch<float> batch, int step) =>
        format is null ? batch
            : Augment.Apply(configuration.Augmentations, format, batch, configuration.AugmentationKey.Child(step));

    private void CheckAugmentations()
    {
        if (format is null)
        {
            if (configuration.Augmentations.Count > 0)
                throw new UsageException(new Fault(
                    nameof(configuration.Augmentations), "images can be changed, but these are tables of numbers"));
            return;
        }
        var faults = Augment.Faults(configuration.Augmentations, format);
        var output = Augment.Output(configuration.Augmentations, format);
        if (faults.Count == 0 && output.Features != format.Features)
            faults = [$"images of {output.Height} x {output.Width} would train a network for {format.Height} x "
                + $"{format.Width}"];
        if (faults.Count > 0)
            throw new UsageException(faults.Select(fault => new Fault(nameof(configuration.Augmentations), fault)));
    }

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
