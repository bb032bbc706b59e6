using System.IO.Compression;
using Functional.Tests.CommandLine;
using Functional.Tests.Documentation;

namespace Functional.Tests;

/// <summary>The packages, as those use them who have nothing else: a C# project, a tool, scripts.</summary>
public sealed class PackageTests(Packages packages) : IClassFixture<Packages>
{
    private const string Consumer = """
        using Functional;
        using Functional.Host.Data;

        var training = DataSets.Load("digits").Encode().Training;
        var network = Network.Create([training.Encoder.Features, 20, 10], Activation.Relu, Initializer.He, seed: 1);
        var state = Training.Start(network, Optimizer.Adam(learningRate: 0.001));
        var loader = new Loader(training, training.All, 100, Sampling.Shuffle, Key.OfSeed(1));
        foreach (var batch in loader.Epoch(0).Take(2))
            (state, _) = Training.Step(state, batch);
        Console.WriteLine($"steps {state.Step}, settings {AppContext.GetData("System.GC.LOHThreshold")}");
        // What reads columnar files is not in the library's package.
        foreach (var file in (string[])["t.parquet", "t.arrow"])
            try
            {
                File.WriteAllText(file, "PAR1ARROW1");
                DataSets.Load(file, "kind");
            }
            catch (Functional.Host.UsageException e)
            {
                Console.WriteLine(e.Message);
            }
        """;

    // Whatever looks at types when it runs: tables, studies, models, charts.
    private const string Script = """
        #:package Functional.Host@0.1.0
        using Functional;
        using Functional.Host.Charts;
        using Functional.Host.Data;
        using Functional.Host.Models;
        using Functional.Host.Pages;

        var data = DataSets.Load("table.csv", "kind");
        var encoded = data.Encode();
        var training = encoded.Training;
        var network = Network.Create([2, 8, 2], Activation.Tanh, Initializer.Xavier, seed: 1);
        var state = Training.Start(network, Optimizer.Adam(learningRate: 0.01));
        var losses = new List<double>();
        foreach (var epoch in Enumerable.Range(0, 20))
            foreach (var batch in new Loader(training, training.All, 10, Sampling.Shuffle, Key.OfSeed(1)).Epoch(epoch))
            {
                (state, var report) = Training.Step(state, batch);
                losses.Add(report.Loss);
            }
        Model.Save("model.safetensors", new Model<float>(state.Network) { Encoder = encoded.Encoder, Task = encoded.Task });
        var model = Model.Load<float>("model.safetensors");
        new LineChart("Loss", new Axis("step"), new Axis("loss")) { Series = [new Series("loss", [.. losses])] }.Save("loss.svg");
        Console.WriteLine($"{model.Predict([40, 1])} {model.Network.Digest()}");

        """;

    [Fact]
    public void All_that_is_in_them_runs_on_every_processor()
    {
        Assert.Equal(4, packages.Files.Count);
        Assert.Equal(4, Directory.GetFiles(packages.Source, "*.snupkg").Length);
        foreach (var package in packages.Files)
        {
            using var archive = ZipFile.OpenRead(package);
            using var readme = new StreamReader(archive.GetEntry("README.md")!.Open());
            Assert.DoesNotContain("](", readme.ReadToEnd(), StringComparison.Ordinal);
            var libraries = archive.Entries.Where(IsLibrary).ToArray();
            Assert.NotEmpty(libraries);
            foreach (var entry in libraries)
                Assert.Equal((entry.FullName, 0x14c), (entry.FullName, MachineOf(entry)));
        }
    }

    [Fact]
    public void A_project_and_a_tool_use_them()
    {
        var project = packages.NewFolder("consumer");
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
        var output = packages.Dotnet(project, "run");
        Assert.Contains("steps 2, settings 67108864", output, StringComparison.Ordinal);
        Assert.Contains("t.parquet: the package Parquet.Net is needed to read it", output, StringComparison.Ordinal);
        Assert.Contains(
            "t.arrow: the package Apache.Arrow.Compression is needed to read it", output, StringComparison.Ordinal);

        var tools = packages.NewFolder("tools");
        packages.Dotnet(tools, "tool", "install", "Functional", "--tool-path", tools, "--version", "0.1.0");
        using var tool = FunctionalProgram.Start(
            Path.Combine(tools, "functional"), tools, ["train", "--epochs", "1", "--plain"]);
        Assert.Contains("done after 100 steps", FunctionalProgram.End(tool).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_FSharp_script_uses_them_and_has_charts_and_printers()
    {
        var folder = packages.NewFolder("fsharp");
        File.WriteAllText(Path.Combine(folder, "prompt.fsx"), $$"""
            #i "nuget: {{packages.Source}}"
            #i "nuget: {{Packages.Others}}"
            #r "nuget: Functional.Host, 0.1.0"
            open Functional
            open Functional.FSharp
            open Functional.Host.Charts
            let network: Network<float> = Network.create [ 2; 4; 2 ] Activation.Tanh Initializer.Xavier (Key.ofSeed 1L)
            let x = matrix [ [ 1.0; 2.5 ]; [ 0.0; 4.0 ] ]
            printfn $"{GradientCheck.ofNetwork GradientCheckSettings.Default network (Batch.ofLabels x [ 0; 1 ])}"
            Chart.line "A line" "x" "y" [ ("y", Seq.ofList [ 1.0; 2.0 ]) ] |> Chart.save "line.svg"
            let data = Functional.Host.Data.DataSets.Load "digits"
            """);
        var output = packages.Dotnet(folder, "fsi", "--nologo", "--exec", "--use:prompt.fsx");
        Assert.Contains("derivatives agree", output, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(folder, "line.svg")));
        Assert.Contains("DenseMatrix 2x2-Double", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Storage", output, StringComparison.Ordinal);
        Assert.Contains("10,000 to train, 2,000 to test", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_CSharp_script_uses_them_without_reflection_for_JSON()
    {
        // As for a script that may be compiled ahead of time, but without its compiler, which may not be there.
        var folder = WriteScript(
            "script", "#:property PublishAot=false", "#:property JsonSerializerIsReflectionEnabledByDefault=false");
        Assert.Equal(Answer(packages.Dotnet(folder, "run", "script.cs")),
            Answer(packages.Dotnet(folder, "run", "script.cs")));
        Assert.True(File.Exists(Path.Combine(folder, "studies/mine/journal.jsonl")));
    }

    [CompilerFact]
    public void A_CSharp_script_is_published_as_native_code_with_the_same_results()
    {
        var folder = WriteScript("native");
        var expected = Answer(packages.Dotnet(folder, "run", "script.cs"));
        packages.Dotnet(folder, "publish", "script.cs", "-o", "out");
        Directory.Delete(Path.Combine(folder, "studies"), recursive: true);
        using var native = FunctionalProgram.Start(
            Path.Combine(folder, "out", OperatingSystem.IsWindows() ? "script.exe" : "script"), folder, []);
        var outcome = FunctionalProgram.End(native);
        Assert.Equal((0, "", expected), (outcome.ExitCode, outcome.Error, Answer(outcome.Output)));
        Assert.True(File.Exists(Path.Combine(folder, "studies/mine/journal.jsonl")));
    }

    // C# scripts are made to be compiled ahead of time: also where they aren't, they have no reflection for JSON.
    private string WriteScript(string name, params string[] properties)
    {
        var folder = packages.NewFolder(name);
        var study = Block.All.First(block => block is { Page: "docs/search.md", Language: "csharp" });
        var usings = study.Lines.Where(line => line.StartsWith("using Functional", StringComparison.Ordinal)).ToArray();
        File.WriteAllLines(Path.Combine(folder, "script.cs"),
            [.. properties, Script.Replace("using Functional;", string.Join('\n', ["using Functional;", .. usings]),
                StringComparison.Ordinal), .. study.Lines.Except(usings)]);
        File.WriteAllLines(Path.Combine(folder, "table.csv"),
            ["size,weight,kind", .. Enumerable.Range(0, 80)
                .Select(i => $"{i},{i % 7},{(i < 40 ? "small" : "large")}")]);
        return folder;
    }

    /// <summary>The line of the network; which trial of a study is the best depends on its threads.</summary>
    private static string Answer(string output)
    {
        Assert.Contains("with rate=", output, StringComparison.Ordinal);
        return output.Split('\n')[0];
    }

    // What is for one system stands where it says so.
    private static bool IsLibrary(ZipArchiveEntry entry) =>
        entry.Name.EndsWith(".dll", StringComparison.Ordinal)
            && !entry.FullName.Contains("runtimes/", StringComparison.Ordinal);

    /// <summary>For which processor a DLL is: 0x14c is IL, for all.</summary>
    private static int MachineOf(ZipArchiveEntry dll)
    {
        using var bytes = new MemoryStream();
        using (var stream = dll.Open())
            stream.CopyTo(bytes);
        return BitConverter.ToUInt16(bytes.GetBuffer(), BitConverter.ToInt32(bytes.GetBuffer(), 0x3c) + 4);
    }
}
