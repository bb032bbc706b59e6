using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>How weights begin decides whether a deep network learns at all.
/// Source: Deep Learning from Scratch, 6.2.1 and 6.2.4.</summary>
public sealed class WeightInitExperiment : Experiment
{
    // ln 10 to the last bit: the loss of giving every digit a tenth.
    private const double Guessing = 2.302585092994046;
    private const int Constant = 3;

    /// <inheritdoc/>
    public override string Name => "weight-init";

    /// <inheritdoc/>
    public override string Section => "6.2.1, 6.2.4";

    /// <inheritdoc/>
    public override Words Title => ("How weights begin", "重みの初期値による学習の比較");

    /// <inheritdoc/>
    public override Words Question => (
        "Three networks differ in nothing but how large their first weights are: deviation 0.01, Xavier's 1/√n, He's √(2/n), with ReLU. Which one hardly learns? And what if all weights begin as the same number?",
        "3つのネットワークは、重みの初期値の大きさだけが異なります（標準偏差 0.01、Xavier の 1/√n、He の √(2/n)、活性化関数は ReLU）。ほとんど学習しないのはどれでしょうか。また、すべての重みを同じ値から始めたら何が起こるでしょうか。");

    /// <inheritdoc/>
    public override Findings Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [100, 100, 100, 100], BatchSize = 128, Iterations = lab.Of(2000, 200),
        });
        var alike = new Observation(50, (_, after, _) => [Probes.UnitDifference(after.Network)]);
        var trained = lab.Train(
            new Variant("std = 0.01", common with { Initializer = Initializer.Normal(0.01) }) { Observation = Probes.LossAfter },
            new Variant("Xavier", common with { Initializer = Initializer.Xavier }) { Observation = Probes.LossAfter },
            new Variant("He", common with { Initializer = Initializer.He }) { Observation = Probes.LossAfter },
            new Variant(lab.Say("all 0", "すべて 0"), common with { Initializer = Initializer.Zero }) { Extra = true, Observation = alike },
            new Variant(lab.Say("all 0.01", "すべて 0.01"), common with { Initializer = Initializer.Constant(0.01) }) { Extra = true, Observation = alike },
            new Variant("He, watched", common with { Initializer = Initializer.He, Iterations = Math.Min(500, common.Iterations ?? 500) })
            {
                Extra = true, Observation = new(5, (before, after, _) => Probes.UpdateRatios(before, after)),
            });
        var curves = trained.Take(Constant + 2).ToArray();
        double[] losses = [.. curves.Select(curve => curve.Median(run => run.FinalLoss))];
        var book = new Figure(
            "loss",
            new LineChart(lab.Say("Loss by how weights begin", "重みの初期値と損失"), lab.Say(Terms.Iteration), Axis.Between(lab.Say(Terms.Loss), 0, 2.5))
            {
                Series = [.. curves.Select(curve => curve.Loss())],
                References = [new(Guessing, lab.Say("guessing: ln 10", "当て推量：ln 10"))],
            },
            ("The loss of each step's batch, smoothed. With deviation 0.01 the signal shrinks from layer to layer until nothing gets through, and the loss stays that of guessing; with Xavier's and He's values it falls, with He's, which allows for ReLU cutting away half, the sooner.",
             "各ステップのミニバッチの損失（平滑化）。標準偏差 0.01 では信号が層を通るたびに小さくなって届かなくなり、損失は当て推量のままです。Xavier と He の初期値では損失が下がり、ReLU が半分を切り捨てることを見込んだ He の初期値のほうが速く下がります。"));
        bool Below(int i, int j, int seed) => curves[i].Seeds[seed].FinalLoss < curves[j].Seeds[seed].FinalLoss;
        Claim[] claims =
        [
            lab.Claim(("He ends below Xavier", "He の損失は Xavier より小さくなる"), seed => Below(2, 1, seed), $"{losses[2]:F3} < {losses[1]:F3}"),
            lab.Claim(("Both end below deviation 0.01", "どちらも標準偏差 0.01 より小さくなる"),
                seed => Below(2, 0, seed) && Below(1, 0, seed), $"{losses[2]:F3}, {losses[1]:F3} < {losses[0]:F3}"),
            lab.Claim(("With deviation 0.01 the loss is still that of guessing, to 1%", "標準偏差 0.01 では損失が当て推量のまま（差は 1% 以内）"),
                seed => Math.Abs(curves[0].Seeds[seed].FinalLoss - Guessing) < 0.01 * Guessing, $"{losses[0]:F3}, ln 10 = {Guessing:F3}"),
        ];
        return lab.Settings.BookOnly
            ? new() { Parts = [book, Shown.Printed(lab, curves)], Claims = claims }
            : new() { Parts = [book, Shown.Printed(lab, curves[..Constant]), FirstLosses(lab, curves), Ratios(lab, trained[^1])], Claims = [.. claims, .. Symmetry(lab, curves)] };
    }

    private static Figure FirstLosses(Lab lab, Curves[] curves) => new(
        "first-loss",
        new BarChart(lab.Say("The loss of the first step", "最初のステップの損失"), lab.Say(Terms.Loss))
        {
            Bars =
            [
                (lab.Say("guessing: ln 10", "当て推量：ln 10"), Guessing),
                .. curves.Select(curve => (curve.Name, curve.Median(run => run.Losses[0]))),
            ],
        },
        ("Before it has learned anything, a network should do as well as guessing, whose loss is ln 10. Small weights give just that; larger ones begin a little above, being wrong with some confidence. A first loss far above ln 10 is a sign of a mistake.",
         "何も学習していないネットワークの損失は、当て推量の損失 ln 10 に近いはずです。小さな重みではちょうどその値になり、大きな重みでは、根拠のない自信の分だけ少し上から始まります。最初の損失が ln 10 より大幅に大きければ、どこかに間違いがあります。"));

    private static Figure Ratios(Lab lab, Curves he) => new(
        "update-ratio",
        new LineChart(
            lab.Say("How far a step moves each layer (He)", "1ステップで重みが動く割合（He）"), lab.Say(Terms.Iteration),
            Axis.Log(lab.Say("|update| / |weights|", "|更新量| / |重み|")))
        {
            Series = [.. Enumerable.Range(0, he.Seeds[0].Observed[0].Values.Length)
                .Select(layer => he.Observed(lab.Say($"layer {layer + 1}", $"第{layer + 1}層"), layer))],
            References = [new(1e-3, "1/1000")],
        },
        ("The first steps: the length of a step's update over the length of the weights, layer by layer. A thousandth is a rule of thumb for a healthy rate: far below, training crawls; far above, it shakes.",
         "最初の数百ステップについて、更新量の大きさを重みの大きさで割った値（層ごと）。およそ千分の一が健全な目安です。これよりずっと小さければ学習は進まず、ずっと大きければ不安定になります。"));

    private static IEnumerable<Claim> Symmetry(Lab lab, Curves[] curves) => curves.Skip(Constant).Select(curve =>
    {
        var largest = curve.Seeds.Max(run => run.Observed.Max(observed => observed.Values[0]));
        return lab.Claim(
            ($"Weights that begin {curve.Name} never break their symmetry: the largest difference between hidden units of a layer stays exactly 0",
             $"重みを{curve.Name}で始めると対称性は崩れない：同じ層の隠れユニット間の差の最大値はずっと 0"),
            seed => curve.Seeds[seed].Observed.All(observed => observed.Values[0] == 0), $"{largest:R}");
    });
}
