using Functional;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

public class ProductsTests
{
    private static readonly Matrix<double> A = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
    private static readonly Matrix<double> B = Matrix<double>.Build.DenseOfArray(new double[,] { { 1, -1, 2 }, { 0, 3, 1 } });

    [Fact]
    public void Products_are_those_of_the_textbook()
    {
        Assert.Equal(A * B.Transpose(), Products.Product(A, B.Transpose()));
        Assert.Equal(A.Transpose() * B, Products.TransposeThisProduct(A, B));
        Assert.Equal(A * B.Transpose(), Products.ProductWithTranspose(A, B));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_both_named()
    {
        var wide = Matrix<double>.Build.Dense(3, 4);
        Assert.Equal(
            "a b needs sums of one length, but a is 2 x 3 and b is 2 x 3: 3 and 2 (Parameter 'b')",
            Assert.Throws<ArgumentException>(() => Products.Product(A, B)).Message);
        Assert.Contains("a is 2 x 3 and b is 3 x 4", Assert.Throws<ArgumentException>(() => Products.TransposeThisProduct(A, wide)).Message, StringComparison.Ordinal);
        Assert.Contains("a is 2 x 3 and b is 3 x 4", Assert.Throws<ArgumentException>(() => Products.ProductWithTranspose(A, wide)).Message, StringComparison.Ordinal);
    }
}
