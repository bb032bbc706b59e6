using System.Buffers.Binary;
using System.Xml.Linq;
using Functional.Host;
using Functional.Host.Pages;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class ExperimentTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, ["experiment", .. arguments]);

    [Fact]
    public void An_experiment_leaves_a_page_with_its_numbers_and_replaces_none()
    {
        string[] command = ["optimizers", "--quick", "--book-only", "--iterations", "20", "--out", "page"];
        var outcome = Run(command);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.EndsWith("page: page/index.html\n", outcome.Output.Replace('\\', '/'));
        Assert.Equal(1 + 4 * 20, File.ReadAllLines(folder["page/optimizers-loss.csv"]).Length);
        Assert.Equal("svg", XDocument.Load(folder["page/optimizers-loss.svg"]).Root?.Name.LocalName);
        var page = File.ReadAllText(folder["page/index.html"]);
        Assert.Contains("href=\"optimizers-loss.svg\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", ""));
        var again = Run(command);
        Assert.Equal((2, "functional: --out: page holds a page already; choose another folder, or give --force to "
            + "replace it\n"), (again.ExitCode, again.Error));
    }

    // 8 bytes that every PNG file begins with; width and height are in the header behind the first chunk's name.
    [BrowserFact]
    public void Figures_are_drawn_as_PNG_at_twice_their_size()
    {
        var outcome = Run("adventurer", "--quick", "--png", "--out", "page");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var pictures = Directory.GetFiles(folder["page"], "*.svg");
        Assert.NotEmpty(pictures);
        foreach (var picture in pictures)
        {
            var png = File.ReadAllBytes(Path.ChangeExtension(picture, "png"));
            Assert.Equal((byte[])[0x89, .. "PNG\r\n\x1a\n"u8], png[..8]);
            var root = XDocument.Load(picture).Root!;
            foreach (var (name, place) in (ReadOnlySpan<(string, int)>)[("width", 16), ("height", 20)])
                Assert.Equal(2 * (int)root.Attribute(name)!, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(place)));
        }
    }

    [UnixFact]
    public void Without_a_browser_there_is_no_PNG()
    {
        var error = Assert.Throws<OperationFailedException>(() => PngBrowser.Find(folder.Path));
        Assert.StartsWith("--png: a browser draws PNG files, and there is no chromium", error.Message);
    }

    [UnixFact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void A_browser_that_fails_is_reported_with_what_it_says()
    {
        File.WriteAllText(folder["chromium"], "#!/bin/sh\necho no screen >&2\n");
        File.SetUnixFileMode(folder["chromium"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var browser = PngBrowser.Find(folder.Path);
        var error = Assert.Throws<OperationFailedException>(() =>
            browser.Draw("<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'/>", folder["a.png"]));
        Assert.Equal($"{folder["chromium"]} has not drawn {folder["a.png"]}: no screen", error.Message);
    }

    // Before anything is trained: a book may take hours.
    [UnixFact]
    public void A_folder_that_can_not_be_written_to_is_reported_first()
    {
        var outcome = Run("optimizers", "--quick", "--book-only", "--iterations", "20", "--out", "/proc/self/page");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("functional: /proc/self/page: ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_runs_and_claims()
    {
        var outcome = Run("optimizers", "--quick", "--book-only", "--iterations", "20", "--seeds", "2", "--json",
            "--out", "json");
        Assert.Equal(
            ["run", "run", "run", "run", "claim", "claim", "claim", "summary"],
            outcome.Events.Select(found => found.GetProperty("event").GetString()!));
        Assert.Equal(2, outcome.Event("run").GetProperty("digests").GetArrayLength());
    }

    [Theory]
    [InlineData("functional: there is no experiment 'optimiser'; there are ", "optimiser")]
    [InlineData("functional: --hidden: expected the units of each hidden layer, as in 100,100, or none, found 'x'\n",
        "optimizers", "--hidden", "x")]
    [InlineData("functional: --seeds: expected an integer from 1 to 1000, found '0'\n", "optimizers", "--seeds", "0")]
    [InlineData("functional: --samples: 20000 are wanted, but there are 10000 to train on\n", "optimizers", "--samples",
        "20000")]
    public void What_can_not_be_done_is_said_in_a_line(string message, params string[] arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith(message, outcome.Error);
        Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
