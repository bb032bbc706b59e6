using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;
using Npgsql;
using NpgsqlTypes;

namespace Functional.Host.Search;

/// <summary>
/// A study in a PostgreSQL database, for workers of any number of machines. One transaction takes a trial, or leaves a
/// result, with the study's row locked; whether a worker lives is told by the server's clock.
/// </summary>
public sealed class PostgresStorage : StudyStorage
{
    // Machines that start together make the tables once.
    private const string Tables = """
        select pg_advisory_xact_lock(66100108);
        create table if not exists functional_study (name text primary key);
        create table if not exists functional_record (
            study text not null references functional_study (name) on delete cascade,
            number integer not null, record json not null, primary key (study, number));
        create table if not exists functional_worker (
            study text not null, worker text not null, heard timestamptz not null, primary key (study, worker));
        """;

    // How long a server may be away.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly NpgsqlDataSource source;
    private readonly string study, place;
    private StudyState state = StudyState.Empty;
    private int records;

    /// <summary>Opens a study of a database, or begins one there.</summary>
    /// <param name="address"><c>postgres://USER:PASSWORD@HOST:PORT/DATABASE</c>, after which <c>?NAME=VALUE&amp;...</c> may
    /// follow, as in <c>?host=/run/postgresql</c> or <c>?sslmode=require</c>.</param>
    /// <param name="study">The study's name.</param>
    /// <exception cref="UsageException">The address is none.</exception>
    /// <exception cref="RunException">The database can't be used.</exception>
    public PostgresStorage(string address, string study)
    {
        var connection = PostgresAddress.Parse(address);
        (this.study, place) = (study, $"{connection.Host}/{connection.Database}");
        source = NpgsqlDataSource.Create(connection);
        // Who misspells a host wants to know at once.
        Retried(TimeSpan.Zero, open =>
        {
            using var transaction = open.BeginTransaction();
            Execute(open, Tables);
            transaction.Commit();
            return true;
        });
    }

    /// <inheritdoc/>
    public override string Name => $"study '{study}' in {place}";

    /// <inheritdoc/>
    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }

    internal override StudyState Transact(Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide)
    {
        lock (gate)
            return Retried(Patience, open =>
            {
                using var transaction = open.BeginTransaction();
                Execute(open, "insert into functional_study values ($1) on conflict do nothing", study);
                Execute(open, "select from functional_study where name = $1 for update", study);
                ReadNewRecords(open);
                var living = new Lazy<HashSet<string>>(() => Living(open, state.Settings!.Lapse));
                var added = decide(state, worker => living.Value.Contains(worker));
                var next = added.Aggregate(state, (state, record) => state.After(record));
                if (added.Count == 0)
                    return state;
                Insert(open, added);
                transaction.Commit();
                (state, records) = (next, records + added.Count);
                return state;
            });
    }

    internal override void Beat(IReadOnlyList<string> workers) => Retried(Patience, open => Execute(
        open,
        """
        insert into functional_worker select $1, worker, clock_timestamp() from unnest($2) as worker
        on conflict (study, worker) do update set heard = clock_timestamp()
        """,
        study, workers.ToArray()));

    internal override void Retire(IReadOnlyList<string> workers) => Retried(Patience, open => Execute(
        open, "delete from functional_worker where study = $1 and worker = any($2)", study, workers.ToArray()));

    private HashSet<string> Living(NpgsqlConnection open, double lapse)
    {
        using var command = Command(
            open, "select worker from functional_worker where study = $1 and heard > clock_timestamp() - make_interval(secs => $2)",
            study, lapse);
        using var reader = command.ExecuteReader();
        var living = new HashSet<string>();
        while (reader.Read())
            living.Add(reader.GetString(0));
        return living;
    }

    private void ReadNewRecords(NpgsqlConnection open)
    {
        using var command = Command(
            open, "select record from functional_record where study = $1 and number >= $2 order by number", study, records);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            try
            {
                state = state.After(StudyRecord.OfJson(Encoding.UTF8.GetBytes(reader.GetString(0))));
                records++;
            }
            catch (Exception e) when (e is JsonException or UsageException)
            {
                throw new DataException(Name, $"record {records}", "a record as the program writes it", $"another: {e.Message}");
            }
    }

    private void Insert(NpgsqlConnection open, IReadOnlyList<StudyRecord> added)
    {
        using var command = Command(
            open, "insert into functional_record select $1, $2 + place - 1, record from unnest($3) with ordinality as row (record, place)",
            study, records);
        command.Parameters.Add(new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json,
            Value = added.Select(record => Encoding.UTF8.GetString(record.ToJson())).ToArray(),
        });
        command.ExecuteNonQuery();
    }

    private static int Execute(NpgsqlConnection open, string text, params IEnumerable<object> values)
    {
        using var command = Command(open, text, values);
        return command.ExecuteNonQuery();
    }

    private static NpgsqlCommand Command(NpgsqlConnection open, string text, params IEnumerable<object> values)
    {
        var command = open.CreateCommand();
        command.CommandText = text;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    // A transaction that was cut off is done again: what it decides is decided from what the server has by then.
    private T Retried<T>(TimeSpan patience, Func<NpgsqlConnection, T> action)
    {
        var watch = Stopwatch.StartNew();
        while (true)
            try
            {
                using var open = source.OpenConnection();
                return action(open);
            }
            catch (NpgsqlException e) when (e.IsTransient && watch.Elapsed < patience)
            {
                Thread.Sleep(Pause);
            }
            catch (NpgsqlException e)
            {
                throw new RunException($"{place}: {DataException.OneLine(e.Message)}");
            }
    }
}
