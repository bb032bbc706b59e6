using System.Globalization;

namespace Functional.Host.Search;

/// <summary>
/// What chooses configurations. Trial k is a function of the space, the key and k; for a model-based sampler also of
/// the results of the rounds before it (<see cref="StudySettings.Round"/>), never of who runs it. A custom sampler
/// works in a study in memory, see <see cref="Study.InMemory"/>.
/// </summary>
public abstract class Sampler
{
    /// <summary>Independent points. Source: Bergstra and Bengio, Random Search for Hyper-Parameter Optimization (JMLR
    /// 2012).</summary>
    public static Sampler Random { get; } = new RandomSampler();

    /// <summary>Points that fill the space evenly: a Sobol sequence, scrambled.</summary>
    public static Sampler Sobol { get; } = new SobolSampler();

    /// <summary>Points where good ones are denser than others: a tree-structured Parzen estimator.</summary>
    public static Sampler Tpe { get; } = new TpeSampler();

    /// <summary>Points from which the greatest improvement is expected: a Gaussian process.</summary>
    public static Sampler GaussianProcess { get; } = new GaussianProcessSampler();

    /// <summary>All values of choices, and up to this many of each range, both ends included, each with each.</summary>
    /// <exception cref="ArgumentException">There are fewer than 2 points.</exception>
    public static Sampler Grid(int points = GridSampler.UsualPoints) => new GridSampler(points);

    /// <summary>What can be written, for help.</summary>
    public const string Syntax = "random|grid[:POINTS]|sobol|tpe|gp";

    /// <summary>Reads what <see cref="object.ToString"/> writes.</summary>
    /// <exception cref="UsageException">The text is no sampler.</exception>
    public static Sampler Parse(string text) => text.Given().Split(':') switch
    {
        ["random"] => Random,
        ["sobol"] => Sobol,
        ["tpe"] => Tpe,
        ["gp"] => GaussianProcess,
        ["grid"] => Grid(),
        ["grid", var points] when int.TryParse(points, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count >= 2 => Grid(count),
        _ => throw new UsageException(
            new Fault(nameof(Sampler), $"expected {Syntax} (with at least 2 points), found '{text}'")),
    };

    /// <summary>The configuration of a trial.</summary>
    /// <param name="space">The space to draw from.</param>
    /// <param name="key">The study's random key. Trial k draws from a child of it, such as <c>key.Child(k)</c>.</param>
    /// <param name="trials">The trials before this one. Those of its own round have no result.</param>
    /// <param name="direction">Which values are better.</param>
    public abstract Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction);

    /// <summary>Whether it looks at the results of other trials, as a model does. If not, no trial waits for
    /// another, and it sees no result.</summary>
    public virtual bool UsesResults => true;

    /// <summary>How many trials there can be at all; null if any number.</summary>
    public virtual long? Count(SearchSpace space)
    {
        ArgumentNullException.ThrowIfNull(space);
        return null;
    }

    /// <summary>Raises ArgumentException if the sampler can't serve the space.</summary>
    public virtual void Check(SearchSpace space) => space.Given();

    // What a model begins with: points that fill the space.
    private protected static Configuration First(SearchSpace space, Key key, int number) =>
        space.At(space.Count <= SobolSequence.MostDimensions
            ? SobolSequence.Point(space.Count, key, number) : Point(space, key, number));

    // A stream of its own for each trial.
    internal static double[] Point(SearchSpace space, Key key, int number) => key.Child(number).Uniforms(space.Count);
}

/// <summary>Independent points of the unit cube.</summary>
internal sealed class RandomSampler : Sampler
{
    public override Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction) =>
        space.At(Point(space, key, trials.Count));

    public override bool UsesResults => false;

    public override string ToString() => "random";
}

/// <summary>The points of a grid, the last hyperparameter changing fastest.</summary>
internal sealed class GridSampler : Sampler
{
    public const int UsualPoints = 5;

    private readonly int points;

    public GridSampler(int points)
    {
        if (points < 2)
            throw new ArgumentException(
                $"a grid needs at least 2 points along each range, not {points}", nameof(points));
        this.points = points;
    }

    public override Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction) =>
        space.GridAt(points, trials.Count);

    public override long? Count(SearchSpace space) => space.Given().GridSize(points);

    public override bool UsesResults => false;

    public override string ToString() => points == UsualPoints ? "grid" : $"grid:{points}";
}

/// <summary>The points of a scrambled Sobol sequence.</summary>
internal sealed class SobolSampler : Sampler
{
    public override Configuration Suggest(
        SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction) =>
        space.At(SobolSequence.Point(space.Count, key, trials.Count));

    public override void Check(SearchSpace space) => SobolSequence.Check(space.Given().Count);

    public override bool UsesResults => false;

    public override string ToString() => "sobol";
}
