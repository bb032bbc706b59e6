using MathNet.Numerics.LinearAlgebra;

namespace Functional.Tests.Face;

/// <summary>PReLU: y = x above 0, otherwise a x, with a trained slope a per feature; as docs/extending.md has
/// it.</summary>
public sealed class PRelu<T>(Vector<T> slopes) : ILayer<T> where T : unmanaged,
    System.Numerics.IFloatingPointIeee754<T>
{
    public string Name => "prelu";

    public string Description => $"prelu {slopes.Count}";

    public int Inputs => slopes.Count;

    public int Outputs => slopes.Count;

    public IReadOnlyList<string> Faults => [];

    public IReadOnlyList<Parameter<T>> Parameters => [Parameter.Of("slopes", Role.Scale, slopes)];

    public ILayer<T> WithParameters(IReadOnlyList<Parameter<T>> parameters) => new PRelu<T>(parameters[0].Values);

    public Matrix<T> Predict(Matrix<T> x) => x.MapIndexed((i, _, value) => value > T.Zero ? value : slopes[i] * value);

    public (Matrix<T>, Func<Matrix<T>, (IReadOnlyList<Parameter<T>>, Lazy<Matrix<T>>)>) Forward(Matrix<T> x, Key key) =>
        (Predict(x), dy => (
            [Parameter.Of("slopes", Role.Scale, dy.PointwiseMultiply(x.Map(value => T.Min(value, T.Zero))).RowSums())],
            new(() => dy.MapIndexed((i, j, d) => x[i, j] > T.Zero ? d : slopes[i] * d))));
}

/// <summary>y = g f(x) + (1 - g) x with a trained gate g; as docs/extending.md has it.</summary>
public sealed class Highway<T>(Network<T> inner) : ILayer<T> where T : unmanaged,
    System.Numerics.IFloatingPointIeee754<T>
{
    private readonly int units = inner.Inputs;

    public string Name => "highway";

    public string Description => $"highway {units}";

    public int Inputs => units;

    public int Outputs => units;

    public IReadOnlyList<string> Faults => [];

    public IReadOnlyList<Parameter<T>> Parameters => inner.Leaves();

    public ILayer<T> WithParameters(IReadOnlyList<Parameter<T>> parameters) =>
        new Highway<T>(inner.WithLeaves(parameters));

    public Matrix<T> Predict(Matrix<T> x) => Forward(x, default).Item1;

    public (Matrix<T>, Func<Matrix<T>, (IReadOnlyList<Parameter<T>>, Lazy<Matrix<T>>)>) Forward(Matrix<T> x, Key key)
    {
        var (both, back) = inner.Forward(x, key);
        var (f, backF) = Activation.Tanh.Forward(both.SubMatrix(0, units, 0, x.ColumnCount));
        var (g, backG) = Activation.Sigmoid.Forward(both.SubMatrix(units, units, 0, x.ColumnCount));
        return (x + g.PointwiseMultiply(f - x), dy =>
        {
            var (gradient, dx) = back(backF(dy.PointwiseMultiply(g)).Stack(backG(dy.PointwiseMultiply(f - x))));
            return (inner.LeavesAfter(gradient), new(() => dx.Value + dy - dy.PointwiseMultiply(g)));
        });
    }
}
