using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>Something that a run wrote down, and what came of training it again.</summary>
/// <typeparam name="T">What is compared.</typeparam>
/// <param name="Number">Of the step or epoch, from 1.</param>
/// <param name="Recorded">What the run's folder says.</param>
/// <param name="Found">What it is now.</param>
internal sealed record Difference<T>(int Number, T Recorded, T Found);

/// <summary>The result of repeating a run, beside its folder's record.</summary>
/// <param name="ComparedSteps">Losses that were compared.</param>
/// <param name="ComparedEpochs">Digests of epochs that were compared.</param>
/// <param name="ComparedStates">Digests of states that were compared.</param>
/// <param name="FirstLoss">The first step whose loss differs, in any bit.</param>
/// <param name="FirstDigest">The first epoch whose digest differs.</param>
/// <param name="FirstState">The first step after which the state's digest differs.</param>
internal sealed record Verification(
    int ComparedSteps, int ComparedEpochs, int ComparedStates,
    Difference<double>? FirstLoss, Difference<string>? FirstDigest, Difference<string>? FirstState)
{
    /// <summary>What else in the folder is not what the run gives (the chain itself, results, checkpoints, models), a
    /// line each.</summary>
    public IReadOnlyList<string> Mismatches { get; init; } = [];

    /// <summary>Whether it was cancelled before everything was compared.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Whether all is the same; null if what was compared is, but not everything was.</summary>
    public bool? Identical => !IsSame ? false : Interrupted ? null : true;

    private bool IsSame => FirstLoss is null && FirstDigest is null && FirstState is null && Mismatches.Count == 0;

    /// <summary>Trains a run again, from its configuration, as far as it has been saved or until it is seen to differ.
    /// </summary>
    /// <param name="record">What the run's folder says.</param>
    /// <param name="run">The configured run.</param>
    /// <param name="observer">Receives the run's events.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends the comparison after the step that is being taken.</param>
    /// <exception cref="OperationFailedException">There is nothing to compare with, or the run has more steps than its
    /// configuration. </exception>
    public static Verification Of(
        RunRecord record, TrainingRun run, IRunObserver observer, int threads, CancellationToken cancellation)
    {
        if (record.Losses.Count <= run.Start.Step)
            throw new OperationFailedException($"{record.Folder}: nothing has been saved yet that could be compared");
        if (record.Losses.Count > run.PlannedSteps)
            throw new OperationFailedException(
                $"{record.Folder}: there are losses of {Plural.Of(record.Losses.Count, "step")}, "
                + $"but the configuration is of {run.PlannedSteps}");
        if (record.Summary is { } summary && summary.Steps != record.Losses.Count)
            throw new OperationFailedException(
                $"{record.Folder}: there are losses of {Plural.Of(record.Losses.Count, "step")}, "
                + $"but the run took {summary.Steps}");
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var comparison = new Comparison(record, run, done);
        comparison.Compare(run.Beginning);
        // The end is compared by its results, so that these are not left out.
        if (!Abandoning.TryCompute(
            () => run.Run(new Observers(comparison, observer), threads, null, done.Token), threads, cancellation,
            out var result))
            return comparison.Result with { Interrupted = true };
        var found = comparison.Result;
        return found with
        {
            Interrupted = cancellation.IsCancellationRequested && found.ComparedSteps < record.Losses.Count,
            Mismatches =
            [
                .. record.ChainMismatch(run) is { } chain ? [chain] : (string[])[],
                // Where a step differs, so does all that comes of it.
                .. found is not { FirstLoss: null, FirstDigest: null, FirstState: null } ? []
                    : found.Mismatches.Concat(found.ComparedSteps < record.Losses.Count ? []
                        : RecordedEnd.Mismatches(record, run, result, comparison.BestBefore)),
            ],
        };
    }

    /// <summary>Whether two losses have the same bits.</summary>
    public static bool AreSame(double recorded, double found) =>
        BitConverter.DoubleToInt64Bits(recorded) == BitConverter.DoubleToInt64Bits(found);

    private sealed class Comparison(RunRecord record, TrainingRun run, CancellationTokenSource done) : IRunObserver
    {
        private readonly HashSet<int> kept = [.. record.Checkpoints.All];
        private readonly Dictionary<int, string> states =
            record.Chain?.Links.ToDictionary(link => link.Step, link => link.Digest) ?? [];

        public Verification Result { get; private set; } = new(0, 0, 0, null, null, null);

        /// <summary>The best network before the last step was evaluated.</summary>
        public BestNetwork? BestBefore { get; private set; }

        /// <summary>Compares what a run begins with: of a fork, what went before, too.</summary>
        public void Compare(RunProgress beginning)
        {
            foreach (var (index, loss) in beginning.Losses.Index())
                Compare(index + 1, loss);
            foreach (var epoch in beginning.Epochs)
                EpochEnded(epoch);
            Reached(beginning.State, RunMoment.Step);
        }

        public bool LooksAt(int step) =>
            step == record.Losses.Count || states.ContainsKey(step) || kept.Contains(step);

        public void Reached(RunState state, RunMoment moment)
        {
            if (moment == RunMoment.Step)
                BestBefore = state.Best;
            // Each step is compared once, though it may be reached as a step and as an epoch.
            var (isLinked, isKept) = (states.Remove(state.Step, out var recorded), kept.Remove(state.Step));
            if (!isLinked && !isKept)
                return;
            var found = StateDigest.Of(state);
            if (isLinked)
                Result = Result with
                {
                    ComparedStates = Result.ComparedStates + 1,
                    FirstState = Result.FirstState
                        ?? (found == recorded ? null : new Difference<string>(state.Step, recorded!, found)),
                };
            if (isKept && Mismatch(state.Step, found) is { } mismatch)
                Result = Result with { Mismatches = [.. Result.Mismatches, mismatch] };
        }

        private string? Mismatch(int step, string found)
        {
            try
            {
                return StateDigest.Of(record.Checkpoints.Read(step, run.Start)) == found ? null
                    : Invariant($"the checkpoint of step {step:N0} is not of the run");
            }
            catch (DataException e)
            {
                return e.Message;
            }
        }

        public void Stepped(StepReport report, int samples)
        {
            Compare(report.Step, report.Loss);
            if (report.Step == record.Losses.Count)
                done.Cancel();
        }

        private void Compare(int step, double found)
        {
            var recorded = record.Losses[step - 1];
            Result = Result with
            {
                ComparedSteps = step,
                FirstLoss = Result.FirstLoss ?? (AreSame(recorded, found) ? null
                    : new Difference<double>(step, recorded, found)),
            };
        }

        public void EpochEnded(EpochReport epoch)
        {
            // A run that was killed may have reported epochs that it had not saved.
            if (record.Epochs.FirstOrDefault(recorded => recorded.Step == epoch.Step) is not { } recorded)
                return;
            var isSame = recorded.Digest == epoch.Digest;
            Result = Result with
            {
                ComparedEpochs = Result.ComparedEpochs + 1,
                FirstDigest = Result.FirstDigest
                    ?? (isSame ? null : new Difference<string>(epoch.Epoch, recorded.Digest, epoch.Digest)),
                Mismatches = !isSame || recorded with { Seconds = epoch.Seconds } == epoch ? Result.Mismatches
                    :
                    [
                        .. Result.Mismatches,
                        $"metrics.csv: the results of epoch {epoch.Epoch} are not those of the run",
                    ],
            };
            if (Result is { FirstLoss: not null, FirstDigest: not null, FirstState: not null })
                done.Cancel();
        }
    }
}
