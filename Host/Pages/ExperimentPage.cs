using System.Security.Cryptography;
using System.Text;
using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>Experiments as a page to be read from top to bottom, and the files of numbers beside it.</summary>
public sealed class ExperimentPage(LabSettings settings, IReadOnlyList<ExperimentResult> results)
{
    private readonly LabSettings settings = settings.Given();
    private readonly IReadOnlyList<ExperimentResult> results = results.Given();

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
        .claims .contradicted>b,.claims .contradicted>strong{color:var(--page-contradicted)}
        .claims .source{font-weight:normal}
        .back{font-size:.85rem}
        code span{white-space:nowrap}
        section>h2{border-top:1px solid var(--chart-grid);padding-top:1.6rem}
        """;

    /// <summary>The page's name in its folder.</summary>
    public const string FileName = Page.FileName;

    private bool Whole => results.Count > 1;

    /// <summary>The page.</summary>
    public string Render()
    {
        var title = Whole
            ? Say("Deep learning from scratch: every figure, every claim",
                "ゼロから作る Deep Learning：すべての図と主張を再現する")
            : Say(results[0].Experiment.Title);
        // The charts of a whole book are many: they are drawn side by side.
        var body = Markup.Lines(
        [
            Markup.Of($"<h1>{title}</h1>"),
            .. Whole ? [Page.Paragraph(Opening()), Contents()] : (Markup[])[],
            .. Whole ? results.AsParallel().AsOrdered().Select(Section) : results.Select(Section),
            Whole ? Summary() : Markup.Empty,
        ]);
        // No line ends within a number.
        return Page.Of($"Functional: {title}", body, settings.Language, Style)
            .Replace('\u2009', '\u202f');
    }

    /// <summary>Writes the page and, beside it, every figure as a picture and its numbers. Returns the page's path.
    /// </summary>
    /// <exception cref="OperationFailedException">The folder can't be written to.</exception>
    public string Write(string folder)
    {
        var page = Path.Combine(folder, FileName);
        var files = Numbers().Concat(Pictures()).Append((FileName, Render()));
        void Put((string Name, string Text) file) =>
            OutputFile.Write(
                Path.Combine(folder, file.Name), stream => stream.Write(Encoding.UTF8.GetBytes(file.Text)));
        if (Whole)
            Parallel.ForEach(files, Put);
        else
            foreach (var file in files)
                Put(file);
        return page;
    }

    /// <summary>Draws every figure as a PNG file, too.</summary>
    /// <inheritdoc cref="PngBrowser.Draw"/>
    internal void WritePng(string folder, PngBrowser browser, int threads)
    {
        try
        {
            Parallel.ForEach(Pictures(), new ParallelOptions { MaxDegreeOfParallelism = threads }, picture =>
                browser.Draw(picture.Svg, Path.Combine(folder, Path.ChangeExtension(picture.File, "png"))));
        }
        catch (AggregateException e) when (e.InnerException is OperationFailedException first)
        {
            throw first;
        }
    }

    /// <summary>The numbers of every figure: the file's name, and its text.</summary>
    public IEnumerable<(string File, string Csv)> Numbers() =>
        from each in Figures()
        select (File(each.Result, each.Figure, "csv"), ChartNumbers.Csv(each.Figure.Chart));

    private IEnumerable<(string File, string Svg)> Pictures() =>
        from each in Figures()
        select (File(each.Result, each.Figure, "svg"), Drawn(each.Result, each.Figure).ToStandaloneSvg());

    private IEnumerable<(ExperimentResult Result, Figure Figure)> Figures() =>
        from result in results
        from figure in result.Report.Parts.OfType<Figure>()
        select (result, figure);

    // The default descriptions for screen readers are English.
    private Chart Drawn(ExperimentResult result, Figure figure) => settings.Language == Language.English ? figure.Chart
        : figure.Chart.In(text => Said(result, text)) with { Description = Say(figure.Caption) };

    private string Opening()
    {
        var quick = settings.Quick
            ? Say("A small pass: fewer steps and samples than the book's. ",
                "これは簡易版です（ステップ数とサンプル数を減らしています）。")
            : "";
        var seeds = Seeds(NumbersOf.AllSeeds);
        return quick + Say(
            Invariant(
                $"Sections 5.7 to 6.6 and 7.4 to 8.1 of the book as {results.Count} experiments, run on " +
                $"{settings.Data} with {seeds}. A question comes before each figure: try to answer it before you " +
                $"look. Below the figures are claims, checked on the numbers of this very page. Those that did not " +
                $"hold are shown as well."),
            Invariant(
                $"『ゼロから作る Deep Learning』5.7節から6.6節までと7.4節から8.1節までの内容を、" +
                $"{results.Count}の実験で再現します" +
                $"（データ：{settings.Data}、{seeds}）。図の前には問いを置きました。" +
                $"図を見る前に、まず自分で答えてみてください。" +
                $"図の後には、成り立つはずの主張を、このページの数値そのもので検証した結果を示します。" +
                $"成り立たなかったものも隠さずに示します。"));
    }

    private string Seeds(NumbersOf of)
    {
        if (of == NumbersOf.NoSeed)
            return Say("nothing random", "乱数は使いません");
        if (settings.Seeds == 1 || of == NumbersOf.FirstSeed)
            return Say($"random seed {settings.Seed}", $"乱数シード {settings.Seed}");
        var last = settings.Seed + settings.Seeds - 1;
        return Say(
            $"random seeds {settings.Seed} to {last} (medians; bands show the minimum and the maximum)",
            $"乱数シード {settings.Seed}〜{last}（線は中央値、帯は最小値から最大値まで）");
    }

    private Markup Contents() => Markup.Of($"""
        <nav id="contents" aria-label="{Say("Contents", "目次")}"><ol>
        {Markup.Lines(results.Select(result => Markup.Of(
            $"<li><a href=\"#{result.Experiment.Name}\">{Heading(result)}</a></li>")))}
        <li><a href="#summary">{SummaryHeading}</a></li>
        </ol></nav>
        """);

    private Markup Heading(ExperimentResult result) => Heading(result.Experiment.Section, Say(result.Experiment.Title));

    private Markup SummaryHeading => Heading("6.6", Say("Summary", "まとめ"));

    private static Markup Heading(string section, string title) => section.Length == 0
        ? Markup.Of($"{title}")
        : Markup.Of($"<span class=\"section\">{section}</span> {title}");

    private Markup Section(ExperimentResult result)
    {
        var question = Say(result.Experiment.Question);
        return Markup.Lines(
        [
            Markup.Of($"<section id=\"{result.Experiment.Name}\">"),
            Whole ? Markup.Of($"<h2>{Heading(result)}</h2>") : Markup.Empty,
            question.Length == 0 ? Markup.Empty : Markup.Of($"<p class=\"question\">{question}</p>"),
            .. result.Report.Parts.Select(part => Html(result, part)),
            Claims(result.Report.Claims),
            Reproduction(result),
            Whole ? Back() : Markup.Empty,
            Markup.Of($"</section>"),
        ]);
    }

    private Markup Back() =>
        Markup.Of($"<p class=\"back\"><a href=\"#contents\">↑ {Say("Contents", "目次")}</a></p>");

    private Markup Html(ExperimentResult result, Part part) => part switch
    {
        Figure figure => FigureHtml(result, figure),
        Table table => TableHtml(result, table),
        Listing { Folded: true } listing => Markup.Of(
            $"<details><summary>{Say(listing.Caption)}</summary>{Page.Code(listing.Text)}</details>"),
        Listing listing => Page.Paragraph(Say(listing.Caption)) + Page.Code(listing.Text),
        Paragraph paragraph => Page.Paragraph(Say(paragraph.Text)),
        _ => throw new InvalidOperationException($"a page has no place for {part.GetType().Name}"),
    };

    private Markup FigureHtml(ExperimentResult result, Figure figure)
    {
        var caption = Say(figure.Caption);
        return Markup.Of($"""
            <figure>{Drawn(result, figure).ToMarkup()}<figcaption><p>{caption}</p>
            <p class="source"><code>{Unbroken(Command(result).Split(' '))}</code><br>
            {InBook(figure)}{Seeds(figure.NumbersOf)} ·
            <a href="{File(result, figure, "svg")}">{Say("picture", "図")} (SVG)</a> ·
            <a href="{File(result, figure, "csv")}">{Say("numbers", "数値")} (CSV)</a> ·
            {Say("digest",
                "ダイジェスト")} <code>{Digest(ChartNumbers.Csv(figure.Chart))}</code></p></figcaption></figure>
            """);
    }

    private string InBook(Figure figure) => figure.InBook switch
    {
        null => "",
        "" => Say("not in the book", "本書にはない図") + " · ",
        var number => Say($"in the book: Fig. {number}", $"本書の図 {number}") + " · ",
    };

    // Words that a narrow screen doesn't break.
    private static Markup Unbroken(string[] words) =>
        new(string.Join(' ', words.Select(word => Markup.Of($"<span>{word}</span>"))));

    // A chart's or table's text in the page's language.
    private string Said(ExperimentResult result, string text) => settings.Language == Language.Japanese
        ? Say(new LocalizedText(text, result.Japanese.GetValueOrDefault(text, text))) : text;

    private Markup TableHtml(ExperimentResult result, Table table)
    {
        var caption = Say(table.Caption);
        var label = $"{Say(result.Experiment.Title)}: {caption}";
        return Markup.Of($"""
            <p>{caption}</p>
            <div class="scroll" tabindex="0" role="region" aria-label="{label}"><table>
            <tr>{Markup.Join(table.Header.Select(name => HeadCell(Said(result, name))))}</tr>
            {Markup.Lines(table.Rows.Select(Row))}
            </table></div>
            """);

        Markup Row(IReadOnlyList<string> row) => Markup.Of(
            $"<tr><th scope=\"row\">{Unbroken(Said(result, row[0]))}</th>{Markup.Join(row.Skip(1).Select(Cell))}</tr>");
    }

    // A heading without text is none.
    private static Markup HeadCell(string name) => name.Length == 0
        ? Markup.Of($"<td></td>") : Markup.Of($"<th scope=\"col\" class=\"number\">{name}</th>");

    private static Markup Cell(string text) => Markup.Of($"<td class=\"number\">{text}</td>");

    // Short names such as y − t don't break at their spaces.
    private static string Unbroken(string name) => name.Length <= 12 ? name.Replace(' ', '\u00a0') : name;

    private Markup Claims(IReadOnlyList<Claim> claims) => claims.Count == 0 ? Markup.Empty : Markup.Of($"""
        <h3>{Say("What should hold", "成り立つはずのこと")}</h3>
        {List(claims)}
        """);

    private Markup List(IEnumerable<Claim> claims) => Markup.Of($"""
        <ul class="claims">
        {Markup.Lines(claims.Select(Item))}
        </ul>
        """);

    private Markup Item(Claim claim)
    {
        var (item, mark) = claim switch
        {
            { Always: true } => ("<li>", "✓"),
            { ContradictsText: true } => ("<li class=\"contradicted\">", "≠"),
            _ => ("<li class=\"failed\">", claim.CanBeJudged ? "✗" : "?"),
        };
        LocalizedText[] shown = [.. claim.Effect is { } effect ? [effect.Text] : (LocalizedText[])[], claim.Evidence];
        var numbers = string.Join(Say("; ", "、"), shown.Select((text, i) =>
            (i == shown.Length - 1 ? Whose(claim) : "") + Say(text)).Where(text => text.Length > 0));
        var evidence = numbers.Length == 0 ? Markup.Empty : Markup.Of(
            $"{Say(" ", "")}<span class=\"source\">{Say("(", "（実測値　")}{numbers}{Say(")", "）")}</span>");
        return Markup.Of(
            $"{new Markup(item)}<b aria-hidden=\"true\">{mark}</b><strong>{Verdict(claim)}</strong>{Say(": ", "：")}{
            Say(claim.Statement)}{TheseRuns(claim)}{evidence}</li>");
    }

    // Where a text and these runs disagree, both are shown: the reader judges.
    private Markup TheseRuns(Claim claim) => claim.ContradictsText
        ? Markup.Of(
            $"{Say(". ", "。")}<strong>{Say("These runs say", "この実行では")}</strong>{Say(": ", "：")}{
                Say(Found(claim))}")
        : Markup.Empty;

    private static LocalizedText Found(Claim claim) => claim switch
    {
        { Count: 0 } => ("no", "成り立たない"),
        _ => ($"with {claim.Count} of {claim.Held.Count} seeds only",
            $"{claim.Held.Count}個中{claim.Count}個のシードでのみ成立"),
    };

    private string Whose(Claim claim) => claim.Held.Count == 1 ? ""
        : Say($"seed {settings.Seed + claim.Shown}: ", $"シード {settings.Seed + claim.Shown}：");

    private string Verdict(Claim claim) => (claim.Always, claim.Held.Count) switch
    {
        (true, 1) => Say("held", "成立"),
        (true, var seeds) => Say($"held with all {seeds} seeds", $"{seeds}個のシードすべてで成立"),
        _ when claim.ContradictsText =>
            Say($"{claim.Source!.Value.English} says", $"{claim.Source.Value.In(Language.Japanese)}の記述"),
        _ when !claim.CanBeJudged =>
            Say("not judged, since the network did not learn", "学習できていないので判定できない"),
        (false, 1) => Say("not held", "不成立"),
        (false, var seeds) when claim.Count == 0 =>
            Say($"held with none of {seeds} seeds", $"{seeds}個のシードのどれでも不成立"),
        (false, var seeds) =>
            Say($"held with {claim.Count} of {seeds} seeds only", $"{seeds}個中{claim.Count}個のシードでのみ成立"),
    };

    private Markup Reproduction(ExperimentResult result)
    {
        // A figure may show the same network several times.
        var runs = result.Trained.DistinctBy(curves => curves.Seeds[0].Digest).Select(curves => $"""
            # {Said(result, curves.Name)}
            {curves.Variant.Configuration.CommandLine()}
            # {Say("digest", "ダイジェスト")} {curves.Seeds[0].Digest}
            """).ToArray();
        var heading = Say("How to train each of these networks by itself",
            "それぞれのネットワークを単独で学習させるには");
        return runs.Length == 0 ? Markup.Empty : Markup.Of($"""
            <details><summary>{heading}</summary>
            {Page.Code(string.Join("\n\n", runs))}
            </details>
            """);
    }

    private Markup Summary()
    {
        Claim[] claims = [.. results.SelectMany(result => result.Report.Claims)];
        Claim[] failed = [.. claims.Where(claim => !claim.Always)];
        Claim[] texts = [.. failed.Where(claim => claim.ContradictsText)];
        var held = claims.Length - failed.Length;
        return Markup.Lines(
        [
            Markup.Of($"<section id=\"summary\">"),
            Markup.Of($"<h2>{SummaryHeading}</h2>"),
            Page.Paragraph(Say(
                Invariant($"{held} of {claims.Length} claims held in these runs") +
                (failed.Length > texts.Length ? "; these did not:" : "."),
                Invariant($"{claims.Length}個の主張のうち{held}個が、この実行で成り立ちました。") +
                (failed.Length > texts.Length ? "成り立たなかったのは次の主張です。" : ""))),
            failed.Length > texts.Length ? List(failed.Except(texts)) : Markup.Empty,
            .. texts.Length == 0 ? [] : (Markup[])
            [
                Page.Paragraph(Say(
                    "Here the book, or texts about it, say one thing, and these runs another:",
                    "次の点では、本書や本書についての解説の記述と、この実行の結果が食い違っています。")),
                List(texts),
            ],
            failed.Length == 0 ? Markup.Empty
                : Page.Paragraph(Say("All claims, in the order of the page:", "このページの順にすべてを示します。")),
            .. from result in results
               where result.Report.Claims.Count > 0
               let title = Say(result.Experiment.Title)
               select Markup.Lines(
                   Markup.Of($"<h3><a href=\"#{result.Experiment.Name}\">{title}</a></h3>"),
                   List(result.Report.Claims)),
            Back(),
            Markup.Of($"</section>"),
        ]);
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

    private static string File(ExperimentResult result, Figure figure, string ending) =>
        $"{result.Experiment.Name}-{figure.Name}.{ending}";

    private static string Digest(string csv) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(csv)))[..16];

    private string Say(LocalizedText words) => words.In(settings.Language);

    private string Say(string english, string japanese) => Say((english, japanese));
}
