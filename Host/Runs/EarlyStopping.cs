namespace Functional.Host.Runs;

/// <summary>The rule of <see cref="TrainConfiguration.Patience"/>, folded over the validation scores of a run's epochs:
/// of equal scores the first is best. NaN, or no score, is never better.</summary>
/// <param name="Best">The best so far; null before the first.</param>
/// <param name="Waited">Epochs since the best.</param>
internal readonly record struct EarlyStopping(double? Best, int Waited)
{
    /// <summary>The epoch after which a run with this patience ends; null if it doesn't.</summary>
    public static int? EndOf(IEnumerable<EpochReport> epochs, int patience)
    {
        var validation = new EarlyStopping();
        foreach (var epoch in epochs)
        {
            validation = validation.Next(epoch);
            if (validation.IsOver(patience))
                return epoch.Epoch;
        }
        return null;
    }

    /// <summary>After one more epoch with this score.</summary>
    public EarlyStopping Next(double? score) =>
        score > Best || (Best is null && score is >= double.NegativeInfinity) ? new(score, 0)
        : Best is null ? this
        : this with { Waited = Waited + 1 };

    /// <summary>After one more epoch.</summary>
    public EarlyStopping Next(EpochReport epoch) => Next(epoch.Scores.Validation?.Value);

    /// <summary>Whether training ends here; never if the patience is null.</summary>
    public bool IsOver(int? patience) => Best is not null && Waited >= patience;
}
