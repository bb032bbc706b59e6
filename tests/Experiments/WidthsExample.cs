using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Pages;

namespace Functional.Tests.Experiments;

public sealed class Widths : Experiment
{
    public override string Name => "widths";
    public override LocalizedText Title => "How wide must a hidden layer be?";

    public override ExperimentReport Run(Lab lab)
    {
        var curves = lab.Train(
            from units in (int[])[2, 5, 20, 80]
            let options = $"--samples 1000 --hidden {units} --learning-rate 0.1 --iterations 200"
            select new Variant($"{units} units", lab.Configure(options)) { Measured = Measured.Test });
        var chart = new LineChart("Test accuracy", "epoch", "accuracy")
        {
            Series = [.. curves.Select(curve => curve.Accuracy(curve.Name, point => point.Test))],
        };
        double Test(int units, int seed) => curves[units].Seeds[seed].Final.Test;
        return new()
        {
            Parts = [new Figure("accuracy", chart, "More units, higher lines.")],
            Claims =
            [
                lab.Claim(
                    "20 units beat 2", seed => Test(2, seed) > Test(0, seed),
                    seed => $"20 units {Test(2, seed)}, 2 units {Test(0, seed)}"),
            ],
        };
    }

    public static string WritePage(string folder)
    {
        var settings = new LabSettings { Seeds = 2 };
        var results = ExperimentRunner.Run([new Widths()], settings, DataSets.Load(settings.Data));
        return new ExperimentPage(settings, results).Write(folder);
    }
}
