namespace Functional.Host.Files;

/// <summary>
/// The one exception for bad data. Its message is a single line: the file, the place in it if there is one, what was
/// expected there, and what was found.
/// </summary>
public sealed class DataException : Exception
{
    private const int Longest = 300;

    /// <summary>Something is wrong with a file, or with what stands at one place in it.</summary>
    /// <param name="file">The file or folder, as the user named it.</param>
    /// <param name="place">Where in the file (<c>byte 16</c>), or null if the whole of it is meant.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="found">What is there.</param>
    public DataException(string file, string? place, string expected, string found)
        : base(Visible.Message(
            $"{file.Given()}: {(place is null ? "" : $"at {Short(place, Longest)}: ")}"
            + $"expected {Short(expected.Given(), Longest)}, found {Short(found.Given(), Longest)}"))
    {
        File = file;
        Place = place;
        Expected = expected;
        Found = found;
    }

    /// <summary>The file or folder, as the user named it.</summary>
    public string File { get; }

    /// <summary>Where in the file, or null if the whole of it is meant.</summary>
    public string? Place { get; }

    /// <summary>What should be there.</summary>
    public string Expected { get; }

    /// <summary>What is there.</summary>
    public string Found { get; }

    // A file may hold anything, names without end among it, and the messages of others' readers may quote all of it.
    internal static string Short(string text, int longest = 40) =>
        text.Length <= longest ? text : $"{text[..longest]}...";
}
