using Functional.Host.Runs;

namespace Functional.Tests.Runs;

/// <summary>Lists of names come back from text, whatever is in a name.</summary>
public sealed class ListTextTests
{
    [Theory]
    [InlineData("a,b", "a", "b")]
    [InlineData("a, b c", "a", "b c")]
    [InlineData("\"a, b\",c", "a, b", "c")]
    [InlineData("\" a\",\"\"\"x\"\"\"", " a", "\"x\"")]
    public void Names_are_between_commas(string text, params string[] names) =>
        Assert.Equal(names, ListText.Parse(text));

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a, b", "say \"a\"", " ", "")]
    [InlineData("none")]
    public void What_is_written_is_read_again(params string[] names)
    {
        Assert.Equal(names, ListText.Parse(ListText.Of(names)));
        var configuration = new TrainConfiguration { Ignore = names };
        var ignore = TrainOptions.All.First(option => option.Name == "ignore");
        Assert.Equal(names, ignore.Set(new(), ignore.Get(configuration)!).Ignore);
    }

    [Fact]
    public void Class_weights_by_name_are_read_again()
    {
        var weights = ClassWeights.Of(new Dictionary<string, double> { ["a, b"] = 5, ["c=d"] = 2, ["e"] = 1 });
        Assert.Equal("\"a, b\"=5,c=d=2,e=1", $"{weights}");
        Assert.Equal(weights, ClassWeights.Parse($"{weights}"));
    }

    [Theory]
    [InlineData("samples", "300")]
    [InlineData("loss", "cross-entropy")]
    [InlineData("ignore", "a")]
    public void What_is_not_there_by_default_can_be_taken_back(string name, string value)
    {
        var option = TrainOptions.All.First(option => option.Name == name);
        Assert.Null(option.Get(option.Set(option.Set(new(), value), "none")));
    }
}
