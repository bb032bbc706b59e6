using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Functional.Tests.Documentation;

/// <summary>What README and docs show works: command lines are parsed, C# is compiled, F# is run.</summary>
public sealed class PagesTests
{
    internal static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    [Fact]
    public void Command_lines_are_understood()
    {
        var lines = Block.All.Where(block => block.Language == "sh").SelectMany(block => block.Lines).ToArray();
        Assert.Contains(lines, line => line.StartsWith("functional", StringComparison.Ordinal));
        AssertNone(lines.SelectMany(ShellLine.Faults));
    }

    [Fact]
    public void CSharp_compiles()
    {
        var blocks = Block.All.Where(block => block.Language == "csharp").ToArray();
        Assert.NotEmpty(blocks);
        AssertNone(blocks.SelectMany(Faults));
    }

    [Fact]
    public void FSharp_runs()
    {
        using var folder = new TemporaryFolder();
        var references = File.ReadLines(Path.Combine(ScriptTests.Root, "scripts/Functional.fsx"))
            .Where(line => line.StartsWith("#r", StringComparison.Ordinal))
            .Select(line =>
                line.Replace("../artifacts/bin/Host/release", AppContext.BaseDirectory, StringComparison.Ordinal))
                    .ToArray();
        // What begins like a script is one of scripts/, and run with them.
        var pages = Block.All.Where(
            block => block.Language == "fsharp" && !block.Text.StartsWith("#load", StringComparison.Ordinal))
            .GroupBy(block => block.Page).ToArray();
        Assert.NotEmpty(pages);
        foreach (var (index, page) in pages.Index())
            File.WriteAllLines(folder[$"Page{index}.fsx"],
                [.. references, .. Surroundings.FSharp(page.Key), .. page.Index().SelectMany(Module)]);
        File.WriteAllLines(folder["all.fsx"], pages.Select((_, index) => $"#load \"Page{index}.fsx\""));
        using var process = FunctionalProgram.Start("dotnet", folder.Path, ["fsi", "all.fsx"], "BROWSER=none");
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);

        // A block may name what one before it has named, as at the prompt; what was opened stays open.
        IEnumerable<string> Module((int Index, Block Block) at) =>
        [
            "[<AutoOpen>]",
            $"module Block{at.Index} =",
            .. pages.First(page => page.Key == at.Block.Page).Take(at.Index).SelectMany(block => block.Lines)
                .Where(line => line.StartsWith("open ", StringComparison.Ordinal)).Select(line => $"    {line}"),
            $"# {at.Block.Line} \"{at.Block.Page}\"",
            .. at.Block.Lines.Select(line => $"    {line}"),
        ];
    }

    internal static CSharpCompilationOptions Options(bool isProgram) => new(
        isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
        nullableContextOptions: NullableContextOptions.Enable,
        // As the SDK has it: a package may have been built against an older one.
        specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress)]);

    private static void AssertNone(IEnumerable<string> faults)
    {
        var text = string.Join('\n', faults);
        Assert.True(text.Length == 0, text);
    }

    private static IEnumerable<string> Faults(Block block)
    {
        var parsing = new CSharpParseOptions(LanguageVersion.Latest);
        var tree = CSharpSyntaxTree.ParseText(block.Text, parsing);
        var isProgram = tree.GetCompilationUnitRoot().Members.Any(member => member is GlobalStatementSyntax);
        var compilation = CSharpCompilation.Create(
            "Page", [tree, CSharpSyntaxTree.ParseText(Surroundings.CSharp(block.Page), parsing)], References,
            Options(isProgram));
        return compilation.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning).Select(found =>
            $"{block.Page}({block.Line + found.Location.GetLineSpan().StartLinePosition.Line}): {found.Id} "
                + $"{found.GetMessage(null)}");
    }
}
