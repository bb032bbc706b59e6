using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

public sealed class WatchTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Train(params string[] arguments) => FunctionalProgram.Run(folder.Path, ["train", .. arguments]);

    [Fact]
    public void Watching_changes_no_bit_and_shows_every_layer()
    {
        string[] options = ["--samples", "600", "--epochs", "3", "--hidden", "20,10", "--dropout", "0.1",
            "--batch-norm", "--json"];
        var (plain, watched) = (Train([.. options, "--out", "a"]), Train([.. options, "--watch", "--out", "b"]));
        Assert.Equal(
            plain.Event("summary").GetProperty("digest").GetString(),
            watched.Event("summary").GetProperty("digest").GetString());
        var page = File.ReadAllText(folder["b/report.html"]);
        Charts.Accessibility.Check(page);
        foreach (var text in (string[])["Deviation of gradients", "Update over weight", "affine3.weight", "relu2",
            "relu2, step 17"])
            Assert.Contains(text, page, StringComparison.Ordinal);
        Assert.DoesNotContain("Deviation of gradients", File.ReadAllText(folder["a/report.html"]),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_diverges_names_step_and_layer_and_leaves_its_last_good_state()
    {
        string[] options = ["--scale", "none", "--activation", "leaky-relu", "--hidden", "20,10", "--learning-rate",
            "10", "--samples", "500", "--out", "run"];
        var outcome = Train(options);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(
            @"^functional: the loss became (NaN|∞|-∞|Infinity|-Infinity) in step \d+: "
            + @"numbers stopped being finite in step \d+, first the (output|gradient|loss).* \(\d+ of \d+ numbers\); "
            + @"the state before that is in run/last-good\.safetensors; .*\n$",
            outcome.Error);
        var step = int.Parse(outcome.Error.Split("finite in step ")[1].Split(',')[0],
            System.Globalization.CultureInfo.InvariantCulture);
        var run = new TrainingRun(ConfigurationFile.Read(folder["run/config.json"]), DataSets.Load("digits"));
        var last = Checkpoint.Read(folder["run/last-good.safetensors"], run.Start);
        Assert.Equal(step - 1, last.Step);
        Assert.Empty(Diagnostics.NumericFaults(last.Training));
        // One more step, and it is as the message says.
        var first = Diagnostics.NumericFaults(last.Training, run.Steps(run.Start).ElementAt(step - 1).Batch())[0];
        Assert.Contains($"first {first};", outcome.Error, StringComparison.Ordinal);
    }
}
