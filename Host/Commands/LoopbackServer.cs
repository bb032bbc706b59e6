using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Functional.Host.Models;

namespace Functional.Host.Commands;

/// <summary>What a request is answered with.</summary>
internal sealed record Answer(int Status, string Type, byte[] Body)
{
    /// <summary>Writes the body piece by piece instead, until it returns.</summary>
    public Func<Stream, CancellationToken, Task>? Write { get; init; }

    /// <summary>The methods that the address takes, where the request's is none of them.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    public static Answer Html(string text) => Text("text/html; charset=utf-8", text);

    public static Answer Script(string text) => Text("text/javascript; charset=utf-8", text);

    public static Answer Json(JsonObject json) => Text("application/json", PredictionRequest.Text(json));

    /// <summary>Why there is no other answer.</summary>
    public static Answer Fault(int status, string error) =>
        Json(new JsonObject { ["error"] = error }) with { Status = status };

    /// <summary>That an address takes other methods.</summary>
    public static Answer Takes(params string[] methods) =>
        Fault(405, $"this address takes {string.Join(" or ", methods)}") with { Methods = methods };

    private static Answer Text(string type, string text) => new(200, type, Encoding.UTF8.GetBytes(text));
}

/// <summary>An HTTP server on this machine's own address, for its own programs and pages. Other machines can't connect,
/// and requests of pages from elsewhere are refused.</summary>
internal sealed class LoopbackServer : IDisposable
{
    // A page loads nothing from elsewhere, and sends nothing there.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; "
        + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int Tries = 20, GraceInMilliseconds = 2000;

    // http.sys lets those who are no administrators listen under this name.
    private static readonly string[] Hosts = OperatingSystem.IsWindows() ? ["localhost"] : ["127.0.0.1", "localhost"];

    private readonly HttpListener listener;
    private readonly Func<HttpListenerRequest, CancellationToken, Task<Answer>> answer;

    private LoopbackServer(
        HttpListener listener, int port, Func<HttpListenerRequest, CancellationToken, Task<Answer>> answer) =>
        (this.listener, Port, this.answer) = (listener, port, answer);

    /// <summary>The port that it listens on.</summary>
    public int Port { get; }

    /// <summary>The address of <c>/</c>.</summary>
    public string Address => Invariant($"http://{Hosts[0]}:{Port}/");

    /// <summary>Begins to listen.</summary>
    /// <param name="answer">What a request from this machine is answered with; called on many threads at once.</param>
    /// <param name="port">The port; a free one if null.</param>
    /// <exception cref="OperationFailedException">The port is taken, or may not be listened on.</exception>
    public static LoopbackServer Start(
        Func<HttpListenerRequest, CancellationToken, Task<Answer>> answer, int? port)
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
                return new LoopbackServer(listener, at, answer);
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
            var found = IsFromHere(request) ? await AnswerAsync(request, cancellation).ConfigureAwait(false)
                : Answer.Fault(403, "this server answers programs and pages of this machine only");
            response.StatusCode = found.Status;
            response.ContentType = found.Type;
            if (found.Methods.Count > 0)
                response.Headers["Allow"] = string.Join(", ", found.Methods);
            response.Headers["Content-Security-Policy"] = Policy;
            response.Headers["X-Content-Type-Options"] = "nosniff";
            response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
            response.Headers["Referrer-Policy"] = "no-referrer";
            response.Headers["Cache-Control"] = "no-store";
            if (found.Write is { } write && request.HttpMethod != "HEAD")
            {
                response.SendChunked = true;
                await WriteAsync(write, response.OutputStream, cancellation).ConfigureAwait(false);
            }
            else
            {
                response.ContentLength64 = found.Body.Length;
                if (request.HttpMethod != "HEAD")
                    await response.OutputStream.WriteAsync(found.Body, cancellation).ConfigureAwait(false);
            }
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

    // Where a stream has begun there is no other status, but who asked must not wait for more.
    private static async Task WriteAsync(
        Func<Stream, CancellationToken, Task> write, Stream stream, CancellationToken cancellation)
    {
        try
        {
            await write(stream, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (
            e is not (HttpListenerException or ObjectDisposedException or IOException or OperationCanceledException))
        {
            throw new IOException(Told(e), e);
        }
    }

    // One request that fails must not leave others without an answer, nor who asked.
    private async Task<Answer> AnswerAsync(HttpListenerRequest request, CancellationToken cancellation)
    {
        try
        {
            return await answer(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not (OperationCanceledException or HttpListenerException))
        {
            return Answer.Fault(500, Told(e));
        }
    }

    private static string Told(Exception e)
    {
        var message = e is OutOfMemoryException ? Memory.Exhausted("this request").Message : e.Message;
        Hints.Write([message]);
        return message;
    }

    // A page from elsewhere can send requests here, and a name from elsewhere can lead here.
    private bool IsFromHere(HttpListenerRequest request)
    {
        string[] addresses = [.. Hosts.Select(host => Invariant($"{host}:{Port}"))];
        return addresses.Contains(request.UserHostName)
            && (request.Headers["Origin"] is not { } origin || origin == $"http://{request.UserHostName}")
            && request.Headers["Sec-Fetch-Site"] is null or "same-origin" or "none";
    }
}
