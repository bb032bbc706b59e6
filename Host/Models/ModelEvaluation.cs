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
    public static ModelEvaluation Of(Model<float> model, string name, IReadOnlyList<LabeledImages> parts, int threads)
    {
        foreach (var part in parts)
            Check(model, name, part);
        int[] labels = [.. parts.SelectMany(part => part.Labels.Select(label => (int)label))];
        var most = parts.Max(part => part.Classes);
        if (labels.Length == 0)
            throw new DataException(name, null, "a sample at least in the part that is asked for", "none");
        if (labels.Max() >= model.ClassCount)
            throw new DataException(
                name, null, $"classes from 0 to {model.ClassCount - 1}, which the model tells apart",
                $"{most} classes");
        var scores = Matrix<float>.Build.Dense(
            model.Network.Outputs, labels.Length,
            [.. parts.SelectMany(part => Scores(model, name, part, threads).AsColumnMajorArray())]);
        return new ModelEvaluation(
            Metrics.Confusion(scores, labels), Metrics.MeanLoss(model.Network.Loss, scores, labels),
            Metrics.CalibrationError(scores, labels));
    }

    /// <summary>The scores of samples, a column each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What the samples are called, for errors.</param>
    /// <param name="samples">The data's own numbers, not features.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The samples don't fit the model.</exception>
    public static Matrix<float> Scores(Model<float> model, string name, LabeledImages samples, int threads)
    {
        Check(model, name, samples);
        // Bytes take the way that they took in training, so that the bits are the same.
        var (scaled, scale) = !samples.IsTable && model.Scale.Bytes is { } bytes
            ? (samples, bytes) : (samples.Scaled(model.Scale), ByteScale.None);
        return Threads.Use(threads, () => Evaluation.Scores(model.Network, scaled, scaled.All, scale, threads));
    }

    private static void Check(Model<float> model, string name, LabeledImages samples)
    {
        if (!model.TellsClasses)
            throw new DataException(
                name, null, "a model that tells classes apart to be asked",
                $"one that gives numbers ({model.Network.Loss})");
        if (samples.Features != model.Network.Inputs)
            throw new DataException(
                name, null, $"samples of {model.Network.Inputs} numbers, as the model takes them", samples.Shape);
        if (!samples.IsTable && model.Image is { } image
            && (image.Height, image.Width) != (samples.Height, samples.Width))
            throw new DataException(name, null, $"images of {image.Height} x {image.Width}", samples.Shape);
    }
}
