using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Functional.Host.Data;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Doctor;

/// <summary>What can be wrong with data before anything is trained on them.</summary>
/// <param name="run">What is to be trained, on what.</param>
/// <param name="ceiling">The share of the labels that can be predicted, as <see cref="LabelCeiling"/> finds it.</param>
internal sealed class DataExamination(TrainingRun run, double? ceiling)
{
    private const int MostSamples = 2000;

    private readonly Split split = run.Split;
    private readonly Samples training = run.Data.Training.Samples;
    private readonly Classes? classes = run.Data.Training.Targets as Classes;

    /// <summary>Everything found, the most likely cause of trouble first.</summary>
    public IEnumerable<Finding> Findings()
    {
        var constant = Constant().ToArray();
        // Where samples hold nothing, they are all alike, whatever their labels and parts.
        return constant.Any(finding => finding.Severity == Severity.Error)
            ? [.. constant, .. Imbalanced()]
            : [.. constant, .. Scales(),
                // Where the parts differ, neighbors don't agree, whatever the labels.
                .. PartDifference.Finding(run) is { } difference ? [difference] : Labels(),
                .. Leaked(), .. Imbalanced()];
    }

    // Whether neighbors agree says nothing where each number is a class.
    private IEnumerable<Finding> Labels() =>
        classes is null ? []
        : Answers.MeasuredClasses(run.Data) is { } measured ? [measured]
        : LabelAgreement.Findings(run.Data, split.Training, ceiling);

    private IEnumerable<Finding> Constant()
    {
        var some = Split.EvenlySpaced(split.Training, MostSamples);
        int[] constant = [.. Constants(run.Encoded.Training.Inputs(some)).Where(IsNumber)];
        var size = run.Encoded.Encoder.Features;
        var share = (double)constant.Length / size;
        var (repeated, whose) = Repeated(some);
        var features = training is Rows
            ? Invariant($"{Columns(constant)} {(constant.Length == 1 ? "has" : "have")} the same value in all ")
                + Invariant($"{Plural.Of(some.Length, "row")} looked at")
                + (IsRounded(constant, some)
                    ? ", rounded to single precision (--scale standard keeps such numbers distinct)" : "")
            : Invariant($"{constant.Length} of {size} features are the same in all {some.Length:N0} ")
                + "samples looked at";
        var what = training is Rows ? "columns" : "images";
        Finding Of(Severity severity, string evidence, string advice) =>
            new(FindingKind.ConstantInputs, "input", severity, evidence, advice)
        {
            Picture = training is Rows rows
                ? Pictures.Variety(rows, some)
                : Pictures.Samples(
                    "Training samples", (Images)training, Split.EvenlySpaced(some, 20), i => $"is {NameOf(i)}"),
        };

        if (some.Length > 1 && constant.Length == size)
            yield return Of(Severity.Error, features,
                $"Look at the {what}: they hold nothing to learn from; check how --data was made");
        else if (some.Length < 20)
            yield break;
        else if (repeated > 0.1)
            yield return Of(
                repeated > 0.5 ? Severity.Error : Severity.Warning,
                Invariant($"{repeated:0%} of the samples are {whose}"),
                $"Leave those {(training is Rows ? "rows" : "images")} out of --data: copies of one sample teach "
                + "nothing more, and contradict each other if their labels differ");
        else if (share > 0.7)
            yield return Of(
                share > 0.9 ? Severity.Error : Severity.Warning, features,
                $"Check how --data was made: most of {(training is Rows ? "every row" : "each image")} is always the "
                + "same and says nothing");
        else if (training is Rows && constant.Length > 0)
            yield return Of(Severity.Hint, features,
                $"Leave such columns out (--ignore {Ignored(constant)}), or check how they were made: what never "
                + "changes says nothing");
        else if (share > 0.5)
            yield return Of(Severity.Hint, features, "Crop the images: those features cost time and say nothing");
    }

    // The share of samples that are blank or one and the same; rows of a few values repeat all by themselves, and no
    // one of them far more often than the next.
    private (double Share, string Whose) Repeated(int[] some)
    {
        int[] copies = [.. some.CountBy(i => Fingerprint(training, i)).Select(count => count.Value).OrderDescending()
            .Append(0).Take(2)];
        if (training is not Images images)
            return (copies[0] > 5 * copies[1] ? (double)copies[0] / some.Length : 0, "one and the same row");
        var blank = some.Count(i => !images[i].Span.ContainsAnyExcept(images[i].Span[0]));
        return ((double)Math.Max(blank, copies[0]) / some.Length,
            blank >= copies[0] ? "blank" : "one and the same image");
    }

    /// <summary>What is said of features that are not of the usual size.</summary>
    public IEnumerable<Finding> Scales()
    {
        var some = Split.EvenlySpaced(split.Training, MostSamples);
        var inputs = run.Encoded.Training.Inputs(some);
        // A table's columns each have their own scale, an image's pixels have one.
        var groups = training is Rows
            ? Enumerable.Range(0, inputs.RowCount).Where(IsNumber).Select(i => (
                Name: $"column '{run.Encoded.Encoder.NameOf(i)}' goes",
                Values: Diagnostics.Distribution(inputs.Row(i).ToArray())))
            : [(Name: "features go", Values: Diagnostics.Distribution(inputs.AsColumnMajorArray()))];
        var wrong = groups.Where(group => Rescaling(group.Values) is not null).ToArray();
        if (wrong.Length == 0)
            yield break;
        var (name, values) = wrong.MaxBy(group => Math.Max(Size(group.Values), 1 / Size(group.Values)));
        var isTwice = training is Images images && run.Configuration.Scale == DataScale.Unit
            && !images.Pixels.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1);
        yield return new Finding(
            isTwice ? FindingKind.ScaledTwice : FindingKind.UnscaledInputs, "input", Severity.Warning,
            (isTwice ? "bytes are 0 or 1 already, and are divided by 255 once more: " : "")
                + Invariant($"{name} from {values.Least:G3} to {values.Most:G3} with mean {values.Mean:G3} ")
                + Invariant($"and deviation {values.Deviation:G3}")
                + (wrong.Length > 1
                    ? Invariant($"; {wrong.Length} of {inputs.RowCount} columns are far from a size of 1") : ""),
            isTwice ? "Scale them once: --scale none, or --scale standard" : Rescaling(values)!)
        { Picture = Pictures.Features(values) };
    }

    // A feature that is 0 or 1, as those of categories and of empty cells, is of the right size however rare it is.
    private bool IsNumber(int feature) => run.Encoded.Encoder is not TableEncoder table || table.IsNumber(feature);

    private string? Rescaling(ValueDistribution values) =>
        values.Deviation == 0 ? null
        : Size(values) > 5
            ? "Scale them to about 1, where initializers and learning rates expect them: "
                + $"{(training is Rows ? "" : "--scale unit, or ")}--scale standard"
        : Size(values) < 0.03
            ? "Scale them up to about 1, where initializers and learning rates expect them: --scale standard"
        : Math.Abs(values.Mean) > 8 * values.Deviation
            ? "Center them: they vary little compared with their distance from 0 (--scale standard)"
        : null;

    private static double Size(ValueDistribution values) =>
        Math.Sqrt((values.Mean * values.Mean) + (values.Deviation * values.Deviation));

    private IEnumerable<Finding> Imbalanced() => classes is null ? [] : Imbalanced(classes);

    private IEnumerable<Finding> Imbalanced(Classes classes)
    {
        var counts = classes.Take(split.Training).Counts();
        var (least, most) = (Array.IndexOf(counts, counts.Min()), Array.IndexOf(counts, counts.Max()));
        if (run.Gaps() is [var gap])
        {
            yield return new Finding(
                FindingKind.ClassMissing, null, Severity.Error, gap,
                "Take samples of each class: "
                + $"{(run.Configuration.Samples is null ? "" : "use more --samples, or ")}check how --data was made, "
                + "and in which parts")
            { Picture = Pictures.Classes(classes.Classification, counts) };
            yield break;
        }
        var even = (double)split.Training.Length / classes.Classification.Count;
        var (low, high) = (counts[least] / even, counts[most] / even);
        // With few samples classes differ by chance: this is how far that goes.
        var chance = 3 / Math.Sqrt(even);
        var severe = (low < 0.25 && low < 1 - chance) || (high > 3 && high > 1 + chance);
        if (classes.Classification.Count < 2
            || !(severe || (low < 0.5 && low < 1 - 0.7 * chance) || (high > 2 && high > 1 + 0.7 * chance)))
            yield break;
        // With weights, how many samples a class has is no longer how much it counts.
        yield return new Finding(
            FindingKind.ClassImbalance, null,
            severe && run.Configuration.ClassWeights is null ? Severity.Warning : Severity.Hint,
            Invariant($"class {classes.Classification.Names[most]} has {counts[most]:N0} of ")
                + Invariant($"{split.Training.Length:N0} training samples, ")
                + Invariant($"class {classes.Classification.Names[least]} has {counts[least]:N0}; ")
                + Invariant($"equal shares would be {even:N0} each"),
            "Take more samples of the rare classes (or fewer of the frequent ones), and read accuracy per class: "
            + "a network that always answers the frequent class looks good")
        { Picture = Pictures.Classes(classes.Classification, counts) };
    }

    private IEnumerable<Finding> Leaked()
    {
        var known = new HashSet<UInt128>(split.Training.Select(i => Copy(run.Data.Training, i)));
        foreach (var (part, of, indices) in ((string, DataPart, int[])[])
            [("validation", run.Data.Training, split.Validation), ("test", run.Data.Test, run.Data.Test.All)])
        {
            int[] twice = [.. indices.Where(i => known.Contains(Copy(of, i)))];
            var leaked = twice.Length;
            if (leaked == 0)
                continue;
            var share = (double)leaked / indices.Length;
            var natural = training is Rows
                ? ChanceDuplicates.Expected(run.Data.Training, split.Training, of, indices) : 0;
            var severe = leaked > natural + (3 * Math.Sqrt(natural)) + (natural > 0 ? 1 : 0)
                && (share >= 0.002 || known.Count < 20 * leaked);
            yield return new Finding(
                FindingKind.LeakedSamples, null, severe ? Severity.Warning : Severity.Hint,
                Invariant($"{leaked:N0} of {indices.Length:N0} {part} samples are training samples, too")
                    + (natural >= 0.5
                        ? Invariant($"; by chance, about {natural:N0} would be expected of rows with so few values")
                        : ""),
                "Remove them from one part: what the network has seen says nothing about what it "
                + $"hasn't{(run.Configuration.Samples is null ? "" : " (of the --samples that are used)")}")
            {
                Picture = of.Samples is not Images images
                    ? Pictures.Parts(part, leaked, indices.Length - leaked)
                    : Pictures.Samples("Samples of both parts", images, twice, i => $"{part} {i}"),
            };
        }
    }

    private static IEnumerable<int> Constants(Matrix<float> inputs) =>
        Enumerable.Range(0, inputs.RowCount).Where(feature =>
            Enumerable.Range(0, inputs.ColumnCount).All(i => inputs[feature, i] == inputs[feature, 0]));

    // Whether a column's numbers differ where its features don't.
    private bool IsRounded(int[] features, int[] some) =>
        run.Configuration.Scale == DataScale.None && run.Encoded.Encoder.Features == training.Size
        && features.Any(column => some.Any(i =>
            training.Number(i, column) != training.Number(some[0], column)));

    private string Columns(int[] features)
    {
        var names = features.Take(3).Select(feature => $"'{run.Encoded.Encoder.NameOf(feature)}'");
        return
            $"column{(features.Length == 1 ? "" : "s")} {string.Join(", ", names)}"
            + (features.Length > 3 ? Invariant($" and {features.Length - 3} more") : "");
    }

    private string Ignored(int[] features) => ShellWord.Quoted(
        string.Join(',', features.Take(3).Select(run.Encoded.Encoder.NameOf)));

    private string NameOf(int sample) => classes?.Classification.Names[classes.Labels[sample]] ?? "a quantity";

    // Of equal samples equal, of different ones different for all purposes.
    private static UInt128 Fingerprint(Samples samples, int index) => samples is Images images
        ? Hash(images[index].Span)
        : Hash([.. Enumerable.Range(0, samples.Size).Select(place => samples.Number(index, place))]);

    // An image is the same whatever its label; a row may have the cells of another by coincidence.
    private static UInt128 Copy(DataPart part, int index) => part.Samples is Images
        ? Fingerprint(part.Samples, index)
        : Hash([.. Enumerable.Range(0, ChanceDuplicates.Width(part))
            .Select(place => ChanceDuplicates.Cell(part, index, place))]);

    private static UInt128 Hash(double[] numbers) => Hash(MemoryMarshal.AsBytes(numbers.AsSpan()));

    private static UInt128 Hash(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }
}
