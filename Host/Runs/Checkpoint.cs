using System.Globalization;
using System.Security.Cryptography;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Runs;

/// <summary>
/// A state of a run as a safetensors file: parameters, what batch normalization remembers, what the optimizer
/// remembers (the moving average, too), the network that did best in validation; counts and the key as metadata. A
/// matrix is stored as it lies in memory, inputs x outputs. The last 32 bytes, a tensor of their own, are the SHA-256
/// of all bytes before them.</summary>
internal static class Checkpoint
{
    private const string Form = "functional checkpoint 1";
    // The format puts the smallest elements last.
    private const string ChecksumName = "sha256";
    private const string Best = "best", BestStatistics = "best-statistics";

    /// <summary>What the names of tensors begin with.</summary>
    internal const string Parameters = "parameters", Statistics = "statistics", Slots = "optimizer";

    /// <summary>Writes a file, which appears whole or not at all; its folder must be there.</summary>
    /// <exception cref="OperationFailedException">It can't be written; what was there before still is.</exception>
    public static void Write(string path, RunState state)
    {
        var training = state.Training;
        var tensors = StateDigest.Leaves(state).Select(leaf => TensorOf(leaf.Name, leaf.Leaf))
            .Concat(BestOf(state) is not { } best ? []
                : Tensors(Best, best.Parameters()).Concat(Tensors(BestStatistics, best.Statistics())))
            .Append(Tensor.Of(ChecksumName, [SHA256.HashSizeInBytes], new byte[SHA256.HashSizeInBytes]));
        var metadata = new Dictionary<string, string>
        {
            ["format"] = Form,
            ["version"] = ProgramInfo.Version,
            ["numerics"] = Text(NumericsVersion.Current),
            ["key"] = $"{training.Key.High:x8}{training.Key.Low:x8}",
            ["step"] = Text(training.Step),
            ["updates"] = Text(training.OptimizerState.Updates),
            ["gathered"] = Text(training.OptimizerState.Gathered),
            ["best"] = Text(state.Best?.Step ?? 0),
            ["seconds"] = state.Seconds.ToString("R", CultureInfo.InvariantCulture),
        };
        OutputFile.Replace(path, stream =>
        {
            Safetensors.Write(stream, tensors, metadata);
            var checksum = Checksum(stream);
            stream.Position = stream.Length - checksum.Length;
            stream.Write(checksum);
        });
    }

    /// <summary>Reads what was written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="start">The state before the first step, which says what there must be.</param>
    /// <exception cref="DataException">The file can't be read, is damaged, or is of a run of another kind.</exception>
    public static RunState Read(string path, RunState start) =>
        DataFile.Open(path, stream => Read(stream, path, start));

    /// <summary>Reads a stream from its beginning to its end; it must be able to seek.</summary>
    /// <inheritdoc cref="Read(string, RunState)"/>
    public static RunState Read(Stream stream, string name, RunState start)
    {
        Verify(stream, name);
        var file = Safetensors.Read(stream, name);
        if (file.Metadata.GetValueOrDefault("format") is var form && form != Form)
            throw new DataException(name, "metadata 'format'", $"'{Form}'", form is null ? "none" : $"'{form}'");
        var (training, optimizerState) = (start.Training, start.Training.OptimizerState);
        var (network, slots) = (training.Network, optimizerState.ToLeaves());
        CheckNames(file,
        [
            .. Names(Parameters, network.Parameters()), .. Names(Statistics, network.Statistics()),
            .. Names(Slots, slots), ChecksumName,
            .. IsApart(file)
                ? Names(Best, network.Parameters()).Concat(Names(BestStatistics, network.Statistics()))
                : [],
        ]);
        var state = new RunState(
            new TrainingState<float>(
                network.WithParameters(Filled(file, Parameters, network.Parameters()))
                    .WithStatistics(Filled(file, Statistics, network.Statistics())),
                training.Optimizer,
                OptimizerState.OfLeaves(Count(file, "updates"), Count(file, "gathered"), Filled(file, Slots, slots)),
                ReadKey(file),
                Count(file, "step")))
        {
            Seconds = Metadata<double>(file, "seconds", "a number",
                text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                    ? value
                    : null),
        };
        return state with
        {
            Best = IsApart(file)
                ? new BestNetwork(
                    Count(file, "best"),
                    network.WithParameters(Filled(file, Best, network.Parameters()))
                        .WithStatistics(Filled(file, BestStatistics, network.Statistics())))
                : Count(file, "best") == 0 ? null : new BestNetwork(state.Step, state.Network),
        };
    }

    // Where the last network is the best, it is not stored twice.
    private static Network<float>? BestOf(RunState state) =>
        state.Best is { } best && best.Step != state.Step ? best.Network : null;

    private static bool IsApart(Safetensors file) =>
        Count(file, "best") is not 0 and var step && step != Count(file, "step");

    // Nothing of the file is believed before this.
    private static void Verify(Stream stream, string name)
    {
        if (stream.Length <= SHA256.HashSizeInBytes)
            throw new DataException(name, null, "a checkpoint", $"a file of {Plural.Plain(stream.Length, "byte")}");
        var expected = Checksum(stream);
        var found = new byte[expected.Length];
        stream.Position = stream.Length - found.Length;
        stream.ReadExactly(found);
        if (!expected.AsSpan().SequenceEqual(found))
            throw new DataException(
                name, $"byte {stream.Length - found.Length}",
                $"{Convert.ToHexStringLower(expected)}, the SHA-256 of all before",
                $"{Convert.ToHexStringLower(found)}: the file is damaged");
    }

    private static byte[] Checksum(Stream stream)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 16];
        stream.Position = 0;
        var left = stream.Length - SHA256.HashSizeInBytes;
        while (left > 0)
        {
            var some = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            stream.ReadExactly(some);
            hash.AppendData(some);
            left -= some.Length;
        }
        return hash.GetHashAndReset();
    }

    private static IEnumerable<Tensor> Tensors(string group, Parameters<float> leaves) =>
        leaves.Select(leaf => TensorOf(Name(group, leaf), leaf));

    private static Tensor TensorOf(string name, Parameter<float> leaf) =>
        Tensor.Of(name, Shape(leaf), leaf.Values.AsArray() ?? leaf.Values.ToArray());

    private static Parameters<float> Filled(Safetensors file, string group, Parameters<float> leaves)
    {
        var elements = new float[leaves.Length];
        var filled = 0;
        foreach (var leaf in leaves)
        {
            var values = file.Values<float>(Name(group, leaf), Shape(leaf));
            values.CopyTo(elements, filled);
            filled += values.Length;
        }
        return leaves.WithVector(Vector<float>.Build.Dense(elements));
    }

    private static void CheckNames(Safetensors file, IReadOnlyCollection<string> expected)
    {
        var names = expected.ToHashSet();
        if (file.Tensors.FirstOrDefault(tensor => !names.Contains(tensor.Name)) is { } stranger)
            throw file.Error(stranger.Name, "no such tensor in a checkpoint of this run's configuration", "it");
    }

    private static IEnumerable<string> Names(string group, Parameters<float> leaves) =>
        leaves.Select(leaf => Name(group, leaf));

    private static string Name(string group, Parameter<float> leaf) => $"{group}/{leaf.Name}";

    // Column after column in memory is row after row of the transpose.
    private static int[] Shape(Parameter<float> leaf) =>
        leaf.Shape.IsVector ? [leaf.Shape.Rows] : [leaf.Shape.Columns, leaf.Shape.Rows];

    private static string Text(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static int Count(Safetensors file, string name) =>
        Metadata<int>(file, name, "an integer from 0 on",
            text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null);

    private static Key ReadKey(Safetensors file)
    {
        var bits = Metadata<ulong>(file, "key", "16 hexadecimal digits",
            text => text.Length == 16
                && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
                ? value : null);
        return new Key((uint)(bits >> 32), (uint)bits);
    }

    private static T Metadata<T>(Safetensors file, string name, string expected, Func<string, T?> read)
        where T : struct =>
        file.Metadata.TryGetValue(name, out var text) && read(text) is { } value
            ? value : throw new DataException(
                file.Name, $"metadata '{name}'", expected, text is null ? "none" : $"'{text}'");
}
