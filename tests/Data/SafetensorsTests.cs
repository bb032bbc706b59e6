using Functional.Host;
using Functional.Host.Files;

using static Functional.Tests.Data.SafetensorsBytes;

namespace Functional.Tests.Data;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The bytes are those of the reference implementation's own tests.
    [Fact]
    public void What_is_written_is_what_the_reference_implementation_writes()
    {
        float[] numbers = [0, 1, 2, 3, 4, 5];
        byte[] data = [0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64, 0, 0, 160, 64];
        Assert.Equal(
            File("""{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""", data),
            Written([Tensor.Of("attn.0", [1, 2, 3], numbers)]));
        Assert.Equal(
            File("""{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       """, data),
            Written([Tensor.Of("attn0", [1, 1, 2, 3], numbers)]));
        Assert.Equal(File("{}      "), Written([]));
        Assert.Equal(
            File("""{"__metadata__":{"framework":"pt"}}     """), Written([], new() { ["framework"] = "pt" }));
    }

    [Fact]
    public void Tensors_are_ordered_by_type_and_name_in_utf_8()
    {
        // In UTF-16 the third name would come before the second.
        string[] names = ["a", "\uE000", "\U0001F600"];
        Tensor[] tensors =
        [
            .. names.Reverse().Select(name => Tensor.Of(name, [0], Array.Empty<byte>())),
            .. OneOfEachType().Reverse(),
        ];
        Assert.Equal(
            ["u64", "i64", "f64", "single", "empty", "f32", "u32", "i32", "f16", "u16", "i16", "i8",
                "a", "u8", "\uE000", "\U0001F600", "bool"],
            Read(Written(tensors)).Tensors.Select(tensor => tensor.Name).ToArray());
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var tensors = OneOfEachType();
        var metadata = new Dictionary<string, string>
        {
            ["z"] = "", ["a"] = "\"\\/\b\f\n\r\t\u0001\u007F é \U0001F600", [""] = "no name",
        };
        var file = Read(Written(tensors, metadata));
        Assert.Equal(metadata.OrderBy(text => text.Key), file.Metadata.OrderBy(text => text.Key));
        Assert.Equal(tensors.Length, file.Tensors.Count);
        foreach (var tensor in tensors)
        {
            var read = file[tensor.Name];
            Assert.Equal((tensor.Type, tensor.Count), (read.Type, read.Count));
            Assert.Equal(tensor.Shape, read.Shape);
            Assert.Equal(tensor.Bytes, read.Bytes);
        }
        Assert.Equal(Written(tensors, metadata), Written(file.Tensors.Reverse(), new(file.Metadata)));
    }

    [Fact]
    public void A_file_is_read_and_replaced_whole()
    {
        var path = folder["sub/model.safetensors"];
        Safetensors.Write(path, OneOfEachType());
        Safetensors.Write(path, [Tensor.Of<double>("w", [1], [0.5])]);
        Assert.Equal([0.5], Safetensors.Read(path).Values<double>("w", 1));
        Assert.Single(Directory.GetFileSystemEntries(folder["sub"]));
        Assert.Throws<OperationFailedException>(() => Safetensors.Write(folder["sub"], []));
        Assert.Equal($"{folder["none"]}: expected a file, found none", Error(() => Safetensors.Read(folder["none"])));
    }

    [Fact]
    public void Numbers_are_converted_where_that_is_exact()
    {
        var file = Read(Written(OneOfEachType()));
        foreach (var tensor in file.Tensors.Where(tensor => tensor.Count == 2 && tensor.Name != "i64"))
            Assert.Equal(1, file.Values<double>(tensor.Name, [.. tensor.Shape])[0]);
        Assert.Equal([1, (double)0.1f], file.Values<double>("f32", 2));
        Assert.Equal([1, -0.5], file.Values<double>("f16", 2));
        Assert.Equal([1, 0], file.Values<int>("bool", -1));
        Assert.Equal([7], file.Values<byte>("single"));
        Assert.Equal([1, 1UL << 53], file.Values<ulong>("u64", 2));
        Assert.Equal([1, 1L << 53], file.Values<double>("u64", 2));
        Assert.Equal(
            "f: at tensor 'i64': expected numbers that Double holds exactly, found 9223372036854775807 as element 1",
            Error(() => file.Values<double>("i64", 2)));
        Assert.Equal(
            "f: at tensor 'f64': expected numbers that Int32 holds exactly, found 0.1 as element 1",
            Error(() => file.Values<int>("f64", 2)));
        Assert.Equal(
            "f: at tensor 'f64': expected numbers that Single holds exactly, found 0.1 as element 1",
            Error(() => file.Values<float>("f64", 2)));
        Assert.Equal(
            "f: at tensor 'i8': expected numbers that Byte holds exactly, found -128 as element 1",
            Error(() => file.Values<byte>("i8", 2)));
        Assert.Equal(
            "f: at tensor 'u32': expected numbers that Int32 holds exactly, found 4294967295 as element 1",
            Error(() => file.Values<int>("u32", 2)));
        var brain = Read(File(Entry("b", "[0,6]", "[3]", "BF16"), 0x80, 0x3F, 0x20, 0xC0, 0xC0, 0x7F));
        Assert.Equal([1, -2.5, double.NaN], brain.Values<double>("b", 3));
    }

    [Fact]
    public void What_is_missing_or_of_another_shape_is_named()
    {
        var file = Read(Written(OneOfEachType()));
        Assert.Equal("f: at tensor 'w': expected a tensor of this name, found none", Error(() => _ = file["w"]));
        Assert.Equal("f: at tensor 'i16': expected shape [2, any], found [1, 2]", Error(() => file.Get("i16", 2, -1)));
        Assert.Equal("f: at tensor 'i16': expected shape [2], found [1, 2]", Error(() => file.Get("i16", 2)));
    }

    [Fact]
    public void The_data_are_not_copied()
    {
        float[] numbers = [1, 2];
        var tensor = Tensor.Of("w", [2], numbers);
        Assert.Null(tensor.Convert<float>(out var same));
        Assert.Same(numbers, same);
        var bytes = Written([Tensor.Of("w", [1 << 22], new double[1 << 22])]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Read(bytes).Values<double>("w", 1 << 22);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, bytes.Length, bytes.Length + 100_000);
    }

    [Fact]
    public void Blanks_around_the_header_are_taken()
    {
        Assert.Empty(Read(File("{}")).Tensors);
        Assert.Empty(Read(File(" \n{ } \t\r\n")).Tensors);
    }

    [Fact]
    public void Writing_refuses_what_could_not_be_read()
    {
        static Tensor Named(string name) => Tensor.Of(name, [1], new byte[1]);
        Assert.Throws<ArgumentException>(() => Written([Named("a"), Named("a")]));
        Assert.Throws<ArgumentException>(() => Written([Named("__metadata__")]));
        Assert.ThrowsAny<ArgumentException>(() => Written([Named("\uD800")]));
        Assert.StartsWith("'a' of shape [2, 2] can't have 3 elements",
            Assert.Throws<ArgumentException>(() => Tensor.Of("a", [2, 2], new byte[3])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.Of("a", [-1, -1], new byte[1]));
        Assert.Throws<ArgumentException>(() => Tensor.Of("a", [1], new char[1]));
    }
}
