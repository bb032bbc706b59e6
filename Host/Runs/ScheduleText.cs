namespace Functional.Host.Runs;

/// <summary>
/// Schedules as text: <c>constant</c>, <c>step:EVERY:FACTOR</c>, <c>exponential:FACTOR</c>, <c>cosine[:FINAL]</c> or
/// <c>one-cycle</c>; <c>warmup:STEPS</c> may stand before any of them with a plus, as in <c>warmup:100+cosine</c>.
/// </summary>
internal static class ScheduleText
{
    private const string Form = "[warmup:STEPS+] constant, step:EVERY:FACTOR, exponential:FACTOR, cosine[:FINAL] or one-cycle";

    /// <summary>The schedule of a run of so many steps; those that end, end with it.</summary>
    /// <exception cref="UsageException">The text is no schedule.</exception>
    public static Schedule Parse(string text, int steps)
    {
        switch (text.Split('+'))
        {
            case [var first, .. var rest] when rest.Length <= 1 && first.Split(':') is ["warmup", var count]:
                var warmUp = TrainOptions.Integer(count);
                return Shape(rest is [var then] ? then : "constant", Math.Max(1, steps - warmUp)).AfterWarmUp(warmUp);
            case [var shape]:
                return Shape(shape, Math.Max(1, steps));
            default:
                throw TrainOptions.Expected(Form, text);
        }
    }

    /// <summary>Whether it is another one for a run of another length.</summary>
    public static bool DependsOnLength(string text) => text.Split('+')[^1].Split(':')[0] is "cosine" or "one-cycle";

    private static Schedule Shape(string text, int steps) => text.Split(':') switch
    {
        ["constant"] => Schedule.Constant,
        ["step", var every, var factor] => Schedule.Step(TrainOptions.Integer(every), TrainOptions.Number(factor)),
        ["exponential", var factor] => Schedule.Exponential(TrainOptions.Number(factor)),
        ["cosine"] => Schedule.Cosine(steps),
        ["cosine", var final] => Schedule.Cosine(steps, TrainOptions.Number(final)),
        ["one-cycle"] => Schedule.OneCycle(steps),
        _ => throw TrainOptions.Expected(Form, text),
    };
}
