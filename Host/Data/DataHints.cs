
namespace Functional.Host.Data;

/// <summary>What of data may be meant otherwise than it is taken.</summary>
internal static class DataHints
{
    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Of(DataSet data)
    {
        foreach (var note in data.Notes)
            yield return note;
        if (data.Training.Targets is not Classes { Classification: var classes })
            yield break;
        foreach (var alike in classes.Alike())
            yield return
                $"'{string.Join("' and '", alike)}' are {alike.Count} classes: are they meant to be one? ({data})";
        var samples = data.Training.Count + data.Test.Count;
        // Only a table's label may be either: images have classes in their files of labels, and as their folders.
        if (classes.Target is { } target && Classification.LooksMeasured(classes.Names, samples, commas: true))
            yield return Invariant(
                $"'{target}' looks like a measured number ({classes.Count} different ones in {samples:N0} rows): ")
                + "each is taken for a class of its own; --task quantities learns to give the number";
    }
}
