using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>
/// Finds causes by experiment: the same short run with one thing changed or, where no one thing explains enough, with
/// several. If the network learns more, what was changed was a cause; how much it explains is the share of the missing
/// accuracy that the change brings.
/// </summary>
/// <param name="trial">The run without a change.</param>
/// <param name="others">The same with other seeds.</param>
/// <param name="data">Its data.</param>
/// <param name="threads">At least 1; no result depends on it.</param>
/// <param name="cancellation">Ends it after the steps that are being taken.</param>
internal sealed class Experiments(
    TrialRun trial, IReadOnlyList<TrialRun> others, DataSet data, int threads, CancellationToken cancellation)
{
    private const int FewSteps = 800, ManySteps = 4000, LeastSteps = 60, Confirmed = 3, MostTogether = 6;
    private const int MostWitnesses = 2;
    private const double Budget = 3e10, Explained = 0.9, ExplainedShare = 0.8;
    private const double MoreTogether = 0.1, LeastTogether = 0.2, Kept = 0.8;

    private static readonly ChangedThing[] LeastToBlame =
    [
        ChangedThing.Normalization, ChangedThing.Activation, ChangedThing.Average, ChangedThing.Start,
        ChangedThing.Width, ChangedThing.Depth, ChangedThing.Augmentation, ChangedThing.Clipping,
        ChangedThing.Smoothing, ChangedThing.Dropout, ChangedThing.Penalty, ChangedThing.Epsilon, ChangedThing.Scale,
        ChangedThing.Steps, ChangedThing.Rate,
    ];

    /// <summary>Whether any was made.</summary>
    public bool HasRun { get; private set; }

    /// <summary>What was found to be a cause, the most important first: of each thing the best change.</summary>
    public IReadOnlyList<Experiment> Causes(IReadOnlyList<Change> changes)
    {
        if (trial.Learned > 0.95 && trial.Holding > 0.95)
            return [];
        var singles = Run([.. changes.Select(change => (Change[])[change])]);
        var best = Best(singles);
        best =
        [
            .. best.Take(Confirmed).Select(each => Confirm(each)).Where(each => each.IsCause), .. best.Skip(Confirmed),
        ];
        if (trial.Learned < Explained && !best.Any(Explains)
            && Together(changes, singles) is { } together && Confirm(together) is { IsCause: true } sure
            && sure.Gain >= MoreTogether + best.Select(each => each.Gain).Append(0).Max())
            best = [sure, .. best.Where(each => sure.Changes.All(change =>
                change.Thing != each.Changes[0].Thing && change.Kind != each.Changes[0].Kind))];
        return [.. best.OrderByDescending(each => each.Weight)];
    }

    /// <summary>The same beside the first of these runs.</summary>
    public Experiments Of(IReadOnlyList<TrialRun> trials) => ReferenceEquals(trials[0], trial) ? this
        : new(trials[0], [.. trials.Skip(1)], data, threads, cancellation);

    /// <summary>Experiments, each with these changes, on the first seed.</summary>
    public Experiment[] Run(IReadOnlyList<Change[]> changes)
    {
        HasRun |= changes.Count > 0;
        return SideBySide.Of(
            changes.Count, threads, i => new Experiment(changes[i], trial, Outcome(changes[i], trial)), cancellation);
    }

    /// <summary>The same with the other seeds, too.</summary>
    public Experiment Confirm(Experiment experiment) => Confirm(experiment, others.Count);

    private Experiment Confirm(Experiment experiment, int most) => experiment with
    {
        Others = SideBySide.Of(
            Math.Min(most, others.Count), threads, i => (others[i], Outcome(experiment.Changes, others[i])),
            cancellation),
    };

    // Of changes of one thing the best: longer steps and shorter ones are not both what is needed.
    private static List<Experiment> Best(IEnumerable<Experiment> singles) =>
        [.. singles.Where(each => each.IsCause).GroupBy(each => each.Changes[0].Thing)
            .Select(same => same.MaxBy(each => each.Weight)!).OrderByDescending(each => each.Weight)];

    private static bool Explains(Experiment experiment) =>
        experiment.Learned >= Explained || experiment.Share >= ExplainedShare;

    /// <summary>
    /// Causes that hide each other, so that no one change helps: all things are changed at once and, if the network
    /// then learns, changed back one after the other, what is least to blame first. What can't be changed back is what
    /// was wrong.
    /// </summary>
    /// <param name="changes">All that could be changed.</param>
    /// <param name="singles">What each brings alone.</param>
    /// <returns>The fewest changes found that still help together; null if not even all do, or if many are needed.
    /// </returns>
    public Experiment? Together(IReadOnlyList<Change> changes, IReadOnlyList<Experiment> singles)
    {
        // Of alternatives the one that does best alone; a rate is right or wrong only together with the rest.
        var others = singles.Where(each => each.Changes[0].Thing != ChangedThing.Rate)
            .GroupBy(each => each.Changes[0].Thing)
            .Select(same => same.MaxBy(each => each.Outcome.Learned)!.Changes[0]).ToArray();
        var rates = changes.Where(change => change.Thing == ChangedThing.Rate).Select(change => (Change[])[change]);
        var all = Run([.. rates.Prepend([]).Select(rate => (Change[])[.. others, .. rate])
            .Where(some => some.Length > 1)])
            .OrderByDescending(each => Math.Round(each.Outcome.Learned, 1))
            // What learns fastest leaves most room for changing back.
            .ThenBy(each => each.Outcome.Training.Loss).FirstOrDefault();
        if (all is null || all.Gain < LeastTogether)
            return null;
        all = Confirm(all, MostWitnesses);
        var enough = Kept * all.Learned;
        all = Fewest(all, fewer => fewer.Learned >= enough);
        return all.Changes.Count <= MostTogether ? all : null;
    }

    /// <summary>The same with the changes changed back that it is enough without, one after the other, what is least to
    /// blame first.</summary>
    public Experiment Fewest(Experiment all, Func<Experiment, bool> isEnough)
    {
        ArgumentNullException.ThrowIfNull(isEnough);
        foreach (var change in all.Changes.OrderBy(change => Array.IndexOf(LeastToBlame, change.Thing)).ToArray())
        {
            if (all.Changes.Count == 1)
                break;
            Change[] kept = [.. all.Changes.Where(other => other != change)];
            var fewer = Confirm(new Experiment(kept, trial, Outcome(kept, trial)), MostWitnesses);
            if (isEnough(fewer))
                all = fewer;
        }
        return all;
    }

    private TrialRun Outcome(IReadOnlyList<Change> changes, TrialRun of)
    {
        var configuration = changes.Aggregate(of.Configuration, (changed, change) => change.Apply(changed));
        // As long as the run that it is compared with, unless its length is what is changed.
        var isLonger = changes.Any(change => change.Thing == ChangedThing.Steps);
        var most = isLonger ? ManySteps : Math.Max(of.Steps, LeastSteps);
        return TrialRun.Run(
            configuration, data, of.IsCheap ? most : Math.Min(most, FewSteps), Budget, cancellation: cancellation) with
        { Ceiling = of.Ceiling };
    }
}
