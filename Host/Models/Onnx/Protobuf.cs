using System.Buffers.Binary;
using System.Text;

namespace Functional.Host.Models.Onnx;

/// <summary>A message of protocol buffers, as far as ONNX needs them. Large fields are not copied.
/// Source: "Encoding", protobuf.dev.</summary>
internal sealed class Protobuf
{
    private const int Varint = 0, LengthDelimited = 2, Fixed32 = 5;
    private readonly List<ReadOnlyMemory<byte>> parts = [];

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>A whole number.</summary>
    public Protobuf Integer(int field, long value) => Tag(field, Varint).Number((ulong)value);

    /// <summary>A number in single precision.</summary>
    public Protobuf Single(int field, float value)
    {
        var bytes = new byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        return Tag(field, Fixed32).Add(bytes);
    }

    /// <summary>A text.</summary>
    public Protobuf Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Bytes, which no one writes to after.</summary>
    public Protobuf Bytes(int field, ReadOnlyMemory<byte> value) =>
        Tag(field, LengthDelimited).Number((ulong)value.Length).Add(value);

    /// <summary>A message, which no one adds to after.</summary>
    public Protobuf Message(int field, Protobuf value)
    {
        Tag(field, LengthDelimited).Number((ulong)value.Length);
        parts.AddRange(value.parts);
        Length += value.Length;
        return this;
    }

    /// <summary>Writes all of it.</summary>
    public void Write(Stream stream)
    {
        foreach (var part in parts)
            stream.Write(part.Span);
    }

    private Protobuf Tag(int field, int kind) => Number((ulong)((field << 3) | kind));

    // Seven bits at a time, the least significant first.
    private Protobuf Number(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 127; value >>= 7)
            bytes.Add((byte)(value | 128));
        return Add((byte[])[.. bytes, (byte)value]);
    }

    private Protobuf Add(ReadOnlyMemory<byte> bytes)
    {
        parts.Add(bytes);
        Length += bytes.Length;
        return this;
    }
}
