using System.Numerics;
using System.Text.RegularExpressions;
using Functional.Host.Files;

namespace Functional.Host.Models;

/// <summary>
/// Files of weights without an architecture, as other tools write them. Tensors whose names begin alike make a layer:
/// a weight matrix (outputs x inputs) an affine one; vectors a batch or, without running statistics, a layer
/// normalization. Layers come in the order of the numbers in their names, an affine one before the others of its
/// number. Weights of convolutions, whose files say nothing of strides and pooling, are read into a network that has
/// its layers.
/// </summary>
internal static partial class ForeignModel
{
    // Theirs and ours, in the order weight, bias.
    private static readonly string[] Weights = ["weight", "gamma"], Biases = ["bias", "beta"];
    private static readonly string[] Means = ["running_mean", "mean"], Variances = ["running_var", "variance"];
    private const string BatchCount = "num_batches_tracked";

    private sealed record Group(string Name, double[] Order, IReadOnlyDictionary<string, TensorPlace> Parts)
    {
        public TensorPlace? Find(string[] names) =>
            names.Select(name => Parts.GetValueOrDefault(name)).FirstOrDefault(part => part is not null);

        public bool IsAffine => Find(Weights) is { Shape.Count: 2 };
    }

    /// <summary>Whether a file with these metadata is a checkpoint of a run.</summary>
    public static bool IsCheckpoint(IReadOnlyDictionary<string, string> metadata) =>
        metadata.GetValueOrDefault("format")?.StartsWith("functional checkpoint ", StringComparison.Ordinal) == true;

    /// <summary>The network that the tensors describe.</summary>
    /// <param name="file">The file.</param>
    /// <param name="activation">What stands after each affine layer (and its normalization) but the last.</param>
    /// <exception cref="DataException">They describe none.</exception>
    public static ModelPlan<T> Plan<T>(SafetensorsStream file, Activation? activation)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (IsCheckpoint(file.Metadata))
            throw new DataException(
                file.Name, null, "a model",
                "a checkpoint of a run, which only train --resume reads: name the run's folder");
        if (activation is null)
            throw new DataException(
                file.Name, null, "an architecture in the metadata, as Functional writes it",
                "none: for weights from another tool, give the activation between its layers (--activation)");
        var groups = GroupsOf(file);
        var last = System.Array.FindLastIndex(groups, group => group.IsAffine);
        if (last < 0)
            throw new DataException(
                file.Name, null, "a tensor NAME.weight of two dimensions (outputs x inputs) at least",
                Listed(file.Places.Select(place => (place.Name, place))));
        var layers = new List<LayerPlan<T>>();
        var hidden = false;
        for (var i = 0; i < groups.Length; i++)
        {
            // The activation comes once an affine layer and what normalizes it are through.
            if (groups[i].IsAffine && hidden)
                layers.Add(new LayerPlan<T>([], _ => Layer.Of<T>(activation)));
            hidden |= groups[i].IsAffine;
            layers.Add(LayerOf<T>(file.Name, groups[i]));
        }
        return new ModelPlan<T>(layers)
        {
            // Whether a single output is a number or a logit is not in the file.
            Loss = layers[^1].Leaves[0].Shape is [1, ..] ? Loss.MeanSquaredError : Loss.SoftmaxCrossEntropy(),
            Ignored =
                groups.Select(group => group.Parts.GetValueOrDefault(BatchCount)?.Name).OfType<string>().ToHashSet(),
        };
    }

    private static Group[] GroupsOf(SafetensorsStream file) =>
    [
        .. file.Places.GroupBy(place => place.Name[..Math.Max(0, place.Name.LastIndexOf('.'))])
            .Select(group => new Group(
                group.Key,
                [
                    .. Numbers().Matches(group.Key).Select(
                        match => double.Parse(match.Value, System.Globalization.CultureInfo.InvariantCulture)),
                ],
                group.ToDictionary(
                    place => place.Name[(place.Name.LastIndexOf('.') + 1)..], StringComparer.Ordinal)))
            .OrderBy(group => group, Comparer<Group>.Create(Compare)),
    ];

    /// <summary>A network's layers with the tensors of a file: each layer takes the first tensors that have its shapes,
    /// and a bias that the file lacks is 0.</summary>
    /// <exception cref="DataException">A layer finds none.</exception>
    public static ModelPlan<T> Plan<T>(SafetensorsStream file, Network<T> network)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var (left, shapes) = (GroupsOf(file).ToList(), ModelFile.ShapesOf(network));
        LeafPlan[] Taken(string layer, IEnumerable<Parameter<T>> leaves)
        {
            (Parameter<T> Leaf, string[] Names, IReadOnlyList<int> Shape)[] wanted =
            [
                .. leaves.Select(leaf => (
                    leaf, NamesOf(leaf),
                    shapes.GetValueOrDefault($"{layer}.{LastName(leaf.Name)}", ModelFile.ShapeOf(leaf.Shape)))),
            ];
            var at = left.FindIndex(group => wanted.All(one => group.Find(one.Names) is { } tensor
                ? tensor.Shape.SequenceEqual(one.Shape) : one.Leaf.Role == Role.Bias)
                && group.Parts.Values.Count(part => !part.Name.EndsWith(BatchCount, StringComparison.Ordinal))
                    <= wanted.Length);
            if (at < 0)
                throw new DataException(
                    file.Name, null,
                    $"tensors for {layer}: " + string.Join(", ", wanted.Select(
                        one => $"{LastName(one.Leaf.Name)} of shape {Tensor.Text(one.Shape)}")),
                    Listed(left.SelectMany(group => group.Parts.Values).Select(place => (place.Name, place))));
            var found = left[at];
            left.RemoveAt(at);
            return
            [
                .. wanted.Select(one => new LeafPlan(
                    found.Find(one.Names)?.Name ?? "", one.Leaf.Name, one.Leaf.Role, one.Shape)),
            ];
        }
        return new ModelPlan<T>(
        [
            .. network.Layers.Zip(network.Names, (layer, name) =>
            {
                LeafPlan[] all =
                [
                    .. layer.Parameters.GroupBy(leaf => $"{name}.{leaf.Name}"[..^(LastName(leaf.Name).Length + 1)])
                        .SelectMany(inner => Taken(inner.Key, inner)),
                ];
                return new LayerPlan<T>([.. all.Where(leaf => leaf.Tensor != "")], leaves =>
                {
                    var next = 0;
                    return layer.WithParameters(
                        [.. all.Select(leaf => leaf.Tensor == "" ? leaf.Zero<T>() : leaves[next++])]);
                });
            }),
        ])
        {
            Loss = network.Loss,
            Penalty = network.Penalty,
            Ignored = Counts(file),
        };
    }

    private static HashSet<string> Counts(SafetensorsStream file) =>
    [
        .. file.Places.Select(place => place.Name)
            .Where(name => name.EndsWith(BatchCount, StringComparison.Ordinal)),
    ];

    private static string LastName(string name) => name[(name.LastIndexOf('.') + 1)..];

    private static string[] NamesOf<T>(Parameter<T> leaf) where T : unmanaged, IFloatingPointIeee754<T> =>
        leaf.Role switch
        {
            Role.Bias or Role.Shift => Biases,
            Role.Statistic => LastName(leaf.Name) == Means[1] ? Means : Variances,
            _ => Weights,
        };

    private static LayerPlan<T> LayerOf<T>(string file, Group group) where T : unmanaged, IFloatingPointIeee754<T>
    {
        DataException Error(string expected, string found) => new(file, $"tensors '{group.Name}.*'", expected, found);
        var (weight, bias, mean, variance) =
            (group.Find(Weights), group.Find(Biases), group.Find(Means), group.Find(Variances));
        var known = new[] { weight, bias, mean, variance }.Count(part => part is not null)
            + (group.Parts.ContainsKey(BatchCount) ? 1 : 0);
        if (weight is null || known != group.Parts.Count || weight.Shape.Count is < 1 or > 2
            || weight.Shape.Contains(0))
            throw Error(
                "a weight of two dimensions (and a bias), or what a normalization has",
                Listed(group.Parts.Select(part => (part.Key, part.Value))));
        if (group.IsAffine)
            return mean is null && variance is null
                ? LayerPlans.Affine<T>(weight.Name, weight.Shape, bias?.Name)
                : throw Error("no running statistics beside a weight matrix", "some");
        if (bias is null)
            throw Error("a bias", "none");
        return (mean, variance) switch
        {
            // If the file has no epsilon, it is that of the tool that uses such names.
            ({ }, { }) => LayerPlans.BatchNorm<T>(
                weight.Shape[0], mean.Name.EndsWith(Means[0], StringComparison.Ordinal)
                    ? new BatchNormConfiguration(0.9, 1e-5) : BatchNormConfiguration.Default,
                weight.Name, bias.Name, mean.Name, variance.Name),
            (null, null) => LayerPlans.LayerNorm<T>(weight.Shape[0], 1e-5, weight.Name, bias.Name),
            _ => throw Error("a running mean and a running variance", "only one of them"),
        };
    }

    private static string Listed(IEnumerable<(string Name, TensorPlace Place)> tensors)
    {
        (string Name, TensorPlace Place)[] all = [.. tensors];
        return all.Length == 0 ? "no tensors" : string.Join(", ", all.Take(5).Select(
            tensor => $"{DataException.Short(tensor.Name)} of shape {Tensor.Text(tensor.Place.Shape)}"))
            + (all.Length > 5 ? $" and {all.Length - 5} more" : "");
    }

    private static int Compare(Group a, Group b)
    {
        foreach (var (x, y) in a.Order.Zip(b.Order))
            if (x != y)
                return x.CompareTo(y);
        return a.Order.Length != b.Order.Length ? a.Order.Length.CompareTo(b.Order.Length)
            : a.IsAffine != b.IsAffine ? b.IsAffine.CompareTo(a.IsAffine)
            : string.CompareOrdinal(a.Name, b.Name);
    }

    [GeneratedRegex("[0-9]{1,15}")]
    private static partial Regex Numbers();
}
