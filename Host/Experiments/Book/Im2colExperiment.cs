using Functional.Host.Charts;
using MathNet.Numerics.LinearAlgebra;
using static Functional.Host.Experiments.CommonFigures;

namespace Functional.Host.Experiments;

/// <summary>A convolution as a product of matrices. Source: Deep Learning from Scratch, 7.2.2, 7.4.2 and 7.4.3.
/// </summary>
internal sealed class Im2colExperiment : Experiment
{
    private const int Side = 4, Kernel = 3, Places = 2;

    private static readonly double[] Image = [1, 2, 3, 0, 0, 1, 2, 3, 3, 0, 1, 2, 2, 3, 0, 1];
    private static readonly double[] Filter = [2, 0, 1, 0, 1, 2, 1, 0, 2];

    public override string Name => "im2col";
    public override string Section => "7.4.2, 7.4.3";
    public override LocalizedText Title => ("A convolution as a product", "im2colによる展開");

    public override LocalizedText Question => (
        "A filter of 3 x 3 slides over an image of 4 x 4. Written out, each of its four windows becomes a row of " +
        "nine numbers, and the convolution a product of matrices. How often does a pixel from the middle of the " +
        "image appear in it, and how much more memory does that take?",
        "3 x 3 のフィルターを 4 x 4 の画像に適用します。4つの窓をそれぞれ9個の数の行に展開すると、" +
        "畳み込みは行列の積になります。画像の中央の画素は展開後に何回現れ、" +
        "メモリはどのくらい余分に必要になるでしょうか。");

    public override ExperimentReport Run(Lab lab)
    {
        double[][] windows =
        [
            .. Enumerable.Range(0, Places * Places).Select(place => Enumerable.Range(0, Kernel * Kernel).Select(
                element => Image[(((place / Places) + (element / Kernel)) * Side) + (place % Places)
                    + (element % Kernel)]).ToArray()),
        ];
        double[] product = [.. windows.Select(window => window.Zip(Filter, (x, w) => x * w).Sum())];
        var layer = new Convolution<double>(
            ConvolutionShape.Of(ImageShape.Of(1, Side, Side), 1, Kernel),
            Matrix<double>.Build.Dense(1, Filter.Length, Filter), Vector<double>.Build.Dense(1));
        double[] outputs = layer.Predict(Matrix<double>.Build.Dense(Image.Length, 1, Image)).ToColumnMajorArray();
        var book = ConvolutionShape.Of(ImageShape.Of(1, 28, 28), 30, 5);
        var times = (double)book.Output.Height * book.Output.Width * book.FilterSize / book.Input.Size;
        string Row(double[] values) => string.Join(", ", values.Select(value => Typography.Value(value)));
        // Pixels in the middle are in every window.
        var most = Image.Select((_, at) => Enumerable.Range(0, Places * Places).Count(place =>
            (at / Side) - (place / Places) is >= 0 and < Kernel
            && (at % Side) - (place % Places) is >= 0 and < Kernel)).Max();
        return new()
        {
            Parts =
            [
                Shown(
                    "image", Matrix(lab.Say("The image", "入力データ"), Image.Chunk(Side)),
                    ("The book's example: an image of 4 x 4. The filter is " +
                     $"{string.Join(" / ", Filter.Chunk(Kernel).Select(row => string.Join(' ', row)))}.",
                     "本書の例と同じ 4 x 4 の入力データ。フィルターは " +
                     $"{string.Join(" / ", Filter.Chunk(Kernel).Select(row => string.Join(' ', row)))} です。")),
                Shown(
                    "windows",
                    new MatrixChart(
                        lab.Say("Its windows as rows", "im2col による展開"),
                        new Axis(lab.Say("element of the window", "窓の要素"))
                            { Categories = [.. Enumerable.Range(1, Filter.Length).Select(i => $"{i}")] },
                        new Axis(lab.Say("place of the filter", "フィルターの位置"))
                        {
                            Categories = ["1, 1", "1, 2", "2, 1", "2, 2"],
                        })
                    { Values = windows },
                    ("A row for each place of the filter, a column for each of its elements. A pixel from the middle " +
                     $"of the image appears {most} times.",
                     "行はフィルターの位置、列はフィルターの要素に対応します。画像の中央の画素は" +
                     $"{most}回現れます。")),
                Shown(
                    "result", Matrix(lab.Say("The convolution", "畳み込みの結果"), product.Chunk(Places)),
                    ($"The products of the rows with the filter, {Row(product)}, as an image again.",
                     $"各行とフィルターの積（{Row(product)}）を画像の形に戻したもの。")),
                new Paragraph((
                    "The first layer of 7.5 (30 filters of 5 x 5 on 28 x 28) would write " +
                    $"{Typography.Number(times, 1)} times as many numbers as the image has. Our layer computes the " +
                    "same sums without writing them down for the whole batch.",
                    $"7.5節の第1層（28 x 28 の画像に 5 x 5 のフィルター30個）では、展開後の要素数が画像の" +
                    $"{Typography.Number(times, 1)} 倍になります。このライブラリの層は、" +
                    "バッチ全体を展開せずに同じ和を計算します。")),
            ],
            Claims =
            [
                Lab.Claim(
                    ("The product of windows and filter is what the layer gives, to the last bit",
                     "展開した行列とフィルターの積は、層の出力と完全に一致する"),
                    product.SequenceEqual(outputs),
                    (("product", "積"), Row(product)), (("layer", "層の出力"), Row(outputs))),
                Lab.Claim(
                    ("Written out, the images of 7.5's first layer take more than 18 times the memory",
                     "7.5節の第1層の入力は、展開すると18倍以上のメモリを使う"),
                    times > 18, (("times as many numbers", "要素数の比"), Typography.Number(times, 1))),
            ],
        };
    }

    private static MatrixChart Matrix(string title, IEnumerable<double[]> rows)
    {
        double[][] values = [.. rows];
        Axis Numbered() => new("") { Categories = [.. Enumerable.Range(1, values.Length).Select(i => $"{i}")] };
        return new(title, Numbered(), Numbered()) { Values = values };
    }

    private static Figure Shown(string name, Chart chart, LocalizedText caption) =>
        new(name, chart, caption) { NumbersOf = NumbersOf.NoSeed, InBook = "" };
}
