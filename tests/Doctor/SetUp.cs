using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Runs;

namespace Functional.Tests.Doctor;

/// <summary>A configuration, and what is wrong with it.</summary>
/// <param name="Kind">What the doctor should find; null in a healthy one.</param>
/// <param name="Options">As on the command line.</param>
/// <param name="Change">What is done to the data.</param>
/// <param name="Name">Of the change.</param>
public sealed record SetUp(
    FindingKind? Kind, string Options, Func<DataSet, DataSet>? Change = null, string Name = "")
{
    private static readonly Dictionary<string, DataSet> Loaded = [];

    /// <summary>What the doctor finds.</summary>
    public Examination Examine()
    {
        var words = Options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var pairs = words.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], pair[1]));
        var configuration = TrainOptions.Parse(pairs, new TrainConfiguration());
        DataSet data;
        lock (Loaded)
            if (!Loaded.TryGetValue(configuration.Data, out data!))
                Loaded[configuration.Data] = data = DataSets.Load(configuration.Data);
        return Examination.Of(configuration, Change is null ? data : Change(data), Environment.ProcessorCount);
    }

    /// <summary>Whether the examination says what it should: the kind among the first two, or nothing above a
    /// hint.</summary>
    public bool IsRight(Examination examination) =>
        Kind is { } kind ? examination.Findings.Take(2).Any(finding => finding.Kind == kind) : examination.IsHealthy;

    /// <summary>One line.</summary>
    public override string ToString() =>
        $"{(Kind is null ? "healthy" : $"{Kind}")}: {Options}{(Name.Length > 0 ? $" ({Name})" : "")}";
}
