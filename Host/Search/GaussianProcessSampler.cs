namespace Functional.Host.Search;

/// <summary>
/// Bayesian optimization with a Gaussian process: of many points, the one from which the greatest improvement is
/// expected. Choices are as far from each other as the ends of a range. Where a hyperparameter has no value, it is in
/// the middle of its range: configurations with and without it are told apart by the choice that decides it.
/// Integers are compared as they are tried, not as they were drawn. Sources: Jones, Schonlau and Welch, Efficient
/// Global Optimization of Expensive Black-Box Functions (J. Global Optimization 13, 1998); for the logarithm, Ament et
/// al., Unexpected Improvements to Expected Improvement for Bayesian Optimization (NeurIPS 2023); for integers,
/// Garrido-Merchán and Hernández-Lobato (Neurocomputing 380, 2020).
/// </summary>
internal sealed class GaussianProcessSampler : Sampler
{
    // As many as the first model needs to know something: those of a usual round.
    private const int FirstTrials = 8;

    // The work for a trial grows with the square of the results, and that of a round with their cube.
    private const int MostBest = 100, MostRecent = 200;

    // Models of fewer may see nothing where there is much: see bench/README.md.
    private const int LeastBounded = 24;

    private const int Spread = 512, Starts = 4, Steps = 60;

    // Values far below the median are as good as that: what matters is where the best are.
    private const double MostBelow = 2;

    // Of the last round: its other trials have the same model.
    private volatile Fitted? last;

    public override Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction)
    {
        var own = key.Child(trials.Count);
        var ended = trials.Where(trial => trial.Result is not null).ToArray();
        var scores = Scores(ended, direction);
        double[] PointOf(Trial trial) => space.PointOf(trial.Configuration);
        var kept = Kept(scores);
        if (ended.Length < FirstTrials || kept.Max(i => scores[i]) == kept.Min(i => scores[i]))
            return First(space, key, trials.Count);
        double[][] points = [.. kept.Select(i => PointOf(ended[i]))];
        var process = Model(space, points, Targets([.. kept.Select(i => scores[i])]).Values).Believing(
            [.. trials.Where(trial => trial.Result is null).Select(PointOf)]);
        var means = points.Select(point => process.At(point).Mean).ToArray();
        var best = means.Max();
        var tried = trials.Select(PointOf).ToArray();

        // Any new configuration is better than one that was tried before.
        (bool IsNew, double Gain) Gain(double[] unit)
        {
            var point = space.Snapped(unit);
            var (mean, deviation) = process.At(point);
            return (!Array.Exists(tried, other => point.AsSpan().SequenceEqual(other)),
                LogImprovement(mean - best, deviation));
        }

        return space.At(Greatest(space, own, points, means, Gain).Unit);
    }

    /// <summary>How much better a configuration may be than the best trial; null as long as nothing can be said.
    /// See <see cref="Study.BoundRegret"/>.</summary>
    public double? BoundRegret(SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction)
    {
        var ended = trials.Where(trial => trial.Result is not null).ToArray();
        var scores = Scores(ended, direction);
        var kept = Kept(scores);
        var best = StudyResults.Best(direction, ended).FirstOrDefault();
        if (best is null || ended.Length < LeastBounded
            || kept.Max(i => scores[i]) == kept.Min(i => scores[i]))
            return null;
        double[][] points = [.. kept.Select(i => space.PointOf(ended[i].Configuration))];
        var (targets, unit) = Targets([.. kept.Select(i => scores[i])]);
        var process = Model(space, points, targets);
        const double Failing = 0.1;
        var deviations = Math.Sqrt(Elementary.Log(
            Math.PI * Math.PI * space.Count * ended.Length * ended.Length / (6 * Failing)));
        double Upper(double[] point)
        {
            var (mean, deviation) = process.At(point);
            return mean + deviations * Math.Sqrt(deviation * deviation + process.NoiseVariance);
        }
        var uppers = points.Select(Upper).ToArray();
        var upper = Greatest(space, key.Child(ended.Length), points, uppers, at => (true, Upper(space.Snapped(at))));
        var (known, uncertain) = process.At(space.PointOf(best.Configuration));
        return unit * (Math.Max(uppers.Max(), upper.Gain.Item2) - (known - deviations * uncertain));
    }

    public override string ToString() => "gp";

    /// <summary>The logarithm of the mean of max(0, y), y normal: deviation (density(z) + z below(z)), z being mean /
    /// deviation. Far below 0 that is a small difference of two numbers: there, an asymptotic series takes
    /// over.</summary>
    internal static double LogImprovement(double mean, double deviation)
    {
        var z = mean / deviation;
        var log = NormalDistribution.LogDensity(z);
        return Elementary.Log(deviation) + (z > -6
            ? Elementary.Log(Elementary.Exp(log) + z * NormalDistribution.Below(z))
            : log - 2 * Elementary.Log(-z) + Elementary.Log(1 - 3 / (z * z) + 15 / (z * z * z * z)));
    }

    // A maximum of a function, by climbing from random points and from those of trials, the trials with the best values
    // first.
    private static (double[] Unit, (bool, double) Gain) Greatest(
        SearchSpace space, Key key, double[][] points, double[] values, Func<double[], (bool, double)> gainOf)
    {
        var spread = Enumerable.Range(0, Spread).Select(i => key.Child(i).Uniforms(space.Count))
            .Select(unit => (Unit: unit, Gain: gainOf(unit))).OrderByDescending(one => one.Gain).Take(Starts);
        var near = Enumerable.Range(0, points.Length).OrderByDescending(i => values[i]).Take(Starts)
            .Select(i => points[i].Select(x => double.IsNaN(x) ? 0.5 : x).ToArray())
            .Select(unit => (Unit: unit, Gain: gainOf(unit)));
        return spread.Concat(near).ToArray()
            .Select((start, i) => Climbed(start, key.Child(Spread + i), space, gainOf)).MaxBy(one => one.Gain);
    }

    // Steps of a length that grows with success and shrinks without, in a few dimensions each. Sources: Rechenberg's
    // rule of one success in five; for the dimensions, Tolson and Shoemaker, Dynamically Dimensioned Search (Water
    // Resources Research 43, 2007).
    private static (double[] Unit, (bool, double) Gain) Climbed(
        (double[] Unit, (bool, double) Gain) start, Key key, SearchSpace space,
        Func<double[], (bool, double)> gainOf)
    {
        const double Dimensions = 2, Grow = 1.5, Shrink = 0.9;
        var (best, length) = (start, 0.1);
        for (var step = 0; step < Steps; step++)
        {
            var u = key.Child(step).Uniforms(1 + 2 * space.Count);
            var certain = (int)(u[0] * space.Count);
            double[] unit = [.. best.Unit.Select((x, d) =>
                d != certain && u[1 + d] * space.Count >= Dimensions ? x
                : space.Hyperparameters[d].Domain is ChoiceDomain ? u[1 + space.Count + d]
                : Reflected(x + length * Elementary.NormalQuantile(Math.Max(u[1 + space.Count + d], 1e-12))))];
            var gain = gainOf(unit);
            var isBetter = gain.CompareTo(best.Gain) > 0;
            if (isBetter)
                best = (unit, gain);
            length *= isBetter ? Grow : Shrink;
        }
        return best;
    }

    private static double Reflected(double x) => Math.Clamp(x < 0 ? -x : x > 1 ? 2 - x : x, 0, 1);

    // Trials that failed count as the worst of the others.
    private static double[] Scores(Trial[] ended, Direction direction)
    {
        var worst = ended.Where(trial => trial.Value is not null).Select(trial => direction.Score(trial.Value!.Value))
            .DefaultIfEmpty().Min();
        return [.. ended.Select(trial => trial.Value is { } value ? direction.Score(value) : worst)];
    }

    // The places of the best and of the latest, in order.
    private static int[] Kept(double[] scores) =>
        scores.Length <= MostBest + MostRecent ? [.. Enumerable.Range(0, scores.Length)]
        : [
            .. Enumerable.Range(0, scores.Length - MostRecent).OrderByDescending(i => scores[i]).Take(MostBest).Order(),
            .. Enumerable.Range(scores.Length - MostRecent, MostRecent),
        ];

    // With a mean of 0 and a deviation of 1, and what a unit of them is.
    private static (double[] Values, double Unit) Targets(double[] scores)
    {
        var sorted = scores.Order().ToArray();
        var (median, best) = (sorted[sorted.Length / 2], sorted[^1]);
        // Where half of them are the best, nothing says what is far.
        var least = best > median ? median - MostBelow * (best - median) : double.NegativeInfinity;
        double[] cut = [.. scores.Select(score => Math.Max(score, least))];
        var mean = cut.Average();
        var deviation = Math.Sqrt(cut.Average(score => (score - mean) * (score - mean)));
        return ([.. cut.Select(score => (score - mean) / deviation)], deviation);
    }

    private GaussianProcess Model(SearchSpace space, double[][] points, double[] targets)
    {
        var encoding = new GaussianProcess.Encoding(
            [.. space.Hyperparameters.Select(one => one.Domain is ChoiceDomain)]);
        if (last is { } known && known.Targets.AsSpan().SequenceEqual(targets)
            && known.Encoding.IsChoice.AsSpan().SequenceEqual(encoding.IsChoice)
            && known.Points.Zip(points).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)))
            return known.Process;
        var process = Search.GaussianProcess.Fit(encoding, points, targets);
        last = new Fitted(encoding, points, targets, process);
        return process;
    }

    private sealed record Fitted(
        GaussianProcess.Encoding Encoding, double[][] Points, double[] Targets, GaussianProcess Process);
}
