using Functional.Host.Experiments;

namespace Functional.Host.Exercises;

/// <summary>What marking an answer found.</summary>
/// <param name="Exercise">The exercise's name.</param>
/// <param name="IsRight">Whether everything holds.</param>
/// <param name="Fault">The mistake that the answer looks like; null if it is right, or like no known mistake.</param>
/// <param name="Lines">What to tell the learner.</param>
public sealed record Mark(string Exercise, bool IsRight, LocalizedText? Fault, IReadOnlyList<LocalizedText> Lines)
{
    internal static Mark Right(string exercise, LocalizedText what) => new(exercise, true, null, [what]);

    internal static Mark Wrong(string exercise, params LocalizedText[] lines) => new(exercise, false, null, lines);

    internal static Mark Empty(string exercise) =>
        Wrong(exercise, ("Nothing is written yet.", "まだ何も書かれていません。"));

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
