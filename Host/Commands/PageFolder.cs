using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Pages;
using Functional.Host.Runs;

namespace Functional.Host.Commands;

/// <summary>The options of a command that fills a folder with a page and what belongs to it.</summary>
/// <param name="usual">What the folder's name ends with by default, as help has it.</param>
internal sealed class PageFolder(string usual)
{
    private readonly Option<string?> folder = new("--out")
        { HelpName = "DIR", Description = $"the folder for the page, index.html [default: runs/TIME-{usual}]" };
    private readonly Option<bool> force = new("--force") { Description = "replace a page in the folder" };
    private readonly Option<bool> open = new("--open") { Description = "open the page in the browser" };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> Options => [folder, force, open];

    /// <summary>The folder: a new one, an empty one, or one with a page that may be replaced.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="name">What its name ends with if none is given.</param>
    /// <exception cref="UsageException">It holds what may not be replaced.</exception>
    public string Path(ParseResult parsed, string name)
    {
        var path = parsed.GetValue(folder) ?? RunFolder.Fresh(name);
        var page = System.IO.Path.Combine(path, Page.FileName);
        UserFolder.Check("--out", path, "a page", () => File.Exists(page) && Page.IsOne(page), parsed.GetValue(force));
        return path;
    }

    /// <summary>Opens the page, if that is wanted.</summary>
    public void Open(ParseResult parsed, string page)
    {
        if (parsed.GetValue(open))
            Browser.Open(page);
    }
}
