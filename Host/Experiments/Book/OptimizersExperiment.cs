using Functional.Host.Charts;
using Functional.Host.Runs;

namespace Functional.Host.Experiments;

/// <summary>Four optimizers on the same network and batches, with the book's rates and then each with its own best.
/// Source: Deep Learning from Scratch, 6.1.8.</summary>
public sealed class OptimizersExperiment : Experiment
{
    // The first of each optimizer's rates is the book's.
    private static readonly (string Name, string Optimizer, double Rate)[] Rules =
        [("SGD", "sgd", 0.01), ("Momentum", "momentum", 0.01), ("AdaGrad", "adagrad", 0.01), ("Adam", "adam", 0.001)];

    private static readonly double[] Factors = [0.1, 0.3, 1, 3, 10, 30];

    /// <inheritdoc/>
    public override string Name => "optimizers";

    /// <inheritdoc/>
    public override string Section => "6.1.8";

    /// <inheritdoc/>
    public override Words Title => ("Four optimizers on the same batches", "MNISTデータセットによる更新手法の比較");

    /// <inheritdoc/>
    public override Words Question => (
        "A network of five layers is trained by SGD, Momentum, AdaGrad and Adam, each with the book's rate, on the very same batches. Which is slowest, and is that the rule's fault or the rate's?",
        "5層のネットワークを、SGD・Momentum・AdaGrad・Adam の4つの手法で、まったく同じミニバッチを使って学習させます。最も遅いのはどれでしょうか。それは手法のせいでしょうか、それとも学習係数のせいでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [100, 100, 100, 100], BatchSize = 128, Iterations = lab.Of(2000, 200),
        });
        var curves = lab.Train(Rules.Select(rule => new Variant(
            rule.Name, common with { OptimizerName = rule.Optimizer, LearningRate = rule.Rate }) { Observation = Probes.LossAfter }));
        double[] losses = [.. curves.Select(curve => curve.Median(run => run.FinalLoss))];
        var book = new Figure("loss", Losses(lab, lab.Say("Loss of the four optimizers", "4つの更新手法の損失の比較"), curves), (
            "The loss of each step's batch, smoothed. SGD with rate 0.01 is far behind; the other three, which adapt their steps or build up speed, come down quickly and end close together.",
            "各ステップのミニバッチの損失（平滑化）。学習係数 0.01 の SGD が大きく遅れ、勢いをつける Momentum や、歩幅を調整する AdaGrad・Adam は速く下がり、最後には近い値になります。"));
        Claim[] claims =
        [
            .. Enumerable.Range(1, 3).Select(i => lab.Claim(
                ($"{curves[i].Name} ends below SGD", $"{curves[i].Name} の損失は SGD より小さくなる"),
                seed => curves[i].Seeds[seed].FinalLoss < curves[0].Seeds[seed].FinalLoss, $"{losses[i]:F3} < {losses[0]:F3}")),
        ];
        if (lab.Settings.BookOnly)
            return new() { Parts = [book, Shown.Printed(lab, curves)], Claims = claims };
        var (rates, tuned) = Tuned(lab, common);
        double[] tunedLosses = [.. tuned.Select(curve => curve.Median(run => run.FinalLoss))];
        return new()
        {
            Parts =
            [
                book,
                Shown.Printed(lab, curves),
                new Paragraph((
                    "Is that a fair race? SGD and AdaGrad run with a rate that somebody chose. Here each optimizer tries six rates around the book's for a quarter of the steps, on samples with a part kept for validation, and then runs with the best of them: the question of 6.1.7, answered fairly.",
                    "これは公平な比較でしょうか。ここでは各手法について、本書の値を中心に6つの学習係数を、検証データを取り分けたうえで4分の1のステップだけ試し、最も良かった学習係数で改めて学習します。6.1.7節の問い「どの更新手法を用いるか」への公平な答えです。")),
                new Figure("tuned", Losses(lab, lab.Say("Each with its best rate", "それぞれ最良の学習係数で"), tuned), (
                    $"With rates chosen on validation samples ({string.Join(", ", tuned.Select(curve => curve.Name))}) most of the difference is gone: much of what looked like the rule was the rate.",
                    $"検証データで選んだ学習係数（{string.Join("、", tuned.Select(curve => curve.Name))}）では差の大部分が消えます。手法の差に見えたものの多くは、学習係数の差でした。")),
            ],
            Claims =
            [
                .. claims,
                lab.Claim(
                    ("With its own best rate SGD ends below SGD with the book's rate", "最良の学習係数を選んだ SGD は、本書の学習係数の SGD より損失が小さい"),
                    seed => tuned[0].Seeds[seed].FinalLoss < curves[0].Seeds[seed].FinalLoss, $"{tunedLosses[0]:F3} < {losses[0]:F3}"),
                lab.Claim(
                    ("Tuning shrinks the gap between SGD and the best of the others", "学習係数を選び直すと、SGD と他の手法との差は縮まる"),
                    seed => Gap(tuned, seed) < Gap(curves, seed), $"{Spread(tunedLosses):F3} < {Spread(losses):F3}"),
            ],
        };
    }

    private static LineChart Losses(Lab lab, string title, IReadOnlyList<Curves> curves) =>
        new(title, lab.Say(Terms.Iteration), Axis.Between(lab.Say(Terms.Loss), 0, 1)) { Series = [.. curves.Select(curve => curve.Loss())] };

    private static (double[] Rates, IReadOnlyList<Curves> Curves) Tuned(Lab lab, TrainConfiguration common)
    {
        var trials = Rules.SelectMany(rule => Factors.Select(factor => (rule, Rate: Rounded(rule.Rate * factor)))).ToArray();
        var samples = Math.Min(lab.Data.Training.Count, 10_000);
        var curves = lab.Train(trials.Select(trial => new Variant(
            $"{trial.rule.Name}, {trial.Rate}",
            common with
            {
                OptimizerName = trial.rule.Optimizer, LearningRate = trial.Rate,
                Iterations = Math.Max(1, common.Iterations!.Value / 4), Samples = samples, Validation = 0.1,
            }) { Extra = true, Measured = Measured.Validation }));
        double[] rates =
        [
            .. Rules.Select(rule => trials.Index().Where(trial => trial.Item.rule == rule)
                .MaxBy(trial => curves[trial.Index].Median(run => double.IsFinite(run.Losses[^1]) ? run.Final.Validation : 0)).Item.Rate),
        ];
        return (rates, lab.Train(Rules.Zip(rates).Select(pair => new Variant(
            $"{pair.First.Name} {pair.Second}",
            common with { OptimizerName = pair.First.Optimizer, LearningRate = pair.Second }) { Extra = true, Observation = Probes.LossAfter })));
    }

    // 0.003, not 0.0030000000000000001: what is printed is what is run.
    private static double Rounded(double rate) => Math.Round(rate, 6);

    private static double Gap(IReadOnlyList<Curves> curves, int seed) => Spread([.. curves.Select(curve => curve.Seeds[seed].FinalLoss)]);

    private static double Spread(double[] losses) => losses[0] - losses.Skip(1).Min();
}
