using System.Globalization;
using System.Text.Json;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>Runs that are interrupted, killed or damaged, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private static readonly string[] Options =
    [
        "--samples", "600", "--hidden", "20", "--batch-size", "30", "--epochs", "12", "--optimizer", "adam",
        "--batch-norm",
        "--dropout", "0.2", "--augment", "shift,noise", "--schedule", "warmup:10+cosine", "--average", "0.9",
        "--validation", "0.1",
    ];

    // What training keeps between steps, besides the rule's own.
    private static readonly string[][] Others =
    [
        ["--schedule", "cosine", "--clip-norm", "1"], ["--look-ahead", "5:0.4", "--accumulate", "2"],
        ["--average", "0.9", "--noise", "0.01"], ["--augment", "shift,noise", "--sampling", "replacement"],
        ["--groups", "affine1:learning-rate=0.002,biases:frozen", "--proximal-l1", "1e-4"],
        ["--batch-norm", "--dropout", "0.2", "--class-weights", "balanced"],
        ["--keep-every", "7", "--clip-value", "0.1"],
    ];

    // How often a run is killed until it is let come to its end; a campaign sets the total to more.
    private const int KillsOfARun = 5;
    private static readonly int Kills =
        int.Parse(Environment.GetEnvironmentVariable("FUNCTIONAL_KILLS") ?? "10", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Train(params string[] arguments) =>
        FunctionalProgram.Run(folder.Path, ["train", "--json", .. arguments]);

    private static string Digest(Outcome outcome) => outcome.Event("summary").GetProperty("digest").GetString()!;

    // All but the time.
    private string[] Rows(string run) =>
        [.. File.ReadLines(folder[$"{run}/metrics.csv"]).Select(line => line[..line.LastIndexOf(',')])];

    // Which network is the best is known only after its last step was saved.
    [Fact]
    public void The_best_network_is_kept_where_every_step_is_saved()
    {
        var outcome = Train(
            "--samples", "600", "--hidden", "20", "--batch-size", "30", "--epochs", "3", "--optimizer", "adam",
            "--validation", "0.2", "--keep-every", "1", "--out", "run");
        Assert.Equal(3, outcome.Event("summary").GetProperty("best").GetProperty("epoch").GetInt32());
        var best = File.ReadAllBytes(folder["run/best.safetensors"]);
        Assert.Equal(0, Train("--resume", "run").ExitCode);
        Assert.Equal(best, File.ReadAllBytes(folder["run/best.safetensors"]));
    }

    // The first has all that is common; each of the others another rule, and two of the others.
    private static string[] KilledOptions(int run)
    {
        if (run == 0)
            return Options;
        var rules = OptimizerSettings.Names;
        var (first, apart) = (run % Others.Length, 1 + (run / Others.Length % (Others.Length - 1)));
        return
        [
            .. Options[..Array.IndexOf(Options, "--optimizer")], "--optimizer", rules[run % rules.Count],
            "--validation", "0.1", .. Others[first], .. Others[(first + apart) % Others.Length],
        ];
    }

    [Fact]
    public void Killed_runs_that_go_on_come_to_the_same_bits()
    {
        var random = new Random(Kills);
        for (var run = 0; run < Kills / KillsOfARun; run++)
        {
            var name = $"run{run}";
            var options = KilledOptions(run);
            var whole = Train([.. options, "--out", "whole", "--force"]);
            Assert.True(whole.ExitCode == 0, $"{string.Join(' ', options)}: {whole.Error}");
            for (var kill = 0; kill < KillsOfARun; kill++)
            {
                using var process = FunctionalProgram.Start(
                    folder.Path, ["train", "--json", .. RunRecord.IsRun(folder[name]) ? ["--resume", name]
                        : (string[])[.. options, "--out", name]]);
                // The start, then up to three epochs: each has a checkpoint, and little else.
                for (var line = random.Next(4); line >= 0; line--)
                    process.StandardOutput.ReadLine();
                Thread.Sleep(TimeSpan.FromMilliseconds(random.NextDouble() * 20));
                process.Kill();
                process.WaitForExit();
            }
            var outcome = Train("--resume", name);
            Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', options)}: {outcome.Error}");
            Assert.Equal(Digest(whole), Digest(outcome));
            Assert.Equal(Rows("whole"), Rows(name));
            foreach (var file in (string[])["digest.txt", "losses.f64", "best.safetensors"])
                Assert.Equal(File.ReadAllBytes(folder[$"whole/{file}"]), File.ReadAllBytes(folder[$"{name}/{file}"]));
            Assert.Empty(Directory.GetFiles(folder[name], "*.tmp", SearchOption.AllDirectories));
            Directory.Delete(folder[name], recursive: true);
        }
    }

    [Fact]
    public void A_finished_run_reports_its_result_again_and_continues_with_more_epochs()
    {
        string[] options = ["--samples", "300", "--hidden", "10", "--optimizer", "momentum"];
        var longer = Train([.. options, "--epochs", "4", "--out", "longer"]);
        var first = Train([.. options, "--epochs", "2", "--out", "run"]);
        var again = Train("--resume", "run");
        Assert.Equal((0, Digest(first)), (again.ExitCode, Digest(again)));
        Assert.Equal(["start", "summary"], again.Events.Select(found => found.GetProperty("event").GetString()));
        Assert.Equal(Digest(longer), Digest(Train("--resume", "run", "--epochs", "4")));
        Assert.Equal(Rows("longer"), Rows("run"));
        var shorter = Train("--resume", "run", "--epochs", "1");
        Assert.Equal((2, "functional: --resume: the run has taken 12 steps, and can't end after 3\n"),
            (shorter.ExitCode, shorter.Error));
    }

    [Fact]
    public void What_was_done_under_a_schedule_for_fewer_steps_stays_done()
    {
        string[] options = ["--samples", "300", "--hidden", "10", "--schedule", "cosine"];
        Train([.. options, "--epochs", "2", "--out", "run"]);
        var losses = File.ReadAllBytes(folder["run/losses.f64"]);
        Assert.Equal(0, Train("--resume", "run", "--epochs", "4").ExitCode);
        Assert.Equal(losses, File.ReadAllBytes(folder["run/losses.f64"])[..losses.Length]);
        var stage = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(folder["run/config.json"]))
            .GetProperty("stages")[0];
        Assert.Equal((6, 6), (stage.GetProperty("until").GetInt32(), stage.GetProperty("planned").GetInt32()));
        Assert.Contains("<code>functional verify run</code>", File.ReadAllText(folder["run/report.html"]),
            StringComparison.Ordinal);
        Assert.Equal("identical: 12 losses, 4 digests and 2 states, to the last bit\n",
            FunctionalProgram.Run(folder.Path, "verify", "run").Output);
    }

    [Fact]
    public void Patience_ends_a_run_and_more_of_it_lets_it_go_on()
    {
        string[] options = ["--samples", "300", "--validation", "0.3", "--learning-rate", "0", "--hidden", "10",
            "--out", "run"];
        var summary = Train([.. options, "--patience", "2"]).Event("summary");
        Assert.Equal((9, true, false), (
            summary.GetProperty("iterations").GetInt32(), summary.GetProperty("stoppedEarly").GetBoolean(),
            summary.GetProperty("interrupted").GetBoolean()));
        Assert.Equal(1, summary.GetProperty("best").GetProperty("epoch").GetInt32());
        Assert.Equal(15, Train("--resume", "run", "--patience", "4").Event("summary").GetProperty("iterations")
            .GetInt32());
    }

    [Fact]
    public void A_damaged_checkpoint_is_passed_over_and_two_are_refused()
    {
        var whole = Train("--samples", "300", "--hidden", "10", "--epochs", "3", "--out", "run");
        string[] checkpoints = [.. Directory.GetFiles(folder["run/checkpoints"]).Order()];
        Assert.Equal(["000000006.safetensors", "000000009.safetensors"], checkpoints.Select(Path.GetFileName));
        Damage(checkpoints[1]);
        var resumed = Train("--resume", "run");
        Assert.Equal(Digest(whole), Digest(resumed));
        Assert.StartsWith("functional: passed over: run/checkpoints/000000009.safetensors: at byte ", resumed.Error,
            StringComparison.Ordinal);
        foreach (var checkpoint in checkpoints)
            Damage(checkpoint);
        var refused = Train("--resume", "run");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Matches("^functional: run/checkpoints/000000009.safetensors: at byte [0-9]+: expected .*: the file is "
            + "damaged\n$", refused.Error);

        static void Damage(string path)
        {
            var bytes = File.ReadAllBytes(path);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
    }

    [Fact]
    public void An_interrupted_run_prints_the_command_that_resumes_it()
    {
        string[] options = ["--samples", "600", "--hidden", "20", "--optimizer", "adam", "--dropout", "0.2"];
        using var process = FunctionalProgram.Start(
            folder.Path, ["train", .. options, "--epochs", "100000", "--out", "a run"]);
        while (process.StandardOutput.ReadLine()?.StartsWith("epoch", StringComparison.Ordinal) == false)
        {
        }
        using (var kill = FunctionalProgram.Start("kill", folder.Path, ["-TERM", $"{process.Id}"]))
            kill.WaitForExit();
        var outcome = FunctionalProgram.End(process);
        Assert.Equal((130, ""), (outcome.ExitCode, outcome.Error));
        Assert.Contains("\nto continue: functional train --resume 'a run'\n", outcome.Output, StringComparison.Ordinal);
        var epochs = File.ReadLines(folder["a run/metrics.csv"]).Count().ToString(CultureInfo.InvariantCulture);
        var resumed = Train("--resume", "a run", "--epochs", epochs);
        Assert.Equal(0, resumed.ExitCode);
        Assert.Equal(Digest(Train([.. options, "--epochs", epochs, "--out", "whole"])), Digest(resumed));
        Assert.Equal(Rows("whole"), Rows("a run"));
    }

    [Fact]
    public void A_folder_that_vanishes_ends_the_run_with_one_line_and_can_go_on_elsewhere()
    {
        using var process = FunctionalProgram.Start(
            folder.Path, ["train", "--samples", "600", "--hidden", "20", "--epochs", "100000", "--out", "run"]);
        // When the third epoch is reported, the first has been saved.
        while (process.StandardOutput.ReadLine()?.StartsWith("epoch   3", StringComparison.Ordinal) == false)
        {
        }
        Directory.Move(folder["run"], folder["moved"]);
        var outcome = FunctionalProgram.End(process);
        Assert.Equal(1, outcome.ExitCode);
        Assert.Matches("^functional: run/[^\n]*\n$", outcome.Error);
        Assert.False(Directory.Exists(folder["run"]));
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "verify", "moved").ExitCode);
    }

    [UnshareFact]
    public void A_full_disk_ends_the_run_with_one_line_and_the_last_checkpoint_stays()
    {
        string[] options = ["--samples", "300", "--hidden", "20", "--epochs", "6"];
        Directory.CreateDirectory(folder["disk"]);
        var program = Path.Combine(AppContext.BaseDirectory, "functional.dll");
        var script = $"""
            mount -t tmpfs -o size=180k tmpfs disk || exit 9
            dotnet {program} train {string.Join(' ', options)} --out disk/run > first 2> error
            echo $? >> first
            ls disk/run/checkpoints > left
            mount -o remount,size=10m disk
            dotnet {program} train --resume disk/run --json
            """;
        using var process = FunctionalProgram.Start(
            "unshare", folder.Path, ["--map-root-user", "--mount", "sh", "-c", script]);
        var outcome = FunctionalProgram.End(process);
        Assert.Equal("1", File.ReadLines(folder["first"]).Last());
        Assert.Matches("^functional: disk/run/[^\n]*No space left on device[^\n]*\n$",
            File.ReadAllText(folder["error"]));
        Assert.Matches("^[0-9]{9}.safetensors\n", File.ReadAllText(folder["left"]));
        Assert.Equal(Digest(Train([.. options, "--out", "whole"])), Digest(outcome));
    }

    [UnshareFact]
    public void A_disk_that_is_full_for_any_file_is_reported_in_a_line()
    {
        Directory.CreateDirectory(folder["disk"]);
        string[] options = ["--samples", "300", "--hidden", "20", "--epochs", "4"];
        var whole = Digest(Train([.. options, "--out", "whole"]));
        // From no room at all to room for all but the last file.
        var script = $$"""
            for size in 4k 80k 200k 340k; do
              mount -t tmpfs -o size=$size tmpfs disk || exit 9
              functional train {{string.Join(' ', options)}} --out disk/run > output 2> error
              echo "$size $? $(wc -l < error) $(grep -c '^functional: disk/run.*No space left on device' error) $(find disk -name '*.tmp' | wc -l)"
              mount -o remount,size=10m disk
              if [ -e disk/run/config.json ]; then functional train --resume disk/run --json; else functional train {{string.Join(' ', options)}} --out disk/run --json; fi > output || exit 8
              tail -1 output
              umount disk
            done
            """;
        var outcome = FunctionalProgram.Shell(folder.Path, script, "unshare", "--map-root-user", "--mount", "sh", "-c");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var lines = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        foreach (var line in lines.Where((_, i) => i % 2 == 0))
            Assert.Matches("^[0-9]+k (1 1 1|0 0 0) 0$", line);
        Assert.Contains(lines, line => line.StartsWith("200k 1", StringComparison.Ordinal));
        Assert.All(lines.Where((_, i) => i % 2 == 1), line => Assert.Contains(whole, line, StringComparison.Ordinal));
    }

    [UnshareFact]
    public void Every_other_file_that_is_too_large_for_its_disk_is_reported_in_a_line()
    {
        Directory.CreateDirectory(folder["disk"]);
        Train("--samples", "300", "--hidden", "20", "--epochs", "2", "--out", "a");
        Train("--samples", "300", "--hidden", "20", "--epochs", "3", "--out", "b");
        string[] commands =
        [
            "report a --out disk/a.html", "report a b --out disk/both.html", "export a --onnx disk/model.onnx",
            "data digits --out disk/digits",
            "data info digits --sheet disk/sheet.svg",
            "doctor --samples 200 --hidden 5 --epochs 1 --page disk/doctor.html",
            "experiment layers --out disk/page",
            "search --samples 200 --hidden 5 --epochs 2 --trials 3 --study ./disk/study",
        ];
        var script = string.Join('\n', commands.Select(command => $"""
            mount -t tmpfs -o size=4k tmpfs disk || exit 9
            functional {command} > output 2> error
            echo "$? $(wc -l < error) $(grep -c '^functional: [./]*disk.*No space left on device' error) $(find disk -type f -size +0 -name '*.tmp' | wc -l)"
            umount disk
            """));
        var outcome = FunctionalProgram.Shell(folder.Path, script, "unshare", "--map-root-user", "--mount", "sh", "-c");
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(
            commands.Select(command => $"{command}: 1 1 1 0"),
            commands.Zip(outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), (command, line) =>
                $"{command}: {line}"));
    }

    [Theory]
    [InlineData("functional: nowhere: expected a run's folder, with config.json in it, found none\n", "nowhere")]
    [InlineData("functional: --hidden: a resumed run keeps it; what can change is --epochs, --iterations, "
        + "--patience, --checkpoint-every\n", "run", "--hidden", "5")]
    [InlineData(
        "functional: --resume: the run continues in its own folder, as it was; it can't be given --out\n", "run",
        "--out", "x")]
    public void What_can_t_be_resumed_is_said(string message, string run, params string[] options)
    {
        Directory.CreateDirectory(folder["run"]);
        File.WriteAllText(folder["run/config.json"], """{"command":"train","options":{}}""");
        var outcome = Train(["--resume", run, .. options]);
        Assert.Equal((2, message), (outcome.ExitCode, outcome.Error));
    }
}
