using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using MathNet.Numerics.LinearAlgebra;
using Functional.Tests.Data;

namespace Functional.Tests.Face;

/// <summary>F2: networks with one output, and what else takes the largest of the scores.</summary>
public class OneOutputTests
{
    private static readonly Matrix<float> X =
        Matrix<float>.Build.DenseOfArray(new float[,] { { 0, 0, 1, 1 }, { 0, 1, 0, 1 } });
    private static readonly int[] Labels = [0, 1, 1, 0];

    private static Network<float> Trained()
    {
        var state = Training.Start(
            Network.Create([2, 16, 1], Activation.Tanh, Initializer.Xavier, seed: 1).WithLoss(Loss.BinaryCrossEntropy),
            Optimizer.Adam(0.01));
        for (var step = 0; step < 500; step++)
            (state, _) = Training.Step(state, Batch.Of(X, Labels));
        return state.Network;
    }

    private static Matrix<float> Row(params float[] values) => Matrix<float>.Build.Dense(1, values.Length, values);

    private static string Refused(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;

    [Fact]
    public void F2_A_binary_network_is_right_where_the_sign_of_its_logit_is()
    {
        var network = Trained();
        Assert.Equal(1, network.Accuracy(Batch.Of(X, Labels)));
        Assert.Equal(1, network.Accuracy(Batch.Of(X, Row(0, 1, 1, 0))));
        Assert.Equal(0, network.Accuracy(Batch.Of(X, Row(1, 0, 0, 1))));
        Assert.Equal(3, network.Correct(Batch.Of(X, Row(0, 1, 1, 1))));
        Assert.Equal(4, network.Correct(ByteScale.None, [0, 0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0], [0, 1, 2, 3]));
        Assert.Equal([0, 1, 0, -1], Metrics.Classes(Row(-1, 2, 0, float.NaN)));
        Assert.Equal([0, 1, 1], Metrics.Labels(Targets<float>.NewValues(Row(0.25f, 0.75f, 1))));
    }

    [Fact]
    public void F2_Metrics_of_a_row_of_logits_are_those_of_two_classes()
    {
        var logits = Row(-2, 3, 1, -1, 0.5f);
        var both = Matrix<float>.Build.Dense(2, 5, (i, j) => i * logits[0, j]);
        int[] labels = [0, 1, 0, 1, 1];
        Assert.Equal(Metrics.Softmax(both), Metrics.Probabilities(logits));
        Assert.Equal(1 / (1 + MathF.Exp(-3)), Metrics.Probabilities(logits)[1, 1], 1e-6f);
        var confusion = Metrics.Confusion(logits, labels);
        Assert.Equal(Metrics.Confusion(both, labels), confusion);
        Assert.Equal((1, 1, 1, 2), (confusion[0, 0], confusion[0, 1], confusion[1, 0], confusion[1, 1]));
        Assert.Equal(Metrics.CalibrationError(both, labels), Metrics.CalibrationError(logits, labels));
        Assert.Equal(Metrics.MostWrong(both, labels, 9), Metrics.MostWrong(logits, labels, 9));
        Assert.Equal((0.6, 1.0), (Metrics.TopK(logits, labels, 1), Metrics.TopK(logits, labels, 2)));
        Assert.Equal(
            Loss.SoftmaxCrossEntropy().Forward(both, labels).Item1,
            Loss.BinaryCrossEntropy.Forward(logits, labels).Item1, 1e-6);
    }

    [Fact]
    public void F2_A_regression_has_no_accuracy_and_says_so()
    {
        foreach (var loss in (Loss[])[Loss.MeanSquaredError, Loss.Huber()])
            foreach (var (network, targets) in ((Network<float>, Matrix<float>)[])
                [
                    (Network.Create([2, 4, 1], Activation.Tanh, Initializer.Xavier), Row(0, 1, 2, 3.5f)),
                    (Network.Create([2, 4, 2], Activation.Tanh, Initializer.Xavier),
                        Matrix<float>.Build.Dense(2, 4, 1.5f)),
                ])
            {
                Assert.Contains("a regression has no accuracy",
                    Refused(() => network.WithLoss(loss).Accuracy(Batch.Of(X, targets))), StringComparison.Ordinal);
                Assert.Contains("a regression has no accuracy",
                    Refused(() => network.WithLoss(loss).Correct(Batch.Of(X, targets))), StringComparison.Ordinal);
            }
        // Labels say that several outputs are classes.
        var classes = Network.Create([2, 4, 2], Activation.Tanh, Initializer.Xavier);
        Assert.Equal(classes.Accuracy(Batch.Of(X, Labels)),
            classes.WithLoss(Loss.MeanSquaredError).Accuracy(Batch.Of(X, Labels)));
        Assert.Contains("a regression has no accuracy", Refused(
            () => Network.Create([2, 1], Activation.Tanh, Initializer.Xavier).WithLoss(Loss.MeanSquaredError)
                .Correct(ByteScale.None, [0, 0], [0], [0])),
            StringComparison.Ordinal);
    }

    [Fact]
    public void F2_Softmax_over_one_output_is_refused()
    {
        var network = Network.Create([2, 8, 1], Activation.Tanh, Initializer.Xavier);
        Assert.Equal(Loss.BinaryCrossEntropy, network.Loss);
        foreach (var act in (Action[])
            [
                () => network.WithLoss(Loss.SoftmaxCrossEntropy()), () =>
                    network.WithLoss(Loss.SoftmaxCrossEntropy(labelSmoothing: 0.1)),
                () => Network.Of(network.Layers, Loss.SoftmaxCrossEntropy()), () =>
                    Network.Adopt(network.Layers, Loss.SoftmaxCrossEntropy()),
            ])
            Assert.StartsWith("softmax over one output is always 1", Refused(act), StringComparison.Ordinal);
        Assert.Equal(Loss.BinaryCrossEntropy, Network.Of(network.Layers).Loss);
        // What is no probability would make a loss without a lower bound.
        Assert.Contains("sample 3 has 3.5", Refused(() => network.LossOf(Batch.Of(X, Row(0, 1, 1, 3.5f)))),
            StringComparison.Ordinal);
        Assert.Contains("sample 1 has -1",
            Refused(() => Training.Step(Training.Start(network, Optimizer.Adam()), Batch.Of(X, Row(0, -1, 1, 0)))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void F2_Several_questions_are_right_where_every_answer_is()
    {
        var weight = Matrix<float>.Build.DenseIdentity(2) * 2 - 1;
        var network = Network.Of(
            [Layer.Affine(weight, Vector<float>.Build.Dense([0.5f, -0.5f]))], Loss.BinaryCrossEntropy);
        var answers = network.Predict(X).Map(logit => logit > 0 ? 1f : 0f);
        Assert.Equal(1, network.Accuracy(Batch.Of(X, answers)));
        answers[0, 2] = 1 - answers[0, 2];
        Assert.Equal(0.75, network.Accuracy(Batch.Of(X, answers)));
    }

    [Fact]
    public void F2_NaN_is_never_right()
    {
        var network = Network.Of(
            [Layer.Affine(Matrix<float>.Build.Dense(2, 2, float.NaN), Vector<float>.Build.Dense(2))]);
        Assert.Equal(0, network.Accuracy(Batch.Of(X, Matrix<float>.Build.Dense(2, 4, float.NaN))));
    }

    [Fact]
    public void F2_A_binary_model_answers_both_classes()
    {
        var model = new Model<float>(Trained()) { Task = new Classification(["same", "different"]) };
        var logit = model.Network.Predict(X)[0, 1];
        var answer = model.Predict(0, 1);
        Assert.Equal((1, "different"), (answer.Class, answer.ClassName));
        Assert.Equal([1 / (1 + MathF.Exp(logit)), 1 / (1 + MathF.Exp(-logit))], answer.Probabilities, (a, b) =>
            Math.Abs(a - b) < 1e-6f);
        Assert.Equal(["same", "different", "different", "same"],
            model.Predict((float[][])[[0, 0], [0, 1], [1, 0], [1, 1]]).Select(answer => answer.ClassName!));
        var table = SmallTables.Labeled(
            [0, 0, 0, 1, 1, 0, 1, 1], [0, 1, 1, 0], Classification.Numbered(2));
        var evaluation = Assert.IsType<ClassEvaluation>(ModelEvaluation.Of(model, "xor", [table], threads: 1));
        Assert.Equal((1, 2, 2), (
            evaluation.Confusion.Accuracy, evaluation.Confusion[0, 0], evaluation.Confusion[1, 1]));
        Assert.Equal(model.Network.LossOf(Batch.Of(X, Labels)), evaluation.Loss, 1e-6);
        var numbers = new Model<float>(model.Network.WithLoss(Loss.MeanSquaredError));
        Assert.Equal([(double)logit], numbers.Predict(0, 1).Quantities);
        Assert.Equal("xor: expected 1 quantity, as the model gives, found 2 classes", Refused(numbers, table.Targets));
        // All that fits samples, but not the model.
        Assert.Equal("xor: expected classes from 0 to 1, as the model gives, found 3 classes",
            Refused(model, new Classes(Classification.Numbered(3), [0, 1, 2, 1])));
        var quantity = new NumberColumn("y", [0, 1, 2, 1]);
        Assert.Equal("xor: expected classes from 0 to 1, as the model gives, found 1 quantity",
            Refused(model, new Quantities([quantity])));
        Assert.Equal("xor: expected 1 quantity, as the model gives, found 2 quantities",
            Refused(numbers, new Quantities([quantity, quantity with { Name = "z" }])));

        string Refused(Model<float> asked, Targets targets) => Assert.Throws<DataException>(
            () => ModelEvaluation.Of(asked, "xor", [new DataPart(table.Samples, targets)], 1)).Message;
    }
}
