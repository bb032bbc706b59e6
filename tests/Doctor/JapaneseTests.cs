using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Experiments;
using Functional.Host.Pages;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;

namespace Functional.Tests.Doctor;

/// <summary>What the doctor finds, in Japanese.</summary>
public sealed class JapaneseTests
{
    private static readonly TrainConfiguration Symmetric = new()
        { Data = "digits", Samples = 300, Hidden = [10], Initializer = Initializer.Zero, Epochs = 5 };

    [Fact]
    public void Every_kind_of_finding_has_a_name_and_a_meaning()
    {
        var texts = Enum.GetValues<FindingKind>().Select(DoctorTexts.InJapanese).ToArray();
        Assert.Equal(texts.Length, texts.Select(text => text.Name).Distinct().Count());
        Assert.All(texts, text => Assert.EndsWith("。", text.Meaning));
    }

    [Fact]
    public void The_page_is_Japanese()
    {
        var examination = Examination.Of(Symmetric, DataSets.Load("digits"), 1);
        var page = DoctorPage.Render(Symmetric, examination, Language.Japanese);
        Assert.Contains("<html lang=\"ja\">", page);
        Assert.Contains($"最も可能性の高い原因：{DoctorTexts.InJapanese(examination.Findings[0].Kind).Name}", page);
        Assert.All((string[])["訴え", "診察"], part => Assert.Contains($"<h2>{part}</h2>", page));
    }

    [Fact]
    public void The_lines_are_Japanese_where_the_locale_is()
    {
        using var folder = new TemporaryFolder();
        string[] words = ["doctor", "--samples", "300", "--hidden", "10", "--init", "zero", "--iterations", "30"];
        var outcome = FunctionalProgram.RunWith("LC_ALL=ja_JP.UTF-8", folder.Path, words);
        Assert.Contains("すべて同じ重み（symmetric-weights", outcome.Output);
        Assert.Contains("affine1の10ユニットすべてが同じ重みから始まり", outcome.Output);
        Assert.Contains("重みを乱数で初期化してください", outcome.Output);
        Assert.Contains("symmetric-weights (", FunctionalProgram.Run(folder.Path, [.. words, "--lang", "en"]).Output);
    }
}
