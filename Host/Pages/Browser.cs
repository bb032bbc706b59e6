using System.ComponentModel;
using System.Diagnostics;

namespace Functional.Host.Pages;

/// <summary>The user's browser.</summary>
internal static class Browser
{
    /// <summary>
    /// Opens a page. False if there is no browser to open it, or the environment variable <c>BROWSER</c> is
    /// <c>none</c>.
    /// </summary>
    public static bool Open(string page) => OpenAddress(Path.GetFullPath(page));

    /// <summary>The same with an address.</summary>
    public static bool OpenAddress(string address)
    {
        if (Environment.GetEnvironmentVariable("BROWSER") == "none")
            return false;
        try
        {
            using var opened = Process.Start(new ProcessStartInfo(address) { UseShellExecute = true });
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
