using System.Text.RegularExpressions;
using Npgsql;

namespace Functional.Host.Search;

/// <summary>Addresses of databases, as PostgreSQL's own programs take them.</summary>
internal static partial class PostgresAddress
{
    private const int MostPort = 65535;

    /// <summary>Reads <c>postgres://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE&amp;...</c>; all but the scheme may be
    /// left out. Raises UsageException, without the password, for anything else.</summary>
    public static NpgsqlConnectionStringBuilder Parse(string address)
    {
        var found = Address().Match(address);
        if (!found.Success)
            throw Refused("expected postgres://USER:PASSWORD@HOST:PORT/DATABASE");
        if (Uri.UnescapeDataString(address).Any(char.IsControl))
            throw Refused("expected no control characters, such as %00, in an address");
        string? Part(string name) =>
            found.Groups[name] is { Success: true, Length: > 0 } group ? Uri.UnescapeDataString(group.Value) : null;
        var user = Part("user") ?? Environment.UserName;
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Part("host")?.Trim('[', ']') ?? "localhost",
            Username = user,
            Password = Part("password"),
            Database = Part("database") ?? user,
            ApplicationName = "functional",
            // In milliseconds: a search that has to stop waits no longer than this for the server.
            CancellationTimeout = 500,
        };
        foreach (var setting in ((Part("port") is { } port ? $"port={port}&" : "") + found.Groups["settings"].Value)
            .Split('&', StringSplitOptions.RemoveEmptyEntries))
            try
            {
                var (name, value) = setting.Split('=', 2) is [var before, var after] ? (before, after) : (setting, "");
                connection[Uri.UnescapeDataString(name)] = Uri.UnescapeDataString(value);
            }
            catch (Exception e) when (
                e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException
                or OverflowException)
            {
                throw Refused(setting.StartsWith("port=", StringComparison.Ordinal)
                    ? $"expected a port from 1 to {MostPort}, found {Uri.UnescapeDataString(setting[5..])}"
                    : $"'{setting.Split('=')[0]}' is not a setting of a connection, or can't have that value");
            }
        return connection.Port is >= 1 and <= MostPort ? connection
            : throw Refused($"expected a port from 1 to {MostPort}, found {connection.Port}");
    }

    private static UsageException Refused(string message) => new(new Fault("Storage", message));

    [GeneratedRegex(
        @"^postgres(ql)?://((?<user>[^:@/?]*)(:(?<password>[^@/?]*))?@)?(?<host>\[[^\]]*\]|[^:/?@]*)"
        + @"(:(?<port>\d+))?(/(?<database>[^?/]*))?(\?(?<settings>.*))?$")]
    private static partial Regex Address();
}
