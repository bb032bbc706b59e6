using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>What an experiment has to show, in the order of reading, and what it claims.</summary>
public sealed record ExperimentReport
{
    /// <summary>Figures, tables and paragraphs.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>What should hold of its numbers.</summary>
    public IReadOnlyList<Claim> Claims { get; init; } = [];
}

/// <summary>A piece of a page.</summary>
public abstract record Part;

/// <summary>A paragraph.</summary>
/// <param name="Text">What it says.</param>
public sealed record Paragraph(LocalizedText Text) : Part;

/// <summary>A chart with what to see in it; its numbers are written beside the page.</summary>
/// <param name="Name">Of the file of its numbers, as in <c>loss</c>.</param>
/// <param name="Chart">The picture.</param>
/// <param name="Caption">Two or three sentences.</param>
public sealed record Figure(string Name, Chart Chart, LocalizedText Caption) : Part
{
    /// <summary>What its numbers are of.</summary>
    internal NumbersOf NumbersOf { get; init; }
}

/// <summary>What the numbers of a figure are of, where there are several seeds.</summary>
internal enum NumbersOf
{
    /// <summary>All seeds: medians.</summary>
    AllSeeds,

    /// <summary>The first seed alone.</summary>
    FirstSeed,

    /// <summary>No seed: nothing in it is random.</summary>
    NoSeed,
}

/// <summary>Rows of text under a header, the first column naming the row.</summary>
/// <param name="Caption">What the rows are.</param>
/// <param name="Header">The names of the columns.</param>
/// <param name="Rows">As many cells each as there are columns.</param>
public sealed record Table(
    LocalizedText Caption, IReadOnlyList<string> Header, IReadOnlyList<IReadOnlyList<string>> Rows) : Part;

/// <summary>Lines of text, as a program would print them.</summary>
/// <param name="Caption">What the lines are.</param>
/// <param name="Text">The lines.</param>
internal sealed record Listing(LocalizedText Caption, string Text) : Part;

/// <summary>What should hold, checked on the experiment's own numbers with every seed. One that doesn't hold is shown
/// as such.</summary>
/// <param name="Statement">What should hold.</param>
/// <param name="Held">Whether it did, with each seed.</param>
/// <param name="Numbers">The numbers that decide, each with its name, with each seed.</param>
public sealed record Claim(LocalizedText Statement, IReadOnlyList<bool> Held, IReadOnlyList<LocalizedText> Numbers)
{
    /// <summary>Whether it could be judged, with each seed: networks that didn't learn say nothing. All if
    /// empty.</summary>
    public IReadOnlyList<bool> Judged { get; init; } = [];

    /// <summary>Whose numbers are shown, as a place among the seeds: the first seed that it failed with, if there is
    /// one.</summary>
    public int Shown => Always ? 0 : Held.Index().First(held => !held.Item).Index;

    /// <summary>The numbers that are shown.</summary>
    public LocalizedText Evidence => Numbers[Shown];

    /// <summary>Whether it could be judged with any seed.</summary>
    public bool CanBeJudged => Judged.Count == 0 || Judged.Any(judged => judged);

    /// <summary>How many seeds it held with.</summary>
    public int Count => Held.Count(held => held);

    /// <summary>Whether it held with every seed.</summary>
    public bool Always => Count == Held.Count;
}
