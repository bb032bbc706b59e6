namespace Functional.Host.Search;

/// <summary>
/// Several aims as one value, for a sampler that learns from one: the augmented Tchebycheff function of costs from 0
/// (the best of all trials) to 1 (the worst), with weights drawn anew for each trial, so that trials spread along the
/// front. The weights are a function of the study's seed and the trial's number. Source: Knowles, ParEGO (IEEE
/// Transactions on Evolutionary Computation 10, 2006); he draws them from a lattice, here any may come.
/// </summary>
internal static class Scalarization
{
    // A trial that is better in one aim and the same in that with the greatest weighted cost is still better.
    private const double Augmentation = 0.05;

    /// <summary>The trials before another with the value that its sampler learns from. Aims that are measured don't
    /// count.</summary>
    public static IReadOnlyList<Trial> Of(StudySettings settings, IReadOnlyList<Trial> trials)
    {
        int[] learned = [.. Enumerable.Range(0, settings.Aims.Count).Where(i => !settings.Aims[i].IsMeasured)];
        if (learned.Length < 2)
            return trials;
        var weights = Weights(Key.OfSeed(settings.Seed).Child(4).Child(trials.Count), learned.Length);
        var scores = trials.Where(trial => trial.Result?.Values is not null)
            .ToDictionary(trial => trial.Number, trial => Array.ConvertAll(
                learned, i => settings.Aims[i].Score(trial.Result!.Values![i])));
        var best = learned.Select((_, k) => scores.Values.Select(one => one[k]).DefaultIfEmpty().Max()).ToArray();
        var worst = learned.Select((_, k) => scores.Values.Select(one => one[k]).DefaultIfEmpty().Min()).ToArray();
        return [.. trials.Select(trial => !scores.TryGetValue(trial.Number, out var own) ? trial : trial with
        {
            Result = trial.Result! with { Value = settings.Direction.Score(-Cost(own)) },
        })];

        double Cost(double[] own)
        {
            // Halves: a range may be more than the greatest number.
            double[] costs = [.. own.Select((score, k) => best[k] == worst[k] ? 0
                : weights[k] * ((best[k] / 2 - score / 2) / (best[k] / 2 - worst[k] / 2)))];
            return costs.Max() + Augmentation * costs.Sum();
        }
    }

    // Uniform among those that sum to 1.
    private static double[] Weights(Key key, int count)
    {
        double[] parts = [.. key.Uniforms(count).Select(u => -Elementary.Log(Math.Max(u, double.Epsilon)))];
        var sum = parts.Sum();
        return [.. parts.Select(part => sum > 0 ? part / sum : 1.0 / count)];
    }
}
