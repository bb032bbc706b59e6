using System.Diagnostics;
using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Search;

/// <summary>
/// The objective of <c>functional search</c>: trains a network with a configuration's options and those that all trials
/// have in common, and gives the validation accuracy (of quantities R²) at the end. All trials have the same seeds, so
/// that they have the same samples for validation, the same order of the others, and the same first weights up to their
/// scale; test samples are not looked at.
/// </summary>
internal sealed class TrainingObjective
{
    // Reject a space that can't be trained with before the first trial, not hours later.
    private const int Points = 64, Corners = 16;
    private const string Space = nameof(StudySettings.Space);

    private readonly TrainConfiguration common;
    private readonly DataSet data;

    /// <summary>Checks that the space's configurations can be trained with.</summary>
    /// <param name="common">What all trials have in common.</param>
    /// <param name="data">What they learn from.</param>
    /// <param name="space">Names options of <see cref="TrainOptions"/>.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="UsageException">A hyperparameter is not an option of training, or has values that it can't
    /// take.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public TrainingObjective(
        TrainConfiguration common, DataSet data, SearchSpace space, CancellationToken cancellation = default)
    {
        this.common = common;
        // Choosing by test samples would spoil them, and evaluating them takes most of a small run's time.
        this.data = data with { Test = data.Test.Take([]) };
        if (space.Hyperparameters.FirstOrDefault(
            one => TrainOptions.All.All(option => option.Name != one.Name)) is { } unknown)
            throw new UsageException(new Fault(
                Space, $"'{unknown.Name}' is not an option of training; 'functional train --help' lists them"));
        if (common.From is not null
            && space.Hyperparameters.FirstOrDefault(one => TrainOptions.OfNetwork.Contains(one.Name)) is { } decided)
            throw new UsageException(new Fault(
                Space, $"'{decided.Name}' is decided by the model that trials begin from (--from)"));
        foreach (var configuration in Enumerable.Range(0, Points)
            .Select(i => space.At(Sampler.Point(space, Key.OfSeed(0), i))))
            Explained(configuration, () => _ = Configure(configuration));
        var gaps = new List<string>();
        foreach (var configuration in space.Grid(2).Take(Corners))
            Explained(configuration, () =>
            {
                cancellation.ThrowIfCancellationRequested();
                var run = new TrainingRun(Configure(configuration), this.data);
                run.RequireUpdates();
                gaps.AddRange(RunHints.Of(run, data));
            });
        Gaps = [.. gaps.Distinct()];
    }

    /// <summary>What trials can't learn, a line each: see <see cref="RunHints"/>.</summary>
    public IReadOnlyList<string> Gaps { get; }

    /// <summary>Everything that a trial's run depends on.</summary>
    /// <exception cref="UsageException">Everything wrong with it, a line each.</exception>
    public TrainConfiguration Configure(Configuration configuration) => TrainOptions.Parse(configuration.Texts, common);

    /// <summary>Trains, reporting the validation accuracy after each epoch, and the training accuracy beside
    /// it.</summary>
    public double Run(Configuration configuration, TrialReporter reporter)
    {
        var configured = Configure(configuration);
        configured = configured with { Seed = configured.Seed + reporter.SeedIndex };
        var run = new TrainingRun(configured, data) { IsTrial = true };
        var watch = Stopwatch.StartNew();
        var result = run.Run(new Observer(reporter), threads: 1, folder: null, reporter.Cancellation);
        var time = watch.Elapsed;
        reporter.Cancellation.ThrowIfCancellationRequested();
        foreach (var aim in reporter.FurtherAims)
            reporter.Record(aim, TrainingAims.Value(aim, run, result, time));
        return result.Summary.Scores.Validation!.Value.Value;
    }

    private static void Explained(Configuration configuration, Action check)
    {
        try
        {
            check();
        }
        catch (UsageException e)
        {
            throw new UsageException(e.Faults.Select(
                fault => new Fault(Space, $"with {configuration}: {TrainOptions.Line(fault)}")));
        }
    }

    private sealed class Observer(TrialReporter reporter) : IRunObserver
    {
        public void EpochEnded(EpochReport epoch) =>
            reporter.Report(epoch.Scores.Validation!.Value.Value, epoch.Scores.Training.Value);
    }
}
