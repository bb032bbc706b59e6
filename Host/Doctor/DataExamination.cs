using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>What can be wrong with data before anything is trained on them.</summary>
internal sealed class DataExamination(TrainConfiguration configuration, ImageDataSet data, Split samples, ByteScale scale)
{
    private const int MostSamples = 2000;

    private readonly LabeledImages images = data.Training;

    /// <summary>Everything found, the most likely cause of trouble first.</summary>
    public IEnumerable<Finding> Findings() =>
        [.. Constant(), .. Unscaled(), .. LabelAgreement.Findings(data, samples.Training), .. Leaked(), .. Imbalanced()];

    private IEnumerable<Finding> Constant()
    {
        var some = Trial.Some(samples.Training, MostSamples);
        var constant = Enumerable.Range(0, images.Features)
            .Count(feature => some.All(i => Pixel(i, feature) == Pixel(some[0], feature)));
        var blank = some.Count(i => !Image(images, i).ContainsAnyExcept(Image(images, i)[0]));
        var copies = some.CountBy(i => Fingerprint(images, i)).Max(count => count.Value);
        var (constantShare, sameShare) = ((double)constant / images.Features, (double)Math.Max(blank, copies) / some.Length);
        var picture = Pictures.Samples("Training samples", images, Trial.Some(some, 20), i => $"is {images.Labels[i]}");
        var features = Text($"{constant} of {images.Features} features are the same in all {some.Length:N0} samples looked at");
        Finding Of(Severity severity, string evidence, string advice) =>
            new(FindingKind.ConstantInputs, "input", severity, evidence, advice) { Picture = picture };

        if (some.Length > 1 && constant == images.Features)
            yield return Of(Severity.Error, features, "Look at the images: they hold nothing to learn from; check how --data was made");
        else if (some.Length < 20)
            yield break;
        else if (sameShare > 0.1)
            yield return Of(
                sameShare > 0.5 ? Severity.Error : Severity.Warning,
                Text($"{sameShare:0%} of the samples are {(blank >= copies ? "blank" : "one and the same image")}"),
                "Leave those images out of --data: nothing can be learned from them, and their labels contradict each other");
        else if (constantShare > 0.7)
            yield return Of(
                constantShare > 0.9 ? Severity.Error : Severity.Warning, features,
                "Check how --data was made: most of each image is always the same and says nothing");
        else if (constantShare > 0.5)
            yield return Of(Severity.Hint, features, "Crop the images: those features cost time and say nothing");
    }

    private IEnumerable<Finding> Unscaled()
    {
        var some = Trial.Some(samples.Training, MostSamples);
        var features = some.SelectMany(i => Image(images, i).ToArray())
            .Select(pixel => (float)((pixel - scale.Shift) / scale.Divisor)).ToArray();
        var found = Diagnostics.Distribution(features);
        var size = Math.Sqrt(found.Mean * found.Mean + found.Deviation * found.Deviation);
        var text = Text($"features go from {found.Least:G3} to {found.Most:G3} with mean {found.Mean:G3} and deviation {found.Deviation:G3}");
        string? advice = found.Deviation == 0 ? null
            : size > 5 ? "Scale them to about 1, where initializers and learning rates expect them: --scale unit, or --scale standard"
            : size < 0.03 ? "Scale them up to about 1, where initializers and learning rates expect them: --scale standard"
            : Math.Abs(found.Mean) > 8 * found.Deviation ? "Center them, for they vary little for how far from 0 they are: --scale standard"
            : null;
        if (advice is not null)
            yield return new Finding(FindingKind.UnscaledInputs, "input", Severity.Warning, text, advice) { Picture = Pictures.Features(found) };
    }

    private IEnumerable<Finding> Imbalanced()
    {
        var counts = new int[images.Classes];
        foreach (var i in samples.Training)
            counts[images.Labels[i]]++;
        var (least, most) = (Array.IndexOf(counts, counts.Min()), Array.IndexOf(counts, counts.Max()));
        var even = (double)samples.Training.Length / images.Classes;
        var (low, high) = (counts[least] / even, counts[most] / even);
        // With few samples classes differ by chance: this is how far that goes.
        var chance = 3 / Math.Sqrt(even);
        var severe = (low < 0.25 && low < 1 - chance) || (high > 3 && high > 1 + chance);
        if (images.Classes < 2 || !(severe || (low < 0.5 && low < 1 - 0.7 * chance) || (high > 2 && high > 1 + 0.7 * chance)))
            yield break;
        yield return new Finding(
            FindingKind.ClassImbalance, null, severe ? Severity.Warning : Severity.Hint,
            Text($"class {most} has {counts[most]:N0} of {samples.Training.Length:N0} training samples, class {least} has {counts[least]:N0}; even shares were {even:N0}"),
            "Take more samples of the rare classes (or fewer of the frequent ones), and read accuracy per class: one who always answers the frequent class looks good")
        { Picture = Pictures.Classes(counts) };
    }

    private IEnumerable<Finding> Leaked()
    {
        var known = new HashSet<UInt128>(samples.Training.Select(i => Fingerprint(images, i)));
        foreach (var (part, of, indices) in (( string, LabeledImages, int[])[])
            [("validation", images, samples.Validation), ("test", data.Test, data.Test.All)])
        {
            int[] twice = [.. indices.Where(i => known.Contains(Fingerprint(of, i)))];
            var leaked = twice.Length;
            if (leaked == 0)
                continue;
            var share = (double)leaked / indices.Length;
            yield return new Finding(
                FindingKind.LeakedSamples, null, share >= 0.002 || known.Count < 20 * leaked ? Severity.Warning : Severity.Hint,
                Text($"{leaked:N0} of {indices.Length:N0} {part} samples are training samples, too"),
                $"Remove them from one part: what the network has seen says nothing about what it hasn't{(configuration.Samples is null ? "" : " (of the --samples that are used)")}")
            { Picture = Pictures.Samples("Samples of both parts", of, twice, i => $"{part} {i}") };
        }
    }

    private byte Pixel(int sample, int feature) => images.Pixels[(sample * images.Features) + feature];

    private static ReadOnlySpan<byte> Image(LabeledImages images, int sample) =>
        images.Pixels.AsSpan(sample * images.Features, images.Features);

    // Of equal images equal, of different ones different for all purposes.
    private static UInt128 Fingerprint(LabeledImages images, int sample)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Image(images, sample), hash);
        return MemoryMarshal.Read<UInt128>(hash);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
