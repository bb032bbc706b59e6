using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Runs that go on from a step of another.</summary>
public sealed class ForkTests : IDisposable
{
    private const string Common = "--samples 200 --hidden 8 --batch-size 20 --validation 0.2 --epochs 4";

    // What training keeps between steps, besides the rule's own.
    private static readonly string[] Others =
    [
        "--schedule cosine --clip-norm 1", "--look-ahead 5:0.4 --accumulate 3", "--average 0.9 --noise 0.01",
        "--augment shift,noise --sampling replacement", "--groups affine1:learning-rate=0.002,biases:frozen",
        "--batch-norm --dropout 0.2 --class-weights balanced", "--patience 1", "--schedule warmup:5+one-cycle",
    ];

    private static readonly Lazy<DataSet> Digits = new(() => DataSets.Load("digits"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private Outcome Run(string arguments) => FunctionalProgram.Run(folder.Path, arguments.Split(' '));

    private string Fault(string arguments)
    {
        var outcome = Run(arguments);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        return outcome.Error;
    }

    private static string Digest(Outcome outcome)
    {
        Assert.Equal(0, outcome.ExitCode);
        return outcome.Event("summary").GetProperty("digest").GetString()!;
    }

    private static TrainConfiguration Parse(string options, TrainConfiguration? other = null) => TrainOptions.Change(
        other ?? new TrainConfiguration(), $" {options}".Split(" --").Skip(1).Select(option => option.Trim().Split(' '))
            .ToDictionary(words => words[0], words => words.Length == 1 ? "true" : words[1]));

    private static TrainingRun NewRun(string options) => new(Parse(options), Digits.Value);

    public static TheoryData<int> Rules => [.. Enumerable.Range(0, OptimizerSettings.Names.Count)];

    [Theory, MemberData(nameof(Rules))]
    public void A_fork_with_nothing_changed_is_the_run(int rule)
    {
        var run = NewRun($"{Common} --optimizer {OptimizerSettings.Names[rule]} {Others[rule % Others.Length]}");
        var whole = run.Run();
        foreach (var step in (int[])[0, 5, 16, 23])
        {
            if (step >= whole.State.Step)
                continue;
            var fork = run.Fork(step, run.Configuration);
            Assert.Equal(StateDigest.Of(run.At(step)), StateDigest.Of(fork.Start));
            var end = fork.Run();
            Assert.Equal(StateDigest.Of(whole.State), StateDigest.Of(end.State));
            Assert.Equal(whole.Losses, end.Losses);
            Assert.Equal(
                whole.Epochs.Select(epoch => epoch with { Seconds = 0 }),
                end.Epochs.Select(epoch => epoch with { Seconds = 0 }));
            Assert.Equal(
                (whole.State.Best?.Step, whole.State.Best?.Network.Digest()),
                (end.State.Best?.Step, end.State.Best?.Network.Digest()));
            // And so is a fork of the fork.
            if (step == 5)
                Assert.Equal(
                    StateDigest.Of(whole.State), StateDigest.Of(fork.Fork(7, run.Configuration).Run().State));
        }
    }

    [Fact]
    public void What_a_fork_keeps_of_the_optimizer_is_what_its_own_remembers()
    {
        var run = NewRun($"{Common} --optimizer adam --accumulate 2");
        var state = run.At(9);
        TrainingState<float> Start(string options) => run.Fork(9, Parse(options, run.Configuration)).Start.Training;

        var same = Start("--learning-rate 0.5 --dropout 0.3 --l2 0.1 --batch-size 10 --weight-decay 0.1");
        Assert.Equal(
            state.Training.OptimizerState.ToLeaves().ToVector(), same.OptimizerState.ToLeaves().ToVector());
        Assert.Equal((4, 1), (same.OptimizerState.Updates, same.OptimizerState.Gathered));
        Assert.Contains("dropout", $"{same.Network}", StringComparison.Ordinal);

        var other = Start("--optimizer momentum").OptimizerState;
        Assert.Equal((0, 0), (other.Updates, other.Gathered));
        Assert.Equal(0, other.ToLeaves().ToVector().AbsoluteMaximum());

        // Part of a mean of two is none of a mean of three.
        var regathered = Start("--accumulate 3").OptimizerState;
        Assert.Equal((4, 0), (regathered.Updates, regathered.Gathered));

        // An average that is new is what it is an average of, and so it is after it was corrected.
        var averaged = Start("--average 0.9 --look-ahead 5");
        var mean = Training.Averaged(averaged).Parameters().ToVector();
        var now = averaged.Network.Parameters().ToVector();
        Assert.True((mean - now).AbsoluteMaximum() <= 1e-6 * now.AbsoluteMaximum());
        Assert.Equal(state.Training.OptimizerState.ToLeaves().Select(leaf => leaf.Name),
            averaged.OptimizerState.ToLeaves().Select(leaf => leaf.Name)
                .Where(name => !name.StartsWith("average", StringComparison.Ordinal)
                    && !name.StartsWith("slow", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_rule_that_begins_anew_has_its_schedule_for_the_rest()
    {
        var run = NewRun($"{Common} --optimizer adam --schedule cosine");
        var fork = run.Fork(12, Parse("--optimizer sgd", run.Configuration));
        Assert.Contains($"in {fork.PlannedSteps - 12} steps", Optimizer(fork), StringComparison.Ordinal);
        Assert.Contains(
            $"in {run.PlannedSteps} steps", Optimizer(run.Fork(12, Parse("--l2 1", run.Configuration))),
            StringComparison.Ordinal);

        static string Optimizer(TrainingRun some) => $"{some.Start.Training.Optimizer}";
    }

    [Theory]
    [InlineData("")]
    [InlineData("--learning-rate 0.5 --dropout 0.1")]
    [InlineData("--optimizer momentum --momentum 0.5 --average none --patience none")]
    [InlineData("--iterations 77 --seed 5 --keep-every none --augment none")]
    [InlineData("--samples 100 --validation 0 --patience none --batch-size 7")]
    public void The_command_of_a_fork_says_what_is_changed(string options)
    {
        var origin = Parse($"{Common} --optimizer adam --beta1 0.8 --average 0.9 --patience 9 --keep-every 5 "
            + "--augment shift:1 --dropout 0.2");
        var configuration = Parse(options, origin) with { Origin = new RunOrigin(origin, 3, "x"), From = "a b@3" };
        var command = configuration.CommandLine();
        Assert.StartsWith("functional train --from 'a b@3'", command, StringComparison.Ordinal);
        var again = Parse(command["functional train --from 'a b@3'".Length..], origin);
        foreach (var option in TrainOptions.All.Where(option => option.Name != "from"))
            Assert.Equal((option.Name, option.Get(configuration)), (option.Name, option.Get(again)));
        Assert.Equal(options.Count(c => c == '-') >= 2, configuration.OptionsOfFork() != "");

        ConfigurationFile.Write(folder["c"], configuration);
        var read = ConfigurationFile.Read(folder["c"]);
        Assert.Equal(command, read.CommandLine());
        Assert.Equal((3, "x"), (read.Origin!.Step, read.Origin.Digest));
        Assert.Equal(origin.CommandLine(), read.Origin.Configuration.CommandLine());
    }

    [Fact]
    public void A_fork_is_a_run_of_its_own()
    {
        var origin = Digest(Run($"train {Common} --optimizer adam --out a --json"));
        var same = Run("train --from a@13 --out b --json");
        Assert.Equal(origin, Digest(same));
        Assert.Equal("from step 13 of a, with nothing changed",
            same.Event("start").GetProperty("origin").GetString());
        foreach (var file in (string[])["losses.f64", "digest.txt", "model.safetensors", "best.safetensors"])
            Assert.Equal(File.ReadAllBytes(folder[$"a/{file}"]), File.ReadAllBytes(folder[$"b/{file}"]));

        var changed = Digest(Run("train --from a@13 --learning-rate 0.05 --dropout 0.1 --out c --json"));
        Assert.NotEqual(origin, changed);
        // The same, in two parts; the state that it goes on from is kept.
        Run("train --from a@13 --learning-rate 0.05 --dropout 0.1 --iterations 20 --out d --json");
        Assert.Equal(changed, Digest(Run("train --resume d --iterations 32 --json")));
        Assert.Equal(File.ReadAllBytes(folder["c/losses.f64"]), File.ReadAllBytes(folder["d/losses.f64"]));
        Assert.Equal(["000000013", "000000024", "000000032"],
            Directory.GetFiles(folder["d/checkpoints"]).Select(Path.GetFileNameWithoutExtension).Order());

        var moment = Run("verify a c");
        Assert.Contains("different after step 14, ", moment.Output, StringComparison.Ordinal);
        Assert.Equal("a@13", Run("runs . --json").Events.Single(
            run => run.GetProperty("folder").GetString() == "./c").GetProperty("from").GetString());
        Assert.Matches("c +.* a@13", Run("runs .").Output);
        var page = File.ReadAllText(folder["c/report.html"]);
        Assert.Contains("It goes on from step 13 of a, with ", page, StringComparison.Ordinal);
        Assert.Contains(
            "functional train --from a@13 --dropout 0.1 --learning-rate 0.05", page, StringComparison.Ordinal);

        // It needs nothing of the other run's folder.
        Directory.Delete(folder["a"], recursive: true);
        Assert.Equal("identical: 32 losses, 4 digests and 2 states, to the last bit\n", Run("verify c").Output);
        Directory.Delete(folder["d/checkpoints"], recursive: true);
        Assert.Equal(changed, Digest(Run("train --resume d --json")));
        Assert.Equal(changed, Digest(Run("train --config c/config.json --out e --json")));
        Assert.Equal(
            TrainingRun.Open(folder["c"]).Fork(30, TrainingRun.Open(folder["c"]).Configuration).Run().Summary.Digest,
            changed);

        var losses = File.ReadAllBytes(folder["c/losses.f64"]);
        losses[4 * sizeof(double)] ^= 1;
        File.WriteAllBytes(folder["c/losses.f64"], losses);
        Assert.StartsWith(
            "different: step 5 is the first whose loss differs", Run("verify c").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fork_on_other_samples_counts_its_epochs_from_there()
    {
        Run($"train {Common} --out a --json");
        var fork = Run("train --from a@13 --samples 100 --validation 0.1 --batch-size 9 --out b --json");
        Assert.Contains(
            "some samples that are now held out were trained on before", fork.Error, StringComparison.Ordinal);
        // Of 10 steps each; the first whole one ends after the fork.
        var first = fork.Events.First(line => line.GetProperty("event").GetString() == "epoch");
        Assert.Equal((2, 20), (first.GetProperty("epoch").GetInt32(), first.GetProperty("iterations").GetInt32()));
        Assert.Equal("2", File.ReadAllLines(folder["b/metrics.csv"])[1].Split(',')[0]);
        Assert.Equal("identical: 40 losses, 3 digests and 2 states, to the last bit\n", Run("verify b").Output);
        Assert.Equal(0, Run("report b").ExitCode);
        Assert.Equal(Digest(fork), Digest(Run("train --resume b --json")));
    }

    [Fact]
    public void What_cannot_be_gone_on_from_is_said_in_a_line()
    {
        Run($"train {Common} --out a");
        Assert.Equal(
            "functional: --from: a has steps from 0 to 32 to go on from, not 33\n", Fault("train --from a@33"));
        Assert.Equal(
            "functional: --from: it goes on after step 32, but has 32 steps in all\n", Fault("train --from a@32"));
        Assert.Equal(
            "functional: --from: the network would have other parameters than the run's, affine1.weight (9 x 784) "
            + "instead of affine1.weight (8 x 784); what can change is how it is trained\n",
            Fault("train --from a@3 --hidden 9"));
        Assert.Contains(
            "other parameters than the run's, batchnorm1.", Fault("train --from a@3 --batch-norm"),
            StringComparison.Ordinal);
        Assert.Contains("--config: a run that goes on from a step of another", Fault("train --from a@3 --config x"),
            StringComparison.Ordinal);
        Assert.Contains(
            "only train goes on from a step of a run", Fault("doctor --from a@3"), StringComparison.Ordinal);
        Assert.Contains("a@x: expected ", Fault("train --from a@x"), StringComparison.Ordinal);
        Assert.Contains("the run would replace the run that it begins from, a",
            Fault("train --from a@3 --out a --force"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["runs"]));
    }
}
