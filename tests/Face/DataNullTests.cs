using System.Collections;
using System.Linq.Expressions;
using System.Reflection;
using Functional.Host.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Null where no public member of the data layer takes it.</summary>
public class DataNullTests
{
    private sealed record House(double Area, double Price);

    private static readonly Rows Samples = Rows.Of(new double[8], 4, ["a", "b", "c", "d"]);
    private static readonly Quantities Amounts = new([new NumberColumn("y", [1, 2])]);
    private static readonly DataPart Part = new(Samples, new Classes(Classification.Numbered(2), new int[2]));
    private static readonly Examples Encoded = new DataSet(Part, Part).Encode().Training;

    // A value of each type that members take or belong to.
    private static readonly object[] Values =
    [
        Samples, new Images(1, 1, [1, 2]), Part, Part.Targets, Amounts, new DataSet(Part, Part), Encoded,
        new EncodedDataSet(Encoded, Encoded), Encoded.Encoder, Classification.Numbered(2), Amounts.Task([0, 1]),
        new NumberColumn("y", [1, 2]), new TextColumn("t", ["a"], [0, 0]), new DataOptions { Label = "y" },
        new Loader(Encoded, [0, 1], 1, Sampling.Shuffle, Key.OfSeed(0)), new Split([0], [1]), NumberScale.None,
        Key.OfSeed(0), new int[] { 0 }, new double[] { 1, 2 }, new byte[] { 1 }, "digits", 1, 0.5, false, 0L,
        Sampling.Shuffle, DataScale.Unit, Matrix<float>.Build.Dense(1, 1), new string[] { "a" },
        new Column[] { new NumberColumn("y", [1, 2]) }, new NumberScale[] { NumberScale.None },
        new House[] { new(70, 1), new(90, 2) }, (Expression<Func<House, object?>>)(house => house.Price),
        new (string, IEnumerable)[] { ("y", new double[] { 1, 2 }) },
    ];

    private static IEnumerable<Type> Types => typeof(DataSet).Assembly.GetExportedTypes()
        .Where(type => type.Namespace == typeof(DataSet).Namespace && !type.IsEnum);

    // All that a public member of the data layer takes as a reference, and that is not nullable.
    public static TheoryData<string> Parameters => new(
        from parameter in Found() select Name(parameter.Member, parameter.Parameter));

    private static IEnumerable<(MethodBase Member, ParameterInfo Parameter)> Found()
    {
        var nullability = new NullabilityInfoContext();
        return
            from type in Types
            from member in type.GetConstructors().Cast<MethodBase>().Concat(type.GetMethods(
                BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            where !member.IsAbstract && member.Name is not (nameof(Equals) or "Deconstruct") && !IsOperator(member)
            from parameter in Closed(member).GetParameters()
            where !parameter.ParameterType.IsValueType
                && nullability.Create(parameter).WriteState == NullabilityState.NotNull
            select (Closed(member), parameter);
    }

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Null_is_refused_by_the_name_of_its_parameter(string name)
    {
        var (member, wanted) = Found().Single(found => Name(found.Member, found.Parameter) == name);
        object?[] arguments = Array.ConvertAll(
            member.GetParameters(), parameter => parameter.Position == wanted.Position ? null : Value(parameter));
        var thrown = Assert.Throws<TargetInvocationException>(() => member is ConstructorInfo constructor
            ? constructor.Invoke(arguments)
            : member.Invoke(member.IsStatic ? null : Value(member.DeclaringType!), arguments)).InnerException;
        // A property's value has no name that its caller writes.
        Assert.Equal(
            member.IsSpecialName && !member.IsConstructor ? "value" : wanted.Name,
            Assert.IsType<ArgumentNullException>(thrown).ParamName);
    }

    public static TheoryData<string, string, Action> Within => new()
    {
        { "record 1 is null", "records", () => DataPart.Of([new House(1, 2), null!], house => house.Price) },
        { "record 0 is null", "records", () => Rows.Of(new House[1]) },
        { "column 'x' is null", "columns", () => Rows.Of(Pairs(("y", new int[1]), ("x", null!))) },
        { "column 1 has no name", "columns", () => Rows.Of(Pairs(("y", new int[1]), (null!, new int[1]))) },
        { "column 0 has no name", "columns", () =>
            DataPart.Of(Pairs(("", new int[1])), new DataOptions { Label = "y" }) },
        { "column 0 has no name", "columns", () => Rows.Of(Pairs((" ", new int[1]))) },
        { "a table needs at least one column", "columns", () => Rows.Of(Pairs()) },
        { "ValueTuple has no public properties; columns by name are pairs of a string and an IEnumerable", "records",
            () => Rows.Of([("x", 1)]) },
        { "column 1 is null", "columns", () => _ = new Rows([Amounts.Columns[0], null!]) },
        { "column 0 is null", "columns", () => _ = new Quantities([null!]) },
        { "name 1 is null", "names", () => _ = new Classification(["a", null!]) },
        { "name 1 is null", "names", () => _ = Rows.Of(new double[2], 2, ["a", null!]) },
        { "row 1 has text 1, but there are 1", "Codes", () => _ = new TextColumn("t", ["a"], [0, 1]) },
        { "text 0 is null", "Texts", () => _ = new TextColumn("t", [null!], [0]) },
        { "name 0 is null", "Names", () => _ = new Regression([NumberScale.None], [null!]) },
        { "column 0 is null", "value", () => _ = new DataOptions { Ignore = [null!] } },
    };

    [Theory]
    [MemberData(nameof(Within))]
    public void What_is_null_or_missing_within_an_argument_is_named(string message, string parameter, Action act)
    {
        var thrown = Assert.Throws<ArgumentException>(act);
        Assert.Equal((message, parameter), (thrown.Message.Split(" (Parameter")[0], thrown.ParamName));
    }

    private static (string, IEnumerable)[] Pairs(params (string, IEnumerable)[] columns) => columns;

    private static bool IsOperator(MethodBase member) => member.Name.StartsWith("op_", StringComparison.Ordinal);

    private static MethodBase Closed(MethodBase member) => member is MethodInfo { IsGenericMethodDefinition: true } open
        ? open.MakeGenericMethod(open.Name == nameof(DataPart.Of) ? typeof(House) : typeof(float)) : member;

    private static object? Value(ParameterInfo parameter) =>
        parameter.HasDefaultValue && parameter.DefaultValue is var usual
            ? parameter.ParameterType.IsEnum ? Enum.ToObject(parameter.ParameterType, usual!) : usual
        : Value(parameter.ParameterType);

    private static object Value(Type type) => Values.First(type.IsInstanceOfType);

    private static string Name(MethodBase member, ParameterInfo parameter) =>
        $"{member.DeclaringType!.Name}.{member.Name}({string.Join(", ", member.GetParameters().Select(
            each => $"{each.ParameterType.Name} {each.Name}"))}): {parameter.Name}";
}
