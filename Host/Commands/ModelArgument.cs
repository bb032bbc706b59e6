using System.CommandLine;
using Functional.Host.Files;
using Functional.Host.Models;

namespace Functional.Host.Commands;

/// <summary>A model on the command line: a file, or the folder of a run that made one.</summary>
internal sealed class ModelArgument
{
    /// <summary>Where it is.</summary>
    public Argument<string> Path { get; } = new("model") { Description = "a model's file, or the folder of a run" };

    /// <summary>What a file from another tool doesn't say.</summary>
    public Option<string?> Activation { get; } = new("--activation")
    {
        HelpName = "NAME",
        Description =
            "for weights that another tool wrote: the function after each affine layer but the last, as in train",
    };

    /// <summary>Reads it.</summary>
    /// <exception cref="UsageException">There is no such activation, or the file doesn't need one.</exception>
    /// <exception cref="DataException">It can't be read, or is no model.</exception>
    public Model<float> Load(ParseResult parsed)
    {
        var path = parsed.GetValue(Path)!;
        if (parsed.GetValue(Activation) is not { } text)
            return Model.Load<float>(path);
        try
        {
            return Model.Load<float>(path, activation: ActivationText.Parse(text));
        }
        catch (Exception e) when (e is UsageException or ArgumentException)
        {
            throw new UsageException($"--activation: {e.Reason()}");
        }
    }
}
