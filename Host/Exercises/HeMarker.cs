using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>Marks He's initial weights: normal, with deviation sqrt(2 / inputs).</summary>
internal static class HeMarker
{
    private const string Name = "he";

    // Of 60,000 normal numbers the deviation is right to 0.3%, the mean to 0.4% of the deviation: 2% is far outside.
    private static readonly (int Outputs, int Inputs)[] Sizes = [(150, 400), (250, 240)];
    private const double Tolerance = 0.02;

    private static (double Deviation, LocalizedText Text)[] Mistakes(double outputs, double inputs) =>
    [
        (Math.Sqrt(1 / inputs), ("this is Xavier's deviation, sqrt(1 / inputs): ReLU needs twice the variance",
            "これはXavierの標準偏差sqrt(1 / inputs)です。ReLUには2倍の分散が必要です")),
        (Math.Sqrt(2 / outputs), ("the number of outputs is used instead of the number of inputs",
            "inputsの代わりにoutputsを使っています")),
        (Math.Sqrt(1 / outputs), (
            "the number of outputs is used instead of the number of inputs, and the factor 2 is missing",
            "outputsを使っていて、係数2も抜けています")),
        (Math.Sqrt(2.0 / Sizes[0].Inputs), ("the deviation is the same whatever the number of inputs",
            "標準偏差がinputsによらず同じです")),
        (0.01, ("the deviation is always 0.01, whatever the number of inputs", "標準偏差がinputsによらず0.01です")),
        (2 / inputs, ("the root is missing: 2 / inputs is the variance",
            "平方根が抜けています。2 / inputsは分散です")),
        (1, ("the numbers are not scaled: their deviation is 1", "スケーリングされていません。標準偏差が1です")),
        (2 / Math.Sqrt(inputs), ("the 2 is outside the root: 2 / sqrt(inputs)",
            "2が平方根の外にあります：2 / sqrt(inputs)")),
        (Math.Sqrt(2 / (inputs + outputs)), ("inputs and outputs are added: this is Glorot's deviation",
            "inputsとoutputsの和を使っています。それはGlorotの初期値です")),
        (Math.Sqrt(inputs / 2), ("the result is divided by sqrt(2 / inputs), not multiplied",
            "sqrt(2 / inputs)を掛ける代わりに割っています")),
        (Math.Sqrt(2 * inputs), ("the result is multiplied by sqrt(2 inputs): divide by the number of inputs",
            "sqrt(2 inputs)を掛けています。inputsで割ってください")),
        (1 / Math.Sqrt(2 * inputs), ("the 2 is in the denominator: it is sqrt(2 / inputs), not sqrt(1 / (2 inputs))",
            "2が分母にあります。正しくはsqrt(2 / inputs)です")),
        (Math.Sqrt(2), ("the number of inputs is missing", "inputsで割り忘れています")),
        (Math.Sqrt(2) / inputs, ("only the 2 is under the root: the number of inputs belongs there, too",
            "平方根の中が2だけです。inputsも平方根の中です")),
        (Math.Sqrt(2 / (inputs * outputs)), ("the number of weights is used instead of the number of inputs",
            "inputsの代わりに重みの個数を使っています")),
        (Math.Sqrt(1 / (3 * inputs)), ("this is the default of other libraries, uniform within 1 / sqrt(inputs)",
            "他のライブラリの既定値（±1 / sqrt(inputs)の一様乱数）です")),
        (1 / inputs, ("the weights are divided by the number of inputs: the deviation is the root of 2 / inputs",
            "inputsで割っています。正しくは2 / inputsの平方根です")),
    ];

    public static Mark Of(Func<int, int, Key, Matrix<double>> answer)
    {
        var marks = Sizes.Select(size => Of(answer, size.Outputs, size.Inputs)).ToArray();
        return marks.FirstOrDefault(mark => !mark.IsRight) ?? marks[^1];
    }

    private static Mark Of(Func<int, int, Key, Matrix<double>> answer, int outputs, int inputs)
    {
        Matrix<double>[] drawn = [];
        var failed = Mark.Failure(Name, $"outputs {outputs}, inputs {inputs}", () => drawn =
            [.. ((int[])[1, 1, 2]).Select(seed => answer(outputs, inputs, Key.OfSeed(seed)))]);
        if (failed is not null)
            return failed;
        var (weight, again, other) = (drawn[0], drawn[1], drawn[2]);
        if (weight is null)
            return Mark.Wrong(Name, ("The answer is null.", "答えがnullです。"));
        if (weight.RowCount != outputs || weight.ColumnCount != inputs)
        {
            var shape = Mark.Wrong(Name, (
                $"The weight is {weight.RowCount} x {weight.ColumnCount}, but should be {outputs} x {inputs}.",
                $"重みの形状は{weight.RowCount} x {weight.ColumnCount}ですが、正しくは{outputs} x {inputs}です。"));
            return weight.RowCount == inputs && weight.ColumnCount == outputs
                ? shape.Because((
                    "rows and columns are swapped: a row is an output", "行と列が逆です。1行が1つの出力です"))
                : shape;
        }
        var expected = Math.Sqrt(2.0 / inputs);
        var numbers = weight.Enumerate().ToArray();
        var mean = numbers.Average();
        var deviation = Math.Sqrt(numbers.Average(x => (x - mean) * (x - mean)));
        var first = Mark.Wrong(Name, (
            Invariant($"Of {outputs} x {inputs} weights the mean is {mean:G3} and the deviation {deviation:G3}")
                + Invariant($"; they should be 0 and {expected:G3}."),
            Invariant($"{outputs} x {inputs}個の重みの平均は{mean:G3}、標準偏差は{deviation:G3}です。")
                + Invariant($"正しくは0と{expected:G3}です。")));
        if (!numbers.All(double.IsFinite))
            return first.Because(("something is divided by 0 (in whole numbers, 2 / inputs is 0)",
                "0で割っています（整数の割り算では2 / inputsは0です）"));
        if (numbers.All(x => x == numbers[0]))
            return first.Because(mean == 0
                ? ("all weights are 0 (in whole numbers, 2 / inputs is 0)",
                    "重みがすべて0です（整数の割り算では2 / inputsは0です）")
                : ("all weights are the same: then all units learn the same",
                    "重みがすべて同じです。すべてのユニットが同じことを学びます"));
        // Of few numbers mean and deviation are a matter of luck.
        if (weight.EnumerateColumns().Skip(1).All(column => column.Equals(weight.Column(0)))
            || weight.EnumerateRows().Skip(1).All(row => row.Equals(weight.Row(0))))
            return Mark.Wrong(Name, ("All rows, or all columns, are the same.", "すべての行または列が同じです。"))
                .Because(("the same numbers are used again", "同じ乱数を使い回しています"));
        if (Math.Abs(mean) > Tolerance * deviation)
            return first.Because(numbers.Min() < 0
                ? ("the mean is not 0: something is added to normal numbers",
                    "平均が0ではありません。正規乱数に何かを足しています")
                : numbers.Max() < 4 * mean
                ? ("the mean is not 0: normal numbers are needed, not uniform ones from 0 to 1",
                    "平均が0ではありません。0から1の一様乱数ではなく正規乱数を使ってください")
                : ("no weight is negative: half of the normal numbers should be",
                    "負の重みがありません。正規乱数の半分は負です"));
        if (Math.Abs(deviation / expected - 1) > Tolerance)
            return Mistakes(outputs, inputs)
                .FirstOrDefault(known => Math.Abs(deviation / known.Deviation - 1) <= Tolerance)
                is { Text.English: not null } mistake ? first.Because(mistake.Text) : first;
        // Beyond two deviations are 4.6% of normal numbers, and none of uniform ones.
        if (numbers.Count(x => Math.Abs(x) > 2 * deviation) is var far && far < 0.035 * numbers.Length)
            return Mark.Wrong(Name, (
                Invariant($"{(double)far / numbers.Length:P1} of the weights are beyond two deviations, ")
                    + "of normal ones 4.6%.",
                Invariant($"標準偏差の2倍を超える重みは{(double)far / numbers.Length:P1}です。正規分布なら4.6%です。")))
                .Because(("the numbers are uniform, not normal", "正規乱数ではなく一様乱数です"));
        if (!weight.Equals(again))
            return Mark.Wrong(Name, (
                "The same key gives different weights.", "同じkeyで違う重みになります。")).Because((
                "the numbers don't come from the key", "乱数がkeyから作られていません"));
        if (weight.Equals(other))
            return Mark.Wrong(Name, ("Two keys give the same weights.", "2つのkeyで同じ重みになります。")).Because((
                "the key is not used", "keyが使われていません"));
        return Mark.Right(Name, (
            Invariant($"The mean is {mean:G2} and the deviation {deviation:G4}; expected are 0 and {expected:G4}."),
            Invariant($"平均は{mean:G2}、標準偏差は{deviation:G4}です（期待値は0と{expected:G4}）。")));
    }
}
