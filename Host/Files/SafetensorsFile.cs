using System.Numerics;

namespace Functional.Host.Files;

/// <summary>What a safetensors file holds: tensors, and texts about them. What is asked of it and isn't there, or is
/// otherwise, is reported as an error of the file.</summary>
/// <param name="name">The file, as the user named it.</param>
/// <param name="metadata">Texts by name.</param>
/// <param name="tensors">In the order of their data, each name once.</param>
public sealed class SafetensorsFile(
    string name, IReadOnlyDictionary<string, string> metadata, IReadOnlyList<Tensor> tensors)
{
    private readonly Dictionary<string, Tensor> byName =
        tensors.Given().ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);

    /// <summary>The file, as the user named it.</summary>
    public string Name { get; } = name.Given();

    /// <summary>Texts by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; } = metadata.Given();

    /// <summary>The tensors, in the order of their data.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = tensors;

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool Has(string tensor) => byName.ContainsKey(tensor.Given());

    /// <summary>The tensor of this name.</summary>
    /// <exception cref="DataException">There is none.</exception>
    public Tensor this[string tensor] =>
        byName.GetValueOrDefault(tensor.Given()) ?? throw Error(tensor, "a tensor of this name", "none");

    /// <summary>The tensor of this name.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The size of each of its dimensions; -1 where any will do.</param>
    /// <exception cref="DataException">There is none, or it has another shape.</exception>
    public Tensor Get(string tensor, params IReadOnlyList<int> shape)
    {
        ArgumentNullException.ThrowIfNull(shape);
        var found = this[tensor];
        var fits = found.Shape.Count == shape.Count
            && found.Shape.Zip(shape).All(sizes => sizes.Second < 0 || sizes.First == sizes.Second);
        var wanted = shape.Select(size => size < 0 ? "any" : $"{size}");
        return fits ? found : throw Error(tensor, $"shape [{string.Join(", ", wanted)}]", Tensor.Text(found.Shape));
    }

    /// <summary>The elements of a tensor, row by row, as numbers of a type that holds them exactly.</summary>
    /// <param name="tensor">Its name.</param>
    /// <param name="shape">The size of each of its dimensions; -1 where any will do.</param>
    /// <exception cref="DataException">There is none, it has another shape, or a number can't be held exactly.
    /// </exception>
    public T[] Values<T>(string tensor, params IReadOnlyList<int> shape) where T : unmanaged, INumberBase<T>
    {
        var found = Get(tensor, shape);
        return found.Convert<T>(out var values) is { } index
            ? throw Error(
                tensor, $"numbers that {typeof(T).Name} holds exactly", $"{found.TextAt(index)} as element {index}")
            : values;
    }

    /// <summary>Something is wrong with a tensor.</summary>
    public DataException Error(string tensor, string expected, string found) =>
        new(Name, $"tensor '{tensor.Given()}'", expected, found);
}
