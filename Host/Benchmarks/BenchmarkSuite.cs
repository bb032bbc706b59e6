using Functional.Host.Files;

namespace Functional.Host.Benchmarks;

/// <summary>Everything that is measured, in order: limits first, what is compared with them after.</summary>
/// <param name="Threads">The most threads; everything is measured with one, too, where that makes a difference.</param>
/// <param name="Seconds">For each measurement with one number of threads, half as much for warming up not
/// counted.</param>
/// <param name="Only">Parts of the names of what is measured, separated by commas; everything if null.</param>
internal sealed record BenchmarkSuite(int Threads, double Seconds, string? Only)
{
    private const string BandwidthName = "bandwidth";
    private const string EvaluationName = "evaluation";

    /// <summary>What there is to be measured, by name.</summary>
    public static IEnumerable<string> Names =>
    [
        "peak", BandwidthName, .. ProductWorkload.All.Select(product => product.Name),
        .. StepWorkload.All.Select(step => step.Name), EvaluationName,
    ];

    private int[] ThreadCounts => Threads == 1 ? [1] : [1, Threads];

    /// <summary>Measures, one after the other, as the results are asked for.</summary>
    /// <exception cref="UsageException">There is nothing of that name.</exception>
    /// <exception cref="DataException">Something is wrong with the files of MNIST.</exception>
    public IEnumerable<Measurement> Run() =>
        Names.Any(Wanted)
            ? Measure()
            : throw new UsageException($"--only: nothing is named like '{Only}'; there are {string.Join(", ", Names)}");

    private bool Wanted(string name) =>
        Only is null || Only.Split(',').Any(part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<Measurement> Measure()
    {
        var (singles, doubles) = (new List<Peak>(), new List<Peak>());
        foreach (var threads in ThreadCounts)
        {
            singles.Add(MachineLimits.MeasurePeak<float>(threads, Seconds));
            yield return singles[^1];
            doubles.Add(MachineLimits.MeasurePeak<double>(threads, Seconds));
            yield return doubles[^1];
        }
        if (Wanted(BandwidthName))
        {
            foreach (var bandwidth in MachineLimits.MeasureBandwidth(ThreadCounts, Seconds))
                yield return bandwidth;
        }
        foreach (var product in ProductWorkload.All.Where(product => Wanted(product.Name)))
        {
            foreach (var peak in product.IsLarge ? singles : singles[..1])
                yield return product.Measure<float>(peak, Seconds);
            if (product.IsLarge)
                foreach (var peak in doubles)
                    yield return product.Measure<double>(peak, Seconds);
        }
        var steps = StepWorkload.All.Where(step => Wanted(step.Name)).ToArray();
        if (steps.Length == 0 && !Wanted(EvaluationName))
            yield break;
        var images = BenchmarkImages.Load();
        foreach (var step in steps)
            yield return step.Measure(singles, images, Seconds);
        if (Wanted(EvaluationName))
            yield return StepWorkload.MeasureEvaluation(singles[^1], images, Seconds);
    }
}
