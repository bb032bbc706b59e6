namespace Functional.Host.Runs;

/// <summary>Steps of a run, of which nobody has looked at the states in between.</summary>
/// <param name="After">The state after the last.</param>
/// <param name="Steps">What each saw, and how many samples its batch had; at least one.</param>
internal sealed record Stretch(RunState After, IReadOnlyList<(StepReport Report, int Samples)> Steps);
