namespace Functional.Host.Runs;

/// <summary>How the learning rate goes after the warm-up.</summary>
public enum ScheduleKind
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It is multiplied by a factor after every n updates of the weights.</summary>
    Step,

    /// <summary>It is multiplied by a factor after each update.</summary>
    Exponential,

    /// <summary>It falls along half a cosine, over the whole run.</summary>
    Cosine,

    /// <summary>It rises and falls, over the whole run.</summary>
    OneCycle,
}

/// <summary>
/// A schedule before a run's length is known. As text: <c>constant</c>, <c>step:EVERY:FACTOR</c>,
/// <c>exponential:FACTOR</c>, <c>cosine[:FINAL]</c> or <c>one-cycle</c>; <c>warmup:STEPS</c> may stand before any of
/// them with a plus, as in <c>warmup:100+cosine</c>.
/// </summary>
/// <param name="Kind">How the rate goes after the warm-up.</param>
/// <param name="Every">Of <see cref="ScheduleKind.Step"/>: the updates of the weights between two changes of the
/// rate.</param>
/// <param name="Factor">The factor of a change; of <see cref="ScheduleKind.Cosine"/> the one at the end.</param>
/// <param name="WarmUp">Updates of the weights in the warm-up.</param>
public sealed record RunSchedule(ScheduleKind Kind, int Every = 0, double Factor = 0, int WarmUp = 0)
{
    private const string Form =
        "[warmup:STEPS+] constant, step:EVERY:FACTOR, exponential:FACTOR, cosine[:FINAL] or one-cycle";

    /// <summary>The rate stays.</summary>
    public static RunSchedule Constant { get; } = new(ScheduleKind.Constant);

    /// <summary>Whether it is another one for a run of another length.</summary>
    public bool DependsOnLength => Kind is ScheduleKind.Cosine or ScheduleKind.OneCycle;

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="UsageException">The text is no schedule.</exception>
    public static RunSchedule Parse(string text) => text.Given().Split('+') switch
    {
        [var first, .. var rest] when rest.Length <= 1 && first.Split(':') is ["warmup", var steps] =>
            ParseShape(rest is [var shape] ? shape : "constant") with { WarmUp = TrainOptions.Integer(steps) },
        [var shape] => ParseShape(shape),
        _ => throw TrainOptions.Expected(Form, text),
    };

    /// <summary>The schedule of a run of this many updates of the weights; those that end, end with it.</summary>
    public Schedule Over(int updates)
    {
        var rest = Math.Max(1, WarmUp > 0 ? updates - WarmUp : updates);
        var schedule = Kind switch
        {
            ScheduleKind.Step => Schedule.Step(Every, Factor),
            ScheduleKind.Exponential => Schedule.Exponential(Factor),
            ScheduleKind.Cosine => Schedule.Cosine(rest, Factor),
            ScheduleKind.OneCycle => Schedule.OneCycle(rest),
            _ => Schedule.Constant,
        };
        return schedule.AfterWarmUp(WarmUp);
    }

    /// <summary>What <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        var shape = Kind switch
        {
            ScheduleKind.Step => $"step:{Every}:{TrainOptions.Text(Factor)}",
            ScheduleKind.Exponential => $"exponential:{TrainOptions.Text(Factor)}",
            ScheduleKind.Cosine => Factor == 0 ? "cosine" : $"cosine:{TrainOptions.Text(Factor)}",
            ScheduleKind.OneCycle => "one-cycle",
            _ => "constant",
        };
        return WarmUp == 0 ? shape : $"warmup:{WarmUp}+{shape}";
    }

    private static RunSchedule ParseShape(string text) => text.Split(':') switch
    {
        ["constant"] => Constant,
        ["step", var every, var factor] =>
            new(ScheduleKind.Step, TrainOptions.Integer(every), TrainOptions.Number(factor)),
        ["exponential", var factor] => new(ScheduleKind.Exponential, Factor: TrainOptions.Number(factor)),
        ["cosine"] => new(ScheduleKind.Cosine),
        ["cosine", var final] => new(ScheduleKind.Cosine, Factor: TrainOptions.Number(final)),
        ["one-cycle"] => new(ScheduleKind.OneCycle),
        _ => throw TrainOptions.Expected(Form, text),
    };
}
