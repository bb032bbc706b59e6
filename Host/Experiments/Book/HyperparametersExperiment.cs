using System.Globalization;
using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A random search for learning rate and weight decay. Source: Deep Learning from Scratch, 6.5.</summary>
internal sealed class HyperparametersExperiment : Experiment
{
    private const int Listed = 20, LowestPower = -6, HighestPower = -2;

    // What a line rises by at least if its network learns.
    private const double Rise = 0.05;

    // A trial this good has found something: guessing gets a tenth right.
    private const double Above = 0.2;
    private const double Ln10 = 2.302585092994046;

    public override string Name => "hyperparameters";
    public override string Section => "6.5";
    public override LocalizedText Title => ("A random search for hyperparameters", "ハイパーパラメータの最適化");

    public override LocalizedText Question => (
        "Learning rate and weight decay are drawn at random many times, over four decades each, and judged on 100 " +
        "images that are held out from training. Which of the two decides how well a trial does, and over which range?",
        "学習係数と Weight decay の係数を、それぞれ4桁の範囲から対数スケールでランダムに何組も選び、" +
        "訓練に使わない100枚の検証データで評価します。結果を左右するのはどちらの値で、良い範囲はどこでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.WithPoints(
            lab.Configure(Lab.Usual with { Samples = 500, Validation = 0.2, Hidden = [100, 100, 100, 100, 100, 100] }),
            50);
        var draws = lab.Of(100, 16);
        var leaders = lab.Of(5, 2);
        var key = Key.OfSeed(lab.Settings.Seed).Child(65);
        var decays = LogUniform(key.Child(0), draws, -8, -4);
        var rates = LogUniform(key.Child(1), draws, LowestPower, HighestPower);
        var trials = lab.Train(Enumerable.Range(0, draws).Select(i =>
            new Variant(
                $"{i + 1}",
                common with { Optimizer = common.Optimizer with { LearningRate = rates[i] }, L2 = decays[i] })
        {
            Measured = Measured.Training | Measured.Validation, EveryEpochs = lab.Of(1, 7),
        }));
        double Accuracy(int trial) => trials[trial].Median(curve => curve.Final.Validation);
        int[] best = [.. Enumerable.Range(0, draws).OrderByDescending(Accuracy)];
        string List(int seed, Func<int, string> of) =>
            string.Join(", ", Ordered(trials, seed).Take(leaders).Select(of));
        double End(int trial, int seed) => trials[trial].Seeds[seed].Final.Validation;
        int[] slow = [.. Enumerable.Range(0, draws).Where(trial => rates[trial] < 1e-4)];
        return new()
        {
            Parts =
            [
                new Figure(
                    "best", Best(lab, draws, [.. best.Take(Listed).Select(trial => (trials[trial], rates[trial]))]),
                    BestCaption(
                        draws,
                        [
                            .. best.Take(Listed).Select(trial =>
                                (rates[trial], trials[trial].Accuracy("", point => point.Validation).Ys)),
                        ])) { InBook = "6-24" },
                new Listing(("As the book prints them:", "本書の形式で："),
                string.Join('\n',
                best.Take(Listed).Select((trial, i) =>
                    $"Best-{i + 1} (val acc:{Python(Accuracy(trial))}) | lr:{Python(rates[trial])}, weight " +
                        $"decay:{Python(decays[trial])}"))),
                .. lab.Settings.BookOnly
                    ? []
                    : (Part[])[
                        Trials(lab, rates, decays, [.. Enumerable.Range(0, draws).Select(Accuracy)], best[..leaders])
                    ],
            ],
            Claims =
            [
                lab.Claim((
                    $"The {leaders} best trials learn (validation accuracy of at least {Percent(Learned, 0)}), with " +
                    "learning rates above 0.001",
                    $"上位{leaders}個の試行は学習できていて（検証データの認識精度が{Percent(Learned, 0)}以上）、" +
                    "その学習係数はすべて 0.001 より大きい"),
                    seed => Ordered(trials, seed).Take(leaders)
                        .All(trial => rates[trial] > 1e-3 && End(trial, seed) >= Learned),
                    seed =>
                    [
                        (("learning rates", "学習係数"), List(seed, trial => Typography.Value(rates[trial], 2))),
                        (("validation accuracies", "検証データの認識精度"),
                            List(seed, trial => Percent(End(trial, seed), 0))),
                    ]).By(lab, ("the lowest of their rates in thousandths", "その学習係数の最小（1000分の1単位）"),
                        seed => 1000 * Ordered(trials, seed).Take(leaders).Min(trial => rates[trial])),
                lab.Claim((
                    $"No trial with a learning rate below 0.0001 gets to a validation accuracy of {Percent(Above, 0)}",
                    $"学習係数が 0.0001 未満の試行は、検証データの認識精度がどれも{Percent(Above, 0)}に届かない"),
                    seed => slow.All(trial => End(trial, seed) < Above),
                    seed =>
                    [
                        (("highest of them", "その最高"),
                            Percent(slow.Max(trial => (double?)End(trial, seed)) ?? double.NaN, 0)),
                    ]).By(lab, ($"the highest of them minus {Percent(Above, 0)}", $"その最高 − {Percent(Above, 0)}"),
                        seed => (slow.Max(trial => (double?)End(trial, seed)) ?? double.NaN) - Above, inPoints: true)
                    .IfLearned(lab, trials[best[0]]),
            ],
        };
    }

    private static IEnumerable<int> Ordered(IReadOnlyList<Curves> trials, int seed) =>
        Enumerable.Range(0, trials.Count).OrderByDescending(trial => trials[trial].Seeds[seed].Final.Validation);

    private static SmallMultiples Best(Lab lab, int draws, (Curves Trial, double Rate)[] trials) => new(
        trials.Length == draws
            ? lab.Say(
                "All trials, best first: validation accuracy and learning rate",
                "すべての試行、成績順（検証データの認識精度と学習係数）")
            : lab.Say(
                $"The {trials.Length} best trials: validation accuracy and learning rate",
                $"上位{trials.Length}個の試行（検証データの認識精度と学習係数）"),
        [
            .. trials.Select((one, i) => new LineChart(
                Heading(i + 1, one), lab.Say(Terms.Epoch), Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
            {
                Series =
                [
                    one.Trial.Accuracy(
                        lab.Say(Terms.Validation), point => point.Validation) with { Color = 0, Dash = Dash.Solid },
                    one.Trial.Accuracy(
                        lab.Say(Terms.Training), point => point.Training) with { Color = 1, Dash = Dash.Dotted },
                ],
            }),
        ])
    { Columns = 5 };

    private static string Heading(int rank, (Curves Trial, double Rate) one)
    {
        var end = one.Trial.Accuracy("", point => point.Validation).Ys[^1];
        return $"{rank}: {Percent(end, 0)}, {Typography.Value(one.Rate, 2)}";
    }

    private static Figure Trials(Lab lab, double[] rates, double[] decays, double[] accuracies, int[] best)
    {
        var leaders = best.Length;
        double[] Leading(double[] values) => [.. best.Select(trial => values[trial])];
        string Least(double[] values) => Typography.Value(best.Min(trial => values[trial]), 2);
        string Most(double[] values) => Typography.Value(best.Max(trial => values[trial]), 2);
        string Decades(double[] values) =>
            Typography.Number(Elementary.Log(Leading(values).Max() / Leading(values).Min()) / Elementary.Log(10.0), 1);
        return new(
        "trials",
        new SmallMultiples(lab.Say("All trials", "すべての試行"),
        [
            new ScatterChart(
                lab.Say("learning rate", "学習係数"), Axis.Log(lab.Say("learning rate", "学習係数")),
                Axis.Between(lab.Say("validation accuracy", "検証データの認識精度"), 0, 1))
            { Series = [new("", rates, accuracies)] },
            new ScatterChart(
                "weight decay", Axis.Log("weight decay"),
                Axis.Between(lab.Say("validation accuracy", "検証データの認識精度"), 0, 1))
            { Series = [new("", decays, accuracies)] },
        ])
        { ShareX = false },
        Text(
        ($"Each trial as a point, by its learning rate and by its weight decay. The {leaders} best have learning " +
         $"rates from {Least(rates)} to {Most(rates)} and weight decays from {Least(decays)} to {Most(decays)}, " +
         $"which is {Decades(rates)} and {Decades(decays)} of the four decades drawn from.",
         "各試行を点で表し、学習係数と Weight decay のそれぞれに対して描きました。" +
         $"上位{leaders}個の学習係数は {Least(rates)} から {Most(rates)}、Weight " +
         $"decay は {Least(decays)} から {Most(decays)} で、" +
         $"4桁の範囲のうちそれぞれ {Decades(rates)} 桁と {Decades(decays)} " +
         "桁に散らばっています。"),
         Advice(Leading(rates), Leading(decays)))) { InBook = "" };
    }

    /// <summary>Where to search next, given the learning rates and the weight decays of the best trials, the best one
    /// first.</summary>
    internal static LocalizedText Advice(double[] rates, double[] decays)
    {
        const double near = 1.1;
        var best = rates[0];
        double lowest = Typography.Power(LowestPower), highest = Typography.Power(HighestPower);
        return best <= near * lowest || near * best >= highest
            ? ($"The best learning rate, {Typography.Value(best, 2)}, is at the edge of the range drawn from: the " +
               "next search should go beyond it.",
               $"最良の学習係数 {Typography.Value(best, 2)} は探索範囲の端にあります。" +
               "次の探索では範囲をその先まで広げるべきです。")
            : rates.Max() / rates.Min() < decays.Max() / decays.Min()
            ? ("The range of those learning rates is the narrower one: the next search should concentrate on it.",
               "狭いのは学習係数の範囲です。次の探索ではこの範囲に絞るとよいでしょう。")
            : "";
    }

    /// <summary>What the panels show, from the best to the last of them: the learning rate of each, and its validation
    /// accuracy over the epochs.</summary>
    internal static LocalizedText BestCaption(int draws, (double Rate, IReadOnlyList<double> Line)[] shown)
    {
        string End(int i) => Percent(shown[i].Line[^1]);
        string Rate(int i) => Typography.Value(shown[i].Rate, 2);
        var (last, points) = (shown.Length - 1, Typography.Number(100 * Rise, 0));
        return Text(
            shown.Length == draws
                ? ($"All {draws} trials, best first.", $"{draws}個の試行すべてを、成績の良い順に示します。")
                : ($"The {shown.Length} best of {draws} trials.",
                   $"{draws}個の試行のうち成績の良い{shown.Length}個です。"),
            ("Validation accuracy is solid, training accuracy dotted; above each panel are its rank, its validation " +
             $"accuracy at the end and its learning rate. The first ends at {End(0)} with a rate of {Rate(0)}, the " +
             $"last one shown at {End(last)} with {Rate(last)}.",
             "実線が検証データ、点線が訓練データの認識精度で、各図の上に順位、最後の検証データの認識精度、" +
             "学習係数を示します。" +
             $"1位は{End(0)}（学習係数 {Rate(0)}）、最後の図は{End(last)}（学習係数 {Rate(last)}）です。"),
            shown.All(one => one.Line[^1] - one.Line[0] >= Rise)
                ? ($"Every solid line rises by at least {points} percentage points: all of these networks learn.",
                   $"どの実線も{points}ポイント以上上がっていて、どの試行も学習が進んでいます。")
                : ($"Which solid lines rise by less than {points} percentage points, and are their learning rates " +
                   "too small or too large?",
                   $"実線の上昇が{points}ポイント未満なのはどの図でしょうか。その学習係数は小さすぎるのでしょうか、" +
                   "大きすぎるのでしょうか。"));
    }

    // Ten to a power drawn evenly between two; four digits, so that what is printed is what was run.
    private static double[] LogUniform(Key key, int count, double from, double to)
    {
        var values = key.Uniforms(count).Select(u => Elementary.Exp((from + (to - from) * u) * Ln10));
        return
        [
            .. values.Select(value =>
                double.Parse(value.ToString("E3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)),
        ];
    }
}
