using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>Marks He's initial weights: normal, with deviation sqrt(2 / inputs).</summary>
internal static class HeMarker
{
    private const string Name = "he";

    // Of 60,000 normal numbers the deviation is right to 0.3%, the mean to 0.4% of the deviation: 2% is far outside.
    private const int Outputs = 150, Inputs = 400;
    private const double Tolerance = 0.02;

    private static readonly (double Deviation, LocalizedText Text)[] Mistakes =
    [
        (Math.Sqrt(1.0 / Inputs), ("this is Xavier's deviation, sqrt(1 / inputs): ReLU needs twice the variance",
            "これはXavierの標準偏差sqrt(1 / inputs)です。ReLUには2倍の分散が必要です")),
        (Math.Sqrt(2.0 / Outputs), ("the outputs are counted in place of the inputs",
            "inputsの代わりにoutputsを使っています")),
        (Math.Sqrt(1.0 / Outputs), ("the outputs are counted in place of the inputs, and the factor 2 is missing",
            "outputsを使っていて、係数2も抜けています")),
        (0.01, ("the deviation is always 0.01, whatever the number of inputs", "標準偏差がinputsによらず0.01です")),
        (2.0 / Inputs, ("the root is forgotten: 2 / inputs is the variance",
            "平方根が抜けています。2 / inputsは分散です")),
        (1, ("the numbers are not scaled: their deviation is 1", "スケーリングされていません。標準偏差が1です")),
        (2 / Math.Sqrt(Inputs), ("the 2 stands outside the root: 2 / sqrt(inputs)",
            "2が平方根の外にあります：2 / sqrt(inputs)")),
        (Math.Sqrt(2.0 / (Inputs + Outputs)), ("inputs and outputs are counted together: that is Glorot's",
            "inputsとoutputsの和を使っています。それはGlorotの初期値です")),
        (Math.Sqrt(Inputs / 2.0), ("it is divided by sqrt(2 / inputs), not multiplied",
            "sqrt(2 / inputs)を掛ける代わりに割っています")),
        (Math.Sqrt(2.0 * Inputs), ("it is multiplied by sqrt(2 inputs): divide by the number of inputs",
            "sqrt(2 inputs)を掛けています。inputsで割ってください")),
        (1 / Math.Sqrt(2.0 * Inputs), ("the 2 is below the line: sqrt(2 / inputs), not sqrt(1 / (2 inputs))",
            "2が分母にあります。正しくはsqrt(2 / inputs)です")),
        (Math.Sqrt(2), ("the number of inputs is forgotten", "inputsで割り忘れています")),
        (1.0 / Inputs, ("the weights are divided by the number of inputs: it is the root of 2 / inputs",
            "inputsで割っています。正しくは2 / inputsの平方根です")),
    ];

    public static Mark Of(Func<int, int, Key, Matrix<double>> answer)
    {
        var key = Key.OfSeed(1);
        Matrix<double> weight, again, other;
        try
        {
            (weight, again, other) = (
                answer(Outputs, Inputs, key), answer(Outputs, Inputs, key), answer(Outputs, Inputs, Key.OfSeed(2)));
        }
        catch (NotImplementedException)
        {
            return Mark.Empty(Name);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return Mark.Wrong(Name, ($"Your function fails: {e.Message}", $"関数が失敗しました：{e.Message}"));
        }
        if (weight is null)
            return Mark.Wrong(Name, ("The answer is null.", "答えがnullです。"));
        if (weight.RowCount != Outputs || weight.ColumnCount != Inputs)
        {
            var shape = Mark.Wrong(Name, (
                $"The weight is {weight.RowCount} x {weight.ColumnCount}, but should be {Outputs} x {Inputs}.",
                $"重みの形状は{weight.RowCount} x {weight.ColumnCount}ですが、正しくは{Outputs} x {Inputs}です。"));
            return weight.RowCount == Inputs && weight.ColumnCount == Outputs
                ? shape.Because((
                    "rows and columns are exchanged: a row is an output", "行と列が逆です。1行が1つの出力です"))
                : shape;
        }
        var expected = Math.Sqrt(2.0 / Inputs);
        var numbers = weight.Enumerate().ToArray();
        var mean = numbers.Average();
        var deviation = Math.Sqrt(numbers.Average(x => (x - mean) * (x - mean)));
        var first = Mark.Wrong(Name, (
            Invariant($"Of {Outputs} x {Inputs} weights the mean is {mean:G3} and the deviation {deviation:G3}")
                + Invariant($"; they should be 0 and {expected:G3}."),
            Invariant($"{Outputs} x {Inputs}個の重みの平均は{mean:G3}、標準偏差は{deviation:G3}です。")
                + Invariant($"正しくは0と{expected:G3}です。")));
        if (numbers.Any(double.IsNaN))
            return first.Because(("something is divided by 0 (in whole numbers, 2 / inputs is 0)",
                "0で割っています（整数の割り算では2 / inputsは0です）"));
        if (numbers.All(x => x == numbers[0]))
            return first.Because(mean == 0
                ? ("all weights are 0 (in whole numbers, 2 / inputs is 0)",
                    "重みがすべて0です（整数の割り算では2 / inputsは0です）")
                : ("all weights are the same: then all units learn the same",
                    "重みがすべて同じです。すべてのユニットが同じことを学びます"));
        if (Math.Abs(mean) > Tolerance * deviation)
            return first.Because(("the mean is not 0: normal numbers are needed, not uniform ones from 0 to 1",
                "平均が0ではありません。0から1の一様乱数ではなく正規乱数を使ってください"));
        if (Math.Abs(deviation / expected - 1) > Tolerance)
            return Mistakes.FirstOrDefault(known => Math.Abs(deviation / known.Deviation - 1) <= Tolerance)
                is { Text.English: not null } mistake ? first.Because(mistake.Text) : first;
        // Beyond two deviations are 4.6% of normal numbers, and none of uniform ones.
        if (numbers.Count(x => Math.Abs(x) > 2 * deviation) is var far && far < 0.035 * numbers.Length)
            return Mark.Wrong(Name, (
                Invariant($"Beyond two deviations are {(double)far / numbers.Length:P1}; of normal numbers 4.6%."),
                Invariant($"標準偏差の2倍を超える重みは{(double)far / numbers.Length:P1}です。正規分布なら4.6%です。")))
                .Because(("the numbers are uniform, not normal", "正規乱数ではなく一様乱数です"));
        if (!weight.Equals(again))
            return Mark.Wrong(Name, ("The same key gives other weights.", "同じkeyで違う重みになります。")).Because((
                "the numbers don't come from the key", "乱数がkeyから作られていません"));
        if (weight.Equals(other))
            return Mark.Wrong(Name, ("Two keys give the same weights.", "2つのkeyで同じ重みになります。")).Because((
                "the key is not used", "keyが使われていません"));
        return weight.EnumerateColumns().Skip(1).All(column => column.Equals(weight.Column(0)))
            || weight.EnumerateRows().Skip(1).All(row => row.Equals(weight.Row(0)))
            ? Mark.Wrong(Name, ("All rows, or all columns, are the same.", "すべての行または列が同じです。")).Because((
                "numbers are drawn once and used again", "同じ乱数を使い回しています"))
            : Mark.Right(Name, Invariant($"Mean {mean:G2}, deviation {deviation:G4}, expected {expected:G4}."));
    }
}
