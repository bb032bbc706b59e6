using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>What callers can get wrong is reported with its name and place.</summary>
public class ArgumentTests
{
    private static readonly Network<float> Net = Network.Create([4, 3], Activation.Relu, Initializer.He);
    private static readonly Matrix<float> X = Matrix<float>.Build.Dense(4, 2);
    private static readonly DataPart Part =
        new(Rows.Of(new double[8], 4), new Classes(Classification.Numbered(2), new int[2]));
    private static readonly DataSet Table = new(Part, Part);
    private static readonly Examples Encoded = Table.Encode().Training;

    public static TheoryData<string, Action> Nulls => new()
    {
        { "name", () => DataSets.Load(null!) },
        { "x", () => Net.Predict(null!) },
        { "network", () => Network.Predict(null!, X) },
        { "labels", () => Batch.Of(X, (int[])null!) },
        { "inputs", () => Batch.Of((Matrix<float>)null!, [0]) },
        { "rows", () => Batch.OfRows((float[,])null!, [0]) },
        { "sizes", () => Network.Create(null!, Activation.Relu, Initializer.He) },
        { "activation", () => Network.Create([4, 3], (Activation)null!, Initializer.He) },
        { "layers", () => Network.Of<float>(null!) },
        { "state", () => Training.Step((TrainingState<float>)null!, Batch.Of(X, [0, 1])) },
        { "batch", () => Training.Step(Training.Start(Net, Optimizer.Adam()), (Batch<float>)null!) },
        { "batch", () => Net.Accuracy(null!) },
        { "optimizer", () => Training.Start(Net, null!) },
        { "configuration", () => _ = new TrainingRun(null!, Table) },
        { "data", () => _ = new TrainingRun(new TrainConfiguration(), null!) },
        { "network", () => Model.Save("x", (Network<float>)null!) },
        { "model", () => Model.Save("x", (Model<float>)null!) },
        { "examples", () => _ = new Loader(null!, [0], 1, Sampling.Shuffle, Key.OfSeed(0)) },
        { "samples", () => _ = new DataPart(null!, Part.Targets) },
        { "targets", () => _ = new DataPart(Part.Samples, null!) },
        { "indices", () => Encoded.Batch(null!) },
        { "samples", () => new Model<float>(Net).Predict((float[][])null!) },
    };

    [Theory]
    [MemberData(nameof(Nulls))]
    public void Null_is_reported_by_the_name_of_its_parameter(string parameter, Action act) =>
        Assert.Equal(parameter, Assert.Throws<ArgumentNullException>(act).ParamName);

    public static TheoryData<string, Action> Wrong => new()
    {
        { "sample 2 was asked for, but samples are 0 to 1", () => Encoded.Batch([0, 2]) },
        { "sample -1 was asked for, but samples are 0 to 1", () => Encoded.Batch([-1]) },
        { "expected images of 2 x 2, found images of 4 x 1", () =>
            new ImageEncoder(2, 2, ByteScale.Unit).Encode<float>(new Images(4, 1, new byte[4]), [0]) },
        { "the targets should be 1 quantity, but are 2 classes", () =>
            new Regression([NumberScale.None], ["y"]).Batch(X, Part.Targets, [0, 1]) },
        { "x has no samples (columns)", () => Net.Predict(Matrix<float>.Build.Dense(4, 0)) },
        { "sample 1 has label 3, but the network has only 3 classes", () => Net.Accuracy(Batch.Of(X, [0, 3])) },
        { "sample 1 has label 3, but the network has only 3 classes", () => Net.Correct(Batch.Of(X, [0, 3])) },
        { "the learning rate must be finite and not negative, but is -1", () =>
            Training.Start(Net, Optimizer.Adam(learningRate: -1)) },
        { "the learning rate must be finite and not negative, but is NaN", () =>
            Training.Start(Net, Optimizer.Sgd(double.NaN)) },
        { "the state's slots are not an array: they are default", () =>
            Optimizer.Sgd().Update(new OptimizerState<float>(0, 0, default), Net.Parameters(), Net.Parameters()) },
        {
            "layer 2 (dropout 1): the ratio dropped must be from 0 to below 1, but is 1",
            () => Network.Create<float>([4, 5, 3], _ => [Layer.Dropout<float>(1)], Initializer.He, 1L)
        },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_can_not_be_is_rejected(string message, Action act) =>
        Assert.Equal(message, Assert.ThrowsAny<ArgumentException>(act).Message.Split(" (Parameter")[0]);

    public static TheoryData<string, Action> WrongData => new()
    {
        { "indices", () => Encoded.Batch([0, 2]) },
        { "indices", () => Part.Take([2]) },
        { "indices", () => Part.Targets.Take([-1]) },
        { "indices", () => new Quantities([new NumberColumn("y", [1, 2])]).Take([2]) },
        { "samples", () => new Quantities([new NumberColumn("y", [1, 2])]).Task([2]) },
        { "rows", () => new NumberColumn("y", [1, 2]).Take([2]) },
        { "rows", () => new TextColumn("y", ["a"], [0]).Take([1]) },
        { "training", () => FeatureEncoder.Learn(Part.Samples, [2]) },
        { "training", () => FeatureEncoder.Learn(new Images(1, 1, [1]), [1], DataScale.Standard) },
        { "samples", () => FeatureEncoder.Learn(new Rows([new NumberColumn(null, [double.NaN])]), [0]) },
        { "indices", () => Encoded.Encoder.Encode<float>(Part.Samples, [7]) },
        { "batchSize", () => _ = new Loader(Encoded, [0, 1], 3, Sampling.Distinct, Key.OfSeed(0)) },
        { "fraction", () => Split.ByFraction([0, 1], 0.1) },
        { "fraction", () => Split.ByFraction([0, 1], [0, 1], 2) },
        { "count", () => Split.ByCount([0, 1], 2) },
        { "order", () => Split.ByCount([0, 0], 1) },
        { "labels", () => Split.ByCount([0, 1], [0], 1) },
        { "count", () => Split.Draw([0], 2, Key.OfSeed(0)) },
        { "tensors", () => Safetensors.Write(Stream.Null, [Values, Values]) },
        { "tensors", () => Npz.Write(Stream.Null, [Values, Values]) },
        { "shape", () => Tensor.Of("x", [2], [1f]) },
        { "T", () => Tensor.Of("x", [1], [1m]) },
    };

    private static readonly Tensor Values = Tensor.Of("x", [1], [1f]);

    [Theory]
    [MemberData(nameof(WrongData))]
    public void What_can_not_be_in_data_and_files_is_reported_by_its_parameter(string parameter, Action act) =>
        Assert.Equal(parameter, Assert.ThrowsAny<ArgumentException>(act).ParamName);

    [Fact]
    public void A_long_list_of_wrong_derivatives_says_how_many_more_there_are()
    {
        var report = GradientCheck.OfFunction(x => x.Sum(), x => 2 * x + 5, Vector<double>.Build.Dense(19, 1.0));
        Assert.EndsWith("\n... and 9 more", report.ToString(), StringComparison.Ordinal);
    }
}
