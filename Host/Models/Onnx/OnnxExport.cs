using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Models.Onnx;

/// <summary>How a model becomes an ONNX file.</summary>
public sealed record OnnxOptions
{
    /// <summary>Whether batch normalization that follows an affine layer becomes part of its weight and bias.</summary>
    public bool FoldBatchNorm { get; init; }

    /// <summary>Whether the graph takes features, rather than the data's numbers, of which it makes features itself.
    /// </summary>
    public bool TakesFeatures { get; init; }

    /// <summary>Whether the graph has an input for each column, takes its numbers and texts as they are, and encodes
    /// them itself, categories and empty cells, too: for models of tables alone.</summary>
    public bool WithEncoding { get; init; }
}

/// <summary>
/// Networks in the ONNX format, for other runtimes: operators of version 17, single precision, a sample per row and as
/// many as there are. The input is <c>input</c>, the outputs are <c>scores</c> and, of classes, <c>probabilities</c>,
/// of quantities, <c>quantities</c>.
/// Dropout does nothing in evaluation, and has no node; in the book's form, which multiplies by the share that is kept,
/// it has one.
/// </summary>
public static class OnnxExport
{
    /// <summary>The version of the operators.</summary>
    public const int Opset = 17;

    /// <summary>The version of the operators for tables (<c>ai.onnx.ml</c>).</summary>
    public const int OpsetOfTables = 3;

    /// <summary>The version of the file format.</summary>
    public const int IrVersion = 8;

    /// <summary>Writes a model, which appears whole or not at all.</summary>
    /// <exception cref="ArgumentException">It has a layer that ONNX has no operator for, is larger than the 2 GiB that
    /// such a file can have, or the options don't suit it.</exception>
    /// <exception cref="OperationFailedException">It can't be written; what was there before still is.</exception>
    public static void Save(string path, Model<float> model, OnnxOptions? options = null)
    {
        var message = Message(model, options ?? new OnnxOptions()).Message;
        OutputFile.Write(path, message.Write);
    }

    /// <summary>Writes a model to a stream, which stays open.</summary>
    /// <exception cref="ArgumentException">It has a layer that ONNX has no operator for, is larger than the 2 GiB that
    /// such a file can have, or the options don't suit it.</exception>
    public static void Save(Stream stream, Model<float> model, OnnxOptions? options = null) =>
        Write(stream.Given(), model, options ?? new OnnxOptions());

    /// <summary>Writes a model to a stream.</summary>
    /// <returns>The names of the columns' inputs, if it has some, and whether batch normalization was folded.</returns>
    internal static (IReadOnlyList<string> Inputs, bool HasFolded) Write(
        Stream stream, Model<float> model, OnnxOptions options)
    {
        var (message, graph) = Message(model, options);
        message.Write(stream);
        return ([.. graph.Inputs], graph.HasFolded);
    }

    private static (Protobuf Message, OnnxGraph Graph) Message(Model<float> model, OnnxOptions options)
    {
        var (graph, network) = (new OnnxGraph { FoldsBatchNorm = options.FoldBatchNorm }, model.Given().Network);
        if (network.Parameters().Length > int.MaxValue / sizeof(float) - (1 << 20))
            throw new ArgumentException(
                $"an ONNX file holds at most 2 GiB, but the network has {network.Parameters().Length} parameters");
        if (options is { WithEncoding: true, TakesFeatures: true })
            throw new ArgumentException("a graph with the encoding takes no features");
        if (options.WithEncoding)
            OnnxEncoding.Add(graph, model.Encoder as TableEncoder ?? throw new ArgumentException(
                "only the model of a table has columns to encode"));
        else if (!options.TakesFeatures && Scales(model.Encoder) is { Length: > 0 } scales)
        {
            graph.Add("centered", "Sub", [graph.Current, Vector("scale.mean", scales.Select(each => each.Mean))]);
            graph.Add(
                "features", "Div", [graph.Current, Vector("scale.deviation", scales.Select(each => each.Deviation))]);
        }
        AddLayers(graph, network.Layers, new LayerNames());
        var message = graph.Finish(
            network.Inputs, network.Outputs,
            network.Loss.Function.IsSoftmaxCrossEntropy ? ("Softmax", [("axis", -1)])
            : network.Loss.Function.IsBinaryCrossEntropy ? ("Sigmoid", []) : null,
            Metadata(model), ScaledBack());
        return message.Length <= int.MaxValue
            ? (message, graph) : throw new ArgumentException(
                $"an ONNX file holds at most 2 GiB, but this one would have {message.Length} bytes");

        // What a person is to see of quantities: scores times deviations, plus means.
        Action? ScaledBack() => model.Task is not Regression task ? null
            : () =>
            {
                var deviations = Vector("quantities.deviation", task.Scales.Select(scale => scale.Deviation));
                graph.Add("quantities.scaled", "Mul", ["scores", deviations]);
                var means = Vector("quantities.mean", task.Scales.Select(scale => scale.Mean));
                graph.Add("quantities", "Add", ["quantities.scaled", means]);
            };

        string Vector(string name, IEnumerable<double> elements)
        {
            float[] values = [.. elements.Select(element => (float)element)];
            return graph.Constant(name, [values.Length], values);
        }
    }

    // One for all bytes of an image, or one per column; none where numbers are features, or there is text, or gaps.
    private static NumberScale[] Scales(FeatureEncoder encoder)
    {
        NumberScale[] scales = encoder switch
        {
            ImageEncoder image => [new NumberScale(image.Scale.Shift, image.Scale.Divisor)],
            TableEncoder table when table.Columns.All(column => column is NumberEncoding { HasGaps: false }) =>
                [.. table.Columns.Cast<NumberEncoding>().Select(column => column.Scale)],
            _ => [],
        };
        return Array.TrueForAll(scales, scale => scale == NumberScale.None) ? [] : scales;
    }

    // Lists are JSON: names may hold anything, so that no separator would do.
    private static IEnumerable<(string, string)> Metadata(Model<float> model)
    {
        yield return ("digest", model.Network.Digest());
        if (model.Task is Classification { AreNamed: true } classes)
            yield return ("classes", DataText.Array(classes.Names).ToJsonString());
        if (model.Task is Regression quantities)
            yield return ("quantities", DataText.Array(quantities.Names).ToJsonString());
        // All that is needed to make features of a row, as in the model's own file.
        if (DataText.Of(model.Encoder) is { } encoder)
            yield return ("encoder", encoder.ToJsonString());
        if (model.Encoder is TableEncoder { HasNames: true } table)
            yield return ("features", DataText.Array(table.Columns.Select(column => column.Name!)).ToJsonString());
        if (Scales(model.Encoder) is not { Length: > 0 } scales)
            yield break;
        yield return ("means", DataText.Array(scales.Select(scale => (JsonNode)scale.Mean)).ToJsonString());
        yield return ("deviations", DataText.Array(scales.Select(scale => (JsonNode)scale.Deviation)).ToJsonString());
    }

    /// <summary>Adds layers one after the other.</summary>
    internal static void AddLayers(OnnxGraph graph, IReadOnlyList<ILayer<float>> layers, LayerNames names)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            var name = names.Next(layers[i].Name);
            if (graph.FoldsBatchNorm && layers[i] is Affine<float> affine
                && layers.ElementAtOrDefault(i + 1) is BatchNorm<float> norm)
            {
                AddAffine(graph, name, affine, norm);
                graph.HasFolded = true;
                names.Next(layers[++i].Name);
            }
            else
                LayerFormat.Of(layers[i]).Add(graph, name, layers[i]);
        }
    }

    /// <summary>Adds y = x W' + b, and normalized: gamma (y - mean) / sqrt(variance + epsilon) + beta is a factor and a
    /// summand.</summary>
    internal static void AddAffine(OnnxGraph graph, string name, Affine<float> affine, BatchNorm<float>? norm)
    {
        var weight = new float[affine.Outputs * affine.Inputs];
        RowMajor.Gather(
            affine.Weight.AsColumnMajorArray() ?? affine.Weight.ToColumnMajorArray(), affine.Outputs, affine.Inputs, 0,
            weight.AsSpan());
        var bias = affine.Bias.ToArray();
        for (var i = 0; norm is not null && i < bias.Length; i++)
        {
            var factor = norm.Parameters.Gamma[i] / Math.Sqrt(norm.Statistics.Variance[i] + norm.Configuration.Epsilon);
            foreach (ref var element in weight.AsSpan(i * affine.Inputs, affine.Inputs))
                element = (float)(element * factor);
            bias[i] = (float)((bias[i] - (double)norm.Statistics.Mean[i]) * factor + norm.Parameters.Beta[i]);
        }
        graph.Add(
            name, "Gemm",
            [
                graph.Current, graph.Constant($"{name}.weight", [affine.Outputs, affine.Inputs], weight),
                graph.Constant($"{name}.bias", [bias.Length], bias),
            ],
            ("transB", 1));
    }

    /// <summary>Adds an activation.</summary>
    internal static void AddActivation(OnnxGraph graph, string name, ActivationFunction function)
    {
        var x = graph.Current;
        switch (function)
        {
            case ActivationFunction.LeakyRelu leaky:
                graph.Add(name, "LeakyRelu", [x], ("alpha", (float)leaky.slope));
                break;
            case ActivationFunction.Elu elu:
                graph.Add(name, "Elu", [x], ("alpha", (float)elu.alpha));
                break;
            case { IsSilu: true }:
                graph.Add(name, "Mul", [x, graph.Add($"{name}.sigmoid", "Sigmoid", [x])]);
                break;
            // An operator of its own only from version 20 on: x (1 + erf(x / sqrt 2)) / 2.
            case { IsGelu: true }:
                var root = graph.Constant($"{name}.root", [1], [1.41421356f]);
                var half = graph.Constant($"{name}.half", [1], [0.5f]);
                var one = graph.Constant($"{name}.one", [1], [1f]);
                graph.Add($"{name}.scaled", "Div", [x, root]);
                graph.Add($"{name}.erf", "Erf", [graph.Current]);
                graph.Add($"{name}.above", "Add", [graph.Current, one]);
                graph.Add($"{name}.probability", "Mul", [graph.Current, half]);
                graph.Add(name, "Mul", [x, graph.Current]);
                break;
            default:
                graph.Add(name, function switch
                {
                    { IsRelu: true } => "Relu",
                    { IsSigmoid: true } => "Sigmoid",
                    { IsTanh: true } => "Tanh",
                    { IsSoftplus: true } => "Softplus",
                    _ => throw new InvalidOperationException($"an activation without an operator: {function}"),
                }, [x]);
                break;
        }
    }
}
