using Functional.Host;
using Functional.Host.Files;
using Functional.Host.Runs;
using Functional.Tests.Data;

namespace Functional.Tests.Runs;

/// <summary>How files are written, and how runs are kept apart.</summary>
public class FilesTests
{
    [Fact]
    public void A_file_that_fails_to_be_written_leaves_what_was_there_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        folder.Write("file", [1, 2, 3]);
        Assert.Throws<DataException>(() => OutputFile.Write(folder["file"], stream =>
        {
            stream.WriteByte(4);
            throw new DataException(folder["file"], null, "something", "nothing");
        }));
        Assert.Equal([folder["file"]], Directory.GetFiles(folder.Path));
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["file"]));
    }

    [Fact]
    public async Task To_list_a_run_does_not_keep_it_from_going_on()
    {
        using var folder = new TemporaryFolder();
        ConfigurationFile.Write(folder["config.json"], new TrainConfiguration());
        var (over, asked) = (false, new TaskCompletionSource());
        var listing = Task.Run(() =>
        {
            while (!Volatile.Read(ref over))
            {
                Assert.Contains(RunRecord.Read(folder.Path).Status,
                    (RunStatus[])[RunStatus.Running, RunStatus.Unfinished]);
                asked.TrySetResult();
            }
        });
        await asked.Task;
        for (var i = 0; i < 1000; i++)
        {
            // What a run that was killed leaves.
            folder.Write("running", []);
            RunFolder.Open(folder.Path).Dispose();
        }
        Volatile.Write(ref over, true);
        await listing;
        using var held = RunFolder.Open(folder.Path);
        Assert.Equal(RunStatus.Running, RunRecord.Read(folder.Path).Status);
        Assert.EndsWith("another program is training this run",
            Assert.Throws<UsageException>(() => RunFolder.Open(folder.Path)).Message, StringComparison.Ordinal);
    }
}
