using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>Nobody can write to a network, a state or a batch: every public member is called, and everything that it
/// hands out is overwritten.</summary>
public class HandedOutTests
{
    private const BindingFlags Public =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Network<float> Network = Functional.Network.Of(
    [
        Layer.Chain<float>(), .. Functional.Network.Create([3, 4], Activation.Relu, Initializer.He, seed: 1).Layers,
        .. Layer.BuiltIn<float>(4),
        Layer.Residual(Layer.Tied(
            [Tie.Of("affine1.weight", "affine2.weight")],
            [.. Functional.Network.Create([4, 4, 4], Activation.Tanh, Initializer.He, seed: 1).Layers])),
        Layer.Parallel(Join.Concatenate, Layer.BatchNorm<float>(4), new PRelu<float>(Vector<float>.Build.Dense(4))),
        .. Functional.Network.Create([8, 2], Activation.Relu, Initializer.He, seed: 1).Layers,
    ]);

    private static readonly Batch<float> Labeled =
        Batch.Of(Matrix<float>.Build.Dense(3, 5, (i, j) => i - j), [0, 1, 1, 0, 1]);

    private static readonly Batch<float> Valued =
        Batch.Of(Labeled.Inputs, Matrix<float>.Build.Dense(2, 5, (i, j) => (i + j) % 2));

    private static readonly TrainingState<float> State =
        Training.Step(Training.Start(Network, Optimizer.Adam()), Labeled).Item1;

    private static readonly Gradient<float> Gradient = Network.Gradient(Labeled, Key.OfSeed(1));

    private static readonly Average<float> Mean = Average.Start(0.9, Network.Parameters());

    // New ones each time, so that what is written to one is seen by nobody.
    private static readonly Dictionary<Type, Func<object>> Samples = new()
    {
        [typeof(Network<float>)] = () => State.Network, [typeof(Batch<float>)] = () => Labeled,
        [typeof(TrainingState<float>)] = () => State, [typeof(OptimizerState<float>)] = () => State.OptimizerState,
        [typeof(Optimizer)] = () => State.Optimizer, [typeof(Key)] = () => Key.OfSeed(2),
        [typeof(Parameters<float>)] = () => State.Network.Parameters(), [typeof(Gradient<float>)] = () => Gradient,
        [typeof(Average<float>)] = () => Mean, [typeof(Targets<float>)] = () => Valued.Targets,
        [typeof(Matrix<float>)] = () => Labeled.Inputs, [typeof(ILayer<float>)] = () => State.Network.Layers[1],
        [typeof(Vector<float>)] = () => Vector<float>.Build.Dense(4), [typeof(Loss)] = () => State.Network.Loss,
        [typeof(Penalty)] = () => Penalty.L2(0.1), [typeof(int)] = () => 1, [typeof(double)] = () => 0.5,
        [typeof(long)] = () => 1L, [typeof(bool)] = () => false, [typeof(string)] = () => "affine1.weight",
        [typeof(IReadOnlyList<ILayer<float>>)] = () => State.Network.Layers,
        [typeof(IReadOnlyList<Parameter<float>>)] = () => State.Network.Leaves(),
        [typeof(IEnumerable<Parameter<float>>)] = () => State.Network.Parameters(),
    };

    private static string Truth() => string.Join('\n',
    [
        Network.Digest(), State.Network.Digest(), Text(Gradient.Parameters), Text(Gradient.Statistics),
        Text(State.OptimizerState.ToLeaves()), Text(Mean.Value()), Labeled.ToString(), Text(Labeled), Text(Valued),
        .. Network.Names,
    ]);

    private static string Text(Parameters<float> leaves) =>
        string.Join(' ', leaves.Select(leaf => leaf.Name)) + string.Join(' ', leaves.ToVector().ToArray());

    private static string Text(Batch<float> batch) =>
        string.Join(' ', batch.Inputs.Enumerate()) + Network.LossOf(batch);

    [Fact]
    public void No_write_to_what_is_handed_out_reaches_a_network_a_state_or_a_batch()
    {
        var (truth, called) = (Truth(), 0);
        void Try(string name, Func<object?> hand)
        {
            object? handed;
            try
            {
                handed = hand();
            }
            catch (TargetInvocationException)
            {
                // The samples don't fit together.
                return;
            }
            called++;
            Overwrite(handed, [], 0);
            Assert.True(
                Truth() == truth, $"a write to what {name} hands out reaches a network, a state or a batch");
        }
        foreach (var type in typeof(Network).Assembly.GetExportedTypes().Where(type =>
                     type.Namespace == "Functional" && !type.IsInterface && !typeof(Delegate).IsAssignableFrom(type)))
            foreach (var method in Closed(type).GetMethods(Public).Where(method =>
                         method.Name is not ("Adopt" or "GetHashCode" or "CompareTo")))
            {
                var closed = method.IsGenericMethodDefinition
                    ? method.MakeGenericMethod([.. method.GetGenericArguments().Select(_ => typeof(float))]) : method;
                var parameters = closed.GetParameters();
                if ((closed.IsStatic || Samples.ContainsKey(closed.DeclaringType!))
                    && parameters.All(one => Samples.ContainsKey(one.ParameterType)))
                    Try($"{type.Name}.{method.Name}", () => closed.Invoke(
                        closed.IsStatic ? null : Samples[closed.DeclaringType!](),
                        [.. parameters.Select(one => Samples[one.ParameterType]())]));
            }
        foreach (var (type, sample) in Samples)
            Try(type.Name, sample);
        foreach (var layer in Network.Layers)
        {
            Try($"Forward of {layer}", () => layer.Forward(Matrix<float>.Build.Dense(layer.Inputs, 5), default));
            Try($"WithParameters of {layer}", () => layer.WithParameters(layer.Parameters));
        }
        Try("the network's pullback", () =>
        {
            var (scores, back) = Network.Forward(Labeled.Inputs, default);
            return back(scores);
        });
        Assert.True(called > 100, $"{called} calls");
    }

    [Fact]
    public void What_the_issue_lists_reaches_nothing()
    {
        var truth = Truth();
        Network.Parameters()[0].Matrix[0, 0] = 9;
        Network.Parameters()["affine1.weight"].Values[0] = 9;
        Network.Parameters()[0].Values.AsArray()[0] = 9;
        Network.Parameters()[0].Matrix.AsColumnMajorArray()[0] = 9;
        ((Affine<float>)Network.Layers[1]).Weight[0, 0] = 9;
        Network.Statistics()[0].Values[0] = 9;
        Labeled.Inputs[0, 0] = 9;
        ((Targets<float>.Values)Valued.Targets).Item[0, 0] = 9;
        foreach (var leaf in Network.Leaves())
            leaf.Values.Clear();
        foreach (var layer in Network.Layers)
            foreach (var leaf in layer.Parameters)
                leaf.Values.Clear();
        Assert.False(Network.Layers is ILayer<float>[] or IList<ILayer<float>>);
        State.OptimizerState.Slots[0].Values[0].Values[0] = 9;
        Assert.Equal(truth, Truth());
    }

    [Fact]
    public void What_is_overwritten_has_changed()
    {
        var (array, matrix, inside) = (new float[1], Matrix<float>.Build.Dense(1, 1), Vector<float>.Build.Dense(1));
        Overwrite(new object[] { array, new Lazy<Matrix<float>>(matrix), (1, inside) }, [], 0);
        Assert.Equal((7f, 7f, 7f), (array[0], matrix[0, 0], inside[0]));
    }

    private static Type Closed(Type type) => type.IsGenericTypeDefinition
        ? type.MakeGenericType([.. type.GetGenericArguments().Select(_ => typeof(float))]) : type;

    /// <summary>Writes to every array, matrix, vector and list that can be reached by public members.</summary>
    private static void Overwrite(object? handed, HashSet<object> seen, int depth)
    {
        if (handed is null or string or Type or Delegate
            || handed.GetType() is { IsPrimitive: true } or { IsEnum: true }
            || depth > 8 || !handed.GetType().IsValueType && !seen.Add(handed))
            return;
        switch (handed)
        {
            case Matrix<float> matrix:
                matrix.MapInplace(_ => 7, Zeros.Include);
                Overwrite(matrix.AsColumnMajorArray(), seen, depth + 1);
                return;
            case Vector<float> vector:
                vector.MapInplace(_ => 7, Zeros.Include);
                Overwrite(vector.AsArray(), seen, depth + 1);
                return;
            case float[] numbers:
                Array.Fill(numbers, 7);
                return;
        }
        if (handed is IEnumerable items)
            foreach (var item in items)
                Overwrite(item, seen, depth + 1);
        if (handed is ITuple tuple)
            for (var i = 0; i < tuple.Length; i++)
                Overwrite(tuple[i], seen, depth + 1);
        foreach (var property in handed.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
                     .Where(one => one.GetIndexParameters().Length == 0 && !one.PropertyType.IsByRefLike))
            try
            {
                Overwrite(property.GetValue(handed), seen, depth + 1);
            }
            catch (TargetInvocationException)
            {
                // As the head of an empty list.
            }
        if (handed is ILayer<float> layer)
            Overwrite(layer.Parameters, seen, depth + 1);
        if (handed is Array { Rank: 1 } list)
            for (var i = 0; i < list.Length; i++)
                list.SetValue(null, i);
    }
}
