using System.Collections.Immutable;

namespace Functional.Host.Search;

/// <summary>How far a trial has come.</summary>
public enum TrialState
{
    /// <summary>It was given back, and waits for a worker.</summary>
    Waiting,

    /// <summary>A worker has it.</summary>
    Running,

    /// <summary>It has its value.</summary>
    Complete,

    /// <summary>It was ended early, since it did worse than others.</summary>
    Pruned,

    /// <summary>It ended without a value.</summary>
    Failed,
}

/// <summary>How a trial ended.</summary>
/// <param name="State">Complete, pruned or failed.</param>
/// <param name="Curve">The intermediate values, in the order of reports; with several seeds their means.</param>
/// <param name="TrainingCurve">What was reported beside them, if anything was.</param>
/// <param name="Seconds">How long its last worker took; with several seeds, all of them together.</param>
/// <param name="Value">The objective's value, with several seeds their mean; of a trial that was pruned before it had
/// any, the last intermediate one; null of a failed one.</param>
/// <param name="Reason">Why it was pruned, or failed.</param>
/// <param name="Values">Where a study has several aims, the value of each, in their order, of a complete trial;
/// otherwise null.</param>
public sealed record TrialResult(
    TrialState State, IReadOnlyList<double> Curve, IReadOnlyList<double> TrainingCurve, double Seconds,
    double? Value = null, string? Reason = null, IReadOnlyList<double>? Values = null);

/// <summary>What a trial came to with one of several seeds.</summary>
/// <param name="Value">The objective's value.</param>
/// <param name="Curve">The intermediate values, in the order of reports.</param>
/// <param name="TrainingCurve">What was reported beside them, if anything was.</param>
/// <param name="Seconds">How long it took.</param>
internal sealed record SeedResult(
    double Value, IReadOnlyList<double> Curve, IReadOnlyList<double> TrainingCurve, double Seconds);

/// <summary>A configuration that is tried, and what came of it.</summary>
/// <param name="Number">From 0, in the order in which they were first taken.</param>
/// <param name="Configuration">What is tried.</param>
public sealed record Trial(int Number, Configuration Configuration)
{
    /// <summary>How far it has come.</summary>
    public TrialState State { get; init; } = TrialState.Running;

    /// <summary>The worker that had it last.</summary>
    public string Worker { get; init; } = "";

    /// <summary>The intermediate values that the pruner compares, by report, from 1.</summary>
    public ImmutableSortedDictionary<int, double> Reported { get; init; } =
        ImmutableSortedDictionary<int, double>.Empty;

    /// <summary>Where a trial has several seeds, what came of those that it has run with, in order.</summary>
    internal ImmutableList<SeedResult> SeedResults { get; init; } = [];

    /// <summary>Where a trial has several seeds (<see cref="StudySettings.Seeds"/>), the objective's value with each
    /// that it has run with, in order; otherwise none.</summary>
    public IReadOnlyList<double> SeedValues => [.. SeedResults.Select(seed => seed.Value)];

    /// <summary>The sample standard deviation of <see cref="SeedValues"/> (over n - 1); null of fewer than
    /// two.</summary>
    public double? Deviation => SeedResults.Count < 2 ? null : Statistics.SampleDeviation(SeedValues);

    /// <summary>How it ended; null until it has.</summary>
    public TrialResult? Result { get; init; }

    /// <summary>The objective's value, with several seeds the mean of those that it has run with; of a trial that was
    /// pruned before that the last intermediate one.</summary>
    public double? Value => Result?.Value;

    /// <summary>As in <c>trial 3: 0.9333 with rate=0.609, units=20</c>; numbers are rounded.</summary>
    public override string ToString()
    {
        var end = Value is null ? "" : StudyResults.Spread(this);
        var state = State == TrialState.Complete
            ? end
            : $"{State.ToString().ToLowerInvariant()}{(end == "" ? "" : $" at {end}")}";
        return Invariant($"trial {Number}: {state} with {string.Join(", ", Configuration.Select(Rounded))}");
    }

    private static string Rounded(KeyValuePair<string, HyperparameterValue> pair) =>
        pair.Value.Number is { } number && $"{pair.Value}".Length > 6
            ? Invariant($"{pair.Key}={number:G3}") : $"{pair.Key}={pair.Value}";
}
