using System.Runtime.InteropServices;
using Functional.Host.Files;

namespace Functional.Host.Models.Onnx;

/// <summary>An ONNX graph in the making: a chain of nodes from the input on, a sample per row.
/// Source: onnx.proto3 and "Operators" of github.com/onnx/onnx.</summary>
internal sealed class OnnxGraph
{
    private const int Float = 1, FloatAttribute = 1, IntegerAttribute = 2, IntegersAttribute = 7;
    private const string InputName = "input";
    private readonly List<OnnxNode> nodes = [];
    private readonly List<(string Name, int[] Sizes, float[] Elements)> constants = [];

    /// <summary>Whether batch normalization that follows an affine layer becomes part of it.</summary>
    public bool FoldsBatchNorm { get; init; }

    /// <summary>The value that the next node takes.</summary>
    public string Current { get; set; } = InputName;

    /// <summary>A constant; returns its name.</summary>
    public string Constant(string name, int[] sizes, float[] elements)
    {
        constants.Add((name, sizes, elements));
        return name;
    }

    /// <summary>A node that takes values; returns its own value's name.</summary>
    public string Add(string name, string kind, string[] inputs, params (string Name, object Value)[] attributes)
    {
        nodes.Add(new OnnxNode(kind, inputs, name, attributes));
        return Current = name;
    }

    /// <summary>The whole file's message.</summary>
    /// <param name="inputs">Numbers of a sample.</param>
    /// <param name="outputs">Scores of a sample.</param>
    /// <param name="probabilities">The operator that makes probabilities of scores, if one does.</param>
    /// <param name="metadata">Texts about the model.</param>
    /// <param name="scaledBack">Adds the nodes that make <c>quantities</c> of scores, if there are any.</param>
    public Protobuf Finish(
        int inputs, int outputs, (string Operator, (string, object)[] Attributes)? probabilities,
        IEnumerable<(string Key, string Value)> metadata, Action? scaledBack = null)
    {
        // The last of the layers gives the scores.
        if (nodes.Count == 0 || nodes[^1].Output != Current)
            Add("scores", "Identity", [Current]);
        else
            nodes[^1] = nodes[^1] with { Output = Current = "scores" };
        if (probabilities is { } made)
            Add("probabilities", made.Operator, ["scores"], made.Attributes);
        scaledBack?.Invoke();
        var graph = new Protobuf();
        foreach (var node in nodes)
            graph.Message(1, Node(node));
        graph.Text(2, "functional");
        foreach (var (name, sizes, elements) in constants)
            graph.Message(5, Tensor(name, sizes, elements));
        graph.Message(11, Value(InputName, inputs)).Message(12, Value("scores", outputs));
        if (probabilities is not null)
            graph.Message(12, Value("probabilities", outputs));
        if (scaledBack is not null)
            graph.Message(12, Value("quantities", outputs));
        var model = new Protobuf().Integer(1, OnnxExport.IrVersion).Text(2, "functional").Text(3, ProgramInfo.Version)
            .Message(7, graph).Message(8, new Protobuf().Text(1, "").Integer(2, OnnxExport.Opset));
        foreach (var (key, value) in metadata)
            model.Message(14, new Protobuf().Text(1, key).Text(2, value));
        return model;
    }

    private static Protobuf Node(OnnxNode node)
    {
        var message = new Protobuf();
        foreach (var input in node.Inputs)
            message.Text(1, input);
        message.Text(2, node.Output).Text(3, $"{node.Output}.{node.Operator}").Text(4, node.Operator);
        foreach (var (name, value) in node.Attributes)
        {
            var attribute = new Protobuf().Text(1, name);
            message.Message(5, value switch
            {
                float number => attribute.Single(2, number).Integer(20, FloatAttribute),
                int[] numbers => numbers.Aggregate(attribute, (all, number) => all.Integer(8, number))
                    .Integer(20, IntegersAttribute),
                _ => attribute.Integer(3, (int)value).Integer(20, IntegerAttribute),
            });
        }
        return message;
    }

    private static Protobuf Tensor(string name, int[] sizes, float[] elements)
    {
        var message = new Protobuf();
        foreach (var size in sizes)
            message.Integer(1, size);
        return message.Integer(2, Float).Text(8, name).Bytes(9, MemoryMarshal.AsBytes(elements.AsSpan()).ToArray());
    }

    // One row per sample, and as many as there are.
    private static Protobuf Value(string name, int size)
    {
        var shape = new Protobuf()
            .Message(1, new Protobuf().Text(2, "N"))
            .Message(1, new Protobuf().Integer(1, size));
        return new Protobuf().Text(1, name)
            .Message(2, new Protobuf().Message(1, new Protobuf().Integer(1, Float).Message(2, shape)));
    }
}

/// <summary>An operator applied to values that earlier nodes or constants give; its output is the node's name.
/// </summary>
internal sealed record OnnxNode(
    string Operator, string[] Inputs, string Output, (string Name, object Value)[] Attributes);
