namespace Functional.Tests.Documentation;

/// <summary>What fragments on pages take for granted.</summary>
internal static class Surroundings
{
    private const string Usings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    // These pages say that the class of docs/extending.md belongs below their programs.
    private static readonly string[] WithScale = ["docs/doctor.md", "docs/models.md"];

    /// <summary>C# beside a page's blocks: the usings that every project has, and the class that the page says is to be
    /// pasted.</summary>
    public static string CSharp(string page) => $"{Usings}\n{(WithScale.Contains(page) ? Scale() : "")}";

    /// <summary>F# before a page's blocks.</summary>
    public static IReadOnlyList<string> FSharp(string page) => page switch
    {
        "docs/testing.md" =>
        [
            .. ((string[])["FsCheck", "Expecto", "Expecto.FsCheck3", "Functional.Testing"])
                .Select(name => $"#r @\"{Path.Combine(AppContext.BaseDirectory, name)}.dll\""),
        ],
        _ => [],
    };

    // From its documentation to the block's end, as a reader would copy it.
    private static string Scale()
    {
        var block = Block.All.First(block => block.Page == "docs/extending.md"
            && block.Text.Contains("class Scale<T>", StringComparison.Ordinal));
        return "using Functional;\nusing MathNet.Numerics.LinearAlgebra;\n"
            + block.Text[block.Text.IndexOf("/// <summary>y = factors * x", StringComparison.Ordinal)..];
    }
}
