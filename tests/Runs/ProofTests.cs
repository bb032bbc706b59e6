using System.Globalization;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Runs;

/// <summary>What proves that a run was trained as it says: its chain, and parts that are computed again.</summary>
public sealed class ProofTests : IDisposable
{
    private const int Every = 4, Steps = 60;

    private static readonly Lazy<DataSet> Digits = new(() => DataSets.Load("digits"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainConfiguration Configuration => new()
    {
        Samples = 100, BatchSize = 10, Hidden = [5], Iterations = Steps, KeepEvery = Every,
        Optimizer = new OptimizerSettings { Name = "adam" }, CheckpointEvery = default,
    };

    // A run whose folder says that all is well, though a weight was changed after a step.
    private (RunRecord Record, TrainingRun Run) Forged(string name, int? after)
    {
        var run = new TrainingRun(Configuration, Digits.Value);
        using (var created = RunFolder.Create(folder[name], overwrite: false))
        using (var recorder = created.Record(run, null))
        {
            var state = run.Start;
            while (state.Step < Steps)
            {
                var step = run.Steps(state).First();
                state = step.After;
                if (state.Step == after)
                    state = state with { Training = Changed(state.Training) };
                recorder.Stepped(step.Report, step.BatchSize);
                recorder.Reached(state, RunMoment.Step);
            }
            recorder.Reached(state, RunMoment.End);
        }
        return (RunRecord.Read(folder[name]), run);
    }

    private static TrainingState<float> Changed(TrainingState<float> state)
    {
        var elements = state.Network.Parameters().ToVector().Clone();
        elements[^1] += 1e-3f;
        return new TrainingState<float>(
            state.Network.WithParameters(state.Network.Parameters().WithVector(elements)),
            state.Optimizer, state.OptimizerState, state.Key, state.Step);
    }

    [Fact]
    public void An_honest_run_is_identical_in_every_stretch()
    {
        var (record, run) = Forged("run", after: null);
        var found = SpotCheck.Of(record, run, 1000, Key.OfSeed(1), threads: 1, CancellationToken.None);
        Assert.Equal(new SpotCheck(Steps / Every, Steps / Every, Steps, Steps, null), found);
        Assert.Null(record.Chain!.Broken(record.Losses));
    }

    [Fact]
    public void A_changed_weight_is_found_where_its_stretch_is_drawn_and_the_stated_probability_is_right()
    {
        const int changed = 31, drawn = 3, draws = 400;
        var (record, run) = Forged("run", changed);
        var caught = 0;
        for (var seed = 0; seed < draws; seed++)
        {
            var found = SpotCheck.Of(record, run, drawn, Key.OfSeed(seed), threads: 1, CancellationToken.None);
            Assert.Equal(Steps / Every, found.Stretches);
            if (found.Mismatch is { } fault)
            {
                caught++;
                // The next loss tells, or the state at the end.
                Assert.StartsWith("step 32 has another loss: ", fault, StringComparison.Ordinal);
            }
        }
        var stated = SpotCheck.Probability(Steps / Every, drawn, forged: 1);
        Assert.Equal(0.2, stated, 12);
        // Four deviations.
        Assert.InRange(caught / (double)draws, stated - 0.08, stated + 0.08);
    }

    [Fact]
    public void A_weight_that_is_changed_at_the_end_of_a_stretch_is_found_by_its_state()
    {
        var (record, run) = Forged("run", after: 2 * Every);
        var found = SpotCheck.Of(record, run, 1000, Key.OfSeed(1), threads: 1, CancellationToken.None);
        Assert.Equal("steps 5 to 8 lead to a different state from the one in chain.txt", found.Mismatch);
    }

    [Theory]
    [InlineData(10, 10, 1, 1)]
    [InlineData(10, 1, 1, 0.1)]
    [InlineData(10, 2, 2, 17.0 / 45)]
    [InlineData(2500, 20, 25, 0.18298)]
    public void Probabilities_are_of_draws_without_replacement(int stretches, int drawn, int forged, double expected) =>
        Assert.Equal(expected, SpotCheck.Probability(stretches, drawn, forged), 3);

    [Fact]
    public void A_flipped_bit_of_the_chain_is_found_wherever_it_is()
    {
        var (record, _) = Forged("run", after: null);
        var whole = File.ReadAllBytes(folder["run/chain.txt"]);
        var expected = record.Chain! with { Links = [] };
        for (var bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] changed = [.. whole];
            changed[bit / 8] ^= (byte)(1 << bit % 8);
            File.WriteAllBytes(folder["chain.txt"], changed);
            try
            {
                var chain = Chain.Read(folder["chain.txt"])!;
                // Without its line feed the last link counts as cut off, as after a kill.
                Assert.True(
                    chain.Mismatch(expected, record.Losses) is not null
                    || (bit / 8 == whole.Length - 1 && chain.Links.Count == record.Chain!.Links.Count - 1),
                    $"bit {bit}");
            }
            catch (DataException e)
            {
                Assert.DoesNotContain(e.Message, char.IsControl);
            }
        }
    }

    [Fact]
    public void Links_commit_to_losses_header_and_states()
    {
        var (record, _) = Forged("run", after: null);
        var (chain, losses) = (record.Chain!, record.Losses.ToArray());
        Assert.Null(chain.Broken(losses));
        losses[Steps - 1] = BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(losses[Steps - 1]) ^ 1);
        Assert.Equal(Steps, chain.Broken(losses)!.Step);
        Assert.Equal(0, (chain with { Training = new string('0', 64) }).Broken(record.Losses)!.Step);
        Assert.Equal(0, (chain with { Numerics = 1 }).Broken(record.Losses)!.Step);
        ChainLink[] links = [.. chain.Links];
        links[5] = links[5] with { Digest = new string('0', 64) };
        Assert.Equal(links[5].Step, (chain with { Links = links }).Broken(record.Losses)!.Step);
    }

    [Fact]
    public void A_run_that_was_stopped_has_the_chain_of_one_that_was_not()
    {
        string[] options = ["--samples", "1000", "--batch-size", "100", "--hidden", "5", "--epochs", "40", "--average",
            "0.9", "--checkpoint-every", "1"];
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, ["train", .. options, "--out", "whole"]).ExitCode);
        var run = new TrainingRun(
            ConfigurationFile.Read(folder["whole/config.json"]), Digits.Value);
        // Its interval lies within the run, and not at an epoch's end.
        Assert.Equal(134, Chain.Interval(run));
        using (var created = RunFolder.Create(folder["part"], overwrite: false))
        using (var recorder = created.Record(run, null))
        using (var source = new CancellationTokenSource())
        {
            var stop = new StopAfter(237, source);
            _ = run.Run(new Observers(recorder, stop), 1, folder["part"], source.Token);
        }
        Assert.Equal(0, FunctionalProgram.Run(folder.Path, "train", "--resume", "part").ExitCode);
        Assert.Equal(File.ReadAllText(folder["whole/chain.txt"]), File.ReadAllText(folder["part/chain.txt"]));
        Assert.Equal("identical: 400 losses, 40 digests and 4 states, to the last bit\n",
            FunctionalProgram.Run(folder.Path, "verify", "part").Output);
    }

    private sealed class StopAfter(int step, CancellationTokenSource source) : IRunObserver
    {
        public bool LooksAt(int at) => at == step;

        public void Stepped(StepReport report, int samples)
        {
            if (report.Step == step)
                source.Cancel();
        }
    }

    [Fact]
    public void Two_runs_are_narrowed_to_step_layer_and_element()
    {
        // The same images but for one pixel of one sample.
        var digits = Digits.Value;
        var pixels = digits.Training.Images.Pixels.ToArray();
        const int changed = (70 * 28 * 28) + (14 * 28) + 14;
        pixels[changed] ^= 1;
        foreach (var (name, bytes) in new[] { ("a", digits.Training.Images.Pixels), ("b", pixels) })
            Write(name, digits, bytes);
        string[] options = ["--batch-size", "10", "--hidden", "5", "--epochs", "3", "--keep-every", "7", "--seed", "5"];
        foreach (var name in (string[])["a", "b"])
            Assert.Equal(0, FunctionalProgram.Run(
                folder.Path, ["train", "--data", $"data-{name}", .. options, "--out", name]).ExitCode);

        // The step whose batch has the sample.
        var run = new TrainingRun(ConfigurationFile.Read(folder["a/config.json"]) with { Data = folder["data-a"] },
            DataSets.Load(folder["data-a"]));
        var order = Key.OfSeed(5).Child(1).Child(0).Permutation(run.Split.Training.Length);
        var expected = order.Select(place => run.Split.Training[place]).Chunk(10).Index()
            .First(batch => batch.Item.Contains(70));

        var found = FunctionalProgram.Run(folder.Path, "verify", "a", "b", "--json");
        Assert.Equal(1, found.ExitCode);
        var reported = found.Event("narrowing");
        Assert.Equal(expected.Index + 1, reported.GetProperty("step").GetInt32());
        Assert.Equal("parameters/affine1.weight", reported.GetProperty("leaf").GetString());
        // Only the weights of the pixel that was changed, or those of others whose outputs it changed.
        Assert.InRange(reported.GetProperty("column").GetInt32(), 0, 783);
        Assert.NotEqual(reported.GetProperty("first").GetString(), reported.GetProperty("second").GetString());
        Assert.InRange(reported.GetProperty("comparisons").GetInt32(), 1, 20);
        var cause = Assert.Single(reported.GetProperty("causes").EnumerateArray()).GetString()!;
        Assert.StartsWith($"data: the training samples differ; in the batch of step {expected.Index + 1} it is sample "
            + $"{Array.IndexOf(expected.Item, 70)}, feature {(14 * 28) + 14}: 0x", cause, StringComparison.Ordinal);

        var same = FunctionalProgram.Run(folder.Path, "verify", "a", "a");
        Assert.Equal((0, "identical: the states of both runs up to step 90\n"), (same.ExitCode, same.Output));
    }

    private void Write(string name, DataSet digits, byte[] pixels)
    {
        const int count = 300;
        Directory.CreateDirectory(folder[$"data-{name}"]);
        foreach (var (part, images) in new[] { ("train", pixels), ("t10k", digits.Test.Images.Pixels) })
        {
            var labels = (part == "train" ? digits.Training : digits.Test).Classes.Labels;
            File.WriteAllBytes(folder[$"data-{name}/{part}-images-idx3-ubyte"],
                [0, 0, 8, 3, 0, 0, count >> 8, count & 255, 0, 0, 0, 28, 0, 0, 0, 28, .. images[..(count * 784)]]);
            File.WriteAllBytes(folder[$"data-{name}/{part}-labels-idx1-ubyte"],
                [0, 0, 8, 1, 0, 0, count >> 8, count & 255, .. labels[..count].Select(label => (byte)label)]);
        }
    }

    [Fact]
    public void Other_options_are_a_cause_and_a_run_without_checkpoints_says_what_it_needs()
    {
        string[] options = ["--samples", "100", "--batch-size", "10", "--hidden", "5", "--epochs", "3"];
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, ["train", .. options, "--learning-rate", "0.1", "--out", "a"]).ExitCode);
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, ["train", .. options, "--learning-rate", "0.2", "--out", "b"]).ExitCode);
        var found = FunctionalProgram.Run(folder.Path, "verify", "a", "b");
        Assert.Matches("^different after step 1, found by [0-9]+ comparisons\n"
            + "parameters/affine1.weight, row [0-4], column [0-9]+: 0x[0-9A-F]{8} \\(.*\\) and 0x[0-9A-F]{8} \\(.*\\)\n"
            + "likely cause: configuration: --learning-rate is 0.1 and 0.2\n$", found.Output);
        var spot = FunctionalProgram.Run(folder.Path, "verify", "a", "--spot", "20", "--seed", "3");
        Assert.Equal((0, "identical: 1 of 1 stretches, 30 of 30 steps (drawn with --seed 3)\n"
            + "a forged run would have been caught with a probability of 100.00% if 1 stretch was forged\n"),
            (spot.ExitCode, spot.Output));
        Directory.Delete(folder["a/checkpoints"], recursive: true);
        var none = FunctionalProgram.Run(folder.Path, "verify", "a", "--spot", "2");
        Assert.Equal((1, "functional: a: there are no two states to compute between; train with --keep-every N\n"),
            (none.ExitCode, none.Error));
        File.Delete(folder["a/chain.txt"]);
        Assert.Equal("functional: a: there is no chain.txt to compare with another's\n",
            FunctionalProgram.Run(folder.Path, "verify", "a", "b").Error);
    }

    [Fact]
    public void A_chain_that_was_edited_is_different_even_if_its_links_follow()
    {
        Small("a", "--keep-every", "10");
        var path = folder["a/chain.txt"];
        var chain = Chain.Read(path)!;
        var losses = RunRecord.Read(folder["a"]).Losses;
        foreach (var (edited, what) in new (Chain, string)[]
        {
            (chain with { Configuration = new string('0', 64) }, "options"),
            (chain with { Training = new string('0', 64) }, "training samples"),
            (chain with { Test = new string('0', 64) }, "test samples"),
        })
        {
            var (links, before) = (new List<ChainLink>(), (ChainLink?)null);
            foreach (var link in chain.Links)
                links.Add(before = edited.Next(
                    before, link.Step, link.Digest,
                    [.. losses.Skip(before?.Step ?? 0).Take(link.Step - (before?.Step ?? 0))]));
            (edited with { Links = links }).Write(path);
            foreach (var options in (string[][])[[], ["--spot", "1"]])
            {
                var found = FunctionalProgram.Run(folder.Path, ["verify", "a", .. options]);
                Assert.Equal(1, found.ExitCode);
                Assert.Contains($"different: chain.txt: the digest of the {what} is 0000", found.Output,
                    StringComparison.Ordinal);
            }
        }
        (chain with { Links = [chain.Links[0], chain.Links[1] with { Hash = new string('0', 64) }] }).Write(path);
        var broken = FunctionalProgram.Run(folder.Path, "verify", "a");
        Assert.Equal((1, "different: chain.txt: the link of step 10 doesn't follow from what is before it\n"),
            (broken.ExitCode, broken.Output));
    }

    [Fact]
    public void Runs_of_other_lengths_and_with_other_chains_are_compared_as_far_as_both_go()
    {
        Small("a", "--iterations", "25", "--learning-rate", "0.1");
        Small("b", "--iterations", "30", "--learning-rate", "0.2");
        var different = FunctionalProgram.Run(folder.Path, "verify", "a", "b");
        Assert.Equal(1, different.ExitCode);
        Assert.StartsWith("different after step 1, ", different.Output, StringComparison.Ordinal);

        Small("c", "--keep-every", "7");
        Small("d", "--keep-every", "11");
        var same = FunctionalProgram.Run(folder.Path, "verify", "c", "d");
        Assert.Equal((0, "identical: the states of both runs up to step 30\n"), (same.ExitCode, same.Output));
        Assert.DoesNotContain("\"row\"", FunctionalProgram.Run(folder.Path, "verify", "c", "d", "--json").Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Options_of_verify_that_would_do_nothing_are_refused()
    {
        foreach (var (words, message) in new (string[], string)[]
        {
            (["a", "b", "--spot", "2"], "--spot: checks one run, but two are given"),
            (["a", "--seed", "2"], "--seed: draws the stretches of --spot, which isn't given"),
        })
        {
            var refused = FunctionalProgram.Run(folder.Path, ["verify", .. words]);
            Assert.Equal((2, $"functional: {message}\n"), (refused.ExitCode, refused.Error));
        }
    }

    [Fact]
    public void A_run_of_a_version_that_lacked_an_option_is_resumed_and_verified()
    {
        Small("a", "--epochs", "2");
        foreach (var file in (string[])["a/environment.json", "a/config.json"])
            File.WriteAllLines(folder[file], File.ReadAllLines(folder[file])
                .Where(line => !line.Contains("\"missing\"", StringComparison.Ordinal)));
        var resumed = FunctionalProgram.Run(folder.Path, "train", "--resume", "a", "--epochs", "3");
        Assert.Equal((0, ""), (resumed.ExitCode, resumed.Error));
        var verified = FunctionalProgram.Run(folder.Path, "verify", "a");
        Assert.Equal((0, ""), (verified.ExitCode, verified.Error));
    }

    // 30 steps.
    private void Small(string name, params string[] options) => Assert.Equal(0, FunctionalProgram.Run(
        folder.Path,
        ["train", "--samples", "100", "--batch-size", "10", "--hidden", "5",
            .. options.Contains("--epochs") || options.Contains("--iterations") ? [] : (string[])["--epochs", "3"],
            .. options, "--out", name]).ExitCode);

    [Fact]
    public void Files_have_the_version_of_the_numerics()
    {
        Assert.Equal(0, FunctionalProgram.Run(
            folder.Path, "train", "--samples", "100", "--hidden", "5", "--epochs", "1", "--out", "a").ExitCode);
        var version = NumericsVersion.Current.ToString(CultureInfo.InvariantCulture);
        Assert.Contains($"\"numerics\": {version}", File.ReadAllText(folder["a/environment.json"]));
        Assert.Contains($"numerics {version}\n", File.ReadAllText(folder["a/chain.txt"]));
        foreach (var file in Directory.GetFiles(folder["a"], "*.safetensors", SearchOption.AllDirectories))
            Assert.Contains($"\"numerics\":\"{version}\"", File.ReadAllText(file));
        File.WriteAllText(folder["a/environment.json"], File.ReadAllText(folder["a/environment.json"])
            .Replace($"\"numerics\": {version}", "\"numerics\": 1", StringComparison.Ordinal));
        Assert.Equal($"functional: the run was trained with numerics 1, these are {version}\n",
            FunctionalProgram.Run(folder.Path, "verify", "a").Error);
    }
}
