using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>A random search for learning rate and weight decay. Source: Deep Learning from Scratch, 6.5.</summary>
public sealed class HyperparametersExperiment : Experiment
{
    private const int Listed = 20;
    private const double Ln10 = 2.302585092994046;

    /// <inheritdoc/>
    public override string Name => "hyperparameters";

    /// <inheritdoc/>
    public override string Section => "6.5";

    /// <inheritdoc/>
    public override Words Title => ("A random search for hyperparameters", "ハイパーパラメータの最適化");

    /// <inheritdoc/>
    public override Words Question => (
        "A hundred times learning rate and weight decay are drawn at random, over four decades each, and judged on 100 images that are kept from training. Which of the two decides how well a trial does, and over which range?",
        "学習係数と Weight decay の係数を、それぞれ4桁の範囲からランダムに100回選び、訓練に使わない100枚の検証データで評価します。結果を左右するのはどちらの値で、良い範囲はどこでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = lab.WithPoints(
            lab.Configure(Lab.Usual with { Samples = 500, Validation = 0.2, Hidden = [100, 100, 100, 100, 100, 100] }), 50);
        var draws = lab.Of(100, 16);
        var leaders = lab.Of(5, 2);
        var key = Key.OfSeed(lab.Settings.Seed).Child(65);
        double[] decays = LogUniform(key.Child(0), draws, -8, -4), rates = LogUniform(key.Child(1), draws, -6, -2);
        var trials = lab.Train(Enumerable.Range(0, draws).Select(i => new Variant($"{i + 1}", common with { LearningRate = rates[i], L2 = decays[i] })
        {
            Measured = Measured.Training | Measured.Validation, EveryEpochs = lab.Of(1, 7),
        }));
        double Accuracy(int trial) => trials[trial].Median(curve => curve.Final.Validation);
        int[] best = [.. Enumerable.Range(0, draws).OrderByDescending(Accuracy)];
        double[] bestRates = [.. best.Take(leaders).Select(trial => rates[trial])];
        return new()
        {
            Parts =
            [
                new Figure("best", Best(lab, [.. best.Take(Listed).Select(trial => trials[trial])]), (
                    "The twenty best trials, validation accuracy solid, training accuracy dotted. The best learn quickly; further down the lines have only begun to rise: their rate was too small for so few epochs.",
                    "成績の良い20個の試行。実線が検証データ、点線が訓練データの認識精度です。上位の試行は速く学習し、下位の試行はまだ上がり始めたばかりです。学習係数がこのエポック数には小さすぎたのです。")),
                new Listing(("As the book prints them:", "本書の形式で："), string.Join('\n', best.Take(Listed).Select((trial, i) =>
                    string.Create(CultureInfo.InvariantCulture, $"Best-{i + 1} (val acc:{Accuracy(trial):0.00##}) | lr:{rates[trial]}, weight decay:{decays[trial]}")))),
                .. lab.Settings.BookOnly ? [] : (Part[])[Trials(lab, rates, decays, [.. Enumerable.Range(0, draws).Select(Accuracy)])],
            ],
            Claims =
            [
                lab.Claim(($"The {leaders} best all have a learning rate above 0.001", $"上位{leaders}個の学習係数はすべて 0.001 より大きい"),
                    seed => Ordered(trials, seed).Take(leaders).All(trial => rates[trial] > 1e-3), $"{string.Join(", ", bestRates.Select(rate => Typography.Value(rate, 2)))}"),
                lab.Claim(("No trial with a learning rate below 0.0001 is among them", "その中に学習係数が 0.0001 未満の試行はない"),
                    seed => Ordered(trials, seed).Take(leaders).All(trial => rates[trial] >= 1e-4), $"{Typography.Value(bestRates.Min(), 2)}"),
            ],
        };
    }

    private static IEnumerable<int> Ordered(IReadOnlyList<Curves> trials, int seed) =>
        Enumerable.Range(0, trials.Count).OrderByDescending(trial => trials[trial].Seeds[seed].Final.Validation);

    private static SmallMultiples Best(Lab lab, Curves[] trials) => new(
        lab.Say("The twenty best trials", "上位20個の試行"),
        [
            .. trials.Select((trial, i) => new LineChart($"Best-{i + 1}", lab.Say(Terms.Epoch), Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
            {
                Series =
                [
                    trial.Accuracy(lab.Say(Terms.Validation), point => point.Validation) with { Color = 0, Dash = Dash.Solid },
                    trial.Accuracy(lab.Say(Terms.Training), point => point.Training) with { Color = 1, Dash = Dash.Dotted },
                ],
            }),
        ])
    { Columns = 5 };

    private static Figure Trials(Lab lab, double[] rates, double[] decays, double[] accuracies) => new(
        "trials",
        new SmallMultiples(lab.Say("All trials", "すべての試行"),
        [
            new ScatterChart(lab.Say("learning rate", "学習係数"), Axis.Log(lab.Say("learning rate", "学習係数")), Axis.Between(lab.Say("validation accuracy", "検証データの認識精度"), 0, 1))
            { Series = [new("", rates, accuracies)] },
            new ScatterChart("weight decay", Axis.Log("weight decay"), Axis.Between(lab.Say("validation accuracy", "検証データの認識精度"), 0, 1))
            { Series = [new("", decays, accuracies)] },
        ])
        { ShareX = false },
        ("Each trial as a point, once over its learning rate, once over its weight decay. On the left there is a clear shape, on the right none: over this range weight decay hardly matters, and the next search should spend its trials near the top right of the left picture.",
         "各試行を点で表し、左は学習係数、右は Weight decay に対して描きました。左にははっきりした形があり、右にはありません。この範囲では Weight decay はほとんど影響せず、次の探索では学習係数を左の図の右上の範囲に絞るべきです。"));

    // Ten to a power drawn evenly between two; four digits, so that what is printed is what was run.
    private static double[] LogUniform(Key key, int count, double from, double to)
    {
        var values = key.Uniforms(count).Select(u => Elementary.Exp((from + (to - from) * u) * Ln10));
        return [.. values.Select(value => double.Parse(value.ToString("E3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture))];
    }
}
