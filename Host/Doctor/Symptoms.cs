using Functional.Host.Charts;

namespace Functional.Host.Doctor;

/// <summary>What activations and gradients say of a trial. No layer that is frozen is blamed.</summary>
/// <param name="trial">The trial.</param>
/// <param name="rateIsLow">Whether longer steps help: then shorter ones are not advised.</param>
internal sealed class Symptoms(TrialRun trial, bool rateIsLow = false)
{
    /// <summary>What is seen before the first step: the initialization is the cause.</summary>
    public IEnumerable<Finding> AtStart()
    {
        var (least, most) = Flow(trial.First);
        if ((Depth >= 2 && least.Share < 0.01) || (Depth == 1 && least.Share < 1e-3))
            yield return Finding(
                FindingKind.VanishingGradients, least.Layer, least.Share < 1e-3,
                Invariant($"before the first step the gradient at {least.Layer} is {least.Share:G2} of the one at ")
                    + "the scores",
                Pictures.Gradients(Shares(trial.First)),
                $"Use {Any(Flat && Depth > 1 && HasOptions ? Steeper : Usual, BatchNorm, Fewer)}, "
                + "so that gradients reach the first layers");
        if (Activations(trial.First).Any() && (most.Share > 30 || trial.Start.Loss > 10 * trial.Chance))
            yield return Finding(
                FindingKind.ExplodingGradients, most.Layer, most.Share > 100 || trial.Start.Loss > 100,
                Invariant($"before the first step the gradient at {most.Layer} is {most.Share:G2} times the one at ")
                    + Invariant($"the scores, and the loss is {trial.Start.Loss:G3}, ")
                    + Invariant($"where guessing costs {trial.Chance:F2}"),
                Pictures.Gradients(Shares(trial.First)),
                $"Use {Any(Usual ?? "smaller initial weights", BatchNorm, Fewer)}; --clip-norm 1 limits the damage");
        if (Largest(trial.First, layer => layer.Saturated) is (var saturated, > 0.35))
            yield return Finding(
                FindingKind.SaturatedUnits, saturated.Layer, saturated.Saturated > 0.6,
                Invariant($"before the first step {saturated.Saturated:0%} of the outputs of {saturated.Layer} are ")
                    + "at the flat ends, where almost no gradient passes",
                Pictures.Outputs(saturated),
                $"Use {Any(Usual ?? "smaller initial weights", BatchNorm)}; and features of about 1");
        if (Largest(trial.First, layer => layer.DeadUnits) is (var dead, > 0.4))
            yield return Finding(
                FindingKind.DeadUnits, dead.Layer, dead.DeadUnits > 0.8,
                Invariant($"before the first step {dead.DeadUnits:0%} of the units of {dead.Layer} are off for all ")
                    + Invariant($"{Plural.Plain(trial.Diagnosed, "sample")} looked at"),
                Dead(trial.First),
                $"Use {Any(Usual, Leaky, BatchNorm, Fewer)}: some gradient must pass");
    }

    /// <summary>What is seen only at the end: training is the cause.</summary>
    public IEnumerable<Finding> AtEnd()
    {
        if (Largest(trial.Last, layer => layer.DeadUnits) is (var dead, > 0.4))
            yield return Finding(
                FindingKind.DeadUnits, dead.Layer, dead.DeadUnits > 0.8,
                Invariant($"after {Plural.Of(trial.Steps, "step")} {dead.DeadUnits:0%} of the units of {dead.Layer} ")
                    + Invariant($"are off for all {Plural.Plain(trial.Diagnosed, "sample")} looked at, ")
                    + "and no gradient passes them; "
                    + Invariant($"before the first it was {Of(trial.First, dead.Layer).DeadUnits:0%}"),
                Dead(trial.Last),
                $"Use {Any(Slower, Leaky, BatchNorm, Fewer)}, so that steps don't throw units off the data");
        if (Largest(trial.Last, layer => layer.Saturated) is (var saturated, > 0.5))
            yield return Finding(
                FindingKind.SaturatedUnits, saturated.Layer, saturated.Saturated > 0.8,
                Invariant($"after {Plural.Of(trial.Steps, "step")} {saturated.Saturated:0%} of the outputs of ")
                    + Invariant($"{saturated.Layer} are at the flat ends, where almost no gradient passes; ")
                    + Invariant($"before the first it was {Of(trial.First, saturated.Layer).Saturated:0%}"),
                Pictures.Outputs(saturated),
                $"Use {Any(Slower, Usual, BatchNorm)}, and features of about 1, to keep them from the ends");
        var (first, last) = (Norm(trial.First), Norm(trial.Last));
        if (last > 100 * first)
            yield return Finding(
                FindingKind.ExplodingGradients, null, last > 1e4 * first,
                Invariant($"the norm of the gradient went from {first:G2} to {last:G2} in ")
                    + Plural.Of(trial.Steps, "step"),
                Pictures.Losses(trial, ("", trial.Losses)),
                $"Use {Any(Slower, BatchNorm)}; --clip-norm 1 limits the damage");
        var (least, _) = Flow(trial.Last);
        if (Depth >= 2 && least.Share < 1e-4 && !(Flow(trial.First).Least.Share < 0.01))
            yield return Finding(
                FindingKind.VanishingGradients, least.Layer, true,
                Invariant($"after {Plural.Of(trial.Steps, "step")} the gradient at {least.Layer} is ")
                    + Invariant($"{least.Share:G2} of the one at the scores"),
                Pictures.Gradients(Shares(trial.Last)),
                $"Look at what happened to the units, and use {Any(Slower, BatchNorm, Fewer)}");
    }

    /// <summary>The first hidden layer whose units all have the same weights.</summary>
    public Finding? Symmetric()
    {
        var weights = trial.Initial.Parameters().Where(leaf => leaf.Role == Role.Weight).SkipLast(1)
            .Where(leaf => trial.First.Parameters.All(known => known.Parameter != leaf.Name || !known.IsFrozen));
        foreach (var leaf in weights)
        {
            var (matrix, first) = (leaf.Matrix, leaf.Matrix.Row(0));
            if (matrix.RowCount > 1 && matrix.EnumerateRows().All(row => row.Equals(first)))
            {
                var layer = leaf.Name.Split('.')[0];
                var still = trial.Trained.Parameters()[leaf.Name].Matrix;
                var same = still.EnumerateRows().All(row => row.Equals(still.Row(0)));
                return Finding(
                    FindingKind.SymmetricWeights, layer, same,
                    Invariant($"all {Plural.Of(matrix.RowCount, "unit")} of {layer} begin with the same weights")
                        + (same ? Invariant($", and have the same weights after {Plural.Of(trial.Steps, "step")}: ")
                            + "together they are as good as one" : ""),
                    Pictures.Weights($"The weights of units of {layer} after {Plural.Of(trial.Steps, "step")}", still),
                        IsNew
                        ? "Initialize weights at random, --init he (for relu) or xavier: then units learn different "
                            + "things"
                        : "Begin from another model: units with the same weights learn the same");
            }
        }
        return null;
    }

    /// <summary>Whether hidden units are off before the first step, though their weights are not 0.</summary>
    public bool BeginDead =>
        Largest(trial.First, layer => layer.DeadUnits).Value > 0.9 && trial.First.Parameters[0].Norm > 0;

    /// <summary>Whether almost all outputs are at the flat ends: then a loss that is large but finite stays so.
    /// </summary>
    public bool IsSaturated() => trial.Fault is null && Largest(trial.Last, layer => layer.Saturated).Value > 0.8;

    private int Depth => trial.Initial.Layers.Count(layer => layer is ActivationLayer<float>);

    private bool Flat => trial.Initial.Layers.OfType<ActivationLayer<float>>().FirstOrDefault()?.Activation.Name
        is "sigmoid" or "tanh";

    private const string Steeper = "--activation relu with --init he";

    // The layers of a model that the run begins from are given.
    private bool IsNew => trial.Configuration.From is null;

    // Options for hidden layers say nothing of layers that are given one by one.
    private bool HasOptions => IsNew && trial.Configuration.Layers is null;

    // What may help, where the configuration doesn't have it.
    private string? Usual => !IsNew ? null : (Flat, trial.Configuration.Initializer) switch
    {
        (true, var start) => IsKnown(start, Initializer.Xavier) ? null : "--init xavier",
        (false, var start) => IsKnown(start, Initializer.He) ? null : "--init he",
    };

    private bool IsKnown(Initializer start, Initializer wanted) => trial.HasKnownOptions && start.Equals(wanted);

    private string? BatchNorm => HasOptions && !trial.Configuration.BatchNorm ? "--batch-norm" : null;

    private string? Leaky =>
        HasOptions && trial.Configuration.Activation.Name == "relu" ? "--activation leaky-relu" : null;

    private string? Fewer => HasOptions && trial.Configuration.Hidden.Count > 2 ? "fewer layers" : null;

    private string? Slower => rateIsLow ? null : "a smaller --learning-rate";

    private static string Any(params string?[] remedies) => remedies.OfType<string>().ToArray() switch
    {
        [] => "other data, or another network",
        [var only] => only,
        [.. var all, var last] => $"{string.Join(", ", all)} or {last}",
    };

    private Finding Finding(
        FindingKind kind, string? layer, bool strong, string evidence, Chart picture, string advice) =>
        new(kind, layer, trial.Severity, evidence, advice)
        { Weight = strong ? 1 : 0.5, Picture = picture };

    // Those through which gradients reach something that is trained.
    private IEnumerable<LayerDiagnosis> Activations(Diagnosis diagnosis) => diagnosis.Layers.Where(
        (layer, i) => trial.Initial.Layers[i] is ActivationLayer<float> && !layer.IsFrozen);

    private (LayerDiagnosis Layer, double Value) Largest(Diagnosis diagnosis, Func<LayerDiagnosis, double> of)
    {
        var most = Activations(diagnosis).MaxBy(of);
        return most is null ? (diagnosis.Layers[0], 0) : (most, of(most));
    }

    // The hidden layers at which the loss's derivatives are smallest and largest.
    private ((string Layer, double Share) Least, (string Layer, double Share) Most) Flow(Diagnosis diagnosis)
    {
        var shares = Shares(diagnosis);
        return shares.Length == 0
            ? (("", 1), ("", 1))
            : (shares.MinBy(layer => layer.Share), shares.MaxBy(layer => layer.Share));
    }

    // How large the loss's derivatives are at each hidden layer, as a multiple of those at the scores.
    private (string Layer, double Share)[] Shares(Diagnosis diagnosis)
    {
        var scores = Size(diagnosis.Layers[^1].Gradients);
        return [.. Activations(diagnosis).Select(layer => (layer.Layer, Share: Size(layer.Gradients) / scores))];
    }

    private Chart Dead(Diagnosis diagnosis) =>
        Pictures.Shares("Dead units", Activations(diagnosis).Select(layer => (layer.Layer, layer.DeadUnits)));

    private static LayerDiagnosis Of(Diagnosis diagnosis, string layer) =>
        diagnosis.Layers.First(found => found.Layer == layer);

    private static double Size(ValueDistribution x) => Math.Sqrt((x.Mean * x.Mean) + (x.Deviation * x.Deviation));

    private static double Norm(Diagnosis diagnosis) =>
        Math.Sqrt(diagnosis.Parameters.Sum(leaf => leaf.GradientNorm * leaf.GradientNorm));
}
