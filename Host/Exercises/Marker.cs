using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>What an answer is given: numbers and matrices.</summary>
internal sealed record Case(double[] Numbers, params Matrix<double>[] Matrices);

/// <summary>Functions of a case, out of functions of its numbers and matrices.</summary>
internal static class Answer
{
    public static Func<Case, Matrix<double>[]> Of(Func<Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        at => [answer(at.Matrices[0], at.Matrices[1])];

    public static Func<Case, Matrix<double>[]> Of(
        Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        at => [answer(at.Numbers[0], at.Matrices[0], at.Matrices[1])];

    public static Func<Case, Matrix<double>[]> Of(
        Func<double, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        at => [answer(at.Numbers[0], at.Matrices[0], at.Matrices[1], at.Matrices[2])];

    public static Func<Case, Matrix<double>[]> Of(
        Func<double, double, Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double>, Matrix<double>)>
            answer) => at =>
        {
            var (first, second) = answer(
                at.Numbers[0], at.Numbers[1], at.Matrices[0], at.Matrices[1], at.Matrices[2]);
            return [first, second];
        };
}

/// <summary>A typical mistake, as a function that makes it.</summary>
internal sealed record Mistake(LocalizedText Text, Func<Case, Matrix<double>[]> Answer)
{
    public static Mistake Of(
        string english, string japanese, Func<Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        new((english, japanese), Exercises.Answer.Of(answer));

    public static Mistake Of(
        string english, string japanese, Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        new((english, japanese), Exercises.Answer.Of(answer));

    public static Mistake Of(
        string english, string japanese,
        Func<double, double, Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double>, Matrix<double>)>
            answer) => new((english, japanese), Exercises.Answer.Of(answer));
}

/// <summary>Marks answers that are functions of numbers and matrices.</summary>
/// <param name="name">The exercise.</param>
/// <param name="numbers">What the numbers of a case are called.</param>
/// <param name="matrices">What the matrices of a case are called.</param>
internal sealed class Marker(string name, string[] numbers, string[] matrices)
{
    private const double Tolerance = 1e-9, DifferenceTolerance = 1e-6, Nearly = 1e-4;

    /// <summary>What the matrices of an answer are called.</summary>
    public string[] Outputs { get; init; } = ["answer"];

    /// <summary>What answers are tried on.</summary>
    public required Case[] Cases { get; init; }

    /// <summary>The right answer.</summary>
    public required Func<Case, Matrix<double>[]> Right { get; init; }

    /// <summary>If the answer is a gradient: of which function, and where.</summary>
    public Func<Case, (Func<Matrix<double>, double> Of, Matrix<double> At)>? GradientOf { get; init; }

    /// <summary>The mistakes that are recognized.</summary>
    public required Mistake[] Mistakes { get; init; }

    /// <summary>Marks an answer.</summary>
    public Mark Of(Func<Case, Matrix<double>[]> answer)
    {
        var answers = new Matrix<double>[Cases.Length][];
        for (var i = 0; i < Cases.Length; i++)
        {
            var given = Cases[i] with { Matrices = [.. Cases[i].Matrices.Select(matrix => matrix.Clone())] };
            if (Mark.Failure(name, At(i), () => answers[i] = answer(given)) is { } failed)
                return failed;
            if (matrices.Where((_, k) => !given.Matrices[k].Equals(Cases[i].Matrices[k]))
                .FirstOrDefault() is { } changed)
                return Mark.Wrong(name, At(i)).Because((
                    $"your function changes its argument {changed}: return a new matrix instead",
                    $"引数{changed}を書き換えています。新しい行列を返してください"));
        }
        for (var i = 0; i < Cases.Length; i++)
            if (FirstWrong(i, answers[i]) is { } wrong)
                return Reason(answers, answer) is { } reason ? wrong.Because(reason) : wrong;
        for (var i = 0; i < Cases.Length && GradientOf is not null; i++)
            foreach (var (row, column, slope) in Slopes(GradientOf(Cases[i])).EnumerateIndexed())
                if (answers[i][0][row, column] is var found
                    && !(Math.Abs(found - slope) <= DifferenceTolerance * (1 + Math.Abs(slope))))
                    return Mark.Wrong(name, At(i), Element(i, 0, row, column, found, slope));
        return Mark.Right(name, (
            $"{Cases.Length} cases{(GradientOf is null ? "" : ", and central differences,")} agree.",
            $"{Cases.Length}個の例{(GradientOf is null ? "" : "と数値微分")}がすべて一致しました。"));
    }

    private LocalizedText At(int i)
    {
        var sizes = matrices.Zip(Cases[i].Matrices, (matrix, m) => $"{matrix} ({m.RowCount} x {m.ColumnCount})");
        var inputs = string.Join(
            ", ", numbers.Zip(Cases[i].Numbers, (number, x) => Invariant($"{number} {x}")).Concat(sizes));
        return ($"Case {i + 1}: {inputs}", $"例{i + 1}：{inputs}");
    }

    private Mark? FirstWrong(int i, Matrix<double>[] answer)
    {
        var right = Right(Cases[i]);
        for (var k = 0; k < right.Length; k++)
        {
            if (answer[k] is not { } found)
                return Mark.Wrong(name, At(i), ($"The {Outputs[k]} is null.", $"{Outputs[k]}がnullです。"));
            if (found.RowCount != right[k].RowCount || found.ColumnCount != right[k].ColumnCount)
                return Mark.Wrong(name, At(i), (
                    $"The {Outputs[k]} is {found.RowCount} x {found.ColumnCount}, "
                        + $"but should be {right[k].RowCount} x {right[k].ColumnCount}.",
                    $"{Outputs[k]}の形状は{found.RowCount} x {found.ColumnCount}ですが、"
                        + $"正しくは{right[k].RowCount} x {right[k].ColumnCount}です。"));
            foreach (var (row, column, expected) in right[k].EnumerateIndexed())
                if (!Close(found[row, column], expected))
                    return Mark.Wrong(name, At(i), Element(i, k, row, column, found[row, column], expected));
        }
        return null;
    }

    private LocalizedText Element(int i, int output, int row, int column, double found, double expected)
    {
        var place = $"{Outputs[output]}[{row}, {column}]";
        // A column stands beside each column of the answer.
        var inputs = matrices.Zip(Cases[i].Matrices)
            .Select(at => (at.First, at.Second, Column: at.Second.ColumnCount == 1 ? 0 : column))
            .Where(at => row < at.Second.RowCount && at.Column < at.Second.ColumnCount)
            .Select(at => Invariant($"{at.First}[{row}, {at.Column}] = {at.Second[row, at.Column]:G5}"));
        var slope = GradientOf is null ? null : Invariant($"{Slopes(GradientOf(Cases[i]))[row, column]:G6}");
        return (
            Invariant($"{place} is {found:G6}, but should be {expected:G6}")
                + $"{(slope is null ? "" : $"; central differences give {slope}")}.\n  ({string.Join(", ", inputs)})",
            Invariant($"{place}は{found:G6}ですが、正しくは{expected:G6}です")
                + $"{(slope is null ? "" : $"（数値微分では{slope}）")}。\n  （{string.Join("、", inputs)}）");
    }

    private static Matrix<double> Slopes((Func<Matrix<double>, double> Of, Matrix<double> At) gradient)
    {
        Matrix<double> Shaped(Vector<double> x) =>
            Matrix<double>.Build.Dense(gradient.At.RowCount, gradient.At.ColumnCount, x.ToArray());
        return Shaped(Differences.NumericalGradient(
            x => gradient.Of(Shaped(x)), Vector<double>.Build.Dense(gradient.At.ToColumnMajorArray())));
    }

    private LocalizedText? Reason(Matrix<double>[][] answers, Func<Case, Matrix<double>[]> answer)
    {
        bool Like(Func<Case, Matrix<double>[]> way) => Cases.Zip(answers).All(at => Same(way(at.First), at.Second));
        if (Mistakes.FirstOrDefault(mistake => Like(mistake.Answer)) is { } known)
            return known.Text;
        if (answers.All(answer => answer.All(m => m is not null && m.Enumerate().All(x => x == 0))))
            return ("every number is 0", "すべての数が0です");
        if (Cases.Zip(answers).All(at => Same(
            [.. Right(at.First).Select(m => m.Transpose())], at.Second)))
            return ("rows and columns are swapped", "行と列が入れ替わっています");
        if (answers.Any(answer => answer.Any(m => m is not null && m.Exists(x => !double.IsFinite(x)))))
            return ("something is divided by 0, or the logarithm or root of a negative number is taken",
                "0で割っているか、負の数の対数や平方根を計算しています");
        if (Cases.Zip(answers).All(at => Same(Right(at.First), at.Second, Nearly)))
            return ("the numbers are nearly right: an epsilon is added, or they are rounded",
                "ほぼ正しい値です。余分な微小値（epsilon）を足しているか、桁を丸めています");
        if (Cases.Zip(answers).Any(at => !Same(answer(at.First), at.Second)))
            return ("the same input gives another result: nothing is to be drawn here",
                "同じ入力で違う結果になります。ここでは乱数を使いません");
        return Factor(answers) is not { } factor ? null
            : factor == 1 ? ("the numbers are right, but in another shape", "数値は正しいですが、形状が違います")
            : factor == -1 ? ("the sign of every number is wrong", "すべての数の符号が逆です")
            : ($"every number is {Quantity(factor)} times what it should be",
                $"すべての数が正しい値の{Quantity(factor)}倍です");
    }

    private double? Factor(Matrix<double>[][] answers)
    {
        var right = Cases.SelectMany(Right).SelectMany(m => m.Enumerate()).ToArray();
        var found = answers.SelectMany(answer => answer).SelectMany(m => m?.Enumerate() ?? []).ToArray();
        if (right.Length != found.Length || Array.FindIndex(right, x => x != 0) is var first && first < 0)
            return null;
        var factor = found[first] / right[first];
        return double.IsFinite(factor) && right.Zip(found).All(at => Close(at.Second, factor * at.First))
            ? Math.Round(factor, 9) : null;
    }

    private static bool Same(Matrix<double>[] a, Matrix<double>[] b, double tolerance = Tolerance) => a.Zip(b).All(at =>
        at.Second is not null
        && at.First.RowCount == at.Second.RowCount && at.First.ColumnCount == at.Second.ColumnCount
        && at.First.Enumerate().Zip(at.Second.Enumerate()).All(x => Close(x.First, x.Second, tolerance)));

    // Two that are not numbers are alike, and so are two infinities of one sign.
    private static bool Close(double a, double b, double tolerance = Tolerance) =>
        double.IsFinite(a) && double.IsFinite(b) ? Math.Abs(a - b) <= tolerance * (1 + Math.Abs(b)) : a.Equals(b);

    /// <summary>Normal numbers, the same every time.</summary>
    public static Matrix<double> Normal(int rows, int columns, int seed) =>
        Matrix<double>.Build.Dense(rows, columns, Key.OfSeed(seed).Normals(rows * columns));
}
