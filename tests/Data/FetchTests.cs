using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Functional.Host.Data;
using Xunit;
using static Functional.Tests.Data.LoopbackServer;

namespace Functional.Tests.Data;

public sealed class FetchTests : IDisposable
{
    private static readonly byte[] Content = Bytes(200_000, seed: 1);
    private static readonly byte[] Zipped = Gzip(Content, CompressionLevel.Optimal);
    private static readonly RemoteFile Images =
        new("images.gz", Content.Length, DigestKind.ContentSha256, Convert.ToHexStringLower(SHA256.HashData(Content)));
    private static readonly RemoteFile Labels = new("labels.gz", Content.Length, DigestKind.FileMd5, Md5(Zipped));
    private static readonly FetchLimits Impatient =
        new(TimeSpan.FromSeconds(1), StallBytes: 1000, TimeSpan.FromSeconds(20));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Right_files_are_downloaded_and_put_in_place()
    {
        using var server = new LoopbackServer(_ => Response(Zipped));
        var steps = await FetchAsync(new(), server.Address);
        Assert.Equal(["/images.gz", "/labels.gz"], server.Requests);
        Assert.Equal(["images.gz", "labels.gz"], Names());
        Assert.Equal(Zipped, File.ReadAllBytes(folder["images.gz"]));
        Assert.Equal(
            ["images.gz Downloading", "images.gz Done", "labels.gz Downloading", "labels.gz Done"], Summary(steps));
        Assert.Equal(
            (Zipped.Length, Zipped.Length), Last(steps, FetchStage.Downloading, step => (step.Received, step.Total)));
    }

    [Fact]
    public async Task A_mirror_may_have_compressed_again_if_the_content_is_what_was_published()
    {
        var again = Gzip(Content, CompressionLevel.NoCompression);
        using var server = new LoopbackServer(_ => Response(again));
        var error = await FailsAsync(server.Address);
        Assert.Equal(["images.gz"], Names());
        Assert.Contains(
            $"{server.Address}labels.gz: FileMd5 is {Md5(again)}, not {Md5(Zipped)}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Right_files_that_are_there_are_kept_without_asking_anyone()
    {
        folder.Write("images.gz", Zipped);
        folder.Write("labels.gz", Zipped);
        Assert.Equal(["images.gz Kept", "labels.gz Kept"], Summary(await FetchAsync(new(), Nobody())));
    }

    [Fact]
    public async Task A_wrong_file_that_is_there_is_reported_and_replaced()
    {
        folder.Write("images.gz", Zipped[..^1]);
        folder.Write("labels.gz", Zipped);
        using var server = new LoopbackServer(_ => Response(Zipped));
        var steps = await FetchAsync(new(), server.Address);
        Assert.Equal(
            ["images.gz Wrong", "images.gz Downloading", "images.gz Done", "labels.gz Kept"], Summary(steps));
        Assert.Contains("cut off", Last(steps, FetchStage.Wrong, step => step.Fault), StringComparison.Ordinal);
        Assert.Equal(Zipped, File.ReadAllBytes(folder["images.gz"]));
    }

    private static readonly Dictionary<string, (string Fault, Func<byte[]> Response)> Bad = new()
    {
        ["not there"] = ("404 Not Found", () => Response([], "404 Not Found")),
        ["broken"] = ("500 Internal Server Error", () => Response(Zipped, "500 Internal Server Error")),
        ["nothing to see"] = ("204 No Content", () => Response([], "204 No Content")),
        ["lies"] = ("ContentSha256 is ", () => Response(Gzip(Bytes(200_000, seed: 2), CompressionLevel.Optimal))),
        ["a login page"] = ("expected 200000 bytes of data", () => Response("<html>Log in</html>"u8.ToArray())),
        ["cuts off"] = ("The response ended prematurely", () => Response(Zipped[..1000], length: Zipped.Length)),
        ["says too short"] = ("expected 200000 bytes of data", () => Response(Zipped, length: 1000)),
        ["no length, cuts off"] = ("cut off, or more was appended", () => WithoutLength(Zipped[..^3])),
        ["too long"] =
            ("250000 bytes announced, more than the 201219 that it can need", () => Response(new byte[250_000])),
        ["no length, too long"] =
            ("more than the 201219 bytes that it can need", () => WithoutLength(new byte[250_000])),
        ["a bomb"] = ("found more bytes", () => Response(Gzip(new byte[50_000_000], CompressionLevel.Optimal))),
        ["in circles"] = ("302 Found", () => Moved("/images.gz")),
        ["to a file"] = ("Invalid URI", () => Moved("file:///images.gz")),
        ["not HTTP"] = ("invalid status line", () => "220 ready when you are\r\n\r\n"u8.ToArray()),
        ["says nothing"] = ("The response ended prematurely", () => [])
    };

    public static TheoryData<string> BadMirrors => [.. Bad.Keys];

    [Theory]
    [MemberData(nameof(BadMirrors))]
    public async Task A_bad_mirror_is_named_and_the_next_one_is_tried(string what)
    {
        var (fault, response) = Bad[what];
        using var bad = new LoopbackServer(_ => response());
        using var good = new LoopbackServer(_ => Response(Zipped));
        var steps = await FetchAsync(new(), bad.Address, good.Address);
        Assert.Contains(fault, Last(steps, FetchStage.MirrorFailed, step => step.Fault), StringComparison.Ordinal);
        Assert.Equal(["images.gz", "labels.gz"], Names());
        Assert.Equal(["/images.gz", "/labels.gz"], good.Requests);
        Assert.DoesNotContain("/labels.gz", bad.Requests);
    }

    [Fact]
    public async Task A_redirect_is_followed()
    {
        using var server = new LoopbackServer(path => path.StartsWith("/moved", StringComparison.Ordinal)
            ? Response(Zipped)
            : Moved($"/moved{path}"));
        await FetchAsync(new(), server.Address);
        Assert.Equal(["images.gz", "labels.gz"], Names());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_mirror_that_dribbles_or_hangs_is_given_up(bool dribbles)
    {
        using var slow = new LoopbackServer(async (_, connection, stop) =>
        {
            await connection.WriteAsync(Response([], length: Zipped.Length), stop);
            while (true)
            {
                await Task.Delay(50, stop);
                if (dribbles)
                    await connection.WriteAsync(new byte[1], stop);
            }
        });
        using var good = new LoopbackServer(_ => Response(Zipped));
        var steps = await FetchAsync(new(), Impatient, slow.Address, good.Address);
        Assert.Equal(
            "less than 1000 bytes in 1 s", Last(steps, FetchStage.MirrorFailed, step => step.Fault));
        Assert.Equal(["images.gz", "labels.gz"], Names());
    }

    [Fact]
    public async Task A_mirror_that_takes_too_long_in_all_is_given_up()
    {
        using var slow = new LoopbackServer(async (_, connection, stop) =>
        {
            await connection.WriteAsync(Response([], length: Zipped.Length), stop);
            for (var sent = 0; ; sent += 10)
            {
                await connection.WriteAsync(Zipped.AsMemory(sent, 10), stop);
                await Task.Delay(20, stop);
            }
        });
        var limits = new FetchLimits(TimeSpan.FromSeconds(20), StallBytes: 1, TimeSpan.FromSeconds(1));
        Assert.Contains("not done in 1 s", await FailsAsync(limits, slow.Address), StringComparison.Ordinal);
        Assert.Empty(Names());
    }

    [Fact]
    public async Task Without_a_network_one_line_says_which_files_to_put_where()
    {
        var (first, second) = (Nobody(), Nobody());
        Assert.Equal(
            $"Test could not be fetched ({first}images.gz: Connection refused; " +
            $"{second}images.gz: Connection refused); without a network, put images.gz, labels.gz into " +
            folder.Path, await FailsAsync(first, second));
    }

    [Fact]
    public async Task A_wrong_file_stays_when_no_better_one_is_to_be_had()
    {
        folder.Write("images.gz", [1, 2, 3]);
        await FailsAsync(Nobody());
        Assert.Equal([1, 2, 3], File.ReadAllBytes(folder["images.gz"]));
    }

    [Fact]
    public async Task What_was_interrupted_leaves_nothing_that_looks_whole()
    {
        using var server = new LoopbackServer(async (path, connection, stop) =>
        {
            await connection.WriteAsync(
                path == "/images.gz" ? Response(Zipped) : Response(Zipped[..50_000], length: Zipped.Length), stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        using var cancellation = new CancellationTokenSource();
        var steps = new Steps(step =>
        {
            if (step is { File: "labels.gz", Received: > 0 })
                cancellation.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Fetch.ToFolderAsync(
            Source(server.Address), folder.Path, steps, cancellation: cancellation.Token));
        Assert.Equal(["images.gz"], Names());
        Assert.DoesNotContain(steps.All, step => step.Stage == FetchStage.MirrorFailed);
    }

    [Fact]
    public async Task A_folder_that_can_not_be_written_to_is_named()
    {
        var blocked = folder.Write("file", []);
        var error = await Assert.ThrowsAsync<FetchException>(
            () => Fetch.ToFolderAsync(Source(Nobody()), blocked));
        Assert.StartsWith($"Test can't be kept in {blocked}: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_can_not_be_put_in_place_leaves_nothing_behind()
    {
        Directory.CreateDirectory(folder["images.gz"]);
        using var server = new LoopbackServer(_ => Response(Zipped));
        Assert.StartsWith(
            $"Test can't be kept in {folder.Path}: ", await FailsAsync(server.Address), StringComparison.Ordinal);
        Assert.Equal(["images.gz"], Names());
    }

    [Fact]
    public void The_sources_are_complete()
    {
        Assert.Equal(["mnist", "fashion-mnist", "kmnist"], Sources.All.Select(source => source.Name));
        foreach (var source in Sources.All)
        {
            Assert.All(source.Mirrors, mirror => Assert.EndsWith("/", mirror.AbsoluteUri, StringComparison.Ordinal));
            Assert.Equal([47_040_016, 60_008, 7_840_016, 10_008], source.Files.Select(file => file.Length));
            Assert.All(source.Files, file => Assert.Matches(
                file.Kind == DigestKind.FileMd5 ? "^[0-9a-f]{32}$" : "^[0-9a-f]{64}$", file.Expected));
            Assert.Equal(4, source.Files.Select(file => file.Expected).Distinct().Count());
        }
    }

    private static DataSource Source(params Uri[] mirrors) => new("test", "Test", mirrors, [Images, Labels]);

    private Task<Steps> FetchAsync(Steps steps, params Uri[] mirrors) =>
        FetchAsync(steps, FetchLimits.Default, mirrors);

    private async Task<Steps> FetchAsync(Steps steps, FetchLimits limits, params Uri[] mirrors)
    {
        await Fetch.ToFolderAsync(Source(mirrors), folder.Path, steps, limits);
        return steps;
    }

    private Task<string> FailsAsync(params Uri[] mirrors) => FailsAsync(FetchLimits.Default, mirrors);

    private async Task<string> FailsAsync(FetchLimits limits, params Uri[] mirrors) =>
        (await Assert.ThrowsAsync<FetchException>(() => FetchAsync(new(), limits, mirrors))).Message;

    private IEnumerable<string> Names() =>
        Directory.EnumerateFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).Order();

    private static IEnumerable<string> Summary(Steps steps) =>
        steps.All.Select(step => $"{step.File} {step.Stage}").Distinct();

    private static T Last<T>(Steps steps, FetchStage stage, Func<FetchProgress, T> of) =>
        of(steps.All.Last(step => step.Stage == stage));

    private static byte[] WithoutLength(byte[] body) =>
        [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), .. body];

    private static byte[] Moved(string to) => Response([], "302 Found", header: $"Location: {to}");

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Gzip(byte[] bytes, CompressionLevel level)
    {
        var stream = new MemoryStream();
        using (var deflated = new GZipStream(stream, level))
            deflated.Write(bytes);
        return stream.ToArray();
    }

#pragma warning disable CA5351 // What is tested is MD5.
    private static string Md5(byte[] bytes) => Convert.ToHexStringLower(MD5.HashData(bytes));
#pragma warning restore CA5351

    private sealed class Steps(Action<FetchProgress>? each = null) : IProgress<FetchProgress>
    {
        public List<FetchProgress> All { get; } = [];

        public void Report(FetchProgress value)
        {
            All.Add(value);
            each?.Invoke(value);
        }
    }
}
