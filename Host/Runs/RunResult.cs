namespace Functional.Host.Runs;

/// <summary>How far a run has come: what it needs to be resumed.</summary>
/// <param name="State">The state after the last step.</param>
/// <param name="Losses">The loss of every step, before its update.</param>
/// <param name="Epochs">The results of every whole epoch.</param>
internal sealed record RunProgress(RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs);

/// <summary>All that a run has come to.</summary>
/// <param name="State">The last state.</param>
/// <param name="Losses">The loss of every step, before its update.</param>
/// <param name="Epochs">The results of every epoch.</param>
/// <param name="Summary">How it ended.</param>
public sealed record RunResult(
    RunState State, IReadOnlyList<double> Losses, IReadOnlyList<EpochReport> Epochs,
    RunSummary Summary)
{
    /// <summary>As the summary.</summary>
    public override string ToString() => Summary.ToString();
}
