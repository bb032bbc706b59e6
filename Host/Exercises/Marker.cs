using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>What an answer is given: numbers and matrices.</summary>
internal sealed record Case(double[] Numbers, params Matrix<double>[] Matrices);

/// <summary>A typical mistake, as a function that makes it.</summary>
internal sealed record Mistake(LocalizedText Text, Func<Case, Matrix<double>[]> Answer);

/// <summary>Marks answers that are functions of numbers and matrices.</summary>
internal sealed class Marker
{
    private const double Tolerance = 1e-9, Step = 1e-4, DifferenceTolerance = 1e-6;

    /// <summary>The exercise.</summary>
    public required string Name { get; init; }

    /// <summary>What the matrices of a case are called.</summary>
    public required string[] Names { get; init; }

    /// <summary>What the numbers of a case are called.</summary>
    public string[] NumberNames { get; init; } = [];

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
            try
            {
                answers[i] = answer(given);
            }
            catch (NotImplementedException)
            {
                return Mark.Empty(Name);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                return Mark.Wrong(
                    Name, At(i), ($"Your function fails: {e.Message}", $"関数が失敗しました：{e.Message}"));
            }
            if (Names.Where((_, k) => !given.Matrices[k].Equals(Cases[i].Matrices[k])).FirstOrDefault() is { } changed)
                return Mark.Wrong(Name, At(i)).Because((
                    $"your function changes its argument {changed}: return a new matrix instead",
                    $"引数{changed}を書き換えています。新しい行列を返してください"));
        }
        for (var i = 0; i < Cases.Length; i++)
            if (FirstWrong(i, answers[i]) is { } wrong)
                return Reason(answers) is { } reason ? wrong.Because(reason) : wrong;
        for (var i = 0; i < Cases.Length && GradientOf is not null; i++)
            foreach (var (row, column, found) in answers[i][0].EnumerateIndexed())
                if (Slope(GradientOf(Cases[i]), row, column) is var slope
                    && !(Math.Abs(found - slope) <= DifferenceTolerance * (1 + Math.Abs(slope))))
                    return Mark.Wrong(Name, At(i), Element(i, 0, row, column, found, slope));
        return Mark.Right(Name, (
            $"{Cases.Length} cases{(GradientOf is null ? "" : ", and central differences,")} agree.",
            $"{Cases.Length}個の例{(GradientOf is null ? "" : "と数値微分")}がすべて一致しました。"));
    }

    private LocalizedText At(int i)
    {
        var sizes = Names.Zip(Cases[i].Matrices, (name, m) => $"{name} ({m.RowCount} x {m.ColumnCount})");
        var numbers = NumberNames.Zip(Cases[i].Numbers, (name, x) => Invariant($"{name} {x}"));
        var inputs = string.Join(", ", numbers.Concat(sizes));
        return ($"Case {i + 1}: {inputs}", $"例{i + 1}：{inputs}");
    }

    private Mark? FirstWrong(int i, Matrix<double>[] answer)
    {
        var right = Right(Cases[i]);
        for (var k = 0; k < right.Length; k++)
        {
            if (answer[k] is not { } found)
                return Mark.Wrong(Name, At(i), ($"The {Outputs[k]} is null.", $"{Outputs[k]}がnullです。"));
            if (found.RowCount != right[k].RowCount || found.ColumnCount != right[k].ColumnCount)
                return Mark.Wrong(Name, At(i), (
                    $"The {Outputs[k]} is {found.RowCount} x {found.ColumnCount}, "
                        + $"but should be {right[k].RowCount} x {right[k].ColumnCount}.",
                    $"{Outputs[k]}の形状は{found.RowCount} x {found.ColumnCount}ですが、"
                        + $"正しくは{right[k].RowCount} x {right[k].ColumnCount}です。"));
            foreach (var (row, column, expected) in right[k].EnumerateIndexed())
                if (!Close(found[row, column], expected))
                    return Mark.Wrong(Name, At(i), Element(i, k, row, column, found[row, column], expected));
        }
        return null;
    }

    private LocalizedText Element(int i, int output, int row, int column, double found, double expected)
    {
        var place = $"{Outputs[output]}[{row}, {column}]";
        var inputs = Names.Zip(Cases[i].Matrices)
            .Where(at => row < at.Second.RowCount && column < at.Second.ColumnCount)
            .Select(at => Invariant($"{at.First}[{row}, {column}] = {at.Second[row, column]:G5}"));
        var (measured, numerically) = GradientOf is null ? ("", "") : Measured(GradientOf(Cases[i]), row, column);
        return (
            Invariant($"{place} is {found:G6}, but should be {expected:G6}{measured}.")
                + $"\n  ({string.Join(", ", inputs)})",
            Invariant($"{place}は{found:G6}ですが、正しくは{expected:G6}です{numerically}。")
                + $"\n  （{string.Join("、", inputs)}）");
    }

    private static (string, string) Measured(
        (Func<Matrix<double>, double> Of, Matrix<double> At) gradient, int row, int column)
    {
        var slope = Slope(gradient, row, column);
        return (Invariant($"; central differences give {slope:G6}"), Invariant($"（数値微分では{slope:G6}）"));
    }

    // The gradient checker's way.
    private static double Slope(
        (Func<Matrix<double>, double> Of, Matrix<double> At) gradient, int row, int column)
    {
        double Moved(double by)
        {
            var x = gradient.At.Clone();
            x[row, column] += by;
            return gradient.Of(x);
        }
        return (Moved(Step) - Moved(-Step)) / (2 * Step);
    }

    private LocalizedText? Reason(Matrix<double>[][] answers)
    {
        bool Like(Func<Case, Matrix<double>[]> way) => Cases.Zip(answers).All(at => Same(way(at.First), at.Second));
        if (Mistakes.FirstOrDefault(mistake => Like(mistake.Answer)) is { } known)
            return known.Text;
        if (answers.All(answer => answer.All(m => m is not null && m.Enumerate().All(x => x == 0))))
            return ("every number is 0", "すべての数が0です");
        if (Cases.Zip(answers).All(at => Same(
            [.. Right(at.First).Select(m => m.Transpose())], at.Second)))
            return ("rows and columns are exchanged", "行と列が入れ替わっています");
        if (answers.Any(answer => answer.Any(m => m is not null && m.Exists(double.IsNaN))))
            return ("something is divided by 0, or the logarithm or root of a negative number is taken",
                "0で割っているか、負の数の対数や平方根を計算しています");
        return Factor(answers) is not { } factor ? null
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
        var factor = Math.Round(found[first] / right[first], 6);
        return right.Zip(found).All(at => Close(at.Second, factor * at.First)) ? factor : null;
    }

    private static bool Same(Matrix<double>[] a, Matrix<double>[] b) => a.Zip(b).All(at =>
        at.Second is not null
        && at.First.RowCount == at.Second.RowCount && at.First.ColumnCount == at.Second.ColumnCount
        && at.First.Enumerate().Zip(at.Second.Enumerate()).All(x => Close(x.First, x.Second)));

    // Two that are not numbers are alike.
    private static bool Close(double a, double b) =>
        double.IsNaN(a) ? double.IsNaN(b) : Math.Abs(a - b) <= Tolerance * (1 + Math.Abs(b)) || a == b;

    /// <summary>Normal numbers, the same every time.</summary>
    public static Matrix<double> Normal(int rows, int columns, int seed) =>
        Matrix<double>.Build.Dense(rows, columns, Key.OfSeed(seed).Normals(rows * columns));
}
