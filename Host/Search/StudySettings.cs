namespace Functional.Host.Search;

/// <summary>Everything that is decided when a study begins, and the same for all who work on it.</summary>
/// <param name="Space">What is searched.</param>
public sealed record StudySettings(SearchSpace Space)
{
    /// <summary>Which values are better; of several <see cref="Aims"/>, those of the first.</summary>
    public Direction Direction { get => Aims is [var first, ..] ? first.Direction : field; init; } = Direction.Maximize;

    /// <summary>Where a search has several aims, all of them, two or more; otherwise none. The objective's value is
    /// that of the first, and the objective calls <see cref="TrialReporter.Record"/> with the others. There is no
    /// pruner then, and one seed. A model-based sampler learns from a weighted mixture of them, with other weights for
    /// each trial: it sees trials with that as their value.</summary>
    public IReadOnlyList<Aim> Aims { get; init => field = value.Complete("aim"); } = [];

    /// <summary>What chooses configurations.</summary>
    public Sampler Sampler { get; init; } = Sampler.Random;

    /// <summary>What ends trials early.</summary>
    public Pruner Pruner { get; init; } = Pruner.None;

    /// <summary>What everything random is a function of.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>What the first trials try, in this order: configurations that are known to be good, or are to be
    /// compared with. The sampler chooses those after them, and learns from them, too. Each gives a value
    /// to every hyperparameter that applies to it, and to no other, in the space's order.</summary>
    public IReadOnlyList<Configuration> First { get; init => field = value.Complete("configuration"); } = [];

    /// <summary>With how many seeds a trial runs, 1 to 1,000: the objective is called with each in turn, and the
    /// trial's value is the mean. All trials have the same seeds. From three on there is a race: a trial that is
    /// clearly worse than the best complete one of earlier rounds is dropped after two seeds or later; of
    /// those that would have become the best with all their seeds at most 5%.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Where the sampler uses results, or a pruner or a race compares trials, a trial sees the
    /// results of earlier rounds of this many trials, and none of its own round: so it doesn't matter how many workers
    /// there are, nor which is faster. With 1, a trial sees all before it, and no two run at once.</summary>
    public int Round { get; init; } = 8;

    /// <summary>A worker that has been silent for this many seconds counts as dead, and its trials are given out
    /// again.</summary>
    public double HeartbeatTimeout { get; init; } = 30;

    /// <summary>What the objective is besides the space, by name: studies of another one are not continued.</summary>
    public IReadOnlyDictionary<string, string> Constants { get; init; } = new Dictionary<string, string>();

    /// <summary>The configuration of a trial, given those before it.</summary>
    internal Configuration Suggest(IReadOnlyList<Trial> trials) =>
        trials.Count < First.Count ? First[trials.Count]
        : Sampler.Suggest(
            Space, Key.OfSeed(Seed).Child(0),
            // One that counts trials only, as a grid does, begins with its first.
            Sampler.UsesResults ? Scalarization.Of(this, Race.WithExpected(this, trials))
                : [.. trials.Skip(First.Count)], Direction);

    /// <summary>How many trials there can be at all; null if any number.</summary>
    internal long? MostTrials => Sampler.Count(Space) is { } count
        ? count + Math.Min(First.Count, long.MaxValue - count) : null;

    /// <summary>See <see cref="Study.BoundRegret"/>.</summary>
    internal double? BoundRegret(IReadOnlyList<Trial> trials) =>
        (Sampler as GaussianProcessSampler ?? new()).BoundRegret(
            Space, Key.OfSeed(Seed).Child(3), Race.WithExpected(this, trials), Direction);

    /// <summary>How many of the first trials have to end before this one may begin: those whose results it sees.
    /// None where nothing depends on results.</summary>
    internal int SeenBy(int trial) =>
        Sampler.UsesResults || Pruner != Pruner.None || HasRace ? trial / Round * Round : 0;

    /// <summary>Whether trials are dropped after some of their seeds.</summary>
    internal bool HasRace => Seeds > Race.FewestSeeds;

    /// <summary>What an objective may be random by in a trial, with one of its seeds, from 0.</summary>
    internal Key ObjectiveKey(int trial, int seed) => Seeds == 1
        ? Key.OfSeed(Seed).Child(1).Child(trial) : Key.OfSeed(Seed).Child(2).Child(seed);

    /// <summary>Raises ArgumentException if the sampler can't serve the space, a round has no trial, a trial has no
    /// seed or too many, one to begin with is not in the space, the timeout is not above 0, or several aims don't suit
    /// each other or the rest.</summary>
    internal void Check()
    {
        Sampler.Check(Space);
        CheckAims();
        if (Round < 1)
            throw new ArgumentException($"a round needs at least 1 trial, not {Round}", nameof(Round));
        if (Seeds is < 1 or > Race.MostSeeds)
            throw new ArgumentException(
                $"a trial needs a number of seeds from 1 to {Race.MostSeeds}, not {Seeds}", nameof(Seeds));
        if (First.FirstOrDefault(one => !one.Equals(Space.Read(one.Texts.ToDictionary()))) is { } other)
            throw new ArgumentException($"'{other}' is no configuration of the space {Space}", nameof(First));
        if (Seed > long.MaxValue - Seeds)
            throw new ArgumentException($"there are no {Seeds} seeds from {Seed} on", nameof(Seed));
        if (!(HeartbeatTimeout > 0 && double.IsFinite(HeartbeatTimeout)))
            throw new ArgumentException(
                Invariant($"a heartbeat timeout needs seconds above 0, not {HeartbeatTimeout}"),
                nameof(HeartbeatTimeout));
    }

    private void CheckAims()
    {
        if (Aims.Count == 0)
            return;
        if (Aims.Count == 1 || Aims.DistinctBy(aim => aim.Name).Count() < Aims.Count
            || Aims.Any(aim => string.IsNullOrWhiteSpace(aim.Name) || !Enum.IsDefined(aim.Direction)))
            throw new ArgumentException(
                $"several aims need a direction and a name of its own each, not '{string.Join(", ", Aims)}'",
                nameof(Aims));
        if (Aims[0].IsMeasured)
            throw new ArgumentException($"the first aim is one to learn from, not '{Aims[0]}'", nameof(Aims));
        if (Pruner != Pruner.None)
            throw new ArgumentException(
                $"a pruner ends trials by one value, but there are {Aims.Count} aims: search without one",
                nameof(Aims));
        if (Seeds != 1)
            throw new ArgumentException(
                $"several seeds judge trials by one value, but there are {Aims.Count} aims: search with one seed",
                nameof(Aims));
    }

    /// <summary>Raises ArgumentException if the sampler or the pruner is a custom one: files and databases keep the
    /// text of one that is built in.</summary>
    internal void CheckBuiltIn()
    {
        foreach (var custom in ((object[])[Sampler, Pruner]).Where(
            one => one.GetType().Assembly != typeof(StudySettings).Assembly))
            throw new ArgumentException(
                $"{custom.GetType().Name} is not built in, so its study can't be saved: use Study.InMemory",
                custom is Sampler ? nameof(Sampler) : nameof(Pruner));
    }

    /// <summary>Everything by name, as text: what two studies differ in.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Texts =>
    [
        new("space", Space.ToString()), new("direction", Direction.ToString().ToLowerInvariant()),
        .. Aims.Count > 0 ? [new("aim", string.Join(", ", Aims))] : (KeyValuePair<string, string>[])[],
        new("sampler", $"{Sampler}"), new("pruner", $"{Pruner}"),
        new("seed", $"{Seed}"), .. Seeds > 1 ? [new("seeds", $"{Seeds}")] : (KeyValuePair<string, string>[])[],
        .. First.Count > 0 ? [new("try", string.Join("; ", First))] : (KeyValuePair<string, string>[])[],
        new("round", $"{Round}"),
        new("heartbeat-timeout", Invariant($"{HeartbeatTimeout}")), .. Constants,
    ];

    /// <summary>Raises UsageException, a line per difference, unless these are the settings that a study began
    /// with.</summary>
    internal void CheckSame(StudySettings begun, string study)
    {
        var before = begun.Texts.ToDictionary();
        var now = Texts.ToDictionary();
        Fault[] faults =
        [
            .. from name in before.Keys.Union(now.Keys)
               let was = before.GetValueOrDefault(name, "nothing")
               let wanted = now.GetValueOrDefault(name, "nothing")
               where was != wanted
               select new Fault(
                   name, $"{study} was begun with '{was}', not '{wanted}'; choose another study, or leave it out"),
        ];
        if (faults.Length > 0)
            throw new UsageException(faults);
    }

    /// <summary>One line: the space, and how it is searched.</summary>
    public override string ToString() =>
        $"{Space}; {Direction.ToString().ToLowerInvariant()}, sampler {Sampler}, pruner {Pruner}, seed {Seed}";
}
