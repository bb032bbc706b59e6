using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>All of a model but its tensors, as JSON: layers, loss, penalty, and what is known of its data.</summary>
internal static class ModelText
{
    private const int Version = 1;
    private static readonly JsonSerializerOptions Compact =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = DataValue.MostDepth };

    /// <summary>What a model says of itself that its network can't be; null if nothing is.</summary>
    public static string? Fault<T>(Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var network = model.Network;
        return model.Encoder.Fault(network.Inputs) ?? model.Task.Fault(network.Outputs, network.Loss);
    }

    /// <summary>Writes it.</summary>
    public static string Of<T>(Model<T> model) where T : unmanaged, IFloatingPointIeee754<T>
    {
        var network = model.Network;
        var text = new JsonObject
        {
            ["version"] = Version,
            ["layers"] = DataText.Array(network.Layers.Select(LayerFormat.TextOf)),
            ["loss"] = LossOf(network.Loss.Function),
        };
        if (network.Penalty is { } penalty && !penalty.Equals(Penalty.None))
            text["penalty"] = new JsonObject
            {
                ["l1"] = penalty.L1Rate, ["l2"] = penalty.L2Rate, ["norm"] = penalty.PowerRate,
                ["power"] = penalty.Power,
            };
        if (DataText.Of(model.Encoder) is { } encoder)
            text["encoder"] = encoder;
        if (DataText.Of(model.Task) is { } task)
            text["task"] = task;
        return text.ToJsonString(Compact);
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="DataException">It is no such text, or has a layer that the table doesn't have.</exception>
    public static ModelPlan<T> Parse<T>(DataValue text, LayerTable<T> table)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (text["version"].Number != Version)
            throw text["version"].Error($"{Version}, the version that this program reads");
        var (penalty, encoder, task) = (text.Find("penalty"), text.Find("encoder"), text.Find("task"));
        return new ModelPlan<T>(LayerFormat.PlansOf(text["layers"], new LayerNames(), table))
        {
            Loss = LossOf(text["loss"], table.Losses),
            Penalty = penalty is null
                ? Penalty.None
                : new Penalty(
                    penalty["l1"].Number, penalty["l2"].Number, penalty["norm"].Number, penalty["power"].Number),
            Describe = network =>
            {
                var model = new Model<T>(network);
                return model with
                {
                    Encoder = encoder is null ? model.Encoder : DataText.Encoder(encoder),
                    Task = task is null ? model.Task : DataText.Task(task),
                };
            },
        };
    }

    private static JsonObject LossOf(LossFunction loss) => loss switch
    {
        LossFunction.SoftmaxCrossEntropy softmax => new JsonObject
        {
            ["kind"] = "softmax-cross-entropy",
            ["labelSmoothing"] = softmax.labelSmoothing, ["epsilon"] = softmax.epsilon,
        },
        LossFunction.Huber huber => new JsonObject { ["kind"] = "huber", ["delta"] = huber.delta },
        LossFunction.Custom custom => new JsonObject { ["kind"] = "custom", ["name"] = custom.Item.Name },
        _ => new JsonObject
        {
            ["kind"] = loss.IsMeanSquaredError ? "mean-squared-error" : "binary-cross-entropy",
        },
    };

    private static Loss LossOf(DataValue loss, IReadOnlyList<CustomLoss> custom) => loss["kind"].Text switch
    {
        "softmax-cross-entropy" => Loss.SoftmaxCrossEntropy(loss["labelSmoothing"].Number, loss["epsilon"].Number),
        "huber" => Loss.Huber(loss["delta"].Number),
        "mean-squared-error" => Loss.MeanSquaredError,
        "binary-cross-entropy" => Loss.BinaryCrossEntropy,
        "custom" when loss["name"] is var name => custom.FirstOrDefault(one => one.Name == name.Text) is { } found
            ? Loss.Custom(found)
            : throw name.Error("one of the custom losses given to Model.Load, in LayerTable.Losses"),
        _ => throw loss["kind"].Error(
            "softmax-cross-entropy, mean-squared-error, binary-cross-entropy, huber or custom"),
    };
}
