using Functional.Host.Experiments;

namespace Functional.Host.Commands;

/// <summary>The language that the terminal's user reads: what <c>--lang</c> says or, without it, the locale.</summary>
internal static class Locale
{
    private const string Option = "--lang";

    private static readonly AsyncLocal<Language?> Asked = new();

    /// <summary>Japanese if the locale of messages says so (POSIX: the first of these variables that is set counts),
    /// otherwise English.</summary>
    private static readonly Language standard =
        ((string[])["LC_ALL", "LC_MESSAGES", "LANG"]).Select(Environment.GetEnvironmentVariable)
            .FirstOrDefault(value => !string.IsNullOrEmpty(value))?.StartsWith("ja", StringComparison.Ordinal) == true
            ? Language.Japanese : Language.English;

    /// <summary>The language of lines, help, messages and pages.</summary>
    public static Language Language => Asked.Value ?? standard;

    /// <summary>The same as its code.</summary>
    public static string Code => Language.Code();

    /// <summary>From now on the language of a command line, even of one that can't be parsed: what is wrong with it is
    /// said in that language, too.</summary>
    public static void Set(IEnumerable<string> words)
    {
        var (language, isNext) = ((Language?)null, false);
        foreach (var word in words.TakeWhile(word => word != "--"))
        {
            if (word.StartsWith(Option + "=", StringComparison.Ordinal))
                language = Of(word[(Option.Length + 1)..]) ?? language;
            else if (isNext)
                language = Of(word) ?? language;
            isNext = word == Option;
        }
        Asked.Value = language;
    }

    private static Language? Of(string code) =>
        code == "ja" ? Language.Japanese : code == "en" ? Language.English : null;
}
