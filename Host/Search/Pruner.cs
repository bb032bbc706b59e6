using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Search;

/// <summary>What ends trials early that do worse than others, by their intermediate values.</summary>
public abstract record Pruner
{
    /// <summary>Lets every trial run to its end.</summary>
    public static Pruner None { get; } = new NoPruner();

    /// <summary>
    /// Ends a trial whose best intermediate value is worse than the median of what others had on average by then.
    /// Source: Golovin et al., Google Vizier (KDD 2017), section 3.2.
    /// </summary>
    /// <param name="trials">How many others must have come as far, at least 1.</param>
    /// <param name="steps">After how many steps it may end one, at least 1.</param>
    /// <exception cref="ArgumentException">A number is below 1.</exception>
    public static Pruner Median(int trials = 5, int steps = 1) => new MedianPruner(trials, steps);

    /// <summary>
    /// Asynchronous successive halving: after FIRST, FIRST x FACTOR, ... steps only the best 1/FACTOR of the trials
    /// that have come so far go on. Source: Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys
    /// 2020).</summary>
    /// <param name="first">The steps before the first cut, at least 1.</param>
    /// <param name="factor">At least 2.</param>
    /// <exception cref="ArgumentException">A number is too small.</exception>
    public static Pruner Asha(int first = 1, int factor = 3) => new AshaPruner(first, factor);

    /// <summary>What can be written, for help.</summary>
    public const string Syntax = "none|median[:TRIALS[:STEPS]]|asha[:FIRST[:FACTOR]]";

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
                ("median", [var trials, var steps]) => Median(trials, steps),
                ("asha", []) => Asha(),
                ("asha", [var first]) => Asha(first),
                ("asha", [var first, var factor]) => Asha(first, factor),
                _ => throw Expected(text),
            };
        }
        catch (ArgumentException e)
        {
            throw new UsageException(new Fault(nameof(StudySettings.Pruner), e.Message));
        }
    }

    /// <summary>Whether it looks at the values after this many steps.</summary>
    public abstract bool LooksAt(int steps);

    /// <summary>Whether a trial that has just reported a value is to end.</summary>
    /// <param name="trials">All trials with what they have reported, this value included.</param>
    /// <param name="number">The trial's.</param>
    /// <param name="steps">How many it has taken.</param>
    /// <param name="direction">Which values are better.</param>
    public abstract bool Ends(IReadOnlyList<Trial> trials, int number, int steps, Direction direction);

    private static UsageException Expected(string found) =>
        new(new Fault(nameof(StudySettings.Pruner), $"expected {Syntax}, found '{found}'"));

    private protected static void AtLeast(int least, int number, string what)
    {
        if (number < least)
            throw new ArgumentException($"a pruner needs {what} from {least} on, not {number}");
    }
}

internal sealed record NoPruner : Pruner
{
    public override bool LooksAt(int steps) => false;

    public override bool Ends(IReadOnlyList<Trial> trials, int number, int steps, Direction direction) => false;

    public override string ToString() => "none";
}

internal sealed record MedianPruner : Pruner
{
    private readonly int least, firstStep;

    public MedianPruner(int trials, int steps)
    {
        AtLeast(1, trials, "a number of trials");
        AtLeast(1, steps, "a number of steps");
        (least, firstStep) = (trials, steps);
    }

    public override bool LooksAt(int steps) => true;

    public override bool Ends(IReadOnlyList<Trial> trials, int number, int steps, Direction direction)
    {
        double[] others = [
            .. from trial in trials
               where trial.Number != number && trial.Reported.ContainsKey(steps)
               let before = trial.Reported.Where(pair => pair.Key <= steps)
               select before.Average(pair => direction.Score(pair.Value)) into average
               orderby average
               select average,
        ];
        if (steps < firstStep || others.Length < least)
            return false;
        var median = (others[(others.Length - 1) / 2] + others[others.Length / 2]) / 2;
        return trials[number].Reported.Values.Max(value => direction.Score(value)) < median;
    }

    public override string ToString() => $"median:{least}:{firstStep}";
}

internal sealed record AshaPruner : Pruner
{
    private readonly int first, factor;

    public AshaPruner(int first, int factor)
    {
        AtLeast(1, first, "steps before the first cut");
        AtLeast(2, factor, "a factor");
        (this.first, this.factor) = (first, factor);
    }

    public override bool LooksAt(int steps)
    {
        long rung = first;
        while (rung < steps)
            rung *= factor;
        return rung == steps;
    }

    public override bool Ends(IReadOnlyList<Trial> trials, int number, int steps, Direction direction)
    {
        if (!LooksAt(steps))
            return false;
        var scores = trials.Where(trial => trial.Reported.ContainsKey(steps))
            .Select(trial => direction.Score(trial.Reported[steps])).OrderDescending().ToArray();
        return direction.Score(trials[number].Reported[steps]) < scores[Math.Max(1, scores.Length / factor) - 1];
    }

    public override string ToString() => $"asha:{first}:{factor}";
}
