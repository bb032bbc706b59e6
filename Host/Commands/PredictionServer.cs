using System.Net;
using System.Text.Json.Nodes;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Pages;

namespace Functional.Host.Commands;

/// <summary>A model that is asked: a page at <c>/</c>, and <c>POST /predict</c>.</summary>
internal static class PredictionServer
{
    /// <summary>The most bytes that a question may have.</summary>
    public const int LargestBody = 16 << 20;

    private const long MostRead = 1L << 30;

    /// <summary>Begins to listen.</summary>
    /// <param name="model">The model: one for all requests.</param>
    /// <param name="page">The page, as HTML.</param>
    /// <param name="port">The port; a free one if null.</param>
    /// <exception cref="OperationFailedException">The port is taken, or may not be listened on.</exception>
    public static LoopbackServer Start(Model<float> model, string page, int? port) =>
        LoopbackServer.Start((request, cancellation) => AnswerAsync(model, page, request, cancellation), port);

    private static async Task<Answer> AnswerAsync(
        Model<float> model, string page, HttpListenerRequest request, CancellationToken cancellation) =>
        (request.Url?.AbsolutePath, request.HttpMethod) switch
        {
            ("/predict", "POST") => await PredictionAsync(model, request, cancellation).ConfigureAwait(false),
            ("/predict", _) => Answer.Takes("POST"),
            ("/", "GET" or "HEAD") => Answer.Html(page),
            ("/page.js", "GET" or "HEAD") => Answer.Script(ServePage.Script),
            ("/" or "/page.js", _) => Answer.Takes("GET", "HEAD"),
            _ => Answer.Fault(404, "there are / and /predict"),
        };

    private static async Task<Answer> PredictionAsync(
        Model<float> model, HttpListenerRequest request, CancellationToken cancellation)
    {
        if (await BodyAsync(request, cancellation).ConfigureAwait(false) is not { } body)
            return Answer.Fault(413, Invariant($"a request may have {LargestBody:N0} bytes, and this one has more"));
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
            return Answer.Json(answer);
        }
        catch (DataException e)
        {
            return Answer.Fault(400, e.Message);
        }
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
