using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

public sealed class TableDefaultsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_table_has_defaults_of_its_own_and_the_command_on_its_page_gives_the_same_network()
    {
        var lines = Enumerable.Range(0, 60).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{(i % 2) + (i / 100.0)},{i % 3},{(i % 2 == 0 ? "even" : "odd")}"));
        File.WriteAllLines(folder["t.csv"], ["x,y,kind", .. lines]);
        Assert.Equal(0, Run("train", "--data", "t.csv", "--label", "kind", "--out", "run").ExitCode);
        var configuration = ConfigurationFile.Read(folder["run/config.json"]);
        Assert.Equal(
            "functional train --data t.csv --label kind --hidden 32 --l2 0.01 --optimizer adam "
            + "--batch-size 32 --epochs 500",
            configuration.CommandLine());
        var again = configuration.CommandLine().Split(' ')[1..];
        Assert.Equal(0, Run([.. again, "--out", "again"]).ExitCode);
        Assert.Equal(File.ReadAllText(folder["run/digest.txt"]), File.ReadAllText(folder["again/digest.txt"]));

        // The options that images have by default are options like others.
        Assert.Equal(0, Run("train", "--data", "t.csv", "--label", "kind", "--hidden", "50", "--optimizer", "sgd",
            "--l2", "0", "--batch-size", "100", "--epochs", "20", "--out", "plain").ExitCode);
        var plain = ConfigurationFile.Read(folder["plain/config.json"]);
        Assert.Equal(("sgd", 0.1), (plain.Optimizer.Name, plain.Optimizer.LearningRate));
        Assert.Contains("--optimizer sgd", plain.CommandLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, "32", 500)]
    [InlineData(1000, "32", 63)]
    [InlineData(4999, "32", 15)]
    [InlineData(30_000, "64,32", 15)]
    public void They_depend_on_the_number_of_rows(int rows, string hidden, int epochs)
    {
        var defaults = TableDefaults.Of(rows);
        Assert.Equal((hidden, epochs), (string.Join(',', defaults.Hidden), defaults.Epochs));
        Assert.Empty(defaults.Faults());
        // The numbers of a rule are its own.
        var differing = TrainOptions.All
            .Where(option => option.Get(defaults) != option.Get(new TrainConfiguration())).Select(option => option.Name)
            .Except(["learning-rate", "momentum", "beta1", "beta2", "epsilon", "weight-decay"]);
        Assert.Equal(TableDefaults.Options.Order(), differing.Union(["epochs"]).Order());
    }

    private Outcome Run(params string[] words) => FunctionalProgram.Run(folder.Path, words);
}
