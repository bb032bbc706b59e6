using Functional.Host.Charts;

namespace Functional.Host.Pages;

/// <summary>What was seen inside a network during its training, as sections of a page.</summary>
internal static class WatchSections
{
    /// <summary>The sections; none if the network was not watched.</summary>
    public static IEnumerable<Markup> Of(Network<float> network, IReadOnlyList<Diagnosis> seen)
    {
        if (seen.Count == 0)
            yield break;
        int[] hidden =
            [.. Enumerable.Range(0, network.Layers.Count).Where(i => network.Layers[i] is ActivationLayer<float>)];
        var names = hidden.Select(i => network.Names[i]).ToArray();
        yield return Page.Section(
            "Activations and gradients",
            Page.Paragraph(
                "The standard deviation of each layer's outputs, and of the gradients of the loss with respect to " +
                "them. Where the lines stay together, a signal reaches every layer; where a line falls away, none " +
                "reaches that layer. A triangle on the lower edge stands for a deviation of 0."),
            Page.Titled(new LineChart("Deviation of activations", "step", Axis.Log("deviation"))
            {
                Series = ByLayer(layer => layer.Outputs.Deviation),
            }),
            Page.Titled(new LineChart("Deviation of gradients", "step", Axis.Log("deviation of dL/dy"))
            {
                Series = ByLayer(layer => layer.Gradients.Deviation),
            }));
        yield return Page.Section(
            "Update sizes",
            Page.Paragraph(
                "The size of each weight matrix's update, relative to the size of the matrix. About 1/1000 is usual: " +
                "much less means slow training, much more means unstable training. A triangle on the lower edge " +
                "stands for no change at all."),
            Page.Figure(new LineChart("Update over weight", "step", Axis.Log("update / weight"))
            {
                Series = Weights(),
                References = [new ReferenceLine(1e-3, "1/1000")],
            }));
        yield return Page.Section(
            "Hidden units",
            Page.Paragraph(
                "The share of units that are 0 for every sample examined (for sigmoid and tanh: of outputs where the " +
                "curve is flat), and the number of directions in which a layer's outputs vary."),
            Page.Titled(new LineChart("Dead units or saturated outputs", "step", Axis.Between("share, %", 0, 100))
            {
                Series = ByLayer(layer => 100 * Math.Max(layer.DeadUnits, layer.Saturated)),
            }),
            Page.Titled(new LineChart(
                "Effective rank of activations", "step", new Axis("directions") { Minimum = 0 })
            {
                Series = ByLayer(layer => layer.EffectiveRank),
            }),
            Page.Titled(new SmallMultiples(
                "Activations at the beginning and at the end",
                [.. Histograms(seen[0]), .. seen.Count > 1 ? Histograms(seen[^1]) : []])
            { ShareY = false, Columns = Math.Clamp(hidden.Length, 1, 5) }));

        Series[] ByLayer(Func<LayerDiagnosis, double> of) =>
        [
            .. hidden.Select((layer, i) =>
                new Series(names[i], Steps(), [.. seen.Select(at => of(at.Layers[layer]))])),
        ];

        Series[] Weights() =>
        [
            .. from leaf in seen[0].Parameters.Index()
               where leaf.Item.Role == Role.Weight
               select new Series(
                   leaf.Item.Parameter, Steps(), [.. seen.Select(at => at.Parameters[leaf.Index].UpdateRatio)]),
        ];

        double[] Steps() => [.. seen.Select(at => (double)at.Step)];

        Histogram[] Histograms(Diagnosis at) => [.. hidden.Select((layer, i) =>
            Histogram(Invariant($"{names[i]}, step {at.Step:N0}"), at.Layers[layer].Outputs))];
    }

    private static Histogram Histogram(string name, ValueDistribution outputs)
    {
        var width = (outputs.Most - outputs.Least) / outputs.Bins.Count;
        double[] edges = [.. Enumerable.Range(0, outputs.Bins.Count + 1).Select(i => outputs.Least + (i * width))];
        return new Histogram(name, "activation", "outputs")
        {
            Bins = new Bins(edges, [.. outputs.Bins.Select(count => (double)count)], outputs.NotFinite),
        };
    }
}
