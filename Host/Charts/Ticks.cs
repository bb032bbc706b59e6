namespace Functional.Host.Charts;

/// <summary>A mark on an axis.</summary>
/// <param name="Value">Where it stands.</param>
/// <param name="Label">What it says; empty for a minor tick.</param>
internal readonly record struct Tick(double Value, string Label);

/// <summary>Few, round ticks, as a good draftsman would set them.</summary>
internal static class Ticks
{
    private const int MostDecimals = 5;
    private const double LogTen = 2.30258509299404568402;

    /// <summary>
    /// About <paramref name="count"/> labelled ticks within a scale's domain: steps of 1, 2 or 5 times a power of ten;
    /// on a logarithmic scale powers of ten (with unlabelled 2 to 9 between where there is room), or 1, 2, 5 if it
    /// spans few.
    /// </summary>
    public static IReadOnlyList<Tick> Of(Scale scale, int count, bool whole = false) =>
        scale.Scaling == Scaling.Linear || Decades(scale) < 1 ? Linear(scale, count, whole)
        : Decades(scale) <= 2.5 && count >= 4 ? OneTwoFive(scale)
        : PowersOfTen(scale, count);

    /// <summary>The ends of a scale's domain moved out to the next ticks.</summary>
    public static (double Low, double High) RoundEnds(Scale scale, int count)
    {
        if (scale.Scaling == Scaling.Logarithmic && Decades(scale) >= 1)
        {
            int[] digits = Decades(scale) < 3 ? [1, 2, 5, 10] : [1, 10];
            return (Beside(scale.Low, candidates => candidates.Last(value => value <= scale.Low * (1 + 1e-9))),
                Beside(scale.High, candidates => candidates.First(value => value >= scale.High * (1 - 1e-9))));

            double Beside(double end, Func<IEnumerable<double>, double> choose) =>
                choose(digits.Select(digit => new Step(digit, Math.Max(Typography.Exponent(end), -307)).Size));
        }
        var step = Step.For(scale, count, whole: false);
        var low = step.Times(Math.Floor(scale.Low / step.Size + 1e-9));
        return (scale.Scaling == Scaling.Logarithmic && low <= 0 ? scale.Low : low,
            step.Times(Math.Ceiling(scale.High / step.Size - 1e-9)));
    }

    private static double Decades(Scale scale) => (Elementary.Log(scale.High) - Elementary.Log(scale.Low)) / LogTen;

    private static Tick[] Linear(Scale scale, int count, bool whole)
    {
        var step = Step.For(scale, count, whole);
        double first = Math.Ceiling(scale.Low / step.Size - 1e-9), last = Math.Floor(scale.High / step.Size + 1e-9);
        var largest = Math.Max(Math.Abs(scale.Low), Math.Abs(scale.High));
        var values = Enumerable.Range(0, (int)Math.Clamp(last - first + 1, 0, 1000)).Select(k => step.Times(first + k));
        var scientific = largest >= 1e7 || step.Exponent < -MostDecimals;
        return [.. values.Select(value => new Tick(value, scientific
            ? Typography.Scientific(value)
            : Typography.Number(value, Math.Max(0, -step.Exponent), groupedFrom: largest >= 1e4 ? 4 : 5)))];
    }

    private static Tick[] OneTwoFive(Scale scale)
    {
        int first = Typography.Exponent(scale.Low), last = Typography.Exponent(scale.High);
        return [.. from exponent in Enumerable.Range(first, last - first + 1)
                   from digit in Enumerable.Range(1, 9)
                   let value = new Step(digit, exponent).Size
                   where scale.Contains(value)
                   select new Tick(value, digit is 1 or 2 or 5 ? Typography.Value(value) : "")];
    }

    private static Tick[] PowersOfTen(Scale scale, int count)
    {
        var first = Typography.Exponent(scale.Low * (1 - 1e-9)) + 1;
        var last = Typography.Exponent(scale.High * (1 + 1e-9));
        var every = Math.Max(1, (int)Math.Ceiling((last - first) / Math.Max(1.0, count)));
        var minor = last - first <= 6 && every == 1;
        return [.. from exponent in Enumerable.Range(first - 1, last - first + 2)
                   from digit in Enumerable.Range(1, minor ? 9 : 1)
                   let value = new Step(digit, exponent).Size
                   where scale.Contains(value) && (minor || Math.Abs(exponent % every) == 0)
                   select new Tick(value, digit == 1 ? Typography.PowerOfTen(exponent) : "")];
    }

    /// <summary>
    /// A digit times a power of ten, multiplied so that 3 steps of 0.1 are 0.3 and not 0.30000000000000004.
    /// </summary>
    private readonly record struct Step(int Digit, int Exponent)
    {
        public double Size => Times(1);

        public double Times(double count) => Exponent < 0 && Exponent > -300
            ? count * Digit / Typography.Power(-Exponent)
            : count * Digit * Typography.Power(Exponent);

        public static Step For(Scale scale, int count, bool whole)
        {
            var rough = (scale.High / 2 - scale.Low / 2) / Math.Max(1, count) * 2;
            var exponent = Typography.Exponent(rough);
            var mantissa = rough / Typography.Power(exponent);
            var step = mantissa < 1.5 ? new Step(1, exponent) : mantissa < 3.5 ? new(2, exponent)
                : mantissa < 7.5 ? new(5, exponent) : new(1, exponent + 1);
            return whole && step.Exponent < 0 ? new(1, 0) : step;
        }
    }
}
