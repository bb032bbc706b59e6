using System.Diagnostics;
using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Processes on one study, some of them killed at random moments: every trial ends exactly once.</summary>
public sealed class KillTests : IDisposable
{
    private const int Processes = 4, Killed = 2, Trials = 24;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_journal_survives() => Survives([]);

    [PostgresFact]
    public void A_database_survives() => Survives(["--storage", Postgres.Address!]);

    private void Survives(string[] storage)
    {
        var study = Postgres.NewStudy();
        string[] arguments =
        [
            "search", "--study", study, "--trials", $"{Trials}", "--workers", "1", "--heartbeat-timeout", "1",
            "--samples", "200",
            "--hidden", "10",
            "--epochs", "3", "--sampler", "tpe", "--round", "4", "--seeds", "3", "--json", .. storage,
        ];
        var processes = Enumerable.Range(0, Processes).Select(_ => FunctionalProgram.Start(folder.Path, arguments))
            .ToList();
        foreach (var wait in Key.OfSeed(Environment.TickCount64).Integers(Killed, 1500))
        {
            Thread.Sleep(wait);
            processes[0].Kill();
            FunctionalProgram.End(processes[0]);
            processes[0].Dispose();
            processes.RemoveAt(0);
            processes.Add(FunctionalProgram.Start(folder.Path, arguments));
        }
        var outcomes = processes.Select(FunctionalProgram.End).ToArray();
        processes.ForEach(process => process.Dispose());
        Assert.All(outcomes, outcome => Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error)));

        using var place = storage.Length == 0
            ? (StudyStorage)new JournalStorage(folder[$"studies/{study}"])
            : new PostgresStorage(Postgres.Address!, study);
        var settings = Study.SettingsIn(place)!;
        using var survived = Study.Open(place, settings);
        var trials = survived.ReadTrials();
        // As if one worker had done it all by itself.
        using var alone = Study.InMemory(settings);
        Assert.Equal(
            alone.Run((_, reporter) => trials[reporter.Trial].SeedValues[(int)(reporter.Seed - settings.Seed)], Trials)
                .Select(trial => (trial.Number, trial.Configuration, trial.State, trial.SeedValues.Count)),
            trials.Select(trial => (trial.Number, trial.Configuration, trial.State, trial.SeedValues.Count)));
        Assert.All(trials, trial => Assert.True(trial.State is TrialState.Complete or TrialState.Pruned));
        // An end is printed once, by the process whose result counts; what a killed process would have printed is lost.
        var printed = outcomes.SelectMany(outcome => outcome.Events)
            .Where(found => found.GetProperty("event").GetString() == "trial")
                .Select(found => found.GetProperty("trial").GetInt32()).ToArray();
        Assert.Equal(printed.Length, printed.Distinct().Count());
    }
}
