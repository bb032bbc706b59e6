using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Tests.Data;

/// <summary>F4 and F7: which rows are trained on.</summary>
public sealed class StratifiedSplitTests
{
    private static int[] Labels(params int[] sizes) =>
        [.. sizes.SelectMany((size, label) => Enumerable.Repeat(label, size))];

    private static int[] Counts(IEnumerable<int> samples, int[] labels, int classes)
    {
        var counts = new int[classes];
        foreach (var sample in samples)
            counts[labels[sample]]++;
        return counts;
    }

    [Fact]
    public void F7_each_class_has_its_share_in_both_parts()
    {
        var labels = Labels(100, 50, 10);
        var split = Split.ByFraction(Key.OfSeed(1).Permutation(160), labels, 0.2);
        Assert.Equal([20, 10, 2], Counts(split.Validation, labels, 3));
        Assert.Equal([80, 40, 8], Counts(split.Training, labels, 3));
    }

    [Fact]
    public void F7_a_class_with_two_samples_or_one_stays_in_training()
    {
        var labels = Labels(25, 25, 1, 2);
        for (var seed = 0; seed < 200; seed++)
            foreach (var share in (double[])[0.02, 0.2, 0.5, 0.8, 0.98])
            {
                var split = Split.ByFraction(Key.OfSeed(seed).Permutation(53), labels, share);
                Assert.All(Counts(split.Training, labels, 4), count => Assert.True(count > 0));
                Assert.NotEmpty(split.Validation);
                Assert.Equal(Enumerable.Range(0, 53), split.Training.Concat(split.Validation).Order());
            }
    }

    [Fact]
    public void F7_where_every_sample_is_its_own_class_both_parts_have_some()
    {
        var split = Split.ByFraction([3, 1, 0, 2], Labels(1, 1, 1, 1), 0.5);
        Assert.Equal((2, 2), (split.Training.Length, split.Validation.Length));
    }

    [Fact]
    public void F7_the_split_is_a_function_of_the_order_alone()
    {
        var (labels, order) = (Labels(30, 20, 10), Key.OfSeed(3).Permutation(60));
        var (first, second) = (Split.ByFraction(order, labels, 0.3), Split.ByFraction([.. order], [.. labels], 0.3));
        Assert.Equal(first.Training, second.Training);
        Assert.Equal(first.Validation, second.Validation);
        Assert.NotEqual(first.Validation, Split.ByFraction(Key.OfSeed(4).Permutation(60), labels, 0.3).Validation);
    }

    [Fact]
    public void F7_the_test_fifth_leaves_every_class_to_training()
    {
        using var folder = new TemporaryFolder();
        var rows = Enumerable.Range(0, 50).Select(i => $"{i},{(i % 2 == 0 ? "a" : "b")}").ToList();
        for (var at = 0; at < 50; at++)
        {
            File.WriteAllText(folder["rare.csv"],
                $"x,kind\n{string.Join('\n', [.. rows[..at], "7,c", .. rows[at..]])}\n");
            var data = DataSets.Load(folder["rare.csv"], "kind");
            Assert.Equal((41, 10), (data.Training.Count, data.Test.Count));
            Assert.Contains(2, data.Training.Classes.Labels);
        }
    }

    [Fact]
    public void Newcomers_11_the_rest_of_a_split_is_split_again()
    {
        var order = Key.OfSeed(1).Permutation(600);
        var (rest, test) = Split.ByFraction(order, 0.2);
        var (training, validation) = Split.ByFraction(rest, 0.25);
        Assert.Equal((360, 120, 120), (training.Length, validation.Length, test.Length));
        Assert.Equal(Enumerable.Range(0, 600), training.Concat(validation).Concat(test).Order());
        var labels = Labels(300, 200, 100);
        var (others, third) = Split.ByFraction(order, labels, 0.2);
        Assert.Equal([60, 40, 20], Counts(Split.ByFraction(others, labels, 0.25).Validation, labels, 3));
        Assert.Equal([60, 40, 20], Counts(third, labels, 3));
    }

    [Fact]
    public void Samples_that_have_no_label_are_refused() =>
        Assert.StartsWith(
            "sample 3 has none of the 3 labels",
            Assert.Throws<ArgumentException>(() => Split.ByFraction([0, 3, 1], Labels(3), 0.5)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void F4_samples_are_drawn_from_every_class()
    {
        var labels = Labels(700, 700, 700, 3);
        foreach (var (count, expected) in (
            (int, int[])[])[(500, [167, 166, 166, 1]), (4, [1, 1, 1, 1]), (2103, [700, 700, 700, 3])])
        {
            var drawn = Split.Draw(labels, count, Key.OfSeed(1));
            Assert.Equal(expected.OrderDescending(), Counts(drawn, labels, 4).OrderDescending());
            Assert.Equal(drawn.Distinct().Order(), drawn);
        }
        Assert.Equal(Split.Draw(labels, 300, Key.OfSeed(1)), Split.Draw(labels, 300, Key.OfSeed(1)));
        Assert.NotEqual(Split.Draw(labels, 300, Key.OfSeed(1)), Split.Draw(labels, 300, Key.OfSeed(2)));
    }

    [Fact]
    public void F4_a_run_draws_its_samples_by_the_seed_and_reports_classes_without_any()
    {
        var labels = Labels(70, 70, 70);
        var table = SmallTables.Labeled(
            Key.OfSeed(1).Normals(420), labels, new Classification(["a", "b", "c"], "kind"), ["x", "y"]);
        var data = new DataSet(table, table);
        var run = new TrainingRun(new TrainConfiguration { Samples = 30, Validation = 0.2 }, data);
        Assert.Equal([8, 8, 8], Counts(run.Split.Training, labels, 3));
        Assert.Equal([2, 2, 2], Counts(run.Split.Validation, labels, 3));
        Assert.Empty(run.Gaps());
        Assert.NotEqual(run.Split.Training.Order(),
            new TrainingRun(new TrainConfiguration { Samples = 30, Validation = 0.2, Seed = 2 },
                data).Split.Training.Order());
        Assert.Matches(
            "^class [abc] has none of the 2 training samples, so it can't be learned$",
            Assert.Single(new TrainingRun(new TrainConfiguration { Samples = 2 }, data).Gaps()));
    }
}
