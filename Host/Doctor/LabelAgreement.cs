using System.Globalization;
using Functional.Host.Data;

namespace Functional.Host.Doctor;

/// <summary>Whether labels have to do with their samples: those that look alike should mostly have the same
/// label.</summary>
internal static class LabelAgreement
{
    private const int Queries = 400, References = 2500;

    /// <summary>What the nearest neighbors of training and of test samples say.</summary>
    /// <param name="data">Both parts.</param>
    /// <param name="training">The samples that are trained on.</param>
    /// <param name="ceiling">As <see cref="LabelCeiling"/> finds it.</param>
    public static IEnumerable<Finding> Findings(DataSet data, int[] training, double? ceiling)
    {
        var used = Split.EvenlySpaced(training, Queries);
        if (used.Length < 30)
            yield break;
        var isTable = data.Training.Samples is Rows;
        // A table's columns are of different sizes.
        var (all, sample) = (data.Encode(training), isTable ? "row" : "image");
        var test = Split.EvenlySpaced(data.Test.All, Queries);
        int[] references = Split.EvenlySpaced(data.Training.All, References),
        testReferences = Split.EvenlySpaced(data.Test.All, References);
        var within = Agreement(all.Training, used, all.Training, references);
        var withinTest = Agreement(all.Test, test, all.Test, testReferences);
        var across = Agreement(all.Test, test, all.Training, references);
        Finding Of(Severity severity, string evidence, string advice) =>
            new(FindingKind.ShuffledLabels, null, severity, evidence, advice)
            {
                Picture = isTable
                    ? Pictures.Points(all.Training, used)
                    : Pictures.Samples("Training samples and what their labels say", data.Training.Images,
                        Split.EvenlySpaced(used, 20), i => $"is {NameOf(data.Training, i)}"),
            };

        // Of few samples the share is not known well: by three standard errors it isn't off by luck.
        bool IsBelow((double Share, double Error) a, (double Share, double Error) b, double factor) =>
            a.Share < (factor * b.Share) - (3 * Math.Sqrt((a.Error * a.Error) + (factor * factor * b.Error * b.Error)));

        // What alike means depends on a table's columns, of which many may say nothing.
        if (within.Share < 0.1 && !(isTable && ceiling is not null))
            yield return Of(
                Severity.Error,
                $"the training {sample} most alike has the same label in {Percent(within)} of the cases beyond chance "
                + "(0% is chance, 100% is always); with correct labels that is "
                + (isTable
                    ? "more, and a plain network learned nothing that holds for test samples" : "most of the time"),
                $"Check how --data pairs {sample}s with labels: they may be in different orders, "
                + "so that the network can only memorize them");
        else if ((within.Share < 0.4 && IsBelow(within, withinTest, 0.85)) || IsBelow(within, withinTest, 0.65))
            yield return Of(
                Severity.Warning,
                $"the training {sample} most alike has the same label in {Percent(within)} of the cases (beyond "
                + $"chance), but within the test samples in {Percent(withinTest)}",
                "Check the training labels: a part of them seems to be wrong");
        else if (IsBelow(across, within, 0.5) && IsBelow(across, withinTest, 0.5))
            yield return Of(
                Severity.Warning,
                $"{sample}s that look alike agree in their labels within the training samples ({Percent(within)} "
                + $"beyond chance) and within the test samples ({Percent(withinTest)}), "
                + $"but not with each other ({Percent(across)})",
                "Check that the labels of both parts mean the same classes and are in the order of their samples");
        else if (within.Share < 0.4)
            yield return Of(
                isTable ? Severity.Hint : Severity.Warning,
                $"{sample}s that look alike have the same label in only {Percent(within)} of the cases (beyond chance)",
                "Look at samples with their labels: many labels may be wrong, "
                + $"or the classes can hardly be predicted from {(isTable ? "these columns" : "pixels")}");
    }

    private static string NameOf(DataPart part, int sample) =>
        part.Classes.Classification.Names[part.Classes.Labels[sample]];

    /// <summary>How often a sample's nearest other one has its label: 0 as often as by chance, 1 always; and the
    /// standard error of that.</summary>
    private static (double Share, double Error) Agreement(
        Examples examples, int[] queries, Examples of, int[] references)
    {
        var (x, y) = (examples.Inputs(queries), of.Inputs(references));
        var (labels, ofLabels) = (examples.Part.Classes.Labels, of.Part.Classes.Labels);
        var products = Products.TransposeThisProduct(y, x);
        var sizes = references.Select((_, i) => y.Column(i).DotProduct(y.Column(i))).ToArray();
        var agreed = 0;
        for (var j = 0; j < queries.Length; j++)
        {
            var best = -1;
            var least = float.PositiveInfinity;
            for (var i = 0; i < references.Length; i++)
            {
                var distance = sizes[i] - (2 * products[i, j]);
                if (distance < least && !(ReferenceEquals(examples, of) && references[i] == queries[j]))
                    (best, least) = (i, distance);
            }
            if (best >= 0 && ofLabels[references[best]] == labels[queries[j]])
                agreed++;
        }
        var shares = references.CountBy(i => ofLabels[i])
            .ToDictionary(count => count.Key, count => (double)count.Value / references.Length);
        var chance = queries.Average(i => shares.GetValueOrDefault(labels[i]));
        var share = (double)agreed / queries.Length;
        return (Math.Max(0, (share - chance) / (1 - chance + 1e-9)),
            Math.Sqrt(share * (1 - share) / queries.Length) / (1 - chance + 1e-9));
    }

    private static string Percent((double Share, double Error) agreement) =>
        agreement.Share.ToString("0%", CultureInfo.InvariantCulture);
}
