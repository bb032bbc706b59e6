// Exercise: ridge. The gradient of a loss with rate/2 times the sum of all w² added.
//
//     dotnet build -c Release && dotnet run book/ridge.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

var weight = Matrix<double>.Build.DenseOfArray(new[,] { { 1.0, -2.0 }, { 0.0, 0.5 } });
var gradient = Matrix<double>.Build.DenseOfArray(new[,] { { 0.1, 0.2 }, { 0.3, 0.4 } });

// By hand: the derivative of rate/2 w² is rate w.
Matrix<double> Ridge(double rate, Matrix<double> weight, Matrix<double> gradient) => gradient + rate * weight;
var byHand = Ridge(0.1, weight, gradient);

// With the library; for a whole network, `network.WithPenalty(Penalty.L2(0.1))`.
var ours = Regularization.Ridge(0.1, weight, gradient);

Console.WriteLine($"by hand\n{byHand}with the library\n{ours}");
var difference = (byHand - ours).L2Norm();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;
