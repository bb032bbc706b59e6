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
    public void A_table_has_its_own_defaults_and_the_command_on_its_page_gives_the_same_network()
    {
        var lines = Enumerable.Range(0, 60).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{(i % 2) + (i / 100.0)},{i % 3},{(i % 2 == 0 ? "even" : "odd")}"));
        File.WriteAllLines(folder["t.csv"], ["x,y,kind", .. lines]);
        Assert.Equal(0, Run("train", "--data", "t.csv", "--label", "kind", "--out", "run").ExitCode);
        var configuration = ConfigurationFile.Read(folder["run/config.json"]);
        Assert.Equal(
            "functional train --data t.csv --label kind --hidden 32 --l2 0.015 --optimizer adam "
            + "--learning-rate 0.002 --average 0.99 --batch-size 32 --epochs 500",
            configuration.CommandLine());
        var again = configuration.CommandLine().Split(' ')[1..];
        Assert.Equal(0, Run([.. again, "--out", "again"]).ExitCode);
        Assert.Equal(File.ReadAllText(folder["run/digest.txt"]), File.ReadAllText(folder["again/digest.txt"]));

        // The options that images have by default are options like others.
        Assert.Equal(0, Run("train", "--data", "t.csv", "--label", "kind", "--hidden", "50", "--optimizer", "sgd",
            "--l2", "0", "--batch-size", "100", "--epochs", "20", "--out", "plain").ExitCode);
        var plain = ConfigurationFile.Read(folder["plain/config.json"]);
        Assert.Equal(("sgd", 0.1), (plain.Optimizer.Name, plain.Optimizer.Complete().LearningRate));
        Assert.Contains("--optimizer sgd", plain.CommandLine(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TargetKind.Classes, 100, "32", 500, 0.015)]
    [InlineData(TargetKind.Classes, 1000, "32", 63, 0.015)]
    [InlineData(TargetKind.Classes, 4999, "32", 15, 0.015)]
    [InlineData(TargetKind.Classes, 30_000, "64,32", 30, 0.003)]
    [InlineData(TargetKind.Quantities, 300, "32", 200, 0.1)]
    [InlineData(TargetKind.Quantities, 999, "32", 63, 0.035)]
    [InlineData(TargetKind.Quantities, 1000, "64,32", 500, 0.035)]
    [InlineData(TargetKind.Quantities, 16_000, "64,32", 48, 0.0022)]
    [InlineData(TargetKind.Quantities, 1_000_000, "64,32", 30, 3.5e-5)]
    public void They_depend_on_the_number_of_rows(
        TargetKind kind, int rows, string hidden, int epochs, double penalty)
    {
        var defaults = TableDefaults.Of(rows, kind);
        Assert.Equal(
            (hidden, epochs, penalty), (string.Join(',', defaults.Hidden), defaults.Epochs, defaults.L2));
        Assert.Empty(defaults.Faults());
        // The numbers of a rule are its own.
        var differing = TrainOptions.All
            .Where(option => option.Get(defaults) != option.Get(new TrainConfiguration())).Select(option => option.Name)
            .Except(["momentum", "beta1", "beta2", "epsilon", "weight-decay"]);
        Assert.Equal(TableDefaults.Options.Order(), differing.Union(["epochs"]).Order());
    }

    private Outcome Run(params string[] words) => FunctionalProgram.Run(folder.Path, words);

    [Fact]
    public void A_command_says_that_there_is_no_average_where_a_table_would_have_one()
    {
        var configuration = new TrainConfiguration { Data = "table.csv", Label = "kind" };
        Assert.Null(configuration.Optimizer.Average);
        Assert.Contains(" --average none", configuration.CommandLine(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--hidden", (configuration with { From = "model" }).CommandLine(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--average", (configuration with { Data = "digits", Label = null }).CommandLine(),
            StringComparison.Ordinal);
    }
}
