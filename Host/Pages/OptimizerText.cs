using System.Text.RegularExpressions;
using Functional.Host.Experiments;

namespace Functional.Host.Pages;

/// <summary>What an optimizer says of itself, in both languages. The names of rules and of their numbers, which are
/// those of options, stay as they are.</summary>
internal static class OptimizerText
{
    // From the whole to its parts: a schedule's "times 0.5 every step" is no "times 0.5".
    private static readonly (Regex English, string Japanese)[] Parts =
    [
        Of("warm-up of # steps, then ", "$1ステップのウォームアップの後、"),
        Of("one cycle of # steps, from # to 1 in # of them, then to #",
            "$1ステップの1サイクル（その$3で$2から1へ、その後$4へ）"),
        Of("cosine to # in # steps", "$2ステップで$1までのコサイン減衰"),
        Of("times # every # steps", "$2ステップごとに$1倍"),
        Of("times # every step", "ステップごとに$1倍"),
        Of("# gradients a step", "1ステップに勾配$1個"),
        Of("clipped to norm #", "ノルム$1でクリップ"),
        Of("clipped to #", "±$1でクリップ"),
        Of("gradient noise # (power #, seed #)", "勾配ノイズ$1（指数$2、シード$3）"),
        Of("look-ahead every # steps by #", "look-ahead（$1ステップごとに$2）"),
        Of("proximal L1 #", "近接L1（$1）"),
        Of("moving average #", "移動平均$1"),
        Of("learning rate # and weight decay #", "学習率$1と荷重減衰$2"),
        Of("learning rate #", "学習率$1"),
        Of("weight decay #", "荷重減衰$1"),
        (new Regex(" frozen(?=;|$)"), " 固定"),
        (new Regex(@" \("), "（"),
        (new Regex(@"\)"), "）"),
        (new Regex(", "), "、"),
        (new Regex("; "), "；"),
    ];

    /// <summary>The text of an optimizer, which is in English, in both languages.</summary>
    public static LocalizedText Of(string english) =>
        (english, Parts.Aggregate(english, (text, part) => part.English.Replace(text, part.Japanese)));

    // # stands for a number.
    private static (Regex English, string Japanese) Of(string english, string japanese) => (
        new Regex(Regex.Escape(english).Replace(@"\#", @"([-+.\w]+)", StringComparison.Ordinal)), japanese);
}
