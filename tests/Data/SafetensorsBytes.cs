using System.Buffers.Binary;
using System.Text;
using Functional.Host.Files;

namespace Functional.Tests.Data;

/// <summary>Safetensors files in memory.</summary>
public static class SafetensorsBytes
{
    /// <summary>A header, with its length before it and data after it.</summary>
    public static byte[] File(string header, params byte[] data)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        return [.. length, .. text, .. data];
    }

    public static byte[] Written(IEnumerable<Tensor> tensors, Dictionary<string, string>? metadata = null)
    {
        var stream = new MemoryStream();
        Safetensors.Write(stream, tensors, metadata);
        return stream.ToArray();
    }

    internal static Safetensors Read(byte[] bytes, SafetensorsLimits? limits = null) =>
        Safetensors.Read(new MemoryStream(bytes), "f", limits ?? new());

    public static string Error(Action action) => Assert.Throws<DataException>(action).Message;

    internal static string Error(byte[] bytes, SafetensorsLimits? limits = null) => Error(() => Read(bytes, limits));

    public static Tensor[] OneOfEachType() =>
    [
        Tensor.Of<bool>("bool", [2], [true, false]),
        Tensor.Of<byte>("u8", [2], [1, 255]),
        Tensor.Of<sbyte>("i8", [2], [1, -128]),
        Tensor.Of<short>("i16", [1, 2], [1, -32768]),
        Tensor.Of<ushort>("u16", [2, 1], [1, 65535]),
        Tensor.Of<Half>("f16", [2], [(Half)1, (Half)(-0.5)]),
        Tensor.Of<int>("i32", [2], [1, int.MinValue]),
        Tensor.Of<uint>("u32", [2], [1, uint.MaxValue]),
        Tensor.Of<float>("f32", [2], [1, 0.1f]),
        Tensor.Of<double>("f64", [2], [1, 0.1]),
        Tensor.Of<long>("i64", [2], [1, long.MaxValue]),
        Tensor.Of<ulong>("u64", [2], [1, 1UL << 53]),
        Tensor.Of<float>("empty", [3, 0], []),
        Tensor.Of<double>("single", [], [7.0]),
    ];

    /// <summary>A header with one tensor.</summary>
    public static string Entry(string name, string offsets, string shape = "[2]", string type = "U8") =>
        $$$"""{"{{{name}}}":{"dtype":"{{{type}}}","shape":{{{shape}}},"data_offsets":{{{offsets}}}}}""";

    /// <summary>A header with two, the first of which is named a.</summary>
    public static string Two(string first, string second, string name = "b") =>
        $"{Entry("a", first)[..^1]},{Entry(name, second)[1..]}";
}
