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
    public static void CheckSize(TrainConfiguration configuration, LayerInput input, int outputs)
    {
        var layers = configuration.Widths(input).Count() + 1;
        var parameters = configuration.ParameterCount(input, outputs);
        if (parameters * (configuration.Work(input, outputs) + LayerCost * (layers + 1)) > MostWork)
            throw new UsageException(new Fault(configuration.LayersField, Invariant(
                $"central differences take two passes for each of {parameters:N0} parameters, ")
                + Invariant($"through {layers:N0} layers; choose a smaller network")));
    }
}
