using System.Text;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Parquet;
using Parquet.Schema;

namespace Functional.Tests.Fuzz;

/// <summary>Columnar files, and rows that a served model is asked about.</summary>
public class TableCampaignTests
{
    // What the packages' own tables take, and what the best compression could have made of a few hundred bytes.
    private const long MostOfPackages = 1 << 25;

    private static readonly string[] Kinds = ["x", "y", "x", "z"];
    private static readonly double[] Numbers = [1.5, -3e-1, 0, 12];
    private static readonly int?[] Counts = [1, null, 3, 4];

    private static async Task<byte[]> Parquet(CompressionMethod compression)
    {
        var schema = new ParquetSchema(
            new DataField<double>("a"), new DataField<int?>("b"), new DataField<string>("kind"));
        var stream = new MemoryStream();
        await using (var writer = await ParquetWriter.CreateAsync(
            schema, stream, new ParquetOptions { CompressionMethod = compression }))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<double>(schema.DataFields[0], Numbers.AsMemory());
            await group.WriteAsync<int>(schema.DataFields[1], Counts.AsMemory());
            await group.WriteAsync(schema.DataFields[2], Kinds);
        }
        return stream.ToArray();
    }

    private static byte[] Arrow(bool isStream, CompressionCodecType? compression)
    {
        var counts = new Int32Array.Builder();
        foreach (var count in Counts)
            _ = count is { } known ? counts.Append(known) : counts.AppendNull();
        IArrowArray[] arrays =
        [
            new DoubleArray.Builder().AppendRange(Numbers).Build(), counts.Build(),
            new StringArray.Builder().AppendRange(Kinds).Build(),
        ];
        var schema = new Apache.Arrow.Schema(
            [
                .. ((string[])["a", "b", "kind"]).Zip(
                    arrays, (name, cells) => new Apache.Arrow.Field(name, cells.Data.DataType, true)),
            ],
            null);
        var stream = new MemoryStream();
        var options = new IpcOptions
        {
            CompressionCodec = compression, CompressionCodecFactory = new CompressionCodecFactory(),
        };
        using var batch = new RecordBatch(schema, arrays, Kinds.Length);
        using var writer = isStream ? new ArrowStreamWriter(stream, schema, true, options)
            : new ArrowFileWriter(stream, schema, true, options);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return stream.ToArray();
    }

    private static void Read(byte[] bytes, string name)
    {
        var table = Assert.Single(ColumnarFile.Read(
            new MemoryStream(bytes), name, cells => cells.Read(new DataOptions { Label = "kind" })));
        Assert.Equal(table.Count, table.Targets.Count);
        Assert.All(table.Numbers(), number => Assert.False(double.IsInfinity((float)number)));
    }

    [Fact]
    public async Task Parquet_files()
    {
        CompressionMethod[] compressions =
        [
            CompressionMethod.None, CompressionMethod.Snappy, CompressionMethod.Brotli, CompressionMethod.Gzip,
            CompressionMethod.Zstd,
        ];
        var files = await Task.WhenAll(compressions.Select(Parquet));
        var (read, refused) = Campaign.Run(files, bytes => Read(bytes, "f.parquet"), "f.parquet", MostOfPackages);
        Assert.True(read > Campaign.Cases / 50 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Arrow_files()
    {
        byte[][] files =
        [
            Arrow(false, null), Arrow(true, null), Arrow(false, CompressionCodecType.Lz4Frame),
            Arrow(true, CompressionCodecType.Zstd),
        ];
        var (read, refused) = Campaign.Run(files, bytes => Read(bytes, "f.arrow"), "f.arrow", MostOfPackages);
        Assert.True(read > Campaign.Cases / 50 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Requests()
    {
        var encoder = SmallTables.Encoder([0, 1], [1, 2], ["a", "b"]);
        var model = new Model<float>(Network.Create([2, 3, 2], Activation.Relu, Initializer.He, seed: 1))
        {
            Encoder = encoder, Task = new Classification(["x", "y"]),
        };
        byte[][] files =
        [
            .. from text in (string[])
               [
                   """[{"a": 1, "b": 2.5}, {"b": "-3e-1", "a": null}]""", "[[1, true], [\"yes\", 1e3]]",
                   """{"a": "2026-11-27", "b": ""}""",
               ]
               select Encoding.UTF8.GetBytes(text),
        ];
        var (read, refused) = Campaign.Run(
            files, bytes =>
            {
                var samples = PredictionRequest.Samples(model, bytes);
                Assert.NotEmpty(PredictionRequest.Answer(model, samples));
            },
            "request");
        Assert.True(read > Campaign.Cases / 20 && refused > Campaign.Cases / 3, $"{read} read, {refused} refused");
    }
}
