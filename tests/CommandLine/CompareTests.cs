using System.Text.RegularExpressions;
using Functional.Tests.Data;
using Accessibility = Functional.Tests.Charts.Accessibility;

namespace Functional.Tests.CommandLine;

/// <summary><c>functional compare</c>.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Compare(params string[] words) => FunctionalProgram.Run(folder.Path, ["compare", .. words]);

    [Fact]
    public void Settings_are_compared_by_the_runs_that_train_makes()
    {
        string[] common = ["--epochs", "2", "--samples", "300", "--seeds", "3", "--seed", "4", "--json"];
        var compared = Compare(["--optimizer adam", "", "--hidden 5 --optimizer momentum", "--out", "page", .. common]);
        Assert.Equal((0, ""), (compared.ExitCode, compared.Error));
        Assert.Equal(9, compared.Events.Count(one => one.GetProperty("event").GetString() == "run"));
        var run = compared.Events.First(one => one.GetProperty("event").GetString() == "run"
            && one.GetProperty("setting").GetString() == "C" && one.GetProperty("seed").GetInt64() == 6);
        var trained = FunctionalProgram.Run(folder.Path,
            ["train", "--hidden", "5", "--optimizer", "momentum", "--epochs", "2", "--samples", "300", "--seed", "6",
                "--json", "--out", "run"]).Event("summary");
        Assert.Equal(trained.GetProperty("testAccuracy").GetDouble(), run.GetProperty("score").GetDouble());
        Assert.Equal(trained.GetProperty("digest").GetString(), run.GetProperty("digest").GetString());
        var csv = File.ReadAllLines(folder["page/scores.csv"]);
        Assert.Equal("setting,seed,score,seconds,diverged,digest", csv[0]);
        Assert.Equal(10, csv.Length);
        var page = File.ReadAllText(folder["page/index.html"]);
        Accessibility.Check(page);
        Assert.Contains("3 settings compared by test accuracy", page, StringComparison.Ordinal);
        // A run and a file are settings, too; what is given for all changes them.
        var again = Compare(["run", "run/config.json", "--epochs", "1", "--seeds", "2", "--out", "again", "--json"]);
        Assert.Equal("Identical", again.Event("pair").GetProperty("verdict").GetString());
        Assert.Equal(0, again.Event("pair").GetProperty("mean").GetDouble());
    }

    [Fact]
    public void Lines_say_which_setting_is_better_and_how_sure_that_is()
    {
        string[] words = ["learning-rate 0.1", "learning-rate 0.00001", "--epochs", "2", "--samples", "300"];
        var compared = Compare([.. words, "--seeds", "9", "--stop-early", "--threads", "2", "--out", "p"]);
        Assert.Equal((0, ""), (compared.ExitCode, compared.Error));
        Assert.Contains("A is better than B, by ", compared.Output, StringComparison.Ordinal);
        Assert.Contains("stopped early, after ", compared.Output, StringComparison.Ordinal);
        Assert.Matches(new Regex("95% interval: −[0-9.]+ to −[0-9.]+\n"), compared.Output);
        Assert.Contains("seeds with B ahead: 0 of ", compared.Output, StringComparison.Ordinal);
        var japanese = Compare([
            "hidden 50", "hidden 49", .. words[2..], "--seeds", "2", "--lang", "ja", "--out", "p", "--force"]);
        Assert.Contains("AとBの差は、2個のシードではノイズと区別できません", japanese.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(
            new Regex("seed|setting|sample|interval"), Regex.Replace(japanese.Output, "(?m)^[AB]: .*", ""));
        Accessibility.Check(File.ReadAllText(folder["p/index.html"]));
    }

    [Fact]
    public void Quantities_are_compared_by_the_variance_that_is_explained()
    {
        folder.Write("t.csv", System.Text.Encoding.UTF8.GetBytes("x,y\n" + string.Concat(
            Enumerable.Range(0, 200).Select(i => FormattableString.Invariant($"{i},{i * 0.37 + i % 7}\n")))));
        var compared = Compare(
            "hidden none", "hidden 8", "--data", "t.csv", "--label", "y", "--epochs", "5", "--seeds", "3", "--out", "p",
            "--validation", "0.2", "--by", "validation");
        Assert.Equal(0, compared.ExitCode);
        Assert.Contains("validation R²", compared.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("percentage points", compared.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("McNemar", compared.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compare: expected OPTIONS|FILE|DIR", "hidden 5")]
    [InlineData("--seeds: expected an integer from 2 to 1000, found '1'", "hidden 5", "", "--seeds", "1")]
    [InlineData("A (hiden 5): expected options of 'train', a config.json, or the folder of a run: "
        + "compare has no option --hiden; did you mean --hidden?", "hiden 5", "")]
    [InlineData("A (--seed 3): --seed: all settings have the same seeds: give it once, for all",
        "--seed 3", "--hidden 5")]
    [InlineData("--data: settings are compared by the same samples, but A has digits, and B has letters",
        "data digits", "data letters")]
    [InlineData("--by: there are no samples for validation; give a share with --validation", "", "hidden 5", "--by",
        "validation")]
    [InlineData("--samples: settings are compared by the same samples, but A has 100, and B has 200", "samples 100",
        "samples 200", "--by", "validation", "--validation", "0.2")]
    [InlineData("A (--hidden 5 --augment elastic:x): --augment", "--hidden 5 --augment elastic:x", "")]
    [InlineData("A (--learning-rate fast): --learning-rate: ", "--learning-rate fast", "")]
    [InlineData("A (x)：trainのオプション、config.json、または実行のフォルダが必要です："
        + "compareに--xというオプションはありません", "x", "", "--lang", "ja")]
    public void What_can_not_be_compared_is_said_in_a_line(string expected, params string[] words)
    {
        var compared = Compare([.. words, "--out", "p"]);
        Assert.Equal(2, compared.ExitCode);
        Assert.Contains(expected, compared.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["p"]));
    }
}
