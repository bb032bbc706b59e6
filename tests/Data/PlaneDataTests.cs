using Functional.Host;
using Functional.Host.Data;
using Functional.Host.Files;
using Functional.Host.Runs;

namespace Functional.Tests.Data;

/// <summary>Points in the plane that are made. Their bits are among the digests.</summary>
public sealed class PlaneDataTests
{
    [Theory]
    [InlineData("circles", 2)]
    [InlineData("spirals", 2)]
    [InlineData("xor", 2)]
    [InlineData("blobs", 3)]
    public void A_shape_has_as_many_points_of_each_class_in_both_parts(string shape, int classes)
    {
        var data = DataSets.Load(shape);
        Assert.Equal((400, 100), (data.Training.Count, data.Test.Count));
        foreach (var part in (DataPart[])[data.Training, data.Test])
        {
            var counts = part.Classes.Counts();
            Assert.Equal(classes, counts.Length);
            Assert.True(counts.Max() - counts.Min() <= 2);
            Assert.All(
                ((Rows)part.Samples).Columns,
                column => Assert.All(((NumberColumn)column).Values, value => Assert.InRange(value, -1.3, 1.3)));
        }
        Assert.Contains(shape, DataSets.Names);
        Assert.Equal(Values(shape), Values($"{shape}:0.03"));
        Assert.Equal(Values(shape), Values($"{shape}:0.03:1"));
        Assert.NotEqual(Values(shape), Values($"{shape}:0.03:2"));
    }

    [Fact]
    public void Noise_moves_each_point_by_its_standard_deviation()
    {
        var (still, moved) = (Values("spirals:0"), Values("spirals:0.2"));
        var deviation = Math.Sqrt(still.Zip(moved, (a, b) => (a - b) * (a - b)).Average());
        Assert.InRange(deviation, 0.19, 0.21);
        // Without noise the shapes are what their names say.
        Assert.All(Values("circles:0").Chunk(2), point => Assert.False(
            Math.Sqrt((point[0] * point[0]) + (point[1] * point[1])) is > 0.5001 and < 0.6999));
    }

    [Theory]
    [InlineData("spirals:0.0125:42")]
    [InlineData("xor:1E-05:-9223372036854775808")]
    [InlineData("blobs:0.1:7")]
    public void A_name_with_noise_and_seed_says_all_of_them(string name) => Assert.Equal(
        name, PlaneData.Parse(name) is var (shape, noise, seed) ? PlaneData.NameOf(shape, noise, seed) : null);

    [Theory]
    [InlineData("spirals:x", "spirals:x: expected a number from 0 to 1 as its noise, found 'x'")]
    [InlineData("spirals:-0.1", "spirals:-0.1: expected a number from 0 to 1 as its noise, found '-0.1'")]
    [InlineData("xor:NaN", "xor:NaN: expected a number from 0 to 1 as its noise, found 'NaN'")]
    [InlineData("xor:0.1:", "xor:0.1:: expected an integer as its seed, found ''")]
    [InlineData("xor:0.1:1.5", "xor:0.1:1.5: expected an integer as its seed, found '1.5'")]
    [InlineData("xor:0.1:1:2", "xor:0.1:1:2: expected NAME[:NOISE[:SEED]], found 'xor:0.1:1:2'")]
    public void What_is_no_noise_and_no_seed_is_said(string name, string message) =>
        Assert.Equal(message, Assert.Throws<DataException>(() => DataSets.Load(name)).Message);

    [Fact]
    public void They_need_no_option_for_tables() => Assert.Equal(
        "is for tables of your own: spirals has columns x and y, and color is learned",
        Assert.Throws<UsageException>(() => DataSets.Load("spirals", label: "color")).Faults.Single().Message);

    [Fact]
    public void They_are_trained_on_as_other_data_are()
    {
        var configuration = new TrainConfiguration { Data = "blobs:0.01:4", Iterations = 60, BatchSize = 20 };
        var summary = new TrainingRun(configuration, configuration.LoadData()).Run().Summary;
        Assert.True(summary.TestAccuracy > 0.9);
        Assert.Equal(
            "functional train --data blobs:0.01:4 --batch-size 20 --iterations 60", configuration.CommandLine());
    }

    // Row after row, whichever part they are in.
    private static double[] Values(string name)
    {
        var columns = ((Rows)DataSets.Load(name).Training.Samples).Columns;
        return [.. Enumerable.Range(0, 400).SelectMany(i => columns.Select(c => ((NumberColumn)c).Values[i]))];
    }
}
