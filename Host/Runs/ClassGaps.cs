using Functional.Host.Data;

namespace Functional.Host.Runs;

/// <summary>What a run can't learn: classes that the data have, but none of the samples that are trained on.</summary>
internal static class ClassGaps
{
    /// <summary>A line for all such classes, or none.</summary>
    public static IReadOnlyList<string> Of(Targets targets, int[] samples, DataSet all)
    {
        if (targets is not Classes { Kinds: var classes, Labels: var labels })
            return [];
        var (trained, there) = (new bool[classes.Count], new bool[classes.Count]);
        foreach (var i in samples)
            trained[labels[i]] = true;
        foreach (var label in all.Training.Classes.Labels.Concat(all.Test.Classes.Labels))
            there[label] = true;
        string[] missing =
            [.. classes.Names.Where((_, label) => there[label] && !trained[label])];
        var named = Rows.Few(missing, 10);
        return missing.Length switch
        {
            0 => [],
            1 => [
                Invariant($"class {named} has none of the {samples.Length:N0} training samples, ")
                    + "so it can't be learned"],
            _ => [
                Invariant($"classes {named} ({missing.Length}) have none of ")
                    + Invariant($"the {samples.Length:N0} training samples, so they can't be learned")],
        };
    }
}
