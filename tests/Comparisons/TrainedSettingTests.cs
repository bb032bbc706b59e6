using Functional.Host.Comparisons;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Comparisons;

public sealed class TrainedSettingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The model knows ten classes, of which the data have two, with other numbers.
    [Fact]
    public void A_setting_that_begins_from_a_model_is_scored_by_the_names_of_classes()
    {
        FunctionalProgram.Run(folder.Path, ["train", "--samples", "1000", "--epochs", "5", "--out", "run"]);
        var digits = DataSets.Load("digits");
        DataPart Twos(DataPart part)
        {
            int[] some = [.. part.All.Where(i => part.Classes.Labels[i] is 2 or 7)];
            return new DataPart(part.Samples.Take(some), new Classes(
                new Classification(["2", "7"]),
                Array.ConvertAll(some, i => part.Classes.Labels[i] == 2 ? 0 : 1)));
        }
        var data = new DataSet(Twos(digits.Training), Twos(digits.Test));
        var from = new TrainConfiguration
        {
            From = folder["run"], Iterations = 1, Optimizer = new() { LearningRate = 0 },
        };
        var outcome = new TrainedSetting("A", "", from).Run(data, 1, ComparedBy.Test, CancellationToken.None);
        Assert.InRange(outcome.Score.Value, 0.75, 1);
        // Whoever begins anew learns two classes.
        var anew = new TrainedSetting("B", "", new() { Iterations = 50 })
            .Run(data, 1, ComparedBy.Test, CancellationToken.None);
        Assert.Equal(50 * (10 - 2) + 10 - 2, outcome.Parameters - anew.Parameters);
    }

    [Fact]
    public void Tables_are_compared_from_one_model()
    {
        File.WriteAllText(folder["t.csv"], "x,y,kind\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"{i % 7},{i % 3},{(i % 2 == 0 ? "a" : "b")}\n")));
        string[] table = ["--data", "t.csv", "--label", "kind", "--epochs", "1"];
        FunctionalProgram.Run(folder.Path, ["train", .. table, "--out", "run"]);
        var refused = FunctionalProgram.Run(folder.Path, ["compare", "", "--from run", .. table, "--seeds", "2"]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal(
            "functional: --from: a model decides how a table is read, so all settings must begin from the same one, or "
            + "none\n", refused.Error);
        var same = FunctionalProgram.Run(
            folder.Path,
            ["compare", "--learning-rate 0.1", "", .. table, "--from", "run", "--seeds", "2", "--out", "p"]);
        Assert.Equal((0, ""), (same.ExitCode, same.Error));
    }
}
