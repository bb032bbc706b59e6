using System.Text.Json.Nodes;
using Functional.Host.Files;
using Functional.Host.Models.Onnx;

namespace Functional.Host.Models;

/// <summary>What layers of images have in common in files.</summary>
internal static class ImageText
{
    // Not a collection of numbers: that would need reflection, which the program and scripts don't have.
    public static JsonArray Of(ImageShape shape) => new(shape.Channels, shape.Height, shape.Width);

    /// <exception cref="DataException">It isn't a shape.</exception>
    public static ImageShape Read(DataValue text)
    {
        var sizes = Counts(text, 3, "channels, height and width");
        return ImageShape.Of(sizes[0], sizes[1], sizes[2]);
    }

    /// <summary>Rows and columns of a filter or a window.</summary>
    /// <exception cref="DataException">It isn't two numbers.</exception>
    public static (int Height, int Width) ReadWindow(DataValue text)
    {
        var sizes = Counts(text, 2, "rows and columns");
        return (sizes[0], sizes[1]);
    }

    /// <summary>A layer's numbers from a text.</summary>
    /// <exception cref="DataException">They don't go together.</exception>
    public static T Checked<T>(DataValue text, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException e)
        {
            throw text.Error($"numbers that go together: {e.Reason()}");
        }
    }

    /// <summary>Adds an operator on images to a graph whose values have a sample per row.</summary>
    public static void Add(
        OnnxGraph graph, string name, ImageShape input, ImageShape output, string kind, string[] constants,
        params (string Name, object Value)[] attributes)
    {
        graph.Add($"{name}.images", "Reshape",
            [graph.Current, graph.Constant($"{name}.input", [4], Sizes(input.Channels, input.Height, input.Width))]);
        graph.Add($"{name}.maps", kind, [graph.Current, .. constants], attributes);
        graph.Add(name, "Reshape", [graph.Current, graph.Constant($"{name}.output", [2], Sizes(output.Size))]);
    }

    // -1 stands for any number of samples.
    private static long[] Sizes(params ReadOnlySpan<long> sizes) => [-1, .. sizes];

    private static int[] Counts(DataValue text, int count, string expected) =>
        text.Items is { } items && items.Count == count
            ? [.. items.Select(item => item.Count)] : throw text.Error(expected);
}

internal sealed class ConvolutionFormat : LayerFormat
{
    public override string Kind => "convolution";

    public override bool Has<T>(ILayer<T> layer) => layer is Convolution<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        var shape = ((Convolution<T>)layer).Shape;
        (text["input"], text["filters"]) = (ImageText.Of(shape.Input), shape.Filters);
        text["kernel"] = new JsonArray(shape.KernelHeight, shape.KernelWidth);
        (text["stride"], text["padding"]) = (shape.Stride, shape.Padding);
        (text["dilation"], text["groups"]) = (shape.Dilation, shape.Groups);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var (kernelHeight, kernelWidth) = ImageText.ReadWindow(text["kernel"]);
        var padding = text["padding"].CountFrom(0);
        var shape = ImageText.Checked(text, () => new ConvolutionShape(
            ImageText.Read(text["input"]), text["filters"].Count, kernelHeight, kernelWidth,
            text["stride"].Count, padding, text["dilation"].Count, text["groups"].Count).Checked());
        var name = names.Next(Kind);
        return new LayerPlan<T>(
            [
                new LeafPlan($"{name}.weight", "weight", Role.Weight, WeightShape(shape)),
                new LeafPlan($"{name}.bias", "bias", Role.Bias, [shape.Filters]),
            ],
            leaves => new Convolution<T>(shape, leaves[0].Matrix, leaves[1].Values));
    }

    public override IEnumerable<(string Leaf, int[] Shape)> Shapes<T>(ILayer<T> layer) =>
        [("weight", WeightShape(((Convolution<T>)layer).Shape))];

    // The axes of the weight in files, as other tools have them: filters, channels of a group, rows, columns.
    private static int[] WeightShape(ConvolutionShape shape) =>
        [shape.Filters, shape.Input.Channels / shape.Groups, shape.KernelHeight, shape.KernelWidth];

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var convolution = (Convolution<float>)layer;
        var shape = convolution.Shape;
        ImageText.Add(
            graph, name, shape.Input, shape.Output, "Conv",
            [
                graph.Constant($"{name}.weight", WeightShape(shape), convolution.Weight.ToRowMajorArray()),
                Constant(graph, $"{name}.bias", convolution.Bias),
            ],
            ("kernel_shape", new[] { shape.KernelHeight, shape.KernelWidth }),
            ("strides", new[] { shape.Stride, shape.Stride }), ("group", shape.Groups),
            ("pads", new[] { shape.Padding, shape.Padding, shape.Padding, shape.Padding }),
            ("dilations", new[] { shape.Dilation, shape.Dilation }));
    }
}

internal sealed class PoolingFormat : LayerFormat
{
    public override string Kind => "pooling";

    public override bool Has<T>(ILayer<T> layer) => layer is PoolingLayer<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        var pooling = ((PoolingLayer<T>)layer).Pooling;
        (text["of"], text["input"]) = (pooling.Kind.IsMax ? "max" : "average", ImageText.Of(pooling.Input));
        text["window"] = new JsonArray(pooling.WindowHeight, pooling.WindowWidth);
        text["stride"] = pooling.Stride;
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var (windowHeight, windowWidth) = ImageText.ReadWindow(text["window"]);
        var kind = text["of"].Text switch
        {
            "max" => PoolingKind.Max,
            "average" => PoolingKind.Average,
            _ => throw text["of"].Error("max or average"),
        };
        var pooling = ImageText.Checked(text, () => new Pooling(
            kind, ImageText.Read(text["input"]), windowHeight, windowWidth, text["stride"].Count).Checked());
        var layer = Layer.Of<T>(pooling);
        names.Next(layer.Name);
        return new LayerPlan<T>([], _ => layer);
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var pooling = ((PoolingLayer<float>)layer).Pooling;
        ImageText.Add(
            graph, name, pooling.Input, pooling.Output, pooling.Kind.IsMax ? "MaxPool" : "AveragePool", [],
            ("kernel_shape", new[] { pooling.WindowHeight, pooling.WindowWidth }),
            ("strides", new[] { pooling.Stride, pooling.Stride }));
    }
}

internal sealed class ChannelBatchNormFormat : LayerFormat
{
    public override string Kind => "channelbatchnorm";

    public override bool Has<T>(ILayer<T> layer) => layer is ChannelBatchNorm<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        var own = (ChannelBatchNorm<T>)layer;
        var configuration = own.Norm.Configuration;
        (text["image"], text["momentum"], text["epsilon"]) =
            (ImageText.Of(own.Image), configuration.Momentum, configuration.Epsilon);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        var (image, name) = (ImageText.Checked(text, () => ImageText.Read(text["image"])), names.Next(Kind));
        var plan = LayerPlans.BatchNorm<T>(
            image.Channels, new BatchNormConfiguration(text["momentum"].Number, text["epsilon"].Number),
            $"{name}.gamma", $"{name}.beta", $"{name}.mean", $"{name}.variance");
        return new LayerPlan<T>(
            plan.Leaves, leaves => new ChannelBatchNorm<T>(image, (BatchNorm<T>)plan.Build(leaves)));
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer)
    {
        var own = (ChannelBatchNorm<float>)layer;
        ImageText.Add(
            graph, name, own.Image, own.Image, "BatchNormalization",
            BatchNormFormat.Constants(graph, name, own.Norm), BatchNormFormat.Attributes(own.Norm));
    }
}

internal sealed class ChannelDropoutFormat : LayerFormat
{
    public override string Kind => "channeldropout";

    public override bool Has<T>(ILayer<T> layer) => layer is ChannelDropout<T>;

    public override void Write<T>(ILayer<T> layer, JsonObject text)
    {
        var own = (ChannelDropout<T>)layer;
        text["image"] = ImageText.Of(own.Image);
        DropoutFormat.Write(own.Dropout, text);
    }

    public override LayerPlan<T> Plan<T>(DataValue text, LayerNames names, LayerTable<T> table)
    {
        names.Next(Kind);
        var layer = new ChannelDropout<T>(
            ImageText.Checked(text, () => ImageText.Read(text["image"])), DropoutFormat.Read(text));
        return new LayerPlan<T>([], _ => layer);
    }

    public override void Add(OnnxGraph graph, string name, ILayer<float> layer) =>
        DropoutFormat.Add(graph, name, ((ChannelDropout<float>)layer).Dropout);
}
