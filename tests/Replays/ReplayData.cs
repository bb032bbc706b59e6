using Functional.Host.Data;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Replays;

/// <summary>The samples that a case trains on, step by step, and those that it is evaluated on.</summary>
internal sealed class ReplayData
{
    // How many test samples a case evaluates.
    private const int TestRows = 100;

    private readonly Func<int[], Batch<double>> gather;
    private readonly int[] rows;

    private ReplayData(ReplayCase replayed, int count, Func<int, int> labelOf, Func<int[], Batch<double>> gather)
    {
        var (description, tensors) = (replayed.Description, replayed.Tensors);
        this.gather = gather;
        rows = tensors.Values<int>(
            "indices", description.Find("steps")?.Count ?? -1, description.Find("batch_size")?.Count ?? -1);
        (Steps, BatchSize) = (tensors["indices"].Shape[0], tensors["indices"].Shape[1]);
        if (rows.Length == 0)
            throw tensors.Error("indices", "at least one step of one sample", Tensor.Text(tensors["indices"].Shape));
        if (Array.FindIndex(rows, row => row < 0 || row >= count) is >= 0 and var outside)
            throw tensors.Error("indices", $"rows from 0 to {count - 1}", $"{rows[outside]} as element {outside}");
        if (!tensors.Has("labels"))
            return;
        var labels = tensors.Values<int>("labels", Steps, BatchSize);
        for (var i = 0; i < rows.Length; i++)
            if (labels[i] != labelOf(rows[i]))
                throw tensors.Error(
                    "labels", $"{labelOf(rows[i])}, the label of row {rows[i]}, as element {i}", $"{labels[i]}");
    }

    /// <summary>How many steps there are.</summary>
    public int Steps { get; }

    /// <summary>How many samples a step has.</summary>
    public int BatchSize { get; }

    /// <summary>Features x samples, or null where the case has no test samples.</summary>
    public Matrix<double>? Test { get; private init; }

    /// <summary>The samples of a step, counted from 0.</summary>
    public Batch<double> Batch(int step) => gather(rows[(step * BatchSize)..((step + 1) * BatchSize)]);

    /// <summary>The case's own data, or those that it names.</summary>
    /// <exception cref="DataException">Something is missing, or doesn't fit the network.</exception>
    public static ReplayData Of(ReplayCase replayed, int features, int classes) =>
        !replayed.Tensors.Has("inputs")
        && replayed.Description["data"]["set"].Text.StartsWith("MNIST", StringComparison.Ordinal)
            ? Mnist(replayed, features, classes)
            : Own(replayed, features, classes);

    private static ReplayData Own(ReplayCase replayed, int features, int classes)
    {
        var tensors = replayed.Tensors;
        var inputs = tensors.Values<double>("inputs", -1, features);
        var labels = tensors.Values<int>("input_labels", tensors["inputs"].Shape[0]);
        if (Array.FindIndex(labels, label => label < 0 || label >= classes) is >= 0 and var wrong)
            throw tensors.Error(
                "input_labels", $"classes from 0 to {classes - 1}", $"{labels[wrong]} as element {wrong}");
        var test = tensors.Has("test_inputs") ? tensors.Values<double>("test_inputs", -1, features) : null;
        return new ReplayData(
            replayed, labels.Length, row => labels[row],
            rows => Functional.Batch.Of(
                Columns([.. rows.SelectMany(row => inputs.AsSpan(row * features, features).ToArray())]),
                rows.Select(row => labels[row]).ToArray()))
        {
            Test = test is null ? null : Columns(test[..Math.Min(test.Length, TestRows * features)]),
        };

        // Rows of samples, row by row, are columns of samples, column by column.
        Matrix<double> Columns(double[] elements) =>
            Matrix<double>.Build.Dense(features, elements.Length / features, elements);
    }

    private static ReplayData Mnist(ReplayCase replayed, int features, int classes)
    {
        var (training, test) = DataSets.Load("mnist");
        var found = training.Classes.Classification.Count;
        if ((training.Samples.Size, found) != (features, classes))
            throw replayed.Description["net"]["sizes"].Error(
                $"{training.Samples.Size} first and {found} last, as MNIST has");
        return new ReplayData(
            replayed, training.Count, row => training.Classes.Labels[row], rows => Gather(training, rows))
        {
            Test = Gather(test, test.All[..Math.Min(test.Count, TestRows)]).Inputs,
        };

        static Batch<double> Gather(DataPart part, int[] rows) => Functional.Batch.OfBytes<double>(
            ByteScale.Unit, part.Images.Size, part.Images.Pixels, part.Classes.Labels, rows);
    }
}
