using System.Text;
using Functional.Host;
using Functional.Host.Files;
using Functional.Tests.Data;
using Functional.Tests.Search;

namespace Functional.Tests.CommandLine;

/// <summary>What an audit of issue 15 found, by its numbers.</summary>
public sealed class AuditTests : IDisposable
{
    private static readonly string[] Small = ["--samples", "200", "--hidden", "5", "--epochs", "1"];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private Outcome Shell(string script) => FunctionalProgram.Shell(folder.Path, script);

    private void Train(params string[] options)
    {
        var outcome = Run(["train", .. Small, "--out", "run", .. options]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    private static void IsRefused(Outcome outcome, string message) => Assert.Equal(
        (2, "", $"functional: {message}\n"), (outcome.ExitCode, outcome.Output, outcome.Error));

    [UnixFact]
    public void Audit2_a_page_that_the_program_did_not_write_stays_even_where_its_own_would_be()
    {
        Train();
        const string refusal = "run/report.html is there already; ";
        foreach (var isLink in (bool[])[false, true])
        {
            File.Delete(folder["run/report.html"]);
            folder.Write("target", "secret"u8.ToArray());
            if (isLink)
                File.CreateSymbolicLink(folder["run/report.html"], "../target");
            else
                folder.Write("run/report.html", "secret"u8.ToArray());
            IsRefused(Run("report", "run"), $"--out: {refusal}choose another file, or give --force to replace it");
            IsRefused(
                Run("train", "--resume", "run", "--epochs", "2"),
                $"--resume: {refusal}move it away, or give --force to replace it");
            Assert.Equal("secret", File.ReadAllText(folder["run/report.html"]));
            Assert.Equal("secret", File.ReadAllText(folder["target"]));
        }
        // What was asked for is done: a link is replaced by a run, and followed by a report.
        Assert.Equal(0, Run("train", "--resume", "run", "--epochs", "2", "--force").ExitCode);
        Assert.Equal("secret", File.ReadAllText(folder["target"]));
        Assert.Equal(0, Run("report", "run").ExitCode);
    }

    [Fact]
    public void Audit3_the_doctor_replaces_no_file_unasked_not_even_a_page()
    {
        Train();
        var page = File.ReadAllText(folder["run/report.html"]) + "<!-- mine -->";
        File.WriteAllText(folder["run/report.html"], page);
        string[] command = ["doctor", .. Small, "--page", "run/report.html"];
        IsRefused(
            Run(command),
            "--page: run/report.html is there already; choose another file, or give --force to replace it");
        Assert.Equal(page, File.ReadAllText(folder["run/report.html"]));
        Assert.Equal(3, Run([.. command, "--force"]).ExitCode);
    }

    private const string Search = "functional search --samples 100 --hidden 4 --epochs 2 --workers 1 --study ./S";

    [UnixFact]
    public void Audit4_a_study_that_is_lost_after_its_last_trial_is_rescued()
    {
        // The page is a pipe, so that the search waits with it until the journal is gone.
        var outcome = Shell($"""
            {Search} --trials 1 > first && rm S/report.html && mkfifo S/report.html || exit 9
            {Search} --trials 2 > out 2> error & search=$!
            for i in $(seq 600); do grep -q '^trial *1 ' out && break; sleep 0.1; done
            rm S/journal.jsonl
            cat S/report.html > page &
            wait $search
            """);
        var error = File.ReadAllText(folder["error"]);
        Assert.True(outcome.ExitCode == 1, outcome.Error + error);
        Assert.Matches(
            "(?m)^functional: .*journal.jsonl was removed while a search used it; the 2 trials that this process " +
            "knows are in .*rescued-[0-9a-f]+.jsonl, with which, as journal.jsonl, the study continues$", error);
        var rescued = Assert.Single(Directory.GetFiles(folder["S"], "rescued-*.jsonl"));
        Directory.CreateDirectory(folder["T"]);
        File.Move(rescued, folder["T/journal.jsonl"]);
        Assert.Contains("2 complete", Run("search", "show", "./T").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"curve\":\\[[^\\]]*\\]", "\"curve\":[1e300,1e300]", "accuracies from 0 to 1, found 1E\\+300")]
    [InlineData("\"trainingCurve\":\\[[^\\]]*\\]", "\"trainingCurve\":[-1]", "accuracies from 0 to 1, found -1")]
    [InlineData("\"value\":[^,}]*", "\"value\":2", "accuracies from 0 to 1, found 2")]
    [InlineData(
        "\"curve\":\\[[^\\]]*\\]", "\"curve\":[0.9,0.95]", "a value that is the last of its curve, found 0.* to 0.95")]
    [InlineData(
        "\"curve\":.*\"seconds\"", "\"curve\":[],\"trainingCurve\":[],\"seconds\"",
        "a value that is the last of its curve, found 0.* of nothing")]
    public void Audit5_a_record_that_no_training_leaves_is_not_believed(string before, string after, string message)
    {
        Assert.Equal(0, Shell($"{Search} --trials 1").ExitCode);
        Journals.Change(folder["S/journal.jsonl"], before, after);
        foreach (var outcome in (Outcome[])[Run("search", "show", "./S"), Shell($"{Search} --trials 2")])
        {
            Assert.Equal(2, outcome.ExitCode);
            Assert.Matches($"(?m)^functional: ./S: at trial 0: expected {message}$", outcome.Error);
        }
    }

    [Fact]
    public void Audit7_an_experiment_or_a_search_that_never_changes_a_weight_is_refused()
    {
        var experiment = Run("experiment", "optimizers", "--quick", "--accumulate", "1000", "--out", "page");
        Assert.Equal(
            (2, "functional: --accumulate: an update of the weights needs 1,000 batches, and the whole run has 200\n"),
            (experiment.ExitCode, experiment.Error));
        Assert.False(Directory.Exists(folder["page"]));
        var search = Shell($"{Search} --trials 1 --accumulate 1000");
        Assert.Equal(2, search.ExitCode);
        Assert.Contains(
            "--accumulate: an update of the weights needs 1,000 batches, and the whole run has 2", search.Error,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["S"]));
    }

    [UnixFact]
    public void Audit10_pipes_in_the_places_of_a_run_s_or_a_study_s_files_are_refused_and_never_waited_for()
    {
        Train();
        Assert.Equal(0, Shell($"{Search} --trials 1").ExitCode);
        Assert.Equal(0, Shell("rm S/journal.jsonl && mkfifo S/journal.jsonl").ExitCode);
        foreach (var command in (string[][])[["search", "show", "./S"], ["search", .. Small, "--study", "./S"]])
            IsRefused(Run(command), "./S/journal.jsonl: expected a regular file, found a pipe");
        foreach (var file in (string[])
            ["config.json", "summary.json", "environment.json", "metrics.csv", "digest.txt", "losses.f64", "chain.txt",
                "running"])
        {
            Assert.Equal(0, Shell($"cp -r run other && rm -f other/{file} && mkfifo other/{file}").ExitCode);
            foreach (var command in (string[][])
                [["train", "--resume", "other", "--epochs", "2"], ["verify", "other"], ["report", "other"],
                    ["doctor", "other"]])
                IsRefused(Run(command), $"other/{file}: expected a regular file, found a pipe");
            var listed = Run("runs", ".");
            Assert.Matches("(?m)^other .* damaged ", listed.Output);
            Assert.Matches($"(?m)other/{file}: expected a regular file, found a pipe$", listed.Output);
            Assert.Matches("(?m)^run .* finished ", listed.Output);
            Assert.Equal(0, Shell("rm -r other").ExitCode);
        }
        Assert.Equal(0, Shell("cp -r run other; rm other/config.json other/model.safetensors").ExitCode);
        Assert.Equal(0, Shell("mkfifo other/config.json other/model.safetensors").ExitCode);
        IsRefused(
            Run(["train", .. Small, "--out", "other", "--force"]),
            "--out: other holds other files; a run needs a folder of its own, new or empty");
        IsRefused(Run("evaluate", "other"), "other/model.safetensors: expected a regular file, found a pipe");
        // What is named, and read once, may be a pipe.
        Assert.Equal(0, Shell("cat run/config.json | functional train --config /dev/stdin --out again").ExitCode);
    }

    [UnixFact]
    public void Audit11_an_export_prints_its_own_size_and_nothing_among_its_bytes()
    {
        Train();
        Assert.Equal(0, Run("export", "run", "--onnx", "model.onnx").ExitCode);
        var bytes = File.ReadAllBytes(folder["model.onnx"]);
        var size = $" {bytes.Length:N0} bytes\n";
        folder.Write("target", "123456"u8.ToArray());
        File.CreateSymbolicLink(folder["link"], "target");
        File.CreateSymbolicLink(folder["dangling"], "nothing");
        foreach (var path in (string[])["link", "dangling", "/dev/null"])
            Assert.EndsWith(size, Run("export", "run", "--onnx", path, "--force").Output, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(folder["target"]));
        var outcome = Shell("functional export run --onnx /dev/stdout > copy.onnx");
        Assert.EndsWith(size, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(folder["copy.onnx"]));
        // The same for every other file that standard output can be.
        Assert.Equal("report: /dev/stdout\n", Shell("functional report run --out /dev/stdout > page").Error);
        Assert.Equal(File.ReadAllText(folder["run/report.html"]), File.ReadAllText(folder["page"]));
        Assert.Contains(
            "page: /dev/stdout\n", Shell("functional doctor run --page /dev/stdout > page").Error,
            StringComparison.Ordinal);
        Assert.Matches("^<!doctype html>\n(?s:.*)\n</html>\n$", File.ReadAllText(folder["page"]));
        Assert.Contains(
            "10 classes", Shell("functional data info digits --sheet /dev/stdout > sheet").Error,
            StringComparison.Ordinal);
        Assert.Matches("^<(\\?xml|svg)(?s:.*)</svg>\\s*$", File.ReadAllText(folder["sheet"]));
    }

    [Fact]
    public void Audit12_what_a_search_advises_can_be_done_and_its_refusal_leaves_nothing()
    {
        Assert.Equal(0, Shell($"{Search} --trials 1").ExitCode);
        folder.Write("S/report.html", "mine"u8.ToArray());
        IsRefused(
            Shell($"{Search} --trials 2"),
            "--study: ./S/report.html is there already; move it away, or choose another study");
        foreach (var text in (string[])["mine", "mine\n", "{\"record\":\"study\"}\n"])
        {
            Directory.CreateDirectory(folder["T"]);
            folder.Write("T/journal.jsonl", Encoding.UTF8.GetBytes(text));
            Assert.Equal(2, Run("search", "show", "./T").ExitCode);
            Assert.Equal(2, Run(["search", .. Small, "--study", "./T"]).ExitCode);
            Assert.Equal([folder["T/journal.jsonl"]], Directory.GetFileSystemEntries(folder["T"]));
            Assert.Equal(text, File.ReadAllText(folder["T/journal.jsonl"]));
        }
    }

    [UnixFact]
    public void Audit13_findings_that_can_t_be_printed_are_a_failure()
    {
        const string doctor = "functional doctor --samples 200 --hidden 5 --init zero";
        Assert.Equal(3, Shell(doctor).ExitCode);
        foreach (var (end, why) in (ReadOnlySpan<(string, string)>)
            [("> /dev/full", "No space left on device"), (">&-", "it is closed")])
        {
            var outcome = Shell($"{doctor} {end}");
            Assert.Equal((1, $"functional: standard output: {why}\n"), (outcome.ExitCode, outcome.Error));
        }
    }

    [Theory]
    [InlineData("search", "--study", "postgres://u:PASSWORD@host/x")]
    [InlineData("search", "--study", "postgresql://u:PASSWORD@host:5432/x?sslmode=disable")]
    [InlineData("search", "show", "postgres://u:PASSWORD@host/x")]
    public void Audit14_an_address_is_not_a_study_s_name_and_no_folder_is_made_of_it(params string[] command)
    {
        IsRefused(
            Run(command),
            "--study: expected a name or a folder, found an address; that of a database belongs to --storage");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Audit9_numbers_that_single_precision_merges_are_reported_where_they_are_not_scaled()
    {
        folder.Write("t.csv", Encoding.UTF8.GetBytes("t,u,kind\n" + string.Concat(
            Enumerable.Range(0, 120).Select(i => $"{1700000000 + i},{i},{(i < 60 ? "a" : "b")}\n"))));
        string[] command = ["train", "--data", "t.csv", "--label", "kind", "--hidden", "4", "--epochs", "1", "--force"];
        Assert.Equal("", Run([.. command, "--out", "a"]).Error);
        Assert.Matches(
            "^functional: column 't' has 9[0-9] different numbers in 9[0-9] rows, but only [12] in single precision; " +
            "--scale standard keeps them distinct\n$", Run([.. command, "--scale", "none", "--out", "b"]).Error);
    }

    [Fact]
    public void Audit15_one_of_a_kind_is_said_in_the_singular()
    {
        folder.Write("t.csv", Encoding.UTF8.GetBytes("x,kind\n" + string.Concat(
            Enumerable.Range(0, 20).Select(i => $"{i},{(i < 10 ? "a" : "b")}\n"))));
        string[] data = ["--data", "t.csv", "--label", "kind", "--hidden", "3", "--epochs", "1"];
        Assert.Equal(0, Run(["train", .. data, "--out", "run"]).ExitCode);
        Assert.Contains(
            "\nonly 1 step: ", Run("train", "--samples", "100", "--epochs", "1", "--out", "digits").Output,
            StringComparison.Ordinal);
        Assert.Contains(": 1 step in ", File.ReadAllText(folder["run/report.html"]), StringComparison.Ordinal);
        Assert.Contains(
            "training: 16 rows of 1 number, 2 classes", Run("data", "info", "t.csv", "--label", "kind").Output,
            StringComparison.Ordinal);
        Assert.DoesNotMatch("\\b1 steps", Run(["doctor", .. data]).Output);
        Assert.Contains("1 trial, sampler", Shell($"{Search} --trials 1").Output, StringComparison.Ordinal);
        Assert.Contains("has 1 trial:", File.ReadAllText(folder["S/report.html"]), StringComparison.Ordinal);
        // The option's value speaks of bytes.
        var report = File.ReadAllText(folder["run/report.html"]);
        Assert.Matches("scale</th><td>each column of numbers to mean 0 and standard deviation 1", report);
    }

    [Fact]
    public void Audit15_a_file_in_the_place_of_a_folder_is_refused()
    {
        folder.Write("file", "mine"u8.ToArray());
        const string message = "expected the name of a folder, found the file";
        IsRefused(Run("data", "digits", "--out", "file"), $"--out: {message} file");
        IsRefused(Run(["search", .. Small, "--study", "./file"]), $"--study: {message} ./file");
    }

    [UnixFact]
    public void Audit15_a_full_disk_is_reported_without_the_name_of_a_temporary_file() => Assert.Equal(
        "f: No space left on device", Assert.Throws<OperationFailedException>(() => OutputFile.Guard(
            "f", () => throw new IOException("No space left on device : 'here/f.0123456789abcdef.tmp'"))).Message);
}
