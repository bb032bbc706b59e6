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
        RequireSameShape(a, b);
        int[] steps = [.. a.Links.Keys.Intersect(b.Links.Keys).Order()];
        if (steps.Length == 0)
            throw new OperationFailedException(
                $"{a.Record.Folder} and {b.Record.Folder}: the chains have no step in common");
        // What differs once differs ever after.
        var bisection = new Bisection();
        var linked = bisection.First(steps.Length, i => a.Links[steps[i]] != b.Links[steps[i]]);
        // The chains may have been kept at other steps, or one may be longer: as far as both go, they are computed.
        var first = linked == 0 ? Math.Max(a.Run.Start.Step, b.Run.Start.Step) : steps[linked - 1];
        var end = linked < steps.Length ? steps[linked] : Math.Min(a.Links.Keys.Max(), b.Links.Keys.Max());
        if (first == end && linked == steps.Length)
            return new Narrowing(null, end, null, bisection.Evaluations, []);
        var (ofA, ofB) = Threads.Use(threads, () => (
            a.Digests(first, end, cancellation), b.Digests(first, end, cancellation)));
        RequireReproduced(a, first, end, ofA[^1]);
        RequireReproduced(b, first, end, ofB[^1]);
        var computed = bisection.First(ofA.Length, i => ofA[i] != ofB[i]);
        if (computed == ofA.Length)
            return new Narrowing(null, end, null, bisection.Evaluations, []);
        var step = first + computed;
        var (atA, atB) = Threads.Use(threads, () => (a.At(step, cancellation), b.At(step, cancellation)));
        var element = FirstElement(atA.State, atB.State, bisection);
        return new Narrowing(
            step, end, element, bisection.Evaluations, Why(a, b, step, atA.Batch, atB.Batch));
    }

    private static void RequireSameShape(NarrowedRun a, NarrowedRun b)
    {
        if (Shapes(a).SequenceEqual(Shapes(b)))
            return;
        var (dataA, dataB) = (a.Record.Configuration.Data, b.Record.Configuration.Data);
        string[] changes =
        [
            .. dataA == dataB ? [] : (string[])[$"--data is {dataA} and {dataB}"],
            .. a.Environment.Changes(b.Environment, " and "),
        ];
        throw new OperationFailedException(
            $"{a.Record.Folder} and {b.Record.Folder} train different networks or with different optimizers: "
            + string.Join("; ", changes));

        static IEnumerable<string> Shapes(NarrowedRun run) =>
            StateDigest.Leaves(run.Run.Start).Select(leaf => $"{leaf.Name} {leaf.Leaf.Shape}");
    }

    private static void RequireReproduced(NarrowedRun run, int first, int end, string digest)
    {
        if (run.Links.TryGetValue(end, out var recorded) && digest != recorded)
            throw new OperationFailedException(
                Invariant($"{run.Record.Folder} can't be reproduced between steps {first:N0} and {end:N0}: it was ")
                + $"changed, or computed with other numerics; functional verify {run.Record.Folder} shows where");
    }

    private static DifferentElement? FirstElement(RunState a, RunState b, Bisection bisection)
    {
        var pairs = StateDigest.Leaves(a).Zip(StateDigest.Leaves(b)).ToArray();
        var place = bisection.First(pairs.Length, last => pairs[..(last + 1)].Any(pair =>
            !MemoryMarshal.AsBytes(StateDigest.Elements(pair.First.Leaf))
                .SequenceEqual(MemoryMarshal.AsBytes(StateDigest.Elements(pair.Second.Leaf)))));
        if (place == pairs.Length)
            return null;
        var (name, leaf) = pairs[place].First;
        var x = StateDigest.Elements(leaf);
        var y = StateDigest.Elements(pairs[place].Second.Leaf);
        var at = MemoryMarshal.Cast<float, int>(x).CommonPrefixLength(MemoryMarshal.Cast<float, int>(y));
        bisection.Evaluations++;
        return new DifferentElement(name, at % leaf.Shape.Rows, at / leaf.Shape.Rows, x[at], y[at]);
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
