using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Searches that end when little is left to gain.</summary>
public sealed class RegretTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        Hyperparameter.Uniform("x", -1, 1), Hyperparameter.Choice("kind", "a", "b"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // The most is 3, at x = 0.3.
    private static double Value(Configuration configuration, TrialReporter reporter) =>
        3 - Math.Pow(configuration.Number("x") - 0.3, 2) - (configuration.Choice("kind") == "a" ? 0 : 0.5);

    [Theory]
    [InlineData("gp", Direction.Maximize)]
    [InlineData("sobol", Direction.Minimize)]
    public void A_search_ends_after_the_same_round_for_any_number_of_workers(string sampler, Direction direction)
    {
        const double Left = 0.02;
        var settings = new StudySettings(Space) { Sampler = Sampler.Parse(sampler), Direction = direction, Seed = 4 };
        IReadOnlyList<Trial> Tried(int workers, double? regret, int trials = 200)
        {
            using var study = Study.InMemory(settings);
            return study.Run(
                (configuration, reporter) => direction.Score(Value(configuration, reporter)), trials, workers,
                regret: regret);
        }
        var found = Tried(1, Left);
        Assert.InRange(found.Count, 24, 80);
        Assert.Equal(0, found.Count % settings.Round);
        Assert.Equal(Described(found), Described(Tried(8, Left)));
        Assert.InRange(3 - found.Max(trial => direction.Score(trial.Value!.Value)), 0, Left);
        // It is the first round after which so little is left.
        Assert.InRange(settings.BoundRegret(found)!.Value, 0, Left);
        Assert.False(settings.BoundRegret([.. found.Take(found.Count - settings.Round)]) <= Left);
        // Without the rule it goes on, with the same trials.
        Assert.Equal(Described(found), Described(Tried(3, null, found.Count + 5)).Take(found.Count));

        static string[] Described(IReadOnlyList<Trial> trials) => [.. trials.Select(trial => $"{trial}")];
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(30, true)]
    public void Of_few_trials_and_of_equal_values_nothing_is_said(int trials, bool areEqual)
    {
        using var study = Study.InMemory(new StudySettings(Space));
        Assert.Null(study.BoundRegret());
        Assert.Equal(trials, study.Run(
            (configuration, reporter) => areEqual ? 1 : Value(configuration, reporter), trials, regret: 1e9).Count);
        Assert.Null(study.BoundRegret());
        Assert.Throws<ArgumentOutOfRangeException>(() => study.Run((_, _) => 1, 1, regret: double.NaN));
    }

    [Fact]
    public void The_command_says_what_is_left()
    {
        string[] search = ["search", "--samples", "200", "--hidden", "10", "--epochs", "4", "--study", "x", "--space",
            "learning-rate=log:1e-2..10", "--stop-when-regret"];
        var wrong = FunctionalProgram.Run(folder.Path, [.. search, "-1"]);
        Assert.Equal(
            (2, "functional: --stop-when-regret: expected a number from 0 on, found '-1'\n"),
            (wrong.ExitCode, wrong.Error));
        // No accuracy is above 1.
        var ended = FunctionalProgram.Run(folder.Path, [.. search, "9", "--trials", "30", "--json"]);
        Assert.Equal((0, 24), (ended.ExitCode, ended.Event("summary").GetProperty("trials").GetInt32()));
        var left = ended.Event("summary").GetProperty("regret").GetDouble();
        Assert.InRange(left, 0, 9);
        var again = FunctionalProgram.RunWith("LANG=ja_JP.UTF-8", folder.Path, [.. search, "9"]);
        Assert.Contains(
            $"値のモデルで{StudyResults.Short(left)}以下（指定した値まで下がりました）", again.Output,
            StringComparison.Ordinal);
        Assert.Contains($"{StudyResults.Short(left)}を超えて良いものはありません", File.ReadAllText(
            folder["studies/x/report.html"]), StringComparison.Ordinal);
    }
}
