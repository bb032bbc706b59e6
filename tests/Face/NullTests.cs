using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;
using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Experiments;
using Functional.Host.Files;
using Functional.Host.Models;
using Functional.Host.Runs;
using Functional.Host.Search;
using Functional.Tests.Data;
using MathNet.Numerics.LinearAlgebra;
using Microsoft.FSharp.Core;

namespace Functional.Tests.Face;

/// <summary>Null in the place of every argument that can't be null, of every public method and constructor: reported as
/// such, by its name, and never met inside.</summary>
public sealed class NullTests : IDisposable
{
    // The curried modules are for F#, whose types have no null.
    private static readonly string[] Left = ["Functional.FSharp"];
    private static readonly Network<float> Net = Network.Create([4, 3], Activation.Relu, Initializer.He);
    private static readonly Matrix<float> X = Matrix<float>.Build.Dense(4, 2);
    private static readonly Matrix<double> Wide = Matrix<double>.Build.Dense(4, 2);
    private static readonly DataPart Table = SmallTables.Labeled(new double[8], [0, 1], Classification.Numbered(3));

    private readonly TemporaryFolder folder = new();
    private readonly NullabilityInfoContext nullability = new();
    private readonly Dictionary<Type, object> samples;
    private readonly HashSet<Type> making = [];

    public NullTests() => samples = new()
    {
        [typeof(string)] = folder["none"],
        [typeof(int)] = 1, [typeof(long)] = 1L, [typeof(double)] = 0.5, [typeof(float)] = 0.5f, [typeof(bool)] = false,
        [typeof(byte)] = (byte)1,
        [typeof(Network<float>)] = Net, [typeof(Matrix<float>)] = X, [typeof(Vector<float>)] = X.Column(0),
        [typeof(Batch<float>)] = Batch.Of(X, [0, 1]), [typeof(Key)] = Key.OfSeed(0),
        [typeof(Parameters<float>)] = Net.Parameters(), [typeof(Optimizer)] = Optimizer.Adam(),
        [typeof(Activation)] = Activation.Relu, [typeof(Initializer)] = Initializer.He,
        [typeof(TrainingState<float>)] = Training.Start(Net, Optimizer.Adam()),
        [typeof(DataPart)] = Table, [typeof(DataSet)] = new DataSet(Table, Table), [typeof(Samples)] = Table.Samples,
        [typeof(Targets)] = Table.Targets, [typeof(FeatureEncoder)] = SmallTables.Encoder([0], [1], ["a"]),
        [typeof(LearningTask)] = Classification.Numbered(3), [typeof(Rows)] = Table.Samples,
        [typeof(Classes)] = Table.Targets, [typeof(Matrix<double>)] = Wide, [typeof(Vector<double>)] = Wide.Column(0),
        [typeof(ILayer<double>)] = Layer.Of<double>(Activation.Relu), [typeof(Batch<double>)] = Batch.Of(Wide, [0, 1]),
        [typeof(Network<double>)] = Network.Create<double>([4, 3], Activation.Relu, Initializer.He, seed: 1),
        [typeof(Curves)] = new Curves(
            new Variant("a", new TrainConfiguration()), [new Curve([1], [], [(1, [1.0, 1.0])], "", 0)]),
        [typeof(SearchSpace)] = new SearchSpace(Hyperparameter.Uniform("a", 0, 1)),
        [typeof(Stream)] = new MemoryStream(), [typeof(TextWriter)] = new StringWriter(),
        [typeof(Tensor)] = Tensor.Of("x", [2], new float[2]),
        [typeof(Safetensors)] =
            new Safetensors("x", new Dictionary<string, string>(), [Tensor.Of("x", [2], new float[2])]),
        [typeof(Chart)] = new LineChart("t", new Axis("x"), new Axis("y")),
        [typeof(Model<float>)] = new Model<float>(Net), [typeof(CancellationToken)] = CancellationToken.None,
        [typeof(Hyperparameter)] = Hyperparameter.Uniform("a", 0, 1), [typeof(LabSettings)] = new LabSettings(),
        [typeof(TrainConfiguration)] = new TrainConfiguration(), [typeof(Domain)] = new RangeDomain(0, 1),
        [typeof(HyperparameterValue)] = (HyperparameterValue)0.5,
        [typeof(StudySettings)] = new StudySettings(new SearchSpace(Hyperparameter.Uniform("a", 0, 1))),
        [typeof(GradientCheckSettings)] = GradientCheckSettings.Default, [typeof(Loss)] = Loss.SoftmaxCrossEntropy(),
        [typeof(ILayer<float>)] = Layer.Of<float>(Activation.Relu),
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void No_public_member_meets_null_unprepared()
    {
        var (faults, asked, unmade) = (new List<string>(), 0, new List<string>());
        Assembly[] assemblies = [typeof(Network).Assembly, typeof(DataSets).Assembly];
        foreach (var (member, type) in from assembly in assemblies
                 from type in assembly.GetExportedTypes()
                 where type.Namespace is { } name && !Left.Contains(name) && !typeof(Delegate).IsAssignableFrom(type)
                 from member in Members(type)
                 select (member, type))
            foreach (var parameter in member.GetParameters().Where(IsWithoutNull))
            {
                var place = $"{type.Namespace}.{type.Name}.{member.Name}"
                    + $"({string.Join(", ", member.GetParameters().Select(one => one.Name))}): {parameter.Name}";
                if (Call(member, parameter) is not { } call)
                {
                    unmade.Add(place);
                    continue;
                }
                asked++;
                if (Fault(call.Member, call.Instance, call.Values, parameter) is { } fault)
                    faults.Add($"{place}: {fault}");
            }
        Assert.True(faults.Count == 0,
            $"{faults.Count} of {asked}\n{string.Join('\n', faults)}\nnot made:\n{string.Join('\n', unmade)}");
        // Where no other arguments can be made, nothing is asked: of a few only.
        Assert.True(asked > 480 && unmade.Count < 50, $"{asked} asked, not made:\n{string.Join('\n', unmade)}");
    }

    private static IEnumerable<MethodBase> Members(Type type)
    {
        const BindingFlags Public =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var made = type.IsAbstract || type.IsValueType ? [] : type.GetConstructors();
        return [.. made, .. type.IsInterface ? [] : type.GetMethods(Public).Where(method =>
            !method.IsSpecialName && !method.IsAbstract
            && method.GetCustomAttribute<CompilerGeneratedAttribute>() is null
            && method.Name is not ("Equals" or "CompareTo" or "GetHashCode" or "ToString"))];
    }

    private bool IsWithoutNull(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType && !parameter.ParameterType.IsByRef
        && !parameter.ParameterType.IsGenericParameter && !parameter.HasDefaultValue && !parameter.IsOptional
        && nullability.Create(parameter).WriteState != NullabilityState.Nullable;

    // What C# and F# make of a record's declaration holds what it is given, as the languages have it, and so does a
    // member that makes one: those who read it meet the null, as with any record of any library.
    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null
        || type.GetCustomAttributesData().Any(one => one.AttributeType.Name == "CompilationMappingAttribute"
            && one.ConstructorArguments is [{ Value: int kind }, ..]
            && (SourceConstructFlags)kind is SourceConstructFlags.RecordType or SourceConstructFlags.SumType);

    private static string? Fault(MethodBase called, object? instance, object?[] values, ParameterInfo parameter)
    {
        try
        {
            var result = called is ConstructorInfo constructor
                ? constructor.Invoke(values) : called.Invoke(instance, values);
            (result as IDisposable)?.Dispose();
            return IsRecord(called is MethodInfo method ? method.ReturnType : called.DeclaringType!) ? null : "taken";
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentNullException found)
        {
            // A record's parameters are properties, those of what makes it are not.
            return string.Equals(found.ParamName, parameter.Name, StringComparison.OrdinalIgnoreCase)
                ? null : $"reported as '{found.ParamName}'";
        }
        catch (TargetInvocationException e)
        {
            return e.InnerException is ArgumentException ? null : e.InnerException!.GetType().Name;
        }
    }

    private (MethodBase Member, object? Instance, object?[] Values)? Call(MethodBase member, ParameterInfo isNull)
    {
        const BindingFlags Public = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static;
        try
        {
            var declaring = Closed(member.DeclaringType!);
            MethodBase called = member is ConstructorInfo
                ? declaring.GetConstructors().First(one => one.MetadataToken == member.MetadataToken)
                : declaring.GetMethods(Public).First(one => one.MetadataToken == member.MetadataToken);
            if (called is MethodInfo { IsGenericMethodDefinition: true } generic)
                called = generic.MakeGenericMethod([.. generic.GetGenericArguments().Select(_ => typeof(float))]);
            var values = called.GetParameters()
                .Select(one => one.Position == isNull.Position ? null : Value(one.ParameterType)).ToArray();
            return (called, called.IsStatic || called is ConstructorInfo ? null : Value(declaring), values);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or TargetInvocationException
            or NotSupportedException or MemberAccessException)
        {
            return null;
        }
    }

    private static Type Closed(Type type) => type.IsGenericTypeDefinition
        ? type.MakeGenericType([.. type.GetGenericArguments().Select(_ => typeof(float))]) : type;

    // A value of the type: known, a function that gives nothing, a list of one, or what a constructor makes.
    private object Value(Type type)
    {
        if (samples.TryGetValue(type, out var known))
            return known;
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return Expression.Lambda(
                type, Expression.Default(invoke.ReturnType),
                invoke.GetParameters().Select(one => Expression.Parameter(one.ParameterType))).Compile();
        }
        if (type.IsByRefLike || type.IsByRef)
            throw new NotSupportedException();
        var element = type.IsArray ? type.GetElementType()!
            : type.IsGenericType && type.IsInterface ? type.GetGenericArguments()[0] : null;
        if (element is not null && type.IsAssignableFrom(element.MakeArrayType()))
        {
            var array = Array.CreateInstance(element, 1);
            array.SetValue(Value(element), 0);
            return array;
        }
        if (type.IsValueType)
            return Activator.CreateInstance(type)!;
        if (!making.Add(type))
            throw new NotSupportedException();
        try
        {
            var property = type.GetProperties(BindingFlags.Public | BindingFlags.Static)
                .FirstOrDefault(one => one.PropertyType == type);
            if (property?.GetValue(null) is { } shared)
                return samples[type] = shared;
            var constructor =
                type.IsAbstract ? null : type.GetConstructors().MinBy(one => one.GetParameters().Length);
            if (constructor is not null)
                return samples[type] = constructor.Invoke([.. constructor.GetParameters().Select(
                    one => one.HasDefaultValue ? one.DefaultValue : Value(one.ParameterType))]);
            var maker = type.GetMethods(BindingFlags.Public | BindingFlags.Static)
                .First(one => one.ReturnType == type && !one.IsGenericMethod);
            return samples[type] =
                maker.Invoke(null, [.. maker.GetParameters().Select(one => Value(one.ParameterType))])!;
        }
        finally
        {
            making.Remove(type);
        }
    }
}
