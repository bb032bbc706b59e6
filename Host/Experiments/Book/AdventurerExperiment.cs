using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Experiments;

/// <summary>The adventurer who looks for the deepest valley with eyes covered. Source: Deep Learning from Scratch,
/// 6.1.1.</summary>
internal sealed class AdventurerExperiment : Experiment
{
    private const int Steps = 30;
    private const double Rate = 0.25, Scale = 0.02, Shift = 4;

    // Where the ground is level: valleys and hilltops by turns.
    private static readonly double[] Level = [-3, -1.2, 0.5, 2, 3.4];
    private static readonly double[] Starts = [-1.5, -0.8, 2.4];
    private static readonly double[] Slope = Product(Level);

    public override string Name => "adventurer";
    public override string Section => "6.1.1";
    public override LocalizedText Title => ("The blindfolded adventurer", "冒険家の話");

    public override LocalizedText Question => (
        "An adventurer wants to find the deepest valley, without a map and blindfolded: only the slope of the ground " +
        $"can be felt. Three of them set out from {Typography.Value(Starts[0])}, {Typography.Value(Starts[1])} and " +
        $"{Typography.Value(Starts[2])} and always step downhill, farther where it is steeper. Who finds the deepest " +
        "valley?",
        "地図も持たず、目隠しをした冒険家が、最も深い谷を探しています。分かるのは足元の地面の傾きだけです。" +
        "3人の冒険家が " +
        $"{Typography.Value(Starts[0])}、{Typography.Value(Starts[1])}、{Typography.Value(Starts[2])} " +
        "から出発し、つねに下る方向へ、傾きが急なほど大きく進みます。最も深い谷を見つけるのは誰でしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        double[][] paths = [.. Starts.Select(start => Optimizer.Sgd(Rate)
            .Path(at => Vector<double>.Build.Dense([Gradient(at[0])]), Vector<double>.Build.Dense([start]), Steps)
            .Select(at => at[0]).ToArray())];
        double[] valleys = [.. Level.Where((_, i) => i % 2 == 0)];
        var deepest = valleys.MinBy(Height);
        double[] ends = [.. paths.Select(path => path[^1])];
        double[] found = [.. ends.Select(end => valleys.MinBy(valley => Math.Abs(valley - end)))];
        double[] ground = [.. Enumerable.Range(0, 321).Select(i => -3.9 + i * 0.025)];
        string Name(int i) => lab.Say($"from {Typography.Value(Starts[i])}", $"{Typography.Value(Starts[i])} から");
        string Ends() => string.Join(", ", ends.Select(end => Typography.Number(end, 2)));
        int[] lucky = [.. Enumerable.Range(0, Starts.Length).Where(i => found[i] == deepest)];
        return new()
        {
            Parts =
            [
                new Figure(
                    "valleys",
                    new LineChart(
                        lab.Say("Downhill by the slope alone", "傾きだけを頼りに下る"), lab.Say("place", "場所"),
                        lab.Say("height", "高さ"))
                    {
                        Series =
                        [
                            new(lab.Say("ground", "地面"), ground, [.. ground.Select(Height)])
                                { Marker = Marker.None, Dash = Dash.Solid, Color = 0 },
                            .. paths.Select((path, i) => new Series(Name(i), path, [.. path.Select(Height)])
                            {
                                Color = i + 1, Dash = Dash.Dotted,
                                Marker = (Marker)((int)Marker.Circle + i),
                            }),
                        ],
                    },
                    ($"Marks are the places after each of {Steps} steps. They end at {Ends()}. The deepest valley is " +
                     $"at {Typography.Value(deepest)}: {lucky.Length} of {Starts.Length} get there. Each " +
                     "stops in the valley on whose side it set out: who knows only the slope cannot know of a " +
                     "deeper valley behind the next hill.",
                     $"印は、{Steps}歩のそれぞれを終えた場所です。3人は {Ends()} に着きます。" +
                     $"最も深い谷は {Typography.Value(deepest)} にあり、" +
                     $"そこに着くのは{Starts.Length}人のうち{lucky.Length}人です。どの冒険家も、" +
                     "出発した側の谷で止まります。傾きしか分からない者には、" +
                     "次の丘の向こうにもっと深い谷があることは分かりません。"))
                { NumbersOf = NumbersOf.NoSeed, InBook = "" },
            ],
            Claims =
            [
                Lab.Claim((
                    "Every adventurer ends within 0.1 of the bottom of a valley, where the ground is level",
                    "どの冒険家も、地面が水平になる谷底から 0.1 以内に着く"),
                    ends.Zip(found).All(pair => Math.Abs(pair.First - pair.Second) < 0.1),
                    (("they end at", "着いた場所"), Ends())),
                Lab.Claim((
                    "Each ends in the valley on its own side of the hills, though a deeper one may be behind them",
                    "どの冒険家も、丘を越えずに自分の側の谷に着く"),
                    Starts.Zip(found).All(pair => Between(pair.First) == Between(pair.Second)),
                    (("valleys found", "着いた谷"), string.Join(", ", found.Select(at => Typography.Value(at))))),
                Lab.Claim((
                    "Not all of them find the deepest valley",
                    "全員が最も深い谷を見つけるわけではない"),
                    lucky.Length < Starts.Length,
                    (("find it", "見つけた人数"), $"{lucky.Length} / {Starts.Length}")),
            ],
        };
    }

    // How many hilltops are to the left of a place.
    private static int Between(double place) => Level.Where((_, i) => i % 2 == 1).Count(hill => hill < place);

    private static double Gradient(double x) => Scale * Horner(Slope, x);

    // The integral of the slope: the ground's height over an arbitrary level.
    private static double Height(double x) =>
        Shift + Scale * x * Horner([.. Slope.Select((coefficient, power) => coefficient / (power + 1))], x);

    private static double Horner(double[] coefficients, double x)
    {
        double sum = 0;
        for (var power = coefficients.Length - 1; power >= 0; power--)
            sum = sum * x + coefficients[power];
        return sum;
    }

    // The coefficients of (x - a)(x - b)..., the lowest power first.
    private static double[] Product(double[] roots)
    {
        double[] product = [1];
        foreach (var root in roots)
            product = [.. Enumerable.Range(0, product.Length + 1).Select(power =>
                (power > 0 ? product[power - 1] : 0) - (power < product.Length ? root * product[power] : 0))];
        return product;
    }
}
