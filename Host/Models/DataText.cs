using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>How a model's samples become features, and what it has learned of them, as JSON.</summary>
internal static class DataText
{
    /// <summary>Writes an encoder; null if numbers are features, and have no names.</summary>
    public static JsonObject? Of(FeatureEncoder encoder) => encoder switch
    {
        ImageEncoder image => new JsonObject
        {
            ["kind"] = "image", ["height"] = image.Height, ["width"] = image.Width, ["channels"] = image.Channels,
            ["mean"] = image.Scale.Shift, ["deviation"] = image.Scale.Divisor,
        },
        TableEncoder table when table.Columns.Any(column => column != new NumberEncoding(null, NumberScale.None)) =>
            new JsonObject
            {
                ["kind"] = "table", ["columns"] = Array(table.Columns.Select(Column)),
            },
        _ => null,
    };

    /// <summary>Reads an encoder.</summary>
    /// <exception cref="DataException">It is none.</exception>
    public static FeatureEncoder Encoder(DataValue text) => text["kind"].Text switch
    {
        "image" => new ImageEncoder(
            text["height"].Count, text["width"].Count, new ByteScale(text["mean"].Number, text["deviation"].Number),
            text["channels"].Count),
        "table" => new TableEncoder([.. text["columns"].Items.Select(Column)]),
        _ => throw text["kind"].Error("image or table"),
    };

    /// <summary>Writes a task; null of classes without names.</summary>
    public static JsonObject? Of(LearningTask task) => task switch
    {
        Classification { AreNamed: false } => null,
        Regression { Scales: var scales, Names: var names } regression
            when scales.All(scale => scale == NumberScale.None) && names.Index().All(each =>
                each.Item == Regression.NameOf(each.Index) && !regression.IsDate(each.Index)) => null,
        Classification classes => new JsonObject
        {
            ["kind"] = "classes", ["target"] = classes.Target,
            ["names"] = Array(classes.Names),
        },
        Regression quantities => new JsonObject
        {
            ["kind"] = "quantities",
            ["quantities"] = Array(quantities.Names.Select((_, i) => Quantity(quantities, i))),
        },
        _ => throw new InvalidOperationException($"a task that can't be saved: {task}"),
    };

    /// <summary>Reads a task.</summary>
    /// <exception cref="DataException">It is none.</exception>
    public static LearningTask Task(DataValue text)
    {
        try
        {
            return text["kind"].Text switch
            {
                "classes" => new Classification(
                    [.. text["names"].Items.Select(name => name.Text)], text.Find("target")?.Text),
                "quantities" => new Regression(
                    [.. text["quantities"].Items.Select(ScaleOf)],
                    [.. text["quantities"].Items.Select(quantity => quantity["name"].Text)])
                {
                    Kinds =
                    [
                        .. text["quantities"].Items.Select(quantity => quantity.Find("kind") is not { } kind
                            ? NumberKind.Number : kind.Text == "date" ? NumberKind.Date : throw kind.Error("date")),
                    ],
                },
                _ => throw text["kind"].Error("classes or quantities"),
            };
        }
        catch (ArgumentException e)
        {
            throw text.Error("a task", e.Reason());
        }
    }

    private static JsonObject Quantity(Regression task, int place)
    {
        var (name, scale) = (task.Names[place], task.Scales[place]);
        var text = new JsonObject { ["name"] = name, ["mean"] = scale.Mean, ["deviation"] = scale.Deviation };
        if (task.IsDate(place))
            text["kind"] = "date";
        return text;
    }

    private static JsonNode Column(ColumnEncoding column) => column switch
    {
        NumberEncoding number => new JsonObject
        {
            ["name"] = number.Name, ["kind"] = number.Kind switch
            {
                NumberKind.YesNo => "yes-no", NumberKind.Date => "date", _ => "number",
            },
            ["mean"] = number.Scale.Mean, ["deviation"] = number.Scale.Deviation,
            ["fill"] = number.Fill, ["gaps"] = number.HasGaps,
        },
        CategoryEncoding category => new JsonObject
        {
            ["name"] = category.Name, ["kind"] = "category",
            ["categories"] = Array(category.Categories), ["gaps"] = category.HasGaps,
        },
        _ => throw new InvalidOperationException($"a column that can't be saved: {column}"),
    };

    private static ColumnEncoding Column(DataValue text) => text["kind"].Text switch
    {
        "number" or "yes-no" or "date" => new NumberEncoding(
            text.Find("name")?.Text, ScaleOf(text), text["fill"].Number, text["gaps"].Flag)
        {
            Kind = text["kind"].Text switch
            {
                "yes-no" => NumberKind.YesNo, "date" => NumberKind.Date, _ => NumberKind.Number,
            },
        },
        "category" => new CategoryEncoding(
            text.Find("name")?.Text, [.. text["categories"].Items.Select(category => category.Text)],
            text["gaps"].Flag),
        _ => throw text["kind"].Error("number, yes-no, date or category"),
    };

    private static NumberScale ScaleOf(DataValue text) => new(text["mean"].Number, text["deviation"].Number);

    internal static JsonArray Array(IEnumerable<JsonNode> items) => [.. items];

    internal static JsonArray Array(IEnumerable<string> texts) => Array(texts.Select(text => (JsonNode)text));
}
