using System.Globalization;

namespace Functional.Host.Search;

/// <summary>What ends trials early that do worse than others, by the intermediate values that they report. A custom
/// pruner works in a study in memory, see <see cref="Study.InMemory"/>.</summary>
public abstract class Pruner
{
    /// <summary>Lets every trial run to its end.</summary>
    public static Pruner None { get; } = new NoPruner();

    /// <summary>
    /// Ends a trial whose best intermediate value is worse than the median of what others had on average by then.
    /// Source: Golovin et al., Google Vizier (KDD 2017), section 3.2.
    /// </summary>
    /// <param name="trials">How many others must have come as far, at least 1.</param>
    /// <param name="reports">After how many reports it may end one, at least 1.</param>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public static Pruner Median(int trials = 5, int reports = 1) => new MedianPruner(trials, reports);

    /// <summary>
    /// Successive halving: after FIRST, FIRST x FACTOR, ... reports a trial goes on only if it is among the best
    /// 1/FACTOR of itself and the trials of earlier rounds that have come so far. Source: Li et al., A System for
    /// Massively Parallel Hyperparameter Tuning (MLSys 2020), which doesn't wait for rounds.</summary>
    /// <param name="first">The reports before the first cut, at least 1.</param>
    /// <param name="factor">At least 2.</param>
    /// <exception cref="ArgumentException">A number is too small.</exception>
    public static Pruner Asha(int first = 1, int factor = 3) => new AshaPruner(first, factor);

    /// <summary>What can be written, for help.</summary>
    public const string Syntax = "none|median[:TRIALS[:REPORTS]]|asha[:FIRST[:FACTOR]]";

    /// <summary>Reads what <see cref="object.ToString"/> writes.</summary>
    /// <exception cref="UsageException">The text is no pruner.</exception>
    public static Pruner Parse(string text)
    {
        var words = text.Given().Split(':');
        var numbers = words[1..].Select(word =>
            int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Expected(text)).ToArray();
        try
        {
            return (words[0], numbers) switch
            {
                ("none", []) => None,
                ("median", []) => Median(),
                ("median", [var trials]) => Median(trials),
                ("median", [var trials, var reports]) => Median(trials, reports),
                ("asha", []) => Asha(),
                ("asha", [var first]) => Asha(first),
                ("asha", [var first, var factor]) => Asha(first, factor),
                _ => throw Expected(text),
            };
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(StudySettings.Pruner), e.Reason()));
        }
    }

    /// <summary>Whether it decides after this many reports of a trial; other values are not recorded for it.</summary>
    public abstract bool DecidesAt(int reports);

    /// <summary>Whether a trial that has just reported a value is to end.</summary>
    /// <param name="trials">The trials up to this one, with the values that were recorded. Those of its own round but
    /// itself have none.</param>
    /// <param name="number">The trial's number.</param>
    /// <param name="reports">How many values the trial has reported.</param>
    /// <param name="direction">Which values are better.</param>
    public abstract bool ShouldPrune(IReadOnlyList<Trial> trials, int number, int reports, Direction direction);

    private static UsageException Expected(string found) =>
        new(new Fault(nameof(StudySettings.Pruner), $"expected {Syntax}, found '{found}'"));

    private protected static void AtLeast(int least, int number, string what, string parameter)
    {
        if (number < least)
            throw new ArgumentException($"a pruner needs {what} from {least} on, not {number}", parameter);
    }
}

internal sealed class NoPruner : Pruner
{
    public override bool DecidesAt(int reports) => false;

    public override bool ShouldPrune(
        IReadOnlyList<Trial> trials, int number, int reports, Direction direction) => false;

    public override string ToString() => "none";
}

internal sealed class MedianPruner : Pruner
{
    private readonly int least, firstReport;

    public MedianPruner(int trials, int reports)
    {
        AtLeast(1, trials, "a number of trials", nameof(trials));
        AtLeast(1, reports, "a number of reports", nameof(reports));
        (least, firstReport) = (trials, reports);
    }

    public override bool DecidesAt(int reports) => true;

    public override bool ShouldPrune(IReadOnlyList<Trial> trials, int number, int reports, Direction direction)
    {
        double[] others = [
            .. from trial in trials
               where trial.Number != number && trial.Reported.ContainsKey(reports)
               let before = trial.Reported.Where(pair => pair.Key <= reports)
               select before.Average(pair => direction.Score(pair.Value)) into average
               orderby average
               select average,
        ];
        if (reports < firstReport || others.Length < least)
            return false;
        var median = (others[(others.Length - 1) / 2] + others[others.Length / 2]) / 2;
        return trials[number].Reported.Values.Max(value => direction.Score(value)) < median;
    }

    public override string ToString() => $"median:{least}:{firstReport}";
}

internal sealed class AshaPruner : Pruner
{
    private readonly int first, factor;

    public AshaPruner(int first, int factor)
    {
        AtLeast(1, first, "reports before the first cut", nameof(first));
        AtLeast(2, factor, "a factor", nameof(factor));
        (this.first, this.factor) = (first, factor);
    }

    public override bool DecidesAt(int reports)
    {
        long rung = first;
        while (rung < reports)
            rung *= factor;
        return rung == reports;
    }

    public override bool ShouldPrune(IReadOnlyList<Trial> trials, int number, int reports, Direction direction)
    {
        if (!DecidesAt(reports))
            return false;
        var scores = trials.Where(trial => trial.Reported.ContainsKey(reports))
            .Select(trial => direction.Score(trial.Reported[reports])).OrderDescending().ToArray();
        return direction.Score(trials[number].Reported[reports]) < scores[Math.Max(1, scores.Length / factor) - 1];
    }

    public override string ToString() => $"asha:{first}:{factor}";
}
