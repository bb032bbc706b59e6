using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>What marking an answer found. Its functions mark answers to the exercises that <c>functional exercise</c>
/// writes. A batch has one sample per column.</summary>
/// <param name="Exercise">The exercise's name.</param>
/// <param name="IsRight">Whether everything holds.</param>
/// <param name="Fault">The mistake that the answer looks like; null if it is right, or like no known mistake.</param>
/// <param name="Lines">What to tell the learner.</param>
public sealed record Mark(
    string Exercise, bool IsRight, LocalizedText? Fault, IReadOnlyList<LocalizedText> Lines)
{
    /// <summary>The gradient of a loss to which rate/2 times the sum of all squared weights is added.</summary>
    /// <param name="answer">Of the rate, the weight and the gradient of the loss alone.</param>
    public static Mark Ridge(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Penalties.Ridge.Of(Answer.Of(answer.Given()));

    /// <summary>The gradient of a loss to which rate times the sum of all |weights| is added.</summary>
    /// <param name="answer">Of the rate, the weight and the gradient of the loss alone.</param>
    public static Mark Lasso(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Penalties.Lasso.Of(Answer.Of(answer.Given()));

    /// <summary>A window of an image, at a place drawn from a key.</summary>
    /// <param name="answer">Of the image, the window's height and width, and the key.</param>
    public static Mark RandomCrop(Func<Matrix<double>, int, int, Key, Matrix<double>> answer) =>
        CropMarker.Of(answer.Given());

    /// <summary>dL/dx of y = sigmoid(x).</summary>
    /// <param name="answer">Of y and dL/dy.</param>
    public static Mark Sigmoid(Func<Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Backward.Sigmoid.Of(Answer.Of(answer.Given()));

    /// <summary>dL/dx of inverted dropout, y = mask x / (1 - ratio).</summary>
    /// <param name="answer">Of the ratio dropped, the mask (1 keeps an element, 0 drops it) and dL/dy.</param>
    public static Mark Dropout(Func<double, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        Backward.Dropout.Of(Answer.Of(answer.Given()));

    /// <summary>dL/dx of batch normalization, y = gamma (x - mean) / sqrt(variance + epsilon) + beta.</summary>
    /// <param name="answer">Of epsilon, x (units x samples), gamma (units x 1) and dL/dy.</param>
    public static Mark BatchNorm(
        Func<double, Matrix<double>, Matrix<double>, Matrix<double>, Matrix<double>> answer) =>
        BatchNormBackward.Marker.Of(Answer.Of(answer.Given()));

    /// <summary>A step of Momentum: the weight and the velocity after it.</summary>
    /// <param name="answer">Of the rate, the momentum, the weight, the velocity and the gradient.</param>
    public static Mark Momentum(
        Func<double, double, Matrix<double>, Matrix<double>, Matrix<double>, (Matrix<double>, Matrix<double>)>
            answer) => MomentumStep.Marker.Of(Answer.Of(answer.Given()));

    /// <summary>Weights with He's deviation.</summary>
    /// <param name="answer">Of the number of outputs, the number of inputs, and a key: outputs x inputs.</param>
    public static Mark He(Func<int, int, Key, Matrix<double>> answer) => HeMarker.Of(answer.Given());

    internal static Mark Right(string exercise, LocalizedText what) => new(exercise, true, null, [what]);

    internal static Mark Wrong(string exercise, params LocalizedText[] lines) => new(exercise, false, null, lines);

    /// <summary>Calls what a learner wrote. Returns how it failed, or null.</summary>
    /// <param name="exercise">The exercise's name.</param>
    /// <param name="input">What it is given.</param>
    /// <param name="call">Calls it.</param>
    /// <param name="outside">What an index out of range looks like.</param>
    /// <param name="limit">How long it may take; by default ten seconds.</param>
    internal static Mark? Failure(
        string exercise, LocalizedText input, Action call, LocalizedText? outside = null, TimeSpan? limit = null)
    {
        var longest = limit ?? TimeSpan.FromSeconds(10);
        // On another thread, which nobody waits for if it never ends.
        var called = Task.Run(() =>
        {
            try
            {
                call();
                return null;
            }
            catch (NotImplementedException)
            {
                return Wrong(exercise, ("Nothing is written yet.", "まだ何も書かれていません。"));
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                var message = e.Message.ReplaceLineEndings(" ");
                var wrong = Wrong(
                    exercise, input, ($"Your function fails: {message}", $"関数が失敗しました：{message}"));
                return outside is { } reason && e is ArgumentOutOfRangeException or IndexOutOfRangeException
                    ? wrong.Because(reason)
                    : e is ArgumentException && e.Message.Contains("dimensions", StringComparison.Ordinal)
                    ? wrong.Because(("shapes don't fit: * of two matrices is the matrix product, "
                        + "PointwiseMultiply goes element by element",
                        "形状が合いません。行列どうしの*は行列積です。要素ごとの積はPointwiseMultiplyです"))
                    : wrong;
            }
        });
        return called.Wait(longest) ? called.Result : Wrong(exercise, input, (
            $"Your function has not returned after {Quantity(longest.TotalSeconds)} seconds.",
            $"関数が{Quantity(longest.TotalSeconds)}秒たっても終わりません。")).Because((
                "a loop never ends", "ループが終わりません"));
    }

    /// <summary>The same with a reason.</summary>
    internal Mark Because(LocalizedText fault) => this with
    {
        Fault = fault,
        Lines = [.. Lines, ($"It looks as if {fault.English}.", $"考えられる原因：{fault.In(Language.Japanese)}。")],
    };

    /// <summary>The lines, in a language.</summary>
    public string In(Language language) => string.Join('\n', Lines.Select(line => line.In(language)).Prepend(
        language == Language.Japanese
            ? $"{Exercise}：{(IsRight ? "正解です" : "まだ正しくありません")}"
            : $"{Exercise}: {(IsRight ? "right" : "not right yet")}"));

    /// <summary>Prints the lines. Returns the exit code for a script: 0 if the answer is right, otherwise 1.</summary>
    public int Print(Language language = Language.English)
    {
        Console.WriteLine(In(language));
        return IsRight ? 0 : 1;
    }

    /// <inheritdoc/>
    public override string ToString() => In(Language.English);
}
