// 4.3, 5.7.2: derivatives by central differences, (f(x + h) - f(x - h)) / 2h.
//
//     dotnet build -c Release && dotnet run book/numerical-diff.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// By hand.
double NumericalDiff(Func<double, double> f, double x)
{
    const double h = 1e-4;
    return (f(x + h) - f(x - h)) / (2 * h);
}

double[] NumericalGradient(Func<double[], double> f, double[] x) =>
    [.. x.Select((_, i) => NumericalDiff(value => f([.. x[..i], value, .. x[(i + 1)..]]), x[i]))];

double Line(double x) => 0.01 * x * x + 0.1 * x;
double Bowl(double[] x) => x[0] * x[0] + x[1] * x[1];

// With the library.
var slope = Differences.NumericalDiff(Line, 5);
var gradient = Differences.NumericalGradient<double>(x => Bowl(x.ToArray()), Vector<double>.Build.Dense([3.0, 4]));

var slopeByHand = NumericalDiff(Line, 5);
var byHand = NumericalGradient(Bowl, [3, 4]);
Console.WriteLine($"by hand {slopeByHand:F9} and ({byHand[0]:F6}, {byHand[1]:F6})");
Console.WriteLine($"with the library {slope:F9} and ({gradient[0]:F6}, {gradient[1]:F6}); exactly 0.2 and (6, 8)");
var difference = byHand.Zip(gradient, (a, b) => Math.Abs(a - b)).Append(Math.Abs(slopeByHand - slope)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
// The library divides by the distance actually moved, so rounding differs.
return difference < 1e-9 ? 0 : 1;
