// 5.5 and 5.6: the layers. Each remembers in `Forward` what its `Backward` needs.
//
//     dotnet build -c Release && dotnet run book/layers.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// 3 features x 4 samples, one sample per column; 2 classes.
var key = Key.OfSeed(1);
var x = Matrix<double>.Build.Dense(3, 4, key.Child(0).Normals(12));
var weight = Matrix<double>.Build.Dense(2, 3, key.Child(1).Normals(6));
var bias = Vector<double>.Build.Dense(key.Child(2).Normals(2));
int[] labels = [0, 1, 1, 0];

// By hand: affine, then ReLU; affine, then sigmoid; affine, then softmax with cross-entropy.
var (affine, relu, sigmoid, loss) = (new Affine(weight, bias), new Relu(), new Sigmoid(), new SoftmaxWithLoss());
var scores = affine.Forward(x);
var throughRelu = relu.Backward(relu.Forward(scores));
var throughSigmoid = sigmoid.Backward(sigmoid.Forward(scores));
var lost = loss.Forward(scores, labels);
var dx = affine.Backward(loss.Backward());

// With the library: `Forward` returns y and a function that goes back; the layers remember nothing.
var (ourScores, affineBack) = new Affine<double>(weight, bias).Forward(x);
var (ourRelu, reluBack) = Activation.Relu.Forward(ourScores);
var (ourSigmoid, sigmoidBack) = Activation.Sigmoid.Forward(ourScores);
var (ourLoss, dScores) = Loss.SoftmaxCrossEntropy().Forward(ourScores, Batch.OneHot<double>(2, labels));
var (gradient, ourDx) = affineBack(dScores);

Console.WriteLine($"loss by hand {lost:F6}, with the library {ourLoss:F6}");
Console.WriteLine($"dL/dW by hand\n{affine.DWeight}with the library\n{gradient.Weight}");
double[] differences =
[
    Math.Abs(lost - ourLoss),
    (scores - ourScores).L2Norm(),
    (throughRelu - reluBack(ourRelu)).L2Norm(),
    (throughSigmoid - sigmoidBack(ourSigmoid)).L2Norm(),
    (affine.DWeight! - gradient.Weight).L2Norm(),
    (affine.DBias! - gradient.Bias).L2Norm(),
    (dx - ourDx.Value).L2Norm(),
];
Console.WriteLine($"largest difference: {differences.Max():E1}");
return differences.Max() < 1e-12 ? 0 : 1;

class Relu
{
    private Matrix<double>? mask;

    public Matrix<double> Forward(Matrix<double> x)
    {
        mask = x.Map(value => value > 0 ? 1.0 : 0);
        return x.PointwiseMultiply(mask);
    }

    public Matrix<double> Backward(Matrix<double> dy) => dy.PointwiseMultiply(mask!);
}

class Sigmoid
{
    private Matrix<double>? y;

    public Matrix<double> Forward(Matrix<double> x) => y = x.Map(value => 1 / (1 + Math.Exp(-value)));

    public Matrix<double> Backward(Matrix<double> dy) => dy.PointwiseMultiply(y!.Map(value => value * (1 - value)));
}

class Affine(Matrix<double> weight, Vector<double> bias)
{
    private Matrix<double>? x;

    public Matrix<double>? DWeight { get; private set; }

    public Vector<double>? DBias { get; private set; }

    public Matrix<double> Forward(Matrix<double> x)
    {
        this.x = x;
        return weight * x + Matrix<double>.Build.Dense(bias.Count, x.ColumnCount, (row, _) => bias[row]);
    }

    public Matrix<double> Backward(Matrix<double> dy)
    {
        DWeight = dy * x!.Transpose();
        DBias = dy.RowSums();
        return weight.Transpose() * dy;
    }
}

class SoftmaxWithLoss
{
    private Matrix<double>? y;
    private int[] labels = [];

    public double Forward(Matrix<double> scores, int[] labels)
    {
        this.labels = labels;
        y = Matrix<double>.Build.DenseOfColumns(scores.EnumerateColumns().Select(column =>
        {
            var exponentials = (column - column.Maximum()).PointwiseExp();
            return exponentials / exponentials.Sum();
        }));
        return labels.Select((label, sample) => -Math.Log(y[label, sample])).Average();
    }

    // (y - t) / N, where t is 1 at the label.
    public Matrix<double> Backward() =>
        y!.MapIndexed((row, sample, value) => (value - (row == labels[sample] ? 1 : 0)) / labels.Length);
}
