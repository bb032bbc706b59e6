using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>The paths of optimizers over x²/20 + y². Source: Deep Learning from Scratch, 6.1.2 to 6.1.7.</summary>
internal sealed class OptimizerPathsExperiment : Experiment
{
    private const int Steps = 30;

    // How far from y = 0 a step across it has to begin or end.
    private const double Floor = 0.01;

    private static readonly double[] Momenta = [0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99];
    private static readonly double[] Rates = [0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 0.7, 0.95];
    private static readonly Vector<double> Start = Vector<double>.Build.Dense([-7, 2]);

    private static readonly (string Name, Optimizer Optimizer)[] Rules =
    [
        ("SGD", Optimizer.Sgd(0.95)), ("Momentum", Optimizer.Momentum(0.1)), ("AdaGrad", Optimizer.AdaGrad(1.5)),
        ("Adam", Optimizer.Adam(0.3)), ("Nesterov", Optimizer.Nesterov(0.1)), ("RMSprop", Optimizer.RmsProp(0.5, 0.9)),
    ];

    public override string Name => "optimizer-paths";
    public override string Section => "6.1.2–6.1.7";
    public override LocalizedText Title => ("Down a long valley", "最適化手法の更新経路");

    public override LocalizedText Question => (
        "The function x²/20 + y² is a long, narrow valley along x. From (−7, 2), where does the gradient point: to " +
        "the minimum at (0, 0)? Which way will SGD go, and how could a rule that knows only the gradients so far do " +
        "better?",
        "関数 x²/20 + y² は x 軸方向に伸びた細長い谷です。" +
        "点 (−7, 2) での勾配は、最小値のある (0, 0) を指しているでしょうか。SGD はどのような経路をたどるでしょうか。" +
        "これまでの勾配しか知らない手法は、どうすればもっとうまく進めるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var rules = lab.Settings.BookOnly ? Rules[..4] : Rules;
        var paths = rules.Select(rule => rule.Optimizer.Path(Gradient, Start, Steps)).ToArray();
        var field = Field.Of((x, y) => x * x / 20 + y * y, (-10, 10), (-5, 5));
        double[] ends = [.. paths.Select(path => Height(path[^1]))];
        double[] turns = [.. paths.Select(path => (double)Turns(path))];
        // How far a path gets on the other side of the valley's floor.
        double[] swings = [.. paths.Select(path => Math.Max(0, -path.Min(point => point[1])))];
        string Swing(int i) => Typography.Value(swings[i]);
        var book = new Figure(
            "paths",
            new SmallMultiples(lab.Say("The path of each optimizer", "各手法の更新経路"),
            [.. rules.Zip(paths,
            (rule, path) => new ContourChart(rule.Name, "x", "y")
            {
                Field = field, ShowDescent = true,
                Levels = [0.1, 0.5, 1, 2, 4, 7, 11, 16, 22],
                Paths =
                [
                    new Series("", [.. path.Select(point => point[0])], [.. path.Select(point => point[1])]),
                    new Series(
                        lab.Say("start", "出発点"), [Start[0]], [Start[1]]) { Marker = Marker.Hourglass, Color = 1 },
                    new Series(lab.Say("minimum", "最小値"), [0], [0]) { Marker = Marker.Plus, Color = 2 },
                ],
            })])
            { Columns = rules.Length == 4 ? 2 : 3 },
            ("Contour lines are heights, arrows the way down, marks the steps. Almost everywhere the arrows point " +
             "across the valley rather than along it, so SGD zigzags. Momentum rolls like a ball and overshoots, to " +
             $"y = −{Swing(1)}; Adam, which combines the ideas of Momentum and AdaGrad, gets to " +
             $"y = −{Swing(3)}. AdaGrad shortens its steps where they have been long " +
             $"{(swings[2] < Floor ? "and stays on its side of the floor" : $"and gets to y = −{Swing(2)}")}.",
             "等高線は関数の値、矢印は下る方向、点は各ステップを表します。" +
             "矢印はほとんどの場所で谷に沿うのではなく谷を横切る向きなので、SGD はジグザグに進みます。" +
             $"Momentum はボールのように転がって y = −{Swing(1)} まで行き過ぎます。" +
             $"Momentum と AdaGrad の考え方を組み合わせた Adam は y = −{Swing(3)} まで進みます。" +
             "AdaGrad は大きく動いた方向の歩幅を縮め、" +
             $"{(swings[2] < Floor ? "谷底を越えません" : $"y = −{Swing(2)} まで進みます")}。"))
        { NumbersOf = NumbersOf.NoSeed, InBook = "6-3, 6-5, 6-6, 6-7, 6-8" };
        Claim[] claims =
        [
            Lab.Claim((
                $"SGD crosses the valley in at least every second step (steps that stay within " +
                $"{Typography.Value(Floor)} of its floor don't count)",
                $"SGD は2回に1回以上、谷の反対側へ移る（谷底から {Typography.Value(Floor)} 未満での往復は数えない）"),
                turns[0] >= Steps / 2, (("changes", "移った回数"), $"{turns[0]} / {Steps}")),
            .. Enumerable.Range(1, rules.Length - 1).Select(i => Lab.Claim(
                ($"{rules[i].Name} crosses the valley less often than SGD",
                 $"{rules[i].Name} は SGD より谷を横切る回数が少ない"),
                turns[i] < turns[0], (rules[i].Name, $"{turns[i]}"), ("SGD", $"{turns[0]}"))),
            Lab.Claim((
                "Adam swings less far to the other side of the valley than Momentum",
                "Adam は Momentum ほど谷の反対側まで行き過ぎない"),
                swings[3] < swings[1], ((int[])[1, 2, 3]).Select(i => ((LocalizedText)rules[i].Name, Swing(i))))
                .SaidIn(("Section 6.1.6", "6.1.6節")),
            Lab.Claim(("AdaGrad ends nearest to the minimum of the book's four",
                "本書の4手法のうち AdaGrad が最小値に最も近づく"),
                ends[2] == ends[..4].Min(),
                rules[..4].Zip(ends, (rule, end) => ((LocalizedText)rule.Name, Typography.Value(end)))),
        ];
        return new() { Parts = lab.Settings.BookOnly ? [book] : [book, Grid(lab)], Claims = claims };
    }

    private static Figure Grid(Lab lab)
    {
        double[][] heights =
        [
            .. Momenta.Select(momentum => Rates.Select(rate =>
                Math.Clamp(Height(Optimizer.Momentum(rate, momentum).Minimize(Gradient, Start, Steps)), 1e-4, 100))
                    .ToArray()),
        ];
        int[] best = [.. Enumerable.Range(0, Rates.Length).Select(rate =>
            Enumerable.Range(0, Momenta.Length).MinBy(momentum => heights[momentum][rate]))];
        string Rate(Index rate) => Typography.Value(Rates[rate]);
        string Momentum(Index rate) => Typography.Value(Momenta[best[rate]]);
        Axis Named(string label, double[] values) =>
            new(label) { Categories = [.. values.Select(value => Typography.Value(value))] };
        return new(
            "grid",
            new MatrixChart(
                lab.Say("Height left after 30 steps of Momentum", "Momentum の30ステップ後に残る関数の値"),
                Named(lab.Say("learning rate", "学習係数"), Rates),
                Named(lab.Say("momentum", "モーメンタム係数"), Momenta))
            {
                Values = heights, Depth = Scaling.Logarithmic, Digits = 2, ShowScale = true,
            },
            ("Each cell is the height after 30 steps from (−7, 2), where it was 6.45; heights below 0.0001 are drawn " +
             $"as 0.0001. The closer to the color of the page, the better. At the rate {Rate(0)} the best momentum " +
             $"is {Momentum(0)}, at {Rate(^1)} it is {Momentum(^1)}. Is there one that suits every rate?",
             "各マスは、(−7, 2)（関数の値は 6.45）" +
             "から30ステップ後の関数の値です（0.0001 未満は 0.0001 として描いています）。" +
             "背景の色に近いほど良い結果です。" +
             $"最も良いモーメンタムは、学習係数 {Rate(0)} では {Momentum(0)}、{Rate(^1)} では {Momentum(^1)} です。" +
             "すべての学習係数に合うモーメンタムはあるでしょうか。"))
        { NumbersOf = NumbersOf.NoSeed, InBook = "" };
    }

    private static Vector<double> Gradient(Vector<double> point) =>
        Vector<double>.Build.Dense([point[0] / 10, 2 * point[1]]);

    private static double Height(Vector<double> point) => point[0] * point[0] / 20 + point[1] * point[1];

    // Changes of sign that are seen: RMSprop's last steps flicker around the floor, closer than a line is wide.
    private static int Turns(Vector<double>[] path) => path.Zip(path.Skip(1)).Count(pair =>
        pair.First[1] * pair.Second[1] < 0 && Math.Max(Math.Abs(pair.First[1]), Math.Abs(pair.Second[1])) >= Floor);
}
