using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>Layers to be made of tensors, kind by kind.</summary>
internal static class LayerPlans
{
    /// <summary>An affine layer; without a bias it is 0.</summary>
    public static LayerPlan<T> Affine<T>(string weight, IReadOnlyList<int> shape, string? bias)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        new(
            [
                new LeafPlan(weight, "weight", Role.Weight, shape),
                .. bias is null ? [] : (LeafPlan[])[new LeafPlan(bias, "bias", Role.Bias, [shape[0]])],
            ],
            leaves => new Affine<T>(
                leaves[0].Matrix, leaves.Count > 1 ? leaves[1].Values : Vector<T>.Build.Dense(shape[0])));

    /// <summary>Batch normalization.</summary>
    public static LayerPlan<T> BatchNorm<T>(
        int units, BatchNormConfiguration configuration, string gamma, string beta, string mean, string variance)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        new(
            [
                .. ScaleShift(units, gamma, beta),
                new LeafPlan(mean, "mean", Role.Statistic, [units]),
                new LeafPlan(variance, "variance", Role.Statistic, [units]),
            ],
            leaves => new BatchNorm<T>(
                configuration, new ScaleShift<T>(leaves[0].Values, leaves[1].Values),
                new BatchNormStatistics<T>(leaves[2].Values, leaves[3].Values)));

    /// <summary>Layer normalization.</summary>
    public static LayerPlan<T> LayerNorm<T>(int units, double epsilon, string gamma, string beta)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T> =>
        new(
            ScaleShift(units, gamma, beta),
            leaves => new LayerNorm<T>(epsilon, new ScaleShift<T>(leaves[0].Values, leaves[1].Values)));

    /// <summary>A layer of a user's own.</summary>
    /// <exception cref="DataException">The table doesn't have it.</exception>
    public static LayerPlan<T> Custom<T>(DataValue layer, Func<string, string> named, LayerTable<T> table)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var (name, description) = (layer["name"].Text, layer["description"].Text);
        if (!table.TryGetValue(name, out var factory))
            throw layer["name"].Error(table.Count == 0
                ? "no custom layers, since nothing says how to make them"
                : $"one of the layers in the table ({string.Join(", ", table.Keys)})");
        var tensors = named(name);
        LeafPlan[] leaves =
        [
            .. layer["parameters"].Items.Select(leaf => new LeafPlan(
                $"{tensors}.{leaf["name"].Text}", leaf["name"].Text,
                Enum.TryParse<Role>(leaf["role"].Text, out var role) && Enum.IsDefined(role)
                    ? role : throw leaf["role"].Error(string.Join(", ", Enum.GetNames<Role>())),
                leaf["shape"].Items is { Count: 1 or 2 } shape
                    ? [.. shape.Select(size => size.Count)] : throw leaf["shape"].Error("one or two sizes"))),
        ];
        return new LayerPlan<T>(leaves, parameters =>
        {
            var made = factory(new SavedLayer<T>(name, description, parameters));
            static string Text(IEnumerable<Parameter<T>> parameters) =>
                string.Join(", ", parameters.Select(parameter => $"{parameter} as {parameter.Role}"));
            return made.Name == name && made.Description == description && Text(made.Parameters) == Text(parameters)
                ? made
                : throw layer.Error(
                    $"what the table makes of it to be '{name}', {description} with {Text(parameters)}",
                    $"'{made.Name}', {made.Description} with {Text(made.Parameters)}");
        });
    }

    private static LeafPlan[] ScaleShift(int units, string gamma, string beta) =>
        [new LeafPlan(gamma, "gamma", Role.Scale, [units]), new LeafPlan(beta, "beta", Role.Shift, [units])];
}
