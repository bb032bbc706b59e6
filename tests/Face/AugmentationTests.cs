using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Runs;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Augmentations and metrics as a C# user writes them, and as the command line takes them.</summary>
public class AugmentationTests
{
    [Fact]
    public void Batches_are_augmented_by_a_function_of_a_key()
    {
        var image = ImageFormat.Gray(3, 4, 2);
        var batch = Batch.Of(Matrix<float>.Build.Dense(12, 2, (i, j) => (i + j) / 13f), [0, 1]);
        Augmentation[] augmentations = [Augment.Crop(2, 2), Augment.Flip(), Augment.Mixup()];
        var augmented = Augment.Apply(augmentations, image, batch, Key.OfSeed(1));
        Assert.Equal(Augment.Output(augmentations, image).Features, augmented.Features);
        Assert.Equal(augmented.Inputs, Augment.Apply(augmentations, image, batch, Key.OfSeed(1)).Inputs);
        Assert.Empty(Augment.Faults(augmentations, image));
        Assert.Throws<ArgumentException>(() => Augment.Cutout(-1));
    }

    [Fact]
    public void Metrics_tell_what_is_taken_for_what()
    {
        var scores = Matrix<double>.Build.DenseOfArray(new double[,] { { 2, 0, 0 }, { 1, 3, 0 }, { 0, 1, 9 } });
        int[] labels = [0, 2, 2];
        var matrix = Metrics.Confusion(scores, labels);
        Assert.Equal((1, 1, 0), (matrix[2, 1], matrix[2, 2], matrix[1, 1]));
        Assert.Equal((0.5, 1.0, 0.0), (matrix.Recall(2), matrix.Precision(2), matrix.F1(1)));
        Assert.Equal(1, Metrics.TopK(scores, labels, 2));
        var wrong = Assert.Single(Metrics.MostWrong(scores, labels, 5));
        Assert.Equal(new WrongAnswer(1, 2, 1, Metrics.Softmax(scores)[1, 1]), wrong);
        Assert.InRange(Metrics.CalibrationError(scores, labels), 0.2, 0.5);
    }

    [Theory]
    [InlineData("shift:2,elastic:34:4,rotation:10", "shift:2,elastic,rotation")]
    [InlineData("crop:28x28:2,flip:0.5,scale:1.1", "crop:28x28:2,flip,scale")]
    [InlineData("noise:0.1,cutout:8,mixup:0.2,crop:9x8", "noise,cutout,mixup,crop:9x8")]
    [InlineData(null, "none")]
    public void Text_is_read_and_written(string? canonical, string text)
    {
        var augmentations = AugmentationText.Parse(text);
        Assert.Equal(canonical, AugmentationText.Of(augmentations));
        Assert.Equal(augmentations, AugmentationText.Parse(canonical ?? "none"));
    }

    [Theory]
    [InlineData("shift,blur", "blur")]
    [InlineData("", "''")]
    [InlineData("shift:", "shift:")]
    [InlineData("shift:1:2", "shift[:PIXELS]")]
    [InlineData("noise,rotation:many", "rotation:many")]
    [InlineData("crop", "expected crop:HEIGHTxWIDTH[:PADDING]")]
    [InlineData("flip:2", "flip:2 needs a probability")]
    public void An_error_names_the_part(string text, string part)
    {
        var error = Assert.Throws<UsageException>(() => AugmentationText.Parse(text));
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_on_augmented_images_does_not_depend_on_threads()
    {
        var configuration = new TrainConfiguration
        {
            Samples = 500, BatchSize = 100, Iterations = 12, Scale = DataScale.Standard,
            Augmentations = AugmentationText.Parse("shift,elastic,noise,mixup"),
        };
        var data = DataSets.Load("digits");
        string Digest(TrainConfiguration configuration, int threads) =>
            new TrainingRun(configuration, data).Run(new Observers(), threads, null, default).Summary.Digest;
        Assert.Equal(Digest(configuration, 1), Digest(configuration, 3));
        Assert.NotEqual(Digest(configuration, 1), Digest(configuration with { Augmentations = [] }, 1));
        var cropped = configuration with { Augmentations = [Augment.Crop(9, 9)] };
        Assert.Throws<UsageException>(() => new TrainingRun(cropped, data));
    }
}
