using System.Globalization;

namespace Functional.Host.Search;

/// <summary>The trials of a study in order, and in words.</summary>
internal static class StudyResults
{
    private const double EdgeShare = 0.02;

    /// <summary>Those that ran to their end, the best first. Of equal values the earlier number is the better one, so
    /// that it doesn't matter which worker was the first to end.</summary>
    public static IEnumerable<Trial> Best(Direction direction, IEnumerable<Trial> trials) =>
        Ranked(direction, trials.Where(trial => trial.State == TrialState.Complete));

    /// <summary>The complete trials that no other dominates: none is as good in every aim and better in one, or as good
    /// in all and earlier. The best by the first aim is the first.</summary>
    public static IEnumerable<Trial> Front(StudySettings settings, IEnumerable<Trial> trials)
    {
        var complete = Best(settings.Direction, trials).ToArray();
        if (settings.Aims.Count == 0)
            return complete.Take(1);
        var scores = Array.ConvertAll(
            complete, trial => settings.Aims.Zip(trial.Result!.Values!, (aim, value) => aim.Score(value)).ToArray());
        return complete.Where((_, i) => !Enumerable.Range(0, complete.Length).Any(j => Dominates(j, i)));

        bool Dominates(int one, int other)
        {
            var pairs = scores[one].Zip(scores[other]);
            return pairs.All(pair => pair.First >= pair.Second)
                && (complete[one].Number < complete[other].Number || pairs.Any(pair => pair.First > pair.Second));
        }
    }

    /// <summary>All that have a value, the best first: those that were ended early by the last value that they
    /// reported.</summary>
    public static IEnumerable<Trial> Ranked(Direction direction, IEnumerable<Trial> trials) =>
        trials.Where(trial => trial.Value is not null)
            .OrderByDescending(trial => direction.Score(trial.Value!.Value)).ThenBy(trial => trial.Number);

    /// <summary>A trial that a pruner ended with a better value than the best that ran to its end, if there is
    /// one.</summary>
    public static Trial? Overtaken(Direction direction, IEnumerable<Trial> trials, Trial best) =>
        Ranked(direction, trials).FirstOrDefault(
            trial => trial.State == TrialState.Pruned && trial.SeedResults.Count == 0) is { } pruned
            && direction.Score(pruned.Value!.Value) > direction.Score(best.Value!.Value) ? pruned : null;

    /// <summary>What that says of the pruner.</summary>
    public static string Gentler(Trial pruned) =>
        Invariant($"Trial {pruned.Number} was ended early, though it had come to {Short(pruned.Value!.Value)}: ")
            + "a gentler pruner may find better";

    /// <summary>The ranges at whose edge a trial is, the outermost 2% on either side or the last of more than four
    /// integers: there may be better values beyond.</summary>
    public static IEnumerable<Hyperparameter> AtEdge(SearchSpace space, Trial best) =>
        from one in space.Hyperparameters
        where one.Domain is RangeDomain range && best.Configuration.Find(one.Name) is { Number: { } number }
            && (range.Integer
                ? range.High - range.Low >= 4 && (number == range.Low || number == range.High)
                : range.Low < range.High && Math.Abs(range.UnitOf(number) - 0.5) >= 0.5 - EdgeShare)
        select one;

    /// <summary>What that says of a range.</summary>
    public static string Wider(Hyperparameter one, Trial best) =>
        $"{one.Name} {Short(best.Configuration.Find(one.Name)!.Value)} is at the edge of its range, {one.Domain}: "
            + "a wider range may have better";

    public static string Name(TrialState state) => state.ToString().ToLowerInvariant();

    /// <summary>Four digits of a number.</summary>
    public static string Short(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary>A whole number, such as one of parameters, in full; of others four digits.</summary>
    public static string OfAim(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15
        ? value.ToString("N0", CultureInfo.InvariantCulture) : Short(value);

    /// <summary>Four digits of a trial's value, and after ± its standard deviation over seeds.</summary>
    public static string Spread(Trial trial) => Short(trial.Value!.Value)
        + (trial.Deviation is { } deviation
            ? $" ± {deviation.ToString("G2", CultureInfo.InvariantCulture)}" : "");

    /// <summary>Of the trials that have ended with several seeds or were dropped before: how often the objective was
    /// called, and how often it would have been without a race.</summary>
    public static (int Made, int All) Runs(StudySettings settings, IReadOnlyCollection<Trial> trials)
    {
        var ended = trials.Where(trial => trial.State == TrialState.Complete).Concat(Dropped(trials)).ToArray();
        return (ended.Sum(trial => trial.SeedResults.Count), settings.Seeds * ended.Length);
    }

    /// <summary>Those that a race ended: see <see cref="Race"/>.</summary>
    public static IEnumerable<Trial> Dropped(IEnumerable<Trial> trials) =>
        trials.Where(trial => trial.State == TrialState.Pruned && trial.SeedResults.Count > 0);

    /// <summary>Four digits of a number, or a name.</summary>
    public static string Short(HyperparameterValue value) => value.Choice ?? Short(value.Number!.Value);

    public static string Short(Configuration configuration) =>
        string.Join("  ", configuration.Select(pair => $"{pair.Key} {Short(pair.Value)}"));
}
