using Functional.Host.Charts;
using Functional.Host.Data;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>How well a model does on data.</summary>
/// <param name="Confusion">What it took for what.</param>
/// <param name="Loss">The mean over the samples, without the penalty.</param>
/// <param name="CalibrationError">How far its probabilities are from how often it is right.</param>
internal sealed record ModelEvaluation(ConfusionMatrix Confusion, double Loss, double CalibrationError)
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What the data are called, for errors.</param>
    /// <param name="parts">The samples; those of all parts count.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The data don't fit the model.</exception>
    public static ModelEvaluation Of(Model<float> model, string name, IReadOnlyList<DataPart> parts, int threads)
    {
        if (model.Task is not Classification { Count: var known })
            throw new DataException(
                name, null, "a model that distinguishes classes",
                $"one that gives numbers ({model.Network.Loss})");
        foreach (var part in parts)
            Check(model, name, part.Samples);
        int[] labels = [.. parts.SelectMany(part => part.Classes.Labels)];
        if (labels.Length == 0)
            throw new DataException(name, null, "a sample at least in the part that is asked for", "none");
        if (labels.Max() >= known)
            throw new DataException(
                name, null, $"classes from 0 to {known - 1}, which the model knows",
                Plural.Of(parts.Max(part => part.Classes.Kinds.Count), "class", "classes"));
        var scores = Matrix<float>.Build.Dense(
            model.Network.Outputs, labels.Length,
            [.. parts.SelectMany(part => Scores(model, name, part.Samples, threads).AsColumnMajorArray())]);
        return new ModelEvaluation(
            Metrics.Confusion(scores, labels), Metrics.MeanLoss(model.Network.Loss, scores, labels),
            Metrics.CalibrationError(scores, labels));
    }

    /// <summary>The outputs of the network for samples, a column each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What the samples are called, for errors.</param>
    /// <param name="samples">As the data have them, not encoded.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The samples don't fit the model.</exception>
    public static Matrix<float> Scores(Model<float> model, string name, Samples samples, int threads)
    {
        Check(model, name, samples);
        return Threads.Use(threads, () => Evaluation.Scores(model.Network, model.Encoder, samples, threads));
    }

    private static void Check(Model<float> model, string name, Samples samples)
    {
        if (model.Encoder.Expected(samples) is { } expected)
            throw new DataException(name, null, expected, samples.Shape);
    }
}
