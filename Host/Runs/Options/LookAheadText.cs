namespace Functional.Host.Runs;

/// <summary>Look-ahead as text: <c>STEPS[:SHARE]</c>.</summary>
internal static class LookAheadText
{
    /// <summary>Reads what <see cref="Of"/> writes.</summary>
    /// <exception cref="UsageException">The text has another form.</exception>
    public static (int Steps, double Share) Parse(string text) => text.Split(':') switch
    {
        [var steps] => (TrainOptions.Integer(steps), 0.5),
        [var steps, var share] => (TrainOptions.Integer(steps), TrainOptions.Number(share)),
        _ => throw TrainOptions.Expected("STEPS or STEPS:SHARE, as in 5:0.5, or none", text),
    };

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public static string Of((int Steps, double Share) lookAhead) =>
        $"{lookAhead.Steps}:{TrainOptions.Text(lookAhead.Share)}";
}
