namespace Functional.Host.Data;

/// <summary>Where data sets live.</summary>
internal static class DataFolder
{
    /// <summary>The environment variable that says where the files of MNIST are.</summary>
    public const string MnistVariable = "FUNCTIONAL_MNIST";

    /// <summary>The folder that a data set is read from: what <c>FUNCTIONAL_MNIST</c> says for <c>mnist</c>, if it is
    /// set, else the user's own.</summary>
    /// <param name="name">The data set (<c>mnist</c>).</param>
    /// <param name="variable">The value of an environment variable, or null; the process's own if left out.</param>
    public static string Of(string name, Func<string, string?>? variable = null) =>
        name == Sources.Mnist.Name
        && (variable ?? Environment.GetEnvironmentVariable)(MnistVariable) is { Length: > 0 } folder
            ? folder
            : User(name);

    /// <summary>The folder that a data set is fetched to: <c>functional/data/NAME</c> in <c>XDG_DATA_HOME</c> or
    /// <c>~/.local/share</c>, in <c>%LOCALAPPDATA%</c> on Windows. It need not exist.</summary>
    public static string User(string name) =>
        Path.Combine(
            Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
            "functional", "data", name);
}
