using Functional.Host;
using Functional.Host.Search;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Searches come to an end: whatever the sampler does, however long a timeout is, and whatever a
/// clock says.</summary>
public sealed class StoppingTests : IDisposable
{
    private static readonly SearchSpace Space = new(
        Hyperparameter.LogUniform("rate", 1e-6, 1), Hyperparameter.Choice("kind", "a", "b"),
        Hyperparameter.Uniform("share", 0, 1).When("kind", "b"));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A1_Tpe_with_a_condition_goes_on_past_its_tenth_trial(int workers)
    {
        using var study = Study.InMemory(new StudySettings(Space) { Sampler = Sampler.Tpe });
        var trials = study.Run((configuration, _) =>
            configuration.Number("rate") + (configuration.Find("share") is null ? 0 : 1), 40, workers);
        Assert.Equal(40, trials.Count(trial => trial.State == TrialState.Complete));
        Assert.Equal("b", study.FindBest()!.Configuration.Choice("kind"));
    }

    [Fact]
    public void A1_A_search_stops_though_its_sampler_never_answers()
    {
        using var cancellation = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        var settings = new StudySettings(Space) { Sampler = new SilentSampler(from: 2, cancellation, release) };
        using (var study = Study.Open(new JournalStorage(folder["study"]), settings))
        {
            var trials = study.Run((_, _) => 1, trials: 10, workers: 3, cancellation: cancellation.Token);
            Assert.Equal(2, trials.Count(trial => trial.State == TrialState.Complete));
        }
        // Nobody holds the journal any more, and the trials that were had are in it.
        using var again = Study.Open(folder["study"], settings with { Sampler = Sampler.Random });
        Assert.Equal(5, again.Run((_, _) => 1, trials: 5).Count);
        release.Set();
    }

    [Fact]
    public void A_study_in_memory_takes_a_custom_sampler_and_pruner_and_a_saved_one_names_it()
    {
        var settings = new StudySettings(Space) { Sampler = new Middle(), Pruner = new AfterTwo() };
        using var study = Study.InMemory(settings);
        var trials = study.Run((configuration, reporter) =>
        {
            for (var i = 0; i < 3; i++)
                reporter.Report(configuration.Number("rate"));
            return 1;
        }, trials: 3);
        Assert.All(trials, trial => Assert.Equal(
            (TrialState.Pruned, 2, 1e-3), (trial.State, trial.Result!.Curve.Count, Math.Round(trial.Value!.Value, 9))));
        var error = Assert.Throws<ArgumentException>(() => Study.Open(folder["study"], settings));
        Assert.StartsWith("Middle is not built in, so its study can't be saved: use Study.InMemory", error.Message,
            StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["study"]));
    }

    private sealed class Middle : Sampler
    {
        public override Configuration Suggest(
            SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction) =>
            space.At([.. Enumerable.Repeat(0.5, space.Count)]);
    }

    private sealed class AfterTwo : Pruner
    {
        public override bool DecidesAt(int reports) => reports == 2;

        public override bool ShouldPrune(
            IReadOnlyList<Trial> trials, int number, int reports, Direction direction) => true;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_search_stops_though_an_objective_goes_on(bool isKept)
    {
        using var cancellation = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        using var both = new Barrier(2);
        using var ended = new CountdownEvent(2);
        using var study = isKept ? Study.Open(folder["study"], new(Space)) : Study.InMemory(new(Space));
        var trials = study.Run((_, reporter) =>
        {
            if (reporter.Trial < 2)
                return 1;
            both.SignalAndWait(CancellationToken.None);
            cancellation.Cancel();
            release.Wait(CancellationToken.None);
            ended.Signal();
            return 5;
        }, trials: 10, workers: 2, cancellation: cancellation.Token);
        Assert.Equal([1.0, 1.0], trials.Select(trial => trial.Value).OfType<double>());
        Assert.DoesNotContain(trials, trial => trial.State == TrialState.Running);
        // What was left behind changes nothing any more.
        release.Set();
        ended.Wait(CancellationToken.None);
        Assert.Equal([1.0, 1.0, 2.0, 2.0], study.Run((_, _) => 2, trials: 4).Select(trial => trial.Value!.Value));
    }

    [Fact]
    public void A_search_gives_its_trials_back_though_a_heartbeat_takes_longer()
    {
        using var cancellation = new CancellationTokenSource();
        using var release = new ManualResetEventSlim();
        using var ended = new CountdownEvent(1);
        using var study = Study.Open(new SlowStorage(cancellation.Token), new(Space) { HeartbeatTimeout = 0.04 });
        var trials = study.Run((_, _) =>
        {
            cancellation.Cancel();
            release.Wait(CancellationToken.None);
            ended.Signal();
            return 1;
        }, trials: 1, cancellation: cancellation.Token);
        Assert.Equal(TrialState.Waiting, Assert.Single(trials).State);
        release.Set();
        ended.Wait(CancellationToken.None);
    }

    // Of another process, as far as this one can tell.
    [Fact]
    public void A1_A_search_stops_though_somebody_keeps_the_journal()
    {
        using var cancellation = new CancellationTokenSource();
        using var study = Study.Open(folder["study"], new StudySettings(Space));
        FileStream? held = null;
        var trials = study.Run((_, _) => 1, trials: 10, cancellation: cancellation.Token, ended: trial =>
        {
            if (trial.Number != 3)
                return;
            held = new FileStream(folder["study/lock"], FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            cancellation.CancelAfter(50);
        });
        held!.Dispose();
        Assert.Equal(4, trials.Count(trial => trial.State == TrialState.Complete));
    }

    [Theory]
    [InlineData(8589935)]
    [InlineData(1e300)]
    [InlineData(1e-300)]
    public void A_heartbeat_timeout_may_be_any_time(double timeout)
    {
        using var study = Study.Open(folder["study"], new StudySettings(Space) { HeartbeatTimeout = timeout });
        Assert.All(study.Run((_, _) => 1, trials: 3, workers: 2), trial =>
            Assert.Equal(TrialState.Complete, trial.State));
    }

    // As when the clock was set back: the dead worker's last heartbeat is in the future, for an hour to come.
    [Fact]
    public void A_worker_heard_of_in_the_future_is_missed_all_the_same()
    {
        var settings = new StudySettings(Space) { HeartbeatTimeout = 0.2 };
        using (var first = Study.Open(folder["first"], settings))
            first.Run((_, _) =>
            {
                // Its worker has the trial: the folder as a kill would leave it now.
                Directory.CreateDirectory(folder["killed/workers"]);
                File.Copy(folder["first/journal.jsonl"], folder["killed/journal.jsonl"]);
                foreach (var worker in Directory.GetFiles(folder["first/workers"]))
                    File.WriteAllText(Path.Combine(folder["killed/workers"], Path.GetFileName(worker)), "");
                return 1;
            }, trials: 1);
        foreach (var worker in Directory.GetFiles(folder["killed/workers"]))
            File.SetLastWriteTimeUtc(worker, DateTime.UtcNow.AddHours(1));
        using var second = Study.Open(folder["killed"], settings);
        Assert.Equal(TrialState.Running, Assert.Single(second.ReadTrials()).State);
        Assert.Equal(2, Assert.Single(second.Run((_, _) => 2, trials: 1)).Value);
    }

    [Fact]
    public void U15_A_study_whose_trials_all_failed_says_so()
    {
        using var study = Study.InMemory(new StudySettings(Space));
        var error = Assert.Throws<OperationFailedException>(
            () => study.Run((configuration, _) => configuration.Number("speed"), trials: 3));
        Assert.StartsWith("all trials failed; the first: 'speed' has no value in rate=", error.Message,
            StringComparison.Ordinal);
        Assert.Equal(3, study.ReadTrials().Count);
    }

    [Fact]
    public void A_grid_of_more_points_than_can_be_counted_is_visited_one_by_one()
    {
        var space = new SearchSpace(
            Hyperparameter.Uniform("x", 0, 1), Hyperparameter.LogUniformInteger("n", 1, int.MaxValue),
            Hyperparameter.Choice("kind", "a", "b"),
            Hyperparameter.UniformInteger("m", int.MinValue, int.MaxValue).When("kind", "b"));
        Assert.Equal(long.MaxValue, space.GridSize(int.MaxValue));
        // 10,000 x, 10,000 n, and kind a, or b with 10,000 m.
        Assert.Equal(100_000_000L * 10_001, space.GridSize(10_000));
        Assert.Equal("x=0, n=1, kind=a", space.GridAt(int.MaxValue, 0).ToString());
        Assert.Equal("x=1, n=2147483647, kind=b, m=2147483647",
            space.GridAt(10_000, space.GridSize(10_000) - 1).ToString());
        using var study = Study.InMemory(new StudySettings(space) { Sampler = Sampler.Grid(int.MaxValue) });
        Assert.Equal(5, study.Run((_, _) => 1, trials: 5).Select(trial => trial.Configuration).Distinct().Count());
    }

    // Once a search is to stop, a heartbeat takes until a trial was given back.
    private sealed class SlowStorage(CancellationToken stop) : StudyStorage
    {
        private readonly MemoryStorage trials = new();
        private readonly ManualResetEventSlim released = new();

        public override string Name => trials.Name;

        internal override StudyState Known => trials.Known;

        internal override StudyState Transact(
            Func<StudyState, Func<string, bool>, IReadOnlyList<StudyRecord>> decide,
            CancellationToken cancellation = default) => trials.Transact(
            (state, isAlive) =>
            {
                var records = decide(state, isAlive);
                if (records.OfType<TrialReleased>().Any())
                    released.Set();
                return records;
            },
            cancellation);

        internal override void SendHeartbeats(IReadOnlyList<string> workers, CancellationToken cancellation)
        {
            if (stop.IsCancellationRequested)
                released.Wait(TimeSpan.FromSeconds(5), CancellationToken.None);
        }

        internal override void Retire(IReadOnlyList<string> workers, CancellationToken cancellation) { }
    }

    // Of which one is enough to hold up all.
    private sealed class SilentSampler(int from, CancellationTokenSource cancellation, ManualResetEventSlim release)
        : Sampler
    {
        public override Configuration Suggest(
            SearchSpace space, Key key, IReadOnlyList<Trial> trials, Direction direction)
        {
            if (trials.Count < from)
                return Random.Suggest(space, key, trials, direction);
            cancellation.CancelAfter(50);
            release.Wait(CancellationToken.None);
            return Random.Suggest(space, key, trials, direction);
        }

        // The journal keeps it as text, by a door that only tests have.
        public override string ToString() => "random";
    }
}
