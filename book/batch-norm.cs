// 6.3: batch normalization. Forward, backward step by step, and the running statistics.
//
//     dotnet build -c Release && dotnet run book/batch-norm.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// 3 features x 6 samples.
var key = Key.OfSeed(1);
var x = Matrix<double>.Build.Dense(3, 6, key.Child(0).Normals(18));
var dy = Matrix<double>.Build.Dense(3, 6, key.Child(1).Normals(18));
double[] gamma = [1.5, 0.5, 2], beta = [0.1, -0.2, 0];

// By hand.
var byHand = new BatchNormalization(gamma, beta);
var y = byHand.Forward(x);
var dx = byHand.Backward(dy);

// With the library: the batch's statistics come back with y, and `After` returns the layer with new running statistics.
var layer = new BatchNorm<double>(
    new BatchNormConfiguration(momentum: 0.9, epsilon: 1e-6),
    new ScaleShift<double>(Vector<double>.Build.Dense(gamma), Vector<double>.Build.Dense(beta)),
    new BatchNormStatistics<double>(Vector<double>.Build.Dense(3), Vector<double>.Build.Dense(3)));
var (ourY, seen, back) = layer.Forward(x);
var (gradient, ourDx) = back(dy);
var after = layer.After(seen);

Console.WriteLine($"y by hand\n{y}with the library\n{ourY}");
double[] differences =
[
    (y - ourY).L2Norm(),
    (dx - ourDx.Value).L2Norm(),
    (Vector<double>.Build.Dense(byHand.DGamma) - gradient.Gamma).L2Norm(),
    (Vector<double>.Build.Dense(byHand.DBeta) - gradient.Beta).L2Norm(),
    (Vector<double>.Build.Dense(byHand.RunningMean) - after.Statistics.Mean).L2Norm(),
    (Vector<double>.Build.Dense(byHand.RunningVariance) - after.Statistics.Variance).L2Norm(),
    (byHand.Predict(x) - after.Predict(x)).L2Norm(),
];
Console.WriteLine($"largest difference: {differences.Max():E1}");
return differences.Max() < 1e-10 ? 0 : 1;

class BatchNormalization(double[] gamma, double[] beta, double momentum = 0.9, double epsilon = 1e-6)
{
    private Matrix<double>? normal;
    private double[] deviations = [];

    public double[] DGamma { get; } = new double[gamma.Length];

    public double[] DBeta { get; } = new double[gamma.Length];

    public double[] RunningMean { get; } = new double[gamma.Length];

    public double[] RunningVariance { get; } = new double[gamma.Length];

    public Matrix<double> Forward(Matrix<double> x)
    {
        normal = x.Clone();
        deviations = new double[gamma.Length];
        for (var i = 0; i < gamma.Length; i++)
        {
            var row = x.Row(i);
            var mean = row.Average();
            var variance = (row - mean).PointwisePower(2).Average();
            deviations[i] = Math.Sqrt(variance + epsilon);
            normal.SetRow(i, (row - mean) / deviations[i]);
            RunningMean[i] = momentum * RunningMean[i] + (1 - momentum) * mean;
            RunningVariance[i] = momentum * RunningVariance[i] + (1 - momentum) * variance;
        }
        return normal.MapIndexed((i, _, z) => gamma[i] * z + beta[i]);
    }

    public Matrix<double> Backward(Matrix<double> dy)
    {
        var dx = dy.Clone();
        for (var i = 0; i < gamma.Length; i++)
        {
            var (d, z) = (dy.Row(i), normal!.Row(i));
            DBeta[i] = d.Sum();
            DGamma[i] = d * z;
            // Mean and deviation depend on x, too: what all samples share, and what moves along z, makes no change.
            dx.SetRow(i, gamma[i] / deviations[i] * (d - DBeta[i] / d.Count - z * (DGamma[i] / d.Count)));
        }
        return dx;
    }

    public Matrix<double> Predict(Matrix<double> x) => x.MapIndexed((i, _, value) =>
        gamma[i] * (value - RunningMean[i]) / Math.Sqrt(RunningVariance[i] + epsilon) + beta[i]);
}
