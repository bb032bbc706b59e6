using Functional.Host.Data;
using Functional.Host.Data.Digits;
using Functional.Host.Runs;

namespace Functional.Host.Digests;

/// <summary>Drawn and changed images, and runs with everything that <c>functional train</c> has.</summary>
internal static class DataDigests
{
    private const int Samples = 20;

    private static readonly Lazy<DataSet> Data = new(() => DataSets.Load("digits"));

    private static readonly Augmentation[] Augmentations =
    [
        Augment.Shift(), Augment.Rotation(), Augment.Scale(), Augment.Elastic(), Augment.Flip(),
        Augment.Crop(28, 28, 2), Augment.Noise(), Augment.Cutout(), Augment.Mixup(),
    ];

    /// <summary>What they are.</summary>
    public static IReadOnlyList<DigestEntry> Entries { get; } =
    [
        new("data/digits", hash => hash.Add(Data.Value.Training.Images.Pixels).Add(Labels(Data.Value.Training))
            .Add(Data.Value.Test.Images.Pixels).Add(Labels(Data.Value.Test))),
        new("data/drawn-digits", hash => hash.Add(DigitSet.Generate(3, 100, 0).Training.Images.Pixels)),
        .. from shape in PlaneData.Names
           select new DigestEntry($"data/{shape}", hash => Points(hash, PlaneData.Load($"{shape}:0.1:3"))),
        new("data/batch-unit", hash => hash.Add(Batch(ByteScale.Unit).Inputs)),
        new("data/batch-standard", hash => hash.Add(Batch(Functional.Batch.StandardScale(
            Data.Value.Training.Images.Size, Data.Value.Training.Images.Pixels,
            [.. Enumerable.Range(0, 100)])).Inputs)),
        .. from augmentation in Augmentations
           select new DigestEntry(
               $"augmentation/{$"{augmentation}".Split(':')[0]}", hash => Augmented(hash, augmentation)),
        Run("plain", ""),
        Run("deep", "batch-norm dropout=0.2 l2=0.001 label-smoothing=0.1 average=0.9 validation=0.2 scale=standard "
            + "augment=shift,elastic,mixup hidden=12,12 activation=gelu"),
        Run("accumulated", "optimizer=adamw accumulate=2 clip-norm=0.5 schedule=warmup:3+cosine sampling=replacement"),
        Run("one-cycle", "optimizer=nesterov schedule=one-cycle sampling=distinct init=orthogonal activation=tanh"),
    ];

    private static void Points(ContentHash hash, DataSet data)
    {
        foreach (var part in (DataPart[])[data.Training, data.Test])
        {
            foreach (var column in ((Rows)part.Samples).Columns)
                foreach (var number in ((NumberColumn)column).Values)
                    hash.Add(number);
            hash.Add(Labels(part));
        }
    }

    private static byte[] Labels(DataPart part) => Array.ConvertAll(part.Classes.Labels, label => (byte)label);

    private static Batch<float> Batch(ByteScale scale) => Functional.Batch.OfBytes<float>(
        scale, Data.Value.Training.Images.Size, Data.Value.Training.Images.Pixels, Data.Value.Training.Classes.Labels,
        [.. Enumerable.Range(0, Samples)]);

    private static void Augmented(ContentHash hash, Augmentation augmentation)
    {
        var (images, classes) = (Data.Value.Training.Images, Data.Value.Training.Classes.Classification.Count);
        var augmented = Augment.Apply(
            [augmentation], ImageFormat.Gray(images.Height, images.Width, classes), Batch(ByteScale.Unit),
            Key.OfSeed(5));
        hash.Add(augmented.Inputs);
        if (augmented.Targets is Targets<float>.Values targets)
            hash.Add(targets.Item);
    }

    // Options as on the command line, without their dashes.
    private static DigestEntry Run(string name, string options) => new($"run/{name}", hash =>
    {
        var run = new TrainingRun(
            TrainOptions.Parse(
                options.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(option => option.Split('='))
                    .Select(option => KeyValuePair.Create(option[0], option is [_, var value] ? value : "true")),
                new TrainConfiguration { Samples = 60, BatchSize = 10, Hidden = [12], Iterations = 15 }),
            Data.Value);
        var state = run.Start;
        foreach (var step in run.Steps(state))
        {
            hash.Add(step.Report.Loss);
            state = step.After;
        }
        // The average is in the network that is kept.
        var slots = Parameters.Of(state.Training.OptimizerState.ToLeaves().Where(
            leaf => !leaf.Name.StartsWith("average/", StringComparison.Ordinal)));
        hash.Add(state.Training.Network.Parameters()).Add(state.Training.Network.Statistics())
            .Add(slots).Add(state.Network.Digest());
    });
}
