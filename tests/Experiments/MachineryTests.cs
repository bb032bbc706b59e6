using Functional.Host;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;


namespace Functional.Tests.Experiments;

public class MachineryTests
{
    private static readonly DataSet Digits = DataSets.Load("digits");

    private sealed class TwoWidths : Experiment
    {
        public override string Name => "widths";
        public override LocalizedText Title => ("Widths", "幅");

        public override ExperimentReport Run(Lab lab)
        {
            var common = lab.WithPoints(lab.Configure(Lab.Usual with { Samples = 200 }), 6);
            var curves = lab.Train(from width in (int[])[5, 20]
                                   select new Variant($"{width}", common with { Hidden = [width] })
                                   {
                                       Measured = Measured.Training | Measured.Test,
                                       Observation = new(4, (before, after, _) => [before.Step, after.Step]),
                                   });
            return new()
            {
                Parts =
                [
                    new Figure("accuracy", new LineChart("Accuracy", lab.Say(Terms.Epoch), lab.Say(Terms.Accuracy))
                    {
                        Series = [.. curves.Select(curve => curve.Accuracy(curve.Name, point => point.Test))],
                    }, ("Wide.", "広い。")),
                    new Table("Steps", ["step", "loss"], [["1", Typography.Value(curves[0].Seeds[0].Losses[0])]]),
                ],
                Claims =
                [
                    lab.Claim("Never held", _ => false, seed => $"number {1.5 + seed}"),
                    lab.Claim("Held with the first seed", seed => seed == 0, seed => $"seed {seed}"),
                ],
            };
        }
    }

    private static ExperimentResult Run(LabSettings settings, int workers) =>
        ExperimentRunner.Run([new TwoWidths()], settings, Digits, workers)[0];

    [Fact]
    public void Results_do_not_depend_on_how_many_run_at_once()
    {
        var settings = new LabSettings { Seeds = 2, Quick = true };
        string[] numbers =
        [
            .. from workers in (int[])[1, 2, 5]
               let result = Run(settings, workers)
               select new ExperimentPage(settings, [result]).Numbers().Single().Csv
                   + string.Join(' ', result.Trained.SelectMany(curves => curves.Seeds).Select(curve => curve.Digest)),
        ];
        Assert.Single(numbers.Distinct());
    }

    [Fact]
    public void A_run_is_that_of_its_command()
    {
        var curve = Run(new(), 2).Trained[1];
        Assert.Equal(
            "functional train --samples 200 --hidden 20 --learning-rate 0.01 --iterations 11 --sampling replacement",
            curve.Variant.Configuration.CommandLine());
        var run = new TrainingRun(curve.Variant.Configuration, Digits);
        var again = run.Run(new Observers(), threads: 1, folder: null, CancellationToken.None);
        Assert.Equal(again.Summary.Digest, curve.Seeds[0].Digest);
        Assert.Equal(again.Losses, curve.Seeds[0].Losses);
    }

    [Fact]
    public void Accuracies_are_taken_after_the_first_step_and_then_every_epoch()
    {
        var curve = Run(new(), 2).Trained[0].Seeds[0];
        Assert.Equal([1, 3, 5, 7, 9, 11], curve.Accuracies.Select(point => point.Step));
        Assert.All(curve.Accuracies, point =>
            Assert.True(point.Training is > 0 and < 1 && double.IsNaN(point.Validation)));
        Assert.Equal([(0, 1), (4, 5), (8, 9)],
            curve.Observed.Select(observed => ((int)observed.Values[0], observed.Step)));
    }

    [Fact]
    public void The_users_options_replace_the_experiments_own()
    {
        LabSettings With(string option, string value) => new() { Options = [KeyValuePair.Create(option, value)] };
        Assert.Equal(100, Run(With("samples", "100"), 1).Trained[0].Variant.Configuration.Samples);
        Assert.Equal("Samples: at least 1 is needed, not 0",
            Assert.Throws<UsageException>(() => Run(With("samples", "0"), 2)).Message);
        Assert.Equal(
            "Samples: 10001 are wanted, but there are 10000 to train on",
            Assert.Throws<UsageException>(() => Run(With("samples", "10001"), 2)).Message);
    }

    [Fact]
    public void A_page_says_what_did_not_hold_and_in_which_language()
    {
        var result = Run(new() { Seeds = 2 }, 2);
        var english = new ExperimentPage(new() { Seeds = 2 }, [result]).Render();
        Assert.Contains("<li class=\"failed\"><b aria-hidden=\"true\">✗</b><strong>held with none of 2 "
            + "seeds</strong>: Never held <span class=\"source\">(seed 1: number 1.5)</span>", english);
        // Of the seed that it failed with.
        Assert.Contains("held with 1 of 2 seeds only</strong>: Held with the first seed <span class=\"source\">(seed "
            + "2: seed 1)</span>", english);
        Assert.Contains("<html lang=\"ja\">",
            new ExperimentPage(new() { Language = Language.Japanese }, [result]).Render());
    }

    [Fact]
    public void Cancelled_experiments_end() => Assert.Throws<OperationCanceledException>(() =>
        ExperimentRunner.Run([new TwoWidths()], new(), Digits, 2, cancellation: new CancellationToken(canceled: true)));

    // I0(2 sqrt(1 - u^2)) / I0(2) at u = -1, -0.8, ..., the definition of the window that numpy.kaiser(11, 2) gives
    // too.
    private static readonly double[] Window =
        [0.43868, 0.61139, 0.76767, 0.89216, 0.97233, 1, 0.97233, 0.89216, 0.76767, 0.61139, 0.43868];

    [Fact]
    public void A_spike_is_smoothed_into_the_window()
    {
        var smoothed = Smoothing.Kaiser([.. Enumerable.Range(0, 41).Select(i => i == 20 ? 1.0 : 0)]);
        double[] expected = [.. new double[15], .. Window.Select(weight => weight / Window.Sum()), .. new double[15]];
        Assert.Equal(expected.Select(value => Math.Round(value, 5)), smoothed.Select(value => Math.Round(value, 5)));
        Assert.Equal(Enumerable.Repeat(3.0, 4), Smoothing.Kaiser([3, 3, 3, 3]).Select(value => Math.Round(value, 12)));
    }
}
