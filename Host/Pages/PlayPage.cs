using System.Globalization;
using System.Text.Json.Nodes;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Models;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>The playground: a small network beside points in the plane, with everything under sliders.</summary>
internal static class PlayPage
{
    private const string Style = """
        main{max-width:100rem}
        h2{margin:1.2rem 0 .4rem}
        h3{font-size:1rem;margin:.8rem 0 .2rem}
        figure{margin:0}
        button,input,select{font:inherit;color:var(--chart-ink);background:var(--chart-paper);
        border:1px solid var(--chart-line);border-radius:.3rem;padding:.25rem .6rem;box-sizing:border-box}
        button{cursor:pointer}
        button:disabled{opacity:.5;cursor:default}
        input[type=range]{accent-color:var(--chart-0);padding:0;border:0}
        #bar{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.5rem 1rem;align-items:center;
        background:var(--chart-paper);padding:.6rem 0;border-bottom:1px solid var(--chart-grid)}
        #bar>div{display:flex;flex-wrap:wrap;gap:.5rem}
        #bar .rewind{flex:1 1 16rem;flex-wrap:nowrap;align-items:center}
        .rewind input{flex:1 1 auto;min-width:5rem}
        output{font-variant-numeric:tabular-nums;white-space:nowrap}
        #toggle{min-width:7em;font-weight:600}
        #said:not(:empty){color:var(--page-failed);margin:.4rem 0 0}
        .panels{display:grid;gap:0 2rem;grid-template-columns:minmax(0,1fr)}
        @media (min-width:56rem){.panels{grid-template-columns:minmax(0,13fr) minmax(0,12fr)}
        #settings{grid-column:1/-1;grid-row:1}}
        @media (min-width:84rem){.panels{grid-template-columns:17rem minmax(0,13fr) minmax(0,12fr)}
        #settings{grid-column:1;grid-row:1/3}.all{grid-column:2/-1}}
        @media (max-width:40rem){#bar{position:static}}
        #settings{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.3rem 1.2rem;
        align-content:start}
        fieldset{border:0;border-top:1px solid var(--chart-grid);margin:0;padding:.4rem 0;min-width:0}
        legend{font-weight:600;padding:0 .5rem 0 0}
        #settings label{display:grid;grid-template-columns:1fr auto;gap:0 .5rem;font-size:.9rem;margin:.25rem 0}
        #settings label[hidden]{display:none}
        #settings label>:is(input,select){grid-column:1/-1;width:100%}
        #plane svg{cursor:pointer}
        #follow{display:flex;flex-wrap:wrap;gap:.5rem;align-items:center;margin:.6rem 0}
        #follow input{width:6rem}
        .units{display:grid;grid-template-columns:repeat(auto-fill,minmax(4.5rem,6rem));gap:.4rem}
        #units{display:flex;flex-wrap:wrap;gap:0 2rem}
        #units>div{flex:1 1 20rem;min-width:0;max-width:51rem}
        #numbers td{font-variant-numeric:tabular-nums}
        #numbers th{white-space:normal}
        #doctor p{margin:.3rem 0}
        .copies{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,28rem),1fr));gap:0 2rem}
        .copies h3{display:flex;justify-content:space-between;align-items:center}
        .copies button{font-weight:normal;font-size:.85rem}
        .copies pre{margin:.2rem 0 .8rem;white-space:pre-wrap}
        """;

    private static readonly string[] Rates = ["0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1"],
        Penalties = ["0", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1"],
        Shares = ["0", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7"],
        Batches = ["1", "2", "4", "8", "16", "32", "64", "128", "400"],
        Initializers = ["he", "xavier", "glorot-uniform", "orthogonal", "normal:0.01", "normal:1", "zero"],
        Speeds = ["1", "5", "10", "20", "50", "100"];

    /// <summary>The page.</summary>
    /// <param name="start">The settings that it begins with.</param>
    /// <param name="step">The step that it begins at.</param>
    /// <param name="samples">How many samples there are, training and test.</param>
    /// <param name="moment">What is shown at first.</param>
    /// <param name="language">The language of its texts.</param>
    public static string Render(
        TrainConfiguration start, int step, int samples, JsonObject moment, Language language)
    {
        string Say(string english, string japanese) => new LocalizedText(english, japanese).In(language);
        var own = PlaneData.IsOne(start.Data) ? "" : start.Data;
        var title = Say("Playground", "プレイグラウンド");
        Markup Shown(string name) => new((string)moment[name]!);
        return Page.Of(
            $"Functional: {title}",
            Markup.Lines(
                Markup.Of($"<h1>{title}</h1>"),
                Page.Paragraph(Say(
                    "A small network learns to tell points in the plane apart. Every change counts from the first "
                        + "step: what is shown is the run with these settings, at this step.",
                    "小さなネットワークが平面上の点を見分けるように学習します。変更は最初のステップから適用され、"
                        + "表示されるのは常に、この設定の学習のこのステップの様子です。")),
                Markup.Of($"""
                    <div id="play" data-state="{State(start)}" data-at="{Invariant($"{step}")}" data-own="{own}"
                    data-noise="{Invariant($"{PlaneData.UsualNoise:R}")}"
                    data-ended="{((bool)moment["ended"]! ? "true" : "false")}"
                    data-step="{Say("step {0}", "ステップ {0}")}" data-play="{Say("Play", "再生")}"
                    data-pause="{Say("Pause", "一時停止")}" data-copy="{Say("Copy", "コピー")}"
                    data-copied="{Say("Copied", "コピー済み")}"
                    data-gone="{Say("No connection: the program that showed this page has ended.",
                        "接続が切れました。このページを表示していたプログラムは終了しています。")}"></div>
                    <div id="bar">
                    <div>
                    <button type="button" id="toggle">{Say("Play", "再生")}</button>
                    <button type="button" id="back">{Say("Back", "1つ戻る")}</button>
                    <button type="button" id="forward">{Say("Step", "1つ進む")}</button>
                    <button type="button" id="restart">{Say("Restart", "最初から")}</button>
                    <button type="button" id="undo">{Say("Undo", "元に戻す")}</button>
                    <button type="button" id="reset">{Say("Reset", "初期設定")}</button>
                    </div>
                    <div class="rewind">
                    <label for="step">{Say("Rewind", "巻き戻し")}</label>
                    <input type="range" id="step" min="0" max="{Invariant($"{Math.Max(500, step)}")}" value="{
                        Invariant($"{step}")}"/>
                    <output id="at" for="step"></output>
                    </div>
                    <div><label for="speed">{Say("Steps per frame", "1コマのステップ数")}</label>
                    {Select("speed", Speeds, "10", Markup.Empty)}</div>
                    </div>
                    <p id="said" role="status"></p>
                    """),
                Markup.Of($"""
                    <div class="panels">
                    {Settings(start, own, Say)}
                    <section>
                    <h2>{Say("Data and answer", "データと答え")}</h2>
                    <div id="plane">{Shown("plane")}</div>
                    <form id="follow"><label for="sample">{
                        Say("Follow one sample, number by number", "1サンプルの計算を追う")}</label>
                    <input type="number" id="sample" min="0" max="{Invariant($"{samples - 1}")}" value="0"/>
                    <button>{Say("Follow", "追う")}</button></form>
                    <p>{Say("Or click on a point. Keys: space plays, arrows step, z takes a change back.",
                        "点をクリックしても追えます。キー操作：スペースで再生、矢印で前後、zで元に戻す。")}</p>
                    </section>
                    <section>
                    <h2>{Say("Learning", "学習")}</h2>
                    <div id="course">{Shown("course")}</div>
                    <div id="numbers">{Shown("numbers")}</div>
                    <h2>{Say("What the doctor says", "診断結果")}</h2>
                    <div id="doctor">{Shown("doctor")}</div>
                    </section>
                    <section class="all">
                    <h2>{Say("What each unit responds to", "各ユニットが反応する場所")}</h2>
                    <div id="units">{Shown("units")}</div>
                    </section>
                    </div>
                    """),
                Page.Section(
                    Say("Copy as", "コピー"),
                    Page.Paragraph(Say(
                        "Each trains up to this step and gives the digest above; a command trains at least one step. "
                            + "The last one opens this page in its present state.",
                        "どれも同じステップまで学習し、上のダイジェストと一致します（コマンドは1ステップ以上）。"
                            + "最後のコマンドは、このページを今の状態で開きます。")),
                    Markup.Of($"""
                        <div class="copies">
                        {Copy("shell", Say("Command", "コマンド"))}{Copy("csharp", "C#")}
                        {Copy("fsharp", "F#")}{Copy("page", Say("This page", "このページ"))}
                        </div>
                        """)),
                Markup.Of($"<script src=\"page.js\" defer=\"defer\"></script>")),
            language, Style);

        Markup Copy(string name, string heading) => Markup.Of($"""
            <div>
            <h3>{heading} <button type="button" data-copies="{name}" aria-label="{Say("Copy", "コピー")}: {heading}">{
                Say("Copy", "コピー")}</button></h3>
            <pre tabindex="0"><code data-code="{name}">{(string)moment[name]!}</code></pre>
            </div>
            """);
    }

    // As the script sets them: data with noise and seed.
    private static string State(TrainConfiguration start)
    {
        var state = new JsonObject();
        foreach (var (name, value) in PlaySettings.Texts(start))
            state[name] = name == "data" && PlaneData.IsOne(value)
                && PlaneData.Parse(value) is var (shape, noise, seed) ? PlaneData.NameOf(shape, noise, seed) : value;
        return state.ToJsonString();
    }

    private static Markup Settings(TrainConfiguration start, string own, Func<string, string, string> say)
    {
        var (shape, noise, seed) = PlaneData.Parse(own.Length > 0 ? "" : start.Data);
        Markup Options(IEnumerable<(string Value, string Name)> values, string chosen) => Markup.Join(
            values.Select(each => Markup.Of($"<option value=\"{each.Value}\"{
                new Markup(each.Value == chosen ? " selected=\"selected\"" : "")}>{each.Name}</option>")));
        Markup Choice(string option, string name, IReadOnlyList<string> values)
        {
            var chosen = PlaySettings.Options.First(each => each.Name == option).Get(start)!;
            return Markup.Of($"<label for=\"{option}\">{name}{Select(option, values, chosen,
                Markup.Of($" data-option=\"{option}\""))}</label>");
        }
        // A browser changes a value that is out of a slider's range.
        Markup Range(string id, string name, string low, string high, string by, string value, Markup data) =>
            Markup.Of($"""
                <label for="{id}">{name} <output for="{id}">{value}</output>
                <input type="range" id="{id}" min="{(Number(value) < Number(low) ? value : low)}" max="{
                    (Number(value) > Number(high) ? value : high)}" step="{by}" value="{value}"{data}/></label>
                """);
        double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
        var layers = start.Hidden.Count;
        return Markup.Of($"""
            <form id="settings" aria-label="{say("Settings", "設定")}">
            <fieldset><legend>{say("Data", "データ")}</legend>
            <label for="shape">{say("Shape", "形")}<select id="shape">{Options(
                [
                    .. own.Length > 0 ? [("", own)] : ((string, string)[])[],
                    ("spirals", say("Spirals", "渦巻き")), ("circles", say("Circles", "円")),
                    ("xor", say("Exclusive or", "XOR")), ("blobs", say("Blobs", "塊")),
                ], shape)}</select></label>
            {Range("noise", say("Noise", "ノイズ"), "0", "0.3", "0.01", Invariant($"{noise:R}"), Markup.Empty)}
            {Range("points", say("Seed of the data", "データのシード"), "1", "20", "1", Invariant($"{seed}"),
                Markup.Empty)}
            </fieldset>
            <fieldset><legend>{say("Network", "ネットワーク")}</legend>
            {Range("layers", say("Hidden layers", "隠れ層の数"), "0", Invariant($"{PlaySettings.MostLayers}"), "1",
                Invariant($"{layers}"), Markup.Empty)}
            {Markup.Lines(Enumerable.Range(1, PlaySettings.MostLayers).Select(i => Range(
                Invariant($"units{i}"), say(Invariant($"Units of layer {i}"), Invariant($"層{i}のユニット数")), "1",
                Invariant($"{PlaySettings.MostUnits}"), "1",
                Invariant($"{(i <= layers ? start.Hidden[i - 1] : 8)}"), Markup.Of($" data-units=\"{i}\""))))}
            {Choice("activation", say("Activation", "活性化関数"), ActivationText.Names)}
            {Choice("init", say("Initialization", "初期値"), Initializers)}
            </fieldset>
            <fieldset><legend>{say("Training", "学習")}</legend>
            {Choice("optimizer", say("Optimizer", "最適化手法"), OptimizerSettings.Names)}
            {Choice("learning-rate", say("Learning rate", "学習率"), Rates)}
            {Choice("batch-size", say("Batch size", "バッチサイズ"), Batches)}
            {Range("seed", say("Seed of the run", "学習のシード"), "1", "20", "1", Invariant($"{start.Seed}"),
                Markup.Of($" data-option=\"seed\""))}
            </fieldset>
            <fieldset><legend>{say("Regularization", "正則化")}</legend>
            {Choice("l1", "L1", Penalties)}
            {Choice("l2", "L2", Penalties)}
            {Choice("dropout", say("Dropout", "ドロップアウト"), Shares)}
            </fieldset>
            </form>
            """);
    }

    private static Markup Select(string id, IReadOnlyList<string> values, string chosen, Markup data) => Markup.Of($"""
        <select id="{id}"{data}>{Markup.Join(
            (values.Contains(chosen) ? values : [.. values, chosen]).Select(value => Markup.Of($"<option value=\"{
                value}\"{new Markup(value == chosen ? " selected=\"selected\"" : "")}>{value}</option>")))}</select>
        """);
}
