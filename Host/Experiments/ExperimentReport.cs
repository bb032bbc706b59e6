using Functional.Host.Charts;
using Functional.Host.Comparisons;

namespace Functional.Host.Experiments;

/// <summary>What an experiment has to show, in the order of reading, and what it claims.</summary>
public sealed record ExperimentReport
{
    /// <summary>Figures, tables and paragraphs.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>What should hold of its numbers.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];
}

/// <summary>A piece of a page.</summary>
public abstract record Part;

/// <summary>A paragraph.</summary>
/// <param name="Text">What it says.</param>
public sealed record Paragraph(LocalizedText Text) : Part;

/// <summary>A chart with what to see in it; its numbers are written beside the page.</summary>
/// <param name="Name">Of the file of its numbers, as in <c>loss</c>.</param>
/// <param name="Chart">The picture.</param>
/// <param name="Caption">Two or three sentences.</param>
public sealed record Figure(string Name, Chart Chart, LocalizedText Caption) : Part
{
    /// <summary>Which figure of the book it corresponds to, as in <c>6-9</c>; empty if the book has none. Null, in an
    /// experiment that is not of the book, says nothing.</summary>
    public string? InBook { get; init; }

    /// <summary>What its numbers are of.</summary>
    internal NumbersOf NumbersOf { get; init; }
}

/// <summary>What the numbers of a figure are of, where there are several seeds.</summary>
internal enum NumbersOf
{
    /// <summary>All seeds: medians.</summary>
    AllSeeds,

    /// <summary>The first seed alone.</summary>
    FirstSeed,

    /// <summary>No seed: nothing in it is random.</summary>
    NoSeed,
}

/// <summary>Rows of text under a header, the first column naming the row.</summary>
/// <param name="Caption">What the rows are.</param>
/// <param name="Header">The names of the columns.</param>
/// <param name="Rows">As many cells each as there are columns.</param>
public sealed record Table(
    LocalizedText Caption, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) : Part;

/// <summary>Lines of text, as a program would print them.</summary>
/// <param name="Caption">What the lines are.</param>
/// <param name="Text">The lines.</param>
internal sealed record Listing(LocalizedText Caption, string Text) : Part
{
    /// <summary>Whether it is so long that it is shown on request.</summary>
    public bool Folded { get; init; }
}

/// <summary>What should hold, checked on the experiment's own numbers with every seed. One that doesn't hold is shown
/// as such.</summary>
/// <param name="Statement">What should hold.</param>
/// <param name="Held">Whether it did, with each seed.</param>
/// <param name="Numbers">The numbers that decide, each with its name, with each seed.</param>
public sealed record Claim(LocalizedText Statement, IReadOnlyList<bool> Held, IReadOnlyList<LocalizedText> Numbers)
{
    /// <summary>Whether it could be judged, with each seed: networks that didn't learn say nothing. All if
    /// empty.</summary>
    public IReadOnlyList<bool> Judged { get; init; } = [];

    /// <summary>Which text says so, as in <c>6.4.3</c>: where it doesn't hold, the text and the runs
    /// contradict each other.
    /// Null if it is this program's own.</summary>
    public LocalizedText? Source { get; init; }

    /// <summary>By how much it holds, with each seed; null if that isn't a matter of more or less.</summary>
    public Effect? Effect { get; init; }

    /// <summary>Whether a text says so and these runs don't.</summary>
    public bool ContradictsText => Source is not null && !Always && CanBeJudged;

    /// <summary>Whose numbers are shown, as a place among the seeds: the first seed that it failed with, if there is
    /// one.</summary>
    public int Shown => Always ? 0 : Held.Index().First(held => !held.Item).Index;

    /// <summary>The numbers that are shown.</summary>
    public LocalizedText Evidence => Numbers[Shown];

    /// <summary>Whether it could be judged with any seed.</summary>
    public bool CanBeJudged => Judged.Count == 0 || Judged.Any(judged => judged);

    /// <summary>How many seeds it held with.</summary>
    public int Count => Held.Count(held => held);

    /// <summary>Whether it held with every seed.</summary>
    public bool Always => Count == Held.Count;
}

/// <summary>A difference (or another number that decides a claim) with each seed.</summary>
/// <param name="Name">What it is, as in <c>test accuracy with minus without</c>.</param>
/// <param name="Values">One for each seed.</param>
/// <param name="InPoints">Whether they are shares, shown as percentage points.</param>
public sealed record Effect(LocalizedText Name, IReadOnlyList<double> Values, bool InPoints = false)
{
    /// <summary>The mean over the seeds.</summary>
    public double Mean => Statistics.Mean(Values);

    /// <summary>The sample standard deviation over the seeds (over n − 1); NaN with a single seed.</summary>
    public double Spread => Statistics.SampleDeviation(Values);

    /// <summary>The effect with its spread over the seeds in words, as in <c>+1.8 points on average over 5 seeds, 95%
    /// interval +0.9 to +2.7, each from +0.9 to +2.8</c>; where the interval has 0 in it, the effect may be noise.
    /// </summary>
    public LocalizedText Text
    {
        get
        {
            var (mean, name) = (Signed(Mean), Name.In(Language.Japanese));
            string english = InPoints ? " percentage points" : "", japanese = InPoints ? "ポイント" : "";
            if (Values.Count == 1 || Values.Any(value => !double.IsFinite(value)))
                return ($"{Name.English}: {mean}{english}", $"{name}：{mean}{japanese}");
            if (Spread == 0)
                return ($"{Name.English}: {mean}{english} with each of {Values.Count} seeds",
                    $"{name}：{Values.Count}個のシードのどれでも {mean}{japanese}");
            var difference = PairedDifference.OfDifferences(Values);
            var (start, end) = (Signed(difference.Interval.Low), Signed(difference.Interval.High));
            var (low, high) = (Signed(Values.Min()), Signed(Values.Max()));
            var isNoise = difference.Verdict == Verdict.Undecided;
            return (
                $"{Name.English}: {mean}{english} on average over {Values.Count} seeds, 95% interval {start} to {end}" +
                $"{(isNoise ? ", so it may be noise" : "")}; each from {low} to {high}",
                $"{name}：{Values.Count}個のシードの平均で {mean}{japanese}（95%区間 {start} から {end}" +
                $"{(isNoise ? "。ノイズかもしれない" : "")}。各シードでは {low} から {high}）");
        }
    }

    private string Signed(double value) => value > 0 ? $"+{Unsigned(value)}" : Unsigned(value);

    private string Unsigned(double value) =>
        !double.IsFinite(value) ? "–" : InPoints ? Typography.Number(100 * value, 1) : Typography.Value(value, 2);
}
