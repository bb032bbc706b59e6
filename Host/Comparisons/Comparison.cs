namespace Functional.Host.Comparisons;

/// <summary>One of the settings that are compared: a function of the seed.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Score">Trains (or does whatever is compared) with a seed, and gives a score; larger is better. It
/// depends on nothing else, and may be called from several threads.</param>
public sealed record ComparedSetting(string Name, Func<long, double> Score)
{
    /// <summary>What reports call it.</summary>
    public string Name { get; init => field = value.Given(); } = Name.Given();

    /// <summary>The score with a seed.</summary>
    public Func<long, double> Score { get; init => field = value.Given(); } = Score.Given();
}

/// <summary>Two of the settings, seed by seed.</summary>
/// <param name="First">The first's place among the settings.</param>
/// <param name="Second">The second's.</param>
/// <param name="Difference">The second's scores minus the first's.</param>
public sealed record ComparedPair(int First, int Second, PairedDifference Difference);

/// <summary>Settings that ran with the same seeds, each pair of them compared seed by seed.</summary>
public sealed class Comparison
{
    /// <summary>How often, at most, such a comparison finds any difference where there is none.</summary>
    public const double ErrorRate = 0.05;

    /// <summary>The fewest seeds that say anything about noise.</summary>
    public const int FewestSeeds = 2;

    private Comparison(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> scores, long firstSeed, int planned,
        bool anytime)
    {
        (Names, Scores, FirstSeed, PlannedSeeds) = (names, scores, firstSeed, planned);
        Pairs = [.. PairsOf(scores, anytime)];
    }

    /// <summary>The settings' names.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Each setting's scores, from the first seed on; fewer of a setting that was dropped.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Scores { get; }

    /// <summary>The first seed; the others follow it. It is 1 where scores were given.</summary>
    public long FirstSeed { get; }

    /// <summary>How many seeds there were to be.</summary>
    public int PlannedSeeds { get; }

    /// <summary>All pairs, in the order of the settings. Their intervals hold together: with several, each is longer
    /// (Bonferroni).</summary>
    public IReadOnlyList<ComparedPair> Pairs { get; }

    /// <summary>Whether it ended before all seeds had run.</summary>
    public bool StoppedEarly => Scores.Max(scores => scores.Count) < PlannedSeeds;

    /// <summary>Runs settings with the same seeds, side by side, and compares them. The result is the same however many
    /// run at a time.</summary>
    /// <param name="settings">At least two, with different names.</param>
    /// <param name="seeds">How many seeds, at least 2.</param>
    /// <param name="firstSeed">The first; the others follow it.</param>
    /// <param name="stopEarly">Whether to drop a setting as soon as another is clearly better, and to end when all
    /// differences are clear. The intervals allow for it, and are longer.</param>
    /// <param name="workers">How many run at a time; by default all cores.</param>
    /// <param name="cancellation">Ends it after the run that is waited for. Others that are under way end in the
    /// background; their scores are not used.</param>
    /// <exception cref="ArgumentException">There are not two settings, or two have one name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 seeds, or no worker.</exception>
    /// <exception cref="OperationFailedException">A score is not finite.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Comparison Run(
        IReadOnlyList<ComparedSetting> settings, int seeds = 10, long firstSeed = 1, bool stopEarly = false,
        int? workers = null, CancellationToken cancellation = default)
    {
        if (settings.Complete("setting").Count < 2)
            throw new ArgumentException($"expected at least two settings, found {settings.Count}", nameof(settings));
        string[] names = [.. settings.Select(setting => setting.Name)];
        RequireDifferent(names, nameof(settings));
        return Race(
            names, seeds, firstSeed, stopEarly, workers ?? Environment.ProcessorCount,
            (setting, seed) => settings[setting].Score(seed), score => score, cancellation: cancellation).Comparison;
    }

    /// <summary>The same for runs that give more than a score.</summary>
    /// <param name="names">The settings' names.</param>
    /// <param name="seeds">How many seeds.</param>
    /// <param name="firstSeed">The first.</param>
    /// <param name="stopEarly">Whether to drop settings.</param>
    /// <param name="workers">How many run at a time.</param>
    /// <param name="run">Runs a setting, given by its place, with a seed.</param>
    /// <param name="scoreOf">The score of what came of it.</param>
    /// <param name="ended">Is called with each result, in the order of seeds and settings.</param>
    /// <param name="cancellation">Ends it.</param>
    internal static (Comparison Comparison, IReadOnlyList<IReadOnlyList<T>> Results) Race<T>(
        IReadOnlyList<string> names, int seeds, long firstSeed, bool stopEarly, int workers, Func<int, long, T> run,
        Func<T, double> scoreOf, Action<int, long, T>? ended = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seeds, FewestSeeds);
        var results = names.Select(_ => new List<T>()).ToArray();
        var field = new Field(names.Count);
        using var pool = new WorkPool(workers);
        // Not many more than can run at a time: what is dropped should cost little.
        var work = new List<Work<T?>[]>();
        void Submit(int seed) => work.Add([.. names.Select((_, setting) => pool.Submit(
            -seed, () => cancellation.IsCancellationRequested || field.IsOut(setting)
                ? default : run(setting, firstSeed + seed)))]);
        for (var seed = 0; seed < seeds && !field.IsDecided; seed++)
        {
            while (work.Count < Math.Min(seeds, seed + 1 + workers))
                Submit(work.Count);
            foreach (var setting in field.Left())
            {
                var result = work[seed][setting].Result;
                cancellation.ThrowIfCancellationRequested();
                var score = scoreOf(result!);
                if (!double.IsFinite(score))
                    throw new OperationFailedException(
                        $"{names[setting]} with seed {firstSeed + seed}: expected a finite score, found {score}");
                results[setting].Add(result!);
                field.Add(setting, score);
                ended?.Invoke(setting, firstSeed + seed, result!);
            }
            if (stopEarly)
                field.Drop();
        }
        // What hasn't begun is not wanted any more.
        field.End();
        return (new Comparison([.. names], field.Scores, firstSeed, seeds, stopEarly), results);
    }

    /// <summary>Compares scores that are there already.</summary>
    /// <param name="names">The settings' names.</param>
    /// <param name="scores">Each setting's scores, as many of each, at least 2: those with one place belong together.
    /// </param>
    /// <param name="stopEarly">Whether to look at them one seed after another, as <see cref="Run"/> does.</param>
    /// <exception cref="ArgumentException">There are not two settings, two have one name, there are not two scores of
    /// each, or some aren't finite.</exception>
    public static Comparison Of(
        IReadOnlyList<string> names, IReadOnlyList<IReadOnlyList<double>> scores, bool stopEarly = false)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(scores);
        if (scores.Count != names.Count || names.Count < 2)
            throw new ArgumentException(
                $"expected the scores of each of at least two settings, found {scores.Count} for {names.Count} names",
                nameof(scores));
        if (scores.Any(one => one is null || one.Count < FewestSeeds || one.Count != scores[0].Count))
            throw new ArgumentException(
                $"expected at least {FewestSeeds} scores of each setting, and as many of each", nameof(scores));
        RequireDifferent(names.Complete("name"), nameof(names));
        if (scores.Index().FirstOrDefault(one => !one.Item.All(double.IsFinite), (-1, null!)) is (>= 0, _) wrong)
            throw new ArgumentException($"{names[wrong.Item1]}: expected finite scores", nameof(scores));
        var field = new Field(names.Count);
        for (var seed = 0; seed < scores[0].Count && !field.IsDecided; seed++)
        {
            foreach (var setting in field.Left())
                field.Add(setting, scores[setting][seed]);
            if (stopEarly)
                field.Drop();
        }
        return new Comparison([.. names], field.Scores, firstSeed: 1, scores[0].Count, stopEarly);
    }

    /// <summary>A line for each pair.</summary>
    public override string ToString() => string.Join('\n', Pairs.Select(pair =>
        Invariant($"{Names[pair.Second]} - {Names[pair.First]}: {pair.Difference.Mean:G4} ")
        + Invariant($"({pair.Difference.Interval.Low:G4} to {pair.Difference.Interval.High:G4})")));

    private static void RequireDifferent(IEnumerable<string> names, string parameter)
    {
        if (names.CountBy(name => name).FirstOrDefault(name => name.Value > 1).Key is { } twice)
            throw new ArgumentException($"expected different names, found '{twice}' twice", parameter);
    }

    // A setting that was dropped is compared by the seeds that both ran with.
    private static IEnumerable<ComparedPair> PairsOf(IReadOnlyList<IReadOnlyList<double>> scores, bool anytime)
    {
        var confidence = 1 - ErrorRate / (scores.Count * (scores.Count - 1) / 2);
        for (var first = 0; first < scores.Count; first++)
            for (var second = first + 1; second < scores.Count; second++)
            {
                var seeds = Math.Min(scores[first].Count, scores[second].Count);
                yield return new ComparedPair(first, second, PairedDifference.Of(
                    [.. scores[first].Take(seeds)], [.. scores[second].Take(seeds)], confidence, anytime));
            }
    }

    /// <summary>The settings that are compared, with their scores so far.</summary>
    private sealed class Field(int settings)
    {
        private readonly List<double>[] scores = [.. Enumerable.Range(0, settings).Select(_ => new List<double>())];
        private readonly bool[] isOut = new bool[settings];

        public IReadOnlyList<IReadOnlyList<double>> Scores => scores;

        public bool IsDecided => isOut.Count(one => !one) < 2;

        public int[] Left() => [.. Enumerable.Range(0, settings).Where(setting => !isOut[setting])];

        // Other threads ask.
        public bool IsOut(int setting) => Volatile.Read(ref isOut[setting]);

        public void Add(int setting, double score) => scores[setting].Add(score);

        /// <summary>Takes out the settings that another is clearly better than.</summary>
        public void Drop()
        {
            if (scores.Min(one => one.Count) < FewestSeeds)
                return;
            foreach (var pair in PairsOf(scores, anytime: true))
                if (pair.Difference.Verdict == Verdict.FirstIsBetter)
                    Volatile.Write(ref isOut[pair.Second], true);
                else if (pair.Difference.Verdict == Verdict.SecondIsBetter)
                    Volatile.Write(ref isOut[pair.First], true);
        }

        public void End()
        {
            foreach (var setting in Enumerable.Range(0, settings))
                Volatile.Write(ref isOut[setting], true);
        }
    }
}
