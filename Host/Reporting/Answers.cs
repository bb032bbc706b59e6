using Functional.Host.Data;
using Functional.Host.Reporting.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Reporting;

/// <summary>What a network says of some samples.</summary>
/// <param name="Images">The samples.</param>
/// <param name="Said">The class that it says, for each; -1 where its scores are no numbers.</param>
/// <param name="Probabilities">Of each class, a column per sample.</param>
public sealed record Answers(LabeledImages Images, IReadOnlyList<int> Said, Matrix<float> Probabilities)
{
    /// <summary>How many samples of each class (rows) are said to be of each class (columns).</summary>
    public IReadOnlyList<IReadOnlyList<double>> Confusion()
    {
        var counts = Enumerable.Range(0, Images.Classes).Select(_ => new double[Images.Classes]).ToArray();
        foreach (var (label, said) in Images.Labels.Zip(Said))
            if (said >= 0)
                counts[label][said]++;
        return counts;
    }

    /// <summary>The samples that it gets wrong, the surest first.</summary>
    public IEnumerable<int> Mistakes() =>
        from sample in Enumerable.Range(0, Images.Count)
        where Said[sample] >= 0 && Said[sample] != Images.Labels[sample]
        orderby Probabilities[Said[sample], sample] descending
        select sample;

    /// <summary>A sample's image, with what it is, what is said, and how surely.</summary>
    public Picture Picture(int sample) => new(
        Images.Width, Images.Height, Images.Pixels.AsMemory(sample * Images.Features, Images.Features),
        $"{Images.Labels[sample]}, said {Said[sample]}\n{PlainReport.Percent(Probabilities[Said[sample], sample])}");
}
