namespace Functional.Host.Runs;

/// <summary>Where two runs begin to differ.</summary>
/// <param name="Step">The steps after which their states differ first; null if they don't.</param>
/// <param name="Compared">The steps that both have.</param>
/// <param name="Leaf">The first leaf that differs, as in <c>parameters/affine1.weight</c>; null if none does.</param>
/// <param name="Row">Of the leaf's first element that differs.</param>
/// <param name="Column">Of the leaf's first element that differs; 0 in a vector.</param>
/// <param name="First">The element in the first run.</param>
/// <param name="Second">The element in the second run.</param>
/// <param name="Comparisons">How many pairs of digests or leaves were compared.</param>
/// <param name="Causes">What else differs, the likeliest cause first, a line each.</param>
internal sealed record Narrowing(
    int? Step, int Compared, string? Leaf, int Row, int Column, float First, float Second, int Comparisons,
    IReadOnlyList<string> Causes)
{
    /// <summary>Both values in hexadecimal.</summary>
    public (string First, string Second) Hexadecimal => (Hex(First), Hex(Second));

    /// <summary>Compares two runs: by halves of what their chains have, then by computing both again from the last
    /// state that they share.</summary>
    /// <param name="a">A run.</param>
    /// <param name="b">Another one of a network of the same shape.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <param name="cancellation">Ends it after a step.</param>
    /// <exception cref="OperationFailedException">A run has no chain, their networks differ, or a run can't be computed
    /// again to what it has recorded.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Narrowing Of(NarrowedRun a, NarrowedRun b, int threads, CancellationToken cancellation)
    {
        if (StateDigest.Leaves(a.Run.Start).Select(leaf => $"{leaf.Name} {leaf.Leaf.Shape}").ToArray() is var leaves
            && !leaves.SequenceEqual(StateDigest.Leaves(b.Run.Start).Select(leaf => $"{leaf.Name} {leaf.Leaf.Shape}")))
            throw new OperationFailedException(
                $"{a.Record.Folder} and {b.Record.Folder} train different networks or with different optimizers: "
                + string.Join("; ", a.Environment.Changes(b.Environment)));
        var comparisons = 0;
        int[] steps = [.. a.Links.Keys.Intersect(b.Links.Keys).Order()];
        var (before, after) = Halves(steps.Length, place => a.Links[steps[place]] == b.Links[steps[place]]);
        if (after == steps.Length)
            return new Narrowing(null, before < 0 ? 0 : steps[before], null, 0, 0, 0, 0, comparisons, []);
        // Both again, from the last state that they share.
        var (first, end) = (before < 0 ? 0 : steps[before], steps[after]);
        var (ofA, ofB) = Threads.Use(threads, () => (
            a.Digests(first, end, cancellation), b.Digests(first, end, cancellation)));
        foreach (var (run, digests) in new[] { (a, ofA), (b, ofB) })
            if (digests[^1] != run.Links[end])
                throw new OperationFailedException(
                    Invariant($"{run.Record.Folder} differs from what it is when it is computed again: ")
                    + Invariant($"between steps {first:N0} and {end:N0} it was changed, or computed by other ")
                    + "numerics; "
                    + $"functional verify {run.Record.Folder} tells more");
        var (_, different) = Halves(ofA.Length, place => ofA[place] == ofB[place]);
        var step = first + different;
        var (stateA, stateB) = Threads.Use(threads, () => (a.State(step, cancellation), b.State(step, cancellation)));
        var pairs = StateDigest.Leaves(stateA).Zip(StateDigest.Leaves(stateB)).ToArray();
        var (_, place) = Halves(pairs.Length, last => StateDigest.Of(pairs[..(last + 1)].Select(pair => pair.First))
            == StateDigest.Of(pairs[..(last + 1)].Select(pair => pair.Second)));
        var causes = Why(a, b, step);
        if (place == pairs.Length)
            return new Narrowing(step, end, null, 0, 0, 0, 0, comparisons, causes);
        var (leafA, leafB) = (pairs[place].First.Leaf, pairs[place].Second.Leaf);
        var x = StateDigest.Elements(leafA);
        var y = StateDigest.Elements(leafB);
        comparisons++;
        var at = 0;
        while (BitConverter.SingleToInt32Bits(x[at]) == BitConverter.SingleToInt32Bits(y[at]))
            at++;
        return new Narrowing(
            step, end, pairs[place].First.Name, at % leafA.Shape.Rows, at / leafA.Shape.Rows, x[at], y[at],
            comparisons, causes);

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

    private static string[] Why(NarrowedRun a, NarrowedRun b, int step)
    {
        string[] found =
        [
            .. a.Environment.Changes(b.Environment).Select(change => $"configuration: {change}"),
            .. a.Record.Environment?.Training != b.Record.Environment?.Training
                ? (string[])["data: the training samples differ" + Sample(a, b, step)] : [],
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
    private static string Sample(NarrowedRun a, NarrowedRun b, int step)
    {
        if (step == 0 || a.Batch(step) is not { } x || b.Batch(step) is not { } y
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
