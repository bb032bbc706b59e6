using System.Numerics;
using System.Text;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>Models in the safetensors format.</summary>
internal static class ModelFile
{
    private const string ModelKey = "functional.model", DigestKey = "digest";
    private static readonly string NoDigest = new('0', 64);

    /// <summary>Writes a model.</summary>
    public static void Write<T>(Stream stream, Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var leaves = model.Network.Parameters().Concat(model.Network.Statistics())
            .ToDictionary(leaf => leaf.Name, StringComparer.Ordinal);
        var shapes = ShapesOf(model.Network);
        var places = SafetensorsHeader.Arrange(leaves.Values.Select(leaf =>
            (leaf.Name, LeafData<T>.Type, shapes.GetValueOrDefault(leaf.Name, ShapeOf(leaf.Shape)),
                leaf.Shape.Length)));
        var start = SafetensorsStream.Start(
            places, new Dictionary<string, string> { [ModelKey] = ModelText.Of(model), [DigestKey] = NoDigest,
                ["numerics"] = Invariant($"{NumericsVersion.Current}") });
        var origin = stream.Position;
        using var data = new LeafData<T>();
        data.Digest.Append(start);
        stream.Write(start);
        foreach (var place in places)
            data.Write(leaves[place.Name], stream);
        var digest = data.Digest.Finish();
        var end = stream.Position;
        stream.Position = origin + start.AsSpan().IndexOf(Encoding.UTF8.GetBytes(NoDigest));
        stream.Write(Encoding.UTF8.GetBytes(digest));
        stream.Position = end;
    }

    /// <summary>Reads another tool's weights into a network.</summary>
    /// <exception cref="DataException">The stream holds none, or they don't fit.</exception>
    public static Network<T> ReadWeights<T>(Stream stream, string name, Network<T> network)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = SafetensorsStream.Open(stream, name);
        var plan = ForeignModel.Plan(file, network);
        plan.Check(file);
        using var data = new LeafData<T>();
        return plan.Build(name, ReadLeaves(file, plan, data)).Network;
    }

    /// <summary>Reads a model.</summary>
    /// <exception cref="DataException">The stream holds none, or a damaged one.</exception>
    public static Model<T> Read<T>(Stream stream, string name, LayerTable<T> layers, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var file = SafetensorsStream.Open(stream, name);
        if (activation is not null && file.Metadata.ContainsKey(ModelKey))
            throw new ArgumentException(
                $"{name} says itself which activations it has; one is given for weights that another tool wrote",
                nameof(activation));
        var plan = file.Metadata.TryGetValue(ModelKey, out var text)
            ? ModelText.Parse(DataValue.Parse(text, name, $"metadata '{ModelKey}'"), layers)
            : ForeignModel.Plan<T>(file, activation);
        plan.Check(file);
        using var data = new LeafData<T>();
        var digest = file.Metadata.GetValueOrDefault(DigestKey);
        if (text is not null && digest is null)
            throw new DataException(name, $"metadata '{DigestKey}'", "a digest", "none");
        data.Digest.Append(WithoutDigest(file.Beginning, digest));
        var leaves = ReadLeaves(file, plan, data);
        // A file without an architecture is another tool's, and so is what it calls a digest.
        if (text is not null && data.Digest.Finish() is var found && found != digest)
            throw new DataException(
                name, $"metadata '{DigestKey}'", $"{found}, the SHA-256 of the file with zeros in its place",
                $"{digest}: the file is damaged, or was changed after it was written");
        return plan.Build(name, leaves);
    }

    /// <summary>Whether a file holds weights, but doesn't say of what layers, as other tools write them.</summary>
    public static bool IsForeign(Stream stream, string name) =>
        SafetensorsStream.Open(stream, name).Metadata is var metadata && !metadata.ContainsKey(ModelKey)
        && !ForeignModel.IsCheckpoint(metadata);

    private static Dictionary<string, T[]> ReadLeaves<T>(SafetensorsStream file, ModelPlan<T> plan, LeafData<T> data)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var leaves = new Dictionary<string, T[]>(StringComparer.Ordinal);
        foreach (var place in file.Places)
            if (plan.Ignored.Contains(place.Name))
                file.ReadTensor(place);
            else
                leaves.Add(place.Name, data.Read(file, place));
        return leaves;
    }

    /// <summary>The shapes of leaves that have more axes in files than in memory: weights of convolutions.</summary>
    public static Dictionary<string, IReadOnlyList<int>> ShapesOf<T>(Network<T> network)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var shapes = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        void Add(IReadOnlyList<ILayer<T>> layers, LayerNames names)
        {
            foreach (var layer in layers)
            {
                var (name, format) = (names.Next(layer.Name), LayerFormat.Of(layer));
                foreach (var (leaf, shape) in format.Shapes(layer))
                    shapes.Add($"{name}.{leaf}", shape);
                Add(format.Inner(layer), LayerNames.Inside(name));
            }
        }
        Add(network.Layers, new LayerNames());
        return shapes;
    }

    /// <summary>A leaf's shape in files: of a matrix its rows, then its columns.</summary>
    public static int[] ShapeOf(Shape shape) => shape.IsVector ? [shape.Rows] : [shape.Rows, shape.Columns];

    private static byte[] WithoutDigest(byte[] beginning, string? digest)
    {
        if (digest?.Length != NoDigest.Length)
            return beginning;
        var at = beginning.AsSpan().IndexOf(Encoding.UTF8.GetBytes(digest));
        if (at < 0)
            return beginning;
        byte[] copy = [.. beginning];
        Encoding.UTF8.GetBytes(NoDigest).CopyTo(copy, at);
        return copy;
    }
}
