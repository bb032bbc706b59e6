namespace Functional.Host.Search;

/// <summary>One of several things that a search is to make large or small: see <see cref="StudySettings.Aims"/>.
/// </summary>
/// <param name="Name">As in <c>accuracy</c>.</param>
/// <param name="Direction">Which values are better.</param>
/// <param name="IsMeasured">Whether it is measured, as a time is, so that it differs when a trial is tried again.
/// Samplers don't learn from it: then trials are the same each time.</param>
public sealed record Aim(string Name, Direction Direction, bool IsMeasured = false)
{
    internal double Score(double value) => Direction.Score(value);

    /// <summary>As in <c>seconds (minimize, measured)</c>.</summary>
    public override string ToString() =>
        $"{Name} ({Direction.ToString().ToLowerInvariant()}{(IsMeasured ? ", measured" : "")})";
}
