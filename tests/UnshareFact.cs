using System.ComponentModel;
using System.Diagnostics;

namespace Functional.Tests;

/// <summary>A test that mounts a disk of its own; it is skipped where the system doesn't let it.</summary>
public sealed class UnshareFactAttribute : FactAttribute
{
    private static readonly bool Allowed = Try();

    public UnshareFactAttribute() => Skip = Allowed ? null : "the system has no mounts of a program's own";

    private static bool Try()
    {
        try
        {
            using var process = Process.Start("unshare", ["--map-root-user", "--mount", "true"]);
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
