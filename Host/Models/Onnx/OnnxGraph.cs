using System.Runtime.InteropServices;

namespace Functional.Host.Models.Onnx;

/// <summary>An ONNX graph in the making: a chain of nodes from the input on, a sample per row.
/// Source: onnx.proto3 and "Operators" of github.com/onnx/onnx.</summary>
internal sealed class OnnxGraph
{
    private const int FloatAttribute = 1, IntegerAttribute = 2, IntegersAttribute = 7, TextsAttribute = 8;
    private const string InputName = "input";

    /// <summary>The set of operators for tables.</summary>
    public const string OfTables = "ai.onnx.ml";

    private readonly List<OnnxNode> nodes = [];
    private readonly List<(string Name, int[] Sizes, OnnxType Type, ReadOnlyMemory<byte> Elements)> constants = [];
    private readonly List<(string Name, OnnxType Type)> columns = [];

    /// <summary>Whether batch normalization that follows an affine layer becomes part of it.</summary>
    public bool FoldsBatchNorm { get; init; }

    /// <summary>Whether some has become part of one.</summary>
    public bool HasFolded { get; set; }

    /// <summary>The value that the next node takes.</summary>
    public string Current { get; set; } = InputName;

    /// <summary>An input for a column of a table, in place of the one for all; returns its name in this graph. In the
    /// file that is the column's, unless something else has it.</summary>
    public string Input(string column, OnnxType type)
    {
        columns.Add((column, type));
        return Placeholder(column);
    }

    // Which name a column's input gets is known when all nodes are there; until then no other value has this one.
    private static string Placeholder(string column) => $"\0{column}";

    /// <summary>A constant; returns its name.</summary>
    public string Constant<T>(string name, int[] sizes, T[] elements) where T : unmanaged
    {
        constants.Add((name, sizes,
            typeof(T) == typeof(float) ? OnnxType.Float : typeof(T) == typeof(double) ? OnnxType.Double : OnnxType.Long,
            MemoryMarshal.AsBytes(elements.AsSpan()).ToArray()));
        return name;
    }

    /// <summary>A node that takes values; returns its own value's name.</summary>
    public string Add(string name, string kind, string[] inputs, params (string Name, object Value)[] attributes) =>
        Add(name, "", kind, inputs, attributes);

    /// <summary>The same, of another set of operators than the usual one.</summary>
    public string Add(
        string name, string set, string kind, string[] inputs, params (string Name, object Value)[] attributes)
    {
        nodes.Add(new OnnxNode(set, kind, inputs, name, attributes));
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
        IEnumerable<(string Key, string Value)> metadata, Action? scaledBack)
    {
        // The last of the layers gives the scores.
        if (nodes.Count == 0 || nodes[^1].Output != Current)
            Add("scores", "Identity", [Current]);
        else
            nodes[^1] = nodes[^1] with { Output = Current = "scores" };
        if (probabilities is { } made)
            Add("probabilities", made.Operator, ["scores"], made.Attributes);
        scaledBack?.Invoke();
        // GraphProto: 1 node, 2 name, 5 initializer, 11 input, 12 output.
        var graph = new Protobuf();
        var names = InputNames();
        foreach (var node in nodes)
            graph.Message(1, Node(node with
            {
                Inputs = Array.ConvertAll(node.Inputs, input => names.GetValueOrDefault(input, input)),
            }));
        graph.Text(2, "functional");
        foreach (var (name, sizes, type, elements) in constants)
            graph.Message(5, Tensor(name, sizes, type, elements));
        foreach (var (name, type) in columns)
            graph.Message(11, Value(names[Placeholder(name)], 1, type));
        if (columns.Count == 0)
            graph.Message(11, Value(InputName, inputs));
        graph.Message(12, Value("scores", outputs));
        if (probabilities is not null)
            graph.Message(12, Value("probabilities", outputs));
        if (scaledBack is not null)
            graph.Message(12, Value("quantities", outputs));
        // ModelProto: 1 ir_version, 2 producer_name, 3 producer_version, 7 graph, 8 opset_import, 14 metadata_props.
        var model = new Protobuf().Integer(1, OnnxExport.IrVersion).Text(2, "functional").Text(3, ProgramInfo.Version)
            .Message(7, graph).Message(8, new Protobuf().Text(1, "").Integer(2, OnnxExport.Opset));
        if (nodes.Any(node => node.Set == OfTables))
            model.Message(8, new Protobuf().Text(1, OfTables).Integer(2, OnnxExport.OpsetOfTables));
        if (columns.Count > 0)
            metadata = metadata.Append(("inputs", DataText.Array(Inputs).ToJsonString()));
        foreach (var (key, value) in metadata)
            model.Message(14, new Protobuf().Text(1, key).Text(2, value));
        return model;
    }

    /// <summary>The columns' inputs, once no more nodes are added, as the file calls them: with a line below where a
    /// value of the graph has the column's name.</summary>
    public IEnumerable<string> Inputs
    {
        get
        {
            var names = InputNames();
            return columns.Select(column => names[Placeholder(column.Name)]);
        }
    }

    private Dictionary<string, string> InputNames()
    {
        var taken = nodes.Select(node => node.Output).Concat(constants.Select(constant => constant.Name)).ToHashSet();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, _) in columns)
        {
            var name = column;
            while (!taken.Add(name))
                name += "_";
            names.Add(Placeholder(column), name);
        }
        return names;
    }

    // NodeProto: 1 input, 2 output, 3 name, 4 op_type, 5 attribute, 7 domain. AttributeProto: 1 name, 2 f, 3 i, 8 ints,
    // 9 strings, 20 type.
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
                string[] texts => texts.Aggregate(attribute, (all, text) => all.Text(9, text))
                    .Integer(20, TextsAttribute),
                float number => attribute.Single(2, number).Integer(20, FloatAttribute),
                int[] numbers => numbers.Aggregate(attribute, (all, number) => all.Integer(8, number))
                    .Integer(20, IntegersAttribute),
                _ => attribute.Integer(3, (int)value).Integer(20, IntegerAttribute),
            });
        }
        if (node.Set != "")
            message.Text(7, node.Set);
        return message;
    }

    // TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data.
    private static Protobuf Tensor(string name, int[] sizes, OnnxType type, ReadOnlyMemory<byte> elements)
    {
        var message = new Protobuf();
        foreach (var size in sizes)
            message.Integer(1, size);
        return message.Integer(2, (int)type).Text(8, name).Bytes(9, elements);
    }

    // ValueInfoProto: 1 name, 2 type; in this a TypeProto.Tensor: 1 elem_type, 2 shape. One row per sample, and as many
    // as there are ("N").
    private static Protobuf Value(string name, int size, OnnxType type = OnnxType.Float)
    {
        var shape = new Protobuf()
            .Message(1, new Protobuf().Text(2, "N"))
            .Message(1, new Protobuf().Integer(1, size));
        return new Protobuf().Text(1, name)
            .Message(2, new Protobuf().Message(1, new Protobuf().Integer(1, (int)type).Message(2, shape)));
    }
}

/// <summary>What a tensor holds, with the numbers that the format has for it.</summary>
internal enum OnnxType
{
    /// <summary>Single precision.</summary>
    Float = 1,

    /// <summary>Integers of 64 bits.</summary>
    Long = 7,

    /// <summary>Texts.</summary>
    Text = 8,

    /// <summary>Double precision.</summary>
    Double = 11,
}

/// <summary>An operator applied to values that earlier nodes or constants give; its output is the node's name.
/// </summary>
internal sealed record OnnxNode(
    string Set, string Operator, string[] Inputs, string Output, (string Name, object Value)[] Attributes);
