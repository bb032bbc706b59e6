namespace Functional.Host.Runs;

/// <summary>What may be asked of central differences, which take two passes through the network for each
/// parameter.</summary>
internal static class GradientCheckLimit
{
    // About a minute. A layer of a few units costs as much as a thousand multiplications.
    private const double MostWork = 1e10;
    private const int LayerCost = 1000;

    /// <summary>Checks the size of a network before it is made.</summary>
    /// <exception cref="UsageException">It would take much longer than a minute.</exception>
    public static void CheckSize(TrainConfiguration configuration, int features, int classes)
    {
        var (layers, parameters) = (configuration.Hidden.Count + 1, configuration.ParameterCount(features, classes));
        if (parameters * (parameters + LayerCost * (layers + 1)) > MostWork)
            throw new UsageException(new Fault(nameof(configuration.Hidden), Invariant(
                $"central differences take two passes for each of {parameters:N0} parameters, ")
                + Invariant($"through {layers:N0} layers; choose a smaller network")));
    }
}
