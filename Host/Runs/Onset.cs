namespace Functional.Host.Runs;

/// <summary>Where a condition begins to hold in a run.</summary>
/// <param name="Before">The state one step earlier, at which it doesn't hold; null if it holds from the start.</param>
/// <param name="At">The first state at which it holds; null if it doesn't hold at the end.</param>
/// <param name="End">The last step that was looked at.</param>
/// <param name="Evaluated">How many states were looked at.</param>
internal sealed record Onset(RunState? Before, RunState? At, int End, int Evaluated)
{
    /// <summary>Looks at the first and the last state, and then by halves. Where the condition comes and goes, it
    /// begins at the step that is found, but perhaps at others, too.</summary>
    /// <param name="rewinder">Has the states.</param>
    /// <param name="first">The first step to look at.</param>
    /// <param name="last">The last one. Where numbers stop being finite before it, the run ends there.</param>
    /// <param name="holds">The condition.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Onset Of(
        Rewinder rewinder, int first, int last, Func<RunState, bool> holds, CancellationToken cancellation)
    {
        var start = rewinder.At(first, cancellation);
        if (holds(start))
            return new Onset(null, start, first, 1);
        var end = rewinder.Toward(last, cancellation);
        if (end.Step == first || !holds(end))
            return new Onset(start, null, end.Step, end.Step == first ? 1 : 2);
        var bisection = new Bisection();
        var between = bisection.First(
            end.Step - first - 1, i => holds(rewinder.At(first + 1 + i, cancellation)));
        return new Onset(
            rewinder.At(first + between, cancellation), rewinder.At(first + 1 + between, cancellation), end.Step,
            2 + bisection.Evaluations);
    }
}
