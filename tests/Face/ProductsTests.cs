using Functional;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

public class ProductsTests
{
    private static readonly Matrix<double> A = Matrix<double>.Build.Dense(2, 3, [1, 4, 2, 5, 3, 6]);
    private static readonly Matrix<double> B = Matrix<double>.Build.Dense(2, 3, [1, 0, -1, 3, 2, 1]);

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
        Assert.All(
            (Func<Matrix<double>, Matrix<double>, Matrix<double>>[])[Products.TransposeThisProduct,
                Products.ProductWithTranspose],
            product => Assert.Contains(
                "a is 2 x 3 and b is 3 x 4",
                Assert.Throws<ArgumentException>(() => product(A, wide)).Message, StringComparison.Ordinal));
    }
}
