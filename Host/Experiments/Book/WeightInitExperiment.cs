using Functional.Host.Charts;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Initial weights decide whether a deep network learns at all.
/// Source: Deep Learning from Scratch, 6.2.1 and 6.2.4.</summary>
internal sealed class WeightInitExperiment : Experiment
{
    // ln 10 to the last bit: the loss of giving every digit a tenth.
    private const double Guessing = 2.302585092994046;
    private const int Constant = 3;

    // Those of the book's program for its three networks; the others have other marks.
    private static readonly Marker?[] BookMarkers =
        [Marker.Circle, Marker.Square, Marker.Diamond, Marker.Cross, Marker.Plus];

    public override string Name => "weight-init";
    public override string Section => "6.2.1, 6.2.4";
    public override LocalizedText Title => ("Weight initialization", "重みの初期値による学習の比較");

    public override LocalizedText Question => (
        "Three networks differ only in the size of their initial weights: deviation 0.01, Xavier's 1/√n, He's " +
        "√(2/n), with ReLU. Which one hardly learns? And what if all weights start as the same number?",
        "3つのネットワークは、重みの初期値の大きさだけが異なります（標準偏差 0.01、Xavier の 1/√n、He の √(2/n)、" +
        "活性化関数は ReLU）。ほとんど学習しないのはどれでしょうか。" +
        "また、すべての重みを同じ値から始めたら何が起こるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [100, 100, 100, 100], BatchSize = 128, Iterations = lab.Of(2000, 200),
        });
        var alike = new Observation(50, (_, after, _) => [Probes.UnitDifference(after.Network)]);
        var trained = lab.Train(
            new Variant(
                "std = 0.01",
                common with { Initializer = Initializer.Normal(0.01) }) { Observation = Probes.LossAfter },
            new Variant("Xavier", common with { Initializer = Initializer.Xavier }) { Observation = Probes.LossAfter },
            new Variant("He", common with { Initializer = Initializer.He }) { Observation = Probes.LossAfter },
            new Variant(
                lab.Say("all 0", "すべて 0"),
                common with { Initializer = Initializer.Zero }) { Extra = true, Observation = alike },
            new Variant(
                lab.Say("all 0.01", "すべて 0.01"),
                common with { Initializer = Initializer.Constant(0.01) }) { Extra = true, Observation = alike },
            new Variant(
                "He, watched",
                common with { Initializer = Initializer.He, Iterations = Math.Min(500, lab.Steps(common)) })
            {
                Extra = true, Observation = new(5, (before, after, _) => Probes.UpdateRatios(before, after)),
            });
        var curves = trained.Take(Constant + 2).ToArray();
        double[] last = [.. curves.Select(curve => curve.Loss().Ys[^1])];
        string Ends(Func<Curves, string> name, string separator, string colon) => string.Join(
            separator, curves.Zip(last, (curve, loss) => $"{name(curve)}{colon}{Typography.Value(loss, 3)}"));
        (LocalizedText, string) Loss(int i, int seed) =>
            (curves[i].Name, Typography.Value(curves[i].Seeds[seed].FinalLoss, 4));
        var book = new Figure(
            "loss",
            new LineChart(
                lab.Say("Loss by initialization", "重みの初期値と損失"), lab.Say(Terms.Iteration),
                Axis.Between(lab.Say(Terms.Loss), 0, 2.5))
            {
                Series =
                [
                    .. curves.Select((curve, i) => curve.Loss() with { Marker = BookMarkers.ElementAtOrDefault(i) }),
                ],
                References = [new(Guessing, lab.Say("guessing: ln 10", "ランダムな推測：ln 10"))],
            },
            Text(
                ("The loss of each step's batch, smoothed. The losses of the last step: " +
                 $"{Ends(curve => curve.Name, ", ", ": ")}; guessing costs ln 10 = 2.30.",
                 "各ステップのミニバッチの損失（平滑化）。最後のステップの損失は " +
                 $"{Ends(curve => lab.Both(curve.Name).Japanese!, "、", "：")} です" +
                 "（ランダムな推測の損失は ln 10 = 2.30）。"),
                Math.Abs(last[0] - Guessing) < 0.01 * Guessing
                    ? ("With deviation 0.01 the signal shrinks from layer to layer until nothing gets through, and " +
                       "the loss stays that of guessing.",
                       "標準偏差 0.01 では信号が層を通るたびに小さくなって届かなくなり、" +
                       "損失はランダムな推測と変わりません。") : "",
                last[2] < last[1] && last[1] < last[0]
                    ? (
                        "With He's weights, which allow for ReLU cutting away half, it is lower than with Xavier's.",
                        "ReLU が半分を切り捨てることを見込んだ He の初期値のほうが、Xavier より小さくなります。") : ""))
        { InBook = "6-15" };
        bool Below(int i, int j, int seed) => curves[i].Seeds[seed].FinalLoss < curves[j].Seeds[seed].FinalLoss;
        Claim[] claims =
        [
            lab.Claim(
                ("He ends below Xavier", "He の損失は Xavier より小さくなる"), seed => Below(2, 1, seed),
                seed => [Loss(2, seed), Loss(1, seed)])
                .By(lab, ("loss, He minus Xavier", "損失の差（He − Xavier）"),
                    seed => curves[2].Seeds[seed].FinalLoss - curves[1].Seeds[seed].FinalLoss)
                .SaidIn(("Section 6.2.4", "6.2.4節")).IfLearned(lab, curves[2]),
            lab.Claim(("Both end below deviation 0.01", "どちらも標準偏差 0.01 より小さくなる"),
                seed => Below(2, 0, seed) && Below(1, 0, seed), seed => [Loss(2, seed), Loss(1, seed), Loss(0, seed)])
                .By(lab, ("loss, the larger of both minus 0.01", "損失の差（大きいほう − 0.01）"),
                    seed => Math.Max(curves[1].Seeds[seed].FinalLoss, curves[2].Seeds[seed].FinalLoss)
                        - curves[0].Seeds[seed].FinalLoss)
                .SaidIn(("Section 6.2.4", "6.2.4節")).IfLearned(lab, curves[2]),
            lab.Claim((
                "With deviation 0.01 the loss is still that of guessing, to 1%",
                "標準偏差 0.01 では損失がランダムな推測と変わらない（差は 1% 以内）"),
                seed => Math.Abs(curves[0].Seeds[seed].FinalLoss - Guessing) < 0.01 * Guessing,
                seed => [Loss(0, seed), ("ln 10", Typography.Value(Guessing, 4))])
                .By(lab, ("loss minus ln 10", "損失 − ln 10"), seed => curves[0].Seeds[seed].FinalLoss - Guessing)
                .IfLearned(lab, curves[2]),
        ];
        return lab.Settings.BookOnly
            ? new() { Parts = [book, Printed(lab, curves), PrintedLines(curves)], Claims = claims }
            : new()
            {
                Parts =
                [
                    book, Printed(lab, curves[..Constant]), PrintedLines(curves[..Constant]),
                    FirstLosses(lab, curves), Ratios(lab, trained[^1]),
                ],
                Claims = [.. claims, .. Symmetry(lab, curves)],
            };
    }

    private static Figure FirstLosses(Lab lab, Curves[] curves)
    {
        double[] first = [.. curves.Select(curve => curve.Median(run => run.Losses[0]))];
        string Least() => Typography.Value(first.Min(), 3);
        string Most() => Typography.Value(first.Max(), 3);
        return new(
        "first-loss",
        new BarChart(lab.Say("The loss of the first step", "最初のステップの損失"), lab.Say(Terms.Loss))
        {
            Bars =
            [
                (lab.Say("guessing: ln 10", "ランダムな推測：ln 10"), Guessing),
                .. curves.Zip(first, (curve, loss) => (curve.Name, loss)),
            ],
        },
        ("Before it has learned anything, a network should do about as well as guessing, whose loss is ln 10. The " +
         $"first losses here go from {Least()} to {Most()}: a loss above ln 10 means that the network is " +
         "confidently wrong. A first loss far above ln 10 is a sign of a mistake.",
         "何も学習していないネットワークの損失は、ランダムな推測の損失 ln 10 に近いはずです。" +
         $"ここでの最初の損失は {Least()} から {Most()} です。" +
         "ln 10 を上回る分は、根拠のない自信によるものです。最初の損失が ln 10 より大幅に大きければ、" +
         "どこかに間違いがある兆候です。")) { InBook = "" };
    }

    private static Figure Ratios(Lab lab, Curves he)
    {
        var layers = Enumerable.Range(0, he.Seeds[0].Observed[0].Values.Length)
            .Select(layer => he.Observed(lab.Say($"layer {layer + 1}", $"第{layer + 1}層"), layer)).ToArray();
        string Of(Func<IEnumerable<double>, double> which) =>
            Typography.Value(which(layers.SelectMany(layer => layer.Ys)), 2);
        return new(
        "update-ratio",
        new LineChart(
            lab.Say("How far a step moves each layer (He)", "1ステップで重みが動く割合（He）"),
            lab.Say(Terms.Iteration),
            Axis.Log(lab.Say("|update| / |weights|", "|更新量| / |重み|")))
        {
            Series = layers,
            References = [new(1e-3, "1/1000")],
        },
        ("The first steps: the length of a step's update over the length of the weights, layer by layer. Here it " +
         $"is between {Of(ratios => ratios.Min())} and {Of(ratios => ratios.Max())}. About 1/1000 is a rule of " +
         "thumb for a healthy learning rate: far below, training crawls; far above, it is unstable.",
         "最初の数百ステップについて、更新量の大きさを重みの大きさで割った値（層ごと）。" +
         $"ここでは {Of(ratios => ratios.Min())} から {Of(ratios => ratios.Max())} " +
         "の間にあります。およそ1000分の1が健全な目安です。これよりずっと小さければ学習は進まず、" +
         "ずっと大きければ不安定になります。")) { InBook = "" };
    }

    private static IEnumerable<Claim> Symmetry(Lab lab, Curves[] curves) => curves.Skip(Constant).Select(curve =>
    {
        double Largest(int seed) => curve.Seeds[seed].Observed.Max(observed => observed.Values[0]);
        var value = curve.Name.Replace("all ", "", StringComparison.Ordinal);
        return lab.Claim(
            ($"Weights that start {curve.Name} never break their symmetry: the largest difference between hidden " +
             "units of a layer stays exactly 0",
             $"すべての重みを {value} から始めると対称性は崩れない：同じ層の隠れユニット間の差の最大値はずっと 0"),
            seed => Largest(seed) == 0,
            seed => [(("largest difference", "差の最大値"), Typography.Value(Largest(seed)))])
            .IfLearned(lab, curves[2]);
    });
}
