using System.Text.RegularExpressions;

namespace Functional.Host.Experiments;

/// <summary>The languages that pages are written in.</summary>
public enum Language
{
    /// <summary>American English.</summary>
    English,

    /// <summary>Japanese, with the book's technical terms.</summary>
    Japanese,
}

/// <summary>What languages are called.</summary>
internal static class Languages
{
    /// <summary>The language's code, as on the command line and in HTML.</summary>
    public static string Code(this Language language) => language == Language.Japanese ? "ja" : "en";
}

/// <summary>The same in every language; a plain text stands for English alone, a pair for both.</summary>
/// <param name="English">In English.</param>
/// <param name="Japanese">In Japanese; in English if null.</param>
public readonly partial record struct LocalizedText(string English, string? Japanese = null)
{
    /// <summary>In English, whoever reads it.</summary>
    public static implicit operator LocalizedText(string english) => new(english);

    /// <summary>In English and in Japanese.</summary>
    public static implicit operator LocalizedText((string English, string Japanese) both) =>
        new(both.English, both.Japanese);

    /// <summary>In a language. In Japanese no space stands beside a Japanese letter.</summary>
    public string In(Language language) =>
        language == Language.Japanese ? Spaces().Replace(Japanese ?? English, "") : English;

    // Style guides differ on spaces between Japanese and Latin letters; here there are none, whoever wrote the text.
    [GeneratedRegex("(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]) +| +(?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])")]
    private static partial Regex Spaces();
}

/// <summary>Terms that many experiments use, as the book has them.</summary>
internal static class Terms
{
    /// <summary>One step of training.</summary>
    public static LocalizedText Iteration { get; } = ("iteration", "繰り返し（iteration）");

    /// <summary>As many steps as there are batches in the samples.</summary>
    public static LocalizedText Epoch { get; } = ("epoch", "エポック（epoch）");

    /// <summary>What is minimized.</summary>
    public static LocalizedText Loss { get; } = ("loss", "損失（loss）");

    /// <summary>The share of samples that are classified correctly.</summary>
    public static LocalizedText Accuracy { get; } = ("accuracy", "認識精度（accuracy）");

    /// <summary>The samples trained on.</summary>
    public static LocalizedText Training { get; } = ("training", "訓練データ");

    /// <summary>The samples kept for tuning.</summary>
    public static LocalizedText Validation { get; } = ("validation", "検証データ");

    /// <summary>The samples never seen.</summary>
    public static LocalizedText Test { get; } = ("test", "テストデータ");
}
