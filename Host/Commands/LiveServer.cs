using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>A run that is looked at: its page under an address that can't be guessed, <c>content?step=N</c> for what
/// the page shows, <c>events</c>, a server-sent event for each change, <c>bisect?when=CONDITION</c>, and
/// <c>fork?step=N&amp;options=...</c>, which begins a fork; <c>forks</c> shows those.</summary>
internal sealed class LiveServer : IDisposable
{
    // A page must show an epoch within a second.
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500), KeepAlive = TimeSpan.FromSeconds(15);

    private readonly string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly string name;
    private readonly LiveRun run;
    private readonly Language language;
    private readonly LiveForks forks;
    private readonly LoopbackServer server;

    /// <summary>Begins to listen.</summary>
    /// <param name="name">The run's.</param>
    /// <param name="run">What is looked at.</param>
    /// <param name="port">The port; a free one if null.</param>
    /// <param name="language">Of the page.</param>
    /// <exception cref="OperationFailedException">The port is taken, or may not be listened on.</exception>
    public LiveServer(string name, LiveRun run, int? port, Language language)
    {
        (this.name, this.run, this.language) = (name, run, language);
        forks = new LiveForks(name, run.ThreadCount, language);
        server = LoopbackServer.Start((request, cancellation) => Task.FromResult(Respond(request, cancellation)), port);
    }

    /// <summary>The page's address.</summary>
    public string Address => $"{server.Address}{token}/";

    /// <summary>Answers requests until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        await server.RunAsync(cancellation).ConfigureAwait(false);
        forks.Wait();
    }

    public void Dispose() => server.Dispose();

    private Answer Respond(HttpListenerRequest request, CancellationToken cancellation)
    {
        if (request.Url?.AbsolutePath.Split('/') is not ["", var given, var what]
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token)))
            return Answer.Fault(403, "the address must be the one that the program printed");
        var changes = what == "fork";
        if (changes ? request.HttpMethod != "POST" : request.HttpMethod is not ("GET" or "HEAD"))
            return Answer.Takes(changes ? ["POST"] : ["GET", "HEAD"]);
        try
        {
            return what switch
            {
                "" => Answer.Html(PageNow(cancellation)),
                "page.js" => Answer.Script(LivePage.Script),
                "content" => Content(request.QueryString["step"], cancellation),
                "bisect" => Bisect(request.QueryString["when"] ?? "", cancellation),
                "fork" => Fork(
                    request.QueryString["step"], request.QueryString["options"] ?? "", cancellation),
                "forks" => Answer.Html(forks.Content().Text),
                "events" => new Answer(200, "text/event-stream", []) { Write = EventsAsync },
                _ => Answer.Fault(404, "there are content, events, bisect, fork and forks"),
            };
        }
        catch (UsageException e)
        {
            return Answer.Fault(400, string.Join("; ", e.Faults.Select(fault => Say(TrainOptions.Line(fault)))));
        }
        catch (DataException e)
        {
            return Answer.Fault(500, e.Message);
        }
    }

    private string PageNow(CancellationToken cancellation)
    {
        var stamp = run.Stamp;
        return LivePage.Render(
            name, stamp, run.First, run.Status(), run.Configuration, run.Content(null, cancellation), language);
    }

    private Answer Content(string? step, CancellationToken cancellation)
    {
        if (step is null)
            return Answer.Html(run.Content(null, cancellation).Text);
        var (first, saved) = (run.First, run.Status().Saved);
        return int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at >= first
            && at <= saved
            ? Answer.Html(run.Content(at, cancellation).Text)
            : Answer.Fault(400, Invariant($"step: expected an integer from {first} to {saved}, found '{step}'"));
    }

    private Answer Bisect(string text, CancellationToken cancellation)
    {
        var condition = RunCondition.Parse(text);
        var (found, values) = run.Bisect(condition, cancellation);
        return Answer.Json(new JsonObject
        {
            ["step"] = found.At?.Step,
            ["text"] = string.Join("; ", BisectCommand.Sentences(
                condition, found, run.First, values, run.StepsPerEpoch).Select(Say)),
        });
    }

    private Answer Fork(string? step, string options, CancellationToken cancellation) =>
        int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? Answer.Json(new JsonObject { ["command"] = forks.Start(at, options, cancellation) })
            : Answer.Fault(400, $"step: expected an integer, found '{step}'");

    private async Task EventsAsync(Stream stream, CancellationToken cancellation)
    {
        var (last, written) = ("", DateTime.UtcNow);
        while (true)
        {
            var (stamp, ofForks) = (run.Stamp, forks.Stamp);
            if ($"{stamp} {ofForks}" is var both && both != last)
            {
                var status = run.Status();
                await WriteAsync($"data: {new JsonObject
                {
                    ["stamp"] = stamp, ["status"] = status.Text, ["saved"] = status.Saved,
                    ["running"] = status.IsRunning, ["forks"] = ofForks,
                }.ToJsonString()}\n\n").ConfigureAwait(false);
                last = both;
            }
            // Who asked may have gone, and that shows only in writing.
            else if (DateTime.UtcNow - written > KeepAlive)
                await WriteAsync(":\n\n").ConfigureAwait(false);
            await Task.Delay(Poll, cancellation).ConfigureAwait(false);
        }

        async Task WriteAsync(string text)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellation).ConfigureAwait(false);
            await stream.FlushAsync(cancellation).ConfigureAwait(false);
            written = DateTime.UtcNow;
        }
    }
}
