using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Data.Digits;
using Functional.Host.Files;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary><c>functional data</c>: the data sets that networks learn from.</summary>
internal static class DataCommand
{
    private const int SheetColumns = 10, MostColumns = 20;

    /// <summary>The command with its verbs.</summary>
    public static Command Create() =>
        new("data", "Draw, fetch and describe data sets.") { Digits(), Fetch(), Info() };

    private static CommandWithExamples Digits()
    {
        var folder = new Option<string>("--out")
        {
            HelpName = "DIR",
            Description = "the folder to write them to: new, empty, or of such files",
            DefaultValueFactory = _ => "digits",
        };
        var force = CommonOptions.Force();
        var command = new CommandWithExamples(
            "digits", "Draw the built-in digits again, bit for bit, as four files in the MNIST format.",
            ("functional data digits --out digits", "four files, the same on every machine"),
            ("functional data digits --out mnist-like", "in another folder")) { folder, force };
        command.SetAction(parsed =>
        {
            WriteDigits(parsed.GetValue(folder)!, parsed.GetValue(force));
            return ExitCode.Done;
        });
        return command;
    }

    private static CommandWithExamples Fetch()
    {
        var name = new Argument<string>("name")
            { Description = $"one of {string.Join(", ", Sources.All.Select(source => source.Name))}" };
        name.CompletionSources.Add([.. Sources.All.Select(source => source.Name)]);
        var force = CommonOptions.Force();
        var command = new CommandWithExamples("fetch", "Download a data set to the user's data folder, and verify it.",
            ("functional data fetch mnist", "afterwards --data mnist finds it in any folder"),
            ("functional data fetch fashion-mnist", "clothes instead of digits")) { name, force };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(name)!;
            var source = Sources.All.FirstOrDefault(source => source.Name == wanted)
                ?? throw new UsageException(
                    $"there is no data set '{wanted}' to fetch; there are "
                    + $"{string.Join(", ", Sources.All.Select(source => source.Name))}");
            using var interruption = new Interruption();
            try
            {
                var folder = DataFolder.User(wanted);
                Data.Fetch.ToFolderAsync(source, folder, new FetchLines(Console.Out), cancellation: interruption.Token,
                    replace: parsed.GetValue(force))
                    .GetAwaiter().GetResult();
                Console.WriteLine(Say($"{source.Title} is in {folder}"));
                if (DataFolder.Of(wanted) is var read && read != folder)
                    Console.WriteLine(Say(
                        $"note: {DataFolder.MnistVariable} is set, so '--data {wanted}' reads {read} instead"));
                return ExitCode.Done;
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Interrupted;
            }
        });
        return command;
    }

    private static CommandWithExamples Info()
    {
        var name = new Argument<string>("data")
            { HelpName = "NAME|DIR|FILE", Description =
                $"{string.Join(", ", DataSets.Names)}, a folder with four files in the MNIST format, "
                + "or a table (.csv, .tsv, .txt, also with .gz; .parquet, .arrow; .npz)" };
        name.CompletionSources.Add([.. DataSets.Names]);
        var label = new Option<string?>("--label")
            { HelpName = "COLUMN", Description = "for a table: the column that is learned" };
        var task = new Option<string?>("--task")
            {
                HelpName = "classes|quantities",
                Description = "for a table: what its label is [default: guessed from its values]",
            };
        task.CompletionSources.Add("classes", "quantities");
        var sheet = new Option<string?>("--sheet")
            { HelpName = "FILE", Description = "write a sheet of samples, ten of each class, as an SVG picture" };
        var force = CommonOptions.Force();
        var json = CommonOptions.Json();
        var command = new CommandWithExamples("info", "Describe a data set: counts, classes, ranges, samples.",
            ("functional data info digits", "counts, classes, ranges"),
            ("functional data info mnist --sheet mnist.svg", "and a picture of ten samples of each class")) { name,
            label, task, sheet, force, json };
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(sheet) is { } path
                ? UserFile.Of("--sheet", path, parsed.GetValue(force))
                : null;
            var kind = parsed.GetValue(task) is { } text
                ? TrainOptions.Set(new TrainConfiguration(), "task", text).Task : null;
            var data = DataSets.Load(
                parsed.GetValue(name)!, new DataOptions { Label = parsed.GetValue(label), Task = kind });
            Describe(target?.Notes ?? Console.Out, data, parsed.GetValue(json));
            Hints.Write(DataHints.Of(data));
            target?.Write(Sheet(data.Training).ToStandaloneSvg());
            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteDigits(string folder, bool force)
    {
        var digits = DigitSet.Generate();
        var files = new List<(string Path, byte[] Bytes, byte[] Unpacked)>();
        foreach (var (name, part) in (ReadOnlySpan<(string, DataPart)>)[("train", digits.Training),
            ("t10k", digits.Test)])
        {
            var (images, labels) = (part.Images, Array.ConvertAll(part.Classes.Labels, label => (byte)label));
            Write($"{name}-images-idx3-ubyte.gz", (stream, gzip) =>
                Idx.WriteImages(stream, new ImageFile(part.Count, images.Height, images.Width, images.Pixels), gzip));
            Write($"{name}-labels-idx1-ubyte.gz", (stream, gzip) => Idx.WriteLabels(stream, labels, gzip));
        }

        // All before any: of these files there may be the same digits, nothing else.
        UserFolder.Check(
            "--out", folder, "a data set", () => files.Any(file => File.Exists(file.Path)), force: true);
        var targets = files.Select(file => UserFile.Of(
            "--out", file.Path, force, path => File.ReadAllBytes(path).AsSpan().SequenceEqual(file.Bytes),
            makesFolder: true)).ToArray();
        foreach (var (file, target) in files.Zip(targets))
        {
            target.Write(stream => stream.Write(file.Bytes));
            Console.WriteLine(Say(
                $"{file.Path}  unpacked {file.Unpacked.Length:N0} bytes, "
                + $"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(file.Unpacked))}"));
        }

        void Write(string name, Action<Stream, bool> write)
        {
            using var packed = new MemoryStream();
            using var content = new MemoryStream();
            write(packed, true);
            write(content, false);
            files.Add((Path.Combine(folder, name), packed.ToArray(), content.ToArray()));
        }
    }

    private static void Describe(TextWriter output, DataSet data, bool json)
    {
        foreach (var (name, part) in (ReadOnlySpan<(string, DataPart)>)[("training", data.Training),
            ("test", data.Test)])
            if (part.Samples is Rows rows)
                DescribeTable(output, name, rows, part.Targets, json);
            else
                DescribeImages(output, name, part.Images, part.Classes, json);
    }

    private static void DescribeImages(TextWriter output, string name, Images images, Classes classes, bool json)
    {
        var (classification, counts) = (classes.Classification, classes.Counts());
        var scale = Batch.StandardScale(images.Size, images.Pixels, images.All);
        var (least, greatest) = (images.Pixels.Min(), images.Pixels.Max());
        if (json)
            new JsonReport(Console.Out).Write(
                "part", ("name", name), ("count", images.Count), ("height", images.Height), ("width", images.Width),
                ("classes", classification.Count),
                ("countsPerClass", JsonReport.List(counts.Select(count => (JsonNode)count))),
                ("least", least), ("greatest", greatest), ("mean", scale.Shift), ("deviation", scale.Divisor));
        else
        {
            output.WriteLine(Say(Invariant(
                $"{name}: {Plural.Of(images.Count, "image")} of {images.Height} x {images.Width}, ")
                + Plural.Of(classification.Count, "class", "classes")));
            output.WriteLine(Say($"  per class: {PerClass(classes)}"));
            output.WriteLine(Say(Invariant(
                $"  bytes from {least} to {greatest}, mean {scale.Shift:F2}, deviation {scale.Divisor:F2}")));
        }
    }

    private static void DescribeTable(TextWriter output, string name, Rows rows, Targets targets, bool json)
    {
        if (json)
            Write(new JsonReport(Console.Out), name, rows, targets);
        else
        {
            output.WriteLine(Say($"{name}: {Plural.Of(rows.Count, "row")} of "
                + Plural.Of(rows.Size, rows.Columns.All(column => column is NumberColumn) ? "number" : "column")
                + (targets is Classes { Classification.Count: var count }
                    ? $", {Plural.Of(count, "class", "classes")}" : "")));
            if (targets is Classes classes)
                output.WriteLine(Say($"  per class: {PerClass(classes)}"));
            foreach (var quantity in (targets as Quantities)?.Columns ?? [])
                output.WriteLine(Say($"  {Described(quantity, quantity.Name ?? "a quantity")}, a quantity"));
            foreach (var (i, column) in rows.Columns.Take(MostColumns).Index())
                output.WriteLine(Say($"  {Described(column, rows.NameOf(i))}"));
        }
    }

    private static string Described(Column column, string name)
    {
        int[] filled = [.. Enumerable.Range(0, column.Count).Where(row => !double.IsNaN(column.Number(row)))];
        var gaps = filled.Length == column.Count ? "" : Invariant($", {column.Count - filled.Length:N0} empty");
        return column is TextColumn
            ? Invariant($"{name}: {filled.Select(column.Number).Distinct().Count():N0} different texts{gaps}")
            : Scale(column, filled) is not { } scale ? $"{name}: all empty"
            : column is NumberColumn { Kind: NumberKind.Date } days
            ? $"{name}: dates from {CellText.Day(filled.Min(row => days.Values[row]))} to {
                CellText.Day(filled.Max(row => days.Values[row]))}{gaps}"
            : column is NumberColumn { Kind: NumberKind.YesNo }
            ? Invariant($"{name}: yes in {filled.Count(row => column.Number(row) == 1):N0} of {filled.Length:N0}{gaps}")
            : Invariant($"{name}: mean {scale.Mean:G6}, deviation {scale.Deviation:G6}{gaps}");
    }

    private static NumberScale? Scale(Column column, int[]? filled = null)
    {
        filled ??= [.. Enumerable.Range(0, column.Count).Where(row => !double.IsNaN(column.Number(row)))];
        if (column is not NumberColumn numbers || filled.Length == 0)
            return null;
        // Scaling divides numbers that are all the same by 1.
        var scale = NumberScale.Standard(numbers.Values, filled);
        return filled.All(row => numbers.Values[row] == numbers.Values[filled[0]])
            ? scale with { Deviation = 0 } : scale;
    }

    private static void Write(JsonReport report, string name, Rows rows, Targets targets)
    {
        var classes = targets as Classes;
        var scales = rows.Columns.Select(column => Scale(column)).ToArray();
        report.Write(
            "part", ("name", name), ("count", rows.Count), ("features", rows.Size),
            ("classes", classes?.Classification.Count),
            ("countsPerClass", classes is null ? null
                : JsonReport.List(classes.Counts().Select(count => (JsonNode)count))),
            ("classNames", classes is null ? null
                : JsonReport.List(classes.Classification.Names.Select(each => (JsonNode)each))),
            ("quantities", targets is not Quantities quantities ? null
                : JsonReport.List(quantities.Columns.Select(column => (JsonNode?)column.Name))),
            ("featureNames", JsonReport.List(scales.Select((_, i) => (JsonNode)rows.NameOf(i)))),
            ("means", JsonReport.List(scales.Select(scale => (JsonNode?)scale?.Mean))),
            ("deviations", JsonReport.List(scales.Select(scale => (JsonNode?)scale?.Deviation))));
    }

    private static string PerClass(Classes classes) =>
        string.Join(", ", classes.Classification.Names.Zip(
            classes.Counts(), (name, count) => Invariant($"{name}: {count}")));

    // Ten of each class, a class per row.
    private static ImageGrid Sheet(DataPart part) => new(
        "Samples of each class",
        [
            .. from label in Enumerable.Range(0, part.Classes.Classification.Count)
               from sample in part.All.Where(sample => part.Classes.Labels[sample] == label).Take(SheetColumns)
               select new Picture(part.Images.Width, part.Images.Height, part.Images.Gray(sample)),
        ])
    { Columns = SheetColumns };

    // A line when a file begins, and whenever something is decided about it.
    private sealed class FetchLines(TextWriter output) : IProgress<FetchProgress>
    {
        private string? downloading;

        public void Report(FetchProgress value)
        {
            if (value.Stage == FetchStage.Downloading && $"{value.Address}" == downloading)
                return;
            downloading = value.Stage == FetchStage.Downloading ? $"{value.Address}" : null;
            output.WriteLine(Say(value.Stage switch
            {
                FetchStage.Kept => $"{value.File}: there already, and right",
                FetchStage.Wrong => $"{value.File}: there, but wrong ({value.Fault})",
                FetchStage.Downloading => $"{value.File}: from {value.Address}",
                FetchStage.MirrorFailed => $"{value.File}: {value.Address} failed: {value.Fault}",
                _ => $"{value.File}: done, {value.Received.ToString("N0", CultureInfo.InvariantCulture)} bytes, "
                    + "verified",
            }));
        }
    }
}
