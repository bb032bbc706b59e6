using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Whether networks learned anything: where they did not, what else is said of them means nothing.</summary>
internal static class Learning
{
    // Accuracy so much above that of always the most frequent class (or half of what is missing there, if that is
    // less), or a loss so much below that of guessing.
    private const double LeastGain = 0.1;

    /// <summary>Whether a network does clearly better than the same answer for every sample: by its last training
    /// accuracy or, if that was not measured, validation accuracy, or loss.</summary>
    public static bool HasLearned(Lab lab, Curve curve)
    {
        var shares = Guessing.Frequencies(lab.Data.Training.Classes, lab.Data.Training.All);
        double[] measured = curve.Accuracies.Count == 0
            ? [] : [CommonFigures.Training(curve), curve.Final.Validation];
        var accuracy = measured.FirstOrDefault(share => !double.IsNaN(share), double.NaN);
        return double.IsNaN(accuracy)
            ? curve.FinalLoss < (1 - LeastGain) * Guessing.Entropy(shares)
            : accuracy >= shares.Max() + Math.Min(LeastGain, (1 - shares.Max()) / 2);
    }

    /// <summary>The same claim, which holds and can be judged only where these networks learned.</summary>
    public static Claim IfLearned(this Claim claim, Lab lab, params IEnumerable<Curves> curves) =>
        IfLearned(claim, lab, 0, curves);

    /// <summary>The same, where they also have to come to a training accuracy.</summary>
    public static Claim IfLearned(this Claim claim, Lab lab, double least, params IEnumerable<Curves> curves)
    {
        string[][] idle = [.. claim.Held.Select((_, seed) => curves
            .Where(one => !HasLearned(lab, one.Seeds[seed])
                || least > 0 && CommonFigures.Training(one.Seeds[seed]) < least)
            .Select(one => one.Name).ToArray())];
        string Names(int seed, Func<string, string> of) =>
            string.Join(", ", idle[seed].Select(name => $"\"{of(name)}\""));
        LocalizedText why = least == 0 ? ("did not learn", "学習できていない") : (
            $"training accuracy below {CommonFigures.Percent(least, 0)}",
            $"訓練データの認識精度が{CommonFigures.Percent(least, 0)}未満");
        return claim with
        {
            Held = [.. claim.Held.Select((held, seed) => held && idle[seed].Length == 0)],
            Judged = [.. idle.Select(names => names.Length == 0)],
            Effect = idle.All(names => names.Length == 0) ? claim.Effect : null,
            Numbers = [.. claim.Numbers.Select((numbers, seed) => idle[seed].Length == 0 ? numbers : new LocalizedText(
                $"{why.English}: {Names(seed, name => name)}; {numbers.English}",
                $"{why.Japanese}：{Names(seed, name => lab.Both(name).In(Language.Japanese))}、"
                    + numbers.In(Language.Japanese)))],
        };
    }
}
