namespace Functional.Host.Data;

/// <summary>How a number becomes another: (number - mean) / deviation.</summary>
/// <param name="Mean">What is subtracted.</param>
/// <param name="Deviation">What the difference is divided by; not 0.</param>
public readonly record struct NumberScale(double Mean, double Deviation)
{
    /// <summary>Numbers stay as they are.</summary>
    public static NumberScale None { get; } = new(0, 1);

    /// <summary>Mean and deviation of some of the numbers, in double precision; a deviation of 0 counts as 1.</summary>
    /// <param name="numbers">All numbers.</param>
    /// <param name="places">Those that are looked at, at least one.</param>
    public static NumberScale Standard(double[] numbers, int[] places)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        ArgumentNullException.ThrowIfNull(places);
        var (sum, squares) = (0.0, 0.0);
        foreach (var place in places)
            sum += numbers[place];
        var mean = sum / places.Length;
        foreach (var place in places)
        {
            var distance = numbers[place] - mean;
            squares += distance * distance;
        }
        // A square may be too small for a number where what is squared is not.
        var deviation = double.IsNormal(squares)
            ? Math.Sqrt(squares / places.Length) : InUnitsOfTheLargest(numbers, places, mean);
        return new NumberScale(mean, deviation > 0 ? deviation : 1);
    }

    /// <summary>A number, scaled.</summary>
    public double Apply(double number) => (number - Mean) / Deviation;

    /// <summary>The number that was scaled to this.</summary>
    public double Invert(double scaled) => (scaled * Deviation) + Mean;

    /// <summary>What is wrong with it; null if nothing is.</summary>
    internal string? Fault() =>
        double.IsFinite(Mean) && double.IsFinite(Deviation) && Deviation != 0
            ? null : "means and deviations must be finite, and deviations not 0";

    /// <summary>As in <c>(number - 3.5) / 1.2</c>.</summary>
    public override string ToString() =>
        this == None ? "the number itself" : Invariant($"(number - {Mean:G6}) / {Deviation:G6}");

    private static double InUnitsOfTheLargest(double[] numbers, int[] places, double mean)
    {
        var distances = Array.ConvertAll(places, place => Math.Abs(numbers[place] - mean));
        var unit = distances.Max();
        return unit == 0 ? 0 : unit * Math.Sqrt(distances.Average(distance => distance / unit * (distance / unit)));
    }
}
