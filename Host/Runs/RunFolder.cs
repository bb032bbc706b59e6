using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Functional.Host.Runs;

/// <summary>What a run leaves behind: <c>config.json</c>, enough to run it again exactly, <c>metrics.csv</c>,
/// and <c>report.html</c>.</summary>
public sealed class RunFolder : IRunObserver
{
    private const string ConfigurationFile = "config.json";
    private const string ReportFile = "report.html";
    private const string MetricsFile = "metrics.csv";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private RunFolder(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(RunFolder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    /// <summary>Makes a folder and writes the configuration into it.</summary>
    /// <param name="path">Where; <c>runs/TIME-train</c> under the current folder if null.</param>
    /// <param name="configuration">What is going to be run.</param>
    /// <param name="overwrite">Whether an earlier run in the same folder may be replaced.</param>
    /// <exception cref="UsageException">The folder holds a run already.</exception>
    /// <exception cref="RunException">It can't be written to.</exception>
    public static RunFolder Create(string? path, TrainConfiguration configuration, bool overwrite)
    {
        path ??= Fresh("train");
        var folder = new RunFolder(path);
        if (!overwrite && System.IO.File.Exists(folder.File(ConfigurationFile)))
            throw new UsageException($"--out: {path} holds a run already; choose another folder, or give --force to replace it");
        folder.Write(() =>
        {
            Directory.CreateDirectory(path);
            System.IO.File.Delete(folder.File(MetricsFile));
            var options = TrainOptions.All
                .Select(option => (option.Name, Value: option.Get(configuration)))
                .Where(option => option.Value is not null)
                .ToDictionary(option => option.Name, option => option.Value);
            System.IO.File.WriteAllText(
                folder.File(ConfigurationFile),
                JsonSerializer.Serialize(new { command = "train", version = Version, options }, Indented) + "\n");
        });
        return folder;
    }

    /// <inheritdoc/>
    public void Started(RunStart start) =>
        Append("epoch,iterations,loss,train_accuracy,validation_accuracy,test_accuracy,seconds");

    /// <inheritdoc/>
    public void Stepped(StepReport report, int samples) { }

    /// <inheritdoc/>
    public void EpochEnded(EpochReport epoch) => Append(string.Create(
        CultureInfo.InvariantCulture,
        $"{epoch.Epoch},{epoch.Iterations},{epoch.Loss:R},{epoch.TrainAccuracy:R},{epoch.ValidationAccuracy:R},{epoch.TestAccuracy:R},{epoch.Seconds:F3}"));

    /// <inheritdoc/>
    public void Finished(RunSummary summary) { }

    /// <summary>Writes <c>report.html</c>.</summary>
    /// <exception cref="RunException">The folder can't be written to.</exception>
    public string WriteReport(string html)
    {
        OutputFile.Write(File(ReportFile), stream => stream.Write(Encoding.UTF8.GetBytes(html)));
        return File(ReportFile);
    }

    /// <summary>A folder that isn't there yet: <c>runs/TIME-NAME</c> under the current one.</summary>
    public static string Fresh(string name)
    {
        var path = System.IO.Path.Combine("runs", $"{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}-{name}");
        var number = 1;
        while (Directory.Exists(number == 1 ? path : $"{path}-{number}"))
            number++;
        return number == 1 ? path : $"{path}-{number}";
    }

    private string File(string name) => System.IO.Path.Combine(Path, name);

    private void Append(string line) => Write(() => System.IO.File.AppendAllText(File(MetricsFile), line + "\n"));

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{Path}: {e.Message}");
        }
    }
}
