using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Functional.Host.Runs;

/// <summary>The identity of a run's state: of all that its next step is a function of. (Not of the time that it took,
/// nor of the network that did best so far.)</summary>
internal static class StateDigest
{
    /// <summary>SHA-256, in lower-case hexadecimal.</summary>
    public static string Of(RunState state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (training, memory) = (state.Training, state.Training.OptimizerState);
        hash.AppendData(Encoding.ASCII.GetBytes(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{training.Key.High:x8}{training.Key.Low:x8} {training.Step} {memory.Updates} {memory.Gathered}\n")));
        foreach (var (name, leaf) in Leaves(state))
            Append(hash, name, leaf);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>All leaves of a state, named as in a checkpoint, layer after layer: first those of the network.
    /// </summary>
    public static IEnumerable<(string Name, Parameter<float> Leaf)> Leaves(RunState state)
    {
        var training = state.Training;
        return
        [
            .. Named(Checkpoint.Parameters, training.Network.Parameters()),
            .. Named(Checkpoint.Statistics, training.Network.Statistics()),
            .. Named(Checkpoint.Slots, training.OptimizerState.ToLeaves()),
        ];

        static IEnumerable<(string, Parameter<float>)> Named(string group, Parameters<float> leaves) =>
            leaves.Select(leaf => ($"{group}/{leaf.Name}", leaf));
    }

    /// <summary>A leaf's elements in memory, column after column.</summary>
    public static ReadOnlySpan<float> Elements(Parameter<float> leaf) => leaf.Values.AsArray() ?? leaf.Values.ToArray();

    // A name with its length, so that no other leaves are the same bytes.
    private static void Append(IncrementalHash hash, string name, Parameter<float> leaf)
    {
        hash.AppendData(Encoding.UTF8.GetBytes(Invariant($"{name.Length}:{name} {leaf.Shape}\n")));
        hash.AppendData(MemoryMarshal.AsBytes(Elements(leaf)));
    }
}
