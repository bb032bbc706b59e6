using System.Collections.Concurrent;
using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>What all results are a function of, beside the experiment and the data.</summary>
public sealed record LabSettings
{
    /// <summary>A data set's name, or a folder.</summary>
    public string Data { get; init; } = "digits";

    /// <summary>The first seed; the others follow it.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>How many seeds everything is repeated with, at least 1.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>Whether a small pass is enough.</summary>
    public bool Quick { get; init; }

    /// <summary>Whether what the book's own programs don't run is left out.</summary>
    public bool BookOnly { get; init; }

    /// <summary>What the page is written in.</summary>
    public Language Language { get; init; }

    /// <summary>Training options, by name, that override the experiment's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; init; } = [];
}

/// <summary>What an experiment works with: the data, the seeds, and threads for what can be done side by
/// side.</summary>
public sealed class Lab
{
    private readonly ExperimentSession session;
    private readonly string experiment;
    private readonly ConcurrentQueue<Curves> trained = new();
    private readonly ConcurrentDictionary<string, string> japanese = new();

    internal Lab(ExperimentSession session, string experiment) =>
        (this.session, this.experiment) = (session, experiment);

    /// <summary>What it was set up with.</summary>
    public LabSettings Settings => session.Settings;

    /// <summary>The images.</summary>
    public DataSet Data => session.Data;

    /// <summary>The first training images, at least this many: the others are not read for them.</summary>
    public DataPart First(int samples) => session.First(samples);

    /// <summary>The seeds, in order.</summary>
    public IReadOnlyList<long> Seeds =>
        [.. Enumerable.Range(0, Settings.Seeds).Select(i => Settings.Seed + i)];

    /// <summary>All that was trained, in order.</summary>
    public IReadOnlyList<Curves> Trained => [.. trained];

    /// <summary>One number in a full pass, another in a small one.</summary>
    public int Of(int full, int quick) => Settings.Quick ? quick : full;

    /// <summary>What charts and tables say in English, with the same in Japanese.</summary>
    internal IReadOnlyDictionary<string, string> Japanese => japanese;

    /// <summary>A text of a chart or a table: in English, so that numbers are called the same in every language. Pages
    /// replace it by their language's.</summary>
    /// <exception cref="InvalidOperationException">The same was said in another way before.</exception>
    public string Say(LocalizedText words) =>
        words.Japanese is null || japanese.GetOrAdd(words.English, words.Japanese) == words.Japanese ? words.English
            : throw new InvalidOperationException(
                $"'{words.English}' is both {japanese[words.English]} and {words.Japanese}");

    /// <inheritdoc cref="Say(LocalizedText)"/>
    public string Say(string english, string japanese) => Say((english, japanese));

    /// <summary>What was said before, for texts that hold it.</summary>
    internal LocalizedText Both(string said) => new(said, japanese.GetValueOrDefault(said, said));

    /// <summary>A configuration of the experiment's, with the lab's data and with what the user wants
    /// otherwise.</summary>
    /// <exception cref="UsageException">Everything wrong with that, a line each.</exception>
    public TrainConfiguration Configure(TrainConfiguration configuration)
    {
        if (Settings.Options.Any(option => option.Key == "epochs"))
            configuration = configuration with { Iterations = null };
        return TrainOptions.Parse(Settings.Options, configuration with { Data = Settings.Data, Seed = Settings.Seed });
    }

    /// <summary>A configuration of the experiment, given as options of <c>functional train</c> beside the book's
    /// usual ones.</summary>
    /// <exception cref="UsageException">Everything wrong with them, a line each.</exception>
    public TrainConfiguration Configure(string options)
    {
        var words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .SkipWhile(word => !word.StartsWith("--", StringComparison.Ordinal)).ToArray();
        string ValueAfter(int index) => words.ElementAtOrDefault(index + 1) is { } next
            && !next.StartsWith("--", StringComparison.Ordinal) ? next : "true";
        return Configure(TrainOptions.Parse(
            words.Index().Where(word => word.Item.StartsWith("--", StringComparison.Ordinal))
                .Select(word => KeyValuePair.Create(word.Item[2..], ValueAfter(word.Index))), Usual));
    }

    /// <summary>The book's usual configuration: SGD with rate 0.01, batches of 100 drawn with replacement.</summary>
    public static TrainConfiguration Usual { get; } = new()
        { Optimizer = new() { LearningRate = 0.01 }, Sampling = Sampling.Replacement };

    /// <summary>The same configuration for as many steps as give this many accuracy points, unless the user wants
    /// another number of steps.</summary>
    public TrainConfiguration WithPoints(TrainConfiguration configuration, int points) =>
        Settings.Options.Any(option => option.Key is "epochs" or "iterations") ? configuration
            : configuration with
            {
                Iterations = 1 + (points - 1) * Math.Max(1, TrainingSamples(configuration) / configuration.BatchSize),
            };

    /// <summary>How many steps a configuration takes.</summary>
    internal int Steps(TrainConfiguration configuration) =>
        configuration.Steps((TrainingSamples(configuration) + configuration.BatchSize - 1) / configuration.BatchSize);

    // Samples that are not held out.
    private int TrainingSamples(TrainConfiguration configuration)
    {
        var samples = configuration.Samples ?? Data.Training.Count;
        return samples - (int)Math.Round(samples * configuration.Validation, MidpointRounding.AwayFromZero);
    }

    /// <summary>Trains networks side by side, each with every seed.</summary>
    public IReadOnlyList<Curves> Train(params IEnumerable<Variant> variants)
    {
        var pending = variants.Where(variant => !(Settings.BookOnly && variant.Extra)).Select(variant => (
            Variant: variant,
            Work: Seeds.Select(seed => session.Train(
                experiment, variant with { Configuration = variant.Configuration with { Seed = seed } })).ToArray()))
                    .ToArray();
        Curves[] curves =
            [.. pending.Select(run => new Curves(run.Variant, [.. run.Work.Select(work => work.Result)]))];
        foreach (var curve in curves)
            trained.Enqueue(curve);
        return curves;
    }

    /// <summary>How many threads there are: what a lone piece of work may give to <see cref="Threads.Use"/>.</summary>
    public int Workers => session.Pool.Workers;

    /// <summary>Computes something side by side, once for each.</summary>
    public IReadOnlyList<TResult> Compute<T, TResult>(IEnumerable<T> each, Func<T, TResult> body)
    {
        var work = each.Select(item => session.Pool.Submit(0, () =>
        {
            session.Cancellation.ThrowIfCancellationRequested();
            return body(item);
        })).ToArray();
        return [.. work.Select(piece => piece.Result)];
    }

    /// <summary>A claim, checked with every seed.</summary>
    /// <param name="statement">What should hold.</param>
    /// <param name="held">Whether it does, given the seed's place among the seeds.</param>
    /// <param name="numbers">The numbers that decide, with their names, as in <c>with 0.15, without 0.29</c>.</param>
    public Claim Claim(LocalizedText statement, Func<int, bool> held, Func<int, FormattableString> numbers) =>
        Claim(statement, held, seed => new LocalizedText(numbers(seed).ToString(CultureInfo.InvariantCulture)));

    /// <summary>A claim with numbers that are named in both languages.</summary>
    internal Claim Claim(
        LocalizedText statement, Func<int, bool> held, Func<int, (LocalizedText Name, string Value)[]> numbers) =>
        Claim(statement, held, seed => Named(numbers(seed)));

    /// <summary>A claim about something that isn't random: there is one answer, whatever the seeds.</summary>
    internal static Claim Claim(
        LocalizedText statement, bool held, params IEnumerable<(LocalizedText Name, string Value)> numbers) =>
        new(statement, [held], [Named(numbers)]);

    /// <summary>A number that decides a claim, with every seed.</summary>
    /// <param name="name">What it is, as in <c>test accuracy with minus without</c>.</param>
    /// <param name="of">The number, given the seed's place among the seeds.</param>
    /// <param name="inPoints">Whether it is a share, shown in percentage points.</param>
    public Effect Effect(LocalizedText name, Func<int, double> of, bool inPoints = false) =>
        new(name, [.. Enumerable.Range(0, Settings.Seeds).Select(of)], inPoints);

    private static LocalizedText Named(IEnumerable<(LocalizedText Name, string Value)> numbers) => (
        string.Join("; ", numbers.Select(number => $"{number.Name.English}: {number.Value}")),
        string.Join("、", numbers.Select(number => $"{number.Name.In(Language.Japanese)}：{number.Value}")));

    private Claim Claim(LocalizedText statement, Func<int, bool> held, Func<int, LocalizedText> numbers)
    {
        var seeds = Enumerable.Range(0, Settings.Seeds).ToArray();
        return new(statement, [.. seeds.Select(held)], [.. seeds.Select(numbers)]);
    }
}
