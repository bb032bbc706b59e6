using System.Net;
using System.Security.Cryptography;
using Functional.Host.Files;

namespace Functional.Host.Data;

/// <summary>Downloads data sets.</summary>
internal static class Fetch
{
    /// <summary>
    /// Brings every file of a data set into a folder: those that are there and right stay; others are downloaded from
    /// the mirrors in turn, verified, and only then written, under a temporary name until they are whole.
    /// </summary>
    /// <param name="source">The data set, with its mirrors.</param>
    /// <param name="folder">Where to; it is created if need be.</param>
    /// <param name="progress">Receives every step.</param>
    /// <param name="limits">When a mirror is given up; <see cref="FetchLimits.Default"/> if left out.</param>
    /// <param name="replace">Whether a file that is there, but wrong, is replaced; else that is an error.</param>
    /// <param name="cancellation">Ends it; files that were done stay.</param>
    /// <exception cref="FetchException">No mirror has given a right file, or the folder can't be written to.
    /// </exception>
    /// <exception cref="OperationCanceledException">It was canceled.</exception>
    public static async Task ToFolderAsync(
        DataSource source, string folder, IProgress<FetchProgress>? progress = null, FetchLimits? limits = null,
        bool replace = true, CancellationToken cancellation = default)
    {
        using var client = NewClient();
        var download = new Download(client, limits ?? FetchLimits.Default, progress);
        var mirrors = source.Mirrors;
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var file in source.Files)
            {
                var path = Path.Combine(folder, file.Name);
                if (IsRight(file, path, progress))
                    continue;
                if (!replace && File.Exists(path))
                    throw new FetchException(
                        $"{path} is not a file of {source.Title}; move it away, or give --force to replace it");
                var (content, mirror) = await FromMirrorsAsync(source, mirrors, file, folder, download, cancellation);
                await PutAsync(content, path, cancellation);
                progress?.Report(new(file.Name, FetchStage.Done, new Uri(mirror, file.Name), content.Length));
                mirrors = [mirror, .. mirrors.Where(other => other != mirror)];
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FetchException($"{source.Title} can't be kept in {folder}: {e.Message}", e);
        }
    }

    private static HttpClient NewClient() =>
        new(new SocketsHttpHandler { MaxAutomaticRedirections = 5, MaxResponseDrainSize = 0 })
        {
            Timeout = Timeout.InfiniteTimeSpan
        };

    private static bool IsRight(RemoteFile file, string path, IProgress<FetchProgress>? progress)
    {
        if (!File.Exists(path))
            return false;
        using var stream = File.OpenRead(path);
        var fault = Fault(file, stream);
        progress?.Report(new(file.Name, fault is null ? FetchStage.Kept : FetchStage.Wrong, Fault: fault));
        return fault is null;
    }

    private static async Task<(MemoryStream Content, Uri Mirror)> FromMirrorsAsync(
        DataSource source, IReadOnlyList<Uri> mirrors, RemoteFile file, string folder, Download download,
        CancellationToken cancellation)
    {
        var faults = new List<string>();
        foreach (var mirror in mirrors)
        {
            var address = new Uri(mirror, file.Name);
            var content = new MemoryStream();
            var fault = await download.RunAsync(address, file, content, cancellation) ?? Fault(file, content);
            if (fault is null)
                return (content, mirror);
            faults.Add($"{address}: {fault}");
            download.Progress?.Report(new(file.Name, FetchStage.MirrorFailed, address, content.Length, Fault: fault));
        }
        throw new FetchException(
            $"{source.Title} could not be fetched ({string.Join("; ", faults)}); without a network, put " +
            $"{string.Join(", ", source.Files.Select(each => each.Name))} into {folder}");
    }

    private static string? Fault(RemoteFile file, Stream stream)
    {
        if (stream.Length > file.LongestDownload)
            return $"{stream.Length} bytes, more than the {file.LongestDownload} that it can need";
        stream.Position = 0;
        try
        {
            var found = Convert.ToHexStringLower(
                file.Kind == DigestKind.FileMd5 ? Md5(stream) : ContentSha256(stream, file));
            return found == file.Expected ? null : $"{file.Kind} is {found}, not {file.Expected}";
        }
        catch (DataException e)
        {
            return e.Message;
        }
    }

#pragma warning disable CA5351 // MD5 is what was published; it detects damaged files, not forged ones.
    private static byte[] Md5(Stream stream) => MD5.HashData(stream);
#pragma warning restore CA5351

    // A gzip file that the loader would refuse is not right, whatever it holds.
    private static byte[] ContentSha256(Stream stream, RemoteFile file)
    {
        using var data = new DataFile(stream, file.Name);
        return SHA256.HashData(data.ReadRest(file.Length));
    }

    private static async Task PutAsync(MemoryStream content, string path, CancellationToken cancellation)
    {
        var partial = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            await using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content.Position = 0;
                await content.CopyToAsync(stream, cancellation);
                stream.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            OutputFile.Discard(partial);
        }
    }

    private sealed record Download(HttpClient Client, FetchLimits Limits, IProgress<FetchProgress>? Progress)
    {
        /// <summary>Fills <paramref name="content"/>, or says why the mirror is given up.</summary>
        public async Task<string?> RunAsync(
            Uri address, RemoteFile file, MemoryStream content, CancellationToken cancellation)
        {
            using var overall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            using var stall = CancellationTokenSource.CreateLinkedTokenSource(overall.Token);
            overall.CancelAfter(Limits.Overall);
            stall.CancelAfter(Limits.Stall);
            try
            {
                using var response = await Client.GetAsync(
                    address, HttpCompletionOption.ResponseHeadersRead, stall.Token);
                if (response.StatusCode != HttpStatusCode.OK)
                    return $"{(int)response.StatusCode} {response.ReasonPhrase}";
                var total = response.Content.Headers.ContentLength;
                if (total > file.LongestDownload)
                    return $"{total} bytes announced, more than the {file.LongestDownload} that it can need";
                await using var body = await response.Content.ReadAsStreamAsync(stall.Token);
                var buffer = new byte[1 << 16];
                var inTime = 0L;
                while (await body.ReadAsync(buffer, stall.Token) is > 0 and var count)
                {
                    content.Write(buffer, 0, count);
                    if (content.Length > file.LongestDownload)
                        return $"more than the {file.LongestDownload} bytes that it can need";
                    Progress?.Report(new(file.Name, FetchStage.Downloading, address, content.Length, total));
                    if (content.Length - inTime < Limits.StallBytes)
                        continue;
                    inTime = content.Length;
                    stall.CancelAfter(Limits.Stall);
                }
                return null;
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return overall.IsCancellationRequested
                    ? $"not done in {Limits.Overall.TotalSeconds} s"
                    : $"less than {Limits.StallBytes} bytes in {Limits.Stall.TotalSeconds} s";
            }
            catch (Exception e) when (e is HttpRequestException or IOException
                or UriFormatException) // a redirect to an address without a host
            {
                return e.GetBaseException().Message;
            }
        }
    }
}
