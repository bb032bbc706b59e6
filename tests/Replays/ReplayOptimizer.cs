using Functional.Host.Files;

namespace Functional.Tests.Replays;

/// <summary>Optimizers as cases describe them, with the book's formulas and names.</summary>
internal static class ReplayOptimizer
{
    private const string Outside = "outside the square root";

    private static readonly Dictionary<string, Func<DataValue, double, Optimizer>> All =
        new(StringComparer.OrdinalIgnoreCase)
        {
            ["SGD"] = (_, rate) => Optimizer.Sgd(rate),
            ["Momentum"] = (it, rate) => Optimizer.Momentum(rate, it["momentum"].Number),
            ["Nesterov"] = (it, rate) => Optimizer.Nesterov(rate, it["momentum"].Number),
            ["AdaGrad"] = (it, rate) => Optimizer.AdaGrad(rate, Epsilon(it)),
            ["RMSprop"] = (it, rate) => Optimizer.RmsProp(rate, it["decay_rate"].Number, Epsilon(it)),
            ["Adam"] = (it, rate) => Optimizer.Adam(rate, it["beta1"].Number, it["beta2"].Number, Epsilon(it)),
        };

    /// <summary>The optimizer that a description means.</summary>
    /// <exception cref="Files.DataException">There is none of this name, a number is missing, or it can't be right.
    /// </exception>
    public static Optimizer Of(DataValue description)
    {
        var name = description["name"];
        if (!All.TryGetValue(name.Text, out var create))
            throw name.Error($"one of {string.Join(", ", All.Keys)}");
        var optimizer = create(description, description["lr"].Number);
        var faults = optimizer.Faults();
        return faults.Count == 0
            ? optimizer
            : throw description.Error(
                "an optimizer that works", string.Join("; ", faults.Select(fault => fault.Message)));
    }

    // The book's 1e-7 stands in every rule that divides; elsewhere it is inside the root.
    private static double Epsilon(DataValue description)
    {
        if (description.Find("epsilon_place") is { } place && place.Text != Outside)
            throw place.Error(Outside);
        return description.Find("epsilon")?.Number ?? 1e-7;
    }
}
