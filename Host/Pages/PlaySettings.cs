using System.Collections.Specialized;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Pages;

/// <summary>What can be set in the playground: options of training, by their names.</summary>
internal static class PlaySettings
{
    /// <summary>How far a run goes.</summary>
    public const int MostSteps = 10_000;

    /// <summary>The largest network that fits the page.</summary>
    public const int MostLayers = 6, MostUnits = 12;

    // As many as there are colors.
    private const int MostClasses = 8;

    /// <summary>The options.</summary>
    public static IReadOnlyList<TrainOption> Options { get; } =
    [
        .. TrainOptions.All.Where(option => option.Name is "data" or "hidden" or "activation" or "init" or "optimizer"
            or "learning-rate" or "batch-size" or "l1" or "l2" or "dropout" or "seed"),
    ];

    /// <summary>What they are at first.</summary>
    public static TrainConfiguration Usual { get; } = new()
    {
        Data = "spirals", Hidden = [8, 8], Optimizer = new() { Name = "adam", LearningRate = 0.01 }, BatchSize = 32,
        Iterations = MostSteps,
    };

    /// <summary>A configuration with settings that came with a request.</summary>
    /// <param name="start">What counts where the request says nothing; its data may be a file.</param>
    /// <param name="query">The request's; what is no option is left to others.</param>
    /// <exception cref="UsageException">Everything wrong with them, or a file that the program was not given.
    /// </exception>
    public static TrainConfiguration Parse(TrainConfiguration start, NameValueCollection query)
    {
        var values = Options.Select(option => (option.Name, Value: query[option.Name]))
            .Where(each => each.Value is not null).ToDictionary(each => each.Name, each => each.Value!);
        // A page of another program can't reach this; a link that somebody sent can.
        if (values.TryGetValue("data", out var data) && data != start.Data && !PlaneData.IsOne(data))
            throw new UsageException(new Fault(
                nameof(start.Data), $"expected {string.Join(", ", PlaneData.Names)}, or the file that play was given"));
        var isOwn = data is null || data == start.Data;
        return Checked(TrainOptions.Parse(
            values, isOwn ? start : start with { Label = null, Task = null, Ignore = [] }));
    }

    /// <summary>The configuration, if the page has room for it.</summary>
    /// <exception cref="UsageException">It has not.</exception>
    public static TrainConfiguration Checked(TrainConfiguration configuration) =>
        configuration.Hidden.Count > MostLayers || configuration.Hidden.Any(units => units > MostUnits)
            ? throw new UsageException(new Fault(
                nameof(configuration.Hidden),
                $"the playground has room for {MostLayers} layers of {MostUnits} units"))
            : configuration;

    /// <summary>The run.</summary>
    /// <exception cref="UsageException">The data aren't points in the plane, in a few classes.</exception>
    public static TrainingRun Run(TrainConfiguration configuration, DataSet data)
    {
        var rows = data.Training.Samples as Rows;
        var found = rows is not { Columns: [NumberColumn, NumberColumn] } ? data.Training.Samples.Shape
            : data.Training.Targets is not Classes { Classification.Count: var count } ? data.Training.Targets.Kind
            : count > MostClasses ? data.Training.Targets.Kind
            : null;
        if (found is not null)
            throw new UsageException(new Fault(
                nameof(configuration.Data),
                $"expected two columns of numbers, and a label of up to {MostClasses} classes, found {found}; "
                + "--ignore leaves columns out"));
        var run = new TrainingRun(configuration, data);
        return run.Encoded.Encoder.Features == 2 ? run : throw new UsageException(new Fault(
            nameof(configuration.Data),
            "expected two columns of numbers without empty cells, each with more than one value"));
    }

    /// <summary>The settings as they stand in an address.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Texts(TrainConfiguration configuration) =>
        Options.Select(option => KeyValuePair.Create(option.Name, option.Get(configuration)!));

    /// <summary>The command that opens the page with these settings at this step.</summary>
    public static string Command(TrainConfiguration configuration, int step)
    {
        // A rule that is given brings its own rate.
        var usual = configuration.Optimizer.Name == Usual.Optimizer.Name ? Usual
            : TrainOptions.WithRule(Usual, configuration.Optimizer.Name);
        var options = Options.Where(option => option.Name != "data"
                && (option.Get(configuration) != option.Get(usual)
                    || (option.Name == "optimizer" && option.Get(configuration) != Usual.Optimizer.Name)))
            .Select(option => $"--{option.Name} {ShellWord.Quoted(option.Get(configuration)!)}");
        var data = configuration.Data == Usual.Data ? [] : (string[])[ShellWord.Quoted(configuration.Data)];
        var label = configuration.Label is null ? [] : (string[])[$"--label {ShellWord.Quoted(configuration.Label)}"];
        var ignore = configuration.Ignore.Count == 0 ? []
            : (string[])[$"--ignore {ShellWord.Quoted(ListText.Of(configuration.Ignore))}"];
        return string.Join(' ', (string[])
            ["functional play", .. data, .. label, .. ignore, .. options, Invariant($"--step {step}")]);
    }
}
