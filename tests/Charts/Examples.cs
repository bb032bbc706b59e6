using Functional.Host.Charts;
using Xunit;

namespace Functional.Tests.Charts;

/// <summary>One of every kind of chart with usual data, and each with the worst data there is.</summary>
public static class Examples
{
    private static readonly double[] Wild =
        [double.NaN, double.PositiveInfinity, double.NegativeInfinity, -1.7e308, 1.7e308, 5e-324, 0, -3, 1e-300, 1e300];

    private static readonly string[] Words = ["<b>&\"quoted\"</b>", "it's 日本語", "\u0001\uD800 broken"];

    /// <summary>By name, since a chart can't be a test's argument.</summary>
    public static IReadOnlyDictionary<string, Func<Chart>> All { get; } = new Dictionary<string, Func<Chart>>
    {
        ["lines"] = Lines,
        ["lines with a band and a reference"] = () => new LineChart("Accuracy", "epoch", "accuracy")
        {
            Series = [new("test", Wave(40)) { Low = Wave(40, -0.1), High = Wave(40, 0.1), Dash = Dash.Dashed }],
            References = [new(0.1, "guessing"), new(20, "half time") { Vertical = true }],
        },
        ["lines on log axes"] = () => new LineChart("Loss", Axis.Log("iteration"), Axis.Log("loss"))
        {
            Series = [new("a", [1, 10, 100, 1000], [2.3, 0.4, 1e-3, 1e-9]), new("b", [1, 10], [-1, 0])],
        },
        ["lines, none"] = () => new LineChart("", "", ""),
        ["lines, empty"] = () => new LineChart("Empty", "x", Axis.Log("y")) { Series = [new("none", [])] },
        ["lines, one point"] = () => new LineChart("One", "x", "y") { Series = [new("one", [3])] },
        ["lines, equal"] = () => new LineChart("Equal", "x", "y") { Series = [new("equal", [3, 3, 3])] },
        ["lines, wild"] = () => new LineChart(Words[0], Words[1], Words[2])
        {
            Series = [new(Words[0], Wild), new(Words[2], Wild, Wild) { Low = Wild, High = Wild }],
            References = [new(double.NaN, "nowhere"), new(1e308, "far")],
        },
        ["lines, wild on log axes"] = () => new LineChart("Wild", Axis.Log("x"), Axis.Log("y"))
        {
            Series = [new("wild", Wild, Wild)],
        },
        ["lines, wild ends"] = () => new LineChart(
            "Ends", Axis.Between("x", 5, -5), Axis.Between("y", double.NaN, 1e-320))
        {
            Series = [new("a", [1, 2, 3])],
        },
        ["lines, thirty"] = () => new LineChart("Thirty", "x", "y")
        {
            Series = [.. Enumerable.Range(0, 30).Select(i => new Series($"series {i}", Wave(50, i)))],
        },
        ["histogram"] = () => new Histogram("Activations", "activation", "count") { Bins = Bins.Of(Wave(1000), 30) },
        ["histogram, none"] = () => new Histogram("None", "x", "y"),
        ["histogram, wild"] = () => new Histogram("Wild", "x", Axis.Log("y")) { Bins = Bins.Of(Wild) },
        ["histogram, wild counts"] = () => new Histogram("Wild", "x", "y") { Bins = new(Wild, Wild[1..]) },
        ["scatter"] = () => new ScatterChart("Trials", Axis.Log("rate"), "accuracy")
        {
            Series = [new("first", Wave(50, 2), Wave(50)), new("second", Wave(50, 3), Wave(50, 1))],
        },
        ["scatter, wild"] = () => new ScatterChart("Wild", "x", "y") { Series = [new("wild", Wild, Wild)] },
        ["contours"] = () => new ContourChart("Bowl", "x", "y")
        {
            Field = Field.Of((x, y) => x * x / 20 + y * y, (-10, 10), (-5, 5), 41),
            ShowDescent = true,
            Paths = [new("path", [-7, -3, 0], [2, -1, 0]), new("leaves", [0, 100], [0, 1e9])],
        },
        ["contours, equal units"] = () => new ContourChart("Ridge", "w₁", "w₂")
        {
            EqualUnits = true,
            Field = Field.Of((x, y) => x * y, (-2, 2), (-1, 1), 21),
        },
        ["contours, wild"] = () => new ContourChart("Wild", "x", "y")
        {
            Field = Field.Of((x, y) => Wild[Math.Abs((int)(x * 7 + y * 3)) % Wild.Length], (-1, 1), (-1, 1), 11),
            ShowDescent = true,
            Paths = [new("wild", Wild, Wild), new("none", [])],
        },
        ["contours, none"] = () => new ContourChart("None", "x", "y"),
        ["small multiples"] = () => new SmallMultiples("Layers", [.. Enumerable.Range(1, 7).Select(i =>
            new LineChart($"layer {i}", "epoch", "accuracy")
            {
                Series = [new("a", Wave(30, i)), new("b", Wave(30))],
            })]),
        ["small multiples, nothing shared"] = () => new SmallMultiples("Mixed",
        [
            new Histogram("a", "x", "count") { Bins = Bins.Of(Wave(99)) },
            new ScatterChart("b", Axis.Log("r"), "y"),
            Lines(),
        ])
        { ShareX = false, ShareY = false },
        ["small multiples, wild"] = () => new SmallMultiples(Words[0],
        [
            new LineChart(Words[1], "x", "y") { Series = [new("linear", Wild), new("below zero", [-5, -1])] },
            new ScatterChart("b", Axis.Log("x"), Axis.Log("y")) { Series = [new("logarithmic", Wild, Wild)] },
            new ContourChart("c", "x", "y"),
        ]),
        ["small multiples, none"] = () => new SmallMultiples("None", []),
        ["images"] = () => new ImageGrid("Samples", [.. Enumerable.Range(0, 23).Select(i =>
            Picture.Of(28, 28, Wave(784, i), $"{i} → {i + 1}\n0.99"))]),
        ["images, wild"] = () => new ImageGrid(
            "Wild", [Picture.Of(5, 2, Wild, Words[0]), Picture.Of(1, 1, [double.NaN])])
        { Columns = 0 },
        ["images, none"] = () => new ImageGrid("None", []),
        ["confusion matrix"] = () => MatrixChart.Confusion(
            "Confusion", [.. Enumerable.Range(0, 10).Select(i => $"class {i}")],
            [.. Enumerable.Range(0, 10).Select(i =>
                (double[])[.. Enumerable.Range(0, 10).Select(j => i == j ? 980 : i * j % 7)])]),
        ["matrix, large"] = () => new MatrixChart("Large", "x", "y")
        {
            Values = [.. Enumerable.Range(0, 90).Select(i => Wave(120, i))],
        },
        ["matrix, wild"] = () => new MatrixChart("Wild", Words[0], Words[2]) { Values = [Wild, [], [1]] },
        ["matrix, wild and deep"] = () => new MatrixChart("Wild", "x", "y")
        {
            Values = [Wild],
            Depth = Scaling.Logarithmic,
        },
        ["matrix, none"] = () => new MatrixChart("None", "x", "y"),
        ["parallel coordinates"] = () => new ParallelCoordinates("Trials",
        [
            new(Axis.Log("rate"), [1e-3, 1e-2, 1e-4]),
            new(new Axis("rule") { Categories = ["sgd", "adam"] }, [0, 1, 1]),
            new("validation accuracy", [0.5, 0.9, double.NaN]),
        ]),
        ["parallel coordinates, wild"] = () => new ParallelCoordinates(Words[2],
            [new(Words[0], Wild), new(Axis.Log("y"), Wild), new(new Axis("z") { Categories = ["one"] }, Wild)])
        { LessIsBetter = true },
        ["parallel coordinates, none"] = () => new ParallelCoordinates("None", []),
        ["bars"] = () => new BarChart("Importance", "share")
        {
            Bars = [("learning rate", 0.7), ("decay", 0.3), ("rest", -0.1)],
        },
        ["bars, wild"] = () => new BarChart(Words[0], Words[1]) { Bars = [.. Wild.Select(value => (Words[2], value))] },
        ["chain"] = () => new ChainChart("Layers")
        {
            Links = [new("x", "784 x 3", ""), new("affine1", "50 x 3", "50 x 3, deviation 0.01"), new("loss", "", "")],
        },
        ["chain, wild"] = () =>
            new ChainChart(Words[0]) { Links = [.. Words.Select(word => new ChainLink(word, Words[1], Words[2]))] },
        ["chain, none"] = () => new ChainChart("None"),
        ["bars, none"] = () => new BarChart("None", ""),
    };

    /// <summary>The names of all examples.</summary>
    public static TheoryData<string> Names => [.. All.Keys];

    /// <summary>A number of positive values that go up and down.</summary>
    public static double[] Wave(int count, double shift = 0) =>
        [.. Enumerable.Range(0, count).Select(i => 0.5 + shift + 0.4 * Math.Sin(i * 0.7))];

    private static LineChart Lines() => new("Loss", "iteration", "loss")
    {
        Series = [new("SGD", Wave(300, 1)), new("Momentum", Wave(300, 2)), new("Adam", Wave(300, 5))],
    };
}
