// 6.1.8, 6.2.4: smooth_curve. Each point is a weighted mean of eleven, which shows the trend of a noisy loss.
//
//     dotnet build -c Release && dotnet run book/smooth-curve.cs

using Functional;
using Functional.Host.Experiments;

var noise = Key.OfSeed(1).Normals(60);
double[] losses = [.. noise.Select((z, i) => 2 * Math.Exp(-i / 20.0) + 0.1 * z)];

// By hand: a Kaiser window with beta 2, the curve mirrored at both ends.
double Bessel(double x)         // the modified Bessel function of order 0, by its series
{
    double sum = 1, term = 1;
    for (var k = 1; k < 25; k++)
        sum += term *= x * x / (4.0 * k * k);
    return sum;
}
double[] window = [.. Enumerable.Range(-5, 11).Select(k => Bessel(2 * Math.Sqrt(1 - k * k / 25.0)))];
double Mirrored(int i) => i < 0 ? losses[-i] : i < losses.Length ? losses[i] : losses[2 * losses.Length - 1 - i];
double[] byHand = [.. losses.Select((_, i) =>
    Enumerable.Range(-5, 11).Sum(k => window[k + 5] * Mirrored(i + k)) / window.Sum())];

// With the library.
var ours = Smoothing.Kaiser(losses);

Console.WriteLine($"at 30: {losses[30]:F4}, smooth by hand {byHand[30]:F4}, with the library {ours[30]:F4}");
var difference = byHand.Zip(ours, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;
