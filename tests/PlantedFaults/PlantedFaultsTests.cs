using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Functional.Tests.PlantedFaults;

/// <summary>A test that takes long, and is run on demand: where <c>FUNCTIONAL_FAULTS</c> has seeds, as in
/// <c>1,2,3,4</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PlantedFaultsFactAttribute : FactAttribute
{
    public PlantedFaultsFactAttribute() => Skip = Seeds.Length == 0 ? "FUNCTIONAL_FAULTS is not set" : null!;

    public static long[] Seeds { get; } =
    [
        .. (Environment.GetEnvironmentVariable("FUNCTIONAL_FAULTS") ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(seed => long.Parse(seed, CultureInfo.InvariantCulture)),
    ];
}

/// <summary>Whether the laws would find a fault: many are planted in the core, one at a time.</summary>
public sealed class PlantedFaultsTests
{
    private const string Head = "| Fault | File | Law |";

    private static readonly string Page = Path.Combine(ScriptTests.Root, "docs", "planted-faults.md");

    [Fact]
    public void Every_planted_line_stands_in_the_core_once()
    {
        Assert.True(Fault.All.Count >= 80, $"{Fault.All.Count} faults");
        foreach (var file in Fault.All.GroupBy(fault => fault.File))
        {
            var path = Path.Combine(ScriptTests.Root, "Core", file.Key);
            var lines = File.ReadAllLines(path).Select(line => line.Trim()).ToArray();
            foreach (var fault in file)
                foreach (var edit in fault.Edits)
                {
                    var found = lines.Count(line => line == edit.Line);
                    Assert.True(found == 1, $"{path} has {found} lines '{edit.Line}' to plant '{fault.What}' in");
                    Assert.NotEqual(edit.Was, edit.Becomes);
                }
        }
        Assert.Equal(Fault.All.Count, Fault.All.DistinctBy(fault => fault.What).Count());
    }

    [Fact]
    public void What_changes_becomes_a_choice()
    {
        Fault Of(int number, int start, string was, string becomes) =>
            new(number, "", "", "", [new Edit("let v = a + c", start, was, becomes)]);
        Assert.Equal(
            "  let v = (if Planted.Is 2 then (b) else (if Planted.Is 1 then (0) else (a))) + (if Planted.Is 3 then "
            + "(d) else (c))\n",
            PlantedCore.Plant("  let v = a + c\n", [Of(1, 8, "a", "0"), Of(2, 8, "a", "b"), Of(3, 12, "c", "d")]));
    }

    [Fact]
    public void The_page_has_every_fault_and_the_law_that_catches_it()
    {
        var caught = Caught();
        Assert.Equal(Fault.All.Select(fault => fault.What),
            Fault.All.Select(fault => fault.What).Where(caught.ContainsKey));
        Assert.DoesNotContain(caught.Values, law => law == "none");
    }

    [PlantedFaultsFact]
    public void Every_fault_is_caught_by_a_law()
    {
        var seeds = PlantedFaultsFactAttribute.Seeds;
        using var core = new PlantedCore(Fault.All);
        Assert.All(seeds, seed => Assert.Null(LawRun.FirstBroken(core.Laws, fault: 0, seed)));
        // The law that caught it when the page was written is tried before all others.
        var before = Caught();
        string? BrokenBy(Fault fault, long seed) =>
            (before.GetValueOrDefault(fault.What) is { } law ? LawRun.FirstBroken(core.Laws, fault.Number, seed, law)
                : null)
            ?? LawRun.FirstBroken(core.Laws, fault.Number, seed);
        var broken = new ConcurrentDictionary<(Fault, long), string?>();
        Parallel.ForEach(
            from fault in Fault.All from seed in seeds select (fault, seed),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            one => broken[one] = BrokenBy(one.fault, one.seed));
        File.WriteAllText(Page, Table(seeds, broken));
        Assert.Empty(Fault.All.Where(fault => seeds.Any(seed => broken[(fault, seed)] is null))
            .Select(fault => fault.What));
    }

    /// <summary>Of the page, the law that caught each fault.</summary>
    private static Dictionary<string, string> Caught() => File.Exists(Page)
        ? File.ReadLines(Page).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line != Head)
            .Select(line => line.Split(" | ")).ToDictionary(cells => cells[0][2..], cells => cells[2].TrimEnd(' ', '|'))
        : [];

    private static string Table(long[] seeds, ConcurrentDictionary<(Fault, long), string?> broken)
    {
        var caught = seeds.Select(seed => Fault.All.Count(fault => broken[(fault, seed)] is not null));
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            # Planted faults

            Would the laws find a fault? {Fault.All.Count} are planted in the core, one at a time, and the laws are run up to the first that
            doesn't hold. The list with the changed lines is `tests/PlantedFaults/faults.txt`; a test says when a line is no longer
            there. This page is written by the run, which takes long:

            ```sh
            FUNCTIONAL_FAULTS={string.Join(',', seeds)} dotnet test tests -c Release --filter PlantedFaults
            ```

            On {DateTime.UtcNow:yyyy-MM-dd}, with the seeds {string.Join(", ", seeds)}: {string.Join(", ", caught)} of {Fault.All.Count}
            were caught. A law named here was the first to fail with seed {seeds[0]}; others may fail, too.

            """));
        foreach (var kind in Fault.All.GroupBy(fault => fault.Kind))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {kind.Key}\n\n{Head}\n|---|---|---|\n");
            foreach (var fault in kind)
                text.Append(CultureInfo.InvariantCulture,
                    $"| {fault.What} | {fault.File} | {broken[(fault, seeds[0])] ?? "none"} |\n");
        }
        return text.ToString();
    }
}
