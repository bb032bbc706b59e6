using System.Reflection;
using System.Reflection.Emit;
using Functional.Host.Charts;

namespace Functional.Tests;

/// <summary>The host has floors (docs/architecture.md): code sees what stands on lower floors, never what is above or
/// beside it.</summary>
public class FloorsTests
{
    private const string Root = "Functional.Host";

    // From the ground up, as the page draws them; what shares a floor stands side by side in the columns before the
    // descriptions.
    private static readonly string[][] Floors =
    [
        .. File.ReadLines(Path.Combine(ScriptTests.Root, "docs", "architecture.md"))
            .SkipWhile(line => !line.StartsWith("Host ", StringComparison.Ordinal))
            .TakeWhile(line => !line.StartsWith("Core ", StringComparison.Ordinal))
            .Select(line => line[9..48].Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(names => names is ["Host/*.cs"] ? [""] : names).Reverse(),
    ];

    private const BindingFlags All =
        BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.Instance | BindingFlags.Static;

    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private static readonly Type[] Types =
        [.. typeof(Chart).Assembly.GetTypes().Where(type => FolderOf(type) is not null)];

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Empty(Types.Select(type => FolderOf(type)!).Distinct().Except(Floors.SelectMany(folders => folders)));

    [Fact]
    public void Code_sees_only_lower_floors()
    {
        string[] wrong = [.. Edges(Types).Where(edge => !IsAllowed(edge.From, edge.To)).Select(edge => edge.Text)
            .Distinct().Order()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void An_edge_to_a_higher_floor_would_be_found()
    {
        var edges = Edges([typeof(Functional.Host.Pages.ChartFile)]).Select(edge => edge.To).ToHashSet();
        Assert.Superset(new HashSet<string> { "Charts", "Files" }, edges);
        Assert.False(IsAllowed("Charts", "Pages"));
        Assert.False(IsAllowed("Search", "Doctor"));
    }

    private static bool IsAllowed(string from, string to) => from == to || FloorOf(to) < FloorOf(from);

    private static int FloorOf(string folder) => Array.FindIndex(Floors, folders => folders.Contains(folder));

    // The first part of the namespace below the root's; null outside.
    private static string? FolderOf(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        return type.Namespace is not { } name || !(name + ".").StartsWith(Root + ".", StringComparison.Ordinal) ? null
            : name == Root ? "" : name[(Root.Length + 1)..].Split('.')[0];
    }

    private static IEnumerable<(string From, string To, string Text)> Edges(IEnumerable<Type> types) =>
        from type in types
        from used in Used(type).Distinct()
        let to = FolderOf(used)
        where to is not null
        select (FolderOf(type)!, to, $"{FolderOf(type)} -> {to}: {type.FullName} uses {used.FullName ?? used.Name}");

    private static IEnumerable<Type> Used(Type type) =>
    [
        .. type.BaseType is { } parent ? Parts(parent) : [],
        .. type.GetInterfaces().SelectMany(Parts),
        .. type.GetFields(All).SelectMany(field => Parts(field.FieldType)),
        .. type.GetMethods(All).SelectMany(method => (Type[])[.. Parts(method.ReturnType), .. Of(method)]),
        .. type.GetConstructors(All).SelectMany(Of),
    ];

    private static IEnumerable<Type> Of(MethodBase method) =>
    [
        .. method.GetParameters().SelectMany(parameter => Parts(parameter.ParameterType)),
        .. method.GetMethodBody() is { } body
            ? [.. body.LocalVariables.SelectMany(local => Parts(local.LocalType)),
                .. Tokens(body.GetILAsByteArray()!).SelectMany(token => Named(method, token))]
            : (Type[])[],
    ];

    private static IEnumerable<Type> Named(MethodBase method, int token)
    {
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        var member = method.Module.ResolveMember(
            token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null)!;
        var own = member as Type ?? member.DeclaringType;
        return
        [
            .. own is null ? [] : Parts(own),
            .. member is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericArguments().SelectMany(Parts)
            : [],
        ];
    }

    // A type, and the types that it is made with.
    private static IEnumerable<Type> Parts(Type type) =>
        type.HasElementType ? Parts(type.GetElementType()!)
        : type.IsGenericType ? [type, .. type.GetGenericArguments().SelectMany(Parts)] : [type];

    // The metadata tokens in a method's code.
    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var opCode = OpCodesByValue[code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at]];
            at += opCode.Size;
            if (opCode.OperandType is OperandType.InlineField or OperandType.InlineMethod
                or OperandType.InlineTok or OperandType.InlineType)
                yield return BitConverter.ToInt32(code, at);
            at += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }
}
