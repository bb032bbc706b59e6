namespace Functional.Host.Charts;

/// <summary>The values of a function of two variables on a grid.</summary>
/// <param name="Xs">Where the columns lie, ascending.</param>
/// <param name="Ys">Where the rows lie, ascending.</param>
/// <param name="Values">One list per row, one value per column.</param>
public sealed record Field(
    IReadOnlyList<double> Xs, IReadOnlyList<double> Ys, IReadOnlyList<IReadOnlyList<double>> Values)
{
    /// <summary>A function sampled on a grid over a rectangle, its edges included.</summary>
    /// <param name="function">Of x and y.</param>
    /// <param name="x">The rectangle's left and right edge.</param>
    /// <param name="y">Its lower and upper edge.</param>
    /// <param name="count">How many points each way, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are not at least two points each way.</exception>
    public static Field Of(
        Func<double, double, double> function, (double Low, double High) x, (double Low, double High) y, int count = 81)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        double[] xs = Between(x, count), ys = Between(y, count);
        return new(xs, ys, [.. ys.Select(at => (double[])[.. xs.Select(along => function(along, at))])]);
    }

    /// <summary>
    /// Levels whose differences grow evenly, so that the contours of a bowl are evenly apart: the k-th of n lies at
    /// ((k - 1/2)/n)² between the least and the greatest value.
    /// </summary>
    public IReadOnlyList<double> Levels(int count = 10)
    {
        var range = Values.Aggregate(Extent.Empty, (extent, row) => extent.Union(Extent.Of(row, "")));
        return range.IsEmpty || range.Low == range.High ? []
            : [.. from k in Enumerable.Range(1, count)
                  let share = (k - 0.5) / count
                  select range.Low + (range.High - range.Low) * share * share];
    }

    /// <summary>The gradient at a point of the grid, by differences of its neighbors.</summary>
    internal (double X, double Y) Gradient(int column, int row)
    {
        int left = Math.Max(column - 1, 0), right = Math.Min(column + 1, Xs.Count - 1);
        int below = Math.Max(row - 1, 0), above = Math.Min(row + 1, Ys.Count - 1);
        return ((Values[row][right] - Values[row][left]) / (Xs[right] - Xs[left]),
            (Values[above][column] - Values[below][column]) / (Ys[above] - Ys[below]));
    }

    /// <exception cref="ArgumentException">The rows or columns are not as many as their positions.</exception>
    internal void CheckShape()
    {
        if (Values.Count != Ys.Count || Values.Any(row => row.Count != Xs.Count))
            throw new ArgumentException(
                $"a field at {Xs.Count} x {Ys.Count} points has {Ys.Count} rows of {Xs.Count} values, not {
                    Values.Count} of {(Values.Count > 0 ? Values[0].Count : 0)}",
                nameof(Values));
    }

    /// <summary>
    /// The lines on which the field has a value, joined where they meet: marching squares, where a saddle is cut
    /// according to the mean of its corners. Source: Lorensen and Cline, "Marching Cubes" (1987), in the plane.
    /// </summary>
    internal IReadOnlyList<IReadOnlyList<(double X, double Y)>> Contour(double level)
    {
        var neighbors = new Dictionary<Crossing, List<Crossing>>();
        for (var row = 0; row + 1 < Ys.Count; row++)
            for (var column = 0; column + 1 < Xs.Count; column++)
                foreach (var (from, to) in Segments(column, row, level))
                {
                    Linked(from).Add(to);
                    Linked(to).Add(from);
                }
        var visited = new HashSet<Crossing>();
        // Open lines from their ends first; what is left then are closed ones.
        return [.. neighbors.Keys.OrderBy(crossing => neighbors[crossing].Count)
            .Where(start => !visited.Contains(start))
            .Select(start => Follow(start).ConvertAll(crossing => Place(crossing, level)))];

        List<Crossing> Linked(Crossing crossing) =>
            neighbors.TryGetValue(crossing, out var linked) ? linked : neighbors[crossing] = [];

        List<Crossing> Follow(Crossing start)
        {
            var line = new List<Crossing> { start };
            visited.Add(start);
            while (neighbors[line[^1]].Find(next => !visited.Contains(next)) is { } next)
            {
                line.Add(next);
                visited.Add(next);
            }
            if (line.Count > 2 && neighbors[line[^1]].Contains(start))
                line.Add(start);
            return line;
        }
    }

    private IEnumerable<(Crossing, Crossing)> Segments(int column, int row, double level)
    {
        var (lower, upper) = (Values[row], Values[row + 1]);
        double leftBottom = lower[column], rightBottom = lower[column + 1];
        double leftTop = upper[column], rightTop = upper[column + 1];
        var above = (leftBottom >= level ? 1 : 0) + (rightBottom >= level ? 2 : 0)
            + (rightTop >= level ? 4 : 0) + (leftTop >= level ? 8 : 0);
        if (above is 0 or 15
            || !(double.IsFinite(leftBottom) && double.IsFinite(rightBottom)
                && double.IsFinite(rightTop) && double.IsFinite(leftTop)))
            return [];
        Crossing bottom = new(column, row, false), right = new(column + 1, row, true);
        Crossing top = new(column, row + 1, false), left = new(column, row, true);
        var centerAbove = (leftBottom + rightBottom + rightTop + leftTop) / 4 >= level;
        return above switch
        {
            1 or 14 => [(left, bottom)],
            2 or 13 => [(bottom, right)],
            3 or 12 => [(left, right)],
            4 or 11 => [(right, top)],
            6 or 9 => [(bottom, top)],
            7 or 8 => [(left, top)],
            5 => centerAbove ? [(left, top), (bottom, right)] : [(left, bottom), (right, top)],
            _ => centerAbove ? [(left, bottom), (right, top)] : [(left, top), (bottom, right)],
        };
    }

    private (double X, double Y) Place(Crossing crossing, double level)
    {
        var (column, row, vertical) = crossing;
        int nextColumn = vertical ? column : column + 1, nextRow = vertical ? row + 1 : row;
        double from = Values[row][column], share = (level - from) / (Values[nextRow][nextColumn] - from);
        return (Xs[column] + share * (Xs[nextColumn] - Xs[column]), Ys[row] + share * (Ys[nextRow] - Ys[row]));
    }

    private static double[] Between((double Low, double High) edges, int count) =>
        [.. Enumerable.Range(0, count).Select(i => edges.Low + (edges.High - edges.Low) * i / (count - 1))];

    /// <summary>Where a contour crosses the edge of the grid that goes right, or up, from a point of it.</summary>
    private sealed record Crossing(int Column, int Row, bool Vertical);
}
