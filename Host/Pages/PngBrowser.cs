using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Xml.Linq;
using Functional.Host.Files;

namespace Functional.Host.Pages;

/// <summary>A browser without a window that draws SVG as PNG: Chromium, Chrome or Edge, if one is installed. (A library
/// that does it brings native files for every system.)</summary>
internal sealed class PngBrowser
{
    private const int Scale = 2, MostSeconds = 60;

    private static readonly string[] Names = OperatingSystem.IsWindows() ? ["chrome.exe", "msedge.exe", "chromium.exe"]
        : ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "Google Chrome", "microsoft-edge"];

    private readonly string program;

    private PngBrowser(string program) => this.program = program;

    /// <summary>The browser's path.</summary>
    public string Program => program;

    /// <summary>The first browser in the folders of the environment variable <c>PATH</c>, then in the usual places of
    /// Windows and macOS.</summary>
    /// <param name="path">The value of <c>PATH</c>.</param>
    /// <exception cref="OperationFailedException">There is none.</exception>
    public static PngBrowser Find(string? path) => new(
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Concat(UsualFolders())
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists)
        ?? throw new OperationFailedException(
            "--png: a browser draws PNG files, and there is no chromium, google-chrome or microsoft-edge on the PATH; "
            + "without --png, figures are written as SVG"));

    /// <summary>Draws a picture of the light theme at twice its size.</summary>
    /// <param name="svg">An SVG document with a width and a height in pixels.</param>
    /// <param name="path">The PNG file, which is replaced if it is there.</param>
    /// <exception cref="OperationFailedException">The browser fails, or the file can't be written.</exception>
    public void Draw(string svg, string path)
    {
        var picture = XDocument.Parse(svg, LoadOptions.PreserveWhitespace).Root!;
        var size = $"{picture.Attribute("width")!.Value},{picture.Attribute("height")!.Value}";
        picture.SetAttributeValue("data-theme", "light");
        // With a profile of its own it neither waits for a browser that is open nor hands the work over to it.
        var folder = Directory.CreateTempSubdirectory("functional-png-");
        try
        {
            var (source, drawn) = (Path.Combine(folder.FullName, "a.svg"), Path.Combine(folder.FullName, "a.png"));
            File.WriteAllText(source, picture.ToString(SaveOptions.DisableFormatting), Encoding.UTF8);
            var said = Run(
            [
                "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                $"--user-data-dir={Path.Combine(folder.FullName, "profile")}",
                $"--force-device-scale-factor={Scale}", $"--window-size={size}", $"--screenshot={drawn}",
                // As root, as in a container, Chromium refuses to start otherwise. The picture has no script.
                .. Environment.UserName == "root" ? (string[])["--no-sandbox"] : [], new Uri(source).AbsoluteUri,
            ]);
            if (!File.Exists(drawn))
                throw new OperationFailedException($"{program} has not drawn {path}: {said}");
            OutputFile.Write(path, stream => stream.Write(File.ReadAllBytes(drawn)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private string Run(IEnumerable<string> arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (process.WaitForExit(TimeSpan.FromSeconds(MostSeconds)))
                return (output.Result + errors.Result).Trim().Split('\n')[^1];
            process.Kill(entireProcessTree: true);
            return $"it took more than {MostSeconds} seconds";
        }
        catch (Win32Exception e)
        {
            return e.Message;
        }
    }

    private static IEnumerable<string> UsualFolders() =>
        OperatingSystem.IsWindows()
            ? from root in (Environment.SpecialFolder[])
                [Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86]
              from maker in (string[])["Google/Chrome", "Microsoft/Edge"]
              select Path.Combine(Environment.GetFolderPath(root), maker, "Application")
        : OperatingSystem.IsMacOS() ? ["/Applications/Google Chrome.app/Contents/MacOS"] : [];
}
