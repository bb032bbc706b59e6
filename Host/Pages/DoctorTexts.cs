using Functional.Host.Doctor;

namespace Functional.Host.Pages;

/// <summary>What the doctor's findings are called in Japanese, and what each means.</summary>
internal static class DoctorTexts
{
    /// <summary>How bad a finding is.</summary>
    public static string InJapanese(Severity severity) => severity switch
    {
        Severity.Error => "エラー", Severity.Warning => "警告", _ => "ヒント",
    };

    /// <summary>Name and meaning of a kind of finding.</summary>
    public static (string Name, string Meaning) InJapanese(FindingKind kind) => kind switch
    {
        FindingKind.UnscaledInputs => ("入力のスケールが不適切",
            "入力の大きさが1程度ではありません。初期値と学習率は1程度の入力を前提にしています。"),
        FindingKind.ConstantInputs => ("変化しない入力",
            "どのサンプルでも同じ値の特徴、または内容のないサンプルがあります。"),
        FindingKind.ShuffledLabels => ("ラベルと入力が無関係",
            "ラベルが入力とほとんど対応していません。並べ替えたときにずれた可能性があります。"),
        FindingKind.ClassImbalance => ("クラスの偏り",
            "一部のクラスのサンプルが、他よりずっと多くあります。"),
        FindingKind.LeakedSamples => ("訓練データとテストデータの重複",
            "同じサンプルが両方にあるため、認識精度が実際より高く見えます。"),
        FindingKind.SymmetricWeights => ("すべて同じ重み",
            "層のユニットが同じ重みから始まり、同じように更新されるので、1つのユニットと変わりません。"),
        FindingKind.VanishingGradients => ("勾配消失",
            "勾配が最初の層に届くまでに小さくなりすぎています。"),
        FindingKind.ExplodingGradients => ("勾配爆発",
            "勾配が層を通るたびに、または学習中に大きくなっています。"),
        FindingKind.DeadUnits => ("死んだユニット",
            "どのサンプルに対しても0を出力するユニットが多く、勾配が流れません。"),
        FindingKind.SaturatedUnits => ("飽和したユニット",
            "活性化関数の平らなところに出力が集まり、勾配がほとんど流れません。"),
        FindingKind.LearningRateTooHigh => ("学習率が大きすぎる",
            "一歩が大きすぎて、損失が十分に下がりません。"),
        FindingKind.LearningRateTooLow => ("学習率が小さすぎる",
            "一歩が小さすぎて、損失がなかなか下がりません。"),
        FindingKind.TooFewSteps => ("ステップ数が足りない",
            "学習が途中で終わっています。"),
        FindingKind.LossAtChance => ("損失が当てずっぽうと同じ",
            "ネットワークの答えは、何も知らない場合と変わりません。"),
        FindingKind.Diverged => ("発散",
            "損失が大きくなったか、数ではなくなりました。"),
        FindingKind.BatchOfOne => ("大きさ1のバッチ",
            "1サンプルだけのバッチでは、バッチ正規化の出力がいつも0になります。"),
        FindingKind.DropoutTooStrong => ("Dropoutが強すぎる",
            "消されるユニットが多すぎて、信号がほとんど通りません。"),
        FindingKind.PenaltyTooStrong => ("正則化が強すぎる",
            "重みへのペナルティが強く、学習を妨げています。"),
        FindingKind.AugmentationTooStrong => ("データ拡張が強すぎる",
            "変形した画像が、元の画像とかけ離れています。"),
        FindingKind.ClippingTooStrong => ("勾配クリッピングが強すぎる",
            "勾配がほとんどなくなるまで切り詰められています。"),
        FindingKind.AverageTooSlow => ("重みの移動平均が遅すぎる",
            "学習初期の重みが、まだ平均に強く残っています。"),
        FindingKind.Overfitting => ("過学習",
            "訓練データは覚えていますが、他のデータではずっと悪くなります。"),
        FindingKind.TooSmall => ("ネットワークが小さすぎる",
            "ユニットを増やすと、もっと学習できます。"),
        FindingKind.ScaledTwice => ("二重のスケーリング",
            "すでに1以下の入力を、さらに255で割っています。"),
        FindingKind.ClassMissing => ("訓練データにないクラス",
            "訓練データに1つもないクラスがあり、学習できません。"),
        FindingKind.MetricMisleads => ("認識精度が実態を表さない",
            "いつも同じクラスと答えるだけで、高い認識精度になります。"),
        FindingKind.QuantityAsClasses => ("数量をクラスとして学習",
            "測った数の1つ1つを、別々のクラスとして扱っています。"),
        FindingKind.TrainAndTestDiffer => ("訓練データとテストデータの違い",
            "テストデータの値が、訓練データと違う分布をしています。"),
        FindingKind.IdColumn => ("行番号の列",
            "行に番号を付けただけの列があります。新しい行には役に立ちません。"),
        FindingKind.TooLargeEpsilon => ("εが大きすぎる",
            "分母に足す数が、勾配の大きさより大きくなっています。"),
        FindingKind.NoRegularization => ("正則化の不足",
            "訓練データを覚えるだけで、抑えるものがありません。"),
        FindingKind.TooDeep => ("層が多すぎる",
            "層が多すぎて、信号や勾配が通りません。"),
        FindingKind.SeedDependent => ("シードに左右される",
            "シードによって、学習できたりできなかったりします。"),
        _ => throw new InvalidOperationException($"{kind} has no Japanese name"),
    };
}
