using System.Globalization;
using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A random search for learning rate and weight decay. Source: Deep Learning from Scratch, 6.5.</summary>
internal sealed class HyperparametersExperiment : Experiment
{
    private const int Listed = 20;
    private const double Ln10 = 2.302585092994046;

    public override string Name => "hyperparameters";
    public override string Section => "6.5";
    public override LocalizedText Title => ("A random search for hyperparameters", "ハイパーパラメータの最適化");

    public override LocalizedText Question => (
        "Learning rate and weight decay are drawn at random many times, over four decades each, and judged on 100 " +
        "images that are held out from training. Which of the two decides how well a trial does, and over which range?",
        "学習係数と Weight decay の係数を、それぞれ4桁の範囲から対数スケールでランダムに何組も選び、訓練に使わない100枚の検証データで評価します。結果を左右するのはどちらの値で、良い範囲はどこでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.WithPoints(
            lab.Configure(Lab.Usual with { Samples = 500, Validation = 0.2, Hidden = [100, 100, 100, 100, 100, 100] }),
            50);
        var draws = lab.Of(100, 16);
        var leaders = lab.Of(5, 2);
        var key = Key.OfSeed(lab.Settings.Seed).Child(65);
        double[] decays = LogUniform(key.Child(0), draws, -8, -4), rates = LogUniform(key.Child(1), draws, -6, -2);
        var trials = lab.Train(Enumerable.Range(0, draws).Select(i =>
            new Variant(
                $"{i + 1}",
                common with { Optimizer = common.Optimizer with { LearningRate = rates[i] }, L2 = decays[i] })
        {
            Measured = Measured.Training | Measured.Validation, EveryEpochs = lab.Of(1, 7),
        }));
        double Accuracy(int trial) => trials[trial].Median(curve => curve.Final.Validation);
        int[] best = [.. Enumerable.Range(0, draws).OrderByDescending(Accuracy)];
        (LocalizedText, string)[] Rates(int seed) =>
            [
                (
                    ("learning rates", "学習係数"),
                    string.Join(
                        ", ", Ordered(trials, seed).Take(leaders).Select(trial => Typography.Value(rates[trial], 2)))),
            ];
        return new()
        {
            Parts =
            [
                new Figure("best", Best(lab, [.. best.Take(Listed).Select(trial => (trials[trial], rates[trial]))]),
                BestCaption(
                    draws,
                    [
                        .. best.Take(Listed).Select(
                            trial => (rates[trial], trials[trial].Accuracy("", point => point.Validation).Ys[^1])),
                    ])),
                new Listing(("As the book prints them:", "本書の形式で："),
                string.Join('\n',
                best.Take(Listed).Select((trial, i) =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Best-{i + 1} (val acc:{Accuracy(trial):0.00##}) | lr:{rates[trial]}, weight " +
                        $"decay:{decays[trial]}")))),
                .. lab.Settings.BookOnly
                    ? []
                    : (Part[])[
                        Trials(lab, rates, decays, [.. Enumerable.Range(0, draws).Select(Accuracy)], best[..leaders])
                    ],
            ],
            Claims =
            [
                lab.Claim((
                    $"The {leaders} best all have a learning rate above 0.001", $"上位{leaders}個の学習係数はすべて 0.001 より大きい"),
                    seed => Ordered(trials, seed).Take(leaders).All(trial => rates[trial] > 1e-3), Rates),
                lab.Claim(("No trial with a learning rate below 0.0001 is among them", "その中に学習係数が 0.0001 未満の試行はない"),
                    seed => Ordered(trials, seed).Take(leaders).All(trial => rates[trial] >= 1e-4), Rates),
            ],
        };
    }

    private static IEnumerable<int> Ordered(IReadOnlyList<Curves> trials, int seed) =>
        Enumerable.Range(0, trials.Count).OrderByDescending(trial => trials[trial].Seeds[seed].Final.Validation);

    private static SmallMultiples Best(Lab lab, (Curves Trial, double Rate)[] trials) => new(
        lab.Say(
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
        string Least(double[] values) => Typography.Value(best.Min(trial => values[trial]), 2);
        string Most(double[] values) => Typography.Value(best.Max(trial => values[trial]), 2);
        string Decades(double[] values) =>
            Typography.Number(Math.Log10(best.Max(trial => values[trial]) / best.Min(trial => values[trial])), 1);
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
        ($"Each trial as a point, by its learning rate and by its weight decay. The {leaders} best have learning " +
         $"rates from {Least(rates)} to {Most(rates)} and weight decays from {Least(decays)} to {Most(decays)}, " +
         $"which is {Decades(rates)} and {Decades(decays)} of the four decades drawn from. The narrower range is " +
         "where the next search should spend its trials.",
         $"各試行を点で表し、学習係数と Weight decay のそれぞれに対して描きました。上位{leaders}個の学習係数は {Least(rates)} から {Most(rates)}、Weight " +
         $"decay は {Least(decays)} から {Most(decays)} で、4桁の範囲のうちそれぞれ {Decades(rates)} 桁と {Decades(decays)} " +
         "桁に散らばっています。次の探索では、狭いほうの範囲に絞るとよいでしょう。"));
    }

    // What the panels show, from the best to the last of them.
    private static LocalizedText BestCaption(int draws, (double Rate, double End)[] shown) => (
        $"The {shown.Length} best of {draws} trials, validation accuracy solid, training accuracy dotted; above " +
        "each its rank, its validation accuracy at the end and its learning rate. The first ends at " +
        $"{Percent(shown[0].End)} with a rate of {Typography.Value(shown[0].Rate, 2)}, the last one shown at " +
        $"{Percent(shown[^1].End)} with {Typography.Value(shown[^1].Rate, 2)}. From where on are the lines flat, " +
        "and are those rates too small or too large?",
        $"{draws}個の試行のうち成績の良い{shown.Length}個です。実線が検証データ、点線が訓練データの認識精度で、各図の上に順位、最後の検証データの認識精度、学習係数を示します。" +
        $"1位は{Percent(shown[0].End)}（学習係数 {Typography.Value(shown[0].Rate, 2)}）、最後の図は{Percent(shown[^1].End)}（学習係数 " +
        $"{Typography.Value(shown[^1].Rate, 2)}）です。線が平らになるのはどこからでしょうか。その学習係数は小さすぎるのでしょうか、大きすぎるのでしょうか。");

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
