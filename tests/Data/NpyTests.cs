using System.IO.Compression;
using System.Text;
using Functional.Host.Files;

namespace Functional.Tests.Data;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A file with this header, of version 1.0.</summary>
    private static byte[] File(string header, params byte[] data)
    {
        var text = Encoding.Latin1.GetBytes(header);
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, (byte)(text.Length >> 8), .. text, .. data];
    }

    private static string Header(string descr, string shape, string fortran = "False") =>
        $"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}\n";

    private static Tensor Read(byte[] bytes) => Npy.Read(new MemoryStream(bytes), "f");

    private static byte[] Written(Tensor tensor)
    {
        var stream = new MemoryStream();
        Npy.Write(stream, tensor);
        return stream.ToArray();
    }

    // The bytes are those that numpy.save writes.
    [Fact]
    public void What_is_written_is_what_NumPy_writes()
    {
        var expected = "\u0093NUMPY\u0001\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".PadRight(127)
            + "\n";
        Assert.Equal(
            [.. Encoding.Latin1.GetBytes(expected), 0, 0, 0, 0, 0, 0, 128, 63, 0, 0, 0, 64, 0, 0, 64, 64, 0, 0, 128, 64,
                0, 0, 160, 64],
            Written(Tensor.Of<float>("x", [2, 3], [0, 1, 2, 3, 4, 5])));
        Assert.Contains("'|u1'", Encoding.Latin1.GetString(Written(Tensor.Of<byte>("x", [1], [1]))),
            StringComparison.Ordinal);
        Assert.Contains("'shape': (1,), }", Encoding.Latin1.GetString(Written(Tensor.Of<byte>("x", [1], [1]))),
            StringComparison.Ordinal);
        Assert.Contains("'shape': (), }", Encoding.Latin1.GetString(Written(Tensor.Of<long>("x", [], [1]))),
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var tensor in SafetensorsBytes.OneOfEachType())
        {
            var path = folder[$"{tensor.Name}.npy"];
            Npy.Write(path, tensor);
            Same(tensor, Npy.Read(path));
        }
        Npz.Write(folder["all.npz"], SafetensorsBytes.OneOfEachType());
        var read = Npz.Read(folder["all.npz"]);
        Assert.Equal(SafetensorsBytes.OneOfEachType().Select(tensor => tensor.Name),
            read.Select(tensor => tensor.Name));
        foreach (var (expected, found) in SafetensorsBytes.OneOfEachType().Zip(read))
            Same(expected, found);
        var again = System.IO.File.ReadAllBytes(folder["all.npz"]);
        Npz.Write(folder["all.npz"], SafetensorsBytes.OneOfEachType());
        Assert.Equal(again, System.IO.File.ReadAllBytes(folder["all.npz"]));

        static void Same(Tensor expected, Tensor found)
        {
            Assert.Equal(expected.Type, found.Type);
            Assert.Equal(expected.Shape, found.Shape);
            Assert.Equal(expected.Bytes, found.Bytes);
        }
    }

    [Fact]
    public void Both_orders_of_bytes_and_elements_are_read()
    {
        byte[] data = [.. Enumerable.Range(0, 24).SelectMany(i => (byte[])[0, (byte)i])];
        Assert.True(Read(File(Header(">i2", "(2, 3, 4)"), data)).Convert<int>(out var rows) is null);
        Assert.Equal(Enumerable.Range(0, 24), rows);
        var tensor = Read(File(Header(">u2", "(2, 3, 4)", "True"), data));
        Assert.Equal([2, 3, 4], tensor.Shape);
        tensor.Convert<int>(out var fortran);
        Assert.Equal(
            from i in Enumerable.Range(0, 2) from j in Enumerable.Range(0, 3) from k in Enumerable.Range(0, 4) select i
                + 2 * j + 6 * k,
            fortran);
        Assert.Empty(Read(File(Header("<f8", "(3, 0)", "True"))).Bytes.ToArray());
        Assert.Equal(1, Read(File(Header("<f8", "()"), new byte[8])).Count);
    }

    [Fact]
    public void Later_versions_and_other_ways_to_write_a_header_are_read()
    {
        var text = Encoding.UTF8.GetBytes("{\"shape\":(2,),'fortran_order':False,'descr':\"|b1\"}\n");
        foreach (var version in (byte[])[2, 3])
            Assert.Equal([1, 0], Read(
                [0x93, .. "NUMPY"u8, version, 0, (byte)text.Length, 0, 0, 0, .. text, 1, 0]).Bytes.ToArray());
        using var stream = new MemoryStream();
        using (var deflated = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            deflated.Write(File(Header("|u1", "(2,)"), 7, 8));
        Assert.Equal([7, 8], Read(stream.ToArray()).Bytes.ToArray());
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "at byte 0: expected the magic number and the version of an .npy file, found the end of the file", [] },
        { "at byte 0: expected 93 4E 55 4D 50 59, the magic number of .npy files, found 50 4B 03 04 00 00",
            [0x50, 0x4B, 3, 4, 0, 0, 0, 0] },
        { "at byte 6: expected version 1.0, 2.0 or 3.0, found 4.0", [0x93, .. "NUMPY"u8, 4, 0] },
        { "at byte 8: expected a header of at most 10000 bytes, found 4294967295",
            [0x93, .. "NUMPY"u8, 2, 0, 255, 255, 255, 255] },
        { "at byte 12: expected the header, found the end of the file", [0x93, .. "NUMPY"u8, 1, 0, 100, 0, 1, 2] },
        { "at byte 12: expected a header that ends with its line, found no end of a line", File("{}") },
        { "at byte 10: expected descr, fortran_order and shape, found none", File("{}\n") },
        { "at byte 11: expected descr, fortran_order or shape, found 'type'", File("{'type': 1}\n") },
        { "at byte 23: expected each key once, found 'shape' again", File("{'shape':() ,'shape':()}\n") },
        { "at byte 20: expected one type for all elements, found a structure", File("{'descr': [('a', '<f4')]}\n") },
        { "at byte 20: expected a type that can be read (<, > or | and b1, u1, i1, i2, u2, f2, i4, u4, f4, f8, i8, "
        + "u8), found '|O': Python objects", File("{'descr': '|O'}\n") },
        { "at byte 20: expected a type that can be read (<, > or | and b1, u1, i1, i2, u2, f2, i4, u4, f4, f8, i8, "
        + "u8), found '<c8'", File("{'descr': '<c8'}\n") },
        { "at byte 20: expected a type in quotes, found '1'", File("{'descr': 1}\n") },
        { "at byte 28: expected True or False, found 'm'", File("{'fortran_order': maybe}\n") },
        { "at byte 22: expected a comma after a single size, found ')'", File("{'shape': (3)}\n") },
        { "at byte 21: expected a size from 0 to 2147483591, found '-'", File("{'shape': (-3,)}\n") },
        { "at byte 21: expected a size from 0 to 2147483591, found 99999999999", File("{'shape': (99999999999,)}\n") },
        { "at byte 21: expected a size from 0 to 2147483591, found '('", File("{'shape': ((((((1,),),),),),)}\n") },
        { "at byte 10: expected an array of at most 2147483591 bytes, found shape [65536, 65536, 65536, 65536]",
            File(Header("<f8", "(65536, 65536, 65536, 65536)")) },
        { "at byte 71: expected 8 bytes of data from byte 68 on, found the end of the file",
            File(Header("<f4", "(2,)"), 1, 2, 3) },
        { "at byte 72: expected the end of the file, found 1 more byte", File(Header("<f4", "(1,)"), 1, 2, 3, 4, 5) },
        { "at byte 69: expected 0 or 1, an element of type bool, found 2", File(Header("|b1", "(2,)"), 1, 2) },
        { "at byte 68: expected the end of the header, found '#'", File(Header("|b1", "(2,)").TrimEnd() + " #\n") },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_file_is_reported_in_one_line(string message, byte[] bytes) =>
        Assert.Equal($"f: {message}", Assert.Throws<DataException>(() => Read(bytes)).Message);

    [Fact]
    public void A_small_file_that_promises_gigabytes_costs_no_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<DataException>(() => Read(File(Header("<f4", "(500000000,)"), 1)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Archives_that_lie_are_refused()
    {
        byte[] Zip(params (string Name, byte[] Bytes)[] entries)
        {
            using var stream = new MemoryStream();
            using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
                foreach (var (name, bytes) in entries)
                {
                    using var part = archive.CreateEntry(name).Open();
                    part.Write(bytes);
                }
            return stream.ToArray();
        }
        static string Error(byte[] bytes, NpzLimits? limits = null) =>
            Assert.Throws<DataException>(() => Npz.Read(new MemoryStream(bytes), "f", null, limits)).Message;
        var array = Written(Tensor.Of<byte>("x", [2], [1, 2]));
        Assert.Equal("f: at entry 'x.npy': expected each name once, found it again",
            Error(Zip(("x.npy", array), ("x.npy", array))));
        foreach (var name in (string[])["../x.npy", "/x.npy", "a/x.npy", "x.txt", "c:\\x.npy", "...npy"])
            Assert.Contains("expected a name that ends in .npy, without folders, found another",
                Error(Zip((name, array))), StringComparison.Ordinal);
        Assert.Equal("f: expected at most 1 entries, found 2",
            Error(Zip(("a.npy", array), ("b.npy", array)), new NpzLimits { Entries = 1 }));
        Assert.Equal("f: at entry 'a.npy': expected at most 100 bytes, found 130",
            Error(Zip(("a.npy", array)), new NpzLimits { Length = 100 }));
        Assert.StartsWith("f: x.npy: at byte 0: expected 93 4E 55 4D 50 59", Error(Zip(("x.npy", new byte[20]))),
            StringComparison.Ordinal);
        Assert.StartsWith("f: expected a zip file, as NumPy writes it, found \"", Error([1, 2, 3]),
            StringComparison.Ordinal);
        // The checksum in the directory at the end.
        var wrong = Zip(("x.npy", array));
        wrong[wrong.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 16] ^= 1;
        Assert.Equal("f: at entry 'x.npy': expected data that its checksum fits, found others", Error(wrong));
    }
}
