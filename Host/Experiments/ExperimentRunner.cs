using System.Runtime.ExceptionServices;
using Functional.Host.Data;

namespace Functional.Host.Experiments;

/// <summary>What came of an experiment.</summary>
/// <param name="Experiment">The experiment.</param>
/// <param name="Report">What it shows.</param>
/// <param name="Trained">The networks that it trained.</param>
public sealed record ExperimentResult(Experiment Experiment, ExperimentReport Report, IReadOnlyList<Curves> Trained)
{
    /// <summary>What its charts and tables say in English, with the same in Japanese.</summary>
    public IReadOnlyDictionary<string, string> Japanese { get; init; } = new Dictionary<string, string>();
}

/// <summary>Runs experiments.</summary>
public static class ExperimentRunner
{
    /// <summary>Runs experiments side by side. Their results are in the experiments' order, and the same however many
    /// threads there are.</summary>
    /// <param name="experiments">What to run.</param>
    /// <param name="settings">What results depend on.</param>
    /// <param name="data">What they train on.</param>
    /// <param name="workers">How many runs go side by side; by default all cores.</param>
    /// <param name="cancellation">Ends everything soon.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="UsageException">An option can't be followed.</exception>
    public static IReadOnlyList<ExperimentResult> Run(
        IReadOnlyList<Experiment> experiments, LabSettings settings, DataSet data, int? workers = null,
        CancellationToken cancellation = default) =>
        RunOn(new Lazy<DataSet>(data.Given()), experiments.Given(), settings.Given(), workers, null, cancellation);

    /// <summary>Runs experiments on data that are loaded when they are needed, and reports the progress.</summary>
    internal static IReadOnlyList<ExperimentResult> RunOn(
        Lazy<DataSet> data, IReadOnlyList<Experiment> experiments, LabSettings settings, int? workers = null,
        IExperimentProgress? progress = null, CancellationToken cancellation = default)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var session =
            new ExperimentSession(settings, data, workers ?? Environment.ProcessorCount, progress, ending.Token);
        // They only wait: what costs time is done by the laboratory's threads.
        var tasks = experiments.Select(experiment => Task.Factory.StartNew(
            () => Run(experiment, session, progress, ending),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        Task.WaitAny([Task.WhenAll(tasks)], CancellationToken.None);
        // If several failed, the first is the cause: the others may only have been ended by it.
        var failures = tasks.Where(task => task.IsFaulted).Select(task => task.Exception!.InnerException!).ToArray();
        if (failures.FirstOrDefault(failure => failure is not OperationCanceledException) is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return [.. tasks.Select(task => task.GetAwaiter().GetResult())];
    }

    private static ExperimentResult Run(
        Experiment experiment, ExperimentSession session, IExperimentProgress? progress, CancellationTokenSource ending)
    {
        try
        {
            var lab = new Lab(session, experiment.Name);
            var result = new ExperimentResult(experiment, experiment.Run(lab), lab.Trained) { Japanese = lab.Japanese };
            progress?.Finished(result);
            return result;
        }
        catch
        {
            ending.Cancel();
            throw;
        }
    }
}
