// 6.4.3: dropout. In training, random units output 0; in evaluation, all outputs are scaled down.
//
//     dotnet build -c Release && dotnet run book/dropout.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

var key = Key.OfSeed(1);
var x = Matrix<double>.Build.Dense(4, 5, key.Child(0).Normals(20));
var dy = Matrix<double>.Build.Dense(4, 5, key.Child(1).Normals(20));

// By hand, with the book's ratio.
var byHand = new DropoutByHand(ratio: 0.5);
var y = byHand.Forward(x, key.Child(2));
var dx = byHand.Backward(dy);

// With the library, and the same mask.
var dropout = new Dropout(ratio: 0.5, DropoutForm.Book);
var (ourY, back) = dropout.ForwardWith(x, byHand.Mask!);

// If no mask is given, it is drawn from a key: the same key gives the same mask.
var (drawn, _) = dropout.Forward(x, key);
var (again, _) = dropout.Forward(x, key);

Console.WriteLine($"in training\n{y}in evaluation\n{byHand.Predict(x)}");
double[] differences =
    [(y - ourY).L2Norm(), (dx - back(dy)).L2Norm(), (byHand.Predict(x) - dropout.Predict(x)).L2Norm(),
        (drawn - again).L2Norm()];
Console.WriteLine($"largest difference: {differences.Max():E1}");
return differences.Max() < 1e-12 ? 0 : 1;

class DropoutByHand(double ratio = 0.5)
{
    public Matrix<double>? Mask { get; private set; }

    public Matrix<double> Forward(Matrix<double> x, Key key)
    {
        var numbers = key.Uniforms(x.RowCount * x.ColumnCount);
        Mask = Matrix<double>.Build.Dense(
            x.RowCount, x.ColumnCount, (row, column) => numbers[row + column * x.RowCount] > ratio ? 1 : 0);
        return x.PointwiseMultiply(Mask);
    }

    public Matrix<double> Backward(Matrix<double> dy) => dy.PointwiseMultiply(Mask!);

    public Matrix<double> Predict(Matrix<double> x) => (1 - ratio) * x;
}
