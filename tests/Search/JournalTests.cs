using Functional.Host.Files;
using Functional.Host.Search;
using Functional.Tests.Data;

namespace Functional.Tests.Search;

/// <summary>Journals that were damaged give the study up to there, or an error that names the line; never other
/// trials.</summary>
public sealed class JournalTests : IDisposable
{
    private static readonly StudySettings Settings = new(new SearchSpace(Hyperparameter.LogUniform("rate", 1e-6, 1)));

    private readonly TemporaryFolder folder = new();
    private readonly byte[] whole;
    private readonly string[] trials;

    public JournalTests()
    {
        using (var study = Study.Open(folder["study"], Settings))
            trials = Texts(study.Run((configuration, reporter) =>
            {
                reporter.Report(0.5, 0.25);
                return reporter.Trial == 1 ? throw new InvalidOperationException("unlucky")
                    : configuration.Number("rate");
            }, trials: 4));
        whole = File.ReadAllBytes(folder["study/journal.jsonl"]);
    }

    public void Dispose() => folder.Dispose();

    // Everything that is known of a trial.
    private static string[] Texts(IEnumerable<Trial> trials) =>
    [
        .. trials.Select(trial =>
            $"{trial.Number} {trial.Configuration} {trial.State} {trial.Value:R} {trial.Result?.Reason} "
                + $"{string.Join(',', trial.Result?.Curve ?? [])}"),
    ];

    // The trials that the journal gives, or the error's message.
    private (string[]? Trials, string? Error) Read(byte[] journal)
    {
        folder.Write("study/journal.jsonl", journal);
        try
        {
            using var study = Study.Open(folder["study"], Settings);
            return (Texts(study.ReadTrials()), null);
        }
        catch (DataException e)
        {
            return (null, e.Message);
        }
    }

    // Of the last of those trials less may be known.
    private void AssertUpToSomewhere(string[] found, string what)
    {
        var ended = found.Where(trial => !trial.Contains(" Running ", StringComparison.Ordinal)).ToArray();
        Assert.True(ended.All(trials.Contains), what);
        Assert.True(found.Select(trial => trial.Split(' ')[1])
            .SequenceEqual(trials.Take(found.Length).Select(trial => trial.Split(' ')[1])), what);
    }

    // Every byte, one of its bits, and every bit of the last line and of line feeds: none goes unnoticed.
    [Fact]
    public void A_flipped_bit_is_found_wherever_it_is()
    {
        var last = whole.AsSpan(..^1).LastIndexOf((byte)'\n');
        for (var place = 0; place < whole.Length; place++)
            foreach (var bit in place > last || whole[place] == '\n' ? Enumerable.Range(0, 8) : [place % 8])
            {
                byte[] changed = [.. whole];
                changed[place] ^= (byte)(1 << bit);
                AssertFound(changed, place);
            }
    }

    [Fact]
    public void A_changed_byte_is_found()
    {
        var keys = Key.OfSeed(3).Integers(3 * 400, int.MaxValue);
        for (var round = 0; round < 400; round++)
        {
            var place = keys[3 * round] % whole.Length;
            byte[] changed = [.. whole];
            // Any other byte; every fourth a line feed, which may cut a line in two.
            changed[place] = round % 4 == 0 && changed[place] != '\n' ? (byte)'\n'
                : (byte)(changed[place] + 1 + keys[3 * round + 1] % 255);
            AssertFound(changed, place);
        }
    }

    private void AssertFound(byte[] changed, int place)
    {
        var line = 1 + whole.Take(place).Count(one => one == '\n');
        Assert.Contains($"journal.jsonl: at line {line}: expected a", Read(changed).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_journal_cut_anywhere_is_the_study_up_to_there_and_continues()
    {
        for (var length = 0; length <= whole.Length; length += 7)
        {
            var (found, error) = Read(whole[..length]);
            Assert.Null(error);
            AssertUpToSomewhere(found!, $"cut at {length}");
        }
        // In the middle of the last line.
        Read(whole[..^20]);
        using var study = Study.Open(folder["study"], Settings);
        Assert.Equal(6, study.Run((_, _) => 0.5, trials: 6).Count);
        Assert.Equal(6, Read(File.ReadAllBytes(folder["study/journal.jsonl"])).Trials!.Length);
    }

    [Fact]
    public void A_line_that_is_lost_doubled_or_moved_is_found()
    {
        var lines = System.Text.Encoding.UTF8.GetString(whole).TrimEnd('\n').Split('\n');
        byte[] Of(params IEnumerable<string> some) =>
            System.Text.Encoding.UTF8.GetBytes(string.Concat(some.Select(line => line + "\n")));
        foreach (var journal in (
            byte[][])[Of([.. lines[..2], .. lines[3..]]), Of([.. lines[..3], .. lines[2..]]),
            Of([lines[0], lines[2], lines[1], .. lines[3..]])])
            Assert.Contains("expected a record with its checksum", Read(journal).Error, StringComparison.Ordinal);
    }
}
