using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Functional.Host.Files;
using Npgsql;
using NpgsqlTypes;

namespace Functional.Host.Search;

/// <summary>
/// A study in a PostgreSQL database, for workers of any number of machines. One transaction takes a trial, or leaves a
/// result, with the study's row locked. Heartbeats have the time of the server's clock; how
/// long a worker has sent none is measured as <see cref="Heartbeats"/> says.
/// </summary>
internal sealed class PostgresStorage : StudyStorage
{
    // Machines that start together make the tables once.
    private const string Tables = """
        select pg_advisory_xact_lock(66100108);
        create table if not exists functional_study (name text primary key);
        create table if not exists functional_record (
            study text not null references functional_study (name) on delete cascade,
            number integer not null, record json not null, primary key (study, number));
        create table if not exists functional_worker (
            study text not null, worker text not null, heartbeat timestamptz not null, primary key (study, worker));
        """;

    // How long a server may be away; one that has not been reached yet may as well be no server at all.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1), FirstPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly Heartbeats heartbeats = new();
    private readonly NpgsqlDataSource source;
    private readonly string study, place;
    private volatile StudyState state = StudyState.Empty;
    private int records;
    private string? lastRecord;
    private bool isReached;

    /// <summary>Opens a study of a database, or begins one there.</summary>
    /// <param name="address"><c>postgres://USER:PASSWORD@HOST:PORT/DATABASE</c>, after which <c>?NAME=VALUE&amp;...</c>
    /// may follow, as in <c>?host=/run/postgresql</c> or <c>?sslmode=require</c>.</param>
    /// <param name="study">The study's name.</param>
    /// <exception cref="UsageException">The address is not valid.</exception>
    /// <exception cref="OperationFailedException">The database can't be used.</exception>
    public PostgresStorage(string address, string study)
    {
        var connection = PostgresAddress.Parse(address);
        (this.study, place) = (study, $"{connection.Host}/{connection.Database}");
        try
        {
            source = NpgsqlDataSource.Create(connection);
        }
        catch (Exception e) when (
            e is ArgumentException or InvalidOperationException or NotSupportedException or FormatException)
        {
            throw new UsageException(new Fault("Storage", Visible.Message(e.Message)));
        }
        Retried(open =>
        {
            using var transaction = open.BeginTransaction();
            Execute(Command(open, Tables), CancellationToken.None);
            transaction.Commit();
            return true;
        });
    }

    public override string Name => $"study '{study}' in {place}";

    public override void Dispose()
    {
        source.Dispose();
        base.Dispose();
    }

    internal override StudyState Known => state;

    internal override StudyState Transact(
        Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide,
        CancellationToken cancellation = default)
    {
        lock (gate)
            return Retried(
                open =>
                {
                    using var transaction = open.BeginTransaction();
                    Execute(Command(open, "insert into functional_study values ($1) on conflict do nothing", study),
                        cancellation);
                    Execute(Command(open, "select from functional_study where name = $1 for update", study),
                        cancellation);
                    ReadNewRecords(open, cancellation);
                    var living = new Lazy<HashSet<string>>(
                        () => Living(open, state.Settings!.HeartbeatTimeout, cancellation));
                    var added = decide(state, worker => living.Value.Contains(worker));
                    var next = added.Aggregate(state, (state, record) => state.After(record));
                    if (added.Count == 0)
                        return state;
                    string[] texts = [.. added.Select(record => Encoding.UTF8.GetString(record.ToJson()))];
                    Insert(open, texts, cancellation);
                    transaction.Commit();
                    (state, records, lastRecord) = (next, records + added.Count, texts[^1]);
                    return state;
                },
                cancellation);
    }

    internal override void SendHeartbeats(IReadOnlyList<string> workers, CancellationToken cancellation) => Retried(
        open => Execute(
            Command(
                open,
                """
                insert into functional_worker select $1, worker, clock_timestamp() from unnest($2) as worker
                on conflict (study, worker) do update set heartbeat = clock_timestamp()
                """,
                study, workers.ToArray()),
            cancellation),
        cancellation);

    internal override void Retire(IReadOnlyList<string> workers, CancellationToken cancellation) => Retried(
        open => Execute(
            Command(open, "delete from functional_worker where study = $1 and worker = any($2)", study,
                workers.ToArray()), cancellation),
        cancellation);

    private HashSet<string> Living(NpgsqlConnection open, double timeout, CancellationToken cancellation)
    {
        using var command = Command(
            open, "select worker, heartbeat, extract(epoch from clock_timestamp() - heartbeat)::float8 "
                + "from functional_worker where study = $1", study);
        using var reader = command.ExecuteReaderAsync(cancellation).GetAwaiter().GetResult();
        var living = new HashSet<string>();
        while (reader.Read())
            if (heartbeats.IsAlive(
                reader.GetString(0), reader.GetDateTime(1).Ticks, TimeSpan.FromSeconds(reader.GetDouble(2)), timeout))
                living.Add(reader.GetString(0));
        return living;
    }

    // Those that others have added. The last one that was read before must be there as it was.
    private void ReadNewRecords(NpgsqlConnection open, CancellationToken cancellation)
    {
        using var command = Command(
            open, "select number, record from functional_record where study = $1 and number >= $2 order by number",
            study, Math.Max(0, records - 1));
        using var reader = command.ExecuteReaderAsync(cancellation).GetAwaiter().GetResult();
        if (lastRecord is not null
            && !(reader.Read() && reader.GetInt32(0) == records - 1 && reader.GetString(1) == lastRecord))
        {
            IsLost = true;
            throw new OperationFailedException($"{Name}: its records were removed or replaced while a search used it");
        }
        while (reader.Read())
            try
            {
                if (reader.GetInt32(0) != records)
                    throw new UsageException($"it has number {reader.GetInt32(0)}");
                var text = reader.GetString(1);
                state = state.After(StudyRecord.OfJson(Encoding.UTF8.GetBytes(text)));
                (records, lastRecord) = (records + 1, text);
            }
            catch (Exception e) when (e is JsonException or UsageException)
            {
                throw new DataException(Name, $"record {records}", "a record as the program writes it",
                    $"another: {Visible.Message(e.Message)}");
            }
    }

    private void Insert(NpgsqlConnection open, string[] added, CancellationToken cancellation)
    {
        using var command = Command(
            open, "insert into functional_record select $1, $2 + place - 1, "
                + "record from unnest($3) with ordinality as row (record, place)",
            study, records);
        command.Parameters.Add(new NpgsqlParameter
        {
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Json,
            Value = added,
        });
        command.ExecuteNonQueryAsync(cancellation).GetAwaiter().GetResult();
    }

    private static int Execute(NpgsqlCommand command, CancellationToken cancellation)
    {
        using (command)
            return command.ExecuteNonQueryAsync(cancellation).GetAwaiter().GetResult();
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
    private T Retried<T>(Func<NpgsqlConnection, T> action, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        while (true)
            try
            {
                using var open = Opened(cancellation);
                isReached = true;
                return action(open);
            }
            catch (NpgsqlException e) when (e.IsTransient && watch.Elapsed < PatienceFor(e))
            {
                cancellation.WaitHandle.WaitOne(Pause);
                cancellation.ThrowIfCancellationRequested();
            }
            catch (NpgsqlException e)
            {
                throw new OperationFailedException($"{place}: {Visible.Message(e.Message)}");
            }
    }

    private NpgsqlConnection Opened(CancellationToken cancellation)
    {
        try
        {
            return source.OpenConnectionAsync(cancellation).AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is not (NpgsqlException or OperationCanceledException))
        {
            // What the address asks for can't be had, such as a certificate.
            throw new OperationFailedException($"{place}: {Visible.Message(e.Message)}");
        }
    }

    // Fail at once if the host's name is wrong. A server that refuses, or says that it is starting, may have been
    // started just now.
    private TimeSpan PatienceFor(NpgsqlException e) =>
        isReached || e is PostgresException ? Patience
        : e.InnerException is IOException or SocketException
        {
            SocketErrorCode: SocketError.ConnectionRefused or SocketError.ConnectionReset
                or SocketError.AddressNotAvailable,
        }
            ? FirstPatience : TimeSpan.Zero;
}
