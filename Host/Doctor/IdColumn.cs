using Functional.Host.Data;
using Functional.Host.Runs;

namespace Functional.Host.Doctor;

/// <summary>Whether a column only numbers the rows: then what is learned from it holds for no new row. (Columns with
/// names such as id are left out when a table is read.)</summary>
internal static class IdColumn
{
    private const int LeastRows = 20;

    /// <summary>The finding, with what the network does without the column.</summary>
    public static Finding? Finding(TrialRun trial, TrainingRun run, CancellationToken cancellation)
    {
        if (run.Data.Training.Samples is not Rows rows || rows.Columns.Count < 2
            || run.Encoded.Encoder is not TableEncoder encoder || run.Configuration.From is not null)
            return null;
        var used = encoder.Columns.Select(column => column.Name).ToHashSet();
        var found = rows.Columns.OfType<NumberColumn>().FirstOrDefault(column =>
            column.Name is not null && used.Contains(column.Name) && Numbers(column.Values, run.Split.Training));
        if (found is null)
            return null;
        var without = TrialRun.Run(
            run.Configuration, new DataSet(Without(run.Data.Training), Without(run.Data.Test)), trial.Steps,
            cancellation: cancellation) with
            { Ceiling = trial.Ceiling };
        var experiment = new Experiment(
            [new Change(FindingKind.IdColumn, ChangedThing.Data, c => c, "", "")], trial, without);
        var matters = Math.Abs(experiment.HeldGain) > Math.Max(Experiment.LeastGain, experiment.Noise);
        return new Finding(
            FindingKind.IdColumn, "input", matters ? Severity.Warning : Severity.Hint,
            Invariant($"column '{found.Name}' has a different integer in every row, with few gaps, as row ")
                + Invariant($"numbers are; without it {without.Held.Accuracy:0%} {trial.Of("held-out")}, ")
                + Invariant($"with it {trial.Held.Accuracy:0%}"),
            $"Leave it out, --ignore {ShellWord.Quoted(found.Name!)}: a new row has a number that was never seen; "
            + "where the number tells the label, rows are sorted by it")
        {
            Gain = matters ? Math.Max(0, experiment.HeldGain) : null,
            Picture = Pictures.Variety(rows, run.Split.Training),
        };

        DataPart Without(DataPart part) => new(
            new Rows([.. ((Rows)part.Samples).Columns.Where(column => column.Name != found.Name)]), part.Targets);
    }

    // Different integers from 0 on, in fewer than twice as many places as there are rows.
    private static bool Numbers(double[] values, int[] training)
    {
        if (training.Length < LeastRows)
            return false;
        var some = Array.ConvertAll(training, row => values[row]);
        return Array.TrueForAll(some, value => double.IsInteger(value) && value >= 0)
            && some.Distinct().Count() == some.Length && some.Max() - some.Min() < 2.0 * values.Length;
    }
}
