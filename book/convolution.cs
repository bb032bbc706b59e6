// 7.2 to 7.4: im2col, convolution and pooling. With every window written out, a convolution is one matrix product.
//
//     dotnet build -c Release && dotnet run book/convolution.cs

using Functional;
using MathNet.Numerics.LinearAlgebra;

// 3 images of 2 channels, 7 rows and 7 columns, one image per column; 4 filters of 3 x 3.
var (image, samples, key) = (ImageShape.Of(2, 7, 7), 3, Key.OfSeed(1));
Matrix<double> Draw(int rows, int columns, int child) =>
    Matrix<double>.Build.Dense(rows, columns, key.Child(child).Normals(rows * columns));
var x = Draw(image.Size, samples, 0);
var (weight, bias) = (Draw(4, 2 * 3 * 3, 1), Draw(4, 1, 2).Column(0));
var shape = ConvolutionShape.Of(image, filters: 4, kernel: 3, stride: 2, padding: 1);

// By hand.
var windows = new SlidingWindows(image, 3, stride: 2, padding: 1);
Console.WriteLine($"im2col: {x.RowCount} x {x.ColumnCount} -> "
    + $"{windows.Size} x {windows.Im2col(x).ColumnCount}, a column for each window");
var convolution = new ConvolutionByHand(weight, bias, windows);
var y = convolution.Forward(x);
var dy = Draw(y.RowCount, samples, 3);
var dx = convolution.Backward(dy);
var pooling = new PoolingByHand(image, 2);
var pooled = pooling.Forward(x);
var dPooled = Draw(pooled.RowCount, samples, 4);
var dUnpooled = pooling.Backward(dPooled);

// With the library.
var (ourY, back) = new Convolution<double>(shape, weight, bias).Forward(x);
var (gradient, ourDx) = back(dy);
var (ourPooled, poolingBack) = Pooling.Max(image, 2).Forward(x);

Console.WriteLine($"{shape} gives {shape.Output}");
double[] differences =
[
    (y - ourY).L2Norm(),
    (convolution.DWeight! - gradient.Weight).L2Norm(),
    (convolution.DBias! - gradient.Bias).L2Norm(),
    (dx - ourDx.Value).L2Norm(),
    (pooled - ourPooled).L2Norm(),
    (dUnpooled - poolingBack(dPooled)).L2Norm(),
];
Console.WriteLine($"largest difference: {differences.Max():E1}");
return differences.Max() < 1e-12 ? 0 : 1;

// Square windows that slide over images.
class SlidingWindows(ImageShape image, int kernel, int stride, int padding)
{
    public int Size { get; } = image.Channels * kernel * kernel;
    public int Rows { get; } = (image.Height + 2 * padding - kernel) / stride + 1;
    public int Columns { get; } = (image.Width + 2 * padding - kernel) / stride + 1;

    // The elements of each window in a column: first all windows of the first image, then those of the second.
    public Matrix<double> Im2col(Matrix<double> x) =>
        Matrix<double>.Build.Dense(Size, Rows * Columns * x.ColumnCount, (element, window) =>
            Place(element, window) is var (row, sample) && row >= 0 ? x[row, sample] : 0);

    // The way back: an element of the image is in several windows, whose values are added up.
    public Matrix<double> Col2im(Matrix<double> columns)
    {
        var x = Matrix<double>.Build.Dense(image.Size, columns.ColumnCount / (Rows * Columns));
        for (var window = 0; window < columns.ColumnCount; window++)
            for (var element = 0; element < Size; element++)
                if (Place(element, window) is var (row, sample) && row >= 0)
                    x[row, sample] += columns[element, window];
        return x;
    }

    // Where an element of a window is in x; row -1 in the padding.
    private (int Row, int Sample) Place(int element, int window)
    {
        var (sample, place) = Math.DivRem(window, Rows * Columns);
        var (channel, inside) = Math.DivRem(element, kernel * kernel);
        var row = place / Columns * stride + inside / kernel - padding;
        var column = place % Columns * stride + inside % kernel - padding;
        return row < 0 || column < 0 || row >= image.Height || column >= image.Width ? (-1, sample)
            : ((channel * image.Height + row) * image.Width + column, sample);
    }
}

class ConvolutionByHand(Matrix<double> weight, Vector<double> bias, SlidingWindows windows)
{
    private Matrix<double>? columns;

    public Matrix<double>? DWeight { get; private set; }
    public Vector<double>? DBias { get; private set; }

    public Matrix<double> Forward(Matrix<double> x)
    {
        columns = windows.Im2col(x);
        var y = weight * columns + Matrix<double>.Build.Dense(bias.Count, columns.ColumnCount, (row, _) => bias[row]);
        // filters x windows of all images -> (filters x windows of an image) x images
        var places = windows.Rows * windows.Columns;
        return Matrix<double>.Build.Dense(bias.Count * places, x.ColumnCount, (row, sample) =>
            y[row / places, sample * places + row % places]);
    }

    public Matrix<double> Backward(Matrix<double> dy)
    {
        var places = windows.Rows * windows.Columns;
        var dySums = Matrix<double>.Build.Dense(bias.Count, columns!.ColumnCount, (filter, window) =>
            dy[filter * places + window % places, window / places]);
        DWeight = dySums * columns.Transpose();
        DBias = dySums.RowSums();
        return windows.Col2im(weight.Transpose() * dySums);
    }
}

// The largest of each window, channel by channel: each channel of each image is an image of its own.
class PoolingByHand(ImageShape image, int size)
{
    private readonly SlidingWindows windows = new(ImageShape.Of(1, image.Height, image.Width), size, size, padding: 0);
    private int[] largest = [];

    public Matrix<double> Forward(Matrix<double> x)
    {
        var columns = windows.Im2col(Reshape(x, image.Height * image.Width));
        largest = [.. columns.EnumerateColumns().Select(column => column.MaximumIndex())];
        var maxima = columns.EnumerateColumns().Select(column => column.Maximum());
        return Reshape(Matrix<double>.Build.DenseOfRows([maxima]), image.Channels * windows.Rows * windows.Columns);
    }

    // dy goes to the element that was the largest.
    public Matrix<double> Backward(Matrix<double> dy)
    {
        var slopes = dy.ToColumnMajorArray();
        return Reshape(windows.Col2im(Matrix<double>.Build.Dense(windows.Size, slopes.Length, (element, window) =>
            element == largest[window] ? slopes[window] : 0)), image.Size);
    }

    // The same numbers in columns of another length.
    private static Matrix<double> Reshape(Matrix<double> x, int rows) =>
        Matrix<double>.Build.Dense(rows, x.RowCount * x.ColumnCount / rows, x.ToColumnMajorArray());
}
