using System.Text;

namespace Functional.Host.Files;

/// <summary>A file that the user wants at a place. Whether it may go there is decided before anything is computed; what
/// this program did not write is replaced only if the user says so.</summary>
internal sealed record UserFile
{
    private readonly bool replaces;

    private UserFile(string path, bool replaces) => (Path, this.replaces) = (path, replaces);

    /// <summary>Where it goes.</summary>
    public string Path { get; }

    /// <summary>Claims a place for a file.</summary>
    /// <param name="option">The option that names it, with its dashes.</param>
    /// <param name="path">Where.</param>
    /// <param name="force">Whether an existing file may be replaced.</param>
    /// <param name="isOwn">Whether an existing file may be replaced anyway, because this program wrote it.</param>
    /// <param name="remedy">What to do about an existing file that may not be replaced.</param>
    /// <param name="makesFolder">Whether its folder is made if it isn't there: where the option names a folder, not a
    /// file, in which a mistake would go unnoticed.</param>
    /// <exception cref="UsageException">There can be no file, or an existing one may not be replaced.</exception>
    public static UserFile Of(
        string option, string path, bool force, Func<string, bool>? isOwn = null,
        string remedy = "choose another file, or give --force to replace it", bool makesFolder = false)
    {
        if (path.Length == 0)
            throw new UsageException($"{option}: expected the name of a file, found ''");
        if (Directory.Exists(path) || System.IO.Path.EndsInDirectorySeparator(path))
            throw new UsageException($"{option}: expected the name of a file, found the folder {path}");
        var place = "";
        OutputFile.Guard(path, () => place = FilePlace.Of(path));
        if (!makesFolder && System.IO.Path.GetDirectoryName(place) is { Length: > 0 } folder
            && !Directory.Exists(folder))
            throw new UsageException($"{option}: expected a file in a folder that is there, found no folder {folder}");
        var replaces = force || FilePlace.IsDevice(place) || (File.Exists(place) && isOwn?.Invoke(place) == true);
        return replaces || !File.Exists(place)
            ? new UserFile(path, replaces)
            : throw new UsageException($"{option}: {path} is there already; {remedy}");
    }

    /// <summary>Where to report on it: not among its own bytes.</summary>
    public TextWriter Notes => FilePlace.IsStandardOutput(Path) ? Console.Error : Console.Out;

    /// <summary>Writes it.</summary>
    /// <exception cref="OperationFailedException">It can't be written, or another file is there now.</exception>
    public void Write(Action<Stream> write) => OutputFile.Write(Path, write, replaces);

    /// <summary>Writes text.</summary>
    /// <inheritdoc cref="Write(Action{Stream})"/>
    public void Write(string text) => Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
