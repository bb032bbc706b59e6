using Functional.Host.Experiments;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Exercises;

/// <summary>Marks random crops: every window of the image is equally likely.</summary>
internal static class CropMarker
{
    private const string Name = "random-crop";
    private const int Height = 5, Width = 7, H = 3, W = 4, Rows = Height - H + 1, Columns = Width - W + 1;

    // 240 of each of the 12 places are expected, with a deviation of 15.
    private const int Crops = 240 * Rows * Columns, Least = 150, Again = 20;

    // Each pixel has its own number: it says where it is from.
    private static readonly Matrix<double> Image = Matrix<double>.Build.Dense(Height, Width, (y, x) => y * Width + x);

    public static Mark Of(Func<Matrix<double>, int, int, Key, Matrix<double>> answer)
    {
        var counts = new int[Rows, Columns];
        var firsts = new double[Crops];
        Matrix<double>? crop = null;
        Mark? Failure(int h, int w, long seed, LocalizedText? outside) => Mark.Failure(
            Name, ($"A window of {h} x {w} out of an image of {Height} x {Width}",
                $"{Height} x {Width}の画像から{h} x {w}の窓を切り出す場合"),
            () => crop = answer(Image.Clone(), h, w, Key.OfSeed(seed)), outside);
        for (var i = 0; i < Crops; i++)
        {
            var wrong = Failure(H, W, i, (
                "an offset is out of range: the first is 0, the last height - h; or SubMatrix has its arguments, "
                    + "row, rows, column and columns, in another order",
                "位置が範囲外です。最初の位置は0、最後はheight - hです。または、SubMatrixの引数（行、行数、列、列数）の"
                    + "順序が違います")) ?? NoWindow(crop);
            if (wrong is not null)
                return wrong;
            firsts[i] = crop![0, 0];
            counts[(int)firsts[i] / Width, (int)firsts[i] % Width]++;
        }
        for (var i = 0; i < Again; i++)
            if ((Failure(H, W, i, null) ?? NoWindow(crop)) is { } failed)
                return failed;
            else if (crop![0, 0] != firsts[i])
                return Mark.Wrong(Name, (
                    "The same key gives a different window.", "同じkeyで違う窓になります。")).Because((
                    "the place doesn't come from the key", "位置がkeyから作られていません"));
        if (Uneven(counts) is { } uneven)
            return uneven;
        if (Failure(Height, Width, 1, ("offsets are drawn below height - h: 0 is one of height - h + 1 places",
            "height - h未満から選んでいます。位置はheight - h + 1個あります")) is { } full)
            return full;
        if (!Image.Equals(crop))
        {
            var differs = Mark.Wrong(Name, (
                "A window as large as the image differs from it.", "画像と同じ大きさの窓が画像と一致しません。"));
            return crop is { RowCount: H, ColumnCount: W }
                ? differs.Because(($"the window is always {H} x {W}: it should be h x w",
                    $"窓がいつも{H} x {W}です。h x wにしてください"))
                : differs;
        }
        return Mark.Right(Name, (
            $"{Crops} crops: all are windows, and all {Rows * Columns} places are equally frequent.",
            $"{Crops}回の切り出しがすべて窓で、{Rows * Columns}個の位置が均等に現れます。"));
    }

    private static Mark? NoWindow(Matrix<double>? crop)
    {
        if (crop is null)
            return Mark.Wrong(Name, ("The answer is null.", "答えがnullです。"));
        if (crop.RowCount != H || crop.ColumnCount != W)
        {
            var shape = Mark.Wrong(Name, (
                $"The window is {crop.RowCount} x {crop.ColumnCount}, but should be {H} x {W}.",
                $"窓の形状は{crop.RowCount} x {crop.ColumnCount}ですが、正しくは{H} x {W}です。"));
            return (crop.RowCount, crop.ColumnCount) switch
            {
                (W, H) => shape.Because(("height and width are swapped", "高さと幅が入れ替わっています")),
                (Height, Width) => shape.Because(("the whole image is returned", "画像全体を返しています")),
                (H - 1, W - 1) or (H - 1, W) or (H, W - 1) =>
                    shape.Because(("the end is left out: a range from a to b has b - a + 1 numbers",
                        "終端が抜けています。aからbまではb - a + 1個です")),
                (H + 1, W + 1) or (H + 1, W) or (H, W + 1) =>
                    shape.Because(("a row or column is one too long: a range from a to b has b - a + 1 numbers",
                        "終端が1つ余分です。aからbまではb - a + 1個です")),
                _ => shape,
            };
        }
        if (crop.Enumerate().Except(Image.Enumerate()).Take(1).ToArray() is [var strange])
            return Mark.Wrong(Name, (
                Invariant($"There is a pixel of {strange} in the window, but none in the image."),
                Invariant($"窓の中に、画像にない値{strange}の画素があります。"))).Because((
                    "the window isn't a copy of a part of the image", "窓が画像の一部のコピーではありません"));
        int At(int row, int column) => (int)crop[row, column];
        foreach (var (row, column, value) in crop.EnumerateIndexed())
            if (value != At(0, 0) + row * Width + column)
            {
                var wrong = Mark.Wrong(Name, (
                    Invariant($"The window's pixel [{row}, {column}] is {value}, but should be ")
                        + Invariant($"{At(0, 0) + row * Width + column}, as its pixel [0, 0] is {At(0, 0)}."),
                    Invariant($"窓の画素[{row}, {column}]は{value}ですが、画素[0, 0]が{At(0, 0)}なので")
                        + Invariant($"{At(0, 0) + row * Width + column}のはずです。")));
                return At(0, 1) == At(0, 0) - 1
                    ? wrong.Because(("the window is mirrored", "窓が左右反転しています"))
                    : At(1, 0) == At(0, 0) - Width
                    ? wrong.Because(("the window is upside down", "窓が上下反転しています"))
                    : At(0, 1) == At(0, 0) + Width
                    ? wrong.Because(("rows and columns are swapped", "行と列が入れ替わっています"))
                    : crop.Enumerate().All(pixel => pixel == 0) || crop.Enumerate().Contains(0) && At(0, 0) != 0
                    ? wrong.Because(("the window extends over the edge, or a part of it is not filled",
                        "窓が画像からはみ出しているか、一部が埋められていません"))
                    : wrong.Because(("the pixels are not neighbors: copy h rows and w columns that follow each other",
                        "画素が隣り合っていません。連続するh行・w列を切り出してください"));
            }
        // Row by row in one array, what is beyond the right edge is in the next row.
        return (int)crop[0, 0] % Width < Columns ? null : Mark.Wrong(Name, (
            Invariant($"A window of {W} columns begins in column {At(0, 0) % Width}, of {Width}."),
            Invariant($"幅{W}の窓が列{At(0, 0) % Width}から始まっていますが、列は{Width}個です。")))
            .Because(("the window goes on in the next row: the last column that fits is width - w",
                "窓が次の行に続いています。最後の列はwidth - wです"));
    }

    private static Mark? Uneven(int[,] counts)
    {
        int Row(int y) => Enumerable.Range(0, Columns).Sum(x => counts[y, x]);
        int Column(int x) => Enumerable.Range(0, Rows).Sum(y => counts[y, x]);
        (int Y, int X)[] rare = [.. from y in Enumerable.Range(0, Rows)
                                    from x in Enumerable.Range(0, Columns)
                                    where counts[y, x] < Least
                                    select (y, x)];
        if (rare.Length == 0)
            return null;
        var (top, left) = rare[0];
        var first = Mark.Wrong(Name, (
            $"Of {Crops} windows {counts[top, left]} begin at [{top}, {left}]; about {Crops / Rows / Columns} should.",
            $"{Crops}個の窓のうち[{top}, {left}]から始まるのは{counts[top, left]}個です"
                + $"（期待値は約{Crops / Rows / Columns}個）。"));
        var used = Rows * Columns - rare.Count(at => counts[at.Y, at.X] == 0);
        LocalizedText reason = used == 1 && counts[0, 0] > 0
            ? ("the window is always at the top left: draw an offset", "窓がいつも左上です。位置を乱数で選んでください")
            : used == 1
            ? ("the window is always in the same place: draw an offset from the key",
                "窓がいつも同じ位置です。keyから位置を選んでください")
            : Row(Rows - 1) == 0 && Column(Columns - 1) == 0
            ? ("the last offset is never reached: draw from height - h + 1 places, not from height - h",
                "最後の位置に届きません。height - h個ではなくheight - h + 1個から選びます")
            : Row(0) == 0 && Column(0) == 0
            ? ("the first offset, 0, is never reached", "最初の位置0に届きません")
            : rare.All(at => at.Y != at.X) && used == Math.Min(Rows, Columns)
            ? ("rows and columns have the same offset: draw one for each",
                "行と列の位置が同じです。それぞれ別に選んでください")
            : Enumerable.Range(0, Rows).Count(y => Row(y) > 0) == 1
            ? ("the rows' offset is not drawn", "行の位置が乱数になっていません")
            : Enumerable.Range(0, Columns).Count(x => Column(x) > 0) == 1
            ? ("the columns' offset is not drawn", "列の位置が乱数になっていません")
            : Row(Rows - 1) == 0
            ? ("the last row is never reached: draw from height - h + 1 places",
                "最後の行に届きません。height - h + 1個の位置から選びます")
            : Column(Columns - 1) == 0
            ? ("the last column is never reached: draw from width - w + 1 places",
                "最後の列に届きません。width - w + 1個の位置から選びます")
            : ("places are not equally likely: draw whole numbers, and don't round; rows and columns need "
                + "different keys, key.Child(0) and key.Child(1)",
                "位置が均等ではありません。丸めずに整数を選んでください。"
                + "行と列には別のキー、key.Child(0)とkey.Child(1)を使います");
        return first.Because(reason);
    }
}
