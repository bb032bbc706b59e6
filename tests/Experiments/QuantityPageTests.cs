using System.Globalization;
using System.Text.RegularExpressions;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Experiments;

/// <summary>What a review of the pages found, where quantities are learned: R10 and R11.</summary>
public sealed class QuantityPageTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public QuantityPageTests() => File.WriteAllText(
        folder["p.csv"],
        "size,price\n" + string.Concat(Enumerable.Range(0, 100).Select(i => string.Create(
            CultureInfo.InvariantCulture, $"{i % 20},{(i % 20) / 2}\n"))));

    public void Dispose() => folder.Dispose();

    private RunRecord Train(string name, params string[] options)
    {
        var trained = FunctionalProgram.Run(folder.Path,
            ["train", "--data", "p.csv", "--label", "price", "--validation", "0.2", "--epochs", "3", "--out", name,
                .. options]);
        Assert.Equal(0, trained.ExitCode);
        return RunRecord.Read(folder[name]);
    }

    [Fact]
    public void R10_runs_of_classes_and_of_quantities_are_not_compared()
    {
        var classes = Train("classes", "--task", "classes");
        var quantities = Train("quantities", "--task", "quantities");
        var page = RunsPage.Render([classes, quantities], _ => null);
        Assert.Contains("Some of these runs learned classes and others a quantity", page, StringComparison.Ordinal);
        foreach (var heading in (string[])["<h2>Validation", "<h2>Test", "<h2>Training"])
            Assert.DoesNotContain(heading, page, StringComparison.Ordinal);
        // Each number with its name.
        Assert.Matches(">test</th>.*<td[^>]*>[0-9.]+%? accuracy</td>.*<td[^>]*>[0-9.]+ RMSE</td>",
            page.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("quantities", "R²", "RMSE", "with R² [0-9.−-]+\\.<")]
    [InlineData("classes", "accuracy", "accuracy", "with [0-9.]+% classified correctly\\.<")]
    public void R10_numbers_have_their_names(string task, string compared, string measure, string best)
    {
        var page = RunsPage.Render(
            [Train("a", "--task", task), Train("b", "--task", task, "--hidden", "4")], _ => null);
        Assert.Matches($"Best on the samples that were held out from training for such comparisons: (a|b), {best}",
            page);
        foreach (var header in (string[])[$"training {measure}", $"best validation {compared}", $"test {measure}"])
            Assert.Contains($">{header}</th>", page, StringComparison.Ordinal);
        Assert.Contains($"<h2>Validation {compared}</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void R11_a_page_says_of_quantities_what_is_true()
    {
        string Page(string name, params string[] options)
        {
            Train(name, ["--task", "quantities", .. options]);
            return File.ReadAllText(folder[$"{name}/report.html"]);
        }
        const string dotted = "Below the dotted line the network does better than guessing: than the best answer that";
        var squared = Page("squared");
        Assert.Contains(dotted, squared, StringComparison.Ordinal);
        // The epoch is the one with the best R².
        var score = RunRecord.Read(folder["squared"]).Best!;
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture,
                $"Validation R² was best after epoch {score.Epoch}, with ")
                + $"{QuantitySections.RSquared(score.Validation!)}:",
            squared, StringComparison.Ordinal);
        Assert.Matches(new Regex("predictions are off by [0-9.]+ on average \\(R² "), squared);
        var huber = Page("huber", "--loss", "huber:1");
        Assert.Contains(dotted, huber, StringComparison.Ordinal);
        Assert.DoesNotContain(">guessing: 1<", huber, StringComparison.Ordinal);
    }
}
