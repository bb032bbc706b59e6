using System.Collections;
using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Compression;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Microsoft.Data.Analysis;
using Parquet;
using Parquet.Schema;
using Parquet.Serialization;

namespace Functional.Tests.Data;

/// <summary>Tables in columnar files, records, and data frames.</summary>
public sealed class ColumnarTests : IDisposable
{
    private const int Count = 120;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // Text with gaps, a choice, numbers in several types with gaps, integers beyond 2^53, decimals, dates, times.
    private static readonly string[] Cities = ["Bonn", "Köln", "Ulm, Donau"];
    private static readonly string?[] City = Column(i => i % 13 == 5 ? null : Cities[i * 7 % 3]);
    private static readonly double?[] Size = Column<double?>(i => i % 17 == 3 ? null : (i * 37 % 101) * 0.1);
    private static readonly float?[] Part = Column<float?>(i => i % 19 == 3 ? null : 0.1f * (i % 7));
    private static readonly int[] Rooms = Column(i => i % 7);
    private static readonly long[] Large = Column(i => (1L << 60) + (1024L * i));
    private static readonly decimal[] Fee = Column(i => 1.25m * (i % 9));
    private static readonly bool?[] Garden = Column<bool?>(i => i % 11 == 1 ? null : i % 3 == 0);
    private static readonly DateTime[] Sold = Column(i => Day(i, default));
    private static readonly DateTime[] Seen = Column(i => Day(i, new TimeOnly(i % 24, 30, 15)));
    private static readonly string[] Kind = Column(i => i % 3 == 0 ? "a" : "b");

    private static DateTime Day(int i, TimeOnly time) =>
        new(new DateOnly(2026, 1 + (i % 12), 1 + (i % 28)), time, DateTimeKind.Utc);

    private static T[] Column<T>(Func<int, T> cell) => [.. Enumerable.Range(0, Count).Select(cell)];

    private string Csv()
    {
        File.WriteAllText(folder["t.csv"], "city,size,part,rooms,large,fee,garden,sold,seen,kind\n" + string.Concat(
            Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture,
                $"\"{City[i]}\",{Size[i]},{Part[i]},{Rooms[i]},{Large[i]},{Fee[i]},{Garden[i]},{Sold[i]:yyyy-MM-dd},"
                + $"{Seen[i]:yyyy-MM-dd HH:mm:ss},{Kind[i]}\n"))));
        return folder["t.csv"];
    }

    private async Task<string> Parquet(string name = "t.parquet")
    {
        var schema = new ParquetSchema(
            new DataField<string>("city"), new DataField<double?>("size"), new DataField<float?>("part"),
            new DataField<int>("rooms"), new DataField<long>("large"), new DecimalDataField("fee", 10, 2),
            new DataField<bool?>("garden"), new DateTimeDataField("sold", DateTimeFormat.Date),
            new DateTimeDataField("seen", DateTimeFormat.DateAndTimeMicros), new DataField<string>("kind"));
        await using var stream = File.Create(folder[name]);
        await using var writer = await ParquetWriter.CreateAsync(schema, stream);
        foreach (var rows in (Range[])[new(0, 50), new(50, Count)])
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync(schema.DataFields[0], City[rows]!);
            await group.WriteAsync<double>(schema.DataFields[1], Size[rows].AsMemory());
            await group.WriteAsync<float>(schema.DataFields[2], Part[rows].AsMemory());
            await group.WriteAsync<int>(schema.DataFields[3], Rooms[rows].AsMemory());
            await group.WriteAsync<long>(schema.DataFields[4], Large[rows].AsMemory());
            await group.WriteAsync<decimal>(schema.DataFields[5], Fee[rows].AsMemory());
            await group.WriteAsync<bool>(schema.DataFields[6], Garden[rows].AsMemory());
            await group.WriteAsync<DateTime>(schema.DataFields[7], Sold[rows].AsMemory());
            await group.WriteAsync<DateTime>(schema.DataFields[8], Seen[rows].AsMemory());
            await group.WriteAsync(schema.DataFields[9], Kind[rows]);
        }
        return folder[name];
    }

    private string Arrow(string name, bool isStream = false, CompressionCodecType? compression = null)
    {
        var names = Kind.Distinct().ToList();
        var dictionary = new DictionaryType(Int8Type.Default, StringType.Default, false);
        var decimals = new Decimal128Type(10, 2);
        var decimalBuilder = new Decimal128Array.Builder(decimals);
        foreach (var fee in Fee)
            decimalBuilder.Append(fee);
        var booleans = new BooleanArray.Builder();
        foreach (var flag in Garden)
            _ = flag is { } known ? booleans.Append(known) : booleans.AppendNull();
        var times = new TimestampArray.Builder(new TimestampType(TimeUnit.Microsecond, "UTC"));
        foreach (var time in Seen)
            times.Append(new DateTimeOffset(time));
        var days = new Date32Array.Builder();
        foreach (var day in Sold)
            days.Append(day);
        var doubles = new DoubleArray.Builder();
        foreach (var number in Size)
            _ = number is { } known ? doubles.Append(known) : doubles.AppendNull();
        var floats = new FloatArray.Builder();
        foreach (var number in Part)
            _ = number is { } known ? floats.Append(known) : floats.AppendNull();
        IArrowArray[] arrays =
        [
            new StringArray.Builder().AppendRange(City!).Build(), doubles.Build(), floats.Build(),
            new Int32Array.Builder().AppendRange(Rooms).Build(), new Int64Array.Builder().AppendRange(Large).Build(),
            decimalBuilder.Build(), booleans.Build(), days.Build(), times.Build(),
            new DictionaryArray(
                dictionary,
                new Int8Array.Builder().AppendRange(Kind.Select(kind => (sbyte)names.IndexOf(kind))).Build(),
                new StringArray.Builder().AppendRange(names).Build()),
        ];
        string[] columns = ["city", "size", "part", "rooms", "large", "fee", "garden", "sold", "seen", "kind"];
        var schema = new Apache.Arrow.Schema(
            [.. columns.Zip(arrays, (column, cells) => new Apache.Arrow.Field(column, cells.Data.DataType, true))],
            null);
        using var stream = File.Create(folder[name]);
        var options = new IpcOptions
        {
            CompressionCodec = compression, CompressionCodecFactory = new CompressionCodecFactory(),
        };
        using var batch = new RecordBatch(schema, arrays, Count);
        using var writer = isStream
            ? new ArrowStreamWriter(stream, schema, false, options)
            : new ArrowFileWriter(stream, schema, false, options);
        writer.WriteRecordBatch(batch);
        writer.WriteEnd();
        return folder[name];
    }

    private static (TrainingRun Run, string Digest) Trained(DataSet data)
    {
        var run = new TrainingRun(new TrainConfiguration { Epochs = 2, Hidden = [6] }, data);
        return (run, run.Run().State.Network.Digest());
    }

    [Fact]
    public async Task A_columnar_file_is_the_same_table_as_its_text()
    {
        var (text, digest) = Trained(DataSets.Load(Csv(), "kind"));
        Assert.Equal(
            ["city", "size", "part", "rooms", "large", "fee", "garden", "sold", "seen"],
            ((TableEncoder)text.Encoded.Encoder).Columns.Select(column => column.Name!));
        foreach (var file in (string[])[await Parquet(), Arrow("t.arrow"), Arrow("stream.arrow", isStream: true),
            Arrow("z.feather", compression: CompressionCodecType.Zstd),
            Arrow("l.feather", compression: CompressionCodecType.Lz4Frame)])
        {
            var (run, found) = Trained(DataSets.Load(file, "kind"));
            Assert.Equal(text.Encoded.Encoder, run.Encoded.Encoder);
            Assert.Equal(text.Encoded.Test.Inputs(text.Data.Test.All), run.Encoded.Test.Inputs(run.Data.Test.All));
            Assert.Equal(digest, found);
        }
    }

    [Fact]
    public async Task Commands_take_them_and_resume_between_them()
    {
        Csv();
        await Parquet();
        var program = (string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);
        string[] train = ["train", "--data", "t.parquet", "--label", "kind", "--epochs", "2", "--out", "run"];
        Assert.Equal(0, program(train).ExitCode);
        Assert.StartsWith("identical", program(["verify", "run"]).Output, StringComparison.Ordinal);
        Assert.Equal(program(["predict", "run", "t.csv", "--json"]).Output.Replace("t.csv", "",
            StringComparison.Ordinal),
            program(["predict", "run", "t.parquet", "--json"]).Output.Replace("t.parquet", "",
                StringComparison.Ordinal));
        Assert.Equal(0, program(["evaluate", "run", "--data", "t.parquet"]).ExitCode);
        Directory.CreateDirectory(folder["parts"]);
        File.Copy(folder["t.parquet"], folder["parts/train.parquet"]);
        File.Copy(folder["t.csv"], folder["parts/test.csv"]);
        Assert.Equal(0, program(["data", "info", "parts", "--label", "kind"]).ExitCode);
        var unlabeled = program(["train", "--data", "t.parquet"]);
        Assert.Equal((2, ""), (unlabeled.ExitCode, unlabeled.Output));
        Assert.StartsWith(
            "functional: which column of t.parquet holds the target: city, size, part,", unlabeled.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_a_file_is_one_line()
    {
        var whole = await File.ReadAllBytesAsync(await Parquet());
        var arrow = await File.ReadAllBytesAsync(Arrow("t.arrow"));
        string Fault(string name, byte[] bytes, string label = "kind")
        {
            File.WriteAllBytes(folder[name], bytes);
            var fault = Assert.Throws<DataException>(() => DataSets.Load(folder[name], label)).Message;
            Assert.DoesNotContain('\n', fault);
            return fault.Replace(folder[name], name, StringComparison.Ordinal);
        }
        foreach (var bytes in (byte[][])[[], [1, 2, 3], whole[..(whole.Length / 2)]])
            Assert.Equal(
                "x.parquet: expected a table in Parquet's format, which ends with PAR1, found a file of another kind, "
                + "or cut off", Fault("x.parquet", bytes));
        Assert.StartsWith("x.parquet: expected a table in Parquet's format, found ",
            Fault("x.parquet", [.. whole[..100], .. new byte[200], .. whole[300..]]), StringComparison.Ordinal);
        Assert.Equal("x.arrow: expected a table in Arrow's format, found an empty file", Fault("x.arrow", []));
        foreach (var bytes in (byte[][])[[1, 2, 3], "a,b\n1,2\n3,4\n"u8.ToArray(), whole])
            Assert.Equal("x.arrow: expected a table in Arrow's format, found a file of another kind, or cut off",
                Fault("x.arrow", bytes));
        Assert.StartsWith("x.arrow: at byte ", Fault("x.arrow", arrow[..(arrow.Length / 2)]), StringComparison.Ordinal);
        Assert.StartsWith("y.parquet: expected a column 'price', which is to be learned, found city, size,",
            Fault("y.parquet", whole, "price"), StringComparison.Ordinal);

        // Of lists and of integers that double precision can't tell apart the column is named; it can be ignored.
        var schema = new ParquetSchema(
            new DataField<long>("id"), new DataField("tags", typeof(int), isArray: true),
            new DataField<string>("kind"));
        await using (var stream = File.Create(folder["l.parquet"]))
        {
            await using var writer = await ParquetWriter.CreateAsync(schema, stream);
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<long>(schema.DataFields[0], Column(i => (1L << 60) + i).AsMemory());
            await group.WriteAsync<int>(
                schema.DataFields[1], Column(i => i).AsMemory(), Column(_ => 0).AsMemory());
            await group.WriteAsync(schema.DataFields[2], Kind);
        }
        Assert.Contains(
            ": at column 'tags': expected one value in each row, found lists (--ignore tags leaves them out)",
            Assert.Throws<DataException>(() => DataSets.Load(folder["l.parquet"], "kind")).Message,
                StringComparison.Ordinal);
        Assert.Contains(
            ": at row 2, column 'id': expected integers that double precision can distinguish",
            Assert.Throws<DataException>(() => DataSets.Load(
                folder["l.parquet"], new DataOptions { Label = "kind", Ignore = ["tags"] })).Message,
            StringComparison.Ordinal);
    }

    private sealed class Place
    {
        public double X { get; set; }
        public int Y { get; set; }
    }

    private sealed class Home
    {
        public double Size { get; set; }
        public Place? Place { get; set; }
        public List<Place> Rooms { get; set; } = [];
        public string Kind { get; set; } = "";
    }

    [Fact]
    public async Task A_group_of_a_Parquet_file_is_left_out_by_its_name()
    {
        await ParquetSerializer.SerializeAsync(
            Enumerable.Range(0, Count).Select(i => new Home
            {
                Size = 0.5 + i, Place = new() { X = 1.5 * i, Y = i % 3 }, Rooms = [new(), new()], Kind = Kind[i],
            }),
            folder["g.parquet"]);
        string[] Features(params string[] ignored) =>
        [
            .. ((Rows)DataSets.Load(folder["g.parquet"], new DataOptions { Label = "Kind", Ignore = ignored })
                .Training.Samples).Columns.Select(column => column.Name!),
        ];
        Assert.Equal(["Size", "Place/X", "Place/Y"], Features("Rooms"));
        Assert.Equal(["Size"], Features("Rooms", "Place"));
        Assert.Equal(["Size", "Place/Y"], Features("Rooms", "Place/X"));
        foreach (var (ignored, fault) in ((string[], string)[])[
            (["Pla"], "expected a column 'Pla', which is to be ignored, found Size, Place/X, Place/Y, Rooms, Kind"),
            ([], "at column 'Rooms': expected one value in each row, found lists (--ignore Rooms leaves them out)")])
            Assert.Contains(fault, Assert.Throws<DataException>(() => Features(ignored)).Message,
                StringComparison.Ordinal);
    }

    private enum Heating
    {
        Gas,
        Oil,
    }

    private sealed record House(
        double? Area, int Rooms, bool Garden, Heating Heating, string Zip, DateOnly Built, decimal Price);

    [Fact]
    public void Records_are_a_table_of_their_properties()
    {
        House[] houses =
        [
            .. Enumerable.Range(0, Count).Select(i => new House(
                i % 9 == 0 ? null : 50.5 + i, i % 5, i % 2 == 0, (Heating)(i % 2), $"0{1000 + (i % 4)}",
                new DateOnly(1990 + (i % 30), 1, 1), 100_000.5m + (1000 * (i % 47)))),
        ];
        var part = DataPart.Of(houses, house => house.Price);
        var rows = (Rows)part.Samples;
        Assert.Equal(
            ["Area", "Rooms", "Garden", "Heating", "Zip", "Built"], rows.Columns.Select(column => column.Name!));
        Assert.Equal(double.NaN, ((NumberColumn)rows.Columns[0]).Values[0]);
        // A text is one, even if it looks like a number.
        Assert.Equal(["01000", "01001", "01002", "01003"], ((TextColumn)rows.Columns[4]).Texts);
        Assert.Equal(["Gas", "Oil"], ((TextColumn)rows.Columns[3]).Texts);
        Assert.Equal((NumberKind.YesNo, NumberKind.Date),
            (((NumberColumn)rows.Columns[2]).Kind, ((NumberColumn)rows.Columns[5]).Kind));
        Assert.Equal(100_000.5, Assert.IsType<Quantities>(part.Targets).Columns[0].Values[0]);

        var (run, _) = Trained(part.Split());
        var model = run.ModelOf(run.Start.Training.Network);
        Assert.Equal(
            model.Predict(rows)[7].Quantities, model.Predict(Rows.Of([houses[7]]))[0].Quantities);
        var gardens = Assert.IsType<Classes>(DataPart.Of(houses, house => house.Garden).Targets);
        Assert.Equal(2, gardens.Classification.Count);
        Assert.DoesNotContain(
            "Zip", DataPart.Of(houses, house => house.Price, new DataOptions { Ignore = ["Zip"] }).Names());
        Assert.Throws<ArgumentException>(() => DataPart.Of(houses, house => house.Zip.Length));
        Assert.Throws<ArgumentException>(() => Rows.Of([(1, 2)]));
        Assert.Contains("at row 1, column 'Tags': expected a number, a text, a date, or true or false, found List",
            Assert.Throws<DataException>(() => Rows.Of([new { Tags = new List<int>() }])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_frame_is_the_same_table_as_its_text()
    {
        var frame = new DataFrame(
            new StringDataFrameColumn("city", City), new DoubleDataFrameColumn("size", Size),
            new Int32DataFrameColumn("rooms", Rooms), new BooleanDataFrameColumn("garden", Garden),
            new DateTimeDataFrameColumn("sold", Sold), new StringDataFrameColumn("kind", Kind));
        var part = DataPart.Of(
            frame.Columns.Select(column => (column.Name, (IEnumerable)column)), new DataOptions { Label = "kind" });
        var data = DataSets.Load(Csv(), new DataOptions { Label = "kind", Ignore = ["part", "large", "fee", "seen"] });
        Assert.Equal(Trained(data).Digest, Trained(part.Split()).Digest);
        Assert.Equal(part.Names(), Rows.Of(frame.Columns.Where(column => column.Name != "kind")
            .Select(column => (column.Name, (IEnumerable)column))).Columns.Select(column => column.Name!));
        Assert.Throws<ArgumentException>(
            () => DataPart.Of(frame.Columns.Select(column => (column.Name, (IEnumerable)column)), new DataOptions()));
    }
}
