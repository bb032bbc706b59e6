namespace Functional.Host.Files;

/// <summary>A folder that the user wants filled: a new one, an empty one, or one of this program's own.</summary>
internal static class UserFolder
{
    /// <summary>Makes sure that nothing in a folder is lost.</summary>
    /// <param name="option">The option that names it, with its dashes.</param>
    /// <param name="path">Where.</param>
    /// <param name="what">What goes there, as in "a run".</param>
    /// <param name="isOwn">Whether the folder holds such a thing, written by this program.</param>
    /// <param name="force">Whether such a thing may be replaced.</param>
    /// <param name="except">The name of a file that doesn't count.</param>
    /// <exception cref="UsageException">The folder holds what may not be replaced, or is none.</exception>
    public static void Check(
        string option, string path, string what, Func<bool> isOwn, bool force, string? except = null)
    {
        CheckName(option, path);
        var isEmpty = true;
        OutputFile.Guard(path, () =>
            isEmpty = !Directory.Exists(path)
                || Directory.EnumerateFileSystemEntries(path).All(entry => Path.GetFileName(entry) == except));
        if (isEmpty)
            return;
        if (!isOwn())
            throw new UsageException(
                $"{option}: {path} holds other files; {what} needs a folder of its own, new or empty");
        if (!force)
            throw new UsageException(
                $"{option}: {path} holds {what} already; choose another folder, or give --force to replace it");
    }

    /// <summary>Makes sure that files can be written where a folder is or will be, before long work depends on it.
    /// </summary>
    /// <exception cref="OperationFailedException">They can't.</exception>
    public static void RequireWritable(string path) => OutputFile.Guard(path, () =>
    {
        var place = Path.GetFullPath(path);
        while (!Directory.Exists(place))
            place = Path.GetDirectoryName(place)!;
        using var probe = new FileStream(
            Path.Combine(place, Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.Write, FileShare.None,
            bufferSize: 0, FileOptions.DeleteOnClose);
    });

    /// <summary>Makes sure that there can be a folder.</summary>
    /// <exception cref="UsageException">It has no name, or a file has it.</exception>
    public static void CheckName(string option, string path)
    {
        if (path.Length == 0)
            throw new UsageException($"{option}: expected the name of a folder, found ''");
        if (File.Exists(path))
            throw new UsageException($"{option}: expected the name of a folder, found the file {path}");
    }
}
