namespace Functional.Host.Runs;

/// <summary>Where things lie in a run's folder.</summary>
/// <param name="Folder">The folder itself.</param>
internal readonly record struct RunPaths(string Folder)
{
    /// <summary>What was asked for: enough to run it again exactly.</summary>
    public string Configuration => In("config.json");

    /// <summary>On what it ran: version, machine, digests of the data.</summary>
    public string Environment => In("environment.json");

    /// <summary>The results of each epoch.</summary>
    public string Metrics => In("metrics.csv");

    /// <summary>The number and the network's digest of each epoch.</summary>
    public string Digests => In("digest.txt");

    /// <summary>The loss of each step, 8 bytes each, little-endian.</summary>
    public string Losses => In("losses.f64");

    /// <summary>Digests of states at equal distances, each linked to the one before it.</summary>
    public string Chain => In("chain.txt");

    /// <summary>The states to resume from.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>The network that did best in validation or, without validation samples, the last network.</summary>
    public string Best => In("best.safetensors");

    /// <summary>The state before the step in which numbers stopped being finite, if they did.</summary>
    public string LastGood => In("last-good.safetensors");

    /// <summary>The network at the end, and what must be known to use it.</summary>
    public string Model => In(Models.Model.FileName);

    /// <summary>How the run ended.</summary>
    public string Summary => In("summary.json");

    /// <summary>The page.</summary>
    public string Report => In("report.html");

    /// <summary>Is locked while the run is under way.</summary>
    public string Running => In("running");

    /// <summary>All files but the configuration, the checkpoints and the lock.</summary>
    public IReadOnlyList<string> Results =>
        [Summary, Losses, Metrics, Digests, Chain, Environment, Best, LastGood, Model, Report];

    private string In(string name) => Path.Combine(Folder, name);
}
