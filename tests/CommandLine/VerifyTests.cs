using System.Text;
using System.Text.Json;
using Functional.Host.Commands;
using Functional.Host.Files;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>Runs that are done again, compared, and listed.</summary>
public sealed class VerifyTests : IDisposable
{
    private static readonly string[] Options =
        ["--samples", "300", "--hidden", "10", "--batch-size", "50", "--epochs", "3", "--optimizer", "adam",
            "--dropout", "0.1"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private void Train(string run, params string[] more) =>
        Assert.Equal(0, Run(["train", .. Options, .. more, "--out", run]).ExitCode);

    private void Replace(string file, string old, string text)
    {
        var content = File.ReadAllText(folder[file]);
        Assert.Contains(old, content, StringComparison.Ordinal);
        File.WriteAllText(folder[file], content.Replace(old, text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_run_is_verified_or_the_first_difference_is_reported()
    {
        Train("run");
        var identical = Run("verify", "run", "--threads", "2");
        Assert.Equal((0, "identical: 18 losses, 3 digests and 2 states, to the last bit\n", ""),
            (identical.ExitCode, identical.Output, identical.Error));

        var losses = File.ReadAllBytes(folder["run/losses.f64"]);
        losses[7 * sizeof(double)] ^= 1;
        File.WriteAllBytes(folder["run/losses.f64"], losses);
        var loss = Run("verify", "run");
        Assert.Equal(1, loss.ExitCode);
        Assert.Matches(
            "^different: step 8 is the first whose loss differs: [0-9.]+, in the run [0-9.]+\n"
            + "different: chain.txt: the link of step 18 doesn't follow from what is before it\n$", loss.Output);

        losses[7 * sizeof(double)] ^= 1;
        File.WriteAllBytes(folder["run/losses.f64"], losses);
        Replace("run/digest.txt", "\n2 ", "\n2 0");
        var digest = Run("verify", "run", "--json").Event("verification");
        Assert.False(digest.GetProperty("identical").GetBoolean());
        Assert.Equal(2, digest.GetProperty("firstDigest").GetProperty("number").GetInt32());
        Assert.False(digest.TryGetProperty("firstLoss", out _));
    }

    // Of a run that was killed between the two.
    [Fact]
    public void Losses_beyond_the_last_checkpoint_are_compared_as_far_as_they_go()
    {
        Train("run");
        var losses = File.ReadAllBytes(folder["run/losses.f64"]);
        File.WriteAllBytes(folder["run/losses.f64"], losses[..(10 * sizeof(double))]);
        Directory.Delete(folder["run/checkpoints"], recursive: true);
        foreach (var file in Directory.GetFiles(folder["run"]))
            if (Path.GetFileName(file) is not ("config.json" or "environment.json" or "losses.f64"))
                File.Delete(file);
        var verified = Run("verify", "run");
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
        Assert.StartsWith("identical: 10 losses", verified.Output, StringComparison.Ordinal);
    }

    // What people use is the models, and what they read the results.
    [Theory]
    [InlineData("model.safetensors", null, "different: model.safetensors: there is none\n")]
    [InlineData("model.safetensors", "b", "different: model.safetensors: the model is not the run's\n")]
    [InlineData("best.safetensors", null, "different: best.safetensors: there is none\n")]
    [InlineData("best.safetensors", "b", "different: best.safetensors: the model is not the run's\n")]
    [InlineData("summary.json", "b", "different: summary.json: the results are not those of the run\n")]
    [InlineData("metrics.csv", "b", "different: metrics.csv: the results of epoch 1 are not those of the run\n"
        + "different: metrics.csv: the results of epoch 2 are not those of the run\n"
        + "different: metrics.csv: the results of epoch 3 are not those of the run\n")]
    [InlineData("checkpoints/000000018.safetensors", "b", "different: the checkpoint of step 18 is not of the run\n")]
    public void Audit2_a_file_of_another_run_is_found(string file, string? other, string message)
    {
        Train("a", "--keep-every", "6");
        Train("b", "--keep-every", "6", "--seed", "2");
        Assert.Equal(0, Run("verify", "a").ExitCode);
        File.Delete(folder[$"a/{file}"]);
        if (other is not null)
            File.Copy(folder[$"{other}/{file}"], folder[$"a/{file}"]);
        var found = Run("verify", "a");
        Assert.Equal((1, message, ""), (found.ExitCode, found.Output, found.Error));
        if (file is not ("model.safetensors" or "checkpoints/000000018.safetensors"))
            return;
        var spot = Run("verify", "a", "--spot", "1");
        Assert.Equal(1, spot.ExitCode);
        Assert.StartsWith("different: ", spot.Output, StringComparison.Ordinal);
    }

    // What a run leaves whose evaluation was interrupted, in its first epoch or a later one.
    [Theory]
    [InlineData(5)]
    [InlineData(8)]
    public void The_best_network_of_a_run_without_results_is_verified(int steps)
    {
        Train("run", "--validation", "0.2");
        var run = Configured("run");
        using (var created = RunFolder.Create(folder["part"], overwrite: false))
        using (var recorder = created.Record(run, null))
        using (var source = new CancellationTokenSource())
            _ = run.Run(new Observers(recorder, new StopAfter(steps, source)), 1, folder["part"], source.Token);
        var summary = RunRecord.Read(folder["part"]).Summary!;
        Assert.Equal(steps, summary.Steps);
        JsonFile.Write(folder["part/summary.json"], summary with
        {
            TrainAccuracy = null, ValidationAccuracy = null, TestAccuracy = null,
            Best = summary.Best is { } best && best.Step < steps ? best : null,
        }, RunLayout.Summary);
        Assert.Equal(0, Run("verify", "part").ExitCode);
        File.Copy(folder["run/best.safetensors"], folder["part/best.safetensors"], overwrite: true);
        var found = Run("verify", "part");
        Assert.Equal((1, "different: best.safetensors: the model is not the run's\n", ""),
            (found.ExitCode, found.Output, found.Error));
    }

    [Fact]
    public void An_interrupted_verification_says_neither_that_a_run_is_the_same_nor_that_it_differs()
    {
        Train("run");
        using var source = new CancellationTokenSource();
        var found = Verification.Of(
            RunRecord.Read(folder["run"]), Configured("run"), new StopAfter(7, source), 1, source.Token);
        using var text = new StringWriter();
        new JsonReport(text).Write("verification", found);
        var written = JsonDocument.Parse(text.ToString()).RootElement;
        Assert.Equal(7, written.GetProperty("comparedSteps").GetInt32());
        Assert.True(written.GetProperty("interrupted").GetBoolean());
        Assert.False(written.TryGetProperty("identical", out _));
    }

    private TrainingRun Configured(string name)
    {
        var configuration = ConfigurationFile.Read(folder[$"{name}/config.json"]);
        return new TrainingRun(configuration, configuration.LoadData());
    }

    private sealed class StopAfter(int step, CancellationTokenSource source) : IRunObserver
    {
        public bool LooksAt(int at) => at == step;

        public void Stepped(StepReport report, int samples)
        {
            if (report.Step == step)
                source.Cancel();
        }
    }

    [Fact]
    public void Another_configuration_other_data_or_no_run_is_reported()
    {
        Train("run");
        Replace("run/config.json", "\"learning-rate\": \"0.001\"", "\"learning-rate\": \"0.0011\"");
        Replace("run/environment.json", "\"test\": \"", "\"test\": \"0");
        var outcome = Run("verify", "run");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches(
            "^different: step 2 is .*\ndifferent: epoch 1 is .*\ndifferent: step 18 is .*\n"
            + "different: chain.txt: the digest of the options is [0-9a-f]{64}, but should be [0-9a-f]{64}\n$",
            outcome.Output);
        Assert.StartsWith("functional: the test samples differ from those of the run: SHA-256 ", outcome.Error,
            StringComparison.Ordinal);
        var none = Run("verify", "nowhere");
        Assert.Equal((2, "functional: nowhere: expected a run's folder, with config.json in it, found none\n"),
            (none.ExitCode, none.Error));
    }

    [Fact]
    public void Runs_are_listed_and_compared()
    {
        Train("runs/one");
        Train("runs/two", "--learning-rate", "0.01", "--validation", "0.2");
        Directory.CreateDirectory(folder["runs/three"]);
        File.WriteAllText(folder["runs/three/config.json"], "{");
        Directory.CreateDirectory(folder["runs/none"]);

        var listed = Run("runs", "--json").Events;
        // The newest is the last, near the prompt.
        Assert.Equal(["runs/one", "runs/two", "runs/three"],
            listed.Select(run => run.GetProperty("folder").GetString()));
        Assert.Equal(["finished", "finished", "damaged"], listed.Select(run => run.GetProperty("status").GetString()));
        Assert.Equal(18, listed[0].GetProperty("last").GetProperty("iterations").GetInt32());
        var table = Run("runs").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["runs/", "one", "two", "three"], table[..4].Select(line => line.Split(' ')[0]));
        Assert.All(table[..3], line => Assert.InRange(line.Length, 40, 80));
        Assert.Equal("no runs in runs/none\n", Run("runs", "runs/none").Output);
        Assert.Equal(2, Run("runs", "nowhere").ExitCode);

        Assert.Equal("report: comparison.html\n", Run("report", "runs/one", "runs/two").Output);
        var page = File.ReadAllText(folder["comparison.html"], Encoding.UTF8);
        Charts.Accessibility.Check(page);
        Assert.Contains("href=\"runs/two/report.html\"", page, StringComparison.Ordinal);
        Assert.Contains("<th scope=\"row\">learning-rate</th><td>0.001</td><td>0.01</td>", page,
            StringComparison.Ordinal);
        Assert.DoesNotContain("<th scope=\"row\">optimizer</th>", page, StringComparison.Ordinal);
        // The page that nobody named is written again; another file of that name is not.
        Assert.Equal(0, Run("report", "runs/one", "runs/two").ExitCode);
        File.WriteAllText(folder["comparison.html"], "<html>mine</html>");
        Assert.Equal(2, Run("report", "runs/one", "runs/two").ExitCode);
    }

    [Fact]
    public void The_page_of_a_run_can_be_written_again()
    {
        Train("run");
        var page = File.ReadAllText(folder["run/report.html"]);
        File.Delete(folder["run/report.html"]);
        Assert.Equal("report: run/report.html\n",
            FunctionalProgram.RunWith("BROWSER=none", folder.Path, "report", "run", "--open").Output);
        Assert.Equal(Untimed(page), Untimed(File.ReadAllText(folder["run/report.html"])));

        static string Untimed(string page) => System.Text.RegularExpressions.Regex.Replace(page, "in [0-9.]+ s", "");
    }
}
