using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Models;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Pages;

/// <summary>A run as a page: how well it went, how it got there, what the network sees, its mistakes, and
/// how to do it again.</summary>
internal sealed class RunPage
{
    private const int MostWeightImages = 100;
    private const int LossPoints = 400;

    private readonly TrainingRun run;
    private readonly RunResult result;
    private readonly ShownMoment moment;
    private readonly Language language;

    private RunPage(TrainingRun run, RunResult result, ShownMoment moment, Language language) =>
        (this.run, this.result, this.moment, this.language) = (run, result, moment, language);

    private TrainConfiguration Configuration => run.Configuration;

    private RunSummary Summary => result.Summary;

    /// <summary>The page.</summary>
    /// <param name="run">What was asked for, with its data.</param>
    /// <param name="result">Its result.</param>
    /// <param name="scores">What its network says of the test samples: <see cref="RunEvaluation.TestScores"/>.</param>
    /// <param name="environment">What its folder says of where it ran; null if it left none.</param>
    /// <param name="seen">What was seen inside the network, if it was watched.</param>
    /// <param name="moment">Which moment of the run it shows.</param>
    /// <param name="language">Of the page.</param>
    public static string Render(
        TrainingRun run, RunResult result, Matrix<float> scores, RunEnvironment? environment = null,
        IReadOnlyList<Diagnosis>? seen = null, ShownMoment moment = ShownMoment.End,
        Language language = Language.English)
    {
        var (title, parts) = new RunPage(run, result, moment, language).Parts(scores, environment, seen);
        return Page.In(language, title, parts);
    }

    /// <summary>What is in the page, without the page around it.</summary>
    /// <inheritdoc cref="Render"/>
    public static Markup Content(
        TrainingRun run, RunResult result, Matrix<float> scores, RunEnvironment? environment, ShownMoment moment,
        Language language)
    {
        var (title, parts) = new RunPage(run, result, moment, language).Parts(scores, environment, seen: null);
        return Markup.Lines([Markup.Of($"<h1>{title}</h1>"), .. parts]);
    }

    private string Say(LocalizedText text) => text.In(language);

    private string Say(string english, string japanese) => Say((english, japanese));

    private (string Title, IEnumerable<Markup> Parts) Parts(
        Matrix<float> scores, RunEnvironment? environment, IReadOnlyList<Diagnosis>? seen)
    {
        var target = run.Encoded.Task.Target;
        var quantities = run.Encoded.Task is Regression task
            ? QuantityEvaluation.Of(task, scores, [run.Data.Test]) : null;
        var accuracy = Percentage.Of(Summary.Scores.Test.Value);
        return (
            quantities is null
                ? Say($"{accuracy} of unseen samples classified correctly", $"未知のサンプルの認識精度：{accuracy}")
            : Summary.Test is { RSquared: not null } errors
                ? Say($"{target}: R² {QuantitySections.RSquared(errors)} on unseen samples",
                    $"{target}：未知のサンプルでのR²は{QuantitySections.RSquared(errors)}")
            : Say($"{target} of unseen samples", $"未知のサンプルの{target}"),
            [
                moment == ShownMoment.End ? Markup.Empty : Page.Paragraph(Progress()),
                Page.Paragraph(Opening(quantities)),
                Guessing.IsAll(run.Encoded.Task, run.Data.Test, scores) ? GuessingParagraph() : Markup.Empty,
                LossSection(),
                AccuracySection(),
                .. seen is null ? [] : WatchSections.Of(result.State.Network, seen, Say),
                WeightSection(run.Data, result.State.Network),
                .. quantities is null
                    ? ClassSections.Of(run.Data.Test, scores, Say)
                    : QuantitySections.Of(quantities, run.Data.Test, Say),
                ReproductionSection(environment),
            ]);
    }

    private string Progress()
    {
        if (moment == ShownMoment.Earlier)
            return Say(
                Invariant($"This page shows the run as it was after {Summary.Steps:N0} of ") +
                    $"{Plural.Of(run.PlannedSteps, "step")}.",
                Invariant($"このページは{run.PlannedSteps:N0}ステップのうち{Summary.Steps:N0}ステップ後の") +
                    "状態を示しています。");
        var epoch = Math.Min(Summary.Steps, run.PlannedSteps - 1) / run.StepsPerEpoch + 1;
        var epochs = (run.PlannedSteps + run.StepsPerEpoch - 1) / run.StepsPerEpoch;
        return Say(
            Invariant($"Running: epoch {epoch:N0} of {epochs:N0}; this page shows the run after ") +
                Invariant($"{Summary.Steps:N0} of {Plural.Of(run.PlannedSteps, "step")}."),
            Invariant($"実行中：エポック{epoch:N0} / {epochs:N0}。このページは{run.PlannedSteps:N0}ステップのうち") +
                Invariant($"{Summary.Steps:N0}ステップ後のものです。"));
    }

    private string Opening(QuantityEvaluation? quantities)
    {
        var outcome = quantities is null ? Outcome(run.Data.Test.Count) : Outcome(quantities);
        var stopped = Summary.Interrupted && moment == ShownMoment.End;
        var until = stopped ? ", until it was interrupted" : "";
        var optimizer = OptimizerText.Of($"{result.State.Training.Optimizer}");
        // How long it took to an earlier step isn't recorded.
        var (time, japaneseTime) = moment == ShownMoment.Earlier ? ("", "")
            : (Invariant($" in {Summary.Seconds:F1} s"), Invariant($"、{Summary.Seconds:F1}秒"));
        return Say(
            Invariant($"A network ({result.State.Network}) was trained on {Configuration.Data} with ") +
                $"{optimizer.English}{until}: " +
                $"{Plural.Of(Summary.Steps, "step")}{time}. ",
            Invariant($"ネットワーク（{result.State.Network}）を{Configuration.Data}で、") +
                Invariant($"{optimizer.Japanese}により学習しました（{Summary.Steps:N0}ステップ") +
                $"{japaneseTime}{(stopped ? "、途中で中断" : "")}）。") +
            Origin() + outcome + Best() + (IsScaled ? Say(
                " Each column of numbers was scaled to mean 0 and standard deviation 1 over the training samples.",
                "数値の各列は、訓練データで平均0、標準偏差1になるように変換しました。") : "");
    }

    private string Origin()
    {
        if (Configuration.Origin is not { Step: var step })
            return "";
        var (run, options) = (Configuration.OriginFolder, Configuration.OptionsOfFork());
        return Say(
            Invariant($"It goes on from step {step:N0} of {run ?? "another run"}, ") +
                (options == "" ? "with nothing changed. " : $"with {options}. "),
            $"{run ?? "別の実行"}の" + Invariant($"ステップ{step:N0}から、") +
                (options == "" ? "何も変えずに続けたものです。" : $"{options}で続けたものです。"));
    }

    private string Outcome(int tested) => Say(
        $"It classifies {Summary.Scores.Test.Text} of {Plural.Of(tested, "unseen test sample")} " +
            $"correctly, and {Summary.Scores.Training.Text} of the samples that it was trained on.",
        Invariant($"未知のテストデータ{tested:N0}個に対する認識精度は{Summary.Scores.Test.Text}、") +
            $"訓練データに対しては{Summary.Scores.Training.Text}です。");

    // Several quantities have no error together, since each has its own unit.
    private string Outcome(QuantityEvaluation quantities)
    {
        if (language == Language.Japanese)
            return string.Concat(quantities.Quantities.Select((each, i) => Invariant(
                $"未知のテストデータ{each.Truths.Length:N0}個に対する{each.Name}の平均絶対誤差は") +
                QuantitySections.Number(each.Score.MeanAbsoluteError) + (quantities.Task.IsDate(i) ? "日" : "") +
                (each.Score.RSquared is null ? "です。" : $"（R² {QuantitySections.RSquared(each.Score)}）です。"))) +
                $"訓練データでのR²は{QuantitySections.RSquared(Summary.Train!)}です。";
        var tested = quantities.Quantities[0].Truths.Length;
        var (what, average) = tested == 1 ? ("prediction is", "") : ("predictions are", " on average");
        string Error(QuantityScore score, int quantity) =>
            QuantitySections.Number(score.MeanAbsoluteError) + (quantities.Task.IsDate(quantity) ? " days" : "");
        string Off(QuantityScore score, int quantity, string of) =>
            $"off by {Error(score, quantity)}{of}{average}" +
            (score.RSquared is null ? "" : $" (R² {QuantitySections.RSquared(score)})");
        var train = Summary.Train!;
        return $"On {Plural.Of(tested, "unseen test sample")} its {what} " + (quantities.Quantities is [var one]
            ? $"{Off(one.Score, 0, "")}, on those that it was trained on by " +
                $"{Error(train, 0)} (R² {QuantitySections.RSquared(train)})."
            : string.Join(" and ", quantities.Quantities.Select(
                (each, i) => Off(each.Score, i, $" in {each.Name}"))) +
                $". The mean R² is {QuantitySections.RSquared(Summary.Test!)}, " +
                $"on those that it was trained on {QuantitySections.RSquared(train)}.");
    }

    // The option's value speaks of bytes.
    private bool IsScaled => run.Data.Test.Samples is Rows && Configuration.Scale != DataScale.None;

    private string Best()
    {
        if (Summary.Best is not { Scores.Validation: { } score } best)
            return "";
        var value = score.Errors is { } errors ? QuantitySections.RSquared(errors) : score.ValueText;
        return Say(
            Invariant($" Validation {score.ValueMeasure} was best after epoch {best.Epoch}, with {value}") +
                (Summary.Out is null ? "."
                    : ": that network is best.safetensors in the run's folder, the last one model.safetensors."),
            Invariant($"検証データに対する{(score.Errors is null ? "認識精度" : "R²")}は、エポック{best.Epoch}の後が") +
                Invariant($"最高でした（{value}）。") + (Summary.Out is null ? ""
                    : "そのネットワークは実行フォルダのbest.safetensors、最後のものはmodel.safetensorsにあります。"));
    }

    private Markup GuessingParagraph() => Markup.Lines(
        Page.Paragraph(
            (Guessing.IsAllInTraining(run, Summary)
                ? Say("That is no better than guessing: the network has not learned.",
                    "これは当てずっぽうと変わりません。ネットワークは学習していません。")
                : Say("On the test samples that is no better than guessing: what the network has learned of its " +
                    "training samples does not hold for others.",
                    "テストデータでは当てずっぽうと変わりません。" +
                        "訓練データで学んだことが他のデータに通用していません。")) +
            Say(" This command looks for the reason:", "原因は次のコマンドで調べられます：")),
        Page.Code(Summary.Out is { } folder
            ? $"functional doctor {ShellWord.Quoted(folder)}"
            : Configuration.CommandLine()
                .Replace("functional train", "functional doctor", StringComparison.Ordinal)));

    /// <summary>A loss over the steps, each point the mean over a block of steps, so that the curve can be read.
    /// </summary>
    internal static (Series Curve, int Block) LossCurve(string name, IReadOnlyList<double> losses)
    {
        var block = Math.Max(1, losses.Count / LossPoints);
        return (new Series(
            name,
            [.. losses.Chunk(block).Select((some, i) => i * block + (some.Length + 1) / 2.0)],
            [.. losses.Chunk(block).Select(some => some.Average())]), block);
    }

    private Markup LossSection()
    {
        var (curve, block) = LossCurve("", result.Losses);
        var guess = Guessing.Loss(
            Configuration.LossFor(run.Encoded.Task), run.Encoded.Training, run.Split.Training, weighted: true);
        ReferenceLine[] guessing = double.IsNaN(guess) ? [] :
        [
            new(guess, Say($"guessing: {Typography.Value(guess)}", $"当てずっぽう：{Typography.Value(guess)}")),
        ];
        var what = block == 1
            ? Say("The mean loss of each step's batch, before the step.",
                "各ステップのバッチの平均損失（更新前）です。")
            : Say(Invariant($"The mean loss of {block} steps at a time."),
                Invariant($"{block}ステップごとの平均損失です。"));
        return Page.Section(
            Say("Loss", "損失"),
            Page.Paragraph(guessing.Length == 0 ? what : what + (run.Encoded.Task is Classification
                ? Say(" Below the dotted line the network does better than guessing: than answering every sample " +
                    "with how frequent each class is.",
                    "点線より下なら、どのサンプルにも各クラスの割合を答えるという当てずっぽうより良いといえます。")
                : Say(" Below the dotted line the network does better than guessing: than the best answer that is " +
                    "the same for all samples.",
                    "点線より下なら、すべてのサンプルに同じ値を答えるという当てずっぽうより良いといえます。"))),
            Page.Figure(Say, new LineChart(
                Say("Loss over the steps", "損失の推移"), Say("step", "ステップ"), Say("loss", "損失"))
            {
                Series = [curve], References = guessing,
            }));
    }

    private Markup AccuracySection()
    {
        double[] at = [.. result.Epochs.Select(epoch => (double)epoch.Epoch)];
        var areQuantities = Summary.Test is not null;
        var epochs = Say("epoch", "エポック");
        Series Curve(string name, Func<EpochReport, PartScore?> of) => new(
            name, at, [.. result.Epochs.Select(epoch => of(epoch)?.Plotted ?? double.NaN)]);
        Series[] curves =
        [
            Curve(Say(Terms.Training), epoch => epoch.Scores.Training),
            .. Summary.Scores.Validation is null
                ? [] : (Series[])[Curve(Say(Terms.Validation), epoch => epoch.Scores.Validation)],
            Curve(Say(Terms.Test), epoch => epoch.Scores.Test),
        ];
        if (areQuantities)
            return Page.Section(
                Say("R² after each epoch", "各エポック後のR²"),
                Page.Paragraph(
                    Say("The share of the variance that is explained, on the training samples and on samples held " +
                        "out from training.",
                        "訓練データと、学習に使わなかったデータで、説明できた分散の割合です。") + Memorized()),
                Page.Figure(Say, new LineChart(Say("R² after each epoch", "各エポック後のR²"), epochs, "R²")
                {
                    Series = curves,
                }));
        return Page.Section(
            Say("Accuracy", "認識精度"),
            Page.Paragraph(
                Say("After each epoch, on the training samples and on samples held out from training.",
                    "各エポックの後の、訓練データと、学習に使わなかったデータに対する認識精度です。") + Memorized()),
            Page.Figure(Say, new LineChart(
                Say("Accuracy after each epoch", "各エポック後の認識精度"), epochs, AtLeastAPoint(curves))
            {
                Series = curves,
            }));
    }

    // What the figure shows, and only where the difference is more than the luck of a few samples.
    private string Memorized()
    {
        const double leastGap = 0.05;
        var (training, test) = (Summary.Scores.Training, Summary.Scores.Test);
        var luck = 1 / Math.Sqrt(run.Data.Test.Count);
        if (!(training.Value - test.Value >= Math.Max(leastGap, luck))
            || Guessing.IsAllInTraining(run, Summary))
            return "";
        var points = Invariant($"{Typography.Difference(100 * training.Value, 100 * test.Value, 2):F2}");
        var share = Invariant($"{Typography.Difference(training.Value, test.Value, 3):F3}");
        var (what, gap) = training.Errors is null
            ? ("training accuracy", $"{points} percentage points") : ("R² in training", share);
        var (japanese, more) = training.Errors is null ? ("認識精度", $"{points}ポイント") : ("R²", share);
        return Say(
            $" At the end {what} is {gap} above that on the test samples: a sign that the network has memorized " +
                "its training samples.",
            $"最後に、訓練データでの{japanese}はテストデータより{more}高くなっています。" +
                "訓練データを暗記した兆候です。");
    }

    // Axes that are shorter than a percentage point make cliffs of a few samples.
    private Axis AtLeastAPoint(Series[] curves)
    {
        var label = Say("accuracy, %", "認識精度（%）");
        var values = curves.SelectMany(curve => curve.Ys).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (values.Min(), values.Max());
        var middle = Math.Clamp(Math.Round((low + high) / 2, 1), 0.5, 99.5);
        return high - low >= 1 ? label
            : Axis.Between(label, Math.Min(middle - 0.5, low), Math.Max(middle + 0.5, high));
    }

    private Markup WeightSection(DataSet data, Network<float> network)
    {
        var weights = network.Parameters().First(leaf => leaf.Role == Role.Weight).Matrix;
        if (data.Test.Samples is not Images { Channels: 1 } images)
            return Markup.Empty;
        var (height, width) = network.Layers[0] is Convolution<float> { Shape: var filter }
            ? (filter.KernelHeight, filter.KernelWidth) : (images.Height, images.Width);
        if (weights.ColumnCount != height * width)
            return Markup.Empty;
        var shown = Math.Min(weights.RowCount, MostWeightImages);
        var pictures = Enumerable.Range(0, shown).Select(unit =>
        {
            var values = weights.Row(unit).Select(weight => (double)weight).ToArray();
            var largest = values.Max(Math.Abs);
            return Picture.Of(width, height, values, low: -largest, high: largest);
        });
        return Page.Section(
            Say("Weights of the first layer", "第1層の重み"),
            Page.Paragraph(Say(
                $"The weights of {(shown == weights.RowCount ? "each" : $"the first {shown}")} of the first layer's " +
                    $"{weights.RowCount} units as a picture: ink on bright pixels raises the unit's value, ink on " +
                    "dark pixels lowers it.",
                $"第1層の{weights.RowCount}個のユニットのうち{shown}個の重みを画像にしたものです。" +
                    "明るい画素にインクがあるとユニットの値が上がり、暗い画素にあると下がります。")),
            Page.Figure(Say, new ImageGrid(Say("First-layer weights", "第1層の重み"), [.. pictures])));
    }

    private Markup ReproductionSection(RunEnvironment? environment)
    {
        var command = RunCommand.Again(
            Configuration, Summary.Out, Summary.Steps, result.Epochs, !Summary.Interrupted);
        string[] changes = [.. environment?.ChangesOnTheWay(Configuration) ?? []];
        return Page.Section(
            Say("Reproducing this run", "この学習の再現"),
            Summary is { Interrupted: true, Out: { } folder } && moment == ShownMoment.End
                ? Markup.Lines(
                    Page.Paragraph(Say(
                        Invariant($"The run was stopped after {Summary.Steps:N0} of ") +
                            $"{Plural.Of(run.PlannedSteps, "step")}. To continue:",
                        Invariant($"{run.PlannedSteps:N0}ステップのうち{Summary.Steps:N0}ステップで停止しました。") +
                            "続けるには：")),
                    Page.Code(RunCommand.Resume(folder)))
                : Markup.Empty,
            Summary.Steps == 0
                ? Markup.Empty
                : changes.Length > 0
                ? Page.Paragraph(Say(
                    $"No command gives this network again: {string.Join("; ", changes)}.",
                    $"このネットワークを再現するコマンドはありません：{string.Join("; ", changes)}。"))
                : Markup.Lines(
                    Page.Paragraph(command.StartsWith("functional verify", StringComparison.Ordinal)
                        ? Say("This command repeats the run and compares the loss of every step and the digest of " +
                            "every epoch, bit for bit:",
                            "次のコマンドは学習を繰り返し、各ステップの損失と各エポックのダイジェストを" +
                                "ビット単位で比べます：")
                        : Say("This command gives the same network, bit for bit, on any machine and with any number " +
                            "of threads:",
                            "次のコマンドは、どのマシンでも、スレッド数によらず、" +
                                "ビット単位で同じネットワークを作ります：")),
                    Page.Code(command)),
            Page.Table(
            [
                (Say("digest", "ダイジェスト"), Summary.Digest),
                (Say("version", "バージョン"), ProgramInfo.Version),
                .. from option in TrainOptions.All
                   let value = option.Get(Configuration)
                   where value is not null
                   // A table's columns are scaled in another way than the option's value says of bytes.
                   select (option.Name, option.Name == "scale" && IsScaled
                       ? Say("each column of numbers to mean 0 and standard deviation 1",
                           "数値の各列を平均0、標準偏差1に") : value),
            ]));
    }
}
