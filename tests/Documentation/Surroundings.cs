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

    private static readonly Dictionary<string, string> OfPages = new()
    {
        ["docs/models.md"] = """
            using Functional;
            using MathNet.Numerics.LinearAlgebra;
            """ + OwnLayer("Scale<T>", "T", " where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>"),
        ["docs/doctor.md"] = """
            global using Functional;
            global using static Around;
            using MathNet.Numerics.LinearAlgebra;
            static class Around
            {
                public static Vector<double> factors = null!, point = null!;
                public static Matrix<double> x = null!;
                public static int Init(Parameters<double> parameters) => 0;
                public static (Parameters<double>, int) Update(int state, Parameters<double> parameters, Parameters<double> gradient) =>
                    (parameters, state);
            }
            """ + OwnLayer("MyLayer", "double"),
    };

    /// <summary>C# beside a page's blocks: the usings that every project has, and the names that are not the block's
    /// own.</summary>
    public static string CSharp(string page) => $"{Usings}\n{OfPages.GetValueOrDefault(page)}";

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

    private static string OwnLayer(string name, string element, string constraint = "") => $$"""

        sealed class {{name}}(Vector<{{element}}> factors) : ILayer<{{element}}>{{constraint}}
        {
            public string Name => "own";
            public string Description => Name;
            public int Inputs => factors.Count;
            public int Outputs => factors.Count;
            public IReadOnlyList<Parameter<{{element}}>> Parameters => [];
            public ILayer<{{element}}> WithParameters(IReadOnlyList<Parameter<{{element}}>> parameters) => this;
            public Matrix<{{element}}> Predict(Matrix<{{element}}> x) => x;
            public (Matrix<{{element}}>, Func<Matrix<{{element}}>, (IReadOnlyList<Parameter<{{element}}>>, Matrix<{{element}}>)>) Forward(
                Key key, Matrix<{{element}}> x) => (x, dy => ([], dy));
        }
        """;
}
