using System.Runtime.InteropServices;
using System.Text;

namespace Functional.Host.Runs;

/// <summary>Builds a run's chain while it trains. Digests are computed beside the training, which changes no
/// state.</summary>
internal sealed class ChainRecorder
{
    private readonly Chain chain;
    private readonly int interval;
    private readonly List<double> losses = [];
    private Task<ChainLink?> last;
    private int lastStep;
    private List<Task<ChainLink?>> unwritten = [];

    /// <param name="chain">As far as it has been written.</param>
    /// <param name="run">The configured run.</param>
    /// <param name="progress">How far the run has come.</param>
    public ChainRecorder(Chain chain, TrainingRun run, RunProgress? progress)
    {
        (this.chain, interval) = (chain, Chain.Interval(run));
        var before = chain.Links is [.., var newest] ? newest : null;
        last = Task.FromResult(before);
        lastStep = before?.Step ?? -1;
        if (before is not null)
            losses.AddRange(progress?.Losses.Skip(before.Step) ?? []);
        else
            Add(progress?.State ?? run.Start);
    }

    /// <summary>Takes a step's loss.</summary>
    public void Stepped(double loss) => losses.Add(loss);

    /// <summary>Whether a link is for the state after this step.</summary>
    public bool LooksAt(int step) => step > lastStep && step % interval == 0;

    /// <summary>Takes the state after a step.</summary>
    public void Reached(RunState state, RunMoment moment)
    {
        if (LooksAt(state.Step) || (moment == RunMoment.End && state.Step > lastStep))
            Add(state);
    }

    /// <summary>The links since this was asked before, as lines of the file.</summary>
    public Func<byte[]> Take()
    {
        var links = unwritten;
        unwritten = [];
        return () => Encoding.ASCII.GetBytes(string.Concat(links.Select(link => Chain.Line(link.Result!))));
    }

    private void Add(RunState state)
    {
        var (before, since) = (last, CollectionsMarshal.AsSpan(losses).ToArray());
        losses.Clear();
        lastStep = state.Step;
        last = Task.Run(async () =>
        {
            var digest = StateDigest.Of(state);
            return (ChainLink?)chain.Next(await before.ConfigureAwait(false), state.Step, digest, since);
        });
        unwritten.Add(last);
    }
}
