using System.Globalization;
using System.Text;

namespace Functional.Host.Charts;

/// <summary>A place in a plot, in its units, y downwards.</summary>
internal readonly record struct Point(double X, double Y);

/// <summary>
/// The d attribute of a path, in tenths of a unit and relative steps: a third of the length of absolute ones.
/// </summary>
internal sealed class PathData
{
    private readonly StringBuilder data = new();
    private int x, y, startX, startY;
    private char command;

    public bool IsEmpty => data.Length == 0;

    public PathData Move(double toX, double toY)
    {
        Step('m', toX, toY);
        (startX, startY) = (x, y);
        return this;
    }

    public PathData Line(double toX, double toY)
    {
        Step('l', toX, toY);
        return this;
    }

    public PathData Close()
    {
        Letter('z');
        (x, y) = (startX, startY);
        return this;
    }

    public PathData Rectangle(double left, double top, double right, double bottom) =>
        Move(left, top).Line(right, top).Line(right, bottom).Line(left, bottom).Close();

    public PathData Circle(double centerX, double centerY, double radius)
    {
        Move(centerX - radius, centerY);
        foreach (var sweep in (double[])[2 * radius, -2 * radius])
        {
            data.Append(CultureInfo.InvariantCulture, $"a{radius} {radius} 0 0 1 {sweep} 0");
            command = 'a';
        }
        return Close();
    }

    public PathData Polyline(IEnumerable<Point> points)
    {
        var first = true;
        foreach (var point in points)
        {
            _ = first ? Move(point.X, point.Y) : Line(point.X, point.Y);
            first = false;
        }
        return this;
    }

    public override string ToString() => data.ToString();

    private void Step(char letter, double toX, double toY)
    {
        int nextX = Tenths(toX), nextY = Tenths(toY);
        if (letter == 'l' && nextX == x && nextY == y)
            return;
        Letter(letter);
        Append(nextX - x);
        Append(nextY - y);
        (x, y) = (nextX, nextY);
    }

    private void Letter(char letter)
    {
        if (letter != command || letter is 'm')
            data.Append(letter);
        command = letter;
    }

    private void Append(int tenths)
    {
        if (tenths >= 0 && char.IsAsciiDigit(data[^1]))
            data.Append(' ');
        if (tenths < 0)
            data.Append('-');
        var size = Math.Abs(tenths);
        if (size >= 10 || size == 0)
            data.Append(CultureInfo.InvariantCulture, $"{size / 10}");
        if (size % 10 != 0)
            data.Append('.').Append((char)('0' + size % 10));
    }

    private static int Tenths(double coordinate) => (int)Math.Round(coordinate * 10);
}
