using Functional.Host.Data;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Host.Search;

namespace Functional.Tests.Runs;

/// <summary>What the host's values print: a line that a person can read.</summary>
public class ReadableTests
{
    private static readonly Classification Wine = new(["merlot", "pinot noir", "Merlot"], "grape");
    private static readonly DataPart Bottles =
        new(Rows.Of(new double[8], 2, ["acidity", "sugar"]), new Classes(Wine, [0, 1, 0, 2]));
    private static readonly DataPart Pictures =
        new(new Images(2, 3, new byte[12]), new Classes(Classification.Numbered(4), new int[2]));
    private static readonly DataPart Priced =
        new(Bottles.Samples, new Quantities([new NumberColumn("price", [3, 1.5, 99, 8])]));
    private static readonly EpochReport Epoch = new(30, 300, 0.23412, 0.9743, 0.9381, 0.9667, 1.5, "digest");
    private static readonly Trial Tried = new(3, new Configuration([new("rate", 0.60912345), new("units", 20)]));

    public static TheoryData<object, string> Lines => new()
    {
        { new DataSet(Bottles, Bottles),
            "8 rows of 2 columns (acidity, sugar), grape: merlot 4, pinot noir 2, Merlot 2; 4 to train, 4 to test" },
        { Bottles, "4 rows of 2 columns (acidity, sugar), grape: merlot 2, pinot noir 1, Merlot 1" },
        { Priced, "4 rows of 2 columns (acidity, sugar), price from 1.5 to 99" },
        { new DataPart(Rows.Of(new double[14], 7), new Classes(Classification.Numbered(2), new int[2])),
            "2 rows of 7 columns, 2 classes" },
        { new DataPart(Rows.Of(new double[7], 7, ["a", "b", "c", "d", "e", "f", "g"]),
            new Classes(Classification.Numbered(2), [0])),
            "1 rows of 7 columns (a, b, c, d, e, f, ...), 2 classes" },
        { new Images(2, 3, new byte[36], channels: 3), "2 images of 2 x 3 in 3 channels" },
        { new DataSet(Pictures, Pictures), "4 images of 2 x 3, 4 classes; 2 to train, 2 to test" },
        { Wine, "grape: merlot | pinot noir | Merlot" },
        { Classification.Numbered(3), "3 classes" },
        { Epoch, "epoch 30: loss 0.234, training 97.4%, validation 93.8%, test 96.7%" },
        { Epoch with { ValidationAccuracy = null }, "epoch 30: loss 0.234, training 97.4%, test 96.7%" },
        { new RunSummary(0.9743, 0.9381, 0.9667, 0.23412, 300, 1.5, "digest", false, null),
            "300 steps: loss 0.234, training 97.4%, validation 93.8%, test 96.7%" },
        { new TrainConfiguration { Hidden = [16], Validation = 0.2 }, "functional train --validation 0.2 --hidden 16" },
        { new TrainConfiguration { Optimizer = new() { Name = "adm" } },
            "Optimizer: 'adm' is not an optimizer: sgd, momentum, nesterov, adagrad, rmsprop, adadelta, adam, amsgrad, "
            + "adamw, nadam, radam, adabelief, lamb, lion" },
        { NumberScale.None, "the number itself" },
        { new NumberScale(3.5, 1.25), "(number - 3.5) / 1.25" },
        { new ImageEncoder(28, 28, ByteScale.Unit), "images of 28 x 28, (byte - 0) / 255" },
        { FeatureEncoder.Numbers(3), "3 columns, 3 features" },
        { new StudySettings(new SearchSpace(Hyperparameter.Choice("kind", "a"))),
            "kind=a; maximize, sampler random, pruner none, seed 1" },
        { Tried, "trial 3: running with rate=0.609, units=20" },
        { Tried with { State = TrialState.Complete, Result = new TrialResult(TrialState.Complete, [], [], 1, 0.93333) },
            "trial 3: 0.9333 with rate=0.609, units=20" },
        { Tried with { State = TrialState.Pruned, Result = new TrialResult(TrialState.Pruned, [], [], 1, 0.5) },
            "trial 3: pruned at 0.5 with rate=0.609, units=20" },
        {
            new Model<float>(Network.Create([2, 4, 3], Activation.Relu, Initializer.He)) {
                Task = Wine },
            "affine 2 -> 4, relu, affine 4 -> 3 for grape: merlot | pinot noir | Merlot"
        },
        { new Model<float>(Network.Create([2, 4], Activation.Relu, Initializer.He)), "affine 2 -> 4" },
        {
            new TrainingRun(new TrainConfiguration { Hidden = [5], Epochs = 2 }, new DataSet(Bottles, Bottles)),
            "affine 2 -> 5, relu, affine 5 -> 3 with SGD (learning rate 0.1), 2 steps on "
                + "8 rows of 2 columns (acidity, sugar), grape: merlot 4, pinot noir 2, Merlot 2; 4 to train, 4 to test"
        },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    public void It_is_one_readable_line(object value, string line) => Assert.Equal(line, value.ToString());

    [Fact]
    public void A_study_knows_its_best_trial()
    {
        using var study = Study.InMemory(new StudySettings(new SearchSpace(Hyperparameter.Choice("kind", "a"))));
        Assert.EndsWith(": 0 trials", study.ToString(), StringComparison.Ordinal);
        study.Run((_, _) => 0.5, trials: 2);
        Assert.EndsWith(": 2 trials, best trial 0: 0.5 with kind=a", study.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_prints_its_summary()
    {
        var result = new TrainingRun(new TrainConfiguration { Epochs = 1 }, new DataSet(Bottles, Bottles)).Run();
        Assert.Equal(result.Summary.ToString(), result.ToString());
    }

    [Fact]
    public void Classes_that_differ_in_case_or_blanks_are_reported() =>
        Assert.Equal([["merlot", "Merlot"]], Wine.Alike());
}
