using System.Globalization;
using System.Numerics;

namespace Functional.Host.Data;

/// <summary>How numbers become features: (number - mean) / deviation.</summary>
/// <param name="Means">One per feature, or one for all.</param>
/// <param name="Deviations">As many, none of them 0.</param>
public sealed record FeatureScale(IReadOnlyList<double> Means, IReadOnlyList<double> Deviations)
{
    /// <summary>Numbers are features.</summary>
    public static FeatureScale None { get; } = new([0], [1]);

    /// <summary>Whether numbers are features as they are.</summary>
    public bool IsNone => Means.All(mean => mean == 0) && Deviations.All(deviation => deviation == 1);

    /// <summary>Of bytes, as the core has it.</summary>
    public static FeatureScale Of(ByteScale scale) => new([scale.Shift], [scale.Divisor]);

    /// <summary>The scale of bytes, if it is one for all features.</summary>
    public ByteScale? Bytes => Means.Count == 1 ? new ByteScale(Means[0], Deviations[0]) : null;

    /// <summary>Mean and deviation of each feature, in double precision; a deviation of 0 counts as 1.</summary>
    /// <param name="numbers">Sample after sample.</param>
    /// <param name="features">How many numbers a sample has.</param>
    /// <param name="samples">Those that are looked at, at least one.</param>
    public static FeatureScale Standard<T>(ReadOnlySpan<T> numbers, int features, int[] samples)
        where T : unmanaged, INumberBase<T>
    {
        ArgumentNullException.ThrowIfNull(samples);
        var (means, deviations) = (new double[features], new double[features]);
        foreach (var sample in samples)
            for (var i = 0; i < features; i++)
                means[i] += double.CreateSaturating(numbers[(sample * features) + i]);
        for (var i = 0; i < features; i++)
            means[i] /= samples.Length;
        foreach (var sample in samples)
            for (var i = 0; i < features; i++)
            {
                var distance = double.CreateSaturating(numbers[(sample * features) + i]) - means[i];
                deviations[i] += distance * distance;
            }
        for (var i = 0; i < features; i++)
        {
            // A square may be too small for a number where what is squared is not.
            var deviation = double.IsNormal(deviations[i]) ? Math.Sqrt(deviations[i] / samples.Length)
                : InUnitsOfTheLargest(numbers, features, samples, i, means[i]);
            deviations[i] = deviation > 0 ? deviation : 1;
        }
        return new FeatureScale(means, deviations);
    }

    private static double InUnitsOfTheLargest<T>(
        ReadOnlySpan<T> numbers, int features, int[] samples, int feature, double mean)
        where T : unmanaged, INumberBase<T>
    {
        var distances = new double[samples.Length];
        for (var k = 0; k < samples.Length; k++)
            distances[k] = Math.Abs(double.CreateSaturating(numbers[(samples[k] * features) + feature]) - mean);
        var unit = distances.Max();
        return unit == 0 ? 0 : unit * Math.Sqrt(distances.Average(distance => distance / unit * (distance / unit)));
    }

    /// <summary>The features of samples, a sample after the other.</summary>
    /// <param name="numbers">Sample after sample.</param>
    /// <param name="features">How many numbers a sample has: as many as there are means, if there is not one for all.
    /// </param>
    /// <exception cref="ArgumentException">The scale is one of another number of features, or the last sample is not
    /// whole.</exception>
    public T[] Apply<T>(ReadOnlySpan<T> numbers, int features) where T : unmanaged, IFloatingPointIeee754<T> =>
        Apply<T, T>(numbers, features);

    /// <summary>The features of samples, a sample after the other: scaled in double precision, and only then rounded.
    /// </summary>
    /// <inheritdoc cref="Apply{T}(ReadOnlySpan{T}, int)"/>
    public TFeature[] Apply<TNumber, TFeature>(ReadOnlySpan<TNumber> numbers, int features)
        where TNumber : unmanaged, INumberBase<TNumber> where TFeature : unmanaged, IFloatingPointIeee754<TFeature>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(features, 1);
        if (Means.Count != Deviations.Count || (Means.Count != 1 && Means.Count != features))
            throw new ArgumentException(
                $"{Means.Count} means and {Deviations.Count} deviations can't scale samples of {features} " +
                "features", nameof(features));
        if (numbers.Length % features != 0)
            throw new ArgumentException(
                $"{numbers.Length} numbers are no whole samples of {features} features", nameof(numbers));
        var scaled = new TFeature[numbers.Length];
        for (var k = 0; k < scaled.Length; k++)
        {
            var i = Means.Count == 1 ? 0 : k % features;
            scaled[k] = TFeature.CreateSaturating((double.CreateSaturating(numbers[k]) - Means[i]) / Deviations[i]);
        }
        return scaled;
    }

    /// <summary>The features of samples, a sample after the other.</summary>
    /// <inheritdoc cref="Apply{T}(ReadOnlySpan{T}, int)"/>
    public T[] Apply<T>(T[] numbers, int features) where T : unmanaged, IFloatingPointIeee754<T> =>
        Apply(new ReadOnlySpan<T>(numbers), features);

    /// <summary>As in <c>(number - 3.5) / 1.2</c>; of several features, how many.</summary>
    public override string ToString() => IsNone ? "numbers as they are"
        : Means.Count == 1 && Deviations.Count == 1
        ? string.Create(CultureInfo.InvariantCulture, $"(number - {Means[0]:G6}) / {Deviations[0]:G6}")
        : $"(number - mean) / deviation, of {Means.Count} features";
}
