using System.Security;
using Functional.Host.Experiments;

namespace Functional.Host.Exercises;

/// <summary>An exercise as its file states it.</summary>
/// <param name="Name">What is typed.</param>
/// <param name="Title">Section and subject.</param>
/// <param name="Task">What is to be written.</param>
/// <param name="Hints">What helps, the last nearly the answer.</param>
/// <param name="Member">Of <see cref="Mark"/>, and the function's name in C#.</param>
/// <param name="CSharp">The function's head in C#.</param>
/// <param name="FSharp">The same in F#.</param>
internal sealed record ExerciseText(
    string Name, LocalizedText Title, LocalizedText Task, LocalizedText[] Hints, string Member, string CSharp,
    string FSharp)
{
    /// <summary>All of them, in the order of the book.</summary>
    public static IReadOnlyList<ExerciseText> All { get; } =
    [
        new("sigmoid", ("5.5.2: sigmoid's derivative", "5.5.2：シグモイドの微分"),
            ("Backward through y = sigmoid(x) = 1 / (1 + exp(-x)), element by element.\n"
                + "Given y and dL/dy (dy), return dL/dx.",
                "y = sigmoid(x) = 1 / (1 + exp(-x)) の逆伝播を要素ごとに書きます。\n"
                + "yとdL/dy（dy）からdL/dxを返してください。"),
            [
                ("The derivative of sigmoid needs no x: y is enough.",
                    "シグモイドの微分はxを使わず、yだけで表せます。"),
                ("By the chain rule, dL/dx = dL/dy * dy/dx; and dy/dx = y (1 - y).",
                    "連鎖律より dL/dx = dL/dy * dy/dx、そして dy/dx = y (1 - y) です。"),
            ],
            "Sigmoid",
            "Matrix<double> Sigmoid(Matrix<double> y, Matrix<double> dy)",
            "sigmoid (y: Matrix<float>) (dy: Matrix<float>) : Matrix<float>"),
        new("momentum", ("6.1.4: a step of Momentum", "6.1.4：モメンタムの1ステップ"),
            ("One step: given the rate, the momentum, the weight, the velocity and the gradient,\n"
                + "return the new weight and the new velocity.",
                "1ステップ分の更新です。学習率rate、momentum、重み、速度、勾配から\n"
                + "新しい重みと新しい速度を返してください。"),
            [
                ("Update the velocity first: a share of it (the momentum) remains, and the gradient pushes it down.",
                    "先に速度を更新します。速度は一定の割合（momentum）だけ残り、勾配の逆向きに押されます。"),
                ("v' = momentum * v - rate * g, then w' = w + v'.",
                    "v' = momentum * v - rate * g、次に w' = w + v' です。"),
            ],
            "Momentum",
            "(Matrix<double>, Matrix<double>) Momentum(\n    double rate, double momentum, Matrix<double> weight, "
                + "Matrix<double> velocity, Matrix<double> gradient)",
            "momentum (rate: float) (share: float) (weight: Matrix<float>) (velocity: Matrix<float>) "
                + "(gradient: Matrix<float>)\n    : struct (Matrix<float> * Matrix<float>)"),
        new("he", ("6.2.3: He initialization", "6.2.3：Heの初期値"),
            ("Initial weights for ReLU: normal numbers, outputs x inputs, with the standard deviation that He found.\n"
                + "Draw them from the key: key.Normals(count) gives normal numbers with a standard deviation of 1.",
                "ReLU用の重みの初期値（outputs x inputs）を、Heの標準偏差の正規乱数で作ります。\n"
                + "乱数はkeyから作ります。key.Normals(count)は標準偏差1の正規乱数を返します。"),
            [
                ("The more inputs are added up, the smaller each weight must be.",
                    "足し合わせる入力が多いほど、個々の重みは小さくします。"),
                ("The deviation is sqrt(2 / inputs); in whole numbers 2 / inputs would be 0.",
                    "標準偏差は sqrt(2 / inputs) です。整数の割り算では 2 / inputs が0になるので注意してください。"),
            ],
            "He",
            "Matrix<double> He(int outputs, int inputs, Key key)",
            "he (outputs: int) (inputs: int) (key: Key) : Matrix<float>"),
        new("batch-norm", ("6.3.1: batch normalization, backward", "6.3.1：バッチ正規化の逆伝播"),
            ("y = gamma * z + beta, where z = (x - mean) / sqrt(variance + epsilon).\n"
                + "x and dy are units x samples, gamma is units x 1; mean and variance are of each row of x\n"
                + "(the variance divided by N). Given epsilon, x, gamma and dL/dy (dy), return dL/dx.",
                "y = gamma * z + beta、ただし z = (x - mean) / sqrt(variance + epsilon) です。\n"
                + "xとdyはunits x samples、gammaはunits x 1で、平均と分散はxの行ごとに取ります\n"
                + "（分散はNで割ります）。epsilon、x、gamma、dL/dy（dy）からdL/dxを返してください。"),
            [
                ("Mean and variance depend on every sample of the row: three paths lead from x to y.",
                    "平均と分散は行のすべてのサンプルに依存します。xからyへの経路は3つあります。"),
                ("Row by row: dx = gamma / deviation * (dy - mean of dy - z * mean of (dy * z)).",
                    "行ごとに dx = gamma / sqrt(variance + epsilon) * (dy - mean(dy) - z * mean(dy * z)) です。"),
            ],
            "BatchNorm",
            "Matrix<double> BatchNorm(double epsilon, Matrix<double> x, Matrix<double> gamma, Matrix<double> dy)",
            "batchNorm (epsilon: float) (x: Matrix<float>) (gamma: Matrix<float>) (dy: Matrix<float>) : Matrix<float>"),
        new("ridge", ("6.4.2: ridge (weight decay)", "6.4.2：リッジ（荷重減衰）"),
            ("rate/2 times the sum of all squared weights is added to the loss.\n"
                + "Given the rate, the weight and the gradient of the loss alone, return the gradient of the sum.",
                "損失に、重みの2乗和のrate/2倍を加えます。\n"
                + "rate、重み、元の損失の勾配から、和の勾配を返してください。"),
            [
                ("The gradient of a sum is the sum of the gradients.", "和の勾配は勾配の和です。"),
                ("The derivative of rate/2 w² is rate w.", "rate/2 w² の微分は rate w です。"),
            ],
            "Ridge",
            "Matrix<double> Ridge(double rate, Matrix<double> weight, Matrix<double> gradient)",
            "ridge (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) : Matrix<float>"),
        new("lasso", ("6.4.2: lasso (L1)", "6.4.2：ラッソ（L1正則化）"),
            ("rate times the sum of all |weights| is added to the loss.\n"
                + "Given the rate, the weight and the gradient of the loss alone, return the gradient of the sum.",
                "損失に、重みの絶対値の和のrate倍を加えます。\n"
                + "rate、重み、元の損失の勾配から、和の勾配を返してください。"),
            [
                ("The slope of |w| is the same everywhere to the right of 0, and everywhere to the left.",
                    "|w|の傾きは、0より右ではどこでも同じ、左でもどこでも同じです。"),
                ("It is the sign of w; where w is 0, take 0.", "それはwの符号です。wが0なら0とします。"),
            ],
            "Lasso",
            "Matrix<double> Lasso(double rate, Matrix<double> weight, Matrix<double> gradient)",
            "lasso (rate: float) (weight: Matrix<float>) (gradient: Matrix<float>) : Matrix<float>"),
        new("dropout", ("6.4.3: dropout, backward", "6.4.3：Dropoutの逆伝播"),
            ("In training, y = mask * x / (1 - ratio): the mask is 1 where an element is kept, 0 where it is dropped,\n"
                + "and what is kept is scaled to compensate. Given the ratio, the mask and dL/dy (dy), return dL/dx.",
                "訓練時は y = mask * x / (1 - ratio) です。maskは残す要素が1、落とす要素が0で、\n"
                + "残した要素が落とした分を補います。ratio、mask、dL/dy（dy）からdL/dxを返してください。"),
            [
                ("What was dropped had no influence on the loss.", "落とした要素は損失に影響しません。"),
                ("The backward pass has the same factor as the forward pass: mask / (1 - ratio).",
                    "逆伝播の係数は順伝播と同じ mask / (1 - ratio) です。"),
            ],
            "Dropout",
            "Matrix<double> Dropout(double ratio, Matrix<double> mask, Matrix<double> dy)",
            "dropout (ratio: float) (mask: Matrix<float>) (dy: Matrix<float>) : Matrix<float>"),
        new("random-crop", ("Data augmentation: random crop", "データ拡張：ランダムクロップ"),
            ("Cut a window of h x w pixels out of an image, at a place drawn from the key; all places are equally\n"
                + "likely. key.Child(0).Integers(1, n)[0] is a whole number from 0 to n - 1.",
                "画像からh x w画素の窓を、keyから選んだ位置で切り出します。どの位置も同じ確率です。\n"
                + "key.Child(0).Integers(1, n)[0]は0からn - 1までの整数です。"),
            [
                ("How many places are there for a window of 3 in a row of 5? Draw lines and count.",
                    "長さ5の列に長さ3の窓を置く位置はいくつありますか。図を描いて数えてみましょう。"),
                ("height - h + 1 rows and width - w + 1 columns; image.SubMatrix(top, h, left, w) is a window.",
                    "縦はheight - h + 1通り、横はwidth - w + 1通りです。image.SubMatrix(top, h, left, w)が窓です。"),
            ],
            "RandomCrop",
            "Matrix<double> RandomCrop(Matrix<double> image, int h, int w, Key key)",
            "randomCrop (image: Matrix<float>) (h: int) (w: int) (key: Key) : Matrix<float>"),
    ];

    /// <summary>The C# script.</summary>
    public string InCSharp(Language language) => $$"""
        {{Head(language, $"dotnet run {Name}.cs")}}

        using Functional;
        using Functional.Host.Exercises;
        using Functional.Host.Experiments;
        using MathNet.Numerics.LinearAlgebra;

        {{CSharp}}
        {
            {{(language == Language.Japanese ? "// ここに書いてください。" : "// Write it here.")}}
            throw new NotImplementedException();
        }

        return Mark.{{Member}}({{Member}}).Print(Language.{{language}});

        """;

    /// <summary>The F# script.</summary>
    /// <param name="language">Of its text.</param>
    /// <param name="libraries">The folder of the program's libraries.</param>
    public string InFSharp(Language language, string libraries)
    {
        var function = FSharp.Split(' ')[0];
        return $"""
            {Head(language, $"dotnet fsi {Name}.fsx")}

            #I @"{libraries}"
            #r "MathNet.Numerics.dll"
            #r "Functional.Core.dll"
            #r "functional.dll"

            open System
            open MathNet.Numerics.LinearAlgebra
            open Functional
            open Functional.FSharp
            open Functional.Host.Exercises
            open Functional.Host.Experiments

            let {FSharp} =
                {(language == Language.Japanese ? "// ここに書いてください。" : "// Write it here.")}
                raise (NotImplementedException())

            exit (Mark.{Member}({function}).Print(Language.{language}))

            """;
    }

    /// <summary>What <c>Directory.Build.props</c> beside C# scripts says: where the program's libraries are.</summary>
    public static string Properties(string libraries) => $"""
        <!-- {Mine} It tells C# scripts in this folder where the libraries are. -->
        <Project>
          <PropertyGroup>
            <PublishAot>false</PublishAot>
          </PropertyGroup>
          <ItemGroup>
            <Reference Include="{Escaped(libraries, "functional.dll")}" />
            <Reference Include="{Escaped(libraries, "Functional.Core.dll")}" />
            <Reference Include="{Escaped(libraries, "MathNet.Numerics.dll")}" />
          </ItemGroup>
        </Project>

        """;

    private static string? Escaped(string folder, string file) => SecurityElement.Escape(Path.Combine(folder, file));

    /// <summary>How <see cref="Properties"/> begins.</summary>
    public const string Mine = "Written by 'functional exercise'.";

    private string Head(Language language, string command)
    {
        var hint = language == Language.Japanese ? "ヒント" : "Hint ";
        var colon = language == Language.Japanese ? "：" : ": ";
        string[] lines =
        [
            Title.In(language), "", .. Task.In(language).Split('\n'), "",
            .. Hints.Select((text, i) => $"{hint}{i + 1}{colon}{text.In(language)}"), "", $"    {command}",
        ];
        return string.Join('\n', lines.Select(line => line.Length == 0 ? "//" : $"// {line}"));
    }
}
