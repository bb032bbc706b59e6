using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Functional.Tests.Documentation;

/// <summary>The examples in the comments of public members, as editors show them, compile.</summary>
public sealed class ExampleTests
{
    // What they take for granted.
    private const string Given = """
        using System;
        using System.Collections.Generic;
        using System.Linq;
        using Functional;
        using Functional.Host.Data;
        using Functional.Host.Doctor;
        using Functional.Host.Models;
        using MathNet.Numerics.LinearAlgebra;

        public static class Examples
        {
            public static Network<float> network = null!;
            public static TrainingState<float> state = null!;
            public static Batch<float> batch = null!, training = null!, test = null!;
            public static Loader loader = null!;
            public static Matrix<float> x = null!;
            public static int[] labels = [];

        """;

    [Fact]
    public void Every_example_compiles()
    {
        (string Member, string Code)[] examples =
        [
            .. from name in (string[])["Functional.Core.xml", "functional.xml"]
                from member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, name)).Descendants("member")
                from example in member.Descendants("example")
                select ((string)member.Attribute("name")!, example.Value),
        ];
        Assert.True(examples.Length >= 20, $"{examples.Length} examples");
        var methods = examples.Select((example, i) =>
            $"    public static void Example{i}()\n    {{\n#line 1 \"{example.Member}\"\n{example.Code}\n    }}\n");
        var compilation = CSharpCompilation.Create(
            "Examples", [CSharpSyntaxTree.ParseText($"{Given}{string.Concat(methods)}}}")], PagesTests.References,
            PagesTests.Options(isProgram: false));
        Assert.Empty(compilation.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning)
            .Select(found => $"{found.Location.GetMappedLineSpan().Path}: {found.GetMessage(null)}"));
    }
}
