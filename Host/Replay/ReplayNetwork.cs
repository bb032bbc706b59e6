using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Replay;

/// <summary>A network as a case describes it, before the first step.</summary>
/// <param name="Start">The network, with the case's parameters and the book's loss.</param>
/// <param name="Names">What the case calls the network's leaves, in their order: <c>W1</c>, <c>b1</c>, ...</param>
internal sealed record ReplayNetwork(Network<double> Start, IReadOnlyList<string> Names)
{
    // -mean(log(y + 1e-7)). Source: Deep Learning from Scratch, 4.2.4.
    private const double LossEpsilon = 1e-7;
    private const string Last = "SoftmaxWithLoss";

    private static readonly Dictionary<string, Activation> Activations =
        new Activation[] { Activation.Relu, Activation.Sigmoid }
            .ToDictionary(activation => activation.ToString(), StringComparer.OrdinalIgnoreCase);

    /// <summary>Builds it, with the case's <c>init.*</c>.</summary>
    /// <exception cref="DataException">A layer is unknown, or a tensor is missing or of another shape.</exception>
    public static ReplayNetwork Of(ReplayCase replayed)
    {
        var net = replayed.Description["net"];
        var names = new List<string>();
        return new ReplayNetwork(Network.Of([.. Layers()], Loss.SoftmaxCrossEntropy(epsilon: LossEpsilon)), names);

        IEnumerable<Layer<double>> Layers()
        {
            int[] sizes = [.. net["sizes"].Items.Select(size => size.Count)];
            var place = 0;
            foreach (var layer in net["layers"].Items.TakeWhile(layer => layer.Text != Last))
            {
                var kind = layer.Text.TrimEnd("0123456789".ToCharArray());
                if (!int.TryParse(layer.Text[kind.Length..], out var number))
                    throw layer.Error("a layer with its number");
                if (kind == "Affine")
                {
                    if (++place >= sizes.Length || place != number)
                        throw layer.Error($"affine layers 1 to {sizes.Length - 1}, as net.sizes says");
                    var (inputs, outputs) = (sizes[place - 1], sizes[place]);
                    // The book's W, in x out and row by row, is ours column by column.
                    yield return Layer.Affine(
                        Matrix<double>.Build.Dense(outputs, inputs, Initial($"W{number}", inputs, outputs)),
                        Vector<double>.Build.Dense(Initial($"b{number}", outputs)));
                }
                else
                    yield return Layer.Of<double>(Activations.TryGetValue(kind, out var activation)
                        ? activation
                        : throw layer.Error($"Affine, {string.Join(", ", Activations.Keys)}, with a number, or {Last}"));
            }
            if (place != sizes.Length - 1)
                throw net["layers"].Error($"{sizes.Length - 1} affine layers, as net.sizes says", $"{place}");
        }

        double[] Initial(string name, params int[] shape)
        {
            names.Add(name);
            return replayed.Tensors.Values<double>($"init.{name}", shape);
        }
    }

    /// <summary>Parameters or gradients as the case has them.</summary>
    public IEnumerable<Tensor> Tensors(string prefix, Parameters<double> leaves) =>
        leaves.Zip(Names, (leaf, name) => Tensor.Of(
            $"{prefix}.{name}",
            leaf.Shape.IsVector ? [leaf.Shape.Rows] : [leaf.Shape.Columns, leaf.Shape.Rows],
            leaf.Values.ToArray()));
}
