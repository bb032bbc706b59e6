using System.Globalization;
using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Samples that count more than others: by their class, or each by itself.</summary>
public sealed class ClassWeightTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    // One in ten is spam; all but size says nothing, and the two overlap.
    public ClassWeightTests()
    {
        var random = new Random(1);
        File.WriteAllText(folder["mail.csv"], "size,words,kind\n" + string.Concat(Enumerable.Range(0, 600).Select(i =>
            string.Create(CultureInfo.InvariantCulture,
                $"{(i % 10 == 0 ? 1.2 : 0) + random.NextDouble() * 2:F3},{random.Next(9)},"
                + $"{(i % 10 == 0 ? "spam" : "ham")}\n"))));
    }

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private TrainingRun Of(ClassWeights? weights, IReadOnlyList<double>? ofSamples = null)
    {
        var data = DataSets.Load(folder["mail.csv"], "kind");
        return new TrainingRun(
            new TrainConfiguration { Hidden = [4], Epochs = 3, ClassWeights = weights },
            data with { Training = data.Training with { Weights = ofSamples } });
    }

    private static string Digest(TrainingRun run) => run.Run().Summary.Digest;

    [Fact]
    public void Weights_by_class_are_weights_of_samples()
    {
        var labels = Of(null).Data.Training.Classes.Labels;
        var equal = Digest(Of(null));
        Assert.Equal(equal, Digest(Of(ClassWeights.Of(1, 1))));
        Assert.Equal(equal, Digest(Of(null, [.. labels.Select(_ => 3.0)])));
        var heavy = Digest(Of(ClassWeights.Of(1, 4)));
        Assert.NotEqual(equal, heavy);
        Assert.Equal(heavy, Digest(Of(ClassWeights.Of(new Dictionary<string, double> { ["spam"] = 4 }))));
        Assert.Equal(heavy, Digest(Of(null, [.. labels.Select(label => label == 0 ? 1.0 : 4)])));
        // Both together.
        Assert.Equal(heavy, Digest(Of(ClassWeights.Of(1, 2), [.. labels.Select(label => label == 0 ? 1.0 : 2)])));
        // 432 ham and 48 spam: n / (classes x m).
        var weights = Of(ClassWeights.Balanced).Encoded.Training.Part.Weights!;
        Assert.Equal([480.0 / (2 * 432), 480.0 / (2 * 48)], weights.Distinct().Order());
        Assert.Equal(5, weights[Array.IndexOf(labels, 1)]);
    }

    [Fact]
    public void Balanced_counts_the_samples_that_are_trained_on()
    {
        var data = DataSets.Load(folder["mail.csv"], "kind");
        var run = new TrainingRun(
            new TrainConfiguration { Samples = 100, Validation = 0.3, ClassWeights = ClassWeights.Balanced }, data);
        var labels = data.Training.Classes.Labels;
        var spam = run.Split.Training.Count(i => labels[i] == 1);
        Assert.Equal(run.Split.Training.Length / (2.0 * spam),
            run.Encoded.Training.Part.Weights![Array.IndexOf(labels, 1)]);
    }

    [Fact]
    public void Weights_follow_their_samples()
    {
        var part = DataSets.Load(folder["mail.csv"], "kind").Training.Take([4, 9, 2]) with { Weights = [1, 0, 2.5] };
        Assert.Equal([2.5, 1, 2.5], part.Take([2, 0, 2]).Weights!);
        Assert.Null(DataSets.Load("digits").Training.Take([1]).Weights);
        Assert.Throws<ArgumentException>(() => part with { Weights = [1, 2] });
        foreach (var wrong in (double[])[-1, double.NaN, double.PositiveInfinity])
            Assert.StartsWith("sample 1 has weight ",
                Assert.Throws<ArgumentException>(() => part with { Weights = [1, wrong, 2] }).Message,
                StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ClassWeights.Of(0, 0));
        Assert.Throws<ArgumentException>(() => ClassWeights.Of([]));
        Assert.Throws<ArgumentException>(() => ClassWeights.Of(new Dictionary<string, double>()));
    }

    [Theory]
    [InlineData("balanced", null)]
    [InlineData("1,5", null)]
    [InlineData("spam=5", null)]
    [InlineData("ham=0.5,spam=5", null)]
    [InlineData("1,2,3", "3 numbers for 2 classes (ham, spam)")]
    [InlineData("span=5", "there is no class 'span', only ham, spam; did you mean spam?")]
    [InlineData("1,spam=5",
        "expected a number for each class, as in 1,5, or names, as in ham=1,spam=5, found '1,spam=5'")]
    [InlineData("1,x", "expected a number, found 'x'")]
    [InlineData("1,-1", "expected finite weights of at least 0, and one above 0")]
    [InlineData("0,0", "expected finite weights of at least 0, and one above 0")]
    [InlineData("ham=0,spam=0", "a weight above 0 is needed for some class")]
    [InlineData("ham=1,ham=2", "class ham is there twice")]
    public void The_option_is_read(string value, string? fault)
    {
        var trained = Run("train", "--data", "mail.csv", "--label", "kind", "--class-weights", value, "--epochs", "2",
            "--out", "run");
        Assert.Equal((fault is null ? 0 : 2, fault is null ? "" : $"functional: --class-weights: {fault}\n"),
            (trained.ExitCode, trained.Error.Split("functional: only ")[0]));
        if (fault is not null)
            return;
        Assert.Equal(value, RunRecord.Read(folder["run"]).Configuration.ClassWeights!.ToString());
        Assert.Contains($"--class-weights {value}", RunRecord.Read(folder["run"]).CommandAgain,
            StringComparison.Ordinal);
        Assert.Equal(0, Run("verify", "run").ExitCode);
        Assert.Equal(0, Run("train", "--resume", "run", "--epochs", "3").ExitCode);
        var refused = Run("train", "--resume", "run", "--class-weights", "none");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("--class-weights: a resumed run keeps it", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Quantities_have_no_classes()
    {
        var trained = Run("train", "--data", "mail.csv", "--label", "size", "--class-weights", "balanced");
        Assert.Equal(
            (2, "functional: --class-weights: quantities have no classes; these weights are for classes\n"),
            (trained.ExitCode, trained.Error));
    }

    [Fact]
    public void A_search_has_them_among_its_choices()
    {
        var searched = Run("search", "--data", "mail.csv", "--label", "kind", "--trials", "2", "--epochs", "2",
            "--space", "class-weights=balanced|none", "--study", "s", "--json");
        Assert.Equal((0, ""), (searched.ExitCode, searched.Error));
    }

    [Fact]
    public void The_doctor_advises_them_where_they_help()
    {
        string[] options = ["--data", "mail.csv", "--label", "kind"];
        var examined = Run(["doctor", .. options]);
        Assert.Contains("class-imbalance", examined.Output, StringComparison.Ordinal);
        Assert.Contains("Use --class-weights balanced", examined.Output, StringComparison.Ordinal);
        double Balanced(params string[] more)
        {
            Assert.Equal(0, Run(["train", .. options, .. more, "--out", "run", "--force"]).ExitCode);
            return Run("evaluate", "run", "--json").Event("summary").GetProperty("balancedAccuracy").GetDouble();
        }
        Assert.True(Balanced("--class-weights", "balanced") > Balanced() + 0.1);
        // Who has them needs no advice.
        Assert.DoesNotContain("Use --class-weights",
            Run(["doctor", .. options, "--class-weights", "balanced"]).Output, StringComparison.Ordinal);
    }
}
