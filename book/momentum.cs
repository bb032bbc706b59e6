// 6.1.4: Momentum. The parameters are a ball that rolls: gradients change its velocity.
//
//     dotnet build -c Release && dotnet run book/momentum.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

double[] Gradient(double[] p) => [p[0] / 10, 2 * p[1]];
double[] start = [-7, 2];

// By hand: the velocity stays in the object from step to step.
var momentum = new Momentum(rate: 0.1);
double[] byHand = [.. start];
for (var step = 0; step < 30; step++)
    momentum.Update(byHand, Gradient(byHand));

// With the library: the velocity is in the state that `Update` returns.
var optimizer = Optimizer.Momentum(learningRate: 0.1, momentum: 0.9);
var parameters = Parameters.Of([Parameter.Of("p", Role.Weight, Vector<double>.Build.Dense(start))]);
var state = optimizer.Init(parameters);
for (var step = 0; step < 30; step++)
{
    var gradient = parameters.WithVector(Vector<double>.Build.Dense(Gradient(parameters.ToVector().ToArray())));
    (parameters, state) = optimizer.Update(state, parameters, gradient);
}

var ours = parameters.ToVector();
Console.WriteLine($"by hand ({byHand[0]:F4}, {byHand[1]:F4}), with the library ({ours[0]:F4}, {ours[1]:F4})");
var difference = byHand.Zip(ours, (a, b) => Math.Abs(a - b)).Max();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;

class Momentum(double rate, double momentum = 0.9)
{
    private double[]? velocity;

    public void Update(double[] parameters, double[] gradient)
    {
        velocity ??= new double[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            velocity[i] = momentum * velocity[i] - rate * gradient[i];
            parameters[i] += velocity[i];
        }
    }
}
