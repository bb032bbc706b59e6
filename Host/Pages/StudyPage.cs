using Functional.Host.Charts;
using Functional.Host.Search;

namespace Functional.Host.Pages;

/// <summary>A study as a page: the best trial, how soon it was found, how the best ones learn, and what each
/// hyperparameter does.</summary>
internal static class StudyPage
{
    private const int MostCurves = 20, MostFailures = 20, Highlighted = 10;

    /// <summary>The page.</summary>
    /// <param name="name">The study's.</param>
    /// <param name="settings">What it began with.</param>
    /// <param name="trials">Its trials so far.</param>
    /// <param name="measure">What the objective's value is, as in <c>validation accuracy</c>.</param>
    /// <param name="command">The command that repeats a trial, if there is one.</param>
    /// <param name="step">What an intermediate value is reported after, as in <c>epoch</c>.</param>
    public static string Render(
        string name, StudySettings settings, IReadOnlyList<Trial> trials, string measure,
        Func<Trial, string>? command = null, string step = "report")
    {
        var best = StudyResults.Best(settings.Direction, trials).FirstOrDefault();
        return Page.Of(
            best is null ? Invariant($"{Plural.Of(trials.Count, "trial")}, none with a value yet")
                : Invariant($"{StudyResults.Short(best.Value!.Value)}: the best {measure} of ")
                    + Plural.Of(trials.Count, "trial"),
            [
                Page.Paragraph(Opening(name, settings, trials)),
                .. best is null ? [] : (Markup[])
                [
                    BestSection(settings, trials, best, measure, command),
                    ProgressSection(settings, trials, measure),
                    CurveSection(settings, trials, measure, step),
                    SliceSection(settings.Space, trials, measure),
                    TogetherSection(settings, trials, measure),
                    .. Importance.Of(settings.Space, trials, settings.Direction).Any(share => share > 0)
                        ? [ImportanceSection(settings, trials)] : (Markup[])[],
                ],
                FailureSection(trials),
                SettingsSection(settings),
            ]);
    }

    private static string Opening(string name, StudySettings settings, IReadOnlyList<Trial> trials)
    {
        var counts = trials.GroupBy(trial => trial.State).OrderBy(same => same.Key)
            .Select(same => Invariant($"{same.Count()} {StudyResults.Name(same.Key)}"));
        return $"The study {name} has {Plural.Of(trials.Count, "trial")}: {string.Join(", ", counts)}. "
            + $"The {settings.Sampler} sampler chose their hyperparameters, "
            + (settings.Pruner == Pruner.None ? trials.All(trial => trial.Result is not null)
                    ? "and each ran to its end." : "and none is stopped before its end."
                : $"and the {settings.Pruner} pruner stopped those that did worse than others.");
    }

    private static Markup BestSection(
        StudySettings settings, IReadOnlyList<Trial> trials, Trial best, string measure, Func<Trial, string>? command)
    {
        var samples = settings.Constants.ContainsKey("samples") ? "; without --samples it trains on all samples" : "";
        return Page.Section(
            "The best trial",
            Page.Table(
            [
                ("trial", Invariant($"{best.Number}")),
                (measure, StudyResults.Short(best.Value!.Value)),
                .. best.Configuration.Texts.Select(pair => (pair.Key, pair.Value)),
            ]),
            StudyResults.Overtaken(settings, trials, best) is { } better ? Page.Paragraph($"{better}.") : Markup.Empty,
            command is null ? Markup.Empty : Markup.Lines(
                Page.Paragraph($"This command trains the same network again and saves it{samples}:"),
                Page.Code(command(best))));
    }

    private static Markup ProgressSection(StudySettings settings, IReadOnlyList<Trial> trials, string measure)
    {
        var (numbers, values, soFar) = (new List<double>(), new List<double>(), double.NaN);
        foreach (var trial in trials.Where(trial => trial.State == TrialState.Complete))
        {
            var value = trial.Value!.Value;
            // A step: what was best until here, then what is.
            if (values.Count > 0)
                Add(trial.Number, soFar);
            if (double.IsNaN(soFar) || settings.Direction.Score(value) > settings.Direction.Score(soFar))
                Add(trial.Number, soFar = value);
        }
        if (values.Count > 0)
            Add(trials[^1].Number, soFar);
        return Page.Section(
            "Best value so far",
            Page.Paragraph(
                "The best value among the trials up to each. Where the line has been flat for a long time, more " +
                "trials of this kind will hardly help."),
            Page.Figure(new LineChart("Best value so far", "trial", AxisOf(measure, values))
            {
                Series = [new Series("", numbers, values)],
            }));

        void Add(int number, double value)
        {
            numbers.Add(number);
            values.Add(value);
        }
    }

    // The book's figure of section 6.5.2.
    private static Markup CurveSection(
        StudySettings settings, IReadOnlyList<Trial> trials, string measure, string step)
    {
        // Pruned trials have a place among them by the last value that they reached.
        var shown = StudyResults.Ranked(settings.Direction, trials)
            .Where(trial => trial.Result!.Curve.Count > 1).Take(MostCurves).ToArray();
        if (shown.Length == 0)
            return Markup.Empty;
        var isTrained = shown.Any(trial => trial.Result!.TrainingCurve.Count > 0);
        var solid = isTrained ? ", solid, and the same on as many training samples, dashed" : "";
        var pruned = shown.Any(trial => trial.State == TrialState.Pruned) ? " Lines of pruned trials end early." : "";
        return Page.Section(
            $"Learning curves of the best {Plural.Of(shown.Length, "trial")}",
            Page.Paragraph($"The {measure} after each {step}{solid}.{pruned}"),
            Page.Figure(new SmallMultiples("Learning curves", [.. shown.Select(Chart)]) { Columns = 5 }));

        LineChart Chart(Trial trial, int rank) => new(
            Invariant($"{rank + 1}: trial {trial.Number}, {StudyResults.Short(trial.Value!.Value)}"), step,
            AxisOf(
                isTrained ? measure.Replace("validation ", "", StringComparison.Ordinal) : measure,
                [.. trial.Result!.Curve, .. trial.Result.TrainingCurve]))
        {
            Series =
            [
                Curve(isTrained ? "validation" : "", trial.Result!.Curve, Dash.Solid, 0),
                .. isTrained ? [Curve("training", trial.Result!.TrainingCurve, Dash.Dashed, 1)] : (Series[])[],
            ],
        };

        static Series Curve(string name, IReadOnlyList<double> values, Dash dash, int color) =>
            new(name, [.. Enumerable.Range(1, values.Count).Select(step => (double)step)], values)
            {
                Dash = dash, Color = color,
            };
    }

    private static Markup SliceSection(SearchSpace space, IReadOnlyList<Trial> trials, string measure)
    {
        var isPruned = trials.Any(trial => trial.State == TrialState.Pruned);
        return Page.Section(
            "Effect of each hyperparameter",
            Page.Paragraph(
                "One point per trial, on the hyperparameter's own scale. Where good trials cluster is where to " +
                "search next."),
            Page.Figure(new SmallMultiples("Slices", [.. space.Hyperparameters.Select(Chart)])
            {
                ShareX = false, Columns = Math.Min(3, space.Count),
            }));

        ScatterChart Chart(Hyperparameter one) => new(
            one.Name, AxisOf(one), AxisOf(measure, trials.Select(trial => trial.Value ?? 0)))
        {
            Series =
            [
                Points(isPruned ? "complete" : "", one, TrialState.Complete),
                .. isPruned ? [Points("pruned", one, TrialState.Pruned)] : (Series[])[],
            ],
        };

        Series Points(string name, Hyperparameter one, TrialState state)
        {
            var some = trials.Where(trial => trial.State == state).ToArray();
            return new(name, Values(one, some), [.. some.Select(trial => trial.Value ?? double.NaN)]);
        }
    }

    private static Markup TogetherSection(StudySettings settings, IReadOnlyList<Trial> trials, string measure)
    {
        var valued = trials.Where(trial => trial.Value is not null).ToArray();
        Dimension[] dimensions =
        [
            .. settings.Space.Hyperparameters.Select(one => new Dimension(AxisOf(one), Values(one, valued))),
            new Dimension(measure, [.. valued.Select(trial => trial.Value!.Value)]),
        ];
        return Page.Section(
            "Hyperparameters together",
            Page.Paragraph(Invariant(
                $"One line per trial, through its hyperparameters to its value. The {Highlighted} best are " +
                $"highlighted.")),
            Page.Figure(new ParallelCoordinates("Parallel coordinates", dimensions)
            {
                LessIsBetter = settings.Direction == Direction.Minimize, Highlighted = Highlighted,
            }));
    }

    private static Markup ImportanceSection(StudySettings settings, IReadOnlyList<Trial> trials)
    {
        var importance = Importance.Of(settings.Space, trials, settings.Direction);
        var bars = settings.Space.Hyperparameters.Zip(importance, (one, share) => (one.Name, 100 * share));
        return Page.Section(
            "Importance",
            Page.Paragraph(
                "How much each hyperparameter, by itself, decides whether a trial is among the best quarter " +
                "(PED-ANOVA). With few trials this is a rough guess."),
            Page.Figure(new BarChart("Importance", "importance, %")
            {
                Bars = [.. bars.OrderByDescending(bar => bar.Item2)],
            }));
    }

    private static Markup FailureSection(IReadOnlyList<Trial> trials)
    {
        var failed = trials.Where(trial => trial.State == TrialState.Failed).ToArray();
        var first = failed.Length > MostFailures ? Invariant($"; the first {MostFailures}") : "";
        return failed.Length == 0 ? Markup.Empty : Page.Section(
            "Failed trials",
            Page.Paragraph(Invariant($"{Plural.Of(failed.Length, "trial")} ended without a value{first}:")),
            Page.Table(failed.Take(MostFailures).Select(trial => (
                Invariant($"trial {trial.Number}"),
                $"{trial.Result!.Reason} ({StudyResults.Short(trial.Configuration)})"))));
    }

    private static Markup SettingsSection(StudySettings settings) => Page.Section(
        "Settings",
        Page.Table(
        [
            .. settings.Space.Hyperparameters.Select(one => ("space", one.ToString())),
            .. settings.Texts.Where(pair => pair.Key != "space").Select(pair => (pair.Key, pair.Value)),
            ("version", ProgramInfo.Version),
        ]));

    private static Axis AxisOf(Hyperparameter one) => new(one.Name)
    {
        Scaling = one.Domain is RangeDomain { Logarithmic: true } ? Scaling.Logarithmic : Scaling.Linear,
        Categories = (one.Domain as ChoiceDomain)?.Values,
    };

    // R² has no least value: one trial that went far wrong would leave no room for the others.
    private static Axis AxisOf(string measure, IEnumerable<double> values) =>
        measure.EndsWith("R²", StringComparison.Ordinal) && values.Any(value => value < -1)
            ? new Axis(measure) { Minimum = -1 } : new Axis(measure);

    private static double[] Values(Hyperparameter one, IReadOnlyList<Trial> trials) =>
    [
        .. trials.Select(trial => trial.Configuration.Find(one.Name) is not { } value
            ? double.NaN : value.Number ?? ((ChoiceDomain)one.Domain).IndexOf(value)),
    ];
}
