using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;
using static Functional.Host.Files.DataException;

namespace Functional.Host.Models;

/// <summary>
/// Questions to a model and its answers as bytes, for servers: what <c>functional serve</c> takes and gives. A question
/// is JSON, or a picture, an array or a table in text as <c>predict</c> takes them from files. Any number of threads
/// may ask one model.
/// </summary>
public static class PredictionRequest
{
    private const string Name = "request";
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The samples that are asked about.</summary>
    /// <param name="model">The model.</param>
    /// <param name="request">In JSON a list of samples, or a single one: an object with a value for each column, or a
    /// list with a value for each column or pixel, in order. A number may be a number, true, false, or a text as tables
    /// have it (<c>"2026-11-27"</c>, <c>"yes"</c>); <c>null</c> and <c>""</c> are empty cells. Otherwise the bytes of a
    /// PNG, JPEG, BMP, GIF, PGM, IDX or NumPy file or, where the model knows its columns' names, of a table in text.
    /// </param>
    /// <exception cref="DataException">It is nothing of that kind, or doesn't fit the model.</exception>
    public static Samples Samples(Model<float> model, byte[] request)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(request);
        var samples = IsJson(request)
            ? OfJson(model, request) : SampleFile.Read(new MemoryStream(request), NameOf(model, request), model);
        return model.Encoder.Expected(samples) is { } expected
            ? throw new DataException(Name, null, expected, samples.Shape) : samples;
    }

    /// <summary>What the model says of samples, as a JSON object: <c>predictions</c>, a list of an object for each,
    /// with the same properties as <c>predict --json</c> gives, and the names of the <c>classes</c>, if they have some.
    /// </summary>
    /// <exception cref="DataException">The samples don't fit the model.</exception>
    public static string Answer(Model<float> model, Samples samples) => Text(Answered(model, samples));

    /// <summary>An answer as text. Names of classes and faults are for people, too: no letter is escaped that needn't
    /// be.</summary>
    internal static string Text(JsonObject answer) => answer.ToJsonString(Readable);

    internal static JsonObject Answered(Model<float> model, Samples samples)
    {
        var answer = new JsonObject
        {
            ["predictions"] = DataText.Array(
                model.Predict(samples).Select(prediction => Answered(model.Task, prediction, []))),
        };
        if (model.Task is Classification { AreNamed: true } classes)
            answer["classes"] = DataText.Array(classes.Names);
        return answer;
    }

    /// <summary>A prediction as properties, behind those of an object.</summary>
    internal static JsonObject Answered(LearningTask task, Prediction<float> prediction, JsonObject answer)
    {
        if (task is Regression quantities)
        {
            answer["quantities"] = new JsonObject(quantities.Names.Zip(prediction.Quantities).Select((each, i) =>
                KeyValuePair.Create(each.First, !double.IsFinite(each.Second) ? null
                    : !quantities.IsDate(i) ? (JsonNode?)each.Second
                    : quantities.Text(i, each.Second, days => Quantity(days)))));
            return answer;
        }
        answer["class"] = prediction.Class;
        if (prediction.ClassName is { } className)
            answer["name"] = className;
        if (prediction.Probabilities.Count > 0)
            answer["probabilities"] = Numbers(prediction.Probabilities);
        if (prediction.Scores.Count > 0)
            answer["scores"] = Numbers(prediction.Scores);
        return answer;
    }

    // JSON has no number that is none.
    private static JsonArray Numbers(IReadOnlyList<float> numbers) =>
        [.. numbers.Select(number => float.IsFinite(number) ? (JsonNode?)number : null)];

    // Bytes have no ending that says that they are a table.
    private static string NameOf(Model<float> model, byte[] request) =>
        model.Encoder is TableEncoder { HasNames: true } && request is [(> 0x20 and < 0x7F) or 0xEF, ..]
            ? $"{Name}.csv" : Name;

    private static bool IsJson(byte[] request) =>
        request.AsSpan().TrimStart([(byte)' ', (byte)'\t', (byte)'\r', (byte)'\n']) is [(byte)'[' or (byte)'{', ..];

    private static Samples OfJson(Model<float> model, byte[] request)
    {
        JsonDocument document;
        try
        {
            // Also checks that all of it is UTF-8.
            document = JsonDocument.Parse(new UTF8Encoding(false, true).GetString(request), Strict);
        }
        catch (ArgumentException)
        {
            throw new DataException(Name, null, "text in UTF-8", "other bytes");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new DataException(Name, null, "JSON", $"\"{e.Message.Split(" LineNumber:")[0]}\"");
        }
        using (document)
        {
            JsonElement[] samples = document.RootElement switch
            {
                { ValueKind: JsonValueKind.Object } one => [one],
                var list when list.EnumerateArray().FirstOrDefault().ValueKind
                    is JsonValueKind.Object or JsonValueKind.Array => [.. list.EnumerateArray()],
                var one => [one],
            };
            if (document.RootElement is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() == 0)
                throw new DataException(Name, null, "a sample at least", "an empty list");
            return model.Encoder is TableEncoder table ? new Rows(Columns(table, samples)) : Numbers(model, samples);
        }
    }

    private static Column[] Columns(TableEncoder table, JsonElement[] samples)
    {
        var cells = new JsonElement[table.Columns.Count][];
        for (var i = 0; i < cells.Length; i++)
            cells[i] = new JsonElement[samples.Length];
        foreach (var (row, sample) in samples.Index())
            if (sample.ValueKind == JsonValueKind.Object && table.HasNames)
                foreach (var (i, column) in table.Columns.Index())
                    cells[i][row] = sample.TryGetProperty(column.Name!, out var cell) ? cell
                        : throw Fault(row, $"'{Short(column.Name!)}' (null where it isn't known)", "none");
            else
                foreach (var (i, cell) in Listed(row, sample, cells.Length, table.HasNames).Index())
                    cells[i][row] = cell;
        return
        [
            .. table.Columns.Select((column, i) => column is CategoryEncoding
                ? Texts(column.Name, cells[i])
                : new NumberColumn(column.Name,
                [
                    .. cells[i].Select((cell, row) => Number(
                        cell, row, column.Name ?? Invariant($"{i + 1}"), ((NumberEncoding)column).Kind)),
                ])),
        ];
    }

    // Numbers of pixels that are bytes take the way of bytes, to the same bits.
    private static Samples Numbers(Model<float> model, JsonElement[] samples)
    {
        var size = model.Encoder.Size;
        double[] numbers =
        [
            .. samples.SelectMany((sample, row) => Listed(row, sample, size, hasNames: false)
                .Select((cell, i) => Number(cell, row, Invariant($"{i + 1}")))),
        ];
        return model.Encoder is ImageEncoder image
            && Array.TrueForAll(numbers, number => number is >= 0 and <= 255 && double.IsInteger(number))
            ? new Images(image.Height, image.Width, Array.ConvertAll(numbers, number => (byte)number), image.Channels)
            : Rows.Of(numbers, size);
    }

    private static JsonElement.ArrayEnumerator Listed(int row, JsonElement sample, int count, bool hasNames) =>
        sample.ValueKind == JsonValueKind.Array && sample.GetArrayLength() == count ? sample.EnumerateArray()
        : throw Fault(
            row, $"{(hasNames ? "an object, or " : "")}a list of {Plural.Of(count, "value")}",
            sample.ValueKind == JsonValueKind.Array
                ? $"a list of {Invariant($"{sample.GetArrayLength()}")}" : sample.GetRawText());

    private static double Number(
        JsonElement cell, int row, string column, NumberKind kind = NumberKind.Number)
    {
        var number = cell.ValueKind switch
        {
            JsonValueKind.Number => CellText.Plain(cell.GetRawText()),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            JsonValueKind.Null => double.NaN,
            JsonValueKind.String => Text(cell, row, column) is var text && CellText.IsGap(text)
                ? double.NaN : CellText.Number(text, commas: false),
            _ => null,
        };
        return number ?? throw Fault(row, CellText.Expected(kind), cell.GetRawText(), column);
    }

    private static Column Texts(string? name, JsonElement[] cells)
    {
        var reader = new ColumnReader(new(name!, IsText: true), new DataOptions(), commas: false);
        foreach (var (row, cell) in cells.Index())
            reader.Add(
                cell.ValueKind switch
                {
                    JsonValueKind.String => Text(cell, row, name!),
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => cell.GetRawText(),
                    JsonValueKind.Null => "",
                    _ => throw Fault(row, "a text", cell.GetRawText(), name),
                },
                row);
        return reader.Columns(null)[0];
    }

    private static string Text(JsonElement cell, int row, string column)
    {
        try
        {
            return cell.GetString()!.Trim();
        }
        catch (InvalidOperationException)
        {
            throw Fault(row, "text in Unicode", "half a surrogate pair", column);
        }
    }

    private static DataException Fault(int row, string expected, string found, string? column = null) => new(
        Name, $"sample {Invariant($"{row + 1}")}{(column is null ? "" : $", column '{Short(column)}'")}", expected,
        Short(found, 60));
}
