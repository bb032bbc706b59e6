using System.Globalization;
using Functional.Host.Files;

namespace Functional.Host.Digests;

/// <summary>Digests of everything that computes, as a file: the version of the numerics, and a line for each.</summary>
/// <param name="Version">The version of the numerics that gave them.</param>
/// <param name="Digests">By name.</param>
internal sealed record DigestTable(int Version, IReadOnlyDictionary<string, string> Digests)
{
    private const string Resource = "digests.txt", VersionName = "numerics";

    /// <summary>All that is in a table, in its order.</summary>
    public static IReadOnlyList<DigestEntry> Entries { get; } =
        [.. NumberDigests.Entries, .. TrainingDigests.Entries, .. DataDigests.Entries, .. ExperimentDigests.Entries];

    /// <summary>What takes minutes, and is computed only if it is asked for; no table has to have it.</summary>
    public static IReadOnlyList<DigestEntry> Long => NumberDigests.OfEveryFloat;

    /// <summary>The table that comes with the program.</summary>
    public static DigestTable Embedded()
    {
        using var stream = typeof(DigestTable).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the program lacks its embedded {Resource}");
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd());
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="DataException">A line is something else.</exception>
    public static DigestTable Parse(string text)
    {
        var digests = new Dictionary<string, string>();
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (lines is not [var first, ..] || first.Split(' ') is not [VersionName, var number]
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            throw new DataException(
                Resource, "line 1", $"'{VersionName}' and its version", $"'{lines.FirstOrDefault()}'");
        foreach (var (index, line) in lines.Index().Skip(1))
            if (line.Split(' ') is not [var name, { Length: 64 } digest] || !digests.TryAdd(name, digest))
                throw new DataException(Resource, $"line {index + 1}", "a new name and its digest", $"'{line}'");
        return new DigestTable(version, digests);
    }

    /// <summary>A line of a table.</summary>
    public static string Line(string name, string digest) => $"{name} {digest}";

    /// <summary>What <see cref="Parse"/> reads, in the order of the entries.</summary>
    public override string ToString() => string.Concat(
        Entries.Concat(Long).Where(entry => Digests.ContainsKey(entry.Name))
            .Select(entry => Line(entry.Name, Digests[entry.Name]))
            .Prepend(Line(VersionName, Version.ToString(CultureInfo.InvariantCulture))).Select(line => line + "\n"));
}
