using System.Globalization;

namespace Functional.Benchmarks.Tables;

/// <summary>Tables drawn from known distributions, in the form in which people have theirs: text, gaps, skewed amounts.
/// Each is a function of its name alone, so that all machines measure with the same rows.</summary>
internal static class MadeTables
{
    public static IReadOnlyList<(string Name, string Label, Func<IEnumerable<string[]>> Rows)> All { get; } =
    [
        ("wine-like", "cultivar", () => Clusters("cultivar", rows: 178, features: 13, classes: 3, apart: 0.7, seed: 1)),
        ("breast-cancer-like", "diagnosis",
            () => Clusters("diagnosis", rows: 569, features: 30, classes: 2, apart: 0.35, seed: 2)),
        ("passengers", "survived", Passengers),
        ("census-like", "income", Census),
        ("diabetes-like", "progression", Diabetes),
        ("housing-like", "price", Housing),
    ];

    /// <summary>Classes around centers of their own, with features that depend on each other and scales far
    /// apart.</summary>
    private static IEnumerable<string[]> Clusters(
        string label, int rows, int features, int classes, double apart, int seed)
    {
        var random = new Random(seed);
        var centers = Matrix(classes, features, apart);
        var mixing = Matrix(features, features, 1 / Math.Sqrt(features));
        double[] scales = [.. Enumerable.Range(0, features).Select(_ => Math.Pow(10, random.Next(-2, 4)))];
        yield return [.. Enumerable.Range(1, features).Select(feature => $"feature{feature}"), label];
        for (var row = 0; row < rows; row++)
        {
            var class_ = row % classes;
            double[] noise = [.. Enumerable.Range(0, features).Select(_ => Normal(random))];
            yield return
            [
                .. Enumerable.Range(0, features).Select(feature => Text(scales[feature] * (5 + centers[class_][feature]
                    + (0.6 * noise[feature]) + (0.8 * noise.Zip(mixing[feature], (x, a) => x * a).Sum())))),
                $"kind {(char)('A' + class_)}",
            ];
        }

        double[][] Matrix(int height, int width, double deviation) =>
        [
            .. Enumerable.Range(0, height).Select(_ =>
                Enumerable.Range(0, width).Select(_ => deviation * Normal(random)).ToArray()),
        ];
    }

    private static IEnumerable<string[]> Passengers()
    {
        var random = new Random(3);
        yield return
        [
            "id", "survived", "class", "name", "sex", "age", "siblings", "parents", "ticket", "fare", "cabin", "port",
        ];
        for (var id = 1; id <= 900; id++)
        {
            var (isMale, grade) = (random.NextDouble() < 0.64, Pick(1, 2, 3, 3));
            double? age = random.NextDouble() < 0.2 ? null : Math.Round(Math.Max(0.5, 30 + (14 * Normal(random))), 1);
            var logit = 1.6 - (isMale ? 2.5 : 0) - (0.8 * (grade - 2)) - (0.02 * ((age ?? 30) - 30));
            yield return
            [
                $"{id}", random.NextDouble() < Logistic(logit) ? "1" : "0", $"{grade}",
                $"Family{random.Next(400)}, {(isMale ? "Mr" : "Ms")}. Given \"G{id}\"", isMale ? "male" : "female",
                age is { } known ? Text(known) : "", $"{random.Next(3)}", $"{random.Next(3)}",
                $"{Pick("A/5 ", "PC ", "")}{random.Next(1000, 400000)}",
                Text(Math.Exp(4.4 - (0.8 * grade) + (0.5 * Normal(random)))),
                random.NextDouble() < 0.77 ? "" : $"C{random.Next(100)}", Pick("S", "S", "S", "C", "Q", ""),
            ];
        }

        T Pick<T>(params T[] from) => from[random.Next(from.Length)];
    }

    /// <summary>30,000 rows of text and numbers with gaps; who earns more depends on products and steps, too.</summary>
    private static IEnumerable<string[]> Census()
    {
        var random = new Random(4);
        string[] education = ["none", "primary", "secondary", "vocational", "college", "bachelor", "master", "doctor"];
        string[] work = ["private", "self-employed", "state", "federal", "unpaid"];
        string[] family = ["single", "married", "divorced", "widowed"];
        string[] occupation =
        [
            "clerical", "craft", "executive", "farming", "handlers", "machines", "sales", "service", "specialty",
            "support", "transport", "protective",
        ];
        double[] paid = [0, 0.2, 1.3, -0.8, -0.6, -0.3, 0.4, -0.9, 1.1, 0.5, 0, 0.3];
        yield return
        [
            "age", "work", "weight", "education", "family", "occupation", "sex", "gain", "loss", "hours", "country",
            "income",
        ];
        for (var row = 0; row < 30_000; row++)
        {
            var age = (int)Math.Clamp(38 + (14 * Normal(random)) + (random.NextDouble() < 0.1 ? 20 : 0), 17, 90);
            var level = Math.Clamp((int)Math.Round(3.2 + (1.7 * Normal(random))), 0, 7);
            var job = Math.Min(11, (int)(12 * Math.Pow(random.NextDouble(), level > 4 ? 0.7 : 1.1)));
            var isMarried = random.NextDouble() < Logistic((age - 30) / 8.0);
            var isMale = random.NextDouble() < 0.66;
            var sector = random.NextDouble() is var u && u < 0.7 ? 0 : u < 0.82 ? 1 : u < 0.92 ? 2 : u < 0.97 ? 3 : 4;
            var hours = (int)Math.Clamp(40 + (random.NextDouble() < 0.45 ? 0 : 12 * Normal(random)), 1, 99);
            var gain = random.NextDouble() < 0.08 ? Math.Round(Math.Exp(8.2 + Normal(random))) : 0;
            var loss = random.NextDouble() < 0.05 ? Math.Round(1_800 + (300 * Normal(random))) : 0;
            var country = Math.Min(40, (int)(41 * Math.Pow(random.NextDouble(), 6)));
            var logit = -4.4 + (0.55 * level) + paid[job] + (isMarried ? 2.1 : 0)
                + (isMale && isMarried ? 0.3 : 0) - (0.0016 * (age - 48) * (age - 48)) + (0.035 * (hours - 40))
                + (gain > 6_000 ? 5 : 0) + (loss > 1_750 ? 1.2 : 0) + (sector == 1 && level > 4 ? 0.7 : 0)
                - (sector == 4 ? 3 : 0);
            yield return
            [
                $"{age}", random.NextDouble() < 0.055 ? "?" : work[sector], $"{random.Next(12_000, 1_200_000)}",
                education[level], isMarried ? family[1] : family[random.Next(3) is 0 ? 0 : random.Next(2, 4)],
                random.NextDouble() < 0.057 ? "" : occupation[job], isMale ? "male" : "female", Text(gain), Text(loss),
                random.NextDouble() < 0.02 ? "" : $"{hours}",
                random.NextDouble() < 0.018 ? "" : country == 0 ? "home" : $"country {country}",
                random.NextDouble() < Logistic(1.7 * logit) ? "above" : "below",
            ];
        }
    }

    /// <summary>A quantity that is nearly a linear function of ten measurements, and much noise.</summary>
    private static IEnumerable<string[]> Diabetes()
    {
        var random = new Random(5);
        yield return ["age", "sex", "bmi", "pressure", "s1", "s2", "s3", "s4", "s5", "s6", "progression"];
        for (var row = 0; row < 442; row++)
        {
            var (common, isMale) = (Normal(random), random.Next(2));
            double[] x = [.. Enumerable.Range(0, 9).Select(i => (0.5 * common) + Normal(random))];
            var y = 152 + (25 * x[1]) + (16 * x[2]) - (11 * isMale) + (24 * x[7]) - (9 * x[5]) + (6 * x[1] * x[2])
                + (54 * Normal(random));
            yield return
            [
                Text(Math.Round(48 + (13 * x[0]))), $"{isMale + 1}", Text(Math.Round(26 + (4.4 * x[1]), 1)),
                Text(Math.Round(95 + (14 * x[2]))), Text(Math.Round(189 + (35 * x[3]))),
                Text(Math.Round(115 + (30 * x[4]), 1)), Text(Math.Round(50 + (13 * x[5]))),
                Text(Math.Round(4 + (1.3 * x[6]), 1)), Text(Math.Round(4.6 + (0.5 * x[7]), 4)),
                Text(Math.Round(91 + (11.5 * x[8]))), Text(Math.Round(Math.Clamp(y, 25, 346))),
            ];
        }
    }

    /// <summary>20,000 districts: prices depend on the place around two cities, the sea and income, and are cut
    /// off.</summary>
    private static IEnumerable<string[]> Housing()
    {
        var random = new Random(6);
        yield return
        [
            "longitude", "latitude", "age", "rooms", "bedrooms", "population", "households", "income", "sea", "price",
        ];
        for (var row = 0; row < 20_000; row++)
        {
            var isSouth = random.NextDouble() < 0.6;
            var (x, y) = random.NextDouble() < 0.75
                ? ((isSouth ? 6.5 : 2.0) + (0.7 * Normal(random)), (isSouth ? 1.5 : 5.5) + (0.6 * Normal(random)))
                : (10 * random.NextDouble(), 9 * random.NextDouble());
            // The coast runs from the upper left to the lower right.
            var inland = (x + y - 6.8) / Math.Sqrt(2);
            var households = Math.Round(Math.Exp(6 + (0.7 * Normal(random)))) + 1;
            var income = Math.Clamp(Math.Exp(1.25 + (0.45 * Normal(random))), 0.5, 15);
            var rooms = Math.Round(households * Math.Max(1.5, 3.2 + (0.55 * income) + (0.8 * Normal(random))));
            var population = Math.Round(households * Math.Max(1, 3 + (0.7 * Normal(random))));
            var near = Math.Exp(-(Square(x - 6.5) + Square(y - 1.5)) / 1.2)
                + (1.4 * Math.Exp(-(Square(x - 2) + Square(y - 5.5)) / 0.8));
            var value = 42_000 * income * (1 + (0.55 * near)) + (95_000 * near)
                + (75_000 * Math.Exp(-Math.Abs(inland))) - (18_000 * (population / households))
                + (9_000 * (rooms / households));
            yield return
            [
                Text(Math.Round(-124 + x, 2)), Text(Math.Round(32.5 + y, 2)), $"{random.Next(1, 53)}", Text(rooms),
                random.NextDouble() < 0.01 ? "" : Text(Math.Round(rooms * (0.2 + (0.02 * random.NextDouble())))),
                Text(population), Text(households), Text(Math.Round(income, 4)),
                inland < -1.2 ? "island" : inland < 0.3 ? "ocean" : inland < 1.2 ? "near" : "inland",
                Text(Math.Round(Math.Clamp(value * Math.Exp(0.19 * Normal(random)), 15_000, 500_001))),
            ];
        }
    }

    private static string Text(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    private static double Square(double x) => x * x;

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    // Box and Muller.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
