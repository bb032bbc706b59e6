using System.Reflection;
using System.Text.RegularExpressions;
using Functional.Host.Digests;
using Functional.Host.Experiments;
using Functional.Host.Runs;
using Functional.Tests.CommandLine;
using Functional.Tests.Data;
using Microsoft.FSharp.Reflection;

namespace Functional.Tests.Digests;

/// <summary>digests.txt has the SHA-256 of a fixed run of everything that computes. It is the same for any number of
/// threads and any width of vectors; <c>.ci/run</c> compares it on ARM64, too.</summary>
public sealed class DigestTests : IDisposable
{
    private const string Variable = "FUNCTIONAL_REWRITE_DIGESTS";
    private static readonly string Path = System.IO.Path.Combine(ScriptTests.Root, "tests", "Digests", "digests.txt");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string[] Names => [.. DigestTable.Entries.Select(entry => entry.Name)];

    [Fact]
    public void The_digests_are_those_of_the_table()
    {
        var listed = DigestTable.Parse(File.ReadAllText(Path));
        var found = DigestTable.Entries.ToDictionary(entry => entry.Name, entry => entry.Digest());
        string[] changes = [.. found.Keys.Union(listed.Digests.Keys)
            .Except(DigestTable.Long.Select(entry => entry.Name))
            .Where(name => found.GetValueOrDefault(name) != listed.Digests.GetValueOrDefault(name))];
        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            // Whoever changes a sum's order changes the version: only what is new may come without.
            Assert.True(
                listed.Version != NumericsVersion.Current || !changes.Any(listed.Digests.ContainsKey),
                $"digests change, so NumericsVersion.Current must be above {listed.Version}: "
                + string.Join(", ", changes.Where(listed.Digests.ContainsKey)));
            // What takes minutes is computed by itself.
            foreach (var entry in DigestTable.Long.Where(entry => listed.Digests.ContainsKey(entry.Name)))
                found[entry.Name] = listed.Digests[entry.Name];
            File.WriteAllText(Path, new DigestTable(NumericsVersion.Current, found).ToString());
            return;
        }
        Assert.Equal(NumericsVersion.Current, listed.Version);
        Assert.True(changes.Length == 0,
            $"digests differ from tests/Digests/digests.txt; if that is meant, raise NumericsVersion.Current: "
            + $"{Variable}=1 dotnet test tests -c Release --filter FullyQualifiedName~DigestTests, and commit it\n"
            + string.Join('\n', changes));
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512=1", 1)]
    [InlineData("DOTNET_EnableAVX512=1", 4)]
    [InlineData("DOTNET_EnableAVX512=0", 2)]
    [InlineData("DOTNET_EnableAVX2=0", 1)]
    [InlineData("DOTNET_EnableHWIntrinsic=0", 4)]
    public void They_are_the_same_for_any_width_of_vectors_and_number_of_threads(string variable, int threads)
    {
        var outcome = FunctionalProgram.RunWith(variable, folder.Path, "digests", "--threads", $"{threads}");
        Assert.Equal((0, $"identical: {Names.Length} digests, to the last bit\n", ""),
            (outcome.ExitCode, outcome.Output, outcome.Error));
    }

    [Fact]
    public void Some_can_be_computed_alone_printed_or_reported_to_programs()
    {
        var listed = File.ReadAllLines(Path).Where(line => line.StartsWith("schedule/", StringComparison.Ordinal));
        var printed = FunctionalProgram.Run(folder.Path, "digests", "--only", "schedule/", "--print");
        Assert.Equal(listed, printed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        var reported = FunctionalProgram.Run(folder.Path, "digests", "--only", "schedule/cosine", "--json")
            .Event("digest");
        Assert.Equal("schedule/cosine", reported.GetProperty("name").GetString());
        Assert.True(reported.GetProperty("identical").GetBoolean());
        var none = FunctionalProgram.Run(folder.Path, "digests", "--only", "nothing/");
        Assert.Equal(2, none.ExitCode);
        Assert.Matches("^functional: --only: nothing has 'nothing/' in its name; "
            + "names begin with .*layer/.*, every-float32/\n$", none.Error);
    }

    [Fact]
    public void Everything_that_computes_is_in_the_table() => Assert.Empty(
        ((string[])
        [
            .. Cases(typeof(ActivationFunction)).Select(name => $"activation/{name}/float32"),
            .. Cases(typeof(LossFunction)).Select(name => $"loss/{name}/float32"),
            .. Cases(typeof(ScheduleShape)).Select(name => $"schedule/{name}"),
            .. Enum.GetNames<Distribution>().Select(name =>
                name == nameof(Distribution.Uniform) ? "initializer/glorot-uniform/float32"
                    : $"initializer/{Kebab(name)}/float32"),
            .. OptimizerSettings.Names.Select(name => $"optimizer/{name}/float32"),
            .. AugmentationText.Names.Select(name => $"augmentation/{name}"),
            .. Book.Experiments.Select(experiment => $"experiment/{experiment.Name}"),
            .. typeof(Layer).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => method.Name is not ("Of" or "Custom" or "BuiltIn"))
                .Select(method => $"layer/{Kebab(method.Name)}/float32"),
            .. typeof(Penalty).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                .Where(method => !method.IsSpecialName).Select(method => $"penalty/{Kebab(method.Name)}/float32"),
        ]).Except(Names));

    [Fact]
    public void Names_are_unique() => Assert.Equal(Names.Distinct(), Names);

    // What is not a number may have many bit patterns, and processors differ in which they return.
    [Fact]
    public void What_is_not_a_number_counts_as_one_number()
    {
        static string Digest(float x)
        {
            using var hash = new ContentHash();
            return hash.Add<float>([x]).Finish();
        }
        Assert.Equal(Digest(float.NaN), Digest(BitConverter.Int32BitsToSingle(0x7FC00001)));
        Assert.NotEqual(Digest(0f), Digest(-0f));
    }

    // The cases of a union, but for those from outside.
    private static IEnumerable<string> Cases(Type union) =>
        FSharpType.GetUnionCases(union, null).Select(found => found.Name).Where(name => name != "Custom").Select(Kebab);

    private static string Kebab(string name) => Regex.Replace(name, "(?<!^)(?=[A-Z])", "-").ToLowerInvariant();
}
