// 6.1.5: AdaGrad. The more a parameter has moved, the smaller its steps become.
//
//     dotnet build -c Release && dotnet run book/adagrad.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

double[] Gradient(double[] p) => [p[0] / 10, 2 * p[1]];
double[] start = [-7, 2];

// By hand.
var adaGrad = new AdaGrad(rate: 1.5);
double[] byHand = [.. start];
for (var step = 0; step < 30; step++)
    adaGrad.Update(byHand, Gradient(byHand));

// With the library: all points of the path.
var path = Optimizer.AdaGrad(learningRate: 1.5)
    .Path(p => Vector<double>.Build.Dense(Gradient(p.ToArray())), Vector<double>.Build.Dense(start), steps: 30);
var ours = path[^1];

Console.WriteLine($"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})");
var difference = byHand.Zip(ours, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;

class AdaGrad(double rate)
{
    private double[]? squares;

    public void Update(double[] parameters, double[] gradient)
    {
        squares ??= new double[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            squares[i] += gradient[i] * gradient[i];
            // 1e-7 outside the root, so that nothing is divided by 0.
            parameters[i] -= rate * gradient[i] / (Math.Sqrt(squares[i]) + 1e-7);
        }
    }
}
