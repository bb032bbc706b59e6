using Functional.Host.Runs;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>Dropout, given the time that it needs. Source: Deep Learning from Scratch, 6.4.3, whose run ends
/// earlier.</summary>
internal sealed class DropoutLengthExperiment : Experiment
{
    // The book's run has 301 points, an epoch apart.
    private const int Interval = 20, BookPoint = 300 / Interval;

    public override string Name => "dropout-length";
    public override string Section => "6.4.3";
    public override LocalizedText Title => ("When does dropout help?", "Dropout はいつ効くのか");

    public override LocalizedText Question => (
        "With the settings of 6.4.3 dropout 0.2 has the lower test accuracy after 301 epochs. Has it failed, or is " +
        "it only slower? What will 1,001 epochs show? And does it matter whether what is dropped is made up for in " +
        "training or only in evaluation?",
        "6.4.3節の設定で301エポック学習させると、Dropout 0.2 のほうがテストデータの認識精度は低くなります。" +
        "効果がないのでしょうか、それとも遅いだけなのでしょうか。1001エポックではどうなるでしょうか。" +
        "また、消去した分を学習時に補うか、評価時にだけ補うかで違いはあるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        var common = lab.WithPoints(
            lab.Configure(Lab.Usual with { Samples = 300, Hidden = [100, 100, 100, 100, 100, 100] }),
            lab.Of(1001, 201));
        Variant Of(string name, TrainConfiguration configuration) =>
            new(name, configuration) { Measured = CommonFigures.Both, EveryEpochs = Interval };
        var curves = lab.Train(
            Of(lab.Say("none", "なし"), common),
            Of(
                lab.Say("0.2, the book's form", "0.2（本書の形式）"),
                common with { Dropout = 0.2, DropoutForm = DropoutForm.Book }),
            Of(lab.Say("0.2, inverted", "0.2（学習時に補う形式）"), common with { Dropout = 0.2 }));
        Curves none = curves[0], book = curves[1], inverted = curves[2];
        var points = none.Seeds[0].Accuracies.Count;
        // A run cut short by options has no such point: half of its way, then.
        var early = points > BookPoint ? BookPoint : (points - 1) / 2;
        LocalizedText until = early == BookPoint ? (", where the book's run ends,", "（本書の実行が終わるところ）")
            : (", before the book's run ends,", "（本書の実行が終わる前）");
        double Early(Curves curve, int seed, Func<AccuracyPoint, double> of) => of(curve.Seeds[seed].Accuracies[early]);
        var (epoch, last) = (early * Interval, (points - 1) * Interval);
        (LocalizedText, string) Named(LocalizedText name, double share) => (name, Percent(share));
        return new()
        {
            Parts =
            [
                CommonFigures.Of(
                    lab, "accuracy", lab.Say("Dropout over many epochs", "長く学習させた場合の Dropout"), curves,
                    Caption(curves, early, epoch, until), columns: 3),
                CommonFigures.Table(lab, curves),
            ],
            Claims =
            [
                lab.Claim((
                    $"At epoch {epoch}{until.English} the network with the book's dropout has not yet " +
                    "learned its training samples, and the one without has",
                    $"エポック{epoch}{until.Japanese}では、" +
                    "本書の形式の Dropout のネットワークは訓練データをまだ学習し終えていないが、" +
                    "なしのネットワークは学習し終えている"),
                    seed => Early(book, seed, point => point.Training) < Memorized
                        && Early(none, seed, point => point.Training) >= Memorized,
                    seed =>
                    [
                        Named(("training accuracy with it",
                            "訓練データ（あり）"), Early(book, seed, point => point.Training)),
                        Named(("without", "なし"), Early(none, seed, point => point.Training)),
                    ]).By(lab, ("training accuracy with minus without", "訓練データの認識精度の変化（あり − なし）"),
                        seed => Early(book, seed, point => point.Training) - Early(none, seed, point => point.Training),
                        inPoints: true).IfLearned(lab, none),
                lab.Claim((
                    $"Over the last points, up to epoch {last}, all three have learned their training samples (at " +
                    $"least {Percent(Memorized, 0)})",
                    $"最後の数点（エポック{last}まで）の平均では、3つとも訓練データを学習し終えている" +
                    $"（{Percent(Memorized, 0)}以上）"),
                    seed => curves.All(curve => Training(curve.Seeds[seed]) >= Memorized),
                    seed => [.. curves.Select(curve => Named(lab.Both(curve.Name), Training(curve.Seeds[seed])))]),
                BetterTest(lab, inverted, none, (
                    "By then inverted dropout 0.2 gives a higher test accuracy than no dropout",
                    "そのとき、学習時に補う形式の Dropout 0.2 はテストデータの認識精度を上げる"))
                    .IfLearned(lab, Memorized, inverted, none),
                BetterTest(lab, book, none, (
                    "By then the book's form gives a higher test accuracy than no dropout, too",
                    "そのとき、本書の形式の Dropout 0.2 もテストデータの認識精度を上げる"))
                    .IfLearned(lab, Memorized, book, none),
                SmallerGap(lab, inverted, none, (
                    "Inverted dropout 0.2 makes the gap between training and test accuracy smaller",
                    "学習時に補う形式の Dropout 0.2 は訓練とテストの認識精度の差を小さくし")),
            ],
        };
    }

    private static LocalizedText Caption(IReadOnlyList<Curves> curves, int early, int epoch, LocalizedText until)
    {
        double[] At(Func<AccuracyPoint, double> of) => [.. curves.Select(curve => curve.Accuracy("", of).Ys[early])];
        double[] training = At(point => point.Training), test = At(point => point.Test);
        double[] ends = [.. curves.Select(TestEnd)];
        var learned = curves.All(curve => TrainingEnd(curve) >= Memorized);
        var better = ends.Skip(1).Count(end => end > ends[0]);
        return Text(
            ($"At epoch {epoch}{until.English} training accuracy is {Percent(training[0])} without dropout, " +
             $"{Percent(training[1])} with the book's form and {Percent(training[2])} with inverted dropout; " +
             $"test accuracy is {Percent(test[0])}, {Percent(test[1])} and {Percent(test[2])}.",
             $"エポック{epoch}{until.Japanese}では、訓練データの認識精度は、なしで{Percent(training[0])}、" +
             $"本書の形式で{Percent(training[1])}、" +
             $"学習時に補う形式で{Percent(training[2])}、テストデータではそれぞれ{Percent(test[0])}、" +
             $"{Percent(test[1])}、{Percent(test[2])}です。"),
            ($"On average over the last four points test accuracy is {Percent(ends[0])}, {Percent(ends[1])} and " +
             $"{Percent(ends[2])}.",
             $"最後の4点の平均では、テストデータの認識精度は{Percent(ends[0])}、{Percent(ends[1])}、" +
             $"{Percent(ends[2])}です。"),
            training[1] < Memorized && training[0] >= Memorized
                ? ("The early comparison is one of a network that has learned with one that is still learning: the " +
                   "book's form passes smaller activations on in training, since it makes up for what is dropped " +
                   "only in evaluation, and so learns more slowly through six layers.",
                   "早い時点での比較は、学習し終えたネットワークと学習途中のネットワークの比較になっています。" +
                   "本書の形式は、消去した分を評価時にだけ補うので、学習時のアクティベーションが小さくなり、" +
                   "6層を通る間に学習が遅くなるのです。")
                : "",
            learned && better == 2
                ? ("Once all three know their training samples, both networks with dropout read unseen images " +
                   "better, as the idea of 6.4.3 has it: no unit can rely on another.",
                   "3つとも訓練データを学習し終えたあとでは、Dropout のある2つのネットワークのほうが" +
                   "未知の画像をよく認識します。どのユニットも他のユニットを当てにできない、" +
                   "という6.4.3節の考え方のとおりです。")
                : learned && better == 1
                ? ("Once all three know their training samples, one of the two networks with dropout reads unseen " +
                   "images better than the network without.",
                   "3つとも訓練データを学習し終えたあとでは、Dropout のある2つのネットワークのうち1つが、" +
                   "ないネットワークよりも未知の画像をよく認識します。")
                : learned
                ? ("All of them know their training samples at the end, and dropout still doesn't help.",
                   "最後にはどれも訓練データを学習し終えていますが、それでも Dropout の効果は見られません。")
                : ("Not all of them know their training samples at the end.",
                   "最後になっても、訓練データを学習し終えていないものがあります。"));
    }
}
