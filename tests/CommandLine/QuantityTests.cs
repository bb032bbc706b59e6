using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Tests.Charts;
using Functional.Tests.Data;

namespace Functional.Tests.CommandLine;

/// <summary>A table of prices through every command.</summary>
public sealed class QuantityTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(params string[] arguments) => FunctionalProgram.Run(folder.Path, arguments);

    private void WritePrices() => File.WriteAllText(
        folder["p.csv"],
        "id,size,city,price\n" + string.Concat(Enumerable.Range(0, 300).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i + 1},{(i % 20 == 3 ? "" : (i * 37) % 101)},{(i % 3 == 0 ? "A" : "B")},"
            + $"{1000.5 + (20 * ((i * 37) % 101))}\n"))));

    [Fact]
    public void The_baseline_is_trained_however_short_the_run_is()
    {
        WritePrices();
        var trained = Run("train", "--data", "p.csv", "--label", "price", "--epochs", "1", "--out", "short");
        var baseline = Regex.Match(trained.Output, @"\nbaseline, the same without hidden layers and with more steps "
            + @"\(--hidden none --iterations 2000\): RMSE ([0-9.]+) on the test samples\n");
        var network = Regex.Match(trained.Output, @"\ntest: .*, RMSE ([0-9.]+),");
        Assert.True(baseline.Success && network.Success, trained.Output);
        // The price is linear in the size, but where that is missing.
        static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.InRange(Number(baseline), 0, Number(network) / 3);
    }

    [Fact]
    public void Every_command_knows_quantities()
    {
        WritePrices();
        string[] options = ["--data", "p.csv", "--label", "price", "--validation", "0.2", "--batch-size", "16",
            "--optimizer", "adam", "--learning-rate", "0.01"];
        var trained = Run(["train", .. options, "--epochs", "40", "--out", "run"]);
        Assert.Equal(0, trained.ExitCode);
        Assert.Matches(
            "^functional: id: looks like a row number; left out\n"
            + "functional: empty cells are filled, and marked, in size \\(as [45][0-9]\\)\n$", trained.Error);
        Assert.StartsWith("price: 101 different numbers, taken as a quantity (use --task to change this)\n",
            trained.Output, StringComparison.Ordinal);
        Assert.Matches("\nepoch   1  loss [0-9.]+  RMSE: training [0-9.]+  validation [0-9.]+  test [0-9.]+\n",
            trained.Output);
        Assert.Matches("\ntest: mean absolute error [0-9.]+, RMSE [0-9.]+, R² 0.[0-9]+\n", trained.Output);
        var page = File.ReadAllText(folder["run/report.html"]);
        Accessibility.Check(page);
        foreach (var heading in (string[])["truth and prediction", "price: errors", "errors by size",
            "the largest errors", "R² after each epoch"])
            Assert.Contains(heading, page, StringComparison.Ordinal);
        Assert.StartsWith("epoch,iterations,loss,train_mae,train_rmse,train_r2,validation_mae",
            File.ReadAllText(folder["run/metrics.csv"]), StringComparison.Ordinal);

        var evaluated = Run("evaluate", "run", "--json");
        Assert.Equal((0, ""), (evaluated.ExitCode, evaluated.Error));
        var found = evaluated.Event("quantity").GetProperty("rootMeanSquaredError").GetDouble();
        var again = Run("verify", "run");
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        var resumed = Run("train", "--resume", "run", "--epochs", "41", "--json").Event("summary");
        Assert.InRange(resumed.GetProperty("test").GetProperty("rSquared").GetDouble(), 0.5, 1);
        Assert.False(resumed.TryGetProperty("testAccuracy", out _));
        Assert.InRange(found, 0, 500);

        File.WriteAllText(folder["new.csv"], "city,size\nA,50\nC,\n");
        var printed = Run("predict", "run", "new.csv", "--json");
        Assert.Equal((0, ""), (printed.ExitCode, printed.Error));
        Assert.Equal(2, printed.Events.Count);
        Assert.InRange(printed.Events[0].GetProperty("quantities").GetProperty("price").GetDouble(), 1500, 2500);
        Assert.Matches("^new.csv\\[0\\]  price [0-9.]+\n", Run("predict", "run", "new.csv").Output);
        foreach (var command in (string[][])[["runs", "."], ["report", "run", "--out", "page.html"],
            ["export", "run", "--onnx", "m.onnx"], ["data", "info", "p.csv", "--label", "price"],
            ["data", "info", "p.csv", "--label", "price", "--json"]])
            Assert.Equal((0, ""), Run(command) is var outcome ? (outcome.ExitCode, outcome.Error) : default);
    }

    [Fact]
    public void A_description_takes_the_label_for_what_it_is_said_to_be()
    {
        WritePrices();
        string[] info = ["data", "info", "p.csv", "--label", "city", "--task"];
        Assert.Contains("2 classes", Run([.. info, "classes"]).Output, StringComparison.Ordinal);
        var refused = Run([.. info, "quantities"]);
        Assert.Equal((2, "functional: p.csv: at line 2, column 'city': expected a finite number, as a quantity is, "
            + "found 'A'\n"), (refused.ExitCode, refused.Error));
        Assert.Contains("--task: expected classes, quantities, found 'x'", Run([.. info, "x"]).Error,
            StringComparison.Ordinal);
        Assert.Contains("101 classes", Run("data", "info", "p.csv", "--label", "price", "--task", "classes").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_does_not_blame_the_labels_of_quantities()
    {
        WritePrices();
        var examined = Run("doctor", "--data", "p.csv", "--label", "price", "--batch-size", "16", "--optimizer", "adam",
            "--learning-rate", "0.01", "--epochs", "40");
        Assert.DoesNotContain("shuffled-labels", examined.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("class-imbalance", examined.Output, StringComparison.Ordinal);
        Assert.Equal(0, examined.ExitCode);
        // A rate at which nothing is learned is found all the same.
        var slow = Run("doctor", "--data", "p.csv", "--label", "price", "--learning-rate", "1e-7", "--epochs", "20");
        Assert.Equal(3, slow.ExitCode);
        Assert.Contains("learning-rate-too-low", slow.Output, StringComparison.Ordinal);
        Assert.Contains(", share of the variance explained: training ", slow.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_search_makes_the_share_of_the_variance_large()
    {
        WritePrices();
        var searched = Run("search", "--data", "p.csv", "--label", "price", "--trials", "3", "--epochs", "5",
            "--hidden", "8", "--space", "learning-rate=log:0.01..0.3", "--study", "s", "--json");
        Assert.Equal(0, searched.ExitCode);
        Assert.Contains("validation R²", File.ReadAllText(folder["studies/s/report.html"]), StringComparison.Ordinal);
        // Worse than the mean is below 0, and a study of such trials can be read again.
        string[] bad = ["search", "--data", "p.csv", "--label", "price", "--epochs", "1", "--hidden", "8", "--init",
            "normal:3", "--space", "learning-rate=log:1e-9..1e-8", "--study", "bad", "--json"];
        foreach (var count in (string[])["2", "3"])
        {
            var found = Run([.. bad, "--trials", count]);
            Assert.Equal((0, ""), (found.ExitCode, found.Error));
            Assert.True(found.Event("summary").GetProperty("best").GetProperty("value").GetDouble() < 0);
        }
    }
}
