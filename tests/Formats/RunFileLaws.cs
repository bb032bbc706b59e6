using FsCheck;
using FsCheck.Fluent;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Tests.Formats.Law;

namespace Functional.Tests.Formats;

/// <summary>Models, states of runs and configurations are read as they were written; a byte more, less or otherwise,
/// where a checksum stands for it, is reported.</summary>
public sealed class RunFileLaws : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static byte[] Bits<T>(Parameters<T> leaves) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(leaves.ToVector().ToArray()).ToArray();

    private static Gen<Parameters<T>> Filled<T>(Parameters<T> leaves) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T> =>
        Contents.Elements<T>(leaves.Length).Select(elements => leaves.WithVector(Vector<T>.Build.Dense(elements)));

    private static Gen<Network<T>> Networks<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        from hidden in Gen.Choose(0, 2)
        from units in Gen.ArrayOf(Gen.Choose(1, 5), hidden + 2)
        let network = Network.Create<T>(units, Activation.Relu, Initializer.He, seed: 1)
        from parameters in Filled(network.Parameters())
        select network.WithParameters(parameters);

    private static Gen<string[]> Names(int count) =>
        from some in Gen.ArrayOf(Contents.Text, count)
        select some.Select((text, i) => $"{text}{i}").ToArray();

    private static IEnumerable<Model<T>> SimplerModels<T>(Model<T> model) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T>
    {
        if (model.Network.Layers.Count > 1)
            yield return new Model<T>(Network.Create<T>([1, 1], Activation.Relu, Initializer.He, seed: 1));
        var plain = new Model<T>(model.Network);
        if (!model.Task.Equals(plain.Task))
            yield return model with { Task = plain.Task };
        if (!model.Encoder.Equals(plain.Encoder))
            yield return model with { Encoder = plain.Encoder };
    }

    private static void Models<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => Holds(
        200,
        from network in Networks<T>()
        from classes in Names(network.Outputs)
        from features in Names(network.Inputs)
        from label in Contents.Text.OrNull()
        from damage in Damage.Any
        let model = new Model<T>(network)
        select (model with
        {
            Task = classes.Length > 1 ? new Classification(classes, label) : model.Task,
            Encoder = new TableEncoder(
                [.. features.Select((name, i) => new NumberEncoding(name, new NumberScale(i, i + 0.5)))]),
        }, damage),
        found => Simpler.Each(found, SimplerModels, Simpler.Damages),
        found =>
        {
            var (model, damage) = found;
            var stream = new MemoryStream();
            Model.Save(stream, model);
            var bytes = stream.ToArray();
            Model<T> Read(byte[] some) => Model.Load<T>(new MemoryStream(some), "f");
            var loaded = Read(bytes);
            Assert.Equal(Bits(model.Network.Parameters()), Bits(loaded.Network.Parameters()));
            Assert.Equal(model.Network.ToString(), loaded.Network.ToString());
            Assert.Equal(model.Task, loaded.Task);
            Assert.Equal(model.Encoder, loaded.Encoder);
            Refused(() => Read(damage.Changed(bytes)));
            Refused(() => Read(damage.Shortened(bytes)));
            Refused(() => Read([.. bytes, 0]));
        });

    [Fact]
    public void Models_in_single_precision() => Models<float>();

    [Fact]
    public void Models_in_double_precision() => Models<double>();

    private static TrainConfiguration Parse(params IEnumerable<(string Name, string Value)> options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    [Fact]
    public void Checkpoints()
    {
        var images = SmallTables.Images(
            2, 2, 3, [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))], 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
        var start = new TrainingRun(
            Parse(("hidden", "3"), ("batch-norm", "true"), ("optimizer", "adam"), ("accumulate", "2"),
                ("average", "0.9"), ("batch-size", "4")),
            new DataSet(images, images)).Start;
        var training = start.Training;
        Holds(
            200,
            from parameters in Filled(training.Network.Parameters())
            from statistics in Filled(training.Network.Statistics())
            from slots in Filled(training.OptimizerState.ToLeaves())
            from counts in Gen.ArrayOf(Gen.OneOf(Gen.Choose(0, 100), Gen.Choose(0, int.MaxValue)), 3)
            from key in Contents.Elements<uint>(2)
            from seconds in Contents.Elements<double>(1).Select(some => some[0]).Where(double.IsFinite)
            from damage in Damage.Any
            select (
                new RunState(
                    new TrainingState<float>(
                        training.Network.WithParameters(parameters).WithStatistics(statistics), training.Optimizer,
                        OptimizerState.OfLeaves(counts[0], counts[1], slots), new Key(key[0], key[1]), counts[2]))
                {
                    Seconds = Math.Abs(seconds),
                },
                damage),
            found => Simpler.Each(found, state => state == start ? [] : [start], Simpler.Damages),
            found =>
            {
                var (state, damage) = found;
                Checkpoint.Write(folder["c"], state);
                var bytes = File.ReadAllBytes(folder["c"]);
                RunState Read(byte[] some) => Checkpoint.Read(new MemoryStream(some), "f", start);
                var read = Read(bytes);
                byte[][] Everything(RunState of) =>
                [
                    Bits(of.Training.Network.Parameters()), Bits(of.Training.Network.Statistics()),
                    Bits(of.Training.OptimizerState.ToLeaves()),
                ];
                Assert.Equal(Everything(state), Everything(read));
                Assert.Equal((state.Step, state.Seconds, state.Training.Key),
                    (read.Step, read.Seconds, read.Training.Key));
                Assert.Equal(
                    (state.Training.OptimizerState.Updates, state.Training.OptimizerState.Gathered),
                    (read.Training.OptimizerState.Updates, read.Training.OptimizerState.Gathered));
                Refused(() => Read(damage.Changed(bytes)));
                Refused(() => Read(damage.Shortened(bytes)));
                Refused(() => Read([.. bytes, 0]));
            });
    }

    // What an option may be, apart from what others allow.
    private static readonly (string Name, string[] Values)[] Choices =
    [
        ("samples", ["1", "2147483647"]), ("validation", ["0.1", "0.25"]), ("hidden", ["1", "20,10", "3,3,3"]),
        ("activation", ["tanh", "elu:0.1", "leaky-relu:0.3"]), ("batch-norm", ["true", "false"]),
        ("dropout", ["0.1", "0.9"]),
        ("l1", ["1E-45", "0.1"]), ("l2", ["1.1754943508222875E-38", "0.3"]), ("label-smoothing", ["0.1"]),
        ("init", ["normal:0.01", "constant:-0.5", "zero"]), ("optimizer", ["adamw", "sgd", "lion"]),
        ("learning-rate", ["0.1", "1E-07"]),
        ("schedule", ["warmup:10+step:20:0.5", "cosine:0.1", "one-cycle"]), ("clip-norm", ["3.4028234663852886E+38"]),
        ("accumulate", ["2"]), ("average", ["0.9", "0.99999999999999989"]), ("batch-size", ["1", "77"]),
        ("iterations", ["100"]),
        ("augment", ["shift:2,elastic:1:4"]), ("seed", ["-9223372036854775808", "0"]),
        ("checkpoint-every", ["10m", "none", "3"]), ("keep-every", ["4", "none"]),
    ];

    [Fact]
    public void Configurations() => Holds(
        200,
        from some in Gen.SubListOf(Choices)
        from values in Gen.CollectToArray(
            some, choice => Gen.Elements(choice.Values).Select(value => (choice.Name, value)))
        from data in Contents.Text
        from steps in Gen.ArrayOf(Gen.Choose(1, 1000)).Select(some => some.Order().Distinct())
        from damage in Damage.Any
        select ((options: values.Append(("data", $"x{data}")).ToArray(), steps: steps.ToArray(), damage)),
        found => Simpler.Each(found, Simpler.Fewer, Simpler.Fewer, Simpler.Damages),
        found =>
        {
            var configuration = Parse(found.options)
                with
                {
                    Stages = [.. found.steps.Select(until => new Stage(until, until + 3))],
                    // Some are forks.
                    Origin = found.steps.Length % 3 != 1 ? null
                        : new RunOrigin(Parse(found.options[..^1]), found.steps[0], "0123"),
                };
            ConfigurationFile.Write(folder["o"], configuration);
            var bytes = File.ReadAllBytes(folder["o"]);
            TrainConfiguration Read(byte[] some) => ConfigurationFile.Read(new MemoryStream(some), "f");
            var read = Read(bytes);
            foreach (var option in TrainOptions.All)
                Assert.Equal(option.Get(configuration), option.Get(read));
            Assert.Equal(configuration.Stages, read.Stages);
            Assert.Equal(configuration.Origin?.Step, read.Origin?.Step);
            Assert.Equal(
                configuration.Origin?.Configuration.CommandLine(), read.Origin?.Configuration.CommandLine());
            // Without its last line's end it is whole, without the brace before that not.
            Refused(() => Read(found.damage.Shortened(bytes[..^1])));
            Taken(() => Read(found.damage.Changed(bytes)));
        });
}
