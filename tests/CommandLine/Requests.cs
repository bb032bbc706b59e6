using System.Net;

namespace Functional.Tests.CommandLine;

/// <summary>Requests of a page's server.</summary>
internal static class Requests
{
    /// <summary>How a path is answered, asked for with these headers.</summary>
    public static async Task<HttpStatusCode> StatusAsync(
        this HttpClient client, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
