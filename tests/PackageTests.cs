using System.IO.Compression;
using System.Xml.Linq;
using Functional.Tests.CommandLine;
using Functional.Tests.Documentation;

namespace Functional.Tests;

/// <summary>The packages, as those use them who have nothing else: a C# project, a tool, F# Interactive.</summary>
public class PackageTests
{
    private const string Consumer = """
        using Functional;
        using Functional.Host.Data;

        var data = DataSets.Load("digits");
        var network = Network.Create([data.Training.Features, 20, 10], Activation.Relu, Initializer.He, seed: 1);
        var state = Training.Start(network, Optimizer.Adam(learningRate: 0.001));
        var loader = new Loader(data.Training, data.Training.All, 100, Sampling.Shuffle, ByteScale.Unit, Key.OfSeed(1));
        foreach (var batch in loader.Epoch(0).Take(2))
            (state, _) = Training.Step(state, batch);
        Console.WriteLine($"steps {state.Step}, settings {AppContext.GetData("System.GC.LOHThreshold")}");
        """;

    [Fact]
    public void All_install_from_a_folder_and_work()
    {
        var folder = Directory.CreateTempSubdirectory("functional-").FullName;
        try
        {
            var source = Path.Combine(folder, "source");
            var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            Run(null, ScriptTests.Root, "pack", "-c", configuration == "release" ? "Release" : "Debug", "--no-build", "-o", source);
            Assert.Equal(4, Directory.GetFiles(source, "*.nupkg").Length);
            Assert.Equal(4, Directory.GetFiles(source, "*.snupkg").Length);
            foreach (var package in Directory.GetFiles(source, "*.nupkg"))
            {
                using var archive = ZipFile.OpenRead(package);
                using var readme = new StreamReader(archive.GetEntry("README.md")!.Open());
                Assert.DoesNotContain("](", readme.ReadToEnd(), StringComparison.Ordinal);
                foreach (var entry in archive.Entries.Where(IsOurs))
                    Assert.Equal((entry.FullName, 0x14c), (entry.FullName, MachineOf(entry)));
            }

            // What others have published is taken from where the SDK has it; ours comes from the folder alone.
            var others = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
                ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
            new XElement("configuration",
                new XElement("packageSources", new XElement("clear"),
                    Add("ours", source), Add("others", others)),
                new XElement("config", Add("globalPackagesFolder", Path.Combine(folder, "cache")))).Save(Path.Combine(folder, "nuget.config"));

            var project = Directory.CreateDirectory(Path.Combine(folder, "consumer")).FullName;
            File.WriteAllText(Path.Combine(project, "Program.cs"), Consumer);
            File.WriteAllText(Path.Combine(project, "consumer.csproj"), """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <AnalysisLevel>latest-recommended</AnalysisLevel>
                    <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                    <NuGetAudit>false</NuGetAudit>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="Functional.Host" Version="0.1.0" />
                  </ItemGroup>
                </Project>
                """);
            Assert.Contains("steps 2, settings 67108864", Run(folder, project, "run"), StringComparison.Ordinal);

            var tools = Path.Combine(folder, "tools");
            Run(folder, folder, "tool", "install", "Functional", "--tool-path", tools, "--version", "0.1.0");
            using (var tool = FunctionalProgram.Start(Path.Combine(tools, "functional"), folder, ["train", "--epochs", "1", "--plain"]))
                Assert.Contains("done after 100 steps", FunctionalProgram.End(tool).Output, StringComparison.Ordinal);

            // A C# script has no reflection for JSON, since it is one to be compiled ahead of time. (The compiler for that is not here.)
            var script = Block.All.First(block => block is { Page: "docs/search.md", Language: "csharp" });
            File.WriteAllText(Path.Combine(folder, "script.cs"), $"""
                #:package Functional.Host@0.1.0
                #:property PublishAot=false
                #:property JsonSerializerIsReflectionEnabledByDefault=false
                {script.Text}
                """);
            Assert.Contains("with rate=", Run(folder, folder, "run", "script.cs"), StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(folder, "studies/mine/journal.jsonl")));

            File.WriteAllText(Path.Combine(folder, "gradient.fsx"), $$"""
                #i "nuget: {{source}}"
                #i "nuget: {{others}}"
                #r "nuget: Functional.Core, 0.1.0"
                open Functional
                open Functional.FSharp
                let network: Network<float> = Network.create [ 2; 4; 2 ] Activation.Tanh Initializer.Xavier (Key.ofSeed 1L)
                let x = MathNet.Numerics.LinearAlgebra.Matrix<float>.Build.Dense(2, 3, 0.5)
                printfn $"{GradientCheck.ofNetwork GradientCheckSettings.Default network (Batch.ofLabels x [ 0; 1; 0 ])}"
                """);
            Assert.Contains("derivatives agree", Run(folder, folder, "fsi", "gradient.fsx"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Others' may be for one system where they say so (runtimes/...); ours run everywhere.
    private static bool IsOurs(ZipArchiveEntry entry) => entry.Name is "functional.dll" or "Functional.Core.dll";

    /// <summary>For which processor a DLL is: 0x14c is IL, for all.</summary>
    private static int MachineOf(ZipArchiveEntry dll)
    {
        using var bytes = new MemoryStream();
        using (var stream = dll.Open())
            stream.CopyTo(bytes);
        return BitConverter.ToUInt16(bytes.GetBuffer(), BitConverter.ToInt32(bytes.GetBuffer(), 0x3c) + 4);
    }

    private static XElement Add(string key, string value) =>
        new("add", new XAttribute("key", key), new XAttribute("value", value));

    /// <param name="folder">Where the packages' own cache is, or null for the user's.</param>
    private static string Run(string? folder, string where, params string[] arguments)
    {
        using var process = FunctionalProgram.Start(
            "dotnet", where, arguments, folder is null ? null : $"NUGET_PACKAGES={Path.Combine(folder, "cache")}");
        var outcome = FunctionalProgram.End(process);
        Assert.True(outcome.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}\n{outcome.Output}{outcome.Error}");
        return outcome.Output;
    }
}
