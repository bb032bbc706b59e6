using System.Text;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>What public bug reports and newcomers say of the command line, by the rows of their lists.</summary>
public sealed class FindingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    [Fact]
    public void U6_gradients_of_0_are_said_to_be_0_and_the_last_line_is_the_verdict()
    {
        var outcome = Run("check-gradients", "--init", "zero", "--hidden", "3", "--samples", "2");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var lines = outcome.Output.TrimEnd().Split('\n');
        foreach (var name in (string[])["affine1.weight", "affine1.bias", "affine2.weight"])
            Assert.EndsWith("- (the gradient is 0)",
                Assert.Single(lines, line => line.StartsWith(name, StringComparison.Ordinal)),
                StringComparison.Ordinal);
        Assert.DoesNotContain("gradient is 0",
            Assert.Single(lines, line => line.StartsWith("affine2.bias", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.StartsWith("agree: ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void M7_a_search_may_leave_an_option_out()
    {
        var outcome = Run("search", "--space", "clip-norm=none|0.001", "--sampler", "grid:2", "--samples", "100",
            "--hidden", "4", "--epochs", "1", "--workers", "1", "--json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        var trials = outcome.Events.Where(line => line.GetProperty("event").GetString() == "trial").ToArray();
        Assert.Equal(["0.001", "none"],
            trials.Select(trial => trial.GetProperty("parameters").GetProperty("clip-norm").GetString()!)
                .Order(StringComparer.Ordinal));
        Assert.All(trials, trial => Assert.Equal("complete", trial.GetProperty("state").GetString()));
    }

    [Fact]
    public void A9_a_comparison_is_written_again_and_says_when_data_differ()
    {
        File.WriteAllText(folder["t.csv"],
            "x,kind\n" + string.Concat(Enumerable.Range(0, 20).Select(i => $"{i},{(i < 10 ? "a" : "b")}\n")));
        Assert.Equal(0, Run("train", "--data", "t.csv", "--label", "kind", "--hidden", "2", "--epochs", "1", "--out",
            "table").ExitCode);
        foreach (var (name, seed) in (ReadOnlySpan<(string, string)>)[("one", "1"), ("two", "2")])
            Assert.Equal(0, Run("train", "--samples", "100", "--hidden", "2", "--epochs", "1", "--seed", seed, "--out",
                name).ExitCode);

        const string Differ = "tested on different data";
        Assert.Equal((0, "report: comparison.html\n"), Ended("report", "one", "table"));
        var first = File.ReadAllText(folder["comparison.html"], Encoding.UTF8);
        Assert.Contains(Differ, first, StringComparison.Ordinal);
        Assert.Equal((0, "report: comparison.html\n"), Ended("report", "one", "two"));
        var second = File.ReadAllText(folder["comparison.html"], Encoding.UTF8);
        Assert.DoesNotContain(Differ, second, StringComparison.Ordinal);
        Assert.Equal((0, "report: comparison.html\n"), Ended("report", "one", "table"));
        Assert.Equal(first, File.ReadAllText(folder["comparison.html"], Encoding.UTF8));

        (int, string) Ended(params string[] arguments) =>
            Run(arguments) is var outcome ? (outcome.ExitCode, outcome.Output) : default;
    }

    [Fact]
    public void A15_a_doctor_says_where_its_page_is()
    {
        var outcome = Run("doctor", "--samples", "100", "--hidden", "4", "--page", "found.html");
        Assert.Contains("page: found.html", outcome.Output.Split('\n'));
        Assert.True(File.Exists(folder["found.html"]));
    }

    [Theory]
    [InlineData("8589935", 0)]
    [InlineData("2147483647", 0)]
    [InlineData("2147483648", 2)]
    [InlineData("1e300", 2)]
    public void A_heartbeat_timeout_of_any_length_is_waited_for_or_refused(string timeout, int exitCode)
    {
        var outcome = Run("search", "--space", "learning-rate=0.1|0.2", "--sampler", "grid:2", "--samples", "100",
            "--hidden", "4", "--epochs", "1",
            "--heartbeat-timeout", timeout, "--time-limit", "2147483647");
        Assert.Equal(
            (exitCode, exitCode == 0 ? ""
                : "functional: --heartbeat-timeout: expected a number of seconds above 0 and up to 2147483647, "
                    + $"found '{timeout}'\n"),
            (outcome.ExitCode, outcome.Error));
    }
}
