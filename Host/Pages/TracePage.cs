using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>One sample's way through a network and its gradient's way back, number by number.</summary>
internal static class TracePage
{
    private const string Style = """
        main{max-width:80rem}
        .graph{display:flex;flex-wrap:wrap;gap:.4rem 0;align-items:stretch;margin:1rem 0}
        .graph a{display:block;border:1px solid var(--chart-line);border-radius:.3rem;padding:.3rem .7rem;
        text-decoration:none}
        .graph b{display:block}
        .graph span{align-self:center;padding:0 .4rem;color:var(--chart-muted)}
        .graph small{display:block;font-variant-numeric:tabular-nums}
        .parts{display:flex;flex-wrap:wrap;gap:.1rem .9rem;font-variant-numeric:tabular-nums}
        .parts i{font-style:normal;color:var(--chart-muted)}
        .sum{font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap;text-align:right}
        @media (max-width:40rem){.grid td,.grid th{font-size:.8rem;padding-right:.5rem}
        .parts{flex-direction:column}}
        section>p:last-child a{margin-right:1.5rem}
        """;

    /// <summary>The page.</summary>
    /// <param name="trace">What is shown.</param>
    /// <param name="back">The address to go back to; null if there is none.</param>
    /// <param name="language">The language of its texts.</param>
    public static string Render(SampleTrace trace, string? back, Language language)
    {
        string Say(string english, string japanese) => new LocalizedText(english, japanese).In(language);
        var title = Say("One sample, number by number", "1サンプルの計算を追う");
        var differing = trace.Steps.Sum(step => step.Numbers.Count(number => !number.Agrees));
        var all = trace.Steps.Sum(step => step.Numbers.Count);
        return Page.Of(
            $"Functional: {title}",
            Markup.Lines(
                [
                    Markup.Of($"<h1>{title}</h1>"),
                    back is null ? Markup.Empty : Markup.Of(
                        $"<p class=\"back\"><a href=\"{back}\">{
                            Say("Back to the playground", "プレイグラウンドに戻る")}</a></p>"),
                    Page.Paragraph(Say(
                        Invariant($"Sample {trace.Sample} ({trace.Class}{(trace.IsTest ? ", for testing" : "")}), ")
                            + Invariant($"after step {trace.Step:N0}."),
                        Invariant($"サンプル{trace.Sample}（{trace.Class}{(trace.IsTest ? "、テスト用" : "")}）、")
                            + Invariant($"ステップ{trace.Step:N0}の後。"))),
                    Page.Paragraph(Say(
                        "Forward, each layer computes its outputs y from its inputs x. Backward, the gradient of the "
                            + "loss L is multiplied through the same layers. The weights are the run's own; products "
                            + "and sums are in double precision, without dropout and penalties.",
                        "順方向では各層が入力xから出力yを計算し、逆方向では損失Lの勾配を同じ層に通して掛けていきます。"
                            + "重みは実際の学習のもので、積と和は倍精度、ドロップアウトとペナルティはなしです。")),
                    Page.Paragraph(differing == 0
                        ? Say(
                            Invariant($"All {all:N0} numbers are the library's own, to the last digit shown."),
                            Invariant($"{all:N0}個の数値はすべて、表示した最後の桁までライブラリと一致しています。"))
                        : Say(
                            Invariant($"{differing:N0} of {all:N0} numbers differ from the library's."),
                            Invariant($"{all:N0}個のうち{differing:N0}個がライブラリと異なります。"))),
                    Graph(trace, Say),
                    .. trace.Steps.Select((step, i) => Step(trace, step, i, Say)),
                ]),
            language, Style);
    }

    // The computational graph: what each layer gives, and the gradient that comes back to it.
    private static Markup Graph(SampleTrace trace, Func<string, string, string> say)
    {
        const int most = 4;
        var inputs = string.Join(", ", trace.Inputs.Take(most).Select((x, i) =>
            $"{trace.Features[i]} {SampleTrace.Text(x)}")) + (trace.Inputs.Length > most ? ", ..." : "");
        var nodes = trace.Steps.Index().Where(step => step.Item.Kind is TracedKind.Output or TracedKind.Loss);
        return Markup.Of($"""
            <nav class="graph" aria-label="{say("Computational graph", "計算グラフ")}">
            <a href="#step0"><b>x</b><small>{inputs}</small></a>
            {Markup.Lines(nodes.Select(node => Markup.Of($"""
                <span>→<br>←</span>
                <a href="#step{Invariant($"{node.Index}")}"><b>{node.Item.Layer}</b>
                <small>{node.Item.Description}</small>
                <small>{say("forward: ", "順方向：")}{Few(node.Item)}</small>
                <small>{say("back: ", "逆方向：")}{Back(trace, node.Item)}</small></a>
                """)))}
            </nav>
            """);
    }

    private static string Few(TracedStep step)
    {
        const int most = 3;
        return string.Join(", ", step.Numbers.TakeLast(step.Kind == TracedKind.Loss ? 1 : most)
            .Select(number => SampleTrace.Text(number.Library)))
            + (step.Kind != TracedKind.Loss && step.Numbers.Count > most ? ", ..." : "");
    }

    private static string Back(SampleTrace trace, TracedStep node) =>
        trace.Steps.FirstOrDefault(step => step.Layer == node.Layer
            && step.Kind is TracedKind.Input or TracedKind.Scores) is { } back && back.Layer == node.Layer ? Few(back)
        : "–";

    private static Markup Step(
        SampleTrace trace, TracedStep step, int index, Func<string, string, string> say)
    {
        var layer = say($"{step.Layer} ({step.Description}): ", $"{step.Layer}（{step.Description}）：");
        var heading = Invariant($"{index + 1}. ") + layer + step.Kind switch
        {
            TracedKind.Output => say("forward", "順方向"),
            TracedKind.Loss => say("probabilities and loss", "確率と損失"),
            TracedKind.Scores => say("gradient of the scores, p - t", "スコアの勾配 p - t"),
            TracedKind.Input => say("gradient of the inputs", "入力の勾配"),
            _ => say("gradient of weights and biases", "重みとバイアスの勾配"),
        };
        Markup Link(int to, string text) =>
            to < 0 || to >= trace.Steps.Count ? Markup.Empty
                : Markup.Of($"<a href=\"#step{Invariant($"{to}")}\">{text}</a>");
        return Markup.Of($"""
            <section id="step{Invariant($"{index}")}">
            <h2>{heading}</h2>
            {Page.Grid(
                heading, [say("number", "数"), say("computed from", "計算"), say("value", "値")],
                step.Numbers.Select(number => (IReadOnlyList<Markup>)
                [
                    Markup.Of($"{number.Name}"), Parts(number),
                    Markup.Of($"<span class=\"sum\">{SampleTrace.Text(number.Library)}{
                        (number.Agrees ? "" : $" ≠ {SampleTrace.Text(number.Own)}")}</span>"),
                ]))}
            <p>{Link(index - 1, say("previous step", "前の段階"))}{Link(index + 1, say("next step", "次の段階"))}</p>
            </section>
            """);
    }

    // A product with what it comes to; a sum's parts one after the other.
    private static Markup Parts(TracedNumber number) => Markup.Of($"<span class=\"parts\">{Markup.Join(
        number.Parts.Select((part, i) => Markup.Of($"<span>{(i == 0 ? "" : "+ ")}{part.Text}{
            (number.Parts.Count > 1 && part.Text != SampleTrace.Text(part.Value)
                ? Markup.Of($" <i>= {SampleTrace.Text(part.Value)}</i>") : Markup.Empty)}</span>")))}</span>");
}
