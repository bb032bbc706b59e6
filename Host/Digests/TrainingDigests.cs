using System.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Digests;

/// <summary>Short training runs on drawn numbers, in single and double precision: one for every layer, activation,
/// loss, penalty, optimizer and initializer.</summary>
internal static class TrainingDigests
{
    private const int Features = 20, Units = 17, Classes = 5, Samples = 33, Steps = 12;

    private static readonly (string Name, Loss Loss)[] Losses =
    [
        ("softmax-cross-entropy", Loss.SoftmaxCrossEntropy()),
        ("softmax-cross-entropy-smoothed", Loss.SoftmaxCrossEntropy(labelSmoothing: 0.1)),
        ("softmax-cross-entropy-epsilon", Loss.SoftmaxCrossEntropy(epsilon: 1e-7)),
        ("mean-squared-error", Loss.MeanSquaredError), ("binary-cross-entropy", Loss.BinaryCrossEntropy),
        ("huber", Loss.Huber(0.5)),
    ];

    private static readonly (string Name, Penalty Penalty)[] Penalties =
    [
        ("l1", Penalty.L1(0.01)), ("l2", Penalty.L2(0.01)), ("elastic-net", Penalty.ElasticNet(0.01, 0.02)),
        ("p-norm", Penalty.PNorm(0.01, 1.5)),
    ];

    private static readonly (string Name, Optimizer Optimizer)[] Optimizers =
    [
        .. Optimizer.BuiltIn.Select(rule => (rule.Key, rule.Key switch
        {
            "adam" or "amsgrad" or "adamw" or "nadam" or "radam" or "adabelief" => rule.Value.WithLearningRate(0.01),
            "lamb" => rule.Value.WithWeightDecay(0.1),
            _ => rule.Value,
        })),
        ("noise", Optimizer.Sgd().WithNoise(0.01)),
        ("look-ahead", Optimizer.Momentum().WithLookAhead()), ("average", Optimizer.Adam().WithAverage(0.9)),
        ("groups", Optimizer.Adam(0.01).Freeze("affine1.bias").WithGroup("affine2", 0.001, 0.1)),
        ("accumulation", Optimizer.Momentum().WithAccumulation(3)),
        ("clip-value", Optimizer.Sgd().WithClipValue(0.01)), ("clip-norm", Optimizer.Sgd().WithClipNorm(0.1)),
        ("weight-decay", Optimizer.Sgd().WithWeightDecay(0.1)), ("proximal-l1", Optimizer.Sgd().WithProximalL1(0.1)),
    ];

    private static readonly (string Name, Schedule Schedule)[] Schedules =
    [
        ("constant", Schedule.Constant), ("step", Schedule.Step(7, 0.3)), ("exponential", Schedule.Exponential(0.99)),
        ("cosine", Schedule.Cosine(90, 0.01)), ("one-cycle", Schedule.OneCycle(100)),
        ("warm-up", Schedule.Cosine(90).AfterWarmUp(10)),
    ];

    private static readonly (string Name, Initializer Initializer)[] Initializers =
    [
        ("constant", Initializer.Constant(0.1)), ("normal", Initializer.Normal(0.01)), ("xavier", Initializer.Xavier),
        ("he", Initializer.He), ("glorot-uniform", Initializer.GlorotUniform), ("orthogonal", Initializer.Orthogonal),
    ];

    /// <summary>What they are.</summary>
    public static IReadOnlyList<DigestEntry> Entries { get; } =
    [
        .. In<float>("float32"), .. In<double>("float64"),
        .. from one in Schedules
           select new DigestEntry(
               $"schedule/{one.Name}", hash => hash.Add(Enumerable.Range(0, 200).Select(one.Schedule.Factor))),
        new("training/threads", Large),
    ];

    private static IEnumerable<DigestEntry> In<T>(string type) where T : unmanaged, IFloatingPointIeee754<T>
    {
        (string Name, Func<int, IReadOnlyList<ILayer<T>>> After)[] layers =
        [
            ("affine", _ => []),
            .. Layer.BuiltIn<T>(1).Where(layer => layer is not (Affine<T> or ActivationLayer<T>)).Select(BuiltIn),
            ("dropout-book", _ => [Layer.Dropout<T>(0.3, DropoutForm.Book)]),
            ("chain", units => [Layer.Chain(Block(units))]), ("residual", units => [Layer.Residual(Block(units))]),
            ("parallel", units => [Layer.Parallel(Join.Sum, Layer.Chain(Block(units)), Layer.Residual(Block(units)))]),
            ("tied", units => [Layer.Tied([Tie.Of("affine1.weight", "affine2.weight")], Block(units))]),
        ];
        return
        [
            .. from layer in layers select Entry($"layer/{layer.Name}", layer.After, network => network),
            .. from activation in Activation.BuiltIn
               select Entry($"activation/{activation.Name}", _ => [Layer.Of<T>(activation)], network => network),
            .. from one in Losses select Entry($"loss/{one.Name}", Relu, network => network.WithLoss(one.Loss)),
            .. from one in Penalties
               select Entry($"penalty/{one.Name}", Relu, network => network.WithPenalty(one.Penalty)),
            .. from one in Optimizers
               select Entry($"optimizer/{one.Name}", Relu, network => network, one.Optimizer),
            .. from one in Initializers
               select new DigestEntry($"initializer/{one.Name}/{type}", hash => hash.Add(
                   Network.Create<T>([Features, Units, Features], Activation.Relu, one.Initializer, 3).Parameters())),
        ];

        static (string Name, Func<int, IReadOnlyList<ILayer<T>>> After) BuiltIn(ILayer<T> layer) => (
            layer.Name.Replace("norm", "-norm", StringComparison.Ordinal)
                .Replace("channel", "channel-", StringComparison.Ordinal),
            units => [Layer.BuiltIn<T>(units).First(one => one.Name == layer.Name)]);

        static ILayer<T>[] Block(int units) =>
        [
            .. Network.Create<T>(
                [units, units, units], width => [Layer.BatchNorm<T>(width), Layer.Dropout<T>(0.3)], Initializer.He,
                seed: 4).Layers,
        ];

        IReadOnlyList<ILayer<T>> Relu(int units) => [Layer.Of<T>(Activation.Relu)];

        DigestEntry Entry(
            string name, Func<int, IReadOnlyList<ILayer<T>>> after, Func<Network<T>, Network<T>> with,
            Optimizer? optimizer = null) =>
            new($"{name}/{type}", hash => Train(
                hash, with(Network.Create([Features, Units, Classes], after, Initializer.He, 1)),
                optimizer ?? Optimizer.Sgd()));
    }

    // Targets are labels for classes, numbers from 0 to 1 otherwise.
    private static void Train<T>(ContentHash hash, Network<T> network, Optimizer optimizer)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var state = Training.Start(network, optimizer, seed: 2);
        var average = Average.Start(0.9, network.Parameters(), corrected: true);
        for (var step = 0; step < Steps; step++)
        {
            var inputs = NumberDigests.Draw<T>(Features, Samples, 100 + step);
            var key = Key.OfSeed(200 + step);
            var batch = network.Loss.Function.IsSoftmaxCrossEntropy
                ? Batch.Of(inputs, key.Integers(Samples, Classes))
                : Batch.Of(inputs, Matrix<T>.Build.Dense(
                    Classes, Samples, Array.ConvertAll(key.Uniforms(Classes * Samples), T.CreateChecked)));
            (state, var report) = Training.Step(state, batch);
            average = average.Update(state.Network.Parameters());
            hash.Add(report.Loss);
        }
        hash.Add(state.Network.Parameters()).Add(state.Network.Statistics()).Add(state.OptimizerState.ToLeaves())
            .Add(average.Value()).Add(state.Network.Predict(NumberDigests.Draw<T>(Features, Samples, 99)));
    }

    // Products and passes that are large enough for threads to share them.
    private static void Large(ContentHash hash)
    {
        var network = Network.Create<float>(
            [300, 401, 10], units => [Layer.BatchNorm<float>(units), Layer.Of<float>(Activation.Tanh)],
            Initializer.Xavier, 1);
        var state = Training.Start(network, Optimizer.Adam(), seed: 2);
        for (var step = 0; step < 2; step++)
            (state, _) = Training.Step(
                state, Batch.Of(NumberDigests.Draw<float>(300, 513, step), Key.OfSeed(step).Integers(513, 10)));
        hash.Add(state.Network.Parameters()).Add(state.Network.Statistics()).Add(state.OptimizerState.ToLeaves());
    }
}
