using System.Diagnostics;

namespace Functional.Host.Runs;

/// <summary>
/// A schedule before a run's length is known. As text: <c>constant</c>, <c>step:EVERY:FACTOR</c>,
/// <c>exponential:FACTOR</c>, <c>cosine[:FINAL]</c> or <c>one-cycle</c>; <c>warmup:STEPS</c> may stand before any of
/// them with a plus, as in <c>warmup:100+cosine</c>, or alone.
/// </summary>
public sealed record RunSchedule
{
    private RunSchedule(ScheduleKind kind, int every = 0, double factor = 0) =>
        (Kind, Every, Factor) = (kind, every, factor);

    private const string Form =
        "constant, step:EVERY:FACTOR, exponential:FACTOR, cosine[:FINAL] or one-cycle, with warmup:STEPS+ before it, "
        + "or warmup:STEPS alone";

    /// <summary>The rate stays.</summary>
    public static RunSchedule Constant { get; } = new(ScheduleKind.Constant);

    /// <summary>The rate rises and falls, over the whole run.</summary>
    public static RunSchedule OneCycle { get; } = new(ScheduleKind.OneCycle);

    /// <summary>The rate is multiplied by a factor once every N updates of the weights.</summary>
    public static RunSchedule Step(int every, double factor) => new(ScheduleKind.Step, every, factor);

    /// <summary>The rate is multiplied by a factor after each update of the weights.</summary>
    public static RunSchedule Exponential(double factor) => new(ScheduleKind.Exponential, factor: factor);

    /// <summary>The rate falls along half a cosine, over the whole run, to this share of itself.</summary>
    public static RunSchedule Cosine(double final = 0) => new(ScheduleKind.Cosine, factor: final);

    /// <summary>Updates of the weights in the warm-up.</summary>
    public int WarmUp { get; init; }

    // How the rate goes after the warm-up, the updates between two changes of it, and their factor (or the last one).
    private ScheduleKind Kind { get; }
    private int Every { get; }
    private double Factor { get; }

    /// <summary>Whether it changes with the length of the run.</summary>
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

    /// <summary>The schedule of a run of this many updates of the weights. One that covers the whole run ends with it,
    /// unless the warm-up is as long.</summary>
    public Schedule Over(int updates)
    {
        var rest = Math.Max(1, WarmUp > 0 ? updates - WarmUp : updates);
        var schedule = Kind switch
        {
            ScheduleKind.Step => Schedule.Step(Every, Factor),
            ScheduleKind.Exponential => Schedule.Exponential(Factor),
            ScheduleKind.Cosine => Schedule.Cosine(rest, Factor),
            ScheduleKind.OneCycle => Schedule.OneCycle(rest),
            ScheduleKind.Constant => Schedule.Constant,
            _ => throw new UnreachableException(),
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
            ScheduleKind.Constant => "constant",
            _ => throw new UnreachableException(),
        };
        return WarmUp == 0 ? shape : $"warmup:{WarmUp}+{shape}";
    }

    private static RunSchedule ParseShape(string text) => text.Split(':') switch
    {
        ["constant"] => Constant,
        ["step", var every, var factor] => Step(TrainOptions.Integer(every), TrainOptions.Number(factor)),
        ["exponential", var factor] => Exponential(TrainOptions.Number(factor)),
        ["cosine"] => Cosine(),
        ["cosine", var final] => Cosine(TrainOptions.Number(final)),
        ["one-cycle"] => OneCycle,
        _ => throw TrainOptions.Expected(Form, text),
    };

    private enum ScheduleKind
    {
        Constant,
        Step,
        Exponential,
        Cosine,
        OneCycle,
    }
}
