// 6.1.6: Adam. Momentum and AdaGrad together: moving averages of the gradient and of its square.
//
//     dotnet build -c Release && dotnet run book/adam.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

double[] Gradient(double[] p) => [p[0] / 10, 2 * p[1]];
double[] start = [-7, 2];

// By hand.
var adam = new Adam(rate: 0.3);
double[] byHand = [.. start];
for (var step = 0; step < 30; step++)
    adam.Update(byHand, Gradient(byHand));

// With the library.
var ours = Optimizer.Adam(learningRate: 0.3)
    .Minimize(p => Vector<double>.Build.Dense(Gradient(p.ToArray())), Vector<double>.Build.Dense(start), steps: 30);

Console.WriteLine($"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})");
var difference = byHand.Zip(ours, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;

class Adam(double rate, double beta1 = 0.9, double beta2 = 0.999)
{
    private int step;
    private double[]? mean, squares;

    public void Update(double[] parameters, double[] gradient)
    {
        mean ??= new double[parameters.Length];
        squares ??= new double[parameters.Length];
        step++;
        // Both averages begin at 0, which makes them too small at first; the rate corrects for it.
        var corrected = rate * Math.Sqrt(1 - Math.Pow(beta2, step)) / (1 - Math.Pow(beta1, step));
        for (var i = 0; i < parameters.Length; i++)
        {
            mean[i] += (1 - beta1) * (gradient[i] - mean[i]);
            squares[i] += (1 - beta2) * (gradient[i] * gradient[i] - squares[i]);
            parameters[i] -= corrected * mean[i] / (Math.Sqrt(squares[i]) + 1e-7);
        }
    }
}
