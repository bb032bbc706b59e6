using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Data;
using Accessibility = Functional.Tests.Charts.Accessibility;

namespace Functional.Tests.CommandLine;

/// <summary>A run that is looked at while it learns, and at any of its steps.</summary>
public sealed class LiveTests : IDisposable
{
    private static readonly TrainConfiguration Configuration = new()
    {
        Epochs = 3, Samples = 200, BatchSize = 20, Hidden = [8], Dropout = 0.2, Optimizer = new() { Name = "adam" },
    };

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Any_state_of_a_run_is_had_again_whatever_was_looked_at_before()
    {
        var run = new TrainingRun(Configuration, DataSets.Load("digits"));
        string[] digests =
            [StateDigest.Of(run.Start), .. run.Steps(run.Start).Select(step => StateDigest.Of(step.After))];
        Assert.Equal(31, digests.Length);
        var checkpoints = new CheckpointFolder(folder["checkpoints"]);
        Directory.CreateDirectory(folder["checkpoints"]);
        checkpoints.Write(run.Steps(run.Start).ElementAt(9).After);
        checkpoints.Write(run.Steps(run.Start).ElementAt(24).After);
        // One that is damaged is no way to go.
        var newest = Directory.GetFiles(folder["checkpoints"]).Order().Last();
        File.WriteAllBytes(newest, [.. File.ReadAllBytes(newest).Select((b, i) => i == 900 ? (byte)(b ^ 1) : b)]);
        var damaged = new List<DataException>();
        var rewinder = new Rewinder(run, checkpoints, damaged.Add);
        foreach (var step in (int[])[30, 0, 10, 9, 25, 24, 1, 29, 11, 30])
            Assert.Equal(digests[step], StateDigest.Of(rewinder.At(step, CancellationToken.None)));
        Assert.All(damaged, e => Assert.Contains("the file is damaged", e.Message, StringComparison.Ordinal));
        Assert.NotEmpty(damaged);
        Assert.Throws<ArgumentOutOfRangeException>(() => rewinder.At(31, CancellationToken.None));
        Assert.Throws<ArgumentOutOfRangeException>(() => rewinder.At(-1, CancellationToken.None));
    }

    [Fact]
    public async Task A_page_follows_a_run_and_goes_back_to_any_of_its_steps()
    {
        string[] train =
        [
            .. Configuration.CommandLine().Split(' ').Skip(1), "--out", "run", "--live", "--json", "--threads", "1",
        ];
        using var process = FunctionalProgram.Start(folder.Path, train);
        try
        {
            var started = JsonSerializer.Deserialize<JsonElement>((await process.StandardOutput.ReadLineAsync())!);
            Assert.Equal("live", started.GetProperty("event").GetString());
            var address = new Uri(started.GetProperty("address").GetString()!);
            Assert.Matches("^http://(127.0.0.1|localhost):[0-9]+/[0-9a-f]{32}/$", $"{address}");
            using var client = new HttpClient { BaseAddress = address };
            var status = await Following(client, "Finished: 30 steps in [0-9.]+ s");
            Assert.Equal(30, status.GetProperty("saved").GetInt32());
            // The page of the end is the report.
            var page = await client.GetStringAsync("");
            Accessibility.Check(page);
            Assert.Contains("<h1>", page, StringComparison.Ordinal);
            Assert.Contains(Digest(30), page, StringComparison.Ordinal);
            Assert.Contains("max=\"30\" value=\"30\"", page, StringComparison.Ordinal);
            Assert.StartsWith("'use strict'", await client.GetStringAsync("page.js"), StringComparison.Ordinal);

            var earlier = await client.GetStringAsync("content?step=7");
            Assert.Contains("as it was after 7 of 30 steps.", earlier, StringComparison.Ordinal);
            Assert.Contains(Digest(7), earlier, StringComparison.Ordinal);
            Assert.Contains("What step 8 did", earlier, StringComparison.Ordinal);
            Assert.Matches("functional train .*--iterations 7[ <]", earlier);
            Assert.Contains("as it was after 0 of 30 steps.", await client.GetStringAsync("content?step=0"),
                StringComparison.Ordinal);

            foreach (var step in (string[])["31", "-1", "x", "", "99999999999"])
            {
                using var wrong = await client.GetAsync($"content?step={step}");
                Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
                Assert.Contains($"expected an integer from 0 to 30, found '{step}'",
                    (await Json(wrong)).GetProperty("error").GetString(), StringComparison.Ordinal);
            }
            Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync("elsewhere"));
            foreach (var guess in (string[])["/", "/content", $"/{new string('0', 32)}/", $"{address.AbsolutePath}x/y"])
                Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync(guess));
            Assert.Equal(HttpStatusCode.Forbidden, await client.StatusAsync("", ("Origin", "https://example.org")));
            Assert.Equal(HttpStatusCode.Forbidden,
                await client.StatusAsync("events", ("Sec-Fetch-Site", "cross-site")));
            using var posted = await client.PostAsync("content", null);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, posted.StatusCode);
        }
        finally
        {
            process.Kill();
        }
        // The run is like any other, and another program may look at it.
        Assert.Equal(Digest(30), RunRecord.Read(folder["run"]).Summary!.Digest);
        using var again = FunctionalProgram.Start(folder.Path, "live", "run", "--lang", "ja");
        try
        {
            var line = (await again.StandardOutput.ReadLineAsync())!;
            using var client = new HttpClient { BaseAddress = new Uri(AddressIn().Match(line).Value) };
            Assert.Contains("<html lang=\"ja\">", await client.GetStringAsync(""), StringComparison.Ordinal);
            Assert.Contains(Digest(12), await client.GetStringAsync("content?step=12"), StringComparison.Ordinal);
            if (OperatingSystem.IsWindows())
                return;
            Process.Start("kill", ["-TERM", $"{again.Id}"]).WaitForExit();
            await again.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((130, ""), (again.ExitCode, await again.StandardError.ReadToEndAsync()));
        }
        finally
        {
            again.Kill();
        }
    }

    [Fact]
    public async Task A_page_finds_a_step_and_goes_on_from_it_with_other_options()
    {
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, [.. Configuration.CommandLine().Split(' ').Skip(1), "--out", "run"]).ExitCode);
        using var process = FunctionalProgram.Start(folder.Path, "live", "run", "--step", "5", "--threads", "1");
        try
        {
            var address = AddressIn().Match((await process.StandardOutput.ReadLineAsync())!).Value;
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            Accessibility.Check(await client.GetStringAsync(""));
            Assert.Equal("", await client.GetStringAsync("forks"));
            var found = JsonSerializer.Deserialize<JsonElement>(
                await client.GetStringAsync("bisect?when=test-loss%3C2.25"));
            var step = found.GetProperty("step").GetInt32();
            Assert.StartsWith(
                $"test-loss<2.25 begins to hold after step {step} ", found.GetProperty("text").GetString(),
                StringComparison.Ordinal);
            var never = await client.GetStringAsync("bisect?when=nan");
            Assert.Contains("doesn't hold at the end", never, StringComparison.Ordinal);

            foreach (var (path, error) in ((string, string)[])
            [
                ("fork?step=31", "run has steps from 0 to 30"), ("fork?step=x", "found 'x'"),
                ("fork?step=5&options=--hidden%209", "other parameters than the run's"),
                ("fork?step=5&options=--learning-rat%201", "--learning-rate"),
            ])
            {
                using var wrong = await client.PostAsync(path, null);
                Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
                Assert.Contains(
                    error, (await Json(wrong)).GetProperty("error").GetString(), StringComparison.Ordinal);
            }
            using var read = await client.GetAsync("fork?step=5");
            Assert.Equal(HttpStatusCode.MethodNotAllowed, read.StatusCode);
            using var elsewhere = new HttpRequestMessage(HttpMethod.Post, "fork?step=5");
            elsewhere.Headers.TryAddWithoutValidation("Origin", "https://example.org");
            using var refused = await client.SendAsync(elsewhere);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(["run"], Directory.GetDirectories(folder.Path).Select(Path.GetFileName));

            using var begun = await client.PostAsync("fork?step=5&options=--learning-rate%200.05", null);
            Assert.Equal("functional train --from run@5 --learning-rate 0.05",
                (await Json(begun)).GetProperty("command").GetString());
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
            while (!File.Exists(folder["run-from-5/report.html"]))
                await Task.Delay(50, limit.Token);
            var opened = TrainingRun.Open(folder["run"]);
            var fork = opened.Fork(5, opened.Configuration with
            {
                Optimizer = opened.Configuration.Optimizer with { LearningRate = 0.05 },
            });
            Assert.Equal(fork.Run().Summary.Digest, RunRecord.Read(folder["run-from-5"]).Summary!.Digest);
            var both = await client.GetStringAsync("forks");
            Assert.Contains("run-from-5", both, StringComparison.Ordinal);
            Assert.Contains("Loss over the steps", both, StringComparison.Ordinal);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void A_page_says_why_its_run_cannot_be_read()
    {
        var run = new TrainingRun(Configuration, DataSets.Load("digits"));
        var live = new LiveRun(folder["gone"], run, threads: 1, Functional.Host.Experiments.Language.English);
        Assert.Equal(0, live.Status().Saved);
        Assert.Contains("gone: expected a run's folder", live.Status().Text, StringComparison.Ordinal);
        Assert.Throws<DataException>(() => live.Content(null, CancellationToken.None));
    }

    [Fact]
    public void What_is_no_run_cannot_be_looked_at()
    {
        var outcome = FunctionalProgram.Run(folder.Path, "live", "nothing");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Equal(
            "functional: nothing: expected a run's folder, with config.json in it, found none\n", outcome.Error);
    }

    // What training this far alone comes to.
    private static string Digest(int steps) => new TrainingRun(
        Configuration with { Iterations = steps }, DataSets.Load("digits")).Run().Summary.Digest;

    private static async Task<JsonElement> Json(HttpResponseMessage response) =>
        JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());

    // The event whose status is as expected; those before it come as the run goes on.
    private static async Task<JsonElement> Following(HttpClient client, string expected)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var response = await client.GetAsync("events", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        using var events = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
        var saved = 0;
        while (true)
        {
            var line = (await events.ReadLineAsync(limit.Token))!;
            if (!line.StartsWith("data: ", StringComparison.Ordinal))
                continue;
            var news = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            Assert.InRange(news.GetProperty("saved").GetInt32(), saved, 30);
            saved = news.GetProperty("saved").GetInt32();
            if (Regex.IsMatch(news.GetProperty("status").GetString()!, expected))
                return news;
            Assert.StartsWith("Running: epoch ", news.GetProperty("status").GetString(), StringComparison.Ordinal);
        }
    }

    private static Regex AddressIn() => new("http://[^ ]+/");
}
