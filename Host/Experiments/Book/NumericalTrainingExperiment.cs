using System.Diagnostics;
using Functional.Host.Charts;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>The same training with gradients from central differences. Source: Deep Learning from Scratch, 4.5.2 and
/// 5.7.2, whose network has both. The activation is that of 4.5.2: ReLU's slope jumps, and a difference taken across
/// the jump is no slope, which happens to about half of all seeds.</summary>
internal sealed class NumericalTrainingExperiment : Experiment
{
    public override string Name => "numerical-training";
    public override string Section => "5.7.2–5.7.4";
    public override LocalizedText Title => ("Training by numerical gradients", "数値微分による学習");

    public override LocalizedText Question => (
        "A small network is trained twice on the same batches from the same weights: once with the gradients of " +
        "backpropagation, once with central differences for every weight. How far apart will the two lines of the " +
        "loss be? How long does a step take?",
        "小さなネットワークを、同じ初期値から同じミニバッチで2回学習させます。一方は誤差逆伝播法の勾配で、" +
        "もう一方はすべての重みについての数値微分で更新します。2本の損失の線はどれだけ離れるでしょうか。" +
        "また、1ステップにかかる時間はどれだけ違うでしょうか。");

    private sealed record Trained(double[] Losses, Parameters<double> End, TimeSpan Quickest);

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.Configure(Lab.Usual with
        {
            Hidden = [lab.Of(10, 4)], Activation = Activation.Sigmoid, Initializer = Initializer.Xavier,
            BatchSize = lab.Of(20, 10), Iterations = lab.Of(20, 3), Optimizer = new() { LearningRate = 1 },
            Samples = 1000,
        });
        var part = lab.First(Math.Min(common.Samples!.Value, 1000));
        var (images, classes) = (part.Images, part.Classes);
        GradientCheckLimit.CheckSize(common, LayerInput.Of(images), classes.Classification.Count);
        int samples = Math.Min(common.Samples.Value, part.Count), steps = lab.Steps(common);
        var runs = lab.Compute(lab.Seeds, seed => Threads.Use(lab.Workers, () =>
        {
            var key = Key.OfSeed(seed);
            Batch<double> At(int step) => Batch.OfBytes<double>(
                ByteScale.Unit, images.Size, images.Pixels, classes.Labels,
                key.Child(57).Child(step).Integers(common.BatchSize, samples));
            var network = (common with { Seed = seed })
                .CreateNetwork<double>(images.Size, classes.Classification.Count);
            var optimizer = common.OptimizerAt(0, steps);
            return (
                Backward: Train(network, optimizer, At, steps, (at, batch) => at.Gradient(batch, key).Parameters),
                Numerical: Train(network, optimizer, At, steps, (at, batch) => Differences.OfNetwork(at, batch)));
        }));
        var (backward, numerical) = runs[0];
        double Losses(int seed) => runs[seed].Backward.Losses.Zip(
            runs[seed].Numerical.Losses, (one, other) => Math.Abs(one - other)).Max();
        double Weights(int seed) => Enumerable.Range(0, runs[seed].Backward.End.Count).Max(i =>
            (runs[seed].Backward.End[i].Values - runs[seed].Numerical.End[i].Values).AbsoluteMaximum());
        var parameters = Enumerable.Range(0, backward.End.Count).Sum(i => backward.End[i].Values.Count);
        string Milliseconds(Trained run) => Typography.Value(run.Quickest.TotalMilliseconds, 2);
        string End(Trained run) => Typography.Value(run.Losses[^1], 4);
        return new()
        {
            Parts =
            [
                new Figure(
                    "loss",
                    LossChart(
                        lab, ("Loss by either gradient", "2つの勾配による損失の推移"),
                        new(lab.Say("backpropagation", "誤差逆伝播法"), backward.Losses) { Dash = Dash.Solid },
                        new(lab.Say("central differences", "数値微分"), numerical.Losses)
                            { Dash = Dash.Dotted, Marker = Marker.Circle }),
                    ($"The loss of each step's batch over {steps} steps: from " +
                     $"{Typography.Value(backward.Losses[0], 4)} to {End(backward)} with backpropagation, and to " +
                     $"{End(numerical)} with central differences. " +
                     "Where only one line is seen, the marks of the other lie on it.",
                     $"{steps}ステップの各ミニバッチの損失です。{Typography.Value(backward.Losses[0], 4)} から、" +
                     $"誤差逆伝播法では {End(backward)}、" +
                     $"数値微分では {End(numerical)} になります。線が1本にしか見えないのは、" +
                     "もう一方の印がその上に重なっているからです。"))
                { NumbersOf = NumbersOf.FirstSeed, InBook = "" },
                new Paragraph((
                    $"With {Typography.Number(parameters, 0)} weights and biases the quickest step took " +
                    $"{Milliseconds(backward)}\u00a0ms with backpropagation and " +
                    $"{Milliseconds(numerical)}\u00a0ms with central differences, which need two forward " +
                    "passes for each weight and bias. ReLU's slope jumps at 0, and a central difference across the " +
                    "jump is the mean of two slopes. What do the two lines do with the options --activation relu " +
                    "--init he --learning-rate 0.1, and seeds 1 to 5?",
                    $"重みとバイアス {Typography.Number(parameters, 0)} 個のネットワークで、" +
                    "最も速いステップにかかった時間は、誤差逆伝播法で " +
                    $"{Milliseconds(backward)} ミリ秒、数値微分で {Milliseconds(numerical)} " +
                    "ミリ秒でした。数値微分では、重みやバイアス1個ごとに順伝播が2回必要です。" +
                    "ReLU の傾きは 0 で跳び、跳びをまたぐ数値微分は2つの傾きの平均になります。" +
                    "オプション --activation relu --init he --learning-rate 0.1 とシード1から5では、" +
                    "2本の線はどうなるでしょうか。")),
            ],
            Claims =
            [
                lab.Claim((
                    "In every step the two losses agree, to 10⁻⁸",
                    "どのステップでも、2つの損失は 10⁻⁸ の範囲で一致する"),
                    seed => Losses(seed) < 1e-8,
                    seed => [(("largest difference", "差の最大値"), Typography.Scientific(Losses(seed), 2))]),
                lab.Claim((
                    "The trained weights agree, to 10⁻⁸", "学習後の重みは 10⁻⁸ の範囲で一致する"),
                    seed => Weights(seed) < 1e-8,
                    seed => [(("largest difference", "差の最大値"), Typography.Scientific(Weights(seed), 2))]),
            ],
        };
    }

    private static Trained Train(
        Network<double> network, Optimizer optimizer, Func<int, Batch<double>> batch, int steps,
        Func<Network<double>, Batch<double>, Parameters<double>> gradient)
    {
        var (parameters, memory) = (network.Parameters(), optimizer.Init(network.Parameters()));
        var losses = new double[steps];
        // The first steps include the compiler's work.
        var quickest = TimeSpan.MaxValue;
        for (var step = 0; step < steps; step++)
        {
            var (now, start) = (batch(step), Stopwatch.GetTimestamp());
            losses[step] = network.LossOf(now);
            (parameters, memory) = optimizer.Update(memory, parameters, gradient(network, now));
            network = network.WithParameters(parameters);
            if (Stopwatch.GetElapsedTime(start) is var elapsed && elapsed < quickest)
                quickest = elapsed;
        }
        return new(losses, parameters, quickest);
    }
}
