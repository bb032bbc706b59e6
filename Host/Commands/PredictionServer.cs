using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Pages;

namespace Functional.Host.Commands;

/// <summary>A model on this machine's own address, for its own programs and pages: a page at <c>/</c>, and
/// <c>POST /predict</c>. Other machines can't connect, and requests of pages from elsewhere are refused.</summary>
internal sealed class PredictionServer : IDisposable
{
    /// <summary>The most bytes that a question may have.</summary>
    public const int LargestBody = 16 << 20;

    // The page loads nothing from elsewhere, and sends nothing there.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int Tries = 20, GraceInMilliseconds = 2000;
    private const long MostRead = 1L << 30;

    // http.sys lets those who are no administrators listen under this name.
    private static readonly string[] Hosts = OperatingSystem.IsWindows() ? ["localhost"] : ["127.0.0.1", "localhost"];

    private readonly HttpListener listener;
    private readonly Model<float> model;
    private readonly byte[] page;

    private PredictionServer(HttpListener listener, int port, Model<float> model, string page) =>
        (this.listener, Port, this.model, this.page) = (listener, port, model, Encoding.UTF8.GetBytes(page));

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The page's address.</summary>
    public string Address => Invariant($"http://{Hosts[0]}:{Port}/");

    /// <summary>Begins to listen.</summary>
    /// <param name="model">The model: one for all requests.</param>
    /// <param name="page">The page, as HTML.</param>
    /// <param name="port">The port; a free one if null.</param>
    /// <exception cref="OperationFailedException">The port is taken, or may not be listened on.</exception>
    public static PredictionServer Start(Model<float> model, string page, int? port)
    {
        for (var tries = port is null ? Tries : 1; ; tries--)
        {
            var listener = new HttpListener { IgnoreWriteExceptions = true };
            var at = port ?? FreePort();
            foreach (var host in Hosts)
                listener.Prefixes.Add(Invariant($"http://{host}:{at}/"));
            try
            {
                listener.Start();
                return new PredictionServer(listener, at, model, page);
            }
            catch (Exception e) when (e is HttpListenerException or SocketException)
            {
                listener.Close();
                // Another program may have been quicker to take a port that was free.
                if (tries <= 1)
                    throw new OperationFailedException(Invariant($"port {at}: {e.Message}"));
            }
        }
    }

    /// <summary>Answers requests, each on a thread of its own, until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var open = new CountdownEvent(1);
        using var stop = cancellation.Register(listener.Stop);
        while (!cancellation.IsCancellationRequested)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (
                cancellation.IsCancellationRequested && e is HttpListenerException or ObjectDisposedException)
            {
                break;
            }
            // Who asked has gone before it was read.
            catch (HttpListenerException)
            {
                continue;
            }
            open.AddCount();
            _ = Task.Run(
                async () =>
                {
                    try
                    {
                        await AnswerAsync(context, cancellation).ConfigureAwait(false);
                    }
                    finally
                    {
                        open.Signal();
                    }
                },
                CancellationToken.None);
        }
        // What is being computed is still answered.
        open.Signal();
        open.Wait(GraceInMilliseconds, CancellationToken.None);
    }

    public void Dispose() => listener.Close();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task AnswerAsync(HttpListenerContext context, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        try
        {
            var (status, type, body) = await AnswerAsync(request, response, cancellation).ConfigureAwait(false);
            response.StatusCode = status;
            response.ContentType = type;
            response.Headers["Content-Security-Policy"] = Policy;
            response.Headers["X-Content-Type-Options"] = "nosniff";
            response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
            response.Headers["Referrer-Policy"] = "no-referrer";
            response.Headers["Cache-Control"] = "no-store";
            response.ContentLength64 = body.Length;
            if (request.HttpMethod != "HEAD")
                await response.OutputStream.WriteAsync(body, cancellation).ConfigureAwait(false);
            response.Close();
        }
        // Who asked has gone, or the server is about to.
        catch (Exception e) when (
            e is HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException
                or InvalidOperationException or ProtocolViolationException)
        {
            response.Abort();
        }
    }

    private async Task<(int Status, string Type, byte[] Body)> AnswerAsync(
        HttpListenerRequest request, HttpListenerResponse response, CancellationToken cancellation)
    {
        if (!IsFromHere(request))
            return Fault(403, "this server answers programs and pages of this machine only");
        var path = request.Url?.AbsolutePath;
        var isQuestion = path == "/predict";
        if (!isQuestion && path is not ("/" or "/page.js"))
            return Fault(404, "there are / and /predict");
        string[] methods = isQuestion ? ["POST"] : ["GET", "HEAD"];
        if (!methods.Contains(request.HttpMethod))
        {
            response.Headers["Allow"] = string.Join(", ", methods);
            return Fault(405, $"this address takes {string.Join(" or ", methods)}");
        }
        if (!isQuestion)
            return path == "/" ? (200, "text/html; charset=utf-8", page)
                : (200, "text/javascript; charset=utf-8", Encoding.UTF8.GetBytes(ServePage.Script));
        if (await BodyAsync(request, cancellation).ConfigureAwait(false) is not { } body)
        {
            return Fault(413, Invariant($"a request may have {LargestBody:N0} bytes, and this one has more"));
        }
        try
        {
            var samples = PredictionRequest.Samples(model, body);
            var answer = PredictionRequest.Answered(model, samples);
            if (samples is Images { Count: 1 } seen)
                answer["seen"] = new JsonObject
                {
                    ["height"] = seen.Height, ["width"] = seen.Width, ["channels"] = seen.Channels,
                    ["pixels"] = Convert.ToBase64String(seen[0].Span),
                };
            return (200, "application/json", Encoding.UTF8.GetBytes(PredictionRequest.Text(answer)));
        }
        catch (DataException e)
        {
            return Fault(400, e.Message);
        }
        // One request that fails must not leave others without an answer, nor who asked.
        catch (Exception e)
        {
            var message = e is OutOfMemoryException ? Memory.Exhausted("this request").Message : e.Message;
            Hints.Write([message]);
            return Fault(500, message);
        }
    }

    private static (int, string, byte[]) Fault(int status, string error) => (
        status, "application/json",
        Encoding.UTF8.GetBytes(PredictionRequest.Text(new JsonObject { ["error"] = error })));

    // A page from elsewhere can send requests here, and a name from elsewhere can lead here.
    private bool IsFromHere(HttpListenerRequest request)
    {
        string[] addresses = [.. Hosts.Select(host => Invariant($"{host}:{Port}"))];
        return addresses.Contains(request.UserHostName)
            && (request.Headers["Origin"] is not { } origin || origin == $"http://{request.UserHostName}")
            && request.Headers["Sec-Fetch-Site"] is null or "same-origin" or "none";
    }

    private static async Task<byte[]?> BodyAsync(HttpListenerRequest request, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var (buffer, length) = (new byte[1 << 16], 0L);
        while (await request.InputStream.ReadAsync(buffer, cancellation).ConfigureAwait(false) is > 0 and var count)
        {
            length += count;
            // Who has more to say hears the answer only after that.
            if (length <= LargestBody)
                body.Write(buffer, 0, count);
            else if (length > MostRead)
                return null;
        }
        return length <= LargestBody ? body.ToArray() : null;
    }
}
