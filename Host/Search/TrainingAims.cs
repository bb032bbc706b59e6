using Functional.Host.Runs;

namespace Functional.Host.Search;

/// <summary>What <c>functional search --aim</c> can name.</summary>
internal static class TrainingAims
{
    /// <summary>What can be written, for help.</summary>
    public const string Syntax = "accuracy[,loss][,parameters][,seconds]";

    private static readonly RunCondition Loss = RunCondition.Parse("validation-loss>0");

    private static readonly Aim[] Known =
    [
        new("accuracy", Direction.Maximize), new("loss", Direction.Minimize), new("parameters", Direction.Minimize),
        new("seconds", Direction.Minimize, IsMeasured: true),
    ];

    /// <summary>Reads aims; accuracy alone is no more than what a search has anyway, and gives none.</summary>
    /// <exception cref="UsageException">There is another name, or one twice, or accuracy isn't the first.</exception>
    public static IReadOnlyList<Aim> Parse(string text)
    {
        var aims = Array.ConvertAll(text.Split(','), name => Array.Find(Known, aim => aim.Name == name.Trim()));
        return aims[0] == Known[0] && !aims.Contains(null) && aims.Distinct().Count() == aims.Length
            ? aims.Length == 1 ? [] : [.. aims.OfType<Aim>()]
            : throw new UsageException($"--aim: expected {Syntax}, found '{text}'");
    }

    /// <summary>The value of an aim, but accuracy, after a run.</summary>
    public static double Value(string aim, TrainingRun run, RunResult result, TimeSpan time) => aim switch
    {
        "loss" => Loss.Value(run, result.State, threads: 1),
        "parameters" => result.State.Network.Parameters().Length,
        "seconds" => time.TotalSeconds,
        _ => throw new ArgumentException($"training has no '{aim}'", nameof(aim)),
    };
}
