using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What was seen inside a network during its training, as sections of a page.</summary>
internal static class WatchSections
{
    /// <summary>The sections; none if the network was not watched.</summary>
    public static IEnumerable<Markup> Of(
        Network<float> network, IReadOnlyList<Diagnosis> seen, Func<LocalizedText, string> say)
    {
        string Say(string english, string japanese) => say((english, japanese));
        var step = Say("step", "ステップ");
        if (seen.Count == 0)
            yield break;
        var hidden = Hidden(network);
        var names = hidden.Select(i => network.Names[i]).ToArray();
        yield return Page.Section(
            Say("Activations and gradients", "アクティベーションと勾配"),
            Page.Paragraph(Say(
                "The standard deviation of each layer's outputs, and of the gradients of the loss with respect to " +
                    "them. Where the lines stay together, a signal reaches every layer; where a line falls away, " +
                    "none reaches that layer. A triangle on the lower edge stands for a deviation of 0.",
                "各層の出力と、それに関する損失の勾配の標準偏差です。線がそろっていれば信号はすべての層に届き、" +
                    "落ちていく線の層には届いていません。下端の三角は標準偏差0を表します。")),
            ByLayer(
                Say("Deviation of activations", "アクティベーションの標準偏差"),
                Axis.Log(Say("deviation", "標準偏差")), layer => layer.Outputs.Deviation),
            ByLayer(
                Say("Deviation of gradients", "勾配の標準偏差"),
                Axis.Log(Say("deviation of dL/dy", "dL/dyの標準偏差")), layer => layer.Gradients.Deviation));
        yield return Page.Section(
            Say("Update sizes", "更新の大きさ"),
            Page.Paragraph(Say(
                "The size of each weight matrix's update, relative to the size of the matrix. About 1/1000 is " +
                    "usual: much less means slow training, much more means unstable training. A triangle on the " +
                    "lower edge stands for no change at all.",
                "各重み行列の更新の大きさの、行列の大きさに対する比です。ふつうは1/1000程度で、" +
                    "ずっと小さければ学習が遅く、ずっと大きければ不安定です。下端の三角は変化なしを表します。")),
            Page.Figure(say, new LineChart(
                Say("Update over weight", "更新と重みの比"), step, Axis.Log(Say("update / weight", "更新 / 重み")))
            {
                Series = Weights(),
                References = [new ReferenceLine(1e-3, "1/1000")],
            }));
        yield return Page.Section(
            Say("Hidden units", "隠れ層のユニット"),
            Page.Paragraph(Say(
                "The share of units that are 0 for every sample examined (for sigmoid and tanh: of outputs where the " +
                    "curve is flat), and the number of directions in which a layer's outputs vary.",
                "調べたすべてのサンプルで0になるユニットの割合（シグモイドとtanhでは曲線が平らな出力の割合）と、" +
                    "層の出力が変化する方向の数です。")),
            ByLayer(
                Say("Dead units or saturated outputs", "死んだユニット、飽和した出力"),
                Axis.Between(Say("share, %", "割合（%）"), 0, 100),
                layer => 100 * Math.Max(layer.DeadUnits, layer.Saturated)),
            ByLayer(
                Say("Effective rank of activations", "アクティベーションの実効ランク"),
                new Axis(Say("directions", "方向の数")) { Minimum = 0 }, layer => layer.EffectiveRank),
            Page.Titled(say, new SmallMultiples(
                Say("Activations at the beginning and at the end", "最初と最後のアクティベーション"),
                [.. Histograms(seen[0]), .. seen.Count > 1 ? Histograms(seen[^1]) : []])
            { ShareY = false, Columns = Math.Clamp(hidden.Length, 1, 5) }));

        // A line for each hidden layer.
        Markup ByLayer(string title, Axis axis, Func<LayerDiagnosis, double> of) =>
            Page.Titled(say, new LineChart(title, step, axis)
            {
                Series = [.. hidden.Select((layer, i) =>
                    new Series(names[i], Steps(), [.. seen.Select(at => of(at.Layers[layer]))]))],
            });

        Series[] Weights() =>
        [
            .. from leaf in seen[0].Parameters.Index()
               where leaf.Item.Role == Role.Weight
               select new Series(
                   leaf.Item.Parameter, Steps(), [.. seen.Select(at => at.Parameters[leaf.Index].UpdateRatio)]),
        ];

        double[] Steps() => [.. seen.Select(at => (double)at.Step)];

        Histogram[] Histograms(Diagnosis at) => [.. hidden.Select((layer, i) =>
            Histogram(
                Say(Invariant($"{names[i]}, step {at.Step:N0}"), Invariant($"{names[i]}、ステップ{at.Step:N0}")),
                at.Layers[layer].Outputs, say))];
    }

    /// <summary>What one look saw, as a section.</summary>
    public static Markup At(Network<float> network, Diagnosis seen, Func<LocalizedText, string> say)
    {
        string Say(string english, string japanese) => say((english, japanese));
        static Markup Cell(string text) => Markup.Of($"<span class=\"number\">{text}</span>");
        var hidden = Hidden(network);
        return Page.Section(
            Say("Inside the network", "ネットワークの中"),
            Page.Paragraph(Say(
                Invariant($"What step {seen.Step + 1:N0} did, on up to {Watcher.MostSamples} training samples: ") +
                    "how far each hidden layer's outputs and their gradients spread, how many of its units are 0 for " +
                    "every sample (for sigmoid and tanh: of outputs where the curve is flat), and the size of each " +
                    "weight matrix's update relative to the matrix. About 1/1000 is usual.",
                Invariant($"ステップ{seen.Step + 1:N0}の様子です（訓練データ{Watcher.MostSamples}個まで）。") +
                    "隠れ層の出力とその勾配の標準偏差、" +
                    "すべてのサンプルで0になるユニットの割合（シグモイドとtanhでは曲線が平らな出力の割合）、" +
                    "重み行列に対する更新の大きさ（ふつうは1/1000程度）を示します。")),
            hidden.Length == 0 ? Markup.Empty : Page.Grid(
                Say("Hidden layers", "隠れ層"),
                [
                    Say("layer", "層"), Say("outputs", "出力"), Say("gradients", "勾配"),
                    Say("dead or saturated", "死、飽和"), Say("directions", "方向の数"),
                ],
                hidden.Select(i => (IReadOnlyList<Markup>)
                [
                    Markup.Of($"{network.Names[i]}"), Cell(Typography.Value(seen.Layers[i].Outputs.Deviation)),
                    Cell(Typography.Value(seen.Layers[i].Gradients.Deviation)),
                    Cell(Percentage.Of(Math.Max(seen.Layers[i].DeadUnits, seen.Layers[i].Saturated))),
                    Cell(Typography.Value(seen.Layers[i].EffectiveRank)),
                ])),
            Page.Grid(
                Say("Updates", "更新"), [Say("weights", "重み"), Say("update / weight", "更新 / 重み")],
                from leaf in seen.Parameters
                where leaf.Role == Role.Weight
                select (IReadOnlyList<Markup>)
                    [Markup.Of($"{leaf.Parameter}"), Cell(Typography.Value(leaf.UpdateRatio))]),
            hidden.Length == 0 ? Markup.Empty : Page.Titled(say, new SmallMultiples(
                Say("Activations", "アクティベーション"),
                [.. hidden.Select(i => Histogram(network.Names[i], seen.Layers[i].Outputs, say))])
            { ShareY = false, Columns = Math.Clamp(hidden.Length, 1, 5) }));
    }

    private static int[] Hidden(Network<float> network) =>
        [.. Enumerable.Range(0, network.Layers.Count).Where(i => network.Layers[i] is ActivationLayer<float>)];

    private static Histogram Histogram(string name, ValueDistribution outputs, Func<LocalizedText, string> say)
    {
        var width = (outputs.Most - outputs.Least) / outputs.Bins.Count;
        double[] edges = [.. Enumerable.Range(0, outputs.Bins.Count + 1).Select(i => outputs.Least + (i * width))];
        return new Histogram(name, say(("activation", "アクティベーション")), say(("outputs", "個数")))
        {
            Bins = new Bins(edges, [.. outputs.Bins.Select(count => (double)count)], outputs.NotFinite),
        };
    }
}
