using System.CommandLine;
using System.Globalization;
using Functional.Host.Charts;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>The forks that a live page has begun, now or earlier: runs in folders beside the run's own. They are
/// trained while the page is served, and saved when it ends.</summary>
/// <param name="folder">The run's.</param>
/// <param name="threads">At least 1.</param>
/// <param name="language">Of their reports.</param>
internal sealed class LiveForks(string folder, int threads, Language language)
{
    private const int MostAtOnce = 4;

    // Beside the run, where it is named by a dot, too.
    private readonly string folder = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)) is "" or "." or ".."
        ? Path.GetFullPath(folder) : folder;

    private static readonly IReadOnlyList<Option<string?>> Options =
        [.. TrainOptions.All.Where(option => option.Name != "from").Select(option => CommonOptions.Of(option, null))];

    private readonly List<Task> training = [];

    /// <summary>Is another whenever there is more to see.</summary>
    public string Stamp => string.Join(' ', Folders().Select(fork =>
    {
        var (metrics, paths) = (new FileInfo(new RunPaths(fork).Metrics), new RunPaths(fork));
        return $"{Path.GetFileName(fork)}:{(metrics.Exists ? metrics.Length : 0)}:{File.Exists(paths.Summary)}:"
            + $"{FileLock.IsHeld(paths.Running)}";
    }));

    /// <summary>Begins one, and returns the command that repeats it.</summary>
    /// <param name="step">The step to go on from.</param>
    /// <param name="options">What is to be another, as on the command line.</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <exception cref="UsageException">There is no such fork, or there are enough in training.</exception>
    /// <exception cref="OperationFailedException">Its folder can't be written to.</exception>
    public string Start(int step, string options, CancellationToken cancellation)
    {
        var changes = CommonOptions.Values(options, Options, "options of 'train'");
        lock (training)
        {
            training.RemoveAll(each => each.IsCompleted);
            if (training.Count >= MostAtOnce)
                throw new UsageException($"{MostAtOnce} forks are in training; wait for one to end");
            var fork = Threads.Use(threads, () => TrainCommand.Forked(folder, step, changes));
            var held = RunFolder.Create(Fresh(step), overwrite: false);
            training.Add(Task.Run(() => Train(fork, held, cancellation), CancellationToken.None));
            return fork.Configuration.CommandLine();
        }
    }

    /// <summary>The run beside its forks; nothing if there are none.</summary>
    public Markup Content()
    {
        string[] forks = [.. Folders()];
        return forks.Length == 0 ? Markup.Empty
            : RunsPage.Content([.. forks.Prepend(folder).Select(RunRecord.Read)], language);
    }

    /// <summary>Waits until those in training are saved.</summary>
    public void Wait()
    {
        lock (training)
            Task.WaitAll([.. training]);
    }

    private IEnumerable<string> Folders()
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var name = Path.TrimEndingDirectorySeparator(folder);
        return Directory.EnumerateDirectories(Path.GetDirectoryName(full)!, $"{Path.GetFileName(full)}-from-*")
            .Select(found => $"{name}{Path.GetFileName(found)[Path.GetFileName(full).Length..]}")
            .Where(RunRecord.IsRun).Where(IsOurs).Order(StringComparer.Ordinal);
    }

    // Not a fork of a fork.
    private bool IsOurs(string fork)
    {
        try
        {
            return RunRecord.Read(fork).Configuration.OriginFolder is { } origin
                && Path.TrimEndingDirectorySeparator(Path.GetFullPath(origin))
                    == Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        }
        catch (DataException)
        {
            return false;
        }
    }

    private string Fresh(int step)
    {
        var path = $"{Path.TrimEndingDirectorySeparator(folder)}-from-{step.ToString(CultureInfo.InvariantCulture)}";
        var number = 1;
        while (Directory.Exists(number == 1 ? path : $"{path}-{number}"))
            number++;
        return number == 1 ? path : $"{path}-{number}";
    }

    // What goes wrong with it is said where the program was started; the page goes on.
    private void Train(TrainingRun fork, RunFolder held, CancellationToken cancellation)
    {
        try
        {
            using (held)
            {
                using var recorder = held.Record(fork, fork.Beginning);
                var result = fork.Run(
                    recorder, threads, held.Folder, cancellation, fork.Beginning, abandonsEvaluation: true);
                if (result.Summary.IsEvaluated)
                    held.WriteReport(RunPage.Render(
                        fork, result, RunEvaluation.TestScores(fork, result, threads), recorder.Environment,
                        language: language));
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Hints.Write([$"{held.Folder}: {e.Message}"]);
        }
    }
}
