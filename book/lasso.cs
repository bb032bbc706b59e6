// Exercise: lasso. The gradient of a loss with rate times the sum of all |w| added: the same push for every weight.
//
//     dotnet build -c Release && dotnet run book/lasso.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

var weight = Matrix<double>.Build.DenseOfArray(new[,] { { 1.0, -2.0 }, { 0.0, 0.5 } });
var gradient = Matrix<double>.Build.DenseOfArray(new[,] { { 0.1, 0.2 }, { 0.3, 0.4 } });

// By hand: the derivative of |w| is the sign of w. At 0 there is none; 0 keeps zero weights at 0.
Matrix<double> Lasso(double rate, Matrix<double> weight, Matrix<double> gradient) =>
    gradient + weight.Map(w => rate * Math.Sign(w), Zeros.Include);
var byHand = Lasso(0.1, weight, gradient);

// With the library; for a whole network, `network.WithPenalty(Penalty.L1(0.1))`.
var ours = Regularization.Lasso(0.1, weight, gradient);

Console.WriteLine($"by hand\n{byHand}with the library\n{ours}");
var difference = (byHand - ours).L2Norm();
Console.WriteLine($"largest difference: {difference:E1}");
return difference < 1e-12 ? 0 : 1;
