namespace Functional.Host.Search;

/// <summary>
/// A Gaussian process: what is believed of a function of which some values are known. Values are near to each other as
/// points are, by a Matérn kernel (5/2) with a length for each dimension; the lengths and the noise are those that are
/// most plausible. Sources: Rasmussen and Williams, Gaussian Processes for Machine Learning (MIT Press 2006),
/// chapters 2 and 5; for the priors, Hvarfner, Hellsten and Nardi, Vanilla Bayesian Optimization Performs Great in High
/// Dimensions (ICML 2024). Sums are plain loops in a fixed order, not a library's, whose bits may depend on the
/// processor.
/// </summary>
internal sealed class GaussianProcess
{
    private readonly Encoding encoding;
    private readonly double[][] points;
    private readonly double[] targets;
    private readonly Scales scales;

    // The lower triangle of the Cholesky factor of kernel and noise, and the kernel's inverse times the targets.
    private readonly double[][] factor;
    private readonly double[] weights;

    // Of each point and each before it, how the kernel falls with the lengths.
    private readonly double[][] falls;

    private GaussianProcess(
        Encoding encoding, double[][] points, double[][][] squares, double[] targets, Scales scales)
    {
        (this.encoding, this.points, this.targets, this.scales) = (encoding, points, targets, scales);
        var kernels = squares.Select(row =>
            Kernel([.. row.Select(square => SquaredDistance(square, InverseSquares))])).ToArray();
        falls = [.. kernels.Select(kernel => kernel.Falls)];
        factor = Cholesky([.. kernels.Select(kernel => (double[])[.. kernel.Values, 1 + scales.Noise])]);
        weights = SolvedTransposed(factor, Solved(factor, targets));
        Variance = Math.Max(Dot(targets, weights, targets.Length) / targets.Length, 1e-12);
    }

    /// <summary>The variance of the function, before anything is known of it.</summary>
    public double Variance { get; private init; }

    /// <summary>The variance of a value around the function: of noise, or of what the lengths don't explain.</summary>
    public double NoiseVariance => Variance * scales.Noise;

    /// <summary>What the dimensions of points are.</summary>
    /// <param name="IsChoice">Of each dimension, whether its values have no order: then all are equally far from each
    /// other.</param>
    public sealed record Encoding(bool[] IsChoice)
    {
        /// <summary>The square of the distance in a dimension, at most 1. Where a point has no value, it is not a
        /// number: the middle of a range, or a choice of its own.</summary>
        public double Square(int dimension, double a, double b)
        {
            if (IsChoice[dimension])
                return a == b || (double.IsNaN(a) && double.IsNaN(b)) ? 0 : 1;
            var distance = (double.IsNaN(a) ? 0.5 : a) - (double.IsNaN(b) ? 0.5 : b);
            return distance * distance;
        }
    }

    /// <summary>What is fitted: the logarithms of the lengths, then that of the share of noise.</summary>
    private sealed record Scales(double[] Logs)
    {
        private const double LeastLog = -4.6, MostLog = 4.6, LeastNoise = -13, MostNoise = 0;

        // Lengths grow with the square root of the dimensions, as distances do. The mean of the logarithm is that of
        // the density's mode.
        private static readonly double LengthMean = Math.Sqrt(2) - 3;
        private const double LengthVariance = 3, NoiseMean = -5, NoiseVariance = 4;

        public static Scales Prior(int dimensions) =>
            new([.. Enumerable.Repeat(MeanLength(dimensions), dimensions), NoiseMean]);

        public double Noise => Elementary.Exp(Logs[^1]);

        public double[] InverseSquares => [.. Logs[..^1].Select(log => Elementary.Exp(-2 * log))];

        public double LogPrior => -Logs.Select((log, i) => Square(log - Mean(i)) / (2 * Width(i))).Sum();

        public double PriorSlope(int i) => -(Logs[i] - Mean(i)) / Width(i);

        public Scales Moved(double[] steps) => new([.. Logs.Select((log, i) => i < Logs.Length - 1
            ? Math.Clamp(log + steps[i], LeastLog, MostLog) : Math.Clamp(log + steps[i], LeastNoise, MostNoise))]);

        private double Mean(int i) => i < Logs.Length - 1 ? MeanLength(Logs.Length - 1) : NoiseMean;

        private double Width(int i) => i < Logs.Length - 1 ? LengthVariance : NoiseVariance;

        private static double MeanLength(int dimensions) => LengthMean + 0.5 * Elementary.Log(dimensions);

        private static double Square(double x) => x * x;
    }

    /// <summary>The process with the most plausible lengths and noise, given values.</summary>
    /// <param name="encoding">What the dimensions are.</param>
    /// <param name="points">In the unit cube; not a number where there is no value.</param>
    /// <param name="targets">Of each point, with a mean of 0 and not all the same.</param>
    public static GaussianProcess Fit(Encoding encoding, double[][] points, double[] targets)
    {
        // Resilient propagation: each step grows while its slope keeps its sign. Sources: Riedmiller and Braun (ICNN
        // 1993); for Gaussian processes, Blum and Riedmiller (ESANN 2013).
        const int Steps = 40;
        const double First = 0.2, Grow = 1.2, Shrink = 0.5, Least = 1e-3, Most = 1;
        var squares = Squares(encoding, points);
        var current = Scales.Prior(encoding.IsChoice.Length);
        var sizes = Enumerable.Repeat(First, current.Logs.Length).ToArray();
        var before = new double[sizes.Length];
        GaussianProcess? best = null;
        var most = double.NegativeInfinity;
        for (var step = 0; step < Steps; step++)
        {
            var process = new GaussianProcess(encoding, points, squares, targets, current);
            var (plausibility, slopes) = process.Plausibility(squares);
            if (best is null || plausibility > most)
                (best, most) = (process, plausibility);
            for (var i = 0; i < sizes.Length; i++)
            {
                var turn = slopes[i] * before[i];
                sizes[i] = Math.Clamp(sizes[i] * (turn > 0 ? Grow : turn < 0 ? Shrink : 1), Least, Most);
                before[i] = turn < 0 ? 0 : slopes[i];
            }
            current = current.Moved([.. before.Select((slope, i) => Math.Sign(slope) * sizes[i])]);
        }
        return best!;
    }

    /// <summary>The logarithm of how plausible lengths and noise are, up to a constant, and its slopes.</summary>
    /// <param name="encoding">What the dimensions are.</param>
    /// <param name="points">In the unit cube; not a number where there is no value.</param>
    /// <param name="targets">Of each point.</param>
    /// <param name="logs">The logarithms of the lengths, then that of the share of noise.</param>
    public static (double Log, double[] Slopes) PlausibilityAt(
        Encoding encoding, double[][] points, double[] targets, double[] logs)
    {
        var squares = Squares(encoding, points);
        return new GaussianProcess(encoding, points, squares, targets, new Scales(logs)).Plausibility(squares);
    }

    /// <summary>The same, as if it had the values that it expects at points that are still tried: there is nothing
    /// left to find out. Source: Ginsbourger, Le Riche and Carraro, Kriging Is Well-Suited to Parallelize Optimization
    /// (2010).</summary>
    public GaussianProcess Believing(IReadOnlyList<double[]> more)
    {
        double[][] all = [.. points, .. more];
        double[] expected = [.. targets, .. more.Select(point => At(point).Mean)];
        return new(encoding, all, Squares(encoding, all), expected, scales) { Variance = Variance };
    }

    /// <summary>What is expected of the function at a point, without its noise.</summary>
    public (double Mean, double Deviation) At(double[] point)
    {
        var (distances, squares) = (new double[points.Length], new double[point.Length]);
        for (var i = 0; i < points.Length; i++)
        {
            SetSquares(encoding, point, points[i], squares);
            distances[i] = SquaredDistance(squares, InverseSquares);
        }
        var covariances = Kernel(distances).Values;
        var mean = Dot(covariances, weights, weights.Length);
        var known = Solved(factor, covariances);
        return (mean, Math.Sqrt(Variance * Math.Max(1 - Dot(known, known, known.Length), 1e-12)));
    }

    private double[] InverseSquares => field ??= scales.InverseSquares;

    // The logarithm of the density of the targets (the variance being the most likely) and of the priors, up to a
    // constant, and its slopes.
    private (double Log, double[] Slopes) Plausibility(double[][][] squares)
    {
        var n = targets.Length;
        var log = scales.LogPrior - 0.5 * n * Elementary.Log(Variance);
        for (var i = 0; i < n; i++)
            log -= Elementary.Log(factor[i][i]);
        // How the logarithm changes with an element of the covariance.
        var inverse = Inverse(factor);
        var slopes = new double[scales.Logs.Length];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var change = (weights[i] * weights[j] / Variance - inverse[i][j]) * falls[i][j];
                var square = squares[i][j];
                for (var d = 0; d < square.Length; d++)
                    slopes[d] += change * square[d];
            }
            slopes[^1] += 0.5 * (weights[i] * weights[i] / Variance - inverse[i][i]) * scales.Noise;
        }
        for (var d = 0; d < InverseSquares.Length; d++)
            slopes[d] *= InverseSquares[d];
        for (var i = 0; i < slopes.Length; i++)
            slopes[i] += scales.PriorSlope(i);
        return (log, slopes);
    }

    // Of each point and each before it, the squares of their distances by dimension.
    private static double[][][] Squares(Encoding encoding, double[][] points) =>
        [.. points.Select((point, i) => points.Take(i).Select(other => Squares(encoding, point, other)).ToArray())];

    private static double[] Squares(Encoding encoding, double[] a, double[] b)
    {
        var squares = new double[a.Length];
        SetSquares(encoding, a, b, squares);
        return squares;
    }

    private static void SetSquares(Encoding encoding, double[] a, double[] b, double[] squares)
    {
        for (var d = 0; d < squares.Length; d++)
            squares[d] = encoding.Square(d, a[d], b[d]);
    }

    private static double SquaredDistance(double[] squares, double[] inverseSquares) =>
        Dot(squares, inverseSquares, squares.Length);

    // (1 + r + r^2/3) exp(-r), where r^2 is 5 times the squared distance; and how much it falls with the logarithm of a
    // length, over the dimension's share of the squared distance.
    private static (double[] Values, double[] Falls) Kernel(double[] squaredDistances)
    {
        var (far, values) = (new double[squaredDistances.Length], new double[squaredDistances.Length]);
        for (var i = 0; i < far.Length; i++)
            far[i] = -Math.Sqrt(5 * squaredDistances[i]);
        var falls = Elementary.Exp(far);
        for (var i = 0; i < far.Length; i++)
        {
            var r = -far[i];
            values[i] = (1 + r + r * r / 3) * falls[i];
            falls[i] *= 5.0 / 3 * (1 + r);
        }
        return (values, falls);
    }

    private static double[][] Cholesky(double[][] lower)
    {
        for (var i = 0; i < lower.Length; i++)
        {
            var row = lower[i];
            for (var j = 0; j < i; j++)
                row[j] = (row[j] - Dot(row, lower[j], j)) / lower[j][j];
            // The noise keeps it above 0, but for rounding.
            row[i] = Math.Sqrt(Math.Max(row[i] - Dot(row, row, i), 1e-12));
        }
        return lower;
    }

    private static double[] Solved(double[][] lower, double[] right)
    {
        var x = new double[right.Length];
        for (var i = 0; i < x.Length; i++)
            x[i] = (right[i] - Dot(lower[i], x, i)) / lower[i][i];
        return x;
    }

    private static double[] SolvedTransposed(double[][] lower, double[] right)
    {
        var x = (double[])right.Clone();
        for (var i = x.Length - 1; i >= 0; i--)
        {
            x[i] /= lower[i][i];
            for (var j = 0; j < i; j++)
                x[j] -= lower[i][j] * x[i];
        }
        return x;
    }

    // The lower triangle of the inverse of a matrix with this Cholesky factor.
    private static double[][] Inverse(double[][] lower)
    {
        // Row j has column j of the factor's inverse, from its diagonal on.
        var n = lower.Length;
        var columns = new double[n][];
        for (var j = 0; j < n; j++)
        {
            var column = columns[j] = new double[n];
            column[j] = 1 / lower[j][j];
            for (var i = j + 1; i < n; i++)
                column[i] = -Dot(lower[i].AsSpan(j), column.AsSpan(j), i - j) / lower[i][i];
        }
        return [.. columns.Select((column, i) => (double[])[.. columns.Take(i + 1).Select(other =>
            Dot(column.AsSpan(i), other.AsSpan(i), n - i))])];
    }

    // Four sums side by side, which a processor adds to at once.
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int count)
    {
        var (s0, s1, s2, s3) = (0.0, 0.0, 0.0, 0.0);
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < count; i++)
            s0 += a[i] * b[i];
        return s0 + s1 + (s2 + s3);
    }
}
