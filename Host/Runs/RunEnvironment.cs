using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using System.Text.Json;
using Functional.Host.Data;
using Functional.Host.Files;

namespace Functional.Host.Runs;

/// <summary>On what a run ran. No result depends on any of it but the data.</summary>
/// <param name="Version">The program's version.</param>
/// <param name="Runtime">The .NET runtime.</param>
/// <param name="System">The operating system.</param>
/// <param name="Architecture">The processor's kind.</param>
/// <param name="Cores">Processors that the program could use.</param>
/// <param name="VectorBits">The widest vectors that are worth it.</param>
/// <param name="Training">SHA-256 of the training samples' pixels and labels.</param>
/// <param name="Test">SHA-256 of the test samples' pixels and labels.</param>
internal sealed record RunEnvironment(
    string Version, string Runtime, string System, string Architecture, int Cores, int VectorBits, string Training, string Test)
{
    private static readonly JsonSerializerOptions Layout = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = HostJson.Default,
        WriteIndented = true,
    };

    /// <summary>This one, and these data.</summary>
    public static RunEnvironment Of(ImageDataSet data) => new(
        ProgramInfo.Version, RuntimeInformation.FrameworkDescription, RuntimeInformation.OSDescription,
        $"{RuntimeInformation.ProcessArchitecture}", Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        Digest(data.Training), Digest(data.Test));

    /// <summary>Writes the file.</summary>
    public void Write(string path) => JsonFile.Write(path, this, Layout);

    /// <summary>Reads the file; null if there is none.</summary>
    public static RunEnvironment? Read(string path) => JsonFile.Read<RunEnvironment>(path, Layout);

    /// <summary>What can make a run's results other than they were in an earlier environment, a line each.</summary>
    public IEnumerable<string> Differences(RunEnvironment? earlier)
    {
        if (earlier is null)
            yield return "it isn't known on which data and by which version the run was trained";
        else
        {
            if (earlier.Version != Version)
                yield return $"the run was trained by version {earlier.Version}, this is {Version}";
            if (earlier.Training != Training)
                yield return $"the training samples are others than the run's: SHA-256 {Training}, in the run {earlier.Training}";
            if (earlier.Test != Test)
                yield return $"the test samples are others than the run's: SHA-256 {Test}, in the run {earlier.Test}";
        }
    }

    private static string Digest(LabeledImages images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(images.Data);
        hash.AppendData(images.Labels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
