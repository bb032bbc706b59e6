using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Exercises.Marker;
using static Functional.Host.Exercises.Mistake;

namespace Functional.Host.Exercises;

/// <summary>Backward through sigmoid and dropout.</summary>
internal static class Backward
{
    /// <summary>dy y (1 - y).</summary>
    public static Marker Sigmoid { get; } = new("sigmoid", numbers: [], matrices: ["y", "dy"])
    {
        Cases = [.. new (int Rows, int Columns)[] { (2, 3), (3, 1), (4, 2) }.Select((at, i) => new Case([],
            Activation.Sigmoid.Predict(3 * Normal(at.Rows, at.Columns, 10 + i)),
            Normal(at.Rows, at.Columns, 20 + i)))],
        Right = at => [at.Matrices[1].PointwiseMultiply(Slope(at.Matrices[0]))],
        GradientOf = at => (
            x => Activation.Sigmoid.Predict(x).PointwiseMultiply(at.Matrices[1]).RowSums().Sum(),
            at.Matrices[0].Map(y => Elementary.Log(y / (1 - y)))),
        Mistakes =
        [
            Of("dy is missing: the chain rule multiplies by it",
                "dyを掛け忘れています（連鎖律）", (y, _) => Slope(y)),
            Of("the factor 1 - y is missing", "1 - yを掛け忘れています", (y, dy) => dy.PointwiseMultiply(y)),
            Of("the factor y is missing", "yを掛け忘れています", (y, dy) => dy.PointwiseMultiply(1 - y)),
            Of("this is tanh's derivative, 1 - y²",
                "これはtanhの微分（1 - y²）です", (y, dy) => dy.PointwiseMultiply(1 - y.PointwisePower(2))),
            Of("the sign is wrong: it is y (1 - y), not y (y - 1)",
                "符号が逆です。y (y - 1)ではなくy (1 - y)です", (y, dy) => -dy.PointwiseMultiply(Slope(y))),
            Of("sigmoid is taken once more: y is already sigmoid(x)",
                "シグモイドをもう一度適用しています。yはすでにsigmoid(x)です",
                (y, dy) => dy.PointwiseMultiply(Slope(Activation.Sigmoid.Predict(y)))),
            Of("y is squared: it is y (1 - y), not y²",
                "y²になっています。正しくはy (1 - y)です", (y, dy) => dy.PointwiseMultiply(y.PointwisePower(2))),
            Of("1 - y is squared: it is y (1 - y), not (1 - y)²",
                "(1 - y)²になっています。正しくはy (1 - y)です",
                (y, dy) => dy.PointwiseMultiply((1 - y).PointwisePower(2))),
            Of("parentheses are missing around 1 - y",
                "1 - yのまわりの括弧が抜けています", (y, dy) => dy.PointwiseMultiply(y) - y),
            Of("dy is divided by y (1 - y) instead of multiplied",
                "y (1 - y)を掛ける代わりに割っています", (y, dy) => dy.PointwiseDivide(Slope(y))),
            Of("dy is returned unchanged", "dyをそのまま返しています", (_, dy) => dy),
            Of("this is ReLU's backward", "これはReLUの逆伝播です",
                (y, dy) => dy.PointwiseMultiply(y.Map(value => value > 0.5 ? 1.0 : 0))),
            Of("the forward pass is computed: sigmoid of dy",
                "順伝播（dyのシグモイド）を計算しています", (_, dy) => Activation.Sigmoid.Predict(dy)),
            Of("the result is divided by the number of samples: the loss already does that",
                "サンプル数で割っています。それは損失の側で済んでいます",
                (y, dy) => dy.PointwiseMultiply(Slope(y)) / y.ColumnCount),
            Of("dy is added instead of multiplied", "dyを掛ける代わりに足しています", (y, dy) => dy + Slope(y)),
            Of("the sign within is wrong: it is 1 - y, not 1 + y", "括弧の中の符号が違います。1 + yではなく1 - yです",
                (y, dy) => dy.PointwiseMultiply(y + y.PointwisePower(2))),
            Of("dy stands where y belongs: it is y (1 - y)", "yのところにdyを使っています。正しくはy (1 - y)です",
                (y, dy) => dy.PointwiseMultiply(y).PointwiseMultiply(1 - dy)),
            Of("1 - y is divided by y: it is y times 1 - y", "1 - yをyで割っています。正しくはy × (1 - y)です",
                (y, dy) => dy.PointwiseMultiply((1 - y).PointwiseDivide(y))),
            Of("y (1 - y) is the derivative already; this is its own, 1 - 2y",
                "y (1 - y)がすでに微分です。これはさらにその微分（1 - 2y）です",
                (y, dy) => dy.PointwiseMultiply(1 - 2 * y)),
        ],
    };

    /// <summary>dy mask / (1 - ratio).</summary>
    public static Marker Dropout { get; } = new("dropout", numbers: ["ratio"], matrices: ["mask", "dy"])
    {
        Cases =
        [
            .. new (double Ratio, int Rows, int Columns)[] { (0.2, 3, 4), (0.3, 2, 3), (0.75, 4, 2) }.Select(
                (at, i) => new Case([at.Ratio], Normal(at.Rows, at.Columns, 30 + i).Map(z => z > -0.5 ? 1.0 : 0),
                    Normal(at.Rows, at.Columns, 40 + i))),
        ],
        Right = at => [at.Matrices[1].PointwiseMultiply(at.Matrices[0]) / (1 - at.Numbers[0])],
        GradientOf = at => (
            x => x.PointwiseMultiply(at.Matrices[0]).PointwiseMultiply(at.Matrices[1]).RowSums().Sum()
                / (1 - at.Numbers[0]), Normal(at.Matrices[0].RowCount, at.Matrices[0].ColumnCount, 50)),
        Mistakes =
        [
            Of("the mask is missing: what was dropped gets no gradient",
                "マスクを掛け忘れています。落とした要素に勾配は流れません", (r, _, dy) => dy / (1 - r)),
            Of("the scale 1 / (1 - ratio) of the forward pass is missing",
                "順伝播の係数1 / (1 - ratio)を掛け忘れています", (_, mask, dy) => dy.PointwiseMultiply(mask)),
            Of("the result is multiplied by 1 - ratio instead of divided",
                "1 - ratioで割る代わりに掛けています", (r, mask, dy) => dy.PointwiseMultiply(mask) * (1 - r)),
            Of("the result is divided by the ratio, not by 1 - ratio",
                "1 - ratioではなくratioで割っています", (r, mask, dy) => dy.PointwiseMultiply(mask) / r),
            Of("the result is multiplied by the ratio",
                "ratioを掛けています", (r, mask, dy) => dy.PointwiseMultiply(mask) * r),
            Of("the mask is inverted: 1 keeps an element",
                "マスクが反転しています。1が残す要素です", (r, mask, dy) => dy.PointwiseMultiply(1 - mask) / (1 - r)),
            Of("the mask is inverted, and the scale is missing",
                "マスクが反転し、係数も抜けています", (_, mask, dy) => dy.PointwiseMultiply(1 - mask)),
            Of("dy is returned unchanged: that is the backward of evaluation",
                "dyをそのまま返しています。それは推論時の逆伝播です", (_, _, dy) => dy),
            Of("this is scaling at evaluation, (1 - ratio) dy, without a mask",
                "これは推論時のスケーリング（(1 - ratio) dy、マスクなし）です", (r, _, dy) => dy * (1 - r)),
            Of("the sign is wrong", "符号が逆です", (r, mask, dy) => -dy.PointwiseMultiply(mask) / (1 - r)),
            Of("dy is missing: the chain rule multiplies by it",
                "dyを掛け忘れています（連鎖律）", (r, mask, _) => mask / (1 - r)),
            Of("only the mask is returned", "マスクだけを返しています", (_, mask, _) => mask),
            Of("the scale is applied twice",
                "係数が2回掛かっています", (r, mask, dy) => dy.PointwiseMultiply(mask) / ((1 - r) * (1 - r))),
            Of("the result is divided by the number of samples: the loss already does that",
                "サンプル数で割っています。それは損失の側で済んでいます",
                (r, mask, dy) => dy.PointwiseMultiply(mask) / (1 - r) / dy.ColumnCount),
            Of("dy is added instead of multiplied",
                "dyを掛ける代わりに足しています", (r, mask, dy) => dy + mask / (1 - r)),
            Of("parentheses are missing around 1 - ratio",
                "1 - ratioのまわりの括弧が抜けています", (r, mask, dy) => dy.PointwiseMultiply(mask) - r),
            Of("the result is divided by the share that this mask keeps; the forward pass divides by 1 - ratio",
                "このマスクが残した割合で割っています。順伝播は1 - ratioで割ります",
                (_, mask, dy) => dy.PointwiseMultiply(mask) / Mean(mask)),
        ],
    };

    private static double Mean(Matrix<double> mask) => mask.RowSums().Sum() / (mask.RowCount * mask.ColumnCount);

    private static Matrix<double> Slope(Matrix<double> y) => y.PointwiseMultiply(1 - y);
}
