using System.Numerics;
using Functional.Host.Data;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>A layer of a user's own as a file has it.</summary>
/// <param name="Name">Its <see cref="ILayer{T}.Name"/>.</param>
/// <param name="Description">Its <see cref="ILayer{T}.Description"/>.</param>
/// <param name="Parameters">Its parameters, under its own names for them.</param>
public sealed record SavedLayer<T>(string Name, string Description, IReadOnlyList<Parameter<T>> Parameters)
    where T : unmanaged, IFloatingPointIeee754<T>;

/// <summary>How to make custom layers again, by their names; and custom losses and activations.</summary>
public sealed class LayerTable<T> : Dictionary<string, Func<SavedLayer<T>, ILayer<T>>>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>A table without layers.</summary>
    public LayerTable() : base(StringComparer.Ordinal) { }

    /// <summary>The custom losses that models may have: a file has their names.</summary>
    public IReadOnlyList<CustomLoss> Losses { get; init; } = [];

    /// <summary>The custom activations that models may have: a file has their names.</summary>
    public IReadOnlyList<CustomActivation> Activations { get; init; } = [];
}

/// <summary>A network, and what must be known to use it on data.</summary>
/// <param name="Network">The network. It takes features, which <see cref="Encoder"/> makes of the data.</param>
public sealed record Model<T>(Network<T> Network) where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>How the data's own numbers become features. (Default: they are features.)</summary>
    public FeatureEncoder Encoder { get; init; } = FeatureEncoder.Numbers(Network.Given().Inputs);

    /// <summary>What it has learned. (Default: what its loss is for, without names.)</summary>
    public LearningTask Task { get; init; } = LearningTask.Of(Network.Outputs, Network.Loss);

    /// <summary>What a class is called: its name or, where that isn't known, its number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such class.</exception>
    public string ClassName(int index)
    {
        var names = (Task as Classification)?.Names ?? [];
        return index >= 0 && index < names.Count ? names[index] : throw new ArgumentOutOfRangeException(
            nameof(index), $"there is no class {index}: the model's are 0 to {names.Count - 1}");
    }

    /// <summary>The class of one sample and the probabilities of all, or its quantities.</summary>
    /// <param name="sample">The data's own numbers, as many as the encoder takes: they are encoded here, as they were
    /// in training.</param>
    /// <exception cref="ArgumentException">The sample has another number of numbers, or the model takes text, too:
    /// predict with <see cref="Rows"/>.</exception>
    public Prediction<T> Predict(params ReadOnlySpan<T> sample)
    {
        CheckCount(sample.Length, null);
        return Predictions(ScoresOf(sample.ToArray()))[0];
    }

    /// <summary>The class of each sample and the probabilities of all, or its quantities; the same bits as for each by
    /// itself.</summary>
    /// <param name="samples">Of each the data's own numbers, as many as the encoder takes: they are encoded here, as
    /// they were in training.</param>
    /// <exception cref="ArgumentException">A sample has another number of numbers, or the model takes text, too.
    /// </exception>
    public IReadOnlyList<Prediction<T>> Predict(IReadOnlyList<T[]> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        foreach (var (index, sample) in samples.Index())
            CheckCount(sample.Length, index);
        return samples.Count == 0 ? [] : Predictions(ScoresOf(samples.SelectMany(sample => sample).ToArray()));
    }

    /// <summary>What the network's outputs (outputs x samples) say of the samples.</summary>
    internal IReadOnlyList<Prediction<T>> Predictions(Matrix<T> scores)
    {
        if (Task is Regression task)
            return [.. task.Quantities(scores).Select(quantities => new Prediction<T>(this, quantities))];
        var areProbabilities = Network.Loss.Function.IsSoftmaxCrossEntropy || Network.Outputs == 1;
        var numbers = areProbabilities ? Metrics.Probabilities(scores) : scores;
        return
        [
            .. Metrics.Classes(scores)
                .Select((answer, i) => new Prediction<T>(this, answer, numbers.Column(i).ToArray(), areProbabilities)),
        ];
    }

    private Matrix<T> ScoresOf(T[] numbers)
    {
        var rows = Rows.Of(Array.ConvertAll(numbers, double.CreateSaturating), Encoder.Size);
        return Network.Predict(Encoder.Encode<T>(rows, rows.All));
    }

    private void CheckCount(int count, int? index)
    {
        if (count == Encoder.Size)
            return;
        var names = Encoder is TableEncoder { HasNames: true, Columns: var columns }
            ? $" ({Rows.Few(columns.Select(column => column.Name!), 10)})" : "";
        throw new ArgumentException(
            $"{(index is null ? "the sample" : $"sample {index}")} has {count} numbers, but the model takes " +
            $"{Encoder.Size}{names}");
    }

    /// <summary>One line: the layers and the classes.</summary>
    public override string ToString() =>
        Task is Classification { AreNamed: true } || DataText.Of(Task) is not null
            ? $"{Network} for {Task}" : $"{Network}";
}

/// <summary>
/// Networks as files in the safetensors format: a tensor for each parameter and statistic under the network's name for
/// it, a weight as outputs x inputs, row by row; as metadata the architecture, and a digest of the whole file.
/// </summary>
public static class Model
{
    /// <summary>What a model is called in the folder of a run.</summary>
    internal const string FileName = "model.safetensors";

    /// <summary>Writes a network, which appears whole or not at all.</summary>
    /// <exception cref="OperationFailedException">It can't be written; what was there before still is.</exception>
    /// <example><code>Model.Save("digits.safetensors", network);</code></example>
    public static void Save<T>(string path, Network<T> network) where T : unmanaged, IFloatingPointIeee754<T> =>
        Save(path, new Model<T>(network ?? throw new ArgumentNullException(nameof(network))));

    /// <summary>Writes a model, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">What the model says of itself doesn't fit its network.</exception>
    /// <exception cref="OperationFailedException">It can't be written; what was there before still is.</exception>
    public static void Save<T>(string path, Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(model);
        OutputFile.Write(path, stream => ModelFile.Write(stream, model));
    }

    /// <summary>Writes a model to a stream, which must be able to seek and stays open.</summary>
    /// <exception cref="ArgumentException">What the model says of itself doesn't fit its network.</exception>
    public static void Save<T>(Stream stream, Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        Check(model);
        ModelFile.Write(stream.Given(), model);
    }

    /// <summary>Reads a model. Numbers in the other precision are rounded to nearest.</summary>
    /// <param name="path">The file, or the folder of a run, which has one.</param>
    /// <param name="layers">How to make the layers of a user's own that it may have.</param>
    /// <param name="activation">For files without an architecture, as other tools write them: what stands after each
    /// affine layer but the last. The rest is in their weights.</param>
    /// <exception cref="DataException">The file can't be read, is damaged, or is no model.</exception>
    /// <example><code>Network&lt;float> loaded = Model.Load&lt;float>("digits.safetensors").Network;</code></example>
    public static Model<T> Load<T>(string path, LayerTable<T>? layers = null, Activation? activation = null)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var isFolder = Directory.Exists(path);
        var file = isFolder ? Path.Combine(path, FileName) : path;
        if (isFolder)
            FilePlace.RequireFile(file);
        return DataFile.Open(file, stream => Load(stream, file, layers, activation));
    }

    /// <summary>The same network with another tool's weights: each layer takes the first tensors (by the numbers in
    /// their names) that have its shapes. A weight of a convolution has four axes: filters, channels of a group, rows,
    /// columns, as in PyTorch.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="network">What the weights are of.</param>
    /// <exception cref="DataException">The file can't be read, or a layer finds no weights in it.</exception>
    /// <example><code>
    /// var image = ImageShape.Of(1, 28, 28);
    /// var filters = ConvolutionShape.Of(image, filters: 8, kernel: 3);
    /// var network = Network.Of([
    ///     Layer.Convolution&lt;float>(filters, Initializer.He, Key.OfSeed(1)), Layer.Of&lt;float>(Activation.Relu),
    ///     Layer.Of&lt;float>(Pooling.GlobalAverage(filters.Output))]);
    /// Network&lt;float> trained = Model.LoadWeights("theirs.safetensors", network);
    /// </code></example>
    public static Network<T> LoadWeights<T>(string path, Network<T> network)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(network);
        return DataFile.Open(path.Given(), stream => ModelFile.ReadWeights(stream, path, network));
    }

    /// <summary>Reads a model from the beginning of a stream to its end; the stream must be able to seek.</summary>
    /// <inheritdoc cref="Load{T}(string, LayerTable{T}?, Activation?)"/>
    public static Model<T> Load<T>(
        Stream stream, string name, LayerTable<T>? layers = null, Activation? activation = null)
        where T : unmanaged, IFloatingPointIeee754<T> =>
        ModelFile.Read(stream.Given(), name.Given(), layers ?? [], activation);

    /// <summary>The class of each of these samples and the probabilities of all, or its quantities; bytes take the way
    /// that they took in training, to the same bits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">As the data have them, not encoded.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The samples don't fit the model.</exception>
    public static IReadOnlyList<Prediction<float>> Predict(
        this Model<float> model, Samples samples, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(samples);
        return model.Predictions(ModelEvaluation.Scores(model, "samples", samples, threads));
    }

    private static void Check<T>(Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(model);
        if (ModelText.Fault(model) is { } fault)
            throw new ArgumentException(fault, nameof(model));
    }
}
