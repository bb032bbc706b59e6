using System.Reflection;

namespace Functional.Host;

/// <summary>What the program says of itself.</summary>
internal static class ProgramInfo
{
    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(ProgramInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
