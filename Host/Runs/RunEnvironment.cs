using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>Where a run was trained, on which data and with which options. Results depend only on the data, the
/// version, the options and the model.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="System">The operating system.</param>
/// <param name="Architecture">The processor's kind.</param>
/// <param name="Cores">Processors that the program could use.</param>
/// <param name="VectorBits">The widest vectors that are worth it.</param>
/// <param name="Training">SHA-256 of the training samples' numbers, labels, and names if they have any.</param>
/// <param name="Test">The same of the test samples.</param>
internal sealed record RunEnvironment(
    string Version, string Runtime, string System, string Architecture, int Cores, int VectorBits, string Training,
    string Test)
{
    /// <summary>The version of the numerics; null where that wasn't recorded, which was in version 1.</summary>
    public int? Numerics { get; init; }

    /// <summary>The options of training, to see whether config.json was changed since.</summary>
    public Dictionary<string, string>? Options { get; init; }

    /// <summary>SHA-256 of the model that the run began from; null if the network was new.</summary>
    public string? BaseModel { get; init; }

    /// <summary>The run's whole length in steps, as planned when this was recorded.</summary>
    public int? Planned { get; init; }

    /// <summary>Of an earlier part of a run: the steps that had been taken when it went on elsewhere.</summary>
    public int? Until { get; init; }

    /// <summary>On what the run ran before, where that was something else, the first part first.</summary>
    public IReadOnlyList<RunEnvironment>? Earlier { get; init; }

    /// <summary>This one, with these data.</summary>
    public static RunEnvironment Of(DataSet data) => new(
        ProgramInfo.Version, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
        $"{RuntimeInformation.ProcessArchitecture}", Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        Digest(data.Training), Digest(data.Test))
    {
        Numerics = NumericsVersion.Current,
    };

    /// <summary>This one, with these data, options, and the model that they name.</summary>
    public static RunEnvironment Of(DataSet data, TrainConfiguration configuration) => Of(data) with
    {
        Options = ConfigurationFile.OptionsOf(configuration), BaseModel = Runs.BaseModel.Of(configuration)?.Digest,
    };

    /// <summary>This one, with a run's data, options and model.</summary>
    public static RunEnvironment Of(TrainingRun run) => Of(run.Data) with
    {
        Options = ConfigurationFile.OptionsOf(run.Configuration), Planned = run.PlannedSteps,
        BaseModel = run.BaseModel?.Digest,
    };

    /// <summary>The same for a resumed run: what was recorded before stays, where it was something else.</summary>
    public RunEnvironment After(RunEnvironment? before, int step)
    {
        if (before is null)
            return this;
        var same = before with { Earlier = null, Options = null, Planned = null } == this
            with { Options = null, Planned = null }
            && !Changes(before).Any();
        return this with { Earlier = same
            ? before.Earlier
            : [.. before.Earlier ?? [], before with { Earlier = null, Until = step }] };
    }

    /// <summary>Writes the file.</summary>
    public void Write(string path) => JsonFile.Write(path, this, RunLayout.Environment);

    /// <summary>Reads the file; null if there is none.</summary>
    public static RunEnvironment? Read(string path) => JsonFile.Read<RunEnvironment>(path, RunLayout.Environment);

    /// <summary>What can make a run's results other than they were in an earlier environment, a line each.</summary>
    public IEnumerable<string> Differences(RunEnvironment? recorded) => recorded is null
        ? ["it isn't known on which data and by which version the run was trained"]
        : [.. OfDataAndVersion(recorded, "the run"), .. recorded.OnTheWay(OfDataAndVersion)];

    /// <summary>What was changed while the run was under way or since, a line each: no command gives such a run again.
    /// </summary>
    /// <param name="configuration">What its folder says now.</param>
    public IEnumerable<string> ChangesOnTheWay(TrainConfiguration configuration) =>
    [
        .. OnTheWay(OfData),
        .. (this with { Options = ConfigurationFile.OptionsOf(configuration) }).Edited(this),
    ];

    /// <summary>Why a run can't continue to the same bits, a line each: other data, or a configuration that was
    /// changed.</summary>
    public IEnumerable<string> Obstacles(RunEnvironment? recorded) =>
        recorded is null ? Differences(null) : OfData(recorded, "the run").Concat(Edited(recorded));

    /// <summary>The options that results depend on and that are others in another environment, a line each. (A run of
    /// an earlier version may lack an option: it is then what that is by default.)</summary>
    public IEnumerable<string> Changes(RunEnvironment other, string and = ", and was ") =>
        Options is null || other.Options is null ? [] :
        from option in TrainOptions.OfResults
        let usual = option.Get(new TrainConfiguration())
        let here = Options.GetValueOrDefault(option.Name) ?? usual
        let there = other.Options.GetValueOrDefault(option.Name) ?? usual
        where here != there
        select $"--{option.Name} is {here ?? "not set"}{and}{there ?? "not set"}";

    private IEnumerable<string> Edited(RunEnvironment recorded) =>
        Changes(recorded).Select(change => $"config.json was changed: {change}");

    // What a function says of the earlier parts of the run, and their options.
    private IEnumerable<string> OnTheWay(Func<RunEnvironment, string, IEnumerable<string>> of) =>
        from part in Earlier ?? []
        let name = Invariant($"the run until step {part.Until:N0}")
        from line in of(part, name).Concat(Changes(part).Select(change => $"{name} had other options: {change}"))
        select line;

    private IEnumerable<string> OfDataAndVersion(RunEnvironment recorded, string run) =>
        OfData(recorded, run).Concat(OfVersion(recorded, run));

    private IEnumerable<string> OfVersion(RunEnvironment recorded, string run)
    {
        if (recorded.Version != Version)
            yield return $"{run} was trained by version {recorded.Version}, this is {Version}";
        if ((recorded.Numerics ?? 1) != Numerics)
            yield return $"{run} was trained with numerics {recorded.Numerics ?? 1}, these are {Numerics}";
    }

    private IEnumerable<string> OfData(RunEnvironment recorded, string run)
    {
        if (recorded.Training != Training)
            yield return $"the training samples differ from those of {run}: SHA-256 {Training}, "
                + $"not {recorded.Training}";
        if (recorded.Test != Test)
            yield return $"the test samples differ from those of {run}: SHA-256 {Test}, not {recorded.Test}";
        if (recorded.BaseModel != BaseModel)
            yield return $"the model to begin from differs from that of {run}: "
                + $"{(BaseModel is null ? "none" : $"SHA-256 {BaseModel}")}, not {recorded.BaseModel ?? "none"}";
    }

    private static string Digest(DataPart part)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var bytes in part.Samples.Bytes().Concat(part.Targets.Bytes()))
            hash.AppendData(bytes.Span);
        if (part.Weights is { } weights)
            hash.AppendData(MemoryMarshal.AsBytes<double>(weights.ToArray()));
        // Each with its length, so that no other names are the same bytes.
        foreach (var name in Names(part))
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Length}:{name}"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static IEnumerable<string> Names(DataPart part) =>
    [
        .. (part.Samples as Rows)?.Columns.Select(column => column.Name).OfType<string>() ?? [],
        .. part.Targets switch
        {
            Classes { Classification: { AreNamed: true } classes } => classes.Names,
            Quantities quantities => quantities.Columns.Select(column => column.Name).OfType<string>(),
            _ => [],
        },
    ];
}
