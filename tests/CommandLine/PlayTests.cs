using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Functional.Host;
using Functional.Host.Commands;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Data;
using Functional.Tests.Documentation;
using Accessibility = Functional.Tests.Charts.Accessibility;

namespace Functional.Tests.CommandLine;

/// <summary>The playground: a small network beside points in the plane.</summary>
public sealed class PlayTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CancellationTokenSource end = new();
    private readonly List<PlayServer> servers = [];

    public void Dispose()
    {
        end.Cancel();
        servers.ForEach(server => server.Dispose());
        folder.Dispose();
    }

    [Fact]
    public async Task A_copied_command_comes_to_the_digest_that_the_page_shows()
    {
        using var client = Serve(PlaySettings.Usual);
        const string settings = "data=spirals%3A0.1%3A7&hidden=5%2C4&activation=leaky-relu%3A0.01&init=xavier"
            + "&optimizer=momentum&learning-rate=0.03&batch-size=16&l1=0.0001&l2=0.001&dropout=0.1&seed=3";
        foreach (var (query, step) in ((string, int)[])[("", 30), (settings, 45)])
        {
            var moment = await Moment(client, $"{query}&step={step}");
            var digest = moment.GetProperty("digest").GetString()!;
            Assert.Contains(digest, moment.GetProperty("numbers").GetString(), StringComparison.Ordinal);
            var shell = moment.GetProperty("shell").GetString()!;
            var outcome = FunctionalProgram.Run(
                folder.Path, [.. shell.Split(' ').Skip(1), "--plain", "--out", $"run{step}"]);
            Assert.Equal(0, outcome.ExitCode);
            Assert.Contains($"digest {digest}", outcome.Output, StringComparison.Ordinal);
            var program = $"{moment.GetProperty("csharp").GetString()}\n"
                + $"return state.Network.Digest() == \"{digest}\" ? 0 : 1;\n";
            if (query.Length > 0)
                Assert.Equal(0, CSharpScript.Run("copied.cs", program));
            // Forward, and back again.
            await Moment(client, $"{query}&step={step + 200}");
            Assert.Equal(digest, (await Moment(client, $"{query}&step={step}")).GetProperty("digest").GetString());
        }
        // A point is followed through the network, be it clicked or named.
        var clicked = await client.GetStringAsync($"trace?{settings}&step=45&x=0.4&y=0.4");
        Accessibility.Check(clicked);
        var number = Regex.Match(clicked, "Sample ([0-9]+) \\(").Groups[1].Value;
        Assert.Equal(clicked, await client.GetStringAsync($"trace?{settings}&step=45&sample={number}"));
        Assert.Contains("href=\"./#data=spirals%3A0.1%3A7&amp;hidden=5%2C4&amp;", clicked, StringComparison.Ordinal);
        // What opens the page in the same state.
        var page = (await Moment(client, $"{settings}&step=45")).GetProperty("page").GetString();
        Assert.Equal(
            "functional play spirals:0.1:7 --hidden 5,4 --activation leaky-relu:0.01 --dropout 0.1 --l1 0.0001 "
            + "--l2 0.001 --init xavier --optimizer momentum --learning-rate 0.03 --batch-size 16 --seed 3 --step 45",
            page);
        var start = await Moment(client, "step=0");
        Assert.Equal("functional play --step 0", start.GetProperty("page").GetString());
        // A command trains at least one step.
        Assert.StartsWith("# functional train takes at least one step", start.GetProperty("shell").GetString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moments_are_streamed_as_the_network_learns()
    {
        using var client = Serve(PlaySettings.Usual);
        using var response = await client.GetAsync("events?step=20&by=7", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 1; i <= 20; i++)
        {
            var line = await events.ReadLineAsync();
            var moment = JsonSerializer.Deserialize<JsonElement>(line!["data: ".Length..]);
            Assert.Equal(20 + (7 * i), moment.GetProperty("step").GetInt32());
            Assert.Equal(i == 20, moment.GetProperty("last").GetBoolean());
            if (i is 1 or 20)
                Assert.Equal(
                    (await Moment(client, $"step={20 + (7 * i)}")).GetProperty("digest").GetString(),
                    moment.GetProperty("digest").GetString());
            await events.ReadLineAsync();
        }
        Assert.Null(await events.ReadLineAsync());
    }

    [Theory]
    [InlineData(Language.English, "Playground")]
    [InlineData(Language.Japanese, "プレイグラウンド")]
    public async Task The_page_can_be_read_and_is_small(Language language, string title)
    {
        using var client = Serve(PlaySettings.Usual, language: language, step: 40);
        var page = await client.GetStringAsync("");
        Accessibility.Check(page);
        Assert.Contains($"<h1>{title}</h1>", page, StringComparison.Ordinal);
        Assert.Contains((await Moment(client, "step=40")).GetProperty("digest").GetString()!, page,
            StringComparison.Ordinal);
        Assert.True(page.Length + PlayScript.Text.Length < 200_000);
        // Every control has a label, and every label its control.
        var ids = Regex.Matches(page, "<(?:input|select)[^>]* id=\"([^\"]+)\"").Select(match => match.Groups[1].Value)
            .ToHashSet();
        var labels = Regex.Matches(page, "<label for=\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(ids.Order(), labels.Order());
        if (language == Language.Japanese)
            Assert.DoesNotMatch("[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}", Regex.Replace(
                Regex.Replace(page, "<(style|code|script|title|desc)[^>]*>.*?</\\1>", "", RegexOptions.Singleline),
                "<[^>]*>", ""));
    }

    [Fact]
    public async Task The_page_begins_with_the_very_settings_that_it_was_given()
    {
        using var client = Serve(PlaySettings.Usual with { Data = "spirals:0.3125:-4", Seed = 42 }, step: 10);
        var page = await client.GetStringAsync("");
        foreach (var (id, low, high, value) in ((string, string, string, string)[])
            [("seed", "1", "42", "42"), ("noise", "0", "0.3125", "0.3125"), ("points", "-4", "20", "-4")])
            Assert.Matches(
                $"id=\"{id}\" min=\"{low}\" max=\"{high}\" step=\"[0-9.]+\" value=\"{value}\"", page);
        var state = JsonSerializer.Deserialize<Dictionary<string, string>>(
            WebUtility.HtmlDecode(Regex.Match(page, "data-state=\"([^\"]*)\"").Groups[1].Value))!;
        var query = string.Join('&', state.Select(each => $"{each.Key}={Uri.EscapeDataString(each.Value)}"));
        Assert.Contains(
            (await Moment(client, $"{query}&step=10")).GetProperty("digest").GetString()!, page,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_fails_ends()
    {
        using var server = Functional.Host.Commands.LoopbackServer.Start(
            (_, _) => Task.FromResult(new Answer(200, "text/event-stream", [])
            {
                Write = async (stream, cancellation) =>
                {
                    await stream.WriteAsync("data: 1\n\n"u8.ToArray(), cancellation);
                    await stream.FlushAsync(cancellation);
                    throw new KeyNotFoundException("the second moment");
                },
            }),
            port: null);
        _ = server.RunAsync(end.Token);
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var response = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("data: 1", await events.ReadLineAsync());
        Assert.Equal("\n", await events.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task What_the_page_has_no_room_for_is_refused()
    {
        using var client = Serve(PlaySettings.Usual);
        foreach (var (path, error) in ((string, string)[])
        [
            ("moment", "step: expected an integer from 0 to 10000, found ''"),
            ("moment?step=10001", "step: expected an integer from 0 to 10000, found '10001'"),
            ("moment?step=1&hidden=13", "--hidden: the playground has room for 6 layers of 12 units"),
            ("moment?step=1&hidden=1,1,1,1,1,1,1", "--hidden: the playground has room for 6 layers of 12 units"),
            ("moment?step=1&hidden=x",
                "--hidden: expected the units of each hidden layer, as in 100,100, or none, found 'x'"),
            ("moment?step=1&dropout=1", "--dropout: a share from 0 to below 1 is needed, not 1"),
            ("moment?step=1&data=/etc/passwd",
                "--data: expected circles, spirals, xor, blobs, or the file that play was given"),
            ("moment?step=1&data=xor:9", "xor:9: expected a number from 0 to 1 as its noise, found '9'"),
            ("trace?step=1&sample=500", "sample: expected an integer from 0 to 499, found '500'"),
            ("trace?step=1&x=1", "y: expected a number, found ''"),
            ("events?step=1&by=0", "by: expected an integer from 1 to 1000, found '0'"),
        ])
        {
            using var wrong = await client.GetAsync(path);
            Assert.Equal((HttpStatusCode.BadRequest, error), (
                wrong.StatusCode,
                JsonSerializer.Deserialize<JsonElement>(await wrong.Content.ReadAsStringAsync()).GetProperty("error")
                    .GetString()));
        }
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("elsewhere"));
        Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync($"/{new string('0', 32)}/"));
        Assert.Equal(HttpStatusCode.Forbidden,
            await client.StatusAsync("moment?step=1", ("Origin", "https://example.org")));
        Assert.Equal(HttpStatusCode.Forbidden,
            await client.StatusAsync("events?step=1&by=1", ("Sec-Fetch-Site", "cross-site")));
    }

    [Fact]
    public async Task Ones_own_table_is_played_with()
    {
        File.WriteAllLines(folder["points.csv"],
        [
            "name,height,weight,kind",
            .. Enumerable.Range(0, 60).Select(i => $"n{i},{100 + i},{(i * 7) % 30},{(i < 30 ? "small" : "tall")}"),
        ]);
        var words = new Dictionary<string, string>
            { ["data"] = folder["points.csv"], ["label"] = "kind", ["ignore"] = "name" };
        var start = TrainOptions.Change(PlaySettings.Usual, words);
        using var client = Serve(start);
        Accessibility.Check(await client.GetStringAsync(""));
        var moment = await Moment(client, "step=50");
        Assert.Contains("height", moment.GetProperty("plane").GetString(), StringComparison.Ordinal);
        Assert.Contains("small, test", moment.GetProperty("plane").GetString(), StringComparison.Ordinal);
        var shell = moment.GetProperty("shell").GetString()!;
        Assert.Contains(" --label kind --ignore name ", shell, StringComparison.Ordinal);
        var outcome = FunctionalProgram.Run(folder.Path, [.. shell.Split(' ').Skip(1), "--plain", "--out", "own"]);
        Assert.Contains($"digest {moment.GetProperty("digest").GetString()}", outcome.Output, StringComparison.Ordinal);
        // Made points beside it.
        Assert.StartsWith("functional train --data xor:0.1 ",
            (await Moment(client, "step=5&data=xor:0.1")).GetProperty("shell").GetString(), StringComparison.Ordinal);

        var refused = FunctionalProgram.Run(folder.Path, "play", "points.csv", "--label", "kind");
        Assert.Equal(
            (2, "functional: --data: expected two columns of numbers, and a label of up to 8 classes, found rows of 3 "
                + "columns; --ignore leaves columns out\n"),
            (refused.ExitCode, refused.Error));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void The_usual_settings_learn_the_spirals(long seed)
    {
        var configuration = PlaySettings.Usual with { Seed = seed };
        var run = new PlayedRun(PlaySettings.Run(configuration, configuration.LoadData()));
        var moment = run.At(2000, CancellationToken.None);
        Assert.True(moment.State.Network.Accuracy(run.Test) > 0.95);
        Assert.Equal(2000, moment.Losses.Count);
        Assert.Equal(201, moment.Course.Count);
        Assert.Equal(105, run.At(1037, CancellationToken.None).Course.Count);
        Assert.Equal(
            run.Run.At(1037).Network.Digest(), run.At(1037, CancellationToken.None).State.Network.Digest());
    }

    [Fact]
    public async Task The_doctor_says_what_can_be_seen()
    {
        using var client = Serve(PlaySettings.Usual);
        async Task<string> Said(string query) => (await Moment(client, query)).GetProperty("doctor").GetString()!;
        Assert.Contains("Nothing is wrong", await Said("step=0"), StringComparison.Ordinal);
        Assert.Contains("Nothing is wrong", await Said("step=2000"), StringComparison.Ordinal);
        Assert.Contains("Symmetric weights: all 8 units of affine1 begin with the same weights", await Said(
            "init=constant:0.1&step=20"), StringComparison.Ordinal);
        Assert.Contains("Loss at chance", await Said("learning-rate=0&step=200"), StringComparison.Ordinal);
        var moment = await Moment(client, "optimizer=sgd&learning-rate=1e38&step=500");
        Assert.True(moment.GetProperty("ended").GetBoolean());
        Assert.InRange(moment.GetProperty("step").GetInt32(), 1, 20);
        Assert.Contains(
            $"the run ends here, after {Plural.Of(moment.GetProperty("step").GetInt32(), "step")}.",
            moment.GetProperty("doctor").GetString(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task The_page_works_by_keyboard_alone()
    {
        using var client = Serve(PlaySettings.Usual);
        var address = $"{client.BaseAddress}";
        await using var page = await BrowserPage.OpenAsync(
            PngBrowser.Find(Environment.GetEnvironmentVariable("PATH")).Program, address);
        Task<string> Digest() => page.AskAsync("[...document.querySelectorAll('#numbers td')].at(-1).textContent");
        // What the address says is what is shown.
        async Task Shows(int step)
        {
            var moment = await Moment(client, await page.AskAsync("location.hash.slice(1)"));
            Assert.Equal(
                (step, moment.GetProperty("digest").GetString()),
                (moment.GetProperty("step").GetInt32(), await Digest()));
        }
        await page.UntilAsync("location.hash.endsWith('&step=0')");
        await Shows(0);
        // Plays and pauses.
        await page.PressAsync(" ", 32);
        await page.UntilAsync("step >= 40");
        await page.PressAsync(" ", 32);
        await page.UntilAsync("source === null && !busy");
        var reached = int.Parse(await page.AskAsync("step"), CultureInfo.InvariantCulture);
        await Shows(reached);
        await page.PressAsync("ArrowRight", 39);
        await page.UntilAsync($"step === {reached + 1} && !busy");
        await Shows(reached + 1);
        var digest = await Digest();
        // A slider's move, and back.
        await page.AskAsync("id('layers').focus()");
        await page.PressAsync("ArrowRight", 39);
        await page.UntilAsync("settings.hidden === '8,8,8' && !busy");
        await Shows(reached + 1);
        Assert.NotEqual(digest, await Digest());
        await page.AskAsync("document.activeElement.blur()");
        await page.PressAsync("z", 90);
        await page.UntilAsync("settings.hidden === '8,8' && !busy");
        Assert.Equal(digest, await Digest());
        // Rewound, and forward again.
        await page.AskAsync("slider.focus()");
        await page.PressAsync("Home", 36);
        await page.UntilAsync("step === 0 && !busy");
        await Shows(0);
        // A link in another page has it all.
        await page.GoAsync("about:blank");
        await page.GoAsync($"{address}#data=xor%3A0.1%3A2&hidden=3&learning-rate=0.02&step=70");
        await page.UntilAsync("typeof step !== 'undefined' && step === 70 && !busy");
        await Shows(70);
        Assert.Equal("xor 0.02 1", await page.AskAsync(
            "[id('shape').value, id('learning-rate').value, id('layers').value].join(' ')"));
        // Sliders hold what is out of their range, too, whatever else is changed, and give it back.
        await page.AskAsync("location.hash = 'data=xor%3A0.4125%3A37&seed=-42&step=5'");
        await page.UntilAsync("settings.seed === '-42' && step === 5 && !busy");
        await page.AskAsync("id('layers').focus()");
        await page.PressAsync("ArrowRight", 39);
        await page.UntilAsync("settings.hidden === '8,8,8' && !busy");
        Assert.Equal("xor:0.4125:37 -42 -42", await page.AskAsync(
            "[settings.data, settings.seed, document.querySelector('output[for=seed]').textContent].join(' ')"));
        await Shows(5);
        await page.AskAsync("id('reset').click()");
        await page.UntilAsync("settings.seed === '1' && step === 0 && !busy");
        Assert.Equal("1 20", await page.AskAsync("id('seed').min + ' ' + id('seed').max"));
        Assert.Empty(page.Messages);
        // What the page has no room for is said, and data without noise and seed have the usual ones.
        await page.AskAsync("location.hash = 'data=circles&hidden=1,1,1,1,1,1,1&step=5'");
        await page.UntilAsync("id('said').textContent.includes('room for 6 layers') && !busy");
        Assert.Equal("0.03 1", await page.AskAsync("id('noise').value + ' ' + id('points').value"));
        foreach (var width in (int[])[400, 1600])
        {
            await page.SendAsync("Emulation.setDeviceMetricsOverride", new()
                { ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false });
            Assert.InRange(int.Parse(
                await page.AskAsync("document.documentElement.scrollWidth"), CultureInfo.InvariantCulture), 1, width);
        }
        // The browser itself writes of a request that is refused.
        Assert.DoesNotContain(
            page.Messages, message => message.Contains("Runtime.exceptionThrown", StringComparison.Ordinal));
        Assert.All(
            page.Requests.Where(url =>
                url != "about:blank" && !url.StartsWith("data:", StringComparison.Ordinal)),
            url => Assert.StartsWith(address, url, StringComparison.Ordinal));
    }

    private HttpClient Serve(TrainConfiguration start, Language language = Language.English, int step = 0)
    {
        var own = start.Label is null ? null : start.LoadData();
        var server = new PlayServer(start, step, own, port: null, language);
        servers.Add(server);
        _ = server.RunAsync(end.Token);
        return new HttpClient { BaseAddress = new Uri(server.Address) };
    }

    private static async Task<JsonElement> Moment(HttpClient client, string query) =>
        JsonSerializer.Deserialize<JsonElement>(await client.GetStringAsync($"moment?{query}"));
}
