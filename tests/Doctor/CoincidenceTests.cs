using Functional.Host.Data;
using Functional.Host.Doctor;
using Functional.Host.Runs;

namespace Functional.Tests.Doctor;

/// <summary>Rows of two parts that are the same by coincidence are no leak, and copies are one.</summary>
public sealed class CoincidenceTests
{
    private const int Training = 400, Test = 100;

    public static TheoryData<int, int, bool> Tables { get; } = new()
    {
        // Values of a column, values of the target: many of a measured x, few of a count, few of both.
        { 2000, 100_000, false }, { 8, 100_000, false }, { 8, 5, false }, { 2000, 100_000, true }, { 8, 5, true },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Rows_that_coincide_are_not_leaked(int ofColumn, int ofTarget, bool areCopied)
    {
        var columns = ofColumn < 100 ? 3 : 1;
        var training = Drawn(Training, 1);
        var test = Drawn(Test, 2);
        var copies = training.Take([.. training.All[..Test]]);
        var found = new DataExamination(new TrainingRun(
            new TrainConfiguration { Task = TargetKind.Quantities, Scale = DataScale.Standard, Hidden = [4] },
            new DataSet(training, areCopied ? copies : test)), null).Findings();
        Assert.Equal(areCopied, found.Any(finding =>
            finding is { Kind: FindingKind.LeakedSamples, Severity: Severity.Warning }));

        DataPart Drawn(int rows, int seed)
        {
            double[] Values(int of, int column) =>
                Array.ConvertAll(Key.OfSeed(seed).Child(column).Integers(rows, of), value => (double)value);
            return new DataPart(
                new Rows([.. Enumerable.Range(0, columns).Select(i => new NumberColumn($"x{i}", Values(ofColumn, i)))]),
                new Quantities([new NumberColumn("y", Values(ofTarget, columns))]));
        }
    }
}
