using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Exercises.Marker;
using static Functional.Host.Exercises.Mistake;

namespace Functional.Host.Exercises;

/// <summary>Ridge and lasso: the gradient with a penalty.</summary>
internal static class Penalties
{
    /// <summary>gradient + rate weight.</summary>
    public static Marker Ridge { get; } = new("ridge", numbers: ["rate"], matrices: ["weight", "gradient"])
    {
        Cases = Cases(),
        Right = at => [Regularization.Ridge(at.Numbers[0], at.Matrices[0], at.Matrices[1])],
        GradientOf = at => (w => Sum(at, w) + at.Numbers[0] / 2 * w.PointwisePower(2).RowSums().Sum(), at.Matrices[0]),
        Mistakes =
        [
            Of("the sign of the penalty is wrong", "正則化項の符号が逆です", (r, w, g) => g - r * w),
            Of("the gradient of rate w² is added: the factor 1/2 of the penalty is missing",
                "rate w²の勾配を足しています。ペナルティの係数1/2が抜けています", (r, w, g) => g + 2 * r * w),
            Of("the factor 1/2 is applied twice: the derivative of rate/2 w² is rate w",
                "係数1/2が余分です。rate/2 w²の微分はrate wです", (r, w, g) => g + r / 2 * w),
            Of("only the penalty's gradient is returned: add the gradient of the loss",
                "元の損失の勾配を足し忘れています", (r, w, _) => r * w),
            Of("the penalty is not added at all", "正則化項が足されていません", (_, _, g) => g),
            Of("this is lasso: the sign of the weight is added, not the weight",
                "これはlassoです。重みそのものではなく符号を足しています", (r, w, g) => g + r * w.PointwiseSign()),
            Of("|w| is added instead of w",
                "wの代わりに|w|を足しています", (r, w, g) => g + r * w.PointwiseAbs()),
            Of("the penalty itself is added (w²), not its derivative",
                "微分ではなくペナルティそのもの（w²）を足しています", (r, w, g) => g + r * w.PointwisePower(2)),
            Of("the penalty itself is added (w²/2), not its derivative",
                "微分ではなくペナルティそのもの（w²/2）を足しています", (r, w, g) => g + r / 2 * w.PointwisePower(2)),
            Of("the rate is missing", "rateを掛け忘れています", (_, w, g) => g + w),
            Of("weight and gradient are swapped", "重みと勾配が入れ替わっています", (r, w, g) => w + r * g),
            Of("the penalty is divided by the number of weights: it is a sum, not a mean",
                "重みの個数で割っています。ペナルティは平均ではなく和です",
                (r, w, g) => g + r / (w.RowCount * w.ColumnCount) * w),
            Of("the penalty is divided by the number of columns: it is a sum, not a mean over samples",
                "列数で割っています。ペナルティはサンプル平均ではありません", (r, w, g) => g + r / w.ColumnCount * w),
            Of("a step of descent is taken: return the gradient, not the new weight",
                "重みを更新しています。新しい重みではなく勾配を返してください", (r, w, g) => w - r * g),
            Of("the gradient is multiplied by the rate, too", "勾配にもrateを掛けています", (r, w, g) => r * (g + w)),
            Of("the gradient is added twice, where the weight belongs",
                "重みを足すところで勾配を足しています", (r, _, g) => g + r * g),
            Of("the penalty's value, one number for all weights, is added to every number",
                "すべての要素に、ペナルティの値そのもの（全重みの和）を足しています",
                (r, w, g) => g + r / 2 * w.PointwisePower(2).RowSums().Sum()),
            Of("the weight is divided by its norm: that is the gradient of the norm with its root",
                "重みをノルムで割っています。それは平方根を取ったノルムの勾配です",
                (r, w, g) => g + r / w.FrobeniusNorm() * w),
            Of("a step of descent is taken with the right gradient: return the gradient",
                "正しい勾配で重みを更新しています。勾配そのものを返してください", (r, w, g) => w - r * (g + r * w)),
        ],
    };

    /// <summary>gradient + rate sign(weight).</summary>
    public static Marker Lasso { get; } = new("lasso", numbers: ["rate"], matrices: ["weight", "gradient"])
    {
        Cases = Cases(),
        Right = at => [Regularization.Lasso(at.Numbers[0], at.Matrices[0], at.Matrices[1])],
        GradientOf = at => (w => Sum(at, w) + at.Numbers[0] * w.PointwiseAbs().RowSums().Sum(), at.Matrices[0]),
        Mistakes =
        [
            Of("the sign of the penalty is wrong", "正則化項の符号が逆です", (r, w, g) => g - r * w.PointwiseSign()),
            Of("this is ridge: the weight is added, not its sign",
                "これはridgeです。符号ではなく重みそのものを足しています", (r, w, g) => g + r * w),
            Of("only the penalty's gradient is returned: add the gradient of the loss",
                "元の損失の勾配を足し忘れています", (r, w, _) => r * w.PointwiseSign()),
            Of("the penalty is not added at all", "正則化項が足されていません", (_, _, g) => g),
            Of("the penalty itself is added (|w|), not its derivative",
                "微分ではなくペナルティそのもの（|w|）を足しています", (r, w, g) => g + r * w.PointwiseAbs()),
            Of("the rate is missing", "rateを掛け忘れています", (_, w, g) => g + w.PointwiseSign()),
            Of("a weight of 0 counts as positive: the sign of 0 is 0",
                "0の重みを正として扱っています。0の符号は0です", (r, w, g) => g + r * w.Map(x => x >= 0 ? 1.0 : -1)),
            Of("a weight of 0 counts as negative: the sign of 0 is 0",
                "0の重みを負として扱っています。0の符号は0です", (r, w, g) => g + r * w.Map(x => x > 0 ? 1.0 : -1)),
            Of("negative weights are missing: their sign is -1",
                "負の重みが抜けています。その符号は-1です", (r, w, g) => g + r * w.Map(x => x > 0 ? 1.0 : 0)),
            Of("the sign is taken of the gradient, not of the weight",
                "重みではなく勾配の符号を取っています", (r, _, g) => g + r * g.PointwiseSign()),
            Of("the rate is added to every number, whatever the weight's sign",
                "重みの符号に関係なくrateを足しています", (r, _, g) => g + r),
            Of("w is divided by |w|, which is 0/0 where the weight is 0",
                "wを|w|で割っています。重みが0のとき0/0になります",
                (r, w, g) => g + r * w.PointwiseDivide(w.PointwiseAbs())),
            Of("the penalty is added twice", "正則化項が2倍になっています", (r, w, g) => g + 2 * r * w.PointwiseSign()),
            Of("the penalty has a factor 1/2: lasso has none",
                "係数1/2が付いています。lassoには付きません", (r, w, g) => g + r / 2 * w.PointwiseSign()),
            Of("the penalty is divided by the number of weights: it is a sum, not a mean",
                "重みの個数で割っています。ペナルティは平均ではなく和です",
                (r, w, g) => g + r / (w.RowCount * w.ColumnCount) * w.PointwiseSign()),
            Of("the penalty's value, one number for all weights, is added to every number",
                "すべての要素に、ペナルティの値そのもの（全重みの和）を足しています",
                (r, w, g) => g + r * w.PointwiseAbs().RowSums().Sum()),
            Of("the weight is shrunk towards 0 (soft threshold): return the gradient, not a new weight",
                "重みを0に近づけています（軟判定しきい値）。新しい重みではなく勾配を返してください",
                (r, w, _) => w.Map(x => Math.Sign(x) * Math.Max(0, Math.Abs(x) - r))),
            Of("a step of descent is taken: return the gradient, not the new weight",
                "重みを更新しています。新しい重みではなく勾配を返してください",
                (r, w, g) => w - r * (g + w.PointwiseSign())),
            Of("weight and gradient are swapped", "重みと勾配が入れ替わっています",
                (r, w, g) => w + r * g.PointwiseSign()),
            Of("the gradient is multiplied by the rate, too", "勾配にもrateを掛けています",
                (r, w, g) => r * (g + w.PointwiseSign())),
            Of("the sign is taken of the whole sum", "和全体の符号を取っています",
                (r, w, g) => (g + r * w).PointwiseSign()),
        ],
    };

    // Weights of both signs, and 0.
    private static Case[] Cases()
    {
        Case Of(double rate, int rows, int columns, int seed)
        {
            var weight = Normal(rows, columns, seed);
            weight[rows - 1, 0] = 0;
            return new Case([rate], weight, Normal(rows, columns, seed + 1));
        }
        return [Of(0.1, 2, 3, 1), Of(0.5, 3, 2, 3), Of(0.01, 4, 4, 5)];
    }

    // A loss with this gradient.
    private static double Sum(Case at, Matrix<double> w) => w.PointwiseMultiply(at.Matrices[1]).RowSums().Sum();
}
