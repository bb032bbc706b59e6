// 6.1.2: SGD. Every parameter moves a little against its gradient.
//
//     dotnet build -c Release && dotnet run book/sgd.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// f(x, y) = x²/20 + y², a long valley: the gradient points across it, and hardly along it.
double[] Gradient(double[] p) => [p[0] / 10, 2 * p[1]];
double[] start = [-7, 2];

// By hand.
var sgd = new Sgd(rate: 0.95);
double[] byHand = [.. start];
for (var step = 0; step < 30; step++)
    sgd.Update(byHand, Gradient(byHand));

// With the library: an optimizer is data, and `Minimize` follows it.
var ours = Optimizer.Sgd(learningRate: 0.95)
    .Minimize(p => Vector<double>.Build.Dense(Gradient(p.ToArray())), Vector<double>.Build.Dense(start), steps: 30);

Console.WriteLine($"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})");
var difference = byHand.Zip(ours, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;

class Sgd(double rate)
{
    public void Update(double[] parameters, double[] gradient)
    {
        for (var i = 0; i < parameters.Length; i++)
            parameters[i] -= rate * gradient[i];
    }
}
