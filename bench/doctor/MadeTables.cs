using System.Globalization;

namespace Functional.Benchmarks.Doctor;

/// <summary>The tables of the cases, drawn from known distributions: each is a function of its name alone.</summary>
internal static class MadeTables
{
    private static readonly Dictionary<string, Func<Random, IEnumerable<string[]>>> All = new()
    {
        // Two classes that no straight line separates.
        ["xor.csv"] = random => Rows(["a", "b", "kind"], 200, random, i =>
            [Text((i % 2) + Normal(random, 0.02)), Text((i / 2 % 2) + Normal(random, 0.02)),
                i % 2 != i / 2 % 2 ? "odd" : "even"]),
        ["clusters.csv"] = random => Rows(["x", "y", "kind"], 200, random, i =>
        {
            var low = i % 2 == 0 ? 0.2 : 0.5;
            return [Text(low + (0.2 * random.NextDouble())), Text(low + (0.2 * random.NextDouble())),
                i % 2 == 0 ? "low" : "high"];
        }),
        ["blob.csv"] = random => Rows(["x", "y", "kind"], 1000, random, i =>
        {
            var (x, y) = ((double, double)[])[(-7, -5), (1, 7), (6, -3)] is var centers ? centers[i % 3] : default;
            return [Text(x + Normal(random, 2)), Text(y + Normal(random, 2)), $"c{i % 3}"];
        }),
        ["circle.csv"] = random => Rows(["x", "y", "kind"], 1000, random, i =>
            Polar(random, i % 2 == 0 ? 1 : 0.5, 0.1, i % 2 == 0 ? "outer" : "inner")),
        ["rings.csv"] = random => Rows(["x", "y", "ring"], 900, random, i =>
            Polar(random, 0.4 + (0.5 * (i % 3)), 0.07, $"r{i % 3}")),
        ["moons.csv"] = random => Rows(["x", "y", "moon"], 600, random, i =>
        {
            var t = Math.PI * random.NextDouble();
            return i % 2 == 0
                ? [Text(Math.Cos(t) + Normal(random, 0.1)), Text(Math.Sin(t) + Normal(random, 0.1)), "upper"]
                : [Text(1 - Math.Cos(t) + Normal(random, 0.1)), Text(0.5 - Math.Sin(t) + Normal(random, 0.1)), "lower"];
        }),
        ["spirals.csv"] = random => Rows(["x", "y", "arm"], 800, random, i =>
        {
            var t = 0.3 + (1.7 * random.NextDouble());
            var angle = (Math.PI * t) + (i % 2 * Math.PI);
            return [Text((t * Math.Cos(angle)) + Normal(random, 0.05)),
                Text((t * Math.Sin(angle)) + Normal(random, 0.05)), $"arm{i % 2}"];
        }),
        // Three kinds by four measures, by Fisher's means and deviations (1936).
        ["flowers.csv"] = random => Flowers(random, 50),
        ["many-flowers.csv"] = random => Flowers(random, 200),
        // As chemical analyses are: columns whose sizes differ by four orders of magnitude.
        ["wines.csv"] = random => Rows(
            ["alcohol", "acid", "ash", "magnesium", "phenols", "hue", "proline", "cultivar"], 240, random, i =>
            {
                double[] means = i % 3 == 0 ? [13.7, 2, 0.24, 106, 2.8, 1.06, 1115]
                    : i % 3 == 1 ? [12.3, 1.9, 0.22, 94, 2.3, 1.06, 520] : [13.2, 3.3, 0.26, 99, 1.7, 0.68, 630];
                double[] deviations = [0.5, 0.9, 0.03, 12, 0.4, 0.12, 180];
                return [.. means.Select((mean, c) => Text(mean + Normal(random, deviations[c]))), $"k{i % 3}"];
            }),
        // A rare class, 1 in 25, that two of four columns tell of.
        ["frauds.csv"] = random => Rows(["amount", "hour", "distance", "age", "fraud"], 2000, random, i =>
        {
            var isFraud = i % 25 == 0;
            return [Text(Normal(random, 1) + (isFraud ? 1.2 : 0)), Text(Normal(random, 1)),
                Text(Normal(random, 1) + (isFraud ? 1.2 : 0)), Text(Normal(random, 1)), isFraud ? "yes" : "no"];
        }),
        ["noise.csv"] = random => Rows(["a", "b", "c", "d", "kind"], 600, random, i =>
            [Text(Normal(random, 1)), Text(Normal(random, 1)), Text(Normal(random, 1)), Text(Normal(random, 1)),
                random.Next(2) == 0 ? "heads" : "tails"]),
        // Twenty columns, few rows: enough to learn by heart.
        ["wide.csv"] = random => Rows([.. Enumerable.Range(1, 20).Select(c => $"gene{c}"), "ill"], 120, random, _ =>
        {
            double[] x = [.. Enumerable.Range(0, 20).Select(_ => Normal(random, 1))];
            return [.. x.Select(Text), x[0] + x[1] + x[2] + Normal(random, 1.5) > 0 ? "yes" : "no"];
        }),
        // Rows sorted by class, numbered in a column that is not called an id.
        ["sorted.csv"] = random => Enumerable.Range(0, 400).Select(i => (string[])
            [$"{10_000 + i}", Text(Normal(random, 1) + (i < 200 ? 0 : 0.7)), Text(Normal(random, 1)),
                i < 200 ? "early" : "late"]).Prepend(["case", "x", "y", "kind"]),
        // Passengers as people have them: text, gaps, an id, a skewed amount.
        ["passengers.csv"] = random => Rows(
            ["PassengerId", "Survived", "Class", "Name", "Sex", "Age", "Siblings", "Ticket", "Fare", "Port"],
            800, random, i =>
            {
                var (isMale, grade) = (random.NextDouble() < 0.64, 1 + random.Next(3));
                var logit = 1.6 - (isMale ? 2.5 : 0) - (0.8 * (grade - 2));
                return [$"{i + 1}", random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? "1" : "0", $"{grade}",
                    $"Family{random.Next(400)}, {(isMale ? "Mr" : "Ms")}. G{i}", isMale ? "male" : "female",
                    random.NextDouble() < 0.2 ? "" : Text(Math.Max(0.5, 30 + Normal(random, 14))),
                    $"{random.Next(3)}", $"PC {random.Next(1000, 400_000)}",
                    Text(Math.Exp(4.4 - (0.8 * grade) + Normal(random, 0.5))), "SSSCQ"[random.Next(5)].ToString()];
            }),
        // Quantities.
        ["line.csv"] = random => Rows(["x", "y"], 201, random, i =>
            [Text((i - 100) / 10.0), Text((0.2 * (i - 100)) + 103 + Normal(random, 0.3))]),
        ["parabola.csv"] = random => Rows(["x", "y"], 500, random, _ => Curve(
            random, -1, 1, x => (5 * x * x) + Normal(random, 0.1))),
        ["quartic.csv"] = random => Rows(["x", "y"], 201, random, i =>
            [$"{i - 100}", Text(Math.Pow(i - 100, 4))]),
        ["sine.csv"] = random => Rows(["x", "y"], 600, random, _ => Curve(
            random, -3.14, 3.14, x => Math.Sin(2 * x) + Normal(random, 0.05))),
        ["long-sine.csv"] = random => Rows(["t", "y"], 600, random, _ => Curve(
            random, 0, 1000, x => Math.Sin(x / 120) + Normal(random, 0.05))),
        ["houses.csv"] = random => Rows(["area", "rooms", "year", "distance", "price"], 500, random, _ =>
        {
            var (area, year) = (60 + (200 * random.NextDouble()), random.Next(1950, 2020));
            var (rooms, distance) = (1 + (int)(area / 35), 20_000 * random.NextDouble());
            return [Text(area), $"{rooms}", $"{year}", Text(distance),
                Text((2000 * area) + (900 * (year - 1950)) - (6 * distance) + Normal(random, 15_000))];
        }),
        ["marks.csv"] = random => Rows(["slept", "studied", "played", "screen", "mark"], 300, random, _ =>
        {
            double[] x = [.. Enumerable.Range(0, 4).Select(_ => 10 * random.NextDouble())];
            return [.. x.Select(Text), Text(15 + (1.5 * x[0]) + (2.2 * x[1]) - x[3] + Normal(random, 1.5))];
        }),
        ["product.csv"] = random => Rows(["a", "b", "y"], 800, random, _ =>
        {
            var (a, b) = (Normal(random, 1), Normal(random, 1));
            return [Text(a), Text(b), Text(a * b)];
        }),
        ["sum.csv"] = random => Rows(["a", "b", "c", "y"], 400, random, _ =>
        {
            double[] x = [.. Enumerable.Range(0, 3).Select(_ => Normal(random, 1))];
            return [.. x.Select(Text), Text(x[0] - (2 * x[1]) + (3 * x[2]) + Normal(random, 0.2))];
        }),
        // Parts that differ: in units, in place, in what they hold.
        ["units/train.csv"] = random => Blobs(random, 600, 1, 0),
        ["units/test.csv"] = random => Blobs(random, 150, 0.01, 0),
        ["drift/train.csv"] = random => Blobs(random, 600, 1, 0),
        ["drift/test.csv"] = random => Blobs(random, 150, 1, 4),
        ["alike/train.csv"] = random => Blobs(random, 600, 1, 0),
        ["alike/test.csv"] = random => Blobs(random, 150, 1, 0),
        ["dear/train.csv"] = random => Prices(random, 500, 1),
        ["dear/test.csv"] = random => Prices(random, 120, 1000),
    };

    /// <summary>Writes them all into a folder.</summary>
    public static void Write(string folder)
    {
        foreach (var ((name, make), seed) in All.Select((table, i) => (table, i + 1)))
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllLines(path, make(new Random(seed)).Select(row =>
                string.Join(',', row.Select(cell =>
                    cell.Contains(',', StringComparison.Ordinal) ? $"\"{cell}\"" : cell))));
        }
    }

    private static IEnumerable<string[]> Rows(
        string[] header, int count, Random random, Func<int, string[]> row)
    {
        var rows = Enumerable.Range(0, count).Select(row).ToArray();
        random.Shuffle(rows);
        return rows.Prepend(header);
    }

    private static IEnumerable<string[]> Flowers(Random random, int each)
    {
        double[][] means = [[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]];
        double[] deviations = [0.5, 0.35, 0.4, 0.2];
        string[] kinds = ["setosa", "versicolor", "virginica"];
        return Rows(["sepal length", "sepal width", "petal length", "petal width", "kind"], 3 * each, random, i =>
            [.. means[i % 3].Select((mean, c) => Text(Math.Round(mean + Normal(random, deviations[c]), 1))),
                kinds[i % 3]]);
    }

    private static IEnumerable<string[]> Blobs(
        Random random, int count, double unit, double shift) =>
        Rows(["width", "height", "weight", "kind"], count, random, i =>
        {
            var kind = i % 3;
            return [Text(unit * (10 + (3 * kind) + shift + Normal(random, 1))),
                Text(unit * (20 - (2 * kind) + shift + Normal(random, 1))),
                Text(unit * (5 + shift + Normal(random, 1))), $"k{kind}"];
        });

    private static IEnumerable<string[]> Prices(Random random, int count, double unit) =>
        Rows(["area", "age", "price"], count, random, _ =>
        {
            var (area, age) = (50 + (100 * random.NextDouble()), 60 * random.NextDouble());
            return [Text(unit * area), Text(age), Text((3 * area) - age + Normal(random, 8))];
        });

    private static string[] Polar(Random random, double radius, double noise, string kind)
    {
        var t = 2 * Math.PI * random.NextDouble();
        return [Text((radius * Math.Cos(t)) + Normal(random, noise)),
            Text((radius * Math.Sin(t)) + Normal(random, noise)), kind];
    }

    private static string[] Curve(Random random, double from, double to, Func<double, double> of)
    {
        var x = Math.Round(from + ((to - from) * random.NextDouble()), 3);
        return [Text(x), Text(of(x))];
    }

    // Box and Muller.
    private static double Normal(Random random, double deviation) =>
        deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static string Text(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
