using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Functional.Tests.Data;

namespace Functional.Tests;

/// <summary>A page in a real browser without a window, asked through the DevTools protocol.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly TemporaryFolder profile;
    private readonly Process browser;
    private readonly ClientWebSocket socket;
    private readonly CancellationTokenSource limit = new(TimeSpan.FromMinutes(2));
    private int last;

    private BrowserPage(TemporaryFolder profile, Process browser, ClientWebSocket socket) =>
        (this.profile, this.browser, this.socket) = (profile, browser, socket);

    /// <summary>What the page wrote to its console, and errors that nobody caught.</summary>
    public List<string> Messages { get; } = [];

    /// <summary>The addresses that it asked for.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Opens a page.</summary>
    public static async Task<BrowserPage> OpenAsync(string program, string address)
    {
        var profile = new TemporaryFolder();
        var browser = Process.Start(new ProcessStartInfo(program,
        [
            "--headless", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", "--window-size=1600,1000",
            $"--user-data-dir={profile.Path}", .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [],
            "about:blank",
        ]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        browser.BeginErrorReadLine();
        browser.BeginOutputReadLine();
        var socket = new ClientWebSocket();
        var page = new BrowserPage(profile, browser, socket);
        var port = profile["DevToolsActivePort"];
        while (!File.Exists(port) || File.ReadAllLines(port).Length < 2)
            await Task.Delay(50, page.limit.Token);
        using var client = new HttpClient();
        var targets = await client.GetStringAsync($"http://127.0.0.1:{File.ReadAllLines(port)[0]}/json");
        var target = JsonNode.Parse(targets)!.AsArray().First(each => (string)each!["type"]! == "page")!;
        await socket.ConnectAsync(new Uri((string)target["webSocketDebuggerUrl"]!), page.limit.Token);
        foreach (var domain in (string[])["Page", "Runtime", "Network", "Log"])
            await page.SendAsync($"{domain}.enable", []);
        await page.GoAsync(address);
        return page;
    }

    /// <summary>Goes to an address, and waits until its script has run.</summary>
    public async Task GoAsync(string address)
    {
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        await UntilAsync("document.readyState === 'complete'");
    }

    /// <summary>What an expression comes to, as text.</summary>
    public async Task<string> AskAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = $"String({expression})", ["awaitPromise"] = true, ["returnByValue"] = true,
        });
        Assert.False(answer.TryGetProperty("exceptionDetails", out var fault), $"{fault}");
        return answer.GetProperty("result").GetProperty("value").GetString()!;
    }

    /// <summary>Waits until an expression is true.</summary>
    public async Task UntilAsync(string expression)
    {
        while (await AskAsync(expression) != "true")
            await Task.Delay(30, limit.Token);
    }

    /// <summary>Presses a key.</summary>
    public async Task PressAsync(string key, int code)
    {
        foreach (var type in (string[])["keyDown", "keyUp"])
            await SendAsync("Input.dispatchKeyEvent", new JsonObject
            {
                ["type"] = type, ["key"] = key, ["windowsVirtualKeyCode"] = code,
            });
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        browser.Kill(entireProcessTree: true);
        await browser.WaitForExitAsync();
        browser.Dispose();
        profile.Dispose();
        limit.Dispose();
    }

    public async Task<JsonElement> SendAsync(string method, JsonObject parameters)
    {
        var mine = ++last;
        var request = new JsonObject { ["id"] = mine, ["method"] = method, ["params"] = parameters };
        await socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(request), WebSocketMessageType.Text, true, limit.Token);
        while (true)
        {
            var message = await ReceiveAsync();
            if (message.TryGetProperty("id", out var id) && id.GetInt32() == mine)
                return message.TryGetProperty("result", out var result) ? result
                    : throw new InvalidOperationException($"{method}: {message}");
            Note(message);
        }
    }

    private void Note(JsonElement message)
    {
        if (!message.TryGetProperty("method", out var method))
            return;
        if (method.GetString() is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded")
            Messages.Add($"{message}");
        if (method.GetString() == "Network.requestWillBeSent")
            Requests.Add(message.GetProperty("params").GetProperty("request").GetProperty("url").GetString()!);
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer, limit.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage)
                return JsonSerializer.Deserialize<JsonElement>(message.ToArray());
        }
    }
}
