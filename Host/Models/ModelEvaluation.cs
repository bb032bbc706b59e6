using Functional.Host.Data;
using Functional.Host.Files;
using MathNet.Numerics.LinearAlgebra;

namespace Functional.Host.Models;

/// <summary>How well a model does on data.</summary>
internal abstract record ModelEvaluation
{
    /// <summary>Evaluates a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What the data are called, for errors.</param>
    /// <param name="parts">The samples; those of all parts count.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The data don't fit the model.</exception>
    public static ModelEvaluation Of(Model<float> model, string name, IReadOnlyList<DataPart> parts, int threads)
    {
        if (parts.Sum(part => part.Count) == 0)
            throw new DataException(name, null, "a sample at least in the part that is asked for", "none");
        foreach (var part in parts)
        {
            Require(model, name, part.Samples);
            if (Expected(model.Task, part.Targets) is { } expected)
                throw new DataException(name, null, $"{expected}, as the model gives", part.Targets.Kind);
        }
        var outputs = Matrix<float>.Build.Dense(
            model.Network.Outputs, parts.Sum(part => part.Count),
            [.. parts.SelectMany(part => Scores(model, name, part.Samples, threads).AsColumnMajorArray())]);
        return model.Task is Regression task
            ? QuantityEvaluation.Of(task, outputs, parts) : ClassEvaluation.Of(model.Network.Loss, outputs, parts);
    }

    private static void Require(Model<float> model, string name, Samples samples)
    {
        if (model.Encoder.Expected(samples) is { } expected)
            throw new DataException(name, null, expected, samples.Shape);
    }

    // What the targets should be, in words; null if they are.
    private static string? Expected(LearningTask task, Targets targets) => (task, targets) switch
    {
        (Classification, Classes { Labels: var labels }) when labels.All(label => label < task.Outputs) => null,
        (Regression, Quantities { Columns.Count: var count }) when count == task.Outputs => null,
        (Regression, _) => Plural.Of(task.Outputs, "quantity", "quantities"),
        _ => $"classes from 0 to {task.Outputs - 1}",
    };

    /// <summary>The outputs of the network for samples, a column each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">What the samples are called, for errors.</param>
    /// <param name="samples">As the data have them, not encoded.</param>
    /// <param name="threads">At least 1; no result depends on it.</param>
    /// <exception cref="DataException">The samples don't fit the model.</exception>
    public static Matrix<float> Scores(Model<float> model, string name, Samples samples, int threads)
    {
        Require(model, name, samples);
        return Threads.Use(threads, () => Evaluation.Scores(model.Network, model.Encoder, samples, threads));
    }
}

/// <summary>How well a model classifies.</summary>
/// <param name="Confusion">What it took for what.</param>
/// <param name="Loss">The mean over the samples, without the penalty.</param>
/// <param name="CalibrationError">How far its probabilities are from how often it is right.</param>
internal sealed record ClassEvaluation(ConfusionMatrix Confusion, double Loss, double CalibrationError)
    : ModelEvaluation
{
    /// <summary>The mean recall of the classes that the samples have: accuracy, were they equally many.</summary>
    public double BalancedAccuracy => Enumerable.Range(0, Confusion.Classes)
        .Where(label => Confusion.Actual(label) > 0).Average(Confusion.Recall);

    internal static ClassEvaluation Of(
        Loss loss, Matrix<float> scores, IReadOnlyList<DataPart> parts)
    {
        int[] labels = [.. parts.SelectMany(part => part.Classes.Labels)];
        return new ClassEvaluation(
            Metrics.Confusion(scores, labels), loss.Forward(scores, labels).Item1,
            Metrics.CalibrationError(scores, labels));
    }
}

/// <summary>How far a model's quantities are from the true ones.</summary>
/// <param name="Task">What was asked.</param>
/// <param name="Quantities">Of each its name, its score, and the truth and the answer for every sample.</param>
internal sealed record QuantityEvaluation(
    Regression Task,
    IReadOnlyList<(string Name, QuantityScore Score, double[] Truths, double[] Answers)> Quantities) : ModelEvaluation
{
    internal static QuantityEvaluation Of(Regression task, Matrix<float> outputs, IReadOnlyList<DataPart> parts)
    {
        var answers = task.Quantities(outputs);
        return new QuantityEvaluation(
            task,
        [
            .. task.Names.Select((quantity, i) =>
            {
                double[] truths = [.. parts.SelectMany(part => ((Quantities)part.Targets).Columns[i].Values)];
                var given = Array.ConvertAll(answers, answer => answer[i]);
                return (quantity, QuantityScore.Of(truths, given), truths, given);
            }),
        ]);
    }
}
