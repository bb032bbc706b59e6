using Functional.Host.Charts;

namespace Functional.Host.Experiments;

/// <summary>What several experiments show.</summary>
internal static class Shown
{
    public const Measured Both = Measured.Training | Measured.Test;

    // Single points jump.
    private const int Last = 4;

    /// <summary>Training and test accuracy of each network over the epochs, side by side.</summary>
    public static Figure Of(Lab lab, string name, string title, IReadOnlyList<Curves> curves, Words caption, int? columns = null) => new(
        name,
        new SmallMultiples(title, [.. curves.Select(curve => Chart(lab, curve))]) { Columns = columns },
        caption);

    /// <summary>Training and test accuracy of one network.</summary>
    public static LineChart Chart(Lab lab, Curves curve) =>
        new(curve.Name, lab.Say(Terms.Epoch), Axis.Between(lab.Say(Terms.Accuracy), 0, 1))
        {
            Series =
            [
                curve.Accuracy(lab.Say(Terms.Training), point => point.Training) with { Color = 0, Dash = Dash.Solid },
                curve.Accuracy(lab.Say(Terms.Test), point => point.Test) with { Color = 1, Dash = Dash.Dashed },
            ],
        };

    /// <summary>How much better a network knows what it was trained on.</summary>
    public static double Gap(Curve curve) => Training(curve) - Test(curve);

    /// <summary>The training accuracy, over the last points.</summary>
    public static double Training(Curve curve) => Statistics.Mean([.. curve.Accuracies.TakeLast(Last).Select(point => point.Training)]);

    /// <summary>The test accuracy, over the last points.</summary>
    public static double Test(Curve curve) => Statistics.Mean([.. curve.Accuracies.TakeLast(Last).Select(point => point.Test)]);

    /// <summary>A table of where the networks end.</summary>
    public static Table Table(Lab lab, IReadOnlyList<Curves> curves) => new(
        ($"Means over the last {Last} points.", $"最後の{Last}点の平均。"),
        ["", lab.Say(Terms.Training), lab.Say(Terms.Test), lab.Say("gap", "差")],
        [.. curves.Select(curve => (string[])
        [
            curve.Name, Percent(curve.Median(Training)), Percent(curve.Median(Test)), Percent(curve.Median(Gap)),
        ])]);

    /// <summary>What the book's programs print: the loss of the step's batch after the step, of the last step that is printed.
    /// </summary>
    public static Table Printed(Lab lab, IReadOnlyList<Curves> curves)
    {
        var step = curves[0].Seeds[0].Observed[^1].Step - 1;
        return new(
            ($"The loss as the book's program prints it, of the step's batch after the step, at iteration {step}.",
             $"本書のプログラムが表示する損失（更新後のミニバッチの損失、{step}回目）。"),
            ["", lab.Say(Terms.Loss)],
            [.. curves.Select(curve => (string[])[curve.Name, Typography.Value(curve.Median(run => run.Observed[^1].Values[0]), 2)])]);
    }

    /// <summary>The claim that one network's gap is smaller than another's.</summary>
    public static Claim SmallerGap(Lab lab, Curves with, Curves without, Words statement) => lab.Claim(
        statement, seed => Gap(with.Seeds[seed]) < Gap(without.Seeds[seed]),
        $"{Percent(with.Median(Gap))} < {Percent(without.Median(Gap))}");

    public static string Percent(double share) => $"{Typography.Number(100 * share, 1)}%";
}
