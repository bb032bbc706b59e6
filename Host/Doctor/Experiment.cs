using Functional.Host.Charts;
using Functional.Host.Data;

namespace Functional.Host.Doctor;

/// <summary>The same short run with something changed, beside the run that it is compared with.</summary>
/// <param name="Changes">One, or several that help only together.</param>
/// <param name="Trial">Without them.</param>
/// <param name="Outcome">With them.</param>
internal sealed record Experiment(IReadOnlyList<Change> Changes, TrialRun Trial, TrialRun Outcome)
{
    /// <summary>Less than this is no gain.</summary>
    public const double LeastGain = 0.03;

    /// <summary>Other seeds with and without the changes, where they were tried.</summary>
    public IReadOnlyList<(TrialRun Trial, TrialRun Outcome)> Others { get; init; } = [];

    /// <summary>How much is learned with the changes: the mean of all seeds.</summary>
    public double Learned => Outcomes.Average(run => run.Learned);

    /// <summary>How much more is learned of what there is to learn, by training samples: the mean of all seeds.
    /// </summary>
    public double Gain => Mean(run => run.Learned);

    /// <summary>The same by samples that it wasn't trained on.</summary>
    public double HeldGain => Mean(run => run.Holding);

    /// <summary>Of what was missing, the share that the changes bring.</summary>
    public double Share => Gain / (1 - Runs.Average(run => run.Trial.Learned) + 1e-9);

    /// <summary>By this its findings are judged.</summary>
    public double Weight => Share + (Changes.Count == 1 ? Changes[0].Head : 0.3);

    /// <summary>How far the gain on held-out samples may be luck: of few samples, and of few seeds.</summary>
    public double Noise
    {
        get
        {
            var ofSamples = Math.Sqrt((Trial.HeldError + Outcome.HeldError) / Trial.HeldSamples) * Trial.PerAccuracy;
            if (Others.Count == 0)
                return ofSamples;
            var gains = Runs.Select(run => run.Outcome.Holding - run.Trial.Holding).ToArray();
            var mean = gains.Average();
            var squares = gains.Sum(gain => (gain - mean) * (gain - mean));
            return Math.Max(ofSamples / 2, Math.Sqrt(squares / (gains.Length - 1) / gains.Length));
        }
    }

    /// <summary>Whether what is learned more holds for other samples.</summary>
    public bool Holds => HeldGain >= Math.Max(LeastGain, Noise);

    /// <summary>How bad what it shows is: by what the changes bring.</summary>
    public Severity Severity
    {
        get
        {
            var gain = (Gain + HeldGain) / 2;
            return !Holds ? Severity.Hint
                : gain >= 0.5 || (gain >= 0.2 && Trial.Learned < 0.1) ? Severity.Error
                // An average is of the very same run: what it loses is no matter of luck.
                : gain >= (Changes[0].Thing == ChangedThing.Average ? LeastGain : LeastWarning) ? Severity.Warning
                : Severity.Hint;
        }
    }

    /// <summary>Whether the changes are a cause worth a finding.</summary>
    public bool IsCause
    {
        get
        {
            var least = Changes[0].Kind == FindingKind.AverageTooSlow ? 0.1 : 0.3;
            return Gain >= LeastGain && Share >= least
                // A network that memorizes is not helped by memorizing more.
                && (Holds || !Trial.Overfits);
        }
    }

    /// <summary>The finding of one of the changes.</summary>
    /// <param name="change">Of these.</param>
    /// <param name="sign">What activations or gradients say of it, if anything.</param>
    public Finding Finding(Change change, Finding? sign)
    {
        var what = Together(Changes.Select(each => each.Description));
        var evidence = Invariant($"with {what}, {Outcome.Training.Accuracy:0%} ")
            + Invariant($"{Trial.Of("training")} after {Plural.Of(Outcome.Steps, "step")}; ")
            + Invariant($"unchanged, {Trial.Training.Accuracy:0%} after {Trial.Steps:N0}")
            + (Others.Count == 0 ? "" : Invariant($" (with {Runs.Count} seeds {Mean(Outcomes, Training):0%} ")
                + Invariant($"instead of {Mean(Trials, Training):0%} on average)"));
        return new Finding(
            change.Kind, sign?.Layer, Severity, sign is null ? evidence : $"{sign.Evidence}; {evidence}", change.Advice)
        {
            // Of several the one that is most to blame first.
            Weight = Share + (Changes.Count == 1 ? change.Head : change.Thing switch
            {
                ChangedThing.Rate => 0.3, ChangedThing.Steps => 0.2, _ => 0.1,
            }) + (sign is null ? 0 : 0.5 * sign.Weight),
            Gain = Holds ? Math.Max(0, HeldGain) : 0,
            // The losses are those of the network that is trained, averaged or not.
            Picture = sign?.Picture ?? (change.Kind == FindingKind.AverageTooSlow
                ? Pictures.Accuracies(
                    Trial.IsOfQuantities,
                    ("moving average", Trial.Training.Accuracy), ("last weights", Outcome.Training.Accuracy))
                : Pictures.Losses(Trial, ("unchanged", Trial.Losses),
                    ($"with {Together(Changes.Select(each => each.Short))}", Outcome.Losses))),
        };
    }

    /// <summary>As in <c>a, b and c</c>.</summary>
    internal static string Together(IEnumerable<string> words) => words.ToArray() switch
    {
        [var only] => only,
        [.. var first, var last] => $"{string.Join(", ", first)} and {last}",
        [] => "",
    };

    private const double LeastWarning = 0.06;

    private IReadOnlyList<(TrialRun Trial, TrialRun Outcome)> Runs => [(Trial, Outcome), .. Others];

    private IEnumerable<TrialRun> Trials => Runs.Select(run => run.Trial);

    private IEnumerable<TrialRun> Outcomes => Runs.Select(run => run.Outcome);

    private static double Training(TrialRun run) => run.Training.Accuracy;

    private static double Mean(IEnumerable<TrialRun> runs, Func<TrialRun, double> of) => runs.Average(of);

    private double Mean(Func<TrialRun, double> of) => Runs.Average(run => of(run.Outcome) - of(run.Trial));
}
