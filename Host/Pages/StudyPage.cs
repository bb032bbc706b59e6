using Functional.Host.Charts;
using Functional.Host.Commands;
using Functional.Host.Runs;
using Functional.Host.Search;


namespace Functional.Host.Pages;

/// <summary>A study as a page: what is best, how soon it was found, how the best learn, and what each hyperparameter does.</summary>
public static class StudyPage
{
    private const int MostCurves = 20, MostFailures = 20, Highlighted = 10;

    /// <summary>The page.</summary>
    /// <param name="name">The study's.</param>
    /// <param name="settings">What it began with.</param>
    /// <param name="trials">Its trials so far.</param>
    /// <param name="measure">What the objective's value is, as in <c>validation accuracy</c>.</param>
    /// <param name="command">The command that does a trial again, if there is one.</param>
    public static string Render(
        string name, StudySettings settings, IReadOnlyList<Trial> trials, string measure, Func<Trial, string>? command = null)
    {
        var best = StudyLines.Best(settings, trials).ToArray();
        var title = best is [var first, ..]
            ? Invariant($"{StudyLines.Short(first.Value!.Value)}: the best {measure} of {trials.Count} trials") : Invariant($"{trials.Count} trials, none with a value yet");
        return Page.Of($"Functional: {title}", string.Join('\n',
        [
            $"<h1>{Page.Text(title)}</h1>",
            Page.Paragraph(Opening(name, settings, trials)),
            .. best.Length == 0 ? [] : (string[])
            [
                BestSection(best[0], command),
                ProgressSection(settings, trials, measure),
                .. CurveSection(best, measure, trials.Any(trial => trial.State == TrialState.Pruned)),
                SliceSection(settings.Space, trials, measure),
                TogetherSection(settings, trials, measure),
                ImportanceSection(settings, trials),
            ],
            .. FailureSection(trials),
            SettingsSection(settings),
        ]));
    }

    private static string Opening(string name, StudySettings settings, IReadOnlyList<Trial> trials)
    {
        var counts = trials.GroupBy(trial => trial.State).OrderBy(same => same.Key).Select(same => Invariant($"{same.Count()} {StudyLines.Name(same.Key)}"));
        return $"The study {name} has {trials.Count} trials: {string.Join(", ", counts)}. Their hyperparameters were chosen by the sampler {settings.Sampler}"
            + (settings.Pruner == Pruner.None ? "." : $"; the pruner {settings.Pruner} ended those early that did worse than others.");
    }

    private static string BestSection(Trial best, Func<Trial, string>? command) => Page.Section(
        "The best trial",
        Page.Table([("trial", Invariant($"{best.Number}")), .. best.Configuration.Select(pair => (pair.Key, pair.Value))]),
        command is null ? "" : Page.Paragraph("This command trains the same network again, and keeps it:") + Page.Code(command(best)));

    private static string ProgressSection(StudySettings settings, IReadOnlyList<Trial> trials, string measure)
    {
        var (numbers, values, soFar) = (new List<double>(), new List<double>(), double.NaN);
        foreach (var trial in trials.Where(trial => trial.State == TrialState.Complete))
        {
            var value = trial.Value!.Value;
            soFar = double.IsNaN(soFar) || settings.Direction.Score(value) > settings.Direction.Score(soFar) ? value : soFar;
            // A value holds until a better one is found: steps, not slopes.
            if (values.Count > 0)
            {
                numbers.Add(trial.Number);
                values.Add(values[^1]);
            }
            numbers.Add(trial.Number);
            values.Add(soFar);
        }
        return Page.Section(
            "Best value so far",
            Page.Paragraph("The best value among the trials up to each. Where the line has been flat for long, more trials of this kind will hardly help."),
            Page.Figure(new LineChart("Best value so far", "trial", measure) { Series = [new Series("", numbers, values)] }));
    }

    // The book's figure of section 6.5.2.
    private static IEnumerable<string> CurveSection(Trial[] best, string measure, bool isPruned)
    {
        var shown = best.Where(trial => trial.Result!.Curve.Count > 1).Take(MostCurves).ToArray();
        if (shown.Length == 0)
            return [];
        var isTrained = shown.Any(trial => trial.Result!.TrainingCurve.Count > 0);
        Series Curve(string name, IReadOnlyList<double> values, Dash dash, int color) =>
            new(name, [.. Enumerable.Range(1, values.Count).Select(step => (double)step)], values) { Dash = dash, Color = color };
        return
        [
            Page.Section(
                $"Learning curves of the best {shown.Length} complete trials",
                Page.Paragraph((isTrained ? "Solid: accuracy on the validation samples. Dashed: on as many of those that were trained on." : $"The {measure} at each report.")
                    + (isPruned ? " Pruned trials, which did not run to their end, are left out, whatever they had reached." : "")),
                Page.Figure(new SmallMultiples("Learning curves", [.. shown.Select((trial, rank) =>
                    new LineChart(Invariant($"{rank + 1}: trial {trial.Number}, {StudyLines.Short(trial.Value!.Value)}"), isTrained ? "epoch" : "report", isTrained ? "accuracy" : measure)
                    {
                        Series =
                        [
                            Curve(isTrained ? "validation" : "", trial.Result!.Curve, Dash.Solid, 0),
                            .. isTrained ? [Curve("training", trial.Result!.TrainingCurve, Dash.Dashed, 1)] : (Series[])[],
                        ],
                    })])
                { Columns = 5 })),
        ];
    }

    private static string SliceSection(SearchSpace space, IReadOnlyList<Trial> trials, string measure)
    {
        Series Points(string name, int i, TrialState state) => trials.Where(trial => trial.State == state).ToArray() is var some
            ? new Series(name, Values(space.Hyperparameters[i], some), [.. some.Select(trial => trial.Value ?? double.NaN)]) : null!;
        var isPruned = trials.Any(trial => trial.State == TrialState.Pruned);
        return Page.Section(
            "What each hyperparameter does",
            Page.Paragraph("A point per trial, on the hyperparameter's own scale. Where good trials crowd is where to search on."),
            Page.Figure(new SmallMultiples("Slices", [.. space.Hyperparameters.Select((one, i) =>
                new ScatterChart(one.Name, AxisOf(one), measure)
                {
                    Series =
                    [
                        Points(isPruned ? "complete" : "", i, TrialState.Complete),
                        .. isPruned ? [Points("pruned", i, TrialState.Pruned)] : (Series[])[],
                    ],
                })])
            { ShareX = false, Columns = Math.Min(3, space.Count) }));
    }

    private static string TogetherSection(StudySettings settings, IReadOnlyList<Trial> trials, string measure)
    {
        var valued = trials.Where(trial => trial.Value is not null).ToArray();
        return Page.Section(
            "Hyperparameters together",
            Page.Paragraph(Invariant($"A line per trial, from hyperparameter to hyperparameter to its value. The {Highlighted} best are highlighted.")),
            Page.Figure(new ParallelCoordinates("Parallel coordinates",
            [
                .. settings.Space.Hyperparameters.Select(one => new Dimension(AxisOf(one), Values(one, valued))),
                new Dimension(measure, [.. valued.Select(trial => trial.Value!.Value)]),
            ])
            { LessIsBetter = settings.Direction == Direction.Minimize, Highlighted = Highlighted }));
    }

    private static string ImportanceSection(StudySettings settings, IReadOnlyList<Trial> trials)
    {
        var importance = Importance.Of(settings.Space, trials, settings.Direction);
        return Page.Section(
            "Importance",
            Page.Paragraph("The share of each hyperparameter, by itself, in what makes a trial one of the best quarter (PED-ANOVA). With few trials it is a guess."),
            Page.Figure(new BarChart("Importance", "importance, %")
            {
                Bars = [.. settings.Space.Hyperparameters.Zip(importance, (one, share) => (one.Name, 100 * share)).OrderByDescending(bar => bar.Item2)],
            }));
    }

    private static IEnumerable<string> FailureSection(IReadOnlyList<Trial> trials)
    {
        var failed = trials.Where(trial => trial.State == TrialState.Failed).ToArray();
        return failed.Length == 0 ? [] :
        [
            Page.Section(
                "Failed trials",
                Page.Paragraph(Invariant($"{failed.Length} trials ended without a value{(failed.Length > MostFailures ? Invariant($"; the first {MostFailures}") : "")}:")),
                Page.Table(failed.Take(MostFailures).Select(trial =>
                    (Invariant($"trial {trial.Number}"), $"{trial.Result!.Reason} ({StudyLines.Short(trial.Configuration)})")))),
        ];
    }

    private static string SettingsSection(StudySettings settings) => Page.Section(
        "Settings",
        Page.Table(
        [
            .. settings.Space.Hyperparameters.Select(one => ("space", one.ToString())),
            .. settings.Texts.Where(pair => pair.Key != "space").Select(pair => (pair.Key, pair.Value)),
            ("version", ProgramInfo.Version),
        ]));

    private static Axis AxisOf(Hyperparameter one) => new(one.Name)
    {
        Scaling = one.Domain is RealDomain { Logarithmic: true } or IntegerDomain { Logarithmic: true } ? Scaling.Logarithmic : Scaling.Linear,
        Categories = (one.Domain as ChoiceDomain)?.Values,
    };

    private static double[] Values(Hyperparameter one, IReadOnlyList<Trial> trials) =>
    [
        .. trials.Select(trial => (trial.Configuration.Find(one.Name), one.Domain) switch
        {
            (null, _) => double.NaN,
            ({ } value, ChoiceDomain choice) => choice.IndexOf(value),
            _ => trial.Configuration.Number(one.Name),
        }),
    ];
}
