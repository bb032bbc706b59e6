using Functional.Host.Doctor;

namespace Functional.Tests.Doctor;

/// <summary>Healthy and broken configurations of many sizes, on both data sets, with every optimizer.</summary>
public static class SetUps
{
    private const string Deep = "hidden 100,100,100,100",
        Book7 = "samples 300 hidden 100,100,100,100,100,100 learning-rate 0.01 epochs 201";

    private const string OfFlowers = "hidden 16 optimizer adam learning-rate 0.01 batch-size 32 epochs 30";

    private static readonly string[] BothData = ["", "data mnist "];

    /// <summary>One of each kind for the docs, in the order of the kinds.</summary>
    public static IReadOnlyList<SetUp> Shown { get; } =
    [
        new(FindingKind.UnscaledInputs, "scale none"),
        new(FindingKind.ScaledTwice, "", data =>
            DataChanges.Pixels(data, pixel => (byte)(pixel > 127 ? 1 : 0)), "bytes 0 and 1"),
        new(FindingKind.ConstantInputs, "", data => DataChanges.Blank(data, 0.6), "60% blank"),
        new(FindingKind.ShuffledLabels, "", DataChanges.Shifted, "one off"),
        new(FindingKind.ClassImbalance, "", data => DataChanges.Kept(data, c => 1.0 / (1 << c)), "long tail"),
        new(FindingKind.ClassMissing, "", data => DataChanges.Kept(data, c => c == 8 ? 0 : 1), "no 8"),
        new(FindingKind.MetricMisleads, OfFlowers, _ => Flowers.Unrelated(Flowers.Of(600), 12), "flowers, 1 in 12"),
        new(FindingKind.QuantityAsClasses, OfFlowers, _ => Flowers.Lengths(Flowers.Of(600)), "lengths of flowers"),
        new(FindingKind.TrainAndTestDiffer, OfFlowers, _ => Flowers.InMillimeters(Flowers.Of(600)), "flowers, mm"),
        new(FindingKind.IdColumn, OfFlowers, _ => Flowers.Numbered(Flowers.Of(600, 3)), "flowers, numbered"),
        new(FindingKind.LeakedSamples, "", data => DataChanges.Leaked(data, 100), "100 in test"),
        new(FindingKind.SymmetricWeights, "init constant:0.01 optimizer adam"),
        new(FindingKind.VanishingGradients, $"{Deep} init normal:0.01 learning-rate 0.01"),
        new(FindingKind.ExplodingGradients, $"{Deep} init normal:0.5 learning-rate 0.01"),
        new(FindingKind.DeadUnits, "learning-rate 2 hidden 100,100,100"),
        new(FindingKind.SaturatedUnits, "hidden 100 activation tanh init normal:1 learning-rate 0.01"),
        new(FindingKind.LearningRateTooHigh, "optimizer adam learning-rate 0.3"),
        new(FindingKind.LearningRateTooLow, "learning-rate 1e-4"),
        new(FindingKind.TooLargeEpsilon, "optimizer adam epsilon 1"),
        new(FindingKind.TooFewSteps, "samples 500 epochs 2"),
        new(FindingKind.LossAtChance, "init zero"),
        new(FindingKind.Diverged, "activation leaky-relu:0.5 learning-rate 5 hidden 100"),
        new(FindingKind.BatchOfOne, "batch-size 1 batch-norm true"),
        new(FindingKind.DropoutTooStrong, "dropout 0.9 hidden 100,100"),
        new(FindingKind.PenaltyTooStrong, "l2 1"),
        new(FindingKind.AugmentationTooStrong, "augment noise:20"),
        new(FindingKind.ClippingTooStrong, "clip-norm 1e-3"),
        new(FindingKind.AverageTooSlow, "average 0.9999 epochs 1"),
        new(FindingKind.Overfitting, Book7),
        new(FindingKind.NoRegularization, "samples 300 hidden 200 optimizer adam epochs 60"),
        new(FindingKind.TooSmall, "hidden 1"),
        new(FindingKind.TooDeep, "samples 1000 hidden 10,10,10,10,10,10,10,10,10,10,10,10 optimizer adam "
            + "learning-rate 0.01 epochs 30"),
        new(FindingKind.SeedDependent, "samples 1000 hidden 4,4,4 optimizer adam learning-rate 0.01 epochs 30"),
    ];

    /// <summary>All that learn, those of the book first.</summary>
    public static IReadOnlyList<SetUp> Healthy { get; } =
    [
        .. from data in BothData
           from options in (string[])
           [
               // 5.7.4, 6.1.8, 6.2.4
               "init normal:0.01 sampling replacement iterations 10000",
               $"{Deep} batch-size 128 iterations 2000 learning-rate 0.01",
               $"{Deep} batch-size 128 iterations 2000 optimizer momentum learning-rate 0.01",
               $"{Deep} batch-size 128 iterations 2000 optimizer adagrad learning-rate 0.01",
               $"{Deep} batch-size 128 iterations 2000 optimizer adam learning-rate 0.001",
               $"{Deep} batch-size 128 iterations 2000 learning-rate 0.01 init xavier",
               // 6.3.2
               "samples 1000 hidden 100,100,100,100,100 epochs 20 learning-rate 0.01 batch-norm true init normal:0.05",
               "samples 1000 hidden 100,100,100,100,100 epochs 20 learning-rate 0.01 batch-norm true init normal:0.2",
               // 6.4
               Book7,
               $"{Book7} batch-norm true",
               $"{Book7} l2 0.1",
               $"{Book7} l1 0.005",
               $"{Book7} dropout 0.15 epochs 301",
               $"{Book7} dropout 0.2 epochs 301",
               $"{Book7} dropout 0.01 epochs 301",
               // 6.5
               "samples 500 validation 0.2 hidden 100,100,100,100,100,100 epochs 50 learning-rate 0.0092 l2 3.86e-7",
               "samples 500 validation 0.2 hidden 100,100,100,100,100,100 epochs 50 learning-rate 0.00956 l2 6.04e-7",
               // Others.
               "",
               "hidden 100,100 optimizer adam batch-norm true dropout 0.2",
               "optimizer rmsprop hidden 200",
               "optimizer nesterov hidden 64,64 activation tanh init xavier",
               "optimizer adadelta hidden 100",
               "optimizer lion hidden 100,50",
               "optimizer adamw hidden 128,64 activation gelu schedule warmup:100+cosine",
               "activation sigmoid init xavier hidden 50 learning-rate 0.5",
               "activation leaky-relu hidden 100,100 scale standard learning-rate 0.05",
               "activation silu hidden 100,100 optimizer adam l2 1e-4",
               "hidden 300,100 dropout 0.5 optimizer adam",
               "batch-size 10 epochs 3 hidden 50 learning-rate 0.05",
               "label-smoothing 0.1 hidden 100 optimizer momentum",
               "hidden 50 samples 2000 validation 0.2 augment shift:2 optimizer adam epochs 30",
               "hidden 20 learning-rate 0.2",
               "optimizer amsgrad hidden 100,100 clip-norm 1",
           ]
           select new SetUp(null, data + options),
        .. from options in (string[])
           [
               "optimizer adam learning-rate 0.01 batch-size 30 hidden 16 epochs 50",
               "batch-size 10 learning-rate 0.1 hidden 10,10 activation tanh init xavier epochs 60",
               "optimizer momentum hidden 30 batch-size 16 epochs 40 batch-norm true",
               "learning-rate 0.1 batch-size 20 average 0.99 validation 0.2 epochs 100",
           ]
           from spread in (double[])[1, 3]
           select new SetUp(null, options, _ => Flowers.Of(500, spread), $"flowers, {spread} deviations wide"),
        new(null, "learning-rate 0.1 batch-size 10 epochs 100", _ => Flowers.Of(150), "flowers, 150"),
        new(null, "learning-rate 0.1 batch-size 20 epochs 100", _ =>
            Flowers.WithConstantColumn(Flowers.Of(300)), "flowers, a column constant"),
        new(null, "learning-rate 0.1 batch-size 20 epochs 100", _ =>
            Flowers.Times(Flowers.Of(300), 1e4f, 1, 1e-4f, 1), "flowers, columns of all sizes"),
    ];

    /// <summary>Broken ones, by what is wrong with them.</summary>
    public static IReadOnlyList<SetUp> Broken { get; } =
    [
        .. Of(FindingKind.UnscaledInputs,
            "scale none", "scale none optimizer adam hidden 100,100", "scale none optimizer momentum hidden 30",
            "scale none activation sigmoid init xavier hidden 50", $"scale none {Deep} learning-rate 0.01"),
        .. Of(FindingKind.ScaledTwice, data =>
            DataChanges.Pixels(data, pixel => (byte)(pixel > 127 ? 1 : 0)), "bytes 0 and 1",
            "", "optimizer momentum hidden 100,100"),
        .. Of(FindingKind.UnscaledInputs, data =>
            DataChanges.Pixels(data, pixel => (byte)(240 + (pixel / 17))), "bytes 240 to 255",
            "hidden 50 learning-rate 0.05"),
        .. Of(FindingKind.ConstantInputs, data =>
            DataChanges.Copies(data, 1), "one image", "", "optimizer adam hidden 100,100"),
        .. Of(FindingKind.ConstantInputs, data =>
            DataChanges.Blank(data, 1), "all blank", "", "hidden 30 optimizer momentum"),
        .. Of(FindingKind.ConstantInputs, data => DataChanges.Blank(data, 0.6), "60% blank", "optimizer adam"),
        .. Of(FindingKind.ConstantInputs, data => DataChanges.Blank(data, 0.3), "30% blank", "hidden 100,100"),
        .. Of(FindingKind.ConstantInputs, data =>
            DataChanges.Stripe(data, 12, 2), "two rows", "", "samples 1000 hidden 100"),
        .. Of(FindingKind.ConstantInputs, data => DataChanges.Stripe(data, 10, 5), "five rows", "optimizer adam"),
        .. Of(FindingKind.ShuffledLabels, data => DataChanges.ShuffledLabels(data, 1), "training labels",
            "", "optimizer adam hidden 200,200", "samples 300 hidden 100,100 epochs 200", "batch-norm true"),
        .. Of(FindingKind.ShuffledLabels, data =>
            DataChanges.AllLabelsShuffled(data, 1), "all labels", "", "optimizer momentum hidden 30"),
        .. Of(FindingKind.ShuffledLabels, data =>
            DataChanges.ShuffledLabels(data, 0.5), "half of them", "", "optimizer adam samples 3000"),
        .. Of(FindingKind.ShuffledLabels, DataChanges.Shifted, "one off", "hidden 100"),
        .. Of(FindingKind.ClassImbalance, data =>
            DataChanges.Kept(data, c => c == 0 ? 1 : 0.05), "20 to 1", "", "optimizer adam hidden 100,100"),
        .. Of(FindingKind.ClassImbalance, data =>
            DataChanges.Kept(data, c => c == 3 ? 0.02 : 1), "one rare", "", "hidden 30 optimizer momentum"),
        .. Of(FindingKind.ClassImbalance, data =>
            DataChanges.Kept(data, c => 1.0 / (1 << c)), "long tail", "", "batch-norm true"),
        .. Of(FindingKind.ClassMissing, data =>
            DataChanges.Kept(data, c => c > 7 ? 0 : 1), "two missing", "hidden 100"),
        .. Of(FindingKind.ClassImbalance, data =>
            DataChanges.Kept(data, c => c < 5 ? 1 : 0.1), "half rare", "hidden 100"),
        .. Of(FindingKind.LeakedSamples, data =>
            DataChanges.Leaked(data, 100), "100 in test", "", "optimizer adam hidden 100,100"),
        .. Of(FindingKind.LeakedSamples, data =>
            DataChanges.Leaked(data, 1000), "1000 in test", "", "batch-norm true", $"{Deep} learning-rate 0.01"),
        .. Of(FindingKind.LeakedSamples, data =>
            DataChanges.LeakedBack(data, 50), "50 from test", "samples 300 hidden 100,100 epochs 100"),
        .. Of(FindingKind.LeakedSamples, DataChanges.Doubled, "doubled", "validation 0.2"),
        .. from options in (string[])["optimizer adam learning-rate 0.01 batch-size 30 epochs 50",
            "learning-rate 0.1 batch-size 20 hidden 20,20 epochs 50"]
           from broken in (SetUp[])
           [
               new(FindingKind.UnscaledInputs, $"{options} scale none", _ =>
                   Flowers.Times(Flowers.Of(500), 1, 1, 1e3f, 1), "flowers, one column times 1000"),
               new(FindingKind.UnscaledInputs, $"{options} scale none", _ =>
                   Flowers.Times(Flowers.Of(500), 0.002f, 0.003f, 0.003f, 0.005f), "flowers, columns times 0.003"),
               new(FindingKind.ConstantInputs, options, _ =>
                   Flowers.Times(Flowers.Of(500), 0, 0, 0, 0), "flowers, all 0"),
               new(FindingKind.ConstantInputs, options, _ =>
                   Flowers.Times(Flowers.Of(500), 0, 1, 0, 0), "flowers, three of four 0"),
               new(FindingKind.ConstantInputs, options, _ =>
                   Flowers.WithConstantColumn(Flowers.Of(500)), "flowers, a column constant"),
               new(FindingKind.ShuffledLabels, options, _ => Flowers.Shuffled(Flowers.Of(500)), "flowers"),
               new(FindingKind.ClassImbalance, options, _ =>
                   Flowers.Rare(Flowers.Of(500), 12), "flowers, one kind rare"),
               new(FindingKind.LeakedSamples, options, _ => Flowers.Leaked(Flowers.Of(500), 50), "flowers, 50 in test"),
           ]
           select broken,
        .. Shown.Where(setUp => setUp.Kind is FindingKind.MetricMisleads or FindingKind.QuantityAsClasses
            or FindingKind.TrainAndTestDiffer or FindingKind.IdColumn or FindingKind.TooLargeEpsilon
            or FindingKind.NoRegularization or FindingKind.TooDeep or FindingKind.SeedDependent),
        // On MNIST these two lose less than 3 of 100 by their average, which is no trouble.
        new(FindingKind.AverageTooSlow, "average 0.9999 epochs 1"),
            new(FindingKind.AverageTooSlow, "average 0.99999 iterations 60 hidden 100,100"),
        .. Of(FindingKind.AverageTooSlow, "average 0.9999 batch-norm true epochs 1",
            "average 0.9999 samples 500 epochs 6", "average 0.999 optimizer adam iterations 40"),
        .. Of(FindingKind.TooFewSteps, "validation 0.2 patience 1 samples 400 learning-rate 0.02 epochs 400"),
        .. Of(FindingKind.SymmetricWeights,
            "init zero", "init zero optimizer adam hidden 100,100", "init constant:0.01 optimizer adam",
            "init constant:0.01 hidden 30,30 optimizer momentum",
            "init constant:0.1 learning-rate 0.01", "init constant:0.01 activation tanh optimizer rmsprop",
            "init constant:0.5 hidden 100,100,100 optimizer adagrad",
            "init constant:0.01 activation sigmoid batch-norm true", "init normal:0 hidden 50", "init constant:-0.01",
            "init constant:0.05 dropout 0.3 hidden 60"),
        .. Of(FindingKind.VanishingGradients,
            $"{Deep} init normal:0.01 learning-rate 0.01 batch-size 128 iterations 2000",
            $"{Deep} init normal:0.001 optimizer momentum",
            "hidden 100,100,100,100,100,100 activation sigmoid init xavier",
            "hidden 100,100,100,100,100 activation sigmoid init normal:0.1 learning-rate 0.01",
            "hidden 50,50,50,50,50,50,50,50 activation sigmoid init xavier optimizer momentum",
            $"{Deep} activation tanh init normal:0.01",
            "hidden 64,64,64,64,64,64,64 init normal:0.02 optimizer momentum",
            "hidden 30,30,30,30,30 init normal:0.01 optimizer adagrad",
            "samples 1000 hidden 100,100,100,100,100 epochs 20 learning-rate 0.01 init normal:0.001",
            "hidden 200,200,200 init normal:0.001", "init normal:1e-7 learning-rate 0.01",
            "hidden 80,80,80 activation tanh init normal:0.003 learning-rate 0.01"),
        .. Of(FindingKind.ExplodingGradients,
            $"{Deep} init normal:1", $"{Deep} init normal:0.5 learning-rate 0.01",
            "hidden 100,100,100,100,100,100 init normal:1 optimizer momentum",
            "hidden 50,50,50 init normal:2", "hidden 200,200,200,200 init normal:0.4",
            $"{Deep} activation leaky-relu init normal:1 optimizer adam",
            "hidden 100,100,100,100,100 init normal:0.7 samples 1000 learning-rate 0.01 epochs 20",
            "hidden 64,64,64,64,64,64,64,64 init normal:0.5 optimizer nesterov"),
        .. Of(FindingKind.DeadUnits,
            "learning-rate 10", "learning-rate 3 hidden 100,100", "optimizer momentum learning-rate 1 hidden 50",
            "optimizer adam learning-rate 0.3 hidden 100",
            "optimizer rmsprop learning-rate 0.5 hidden 100,100", "scale none learning-rate 0.1 hidden 100",
            "optimizer adam learning-rate 1 hidden 30,30",
            "scale none optimizer momentum learning-rate 0.01 hidden 50,50"),
        .. Of(FindingKind.SaturatedUnits,
            $"{Deep} activation sigmoid init normal:1", $"{Deep} activation tanh init normal:1",
            "hidden 100 activation tanh init normal:3 learning-rate 0.01",
            "hidden 50,50 activation sigmoid init normal:3", "scale none activation sigmoid init normal:0.1 hidden 50",
            "scale none activation tanh init xavier hidden 100,100",
            "hidden 100,100 activation tanh init normal:1 optimizer adam",
            "hidden 100,100 activation tanh init xavier learning-rate 10",
            "hidden 200,200,200 activation sigmoid init normal:2 optimizer momentum"),
        .. Of(FindingKind.LearningRateTooHigh,
            "learning-rate 10", "learning-rate 100 hidden 100,100", "optimizer momentum learning-rate 1",
            "optimizer adam learning-rate 0.3 hidden 100",
            "optimizer adam learning-rate 1", "optimizer rmsprop learning-rate 0.3",
            "optimizer nesterov learning-rate 2 hidden 30", "optimizer adagrad learning-rate 3 hidden 50,50",
            $"{Deep} learning-rate 2", "optimizer lion learning-rate 0.1",
            "activation tanh init xavier hidden 100,100 learning-rate 10",
            "activation sigmoid init xavier hidden 100 optimizer adam learning-rate 1",
            "learning-rate 20 batch-norm true hidden 100,100",
            "samples 500 optimizer momentum learning-rate 3 epochs 40"),
        .. Of(FindingKind.LearningRateTooLow,
            "learning-rate 1e-5", "learning-rate 1e-4 hidden 100,100", "optimizer momentum learning-rate 1e-6",
            "optimizer adam learning-rate 1e-7 hidden 100",
            "optimizer adagrad learning-rate 1e-6", "optimizer rmsprop learning-rate 1e-8",
            $"{Deep} learning-rate 1e-5", "activation tanh init xavier hidden 100 learning-rate 1e-5",
            "learning-rate 0", "batch-norm true hidden 100,100 learning-rate 1e-5",
            "samples 500 validation 0.2 hidden 100,100,100,100,100,100 epochs 50 learning-rate 1e-6 l2 1e-6",
            "optimizer lion learning-rate 1e-8", "optimizer adadelta learning-rate 1e-4",
            "samples 1000 learning-rate 1e-4 epochs 20"),
        .. Of(FindingKind.LossAtChance,
            "learning-rate 1e-7", "init zero hidden 30", $"{Deep} init normal:0.001", "dropout 0.99 hidden 100,100",
            "l2 10", "optimizer adam learning-rate 1e-9 hidden 100,100",
            "batch-size 1 batch-norm true iterations 3000", "l1 1",
            "hidden 100,100,100,100,100,100 activation sigmoid init xavier", "learning-rate 1e-6 activation tanh"),
        .. Of(FindingKind.Diverged,
            $"{Deep} init normal:1", "learning-rate 1000", "activation leaky-relu:0.5 learning-rate 50 hidden 100",
            "optimizer momentum learning-rate 50 hidden 50,50",
            "scale none learning-rate 10 activation leaky-relu", "activation elu learning-rate 100 hidden 100,100",
            "activation leaky-relu:0.1 optimizer momentum learning-rate 20 hidden 60,60", "init normal:1e30",
            "init normal:0.8 hidden 64,64,64,64,64 learning-rate 0.1", "l2 100 learning-rate 0.1"),
        .. Of(FindingKind.BatchOfOne,
            "batch-size 1 batch-norm true",
            "batch-size 1 batch-norm true hidden 100,100 optimizer adam iterations 2000",
            "batch-size 1 batch-norm true hidden 30 optimizer momentum",
            "batch-size 1 batch-norm true activation sigmoid samples 500",
            "batch-size 1 batch-norm true dropout 0.2 hidden 50,50 learning-rate 0.01",
            "batch-size 1 accumulate 10 batch-norm true"),
        .. Of(FindingKind.BatchOfOne, "samples 101 batch-norm true hidden 50,50 epochs 100",
            "samples 301 batch-size 50 batch-norm true hidden 100 epochs 50"),
        .. Of(FindingKind.TooFewSteps, "epochs 1 samples 100", "samples 500 epochs 2",
            "samples 5000 accumulate 25 epochs 2 hidden 100", "samples 300 hidden 100,100 epochs 2",
            "iterations 3 optimizer adam"),
        .. Of(FindingKind.AugmentationTooStrong, "augment noise:20", "augment noise:30,shift:10",
            "augment noise:10,shift:14 optimizer adam", "augment shift:24 hidden 100",
            "augment cutout:26,rotation:180 optimizer momentum"),
        .. Of(FindingKind.ClippingTooStrong, "clip-norm 1e-5", "clip-value 1e-7 optimizer momentum",
            "clip-norm 1e-4 hidden 100,100", "clip-norm 1e-6 activation tanh init xavier", "clip-value 1e-6"),
        .. Of(FindingKind.DropoutTooStrong,
            "dropout 0.95", "dropout 0.9 hidden 100,100", "dropout 0.9 hidden 100,100,100 optimizer adam",
            "dropout 0.8 hidden 30,30,30 optimizer momentum", $"{Book7} dropout 0.9 epochs 301",
            "dropout 0.98 hidden 100 optimizer rmsprop", "dropout 0.85 hidden 64,64,64,64",
            "dropout 0.9 hidden 50,50 activation tanh init xavier", "dropout 0.9 dropout-form book hidden 100,100",
            "dropout 0.95 hidden 200,200 batch-norm true"),
        .. Of(FindingKind.PenaltyTooStrong,
            "l2 1", "l2 10 learning-rate 0.01", "l1 0.1", "l1 0.05 hidden 100,100 optimizer adam",
            "l2 1 optimizer adam hidden 100", "optimizer adamw weight-decay 1000 hidden 100,100",
            $"{Book7} l1 0.1", "proximal-l1 0.5", "l1 0.1 optimizer momentum hidden 30",
            $"{Deep} l2 0.5 optimizer momentum", "weight-decay 5 hidden 100", "l1 1 activation tanh init xavier",
            $"{Book7} l2 1"),
        .. Of(FindingKind.Overfitting,
            Book7, "samples 100 hidden 100,100 epochs 200", "samples 300 hidden 200,200 optimizer adam epochs 100",
            "samples 50 hidden 50 epochs 300", "samples 500 hidden 500 optimizer momentum epochs 100",
            "samples 1000 hidden 300,300 optimizer adam epochs 50",
            "samples 200 hidden 100,100 batch-norm true epochs 100",
            "samples 300 activation tanh init xavier hidden 100 epochs 200"),
        .. Of(FindingKind.TooSmall,
            "hidden 1", "hidden 2", "hidden 1,1 optimizer adam", "hidden 2,2", "hidden 100,1,100 optimizer adam",
            "hidden 2 activation tanh init xavier optimizer momentum", "hidden 50,2 learning-rate 0.05",
            "hidden 1 activation sigmoid init xavier optimizer adam", "hidden 3,3,3", "hidden 2 batch-norm true"),
    ];

    private static IEnumerable<SetUp> Of(FindingKind kind, params string[] options) => Of(kind, null, "", options);

    // Now the digits, now MNIST.
    private static IEnumerable<SetUp> Of(
        FindingKind kind, Func<Host.Data.DataSet, Host.Data.DataSet>? change, string name,
        params string[] options) =>
        options.SelectMany(option => BothData.Select(data => new SetUp(kind, data + option, change, name)));
}
