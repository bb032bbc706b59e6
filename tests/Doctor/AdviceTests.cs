using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Doctor;

public sealed class AdviceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static DataSet Digits => DataSets.Load("digits");

    private static TrainConfiguration Small => new() { Samples = 200, Hidden = [10], Iterations = 60 };

    // The layers of a model that is given can't be others.
    [Theory]
    [InlineData("tanh")]
    [InlineData("relu")]
    public void Nobody_who_begins_from_a_model_is_advised_other_layers(string activation)
    {
        string[] data = ["--samples", "300"];
        FunctionalProgram.Run(
            folder.Path,
            [
                "train", .. data, "--hidden", "30,30,30", "--activation", activation, "--init", "normal:3",
                "--iterations", "1", "--out", "run",
            ]);
        var lines = FunctionalProgram.Run(
            folder.Path, ["doctor", .. data, "--from", "run", "--iterations", "100", "--seeds", "1", "--json"]).Events;
        var advice = lines.Where(line => line.GetProperty("event").GetString() == "finding")
            .Select(line => line.GetProperty("advice").GetString()!).ToArray();
        Assert.NotEmpty(advice);
        Assert.All(advice, text => Assert.DoesNotMatch(
            "--init|--batch-norm|--activation|--dropout|--hidden|fewer layers", text));
    }

    [Fact]
    public void Scores_are_of_the_moving_average_and_layers_of_the_last_weights()
    {
        var run = TrialRun.Run(Small with { Optimizer = new() { Average = 0.99 } }, Digits);
        var images = DataSets.Load("digits").Encode().Test;
        Assert.NotEqual(run.Trained.Parameters()[0].Matrix, run.Judged.Parameters()[0].Matrix);
        Assert.Equal(
            run.Test.Accuracy, run.Judged.Accuracy(images.Unweighted(Split.EvenlySpaced(images.All, 1000))), 1e-12);
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(1000, 256)]
    public void It_is_said_how_many_samples_were_looked_at(int samples, int lookedAt) =>
        Assert.Equal(lookedAt, TrialRun.Run(Small with { Samples = samples, Iterations = 1 }, Digits).Diagnosed);

    [Theory]
    [InlineData("affine:10,batchnorm,relu", true)]
    [InlineData("affine:10,relu", false)]
    public void Batches_of_one_matter_to_batch_norm_however_it_was_asked_for(string layers, bool isFound)
    {
        var found = Examination.Of(
            new TrainConfiguration
            {
                Samples = 100, Layers = NetworkLayers.Parse(layers), BatchSize = 1, Iterations = 60,
            },
            Digits, threads: 2, seeds: 1).Findings;
        Assert.Equal(isFound, found.Any(finding => finding is { Kind: FindingKind.BatchOfOne, Layer: "batchnorm1" }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_cancelled_examination_says_so(int threads) => Assert.Throws<OperationCanceledException>(() =>
        Examination.Of(Small, Digits, threads, seeds: 2, new CancellationToken(canceled: true)));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Some_seed_is_needed(int seeds) =>
        Assert.Throws<ArgumentOutOfRangeException>(nameof(seeds), () => Examination.Of(Small, Digits, 1, seeds));

    [Fact]
    public void A_loop_that_gives_nothing_to_judge_by_is_refused_in_words()
    {
        var start = Training.Start(Network.Create([4, 5, 3], Activation.Relu, Initializer.He, 1), Optimizer.Sgd());
        var flowers = Flowers.Of(30).Encode().Training;
        var some = flowers.Batch(flowers.All);
        string Said(ObservedTraining run) => Assert.Throws<ArgumentException>(
            "train", () => Host.Doctor.Doctor.Examine((_, _) => run)).Message;
        Assert.StartsWith("the loop returned null", Said(null!), StringComparison.Ordinal);
        Assert.StartsWith(
            "the loop returned no losses", Said(new(start, start, [], some, some)), StringComparison.Ordinal);
    }
}
