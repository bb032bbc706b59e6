namespace Functional.Host.Runs;

/// <summary>Groups of parameters as text: <c>PATTERN:SETTING[:SETTING],...</c>, as in
/// <c>affine1:frozen,biases:weight-decay=0,affine2:learning-rate=0.01:weight-decay=0.1</c>.</summary>
internal static class GroupText
{
    private const string Rate = "learning-rate=", Decay = "weight-decay=", Frozen = "frozen";

    /// <summary>For help.</summary>
    public const string Syntax =
        "PATTERN is a layer (affine1), a name (affine1.weight), with * for anything, or weights, biases, scales or "
        + "shifts; SETTING is frozen, learning-rate=RATE or weight-decay=RATE, several with colons between";

    /// <summary>Reads what <see cref="Of"/> writes.</summary>
    /// <exception cref="UsageException">The text has another form.</exception>
    public static IReadOnlyList<ParameterGroup> Parse(string text) => [.. text.Split(',').Select(One)];

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static string Of(IEnumerable<ParameterGroup> groups) => string.Join(',', groups.Select(group =>
        group.Pattern
        + (group.LearningRate switch
        {
            null => "",
            0 => $":{Frozen}",
            var rate => $":{Rate}{TrainOptions.Text(rate)}",
        })
        + (group.WeightDecay is { } decay ? $":{Decay}{TrainOptions.Text(decay)}" : "")));

    private static ParameterGroup One(string text)
    {
        if (text.Trim().Split(':') is not [{ Length: > 0 } pattern, _, ..] parts)
            throw Expected(text);
        var group = new ParameterGroup(pattern, null, null);
        foreach (var setting in parts.Skip(1))
        {
            var rate = setting == Frozen ? 0 : Value(setting, Rate);
            var decay = Value(setting, Decay);
            if (rate is null == decay is null || (rate is null ? group.WeightDecay : group.LearningRate) is not null)
                throw Expected(text);
            group = new ParameterGroup(pattern, rate ?? group.LearningRate, decay ?? group.WeightDecay);
        }
        return group;
    }

    private static double? Value(string setting, string name) =>
        setting.StartsWith(name, StringComparison.Ordinal) ? TrainOptions.Number(setting[name.Length..]) : null;

    private static UsageException Expected(string found) => TrainOptions.Expected(
        "PATTERN:frozen, PATTERN:learning-rate=RATE or PATTERN:weight-decay=RATE, several with commas between", found);
}
