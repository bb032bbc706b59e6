using Functional.Host.Data;

namespace Functional.Host.Models.Onnx;

/// <summary>A table's encoding as nodes: an input for each column, [N, 1]; numbers in double precision, in which they
/// are scaled, and texts.</summary>
internal static class OnnxEncoding
{
    /// <summary>Adds the inputs and the nodes that make features of them, side by side.</summary>
    public static void Add(OnnxGraph graph, TableEncoder encoder)
    {
        string[] features =
        [
            .. encoder.Columns.Index().SelectMany(column => column.Item switch
            {
                NumberEncoding number => Add(graph, number, NameOf(column.Item, column.Index), column.Index),
                CategoryEncoding category => Add(graph, category, NameOf(column.Item, column.Index), column.Index),
                _ => throw new InvalidOperationException($"a column without operators: {column.Item}"),
            }),
        ];
        graph.Add("features", "Concat", features, ("axis", 1));
    }

    private static string NameOf(ColumnEncoding column, int place) => column.Name ?? Invariant($"column {place + 1}");

    private static IEnumerable<string> Add(OnnxGraph graph, NumberEncoding number, string column, int place)
    {
        var (name, input) = (Invariant($"encoding{place + 1}"), graph.Input(column, OnnxType.Double));
        string Constant(string what, double value) => graph.Constant($"{name}.{what}", [1], (double[])[value]);
        var gap = graph.Add($"{name}.gap", "IsNaN", [input]);
        graph.Add($"{name}.filled", "Where", [gap, Constant("fill", number.Fill), input]);
        graph.Add($"{name}.centered", "Sub", [graph.Current, Constant("mean", number.Scale.Mean)]);
        graph.Add($"{name}.scaled", "Div", [graph.Current, Constant("deviation", number.Scale.Deviation)]);
        yield return AsFloat(graph, $"{name}.number", graph.Current);
        if (number.HasGaps)
            yield return AsFloat(graph, $"{name}.empty", gap);
    }

    // Each text's place among the categories, compared with all places. An empty text comes after them all.
    private static IEnumerable<string> Add(OnnxGraph graph, CategoryEncoding category, string column, int place)
    {
        var (name, input) = (Invariant($"encoding{place + 1}"), graph.Input(column, OnnxType.Text));
        string[] texts = [.. category.Categories, .. category.HasGaps ? [""] : (string[])[]];
        long[] places = [.. Enumerable.Range(0, texts.Length).Select(i => (long)i)];
        graph.Add(
            $"{name}.place", OnnxGraph.OfTables, "LabelEncoder", [input],
            ("keys_strings", texts), ("values_int64s", Array.ConvertAll(places, i => (int)i)), ("default_int64", -1));
        graph.Add(
            $"{name}.same", "Equal", [graph.Current, graph.Constant($"{name}.places", [1, places.Length], places)]);
        yield return AsFloat(graph, $"{name}.category", graph.Current);
    }

    private static string AsFloat(OnnxGraph graph, string name, string value) =>
        graph.Add(name, "Cast", [value], ("to", (int)OnnxType.Float));
}
