using Functional.Host.Charts;
using Functional.Host.Comparisons;
using Functional.Host.Experiments;

namespace Functional.Host.Pages;

/// <summary>A comparison of trained settings, in words: for its page and for the terminal.</summary>
/// <param name="comparison">The scores.</param>
/// <param name="outcomes">What each setting's runs came to.</param>
/// <param name="by">The samples that scores are of.</param>
internal sealed class ComparisonTexts(
    Comparison comparison, IReadOnlyList<IReadOnlyList<TrainedOutcome>> outcomes, ComparedBy by)
{
    private const double Significant = 0.05;

    /// <summary>Whether scores are shares, shown in percent; otherwise they are R².</summary>
    public bool AreShares { get; } = outcomes[0][0].Score.Errors is null;

    private LocalizedText Unit => AreShares ? (" percentage points", "ポイント") : ("", "");

    private string Confidence => Invariant($"{100 * comparison.Pairs[0].Difference.Confidence:0.#}%");

    /// <summary>What the scores are, as in <c>test accuracy</c>.</summary>
    public LocalizedText Measure
    {
        get
        {
            var (english, japanese) = by == ComparedBy.Test ? ("test", "テストデータ") : ("validation", "検証データ");
            return AreShares ? ($"{english} accuracy", $"{japanese}の認識精度") : ($"{english} R²", $"{japanese}のR²");
        }
    }

    /// <summary>What is known of each setting, given by its place: the columns of a table.</summary>
    public IEnumerable<(LocalizedText Name, Func<int, string> Of)> Columns =>
    [
        (Measure, i => Score(Statistics.Mean(comparison.Scores[i]))),
        (("standard deviation", "標準偏差"), i => Spread(Statistics.SampleDeviation(comparison.Scores[i]))),
        (("seeds", "シード"), i => $"{comparison.Scores[i].Count}"),
        (("seconds a run", "1回の秒数"),
            i => Invariant($"{Statistics.Median([.. outcomes[i].Select(one => one.Seconds)]):0.00}")),
        (("parameters", "パラメータ"), i => Invariant($"{outcomes[i][0].Parameters:N0}")),
        .. outcomes.Any(runs => runs.Any(one => one.Diverged))
            ? [(("diverged", "発散"), i => $"{outcomes[i].Count(one => one.Diverged)}")]
            : (IEnumerable<(LocalizedText, Func<int, string>)>)[],
    ];

    private string Score(double score) => AreShares ? Percentage.Of(score) : Invariant($"{score:F4}");

    // In the scores' unit, without its sign.
    private string Spread(double spread) =>
        !double.IsFinite(spread) ? "–" : AreShares ? Invariant($"{100 * spread:F2}") : Invariant($"{spread:F4}");

    private string Difference(double difference) =>
        !double.IsFinite(difference) ? difference > 0 ? "∞" : "−∞"
        : Signed(AreShares ? Math.Round(100 * difference, 2) : Math.Round(difference, 4), AreShares ? 2 : 4);

    /// <summary>How the comparison ended, for each pair of settings: one sentence each.</summary>
    public IEnumerable<LocalizedText> Verdicts => comparison.Pairs.Select(Verdict);

    private LocalizedText Verdict(ComparedPair pair)
    {
        var (first, second) = (comparison.Names[pair.First], comparison.Names[pair.Second]);
        var seeds = pair.Difference.Values.Count;
        var mean = Difference(Math.Abs(pair.Difference.Mean)).TrimStart('+');
        return pair.Difference.Verdict switch
        {
            Comparisons.Verdict.Identical => (
                $"{first} and {second} have the same scores with all {seeds} seeds.",
                $"{first}と{second}は{seeds}個のシードすべてで同じ値です。"),
            Comparisons.Verdict.SecondIsBetter => Better(second, first),
            Comparisons.Verdict.FirstIsBetter => Better(first, second),
            _ => (
                $"Between {first} and {second}, {seeds} seeds decide nothing: the difference may be noise." +
                    (pair.Difference.SeedsToDecide is { } needed && needed > seeds
                        ? Invariant($" If it is as large as it looks, about {needed:N0} seeds would show it.") : ""),
                $"{first}と{second}の差は、{seeds}個のシードではノイズと区別できません。" +
                    (pair.Difference.SeedsToDecide is { } wanted && wanted > seeds
                        ? Invariant($"見かけどおりの差なら、約{wanted:N0}個のシードで確かめられます。") : "")),
        };

        LocalizedText Better(string winner, string loser) => (
            $"{winner} is better than {loser}, by {mean}{Unit.English} on average over {seeds} seeds.",
            $"{winner}は{loser}より優れています（{seeds}個のシードの平均で{mean}{Unit.Japanese}）。");
    }

    /// <summary>The rows that say what is known of a pair: a name and a text.</summary>
    public IEnumerable<(LocalizedText Name, LocalizedText Text)> Details(ComparedPair pair)
    {
        var (difference, second) = (pair.Difference, comparison.Names[pair.Second]);
        yield return (("mean difference", "差の平均"),
            ($"{Difference(difference.Mean)}{Unit.English}", $"{Difference(difference.Mean)}{Unit.Japanese}"));
        if (difference.Verdict != Comparisons.Verdict.Identical)
        {
            yield return (
                ($"{Confidence} interval", $"{Confidence}区間"),
                double.IsFinite(difference.Interval.Low) ? Range(difference.Interval)
                    : ("not known from so few seeds", "シードが少なすぎて定まりません"));
            yield return (("by the bootstrap", "ブートストラップ法"), Range(difference.Bootstrap()));
            var ties = difference.Ties;
            yield return (
                ($"seeds with {second} ahead", $"{second}が上のシード"),
                ($"{difference.Wins} of {difference.Values.Count}{(ties > 0 ? $", {ties} tied" : "")}",
                    $"{difference.Values.Count}個のうち{difference.Wins}個{(ties > 0 ? $"（同点{ties}個）" : "")}"));
            var (mean, next) = (Percent(difference.ProbabilityOfBetter), Percent(difference.ProbabilityWithNextSeed));
            yield return (
                ($"probability that {second} is better", $"{second}が上である確率"),
                ($"{mean.English} on average, {next.English} with one more seed",
                    $"平均で{mean.In(Language.Japanese)}、次のシードで{next.In(Language.Japanese)}"));
        }
        foreach (var row in Samples(pair))
            yield return row;
    }

    // Which samples only one of two settings classifies correctly; nothing of quantities.
    private IEnumerable<(LocalizedText Name, LocalizedText Text)> Samples(ComparedPair pair)
    {
        SampleAgreement[] all =
        [
            .. outcomes[pair.First].Zip(outcomes[pair.Second])
                .Where(both => both.First.Correct is not null && both.Second.Correct is not null)
                .Select(both => SampleAgreement.Of(both.First.Correct!, both.Second.Correct!)),
        ];
        if (all.Length == 0)
            yield break;
        var (first, second) = (comparison.Names[pair.First], comparison.Names[pair.Second]);
        var samples = Invariant($"{outcomes[0][0].Correct!.Length:N0}");
        string Mean(Func<SampleAgreement, int> of) => Invariant($"{all.Average(one => (double)of(one)):0.#}");
        var (one, other, none) = (Mean(seed => seed.OnlyFirst), Mean(seed => seed.OnlySecond),
            Mean(seed => seed.Neither));
        yield return (("correct in one alone", "片方だけが正解"), (
            $"{one} in {first}, {other} in {second}, of {samples} samples; in neither {none}",
            $"{samples}個のうち{first}だけ{one}個、{second}だけ{other}個、どちらも誤り{none}個"));
        var significant = all.Count(seed => seed.PValue < Significant);
        yield return (("networks that differ, by McNemar's test", "マクネマー検定で差がある"), (
            $"with {significant} of {all.Length} seeds",
            $"{all.Length}個のシードのうち{significant}個"));
    }

    private LocalizedText Range(Interval interval) => (
        $"{Difference(interval.Low)} to {Difference(interval.High)}",
        $"{Difference(interval.Low)} から {Difference(interval.High)}");

    // No observation makes anything certain.
    private static LocalizedText Percent(double probability) => probability switch
    {
        > 0.999 => ("over 99.9%", "99.9%以上"),
        < 0.001 => ("under 0.1%", "0.1%未満"),
        _ => Invariant($"{100 * probability:0.#}%"),
    };

    private static string Signed(double value, int decimals) =>
        (value > 0 ? "+" : "") + Typography.Number(value, decimals);
}
