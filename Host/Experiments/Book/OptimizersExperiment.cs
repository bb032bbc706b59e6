using Functional.Host.Charts;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Four optimizers on the same network and batches, with the book's rates and then each with its own best.
/// Source: Deep Learning from Scratch, 6.1.8.</summary>
internal sealed class OptimizersExperiment : Experiment
{
    // The first of each optimizer's rates is the book's.
    private static readonly (string Name, string Optimizer, double Rate)[] Rules =
        [("SGD", "sgd", 0.01), ("Momentum", "momentum", 0.01), ("AdaGrad", "adagrad", 0.01), ("Adam", "adam", 0.001)];

    private static readonly double[] Factors = [0.1, 0.3, 1, 3, 10, 30];

    // ln 10 to the last bit: the loss of giving every digit a tenth.
    private const double Guessing = 2.302585092994046;
    private const int LeastTrial = 200;

    public override string Name => "optimizers";
    public override string Section => "6.1.8";
    public override LocalizedText Title => ("Four optimizers on the same batches",
                                            "同じミニバッチによる更新手法の比較");

    public override LocalizedText Question => (
        "A network of five layers is trained by SGD, Momentum, AdaGrad and Adam, each with the book's rate, on the " +
        "very same batches. Which is slowest, and is that the rule's fault or the rate's?",
        "5層のネットワークを、SGD・Momentum・AdaGrad・Adam の4つの手法で、" +
        "まったく同じミニバッチを使って学習させます。最も遅いのはどれでしょうか。" +
        "それは手法のせいでしょうか、それとも学習係数のせいでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [100, 100, 100, 100], BatchSize = 128, Iterations = lab.Of(2000, 200),
        });
        var curves = lab.Train(Rules.Select(rule => new Variant(
            rule.Name,
            common with
            {
                Optimizer = common.Optimizer with { Name = rule.Optimizer, LearningRate = rule.Rate },
            }) { Observation = Probes.LossAfter }));
        double[] losses = [.. curves.Select(curve => curve.Median(run => run.FinalLoss))];
        var book = new Figure("loss",
            Losses(lab, lab.Say("Loss of the four optimizers", "4つの更新手法の損失の比較"), curves),
            Text(
            ("The loss of each step's batch, smoothed, on a logarithmic axis.",
             "各ステップのミニバッチの損失（平滑化、対数軸）。"),
            Ends(curves),
            losses.Skip(1).All(loss => loss < losses[0]) && curves.Skip(1).Any(curve => Learns(lab, curve))
                ? (
                    "SGD with the book's rate is behind: the other three adapt their steps or build up speed.",
                    "本書の学習係数の SGD が最も遅れています。他の3つは勢いをつけたり、歩幅を調整したりします。")
                : losses.Min() == losses.Max()
                ? ("They are all the same here.", "ここではどれも同じです。")
                : ("SGD is not the slowest here.", "ここでは SGD が最も遅いわけではありません。"))) { InBook = "6-9" };
        Claim[] claims =
        [
            .. Enumerable.Range(1, 3).Select(i => lab.Claim(
                ($"{curves[i].Name} ends below SGD", $"{curves[i].Name} の損失は SGD より小さくなる"),
                seed => curves[i].Seeds[seed].FinalLoss < curves[0].Seeds[seed].FinalLoss,
                seed => [Loss(curves[i], seed), Loss(curves[0], seed)])
                .By(lab, (Minus(curves[i].Name), Minus(curves[i].Name)),
                    seed => curves[i].Seeds[seed].FinalLoss - curves[0].Seeds[seed].FinalLoss)
                .SaidIn(("Section 6.1.8", "6.1.8節")).IfLearned(lab, curves[i])),
        ];
        if (lab.Settings.BookOnly)
            return new() { Parts = [book, Printed(lab, curves), PrintedLines(curves)], Claims = claims };
        var tuned = Tuned(lab, common);
        var trialSteps = TrialSteps(lab.Steps(common));
        return new()
        {
            Parts =
            [
                book,
                Printed(lab, curves), PrintedLines(curves),
                new Paragraph((
                    "Is that a fair comparison? All four run with a rate that somebody chose. Here each optimizer " +
                    "tries six rates, from a tenth of the book's to thirty times as much, for " +
                    $"{trialSteps} steps, on samples with a part kept for validation, and then runs with the best " +
                    "of them: the question of 6.1.7, asked fairly.",
                    "これは公平な比較でしょうか。4つとも学習係数は人が選んだ値です。" +
                    "ここでは各手法について、本書の値の0.1倍から30倍まで6つの学習係数を、" +
                    $"検証データを取り分けたうえで{trialSteps}ステップずつ試し、" +
                    "最も良かった学習係数で改めて学習します。" +
                    "6.1.7節の問い「どの更新手法を用いるか」を公平に問い直します。")),
                new Figure(
                    "tuned",
                    Losses(
                        lab, lab.Say("Each with the rate that did best in short trials",
                            "短い試行で最も良かった学習係数で"), tuned),
                    TunedCaption(curves, tuned)) { InBook = "" },
            ],
            Claims =
            [
                .. claims,
                lab.Claim(
                    (
                        "With the rate of its best trial SGD ends below SGD with the book's rate",
                        "短い試行で選んだ学習係数の SGD は、本書の学習係数の SGD より損失が小さい"),
                    seed => tuned[0].Seeds[seed].FinalLoss < curves[0].Seeds[seed].FinalLoss,
                    seed => [Loss(tuned[0], seed), Loss(curves[0], seed)])
                    .By(lab, ("loss, tuned minus the book's", "損失の変化（選び直し − 本書）"),
                        seed => tuned[0].Seeds[seed].FinalLoss - curves[0].Seeds[seed].FinalLoss)
                    .IfLearned(lab, tuned[0]),
                lab.Claim(
                    (
                        "Each tuned run ends below guessing (a loss of ln 10 = 2.30)",
                        "学習係数を選び直した4つの学習は、どれもランダムな推測の損失 ln 10 = 2.30 を下回って終わる"),
                    seed => tuned.All(curve => curve.Seeds[seed].FinalLoss < Guessing),
                    seed => [.. tuned.Select(curve => Loss(curve, seed))])
                    .By(lab, ("the largest loss minus guessing's", "最大の損失 − 推測の損失"),
                        seed => tuned.Max(curve => curve.Seeds[seed].FinalLoss) - Guessing)
                    .IfLearned(lab, Best(tuned)),
                lab.Claim(
                    ("Tuning shrinks the gap between SGD and the best of the others",
                     "学習係数を選び直すと、SGD と他の手法との差は縮まる"),
                    seed => Gap(tuned, seed) < Gap(curves, seed),
                    seed =>
                        [
                            (("gap after tuning", "選び直した後の差"), Typography.Value(Gap(tuned, seed), 2)),
                            (("before", "前"), Typography.Value(Gap(curves, seed), 2)),
                        ]).By(lab, ("gap after minus before", "差の変化（後 − 前）"),
                            seed => Gap(tuned, seed) - Gap(curves, seed)).IfLearned(lab, Best(tuned), Best(curves)),
            ],
        };
    }

    private static string Minus(string name) => $"{name} − SGD";

    private static LineChart Losses(Lab lab, string title, IReadOnlyList<Curves> curves) =>
        new(title, lab.Say(Terms.Iteration), Axis.Log(lab.Say(Terms.Loss)))
        {
            Series = [.. curves.Select(curve => curve.Loss())],
            References = [new(Guessing, lab.Say("guessing: ln 10", "ランダムな推測：ln 10"))],
        };

    // A quarter, but not so few that what diverges later looks good.
    private static int TrialSteps(int steps) => Math.Max(1, Math.Max(steps / 4, Math.Min(steps, LeastTrial)));

    private static (LocalizedText, string) Loss(Curves curve, int seed) =>
        (curve.Name, Number(curve.Seeds[seed].FinalLoss));

    private static string Number(double loss) => double.IsFinite(loss) ? Typography.Value(loss, 2) : "NaN";

    private static LocalizedText Ends(IReadOnlyList<Curves> curves)
    {
        // As the figure shows it, the lowest first.
        var ends = curves.Select(curve => (curve.Name, Loss: curve.Loss().Ys[^1]))
            .OrderBy(end => double.IsFinite(end.Loss) ? end.Loss : double.MaxValue);
        string List(string separator, string colon) =>
            string.Join(separator, ends.Select(end => $"{end.Name}{colon}{Number(end.Loss)}"));
        return ($"The losses of the last step: {List(", ", ": ")}.",
                $"最後のステップの損失は {List("、", "：")} です。");
    }

    /// <summary>What the rates chosen in short trials come to, beside the book's.</summary>
    internal static LocalizedText TunedCaption(IReadOnlyList<Curves> curves, IReadOnlyList<Curves> tuned)
    {
        double[] Losses(IReadOnlyList<Curves> some) => [.. some.Select(curve => curve.Loss().Ys[^1])];
        double[] old = Losses(curves), ends = Losses(tuned);
        double before = Spread(old), after = Spread(ends);
        LocalizedText Those(Func<int, bool> which) =>
            Row([.. Enumerable.Range(0, Rules.Length).Where(which).Select(i => Rules[i].Name)]);
        double Rate(int i) => tuned[i].Variant.Configuration.Optimizer.LearningRate!.Value;
        bool Astray(int i) => !(ends[i] < Guessing);
        var (astray, largest, smallest) = (
            Those(Astray), Those(i => Rate(i) == Tried(i, Factors[^1])), Those(i => Rate(i) == Tried(i, Factors[0])));
        var worse = Those(i => !Astray(i) && Rate(i) != Rules[i].Rate && ends[i] >= old[i]);
        return Text(
            ("Each with the rate that did best on validation samples.", "検証データで選んだ学習係数による結果です。"),
            Ends(tuned),
            worse.English.Length == 0 ? ""
                : ($"The loss of {worse.English} ends no lower than with the book's rate.",
                   $"{worse.Japanese} の損失は、本書の学習係数のときより小さくなっていません。"),
            largest.English.Length == 0 ? ""
                : ($"For {largest.English} the rate is the largest tried.",
                   $"{largest.Japanese} の学習係数は試した中で最大の値です。"),
            smallest.English.Length == 0 ? ""
                : (
                    $"For {smallest.English} the rate is the smallest tried.",
                    $"{smallest.Japanese} の学習係数は試した中で最小の値です。"),
            astray.English.Length > 0
                ? ($"For {astray.English} what did best in the shorter trials ends no better than guessing.",
                   $"{astray.Japanese} は、短い試行で最も良かった学習係数でも、最後はランダムな推測と変わりません。")
                : before <= 0 ? ""
                : after <= 0
                ? (
                    "SGD now ends lowest: what it was behind was the rate's fault, not the rule's.",
                    "SGD の損失が最も小さくなりました。遅れは手法ではなく学習係数によるものでした。")
                : after < before
                ? (
                    "SGD is now less far behind the best: at least that much of the difference was the rate, not " +
                    "the rule.",
                    "最良の手法に対する SGD の遅れは小さくなりました。" +
                    "差の少なくともその分は、手法ではなく学習係数によるものでした。")
                : (
                    "SGD is no less far behind the best than before: here it is not the rate alone.",
                    "最良の手法に対する SGD の遅れは小さくなっていません。学習係数だけの差ではありません。"));
    }

    private static IReadOnlyList<Curves> Tuned(Lab lab, TrainConfiguration common)
    {
        var trials =
            Rules.SelectMany(rule => Factors.Select(factor => (rule, Rate: Rounded(rule.Rate * factor)))).ToArray();
        var samples = Math.Min(lab.Data.Training.Count, 10_000);
        var curves = lab.Train(trials.Select(trial => new Variant(
            $"{trial.rule.Name}, {trial.Rate}",
            common with
            {
                Optimizer = common.Optimizer with { Name = trial.rule.Optimizer, LearningRate = trial.Rate },
                Iterations = TrialSteps(lab.Steps(common)), Samples = samples, Validation = 0.1,
            }) { Extra = true, Measured = Measured.Validation }));
        double[] rates =
        [
            .. Rules.Select(rule => trials.Index().Where(trial => trial.Item.rule == rule)
                .MaxBy(trial =>
                    curves[trial.Index].Median(run => double.IsFinite(run.Losses[^1]) ? run.Final.Validation : 0))
                        .Item.Rate),
        ];
        return lab.Train(Rules.Zip(rates).Select(pair => new Variant(
            $"{pair.First.Name} {pair.Second}",
            common with
            {
                Optimizer = common.Optimizer with { Name = pair.First.Optimizer, LearningRate = pair.Second },
            }) { Extra = true, Observation = Probes.LossAfter }));
    }

    // 0.003, not 0.0030000000000000001: what is printed is what is run.
    private static double Rounded(double rate) => Math.Round(rate, 6);

    private static double Tried(int rule, double factor) => Rounded(Rules[rule].Rate * factor);

    private static Curves Best(IReadOnlyList<Curves> curves) => curves.MinBy(curve => curve.Median(Least))!;

    private static double Least(Curve run) => double.IsFinite(run.FinalLoss) ? run.FinalLoss : double.MaxValue;

    private static bool Learns(Lab lab, Curves curves) => curves.Seeds.All(run => Learning.HasLearned(lab, run));

    private static double Gap(IReadOnlyList<Curves> curves, int seed) =>
        Spread([.. curves.Select(curve => curve.Seeds[seed].FinalLoss)]);

    private static double Spread(double[] losses) => losses[0] - losses.Skip(1).Min();
}
