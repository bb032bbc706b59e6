using System.Numerics;
using System.Text.Json.Nodes;
using Functional.Host.Files;
using Functional.Host.Models.Onnx;

namespace Functional.Host.Models;

/// <summary>Layers of layers.</summary>
internal abstract class ComposedFormat : LayerFormat
{
    public abstract override IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer);

    public override void Write<T>(ILayer<T> layer, JsonObject text) =>
        text["layers"] = new JsonArray([.. Inner(layer).Select(TextOf)]);

    /// <summary>The plan of what is made of layers inside; the file doesn't have all their leaves.</summary>
    private protected LayerPlan<T> Plan<T>(
        DataValue text, LayerNames names, LayerTable<T> table, Func<ILayer<T>[], ILayer<T>> make,
        Func<string, bool>? isMissing = null) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var name = names.Next(Kind);
        var plans = PlansOf(text["layers"], LayerNames.Inside(name), table);
        bool IsSaved(LeafPlan leaf) => isMissing?.Invoke(leaf.Tensor[(name.Length + 1)..]) != true;
        return new LayerPlan<T>([.. plans.SelectMany(plan => plan.Leaves).Where(IsSaved)], leaves =>
        {
            var next = 0;
            Parameter<T> Leaf(LeafPlan leaf) => IsSaved(leaf) ? leaves[next++] : leaf.Zero<T>();
            return make([.. plans.Select(plan => plan.Build([.. plan.Leaves.Select(Leaf)]))]);
        });
    }

    private protected static void AddBranches(
        OnnxGraph graph, string name, IReadOnlyList<ILayer<float>> branches, string kind,
        params (string, object)[] attributes)
    {
        var (x, names) = (graph.Current, LayerNames.Inside(name));
        string[] outputs =
        [
            .. branches.Select(branch =>
            {
                graph.Current = x;
                OnnxExport.AddLayers(graph, [branch], names);
                return graph.Current;
            }),
        ];
        graph.Add(name, kind, outputs, attributes);
    }
}

internal sealed class ChainFormat : ComposedFormat
{
    public override string Kind => "chain";

    public override bool Has<T>(ILayer<T> layer) => layer is Chain<T>;

    public override IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer) => ((Chain<T>)layer).Layers;

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table) =>
        Plan(text, names, table, layers => new Chain<T>(layers));

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        OnnxExport.AddLayers(graph, ((Chain<float>)layer).Layers, LayerNames.Inside(name));
}

internal sealed class ResidualFormat : ComposedFormat
{
    public override string Kind => "residual";

    public override bool Has<T>(ILayer<T> layer) => layer is Residual<T>;

    public override IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer) => ((Residual<T>)layer).Layers;

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table) =>
        Plan(text, names, table, layers => new Residual<T>(layers));

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var x = graph.Current;
        OnnxExport.AddLayers(graph, ((Residual<float>)layer).Layers, LayerNames.Inside(name));
        graph.Add(name, "Add", [x, graph.Current]);
    }
}

internal sealed class ParallelFormat : ComposedFormat
{
    private const string Sum = "sum", Concatenate = "concatenate";

    public override string Kind => "parallel";

    public override bool Has<T>(ILayer<T> layer) => layer is Parallel<T>;

    public override IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer) => ((Parallel<T>)layer).Layers;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        text["join"] = ((Parallel<T>)layer).Join == Join.Sum ? Sum : Concatenate;
        base.Write(layer, text);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var join = text["join"].Text switch
        {
            Sum => Join.Sum,
            Concatenate => Join.Concatenate,
            _ => throw text["join"].Error($"{Sum} or {Concatenate}"),
        };
        return Plan(text, names, table, layers => new Parallel<T>(join, layers));
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var parallel = (Parallel<float>)layer;
        if (parallel.Join == Join.Sum)
            AddBranches(graph, name, parallel.Layers, "Sum");
        else
            AddBranches(graph, name, parallel.Layers, "Concat", ("axis", -1));
    }
}

internal sealed class TiedFormat : ComposedFormat
{
    public override string Kind => "tied";

    public override bool Has<T>(ILayer<T> layer) => layer is Tied<T>;

    public override IReadOnlyList<ILayer<T>> Inner<T>(ILayer<T> layer) => ((Tied<T>)layer).Layers;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        text["ties"] = new JsonArray(
        [
            .. ((Tied<T>)layer).Ties.Select(tie => new JsonObject
            {
                ["source"] = tie.Source, ["target"] = tie.Target, ["transposed"] = tie.Transposed,
            }),
        ]);
        base.Write(layer, text);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        Tie[] ties =
        [
            .. text["ties"].Items.Select(tie =>
                new Tie(tie["source"].Text, tie["target"].Text, tie["transposed"].Flag)),
        ];
        return Plan(
            text, names, table, layers => new Tied<T>(layers, ties), leaf => ties.Any(tie => tie.Target == leaf));
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        OnnxExport.AddLayers(graph, ((Tied<float>)layer).Layers, LayerNames.Inside(name));
}
