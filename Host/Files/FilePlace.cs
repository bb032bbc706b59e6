using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Functional.Host.Files;

/// <summary>What a path leads to: a file, which can be replaced, or a pipe or a device, which must not be.</summary>
internal static partial class FilePlace
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>Whether a file or a folder can have such a name.</summary>
    public static bool IsName(string path) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal);

    /// <summary>Where links lead to from a path; the path itself if it is none. A stream that the program was started
    /// with (<c>/dev/stdout</c>, <c>/dev/fd/3</c>) is a place of its own, whatever it leads to.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        for (var links = 0; links < MostLinks; links++)
        {
            if (Descriptor(path) is not null || new FileInfo(path).LinkTarget is not { } target)
                return path;
            path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "", target);
        }
        throw new IOException("its links lead in a circle");
    }

    /// <summary>Whether a place is there and is not a file that can be replaced.</summary>
    public static bool IsDevice(string place) => Descriptor(place) is not null || Device(place) is not null;

    /// <summary>Whether a path leads to the stream that the program prints to.</summary>
    public static bool IsStandardOutput(string path) => Descriptor(Of(path)) == 1;

    /// <summary>Whether a path leads to what another program writes, or to a device: it is read once, and its name says
    /// nothing of what it holds.</summary>
    public static bool IsStream(string path) =>
        path == "/dev/stdin" || StartedWith().IsMatch(path) || Device(path) is not null;

    /// <summary>Checks that what exists of one of this program's folders' files is a file: a pipe is read only
    /// once, and reading it may never end.</summary>
    /// <exception cref="DataException">It is a pipe or a device.</exception>
    public static void RequireFile(string path)
    {
        if (Device(path) is { } device)
            throw new DataException(path, null, "a regular file", device);
    }

    /// <summary>What is at a place, if it is something like a file, but none; null otherwise.</summary>
    internal static string? Device(string place)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(place))
            return null;
        if (!OperatingSystem.IsLinux())
            return place.StartsWith("/dev/", StringComparison.Ordinal) ? "a device" : null;
        const int currentFolder = -100, typeOnly = 1, modeAt = 28, size = 256, typeMask = 0xF000;
        var status = new byte[size];
        return statx(currentFolder, place, 0, typeOnly, status) != 0 ? null
            : (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(modeAt)) & typeMask) switch
            {
                0x8000 => null,
                0x1000 => "a pipe",
                0xC000 => "a socket",
                _ => "a device",
            };
    }

    /// <summary>Opens a pipe or a device to write to it.</summary>
    public static Stream OpenDevice(string place) => Descriptor(place) switch
    {
        1 => Console.OpenStandardOutput(),
        2 => Console.OpenStandardError(),
        { } other => new FileStream(new SafeFileHandle(other, ownsHandle: false), FileAccess.Write),
        null => new FileStream(place, FileMode.Open, FileAccess.Write, FileShare.ReadWrite),
    };

    private static int? Descriptor(string path) => path switch
    {
        "/dev/stdout" => 1,
        "/dev/stderr" => 2,
        _ => StartedWith().Match(path) is { Success: true } match
            ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null,
    };

    [GeneratedRegex(@"^(?:/dev|/proc/self)/fd/([0-9]{1,6})$")]
    private static partial Regex StartedWith();

    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] status);
}
