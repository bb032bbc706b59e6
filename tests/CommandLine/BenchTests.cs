using System.Text.Json;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class BenchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Bench(params string[] arguments) => FunctionalProgram.Run(folder.Path, ["bench", .. arguments]);

    private static double Number(JsonElement found, string name) => found.GetProperty(name).GetDouble();

    [Fact]
    public void A_training_step_is_measured_beside_the_peak()
    {
        var outcome = Bench("--json", "--only", "two-layer-sgd", "--seconds", "0.1", "--threads", "2");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        Assert.Equal(
            ["peak float32 1", "peak double 1", "peak float32 2", "peak double 2"],
            outcome.Events.SkipLast(1).Select(found =>
                $"{found.GetProperty("event")} {found.GetProperty("type")} {found.GetProperty("threads")}"));
        Assert.All(outcome.Events.SkipLast(1), peak => Assert.InRange(Number(peak, "gflops"), 0.01, 1e6));
        var step = outcome.Events[^1];
        Assert.Equal(
            ("step", "two-layer-sgd"),
            (step.GetProperty("event").GetString(), step.GetProperty("workload").GetString()));
        Assert.InRange(step.GetProperty("threads").GetInt32(), 1, 2);
        Assert.InRange(Number(step, "us_per_step"), 1, 1e6);
        Assert.InRange(Number(step, "share_of_peak"), 1e-6, 1.5);
        Assert.InRange(Number(step, "gc_paused_share"), 0, 1);
        // Records and lists, and the states that are looked at.
        Assert.InRange(Number(step, "kb_per_step"), 1, 5000);
        Assert.True(step.GetProperty("gen2_collections").GetInt32() >= 0);
    }

    [Fact]
    public void A_product_is_measured_beside_the_peak()
    {
        var outcome = Bench("--json", "--only", "50x784x100,nothing", "--seconds", "0.02", "--threads", "1");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(["peak", "peak", "product"],
            outcome.Events.Select(found => found.GetProperty("event").GetString()!));
        var product = outcome.Events[^1];
        Assert.Equal("NT", product.GetProperty("transposes").GetString());
        Assert.Equal((50, 784, 100), (Number(product, "m"), Number(product, "n"), Number(product, "k")));
        // Microseconds and operations per nanosecond tell the same time.
        Assert.Equal(2.0 * 50 * 784 * 100, Number(product, "us") * Number(product, "gflops") * 1000, 1.0);
        Assert.InRange(Number(product, "share_of_peak"), 1e-6, 1.5);
    }

    [Fact]
    public void People_get_a_table()
    {
        var outcome = Bench("--only", "evaluation", "--seconds", "0.02", "--threads", "1");
        Assert.Equal(0, outcome.ExitCode);
        var lines = outcome.Output.Split('\n');
        Assert.StartsWith("fused multiply-adds", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("784-50-10, 60000 images", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--only", "three-layer", "--only: nothing is named like 'three-layer'; there are peak, bandwidth, ")]
    [InlineData("--seconds", "0", "--seconds: expected a number of seconds above 0 and up to 3600, found '0'")]
    public void Bad_input_is_one_line_and_exit_code_2(string option, string value, string message)
    {
        var outcome = Bench(option, value);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith($"functional: {message}", outcome.Error, StringComparison.Ordinal);
        Assert.Single(outcome.Error.TrimEnd().Split('\n'));
    }
}
