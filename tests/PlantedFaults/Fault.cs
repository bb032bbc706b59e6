namespace Functional.Tests.PlantedFaults;

/// <summary>What becomes of a part of a line.</summary>
/// <param name="Line">As it stands in the file, without the blanks before it.</param>
/// <param name="Start">Where the part begins in it.</param>
public sealed record Edit(string Line, int Start, string Was, string Becomes);

/// <summary>A fault that somebody might make in the core.</summary>
/// <param name="Number">From 1, in the order of the list.</param>
/// <param name="File">From <c>Core/</c>.</param>
public sealed record Fault(int Number, string Kind, string What, string File, IReadOnlyList<Edit> Edits)
{
    /// <summary>The list, <c>faults.txt</c>, whose first block says how it is written.</summary>
    public static IReadOnlyList<Fault> All { get; } = Read();

    private static List<Fault> Read()
    {
        var (faults, kind) = (new List<Fault>(), "");
        var text = System.IO.File.ReadAllText(Path.Combine(ScriptTests.Root, "tests", "PlantedFaults", "faults.txt"));
        foreach (var block in text.Split("\n\n").Skip(1).Select(block => block.Trim().Split('\n')))
            if (block is [['#', ' ', .. var name]])
                kind = name;
            else
                faults.Add(new(faults.Count + 1, kind, block[0], block[1], [.. block.Skip(2).Chunk(2).Select(Of)]));
        return faults;
    }

    private static Edit Of(string[] lines)
    {
        var (start, end) = (lines[0].IndexOf('«', StringComparison.Ordinal),
            lines[0].IndexOf('»', StringComparison.Ordinal));
        return new(
            lines[0].Remove(end, 1).Remove(start, 1), start, lines[0][(start + 1)..end], lines[1]["=> ".Length..]);
    }
}
