using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;

namespace Functional.Tests.Experiments;

/// <summary>Captions say nothing but what the CSV beside them says (A4, A11), and that is the same in every language
/// (A12).</summary>
public partial class CaptionTests
{
    // What texts say of the world rather than of the run: sizes, rules of thumb, the loss of guessing, shares that
    // decide.
    private static readonly Dictionary<string, string[]> Settings = new()
    {
        ["layers-graph"] = ["1"],
        ["gradient-check-differences"] = ["10", "1"],
        ["two-layer-loss"] = ["10", "2.30"],
        ["two-layer-accuracy"] = ["5pp"],
        ["optimizer-paths-paths"] = ["0.95"],
        ["optimizer-paths-grid"] = ["30", "7", "2", "6.45", "100", "0.0001"],
        ["optimizers-loss"] = ["10", "2.30"],
        ["optimizers-tuned"] = ["10", "2.30"],
        ["weight-init-loss"] = ["10", "2.30", "0.01"],
        ["weight-init-first-loss"] = ["10"],
        ["weight-init-update-ratio"] = ["1000", "1"],
        ["batch-norm-accuracy"] = ["50%"],
        ["overfitting-accuracy"] = ["99%"],
        ["dropout-accuracy"] = ["5pp"],
        ["augmentation-crops"] = ["4", "9", "24", "28", "2"],
        ["augmentation-accuracy"] = ["25"],
        // Of a hundred trials, which another figure shows, the best.
        ["hyperparameters-best"] = ["5pp", "100"],
        ["norms-paths"] = ["0"],
        ["norms-planes"] = ["2", "0"],
        ["hyperparameters-trials"] = ["4"],
        ["adventurer-valleys"] = ["30"],
        ["ridge-limit-limit"] = ["10"],
        ["dropout-length-accuracy"] = ["4"],
        ["overfitting-causes-accuracy"] = ["6", "100"],
        ["sparsity-accuracy"] = ["0.002"],
        ["activations-deviations"] = ["1", "0.01"],
    };

    public static IEnumerable<object[]> Captions => from experiment in Book.Experiments
                                                    from seeds in (int[])[1, 3]
                                                    from language in Enum.GetValues<Language>()
                                                    select (object[])[experiment.Name, seeds, language];

    private static readonly LabSettings InJapanese = QuickBook.Settings with { Language = Language.Japanese };

    [Theory]
    [MemberData(nameof(Captions))]
    public void A11_every_number_of_a_caption_is_in_the_csv_beside_it(string experiment, int seeds, Language language)
    {
        var result = (seeds == 1 ? QuickBook.Results : QuickBook.ResultsOfThreeSeeds)
            .Single(one => one.Experiment.Name == experiment);
        Assert.Empty(result.Report.Parts.OfType<Figure>().SelectMany(figure => Faults(result, figure, language)));
    }

    [BookFact]
    public void Every_caption_of_a_whole_book_agrees_with_the_numbers_beside_it()
    {
        var (data, seeds) = (BookFactAttribute.Run![0], BookFactAttribute.Run[1]);
        var settings = new LabSettings { Data = data, Seeds = int.Parse(seeds, CultureInfo.InvariantCulture) };
        var faults = (
            from result in ExperimentRunner.Run(Book.Experiments, settings, DataSets.Load(data))
            from figure in result.Report.Parts.OfType<Figure>()
            from language in Enum.GetValues<Language>()
            from fault in Faults(result, figure, language)
            select fault).ToArray();
        // All of them: a run takes too long to see five at a time.
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    private static IEnumerable<string> Faults(ExperimentResult result, Figure figure, Language language)
    {
        var (place, text) = ($"{result.Experiment.Name}-{figure.Name}", figure.Caption.In(language));
        return NumbersIn(text, Names(figure.Chart, result))
            .Where(number => !Settings.GetValueOrDefault(place, []).Contains(number) && !Says(figure, number))
            .Select(number => $"{place}: '{number}' of '{text}' is not among its numbers")
            .Concat(Contradictions(text).Select(words => $"{place}: '{words}' contradicts itself"));
    }

    // Two numbers and a word for which is larger.
    private static readonly (string Pattern, bool FirstIsLarger)[] Comparisons =
    [
        ("smaller: ([0-9.]+)%? instead of ([0-9.]+)", false), ("larger: ([0-9.]+)%? instead of ([0-9.]+)", true),
        ("higher than without dropout: ([0-9.]+)% instead of ([0-9.]+)%", true),
        ("差が([0-9.]+)ポイントから([0-9.]+)ポイントに縮まります", true),
        ("差が([0-9.]+)ポイントから([0-9.]+)ポイントに広がります", false),
        ("なしを上回ります（([0-9.]+)%、なしは([0-9.]+)%）", true),
    ];

    private static IEnumerable<string> Contradictions(string text) =>
        from comparison in Comparisons
        from Match match in Regex.Matches(text, comparison.Pattern)
        let first = double.Parse(match.Groups[1].Value.TrimEnd('.'), CultureInfo.InvariantCulture)
        let second = double.Parse(match.Groups[2].Value.TrimEnd('.'), CultureInfo.InvariantCulture)
        where first == second || first > second != comparison.FirstIsLarger
        select match.Value;

    [Fact]
    public void A_word_that_contradicts_its_numbers_is_found()
    {
        Assert.Empty(Contradictions("The gap is smaller: 4.9 instead of 5 percentage points."));
        Assert.Single(Contradictions("The gap is smaller: 5.1 instead of 5 percentage points."));
        Assert.Single(Contradictions("The gap is larger: 5 instead of 5 percentage points."));
        Assert.Single(Contradictions("ends higher than without dropout: 76.4% instead of 77.1%."));
        Assert.Single(Contradictions("差が4.9ポイントから5.1ポイントに縮まります"));
        Assert.Empty(Contradictions("差が4.9ポイントから5.1ポイントに広がります"));
    }

    [Fact]
    public void A_number_that_the_figure_does_not_have_is_found()
    {
        var chart = new LineChart("Loss", "step", "loss") { Series = [new("SGD 0.1", [1.25, 0.5, 0.25])] };
        Assert.True(Says(new Figure("loss", chart, ""), "1.25"));
        Assert.True(Says(new Figure("loss", chart, ""), "25.0%"));
        Assert.False(Says(new Figure("loss", chart, ""), "1.26"));
        Assert.False(Says(new Figure("loss", chart, ""), "25.1%"));
        Assert.Equal(["1.25", "50.0%", "3×10⁻⁵"], NumbersIn("SGD 0.1 goes from 1.25 to 50.0%, 3×10⁻⁵.", ["SGD 0.1"]));
    }

    [Fact]
    public void A12_numbers_and_digests_do_not_depend_on_the_language()
    {
        var english = new ExperimentPage(QuickBook.Settings, QuickBook.Results);
        var japanese = new ExperimentPage(InJapanese, QuickBook.Results);
        Assert.Equal(english.Numbers(), japanese.Numbers());
        Assert.All(english.Numbers(), file => Assert.DoesNotMatch("[\u3040-\u30ff\u4e00-\u9fff]", file.Csv));
        string[] Digests(ExperimentPage page) =>
            [.. DigestOnPage().Matches(page.Render()).Select(match => match.Value)];
        Assert.Equal(Digests(english), Digests(japanese));
        Assert.Equal(english.Numbers().Count(), Digests(english).Length);
    }

    [Fact]
    public void D_no_space_stands_beside_a_japanese_letter() =>
        Assert.Equal("標準偏差を1からL2 0.1 / 0.2まで、Adamで",
            new LocalizedText("", "標準偏差を 1 から L2 0.1 / 0.2 まで、Adam で").In(Language.Japanese));

    [Fact]
    public void A12_everything_on_a_japanese_page_is_in_japanese()
    {
        var page = new ExperimentPage(InJapanese, QuickBook.Results).Render();
        var axes = Regex.Matches(page, "class='muted middle'>([^<]*[a-z]{4}[^<]*)<")
            .Select(match => match.Groups[1].Value).Distinct();
        Assert.All(axes, label =>
            Assert.True(label.StartsWith("weight decay", StringComparison.Ordinal)
                || label.Any(letter => letter > '\u3000'), label));
    }

    [GeneratedRegex("<code>[0-9a-f]{16}</code>")]
    private static partial Regex DigestOnPage();

    // A28: ends of 95.04% and 90.06% are shown as 95.0% and 90.1%, and between those are 4.9 points.
    [Fact]
    public void A_gap_is_between_the_numbers_that_are_shown()
    {
        var ends = new LineChart("One", "epoch", "accuracy")
        {
            Series = [new("training", [0.9504, 0.9504]), new("test", [0.9006, 0.9006])],
        };
        var figure = new Figure("accuracy", new SmallMultiples("All", [ends]), "");
        Assert.True(Says(figure, "95.0%") && Says(figure, "90.1%"));
        Assert.Equal(["4.9pp", "5pp"], NumbersIn("The gap is 4.9 instead of 5 percentage points.", []));
        Assert.Equal(["3"], NumbersIn("As in 6.4.1, with 3 layers.", []));
        Assert.Equal(["20.2%", "0.25"], NumbersIn("0.2, L1 0.005: 20.2%; 0.2: 0.25.", ["0.2", "0.2, L1 0.005"]));
        Assert.Equal(["4.9pp", "5pp"], NumbersIn("差が4.9ポイントから5ポイントに広がります。", []));
        Assert.True(Says(figure, "4.9pp"));
        Assert.False(Says(figure, "5.0pp") || Says(figure, "4.9%") || Says(figure, "5.0%"));
    }

    [GeneratedRegex("[-−]?[0-9][0-9,\u2009]*(\\.[0-9]+)?(×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(%|pp)?")]
    private static partial Regex Number();

    // Names hold numbers that are no results: 'SGD 0.3', 'layer 1', 'x²', 'L2', section 6.4.1.
    private static IEnumerable<string> NumbersIn(string caption, IEnumerable<string> names)
    {
        foreach (var name in names.OrderByDescending(name => name.Length))
            // Of '20.2%' the name '0.2' is no part.
            caption = Regex.Replace(caption, $"(?<![0-9.]){Regex.Escape(name)}(?![0-9%]|\\.[0-9])", "");
        caption = Regex.Replace(
            caption, " (?=instead of [^ ]+ percentage points)| percentage points|ポイント", "pp ");
        caption = Regex.Replace(caption,
            @"[5-7]\.[0-9]\.[0-9](?![0-9])|"
                + @"layers? [0-9]|第?[0-9]層|[Ll][12](?![0-9.])|10 to the power of|10 ?の|√\(2/n\)|1/√n"
                + "|(?<![0-9])[0-9]+(つ|本|個のユニット)", "");
        return Number().Matches(caption).Select(match => match.Value.TrimEnd(',').TrimStart('-', '−'));
    }

    private static IEnumerable<string> Names(Chart chart, ExperimentResult result)
    {
        IEnumerable<string> names = chart switch
        {
            SmallMultiples all => all.Charts.SelectMany(one => Names(one, result)),
            LineChart lines => lines.Series.Select(series => series.Name),
            BarChart bars => bars.Bars.Select(bar => bar.Name),
            _ => [],
        };
        return names.Append(chart.Title)
            .Where(name => name.Any(char.IsLetter) || name.StartsWith("0.", StringComparison.Ordinal))
            .SelectMany(name =>
                (string[])[name, new LocalizedText(name, result.Japanese.GetValueOrDefault(name, name))
                    .In(Language.Japanese)]);
    }

    private static bool Says(Figure figure, string number)
    {
        if (number.EndsWith("pp", StringComparison.Ordinal))
            return Gaps(figure).Contains(decimal.Parse(number[..^2], CultureInfo.InvariantCulture));
        var percent = number.EndsWith('%');
        var text = number.TrimEnd('%').Replace("\u2009", "", StringComparison.Ordinal)
            .Replace(",", "", StringComparison.Ordinal).Replace('−', '-');
        var value = Parse(text);
        var decimals = text.Contains('.') ? text.Split('×')[0].Length - text.IndexOf('.') - 1 : 0;
        var digits = text.Split('×')[0].Count(char.IsAsciiDigit);
        return Known(figure).Any(known => percent
            ? Math.Abs(Math.Round(100 * known, decimals, MidpointRounding.AwayFromZero) - value) < 1e-9
            || Math.Abs(100 * known - value) <= 0.5000001 * Math.Pow(10, -decimals)
            : Math.Abs(known - value) <= 0.5000001 * Math.Max(
                Math.Pow(10, -decimals) * (
                    text.Contains('×') ? value / double.Parse(text.Split('×')[0], CultureInfo.InvariantCulture) : 1),
                text.Contains('.') ? 0 : value == Math.Floor(value) && Math.Abs(value) < 1e4 ? 1e-9
                : Math.Abs(value) * Math.Pow(10, -digits)));
    }

    private static double Parse(string text)
    {
        text = text.TrimEnd('%').Replace("\u2009", "", StringComparison.Ordinal)
            .Replace(",", "", StringComparison.Ordinal);
        if (!text.Contains('×'))
            return double.Parse(text, CultureInfo.InvariantCulture);
        const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";
        var (mantissa, power) = (
            text[..text.IndexOf('×')], text[(text.IndexOf("×10", StringComparison.Ordinal) + 3)..]);
        var exponent = string.Concat(
            power.Select(letter =>
                letter == '⁻' ? "-" : Raised.IndexOf(letter).ToString(CultureInfo.InvariantCulture)));
        return double.Parse($"{mantissa}E{exponent}", CultureInfo.InvariantCulture);
    }

    // What the CSV says: its numbers, how many there are of what, where lines end (over four points), and shares of
    // histograms.
    private static IEnumerable<double> Known(Figure figure)
    {
        var rows = ChartNumbers.Csv(figure.Chart).TrimEnd('\n').Split('\n').Skip(1).Select(Cells).ToArray();
        var cells = rows.SelectMany(row => row)
            .Where(cell => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            .Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
        // Signs are not read from texts, where they may be dashes.
        var numbers = cells.Concat(cells.Select(Math.Abs));
        if (figure.Chart is LineChart { Series: var single })
            numbers = numbers.Concat(single.Select(line => (double)line.Ys.Count));
        if (figure.Chart is SmallMultiples { Charts: var charts })
        {
            numbers = numbers.Append(charts.Count);
            foreach (var chart in charts)
                if (chart is LineChart lines)
                {
                    numbers = numbers.Concat(Ends(lines));
                    // By what a line is multiplied from point to point.
                    numbers = numbers.Concat(lines.Series.Select(series =>
                        Math.Pow(series.Ys[0] / series.Ys[^1], 1.0 / (series.Ys.Count - 1))));
                    // How many of the charts end in such a way.
                    numbers = numbers.Concat(
                        lines.Series.Select((_, i) =>
                            (double)charts.OfType<LineChart>().Count(all => all.Series[i].Ys[^1] >= 0.5)))
                        .Concat(lines.Series.Select(
                            (_, i) =>
                                (double)charts.OfType<LineChart>().Count(all => double.IsNaN(all.Series[i].Ys[^1]))))
                        .Concat(NumbersIn(chart.Title, []).Select(Parse));
                    // Of as many lines as there are, this many end at nothing.
                    numbers = numbers.Append(lines.Series.Count)
                        .Append(lines.Series.Count(series => series.Ys[^1] == 0));
                }
                else if (chart is Histogram { Bins.Counts: var counts })
                {
                    double Share(params Index[] bars) => bars.Sum(bar => counts[bar.GetOffset(counts.Count)]) / 100_000;
                    numbers = numbers.Concat(
                        [Share(0), Share(0, ^1), Share(counts.Count / 2 - 1, counts.Count / 2),
                            1 - counts.Sum() / 100_000]);
                }
                else if (chart is ScatterChart points)
                    numbers = numbers.Concat(Best(points));
        }
        return numbers;
    }

    // How far apart lines of a chart end, in percentage points, between what is shown of both.
    private static IEnumerable<decimal> Gaps(Figure figure) =>
        from chart in ((SmallMultiples)figure.Chart).Charts.OfType<LineChart>()
        from values in (double[][])
            [Ends(chart), .. chart.Series.Count == 0 ? [] : (double[][])[At(chart, 0), At(chart, ^1)]]
        let ends = values.Select(end => CommonFigures.Percent(end)[..^1]).Where(end => end != "")
            .Select(end => decimal.Parse(end, CultureInfo.InvariantCulture)).ToArray()
        from one in ends
        from other in ends
        select Math.Abs(one - other);

    private static double[] At(LineChart lines, Index at) =>
        [.. lines.Series.Where(series => series.Ys.Count > 0).Select(series => series.Ys[at])];

    private static double[] Ends(LineChart lines) =>
        [.. lines.Series.Select(series => series.Ys.TakeLast(4).Average())];

    // Over how many decades the best few of the points spread, for every few.
    private static IEnumerable<double> Best(ScatterChart points)
    {
        var series = points.Series[0];
        var ranked = series.Ys.Index().OrderByDescending(point => point.Item).Select(point => series.Xs![point.Index])
            .ToArray();
        return Enumerable.Range(1, Math.Min(5, ranked.Length)).SelectMany(count => (double[])
            [count, Math.Log10(ranked[..count].Max() / ranked[..count].Min())]);
    }

    // No cell of these files holds a quote.
    private static string[] Cells(string row) =>
        [.. Regex.Matches(row, "(\"[^\"]*\"|[^,]*)(,|$)").Select(match => match.Groups[1].Value.Trim('"'))];
}
