using Functional.Host.Charts;
using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Units that are left out at random. Source: Deep Learning from Scratch, 6.4.3.</summary>
internal sealed class DropoutExperiment : Experiment
{
    // So much lower is worth a word.
    private const double Behind = 0.05;

    public override string Name => "dropout";
    public override string Section => "6.4.3";
    public override LocalizedText Title => ("Dropout", "Dropout");

    public override LocalizedText Question => (
        "In every step each hidden unit is dropped with some probability. Does a network that is disturbed like " +
        "that do better on images it has never seen? And does it still learn at a ratio of 0.9?",
        "ステップごとに、隠れ層のユニットを一定の確率で消去します。" +
        "一部のユニットを無効にしたネットワークのほうが汎化しやすいのでしょうか。" +
        "また、消去する割合が 0.9 のときはどうなるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        // The book makes up for what is dropped in evaluation.
        var common = OverfittingExperiment.Setting(lab, 301) with { DropoutForm = DropoutForm.Book };
        Variant Of(string name, TrainConfiguration configuration, bool extra = true) =>
            OverfittingExperiment.Measured(lab, name, configuration) with { Extra = extra };
        var curves = lab.Train(
            Of("0.2", common with { Dropout = 0.2 }, extra: false),
            Of(lab.Say("none", "なし"), common with { DropoutForm = DropoutForm.Inverted }),
            Of("0.01", common with { Dropout = 0.01 }),
            Of("0.15", common with { Dropout = 0.15 }),
            Of("0.9", common with { Dropout = 0.9 }),
            Of("0.2, L1 0.005", common with { Dropout = 0.2, L1 = 0.005 }));
        if (curves.Count == 1)
            return new()
            {
                Parts =
                [
                    CommonFigures.Of(
                        lab, "accuracy", "Dropout 0.2", curves, Text(Idea, AtTheEnd(lab, curves)), inBook: "6-23"),
                ],
            };
        Curves[] ordered = [curves[1], curves[2], curves[3], curves[0], .. curves.Skip(4)];
        double Best(int seed) => curves[4].Seeds[seed].Accuracies.Max(point => point.Training);
        double Apart(int seed, Func<Curve, double> of) =>
            Math.Abs(of(curves[2].Seeds[seed]) - of(curves[1].Seeds[seed]));
        double Change(int seed) => Math.Max(Apart(seed, run => Training(run)), Apart(seed, run => Test(run)));
        Claim Smaller(Curves dropout) => SmallerGap(lab, dropout, curves[1],
            (
                $"Dropout {dropout.Name} makes the gap between training and test accuracy smaller",
                $"Dropout {dropout.Name} は訓練とテストの認識精度の差を小さくし"))
            .SaidIn(("Section 6.4.3", "6.4.3節"));
        Claim Better(Curves dropout) => BetterTest(lab, dropout, curves[1],
            (
                $"Dropout {dropout.Name} gives a higher test accuracy than no dropout",
                $"Dropout {dropout.Name} はテストデータの認識精度を上げる"))
            .SaidIn(("A common reading of 6.4.3", "6.4.3節についてよくある解説"));
        return new()
        {
            Parts =
            [
                CommonFigures.Of(lab, "accuracy", lab.Say("By dropout ratio",
                    "消去する割合ごとの認識精度"), ordered, Text(
                    Idea, AtTheEnd(lab, ordered), Compared(curves[1], ordered[1..5]),
                    GapOf(lab, curves[0], curves[1])), columns: 3, inBook: "6-23"),
                CommonFigures.Table(lab, ordered),
            ],
            Claims =
            [
                Smaller(curves[3]), Smaller(curves[0]),
                Better(curves[3]), Better(curves[0]),
                lab.Claim((
                    "Dropout 0.2 with L1 0.005 is good at both: training and test accuracy of at least " +
                    $"{Percent(Learned, 0)}",
                    "Dropout 0.2 と L1 0.005 の組み合わせは両方に良い（訓練・テストの認識精度がどちらも" +
                    $"{Percent(Learned, 0)}以上）"),
                    seed => Training(curves[5].Seeds[seed]) >= Learned && Test(curves[5].Seeds[seed]) >= Learned,
                    seed =>
                    [
                        (("training accuracy", "訓練データの認識精度"), Percent(Training(curves[5].Seeds[seed]))),
                        (("test accuracy", "テストデータの認識精度"), Percent(Test(curves[5].Seeds[seed]))),
                    ]).By(lab, ("test accuracy with minus without", "テストデータの認識精度の変化（あり − なし）"),
                        seed => Test(curves[5].Seeds[seed]) - Test(curves[1].Seeds[seed]), inPoints: true)
                    .SaidIn(("A reader's commentary on 6.4.3", "6.4.3節についての読者の解説"))
                    .IfLearned(lab, curves[1]),
                lab.Claim((
                    "Dropout 0.9 never learns: training accuracy stays below 20%",
                    "Dropout 0.9 ではまったく学習しない（訓練データの認識精度が20%未満）"),
                    seed => Best(seed) < 0.2,
                    seed => [(("highest training accuracy", "訓練データの認識精度の最大"), Percent(Best(seed)))])
                    .By(lab, ("highest training accuracy minus 20%", "訓練データの認識精度の最大 − 20%"),
                        seed => Best(seed) - 0.2, inPoints: true).IfLearned(lab, curves[1]),
                lab.Claim((
                    "Dropout 0.01 changes little: both accuracies end within 5 points of those without",
                    "Dropout 0.01 ではほとんど変わらない（どちらの認識精度も差は5ポイント以内）"),
                    seed => Change(seed) < 0.05,
                    seed =>
                    [
                        (("training accuracy with it", "訓練データ（あり）"), Percent(Training(curves[2].Seeds[seed]))),
                        (("without", "なし"), Percent(Training(curves[1].Seeds[seed]))),
                        .. Two(curves[2], curves[1], seed, Test),
                    ]).By(lab, ("the larger change minus 5 points", "変化の大きいほう − 5ポイント"),
                        seed => Change(seed) - 0.05, inPoints: true).IfLearned(lab, curves[1], curves[2]),
            ],
        };
    }

    private static (LocalizedText, string)[] Two(Curves with, Curves without, int seed, Func<Curve, double> of) =>
    [
        (("test accuracy with it", "テストデータ（あり）"), Percent(of(with.Seeds[seed]))),
        (("without", "なし"), Percent(of(without.Seeds[seed]))),
    ];

    private static LocalizedText Idea => (
        "The idea: no unit can rely on another being there, as if many networks were trained and their votes averaged.",
        "どのユニットも他のユニットがいることを当てにできず、" +
        "多数のネットワークを学習させて平均をとるのに似た効果がある、という考え方です。");

    /// <summary>Which ratios end higher than no dropout in the figure, and which have not caught up in training.
    /// </summary>
    internal static LocalizedText Compared(Curves none, IReadOnlyList<Curves> ratios)
    {
        var (best, rest) = (ratios.Where(Higher).ToArray(), ratios.Where(ratio => !Higher(ratio)).ToArray());
        Curves[] behind = [.. ratios.Where(ratio => !(TrainingEnd(ratio) > TrainingEnd(none) - Behind))];
        bool Higher(Curves ratio) => TestEnd(ratio) > TestEnd(none);
        LocalizedText Names(Curves[] some) => Row([.. some.Select(ratio => ratio.Name)]);
        var (without, shares) = (Percent(TestEnd(none)), Row([.. best.Select(ratio => Percent(TestEnd(ratio)))]));
        var points = Typography.Number(100 * Behind, 0);
        return Text(
            best.Length == 0
                ? ($"None of the ratios ends with a higher test accuracy than no dropout ({without}).",
                   $"テストデータの認識精度がなし（{without}）を上回る割合はありません。")
                : ($"At a ratio of {Names(best).English} test accuracy ends higher than without dropout: " +
                   $"{shares.English} instead of {without}.",
                   $"消去する割合が {Names(best).Japanese} のとき、" +
                   $"テストデータの認識精度はなしを上回ります（{shares.Japanese}、なしは{without}）。"),
            best.Length == 0 || rest.Length == 0 ? ""
                : ($"At {Names(rest).English} it does not.", $"{Names(rest).Japanese} では上回りません。"),
            behind.Length == 0 ? ""
                : ($"At {Names(behind).English} training accuracy ends at least {points} percentage points lower.",
                   $"{Names(behind).Japanese} では、" +
                   $"訓練データの認識精度がなしより{points}ポイント以上低く終わります。"));
    }
}
