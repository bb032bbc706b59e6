using System.Runtime.InteropServices;

namespace Functional.Host.Runs;

/// <summary>The first element in which two states differ.</summary>
/// <param name="Leaf">The leaf that has it, as in <c>parameters/affine1.weight</c>.</param>
/// <param name="Row">Its row.</param>
/// <param name="Column">Its column; 0 in a vector.</param>
/// <param name="First">The element in the first state.</param>
/// <param name="Second">The element in the second state.</param>
internal sealed record DifferentElement(string Leaf, int Row, int Column, float First, float Second)
{
    /// <summary>Both values in hexadecimal.</summary>
    public (string First, string Second) Hexadecimal => (Narrowing.Hex(First), Narrowing.Hex(Second));
}

/// <summary>Where two runs begin to differ.</summary>
/// <param name="Step">The steps after which their states differ first; null if they don't.</param>
/// <param name="Compared">The last step whose states were compared.</param>
/// <param name="Element">The first element that differs; null if none does.</param>
/// <param name="Comparisons">How many pairs of digests, leaves or elements were compared.</param>
/// <param name="Causes">What else differs, the likeliest cause first, a line each.</param>
internal sealed record Narrowing(
    int? Step, int Compared, DifferentElement? Element, int Comparisons, IReadOnlyList<string> Causes)
{
    /// <summary>Compares two runs: by halves of what their chains have, then by computing both again from the last
    /// state that they share.</summary>
    /// <param name="a">A run.</param>
    /// <param name="b">Another one of a network of the same shape.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends it after a step.</param>
    /// <exception cref="OperationFailedException">The chains have no step in common, the networks differ, or a run
    /// can't be reproduced.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Narrowing Of(NarrowedRun a, NarrowedRun b, int threads, CancellationToken cancellation)
    {
        if (!StateDigest.Leaves(a.Run.Start).Select(Shaped).SequenceEqual(
            StateDigest.Leaves(b.Run.Start).Select(Shaped)))
            throw new OperationFailedException(
                $"{a.Record.Folder} and {b.Record.Folder} train different networks or with different optimizers: "
                + string.Join("; ", Changes()));
        IEnumerable<string> Changes() =>
        [
            .. a.Record.Configuration.Data == b.Record.Configuration.Data ? []
                : (string[])[$"--data is {a.Record.Configuration.Data} and {b.Record.Configuration.Data}"],
            .. a.Environment.Changes(b.Environment, " and "),
        ];

        var comparisons = 0;
        int[] steps = [.. a.Links.Keys.Intersect(b.Links.Keys).Order()];
        if (steps.Length == 0)
            throw new OperationFailedException(
                $"{a.Record.Folder} and {b.Record.Folder}: the chains have no step in common");
        var (before, after) = Halves(steps.Length, place => a.Links[steps[place]] == b.Links[steps[place]]);
        // The chains may have been kept at other steps, or one may be longer: as far as both go, they are computed.
        var (first, end) = (
            before < 0 ? 0 : steps[before],
            after < steps.Length ? steps[after] : Math.Min(a.Links.Keys.Max(), b.Links.Keys.Max()));
        if (after == steps.Length && first == end)
            return new Narrowing(null, end, null, comparisons, []);
        var (ofA, ofB) = Threads.Use(threads, () => (
            a.Digests(first, end, cancellation), b.Digests(first, end, cancellation)));
        foreach (var (run, digests) in new[] { (a, ofA), (b, ofB) })
            if (run.Links.TryGetValue(end, out var recorded) && digests[^1] != recorded)
                throw new OperationFailedException(
                    Invariant($"{run.Record.Folder} can't be reproduced between steps {first:N0} and {end:N0}: it was ")
                    + $"changed, or computed with other numerics; functional verify {run.Record.Folder} shows where");
        var (_, different) = Halves(ofA.Length, place => ofA[place] == ofB[place]);
        if (different == ofA.Length)
            return new Narrowing(null, end, null, comparisons, []);
        var step = first + different;
        var (stateA, stateB) = Threads.Use(threads, () => (a.At(step, cancellation), b.At(step, cancellation)));
        var element = Element();
        return new Narrowing(step, end, element, comparisons, Why(a, b, step, stateA.Batch, stateB.Batch));

        static string Shaped((string Name, Parameter<float> Leaf) leaf) => $"{leaf.Name} {leaf.Leaf.Shape}";

        DifferentElement? Element()
        {
            var pairs = StateDigest.Leaves(stateA.State).Zip(StateDigest.Leaves(stateB.State)).ToArray();
            var (_, place) = Halves(pairs.Length, last => pairs[..(last + 1)].All(pair =>
                MemoryMarshal.AsBytes(StateDigest.Elements(pair.First.Leaf))
                    .SequenceEqual(MemoryMarshal.AsBytes(StateDigest.Elements(pair.Second.Leaf)))));
            if (place == pairs.Length)
                return null;
            comparisons++;
            var (name, leaf) = pairs[place].First;
            var x = StateDigest.Elements(leaf);
            var y = StateDigest.Elements(pairs[place].Second.Leaf);
            var at = 0;
            while (BitConverter.SingleToInt32Bits(x[at]) == BitConverter.SingleToInt32Bits(y[at]))
                at++;
            return new DifferentElement(name, at % leaf.Shape.Rows, at / leaf.Shape.Rows, x[at], y[at]);
        }

        // What differs once differs ever after: the last place where both are equal (or -1), and the first where not.
        (int Equal, int Different) Halves(int count, Func<int, bool> isEqual)
        {
            var (equal, different) = (-1, count);
            while (different - equal > 1)
            {
                var middle = (equal + different) / 2;
                comparisons++;
                if (isEqual(middle))
                    equal = middle;
                else
                    different = middle;
            }
            return (equal, different);
        }
    }

    private static string[] Why(
        NarrowedRun a, NarrowedRun b, int step, Batch<float>? batchA, Batch<float>? batchB)
    {
        string[] found =
        [
            .. a.Environment.Changes(b.Environment, " and ").Select(change => $"configuration: {change}"),
            .. a.Record.Environment?.Training != b.Record.Environment?.Training
                ? (string[])["data: the training samples differ" + Sample(step, batchA, batchB)] : [],
            .. a.Chain.Numerics != b.Chain.Numerics
                ? (string[])[Invariant($"version: numerics {a.Chain.Numerics} and {b.Chain.Numerics}")] : [],
            .. a.Record.Environment is { } x && b.Record.Environment is { } y
                && (x.Architecture, x.VectorBits) != (y.Architecture, y.VectorBits)
                ? (string[])[$"machine: {x.Architecture} with vectors of {x.VectorBits} bits and "
                    + $"{y.Architecture} with {y.VectorBits}"] : [],
        ];
        return found.Length > 0 ? found : ["neither data, configuration, version nor kind of machine differ"];
    }

    // Which sample of the step's batch.
    private static string Sample(int step, Batch<float>? x, Batch<float>? y)
    {
        if (x is null || y is null
            || (x.Inputs.RowCount, x.Inputs.ColumnCount) != (y.Inputs.RowCount, y.Inputs.ColumnCount))
            return "";
        for (var sample = 0; sample < x.Inputs.ColumnCount; sample++)
            for (var feature = 0; feature < x.Inputs.RowCount; feature++)
                if (!x.Inputs[feature, sample].Equals(y.Inputs[feature, sample]))
                    return Invariant($"; in the batch of step {step:N0} it is sample {sample}, feature {feature}: ")
                        + $"{Hex(x.Inputs[feature, sample])} and {Hex(y.Inputs[feature, sample])}";
        return "";
    }

    internal static string Hex(float value) => $"0x{BitConverter.SingleToUInt32Bits(value):X8}";
}
