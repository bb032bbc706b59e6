using Functional.Host;
using Functional.Host.Files;
using Functional.Host.Search;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Npgsql;

namespace Functional.Tests.Search;

/// <summary>Databases that restart, and into which other programs write.</summary>
public sealed class DatabaseTests : IDisposable
{
    private static readonly StudySettings Settings = new(new SearchSpace(Hyperparameter.LogUniform("rate", 1e-6, 1)));

    private readonly TemporaryFolder folder = new();
    private readonly string study = Postgres.NewStudy();

    public void Dispose() => folder.Dispose();

    private Study Open() => Study.Open(new PostgresStorage(Postgres.Address!, study), Settings);

    private void Execute(string text)
    {
        using var source = NpgsqlDataSource.Create(Connection());
        using var command = source.CreateCommand(text);
        command.Parameters.Add(new NpgsqlParameter { Value = study });
        command.ExecuteNonQuery();
    }

    private static NpgsqlConnectionStringBuilder Connection()
    {
        var address = Postgres.Address!;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Username = address.Split("//")[1].Split(':', '@')[0],
            Database = address.Split('/')[3].Split('?')[0],
        };
        foreach (var setting in address.Split('?')[1].Split('&'))
            connection[setting.Split('=')[0]] = setting.Split('=')[1];
        return connection;
    }

    [PostgresFact]
    public void A_server_that_ends_its_connections_is_waited_for_from_the_first_second_on()
    {
        using var done = new ManualResetEventSlim();
        var killer = new Thread(() =>
        {
            // As a server that is shut down does: each gets a 57P01. Of this study's own connections alone.
            while (!done.Wait(20))
                Execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1");
        });
        killer.Start();
        try
        {
            var separator = Postgres.Address!.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var address = $"{Postgres.Address}{separator}application%20name={study}";
            for (var round = 0; round < 3; round++)
            {
                using var search = Study.Open(new PostgresStorage(address, study), Settings);
                var trials = search.Run((configuration, _) =>
                    configuration.Number("rate"), trials: 10 * (round + 1), workers: 2);
                Assert.Equal(10 * (round + 1), trials.Count(trial => trial.State == TrialState.Complete));
            }
        }
        finally
        {
            done.Set();
            killer.Join();
        }
    }

    [PostgresFact]
    public void A_new_study_in_a_database_begins_as_one_in_a_folder_does()
    {
        File.WriteAllLines(folder["t.csv"],
            ["x,y", .. Enumerable.Range(0, 40).Select(i => FormattableString.Invariant($"{i / 7.0},{i * 1.5}"))]);
        // Fewer rows than the samples that a search usually takes; and a quantity, which stays one.
        foreach (var trials in (string[])["1", "2"])
        {
            var outcome = FunctionalProgram.RunAlone(
                folder.Path, "search", "--data", "t.csv", "--label", "y", "--epochs", "1", "--trials", trials,
                "--study", study, "--storage", Postgres.Address!);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        }
    }

    [PostgresFact]
    public void A_record_that_another_program_wrote_is_one_line()
    {
        using (var search = Open())
            search.Run((_, _) => 1, trials: 2);
        foreach (var record in (string[])["null", "[1]", "{}", "{\"name\":\"x\"}", "{\"record\":\"ended\",\"trial\":7}",
            "{\"record\":\"released\",\"trial\":99}"])
        {
            Execute("delete from functional_record where study = $1 and number > 4");
            Execute($"insert into functional_record select $1, max(number) + 1, '{record}' from functional_record "
                + $"where study = $1");
            var error = Assert.Throws<DataException>(() => Open());
            Assert.Contains("record 5: expected a record as the program writes it, found another", error.Message,
                StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [PostgresFact]
    public void Records_that_are_removed_while_a_search_runs_are_missed_and_its_trials_rescued()
    {
        using var search = Open();
        var error = Assert.Throws<OperationFailedException>(() => search.Run((configuration, reporter) =>
        {
            if (reporter.Trial == 3)
                Execute("delete from functional_record where study = $1");
            return configuration.Number("rate");
        }, trials: 6));
        Assert.Contains("its records were removed or replaced while a search used it; the 4 trials", error.Message,
            StringComparison.Ordinal);
        var rescued = error.Message.Split(" are in ")[1].Split(", with which")[0];
        Directory.CreateDirectory(folder["again"]);
        File.Move(rescued, folder["again/journal.jsonl"]);
        using var again = Study.Open(folder["again"], Settings);
        Assert.Equal(4, again.ReadTrials().Count(trial => trial.State == TrialState.Complete));
    }
}
