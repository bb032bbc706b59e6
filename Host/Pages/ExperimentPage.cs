using System.Security.Cryptography;
using System.Text;
using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>Experiments as a page to be read from top to bottom, and the files of numbers beside it.</summary>
public sealed class ExperimentPage(LabSettings settings, IReadOnlyList<ExperimentResult> results)
{
    private const string Style = """

        nav ol{columns:2;list-style:none;padding:0}
        nav li,.claims li{break-inside:avoid}
        @media (max-width:40rem){nav ol{columns:1}}
        .section{color:var(--chart-muted);font-variant-numeric:tabular-nums}
        .question{border-left:.25rem solid var(--chart-0);padding-left:1rem}
        figcaption{max-width:44rem}
        .source{color:var(--chart-muted);font-size:.85rem}
        .claims{list-style:none;padding:0;max-width:44rem}
        .claims li{margin:.5rem 0;padding-left:1.8rem;text-indent:-1.8rem}
        .claims b{display:inline-block;width:1.8rem;text-indent:0}
        .claims .failed,.claims .failed strong{font-weight:bold}
        .claims .failed>b,.claims .failed>strong{color:var(--page-failed)}
        .claims .source{font-weight:normal}
        .back{font-size:.85rem}
        code span{white-space:nowrap}
        section>h2{border-top:1px solid var(--chart-grid);padding-top:1.6rem}
        """;

    /// <summary>The page's name in its folder.</summary>
    public const string FileName = "index.html";

    private bool Whole => results.Count > 1;

    /// <summary>The page.</summary>
    public string Render()
    {
        var title = Whole
            ? Say("Deep learning from scratch: every figure, every claim", "ゼロから作る Deep Learning：すべての図と主張を再現する")
            : Say(results[0].Experiment.Title);
        return Page.Of($"Functional: {title}", string.Join('\n',
        [
            $"<h1>{Page.Text(title)}</h1>",
            .. Whole ? [Page.Paragraph(Opening()), Contents()] : (string[])[],
            .. Whole ? results.AsParallel().AsOrdered().Select(Section) : results.Select(Section),
            .. Whole ? [Summary()] : (string[])[],
        ]), settings.Language == Language.Japanese ? "ja" : "en", Style);
    }

    /// <summary>Writes the page and, beside it, the numbers of every figure. Returns the page's path.</summary>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public string Write(string folder)
    {
        var page = Path.Combine(folder, FileName);
        var files = Numbers().Append((FileName, Render()));
        void Put((string Name, string Text) file) =>
            OutputFile.Write(Path.Combine(folder, file.Name), stream => stream.Write(Encoding.UTF8.GetBytes(file.Text)));
        if (Whole)
            Parallel.ForEach(files, Put);
        else
            foreach (var file in files)
                Put(file);
        return page;
    }

    /// <summary>The numbers of every figure: the file's name, and its text.</summary>
    public IEnumerable<(string File, string Csv)> Numbers() =>
        from result in results
        from part in result.Report.Parts
        where part is Figure
        let figure = (Figure)part
        select (File(result, figure), ChartNumbers.Csv(figure.Chart));

    private string Opening() => (settings.Quick ? Say("A small pass: fewer steps and samples than the book's. ", "これは簡易版です（ステップ数とサンプル数を減らしています）。") : "") + Say(
        Invariant($"Chapters 5.7 to 6.6 of the book as {results.Count} experiments, run on {settings.Data} with {Seeds(NumbersOf.AllSeeds)}. Before each figure stands a question: try to answer it before you look. Below the figures stands what should hold, checked on the numbers of this very page. What didn't hold is shown as well."),
        Invariant($"『ゼロから作る Deep Learning』5.7節から6.6節までの内容を、{results.Count}の実験で再現します（データ：{settings.Data}、{Seeds(NumbersOf.AllSeeds)}）。図の前には問いを置きました。図を見る前に、まず自分で答えてみてください。図の後には、成り立つはずの主張を、このページの数値そのもので検証した結果を示します。成り立たなかったものも隠さずに示します。"));

    private string Seeds(NumbersOf of) => of == NumbersOf.NoSeed ? Say("nothing random", "乱数は使いません")
        : settings.Seeds == 1 || of == NumbersOf.FirstSeed ? Say($"random seed {settings.Seed}", $"乱数シード {settings.Seed}")
        : Say($"random seeds {settings.Seed} to {settings.Seed + settings.Seeds - 1} (medians; bands show the least and the greatest)",
            $"乱数シード {settings.Seed}〜{settings.Seed + settings.Seeds - 1}（線は中央値、帯は最小値から最大値まで）");

    private string Contents() =>
        $"<nav id=\"contents\" aria-label=\"{Say("Contents", "目次")}\"><ol>\n{string.Join('\n', results.Select(result =>
            $"<li><a href=\"#{result.Experiment.Name}\">{Number(result)}{Page.Text(Say(result.Experiment.Title))}</a></li>"))}"
        + $"\n<li><a href=\"#summary\"><span class=\"section\">6.6</span> {Say("Summary", "まとめ")}</a></li>\n</ol></nav>";

    private static string Number(ExperimentResult result) => result.Experiment.Section.Length == 0 ? ""
        : $"<span class=\"section\">{Page.Text(result.Experiment.Section)}</span> ";

    private string Section(ExperimentResult result)
    {
        var question = Say(result.Experiment.Question);
        return string.Join('\n',
        [
            $"<section id=\"{result.Experiment.Name}\">",
            Whole ? $"<h2>{Number(result)}{Page.Text(Say(result.Experiment.Title))}</h2>" : "",
            question.Length == 0 ? "" : $"<p class=\"question\">{Page.Text(question)}</p>",
            .. result.Report.Parts.Select(part => Html(result, part)),
            Claims(result.Report.Claims),
            Reproduction(result),
            Whole ? Back() : "",
            "</section>",
        ]);
    }

    private string Back() => $"<p class=\"back\"><a href=\"#contents\">↑ {Say("Contents", "目次")}</a></p>";

    private string Html(ExperimentResult result, Part part) => part switch
    {
        Figure figure => FigureHtml(result, figure),
        Table table => TableHtml(result, table),
        Listing listing => Page.Paragraph(Say(listing.Caption)) + Page.Code(listing.Text),
        Paragraph paragraph => Page.Paragraph(Say(paragraph.Text)),
        _ => throw new InvalidOperationException($"a page has no place for {part.GetType().Name}"),
    };

    private string FigureHtml(ExperimentResult result, Figure figure)
    {
        var caption = Say(figure.Caption);
        var file = File(result, figure);
        var digest = Digest(ChartNumbers.Csv(figure.Chart));
        // What screen readers are told by default is English.
        var chart = settings.Language == Language.English ? figure.Chart : figure.Chart.In(text => Said(result, text)) with { Description = caption };
        return $"<figure>{chart.ToHtml()}<figcaption><p>{Page.Text(caption)}</p>"
            + $"<p class=\"source\"><code>{string.Join(' ', Command(result).Split(' ').Select(word => $"<span>{Page.Text(word)}</span>"))}</code><br>{Seeds(figure.NumbersOf)} · "
            + $"<a href=\"{file}\">{Say("numbers", "数値")} (CSV)</a> · {Say("digest", "ダイジェスト")} <code>{digest}</code></p></figcaption></figure>";
    }

    // A chart's or table's text in the page's language.
    private string Said(ExperimentResult result, string text) =>
        settings.Language == Language.Japanese ? Say(new LocalizedText(text, result.Japanese.GetValueOrDefault(text, text))) : text;

    private string TableHtml(ExperimentResult result, Table table) =>
        $"<p>{Page.Text(Say(table.Caption))}</p>\n"
        + $"<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"{Page.Text($"{Say(result.Experiment.Title)}: {Say(table.Caption)}")}\"><table>\n<tr>"
        // A heading without text is none.
        + string.Concat(table.Header.Select(name => name.Length == 0 ? "<td></td>" : $"<th scope=\"col\" class=\"number\">{Page.Text(Said(result, name))}</th>")) + "</tr>\n"
        + string.Join('\n', table.Rows.Select(row => $"<tr><th scope=\"row\">{Page.Text(Unbroken(Said(result, row[0])))}</th>"
            + string.Concat(row.Skip(1).Select(cell => $"<td class=\"number\">{Page.Text(cell)}</td>")) + "</tr>"))
        + "\n</table></div>";

    // Short names such as y − t don't break at their spaces.
    private static string Unbroken(string name) => name.Length <= 12 ? name.Replace(' ', '\u00a0') : name;

    private string Claims(IReadOnlyList<Claim> claims) => claims.Count == 0 ? "" :
        $"<h3>{Say("What should hold", "成り立つはずのこと")}</h3>\n<ul class=\"claims\">\n{string.Join('\n', claims.Select(Item))}\n</ul>";

    private string Item(Claim claim) =>
        $"<li{(claim.Always ? "" : " class=\"failed\"")}><b aria-hidden=\"true\">{(claim.Always ? "✓" : "✗")}</b><strong>{Verdict(claim)}</strong>{Say(": ", "：")}{Page.Text(Say(claim.Statement))}"
        + (Say(claim.Evidence) is { Length: > 0 } numbers ? $"{Say(" ", "")}<span class=\"source\">{Say("(", "（実測値　")}{Page.Text($"{Whose(claim)}{numbers}")}{Say(")", "）")}</span>" : "") + "</li>";

    private string Whose(Claim claim) => claim.Held.Count == 1 ? ""
        : Say($"seed {settings.Seed + claim.Shown}: ", $"シード {settings.Seed + claim.Shown}：");

    private string Verdict(Claim claim) => (claim.Always, claim.Held.Count) switch
    {
        (true, 1) => Say("held", "成立"),
        (true, var seeds) => Say($"held with all {seeds} seeds", $"{seeds}個のシードすべてで成立"),
        (false, 1) => Say("not held", "不成立"),
        (false, var seeds) when claim.Count == 0 => Say($"held with none of {seeds} seeds", $"{seeds}個のシードのどれでも不成立"),
        (false, var seeds) => Say($"held with {claim.Count} of {seeds} seeds only", $"{seeds}個中{claim.Count}個のシードでのみ成立"),
    };

    private string Reproduction(ExperimentResult result)
    {
        var runs = result.Trained.Select(curves =>
            $"# {Said(result, curves.Name)}\n{curves.Variant.Configuration.CommandLine()}\n# {Say("digest", "ダイジェスト")} {curves.Seeds[0].Digest}").ToArray();
        return runs.Length == 0 ? "" :
            $"<details><summary>{Say("How to train each of these networks by itself", "それぞれのネットワークを単独で学習させるには")}</summary>\n{Page.Code(string.Join("\n\n", runs))}\n</details>";
    }

    private string Summary()
    {
        Claim[] claims = [.. results.SelectMany(result => result.Report.Claims)];
        Claim[] failed = [.. claims.Where(claim => !claim.Always)];
        var held = claims.Count(claim => claim.Always);
        return $"<section id=\"summary\">\n<h2><span class=\"section\">6.6</span> {Say("Summary", "まとめ")}</h2>\n"
            + Page.Paragraph(Say(
                Invariant($"{held} of {claims.Length} claims held in these runs{(held < claims.Length ? "; these did not:" : ".")}"),
                Invariant($"{claims.Length}個の主張のうち{held}個が、この実行で成り立ちました。{(held < claims.Length ? "成り立たなかったのは次の主張です。" : "")}")))
            + (failed.Length == 0 ? "" : $"<ul class=\"claims\">{string.Join('\n', failed.Select(Item))}</ul>\n" + Page.Paragraph(Say("All of them, in the order of the page:", "このページの順にすべてを示します。")))
            + string.Join('\n', results.Where(result => result.Report.Claims.Count > 0).Select(result =>
                $"<h3><a href=\"#{result.Experiment.Name}\">{Page.Text(Say(result.Experiment.Title))}</a></h3>\n"
                + $"<ul class=\"claims\">{string.Join('\n', result.Report.Claims.Select(Item))}</ul>"))
            + $"\n{Back()}\n</section>";
    }

    private string Command(ExperimentResult result) => string.Join(' ',
    [
        $"functional experiment {result.Experiment.Name} --data {settings.Data} --seed {settings.Seed}",
        .. settings.Seeds == 1 ? [] : (string[])[$"--seeds {settings.Seeds}"],
        .. settings.Quick ? ["--quick"] : (string[])[],
        .. settings.BookOnly ? ["--book-only"] : (string[])[],
        .. settings.Language == Language.Japanese ? ["--lang ja"] : (string[])[],
        .. settings.Options.Select(option => $"--{option.Key} {option.Value}"),
    ]);

    private static string File(ExperimentResult result, Figure figure) => $"{result.Experiment.Name}-{figure.Name}.csv";

    private static string Digest(string csv) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv)))[..16];

    private string Say(LocalizedText words) => words.In(settings.Language);

    private string Say(string english, string japanese) => Say((english, japanese));
}
