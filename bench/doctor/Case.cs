namespace Functional.Benchmarks.Doctor;

/// <summary>A set-up with what is wrong with it, written down before the doctor saw it.</summary>
/// <param name="Name">Of the case.</param>
/// <param name="Part"><c>handed</c> and <c>tuned</c> were looked at while the doctor was made, <c>apart</c> were not.
/// </param>
/// <param name="What">Where the mistake comes from, in a few words.</param>
/// <param name="Accepted">The kinds that name a true fault; none if it is healthy.</param>
/// <param name="Options">Those of the program.</param>
/// <param name="Mended">The options with the fault mended by hand; those of the program where there is none.</param>
internal sealed record Case(
    string Name, string Part, string What, IReadOnlyList<string> Accepted,
    IReadOnlyList<string> Options, IReadOnlyList<string> Mended)
{
    public bool IsHealthy => Accepted.Count == 0;

    /// <summary>Whether options can mend it.</summary>
    public bool IsMendable { get; private init; }

    /// <summary>Reads the file: a line each, tabs between name, part, what, accepted kinds, options, and the options
    /// that mend it (<c>-</c> where none do).</summary>
    public static IReadOnlyList<Case> Read(string path) =>
    [
        .. from line in File.ReadLines(path).Skip(1)
           where line.Length > 0
           let cells = line.Split('\t')
           let options = cells[4].Split(' ', StringSplitOptions.RemoveEmptyEntries)
           select new Case(
               cells[0], cells[1], cells[2], cells[3].Split(',', StringSplitOptions.RemoveEmptyEntries), options,
               Changed(options, cells[5].Split(' ', StringSplitOptions.RemoveEmptyEntries)))
           { IsMendable = cells[3].Length > 0 && cells[5] != "-" },
    ];

    // Later options replace earlier ones, and a run's length is given in one way.
    private static string[] Changed(string[] options, string[] changes)
    {
        if (changes is ["-"])
            return options;
        var replaced = changes.Chunk(2).Select(pair => pair[0]).ToHashSet();
        if (replaced.Contains("--epochs") || replaced.Contains("--iterations"))
            replaced.UnionWith(["--epochs", "--iterations"]);
        if (replaced.Contains("--optimizer"))
            replaced.UnionWith(["--learning-rate", "--momentum", "--epsilon", "--beta1", "--beta2", "--decay"]);
        return
        [
            .. options.Chunk(2).Where(pair => !replaced.Contains(pair[0])).SelectMany(pair => pair),
            .. changes.Chunk(2).Where(pair => pair is not [_, "default"]).SelectMany(pair => pair),
        ];
    }
}
