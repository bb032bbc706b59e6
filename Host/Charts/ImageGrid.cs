namespace Functional.Host.Charts;

/// <summary>A gray image.</summary>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Row by row from the top, 0 black, 255 white.</param>
/// <param name="Caption">What stands below; a line feed begins a new line.</param>
internal sealed record Picture(int Width, int Height, ReadOnlyMemory<byte> Pixels, string Caption = "")
{
    /// <summary>
    /// Numbers as grays, from black for the least to white for the greatest, or between set ends; what is not a number
    /// is black.
    /// </summary>
    public static Picture Of(int width, int height, IReadOnlyList<double> values, string caption = "",
        double? low = null, double? high = null)
    {
        var scale = new Axis("") { Minimum = low, Maximum = high }.Fit(Extent.Of(values.Given(), ""), 0, 255);
        byte Gray(double value) => double.IsNaN(value) ? (byte)0
            : (byte)Math.Round(Math.Clamp(scale.Map(Math.Clamp(value, -1e300, 1e300)), 0, 255));
        return new(width, height, values.Select(Gray).ToArray(), caption);
    }
}

/// <summary>Images side by side: samples, mistakes, the weights of a first layer.</summary>
/// <param name="Title">What they are.</param>
/// <param name="Pictures">The images, row by row.</param>
internal sealed record ImageGrid(string Title, IReadOnlyList<Picture> Pictures) : Chart(Title)
{
    private const double Gap = 6, CaptionLine = 14;

    /// <summary>How many stand side by side on a wide page.</summary>
    public int Columns { get; init; } = 10;

    internal override Drawing Draw(double width)
    {
        var columns = ColumnsFor(width);
        var cell = Math.Min((width - (columns - 1) * Gap) / columns, 120);
        var marks = new List<Markup>();
        double y = 0;
        foreach (var row in Pictures.Chunk(columns))
        {
            marks.AddRange(row.Select((picture, i) => Cell(picture, cell).At(i * (cell + Gap), y)));
            y += row.Max(picture => HeightOf(picture, cell) + CaptionLine * LinesOf(picture).Length) + Gap
                + (row.Any(picture => picture.Caption.Length > 0) ? 4 : 0);
        }
        var captions = Pictures.Select(picture => picture.Caption).Where(caption => caption.Length > 0).Take(40);
        return new(Markup.Join(marks), y, $"{Pictures.Count} images. " + string.Join("; ", captions), 0);
    }

    // On a narrow page a divisor of the number of columns, if there is a good one, keeps what belongs together in step.
    private int ColumnsFor(double width)
    {
        var most = Math.Max(1, (int)(width / (Pictures.Any(picture => picture.Caption.Length > 0) ? 62 : 44)));
        var wanted = Math.Max(1, Columns);
        if (wanted <= most)
            return wanted;
        var divisor = Enumerable.Range(1, most).Last(count => wanted % count == 0);
        return divisor * 2 > most ? divisor : most;
    }

    private static Markup Cell(Picture picture, double size)
    {
        var height = HeightOf(picture, size);
        return Markup.Of($"<image width='{size}' height='{height}' preserveAspectRatio='none' href='{
            Png.DataUri(picture.Pixels.Span, picture.Width, picture.Height)}'/>")
            + Markup.Join(LinesOf(picture).Select((line, i) => Svg.Text(
                Typography.Fit(line, Typography.SmallSize, size + Gap),
                size / 2, height + CaptionLine * (i + 1), "small middle")));
    }

    private static double HeightOf(Picture picture, double width) => width * picture.Height / picture.Width;

    private static string[] LinesOf(Picture picture) =>
        picture.Caption.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
