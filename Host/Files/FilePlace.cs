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
    public static bool IsDevice(string place)
    {
        if (Descriptor(place) is not null)
            return true;
        if (OperatingSystem.IsWindows() || !File.Exists(place))
            return false;
        if (!OperatingSystem.IsLinux())
            return place.StartsWith("/dev/", StringComparison.Ordinal);
        const int currentFolder = -100, typeOnly = 1, modeAt = 28, size = 256, typeMask = 0xF000, regular = 0x8000;
        var status = new byte[size];
        return statx(currentFolder, place, 0, typeOnly, status) == 0
            && (BinaryPrimitives.ReadUInt16LittleEndian(status.AsSpan(modeAt)) & typeMask) != regular;
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
