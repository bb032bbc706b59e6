using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Models;

/// <summary>What a model says of new samples, given the data's own numbers.</summary>
public sealed class PredictionTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Model<float> Flowers =
        new(Network.Create([4, 6, 3], Activation.Tanh, Initializer.Xavier, seed: 3))
    {
        Encoder = SmallTables.Encoder([5.8, 3, 3.7, 1.2], [0.8, 0.4, 1.7, 0.7], ["a", "b", "c", "d"]),
        Task = new Classification(["setosa", "versicolor", "virginica"], "species"),
    };

    private static readonly float[][] Rows = [[5.1f, 3.5f, 1.4f, 0.2f], [7, 3.2f, 4.7f, 1.4f], [6.3f, 3.3f, 6, 2.5f]];

    [Fact]
    public void A_row_is_scaled_as_in_training_and_gets_a_class_with_a_name_and_probabilities()
    {
        var answer = Flowers.Predict(5.1f, 3.5f, 1.4f, 0.2f);
        float[] scaled = [(float)((5.1f - 5.8) / 0.8), (float)((3.5f - 3) / 0.4), (float)((1.4f - 3.7) / 1.7),
            (float)((0.2f - 1.2) / 0.7)];
        var scores = Flowers.Network.Predict(Matrix<float>.Build.Dense(4, 1, scaled));
        Assert.Equal(Metrics.Classes(scores)[0], answer.Class);
        Assert.Equal(Flowers.ClassName(answer.Class), answer.ClassName);
        Assert.Equal(Metrics.Softmax(scores).Column(0), answer.Probabilities);
        Assert.Equal(answer.Probabilities.Max(), answer.Probability);
        Assert.Empty(answer.Scores);
        Assert.StartsWith($"{answer.ClassName} {100 * answer.Probability:F2}%  (", answer.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Many_rows_get_what_each_gets_by_itself()
    {
        var answers = Flowers.Predict(Rows);
        Assert.Equal(Rows.Select(row => string.Join(' ', Flowers.Predict(row).Probabilities)),
            answers.Select(answer => string.Join(' ', answer.Probabilities)));
        Assert.Empty(Flowers.Predict((float[][])[]));
        var table = Host.Data.Rows.Of([.. Rows.SelectMany(row => row)], 4);
        Assert.Equal(answers.SelectMany(answer => answer.Probabilities),
            Flowers.Predict(table).SelectMany(answer => answer.Probabilities));
    }

    [Fact]
    public void Images_get_what_evaluation_says_of_them()
    {
        var data = DataSets.Load("digits");
        var run = new TrainingRun(
            new TrainConfiguration { Samples = 200, Epochs = 1, Scale = DataScale.Standard }, data);
        var result = run.Run();
        var answers = run.ModelOf(result.State.Network).Predict(data.Test.Samples);
        var correct = answers.Zip(data.Test.Classes.Labels).Count(pair => pair.First.Class == pair.Second);
        Assert.Equal(result.Summary.TestAccuracy, (double)correct / data.Test.Count);
    }

    [Fact]
    public void Scores_that_are_not_probabilities_stay_scores_and_NaN_is_not_a_class()
    {
        var scores = new Model<double>(
            Network.Create<double>([2, 2], Activation.Relu, Initializer.He, 1L).WithLoss(Loss.MeanSquaredError))
        {
            Task = new Classification(["0", "1"]),
        };
        var answer = scores.Predict(1, 2);
        Assert.Empty(answer.Probabilities);
        Assert.Equal(2, answer.Scores.Count);
        Assert.True(double.IsNaN(answer.Probability));
        Assert.Equal($"{answer.Class}", answer.ClassName);
        var (high, low) = (float.PositiveInfinity, float.NegativeInfinity);
        var none = Flowers.Predict(high, low, high, low);
        Assert.Equal((-1, null, "no class: a score is not a number"), (none.Class, none.ClassName, none.ToString()));
    }

    [Fact]
    public void A_wrong_number_of_numbers_is_refused()
    {
        static void Refused(string message, Action act) =>
            Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(act).Message.Split(" (Parameter")[0]);
        Refused("the sample has 3 numbers, but the model takes 4 (a, b, c, d)", () => Flowers.Predict(1, 2, 3));
        Refused("sample 1 has 5 numbers, but the model takes 4 (a, b, c, d)", () =>
            Flowers.Predict((float[][])[Rows[0], [1, 2, 3, 4, 5]]));
        Refused("expected samples of 4 numbers, as the model takes them, found rows of 1 number", () =>
            Flowers.Encoder.Encode<float>(Host.Data.Rows.Of(Rows[0], 1), [0]));
        Refused("6 numbers are no whole rows of 4", () => Host.Data.Rows.Of(new float[6], 4));
        Assert.ThrowsAny<ArgumentException>(() => Host.Data.Rows.Of(Rows[0], 0));
        Refused("there is no class 3: the model's are 0 to 2", () => Flowers.ClassName(3));
        Refused("there is no class -1: the model's are 0 to 2", () => Flowers.ClassName(-1));
    }

    [Fact]
    public void A_model_of_a_table_is_saved_and_classifies_new_rows()
    {
        var numbers = Key.OfSeed(7).Normals(120);
        File.WriteAllLines(folder["t.csv"],
            ["size,kind", .. Enumerable.Range(0, 120)
                .Select(i =>
                    FormattableString.Invariant(
                        $"{(i % 2 == 0 ? 1000 : 1200) + 10 * numbers[i]:F2},{(i % 2 == 0 ? "cat" : "dog")}"))]);
        var run = new TrainingRun(
            new TrainConfiguration { Epochs = 30, BatchSize = 16, Optimizer = new() { LearningRate = 0.5 } },
            DataSets.Load(folder["t.csv"], label: "kind"));
        Model.Save(folder["m"], run.ModelOf(run.Run().State.Network));
        var model = Model.Load<float>(folder["m"]);
        Assert.Equal(["cat", "dog"], model.Predict((float[][])[[1000], [1200]]).Select(answer => answer.ClassName!));
        Assert.Equal("affine 1 -> 50, relu, affine 50 -> 2 for kind: cat | dog", model.ToString());
    }
}
