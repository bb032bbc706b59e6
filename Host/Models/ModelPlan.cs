using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>A tensor that a layer needs.</summary>
/// <param name="Tensor">Its name in the file.</param>
/// <param name="Name">The layer's own name for it.</param>
/// <param name="Role">What it does in the layer.</param>
/// <param name="Shape">Its sizes.</param>
internal sealed record LeafPlan(string Tensor, string Name, Role Role, IReadOnlyList<int> Shape)
{
    /// <summary>The leaf with these elements, column by column.</summary>
    public Parameter<T> Leaf<T>(T[] elements) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> => new(
        Name, Role, new Shape(Shape[0], Shape.Count > 1 ? elements.Length / Shape[0] : 0),
        Vector<T>.Build.Dense(elements));

    /// <summary>The leaf with zeros.</summary>
    public Parameter<T> Zero<T>() where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Leaf(new T[Shape.Aggregate(1, (product, size) => product * size)]);
}

/// <summary>A layer to be made of tensors.</summary>
/// <param name="Leaves">The tensors that it needs.</param>
/// <param name="Build">Makes it of them, in that order.</param>
internal sealed record LayerPlan<T>(IReadOnlyList<LeafPlan> Leaves, Func<IReadOnlyList<Parameter<T>>, ILayer<T>> Build)
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>;

/// <summary>A model to be made of a file's tensors.</summary>
internal sealed record ModelPlan<T>(IReadOnlyList<LayerPlan<T>> Layers)
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
{
    /// <summary>How the outputs are measured.</summary>
    public Loss Loss { get; init; } = Loss.SoftmaxCrossEntropy();

    /// <summary>What large weights cost.</summary>
    public Penalty Penalty { get; init; } = Penalty.None;

    /// <summary>What to say of the network.</summary>
    public Func<Network<T>, Model<T>> Describe { get; init; } = network => new Model<T>(network);

    /// <summary>Tensors without a meaning here.</summary>
    public IReadOnlySet<string> Ignored { get; init; } = new HashSet<string>();

    /// <summary>Checks that the file has these tensors, and no others.</summary>
    /// <exception cref="DataException">It has not.</exception>
    public void Check(SafetensorsStream file)
    {
        var places = file.Places.ToDictionary(place => place.Name, StringComparer.Ordinal);
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in Layers.SelectMany(layer => layer.Leaves))
        {
            DataException Error(string expected, string found) =>
                new(file.Name, $"tensor '{leaf.Tensor}'", expected, found);
            if (!places.TryGetValue(leaf.Tensor, out var place))
                throw Error("a tensor of this name", "none");
            if (!place.Shape.SequenceEqual(leaf.Shape))
                throw Error($"shape {Tensor.Text(leaf.Shape)}", Tensor.Text(place.Shape));
            if (place.Type is not (TensorType.F16 or TensorType.BF16 or TensorType.F32 or TensorType.F64))
                throw Error("F16, BF16, F32 or F64", $"{place.Type}");
            if (!wanted.Add(leaf.Tensor))
                throw Error("a tensor of one layer", "one that two want");
        }
        if (file.Places.FirstOrDefault(
                place => !wanted.Contains(place.Name) && !Ignored.Contains(place.Name)) is { } stranger)
            throw new DataException(
                file.Name, $"tensor '{stranger.Name}'", "tensors of the network only", "one that no layer has");
    }

    /// <summary>The model, of each tensor's elements column by column; they are not copied.</summary>
    /// <exception cref="DataException">The layers don't make a network.</exception>
    public Model<T> Build(string file, Dictionary<string, T[]> elements)
    {
        try
        {
            ILayer<T>[] layers =
            [
                .. Layers.Select(
                    layer => layer.Build([.. layer.Leaves.Select(leaf => leaf.Leaf(elements[leaf.Tensor]))])),
            ];
            var model = Describe(Network.Adopt(layers, Loss).WithPenalty(Penalty));
            return ModelText.Fault(model) is { } fault ? throw new ArgumentException(fault) : model;
        }
        catch (ArgumentException e)
        {
            throw new DataException(file, null, "layers that make a network", e.Reason());
        }
    }
}
