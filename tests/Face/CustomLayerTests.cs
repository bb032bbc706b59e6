using System.Reflection;
using Functional;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>A layer of a user's own, written in C#, and the rest of the layers as C# sees them.</summary>
public class CustomLayerTests
{
    /// <summary>A factor per feature, and noise of a given deviation in training.</summary>
    private sealed class NoisyScale<T>(Vector<T> factors, double deviation) : ILayer<T>
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        public string Name => "scale";

        public string Description => FormattableString.Invariant($"scale {factors.Count} (noise {deviation})");

        public int Inputs => factors.Count;

        public int Outputs => factors.Count;

        public IReadOnlyList<string> Faults => [];

        public IReadOnlyList<Parameter<T>> Parameters => [Parameter.Of("factors", Role.Scale, factors)];

        public ILayer<T> WithParameters(IReadOnlyList<Parameter<T>> parameters) =>
            new NoisyScale<T>(parameters[0].Values, deviation);

        public Matrix<T> Predict(Matrix<T> x) => x.MapIndexed((i, _, value) => factors[i] * value);

        public (Matrix<T>, Func<Matrix<T>, (IReadOnlyList<Parameter<T>>, Lazy<Matrix<T>>)>) Forward(
            Matrix<T> x, Key key)
        {
            var noise = key.Normals(x.RowCount * x.ColumnCount);
            var y = Predict(x).MapIndexed(
                (i, j, value) => value + T.CreateChecked(deviation * noise[j * x.RowCount + i]));
            return (y, dy => (
                [Parameter.Of("factors", Role.Scale, dy.PointwiseMultiply(x).RowSums())],
                new(() => dy.MapIndexed((i, _, value) => factors[i] * value))));
        }
    }

    private static Network<T> Build<T>(double noise) where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        Network.Create<T>(
            [2, 16, 16, 2],
            units =>
            [
                Layer.BatchNorm<T>(units),
                Layer.Of<T>(Activation.LeakyRelu(0.1)),
                new NoisyScale<T>(Vector<T>.Build.Dense(units, T.One), noise),
                Layer.Dropout<T>(0.1),
            ],
            Initializer.He, seed: 1)
        .WithPenalty(Penalty.L2(1e-4));

    // Two classes on either side of a circle.
    private static Batch<T> Circle<T>(int samples, Key key) where T : unmanaged,
        System.Numerics.IFloatingPointIeee754<T>
    {
        var numbers = key.Uniforms(2 * samples);
        var x = Matrix<T>.Build.Dense(2, samples, (i, j) => T.CreateChecked(4 * numbers[2 * j + i] - 2));
        return Batch.Of(x, [.. Enumerable.Range(0, samples)
            .Select(j => x[0, j] * x[0, j] + x[1, j] * x[1, j] < T.CreateChecked(2) ? 1 : 0)]);
    }

    [Fact]
    public void It_trains()
    {
        var state = Training.Start(Build<float>(noise: 0.01), Optimizer.Sgd(learningRate: 0.2));
        var key = Key.OfSeed(2);
        for (var step = 0; step < 600; step++)
            (state, _) = Training.Step(state, Circle<float>(50, key.Child(step)));
        Assert.True(state.Network.Accuracy(Circle<float>(1000, key.Child(-1))) > 0.95);
        Assert.NotEqual(1f, state.Network.Parameters()["scale1.factors"].Values[0]);
        Assert.NotEqual(0f, state.Network.Statistics()["batchnorm2.mean"].Values[0]);
    }

    [Fact]
    public void Its_gradient_is_checked_like_any_other()
    {
        var (network, batch, key) = (Build<double>(noise: 0.1), Circle<double>(12, Key.OfSeed(3)), Key.OfSeed(4));
        var differences = Differences.Compare(
            network.Gradient(batch, key).Parameters, Differences.OfNetwork(network, batch, key));
        Assert.Contains(differences, difference => difference.Parameter == "scale2.factors");
        Assert.All(differences, difference => Assert.InRange(difference.LargestRelative, 0, 1e-6));
    }

    [Fact]
    public void It_keeps_the_laws_of_layers()
    {
        var layer = new NoisyScale<double>(Vector<double>.Build.Dense(3, i => i - 0.5), deviation: 0.1);
        Laws.RequireLayer(layer);
        GradientCheck.OfLayer(layer, Matrix<double>.Build.Dense(3, 4, (i, j) => i - (0.3 * j))).Require();
        var report = GradientCheck.OfNetwork(
            Build<double>(noise: 0.1), Circle<double>(12, Key.OfSeed(3)),
            GradientCheckSettings.Default.WithDirections(5));
        Assert.True(report.Agrees, report.ToString());
        Assert.Equal(5, report.Compared + report.AtKinks);
    }

    [Fact]
    public void Any_function_and_any_optimizer_of_ones_own_is_checked()
    {
        var x = Vector<double>.Build.Dense([1, -2, 3]);
        GradientCheck.OfFunction(v => v.DotProduct(v), v => 2 * v, x).Require();
        var wrong = GradientCheck.OfFunction(v => v.DotProduct(v), v => -2 * v, x);
        Assert.Equal(3, wrong.Mismatches.Count);
        Assert.Equal(("x", 2), (wrong.Mismatches[0].Parameter, wrong.Mismatches[0].Index[0]));
        Assert.Equal(6, wrong.Mismatches[0].Measured, 1e-6);
        var m = Matrix<double>.Build.Dense(2, 3, (i, j) => i + (0.5 * j) - 0.7);
        GradientCheck.OfPullback(
            z => (z.PointwiseTanh(), dy => dy.PointwiseMultiply(1 - z.PointwiseTanh().PointwisePower(2))), m).Require();
        var transposed = GradientCheck.OfPullback(z => (z.Transpose(), dy => 2 * dy.Transpose()), m);
        Assert.Equal((6, "input"), (transposed.Mismatches.Count, transposed.Mismatches[0].Parameter));
        Laws.RequireOptimizer<int>(
            _ => 0, (steps, parameters, gradient) =>
                (parameters.WithVector(parameters.ToVector() - (0.1 * gradient.ToVector())), steps + 1));
        Assert.NotEmpty(Laws.OfOptimizer<int>(_ => 0, (steps, parameters, gradient) => (gradient, steps + 1)));
    }

    [Fact]
    public void It_is_named_described_and_part_of_the_digest()
    {
        var network = Build<float>(noise: 0.5);
        Assert.Equal(["scale1", "scale2"],
            network.Names.Where(name => name.StartsWith("scale", StringComparison.Ordinal)));
        Assert.Contains("scale 16 (noise 0.5)", network.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(network.Digest(), Build<float>(noise: 0.25).Digest());
    }

    [Fact]
    public void A_gradient_unlike_its_parameters_is_refused()
    {
        var network = Network.Of<float>([new Wrong()]);
        var error = Assert.Throws<ArgumentException>(
            () => network.Gradient(Circle<float>(4, Key.OfSeed(1)), Key.OfSeed(0)));
        Assert.Contains(
            "the gradient of wrong1 has 1 leaves, but the parameters have 0", error.Message, StringComparison.Ordinal);
    }

    private sealed class Wrong : ILayer<float>
    {
        public string Name => "wrong";

        public string Description => "wrong 2";

        public int Inputs => 2;

        public int Outputs => 2;

        public IReadOnlyList<string> Faults => [];

        public IReadOnlyList<Parameter<float>> Parameters => [];

        public ILayer<float> WithParameters(IReadOnlyList<Parameter<float>> parameters) => this;

        public Matrix<float> Predict(Matrix<float> x) => x;

        public (Matrix<float>, Func<Matrix<float>, (IReadOnlyList<Parameter<float>>, Lazy<Matrix<float>>)>) Forward(
            Matrix<float> x, Key key) =>
            (x, dy => ([Parameter.Of("factors", Role.Scale, dy.Column(0))], new(dy)));
    }

    [Fact]
    public void A_loop_by_hand_folds_statistics()
    {
        var network = Build<float>(noise: 0);
        var batch = Circle<float>(20, Key.OfSeed(1));
        var start = Training.Start(network, Optimizer.Sgd(0.1), Key.OfSeed(5));
        var (stepped, report) = Training.Step(start, batch);
        var gradient = network.Gradient(batch, Key.OfSeed(5).Child(0));
        var (parameters, _) = start.Optimizer.Update(start.OptimizerState, network.Parameters(), gradient.Parameters);
        Assert.Equal(stepped.Network.Digest(),
            network.WithParameters(parameters).WithStatistics(gradient.Statistics).Digest());
        Assert.Equal(report.Loss, network.TrainingLoss(batch, Key.OfSeed(5).Child(0)));
    }

    [Fact]
    public void Losses_and_activations_are_made_by_name()
    {
        Assert.Equal("leaky-relu:0.01", Activation.LeakyRelu().ToString());
        Assert.Equal("elu:0.5", Activation.Elu(0.5).ToString());
        Assert.Equal("softmax cross-entropy (label smoothing 0.1)",
            Loss.SoftmaxCrossEntropy(labelSmoothing: 0.1).ToString());
        Assert.Equal("Huber (delta 2)", Loss.Huber(2).ToString());
        Assert.Equal("L1 0.1, L2 0.2", Penalty.ElasticNet(0.1, 0.2).ToString());
        Assert.Equal(Activation.Elu(), Activation.Elu(1));
        var parameter = Matrix<double>.Build.Dense(1, 2, [2, -3]);
        var gradient = Matrix<double>.Build.Dense(1, 2, [1, 1]);
        Assert.Equal(Matrix<double>.Build.Dense(1, 2, [1.5, 0.5]), Regularization.Lasso(0.5, parameter, gradient));
        Assert.Equal(Matrix<double>.Build.Dense(1, 2, [2, -0.5]), Regularization.Ridge(0.5, parameter, gradient));
    }

    [Fact]
    public void No_function_list_or_option_of_FSharp_is_seen()
    {
        const BindingFlags own =
            BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var seen =
            from type in typeof(Network).Assembly.GetExportedTypes()
            where type.Namespace == "Functional"
            from member in type.GetMembers(own)
            from part in Parts(member)
            where part.FullName is { } name
                && (name.StartsWith("Microsoft.FSharp.Core.FSharpFunc", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.FSharp.Core.FSharpOption", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.FSharp.Core.FSharpValueOption", StringComparison.Ordinal)
                || name.StartsWith("Microsoft.FSharp.Collections.FSharpList", StringComparison.Ordinal))
            select $"{type.Name}.{member.Name}";
        Assert.Empty(seen);
    }

    private static IEnumerable<Type> Parts(MemberInfo member) => (member switch
    {
        MethodBase method => method.GetParameters().Select(parameter => parameter.ParameterType)
            .Append((method as MethodInfo)?.ReturnType ?? typeof(void)),
        PropertyInfo property => [property.PropertyType],
        FieldInfo field => [field.FieldType],
        _ => [],
    }).SelectMany(Nested);

    // An unbound generic type has no full name; its definition has.
    private static IEnumerable<Type> Nested(Type type) =>
        type.IsGenericType ? [type.GetGenericTypeDefinition(), .. type.GetGenericArguments().SelectMany(Nested)]
            : [type];
}
