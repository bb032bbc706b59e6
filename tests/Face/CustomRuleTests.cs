using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Rules and losses from outside: their laws are those of all (Properties/Tables.fs has a row of
/// each).</summary>
public sealed class CustomRuleTests
{
    private static readonly Batch<float> Xor =
        Batch.OfRows(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, [0, 1, 1, 0]);

    private static readonly CustomRule Heavy = new(
        "heavy ball", [("share", 0.9)], ["velocity"],
        (step, _, g, slots) => 0.9 * slots[0] - step.Rate * g is var v ? (v, [v]) : default);

    private static readonly CustomLoss Half = new(
        "half squared error", (y, t) =>
            ((y - t).PointwisePower(2).Enumerate().Sum() / (2 * y.ColumnCount), (y - t) / y.ColumnCount),
        isRegression: true);

    private static Network<float> Start =>
        Network.Create<float>([2, 4, 2], Activation.Tanh, Initializer.Xavier, seed: 1);

    private static TrainingState<float> Trained(Optimizer optimizer, int steps = 40)
    {
        var state = Training.Start(Start, optimizer);
        for (var step = 0; step < steps; step++)
            (state, _) = Training.Step(state, Xor);
        return state;
    }

    [Fact]
    public void A_rule_that_is_momentum_trains_as_momentum_does()
    {
        Optimizer With(Optimizer rule) =>
            rule.With(Schedule.Cosine(40)).WithClipNorm(0.5).WithWeightDecay(0.01).WithAccumulation(2);
        var (ours, own) = (Trained(With(Optimizer.Momentum(0.1))), Trained(With(Optimizer.Custom(Heavy, 0.1))));
        var difference = (ours.Network.Parameters().ToVector() - own.Network.Parameters().ToVector()).InfinityNorm();
        Assert.InRange(difference, 0, 1e-5);
        Assert.NotEqual(Start.Digest(), own.Network.Digest());
        Assert.Equal(["velocity", "gathered gradient"], own.OptimizerState.Slots.Select(slot => slot.Name));
    }

    [Fact]
    public void It_prints_as_others_do_and_is_equal_by_its_data() => Assert.Equal(
        ("heavy ball (learning rate 0.1, share 0.9)", true, false),
        ($"{Optimizer.Custom(Heavy, 0.1)}",
            Optimizer.Custom(Heavy, 0.1)
                .Equals(Optimizer.Custom(
                    new("heavy ball", [("share", 0.9)], ["velocity"], (_, _, g, s) => (g, s)), 0.1)),
            Optimizer.Custom(Heavy, 0.1).Equals(Optimizer.Custom(Heavy, 0.2))));

    [Fact]
    public void What_a_rule_gives_wrong_is_named()
    {
        string Fault(Func<Vector<double>, (Vector<double>, IReadOnlyList<Vector<double>>)> change) =>
            Assert.Throws<ArgumentException>(() =>
            Trained(Optimizer.Custom(new CustomRule("odd", [], ["slot"], (_, _, g, _) => change(g)), 0.1), 1)).Message;
        Assert.StartsWith("the rule odd gives 1 elements as the change of affine1.weight, which has 8",
            Fault(g => (g.SubVector(0, 1), [g])), StringComparison.Ordinal);
        Assert.StartsWith("the rule odd gives no change of affine1.weight", Fault(_ => (null!, [])),
            StringComparison.Ordinal);
        Assert.StartsWith("the rule odd gives 0 slots of affine1.weight, not 1", Fault(g => (g, [])),
            StringComparison.Ordinal);
        Assert.StartsWith("the rule odd gives 2 elements as the slot of affine1.weight, which has 8",
            Fault(g => (g, [g.SubVector(0, 2)])), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new CustomRule("odd", [], ["a", "a"], (_, _, g, s) => (g, s)));
        Assert.Throws<ArgumentException>(() => new CustomRule("odd", [], ["a/b"], (_, _, g, s) => (g, s)));
        Assert.Equal(
            "2 slots have the name 'gathered gradient': rename a custom one",
            Optimizer.Custom(new CustomRule("odd", [], ["gathered gradient"], (_, _, g, s) => (g, s)), 0.1)
                .WithAccumulation(2).Faults().Single().Message);
        Assert.Throws<ArgumentException>(() => new CustomRule(" ", [], [], (_, _, g, s) => (g, s)));
    }

    [Fact]
    public void A_loss_is_in_the_file_by_its_name()
    {
        using var folder = new TemporaryFolder();
        var network = Start.WithLoss(Loss.Custom(Half));
        Model.Save(folder["m"], network);
        var same = Model.Load(folder["m"], new LayerTable<float> { Losses = [Half] });
        Assert.Equal((network.Digest(), network.LossOf(Xor)), (same.Network.Digest(), same.Network.LossOf(Xor)));
        Assert.Contains("half squared error",
            Assert.Throws<DataException>(() => Model.Load<float>(folder["m"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_loss_of_numbers_has_no_accuracy_and_a_wrong_gradient_is_named()
    {
        var numbers = Batch.Of(Xor.Inputs, Matrix<float>.Build.Dense(2, 4, 1));
        Assert.Contains("a regression has no accuracy", Assert.Throws<ArgumentException>(() =>
            Start.WithLoss(Loss.Custom(Half)).Accuracy(numbers)).Message, StringComparison.Ordinal);
        var wrong = new CustomLoss("odd", (y, _) => (0, y.Transpose()));
        Assert.StartsWith("the loss odd gives a gradient of 4 x 2 of outputs of 2 x 4",
            Assert.Throws<ArgumentException>(() =>
            Start.WithLoss(Loss.Custom(wrong)).LossOf(Xor)).Message, StringComparison.Ordinal);
    }
}
