namespace Functional.Host.Runs;

/// <summary>Look-ahead: every <c>STEPS</c> steps the weights return to slow weights. As text:
/// <c>STEPS[:SHARE]</c>.</summary>
/// <param name="Steps">The number of steps from one return to the next.</param>
/// <param name="Share">The share of the way that the slow weights follow.</param>
public sealed record LookAhead(int Steps, double Share = 0.5)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="UsageException">The text has another form.</exception>
    public static LookAhead Parse(string text) => text.Given().Split(':') switch
    {
        [var steps] => new(TrainOptions.Integer(steps)),
        [var steps, var share] => new(TrainOptions.Integer(steps), TrainOptions.Number(share)),
        _ => throw TrainOptions.Expected("STEPS or STEPS:SHARE, as in 5:0.5, or none", text),
    };

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Steps}:{TrainOptions.Text(Share)}";
}
