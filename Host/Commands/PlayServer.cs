using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;
using static Functional.Host.Commands.Translation;

namespace Functional.Host.Commands;

/// <summary>The playground: its page under an address that can't be guessed, <c>moment?SETTINGS&amp;step=N</c> for a
/// run at a step, and <c>events?SETTINGS&amp;step=N&amp;by=K</c>, server-sent events with the moments that follow, each
/// K steps after the one before; <c>trace?SETTINGS&amp;step=N&amp;sample=I</c> (or <c>x</c> and <c>y</c>) is one
/// sample's page. What is shown is a function of the request: the server remembers nothing but what it
/// has computed already.</summary>
internal sealed class PlayServer : IDisposable
{
    // A stream ends by itself, since who asked may have gone; the page asks for the next.
    private const int MomentsOfStream = 20, MostRuns = 8, MostStepsAtOnce = 1000;

    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private readonly string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly TrainConfiguration start;
    private readonly int step;
    private readonly DataSet? own;
    private readonly Language language;
    private readonly LoopbackServer server;
    private readonly List<(string Key, PlayedRun Run)> runs = [];
    private readonly Task<JsonObject> first;

    /// <summary>Begins to listen.</summary>
    /// <param name="start">The settings that the page begins with.</param>
    /// <param name="step">The step that it begins at.</param>
    /// <param name="own">The user's own data, if the settings have a file.</param>
    /// <param name="port">The port; a free one if null.</param>
    /// <param name="language">Of the page.</param>
    /// <exception cref="OperationFailedException">The port is taken, or may not be listened on.</exception>
    /// <exception cref="UsageException">The data aren't points in the plane.</exception>
    public PlayServer(TrainConfiguration start, int step, DataSet? own, int? port, Language language)
    {
        (this.start, this.step, this.own, this.language) = (start, step, own, language);
        var run = RunOf(start);
        // While the browser starts.
        first = Task.Run(() => Moment(run, step, CancellationToken.None));
        server = LoopbackServer.Start((request, cancellation) => Task.FromResult(Respond(request, cancellation)), port);
    }

    /// <summary>The page's address.</summary>
    public string Address => $"{server.Address}{token}/";

    /// <summary>Answers requests until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellation) => server.RunAsync(cancellation);

    public void Dispose() => server.Dispose();

    private Answer Respond(HttpListenerRequest request, CancellationToken cancellation)
    {
        if (request.Url?.AbsolutePath.Split('/') is not ["", var given, var what]
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(token)))
            return Answer.Fault(403, "the address must be the one that the program printed");
        if (request.HttpMethod is not ("GET" or "HEAD"))
            return Answer.Takes("GET", "HEAD");
        try
        {
            var query = request.QueryString;
            return what switch
            {
                "" => Answer.Html(PageAtFirst()),
                "page.js" => Answer.Script(PlayScript.Text),
                "moment" => Answer.Json(Moment(RunOf(Settings(query)), Step(query), cancellation)),
                "events" => Events(RunOf(Settings(query)), Step(query), By(query)),
                "trace" => Answer.Html(Trace(query, cancellation)),
                _ => Answer.Fault(404, "there are moment, events and trace"),
            };
        }
        catch (UsageException e)
        {
            return Answer.Fault(400, string.Join("; ", e.Faults.Select(fault => Say(TrainOptions.Line(fault)))));
        }
        catch (DataException e)
        {
            return Answer.Fault(400, Say(e.Message));
        }
    }

    private string PageAtFirst() => PlayPage.Render(
        start, step, Samples(RunOf(start)), first.GetAwaiter().GetResult(), language);

    private static int Samples(PlayedRun run) => run.Run.Data.Training.Count + run.Run.Data.Test.Count;

    // Samples for testing have the numbers behind those for training.
    private string Trace(NameValueCollection query, CancellationToken cancellation)
    {
        var run = RunOf(Settings(query));
        var data = run.Run.Data;
        var sample = query["sample"] is not null ? Number(query, "sample", 0, Samples(run) - 1)
            : Nearest(data, Coordinate(query, "x"), Coordinate(query, "y"));
        return Threads.Use(1, () =>
        {
            var trace = new SampleTrace(run.Run, run.At(Step(query), cancellation).State, sample);
            var back = string.Join('&', PlaySettings.Options.Select(option => option.Name).Append("step")
                .Where(name => query[name] is not null).Select(name => $"{name}={Uri.EscapeDataString(query[name]!)}"));
            return TracePage.Render(trace, $"./#{back}", language);
        });
    }

    // As wide as high, so that what looks nearest is.
    private static int Nearest(DataSet data, double x, double y)
    {
        DataPart[] parts = [data.Training, data.Test];
        double[] Of(int column) => [.. parts.SelectMany(part =>
            ((NumberColumn)((Rows)part.Samples).Columns[column]).Values)];
        double[] xs = Of(0), ys = Of(1);
        double width = xs.Max() - xs.Min(), height = ys.Max() - ys.Min();
        return Enumerable.Range(0, xs.Length).MinBy(i =>
            ((xs[i] - x) / width * ((xs[i] - x) / width)) + ((ys[i] - y) / height * ((ys[i] - y) / height)));
    }

    private static double Coordinate(NameValueCollection query, string name) =>
        double.TryParse(query[name], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            && double.IsFinite(value) ? value
            : throw new UsageException($"{name}: expected a number, found '{query[name]}'");

    private TrainConfiguration Settings(NameValueCollection query) => PlaySettings.Parse(start, query);

    private static int Step(NameValueCollection query) =>
        Number(query, "step", 0, PlaySettings.MostSteps);

    private static int By(NameValueCollection query) => Number(query, "by", 1, MostStepsAtOnce);

    private static int Number(NameValueCollection query, string name, int least, int most) =>
        int.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most ? value
            : throw new UsageException(
                Invariant($"{name}: expected an integer from {least} to {most}, found '{query[name]}'"));

    // The last ones are kept: who goes back to a setting finds it as far as it came.
    private PlayedRun RunOf(TrainConfiguration configuration)
    {
        var key = configuration.CommandLine();
        lock (runs)
        {
            var found = runs.FindIndex(each => each.Key == key);
            var run = found >= 0 ? runs[found].Run : new PlayedRun(PlaySettings.Run(
                configuration, own is not null && configuration.Data == start.Data ? own : configuration.LoadData()));
            if (found >= 0)
                runs.RemoveAt(found);
            runs.Insert(0, (key, run));
            if (runs.Count > MostRuns)
                runs.RemoveAt(MostRuns);
            return run;
        }
    }

    // One thread: of so small a network more cost more than they bring.
    private JsonObject Moment(PlayedRun run, int at, CancellationToken cancellation) =>
        Threads.Use(1, () => new PlayView(run, language, Say).At(run.At(at, cancellation)));

    private Answer Events(PlayedRun run, int from, int by) => new(200, "text/event-stream", [])
    {
        Write = async (stream, cancellation) =>
        {
            var at = from;
            for (var i = 1; i <= MomentsOfStream; i++)
            {
                var pause = Task.Delay(Pace, cancellation);
                at = Math.Min(at + by, PlaySettings.MostSteps);
                var moment = Moment(run, at, cancellation);
                moment["last"] = i == MomentsOfStream;
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"data: {moment.ToJsonString()}\n\n"), cancellation)
                    .ConfigureAwait(false);
                await stream.FlushAsync(cancellation).ConfigureAwait(false);
                if ((bool)moment["ended"]!)
                    break;
                await pause.ConfigureAwait(false);
            }
        },
    };
}
