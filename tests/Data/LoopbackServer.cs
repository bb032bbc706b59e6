using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Functional.Tests.Data;

/// <summary>A server on this machine that answers each request as the test wants: the test writes the bytes itself.
/// </summary>
public sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<string> requests = new();

    /// <param name="respond">Takes the path asked for, and the connection, which is closed afterwards.</param>
    public LoopbackServer(Func<string, Stream, CancellationToken, Task> respond)
    {
        listener.Start();
        Address = new Uri($"http://{listener.LocalEndpoint}/");
        _ = AcceptAsync(respond);
    }

    public LoopbackServer(Func<string, byte[]> respond)
        : this((path, connection, stop) => connection.WriteAsync(respond(path), stop).AsTask())
    {
    }

    public Uri Address { get; }

    /// <summary>The paths asked for so far.</summary>
    public IReadOnlyCollection<string> Requests => requests;

    public static byte[] Response(
        byte[] body, string status = "200 OK", int? length = null, string header = "X-Test: 1") =>
        [.. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 {status}\r\nContent-Length: {length ?? body.Length}\r\n{header}\r\nConnection: close\r\n\r\n"),
            .. body];

    /// <summary>An address on which no one listens.</summary>
    public static Uri Nobody()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        return new Uri($"http://{closed.LocalEndpoint}/");
    }

    public void Dispose()
    {
        stop.Cancel();
        listener.Dispose();
        stop.Dispose();
    }

    private async Task AcceptAsync(Func<string, Stream, CancellationToken, Task> respond)
    {
        while (true)
            _ = AnswerAsync(await listener.AcceptTcpClientAsync(stop.Token), respond);
    }

    private async Task AnswerAsync(TcpClient client, Func<string, Stream, CancellationToken, Task> respond)
    {
        using (client)
        {
            var connection = client.GetStream();
            var request = new StringBuilder();
            var buffer = new byte[1000];
            while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                request.Append(Encoding.ASCII.GetString(buffer, 0, await connection.ReadAsync(buffer, stop.Token)));
            var path = request.ToString().Split(' ')[1];
            requests.Enqueue(path);
            await respond(path, connection, stop.Token);
        }
    }
}
