using Functional.Host.Data;


namespace Functional.Tests.Doctor;

/// <summary>Data sets with something done to them.</summary>
public static class DataChanges
{
    private static readonly Key Key = Key.OfSeed(5);

    /// <summary>This share of the training labels is drawn anew.</summary>
    public static DataSet ShuffledLabels(DataSet data, double share) =>
        data with { Training = Relabeled(data.Training, share) };

    /// <summary>This share of all labels is drawn anew.</summary>
    public static DataSet AllLabelsShuffled(DataSet data, double share) =>
        new(Relabeled(data.Training, share), Relabeled(data.Test, share));

    /// <summary>Labels stand at the next image.</summary>
    public static DataSet Shifted(DataSet data) =>
        data with
        {
            Training = WithLabels(
                data.Training, [data.Training.Classes.Labels[^1], .. data.Training.Classes.Labels[..^1]]),
        };

    /// <summary>This share of the training images is blank.</summary>
    public static DataSet Blank(DataSet data, double share) =>
        data with { Training = EachImage(
            data.Training, (i, pixels) => Chosen(i, share) ? new byte[pixels.Length] : pixels) };

    /// <summary>This share of the training images is the first one.</summary>
    public static DataSet Copies(DataSet data, double share)
    {
        var first = data.Training.Images[0].ToArray();
        return data with { Training = EachImage(data.Training, (i, pixels) => Chosen(i, share) ? first : pixels) };
    }

    /// <summary>Only this many rows of pixels are left.</summary>
    public static DataSet Stripe(DataSet data, int first, int rows) =>
        Each(data, part => EachImage(part, (_, pixels) =>
        [.. pixels.Select((pixel, i) =>
            i / part.Images.Width >= first && i / part.Images.Width < first + rows ? pixel : (byte)0)]));

    /// <summary>Every pixel by itself.</summary>
    public static DataSet Pixels(DataSet data, Func<byte, byte> change) =>
        Each(data, part => EachImage(part, (_, pixels) => [.. pixels.Select(change)]));

    /// <summary>Of each class only this share of the training samples is kept.</summary>
    public static DataSet Kept(DataSet data, Func<int, double> share) => data with
    {
        Training = data.Training.Take(
            [.. data.Training.All.Where(i => Chosen(i, share(data.Training.Classes.Labels[i])))]),
    };

    /// <summary>So many training samples are test samples, too.</summary>
    public static DataSet Leaked(DataSet data, int count) =>
        data with { Test = Joined(data.Test, data.Training.Take(data.Training.All[..count])) };

    /// <summary>Test samples are among the first of training.</summary>
    public static DataSet LeakedBack(DataSet data, int count) =>
        data with { Training = Joined(data.Test.Take(data.Test.All[..count]), data.Training) };

    /// <summary>Each training sample is there twice.</summary>
    public static DataSet Doubled(DataSet data) =>
        data with { Training = Joined(data.Training, data.Training) };

    private static bool Chosen(int sample, double share) => Key.Child(sample).Uniforms(1)[0] < share;

    private static DataPart Relabeled(DataPart part, double share) =>
        WithLabels(part, [.. part.Classes.Labels.Select((label, i) =>
        Chosen(i, share) ? Key.Child(-1).Child(i).Integers(1, part.Classes.Classification.Count)[0] : label)]);

    private static DataPart WithLabels(DataPart part, int[] labels) =>
        new(part.Samples, new Classes(part.Classes.Classification, labels));

    private static DataSet Each(DataSet data, Func<DataPart, DataPart> change) =>
        new(change(data.Training), change(data.Test));

    private static DataPart EachImage(DataPart part, Func<int, byte[], byte[]> change) => new(
        new Images(
            part.Images.Height, part.Images.Width,
            [.. part.All.SelectMany(i => change(i, part.Images[i].ToArray()))]),
        part.Classes);

    private static DataPart Joined(DataPart a, DataPart b) => new(
        new Images(a.Images.Height, a.Images.Width, [.. a.Images.Pixels, .. b.Images.Pixels]),
        new Classes(a.Classes.Classification, [.. a.Classes.Labels, .. b.Classes.Labels]));
}
