namespace Functional.Host.Runs;

/// <summary>The rule of <see cref="TrainConfiguration.Patience"/>, folded over the validation accuracies of a run's
/// epochs: of equal accuracies the first is best.</summary>
/// <param name="Best">The best so far; null before the first.</param>
/// <param name="Waited">Epochs since the best.</param>
internal readonly record struct EarlyStopping(double? Best, int Waited)
{
    /// <summary>After one more epoch.</summary>
    public EarlyStopping Next(double? accuracy) =>
        accuracy is { } value && !(value <= Best) ? new(value, 0)
        : Best is null ? this
        : this with { Waited = Waited + 1 };

    /// <summary>Whether training ends here; never if the patience is null.</summary>
    public bool IsOver(int? patience) => Best is not null && Waited >= patience;
}
