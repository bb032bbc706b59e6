using System.Globalization;
using Functional.Host.Charts;

namespace Functional.Host.Pages;

/// <summary>What was seen inside a network during its training, as sections of a page.</summary>
internal static class WatchSections
{
    /// <summary>The sections; none if nobody looked.</summary>
    public static IEnumerable<string> Of(Network<float> network, IReadOnlyList<Diagnosis> seen)
    {
        if (seen.Count == 0)
            yield break;
        int[] hidden = [.. Enumerable.Range(0, network.Layers.Count).Where(i => network.Layers[i].IsActivation)];
        var names = hidden.Select(i => network.Names[i]).ToArray();
        yield return Page.Section(
            "Activations and gradients",
            Page.Paragraph("How much the outputs of each layer differ from each other (their standard deviation), and how much the loss changes with them. Where the lines of the layers keep together, every layer has something to work with; where a line falls away, the layer is starved. A triangle on the lower edge stands for a deviation of 0."),
            Page.Titled(new LineChart("Deviation of activations", "step", Axis.Log("deviation")) { Series = [.. ByLayer(layer => layer.Outputs.Deviation)] }),
            Page.Titled(new LineChart("Deviation of gradients", "step", Axis.Log("deviation of dL/dy")) { Series = [.. ByLayer(layer => layer.Gradients.Deviation)] }));
        yield return Page.Section(
            "Update sizes",
            Page.Paragraph("The size of a step's change of each weight matrix beside the size of the matrix. About a thousandth is usual: much less is slow, much more is rough. A triangle on the lower edge stands for no change at all."),
            Page.Figure(new LineChart("Update over weight", "step", Axis.Log("update / weight"))
            {
                Series = [.. Weights()],
                References = [new ReferenceLine(1e-3, "1/1000")],
            }));
        yield return Page.Section(
            "Hidden units",
            Page.Paragraph("Units that are off for every sample looked at (for sigmoid and tanh: outputs at the flat ends), and in how many directions a layer's outputs vary, of those that there could be."),
            Page.Titled(new LineChart("Dead units or saturated outputs", "step", Axis.Between("share, %", 0, 100)) { Series = [.. ByLayer(layer => 100 * Math.Max(layer.DeadUnits, layer.Saturated))] }),
            Page.Titled(new LineChart("Effective rank of activations", "step", new Axis("directions") { Minimum = 0 }) { Series = [.. ByLayer(layer => layer.EffectiveRank)] }),
            Page.Titled(new SmallMultiples(
                "Activations at the beginning and at the end", [.. Histograms(seen[0]), .. seen.Count > 1 ? Histograms(seen[^1]) : []])
            { ShareY = false, Columns = Math.Clamp(hidden.Length, 1, 5) }));

        Series[] ByLayer(Func<LayerDiagnosis, double> of) =>
            [.. hidden.Select((layer, i) => new Series(names[i], Steps(), [.. seen.Select(at => of(at.Layers[layer]))]))];

        Series[] Weights() =>
        [
            .. seen[0].Parameters.Index().Where(leaf => leaf.Item.Role == Role.Weight)
                .Select(leaf => new Series(leaf.Item.Parameter, Steps(), [.. seen.Select(at => at.Parameters[leaf.Index].UpdateRatio)])),
        ];

        double[] Steps() => [.. seen.Select(at => (double)at.Step)];

        Histogram[] Histograms(Diagnosis at) =>
            [.. hidden.Select((layer, i) => Histogram(string.Create(CultureInfo.InvariantCulture, $"{names[i]}, step {at.Step:N0}"), at.Layers[layer].Outputs))];
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
