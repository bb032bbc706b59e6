using System.Globalization;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Models;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Runs;

/// <summary>What a page, a command and the doctor say of guessing and of R², where an audit found it untrue.</summary>
public class GuessingTests
{
    // 190 of class 0 and 10 of class 1, which the number tells apart.
    private static readonly DataPart Uneven = SmallTables.Labeled(
        [.. Enumerable.Range(0, 200).Select(i => i < 190 ? -1.0 - (i % 7) : 3.0 + (i % 3))],
        [.. Enumerable.Range(0, 200).Select(i => i < 190 ? 0 : 1)], Classification.Numbered(2));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static DataPart Quantities(int rows, params Func<int, double>[] of) => new(
        Rows.Of([.. Enumerable.Range(0, rows).Select(i => (double)i)], 1, ["size"]),
        new Quantities([.. of.Select((value, i) =>
            new NumberColumn($"q{i}", [.. Enumerable.Range(0, rows).Select(value)]))]));

    private static (TrainingRun Run, RunResult Result, string Page) Train(TrainConfiguration options, DataPart part)
    {
        var run = new TrainingRun(options with { BatchSize = 16 }, new DataSet(part, part));
        var result = run.Run();
        return (run, result, RunPage.Render(run, result, RunEvaluation.TestScores(run, result, 1)));
    }

    private static Matrix<float> Outputs(Func<int, int> answers) => Matrix<float>.Build.Dense(
        2, Uneven.Count, (label, sample) => answers(sample) == label ? 1 : 0);

    [Fact]
    public void A1_a_network_that_finds_a_rare_class_has_learned()
    {
        bool IsAll(Func<int, int> answers) => Guessing.IsAll(Uneven.Classes.Classification, Uneven, Outputs(answers));
        Assert.True(IsAll(_ => 0));
        Assert.True(IsAll(_ => 1));
        Assert.False(IsAll(i => i < 190 ? 0 : 1));
        // Less accurate than always class 0, and yet it knows class 1.
        Assert.False(IsAll(i => i < 30 || i >= 190 ? 1 : 0));

        var learned = Train(new() { Epochs = 60, Optimizer = new() { Name = "adam", LearningRate = 0.05 } }, Uneven);
        Assert.Equal(1, learned.Result.Summary.TestAccuracy);
        Assert.DoesNotContain("guessing: the network has not learned", learned.Page, StringComparison.Ordinal);
        var idle = Train(new() { Epochs = 1, Optimizer = new() { LearningRate = 1e-9 } }, Uneven);
        Assert.Contains("guessing: the network has not learned", idle.Page, StringComparison.Ordinal);
    }

    [Fact]
    public void A1_what_is_known_of_training_samples_alone_was_learned_all_the_same()
    {
        var (run, result, page) = Train(
            new() { Epochs = 60, Optimizer = new() { Name = "adam", LearningRate = 0.05 } }, Uneven);
        Assert.False(Guessing.IsAllInTraining(run, result.Summary));
        var other = new DataSet(Uneven, SmallTables.Labeled(
            [-1, -2, 4, 5], [1, 1, 0, 0], Classification.Numbered(2)));
        var wrong = new TrainingRun(run.Configuration, other);
        result = wrong.Run();
        page = RunPage.Render(wrong, result, RunEvaluation.TestScores(wrong, result, 1));
        Assert.DoesNotContain("the network has not learned", page, StringComparison.Ordinal);
        Assert.Contains("On the test samples that is no better than guessing", page, StringComparison.Ordinal);
        // A12: there the difference is said, and how large it is.
        Assert.Contains("At the end training accuracy is 100.00 percentage points above that on the test samples",
            page, StringComparison.Ordinal);
    }

    [Fact]
    public void A11_guessing_costs_the_entropy_of_the_frequencies()
    {
        var entropy = -((0.95 * Math.Log(0.95)) + (0.05 * Math.Log(0.05)));
        double Loss(TrainConfiguration options, bool weighted = true)
        {
            var run = new TrainingRun(options, new DataSet(Uneven, Uneven));
            return Guessing.Loss(run.Start.Training.Network.Loss, run.Encoded.Training, run.Split.Training, weighted);
        }
        Assert.Equal(0.1985, Loss(new()), 4);
        Assert.Equal(entropy, Loss(new() { Loss = Functional.Loss.BinaryCrossEntropy }), 12);
        Assert.Equal(Math.Log(2), Loss(new() { ClassWeights = ClassWeights.Balanced }), 12);
        Assert.Equal(entropy, Loss(new() { ClassWeights = ClassWeights.Balanced }, weighted: false), 12);
        Assert.Equal(
            -((0.905 * Math.Log(0.905)) + (0.095 * Math.Log(0.095))), Loss(new() { LabelSmoothing = 0.1 }), 12);
        var page = Train(new() { Epochs = 2 }, Uneven).Page;
        Assert.Contains("guessing: 0.199<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("ln 2", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A12_a_difference_of_zero_is_not_called_memorizing()
    {
        var page = Train(new() { Epochs = 20 }, Uneven).Page;
        Assert.DoesNotContain("memorized", page, StringComparison.Ordinal);
        // Hardly more than luck brings: 20 samples, of which 18 and 19 are classified correctly.
        var quantities = Train(
            new() { Epochs = 100, Optimizer = new() { Name = "adam" } }, Quantities(40, i => 3.0 * i)).Page;
        Assert.DoesNotContain("memorized", quantities, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(5)]
    public void A4_guessing_costs_what_the_best_answer_costs_under_the_loss_that_is_used(double delta)
    {
        var part = Quantities(60, i => i % 10 == 0 ? 500 : i % 7);
        var configuration = new TrainConfiguration
        {
            Loss = Loss.Huber(delta), Epochs = 5, BatchSize = 20, Optimizer = new() { LearningRate = 1e-6 },
        };
        var run = new TrainingRun(configuration, new DataSet(part, part));
        var scale = ((Regression)run.Encoded.Task).Scales[0];
        double[] truths = [.. ((Quantities)part.Targets).Columns[0].Values.Select(scale.Apply)];
        double Cost(double answer) => truths.Average(truth =>
            Math.Abs(answer - truth) is var far && far <= delta ? far * far / 2 : delta * (far - (delta / 2)));
        var best = Enumerable.Range(-4000, 8001).Min(i => Cost(i / 1000.0));
        var guess = Guessing.Loss(Loss.Huber(delta), run.Encoded.Training, run.Split.Training, weighted: true);
        Assert.InRange(guess, best - 1e-5, best + 1e-12);
        // The doctor compares with it the same loss.
        var examined = Examination.Of(configuration, new DataSet(part, part), 1);
        Assert.Equal(guess, examined.Chance, 9);
        Assert.Equal(run.Start.Training.Network.LossOf(run.Encoded.Training.Batch(run.Split.Training)),
            examined.Loss, 3);
        Assert.Contains(Text($"guessing: {Functional.Host.Charts.Typography.Value(guess)}<"),
            Train(configuration, part).Page, StringComparison.Ordinal);
    }

    [Fact]
    public void A4_the_mean_costs_the_variance()
    {
        var part = Quantities(50, i => i % 5, i => 1e-4 * i);
        var run = new TrainingRun(new() { }, new DataSet(part, part));
        Assert.Equal(1, Guessing.Loss(
            Loss.MeanSquaredError, run.Encoded.Training, run.Split.Training, weighted: true), 12);
    }

    [Fact]
    public void A5_several_quantities_each_have_their_own_error()
    {
        var (run, result, page) = Train(
            new() { Epochs = 30, Optimizer = new() { Name = "adam", LearningRate = 0.01 } },
            Quantities(60, i => 10 + (i % 13), i => 0.001 * (i % 5)));
        var summary = result.Summary;
        Assert.Equal((null, null), (summary.Test!.MeanAbsoluteError, summary.Test.RootMeanSquaredError));
        Assert.NotNull(summary.Test.RSquared);
        var quantities = QuantityEvaluation.Of((Regression)run.Encoded.Task, Evaluation.Scores(
            result.State.Network, run.Encoded.Encoder, run.Data.Test.Samples, 1), [run.Data.Test]).Quantities;
        Assert.Equal(summary.Test.RSquared!.Value, quantities.Average(each => each.Score.RSquared!.Value), 9);
        foreach (var (name, score, _, _) in quantities)
            Assert.Contains(
                $"off by {QuantitySections.Number(score.MeanAbsoluteError)} in {name} on average", page,
                StringComparison.Ordinal);
        Assert.StartsWith("R²: training ", $"{summary.Scores}", StringComparison.Ordinal);
        Assert.Equal($"R² {summary.Test.RSquaredText}, the mean over the quantities", $"{summary.Test}");
    }

    [Fact]
    public void A10_r_squared_of_one_value_is_undefined_and_chooses_no_epoch()
    {
        Assert.Null(QuantityScore.Of([1], [7]).RSquared);
        Assert.Null(QuantityScore.Of([2, 2], [2, 2]).RSquared);
        Assert.Equal("mean absolute error 6, RMSE 6, R² undefined", $"{QuantityScore.Of([1], [7])}");
        var part = Quantities(13, i => i);
        var refused = Assert.Throws<UsageException>(() => new TrainingRun(
            new() { Validation = 0.05, Patience = 2 }, new DataSet(part, part)));
        Assert.Equal(nameof(TrainConfiguration.Validation), refused.Faults[0].Field);
        Assert.Contains("1 sample is too few", refused.Message, StringComparison.Ordinal);
        var same = Quantities(40, i => i == 39 ? 1 : 0);
        Assert.Contains("different values of q0", Assert.Throws<UsageException>(() => new TrainingRun(
            new() { Validation = 0.1 }, new DataSet(same, same))).Message, StringComparison.Ordinal);

        // One test sample: no R², and one prediction.
        var run = new TrainingRun(new() { Epochs = 2 }, new DataSet(part, part.Take([3])));
        var result = run.Run();
        var page = RunPage.Render(run, result, RunEvaluation.TestScores(run, result, 1));
        Assert.Contains("On 1 unseen test sample its prediction is off by ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
        Assert.DoesNotContain("not a number", page, StringComparison.Ordinal);
        Assert.DoesNotContain("no better than guessing", page, StringComparison.Ordinal);
        Assert.DoesNotContain("3 to 3", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A14_and_A20_parts_and_numbers_are_as_the_page_says()
    {
        var part = Quantities(18, i => -33088.4 + (7000 * i));
        var page = Train(new() { Epochs = 1 }, part).Page;
        Assert.Contains("in parts of about equal size", page, StringComparison.Ordinal);
        Assert.Contains(">−33 088 to −19 088</th><td>3</td>", page.Replace('\u202f', ' '), StringComparison.Ordinal);
        Assert.DoesNotMatch("[0-9]E[+-]?[0-9]", page[page.IndexOf("errors by size", StringComparison.Ordinal)..]);
        Assert.Equal("mean absolute error 21044, RMSE 21044, R² undefined", $"{QuantityScore.Of([0], [21043.7])}");
        Assert.Equal(("108320.4", "-5772", "0.00075", "0", "1E-06", "1000000"), (InvariantText.Quantity(
            108320.44, 7), InvariantText.Quantity(-5772.04), InvariantText.Quantity(
            0.00075), InvariantText.Quantity(0), InvariantText.Quantity(1e-6),
            InvariantText.Quantity(999999.9)));
    }
}
