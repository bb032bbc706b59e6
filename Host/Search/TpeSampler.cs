namespace Functional.Host.Search;

/// <summary>
/// The tree-structured Parzen estimator: of some candidates from the density of the good trials, the one where that is
/// largest beside the density of the others. Dimensions are modeled together. Sources: Bergstra et al., Algorithms for
/// Hyper-Parameter Optimization (NIPS 2011); for joint kernels, Falkner, Klein and Hutter, BOHB (ICML 2018).
/// </summary>
internal sealed class TpeSampler : Sampler
{
    // As many as the first model needs to know something: those of a usual round.
    private const int FirstTrials = 8;
    private const int Candidates = 24;
    private const double GoodShare = 0.1;
    private const int MostGood = 25;

    public override Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction)
    {
        var number = trials.Count;
        var ended = trials.Where(trial => trial.Result is not null).ToArray();
        if (ended.Length < FirstTrials)
            return First(space, key, number);
        var ranked = Ranked(ended, direction);
        var good = Math.Min((int)Math.Ceiling(GoodShare * ranked.Length), MostGood);
        // Running trials count as bad, so that workers spread out.
        var others = ranked[good..].Concat(trials.Where(trial => trial.Result is null));
        var choices = space.Hyperparameters.Select(one => (one.Domain as ChoiceDomain)?.Values.Count).ToArray();
        var (better, worse) = (Density(ranked[..good]), Density(others));
        return Enumerable.Range(0, Candidates).Select(Candidate).MaxBy(Gain)!;

        ParzenEstimator Density(IEnumerable<Trial> some) =>
            new([.. some.Select(trial => space.PointOf(trial.Configuration))], choices);

        Configuration Candidate(int candidate)
        {
            var uniforms = key.Child(number).Child(candidate).Uniforms(1 + space.Count);
            return space.At(better.Sample(uniforms[0], uniforms[1..]));
        }

        double Gain(Configuration candidate)
        {
            var point = space.PointOf(candidate);
            return better.LogDensity(point) - worse.LogDensity(point);
        }
    }

    public override string ToString() => "tpe";

    /// <summary>The best first: those that are complete by value, those dropped in a race by value, those pruned by how
    /// far they came, then those that failed.</summary>
    private static Trial[] Ranked(IEnumerable<Trial> ended, Direction direction) =>
    [
        .. ended.OrderBy(trial => trial.State)
            .ThenByDescending(trial => trial.State != TrialState.Pruned ? 0
                : trial.SeedResults.Count > 0 ? int.MaxValue : trial.Result!.Curve.Count)
            .ThenByDescending(trial => trial.Value is { } value ? direction.Score(value) : 0)
            .ThenBy(trial => trial.Number),
    ];
}
