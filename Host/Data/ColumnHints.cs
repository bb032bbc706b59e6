namespace Functional.Host.Data;

/// <summary>What became of a table's columns that a user may not expect.</summary>
internal static class ColumnHints
{
    private const int MostShown = 5;

    /// <summary>A line for each column that was left out, and one for those with empty cells.</summary>
    public static IEnumerable<string> Of(EncodedDataSet data)
    {
        if (data.Encoder is not TableEncoder encoder)
            yield break;
        foreach (var line in encoder.LeftOut)
            yield return line;
        string[] filled =
        [
            .. encoder.Columns.Select(column => column switch
            {
                NumberEncoding { HasGaps: true } number =>
                    $"{number.Name} (as {CellText.Of(number.Fill, number.Kind)})",
                CategoryEncoding { HasGaps: true } category => $"{category.Name} (as a category)",
                _ => null,
            }).OfType<string>(),
        ];
        if (filled.Length > 0)
            yield return $"empty cells are filled, and marked, in {string.Join(", ", filled.Take(MostShown))}"
                + (filled.Length > MostShown ? $" and {Plural.Of(filled.Length - MostShown, "other column")}" : "");
    }
}
