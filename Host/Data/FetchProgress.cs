
namespace Functional.Host.Data;

/// <summary>What is happening to a file.</summary>
internal enum FetchStage
{
    /// <summary>It is there already, and right.</summary>
    Kept,

    /// <summary>It is there, but wrong: it will be replaced.</summary>
    Wrong,

    /// <summary>Bytes are arriving.</summary>
    Downloading,

    /// <summary>A mirror has failed; the next one is tried, if there is one.</summary>
    MirrorFailed,

    /// <summary>It has been downloaded, verified and put in its place.</summary>
    Done
}

/// <summary>A step on the way.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Stage">What is happening to it.</param>
/// <param name="Address">Where it comes from; null if it was there.</param>
/// <param name="Received">Bytes so far.</param>
/// <param name="Total">Bytes that the mirror has announced, if it has.</param>
/// <param name="Fault">What is wrong, if something is.</param>
internal sealed record FetchProgress(
    string File, FetchStage Stage, Uri? Address = null, long Received = 0, long? Total = null, string? Fault = null);

/// <summary>When a mirror is given up.</summary>
/// <param name="Stall">How long it may take for <paramref name="StallBytes"/> to arrive.</param>
/// <param name="StallBytes">Fewer bytes than these count as a standstill.</param>
/// <param name="Overall">How long one file may take.</param>
internal sealed record FetchLimits(TimeSpan Stall, int StallBytes, TimeSpan Overall)
{
    /// <summary>1,000 bytes in 20 seconds, a file in 15 minutes.</summary>
    public static FetchLimits Default { get; } = new(TimeSpan.FromSeconds(20), 1000, TimeSpan.FromMinutes(15));
}

/// <summary>A data set could not be fetched. The message is one line, and says what to do.</summary>
internal sealed class FetchException(string message, Exception? inner = null)
    : Exception(Visible.Message(message), inner);
