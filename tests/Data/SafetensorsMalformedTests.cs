using System.Text;
using Functional.Host.Files;
using static Functional.Tests.Data.SafetensorsBytes;

namespace Functional.Tests.Data;

/// <summary>What the format forbids is refused in one line, and costs nothing.</summary>
public class SafetensorsMalformedTests
{
    private static readonly string Long = new('n', 1_000);

    private static readonly (string Message, byte[] Bytes)[] Malformed =
    [
        // Names without end, as a campaign of 100,000 mutations made one.
        (
            $"byte 1028: expected a text as metadata '{Long[..280]}..., found an object",
            File("{\"__metadata__\":{\"" + Long + "\":{}}}")
        ),
        (
            $"byte 1012: expected an object for tensor '{Long[..278]}..., found 1",
            File("{\"" + Long + "\":1}")
        ),
        ("byte 0: expected the header's length, 8 bytes, found the end of the file", []),
        ("byte 7: expected the header's length, 8 bytes, found the end of the file", new byte[7]),
        (
            "byte 8: expected a header in JSON, " +
            "found \"The input does not contain any JSON tokens. Expected the input to start with a " +
            "valid JSON token, when isFinalBlock is true.\"",
            new byte[8]
        ),
        (
            "byte 0: expected a header of at most the 2 bytes that follow, found 3",
            [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}']
        ),
        (
            "byte 0: expected a header of at most 100000000 bytes, found 100000001",
            [0x01, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, 1]
        ),
        (
            "byte 0: expected a header of at most 100000000 bytes, found 18446744073709551615",
            [.. Enumerable.Repeat((byte)255, 20)]
        ),
        (
            "byte 10: expected a header in UTF-8, found a byte that isn't",
            [4, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xFF, (byte)'}']
        ),
        ("byte 8: expected a JSON object, found an array", File("[]")),
        ("byte 8: expected a JSON object, found 1", File("1")),
        (
            "byte 10: expected a header in JSON, " +
            "found \"'x' is invalid after a single JSON value. Expected end of data.\"",
            File("{}x")
        ),
        (
            "byte 10: expected a header in JSON, " +
            "found \"'0x00' is invalid after a single JSON value. Expected end of data.\"",
            File("{}\0")
        ),
        ("byte 8: expected a header in JSON, found \"'0xEF' is an invalid start of a value.\"", File("\uFEFF{}")),
        (
            "byte 9: expected a header in JSON, " +
            "found \"Expected depth to be zero at the end of the JSON payload. There is an open JSON " +
            "object or array that should be closed.\"",
            File("{")
        ),
        (
            "byte 9: expected a header in JSON, " +
            "found \"'/' is invalid after a value. Expected either ',', '}', or ']'.\"",
            File("{/**/}")
        ),
        (
            "byte 25: expected a header in JSON, " +
            "found \"The JSON object contains a trailing comma at the end which is not supported in this " +
            "mode. Change the reader options.\"",
            File("""{"a":{"shape":[],},}""")
        ),
        ("byte 13: expected an object for tensor 'a', found 1", File("""{"a":1}""")),
        (
            "byte 9: expected dtype, shape and two data_offsets of tensor 'a', found not all of them",
            File("""{"a":{}}""")
        ),
        (
            "byte 9: expected dtype, shape and two data_offsets of tensor 'a', found not all of them",
            File("""{"a":{"dtype":"U8","shape":[]}}""")
        ),
        (
            "byte 9: expected dtype, shape and two data_offsets of tensor 'a', found not all of them",
            File("""{"a":{"dtype":"U8","shape":[],"data_offsets":[0]}}""")
        ),
        (
            "byte 58: expected at most 2 numbers in data_offsets, found more",
            File("""{"a":{"dtype":"U8","shape":[],"data_offsets":[0,1,2]}}""")
        ),
        ("byte 14: expected dtype, shape or data_offsets, found 'name'", File("""{"a":{"name":"U8"}}""")),
        ("byte 27: expected each name once, found 'dtype' again", File("""{"a":{"dtype":"U8","dtype":"U8"}}""")),
        ("byte 22: expected a type's name, found an object", File("""{"a":{"dtype":{"b":{}}}}""")),
        ("byte 22: expected a type's name, found an array", File("""{"a":{"dtype":[[[[[]]]]]}}""")),
        (
            "byte 23: expected a header in JSON, " +
            "found \"The maximum configured depth of 3 has been exceeded. Cannot read next JSON array.\"",
            File("""{"a":{"shape":[[1]]}}""")
        ),
        ("byte 8: expected a JSON object, found an array", File(new string('[', 100_000))),
        (
            "byte 22: expected a dtype that can be read (BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, " +
            "F32, F64, I64, U64), " +
            "found 'F8_E4M3'",
            File(Entry("a", "[0,2]", type: "F8_E4M3"), 1, 2)
        ),
        (
            "byte 22: expected a dtype that can be read (BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, " +
            "F32, F64, I64, U64), " +
            "found 'u8'",
            File(Entry("a", "[0,2]", type: "u8"), 1, 2)
        ),
        ("byte 35: expected an array as shape, found 2", File(Entry("a", "[0,2]", "2"), 1, 2)),
        (
            "byte 36: expected an integer from 0 to 2147483591 in shape, found -1",
            File(Entry("a", "[0,2]", "[-1,-2]"), 1, 2)
        ),
        ("byte 36: expected an integer from 0 to 2147483591 in shape, found -0", File(Entry("a", "[0,0]", "[-0]"))),
        (
            "byte 36: expected an integer from 0 to 2147483591 in shape, found 2.0",
            File(Entry("a", "[0,2]", "[2.0]"), 1, 2)
        ),
        (
            "byte 36: expected an integer from 0 to 2147483591 in shape, found 2e0",
            File(Entry("a", "[0,2]", "[2e0]"), 1, 2)
        ),
        (
            "byte 36: expected an integer from 0 to 2147483591 in shape, found a text",
            File(Entry("a", "[0,2]", "[\"2\"]"), 1, 2)
        ),
        (
            "byte 36: expected an integer from 0 to 2147483591 in shape, found 18446744073709551618",
            File(Entry("a", "[0,2]", "[18446744073709551618]"), 1, 2)
        ),
        (
            "byte 164: expected at most 64 numbers in shape, found more",
            File(Entry("a", "[0,2]", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]"), 1, 2)
        ),
        // 2^64 + 2 bytes, which 64 bits would take for the two that are there.
        (
            "byte 9: expected a tensor 'a' of at most 2147483591 bytes, " +
            "found shape [4229549, 5018738, 13035341] of type U8",
            File(Entry("a", "[0,2]", "[4229549,5018738,13035341]"), 1, 2)
        ),
        (
            "byte 9: expected 3 bytes of data for 'a', of shape [3] and type U8, found data_offsets 0 to 2",
            File(Entry("a", "[0,2]", "[3]"), 1, 2)
        ),
        (
            "byte 9: expected 4 bytes of data for 'a', of shape [2] and type U16, found data_offsets 0 to 2",
            File(Entry("a", "[0,2]", type: "U16"), 1, 2)
        ),
        (
            "byte 9: expected 1 byte of data for 'a', of shape [] and type U8, found data_offsets 2 to 0",
            File(Entry("a", "[2,0]", "[]"), 1, 2)
        ),
        (
            "byte 57: expected an integer from 0 to 9223372036854775807 in data_offsets, " +
            "found 9223372036854775808",
            File(Entry("a", "[0,9223372036854775808]"), 1, 2)
        ),
        (
            "byte 9: expected the data of 'a' to begin at offset 0, where those before end, found 1",
            File(Entry("a", "[1,3]"), 1, 2, 3)
        ),
        (
            "byte 61: expected the data of 'b' to begin at offset 2, where those before end, found 3",
            File(Two("[0,2]", "[3,5]"), 1, 2, 3, 4, 5)
        ),
        (
            "byte 9: expected the data of 'a' to begin at offset 2, where those before end, found 3",
            File(Two("[3,5]", "[0,2]"), 1, 2, 3, 4, 5)
        ),
        (
            "byte 61: expected the data of 'b' to begin at offset 2, where those before end, found 1",
            File(Two("[0,2]", "[1,3]"), 1, 2, 3)
        ),
        (
            "byte 61: expected the data of 'b' to begin at offset 2, where those before end, found 0",
            File(Two("[0,2]", "[0,2]"), 1, 2)
        ),
        ("byte 61: expected each name once, found 'a' again", File(Two("[0,2]", "[2,4]", "\\u0061"), 1, 2, 3, 4)),
        ("byte 9: expected text in Unicode, found half a surrogate pair", File(Entry("\\ud800", "[0,2]"), 1, 2)),
        ("byte 62: expected 2 bytes of data from byte 61 on, found the end of the file", File(Entry("a", "[0,2]"), 1)),
        ("byte 63: expected the end of the file, found 1 more byte", File(Entry("a", "[0,2]"), 1, 2, 3)),
        ("byte 10: expected the end of the file, found 1 more byte", File("{}", 1)),
        ("byte 64: expected 0 or 1, an element of type BOOL, found 2", File(Entry("a", "[0,2]", type: "BOOL"), 1, 2)),
        ("byte 24: expected an object as __metadata__, found an array", File("""{"__metadata__":[]}""")),
        ("byte 29: expected a text as metadata 'a', found 1", File("""{"__metadata__":{"a":1}}""")),
        ("byte 29: expected a text as metadata 'a', found an object", File("""{"__metadata__":{"a":{"b":"c"}}}""")),
        ("byte 29: expected a text as metadata 'a', found null", File("""{"__metadata__":{"a":null}}""")),
        ("byte 33: expected each name once, found 'a' again", File("""{"__metadata__":{"a":"b","\u0061":"c"}}""")),
        (
            "byte 27: expected each name once, found '__metadata__' again",
            File("""{"__metadata__":{},"__metadata__":{}}""")
        ),
        (
            "byte 9: expected a name of at most 1000 bytes, found 1001",
            File(Entry(new string('n', 1001), "[0,2]"), 1, 2)
        ),
        (
            "byte 9: expected 2 bytes of data for 'a b', of shape [2] and type U8, " +
            "found data_offsets 0 to 3",
            File(Entry("a\\nb", "[0,3]"), 1, 2)
        ),
    ];

    public static TheoryData<int> MalformedFiles => [.. Enumerable.Range(0, Malformed.Length)];

    [Theory]
    [MemberData(nameof(MalformedFiles))]
    public void A_malformed_file_is_reported_in_one_line(int index) =>
        Assert.Equal($"f: at {Malformed[index].Message}", Error(Malformed[index].Bytes));

    [Fact]
    public void Caps_are_options()
    {
        var file = File(Two("[0,2]", "[2,4]"), 1, 2, 3, 4);
        Assert.Equal(2, Read(file).Tensors.Count);
        Assert.Equal("f: at byte 0: expected a header of at most 16 bytes, found 105",
            Error(file, new SafetensorsLimits { HeaderLength = 16 }));
        Assert.Equal("f: at byte 27: expected at most 1 names in an object, found more",
            Error(file, new SafetensorsLimits { Entries = 1 }));
        Assert.Equal("f: at byte 9: expected a name of at most 0 bytes, found 1",
            Error(file, new SafetensorsLimits { NameLength = 0 }));
        Assert.Equal("f: at byte 36: expected at most 0 numbers in shape, found more",
            Error(file, new SafetensorsLimits { Dimensions = 0 }));
    }

    // Lengths are compared with the file before anything is allocated for them.
    [Fact]
    public void A_size_that_the_file_does_not_bear_out_costs_no_memory()
    {
        byte[] header = [0, 0xE1, 0xF5, 0x05, 0, 0, 0, 0, .. new byte[100]];
        var data = File(Entry("a", "[0,2000000000]", "[2000000000]"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal("f: at byte 0: expected a header of at most the 100 bytes that follow, found 100000000",
            Error(header));
        Assert.Equal("f: at byte 79: expected 2000000000 bytes of data from byte 79 on, found the end of the file",
            Error(data));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    /// <summary>Says that it is longer than it is, as a file does that shrinks while it is read.</summary>
    private sealed class Shrinking(byte[] bytes) : MemoryStream(bytes)
    {
        public override long Length => base.Length + 2;
    }

    [Fact]
    public void A_file_that_shrinks_while_it_is_read_is_an_error() =>
        Assert.Equal("f: at byte 61: expected 2 more bytes, found the end of the file",
        Error(() => Safetensors.Read(new Shrinking(File(Entry("a", "[0,2]"))), "f")));
}
