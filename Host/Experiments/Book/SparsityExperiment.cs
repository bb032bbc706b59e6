using System.Diagnostics;
using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>What weights that are exactly zero save in prediction. Source: Deep Learning from Scratch, exercises to
/// chapter 6 (the lasso).</summary>
internal sealed class SparsityExperiment : Experiment
{
    private const int Asked = 200;

    // Of scores: the loops and the network add in another order.
    private const double Rounding = 1e-4;

    private static readonly double[] Rates = [0, 0.0003, 0.001, 0.002];

    public override string Name => "sparsity";
    public override LocalizedText Title => ("What zero weights save", "0 の重みは何を節約するか");

    public override LocalizedText Question => (
        "L1 with proximal steps makes weights exactly zero, and a weight of zero needs neither memory nor a " +
        "multiplication. How many weights can go before accuracy does? And is a prediction faster by as much as " +
        "there are fewer multiplications?",
        "近接勾配法による L1 は重みをちょうど 0 にします。0 の重みには、メモリも掛け算も要りません。" +
        "認識精度を落とさずに、どれだけの重みを 0 にできるでしょうか。また、" +
        "掛け算が減った分だけ予測は速くなるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [100], Samples = Math.Min(lab.Of(10_000, 1000), lab.Data.Training.Count),
            Iterations = lab.Of(3000, 300), Optimizer = Lab.Usual.Optimizer with { LearningRate = 0.1 },
        });
        if (common.BatchNorm || !common.Activation.Equals(Activation.Relu))
            throw new UsageException(
                "sparsity predicts with plain loops, written for ReLU without batch normalization");
        var steps = lab.Steps(common);
        var images = Inputs(lab);
        // Weights, biases, and behind them the scores that the network itself gives.
        var weights = new Observation(
            Math.Max(1, steps - 1), (_, after, _) => [.. Flat(after.Network), .. Scores(after.Network, images)]);
        var curves = lab.Train(Rates.Select(rate => new Variant(
            rate == 0 ? lab.Say("none", "なし") : lab.Say($"L1 {rate}", $"L1 {rate}"),
            common with { Optimizer = common.Optimizer with { ProximalL1 = rate } })
        {
            Measured = CommonFigures.Both, Observation = weights,
            EveryEpochs = Math.Max(1, steps / Math.Max(1, common.Samples!.Value / common.BatchSize) / 4),
        }));
        var part = lab.Data.Training;
        int[] sizes = [part.Samples.Size, .. common.Hidden, part.Classes.Classification.Count];
        var shapes = sizes.Zip(sizes.Skip(1)).ToArray();
        var dense = shapes.Sum(shape => (long)shape.First * shape.Second);
        int Count(Curve curve) => Sparse.Of(curve.Observed[^1].Values, shapes).Sum(layer => layer.Values.Length);
        double Share(Curve curve) => (double)Count(curve) / dense;
        // With each seed, how far the loops' scores are from those of the networks.
        var apart = lab.Compute(lab.Seeds.Index(), seed => curves.Max(curve =>
            Apart(curve.Seeds[seed.Index].Observed[^1].Values, shapes, images)));
        var sparsest = curves.Count - 1;
        var (whole, some) = Time(curves[sparsest].Seeds[0].Observed[^1].Values, shapes, images);
        double Bytes(double weights) => 8 * weights + 4 * (sizes.Skip(1).Sum() + common.Hidden.Count + 1);
        string Kilobytes(double bytes) => Typography.Number(bytes / 1000, 0);
        double Left(Curves curve) => curve.Median(run => Count(run));
        string Microseconds(double time) => Typography.Value(time, 2);
        return new()
        {
            Parts =
            [
                new Figure(
                    "accuracy",
                    new LineChart(
                        lab.Say("Accuracy by the weights that are left", "残った重みの割合と認識精度"),
                        Axis.Log(lab.Say("share of weights that are not 0", "0 でない重みの割合")),
                        Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
                    {
                        Series = EndLines(
                            lab, [.. curves.Reverse().Select(curve => curve.Median(Share))], [.. curves.Reverse()]),
                    },
                    Text(
                        ("Each point is a network; from right to left the rate of L1 grows.",
                         "各点が1つのネットワークです。右から左へ、L1 の係数が大きくなります。"),
                        ($"Without L1 {Percent(curves[0].Median(Share))} of the weights are left and test accuracy " +
                         $"ends at {Percent(curves[0].Median(Test))}; with {curves[sparsest].Name} " +
                         $"{Percent(curves[sparsest].Median(Share))} and {Percent(curves[sparsest].Median(Test))}.",
                         $"L1 なしでは重みの{Percent(curves[0].Median(Share))}が残り、" +
                         $"テストデータの認識精度は{Percent(curves[0].Median(Test))}です。" +
                         $"{curves[sparsest].Name} では{Percent(curves[sparsest].Median(Share))}と" +
                         $"{Percent(curves[sparsest].Median(Test))}です。")))
                { InBook = "" },
                new Table(
                    ("One prediction: multiplications if zeros are left out, and memory if each weight that is left " +
                     "is stored with its place (4 bytes each). All weights as they are take " +
                     $"{Typography.Number(dense, 0)} multiplications and {Kilobytes(4 * dense)} kB.",
                     "1回の予測に必要な掛け算の回数（0 を省いた場合）と、残った重みを位置とともに（4バイトずつ）" +
                     "持つ場合のメモリ。" +
                     $"すべての重みをそのまま使うと、掛け算は {Typography.Number(dense, 0)} 回、" +
                     $"メモリは {Kilobytes(4 * dense)} kB です。"),
                    [
                        "", lab.Say("weights at 0", "0 の重み"), lab.Say("multiplications", "掛け算の回数"), "kB",
                        lab.Say(Terms.Test),
                    ],
                    [
                        .. curves.Select(curve => (string[])
                        [
                            curve.Name, Percent(1 - Left(curve) / dense), Typography.Number(Left(curve), 0),
                            Kilobytes(Bytes(Left(curve))), Percent(curve.Median(Test)),
                        ]),
                    ]),
                new Paragraph((
                    $"Measured on one thread, both as plain loops: with {curves[sparsest].Name} a prediction took " +
                    $"{Microseconds(some)}\u00a0µs with the zeros left out, and {Microseconds(whole)}\u00a0µs with " +
                    "all weights.",
                    $"1スレッドでの実測（どちらも単純なループ）：{curves[sparsest].Name} の予測は、" +
                    $"0 を省くと {Microseconds(some)} マイクロ秒、" +
                    $"すべての重みを使うと {Microseconds(whole)} マイクロ秒でした。")),
            ],
            Claims =
            [
                lab.Claim((
                    $"With {curves[sparsest].Name} fewer than half of the multiplications are left",
                    $"{curves[sparsest].Name} では、掛け算の回数が半分未満になる"),
                    seed => 2L * Count(curves[sparsest].Seeds[seed]) < dense,
                    seed => [(("multiplications left", "残った掛け算"),
                        $"{Typography.Number(Count(curves[sparsest].Seeds[seed]), 0)} / " +
                        $"{Typography.Number(dense, 0)}")])
                    .By(lab, ("share of multiplications left minus one half", "残った掛け算の割合 − 2分の1"),
                        seed => (double)Count(curves[sparsest].Seeds[seed]) / dense - 0.5, inPoints: true)
                    .IfLearned(lab, curves[sparsest]),
                lab.Claim((
                    "That costs less than 5 percentage points of test accuracy",
                    "それによるテストデータの認識精度の低下は5ポイント未満"),
                    seed => Test(curves[0].Seeds[seed]) - Test(curves[sparsest].Seeds[seed]) < 0.05,
                    seed =>
                    [
                        (("test accuracy with it",
                            "テストデータ（あり）"), Percent(Test(curves[sparsest].Seeds[seed]))),
                        (("without", "なし"), Percent(Test(curves[0].Seeds[seed]))),
                    ]).By(lab, ("test accuracy with minus without", "テストデータの認識精度の変化（あり − なし）"),
                        seed => Test(curves[sparsest].Seeds[seed]) - Test(curves[0].Seeds[seed]), inPoints: true)
                    .IfLearned(lab, curves[0], curves[sparsest]),
                lab.Claim((
                    "With the zeros left out the loops still compute what the networks compute: the scores agree to " +
                    "10⁻⁴",
                    "0 を省いた単純なループの結果は、ネットワークの出力と 10⁻⁴ の範囲で一致する"),
                    seed => apart[seed] < Rounding,
                    seed => [(("largest difference", "差の最大値"), Typography.Scientific(apart[seed], 2))]),
            ],
        };
    }

    // All weights and biases, layer after layer.
    private static double[] Flat(Network<float> network)
    {
        var parameters = network.Parameters();
        return [.. Enumerable.Range(0, parameters.Count)
            .SelectMany(i => parameters[i].Values.Select(value => (double)value))];
    }

    private static float[][] Inputs(Lab lab)
    {
        var part = lab.Data.Test;
        return [.. Enumerable.Range(0, Math.Min(Asked, part.Count)).Select(i =>
            Array.ConvertAll(part.Images[i].ToArray(), pixel => pixel / 255f))];
    }

    private static IEnumerable<double> Scores(Network<float> network, float[][] images) =>
        network.Predict(Matrix<float>.Build.DenseOfColumnArrays(images)).Enumerate().Select(score => (double)score);

    private static double Apart(double[] values, (int, int)[] shapes, float[][] images)
    {
        Sparse[] layers = [.. Sparse.Of(values, shapes)];
        float[] scores = [.. images.SelectMany(image => Predict(layers, image))];
        return scores.Zip(values[^scores.Length..], (one, other) => Math.Abs(one - other)).Max();
    }

    private static float[] Predict(Sparse[] layers, float[] x)
    {
        for (var i = 0; i < layers.Length; i++)
            x = layers[i].Times(x, relu: i < layers.Length - 1);
        return x;
    }

    // Microseconds for a prediction with all weights and without the zeros: the quickest of some rounds.
    private static (double Whole, double Some) Time(double[] values, (int, int)[] shapes, float[][] images)
    {
        double Of(bool keepZeros)
        {
            Sparse[] layers = [.. Sparse.Of(values, shapes, keepZeros)];
            return Enumerable.Range(0, 10).Min(_ =>
            {
                var watch = Stopwatch.StartNew();
                foreach (var image in images)
                    Predict(layers, image);
                return watch.Elapsed.TotalMicroseconds / images.Length;
            });
        }
        return (Of(keepZeros: true), Of(keepZeros: false));
    }

    /// <summary>A layer by its weights that are not zero (or by all), unit after unit, each with the input that it is
    /// multiplied with.</summary>
    private sealed record Sparse(int[] Ends, int[] Inputs, float[] Values, float[] Biases)
    {
        // From the flat list: a weight matrix has a column per input.
        public static IEnumerable<Sparse> Of(double[] flat, (int, int)[] shapes, bool keepZeros = false)
        {
            var start = 0;
            foreach (var (inputs, outputs) in shapes)
            {
                var (at, ends, places, values) = (start, new int[outputs], new List<int>(), new List<float>());
                for (var unit = 0; unit < outputs; unit++)
                {
                    for (var input = 0; input < inputs; input++)
                        if (keepZeros || flat[at + input * outputs + unit] != 0)
                        {
                            places.Add(input);
                            values.Add((float)flat[at + input * outputs + unit]);
                        }
                    ends[unit] = places.Count;
                }
                start += inputs * outputs;
                float[] biases = [.. flat.Skip(start).Take(outputs).Select(value => (float)value)];
                start += outputs;
                yield return new([.. ends], [.. places], [.. values], biases);
            }
        }

        public float[] Times(float[] x, bool relu)
        {
            var y = new float[Ends.Length];
            for (int unit = 0, at = 0; unit < y.Length; unit++)
            {
                var sum = Biases[unit];
                for (; at < Ends[unit]; at++)
                    sum += Values[at] * x[Inputs[at]];
                y[unit] = relu ? Math.Max(0, sum) : sum;
            }
            return y;
        }
    }
}
