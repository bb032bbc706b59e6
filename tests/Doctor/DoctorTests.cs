using Functional.Host.Commands;
using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Doctor;

/// <summary>The doctor on a few of the set-ups: one of every kind, and some that are healthy.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Broken { get; } =
        [.. Quick(SetUps.Broken.GroupBy(setUp => setUp.Kind).SelectMany(kind => kind.Where(IsOnDigits).Take(1))),
            .. Quick(LaterSetUps.Broken.Where(IsTable))];

    public static TheoryData<string> Healthy { get; } =
        [.. Quick(SetUps.Healthy.Where(IsOnDigits).Where((_, i) => i % 11 == 0)),
            .. Quick(LaterSetUps.Healthy.Where(IsTable))];

    private static bool IsTable(SetUp setUp) => setUp.Name.StartsWith("flowers", StringComparison.Ordinal);

    private static bool IsOnDigits(SetUp setUp) =>
        !IsTable(setUp) && !setUp.Options.Contains("mnist", StringComparison.Ordinal);

    private static IEnumerable<string> Quick(IEnumerable<SetUp> setUps) => setUps.Select(setUp => setUp.ToString());

    // A few hundred steps are enough to tell, where nothing else is said.
    private static SetUp Shortened(SetUp setUp) =>
        setUp.Options.Contains("epochs", StringComparison.Ordinal)
            || setUp.Options.Contains("iterations", StringComparison.Ordinal)
            ? setUp : setUp with { Options = $"{setUp.Options} iterations 700" };

    [Theory]
    [MemberData(nameof(Broken))]
    public void What_is_wrong_is_among_the_first_two_findings(string setUp)
    {
        var found = Shortened(SetUps.Broken.Concat(LaterSetUps.Broken).First(known => known.ToString() == setUp));
        var examination = found.Examine();
        Assert.True(found.IsRight(examination), string.Join(", ", examination.Findings));
        Assert.All(examination.Findings, finding =>
            Assert.All((string[])[finding.Evidence, finding.Advice], text =>
            {
                Assert.DoesNotContain('\n', text);
                Assert.True(Translation.InJapanese(text) is not null, $"has no Japanese: {text}");
            }));
    }

    [Theory]
    [MemberData(nameof(Healthy))]
    public void What_learns_has_no_finding_above_a_hint(string setUp)
    {
        var examination = Shortened(
            SetUps.Healthy.Concat(LaterSetUps.Healthy).First(known => known.ToString() == setUp)).Examine();
        Assert.True(examination.IsHealthy, string.Join(", ", examination.Findings));
    }

    [Fact]
    public void Findings_depend_on_no_number_of_threads()
    {
        var configuration = new TrainConfiguration { Samples = 500, Optimizer = new() { LearningRate = 5 }, L2 = 1e-4 };
        var data = DataSets.Load("digits");
        string[] found = [.. from threads in (int[])[1, 2, 4] select string.Join(
            '\n', Examination.Of(configuration, data, threads).Findings)];
        Assert.Contains("learning-rate-too-high", found[0], StringComparison.Ordinal);
        Assert.Single(found.Distinct());
    }

    [Fact]
    public void Layers_too_wide_to_be_examined_are_refused_at_once()
    {
        var outcome = FunctionalProgram.Run(folder.Path, "doctor", "--hidden", "100000000");
        Assert.Equal(
            (2, "functional: --hidden: the doctor examines layers of up to 2,147,483 units\n"),
            (outcome.ExitCode, outcome.Error));
    }

    [Theory]
    [InlineData("digits")]
    [InlineData("table.csv")]
    public void The_doctor_can_be_cancelled(string data)
    {
        File.WriteAllLines(folder["table.csv"],
            ["x,label", .. Enumerable.Range(0, 100).Select(i => $"{i},{(i % 3 == 0 ? "a" : "b")}")]);
        string[] words = ["doctor", "--data", data == "digits" ? data : folder[data], "--hidden", "100", "--page",
            folder["page.html"], .. data == "digits" ? (string[])[] : ["--label", "label"]];
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Equal(ExitCode.Interrupted, FrontDoor.Run(words, cancellation.Token));
        Assert.False(File.Exists(folder["page.html"]));
    }

    [Fact]
    public void The_command_prints_each_finding_and_ends_with_3()
    {
        var outcome = FunctionalProgram.Run(
            folder.Path, "doctor", "--init", "zero", "--samples", "500", "--epochs", "5", "--json");
        Assert.Equal((3, ""), (outcome.ExitCode, outcome.Error));
        var first = outcome.Events[0];
        Assert.Equal(
            ("finding", "symmetric-weights", "affine1", "error"),
            (first.GetProperty("event").GetString(), first.GetProperty("kind").GetString(),
                first.GetProperty("layer").GetString(), first.GetProperty("severity").GetString()));
        Assert.Contains("50 units", first.GetProperty("evidence").GetString(), StringComparison.Ordinal);
        Assert.Contains("--init he", first.GetProperty("advice").GetString(), StringComparison.Ordinal);
        Assert.All(outcome.Events.SkipLast(1), found => Assert.Equal(
            ["event", "kind", "layer", "severity", "evidence", "advice"],
            found.EnumerateObject().Select(property => property.Name).Where(name => name != "gain")));
        Assert.False(outcome.Event("summary").GetProperty("healthy").GetBoolean());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Tables_are_examined_with_their_own_names()
    {
        File.WriteAllText(folder["healthy.csv"], Flowers.Csv(Flowers.Of(300)));
        string[] options = ["--label", "kind", "--learning-rate", "0.1", "--batch-size", "20"];
        var healthy = FunctionalProgram.Run(
            folder.Path, ["doctor", "--data", "healthy.csv", .. options, "--page", "page.html"]);
        Assert.Equal((0, ""), (healthy.ExitCode, healthy.Error));
        File.WriteAllText(folder["rare.csv"],
            Flowers.Csv(Flowers.WithConstantColumn(Flowers.Rare(Flowers.Of(300), 12))));
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, ["train", "--data", "rare.csv", .. options, "--out", "run"]).ExitCode);
        var rare = FunctionalProgram.Run(folder.Path, "doctor", "run", "--page", "rare.html");
        Assert.Equal((3, ""), (rare.ExitCode, rare.Error));
        Assert.Contains("warning: class-imbalance\n  class setosa has", rare.Output, StringComparison.Ordinal);
        Assert.Contains("hint: constant-inputs (input)\n  column 'station' has the same value in all", rare.Output,
            StringComparison.Ordinal);
        Assert.Contains("class versicolor", File.ReadAllText(folder["rare.html"]), StringComparison.Ordinal);
        var unscaled = FunctionalProgram.Run(folder.Path, "doctor", "run", "--scale", "none", "--optimizer", "adam");
        Assert.Contains("hint: unscaled-inputs (input)\n  column 'sepal length' goes", unscaled.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_s_folder_is_examined_by_its_configuration()
    {
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, "train", "--samples", "500", "--epochs", "1", "--hidden", "20", "--init", "zero", "--out",
            "run").ExitCode);
        var broken = FunctionalProgram.Run(folder.Path, "doctor", "run");
        Assert.Equal(3, broken.ExitCode);
        Assert.Contains("error: symmetric-weights (affine1)\n  all 20 units", broken.Output, StringComparison.Ordinal);
        var mended = FunctionalProgram.Run(folder.Path, "doctor", "run", "--init", "he", "--epochs", "60");
        Assert.Equal((0, ""), (mended.ExitCode, mended.Error));
        var none = FunctionalProgram.Run(folder.Path, "doctor", "nowhere");
        Assert.Equal((2, "functional: nowhere: expected a run's folder, with config.json in it, found none\n"),
            (none.ExitCode, none.Error));
    }
}
