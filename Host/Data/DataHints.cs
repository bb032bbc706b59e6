using System.Globalization;

namespace Functional.Host.Data;

/// <summary>What of data may be meant otherwise than it is taken.</summary>
internal static class DataHints
{
    /// <summary>A line for each.</summary>
    public static IEnumerable<string> Of(ImageDataSet data)
    {
        var names = data.Training.Names;
        foreach (var alike in names.AlikeClasses())
            yield return
                $"'{string.Join("' and '", alike)}' are {alike.Count} classes: are they meant to be one? ({data})";
        var samples = data.Training.Count + data.Test.Count;
        if (names.LooksMeasured(samples))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{(names.Label is null ? "the label" : $"'{names.Label}'")} looks like a measured number " +
                $"({names.Classes.Count} different ones in {samples:N0} rows): what is learned is to tell classes " +
                $"apart, and each number is taken for a class of its own");
    }
}
