namespace Functional.Host.Search;

/// <summary>
/// Points that fill the unit cube more evenly than random ones: the first 2^m of them have exactly one coordinate in
/// each of 2^m equal intervals, in every dimension. They are scrambled by a key, so that each is uniform by itself.
/// Sources: Sobol (1967); direction numbers of Joe and Kuo, Constructing Sobol sequences with better two-dimensional
/// projections (SIAM J. Sci. Comput. 30, 2008), file new-joe-kuo-6; nested uniform scrambling by a hash, Burley,
/// Practical Hash-based Owen Scrambling (JCGT 9, 2020), with the multipliers of Vegdahl (2021).
/// </summary>
internal static class SobolSequence
{
    private const int Bits = 32;

    // Of each dimension after the first: the degree of its primitive polynomial, the polynomial's inner coefficients as
    // bits, and the first direction numbers.
    private static readonly (int Degree, uint Coefficients, uint[] First)[] Polynomials =
    [
        (1, 0, [1]),
        (2, 1, [1, 3]),
        (3, 1, [1, 3, 1]),
        (3, 2, [1, 1, 1]),
        (4, 1, [1, 1, 3, 3]),
        (4, 4, [1, 3, 5, 13]),
        (5, 2, [1, 1, 5, 5, 17]),
        (5, 4, [1, 1, 5, 5, 5]),
        (5, 7, [1, 1, 7, 11, 19]),
        (5, 11, [1, 1, 5, 1, 1]),
        (5, 13, [1, 1, 1, 3, 11]),
        (5, 14, [1, 3, 5, 5, 31]),
        (6, 1, [1, 3, 3, 9, 7, 49]),
        (6, 13, [1, 1, 1, 15, 21, 21]),
        (6, 16, [1, 3, 1, 13, 27, 49]),
        (6, 19, [1, 1, 1, 15, 7, 5]),
        (6, 22, [1, 3, 1, 15, 13, 25]),
        (6, 25, [1, 1, 5, 5, 19, 61]),
        (7, 1, [1, 3, 7, 11, 23, 15, 103]),
        (7, 4, [1, 3, 7, 13, 13, 15, 69]),
    ];

    // Of each dimension, the numbers whose exclusive or, over the bits of the point's number, is its coordinate.
    private static readonly uint[][] Directions = [VanDerCorput(), .. Polynomials.Select(Expanded)];

    /// <summary>How many dimensions there can be.</summary>
    public static int MostDimensions => Directions.Length;

    /// <summary>Raises ArgumentException if there can't be this many dimensions.</summary>
    public static void Check(int dimensions)
    {
        if (dimensions < 1 || dimensions > MostDimensions)
            throw new ArgumentException(
                $"a Sobol sequence has 1 to {MostDimensions} dimensions here, not {dimensions}", nameof(dimensions));
    }

    /// <summary>A point, each coordinate in [0, 1).</summary>
    /// <param name="dimensions">1 to <see cref="MostDimensions"/>.</param>
    /// <param name="key">What the scrambling is a function of.</param>
    /// <param name="number">The point's, from 0.</param>
    /// <exception cref="ArgumentException">There can't be this many dimensions.</exception>
    public static double[] Point(int dimensions, Key key, int number)
    {
        Check(dimensions);
        return [.. Enumerable.Range(0, dimensions).Select(dimension =>
            Scrambled(Coordinate(dimension, (uint)number), key.Child(dimension).Low) / 4294967296.0)];
    }

    /// <summary>A coordinate before it is scrambled, in units of 2^-32.</summary>
    internal static uint Coordinate(int dimension, uint number)
    {
        var coordinate = 0u;
        for (var bit = 0; bit < Bits; bit++)
            if ((number >> bit & 1) == 1)
                coordinate ^= Directions[dimension][bit];
        return coordinate;
    }

    // Each bit is flipped or not as a hash of those above it says. In reverse, multiplications carry only that way.
    private static uint Scrambled(uint x, uint seed)
    {
        x = Reversed(x);
        x ^= x * 0x3D20ADEA;
        x += seed;
        x *= seed >> 16 | 1;
        x ^= x * 0x05526C56;
        x ^= x * 0x53A22864;
        return Reversed(x);
    }

    private static uint Reversed(uint x)
    {
        var reversed = 0u;
        for (var bit = 0; bit < Bits; bit++)
            reversed |= (x >> bit & 1) << (Bits - 1 - bit);
        return reversed;
    }

    private static uint[] VanDerCorput() => [.. Enumerable.Range(0, Bits).Select(bit => 1u << (Bits - 1 - bit))];

    private static uint[] Expanded((int Degree, uint Coefficients, uint[] First) polynomial)
    {
        var (degree, coefficients, first) = polynomial;
        var directions = new uint[Bits];
        for (var bit = 0; bit < Bits; bit++)
        {
            if (bit < degree)
            {
                directions[bit] = first[bit] << (Bits - 1 - bit);
                continue;
            }
            directions[bit] = directions[bit - degree] ^ directions[bit - degree] >> degree;
            for (var k = 1; k < degree; k++)
                if ((coefficients >> (degree - 1 - k) & 1) == 1)
                    directions[bit] ^= directions[bit - k];
        }
        return directions;
    }
}
