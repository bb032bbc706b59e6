using System.Runtime.InteropServices;

namespace Functional.Host.Files;

/// <summary>Tensors of any type as numbers in single precision.</summary>
internal static class Numbers
{
    /// <summary>The elements, rounded to nearest.</summary>
    /// <exception cref="DataException">One is not finite in single precision.</exception>
    public static float[] Of(Tensor tensor, string file)
    {
        float[] numbers;
        if (tensor.Type == TensorType.F64)
            numbers = Array.ConvertAll(MemoryMarshal.Cast<byte, double>(tensor.Bytes).ToArray(), number => (float)number);
        else if (tensor.Convert(out numbers) is { } rounded)
            throw new DataException(file, tensor.Name, "numbers that single precision holds exactly", $"{tensor.TextAt(rounded)} as element {rounded}");
        var at = Array.FindIndex(numbers, number => !float.IsFinite(number));
        return at < 0 ? numbers : throw new DataException(file, tensor.Name, "finite numbers", $"{numbers[at]} as element {at}");
    }
}
