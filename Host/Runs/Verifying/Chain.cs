using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>A state that a run has come to.</summary>
/// <param name="Step">The steps that had been taken.</param>
/// <param name="Digest">The state's digest.</param>
/// <param name="Hash">SHA-256 of the link before it, of this step and state, and of the losses in between.</param>
internal sealed record ChainLink(int Step, string Digest, string Hash);

/// <summary>
/// A run's record as a hash chain: what it was computed with and, at equal distances, the digest of its state. Each
/// link commits to all before it, so that the last one stands for the whole run.
/// </summary>
/// <param name="Numerics">The version of the numerics.</param>
/// <param name="Configuration">SHA-256 of the options that results depend on.</param>
/// <param name="Training">SHA-256 of the training samples.</param>
/// <param name="Test">SHA-256 of the test samples.</param>
/// <param name="Links">In the order of steps.</param>
internal sealed record Chain(
    int Numerics, string Configuration, string Training, string Test, IReadOnlyList<ChainLink> Links)
{
    private const string Form = "functional chain 1";

    // Hashing reads 1e9 bytes/s, a step computes 1e11 products/s. A state has 4 bytes x copies x parameters, a step
    // 6 products x parameters x batch size. Hashing takes 1% of the time at 100 x (4 / 1e9) / (6 / 1e11) =
    // 6,700 x copies / batch size steps.
    private const double SampleStepsPerCopy = 6_700;

    /// <summary>How many steps lie between two links.</summary>
    public static int Interval(TrainingRun run)
    {
        if (run.Configuration.KeepEvery is { } kept)
            return kept;
        // Of the parameters.
        var copies = 1 + run.Start.Training.OptimizerState.Slots.Length;
        return (int)Math.Ceiling(SampleStepsPerCopy * copies / run.Configuration.BatchSize);
    }

    /// <summary>The chain of a run that has not begun.</summary>
    public static Chain Of(TrainConfiguration configuration, RunEnvironment environment) => new(
        NumericsVersion.Current, Digest(configuration), environment.Training, environment.Test, []);

    /// <summary>The link that follows another, or is the first.</summary>
    /// <param name="before">The one before it.</param>
    /// <param name="step">The steps that had been taken.</param>
    /// <param name="state">The state's digest.</param>
    /// <param name="losses">Of the steps since the link before.</param>
    public ChainLink Next(ChainLink? before, int step, string state, ReadOnlySpan<double> losses)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(before?.Hash ?? Header));
        hash.AppendData(Encoding.ASCII.GetBytes(Invariant($"{step} {state}\n")));
        hash.AppendData(MemoryMarshal.AsBytes(losses));
        return new ChainLink(step, state, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>What is wrong with the chain of a run, in a line; null if nothing is.</summary>
    /// <param name="expected">The chain that the run would have had before its first step, here and now.</param>
    /// <param name="losses">Of every step.</param>
    public string? Mismatch(Chain expected, IReadOnlyList<double> losses)
    {
        foreach (var (what, found, wanted) in new[]
        {
            ("options", Configuration, expected.Configuration), ("training samples", Training, expected.Training),
            ("test samples", Test, expected.Test),
        })
            if (found != wanted)
                return $"chain.txt: the digest of the {what} is {found}, but should be {wanted}";
        return Broken(losses) is { } broken
            ? Invariant($"chain.txt: the link of step {broken.Step:N0} doesn't follow from what is before it") : null;
    }

    /// <summary>The first link that doesn't follow from what is before it; null if all do.</summary>
    /// <param name="losses">Of every step.</param>
    public ChainLink? Broken(IReadOnlyList<double> losses)
    {
        ChainLink? before = null;
        foreach (var link in Links)
        {
            // A chain may begin later than its run, where that was begun by an earlier version.
            var first = before?.Step ?? link.Step;
            if (link.Step > losses.Count
                || Next(before, link.Step, link.Digest, [.. losses.Skip(first).Take(link.Step - first)]) != link)
                return link;
            before = link;
        }
        return null;
    }

    /// <summary>Reads a file; null if there is none. A last line that was cut off doesn't count.</summary>
    /// <exception cref="DataException">It is no chain.</exception>
    public static Chain? Read(string path) => !File.Exists(path) ? null : DataFile.Open(path, stream =>
    {
        var text = new StreamReader(stream, Encoding.UTF8).ReadToEnd();
        var lines = DataFile.CompleteLines(text);
        if (lines.FirstOrDefault() != Form)
            throw new DataException(path, "line 1", Form, lines.Length == 0 ? "none" : $"'{lines[0]}'");
        var numerics = Named(1, "numerics");
        var chain = new Chain(
            Number(numerics) ?? throw Error(1, "the version of the numerics"), Sha(2, "configuration"),
            Sha(3, "training"), Sha(4, "test"), []);
        var links = new List<ChainLink>();
        for (var i = 5; i < lines.Length; i++)
            links.Add(lines[i].Split(' ') is [var step, { Length: 64 } state, { Length: 64 } link]
                && Number(step) is { } number && number > (links.Count == 0 ? -1 : links[^1].Step)
                ? new ChainLink(number, state, link) : throw Error(i, "a later step, a state and a link"));
        return chain with { Links = links };

        string Named(int line, string name) =>
            line < lines.Length && lines[line].Split(' ') is [var found, var value] && found == name
                ? value : throw Error(line, $"'{name}' and its value");
        string Sha(int line, string name) =>
            Named(line, name) is { Length: 64 } digest ? digest : throw Error(line, "a SHA-256");
        DataException Error(int line, string expected) => new(
            path, $"line {line + 1}", expected, line < lines.Length ? $"'{lines[line]}'" : "none");
    });

    /// <summary>Writes the file anew.</summary>
    /// <exception cref="OperationFailedException">It can't be written.</exception>
    public void Write(string path) => OutputFile.Replace(
        path, stream => stream.Write(Encoding.ASCII.GetBytes(Header + string.Concat(Links.Select(Line)))));

    /// <summary>A link as a line of the file.</summary>
    public static string Line(ChainLink link) => Invariant($"{link.Step} {link.Digest} {link.Hash}\n");

    private string Header => Invariant($"{Form}\nnumerics {Numerics}\nconfiguration {Configuration}\n")
        + $"training {Training}\ntest {Test}\n";

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Of a fork also what it goes on from.
    private static string Digest(TrainConfiguration configuration) => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Concat(
            from option in TrainOptions.OfResults
            let value = option.Get(configuration)
            where value is not null
            orderby option.Name
            select $"{option.Name.Length}:{option.Name} {value.Length}:{value}\n")
        + (configuration.Origin is { } origin ? Invariant($"origin {origin.Step} {origin.Digest}\n") : ""))));
}
