using System.Numerics;
using System.Text.Json.Nodes;
using Functional.Host.Files;
using Functional.Host.Models.Onnx;

namespace Functional.Host.Models;

/// <summary>The names of layers one after the other, as a network gives them.</summary>
/// <param name="prefix">What is before them: nothing, or the name of the layer that they are in, with a dot.</param>
internal sealed class LayerNames(string prefix = "")
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <summary>The name of the next layer of a kind.</summary>
    public string Next(string kind) =>
        $"{prefix}{kind}{numbers[kind] = numbers.GetValueOrDefault(kind) + 1}";

    /// <summary>The names of the layers inside of one.</summary>
    public static LayerNames Inside(string name) => new($"{name}.");
}

/// <summary>A kind of layer in files: models, and ONNX.</summary>
internal abstract class LayerFormat
{
    // Names of layers are counted pair by pair.
    private const int MostLayers = 4096;

    /// <summary>All kinds: a new one is a class here and a row. The last is for custom layers.</summary>
    public static IReadOnlyList<LayerFormat> All { get; } =
    [
        new AffineFormat(), new ActivationFormat(), new BatchNormFormat(), new LayerNormFormat(), new RmsNormFormat(),
        new DropoutFormat(), new ConvolutionFormat(), new PoolingFormat(), new ChannelBatchNormFormat(),
        new ChannelDropoutFormat(),
        new ChainFormat(), new ResidualFormat(), new ParallelFormat(), new TiedFormat(), new CustomFormat(),
    ];

    /// <summary>What files call the kind.</summary>
    public abstract string Kind { get; }

    /// <summary>Whether a layer is of this kind.</summary>
    public abstract bool Has<T>(ILayer<T> layer) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>Writes its numbers.</summary>
    public abstract void Write<T>(ILayer<T> layer, JsonObject text) where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>How to make a layer of its numbers and of tensors; it takes the next name of its kind.</summary>
    /// <exception cref="DataException">A number is missing or invalid.</exception>
    public abstract LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
        where T : unmanaged, IFloatingPointIeee754<T>;

    /// <summary>The leaves that have more axes in files than in memory.</summary>
    public virtual IEnumerable<(string Leaf, int[] Shape)> Shapes<T>(ILayer<T> layer)
        where T : unmanaged, IFloatingPointIeee754<T> => [];

    /// <summary>The layers that it is made of.</summary>
    public virtual IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer)
        where T : unmanaged, IFloatingPointIeee754<T> => [];

    /// <summary>Adds its operators to a graph.</summary>
    /// <exception cref="ArgumentException">ONNX has no operator for the layer.</exception>
    public virtual void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        throw new ArgumentException($"ONNX has no operator for the layer {name} ({layer.Description})");

    /// <summary>A layer as text.</summary>
    public static JsonObject TextOf<T>(ILayer<T> layer) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var format = Of(layer);
        var text = new JsonObject { ["kind"] = format.Kind };
        format.Write(layer, text);
        return text;
    }

    /// <summary>The plans of layers one after the other in a text.</summary>
    /// <exception cref="DataException">There are too many, or one is none.</exception>
    public static LayerPlan<T>[] PlansOf<T>(DataValue layers, LayerNames names, LayerTable<T> table)
        where T : unmanaged, IFloatingPointIeee754<T> => layers.Items is { Count: <= MostLayers } items
        ? [.. items.Select(layer => PlanOf(layer, names, table))]
        : throw layers.Error($"at most {MostLayers} layers", $"{layers.Items.Count}");

    /// <summary>The plan of a layer in a text.</summary>
    /// <exception cref="DataException">There is no such layer.</exception>
    private static LayerPlan<T> PlanOf<T>(DataValue text, LayerNames names, LayerTable<T> table)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var kind = text["kind"];
        return All.FirstOrDefault(format => format.Kind == kind.Text) is { } found
            ? found.Plan(text, names, table)
            : throw kind.Error($"{string.Join(", ", All.SkipLast(1).Select(format => format.Kind))} or {All[^1].Kind}");
    }

    /// <summary>The format of a layer's kind.</summary>
    public static LayerFormat Of<T>(ILayer<T> layer) where T : unmanaged, IFloatingPointIeee754<T> =>
        All.First(format => format.Has(layer));

    private protected static string Constant(OnnxGraph graph, string name, IEnumerable<float> elements)
    {
        float[] values = [.. elements];
        return graph.Constant(name, [values.Length], values);
    }
}

internal sealed class AffineFormat : LayerFormat
{
    public override string Kind => "affine";

    public override bool Has<T>(ILayer<T> layer) => layer is Affine<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text) =>
        (text["inputs"], text["outputs"]) = (layer.Inputs, layer.Outputs);

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var (inputs, outputs, name) = (text["inputs"].Count, text["outputs"].Count, names.Next(Kind));
        return LayerPlans.Affine<T>($"{name}.weight", [outputs, inputs], $"{name}.bias");
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        OnnxExport.AddAffine(graph, name, (Affine<float>)layer, null);
}

internal sealed class ActivationFormat : LayerFormat
{
    public override string Kind => "activation";

    public override bool Has<T>(ILayer<T> layer) => layer is ActivationLayer<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text) => text["function"] = layer.Description;

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var written = text["function"].Text;
        try
        {
            var function = table.Activations.FirstOrDefault(one => one.Name == written) is { } custom
                ? Activation.Custom(custom) : ActivationText.Parse(written);
            names.Next(function.Name);
            return new LayerPlan<T>([], _ => Layer.Of<T>(function));
        }
        catch (UsageException)
        {
            throw text["function"].Error($"one of {ActivationText.Syntax}, or one of the custom activations given to "
                + "Model.Load, in LayerTable.Activations");
        }
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var function = ((ActivationLayer<float>)layer).Activation.Function;
        if (function.IsCustom)
            base.Add(graph, name, layer);
        OnnxExport.AddActivation(graph, name, function);
    }
}

internal sealed class BatchNormFormat : LayerFormat
{
    public override string Kind => "batchnorm";

    public override bool Has<T>(ILayer<T> layer) => layer is BatchNorm<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        var configuration = ((BatchNorm<T>)layer).Configuration;
        (text["units"], text["momentum"], text["epsilon"]) =
            (layer.Inputs, configuration.Momentum, configuration.Epsilon);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var name = names.Next(Kind);
        return LayerPlans.BatchNorm<T>(
            text["units"].Count, new BatchNormConfiguration(text["momentum"].Number, text["epsilon"].Number),
            $"{name}.gamma", $"{name}.beta", $"{name}.mean", $"{name}.variance");
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var norm = (BatchNorm<float>)layer;
        graph.Add(name, "BatchNormalization", [graph.Current, .. Constants(graph, name, norm)], Attributes(norm));
    }

    /// <summary>What the operator takes besides x.</summary>
    public static string[] Constants(OnnxGraph graph, string name, BatchNorm<float> norm) =>
    [
        Constant(graph, $"{name}.gamma", norm.Parameters.Gamma),
        Constant(graph, $"{name}.beta", norm.Parameters.Beta),
        Constant(graph, $"{name}.mean", norm.Statistics.Mean),
        Constant(graph, $"{name}.variance", norm.Statistics.Variance),
    ];

    /// <summary>What the operator is set to.</summary>
    public static (string Name, object Value)[] Attributes(BatchNorm<float> norm) =>
    [
        ("epsilon", (float)norm.Configuration.Epsilon), ("momentum", (float)norm.Configuration.Momentum),
    ];
}

internal sealed class LayerNormFormat : LayerFormat
{
    public override string Kind => "layernorm";

    public override bool Has<T>(ILayer<T> layer) => layer is LayerNorm<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text) =>
        (text["units"], text["epsilon"]) = (layer.Inputs, ((LayerNorm<T>)layer).Epsilon);

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var name = names.Next(Kind);
        return LayerPlans.LayerNorm<T>(
            text["units"].Count, text["epsilon"].Number, $"{name}.gamma", $"{name}.beta");
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var norm = (LayerNorm<float>)layer;
        graph.Add(
            name, "LayerNormalization",
            [
                graph.Current, Constant(graph, $"{name}.gamma", norm.Parameters.Gamma),
                Constant(graph, $"{name}.beta", norm.Parameters.Beta),
            ],
            ("axis", -1), ("epsilon", (float)norm.Epsilon));
    }
}

internal sealed class RmsNormFormat : LayerFormat
{
    public override string Kind => "rmsnorm";

    public override bool Has<T>(ILayer<T> layer) => layer is RmsNorm<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text) =>
        (text["units"], text["epsilon"]) = (layer.Inputs, ((RmsNorm<T>)layer).Epsilon);

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var (units, epsilon) = (text["units"].Count, text["epsilon"].Number);
        return new LayerPlan<T>(
            [new LeafPlan($"{names.Next(Kind)}.gamma", "gamma", Role.Scale, [units])],
            leaves => new RmsNorm<T>(epsilon, leaves[0].Values));
    }

    // It has an operator of its own only from version 23 on.
    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var (norm, x) = ((RmsNorm<float>)layer, graph.Current);
        graph.Add($"{name}.squares", "Mul", [x, x]);
        graph.Add($"{name}.mean", "ReduceMean", [graph.Current], ("axes", new[] { -1 }), ("keepdims", 1));
        graph.Add($"{name}.moved", "Add", [graph.Current, Constant(graph, $"{name}.epsilon", [(float)norm.Epsilon])]);
        graph.Add($"{name}.root", "Sqrt", [graph.Current]);
        graph.Add($"{name}.standardized", "Div", [x, graph.Current]);
        graph.Add(name, "Mul", [graph.Current, Constant(graph, $"{name}.gamma", norm.Gamma)]);
    }
}

internal sealed class DropoutFormat : LayerFormat
{
    public override string Kind => "dropout";

    public override bool Has<T>(ILayer<T> layer) => layer is DropoutLayer<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text) => Write(((DropoutLayer<T>)layer).Dropout, text);

    /// <summary>Writes its numbers.</summary>
    public static void Write(Dropout dropout, JsonObject text) =>
        (text["ratio"], text["book"]) = (dropout.Ratio, dropout.Form == DropoutForm.Book);

    /// <summary>Reads what <see cref="Write(Dropout, JsonObject)"/> writes.</summary>
    /// <exception cref="DataException">A number is missing or invalid.</exception>
    public static Dropout Read(DataValue text) =>
        new(text["ratio"].Number, text["book"].Flag ? DropoutForm.Book : DropoutForm.Inverted);

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        names.Next(Kind);
        var dropout = Read(text);
        return new LayerPlan<T>([], _ => Layer.Dropout<T>(dropout.Ratio, dropout.Form));
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        Add(graph, name, ((DropoutLayer<float>)layer).Dropout);

    /// <summary>Adds its operator: none in the inverted form, which changes nothing in evaluation.</summary>
    public static void Add(OnnxGraph graph, string name, Dropout dropout)
    {
        if (dropout.Form == DropoutForm.Book)
            graph.Add(
                name, "Mul", [graph.Current, Constant(graph, $"{name}.kept", [(float)(1 - dropout.Ratio)])]);
    }
}

internal sealed class CustomFormat : LayerFormat
{
    public override string Kind => "custom";

    public override bool Has<T>(ILayer<T> layer) => true;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        (text["name"], text["description"]) = (layer.Name, layer.Description);
        text["parameters"] = new JsonArray(
        [
            .. layer.Parameters.Select(leaf => new JsonObject
            {
                ["name"] = leaf.Name, ["role"] = leaf.Role.ToString(),
                ["shape"] = new JsonArray([.. ModelFile.ShapeOf(leaf.Shape).Select(size => (JsonNode)size)]),
            }),
        ]);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table) =>
        LayerPlans.Custom(text, names.Next, table);
}
