using Functional.Host;
using Functional.Host.Files;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>Half files: nobody ever sees one, however many write and read at once.</summary>
public sealed class WritersTests : IDisposable
{
    private const int Writers = 16, Readers = 16, Saves = 40;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    // A file of as many bytes as they say, all alike.
    private static byte[] Content(int writer, int save) =>
        [.. Enumerable.Repeat((byte)writer, 1000 * (1 + (writer + save) % 50)), (byte)((writer + save) % 50)];

    [Fact]
    public async Task Sixteen_writers_of_one_file_and_sixteen_readers()
    {
        OutputFile.Write(folder["file"], stream => stream.Write(Content(0, 0)));
        using var over = new CancellationTokenSource();
        var reading = Enumerable.Range(0, Readers).Select(_ => Task.Run(() =>
        {
            var reads = 0;
            for (; reads == 0 || !over.IsCancellationRequested; reads++)
            {
                var bytes = File.ReadAllBytes(folder["file"]);
                Assert.Equal(1000 * (1 + bytes[^1]) + 1, bytes.Length);
                Assert.Equal(-1, bytes.AsSpan(..^1).IndexOfAnyExcept(bytes[0]));
            }
            return reads;
        })).ToArray();
        var writing = Enumerable.Range(0, Writers).Select(writer => Task.Factory.StartNew(
            () =>
            {
                for (var save = 0; save < Saves; save++)
                    // In pieces, so that writers overlap.
                    OutputFile.Write(folder["file"], stream =>
                    {
                        foreach (var piece in Content(writer, save).Chunk(997))
                            stream.Write(piece);
                    });
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.WhenAll(writing);
        await over.CancelAsync();
        Assert.All(await Task.WhenAll(reading), reads => Assert.True(reads > 0));
        Assert.Equal([folder["file"]], Directory.GetFiles(folder.Path));
    }

    [UnixFact]
    public void Links_laid_in_advance_are_never_followed()
    {
        folder.Write("mine", [1, 2, 3]);
        foreach (var name in (string[])[$"file.{Environment.ProcessId}.tmp", "file.tmp", "file.0000000000000000.tmp"])
            File.CreateSymbolicLink(folder[name], folder["mine"]);
        OutputFile.Write(folder["file"], stream => stream.WriteByte(4));
        OutputFile.Replace(folder["file"], stream => stream.WriteByte(5));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["mine"]));
        Assert.Equal([5], File.ReadAllBytes(folder["file"]));
        Assert.Equal(3, Directory.GetFiles(folder.Path, "*.tmp").Length);
    }

    [UnixFact]
    public void A_folder_that_vanishes_while_a_file_is_written_is_reported_in_one_line()
    {
        Directory.CreateDirectory(folder["here"]);
        var failure = Assert.Throws<OperationFailedException>(() => OutputFile.Replace(folder["here/file"], stream =>
        {
            stream.WriteByte(1);
            Directory.Move(folder["here"], folder["there"]);
        }));
        Assert.StartsWith($"{folder["here/file"]}: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.False(Directory.Exists(folder["here"]));
    }

    [UnixFact]
    public void Links_in_a_circle_are_reported()
    {
        File.CreateSymbolicLink(folder["a"], folder["b"]);
        File.CreateSymbolicLink(folder["b"], folder["a"]);
        Assert.Contains(
            "links lead in a circle",
            Assert.Throws<OperationFailedException>(() => OutputFile.Write(folder["a"], _ => { })).Message,
            StringComparison.Ordinal);
    }
}
