using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Functional.Tests.Documentation;

/// <summary>C# scripts, compiled and run in this process: <c>dotnet run</c> takes seconds for each.</summary>
internal static class CSharpScript
{
    /// <summary>Runs a script that is compiled without a warning. Returns its exit code.</summary>
    public static int Run(string name, string text)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(name),
            [
                CSharpSyntaxTree.ParseText(text, parsing, name),
                CSharpSyntaxTree.ParseText(Surroundings.CSharp("book"), parsing),
            ],
            PagesTests.References, PagesTests.Options(isProgram: true));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        Assert.Empty(result.Diagnostics.Where(found => found.Severity >= DiagnosticSeverity.Warning));
        assembly.Position = 0;
        var main = new AssemblyLoadContext(name, isCollectible: true).LoadFromStream(assembly).EntryPoint!;
        return (int)main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [Array.Empty<string>()], null)!;
    }
}
