namespace Functional.Host.Search;

/// <summary>
/// How much each hyperparameter alone decides whether a trial is among the best: how far its density over them is from
/// its density over all. Source: Watanabe, Bansal and Hutter, PED-ANOVA: Efficiently Quantifying Hyperparameter
/// Importance in Arbitrary Subspaces (IJCAI 2023).
/// </summary>
internal static class Importance
{
    private const double BestShare = 0.25;
    private const int LeastTrials = 8;
    private const int Places = 100;

    /// <summary>The importance of each hyperparameter of a space, in its order, as shares that sum to 1; all 0 where
    /// too few trials are complete or pruned, or all are alike.</summary>
    public static IReadOnlyList<double> Of(SearchSpace space, IEnumerable<Trial> trials, Direction direction)
    {
        var ranked = StudyResults.Ranked(direction, trials).ToArray();
        if (ranked.Length < LeastTrials || ranked[0].Value == ranked[^1].Value)
            return new double[space.Count];
        var points = ranked.Select(trial => space.PointOf(trial.Configuration)).ToArray();
        var best = (int)Math.Ceiling(BestShare * ranked.Length);
        double[] divergences = [.. Enumerable.Range(0, space.Count)
            .Select(i => Divergence(space.Hyperparameters[i].Domain, i, points, best))];
        var sum = divergences.Sum();
        return sum > 0 ? [.. divergences.Select(divergence => divergence / sum)] : new double[space.Count];
    }

    // Pearson's divergence of the best from all, where the hyperparameter has a value.
    private static double Divergence(Domain domain, int i, double[][] points, int best)
    {
        double[][] Values(IEnumerable<double[]> some) =>
            [.. some.Select(point => new[] { point[i] }).Where(point => !double.IsNaN(point[0]))];
        var (among, all) = (Values(points.Take(best)), Values(points));
        if (among.Length == 0)
            return 0;
        var choices = new[] { (domain as ChoiceDomain)?.Values.Count };
        var (good, any) = (new ParzenEstimator(among, choices), new ParzenEstimator(all, choices));
        return Enumerable.Range(0, Places).Select(place => new[] { (place + 0.5) / Places }).Average(x =>
        {
            var density = Elementary.Exp(any.LogDensity(x));
            var ratio = Elementary.Exp(good.LogDensity(x)) / density;
            return density * (ratio - 1) * (ratio - 1);
        });
    }
}
