using Functional.Host.Files;

namespace Functional.Tests.Replays;

/// <summary>A reference trajectory: a folder with a description and tensors.</summary>
/// <param name="Description">What <c>case.json</c> says.</param>
/// <param name="Tensors">What a replay starts from, and perhaps what it should come to.</param>
internal sealed record ReplayCase(DataValue Description, Safetensors Tensors)
{
    /// <summary>What kinds there are.</summary>
    public const string Training = "train", GradientCheck = "gradcheck", Trajectory = "trajectory";

    /// <summary>One of the three.</summary>
    public string Kind => Description["kind"].Text;

    /// <summary>Reads a case.</summary>
    /// <exception cref="DataException">A file is missing or bad.</exception>
    public static ReplayCase Load(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DataException(folder, null, "a folder with a case.json", "none");
        var description = DataValue.Read(Path.Combine(folder, "case.json"));
        var file = description.Find("tensor_file");
        if (file is not null && Path.GetFileName(file.Text) != file.Text)
            throw file.Error("a file in the case's folder");
        return new ReplayCase(description, Safetensors.Read(Path.Combine(folder, file?.Text ?? "tensors.safetensors")));
    }

    /// <summary>Computes in double what the case is about: every tensor under the name and in the layout of the case.
    /// </summary>
    /// <exception cref="DataException">The case lacks something, or contradicts itself.</exception>
    public IReadOnlyList<Tensor> Run() => Kind switch
    {
        Training => NetworkReplay.Train(this),
        GradientCheck => NetworkReplay.CheckGradients(this),
        Trajectory => TrajectoryReplay.Run(this),
        _ => throw Description["kind"].Error($"{Training}, {GradientCheck} or {Trajectory}"),
    };
}
