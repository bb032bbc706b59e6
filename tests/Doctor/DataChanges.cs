using Functional.Host.Charts;
using Functional.Host.Data;


namespace Functional.Tests.Doctor;

/// <summary>Data sets with something done to them.</summary>
public static class DataChanges
{
    private static readonly Key Key = Key.OfSeed(5);

    /// <summary>This share of the training labels is drawn anew.</summary>
    public static ImageDataSet ShuffledLabels(ImageDataSet data, double share) =>
        data with { Training = Relabeled(data.Training, share) };

    /// <summary>This share of all labels is drawn anew.</summary>
    public static ImageDataSet AllLabelsShuffled(ImageDataSet data, double share) =>
        new(Relabeled(data.Training, share), Relabeled(data.Test, share));

    /// <summary>Labels stand at the next image.</summary>
    public static ImageDataSet Shifted(ImageDataSet data) =>
        data with { Training = WithLabels(data.Training, [data.Training.Labels[^1], .. data.Training.Labels[..^1]]) };

    /// <summary>This share of the training images is blank.</summary>
    public static ImageDataSet Blank(ImageDataSet data, double share) =>
        data with { Training = EachImage(
            data.Training, (i, pixels) => Chosen(i, share) ? new byte[pixels.Length] : pixels) };

    /// <summary>This share of the training images is the first one.</summary>
    public static ImageDataSet Copies(ImageDataSet data, double share)
    {
        var first = data.Training.Pixels[..data.Training.Features];
        return data with { Training = EachImage(data.Training, (i, pixels) => Chosen(i, share) ? first : pixels) };
    }

    /// <summary>Only so many rows of pixels are left.</summary>
    public static ImageDataSet Stripe(ImageDataSet data, int first, int rows) =>
        Each(data, images => EachImage(images, (_, pixels) =>
        [.. pixels.Select((pixel, i) =>
            i / images.Width >= first && i / images.Width < first + rows ? pixel : (byte)0)]));

    /// <summary>Every pixel by itself.</summary>
    public static ImageDataSet Pixels(ImageDataSet data, Func<byte, byte> change) =>
        Each(data, images => EachImage(images, (_, pixels) => [.. pixels.Select(change)]));

    /// <summary>Of each class only this share of the training samples is kept.</summary>
    public static ImageDataSet Kept(ImageDataSet data, Func<int, double> share) => data with
    {
        Training = Subset(data.Training, [.. data.Training.All.Where(i => Chosen(i, share(data.Training.Labels[i])))]),
    };

    /// <summary>So many training samples are test samples, too.</summary>
    public static ImageDataSet Leaked(ImageDataSet data, int count) =>
        data with { Test = Joined(data.Test, Subset(data.Training, data.Training.All[..count])) };

    /// <summary>Test samples are among the first of training.</summary>
    public static ImageDataSet LeakedBack(ImageDataSet data, int count) =>
        data with { Training = Joined(Subset(data.Test, data.Test.All[..count]), data.Training) };

    /// <summary>Each training sample is there twice.</summary>
    public static ImageDataSet Doubled(ImageDataSet data) =>
        data with { Training = Joined(data.Training, data.Training) };

    private static bool Chosen(int sample, double share) => Key.Child(sample).Uniforms(1)[0] < share;

    private static LabeledImages Relabeled(LabeledImages images, double share) =>
        WithLabels(images, [.. images.Labels.Select((label, i) =>
        Chosen(i, share) ? (byte)Key.Child(-1).Child(i).Integers(1, images.Classes)[0] : label)]);

    private static LabeledImages WithLabels(LabeledImages images, byte[] labels) =>
        new(images.Height, images.Width, images.Classes, images.Pixels, labels);

    private static ImageDataSet Each(ImageDataSet data, Func<LabeledImages, LabeledImages> change) =>
        new(change(data.Training), change(data.Test));

    private static LabeledImages EachImage(LabeledImages images, Func<int, byte[], byte[]> change) => new(
        images.Height, images.Width, images.Classes,
        [.. images.All.SelectMany(i => change(i, images.Pixels[(i * images.Features)..((i + 1) * images.Features)]))],
        images.Labels);

    private static LabeledImages Subset(LabeledImages images, int[] samples) => new(
        images.Height, images.Width, images.Classes,
        [.. samples.SelectMany(i => images.Pixels[(i * images.Features)..((i + 1) * images.Features)])],
        [.. samples.Select(i => images.Labels[i])]);

    private static LabeledImages Joined(LabeledImages a, LabeledImages b) =>
        new(a.Height, a.Width, a.Classes, [.. a.Pixels, .. b.Pixels], [.. a.Labels, .. b.Labels]);
}
