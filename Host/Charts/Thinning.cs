namespace Functional.Host.Charts;

/// <summary>
/// Long lines with as few points as the eye can see: of the points within one column of the plot, a unit wide, the
/// lowest and the highest in their order. So no peak is lost, and a million points need no more room than a thousand.
/// </summary>
internal static class Thinning
{
    /// <summary>The unbroken pieces of a line in the plot's coordinates. Points must be in order of x.</summary>
    public static IReadOnlyList<IReadOnlyList<Point>> Pieces(
        IReadOnlyList<double> xs, IReadOnlyList<double> ys, Axis xAxis, Axis yAxis, Plot plot)
    {
        var pieces = new List<List<Point>>();
        var column = new Column();
        var current = int.MinValue;
        var gap = true;
        for (var i = 0; i < ys.Count; i++)
        {
            if (!xAxis.CanShow(xs[i]) || !yAxis.CanShow(ys[i]))
            {
                gap = true;
                continue;
            }
            var point = plot.At(xs[i], ys[i]);
            // All that lies outside is one column on each side.
            var at = (int)Math.Clamp(Math.Floor(point.X), -1, Math.Ceiling(plot.Width) + 1);
            if (at != current)
            {
                if (pieces.Count > 0)
                    column.AddTo(pieces[^1], before: current < 0, after: current > plot.Width);
                if (gap)
                    pieces.Add([]);
                (column, current) = (new Column(point, i), at);
            }
            else
                column = column.With(point, i);
            gap = false;
        }
        if (pieces.Count > 0)
            column.AddTo(pieces[^1], before: current < 0, after: current > plot.Width);
        return pieces;
    }

    private readonly record struct Column(
        Point First, Point Last, Point Top, Point Bottom, int TopIndex, int BottomIndex)
    {
        public Column(Point point, int index) : this(point, point, point, point, index, index) { }

        public Column With(Point point, int index)
        {
            var next = this with { Last = point };
            if (point.Y < Top.Y)
                next = next with { Top = point, TopIndex = index };
            return point.Y > Bottom.Y ? next with { Bottom = point, BottomIndex = index } : next;
        }

        public void AddTo(List<Point> piece, bool before, bool after)
        {
            if (before || after)
                piece.Add(before ? Last : First);
            else if (TopIndex == BottomIndex)
                piece.Add(Top);
            else
                piece.AddRange(TopIndex < BottomIndex ? [Top, Bottom] : [Bottom, Top]);
        }
    }
}
