using Functional.Host.Doctor;
using Functional.Host.Experiments;

namespace Functional.Host.Commands;

/// <summary>What following the doctor's advice brought, before and after, as lines.</summary>
internal static class TreatmentLines
{
    /// <summary>Writes them.</summary>
    public static void Write(TextWriter output, Treatment treatment, bool ofQuantities)
    {
        var isJapanese = Locale.Language == Language.Japanese;
        output.WriteLine();
        output.WriteLine(Heading(treatment, ofQuantities, isJapanese));
        output.WriteLine();
        var table = new TextTable(
            TextTable.Left(isJapanese ? "変更" : "change"), TextTable.Right(isJapanese ? "訓練" : "training"),
            TextTable.Right(isJapanese ? "検証" : "validation"), TextTable.Right(isJapanese ? "テスト" : "test"));
        foreach (var (i, step) in treatment.Steps.Index())
            table.Add(
                step.Change ?? (isJapanese ? "変更前" : "unchanged"), Percentage.Of(step.Training),
                Percentage.Of(step.Validation), Percentage.Of(step.Test));
        table.Write(output, TextTable.Room);
        output.WriteLine();
        output.WriteLine(treatment.Steps.Count == 1 && treatment.Steps[0].Change is null
            ? isJapanese ? $"{(treatment.HeldOut > 0 ? "検証" : "テスト")}データで良くなる変更はありませんでした。"
                : $"no change helps on {(treatment.HeldOut > 0 ? "validation" : "test")} samples"
            : treatment.Command);
    }

    private static string Heading(Treatment treatment, bool ofQuantities, bool isJapanese)
    {
        var share = Invariant($"{treatment.HeldOut:0%}");
        var what = ofQuantities ? isJapanese ? "説明できた分散の割合" : "share of the variance explained"
            : isJapanese ? "認識精度" : "share classified correctly";
        return isJapanese
            ? $"処方を試した結果（{what}、"
                + (treatment.Seeds == 1 ? "シード1個" : $"{treatment.Seeds}個のシードの平均") + "、"
                + (treatment.HeldOut > 0 ? $"検証データは訓練データの{share}）："
                    : "他のサンプルが少ないため、テストデータで選択）：")
            : $"mended, one change after another ({what}; "
                + (treatment.Seeds == 1 ? "one seed" : $"means of {treatment.Seeds} seeds") + ", "
                + (treatment.HeldOut > 0 ? $"{share} of the training samples held out for validation):"
                    : "chosen by the test samples, because there are too few others):");
    }
}
