using System.Security.Cryptography;
using Functional.Host.Data;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.Fuzz;

/// <summary>The files from which a run goes on.</summary>
public sealed class RunFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static TrainConfiguration Parse(params (string Name, string Value)[] options) =>
        TrainOptions.Parse(options.Select(option => KeyValuePair.Create(option.Name, option.Value)),
            new TrainConfiguration());

    private byte[] Written(Action<string> write)
    {
        write(folder["f"]);
        return File.ReadAllBytes(folder["f"]);
    }

    [Fact]
    public void Checkpoints()
    {
        var (start, files) = Saved();
        var (read, _) = Campaign.Run(files, bytes => Checkpoint.Read(new MemoryStream(bytes), "f", start));
        Assert.Equal(0, read - Enumerable.Range(0, Campaign.Cases).Count(number =>
            files.Any(file => file.AsSpan().SequenceEqual(Mutations.Of(number, files)))));
    }

    [Fact]
    public void Checkpoints_whose_checksum_is_right_again()
    {
        var (start, files) = Saved();
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            byte[] content = [.. bytes.SkipLast(SHA256.HashSizeInBytes)];
            var state = Checkpoint.Read(new MemoryStream([.. content, .. SHA256.HashData(content)]), "f", start);
            // What was read can be written, and says the same again.
            var again = Checkpoint.Read(new MemoryStream(Written(path => Checkpoint.Write(path, state))), "f", start);
            Assert.Equal(state.Network.Digest(), again.Network.Digest());
            Assert.Equal((state.Step, state.Seconds), (again.Step, again.Seconds));
        });
        Assert.True(read > Campaign.Cases / 50 && refused > Campaign.Cases / 2, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Configurations()
    {
        byte[][] files =
        [
            Written(path => ConfigurationFile.Write(path, new TrainConfiguration())),
            Written(path => ConfigurationFile.Write(path, Parse(
                ("hidden", "20,10"), ("activation", "elu:0.5"), ("init", "normal:0.01"), ("optimizer", "adamw"),
                ("schedule", "warmup:10+step:20:0.5"), ("augment", "shift:2,crop:28x28:2,elastic:1:4"),
                ("iterations", "100"),
                ("validation", "0.2"), ("patience", "3"), ("average", "0.9"), ("checkpoint-every", "10m"))
                with { Stages = [new Stage(10, 20), new Stage(30, 60)] })),
        ];
        var (read, refused) = Campaign.Run(files, bytes =>
        {
            var configuration = ConfigurationFile.Read(new MemoryStream(bytes), "f");
            // What was read can be written, and says the same again.
            var again = ConfigurationFile.Read(
                new MemoryStream(Written(path => ConfigurationFile.Write(path, configuration))), "f");
            foreach (var option in TrainOptions.All)
                Assert.Equal(option.Get(configuration), option.Get(again));
            Assert.Equal(configuration.Stages, again.Stages);
        });
        Assert.True(read > Campaign.Cases / 20 && refused > Campaign.Cases / 2, $"{read} read, {refused} refused");
    }

    // Two states of one run that has something of everything.
    private (RunState Start, byte[][] Files) Saved()
    {
        var configuration = Parse(
            ("hidden", "3"), ("batch-norm", "true"), ("optimizer", "adam"), ("accumulate", "2"), ("average", "0.9"),
            ("batch-size", "4"), ("epochs", "1"));
        var images = SmallTables.Images(
            2, 2, 3, [.. Enumerable.Range(0, 48).Select(i => (byte)(5 * i))], 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2);
        var run = new TrainingRun(configuration, new DataSet(images, images));
        var end = run.Run(new Observers(), 1, null, default).State;
        return (run.Start, [Written(path => Checkpoint.Write(path, run.Start)),
            Written(path => Checkpoint.Write(path, end))]);
    }
}
