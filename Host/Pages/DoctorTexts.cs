using Functional.Host.Doctor;

namespace Functional.Host.Pages;

/// <summary>What the doctor's findings are called in Japanese, what each means, and what helps.</summary>
internal static class DoctorTexts
{
    /// <summary>How bad a finding is.</summary>
    public static string InJapanese(Severity severity) => severity switch
    {
        Severity.Error => "エラー", Severity.Warning => "警告", _ => "ヒント",
    };

    /// <summary>Name, meaning and advice of a kind of finding.</summary>
    public static (string Name, string Meaning, string Advice) InJapanese(FindingKind kind) => kind switch
    {
        FindingKind.UnscaledInputs => ("入力のスケールが不適切",
            "入力の大きさが1程度ではありません。初期値と学習率は1程度の入力を前提にしています。",
            "--scale unitまたはstandardで入力を変換してください。"),
        FindingKind.ConstantInputs => ("変化しない入力",
            "どのサンプルでも同じ値の特徴、または内容のないサンプルがあります。",
            "その列やサンプルを取り除いてください（表なら--ignore）。"),
        FindingKind.ShuffledLabels => ("ラベルと入力が無関係",
            "ラベルが入力とほとんど対応していません。並べ替えたときにずれた可能性があります。",
            "入力とラベルを同じ順序で並べているか確かめてください。"),
        FindingKind.ClassImbalance => ("クラスの偏り",
            "一部のクラスのサンプルが、他よりずっと多くあります。",
            "--class-weights balancedで、どのクラスも同じ重みになります。"),
        FindingKind.LeakedSamples => ("訓練データとテストデータの重複",
            "同じサンプルが両方にあるため、認識精度が実際より高く見えます。",
            "重複を片方から取り除いてください。"),
        FindingKind.SymmetricWeights => ("すべて同じ重み",
            "層のユニットが同じ重みから始まり、同じように更新されるので、1つのユニットと変わりません。",
            "--init he（ReLU）またはxavierで、重みを乱数で初期化してください。"),
        FindingKind.VanishingGradients => ("勾配消失",
            "勾配が最初の層に届くまでに小さくなりすぎています。",
            "--activation reluと--init he、または--batch-normを使うか、層を減らしてください。"),
        FindingKind.ExplodingGradients => ("勾配爆発",
            "勾配が層を通るたびに、または学習中に大きくなっています。",
            "初期値を小さく（--init he）するか、--batch-normを使ってください。--clip-norm 1で被害を抑えられます。"),
        FindingKind.DeadUnits => ("死んだユニット",
            "どのサンプルに対しても0を出力するユニットが多く、勾配が流れません。",
            "--init he、小さな--learning-rate、または--activation leaky-reluを試してください。"),
        FindingKind.SaturatedUnits => ("飽和したユニット",
            "活性化関数の平らなところに出力が集まり、勾配がほとんど流れません。",
            "小さな初期値（--init xavier）、--batch-norm、または1程度の入力にしてください。"),
        FindingKind.LearningRateTooHigh => ("学習率が大きすぎる",
            "一歩が大きすぎて、損失が下がりません。", "--learning-rateを小さくしてください。"),
        FindingKind.LearningRateTooLow => ("学習率が小さすぎる",
            "一歩が小さすぎて、損失がなかなか下がりません。", "--learning-rateを大きくしてください。"),
        FindingKind.TooFewSteps => ("ステップ数が足りない",
            "損失はまだ下がっている途中です。", "--epochsまたは--iterationsを増やしてください。"),
        FindingKind.LossAtChance => ("損失が当てずっぽうと同じ",
            "ネットワークの答えは、何も知らない場合と変わりません。", "他の診断から調べてください。"),
        FindingKind.Diverged => ("発散",
            "損失が大きくなったか、数ではなくなりました。",
            "--learning-rateを小さくし、入力の大きさを確かめてください。"),
        FindingKind.BatchOfOne => ("大きさ1のバッチ",
            "1サンプルだけのバッチでは、バッチ正規化の出力がいつも0になります。", "--batch-sizeを大きくしてください。"),
        FindingKind.DropoutTooStrong => ("Dropoutが強すぎる",
            "消されるユニットが多すぎて、信号がほとんど通りません。", "--dropoutを小さくしてください。"),
        FindingKind.PenaltyTooStrong => ("正則化が強すぎる",
            "重みへのペナルティが、データの損失より大きくなっています。",
            "--l2、--l1、--weight-decayを小さくしてください。"),
        FindingKind.AugmentationTooStrong => ("データ拡張が強すぎる",
            "変形した画像が、元の画像とかけ離れています。", "--augmentの変形を弱くしてください。"),
        FindingKind.ClippingTooStrong => ("勾配クリッピングが強すぎる",
            "勾配がほとんどなくなるまで切り詰められています。", "--clip-normまたは--clip-valueを大きくしてください。"),
        FindingKind.AverageTooSlow => ("重みの移動平均が遅すぎる",
            "学習初期の重みが、まだ平均に強く残っています。", "--averageを小さくするか、ステップを増やしてください。"),
        FindingKind.Overfitting => ("過学習",
            "訓練データは覚えていますが、他のデータではずっと悪くなります。",
            "データを増やすか、--l2、--dropout、--augmentを試してください。"),
        FindingKind.TooSmall => ("ネットワークが小さすぎる",
            "少数のサンプルさえ覚えられません。", "--hiddenのユニットや層を増やしてください。"),
        _ => throw new InvalidOperationException($"{kind} has no Japanese name"),
    };
}
