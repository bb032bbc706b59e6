using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>Some stretches of a run, from one kept checkpoint to the next, drawn and computed again.</summary>
/// <param name="Stretches">How many there are.</param>
/// <param name="Drawn">How many were drawn.</param>
/// <param name="Steps">The steps that were computed.</param>
/// <param name="Recorded">The steps of the run.</param>
/// <param name="Mismatch">What differs, in a line; null if nothing does.</param>
internal sealed record SpotCheck(int Stretches, int Drawn, int Steps, int Recorded, string? Mismatch)
{
    /// <summary>Draws and computes.</summary>
    /// <param name="record">What the run's folder says.</param>
    /// <param name="run">The configured run.</param>
    /// <param name="count">How many stretches; all if there are fewer.</param>
    /// <param name="key">What is drawn is a function of this.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends it after a step.</param>
    /// <exception cref="OperationFailedException">The run has no chain, or no two states to compute between.
    /// </exception>
    /// <exception cref="DataException">A checkpoint can't be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static SpotCheck Of(
        RunRecord record, TrainingRun run, int count, Key key, int threads, CancellationToken cancellation)
    {
        if (record.Chain is not { Links.Count: > 0 } chain)
            throw new OperationFailedException(
                $"{record.Folder}: there is no chain.txt, so no part can be checked alone");
        var links = chain.Links.ToDictionary(link => link.Step);
        int[] kept = [.. record.Checkpoints.All.Append(run.Start.Step).Where(links.ContainsKey).Distinct().Order()];
        var stretches = kept.Length - 1;
        if (stretches < 1)
            throw new OperationFailedException(
                $"{record.Folder}: there are no two states to compute between; train with --keep-every N");
        int[] drawn = [.. key.Distinct(Math.Min(count, stretches), stretches).Order()];
        var steps = 0;
        var mismatch = record.ChainMismatch(run)
            ?? drawn.Select(place => Threads.Use(threads, () => Compute(kept[place], kept[place + 1])))
                .FirstOrDefault(found => found is not null)
            ?? EndMismatch();
        return new SpotCheck(stretches, drawn.Length, steps, record.Losses.Count, mismatch);

        // The model that people use is the last state's network: not to be had of a run that was killed.
        string? EndMismatch() =>
            record.Summary is null || kept[^1] != record.Losses.Count ? null
            : At(kept[^1], last => RecordedEnd.Model(record, run, last).FirstOrDefault());

        string? At(int step, Func<RunState, string?> next)
        {
            var state = step == run.Start.Step ? run.Start : record.Checkpoints.Read(step, run.Start);
            return StateDigest.Of(state) == links[step].Digest ? next(state)
                : Invariant($"the state after step {step:N0} isn't the one in chain.txt");
        }

        string? Compute(int first, int end) => At(first, state =>
        {
            string? difference = null;
            state = run.Advanced(state, end, (report, _) =>
            {
                cancellation.ThrowIfCancellationRequested();
                steps++;
                var recorded = record.Losses[report.Step - 1];
                difference = Verification.AreSame(recorded, report.Loss) ? null
                    : Invariant($"step {report.Step:N0} has another loss: {report.Loss:R}, ")
                        + Invariant($"in the run {recorded:R}");
                return difference is null;
            });
            return difference ?? (StateDigest.Of(state) == links[end].Digest ? null : Invariant(
                $"steps {first + 1:N0} to {end:N0} lead to a different state from the one in chain.txt"));
        });
    }

    /// <summary>The probability that at least one of the forged stretches is among those drawn, each set of which is
    /// equally likely.</summary>
    public static double Probability(int stretches, int drawn, int forged)
    {
        var missed = 1.0;
        for (var i = 0; i < drawn; i++)
            missed *= Math.Max(0, stretches - forged - i) / (double)(stretches - i);
        return 1 - missed;
    }

    /// <summary>The least number of forged stretches of which one is drawn with at least this probability.</summary>
    public int Forged(double probability) =>
        Enumerable.Range(1, Stretches).First(forged => Probability(Stretches, Drawn, forged) >= probability);
}
