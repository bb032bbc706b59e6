using System.Numerics;
using Functional.Host.Data;

namespace Functional.Host.Models;

/// <summary>What a model says of one sample.</summary>
public sealed class Prediction<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private const double Mentioned = 0.01;
    private const int MostMentioned = 3;

    private readonly Model<T> model;

    internal Prediction(Model<T> model, double[] quantities) =>
        (this.model, Class, Quantities, Probabilities, Scores) = (model, -1, quantities, [], []);

    internal Prediction(Model<T> model, int answer, T[] numbers, bool areProbabilities)
    {
        Quantities = [];
        (this.model, Class) = (model, answer);
        (Probabilities, Scores) = areProbabilities ? (numbers, (T[])[]) : ([], numbers);
    }

    /// <summary>The quantities, in the data's own units (of dates, days since 1970-01-01), of a model that gives some;
    /// none of one that tells classes apart.</summary>
    public IReadOnlyList<double> Quantities { get; }

    /// <summary>The class with the largest score, or that of a single logit, from 0; -1 if a score is not a number, or
    /// the model gives quantities.</summary>
    public int Class { get; }

    /// <summary>What that is called: its name or, where the model knows none, its number; null if there is no class.
    /// </summary>
    public string? ClassName => Class < 0 ? null : model.ClassName(Class);

    /// <summary>The probability of each class, in order (of a single logit, 1 - p and p); none if the scores are no
    /// logits of one choice: with another loss than softmax cross-entropy over several outputs.</summary>
    public IReadOnlyList<T> Probabilities { get; }

    /// <summary>The score of each class, in order, where those are no probabilities.</summary>
    public IReadOnlyList<T> Scores { get; }

    /// <summary>The probability of the class; NaN if there is none.</summary>
    public T Probability => Class < 0 || Probabilities.Count == 0 ? T.NaN : Probabilities[Class];

    /// <summary>The class and, in parentheses, others that are at least 1% likely; or each quantity.</summary>
    public override string ToString()
    {
        if (model.Task is Regression task)
            return string.Join(", ", task.Names.Select((name, i) =>
                $"{name} {task.Text(i, Quantities[i], value => Quantity(value, 6))}"));
        if (Class < 0)
            return "no class: a score is not a number";
        var others = Enumerable.Range(0, Probabilities.Count)
            .Where(label => label != Class && double.CreateSaturating(Probabilities[label]) >= Mentioned)
            .OrderByDescending(label => Probabilities[label]).Take(MostMentioned).Select(Of).ToArray();
        return others.Length == 0 ? Of(Class) : $"{Of(Class)}  ({string.Join(", ", others)})";
    }

    private string Of(int label) => Probabilities.Count > 0
        ? Invariant($"{model.ClassName(label)} {100 * double.CreateSaturating(Probabilities[label]):F2}%")
        : Invariant($"{model.ClassName(label)} {Scores[label]:G4}");
}
