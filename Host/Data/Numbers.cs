using System.Numerics;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Tensors of any type as rows of a table.</summary>
internal static class Numbers
{
    /// <summary>The rows, in single precision where the type fits that, otherwise in double: integers of 64 bits
    /// rounded to it, as a table's cells are.</summary>
    /// <exception cref="DataException">A number is not finite, or beyond single precision; or integers can't be
    /// distinguished any more.</exception>
    /// <param name="tensor">The numbers, a sample after the other.</param>
    /// <param name="file">Where they are from.</param>
    /// <param name="count">How many samples there are, at least one.</param>
    public static Rows Rows(Tensor tensor, string file, int count) =>
        tensor.Type is TensorType.F64 or TensorType.I64 or TensorType.U64 or TensorType.I32 or TensorType.U32
            ? Data.Rows.Of(Apart(tensor, Finite(tensor, tensor.Rounded(), file), file), tensor.Count / count)
            : tensor.Convert<float>(out var singles) is null
                ? Data.Rows.Of(Finite(tensor, singles, file), tensor.Count / count)
                : throw new InvalidOperationException($"{tensor.Type} doesn't fit single precision");

    private static double[] Apart(Tensor tensor, double[] numbers, string file)
    {
        if (tensor.Type is not (TensorType.I64 or TensorType.U64) || tensor.Shape is not [> 1 and var samples, ..])
            return numbers;
        LargeIntegers[] columns = [.. Enumerable.Range(0, numbers.Length / samples).Select(_ => new LargeIntegers())];
        for (var i = 0; i < numbers.Length; i++)
            if (columns[i % columns.Length].Fault(numbers[i], tensor.TextAt(i)) is { } fault)
                throw new DataException(
                    file, tensor.Name, LargeIntegers.Expected, $"as element {i} {fault}");
        return numbers;
    }

    private static T[] Finite<T>(Tensor tensor, T[] numbers, string file) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var at = Array.FindIndex(numbers, number => !float.IsFinite(float.CreateSaturating(number)));
        return at < 0
            ? numbers
            : throw new DataException(
                file, tensor.Name, "finite numbers of single precision's range",
                $"{tensor.TextAt(at)} as element {at}");
    }
}
