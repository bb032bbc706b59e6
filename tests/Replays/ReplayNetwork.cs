using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Replays;

/// <summary>A network as a case describes it.</summary>
/// <param name="Start">The network before the first step: the case's parameters, the book's loss.</param>
/// <param name="Parameters">What the case calls the network's leaves, in their order: <c>W1</c>, <c>b1</c>, ...</param>
/// <param name="Statistics">What it calls what batch norm remembers: <c>running_mean.1</c>, ...</param>
/// <param name="Masks">What it calls the masks of the dropout layers, and how many units each layer has.</param>
internal sealed record ReplayNetwork(
    Network<double> Start, IReadOnlyList<string> Parameters, IReadOnlyList<string> Statistics,
    IReadOnlyList<(string Name, int Units)> Masks)
{
    // -mean(log(y + 1e-7)). Source: Deep Learning from Scratch, 4.2.4.
    private const double LossEpsilon = 1e-7;
    private const string Last = "SoftmaxWithLoss";

    private static readonly Dictionary<string, Activation> Activations =
        new Activation[]
        {
            Activation.Relu, Activation.LeakyRelu(), Activation.Sigmoid, Activation.Tanh, Activation.Gelu,
            Activation.Silu, Activation.Elu(), Activation.Softplus,
        }.ToDictionary(activation => activation.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Builds it, with the case's <c>init.*</c>.</summary>
    /// <exception cref="DataException">A layer is unknown, a number can't be right, or a tensor is missing or of
    /// another shape.</exception>
    public static ReplayNetwork Of(ReplayCase replayed)
    {
        var net = replayed.Description["net"];
        var (parameters, statistics, masks) = (new List<string>(), new List<string>(), new List<(string, int)>());
        var image = net.Find("image") is { } shape
            ? ImageShape.Of(shape.Items[0].Count, shape.Items[1].Count, shape.Items[2].Count)
            : default;
        var convolutions = net.Find("convolutions")?.Items ?? [];
        try
        {
            ILayer<double>[] layers = [.. Layers()];
            var start = Network.Of(layers, Loss.SoftmaxCrossEntropy(epsilon: LossEpsilon))
                .WithPenalty(PenaltyOf(replayed));
            return new ReplayNetwork(start, parameters, statistics, masks);
        }
        catch (ArgumentException e)
        {
            throw net.Error("a network that works", e.Message);
        }

        IEnumerable<ILayer<double>> Layers()
        {
            int[] sizes = [.. net["sizes"].Items.Select(size => size.Count)];
            var place = 0;
            foreach (var layer in net["layers"].Items.TakeWhile(layer => layer.Text != Last))
            {
                var kind = layer.Text.TrimEnd([.. "0123456789"]);
                if (!int.TryParse(layer.Text[kind.Length..], out var number))
                    throw layer.Error("a layer with its number");
                if (kind == "Affine" && (++place >= sizes.Length || place != number))
                    throw layer.Error($"affine layers 1 to {sizes.Length - 1}, as net.sizes says");
                yield return kind switch
                {
                    "Affine" => Affine(convolutions.Count + number, sizes[place - 1], sizes[place]),
                    "Convolution" => Convolution(number),
                    "Pooling" => Pooling(),
                    "BatchNorm" => BatchNorm(number, sizes[place]),
                    "Dropout" => Dropout(number, sizes[place]),
                    _ => Layer.Of<double>(Activations.TryGetValue(kind, out var activation)
                        ? activation
                        : throw layer.Error(
                            $"Affine, BatchNorm, Dropout, {string.Join(", ", Activations.Keys)}, with a number, " +
                            $"or {Last}")),
                };
            }
            if (place != sizes.Length - 1)
                throw net["layers"].Error($"{sizes.Length - 1} affine layers, as net.sizes says", $"{place}");
        }

        // The book's W, in x out and row by row, is ours column by column.
        ILayer<double> Affine(int number, int inputs, int outputs) => Layer.Affine(
            Matrix<double>.Build.Dense(outputs, inputs, Initial($"W{number}", inputs, outputs)),
            Vector(Initial($"b{number}", outputs)));

        // Its W, elements of a window x filters and row by row, is ours column by column.
        ILayer<double> Convolution(int number)
        {
            var it = convolutions[number - 1];
            var shape = ConvolutionShape.Of(
                image, it["filters"].Count, it["kernel"].Count, padding: it["padding"].CountFrom(0));
            image = shape.Output;
            var weight = Initial($"W{number}", shape.FilterSize, shape.Filters);
            return new Convolution<double>(
                shape, Matrix<double>.Build.Dense(shape.Filters, shape.FilterSize, weight),
                Vector(Initial($"b{number}", shape.Filters)));
        }

        ILayer<double> Pooling()
        {
            var pooling = Functional.Pooling.Max(image, window: 2);
            image = pooling.Output;
            return Layer.Of<double>(pooling);
        }

        ILayer<double> BatchNorm(int number, int units)
        {
            var (bn, first) = (net["bn"], net["bn"].Find("running_init"));
            Vector<double> Running(string name, string initial)
            {
                statistics.Add($"{name}.{number}");
                return Vector<double>.Build.Dense(units, first?.Find(initial)?.Number ?? 0);
            }
            return new BatchNorm<double>(
                new BatchNormConfiguration(bn["momentum"].Number, bn["epsilon"].Number),
                new ScaleShift<double>(
                    Vector(Initial($"gamma{number}", units)), Vector(Initial($"beta{number}", units))),
                new BatchNormStatistics<double>(Running("running_mean", "mean"), Running("running_var", "var")));
        }

        ILayer<double> Dropout(int number, int units)
        {
            masks.Add(($"mask.{number}", units));
            return Layer.Dropout<double>(net["dropout_ratio"].Number, DropoutForm.Book);
        }

        double[] Initial(string name, params int[] shape)
        {
            parameters.Add(name);
            return replayed.Tensors.Values<double>($"init.{name}", shape);
        }
    }

    /// <summary>Leaves as the case has them, each under the name that it has in the case.</summary>
    public static IEnumerable<Tensor> Tensors(string prefix, IEnumerable<string> names, Parameters<double> leaves) =>
        leaves.Zip(names, (leaf, name) => Tensor.Of(
            $"{prefix}.{name}",
            leaf.Shape.IsVector ? [leaf.Shape.Rows] : [leaf.Shape.Columns, leaf.Shape.Rows],
            leaf.Values.ToArray()));

    private static Vector<double> Vector(double[] elements) => Vector<double>.Build.Dense(elements);

    private static Penalty PenaltyOf(ReplayCase replayed)
    {
        var rates = replayed.Description.Find("regularization");
        return Penalty.ElasticNet(rates?.Find("l1")?.Number ?? 0, rates?.Find("l2")?.Number ?? 0);
    }
}
