using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host.Data;
using Functional.Host.Models;

namespace Functional.Host.Runs;

/// <summary>Something that is true of a run's state or not: a number of it, and where that must lie.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Measure">What is computed.</param>
/// <param name="Part">On which samples, where it is computed on some.</param>
/// <param name="IsAbove">Whether the number must be above the limit; otherwise below.</param>
/// <param name="Limit">The limit.</param>
internal sealed partial record RunCondition(
    string Text, RunCondition.Kind Measure, RunCondition.Of Part, bool IsAbove, double Limit)
{
    // Enough samples for the products to be quick.
    private const int SamplesAtOnce = 1000;

    /// <summary>What a condition is written as.</summary>
    public const string Syntax =
        "loss>X, loss<X, accuracy>X or accuracy<X (0.9 or 90%; of quantities r2) of the training samples, "
        + "with validation- or test- before it of those; dead>K (more than K units are 0 for each of 100 training "
        + "samples); nan (a parameter, or the training loss, is infinite or NaN)";

    internal enum Kind { Loss, Accuracy, R2, Dead, NotFinite }

    internal enum Of { Training, Validation, Test }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static RunCondition Parse(string text)
    {
        if (text == "nan")
            return new RunCondition(text, Kind.NotFinite, Of.Training, IsAbove: true, 0);
        var match = Form().Match(text);
        var limit = match.Groups["limit"].Value;
        var isShare = limit.EndsWith('%');
        if (!match.Success
            || !double.TryParse(limit.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
            throw new UsageException($"--when: expected {Syntax}; found '{text}'");
        var measure = Enum.Parse<Kind>(match.Groups["measure"].Value, ignoreCase: true);
        var part = match.Groups["part"] is { Success: true, Value: var name }
            ? Enum.Parse<Of>(name, ignoreCase: true) : Of.Training;
        var isAbove = match.Groups["sign"].Value == ">";
        if ((isShare && measure != Kind.Accuracy)
            || (measure == Kind.Dead && (match.Groups["part"].Success || !isAbove)))
            throw new UsageException($"--when: expected {Syntax}; found '{text}'");
        return new RunCondition(text, measure, part, isAbove, isShare ? number / 100 : number);
    }

    /// <summary>Checks that a run has what the condition is about.</summary>
    /// <exception cref="UsageException">It hasn't.</exception>
    public void Check(TrainingRun run)
    {
        var isRegression = run.Encoded.Task is Regression;
        if (Measure == Kind.Accuracy && isRegression)
            throw new UsageException("--when: the run learns quantities, which have no accuracy; r2 is theirs");
        if (Measure == Kind.R2 && !isRegression)
            throw new UsageException("--when: the run learns classes, which have no r2; accuracy is theirs");
        if (Part == Of.Validation && run.Split.Validation.Length == 0)
            throw new UsageException("--when: the run has no validation samples");
    }

    /// <summary>The number of a state.</summary>
    /// <param name="run">Whose state it is.</param>
    /// <param name="state">The state.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    public double Value(TrainingRun run, RunState state, int threads) => Measure switch
    {
        Kind.Loss => Loss(run, state),
        Kind.Dead => Diagnostics.Of(state.Training, Watcher.Probe(run)).Layers
            .Sum(layer => Math.Round(layer.DeadUnits * layer.Units)),
        Kind.NotFinite => Diagnostics.NumericFaults(state.Training).Count is > 0 and var faults
            ? faults : double.IsFinite(Loss(run, state)) ? 0 : 1,
        _ => Evaluation.Score(state.Network, ExamplesOf(run), Indices(run), threads).Value,
    };

    /// <summary>Whether the condition holds for a number. A loss that is NaN is above every limit.</summary>
    public bool Holds(double value) => double.IsNaN(value) ? IsAbove && Measure == Kind.Loss
        : IsAbove ? value > Limit : value < Limit;

    /// <summary>A number as people read it.</summary>
    public string Shown(double value) => Measure switch
    {
        Kind.Accuracy => Percentage.Of(value),
        Kind.Dead => Plural.Of((int)value, "dead unit"),
        Kind.NotFinite => value == 0 ? "all numbers are finite" : "numbers are infinite or NaN",
        _ => Invariant($"{value:G7}"),
    };

    private Examples ExamplesOf(TrainingRun run) =>
        Part == Of.Test ? run.Encoded.Test : run.Encoded.Training;

    private int[] Indices(TrainingRun run) => Part switch
    {
        Of.Training => run.Split.Training,
        Of.Validation => run.Split.Validation,
        _ => run.Encoded.Test.All,
    };

    // Of the data alone: without dropout, penalty and weights of classes.
    private double Loss(TrainingRun run, RunState state)
    {
        var (network, examples, indices) =
            (state.Network.WithPenalty(Penalty.None), ExamplesOf(run), Indices(run));
        return indices.Chunk(SamplesAtOnce).Sum(
            some => network.LossOf(examples.Unweighted(some)) * some.Length) / indices.Length;
    }

    [GeneratedRegex(
        "^((?<part>training|validation|test)-)?(?<measure>loss|accuracy|r2|dead)(?<sign>[<>])(?<limit>.+)$")]
    private static partial Regex Form();
}
