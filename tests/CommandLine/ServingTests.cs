using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.Data;
using Functional.Tests.Documentation;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Accessibility = Functional.Tests.Charts.Accessibility;

namespace Functional.Tests.CommandLine;

/// <summary>Models that are asked by many at once: from code, through ASP.NET, and through <c>serve</c>.</summary>
public sealed class ServingTests : IDisposable
{
    private const int Threads = 16;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static readonly Lazy<Model<float>> Digits = new(() =>
    {
        var run = new TrainingRun(
            new TrainConfiguration { Epochs = 2, BatchNorm = true, Dropout = 0.1 }, DataSets.Load("digits"));
        return run.ModelOf(run.Run().State.Network);
    });

    private Model<float> Trees()
    {
        File.WriteAllText(folder["trees.csv"], "kind,height,evergreen,planted,place\n" + string.Concat(
            Enumerable.Range(0, 90).Select(i =>
                $"{(i % 3 == 0 ? "fir" : "oak")},{(i % 7 == 0 ? "" : $"{5 + (i % 11)}")},{(i % 3 == 0 ? "yes" : "no")},"
                + $"20{10 + (i % 9)}-0{1 + (i % 9)}-15,{((string[])["park", "wood", "<street> & \"lane\""])[i % 3]}\n")
                .Select(line => line.Replace("\"lane\"", "lane", StringComparison.Ordinal))));
        var run = new TrainingRun(
            new TrainConfiguration { Epochs = 20, Hidden = [8] }, DataSets.Load(folder["trees.csv"], "kind"));
        return run.ModelOf(run.Run().State.Network);
    }

    private static string Pixels(int sample) =>
        $"[{string.Join(',', DataSets.Load("digits").Test.Images[sample].ToArray())}]";

    // Of each sample its probabilities, asked for alone.
    private static float[][] Alone(Model<float> model, Samples samples) =>
        [.. samples.All.Select(i => model.Predict(samples.Take([i]))[0].Probabilities.ToArray())];

    [Fact]
    public async Task Sixteen_threads_share_a_model_and_get_the_bits_that_one_gets()
    {
        var (digits, trees) = (Digits.Value, Trees());
        var images = DataSets.Load("digits").Test.Images.Take([.. Enumerable.Range(0, 200)]);
        var rows = DataSets.Load(folder["trees.csv"], "kind").Training.Samples;
        var (ofImages, ofRows) = (Alone(digits, images), Alone(trees, rows));
        using var begin = new Barrier(Threads);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(() =>
        {
            begin.SignalAndWait();
            for (var i = 0; i < images.Count; i++)
            {
                var (image, row) = ((i + (13 * thread)) % images.Count, (i + (7 * thread)) % rows.Count);
                Assert.Equal(ofImages[image], digits.Predict(images.Take([image]))[0].Probabilities);
                Assert.Equal(ofRows[row], trees.Predict(rows.Take([row]))[0].Probabilities);
                if (i % 20 == thread)
                    Assert.Equal(ofImages, digits.Predict(images).Select(found => found.Probabilities.ToArray()));
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
    }

    [Fact]
    public void Requests_are_read_as_tables_and_pictures_are()
    {
        var (digits, trees) = (Digits.Value, Trees());
        var rows = (Rows)PredictionRequest.Samples(trees, Encoding.UTF8.GetBytes("""
            [{"height": 7.5, "evergreen": true, "planted": "2015-03-15", "place": "park", "more": []},
             {"place": null, "planted": 16000, "evergreen": "no", "height": ""},
             ["8", "yes", "2015-03-15 12:00", "moon"]]
            """));
        Assert.Equal(["height", "evergreen", "planted", "place"], rows.Columns.Select(column => column.Name!));
        Assert.Equal([7.5, double.NaN, 8], Assert.IsType<NumberColumn>(rows.Columns[0]).Values);
        Assert.Equal([1, 0, 1], Assert.IsType<NumberColumn>(rows.Columns[1]).Values);
        Assert.Equal([16509, 16000, 16509.5], Assert.IsType<NumberColumn>(rows.Columns[2]).Values);
        Assert.Equal([0, -1, 1], Assert.IsType<TextColumn>(rows.Columns[3]).Codes);
        // A row from a file and the same row in a request are the same bits.
        File.WriteAllText(folder["one.csv"], "place,planted,evergreen,height\nwood,2014-02-15,no,\n");
        var asked = PredictionRequest.Samples(trees, Encoding.UTF8.GetBytes(
            """{"place":"wood","planted":"2014-02-15","evergreen":"no","height":null}"""));
        Assert.Equal(
            trees.Predict(SampleFile.Read(folder["one.csv"], trees))[0].Probabilities,
            trees.Predict(asked)[0].Probabilities);
        Assert.Equal(
            trees.Predict(asked)[0].Probabilities,
            trees.Predict(PredictionRequest.Samples(trees, File.ReadAllBytes(folder["one.csv"])))[0].Probabilities);

        var image = PredictionRequest.Samples(digits, Encoding.UTF8.GetBytes($"[{Pixels(3)},{Pixels(4)}]"));
        Assert.Equal(2, Assert.IsType<Images>(image).Count);
        Assert.Single(PredictionRequest.Samples(digits, Encoding.UTF8.GetBytes(Pixels(3))).All);
        using var answer = JsonDocument.Parse(PredictionRequest.Answer(digits, image));
        Assert.Equal(
            digits.Predict(DataSets.Load("digits").Test.Images.Take([3]))[0].Probabilities,
            answer.RootElement.GetProperty("predictions")[0].GetProperty("probabilities").EnumerateArray()
                .Select(number => number.GetSingle()));
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "", "request: expected images (PNG, JPEG, BMP, GIF, PGM, IDX), an array (.npy)" },
        { "hello", "request.csv: at line 1: expected a column 'height', found hello" },
        { "{", "expected JSON, found " },
        { "[]", "expected a sample at least, found an empty list" },
        { "[[]]", "at sample 1: expected an object, or a list of 4 values, found a list of 0" },
        { "[1,2,3]", "at sample 1: expected an object, or a list of 4 values, found a list of 3" },
        { "[{},3]", "at sample 1: expected 'height' (null where it isn't known), found none" },
        { "[[1,true,3,\"park\"],3]", "at sample 2: expected an object, or a list of 4 values, found 3" },
        { "[[\"x\",1,1,\"park\"]]", "at sample 1, column 'height': expected a finite number, found \"x\"" },
        { "[[1,\"maybe\",1,\"park\"]]", "at sample 1, column 'evergreen': expected yes or no, found \"maybe\"" },
        { "[[1,1,\"2015-02-30\",\"park\"]]", "column 'planted': expected a date, as in 2026-11-27, found \"20" },
        { "[[1e999,1,1,\"park\"]]", "at sample 1, column 'height': expected a finite number, found 1e999" },
        { "[[1,1,1,[]]]", "at sample 1, column 'place': expected a text, found []" },
        { "[[1,1,1,\"\\ud800\"]]", "at sample 1, column 'place': expected text in Unicode, found half a" },
        { "{\"height\":1,\"height\":2}", "expected JSON, found " },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_bad_request_is_answered_with_a_sentence(string request, string message)
    {
        var fault = Assert.Throws<DataException>(
            () => PredictionRequest.Samples(Trees(), Encoding.UTF8.GetBytes(request))).Message;
        Assert.Contains(message, fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
    }

    [Fact]
    public async Task The_page_shows_a_service_that_answers_many_at_once()
    {
        Model.Save(folder["digits.safetensors"], Digits.Value);
        var block = Block.All.Single(block =>
            block.Language == "csharp" && block.Text.Contains("MapPost", StringComparison.Ordinal));
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file));
        using var compiled = new MemoryStream();
        var result = CSharpCompilation.Create(
            "Service",
            [
                CSharpSyntaxTree.ParseText(block.Text, parsing),
                CSharpSyntaxTree.ParseText(Surroundings.CSharp("docs/models.md"), parsing),
            ], references).Emit(compiled);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics));
        var address = LoopbackServer.Nobody();
        string[] arguments = [folder["digits.safetensors"], "--urls", $"{address}"];
        var main = Assembly.Load(compiled.ToArray()).EntryPoint!;
        // It runs until the process ends.
        new Thread(() => main.Invoke(null, [arguments])) { IsBackground = true }.Start();
        using var client = new HttpClient { BaseAddress = address };
        await Eventually(client);
        await AnswersMany(client);
        using var bad = await client.PostAsync("predict", new StringContent("[[1,2]]"));
        Assert.Equal(HttpStatusCode.BadRequest, bad.StatusCode);
        Assert.Contains("a list of 784 values", await bad.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_answers_on_this_machine_until_it_is_interrupted()
    {
        Model.Save(folder["digits.safetensors"], Digits.Value);
        string[] serve = ["serve", "digits.safetensors", "--json", "--lang", "ja"];
        using var process = FunctionalProgram.Start(folder.Path, serve);
        try
        {
            var started = JsonSerializer.Deserialize<JsonElement>((await process.StandardOutput.ReadLineAsync())!);
            using var client = new HttpClient { BaseAddress = new Uri(started.GetProperty("address").GetString()!) };
            var (host, port) = (client.BaseAddress.Host, client.BaseAddress.Port);
            Assert.Equal(("127.0.0.1", started.GetProperty("port").GetInt32()), (host, port));
            using var page = await client.GetAsync("");
            var html = await page.Content.ReadAsStringAsync();
            Accessibility.Check(html);
            Assert.Contains("<html lang=\"ja\">", html, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", page.Headers.GetValues("Content-Security-Policy").Single(),
                StringComparison.Ordinal);
            Assert.DoesNotContain("http", html.Replace("http-equiv", "", StringComparison.Ordinal),
                StringComparison.Ordinal);
            Assert.StartsWith("'use strict'", await client.GetStringAsync("page.js"), StringComparison.Ordinal);
            await AnswersMany(client);

            async Task<(HttpStatusCode, string)> Ask(HttpContent content, params (string Name, string Value)[] headers)
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, "predict") { Content = content };
                foreach (var (name, value) in headers)
                    request.Headers.TryAddWithoutValidation(name, value);
                using var response = await client.SendAsync(request);
                var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
                return (response.StatusCode,
                    answer.TryGetProperty("error", out var error) ? error.GetString()! : $"{answer}");
            }

            StringContent Good() => new(Pixels(0));
            Assert.Equal(HttpStatusCode.OK, (await Ask(
                Good(), ("Origin", $"{client.BaseAddress}".TrimEnd('/')), ("Sec-Fetch-Site", "same-origin"))).Item1);
            Assert.Equal(
                (HttpStatusCode.BadRequest, "request: at sample 1: expected a list of 784 values, found a list of 2"),
                await Ask(new StringContent("[1,2]")));
            foreach (var header in ((string, string)[])[("Origin", "https://example.org"), ("Origin", "null"),
                ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")])
                Assert.Equal(HttpStatusCode.Forbidden, (await Ask(Good(), header, ("Connection", "close"))).Item1);
            // A name from elsewhere that leads here.
            using (var foreign = new HttpRequestMessage(HttpMethod.Get, ""))
            {
                foreign.Headers.Host = $"example.org:{port}";
                // The server ends the connection after a refusal; a request that is being sent on it then would fail.
                foreign.Headers.ConnectionClose = true;
                Assert.False((await client.SendAsync(foreign)).IsSuccessStatusCode);
            }
            var large = await Ask(new ByteArrayContent(new byte[(16 << 20) + 1]));
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.Item1);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("elsewhere")).StatusCode);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await client.GetAsync("predict")).StatusCode);

            // A drawing, as the page sends it: the same picture as from a file.
            var drawing = await Ask(new ByteArrayContent(Stroke())
            {
                Headers = { ContentType = new MediaTypeHeaderValue("image/png") },
            });
            Assert.Equal(HttpStatusCode.OK, drawing.Item1);
            var seen = JsonSerializer.Deserialize<JsonElement>(drawing.Item2).GetProperty("seen");
            Assert.Equal(784, seen.GetProperty("pixels").GetBytesFromBase64().Length);

            var refused = FunctionalProgram.Run(folder.Path, "serve", "digits.safetensors", "--port", $"{port}");
            Assert.Equal(1, refused.ExitCode);
            Assert.Matches($"^functional: port {port}: [^\n]+\n$", refused.Error);
            if (OperatingSystem.IsWindows())
                return;
            // As Ctrl-C does; a process that was started in the background may have been told to ignore that.
            Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.Equal((130, ""), (process.ExitCode, await process.StandardError.ReadToEndAsync()));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void The_form_asks_for_what_columns_hold()
    {
        var page = ServePage.Render(Trees(), "trees", Functional.Host.Experiments.Language.English);
        Accessibility.Check(page);
        Assert.Contains("<input inputmode=\"decimal\" autocomplete=\"off\" id=\"field0\" data-column=\"height\"", page,
            StringComparison.Ordinal);
        Assert.Matches("<select id=\"field1\" data-column=\"evergreen\">\n<option value=\"no\">", page);
        Assert.Matches("<input type=\"date\" id=\"field2\" data-column=\"planted\" value=\"201[0-9]-[0-9-]+\"/>", page);
        Assert.Contains("<option value=\"&lt;street&gt; &amp; lane\">&lt;street&gt; &amp; lane</option>", page,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(NumberKind.Date, 20_000, "date", "2024-10-04")]
    [InlineData(NumberKind.Date, 20_000.5, "date", "2024-10-04")]
    [InlineData(NumberKind.Date, 20_000.6875, "datetime-local", "2024-10-04T16:30")]
    [InlineData(NumberKind.Number, 0.125, null, "0.125")]
    [InlineData(NumberKind.Number, 12_345_678.5, null, "12345678")]
    [InlineData(NumberKind.Number, -1.5e20, null, "-1.5E+20")]
    internal void The_form_begins_with_medians_as_a_person_writes_them(
        NumberKind kind, double median, string? type, string value)
    {
        var model = new Model<float>(Network.Create([1, 2], Activation.Relu, Initializer.He, seed: 1))
        {
            Encoder = new TableEncoder([new NumberEncoding("x", NumberScale.None, median) { Kind = kind }]),
        };
        var page = ServePage.Render(model, "one", Functional.Host.Experiments.Language.English);
        Assert.Matches($"<input {(type is null ? "inputmode=\"decimal\"" : $"type=\"{type}\"")} [^>]*"
            + $"value=\"{Regex.Escape(value)}\"/>", page);
        // What the form sends for it is read again.
        var sent = PredictionRequest.Samples(model, Encoding.UTF8.GetBytes($"[{{\"x\": \"{value}\"}}]"));
        Assert.Equal(median, sent.Number(0, 0), Math.Max(0.5, 1e-5 * Math.Abs(median)));
    }

    // A black stroke on white paper.
    private static byte[] Stroke() => Png.Encode(
        [.. Enumerable.Range(0, 400).Select(i => (byte)(i % 20 == 9 && i is > 60 and < 340 ? 0 : 255))], 20, 20);

    private static async Task Eventually(HttpClient client)
    {
        for (var tries = 0; ; tries++)
            try
            {
                (await client.PostAsync("predict", new StringContent("[]"))).Dispose();
                return;
            }
            catch (HttpRequestException) when (tries < 300)
            {
                await Task.Delay(100);
            }
    }

    // Sixteen at a time, each with the bits that the model gives in this process.
    private static async Task AnswersMany(HttpClient client)
    {
        var images = DataSets.Load("digits").Test.Images.Take([.. Enumerable.Range(0, 64)]);
        var expected = Alone(Digits.Value, images);
        await Parallel.ForEachAsync(
            images.All.Concat(images.All), new ParallelOptions { MaxDegreeOfParallelism = Threads }, async (i, stop) =>
            {
                using var response = await client.PostAsync("predict", new StringContent(Pixels(i)), stop);
                var answer = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(stop));
                Assert.Equal(expected[i], answer.GetProperty("predictions")[0].GetProperty("probabilities")
                    .EnumerateArray().Select(number => number.GetSingle()));
            });
    }
}
