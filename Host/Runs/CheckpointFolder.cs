using System.Globalization;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>The checkpoints of a run, a file each with the number of its step as its name. The last two are kept, so
/// that there is one to resume from whatever becomes of the other.</summary>
/// <param name="path">The folder.</param>
/// <param name="keepEvery">Those of steps that are a multiple of this are kept, too.</param>
/// <param name="first">So is that of this step: of a fork, the state that it goes on from.</param>
internal sealed class CheckpointFolder(string path, int? keepEvery = null, int? first = null)
{
    private const string Extension = ".safetensors";
    private const int Kept = 2;

    // The steps of the newest checkpoints, newest first: those that a later one may replace. No other program writes
    // here.
    private List<int>? unsettled;

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Steps().Length == 0;

    /// <summary>The steps of all that there are, in order.</summary>
    public IReadOnlyList<int> All => [.. Steps().Reverse()];

    /// <summary>The state of one of them.</summary>
    /// <exception cref="DataException">It can't be read.</exception>
    public RunState Read(int step, RunState start) => Checkpoint.Read(PathOf(step), start);

    /// <summary>Whether a file of this name is one.</summary>
    public static bool IsName(string name) =>
        name.EndsWith(Extension, StringComparison.Ordinal)
        && int.TryParse(name[..^Extension.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
        && name == NameOf(step);

    /// <summary>Saves a state and deletes those that are no longer needed.</summary>
    /// <exception cref="OperationFailedException">It can't be written; the earlier ones are still there.</exception>
    public void Write(RunState state)
    {
        Checkpoint.Write(PathOf(state.Step), state);
        unsettled ??= [.. Steps()];
        // It may be there already, without the network that turned out to be the best.
        unsettled.Remove(state.Step);
        unsettled.Insert(0, state.Step);
        foreach (var step in unsettled.Skip(Kept).Where(step => !IsKept(step)))
            Delete(step);
        unsettled.RemoveRange(Math.Min(Kept, unsettled.Count), Math.Max(0, unsettled.Count - Kept));
    }

    /// <summary>The newest state that can be read, or null if there is no checkpoint.</summary>
    /// <param name="start">The state before the first step.</param>
    /// <param name="passedOver">Receives messages about newer ones that can't be read.</param>
    /// <exception cref="DataException">None of those that there are can be read; what is wrong with the
    /// newest.</exception>
    public RunState? Newest(RunState start, Action<DataException> passedOver)
    {
        while (true)
        {
            var (steps, damaged) = (Steps(), new List<DataException>());
            foreach (var step in steps)
                try
                {
                    FilePlace.RequireFile(PathOf(step));
                    var state = Checkpoint.Read(PathOf(step), start);
                    damaged.ForEach(passedOver);
                    return state;
                }
                catch (DataException e)
                {
                    damaged.Add(e);
                }
            if (steps.Length == 0)
                return null;
            // A run in progress may have deleted them in the meantime, when there were newer ones.
            if (steps.SequenceEqual(Steps()))
                throw damaged[0];
        }
    }

    /// <summary>Deletes the checkpoints after a step: those that can't be read, once the run is resumed from an earlier
    /// one.</summary>
    public void DeleteAfter(int step)
    {
        foreach (var later in Steps().Where(later => later > step))
            Delete(later);
    }

    private bool IsKept(int step) => step == first || (keepEvery is { } every && step % every == 0);

    private void Delete(int step) => OutputFile.Guard(PathOf(step), () => File.Delete(PathOf(step)));

    private string PathOf(int step) => Path.Combine(path, NameOf(step));

    private static string NameOf(int step) => step.ToString("D9", CultureInfo.InvariantCulture) + Extension;

    // The newest first. What is none of our names is none of our business, such as a file that was not written to its
    // end.
    private int[] Steps()
    {
        int[] steps = [];
        OutputFile.Guard(path, () => steps =
        [
            .. from file in Directory.Exists(path) ? Directory.EnumerateFiles(path, "*" + Extension) : []
               where IsName(Path.GetFileName(file))
               let step = int.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture)
               orderby step descending
               select step,
        ]);
        return steps;
    }
}
