using Functional.Testing;

namespace Functional.Tests.Face;

/// <summary>Transforms and groups as a C# user writes them; docs/extending.md has the same examples.</summary>
public class TransformTests
{
    private static readonly Batch<float> Xor =
        Batch.OfRows(new float[,] { { 0, 0 }, { 0, 1 }, { 1, 0 }, { 1, 1 } }, [0, 1, 1, 0]);

    private static Network<float> Start =>
        Network.Create<float>([2, 8, 2], Activation.Tanh, Initializer.Xavier, seed: 1);

    // Zhang et al. (2019): every fifth step goes back half of the way to where the last such step ended.
    private static readonly CustomTransform LookAhead = new(
        "look-ahead", [("steps", 5), ("share", 0.5)], ["slow"],
        (step, leaf, w, slots) =>
        {
            var slow = step.Number == 1 ? leaf.Values : slots[0];
            if (step.Number % 5 != 0)
                return (w, [slow]);
            slow += 0.5 * (w - slow);
            return (slow, [slow]);
        },
        afterRule: true);

    // Yong et al., Gradient Centralization (2020): the mean of a weight's gradients is taken off.
    private static readonly CustomTransform Centralized = new(
        "centralized", [], [],
        (_, leaf, g, _) => (leaf.Role == Role.Weight ? g - (g.Sum() / g.Count) : g, []));

    // Zhuang et al. (2020), as docs/extending.md has it.
    private static readonly CustomRule AdaBelief = new(
        "belief", [("beta1", 0.9), ("beta2", 0.999), ("epsilon", 1e-8)], ["first moment", "belief"],
        (step, leaf, gradient, slots) =>
        {
            var m = 0.9 * slots[0] + 0.1 * gradient;
            var s = 0.999 * slots[1] + 0.001 * (gradient - m).PointwisePower(2) + 1e-8;
            var rate = step.Rate / (1 - Math.Pow(0.9, step.Number));
            var deviation = (s / (1 - Math.Pow(0.999, step.Number))).PointwiseSqrt() + 1e-8;
            return (-rate * m.PointwiseDivide(deviation), [m, s]);
        });

    public static TheoryData<string> Names => [.. Optimizers.Keys];

    private static readonly Dictionary<string, Optimizer> Optimizers = new()
    {
        ["look-ahead"] = Optimizer.Momentum(0.1).With(LookAhead),
        ["centralized"] = Optimizer.Adam(0.01).With(Centralized).WithClipNorm(1),
        ["built in"] = Optimizer.NAdam(0.01).WithNoise(0.001).WithLookAhead().WithAverage(0.9).WithAccumulation(2),
        ["AdaBelief"] = Optimizer.Custom(AdaBelief, 0.01),
        ["per layer"] = Optimizer.Adam(0.01).WithGroup("affine2", learningRate: 0.001).Freeze("affine1.bias"),
    };

    private static TrainingState<float> Trained(TrainingState<float> state, int steps)
    {
        for (var step = 0; step < steps; step++)
            (state, _) = Training.Step(state, Xor);
        return state;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_trains_and_resumes_to_the_same_bits(string name)
    {
        var start = Training.Start(Start, Optimizers[name]);
        var half = Trained(start, 31);
        var memory = half.OptimizerState;
        var read = new TrainingState<float>(
            half.Network, Optimizers[name], OptimizerState.OfLeaves(memory.Updates, memory.Gathered, memory.ToLeaves()),
            half.Key, half.Step);
        var (whole, resumed) = (Trained(start, 100), Trained(read, 69));
        Assert.Equal(whole.Network.Digest(), resumed.Network.Digest());
        Assert.Equal(Training.Averaged(whole).Digest(), Training.Averaged(resumed).Digest());
        Assert.True(whole.Network.LossOf(Xor) < 0.9 * Start.LossOf(Xor));
    }

    [Fact]
    public void The_laws_of_optimizers_hold_with_them()
    {
        foreach (var optimizer in (Optimizer[])[
            Optimizer.Momentum().With(LookAhead), Optimizer.Momentum().WithLookAhead(2).WithAverage(0.9),
            Optimizer.NAdam().WithWeightDecay(0.1).WithGroup("*", 0.5, 0), Optimizer.Lamb(), Optimizer.RAdam(),
            Optimizer.AdaBelief(), Optimizer.Custom(AdaBelief, 0.01)])
            OptimizerLaws.Require(
                optimizer.Init,
                (double rate, OptimizerState<double> state, Parameters<double> x, Parameters<double> gradient) =>
                    (optimizer.Groups.Count > 0 ? optimizer.WithGroup("*", rate, 0) : optimizer.WithLearningRate(rate))
                    .Update(state, x, gradient),
                cases: 50);
    }

    [Fact]
    public void A_custom_look_ahead_is_the_built_in_one()
    {
        var (own, ours) = (Optimizer.Momentum(0.1).With(LookAhead), Optimizer.Momentum(0.1).WithLookAhead(5, 0.5));
        var difference = Trained(Training.Start(Start, own), 50).Network.Parameters().ToVector()
            - Trained(Training.Start(Start, ours), 50).Network.Parameters().ToVector();
        Assert.InRange(difference.InfinityNorm(), 0, 1e-5);
    }

    [Fact]
    public void A_frozen_layer_stays_and_the_others_go_on()
    {
        var state = Trained(Training.Start(Start, Optimizer.Adam(0.01).WithAverage(0.9).Freeze("affine1")), 20);
        foreach (var network in (Network<float>[])[state.Network, Training.Averaged(state)])
            foreach (var (before, after) in Start.Parameters().Zip(network.Parameters()))
                Assert.Equal(
                    before.Name.StartsWith("affine1", StringComparison.Ordinal), before.Values.Equals(after.Values));
    }

    [Fact]
    public void Transforms_print_and_compare()
    {
        var optimizer = Optimizer.Sgd().With(LookAhead).With(Centralized).WithClipNorm(1);
        Assert.Equal(
            "SGD (learning rate 0.1), clipped to norm 1, centralized, look-ahead (steps 5, share 0.5)",
            optimizer.ToString());
        Assert.Equal(
            optimizer,
            Optimizer.Sgd().WithTransforms(
                Transform.NewClipNorm(1), Transform.NewCustom(Centralized), Transform.NewCustom(LookAhead)));
        Assert.NotEqual(optimizer, optimizer.WithLookAhead());
        Assert.Contains(
            "can't come after", Optimizer.Sgd().WithTransforms(
                Transform.NewCustom(LookAhead), Transform.NewClipNorm(1)).Faults().Single().Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_transform_gives_wrong_is_named() => Assert.StartsWith(
        "the transform odd gives 1 elements as the gradient of affine1.weight, which has 16",
        Assert.Throws<ArgumentException>(() => Trained(Training.Start(Start, Optimizer.Sgd().With(
            new CustomTransform("odd", [], [], (_, _, g, _) => (g.SubVector(0, 1), [])))), 1)).Message,
        StringComparison.Ordinal);
}
