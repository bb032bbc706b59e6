using Functional.Host.Files;

namespace Functional.Tests.Replays;

/// <summary>How far a computed tensor is from the case's.</summary>
/// <param name="Quantity">The tensor's name.</param>
/// <param name="Value">The largest |computed - reference| of its elements; as a share of the largest |reference|
/// (if that isn't 0) unless <paramref name="Absolute"/>.</param>
/// <param name="Limit">How large that may be.</param>
/// <param name="Absolute">Whether it is no share.</param>
internal sealed record Deviation(string Quantity, double Value, double Limit, bool Absolute)
{
    private const double Usual = 1e-10;
    private const double OfLosses = 1e-9;
    private const double OfNoise = 1e-9;

    // What is in a case that isn't there to start from.
    private static readonly string[] Computed = ["loss", "grad0.", "final.", "bn.", "eval_scores", "num.", "path."];

    /// <summary>Whether it is within its limit; what is no number isn't.</summary>
    public bool Within => Value <= Limit;

    /// <summary>Compares all that the case has a reference for, in the order of its file.</summary>
    /// <exception cref="DataException">A reference has another shape, or nothing like it is computed.</exception>
    public static IReadOnlyList<Deviation> Of(ReplayCase replayed, IReadOnlyList<Tensor> computed)
    {
        var byName = computed.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var noise = replayed.Description.Find("noise_tensors")?.Find("names")?.Items
            .Select(name => name.Text).ToHashSet() ?? [];
        // A case may widen its limits; a narrower figure tells how far its own two sources agree.
        var declared = replayed.Description.Find("replay_tolerance")?.Find("float64_rel")?.Number ?? Usual;
        return
        [
            .. from reference in replayed.Tensors.Tensors
               where Computed.Any(name => reference.Name.StartsWith(name, StringComparison.Ordinal))
               select Compare(reference.Name),
        ];

        Deviation Compare(string name)
        {
            if (!byName.TryGetValue(name, out var found))
                throw replayed.Tensors.Error(name, $"one of {string.Join(", ", byName.Keys)}", $"'{name}'");
            found.Convert<double>(out var got);
            var reference = replayed.Tensors.Values<double>(name, [.. found.Shape]);
            var absolute = noise.Contains(name) || name.StartsWith("num.", StringComparison.Ordinal);
            var limit = absolute ? OfNoise : name.StartsWith("loss", StringComparison.Ordinal) ? OfLosses : Usual;
            return new Deviation(
                name, Largest(got, reference, absolute), absolute ? limit : Math.Max(limit, declared), absolute);
        }
    }

    private static double Largest(double[] got, double[] reference, bool absolute)
    {
        // What is infinite or no number in both is equal.
        var largest = got.Zip(reference, (a, b) => a.Equals(b) ? 0 : Math.Abs(a - b)).Aggregate(0.0, Math.Max);
        var scale = reference.Where(double.IsFinite).Select(Math.Abs).Aggregate(0.0, Math.Max);
        return absolute || scale == 0 ? largest : largest / scale;
    }
}
