using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Functional.Tests;

/// <summary>What others can build on: listed in PublicFace/*.txt, so that no change of it goes unseen.</summary>
public class PublicFaceTests
{
    private const string Variable = "FUNCTIONAL_REWRITE_FACE";
    private const string Curried = "Functional.FSharp";

    private static readonly SymbolDisplayFormat Format = SymbolDisplayFormat.CSharpErrorMessageFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeContainingType
            | SymbolDisplayMemberOptions.IncludeRef | SymbolDisplayMemberOptions.IncludeConstantValue)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword)
        .AddGenericsOptions(SymbolDisplayGenericsOptions.IncludeTypeConstraints)
        .AddMiscellaneousOptions(
            SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly CSharpCompilation Everything = CSharpCompilation.Create("Face", references:
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)));

    [Theory]
    [InlineData("Functional.Core")]
    [InlineData("Functional.Testing")]
    [InlineData("functional")]
    public void The_public_face_is_as_listed(string assembly)
    {
        string[] found = [.. Face(assembly).Select(symbol => symbol.ToDisplayString(Format))
            .Order(StringComparer.Ordinal)];
        var path = Path.Combine(ScriptTests.Root, "tests", "PublicFace", $"{assembly}.txt");
        if (Environment.GetEnvironmentVariable(Variable) == "1")
            File.WriteAllLines(path, found);
        var listed = File.ReadAllLines(path);
        string[] changes = [.. listed.Except(found).Select(line => $"- {line}"),
            .. found.Except(listed).Select(line => $"+ {line}")];
        Assert.True(changes.Length == 0,
            $"the public face of {assembly} changed; if that is meant: {Variable}=1 dotnet test tests -c Release "
            + $"--filter FullyQualifiedName~PublicFace, and commit tests/PublicFace\n"
            + string.Join('\n', changes));
    }

    [Theory]
    [InlineData("Functional.Core")]
    [InlineData("Functional.Testing")]
    [InlineData("functional")]
    public void Nothing_but_the_curried_modules_takes_what_only_FSharp_has(string assembly) =>
        AssertNone(
            from symbol in Face(assembly)
            where symbol.ContainingNamespace.ToDisplayString() != Curried
            let text = symbol.ToDisplayString(Format)
            where ((string[])["FSharpFunc", "FSharpOption", "FSharpValueOption", "FSharpList"]).Any(text.Contains)
            select text);

    [Theory]
    [InlineData("Functional.Core")]
    [InlineData("Functional.Testing")]
    [InlineData("functional")]
    public void Every_public_member_has_documentation(string assembly)
    {
        var documented = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{assembly}.xml")).Descendants("member")
            .Where(member => member.Elements().Any()).Select(member => member.Attribute("name")!.Value).ToHashSet();
        AssertNone(
            from symbol in Face(assembly)
            where !IsImplied(symbol)
            // As the F# compiler writes an array of two dimensions; it leaves out what a conversion gives.
            let id = symbol.GetDocumentationCommentId()!.Replace("[0:,0:]", "[0:]", StringComparison.Ordinal)
            where !documented.Contains(id) && !documented.Contains(id.Split('~')[0])
            select id);
    }

    private static void AssertNone(IEnumerable<string> found)
    {
        var text = string.Join('\n', found.Order(StringComparer.Ordinal));
        Assert.True(text.Length == 0, text);
    }

    // Covered by the documentation of something else: overrides, constructors (by their type), the pieces of a union's
    // cases.
    private static bool IsImplied(ISymbol symbol) =>
        symbol is IMethodSymbol { IsOverride: true } or IMethodSymbol { MethodKind: MethodKind.Constructor }
        || Mapping(symbol) is 8
        || (symbol as INamedTypeSymbol ?? symbol.ContainingType).BaseType is { } parent && Mapping(parent) is 1;

    // The F# compiler's mark, SourceConstructFlags: 1 union, 8 case.
    private static int? Mapping(ISymbol symbol) =>
        symbol.GetAttributes().FirstOrDefault(found => found.AttributeClass?.Name == "CompilationMappingAttribute")
            ?.ConstructorArguments[0].Value as int?;

    private static IEnumerable<ISymbol> Face(string assembly) =>
        Types(Everything.References.Select(Everything.GetAssemblyOrModuleSymbol).OfType<IAssemblySymbol>()
                .Single(found => found.Name == assembly).GlobalNamespace)
            .SelectMany(type => type.GetMembers().Where(IsListed).Prepend(type));

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol inside) =>
        inside.GetMembers().SelectMany(member => member switch
    {
        INamespaceSymbol space => Types(space),
        // F# writes down the numbers of a union's cases.
        INamedTypeSymbol type when IsVisible(type) && type is not { Name: "Tags", IsStatic: true } =>
            Types(type).Prepend(type),
        _ => (IEnumerable<INamedTypeSymbol>)[],
    });

    private static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility
            is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    // Properties stand for their accessors; what compilers add to every record and union is no one's choice.
    private static bool IsListed(ISymbol member) =>
        member is not INamedTypeSymbol && IsVisible(member) && !member.IsImplicitlyDeclared
        && member is not IMethodSymbol { AssociatedSymbol: not null }
        && !member.GetAttributes().Any(found => found.AttributeClass?.Name == "CompilerGeneratedAttribute");
}
