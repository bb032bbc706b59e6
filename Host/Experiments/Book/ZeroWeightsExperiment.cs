using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>Why weights must not begin at zero, by numbers. Source: Deep Learning from Scratch, 6.2.1.</summary>
internal sealed class ZeroWeightsExperiment : Experiment
{
    private const int Hidden = 4, Samples = 100, Steps = 100;
    private const double Rate = 0.1;

    // Rounding alone stays far below.
    private const double Visible = 1e-6;

    private static readonly (LocalizedText Name, Activation Activation, Initializer Initializer)[] Networks =
    [
        (("all 0, ReLU", "すべて 0、ReLU"), Activation.Relu, Initializer.Zero),
        (("all 0, sigmoid", "すべて 0、sigmoid"), Activation.Sigmoid, Initializer.Zero),
        (("He, ReLU", "He、ReLU"), Activation.Relu, Initializer.He),
    ];

    public override string Name => "zero-weights";
    public override string Section => "6.2.1";
    public override LocalizedText Title => ("May weights begin at zero?", "重みの初期値を 0 にしてよいか");

    public override LocalizedText Question => (
        $"A network with {Hidden} hidden units begins with all weights 0 and sees the same images {Steps} times, of " +
        "some classes more than of others. What will its hidden units put out, and by how much will a step change " +
        "each of their weights?",
        $"隠れ層が{Hidden}ユニットのネットワークを、すべての重みが 0 の状態から始め、" +
        $"同じ画像（枚数はクラスによって異なります）を{Steps}回見せます。隠れ層のユニットはどんな値を出力し、" +
        "1回の更新でそれぞれの重みはどれだけ変わるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var part = lab.First(Samples);
        var labels = part.Classes.Labels;
        // With equally many of each class zeros are a stationary point of the last layer, too: nothing would change.
        int[] uneven =
        [
            .. Enumerable.Range(0, Math.Min(Samples, part.Count)).Where(i => labels[i] % 2 == 0 || i % 2 == 0),
        ];
        var batch = Batch.OfBytes<double>(ByteScale.Unit, part.Images.Size, part.Images.Pixels, labels, uneven);
        var runs = lab.Compute(lab.Seeds, seed => Networks.Select(network => Train(
            Network.Create<double>(
                [part.Images.Size, Hidden, part.Classes.Classification.Count], network.Activation, network.Initializer,
                Key.OfSeed(seed)),
            batch)).ToArray());
        var first = runs[0];
        string[] units = [.. Enumerable.Range(1, Hidden).Select(unit => lab.Say($"unit {unit}", $"ユニット{unit}"))];
        Table Of(LocalizedText caption, Func<Seen, double[]> of) => new(
            caption, ["", .. units],
            [.. Networks.Zip(first, (network, seen) => (string[])
                [lab.Say(network.Name), .. of(seen).Select(value => Typography.Value(value, 4))])]);
        (LocalizedText, string)[] Apart(int network, int seed) =>
        [
            (("largest difference of outputs", "出力の差の最大値"), Typography.Value(runs[seed][network].OutputsApart)),
            (("of updates", "更新量の差の最大値"), Typography.Value(runs[seed][network].UpdatesApart)),
        ];
        return new()
        {
            Parts =
            [
                Of((
                    $"The hidden units' outputs for the first image, after {Steps} steps.",
                    $"{Steps}ステップ後の隠れ層の出力（最初の画像）。"), seen => seen.Outputs),
                Of((
                    "The length of the change of each hidden unit's incoming weights in the last step.",
                    "最後のステップでの、各ユニットへ入る重みの更新量の大きさ。"), seen => seen.Updates),
                Of((
                    "The change of its outgoing weight to the first class in the last step.",
                    "最後のステップでの、各ユニットから最初のクラスへの重みの更新量。"), seen => seen.Outgoing),
            ],
            Claims =
            [
                lab.Claim((
                    "With ReLU and all weights 0 every hidden unit puts out exactly 0 for every image in every step, " +
                    "and no step changes a weight",
                    "ReLU ですべての重みが 0 なら、どのステップのどの画像でも隠れ層の出力はちょうど 0 で、" +
                    "重みはまったく更新されない"),
                    seed => runs[seed][0] is { LargestOutput: 0, LargestUpdate: 0 },
                    seed =>
                    [
                        (("largest output", "出力の最大値"), Typography.Value(runs[seed][0].LargestOutput)),
                        (("largest update", "更新量の最大値"), Typography.Value(runs[seed][0].LargestUpdate)),
                    ]),
                lab.Claim((
                    "With the sigmoid and all weights 0 weights do change, but those of all hidden units alike: in " +
                    "every step their outputs and their updates are equal, to the last bit",
                    "sigmoid ですべての重みが 0 なら、重みは更新されるが、" +
                    "どのユニットもまったく同じように更新される：どのステップでも、" +
                    "出力も更新量も最後のビットまで等しい"),
                    seed => runs[seed][1] is { OutputsApart: 0, UpdatesApart: 0, LargestUpdate: > Visible },
                    seed =>
                    [
                        .. Apart(1, seed),
                        (("largest update", "更新量の最大値"), Typography.Value(runs[seed][1].LargestUpdate)),
                    ]).SaidIn(("Section 6.2.1", "6.2.1節")),
                lab.Claim((
                    "With He's weights the hidden units differ in outputs and in updates",
                    "He の初期値では、隠れ層のユニットの出力も更新量も互いに異なる"),
                    seed => runs[seed][2] is { OutputsApart: > Visible, UpdatesApart: > Visible },
                    seed => Apart(2, seed)),
                lab.Claim((
                    "He's weights end at a lower loss than zeros do with either activation",
                    "He の初期値の損失は、どちらの活性化関数の 0 の場合よりも小さく終わる"),
                    seed => runs[seed][2].Loss < runs[seed].Take(2).Min(seen => seen.Loss),
                    seed => [.. Networks.Zip(
                        runs[seed], (network, seen) => (network.Name, Typography.Value(seen.Loss)))])
                    .By(lab, ("loss, He minus the better of the zeros", "損失の差（He − 0 の小さいほう）"),
                        seed => runs[seed][2].Loss - runs[seed].Take(2).Min(seen => seen.Loss)),
            ],
        };
    }

    // Of the last step: each unit's output and updates. Of all steps: the largest output and update, and the largest
    // differences between units.
    private sealed record Seen(
        double[] Outputs, double[] Updates, double[] Outgoing, double Loss, double LargestOutput, double LargestUpdate,
        double OutputsApart, double UpdatesApart);

    private static Seen Train(Network<double> network, Batch<double> batch)
    {
        var state = Training.Start(network, Optimizer.Sgd(Rate));
        double largestOutput = 0, largestUpdate = 0, outputsApart = 0, updatesApart = 0, loss = 0;
        double[] outputs = [], updates = [], outgoing = [];
        for (var step = 0; step < Steps; step++)
        {
            var before = state.Network.Parameters();
            (state, var report) = Training.Step(state, batch);
            var after = state.Network.Parameters();
            var hidden = state.Network.Trace(batch, Key.OfSeed(0)).Layers[1].Output;
            Matrix<double> into = after["affine1.weight"].Matrix - before["affine1.weight"].Matrix,
                from = after["affine2.weight"].Matrix - before["affine2.weight"].Matrix;
            // A hidden unit is a row of the first weights, and a column of the second.
            if (into.RowCount != Hidden)
                into = into.Transpose();
            if (from.ColumnCount != Hidden)
                from = from.Transpose();
            outputs = hidden.Column(0).ToArray();
            updates = [.. into.EnumerateRows().Select(row => row.L2Norm())];
            outgoing = from.Row(0).ToArray();
            largestOutput = Math.Max(largestOutput, hidden.Enumerate().Max(Math.Abs));
            largestUpdate = Math.Max(largestUpdate, into.Enumerate().Concat(from.Enumerate()).Max(Math.Abs));
            outputsApart = Math.Max(outputsApart, hidden.EnumerateColumns().Max(Spread));
            updatesApart = Math.Max(
                updatesApart, into.EnumerateColumns().Concat(from.EnumerateRows()).Max(Spread));
            loss = report.Loss;
        }
        return new(outputs, updates, outgoing, loss, largestOutput, largestUpdate, outputsApart, updatesApart);
    }

    private static double Spread(Vector<double> ofUnits) => ofUnits.Maximum() - ofUnits.Minimum();
}
