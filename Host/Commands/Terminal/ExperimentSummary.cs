using Functional.Host.Experiments;

namespace Functional.Host.Commands;

/// <summary>What came of experiments, as lines in the reader's language: how many claims held, and those that didn't.
/// </summary>
internal static class ExperimentSummary
{
    public static IEnumerable<string> Lines(
        LabSettings settings, IReadOnlyList<Claim> claims, string page, double seconds)
    {
        string Say(LocalizedText text) => text.In(settings.Language);
        var held = claims.Count(claim => claim.Always);
        yield return Say((
            Invariant($"done in {seconds:F1} s: {held} of {Plural.Of(claims.Count, "claim")} held"),
            Invariant($"{seconds:F1}秒で終了：{claims.Count}個の主張のうち{held}個が成立しました")));
        foreach (var claim in claims.Where(claim => !claim.Always))
            yield return Say(Line(claim, settings.Seed));
        // A path is no text: its spaces stay.
        yield return Say(("page: ", "ページ：")) + page;
    }

    private static LocalizedText Line(Claim claim, long firstSeed)
    {
        LocalizedText verdict = claim switch
        {
            { ContradictsText: true, Source: { } source } => (
                $"{source.English} says, these runs don't", $"{source.In(Language.Japanese)}の記述と不一致"),
            { CanBeJudged: true } => ("not held", "不成立"),
            _ => ("not judged", "判定不能"),
        };
        var seed = firstSeed + claim.Shown;
        LocalizedText whose = claim.Held.Count > 1 ? ($" with seed {seed}", $"（シード{seed}）") : "";
        LocalizedText[] numbers = [.. claim.Effect is { } effect ? [effect.Text] : (LocalizedText[])[], claim.Evidence];
        string Of(Language language, string separator) =>
            string.Join(separator, numbers.Select(text => text.In(language)).Where(text => text.Length > 0));
        return (
            $"{verdict.English}{whose.English}: {claim.Statement.English} ({Of(Language.English, "; ")})",
            $"{verdict.Japanese}{whose.Japanese}：{claim.Statement.In(Language.Japanese)}" +
            $"（{Of(Language.Japanese, "、")}）");
    }
}
