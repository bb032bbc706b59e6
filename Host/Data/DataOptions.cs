namespace Functional.Host.Data;

/// <summary>What a target is taken for.</summary>
public enum TargetKind
{
    /// <summary>Classes to tell apart.</summary>
    Classes,

    /// <summary>Measured quantities.</summary>
    Quantities,
}

/// <summary>What becomes of cells that are empty.</summary>
public enum MissingCells
{
    /// <summary>They are filled, numbers with the median of the training rows, and marked by a feature.</summary>
    Fill,

    /// <summary>They are an error.</summary>
    Refuse,
}

/// <summary>How a table is read.</summary>
public sealed record DataOptions
{
    /// <summary>The column of the target; of several quantities their columns, with commas between.</summary>
    public string? Label { get; init; }

    /// <summary>What the target is taken for; guessed from its values if null.</summary>
    public TargetKind? Task { get; init; }

    /// <summary>Columns that are left out.</summary>
    public IReadOnlyList<string> Ignore { get; init => field = value.Complete("column"); } = [];

    /// <summary>What becomes of cells that are empty.</summary>
    public MissingCells Missing { get; init; }

    /// <summary>What the table must have, if that is known.</summary>
    internal TableForm? Known { get; init; }

    /// <summary>What can't be asked of data without columns.</summary>
    internal IEnumerable<Fault> FaultsOf(string name) =>
        from (string Name, bool IsSet) option in new[]
        {
            (nameof(Label), Label is not null), (nameof(Task), Task is not null && !Tables.IsNpz(name)),
            (nameof(Ignore), Ignore.Count > 0), (nameof(Missing), Missing != MissingCells.Fill),
        }
        where option.IsSet
        select new Fault(option.Name, PlaneData.IsOne(name)
            ? $"is for tables of your own: {name} has columns x and y, and color is learned"
            : $"is for tables, and {name} has no columns with names");
}

/// <summary>What a table must have.</summary>
/// <param name="Columns">The columns that are wanted, in order; others may be there. All but the target's if none are
/// named.</param>
/// <param name="Task">What its target must be, if that is known: no other classes.</param>
internal sealed record TableForm(IReadOnlyList<WantedColumn> Columns, LearningTask? Task = null)
{
    /// <summary>That of another table.</summary>
    public static TableForm Of(DataPart table) => new(
        [
            .. ((Rows)table.Samples).Columns.Select(column => new WantedColumn(
                column.Name!, column is TextColumn, (column as NumberColumn)?.Kind)),
        ],
        table.Targets.Task(table.All));

    /// <summary>What an encoder and its task take.</summary>
    public static TableForm Of(FeatureEncoder encoder, LearningTask task) => new(
        encoder is TableEncoder { HasNames: true, Columns: var columns }
            ? [
                .. columns.Select(column => new WantedColumn(
                    column.Name!, column is CategoryEncoding, (column as NumberEncoding)?.Kind)),
            ] : [],
        task);
}
